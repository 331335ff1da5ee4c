import ApusCore

// A scan as one operation of a compiled function, and its gradient as another.

/// Inputs: the sequence `[steps, ...]`, `count` states, and what the step uses besides. Results: the last states, and what the
/// steps gave, `[steps, ...]`.
struct ScanLoop: Primitive {
  let step: CapturedStep
  let count: Int
  let isReverse: Bool
  var name: String { "Scan" }
  var takesCustomElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let made = step.step.outputTypes
    return made.dropLast() + [TensorType([inputs[0].shape[0]] + made[count].shape, made[count].dtype)]
  }

  /// The times in the order in which states pass them.
  func order(_ xs: Tensor) -> [Int] { isReverse ? (0..<xs.shape[0]).reversed() : Array(0..<xs.shape[0]) }

  /// The operation, by `body` from states, an element and what is used besides to states and what is given.
  func run(_ inputs: [Tensor], _ body: ([Tensor]) -> [Tensor]) -> [Tensor] {
    var states = Array(inputs[1..<1 + count])
    var given: [Tensor] = []
    for t in order(inputs[0]) {
      if let failed = RoundLimit.exceeded("scan") { return [Tensor](repeating: failed, count: count + 1) }
      let made = body(states + [inputs[0].select(0, t)] + inputs.dropFirst(1 + count))
      if let failed = made.first(where: \.isPoisoned) { return [Tensor](repeating: failed, count: count + 1) }
      states = Array(made.prefix(count))
      given.append(made[count])
    }
    return states + [stack(isReverse ? given.reversed() : given)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let made = try caught("scan") { noGrad { run(inputs, step.run) } }
    for (result, tensor) in zip(results, made) { result.fill(with: tensor) }
  }

  /// Step by step, in operations that everybody sees.
  func composed(_ inputs: [Tensor]) -> [Tensor] { run(inputs) { step.step($0) } }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    mappedComposed(inputs, isBatched, composed)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let inputs = (0..<node.inputCount).map { node.input($0) }
    let wanted = inputs.indices.filter { node.needs($0) && inputs[$0].dtype.isInexact }
    if wanted.isEmpty { return [Tensor?](repeating: nil, count: inputs.count) }
    let given = (0...count).map { i in
      let type = node.outputType(i)
      return cotangents[i] ?? Tensor.zeros(type.shape, dtype: type.dtype).placed(with: inputs[0])
    }
    let made = apply(ScanLoopGradient(loop: self, wanted: wanted), given + inputs)
    var all = [Tensor?](repeating: nil, count: inputs.count)
    for (i, gradient) in zip(wanted, results(made, wanted.count)) { all[i] = gradient }
    return all
  }
}

/// The gradients of those inputs of ``ScanLoop`` that are `wanted`. Inputs: the cotangents of its results, then its inputs.
struct ScanLoopGradient: Primitive {
  let loop: ScanLoop
  let wanted: [Int]
  var name: String { "ScanBackward" }
  var takesCustomElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    wanted.map { inputs[loop.count + 1 + $0] }
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let made = try caught("scan") { noGrad { run(inputs) } }
    for (result, tensor) in zip(results, made) { result.fill(with: tensor) }
  }

  private func run(_ inputs: [Tensor]) -> [Tensor] {
    let count = loop.count
    let (given, own) = (Array(inputs.prefix(count + 1)), Array(inputs.dropFirst(count + 1)))
    // The states before each step.
    var before: [[Tensor]] = []
    _ = loop.run(own) { operands in
      before.append(Array(operands.prefix(count)))
      return loop.step.run(operands)
    }
    let (order, others) = (loop.order(own[0]), Array(own.dropFirst(1 + count)))
    guard before.count == order.count else { return own }
    var states = Array(given.prefix(count))
    var elements = [Tensor](repeating: own[0], count: order.count)
    var sums: [Tensor]?
    for (t, now) in zip(order, before).reversed() {
      let found = loop.step.gradient(now + [own[0].select(0, t)] + others, states + [given[count].select(0, t)])
      if let failed = found.first(where: \.isPoisoned) { return wanted.map { _ in failed } }
      states = Array(found.prefix(count))
      elements[t] = found[count]
      let parts = found.dropFirst(count + 1)
      sums = sums.map { zip($0, parts).map { $0.dtype.isInexact ? $0 + $1 : $0 } } ?? Array(parts)
    }
    let all = [stack(elements)] + states + (sums ?? [])
    return wanted.map { all[$0] }
  }

  /// The gradients by the definition of the loop.
  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (given, own) = (Array(inputs.prefix(loop.count + 1)), Array(inputs.dropFirst(loop.count + 1)))
    let found = composedGradients(
      own, needs: own.indices.map(wanted.contains), cotangents: given.map { $0 }, loop.composed)
    return wanted.map { found[$0] ?? zerosLike(own[$0]) }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    mappedComposed(inputs, isBatched, composed)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients(node, cotangents: cotangents, composed)
  }
}
