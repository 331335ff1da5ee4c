import ApusCore
import CLayouts

// Products of matrices of which one is sparse, and their relatives in which only some elements of the result are wanted:
// each is the gradient of the others.

/// A matrix of compressed rows times a dense one: inputs values `[nnz]`, x `[columns, width]`, starts `[rows + 1]` and columns
/// `[nnz]`; result `[rows, width]`.
struct SparseDenseProduct: Primitive {
  let memo: PatternMemo
  var name: String { "SparseMm" }
  // What the memo holds is no part of what is computed.
  var identity: AnyHashable? { AnyHashable("SparseMm") }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireOneType(inputs[0], inputs[1], "sparse.mm")
    return [TensorType([inputs[2].shape[0] - 1, inputs[1].shape[1]], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = results[0].dtype.accumulateType
    let (values, x) = (try inputs[0].dense(compute), try inputs[1].dense(compute))
    let (starts, columns) = (try inputs[2].dense(.int64), try inputs[3].dense(.int64))
    try memo.check(starts, columns, columns: x.shape[0])
    let width = x.shape[1]
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      byRows(starts, work: max(1, width)) { first, last in
        if compute == .float32 {
          cl_sparse_dense_f32(
            starts.data.i64, columns.data.i64, values.data.f32, x.data.f32, width, result.data.f32, first, last)
        } else {
          cl_sparse_dense_f64(
            starts.data.i64, columns.data.i64, values.data.f64, x.data.f64, width, result.data.f64, first, last)
        }
      }
    }
    withExtendedLifetime((values, x, starts, columns)) {}
  }

  func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int { 2 * inputs[0].count * inputs[1].shape[1] }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    guard isBatched == [false, true, false, false] else { return nil }
    // Samples beside each other as columns.
    let (columns, width) = (inputs[1].shape[1], inputs[1].shape[2])
    let wide = inputs[1].movedim(0, 1).reshape([columns, size * width])
    let product = apply(self, inputs[0], wide, inputs[2], inputs[3])
    return [product.reshape([product.shape[0], size, width]).movedim(1, 0)]
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [tangent(of: self, inputs, tangents, in: [0, 1])]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let (values, x, starts, columns) = (node.input(0), node.input(1), node.input(2), node.input(3))
    var (dValues, dx): (Tensor?, Tensor?)
    if node.needs(0) { dValues = apply(SampledProduct(memo: memo), g, x, starts, columns) }
    if node.needs(1) { dx = transposedProduct(values, g, starts, columns, node.inputType(1).shape[0], memo) }
    return [dValues, dx, nil, nil]
  }
}

/// The transposed matrix times `x` `[rows, width]`: `[columns, width]`.
func transposedProduct(
  _ values: Tensor, _ x: Tensor, _ starts: Tensor, _ plain: Tensor, _ columns: Int, _ memo: PatternMemo
) -> Tensor {
  let other = memo.transposed(starts, plain, columns: columns)
  return apply(
    SparseDenseProduct(memo: other.memo), values.indexSelect(0, other.order), x, other.starts, other.plain)
}

/// Some elements of a product of dense matrices: inputs a `[rows, width]`, b `[columns, width]`, starts and columns of the
/// elements that are wanted; result `[nnz]`, the dot product of their rows.
struct SampledProduct: Primitive {
  let memo: PatternMemo
  var name: String { "SampledAddmm" }
  var identity: AnyHashable? { AnyHashable("SampledAddmm") }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireOneType(inputs[0], inputs[1], "sparse.sampledAddmm")
    return [TensorType([inputs[3].shape[0]], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = results[0].dtype.accumulateType
    let (a, b) = (try inputs[0].dense(compute), try inputs[1].dense(compute))
    let (starts, columns) = (try inputs[2].dense(.int64), try inputs[3].dense(.int64))
    try memo.check(starts, columns, columns: b.shape[0])
    let width = a.shape[1]
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      byRows(starts, work: max(1, width)) { first, last in
        if compute == .float32 {
          cl_sampled_f32(starts.data.i64, columns.data.i64, a.data.f32, b.data.f32, width, result.data.f32, first, last)
        } else {
          cl_sampled_f64(starts.data.i64, columns.data.i64, a.data.f64, b.data.f64, width, result.data.f64, first, last)
        }
      }
    }
    withExtendedLifetime((a, b, starts, columns)) {}
  }

  func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int { 2 * results[0].count * inputs[0].shape[1] }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [tangent(of: self, inputs, tangents, in: [0, 1])]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let (a, b, starts, columns) = (node.input(0), node.input(1), node.input(2), node.input(3))
    var (da, db): (Tensor?, Tensor?)
    if node.needs(0) { da = apply(SparseDenseProduct(memo: memo), g, b, starts, columns) }
    if node.needs(1) { db = transposedProduct(g, a, starts, columns, node.inputType(1).shape[0], memo) }
    return [da, db, nil, nil]
  }
}

/// A product of two sparse matrices of compressed rows at given positions: inputs the values, starts and columns of the left
/// one, those of the right one, and the starts and columns of the result; result `[nnz]`, its values.
struct SparseSparseProduct: Primitive {
  let left, right, result: PatternMemo
  /// The columns of the right matrix and of the result.
  let columns: Int
  var name: String { "SparseSparseMatmul" }
  var identity: AnyHashable? { AnyHashable(["SparseSparseMatmul", "\(columns)"]) }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireOneType(inputs[0], inputs[3], "sparse.mm")
    return [TensorType([inputs[7].shape[0]], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = results[0].dtype.accumulateType
    let (x, y) = (try inputs[0].dense(compute), try inputs[3].dense(compute))
    var patterns: [TensorBody] = []
    for i in [1, 2, 4, 5, 6, 7] { patterns.append(try inputs[i].dense(.int64)) }
    try left.check(patterns[0], patterns[1], columns: patterns[2].count - 1)
    try right.check(patterns[2], patterns[3], columns: columns)
    try result.check(patterns[4], patterns[5], columns: columns)
    try results[0].fill(as: compute) { (out) throws(TensorError) in
      byRows(patterns[0], work: 8) { first, last in
        if compute == .float32 {
          multiply(Float.self, x, y, patterns, out, first, last)
        } else {
          multiply(Double.self, x, y, patterns, out, first, last)
        }
      }
    }
    withExtendedLifetime((x, y, patterns)) {}
  }

  private func multiply<T: BinaryFloatingPoint>(
    _: T.Type, _ x: TensorBody, _ y: TensorBody, _ patterns: [TensorBody], _ out: TensorBody, _ first: Int, _ last: Int
  ) {
    func values(_ body: TensorBody) -> UnsafeMutablePointer<T> { body.data.assumingMemoryBound(to: T.self) }
    let (xs, ys, sums) = (values(x), values(y), values(out))
    let (xStart, xColumn) = (patterns[0].data.i64, patterns[1].data.i64)
    let (yStart, yColumn) = (patterns[2].data.i64, patterns[3].data.i64)
    let (start, column) = (patterns[4].data.i64, patterns[5].data.i64)
    // Where the elements of the row lie in the result, by column; -1: not wanted.
    let place = UnsafeMutablePointer<Int>.allocate(capacity: max(1, columns))
    place.initialize(repeating: -1, count: max(1, columns))
    defer { place.deallocate() }
    for row in first..<last {
      let wanted = Int(start[row])..<Int(start[row + 1])
      for e in wanted {
        place[Int(column[e])] = e
        sums[e] = 0
      }
      for i in Int(xStart[row])..<Int(xStart[row + 1]) {
        let (value, k) = (xs[i], Int(xColumn[i]))
        for j in Int(yStart[k])..<Int(yStart[k + 1]) {
          let e = place[Int(yColumn[j])]
          if e >= 0 { sums[e] += value * ys[j] }
        }
      }
      for e in wanted { place[Int(column[e])] = -1 }
    }
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [tangent(of: self, inputs, tangents, in: [0, 3])]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let inputs = (0..<8).map { node.input($0) }
    let inner = inputs[4].count - 1
    var (dx, dy): (Tensor?, Tensor?)
    if node.needs(0) {
      let other = right.transposed(inputs[4], inputs[5], columns: columns)
      dx =
        apply(
          SparseSparseProduct(left: result, right: other.memo, result: left, columns: inner),
          [
            g, inputs[6], inputs[7], inputs[3].indexSelect(0, other.order), other.starts, other.plain, inputs[1],
            inputs[2],
          ])[0]
    }
    if node.needs(3) {
      let other = left.transposed(inputs[1], inputs[2], columns: inner)
      dy =
        apply(
          SparseSparseProduct(left: other.memo, right: result, result: right, columns: columns),
          [
            inputs[0].indexSelect(0, other.order), other.starts, other.plain, g, inputs[6], inputs[7], inputs[4],
            inputs[5],
          ])[0]
    }
    return [dx, nil, nil, dy, nil, nil, nil, nil]
  }
}

/// The positions at which a product of two matrices of compressed rows has elements, in order: starts and columns.
func productPattern(
  _ xStarts: TensorBody, _ xColumns: TensorBody, _ yStarts: TensorBody, _ yColumns: TensorBody, columns: Int
) -> (starts: [Int64], columns: [Int64]) {
  let (xStart, xColumn) = (xStarts.data.i64, xColumns.data.i64)
  let (yStart, yColumn) = (yStarts.data.i64, yColumns.data.i64)
  return withExtendedLifetime((xStarts, xColumns, yStarts, yColumns)) {
    var starts: [Int64] = [0]
    var found: [Int64] = []
    var lastRow = [Int](repeating: -1, count: columns)
    for row in 0..<(xStarts.count - 1) {
      let begin = found.count
      for i in Int(xStart[row])..<Int(xStart[row + 1]) {
        let k = Int(xColumn[i])
        for j in Int(yStart[k])..<Int(yStart[k + 1]) where lastRow[Int(yColumn[j])] != row {
          lastRow[Int(yColumn[j])] = row
          found.append(yColumn[j])
        }
      }
      found[begin...].sort()
      starts.append(Int64(found.count))
    }
    return (starts, found)
  }
}

/// Calls `body` with ranges of rows that have about the same number of elements, each of which takes `work`, on several threads.
private func byRows(_ starts: TensorBody, work: Int, _ body: (_ first: Int, _ last: Int) -> Void) {
  let (start, rows) = (starts.data.i64, starts.count - 1)
  guard rows > 0 else { return }
  let elements = Int(start[rows])
  let parts = parallelParts(elements + rows, grain: max(1, parallelGrain / work))
  // The row at which part `i` begins.
  func boundary(_ i: Int) -> Int {
    if i == 0 { return 0 }
    if i == parts { return rows }
    let wanted = Double(elements + rows) * Double(i) / Double(parts)
    var (low, high) = (0, rows)
    while low < high {
      let middle = (low + high) / 2
      if Double(start[middle]) + Double(middle) < wanted { low = middle + 1 } else { high = middle }
    }
    return low
  }
  parallelChunks(parts, parts: parts) { _, range in
    for part in range {
      let (first, last) = (boundary(part), boundary(part + 1))
      if first < last { body(first, last) }
    }
  }
}

private func requireOneType(_ a: TensorType, _ b: TensorType, _ operation: String) throws(TensorError) {
  guard a.dtype == b.dtype else {
    throw TensorError(
      .dtype, operation,
      "the operands must have one element type, and found \(a.dtype) and \(b.dtype); convert one with .to")
  }
  guard a.dtype.isFloatingPoint, !a.dtype.isCustom else {
    throw TensorError(
      .dtype, operation, "needs real floating point numbers, and found \(a.dtype); convert them with .to first")
  }
}

/// The tangent of a product of the inputs at `factors`: the product once for each of their tangents, which stands in its place.
private func tangent(
  of product: some Primitive, _ inputs: [Tensor], _ tangents: [Tensor?], in factors: [Int]
) -> Tensor? {
  var sum: Tensor?
  for i in factors {
    guard let tangent = tangents[i] else { continue }
    var moved = inputs
    moved[i] = tangent
    let part = apply(product, moved)[0]
    sum = sum.map { $0 + part } ?? part
  }
  return sum
}
