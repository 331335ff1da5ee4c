import ApusCore

// Vectors scaled to length 1.

/// `x / max(norm, eps)` along `dim`.
public func normalize(_ x: Tensor, p: Double = 2, dim: Int = 1, eps: Double = 1e-12) -> Tensor {
  if x.hasFailed { return x }
  if let type = narrowType(x) { return normalize(x.widened, p: p, dim: dim, eps: eps).to(type) }
  let norm = x.norm(p, [dim], keepDim: true)
  return norm.hasFailed ? norm : x / norm.clampLeast(eps).expand(x.shape)
}

extension Tensor {
  /// max(x, least), the gradient flowing where `x` is at least `least`.
  fileprivate func clampLeast(_ least: Double) -> Tensor {
    `where`(detach().lt(least), Tensor.full([], least, dtype: dtype), self)
  }
}

extension Registry {
  /// Vectors scaled to length 1.
  static let vectorNorms: [Operation] = [
    .tensor("nn.functional.normalize", "input, p=2.0, dim=1, eps=1e-12, out=None") {
      try normalize($0.tensor("input"), p: $0.double("p"), dim: $0.int("dim"), eps: $0.double("eps"))
    }
  ]
}
