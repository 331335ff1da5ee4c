import ApusCore

/// A state carried over a sequence, and what each step gives on the way: a recurrence of one's own.
///
///     let step = compile { (h: Tensor, x: Tensor) in
///       let h = (linear(x, w) + linear(h, v)).tanh()
///       return (h, h)
///     }
///     let (last, all) = scan(over: x, initial: h0) { step($0, $1) }
///
/// Gradients go back through all steps. A step that was compiled, as above, is captured once and run fused at each of them.
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
  var state = initial
  var given: [Tensor] = []
  for t in 0..<xs.shape[0] {
    let (next, y) = try step(state, xs.select(0, reverse ? xs.shape[0] - 1 - t : t))
    if y.hasFailed { return (next, y) }
    state = next
    given.append(y)
  }
  return (state, stack(reverse ? given.reversed() : given))
}
