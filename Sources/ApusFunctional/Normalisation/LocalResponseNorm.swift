import ApusCore

// Local response normalisation.

/// Division by a power of a running sum of squares over `size` neighbouring channels of `[N, C, ...]`:
/// `x / (k + alpha / size * sum(x^2)) ^ beta`.
public func localResponseNorm(
  _ x: Tensor, _ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1
) -> Tensor {
  attempt(x) { () throws(TensorError) in
    if let type = narrowType(x) { return localResponseNorm(x.widened, size, alpha: alpha, beta: beta, k: k).to(type) }
    guard x.rank >= 3 else {
      throw TensorError(.shape, "local_response_norm", "needs an input of 3 or more dimensions, and found \(x.shape)")
    }
    try checkedCount(size, least: 1, "size", "local_response_norm")
    if x.count == 0 { return x }
    let (channels, rest) = (x.shape[1], elementCount(Array(x.shape[2...])))
    let squares = x.square().reshape([x.shape[0], 1, channels, rest])
    let padded = cat(
      [
        Tensor.zeros([x.shape[0], 1, size / 2, rest], dtype: x.dtype), squares,
        Tensor.zeros([x.shape[0], 1, (size - 1) / 2, rest], dtype: x.dtype),
      ], dim: 2)
    let means = avgPool2d(padded, [size, 1], stride: 1).reshape(x.shape)
    return x / ((means * alpha + k).log() * beta).exp()
  }
}

extension Registry {
  /// Local response normalisation.
  static let responseNorms: [Operation] = [
    .tensor("nn.functional.local_response_norm", "input, size, alpha=0.0001, beta=0.75, k=1.0") {
      try localResponseNorm(
        $0.tensor("input"), $0.int("size"), alpha: $0.double("alpha"), beta: $0.double("beta"), k: $0.double("k"))
    }
  ]
}
