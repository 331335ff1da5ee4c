import ApusCore

/// A state that `body` changes as long as `condition` holds: PyTorch's `torch.while_loop`.
///
///     // Halves x until it is small; counts how often.
///     let last = whileLoop([x, Tensor(0)], while: { $0[0].abs().max().gt(1) }) { [$0[0] / 2, $0[1] + 1] }
///
/// How often it runs is found out in every call. Gradients go back through all its rounds. Inside of a compiled function the loop is one
/// operation of the graph, whatever the number of rounds, where `while` on a value would make the function run eagerly.
///
/// - Parameters:
///   - initial: a tensor or a tree of them.
///   - condition: gives one element for a state; zero, or false, ends the loop.
///   - body: gives the next state, with tensors of the same shapes and element types.
/// - Returns: the first state for which the condition does not hold.
public func whileLoop<State: TensorTree>(
  _ initial: State, while condition: (State) throws -> Tensor, do body: (State) throws -> State
) rethrows -> State {
  if let made = captured(initial, condition, body) { return made }
  var state = initial
  while true {
    let predicate = try noGrad { try condition(state) }
    guard predicate.count == 1, !predicate.hasFailed else {
      let failed =
        predicate.hasFailed
        ? predicate
        : fail(TensorError(.shape, "whileLoop", "needs a condition of one element, and found \(predicate.type)"))
      return state.mapTensors { _ in failed }
    }
    guard predicate.itemScalar().double != 0 else { return state }
    if let failed = RoundLimit.exceeded("whileLoop") { return state.mapTensors { _ in failed } }
    let (types, next) = (tensors(state).map(\.type), try body(state))
    let found = tensors(next)
    if let failed = found.first(where: \.hasFailed) { return next.mapTensors { _ in failed } }
    guard found.map(\.type) == types else {
      let failed = fail(changedState(types, found.map(\.type)))
      return next.mapTensors { _ in failed }
    }
    state = next
  }
}

private func changedState(_ types: [TensorType], _ found: [TensorType]) -> TensorError {
  func text(_ types: [TensorType]) -> String { types.map { "\($0)" }.joined(separator: ", ") }
  return TensorError(
    .shape, "whileLoop", "the state is \(text(types)) and became \(text(found)); shapes and types must stay as they are"
  )
}

/// The loop as one operation of the function that is being captured; nil where it cannot be.
private func captured<State: TensorTree>(
  _ initial: State, _ condition: (State) throws -> Tensor, _ body: (State) throws -> State
) -> State? {
  guard let tracer = Tracer.current, let compile = tracer.compileStep, !isMapping else { return nil }
  let states = tensors(initial)
  if states.contains(where: { $0.isPoisoned || ($0.isMarked && !tracer.reaches($0.resolved)) }) { return nil }
  func step(_ function: (State) throws -> [Tensor]) -> TracedStep? {
    capturedStep(states.map { $0.contiguous() }, inside: tracer) { given in
      (try? function(filled(initial, given)))?.map(ownResult) ?? []
    }
  }
  let test = step { [try condition($0)] }
  let round = step { state in
    let next = try body(state)
    return next.signatureParts == initial.signatureParts ? tensors(next) : []
  }
  guard let test, let round, test.outputTypes[0].count == 1 else { return nil }
  guard round.outputTypes == states.map(\.type) else {
    let failed = fail(changedState(states.map(\.type), round.outputTypes))
    return initial.mapTensors { _ in failed }
  }
  // A loop whose course depends on nothing that calls bring along is part of the graph as it goes.
  let loop = WhileLoop(
    condition: CapturedStep(test, compile), body: CapturedStep(round, compile),
    count: states.count, split: states.count + test.free.count)
  return filled(initial, results(apply(loop, states + test.free + round.free), states.count))
}

/// Inputs: `count` states, what the condition uses besides, and from `split` on what the body uses besides. Results: the last
/// states.
struct WhileLoop: Primitive {
  let condition, body: CapturedStep
  let count, split: Int
  var name: String { "WhileLoop" }
  var takesCustomElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { Array(inputs.prefix(count)) }

  /// The last states, by `body` from states and what it uses besides.
  func run(_ inputs: [Tensor], _ body: ([Tensor]) -> [Tensor]) -> [Tensor] {
    var states = Array(inputs.prefix(count))
    let (tested, used) = (Array(inputs[count..<split]), Array(inputs[split...]))
    while true {
      let predicate = noGrad { condition.run((states + tested).map { $0.detach() }) }[0]
      if predicate.isPoisoned { return states.map { _ in predicate } }
      guard predicate.itemScalar().double != 0 else { return states }
      if let failed = RoundLimit.exceeded("whileLoop") { return states.map { _ in failed } }
      states = body(states + used)
      if let failed = states.first(where: \.isPoisoned) { return states.map { _ in failed } }
    }
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let made = try caught("whileLoop") { noGrad { run(inputs, body.run) } }
    for (result, tensor) in zip(results, made) { result.fill(with: tensor) }
  }

  /// Round by round, in operations that everybody sees.
  func composed(_ inputs: [Tensor]) -> [Tensor] { run(inputs) { body.step($0) } }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let inputs = (0..<node.inputCount).map { node.input($0) }
    // The condition has no gradient.
    let wanted = inputs.indices.filter {
      node.needs($0) && inputs[$0].dtype.isInexact && !(count..<split).contains($0)
    }
    let given = (0..<count).map { i in
      let type = node.outputType(i)
      return cotangents[i] ?? Tensor.zeros(type.shape, dtype: type.dtype).placed(with: inputs[0])
    }
    return scattered(
      results(apply(WhileLoopGradient(loop: self, wanted: wanted), given + inputs), wanted.count), wanted,
      among: inputs.count)
  }
}

/// The gradients of those inputs of ``WhileLoop`` that are `wanted`. Inputs: the cotangents of its results, then its inputs.
struct WhileLoopGradient: Primitive {
  let loop: WhileLoop
  let wanted: [Int]
  var name: String { "WhileLoopBackward" }
  var takesCustomElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    wanted.map { inputs[loop.count + $0] }
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let made = try caught("whileLoop") { noGrad { run(inputs) } }
    for (result, tensor) in zip(results, made) { result.fill(with: tensor) }
  }

  private func run(_ inputs: [Tensor]) -> [Tensor] {
    let count = loop.count
    let own = Array(inputs.dropFirst(count))
    // The states before each round.
    var before: [[Tensor]] = []
    let last = loop.run(own) { operands in
      before.append(operands)
      return loop.body.run(operands)
    }
    if let failed = last.first(where: \.isPoisoned) { return wanted.map { _ in failed } }
    var states = Array(inputs.prefix(count))
    var sums = own[loop.split...].map { zerosLike($0) }
    for operands in before.reversed() {
      let found = loop.body.gradient(operands, states)
      if let failed = found.first(where: \.isPoisoned) { return wanted.map { _ in failed } }
      states = Array(found.prefix(count))
      sums = zip(sums, found.dropFirst(count)).map { $0.dtype.isInexact ? $0 + $1 : $0 }
    }
    return wanted.map { $0 < count ? states[$0] : sums[$0 - loop.split] }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients(node, cotangents: cotangents) { inputs in
      let own = Array(inputs.dropFirst(loop.count))
      let found = composedGradients(
        own, needs: own.indices.map(wanted.contains), cotangents: inputs.prefix(loop.count).map { $0 }, loop.composed)
      return wanted.map { found[$0] ?? zerosLike(own[$0]) }
    }
  }
}
