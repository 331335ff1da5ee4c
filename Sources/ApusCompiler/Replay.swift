import ApusCore

/// A captured function as the operations that it consists of, one by one: what a derivative of its gradient is taken of.
struct Replay: @unchecked Sendable {
  private let graph: Graph
  /// The values that gradients flow to: arguments, then variables and constants that carry history.
  private let leaves: [Int?]
  private let outputs: [Int]
  /// Why there is no second derivative, if so.
  private let problem: String?

  init(_ trace: Trace, _ range: Range<Int>, inputs: [Int], leaves: [Int?], outputs: [Int]) {
    var graph = Graph(trace, range, inputs: inputs, outputs: outputs)
    // What it stores was stored when it ran.
    graph.nodes.removeAll {
      switch $0.operation {
      case .writeVariable, .writeGradient, .perform: true
      default: false
      }
    }
    _ = graph.removeDead()
    (self.graph, self.leaves, self.outputs) = (graph, leaves, outputs)
    problem =
      graph.nodes.lazy.compactMap { node in
        if case .primitive(let primitive) = node.operation, primitive.isRandom { return primitive.name }
        return nil
      }.first
  }

  /// The outputs that carry gradients, from the tensors that these flow to and all arguments.
  func callAsFunction(_ given: [Tensor], _ arguments: [Tensor]) -> [Tensor] {
    if let problem {
      let failed = fail(
        TensorError(
          .autograd, "backward",
          "the gradient of a compiled function that draws random numbers (\(problem)) cannot be recorded for a second "
            + "derivative; take both derivatives inside the compiled function, or call the function without compile"))
      return outputs.map { _ in failed }
    }
    var values = [Tensor?](repeating: nil, count: graph.values.count)
    for (value, tensor) in graph.constants { values[value] = tensor }
    for (value, tensor) in zip(graph.inputs, arguments) { values[value] = tensor.detach() }
    for (value, tensor) in zip(leaves, given) { if let value { values[value] = tensor } }
    for node in graph.nodes {
      switch node.operation {
      case .readVariable(let variable):
        if values[node.outputs[0]] == nil { values[node.outputs[0]] = variable.elements }
      case .readGradient(let variable): values[node.outputs[0]] = variable.storedGradient
      case .primitive(let primitive):
        let operands = node.inputs.compactMap { values[$0] }
        let made = apply(primitive, operands)
        if let failed = made.first(where: \.isPoisoned) { return outputs.map { _ in failed } }
        for (value, tensor) in zip(node.outputs, made) { values[value] = tensor }
      case .hooks: values[node.outputs[0]] = values[node.inputs[0]]
      case .fused, .writeVariable, .writeGradient, .perform: break
      }
    }
    return outputs.map { values[$0] ?? Tensor(0.0) }
  }
}
