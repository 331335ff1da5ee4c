import ApusCore
import ApusFunctional
import ApusNumerics

// Products with sparse matrices.

/// Functions of sparse tensors, as PyTorch's `torch.sparse`.
public enum sparse {
  /// The product of two matrices, at least the left one of them sparse, with a dense result.
  ///
  /// - Parameter reduce: in place of the sum over the elements of a row their mean or an extreme; an empty row gives 0.
  public static func mm(_ a: SparseTensor, _ b: Tensor, reduce: SparseReduction = .sum) -> Tensor {
    a.mm(b, reduce: reduce)
  }
  /// The product of a dense and a sparse matrix.
  public static func mm(_ a: Tensor, _ b: SparseTensor) -> Tensor { a.matmul(b) }
  /// The product of two sparse matrices, which is sparse.
  public static func mm(_ a: SparseTensor, _ b: SparseTensor) -> SparseTensor { a.mm(b) }

  /// `beta * input + alpha * (a @ b)`.
  public static func addmm(
    _ input: Tensor, _ a: SparseTensor, _ b: Tensor, beta: Double = 1, alpha: Double = 1
  ) -> Tensor {
    if let failed = input.failed { return failed }
    let product = a.mm(b)
    let scaled = alpha == 1 ? product : product * alpha
    return beta == 0 ? scaled : (beta == 1 ? input : input * beta) + scaled
  }

  /// `beta * input + alpha * (a @ b)` at the positions of `input` alone, of which no others are computed: a dense `a`
  /// `[rows, k]` and `b` `[k, columns]`.
  public static func sampledAddmm(
    _ input: SparseTensor, _ a: Tensor, _ b: Tensor, beta: Double = 1, alpha: Double = 1
  ) -> SparseTensor {
    attemptSparse([input.failed, a, b]) { () throws(TensorError) in
      guard input.rank == 2, input.denseDim == 0, a.rank == 2, b.rank == 2, a.size(1) == b.size(0),
        input.shape == [a.size(0), b.size(1)]
      else {
        throw TensorError(
          .shape, "sparse.sampledAddmm",
          "needs matrices [m, k] and [k, n] for a sparse matrix [m, n], and found \(a.shape), \(b.shape) and "
            + "\(input.shape)")
      }
      let target = input.coalesce()
      let rows = target.to(layout: .sparseCsr)
      let product = apply(SampledProduct(memo: rows.memo), a, b.t(), rows.positions[0], rows.positions[1])
      let scaled = alpha == 1 ? product : product * alpha
      let sum = beta == 0 ? scaled : (beta == 1 ? rows.elements : rows.elements * beta) + scaled
      let result = rows.with(sum)
      return target.layout == .sparseCoo ? target.with(sum) : result.to(layout: target.layout)
    }
  }

  /// The sum of all elements: see ``SparseTensor/sum(dtype:)``.
  public static func sum(_ x: SparseTensor, dtype: DType? = nil) -> Tensor { x.sum(dtype: dtype) }
  /// Sums over a dimension: see ``SparseTensor/sum(_:dtype:)-(Int,_)``.
  public static func sum(_ x: SparseTensor, dim: Int, dtype: DType? = nil) -> SparseTensor { x.sum(dim, dtype: dtype) }
  /// Sums over dimensions.
  public static func sum(_ x: SparseTensor, dim: [Int], dtype: DType? = nil) -> SparseTensor {
    x.sum(dim, dtype: dtype)
  }

  /// The softmax of the elements that are there: see ``SparseTensor/softmax(_:dtype:)``.
  public static func softmax(_ x: SparseTensor, dim: Int, dtype: DType? = nil) -> SparseTensor {
    x.softmax(dim, dtype: dtype)
  }
  /// The logarithm of ``softmax(_:dim:dtype:)``.
  public static func logSoftmax(_ x: SparseTensor, dim: Int, dtype: DType? = nil) -> SparseTensor {
    x.logSoftmax(dim, dtype: dtype)
  }

  /// A matrix of the given shape from its diagonals: row `i` of `diagonals` `[n, length]` is the one `offsets[i]` above the main
  /// one, each element in the column of its own number.
  public static func spdiags(
    _ diagonals: Tensor, _ offsets: Tensor, _ shape: [Int], layout: SparseTensor.Layout = .sparseCoo
  ) -> SparseTensor {
    attemptSparse([diagonals, offsets]) { () throws(TensorError) in
      let (rows, moves) = (diagonals.atleast2d(), offsets.atleast1d())
      guard rows.rank == 2, moves.rank == 1, moves.count == rows.size(0), moves.dtype == .int64, shape.count == 2,
        shape.allSatisfy({ $0 >= 0 })
      else {
        throw TensorError(
          .shape, "sparse.spdiags",
          "needs diagonals [n, length], int64 offsets [n] and two sizes, and found \(diagonals.shape), \(offsets.type) and "
            + "\(shape)")
      }
      let distances = moves.array(as: Int.self)
      guard Set(distances).count == distances.count else {
        throw TensorError(.value, "sparse.spdiags", "offsets must differ, and found \(distances)")
      }
      var (row, column, place): ([Int64], [Int64], [Int64]) = ([], [], [])
      for (i, offset) in distances.enumerated() {
        for c in 0..<min(rows.size(1), shape[1]) {
          let (r, overflows) = c.subtractingReportingOverflow(offset)
          guard !overflows, r >= 0, r < shape[0] else { continue }
          row.append(Int64(r))
          column.append(Int64(c))
          place.append(Int64(i * rows.size(1) + c))
        }
      }
      let indices = stack([indexVector(row, beside: rows), indexVector(column, beside: rows)], dim: 0)
      let values = rows.reshape([rows.count]).indexSelect(0, indexVector(place, beside: rows))
      let made = SparseTensor(.sparseCoo, [indices], values, shape, isCoalesced: false)
      return layout == .sparseCoo ? made : made.to(layout: layout)
    }
  }
}

/// How ``SparseTensor/mm(_:reduce:)`` joins the products of a row.
public enum SparseReduction: String, Sendable, Hashable, NamedChoice {
  /// The sum, the mean, the largest and the smallest of the products.
  case sum, mean, amax, amin
}

/// A matrix as compressed rows, for a product.
private struct Rows {
  var starts, columns, values: Tensor
  var memo: PatternMemo
  /// The matrix has the transposed of these rows.
  var isTransposed = false
}

extension SparseTensor {
  /// As it lies, transposed if that saves work.
  private func rows(_ operation: String) throws(TensorError) -> Rows {
    guard rank == 2, denseDim == 0 else {
      throw TensorError(
        .shape, operation, "needs a sparse matrix, and found size \(shape) with \(denseDim) dense dimensions")
    }
    switch layout {
    case .sparseCsr: return Rows(starts: positions[0], columns: positions[1], values: elements, memo: memo)
    case .sparseCsc:
      return Rows(starts: positions[0], columns: positions[1], values: elements, memo: memo, isTransposed: true)
    case .sparseCoo:
      // What stands at one position adds up in the product.
      let found = memo.compressed(positions[0], rows: shape[0], isCoalesced: isCoalesced)
      return Rows(
        starts: found.starts, columns: found.columns,
        values: found.order.map { elements.indexSelect(0, $0) } ?? elements, memo: found.memo)
    }
  }

  private func product(_ x: Tensor, _ operation: String) throws(TensorError) -> Tensor {
    guard x.rank == 2, x.size(0) == shape.last else {
      throw TensorError(
        .shape, operation,
        "cannot multiply \(shape) by \(x.shape): the inner dimensions \(shape.last ?? 0) and \(x.shape.first ?? 0) differ"
      )
    }
    let rows = try rows(operation)
    if rows.isTransposed { return transposedProduct(rows.values, x, rows.starts, rows.columns, shape[0], rows.memo) }
    return apply(SparseDenseProduct(memo: rows.memo), rows.values, x, rows.starts, rows.columns)
  }

  /// The product with a dense matrix `[columns, n]`: `[rows, n]`.
  public func mm(_ other: Tensor, reduce: SparseReduction = .sum) -> Tensor {
    attempt(failed, other) { () throws(TensorError) in
      if reduce == .sum { return try product(other, "sparse.mm") }
      guard other.rank == 2, rank == 2, other.size(0) == shape[1] else { return try product(other, "sparse.mm") }
      let rows = to(layout: .sparseCsr)
      if let failed = rows.failed { return failed }
      let terms = rows.elements.unsqueeze(1) * other.indexSelect(0, rows.positions[1])
      let sizes = rows.positions[0].diff().unsqueeze(1)
      let isEmpty = sizes.eq(0)
      let kind: SegmentReduction = reduce == .mean ? .mean : reduce == .amax ? .max : .min
      let found = terms.segmentReduce(kind, offsets: rows.positions[0])
      return `where`(isEmpty, Tensor.zeros([], dtype: found.dtype), found)
    }
  }

  /// The product with a sparse matrix, in the layout of this one.
  public func mm(_ other: SparseTensor) -> SparseTensor {
    attemptSparse([failed, other.failed]) { () throws(TensorError) in
      guard rank == 2, denseDim == 0, other.rank == 2, other.denseDim == 0, shape[1] == other.shape[0] else {
        throw TensorError(
          .shape, "sparse.mm",
          "cannot multiply sparse tensors of size \(shape) and \(other.shape): needs [m, k] and [k, n]")
      }
      let (a, b) = (to(layout: .sparseCsr), other.to(layout: .sparseCsr))
      if let bad = a.failed ?? b.failed { return SparseTensor(failed: bad) }
      let columns = other.shape[1]
      // A row of the result is found in a vector of all columns.
      try checkMemory(TensorType([columns], .int64), "sparse.mm")
      var known: [TensorBody] = []
      for position in a.positions + b.positions { known.append(try position.resolved.dense(.int64)) }
      try a.memo.check(known[0], known[1], columns: shape[1])
      try b.memo.check(known[2], known[3], columns: columns)
      let pattern = productPattern(known[0], known[1], known[2], known[3], columns: columns)
      let positions = [
        indexVector(pattern.starts, beside: elements), indexVector(pattern.columns, beside: elements),
      ]
      let memo = PatternMemo()
      let values = apply(
        SparseSparseProduct(left: a.memo, right: b.memo, result: memo, columns: columns),
        [a.elements] + a.positions + [b.elements] + b.positions + positions)[0]
      let made = SparseTensor(.sparseCsr, positions, values, [shape[0], columns], isCoalesced: true, memo: memo)
      return made.to(layout: layout)
    }
  }

  /// The product with a dense vector `[columns]`: `[rows]`.
  public func mv(_ vector: Tensor) -> Tensor {
    attempt(failed, vector) { () throws(TensorError) in
      guard vector.rank == 1 else {
        throw TensorError(.shape, "mv", "needs a vector, and found \(vector.shape)")
      }
      return try product(vector.unsqueeze(1), "mv").squeeze(1)
    }
  }

  /// The product with a dense vector or matrix.
  public func matmul(_ other: Tensor) -> Tensor { other.rank == 1 ? mv(other) : mm(other) }
  /// The product with a sparse matrix.
  public func matmul(_ other: SparseTensor) -> SparseTensor { mm(other) }
}

extension Tensor {
  /// The product of this dense matrix, or vector, with a sparse matrix.
  public func matmul(_ other: SparseTensor) -> Tensor {
    if hasFailed { return self }
    if rank == 1 { return other.t().mv(self) }
    return other.t().mm(t()).t()
  }
  /// The product of this dense matrix with a sparse one.
  public func mm(_ other: SparseTensor) -> Tensor { matmul(other) }
}

/// ``SparseTensor/matmul(_:)-(Tensor)`` as a function.
@_disfavoredOverload
public func matmul(_ a: SparseTensor, _ b: Tensor) -> Tensor { a.matmul(b) }
/// ``SparseTensor/matmul(_:)-(SparseTensor)`` as a function.
@_disfavoredOverload
public func matmul(_ a: SparseTensor, _ b: SparseTensor) -> SparseTensor { a.matmul(b) }
/// The product of a dense and a sparse matrix.
@_disfavoredOverload
public func matmul(_ a: Tensor, _ b: SparseTensor) -> Tensor { a.matmul(b) }
/// ``SparseTensor/mm(_:reduce:)`` as a function.
@_disfavoredOverload
public func mm(_ a: SparseTensor, _ b: Tensor) -> Tensor { a.mm(b) }
/// ``SparseTensor/mm(_:)`` as a function.
@_disfavoredOverload
public func mm(_ a: SparseTensor, _ b: SparseTensor) -> SparseTensor { a.mm(b) }
/// ``SparseTensor/mv(_:)`` as a function.
@_disfavoredOverload
public func mv(_ a: SparseTensor, _ vector: Tensor) -> Tensor { a.mv(vector) }
/// ``sparse/addmm(_:_:_:beta:alpha:)``.
@_disfavoredOverload
public func addmm(_ input: Tensor, _ a: SparseTensor, _ b: Tensor, beta: Double = 1, alpha: Double = 1) -> Tensor {
  sparse.addmm(input, a, b, beta: beta, alpha: alpha)
}
