import ApusCore
import ApusFunctional
import ApusNumerics

// Chains of states, as tagging and decoding have them: products of matrices in two semirings.

/// The best path through a chain of states, by Viterbi's algorithm (1967): the states s that make
/// `initial[s₀] + scores[0, s₀] + Σ (transitions[sₜ₋₁, sₜ] + scores[t, sₜ]) + final[sₜ]` greatest, and that sum.
///
/// The chain is a product of ``MaxPlus`` matrices, and the path is its gradient.
/// - Parameters:
///   - scores: The score (a log-probability, say) of each state at each step, `[..., steps, states]`.
///   - transitions: The score of going from a state (row) to another (column), `[states, states]`; -∞ where that is not
///     possible.
///   - initial: The score of starting in each state, `[states]`.
///   - final: The score of ending in each state, `[states]`.
/// - Returns: The states, int64 `[..., steps]`, and the score of the path, `[...]`. Of equally good paths one is given; where
///   no path is possible the score is -∞, and the states mean nothing.
public func viterbi(
  _ scores: Tensor, transitions: Tensor, initial: Tensor? = nil, final: Tensor? = nil
) -> (path: Tensor, score: Tensor) {
  attempt(scores, transitions, initial, final) { () throws(TensorError) in
    let chain = try Chain(scores, transitions, initial, final, "viterbi")
    let (path, score) = chain.best()
    let shape = Array(scores.shape.dropLast(2))
    return (path.reshape(shape + [chain.count]), score.to(scores.dtype).reshape(shape))
  }
}

/// The logarithm of the sum of exp(score) over all paths through a chain of states, by the forward algorithm (Baum and Eagon,
/// 1967): a product of ``LogSemiring`` matrices.
///
/// The gradient with respect to `scores` is the marginal probability of each state at each step, and that with respect to
/// `transitions` the expected number of times that each is taken; so this is the log-partition of a conditional random field,
/// whose loss is `forwardAlgorithm(...) - score of the given path`.
/// - Parameters: as those of `viterbi(_:transitions:initial:final:)`.
/// - Returns: `[...]`, -∞ where no path is possible.
public func forwardAlgorithm(
  _ scores: Tensor, transitions: Tensor, initial: Tensor? = nil, final: Tensor? = nil
) -> Tensor {
  attempt(scores, transitions, initial, final) { () throws(TensorError) in
    let chain = try Chain(scores, transitions, initial, final, "forwardAlgorithm")
    let matrix = chain.transitions.to(.logSemiring)
    let rest = chain.rest.to(.logSemiring)
    var state = chain.first.to(.logSemiring)
    for t in 0..<chain.count - 1 { state = state.matmul(matrix) * rest.select(1, t) }
    if let final = chain.final { state = state * final.to(.logSemiring) }
    return state.sum([-1]).to(scores.dtype).reshape(Array(scores.shape.dropLast(2)))
  }
}

/// What the two algorithms read, checked: one batch dimension, and the first step apart from the rest.
private struct Chain {
  let (batch, count, states): (Int, Int, Int)
  let first: Tensor
  let rest: Tensor
  let transitions: Tensor
  let final: Tensor?

  init(
    _ scores: Tensor, _ transitions: Tensor, _ initial: Tensor?, _ final: Tensor?, _ operation: String
  ) throws(TensorError) {
    guard scores.rank >= 2, scores.size(-2) > 0, scores.size(-1) > 0, scores.dtype.isFloatingPoint else {
      throw TensorError(
        .shape, operation,
        "scores must be floating point numbers of the shape [..., steps, states], and found \(scores.dtype) \(scores.shape)"
      )
    }
    (count, states) = (scores.size(-2), scores.size(-1))
    for (name, x, shape) in [
      ("transitions", transitions, [states, states]), ("initial", initial, [states]), ("final", final, [states]),
    ] {
      guard let x, x.shape != shape || !x.dtype.isFloatingPoint else { continue }
      throw TensorError(
        .shape, operation,
        "\(name) must be floating point numbers of the shape \(shape) for \(states) states, and found \(x.dtype) \(x.shape)"
      )
    }
    let flat = scores.reshape([-1, count, states])
    batch = flat.size(0)
    first = initial.map { flat.select(1, 0) + $0 } ?? flat.select(1, 0)
    rest = flat.narrow(1, 1, count - 1)
    self.transitions = transitions
    self.final = final
  }
  /// The states of the best path, `[batch, count]`, and its score, `[batch]`.
  func best() -> (Tensor, Tensor) {
    let start = Tensor(first.detach().to(.maxPlus), requiresGrad: true)
    // Each step has a matrix of its own, so that gradients say which of its entries the path takes.
    let matrices = transitions.detach().to(.maxPlus) * rest.detach().to(.maxPlus).unsqueeze(-2)
    let steps = Tensor(matrices, requiresGrad: true)
    let (score, total) = enableGrad { () -> (Tensor, Tensor) in
      var state = start.unsqueeze(-2)
      for t in 0..<count - 1 { state = state.matmul(steps.select(1, t)) }
      state = state.squeeze(-2)
      if let final { state = state * final.detach().to(.maxPlus) }
      let score = state.sum([-1]).to(.float64)
      return (score, score.sum())
    }
    let used = gradients(of: [total], wrt: [start, steps], allowUnused: true)
    // Shares are positive along best paths alone, and a state that one of them enters is left by one of them.
    var at = (used[0] ?? Tensor.zeros(start.shape)).argmax(-1)
    var path = [at]
    for t in 0..<count - 1 {
      let taken = (used[1] ?? Tensor.zeros(steps.shape)).select(1, t)
      at = taken.gather(1, at.reshape([-1, 1, 1]).expand([batch, 1, states])).squeeze(1).argmax(-1)
      path.append(at)
    }
    return (stack(path, dim: 1), score.detach())
  }
}
