import ApusCore

// Distances and angles between vectors.

/// The p-norms of the differences of rows, `eps` added to each difference: `[..., D]` twice to `[...]`.
public func pairwiseDistance(
  _ x1: Tensor, _ x2: Tensor, p: Double = 2, eps: Double = 1e-6, keepDim: Bool = false
) -> Tensor {
  if let type = narrowType(x1, x2) {
    return pairwiseDistance(x1.widened, x2.widened, p: p, eps: eps, keepDim: keepDim).to(type)
  }
  let difference = x1 - x2 + eps
  return difference.hasFailed ? difference : difference.norm(p, [difference.rank - 1], keepDim: keepDim)
}

/// The cosine of the angle between vectors along `dim`, norms not below `eps`.
public func cosineSimilarity(_ x1: Tensor, _ x2: Tensor, dim: Int = 1, eps: Double = 1e-8) -> Tensor {
  if let failed = x1.failed ?? x2.failed { return failed }
  let dtype = promoteTypes(x1.dtype, x2.dtype)
  guard dtype.isFloatingPoint else {
    return fail(TensorError(.dtype, "cosine_similarity", "needs floating point tensors, and found \(dtype)"))
  }
  if let type = narrowType(x1, x2) { return cosineSimilarity(x1.widened, x2.widened, dim: dim, eps: eps).to(type) }
  guard let shape = broadcastShapes(x1.shape, x2.shape) else {
    return fail(
      TensorError(.shape, "cosine_similarity", "the shapes \(x1.shape) and \(x2.shape) do not broadcast to one"))
  }
  let (a, b) = (x1.to(dtype).expand(shape), x2.to(dtype).expand(shape))
  func unit(_ x: Tensor) -> Tensor {
    let norm = x.norm(2, [dim], keepDim: true)
    // Raised to eps without a gradient of its own.
    let raise = noGrad {
      `where`(norm.detach().lt(eps), eps - norm.detach(), Tensor.zeros([], dtype: norm.dtype))
    }
    return x / (norm + raise)
  }
  return (unit(a) * unit(b)).sum([dim])
}

extension Registry {
  /// Distances and angles between vectors.
  static let distances: [Operation] = [
    .tensor("nn.functional.cosine_similarity cosine_similarity", "x1, x2, dim=1, eps=1e-08") {
      try cosineSimilarity($0.tensor("x1"), $0.tensor("x2"), dim: $0.int("dim"), eps: $0.double("eps"))
    },
    .tensor("nn.functional.pairwise_distance pairwise_distance", "x1, x2, p=2.0, eps=1e-06, keepdim=False") {
      try pairwiseDistance(
        $0.tensor("x1"), $0.tensor("x2"), p: $0.double("p"), eps: $0.double("eps"), keepDim: $0.bool("keepdim"))
    },
  ]
}
