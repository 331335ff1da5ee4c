import ApusCore

/// A state carried over a sequence, and what each step gives on the way: a recurrence of one's own.
///
///     let step = compile { (h: Tensor, x: Tensor) in
///       let h = (linear(x, w) + linear(h, v)).tanh()
///       return (h, h)
///     }
///     let (last, all) = scan(over: x, initial: h0) { step($0, $1) }
///
/// Gradients go back through all steps. A step that was compiled, as above, is captured once and run fused at each of them. Inside
/// of a compiled function a scan over more than a few steps is one operation of it, whatever their number.
///
/// - Parameters:
///   - xs: `[steps, ...]`, with at least one step.
///   - initial: the state before the first step: a tensor or a tree of them.
///   - reverse: whether to go from the last step to the first.
///   - step: from the state and a step's `[...]` to the next state and what the step gives, of one shape at each.
/// - Returns: the last state, and what the steps gave, `[steps, ...]`, in the order of `xs`.
public func scan<State: TensorTree>(
  over xs: Tensor, initial: State, reverse: Bool = false, step: (State, Tensor) throws -> (State, Tensor)
) rethrows -> (State, Tensor) {
  if xs.hasFailed { return (initial, xs) }
  guard xs.rank > 0, xs.shape[0] > 0 else {
    return (
      initial,
      fail(TensorError(.shape, "scan", "needs a sequence [steps, ...] of at least one step, and found \(xs.shape)"))
    )
  }
  if let made = looped(over: xs, initial: initial, reverse: reverse, step: step) { return made }
  var state = initial
  var given: [Tensor] = []
  for t in 0..<xs.shape[0] {
    if let failed = RoundLimit.exceeded("scan") { return (initial, failed) }
    let (next, y) = try step(state, xs.select(0, reverse ? xs.shape[0] - 1 - t : t))
    if y.hasFailed { return (next, y) }
    state = next
    given.append(y)
  }
  return (state, stack(reverse ? given.reversed() : given))
}

/// Up to so many steps are captured as the operations of all of them, which are fused with each other.
private let unrolledSteps = 8

/// The scan as one operation of the function that is being captured; nil where it has to be captured step by step.
private func looped<State: TensorTree>(
  over xs: Tensor, initial: State, reverse: Bool, step: (State, Tensor) throws -> (State, Tensor)
) -> (State, Tensor)? {
  guard let tracer = Tracer.current, let compile = tracer.compileStep, !isMapping,
    xs.shape[0] > unrolledSteps || ScanCapture.keepsShortLoops
  else { return nil }
  let states = tensors(initial)
  if (states + [xs]).contains(where: { $0.isPoisoned || ($0.isMarked && !tracer.reaches($0.resolved)) }) { return nil }
  let captured = capturedStep(states.map { $0.contiguous() } + [xs.select(0, 0).contiguous()], inside: tracer) {
    guard let (next, y) = try? step(filled(initial, $0.dropLast()), $0[states.count]),
      next.signatureParts == initial.signatureParts
    else { return [] }
    return tensors(next) + [y]
  }
  guard let captured, captured.outputTypes.dropLast().elementsEqual(states.map(\.type)) else { return nil }
  let loop = ScanLoop(
    step: CapturedStep(captured, compile), count: states.count, isReverse: reverse)
  let made = apply(loop, [xs] + states + captured.free)
  guard made.count == states.count + 1 else { return (initial, made[0]) }
  return (filled(initial, made.dropLast()), made[states.count])
}
