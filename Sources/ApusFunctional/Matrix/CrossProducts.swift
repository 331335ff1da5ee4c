import ApusCore

// Products of vectors of three elements, and sums along a diagonal.

/// The cross products of vectors of 3 elements along `dim`; the other dimensions broadcast.
/// - Parameter dim: nil: the first dimension of size 3, as `torch.cross` has it.
public func cross(_ a: Tensor, _ b: Tensor, dim: Int? = nil) -> Tensor {
  attempt(a, b) { () throws(TensorError) in
    guard let dim = dim ?? a.shape.firstIndex(of: 3) else {
      throw TensorError(.shape, "cross", "needs a dimension of size 3, and found the shape \(a.shape)")
    }
    return try crossProduct(a, b, dim, "cross")
  }
}

/// ``cross(_:_:dim:)`` under the name of the caller.
func crossProduct(_ a: Tensor, _ b: Tensor, _ dim: Int, _ operation: String) throws(TensorError) -> Tensor {
  guard a.rank == b.rank else {
    throw TensorError(.shape, operation, "needs operands of as many dimensions, and found \(a.shape) and \(b.shape)")
  }
  let d = try normalize(dim: dim, rank: a.rank, operation)
  guard a.rank > 0, a.shape[d] == 3, b.shape[d] == 3 else {
    throw TensorError(
      .shape, operation, "dimension \(d) of both operands must have size 3, and found \(a.shape) and \(b.shape)")
  }
  _ = try broadcastShapes([a.shape, b.shape], operation)
  return a.roll(-1, d) * b.roll(-2, d) - a.roll(-2, d) * b.roll(-1, d)
}

extension Tensor {
  /// The cross products with `other`, PyTorch's `torch.cross`.
  public func cross(_ other: Tensor, dim: Int? = nil) -> Tensor { ApusFunctional.cross(self, other, dim: dim) }

  /// The sum of the diagonal of a matrix; whole numbers are summed as int64.
  public func trace() -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, self) { $0.trace() } }
    return attempt(self) { () throws(TensorError) in
      guard rank == 2 else {
        throw TensorError(
          .shape, "trace", "needs a matrix, and found \(shape); diagonal(dim1: -2, dim2: -1).sum([-1]) takes a batch")
      }
      return diagonal().sum()
    }
  }
}

extension Registry {
  /// Cross products and traces.
  static let crossProducts: [Operation] = [
    .tensor("cross", "input, other, dim=None") {
      try cross($0.tensor("input"), $0.tensor("other"), dim: $0.optionalInt("dim"))
    },
    .unary("trace") { $0.trace() },
  ]
}
