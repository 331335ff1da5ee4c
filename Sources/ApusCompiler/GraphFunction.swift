import ApusCore

/// A captured function: its program, and that of its gradient where results can be differentiated.
final class GraphFunction: @unchecked Sendable {
  private let forward: GraphProgram
  private let backward: Backward?
  /// For every output its place among what a call gives, nil for a tensor that is always the same.
  let outputs: [Int?]
  /// What was captured and what became of it.
  let summary: [String]
  /// The graphs before all passes, with what they are called.
  private let captured: [(name: String, graph: Graph)]

  private struct Backward: Sendable {
    var program: GraphProgram
    var arguments: [Int]
    /// Variables and constants that carry history.
    var others: [Tensor]
    /// Outputs of the function that carry gradients.
    var outputs: [Int]
    /// The operations of the function, which say what the derivatives of the gradient are.
    var replay: Replay
    /// How many tensors of the forward program are saved for it.
    var savedCount: Int
    /// The number of the program's output for each argument, then each of the others; nil: zero.
    var results: [Int?]
  }

  init(
    _ trace: Trace, outputs: [Int?], gradient: Capture.GradientPart?, executor: CompileExecutor, anySizes: Bool
  ) {
    let values = outputs.compactMap { $0 }
    var next = 0
    self.outputs = outputs.map { value in
      guard value != nil else { return nil }
      defer { next += 1 }
      return next
    }
    var report: [String] = []
    guard let gradient else {
      let all = 0..<trace.instructions.count
      let graph = Graph(trace, all, inputs: trace.inputs, outputs: values)
      forward = GraphProgram.compile(graph, executor, anySizes: anySizes, &report)
      backward = nil
      captured = [("", graph)]
      summary = report
      return
    }
    let split = gradient.start
    let inputs = trace.inputs.filter { !gradient.cotangents.contains($0) }
    // What the backward pass reads of the forward pass is saved between them.
    var made = Set(inputs)
    for instruction in trace.instructions[..<split] { made.formUnion(instruction.outputs) }
    let results = gradient.results.compactMap { $0 }
    var whole = Graph(trace, split..<trace.instructions.count, inputs: [], outputs: results)
    _ = whole.removeDead()
    var saved: [Int] = []
    for value in whole.nodes.flatMap(\.inputs) + results where made.contains(value) && !saved.contains(value) {
      saved.append(value)
    }
    report.append("forward:")
    captured = [
      ("forward: ", Graph(trace, 0..<split, inputs: inputs, outputs: values + saved)),
      (
        "backward: ",
        Graph(trace, split..<trace.instructions.count, inputs: saved + gradient.cotangents, outputs: results)
      ),
    ]
    forward = GraphProgram.compile(captured[0].graph, executor, anySizes: anySizes, &report)
    report.append("backward, of \(saved.count) saved tensors:")
    let program = GraphProgram.compile(captured[1].graph, executor, anySizes: anySizes, &report)
    var place = 0
    backward = Backward(
      program: program, arguments: gradient.arguments, others: gradient.others, outputs: gradient.outputs,
      replay: Replay(
        trace, 0..<split, inputs: inputs, leaves: gradient.arguments.map { inputs[$0] } + gradient.otherValues,
        outputs: gradient.outputs.compactMap { outputs[$0] }),
      savedCount: saved.count,
      results: gradient.results.map { value in
        guard value != nil else { return nil }
        defer { place += 1 }
        return place
      })
    summary = report
  }

  /// The graphs as text.
  var text: String {
    forward.graph.text + (backward.map { "\nbackward:\n" + $0.program.graph.text } ?? "")
  }

  /// The graphs as captured, and after every pass that changed them.
  var stages: [GraphStage] { captured.flatMap { $0.graph.stages($0.name) } }

  /// Runs the function on the tensors of its arguments, of which variables are read by the program itself. Gives the
  /// tensors to which ``outputs`` points.
  func callAsFunction(_ tensors: [Tensor]) -> [Tensor] {
    let arguments = tensors.contains(where: \.isVariable) ? tensors.filter { !$0.isVariable } : tensors
    var made = forward.run(arguments)
    // Whether results are recorded was decided when the function ran: it may switch the mode itself.
    guard let backward else { return made }
    let places = backward.outputs.compactMap { outputs[$0] }
    if places.contains(where: { made[$0].isPoisoned }) { return made }
    let leaves = backward.arguments.map { arguments[$0] } + backward.others
    let saved = Array(made[(made.count - backward.savedCount)...])
    // Results are tensors of their own: recording one that is saved too would let it hold itself.
    let fresh = places.map { made[$0].detachedCopy }
    let call = CompiledCall(
      program: backward.program, saved: saved, results: backward.results, replay: backward.replay, arguments: arguments,
      leaves: leaves.map(\.resolved))
    Tensor.record(call, inputs: leaves, outputs: fresh)
    for (place, tensor) in zip(places, fresh) { made[place] = tensor }
    return made
  }
}

/// A call of a compiled function in the graph of gradients.
private struct CompiledCall: Primitive {
  let program: GraphProgram
  let saved: [Tensor]
  let results: [Int?]
  let replay: Replay
  /// All arguments of the call, and what gradients flow to as it was then.
  let arguments, leaves: [Tensor]
  var name: String { "Compiled" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    throw TensorError(.autograd, name, "is made by compiled functions only")
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    throw TensorError(.autograd, name, "is made by compiled functions only")
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    if isGradEnabled {
      // A gradient that is differentiated itself comes from the operations one by one.
      let needs = leaves.indices.map { node.needs($0) && leaves[$0].dtype.isInexact }
      return composedGradients(leaves, needs: needs, cotangents: cotangents) { replay($0, arguments) }
    }
    let given = cotangents.enumerated().map { i, cotangent in
      cotangent?.elementsOnly ?? Tensor.zeros(node.outputType(i).shape, dtype: node.outputType(i).dtype)
    }
    let made = program.run(saved + given)
    return results.enumerated().map { i, place in
      place.map { made[$0] } ?? Tensor.zeros(node.inputType(i).shape, dtype: node.inputType(i).dtype)
    }
  }
}
