import ApusCore
import ApusFunctional

// Sums, norms and softmax over what is there.

extension SparseTensor {
  /// The sum of all elements, a number.
  public func sum(dtype: DType? = nil) -> Tensor {
    if let failed { return failed }
    return (dtype.map { elements.to($0) } ?? elements).sum()
  }

  /// Sums over a dimension, which goes unless `keepDim` says that it stays with size 1.
  public func sum(_ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> SparseTensor {
    sum([dim], keepDim: keepDim, dtype: dtype)
  }

  /// Sums over dimensions, sparse or dense ones, which go unless `keepDim` says that they stay with size 1. With all sparse
  /// dimensions summed up one element is left, at no coordinates: `toDense()` gives it.
  public func sum(_ dims: [Int], keepDim: Bool = false, dtype: DType? = nil) -> SparseTensor {
    attemptSparse([failed]) { () throws(TensorError) in
      var chosen: Set<Int> = []
      for dim in dims { chosen.insert(try normalize(dim: dim, rank: rank, "sum")) }
      let source = to(layout: .sparseCoo)
      if let failed = source.failed { return SparseTensor(failed: failed) }
      var values = dtype.map { source.elements.to($0) } ?? source.elements
      let inner = chosen.filter { $0 >= sparseDim }.map { $0 - sparseDim + 1 }.sorted()
      if !inner.isEmpty { values = values.sum(inner, keepDim: keepDim) }
      let kept = (0..<sparseDim).filter { !chosen.contains($0) }
      var rows = kept.map { source.positions[0].select(0, $0) }
      var sizes = kept.map { shape[$0] }
      if keepDim {
        rows = (0..<sparseDim).map {
          chosen.contains($0)
            ? Tensor.zeros([nnz], dtype: .int64).placed(with: elements) : source.positions[0].select(0, $0)
        }
        sizes = (0..<sparseDim).map { chosen.contains($0) ? 1 : shape[$0] }
      }
      let indices =
        rows.isEmpty ? Tensor.zeros([0, nnz], dtype: .int64).placed(with: elements) : noGrad { stack(rows, dim: 0) }
      let isSame = kept.count == sparseDim
      let summed = SparseTensor(
        .sparseCoo, [indices], values, sizes + values.shape.dropFirst(), isCoalesced: isSame && source.isCoalesced)
      return isSame ? summed : summed.coalesce()
    }
  }

  /// The 2-norm of all elements.
  public func norm() -> Tensor {
    if let failed { return failed }
    return coalesce().elements.square().sum().sqrt()
  }

  /// The softmax over a dimension of the elements that are there: what is not there counts as minus infinity, not as zero.
  public func softmax(_ dim: Int, dtype: DType? = nil) -> SparseTensor {
    normalised(dim, dtype, "sparse.softmax") {
      $0.softmax($1)
    } sparse: { x, lines in
      let (powers, sums) = exponentials(x, lines)
      return powers / sums.indexSelect(0, lines.index)
    }
  }

  /// The logarithm of ``softmax(_:dtype:)``.
  public func logSoftmax(_ dim: Int, dtype: DType? = nil) -> SparseTensor {
    normalised(dim, dtype, "sparse.logSoftmax") {
      $0.logSoftmax($1)
    } sparse: { x, lines in
      let (_, sums) = exponentials(x, lines)
      return x - lines.largest(of: x).indexSelect(0, lines.index) - sums.log().indexSelect(0, lines.index)
    }
  }

  /// The elements of a line along a dimension: which line each is of.
  private struct Lines {
    var index: Tensor
    var count: Int
    func largest(of x: Tensor) -> Tensor {
      let lowest = Tensor.full([count] + x.shape.dropFirst(), -Double.infinity, dtype: x.dtype).placed(with: x)
      return noGrad { lowest.indexReduce(0, index, x.detach(), reduce: .amax) }
    }
  }

  /// exp(x - the largest of its line), and their sums.
  private func exponentials(_ x: Tensor, _ lines: Lines) -> (Tensor, Tensor) {
    let powers = (x - lines.largest(of: x).indexSelect(0, lines.index)).exp()
    let zeros = Tensor.zeros([lines.count] + x.shape.dropFirst(), dtype: x.dtype).placed(with: x)
    return (powers, zeros.indexAdd(0, lines.index, powers))
  }

  private func normalised(
    _ dim: Int, _ dtype: DType?, _ operation: String, dense: (Tensor, Int) -> Tensor, sparse: (Tensor, Lines) -> Tensor
  ) -> SparseTensor {
    attemptSparse([failed]) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, operation)
      let source = to(layout: .sparseCoo).coalesce()
      if let failed = source.failed { return SparseTensor(failed: failed) }
      let x = dtype.map { source.elements.to($0) } ?? source.elements
      guard x.dtype.isFloatingPoint else {
        throw TensorError(.dtype, operation, "needs floating point numbers, and found \(x.dtype); pass dtype: .float32")
      }
      if d >= sparseDim { return source.with(dense(x, d - sparseDim + 1)).to(layout: layout) }
      var strides = rowMajorStrides(outerSizes.indices.map { $0 == d ? 1 : outerSizes[$0] })
      strides[d] = 0
      let groups = PositionGroups(
        linearKeys(source.positions[0], outerSizes, strides: strides).array(as: Int64.self))
      let lines = Lines(index: indexVector(groups.groups, beside: x), count: groups.firsts.count)
      return source.with(nnz == 0 ? x : sparse(x, lines)).to(layout: layout)
    }
  }
}
