import ApusCore

// Choices drawn from logits.

/// Samples of the Gumbel-softmax distribution of `logits` along `dim`, differentiable in them (Jang et al., 2017).
///
/// - Parameters:
///   - tau: the temperature, above 0: the lower, the nearer are samples to one-hot vectors.
///   - hard: whether results are one-hot vectors, with the gradient of the soft ones.
///   - dim: the dimension of the choices.
public func gumbelSoftmax(
  _ logits: Tensor, tau: Double = 1, hard: Bool = false, dim: Int = -1, generator: Generator = .default
) -> Tensor {
  attempt(logits) { () throws(TensorError) in
    guard logits.dtype.isFloatingPoint else {
      throw TensorError(.dtype, "gumbel_softmax", "needs floating point logits, and found \(logits.dtype)")
    }
    guard tau > 0 else {
      throw TensorError(.value, "gumbel_softmax", "the temperature tau must be above 0, and found \(tau)")
    }
    _ = try normalize(dim: dim, rank: logits.rank, "gumbel_softmax")
    var drawn = emptyLike(logits)
    noGrad { drawn.exponential(generator: generator) }
    let noise = noGrad { -drawn.log() }
    let soft = softmax((logits + noise) / tau, dim: dim)
    if !hard { return soft }
    let fixed = soft.detach()
    return noGrad {
      // Of equal ones the first.
      let isLargest = fixed.eq(fixed.amax([dim], keepDim: true))
      return (isLargest & isLargest.cumsum(dim).eq(1)).to(logits.dtype) - fixed
    } + soft
  }
}
