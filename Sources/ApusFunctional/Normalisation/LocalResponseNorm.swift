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

/// ``localResponseNorm(_:_:alpha:beta:k:)`` of images as `CrossMapLRN2d` of PyTorch computes it: of as many channels to each side, and with the
/// first channel in all sums from the channel on whose window leaves it. That one is never taken out of PyTorch's running sum,
/// and networks were trained with it.
package func crossMapNorm(_ x: Tensor, _ size: Int, alpha: Double, beta: Double, k: Double) -> Tensor {
  attempt(x) { () throws(TensorError) in
    let operation = "CrossMapLRN2d"
    if let type = narrowType(x) { return crossMapNorm(x.widened, size, alpha: alpha, beta: beta, k: k).to(type) }
    guard x.rank == 4 else {
      throw TensorError(.shape, operation, "needs an input of shape [N, C, H, W], and found \(x.shape)")
    }
    try checkedCount(size, least: 1, "size", operation)
    if x.count == 0 { return x }
    let (reach, channels, rest) = ((size - 1) / 2 + 1, x.shape[1], x.shape[2] * x.shape[3])
    let side = min(reach - 1, channels)
    let border = Tensor.zeros([x.shape[0], 1, side, rest], dtype: x.dtype)
    let squares = x.square()
    let padded = cat([border, squares.reshape([x.shape[0], 1, channels, rest]), border], dim: 2)
    var sums = avgPool2d(padded, [2 * side + 1, 1], stride: 1).reshape(x.shape) * (2 * side + 1)
    if channels > reach {
      let late = sums.narrow(1, reach, channels - reach) + squares.narrow(1, 0, 1)
      sums = cat([sums.narrow(1, 0, reach), late], dim: 1)
    }
    return x * (sums * (alpha / Double(size)) + k).pow(-beta)
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
