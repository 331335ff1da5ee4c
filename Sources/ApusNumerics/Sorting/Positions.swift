import ApusCore
import CKernels

// Positions of elements: where they are not zero, and as coordinates.

extension Tensor {
  /// The coordinates of all elements that are not zero, as rows, in row-major order.
  public func nonzero() -> Tensor {
    if hasFailed { return self }
    if rank == 0 { return Tensor.zeros([itemScalar().isZero ? 0 : 1, 0], dtype: .int64, device: deviceIfUsed) }
    return noGrad { stack(nonzeroColumns(self), dim: 1) }
  }
  /// The coordinates of all elements that are not zero, a vector for each dimension.
  public func nonzeroAsTuple() -> [Tensor] {
    if hasFailed { return [self] }
    return nonzeroColumns(atleast1d())
  }
  /// ``nonzero()`` cut or filled up with `fillValue` to `size` rows.
  public func nonzeroStatic(size: Int, fillValue: Int = -1) -> Tensor {
    let found = nonzero()
    if found.hasFailed { return found }
    guard size >= 0 else {
      return fail(TensorError(.value, "nonzeroStatic", "the size must not be negative, and found \(size)"))
    }
    return found.size(0) >= size
      ? found.narrow(0, 0, size)
      : cat(
        [
          found,
          Tensor.full(
            [size - found.size(0), found.size(1)], fillValue, dtype: .int64, device: found.deviceIfUsed),
        ], dim: 0)
  }
  /// ``nonzero()`` under NumPy's name.
  public func argwhere() -> Tensor { nonzero() }

  /// Coordinates in a tensor of `shape`, a tensor for each dimension, of positions in it seen as a vector.
  public func unravelIndex(_ shape: [Int]) -> [Tensor] {
    if hasFailed { return [self] }
    guard !dtype.isInexact, dtype != .bool, shape.allSatisfy({ $0 >= 0 }) else {
      return [
        fail(
          TensorError(
            .dtype, "unravelIndex", "needs integer positions and non-negative sizes, and found \(dtype) and \(shape)"))
      ]
    }
    let positions = resolved.to(.int64).contiguousBody()
    let p = positionPointer(positions)
    let results = shape.map { _ in Tensor.uninitialized(self.shape, .int64) }
    let outs = results.map { $0.body.data.assumingMemoryBound(to: Int64.self) }
    for i in 0..<positions.count {
      var rest = Int(p[i])
      for d in shape.indices.reversed() {
        if shape[d] == 0 { break }
        let (q, r) = rest.quotientAndRemainder(dividingBy: shape[d])
        outs[d][i] = Int64(r < 0 ? r + shape[d] : r)
        rest = r < 0 ? q - 1 : q
      }
    }
    return results.map { $0.placed(with: self) }
  }
}

extension Registry {
  /// Where elements are not zero.
  static let positions: [Operation] = [
    Operation("nonzero", "input, *, as_tuple=False") {
      let x = try $0.tensor("input")
      return try $0.bool("as_tuple") ? x.nonzeroAsTuple().map { .tensor($0) } : [.tensor(x.nonzero())]
    },
    .tensor("nonzero_static", "input, *, size, fill_value=-1") {
      try $0.tensor("input").nonzeroStatic(size: try $0.int("size"), fillValue: try $0.int("fill_value"))
    },
    .unary("argwhere") { $0.argwhere() },
    .tensors("unravel_index", "indices, shape") { try $0.tensor("indices").unravelIndex(try $0.ints("shape")) },
  ]
}
