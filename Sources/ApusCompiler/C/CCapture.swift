import ApusCore

extension Graph {
  /// A function of tensors as the graph of a program that stands alone: parameters and other tensors that it holds are
  /// constants, what depends on nothing else is computed now, and pointwise operations are fused.
  /// - Throws: where it reads values, stores variables or fails on the examples.
  static func program(
    _ function: ([Tensor]) throws -> [Tensor], example: [Tensor], _ operation: String
  ) throws(TensorError) -> Graph {
    let (trace, results): (Trace, [Int])
    do {
      (trace, results) = try Tracer.pureCall(
        example, operation,
        prepare: { tracer in
          // Branches and loops are operations of their own, whose steps run as they were written down.
          tracer.compileStep = { step in { step($0) } }
        }
      ) { try function($0).map { $0.contiguous() } }
    } catch let error as TensorError {
      throw error
    } catch {
      throw TensorError(.value, operation, "the function cannot be captured: \(error)")
    }
    var graph = Graph(trace, 0..<trace.instructions.count, inputs: trace.inputs, outputs: results)
    // What variables hold now is part of the program.
    for node in graph.nodes {
      if case .readVariable(let variable) = node.operation { graph.constants[node.outputs[0]] = variable.elements }
    }
    graph.nodes.removeAll { if case .readVariable = $0.operation { true } else { false } }
    try graph.prepareForC()
    return graph
  }

  /// Brings a graph without variables into the form that ``CProgram`` writes.
  mutating func prepareForC() throws(TensorError) {
    layOutInRows()
    _ = removeCopies()
    try foldConstants()
    try foldNormalisations()
    _ = shareCommon()
    _ = removeDead()
    _ = fuseEpilogues()
    try prepareOperands()
    _ = fusePointwise(all: true)
    _ = removeDead()
  }
}
