import ApusCore

/// A graph ready to run: steps over registers, each register given up after its last reader.
///
/// A program does not change and holds no memory of a call, so several tasks may run it at once.
final class GraphProgram: @unchecked Sendable {
  /// One node, with what no later step reads.
  final class Step {
    let operation: Graph.Operation
    let inputs, outputs: [Int]
    let types: [TensorType]
    /// The strides of each result when the function was captured.
    let strides: [[Int]]
    let released: [Int]
    /// The compiled kernel of a fused node.
    let kernel: FusedKernel?
    /// For each result its place in the block of intermediate values, in bytes; nil: memory of its own.
    let places: [Int?]
    /// What a profiler calls it.
    let name: String

    init(_ node: Graph.Node, _ graph: Graph, released: [Int], kernel: FusedKernel?, plan: MemoryPlan) {
      operation = node.operation
      (inputs, outputs) = (node.inputs, node.outputs)
      self.released = released
      self.kernel = kernel
      types = node.outputs.map { graph.values[$0].type }
      strides = node.outputs.map { graph.values[$0].strides }
      places = node.outputs.map { plan.offsets[$0] }
      name =
        switch node.operation {
        case .primitive(let primitive): primitive.name
        case .fused(let fused): "fused(\(fused.parts.joined(separator: ", ")))"
        case .readVariable, .writeVariable, .readGradient, .writeGradient, .perform, .hooks: ""
        }
    }
  }

  let graph: Graph
  private let steps: [Step]
  private let inputs, outputs: [Int]
  private let valueCount: Int
  private let plan: MemoryPlan
  private let constants: [(value: Int, tensor: Tensor)]

  init(_ graph: Graph, kernels: [Int: FusedKernel]) {
    self.graph = graph
    (inputs, outputs, valueCount) = (graph.inputs, graph.outputs, graph.values.count)
    let plan = MemoryPlan(graph) { node in
      switch node.operation {
      case .fused, .primitive: !node.outputs.contains { graph.values[$0].isOnDevice }
      default: false
      }
    }
    self.plan = plan
    let used = Set(graph.nodes.flatMap(\.inputs) + graph.outputs)
    constants = graph.constants.filter { used.contains($0.key) }.map { ($0.key, $0.value) }
    for constant in constants { constant.tensor.markLasting() }
    var last: [Int: Int] = [:]
    for (i, node) in graph.nodes.enumerated() { for value in node.inputs + node.outputs { last[value] = i } }
    let kept = Set(graph.outputs)
    var released = [[Int]](repeating: [], count: graph.nodes.count)
    for (value, i) in last where !kept.contains(value) { released[i].append(value) }
    steps = graph.nodes.enumerated().map { i, node in
      Step(node, graph, released: released[i], kernel: kernels[i], plan: plan)
    }
  }

  /// Runs the graph on the arguments; gives one tensor for each output, poisoned ones after a mistake.
  func run(_ arguments: [Tensor]) -> [Tensor] {
    Profiling.annotated("CompiledFunction", .operation) { steps(arguments) }
  }

  private func steps(_ arguments: [Tensor]) -> [Tensor] {
    var registers = [Tensor?](repeating: nil, count: valueCount)
    for (value, tensor) in constants { registers[value] = tensor }
    for (value, tensor) in zip(inputs, arguments) { registers[value] = tensor.elementsOnly }
    // One block a call, from the caching allocator: calls in other tasks have their own.
    let block = plan.byteCount > 0 ? Tensor.uninitialized([plan.byteCount / 4], .float32) : nil
    do throws(TensorError) {
      for step in steps { try run(step, &registers, block) }
    } catch {
      let poisoned = fail(error)
      return outputs.map { _ in poisoned }
    }
    return outputs.map { registers[$0] ?? Tensor(0.0) }
  }

  /// What is planned, in words.
  var planText: String {
    "planned \(plan.offsets.count) intermediate values into \(plan.byteCount) bytes; each by itself they take "
      + "\(plan.separateByteCount)"
  }

  private func run(_ step: Step, _ registers: inout [Tensor?], _ block: Tensor?) throws(TensorError) {
    func operand(_ i: Int) -> Tensor { registers[step.inputs[i]].unsafelyUnwrapped }
    func operands() -> [Tensor] { step.inputs.map { registers[$0].unsafelyUnwrapped } }
    func keep(_ results: [Tensor]) { for k in results.indices { registers[step.outputs[k]] = results[k] } }
    // Where a result lies otherwise than planned, views of it may be others too.
    func place(_ k: Int, _ strides: [Int]) -> Tensor? {
      guard let block, let place = step.places[k], strides == step.strides[k] else { return nil }
      return block.part(at: place, step.types[k], strides: strides)
    }
    if let kernel = step.kernel {
      let start = Profiling.begin()
      keep(
        try kernel.run(operands()) { k, strides in
          place(k, strides) ?? Tensor.uninitialized(step.types[k], strides: strides)
        })
      if start != 0 { Profiling.end(start, .kernel, step.name) }
      for value in step.released { registers[value] = nil }
      return
    }
    switch step.operation {
    case .primitive(let primitive):
      let start = Profiling.begin()
      let results = try perform(primitive, operands(), types: step.types, in: place)
      Profiling.endStep(start, step.name, primitive, results: step.types) { operands().map(\.type) }
      keep(results)
    case .fused(let fused):
      throw TensorError(.value, "compile", "no executor has a kernel for \(fused.parts.joined(separator: ", "))")
    case .readVariable(let variable): registers[step.outputs[0]] = variable.elements
    case .writeVariable(let variable): variable.setElements(operand(0))
    case .readGradient(let variable): registers[step.outputs[0]] = variable.storedGradient
    case .writeGradient(let variable): variable.storedGradient = step.inputs.isEmpty ? nil : operand(0)
    case .perform(_, let action): action()
    case .hooks(let run):
      let result = run(operand(0))
      guard result.type == operand(0).type, !result.isPoisoned else {
        throw TensorError(
          .autograd, "registerHook",
          "a hook of a variable gave a gradient of \(result.type) for one of \(operand(0).type)")
      }
      registers[step.outputs[0]] = result.elementsOnly
    }
    for value in step.released { registers[value] = nil }
  }
}
