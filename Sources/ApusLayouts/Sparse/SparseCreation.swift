import ApusCore
import ApusNumerics
import CLayouts

// Sparse tensors from positions and values, from dense tensors, and back.

/// A sparse tensor in coordinate layout: element `i` of `values` at the coordinates in column `i` of `indices`
/// `[sparse dimensions, n]`. What stands at one position adds up. Values may have dimensions of their own, behind the sparse ones.
///
/// - Parameters:
///   - size: the sizes; if left out, just large enough for the indices.
///   - isCoalesced: that each position occurs once, in order, which is checked.
///   - requiresGrad: whether the values are a variable, whose gradient ``SparseTensor/grad`` shows.
public func sparseCooTensor(
  _ indices: Tensor, _ values: Tensor, size: [Int]? = nil, dtype: DType? = nil, isCoalesced: Bool = false,
  requiresGrad: Bool = false
) -> SparseTensor {
  attemptSparse([indices, values]) { () throws(TensorError) in
    try cooTensor(indices, values, size, dtype, isCoalesced, requiresGrad)
  }
}

func cooTensor(
  _ indices: Tensor, _ values: Tensor, _ size: [Int]?, _ dtype: DType? = nil, _ isCoalesced: Bool = false,
  _ requiresGrad: Bool = false
) throws(TensorError) -> SparseTensor {
  let name = "sparseCooTensor"
  try requireIndices(indices, rank: 2, name)
  guard values.rank >= 1, values.size(0) == indices.size(1) else {
    throw TensorError(
      .shape, name, "needs a value for each of the \(indices.size(1)) columns of indices, and found \(values.shape)")
  }
  let positions = ownIndices(indices)
  let (sparse, dense) = (indices.size(0), values.rank - 1)
  var shape = size ?? []
  if size == nil {
    if values.size(0) > 0 { shape = positions.amax([1]).array(as: Int.self).map { $0.clampedAdding(1) } }
    if values.size(0) == 0 { shape = [Int](repeating: 0, count: sparse) }
    shape += values.shape.dropFirst()
  }
  guard shape.count == sparse + dense, Array(shape[sparse...]) == Array(values.shape.dropFirst()) else {
    throw TensorError(
      .shape, name,
      "a tensor of size \(shape) has not the \(sparse) dimensions of the indices and those of the values "
        + "\(values.shape.dropFirst()) behind them")
  }
  try checkSizes(shape, sparse, name)
  try checkCoordinates(positions, shape, name)
  if isCoalesced {
    let keys = try linearKeys(positions, Array(shape[..<sparse])).resolved.dense(.int64)
    guard (1..<max(1, keys.count)).allSatisfy({ keys.data.i64[$0 - 1] < keys.data.i64[$0] }) else {
      throw TensorError(.value, name, "positions are not in order or repeat: leave isCoalesced out")
    }
  }
  let elements = try prepared(values, dtype, requiresGrad)
  return SparseTensor(.sparseCoo, [positions], elements, shape, isCoalesced: isCoalesced || values.size(0) < 2)
}

/// A sparse tensor without elements.
public func sparseCooTensor(size: [Int], dtype: DType = .default) -> SparseTensor {
  attemptSparse([]) { () throws(TensorError) in
    try checkSizes(size, size.count, "sparseCooTensor")
    return SparseTensor(
      .sparseCoo, [Tensor.zeros([size.count, 0], dtype: .int64)], Tensor.zeros([0], dtype: dtype), size,
      isCoalesced: true)
  }
}

/// A matrix of compressed rows: the elements of row `r` are those from `crowIndices[r]` to before `crowIndices[r + 1]`, in
/// the columns `colIndices`.
///
/// - Parameter size: rows and columns; if columns are left out, just enough of them for the indices.
public func sparseCsrTensor(
  _ crowIndices: Tensor, _ colIndices: Tensor, _ values: Tensor, size: [Int]? = nil, dtype: DType? = nil,
  requiresGrad: Bool = false
) -> SparseTensor {
  attemptSparse([crowIndices, colIndices, values]) { () throws(TensorError) in
    try compressedTensor(.sparseCsr, crowIndices, colIndices, values, size, dtype, requiresGrad)
  }
}

/// A matrix of compressed columns: the elements of column `c` are those from `ccolIndices[c]` to before `ccolIndices[c + 1]`,
/// in the rows `rowIndices`.
public func sparseCscTensor(
  _ ccolIndices: Tensor, _ rowIndices: Tensor, _ values: Tensor, size: [Int]? = nil, dtype: DType? = nil,
  requiresGrad: Bool = false
) -> SparseTensor {
  attemptSparse([ccolIndices, rowIndices, values]) { () throws(TensorError) in
    try compressedTensor(.sparseCsc, ccolIndices, rowIndices, values, size, dtype, requiresGrad)
  }
}

func compressedTensor(
  _ layout: SparseTensor.Layout, _ starts: Tensor, _ plain: Tensor, _ values: Tensor, _ size: [Int]?,
  _ dtype: DType? = nil, _ requiresGrad: Bool = false
) throws(TensorError) -> SparseTensor {
  let name = layout == .sparseCsr ? "sparseCsrTensor" : "sparseCscTensor"
  try requireIndices(starts, rank: 1, name)
  try requireIndices(plain, rank: 1, name)
  guard starts.count > 0, values.rank == 1, values.count == plain.count else {
    throw TensorError(
      .shape, name,
      "needs one more compressed index than rows (columns), and a value for each of the \(plain.count) plain indices, and "
        + "found \(starts.shape) and \(values.shape)")
  }
  let positions = [ownIndices(starts), ownIndices(plain)]
  let lines = starts.count - 1
  var shape = size ?? []
  if size == nil {
    let other = plain.count == 0 ? 0 : positions[1].amax().item(as: Int.self).clampedAdding(1)
    shape = layout == .sparseCsr ? [lines, other] : [other, lines]
  }
  guard shape.count == 2, shape[layout == .sparseCsr ? 0 : 1] == lines else {
    throw TensorError(
      .shape, name, "\(starts.count) compressed indices belong to \(lines) rows (columns), and the size is \(shape)")
  }
  try checkSizes(shape, 2, name)
  let width = shape[layout == .sparseCsr ? 1 : 0]
  let (start, index) = (try positions[0].resolved.dense(.int64), try positions[1].resolved.dense(.int64))
  try checkStarts(start, plain.count)
  try checkRange(index, width, layout == .sparseCsr ? "columns" : "rows")
  for line in 0..<lines {
    for e in Int(start.data.i64[line])..<Int(start.data.i64[line + 1]) where e > start.data.i64[line] {
      guard index.data.i64[e - 1] < index.data.i64[e] else {
        throw TensorError(
          .value, name, "plain indices of a row (column) must rise, and those of \(line) do not: use sparseCooTensor")
      }
    }
  }
  return SparseTensor(layout, positions, try prepared(values, dtype, requiresGrad), shape, isCoalesced: true)
}

private func requireIndices(_ indices: Tensor, rank: Int, _ name: String) throws(TensorError) {
  guard indices.dtype.isInteger, indices.rank == rank else {
    throw TensorError(
      .dtype, name,
      "indices are integers of \(rank) dimension\(rank == 1 ? "" : "s"), and found \(indices.type); convert them with "
        + ".to(.int64)")
  }
}

/// Positions that nobody changes.
private func ownIndices(_ indices: Tensor) -> Tensor { noGrad { indices.detach().to(.int64).contiguous() } }

private func checkSizes(_ shape: [Int], _ sparse: Int, _ name: String) throws(TensorError) {
  guard shape.allSatisfy({ $0 >= 0 }), checkedElementCount(Array(shape.prefix(sparse))) != nil else {
    throw TensorError(.shape, name, "sizes must not be negative, and their product below 2^63, and found \(shape)")
  }
}

private func checkCoordinates(_ positions: Tensor, _ shape: [Int], _ name: String) throws(TensorError) {
  let index = try positions.resolved.dense(.int64)
  let n = index.shape[1]
  for d in 0..<index.shape[0] where cl_in_range(index.data.i64 + d * n, n, Int64(shape[d])) == 0 {
    for i in 0..<n where index.data.i64[d * n + i] < 0 || index.data.i64[d * n + i] >= shape[d] {
      throw TensorError(
        .index, name,
        "index \(index.data.i64[d * n + i]) of element \(i) is out of range for dimension \(d) of size \(shape[d])")
    }
  }
  withExtendedLifetime(index) {}
}

private func prepared(_ values: Tensor, _ dtype: DType?, _ requiresGrad: Bool) throws(TensorError) -> Tensor {
  let elements = dtype.map { values.to($0) } ?? values
  if !requiresGrad || elements.requiresGrad { return elements }
  let variable = Tensor(elements.detach(), requiresGrad: true)
  return variable
}

// Dense tensors.

extension Tensor {
  /// The elements that are not zero, in coordinate layout. With `sparseDim` positions tell that many dimensions, and an
  /// element is the rest of them.
  public func toSparse(sparseDim: Int? = nil) -> SparseTensor {
    attemptSparse([self]) { () throws(TensorError) in
      let sparse = sparseDim ?? rank
      guard sparse >= 0, sparse <= rank, rank == 0 || sparse > 0 else {
        throw TensorError(
          .dimension, "toSparse", "sparseDim is from 1 to \(rank), and found \(sparse)")
      }
      let (outer, inner) = (Array(shape[..<sparse]), Array(shape[sparse...]))
      let lines = reshape([outer.reduce(1, *)] + inner)
      let isThere = lines.detach().ne(0)
      let any = inner.isEmpty ? isThere : isThere.any(Array(1...inner.count), keepDim: false)
      let keys = any.nonzero().reshape([-1])
      let indices =
        outer.isEmpty ? Tensor.zeros([0, keys.count], dtype: .int64) : stack(keys.unravelIndex(outer), dim: 0)
      return SparseTensor(.sparseCoo, [indices.contiguous()], lines.indexSelect(0, keys), shape, isCoalesced: true)
    }
  }

  /// ``toSparse(sparseDim:)`` without a label.
  public func toSparse(_ sparseDim: Int) -> SparseTensor { toSparse(sparseDim: sparseDim) }

  /// The elements that are not zero, in this layout.
  public func toSparse(layout: SparseTensor.Layout) -> SparseTensor { toSparse().to(layout: layout) }

  /// The elements of a matrix that are not zero, as compressed rows.
  public func toSparseCsr() -> SparseTensor { toSparse(layout: .sparseCsr) }

  /// The elements of a matrix that are not zero, as compressed columns.
  public func toSparseCsc() -> SparseTensor { toSparse(layout: .sparseCsc) }

  /// The elements at the positions of `mask`, zeros too.
  public func sparseMask(_ mask: SparseTensor) -> SparseTensor {
    attemptSparse([self, mask.failed]) { () throws(TensorError) in
      guard shape == mask.shape else {
        throw TensorError(.shape, "sparseMask", "a mask of size \(mask.shape) does not fit a tensor of shape \(shape)")
      }
      return mask.with(mask.taken(from: self))
    }
  }
}

extension SparseTensor {
  /// All elements, zeros where there are none.
  public func toDense() -> Tensor {
    attempt(failed) { () throws(TensorError) in
      try checkMemory(TensorType(shape, dtype), "toDense")
      let target = Tensor.zeros([outerSizes.reduce(1, *)] + innerSizes, dtype: dtype, device: device)
      return added(to: target).reshape(shape)
    }
  }

  var outerSizes: [Int] { Array(shape[..<sparseDim]) }
  var innerSizes: [Int] { Array(shape[sparseDim...]) }

  /// Each element added to the row of `target` `[positions, ...]` that its position is.
  func added(to target: Tensor) -> Tensor {
    if dtype == .bool {
      return target.to(.int64).indexAdd(0, keys, elements.to(.int64)).ne(0)
    }
    return nnz == 0 ? target : target.indexAdd(0, keys, elements)
  }

  /// The places of the elements in a row-major tensor of the sparse sizes.
  var keys: Tensor { linearKeys(coordinates, outerSizes) }

  /// The coordinates of the elements in any layout: `[sparseDim, nnz]`.
  var coordinates: Tensor {
    switch layout {
    case .sparseCoo: positions[0]
    case .sparseCsr: noGrad { stack([expanded, positions[1]], dim: 0) }
    case .sparseCsc: noGrad { stack([positions[1], expanded], dim: 0) }
    }
  }

  /// The row (column) of each element of compressed rows (columns).
  private var expanded: Tensor { apply(ExpandRows(count: nnz), positions[0]) }

  /// The elements of `tensor` at these positions; dimensions of size 1, or that it lacks in front, are repeated.
  func taken(from tensor: Tensor) -> Tensor {
    let sizes = [Int](repeating: 1, count: max(0, rank - tensor.rank)) + tensor.shape
    let outer = Array(sizes[..<sparseDim])
    var strides = rowMajorStrides(outer)
    for d in outer.indices where outer[d] == 1 { strides[d] = 0 }
    let places = linearKeys(coordinates, outer, strides: strides)
    return tensor.reshape([outer.reduce(1, *)] + sizes[sparseDim...]).indexSelect(0, places)
  }

  /// Each position once, in order, with the sum of what stands there.
  public func coalesce() -> SparseTensor {
    if isCoalesced { return self }
    return attemptSparse([failed]) { () throws(TensorError) in
      let found = PositionGroups(keys.array(as: Int64.self))
      let firsts = indexVector(found.firsts, beside: elements)
      let indices = positions[0].indexSelect(1, firsts)
      guard found.firsts.count < nnz else {
        return SparseTensor(.sparseCoo, [indices], elements.indexSelect(0, firsts), shape, isCoalesced: true)
      }
      let type = dtype == .bool ? .int64 : dtype
      let zeros = Tensor.zeros([found.firsts.count] + innerSizes, dtype: type, device: device)
      let sums = zeros.indexAdd(0, indexVector(found.groups, beside: elements), elements.to(type))
      return SparseTensor(.sparseCoo, [indices], dtype == .bool ? sums.ne(0) : sums, shape, isCoalesced: true)
    }
  }

  /// The same tensor in another layout; compressed ones are for matrices.
  public func to(layout: Layout) -> SparseTensor {
    if layout == self.layout { return self }
    return attemptSparse([failed]) { () throws(TensorError) in
      if layout == .sparseCoo {
        let coo = SparseTensor(.sparseCoo, [coordinates], elements, shape, isCoalesced: self.layout == .sparseCsr)
        return self.layout == .sparseCsr ? coo : coo.coalesce()
      }
      guard rank == 2, denseDim == 0 else {
        throw TensorError(
          .shape, "to",
          "\(layout) is a layout of matrices, and found \(sparseDim) sparse and \(denseDim) dense dimensions")
      }
      if self.layout.isCompressed {
        // Rows and columns exchanged; the order of elements changes with them.
        let lines = shape[layout == .sparseCsr ? 0 : 1]
        let other = memo.transposed(positions[0], positions[1], columns: lines)
        return SparseTensor(
          layout, [other.starts, other.plain], elements.indexSelect(0, other.order), shape, isCoalesced: true,
          memo: other.memo)
      }
      let single = coalesce()
      if layout == .sparseCsr {
        let rows = single.memo.compressed(single.positions[0], rows: shape[0], isCoalesced: true)
        return SparseTensor(
          layout, [rows.starts, rows.columns], single.elements, shape, isCoalesced: true, memo: rows.memo)
      }
      return single.to(layout: .sparseCsr).to(layout: .sparseCsc)
    }
  }

  /// In coordinate layout.
  public func toSparseCoo() -> SparseTensor { to(layout: .sparseCoo) }
  /// In coordinate layout, as PyTorch's `to_sparse()`.
  public func toSparse() -> SparseTensor { to(layout: .sparseCoo) }
  /// As compressed rows.
  public func toSparseCsr() -> SparseTensor { to(layout: .sparseCsr) }
  /// As compressed columns.
  public func toSparseCsc() -> SparseTensor { to(layout: .sparseCsc) }
}
