import CKernels

// Rows by position: the kernels under indexing, index_select, embedding and their gradients. A tensor is seen as
// [outer, rows, inner], and positions as [m].

/// Positions as int64 in row-major order.
/// - Throws: an error that names the first position outside `0..<size` (`-size..<size` with `wrap`).
func checkedPositions(
  _ index: Tensor, size: Int, wrap: Bool, _ operation: String
) throws(TensorError) -> TensorBody {
  let body = try index.resolved.dense(.int64)
  let n = body.count
  if n == 0 { return body }
  let p = UnsafePointer(body.data.assumingMemoryBound(to: Int64.self))
  let low = Int(ck_reduce_min_i64(p, n))
  let high = Int(ck_reduce_max_i64(p, n))
  guard high < size, low >= (wrap ? -size : 0) else {
    throw TensorError(
      .index, operation, "index \(high >= size ? high : low) is out of range for a dimension of size \(size)")
  }
  if low >= 0 { return body }
  let result = Tensor.uninitialized(body.shape, .int64).body
  let out = result.data.assumingMemoryBound(to: Int64.self)
  for i in 0..<n { out[i] = p[i] < 0 ? p[i] + Int64(size) : p[i] }
  return result
}

/// The int64 elements of positions.
package func positionPointer(_ body: TensorBody) -> UnsafePointer<Int64> {
  UnsafePointer(body.data.assumingMemoryBound(to: Int64.self))
}

/// Positions as runs of neighbours, which can be copied as one; nil where there are too few of them.
private func neighbourRuns(_ p: UnsafePointer<Int64>, _ m: Int) -> [(start: Int, count: Int)]? {
  let most = m / 16
  var runs: [(start: Int, count: Int)] = []
  var i = 0
  while i < m {
    var end = i + 1
    while end < m && p[end] == p[end - 1] + 1 { end += 1 }
    if runs.count >= most { return nil }
    runs.append((Int(p[i]), end - i))
    i = end
  }
  return runs
}

/// C loops over rows of `[outer, m, inner]` and their positions among `rows`, around what `body` says of an element.
private func cRows(
  _ index: CArray, rows: Int, outer: Int, inner: Int,
  _ body: (_ o: String, _ m: String, _ row: String, _ k: String) -> String
) -> String {
  let loops = cLoops(index.type.shape, prefix: "m") { place in
    """
    const long row = apus_index(\(index(place)), \(rows));
    for (long k = 0; k < \(inner); k++) \(body("o", "m", "row", "k"))
    m++;
    """
  }
  return "for (long o = 0; o < \(outer); o++) {\nlong m = 0;\n\(loops)\n}"
}

/// Rows of [outer, n, inner] at positions [m]: [outer, m, inner].
package struct TakeRows: Primitive, Hashable, ElementMove {
  package var wrap = false
  package var name: String { "IndexSelect" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let shape = inputs[0].shape
    return [TensorType([shape[0], inputs[1].count, shape[2]], inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (n, inner) = (inputs[0].shape[1], inputs[0].shape[2])
    let index = try checkedPositions(inputs[1], size: n, wrap: wrap, "index")
    let (source, result) = (try inputs[0].dense(), results[0])
    let (outer, m, size) = (source.shape[0], index.count, source.dtype.size)
    if result.count == 0 { return }
    let rowBytes = inner * size
    let p = positionPointer(index)
    withExtendedLifetime((source, index)) {
      if outer > 1, let runs = neighbourRuns(p, m) {
        return parallelFor(outer, grain: max(1, 4 * parallelGrain / max(m * rowBytes, 1))) { range in
          for o in range {
            let table = UnsafeRawPointer(source.data) + o * n * rowBytes
            var out = result.body.data + o * m * rowBytes
            for run in runs {
              out.copyMemory(from: table + run.start * rowBytes, byteCount: run.count * rowBytes)
              out += run.count * rowBytes
            }
          }
        }
      }
      parallelFor(outer * m, grain: max(1, 4 * parallelGrain / max(rowBytes, 1))) { range in
        var i = range.lowerBound
        while i < range.upperBound {
          let (o, first) = (i / m, i % m)
          let count = min(m - first, range.upperBound - i)
          let table = UnsafeRawPointer(source.data) + o * n * rowBytes
          let out = result.body.data + i * rowBytes
          if inner == 1 {
            ck_gather_along(out, table, p + first, 1, count, n, Int32(size))
          } else {
            ck_gather_rows(out, table, p + first, count, rowBytes)
          }
          i += count
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, index, y) = (inputs[0], inputs[1], outputs[0])
    return cRows(index, rows: x.type.shape[1], outer: x.type.shape[0], inner: x.type.shape[2]) { o, m, row, k in
      "\(y(o, m, k)) = \(x(o, row, k));"
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    guard isBatched[1] else { return rowsOfSamples(inputs, isBatched, size, rowInputs: 1) }
    guard isBatched[0] else {
      return [samplesParted(apply(self, inputs[0], samplesMerged(inputs[1], into: 0)), from: 1, size)]
    }
    let positions = positionsOfSamples(inputs[1], rows: inputs[0].shape[2], size, wrap: wrap, "index")
    return [samplesParted(apply(TakeRows(), samplesMerged(inputs[0], into: 1), positions), from: 1, size)]
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    return [apply(AddRows(rows: node.inputType(0).shape[1], wrap: wrap), g, node.input(1)), nil]
  }
}

/// Zeros [outer, rows, inner] with rows [outer, m, inner] added at positions [m]: the gradient of ``TakeRows``.
package struct AddRows: Primitive, Hashable {
  package let rows: Int
  package var wrap = false
  package var name: String { "IndexAdd" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let shape = inputs[0].shape
    return [TensorType([shape[0], rows, shape[2]], inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try results[0].fill(as: results[0].dtype.accumulateType) { (sums) throws(TensorError) in
      Tensor(sums).fillZero()
      try addRows(inputs[0], inputs[1], wrap: wrap, into: sums)
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, index, y) = (inputs[0], inputs[1], outputs[0])
    return cFill(y, "0") + "\n"
      + cRows(index, rows: rows, outer: x.type.shape[0], inner: x.type.shape[2]) { o, m, row, k in
        "\(y(o, row, k)) += \(x(o, m, k));"
      }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    guard isBatched[1] else { return rowsOfSamples(inputs, isBatched, size, rowInputs: 1) }
    let values = everySample(inputs, isBatched, size)[0]
    let positions = positionsOfSamples(inputs[1], rows: rows, size, wrap: wrap, "indexAdd")
    return [samplesParted(apply(AddRows(rows: rows * size), samplesMerged(values, into: 1), positions), from: 1, size)]
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(TakeRows(wrap: wrap), single(node, cotangents), node.input(1)), nil]
  }
}

/// Adds rows of `values` to the contiguous `result`. Threads own ranges of rows, so that sums form in the order given.
private func addRows(_ values: Tensor, _ index: Tensor, wrap: Bool, into result: TensorBody) throws(TensorError) {
  let (outer, n, inner) = (result.shape[0], result.shape[1], result.shape[2])
  let positions = try checkedPositions(index, size: n, wrap: wrap, "indexAdd")
  let source = try values.dense(result.dtype)
  if source.count == 0 { return }
  if result.dtype.isCustom {
    let p = positionPointer(positions)
    let m = positions.count
    try combineRowsCustom(.add, result, source, rows: outer * m, inner: inner) { $0 / m * n + Int(p[$0 % m]) }
    return
  }
  try result.dtype.accumulate(
    AddRowsTask(source: source, positions: positions, outer: outer, n: n, inner: inner, result: result.data))
}

private struct AddRowsTask: AccumulationTask {
  let source: TensorBody
  let positions: TensorBody
  let outer, n, inner: Int
  let result: UnsafeMutableRawPointer
  func run<T: ScanElement>(_: T.Type) throws(TensorError) {
    addRows(T.self, source, positions, outer, n, inner, result)
  }
}

private func addRows<T: ReducibleElement>(
  _: T.Type, _ source: TensorBody, _ positions: TensorBody, _ outer: Int, _ n: Int, _ inner: Int,
  _ result: UnsafeMutableRawPointer
) {
  let table = result.assumingMemoryBound(to: T.self)
  let values = UnsafePointer(source.data.assumingMemoryBound(to: T.self))
  let p = positionPointer(positions)
  let m = positions.count
  let owners = outer == 1 ? n : outer
  withExtendedLifetime((source, positions)) {
    parallelFor(owners, grain: max(1, owners * parallelGrain / max(outer * m * inner, 1))) { range in
      let rows = outer == 1 ? range : 0..<n
      for o in outer == 1 ? 0..<1 : range {
        let base = table + o * n * inner
        let from = values + o * m * inner
        for i in 0..<m {
          let row = Int(p[i])
          guard rows.contains(row) else { continue }
          if inner < 8 {
            for j in 0..<inner { base[row * inner + j] = T.sum(base[row * inner + j], from[i * inner + j]) }
          } else {
            T.accumulate(.sum, base + row * inner, from + i * inner, inner)
          }
        }
      }
    }
  }
}

/// [outer, n, inner] with rows at positions [m] replaced by (or increased by) [outer, m, inner]. Of equal positions
/// the last one stays.
package struct PutRows: Primitive, Hashable, ElementMove {
  package let accumulate: Bool
  package var wrap = false
  package var name: String { accumulate ? "IndexAdd" : "IndexPut" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[0]] }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (result, dtype) = (results[0], results[0].dtype)
    if accumulate {
      return try result.fill(as: dtype.accumulateType) { (sums) throws(TensorError) in
        Tensor(sums).fill(with: inputs[0])
        try addRows(inputs[2], inputs[1], wrap: wrap, into: sums)
      }
    }
    result.fill(with: inputs[0])
    let (outer, n, inner) = (result.shape[0], result.shape[1], result.shape[2])
    let positions = try checkedPositions(inputs[1], size: n, wrap: wrap, "index")
    let source = try inputs[2].dense(dtype)
    let (p, m) = (positionPointer(positions), positions.count)
    let (from, to, rowBytes) = (UnsafeRawPointer(source.data), result.body.data, inner * dtype.size)
    func put<T>(_: T.Type) {
      let (values, out) = (from.assumingMemoryBound(to: T.self), to.assumingMemoryBound(to: T.self))
      for o in 0..<outer { for i in 0..<m { out[o * n + Int(p[i])] = values[o * m + i] } }
    }
    withExtendedLifetime((source, positions)) {
      switch rowBytes {
      case 1: put(UInt8.self)
      case 2: put(UInt16.self)
      case 4: put(UInt32.self)
      case 8: put(UInt64.self)
      case _:
        for o in 0..<outer {
          for i in 0..<m {
            (to + (o * n + Int(p[i])) * rowBytes).copyMemory(from: from + (o * m + i) * rowBytes, byteCount: rowBytes)
          }
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, index, values, y) = (inputs[0], inputs[1], inputs[2], outputs[0])
    let shape = x.type.shape
    return cCopy(x) { y($0) } + "\n"
      + cRows(index, rows: shape[1], outer: shape[0], inner: shape[2]) { o, m, row, k in
        "\(y(o, row, k)) \(accumulate ? "+=" : "=") \(values(o, m, k));"
      }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let all = everySample(inputs, isBatched, size)
    let dim = isBatched[1] ? 1 : 0
    let positions =
      isBatched[1]
      ? positionsOfSamples(inputs[1], rows: all[0].shape[2], size, wrap: wrap, accumulate ? "indexAdd" : "index")
      : inputs[1]
    let made = apply(self, samplesMerged(all[0], into: dim), positions, samplesMerged(all[2], into: dim))
    return [samplesParted(made, from: dim, size)]
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let index = node.input(1)
    let zeros = Tensor.zeros(node.inputType(2).shape, dtype: g.dtype)
    return [
      node.needs(0) ? (accumulate ? g : apply(PutRows(accumulate: false, wrap: wrap), g, index, zeros)) : nil, nil,
      node.needs(2) ? apply(TakeRows(wrap: wrap), g, index).to(node.inputType(2).dtype) : nil,
    ]
  }
}

/// The positions, as columns of int64, of elements that are not zero (for a mask: that hold), in row-major order.
package func nonzeroColumns(_ mask: Tensor) -> [Tensor] {
  let flags = mask.detach().resolved.to(.bool).contiguousBody()
  let p = UnsafePointer(flags.data.assumingMemoryBound(to: UInt8.self))
  let n = ck_count_nonzero_u8(p, flags.count)
  let columns = flags.shape.map { _ in Tensor.uninitialized([n], .int64) }
  if n == 0 || columns.isEmpty { return columns.map { $0.placed(with: mask) } }
  let outs = columns.map { $0.body.data.assumingMemoryBound(to: Int64.self) }
  let inner = flags.shape[flags.shape.count - 1]
  var counter = [Int64](repeating: 0, count: flags.shape.count)
  var found = 0
  for row in 0..<(flags.count / inner) {
    let next = found + ck_places_u8(outs[outs.count - 1] + found, p + row * inner, inner, n - found)
    for d in 0..<(outs.count - 1) { ck_fill_i64(outs[d] + found, counter[d], next - found) }
    found = next
    var d = flags.shape.count - 2
    while d >= 0 {
      counter[d] += 1
      if counter[d] < Int64(flags.shape[d]) { break }
      counter[d] = 0
      d -= 1
    }
  }
  return columns.map { $0.placed(with: mask) }
}
