/// Runs `function` without keeping what its gradient needs, and runs it again when the gradient is asked for: less memory for more
/// time, PyTorch's `torch.utils.checkpoint.checkpoint`.
///
///     for block in blocks { x = checkpoint({ x in block(x) }, x) }
///
/// Gradients flow to the arguments and to whatever else the function uses (parameters). It runs twice, so it should do nothing but
/// compute: running statistics of batch normalisation are updated twice.
///
/// - Parameters:
///   - preserveRngState: draw the same random numbers the second time, so that dropout is the same.
///   - useReentrant: there is one way for both of PyTorch's.
public func checkpoint<each Argument: TensorTree, Output: TensorTree>(
  _ function: @escaping (repeat each Argument) -> Output, _ argument: repeat each Argument, useReentrant: Bool = false,
  preserveRngState: Bool = true
) -> Output {
  checkpointed(function, repeat each argument, preserveRngState: preserveRngState) { $0.mapTensors($1) }
}

/// ``checkpoint(_:_:useReentrant:preserveRngState:)-swift.function`` for a function with several results.
@_disfavoredOverload
public func checkpoint<each Argument: TensorTree, each Output: TensorTree>(
  _ function: @escaping (repeat each Argument) -> (repeat each Output), _ argument: repeat each Argument,
  useReentrant: Bool = false, preserveRngState: Bool = true
) -> (repeat each Output) {
  checkpointed(function, repeat each argument, preserveRngState: preserveRngState) { outputs, transform in
    (repeat (each outputs).mapTensors(transform))
  }
}

/// ``checkpoint(_:_:useReentrant:preserveRngState:)-swift.function`` for a function that holds its arguments already.
@_disfavoredOverload
public func checkpoint<each Argument: TensorTree, Output: TensorTree>(
  _ function: @escaping () -> Output, _ argument: repeat each Argument, useReentrant: Bool = false,
  preserveRngState: Bool = true
) -> Output {
  checkpointed(function, preserveRngState: preserveRngState) { $0.mapTensors($1) }
}

private func checkpointed<each Argument: TensorTree, Output>(
  _ function: @escaping (repeat each Argument) -> Output, _ argument: repeat each Argument, preserveRngState: Bool,
  _ mapTensors: @escaping (Output, (Tensor) -> Tensor) -> Output
) -> Output {
  let leaves = Leaves(nil, repeat each argument)
  // Other interpreters see the operations themselves.
  guard Context.isGradientEnabled, Tracer.current == nil,
    !leaves.tensors.contains(where: { $0.isPoisoned || $0.isMarked })
  else { return function(repeat each argument) }
  let random = preserveRngState ? Generator.default.getState() : nil
  let start = GradientRecord.latest
  let output = function(repeat each argument)
  var results: [Tensor] = []
  _ = mapTensors(output) {
    results.append($0)
    return $0
  }
  let recorded = results.indices.filter { results[$0].requiresGrad && !results[$0].isVariable }
  if recorded.isEmpty || results.contains(where: { $0.isPoisoned || $0.isMarked }) { return output }
  let ends = ends(of: results, after: start)
  // The elements are the node's; a tree keeps only its form.
  let form = (repeat (each argument).mapTensors { _ in Tensor(0.0) })
  let places = leaves.withoutTensors
  let recompute = Recompute(
    random: random, substitutes: Context.current?.substitutes, autocast: autocastDType, recorded: recorded
  ) { tensors in
    var handed = places
    handed.hand(out: tensors)
    let seen = (repeat handed.take(each form))
    var results: [Tensor] = []
    _ = mapTensors(function(repeat each seen)) {
      results.append($0)
      return $0
    }
    return results
  }
  let fresh = recorded.map { Tensor(TensorBody(sharing: results[$0].body)) }
  let node = Node(
    recompute, inputs: SmallArray(ends), outputs: SmallArray(fresh), saving: SmallArray(leaves.tensors))
  for (i, tensor) in fresh.enumerated() {
    tensor.body.record = node
    tensor.body.outputIndex = Int32(i)
    tensor.body.flags.insert(.requiresGrad)
    results[recorded[i]] = tensor
  }
  results.reverse()
  return mapTensors(output) { results.popLast() ?? $0 }
}

/// What a part of the graph that was recorded after operation `start` comes from: a stand-in for each variable and for each result
/// of an earlier operation.
private func ends(of results: [Tensor], after start: UInt64) -> [Tensor] {
  struct Place: Hashable {
    var record: ObjectIdentifier
    var output: Int32
  }
  var ends: [Tensor] = []
  var known: Set<Place> = []
  var visited: Set<ObjectIdentifier> = []
  var stack: [Node.Edge] = results.compactMap { result in
    result.body.record.map { Node.Edge(record: $0, outputIndex: result.body.outputIndex, type: result.type) }
  }
  while let edge = stack.popLast() {
    guard let record = edge.record else { continue }
    if record.sequence == 0 || record.sequence <= start {
      if known.insert(Place(record: ObjectIdentifier(record), output: edge.outputIndex)).inserted {
        let body = TensorBody(handle: edge.type, flags: .requiresGrad, record: record)
        body.outputIndex = edge.outputIndex
        ends.append(Tensor(body))
      }
    } else if visited.insert(ObjectIdentifier(record)).inserted {
      let node = unsafeDowncast(record, to: Node.self)
      for i in 0..<node.edges.count { stack.append(node.edges[i]) }
    }
  }
  return ends
}

/// A function that was run and not kept, in the graph of gradients.
///
/// Sendable: the function is called by one backward pass at a time, with its own arguments.
private struct Recompute: Primitive, @unchecked Sendable {
  let random: [UInt8]?
  /// What took the place of variables the first time.
  let substitutes: Substitutes?
  /// What products computed in the first time.
  let autocast: DType?
  /// Which of the results have gradients.
  let recorded: [Int]
  let function: ([Tensor]) -> [Tensor]

  var name: String { "Checkpoint" }
  var saves: Saves { .own }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    throw TensorError(.autograd, name, "is made by checkpoint only")
  }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    throw TensorError(.autograd, name, "is made by checkpoint only")
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let arguments = node.savedTensors
    let results = enableGrad {
      withRandomState {
        Autocast.with(autocast) {
          guard let substitutes else { return function(arguments) }
          return Context.with(substitutes: substitutes) { function(arguments) }
        }
      }
    }
    if let failed = poisoned(among: results) { return (0..<node.inputCount).map { _ in failed } }
    var roots: [(tensor: Tensor, cotangent: Tensor)] = []
    for (i, cotangent) in zip(recorded, cotangents) {
      guard let cotangent else { continue }
      guard results.indices.contains(i), results[i].type == cotangent.type, results[i].requiresGrad else {
        throw TensorError(
          .autograd, "checkpoint",
          "the function gave something else when it ran again for the gradient: result \(i) is to be \(cotangent.type); it must "
            + "not depend on what changes between the two runs")
      }
      roots.append((results[i], cotangent))
    }
    let ends = (0..<node.inputCount).map { i in
      let edge = node.node.edges[i]
      let body = TensorBody(handle: edge.type, flags: .requiresGrad, record: edge.record ?? node.node)
      body.outputIndex = edge.outputIndex
      return Tensor(body)
    }
    return try gradientsWithin(roots, to: ends, createGraph: isGradEnabled)
  }

  /// Runs `body` with the random numbers of the first time, and continues with those of now.
  private func withRandomState<R>(_ body: () -> R) -> R {
    guard let random else { return body() }
    let now = Generator.default.getState()
    try? Generator.default.setState(random)
    defer { try? Generator.default.setState(now) }
    return body()
  }
}
