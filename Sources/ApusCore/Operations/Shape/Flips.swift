// Reversing and rolling dimensions.

extension Tensor {
  /// The elements in reverse order along `dims`: a view.
  public func flip(_ dims: [Int]) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let chosen = dims.isEmpty ? [] : try normalize(dims: dims, rank: rank, "flip")
      if rank == 0 || chosen.isEmpty { return alias(self) }
      let slice = Slice(
        starts: shape.indices.map { chosen.contains($0) ? Swift.max(shape[$0] - 1, 0) : 0 }, counts: shape,
        steps: shape.indices.map { chosen.contains($0) ? -1 : 1 })
      return apply(slice, self).titled("FlipBackward0")
    }
  }
  public func flip(_ dims: Int...) -> Tensor { flip(dims) }

  /// The columns in reverse order.
  public func fliplr() -> Tensor {
    rank >= 2 || hasFailed
      ? flip([1]) : fail(TensorError(.dimension, "fliplr", "needs at least 2 dimensions, and found \(shape)"))
  }
  /// The rows in reverse order.
  public func flipud() -> Tensor {
    rank >= 1 || hasFailed
      ? flip([0]) : fail(TensorError(.dimension, "flipud", "needs at least 1 dimension, and found a scalar"))
  }

  /// The elements moved by `shifts` places along `dims`; those that leave at the end come in at the start. Without
  /// `dims` in the flat tensor.
  public func roll(_ shifts: [Int], _ dims: [Int] = []) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard !shifts.isEmpty else { throw TensorError(.value, "roll", "needs a shift") }
      if dims.isEmpty {
        guard shifts.count == 1 else {
          throw TensorError(.value, "roll", "\(shifts.count) shifts need as many dimensions, and found none")
        }
        return reshape([count]).rolled(shifts[0], 0).reshape(shape)
      }
      guard shifts.count == dims.count else {
        throw TensorError(.value, "roll", "\(shifts.count) shifts do not fit \(dims.count) dimensions")
      }
      guard rank > 0 else { throw TensorError(.dimension, "roll", "a scalar has no dimension \(dims[0])") }
      var result = self
      for (shift, dim) in zip(shifts, dims) {
        result = result.rolled(shift, try normalize(dim: dim, rank: rank, "roll"))
      }
      return result
    }
  }
  public func roll(_ shift: Int, _ dim: Int? = nil) -> Tensor { roll([shift], dim.map { [$0] } ?? []) }

  private func rolled(_ shift: Int, _ d: Int) -> Tensor {
    let n = shape[d]
    guard n > 0 else { return self }
    let k = ((shift % n) + n) % n
    if k == 0 { return self }
    return cat(
      [slice(dim: d, start: n - k, count: k, step: 1), slice(dim: d, start: 0, count: n - k, step: 1)], dim: d)
  }

  /// The plane of `dims` turned by `k` quarter turns from the first towards the second.
  public func rot90(_ k: Int = 1, _ dims: [Int] = [0, 1]) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard dims.count == 2, rank >= 2 else {
        throw TensorError(.dimension, "rot90", "needs 2 dimensions to turn, and found \(dims) for a tensor of \(shape)")
      }
      let d = try normalize(dims: dims, rank: rank, "rot90")
      switch ((k % 4) + 4) % 4 {
      case 1: return flip([d[1]]).transpose(d[0], d[1])
      case 2: return flip(d)
      case 3: return flip([d[0]]).transpose(d[0], d[1])
      default: return clone()
      }
    }
  }
}

extension Registry {
  /// Dimensions turned around.
  static let flips: [Operation] = [
    .unary("fliplr") { $0.fliplr() },
    .unary("flipud") { $0.flipud() },
    .tensor("flip", "input, *dims") { try $0.tensor("input").flip(try $0.ints("dims")) },
    .tensor("roll", "input, shifts, dims=[]") {
      try $0.tensor("input").roll(try $0.ints("shifts"), try $0.optionalInts("dims") ?? [])
    },
    .tensor("rot90", "input, k=1, dims=None") {
      try $0.tensor("input").rot90(try $0.int("k"), try $0.optionalInts("dims") ?? [0, 1])
    },
  ]
}
