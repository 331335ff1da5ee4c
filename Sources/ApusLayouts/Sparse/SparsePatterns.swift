import ApusCore
import CLayouts

// Positions: their order, their groups, rows and columns exchanged.

/// Where rows begin, from the row of each element: input rows `[n]`, results starts `[count + 1]` and the order `[n]` in which elements
/// come row by row.
struct CompressRows: Primitive, Hashable {
  let count: Int
  var name: String { "CompressRows" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType([count + 1], .int64), TensorType(inputs[0].shape, .int64)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let rows = try inputs[0].dense(.int64)
    try checkRange(rows, count, "rows")
    compress(rows.data.i64, rows.count, count, results[0].body.data.i64, results[1].body.data.i64)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil] }
}

/// Where rows begin, from the row of each element, which rise: input rows `[n]`, result starts `[count + 1]`.
struct CountRows: Primitive, Hashable {
  let count: Int
  var name: String { "CountRows" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [TensorType([count + 1], .int64)] }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let rows = try inputs[0].dense(.int64)
    try checkRange(rows, count, "rows")
    let (row, starts) = (rows.data.i64, results[0].body.data.i64)
    countRows(row, rows.count, count, starts)
    withExtendedLifetime(rows) {}
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil] }
}

/// The rows of elements, from where rows begin: input starts `[rows + 1]`, result `[count]`.
struct ExpandRows: Primitive, Hashable {
  let count: Int
  var name: String { "ExpandRows" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [TensorType([count], .int64)] }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let starts = try inputs[0].dense(.int64)
    try checkStarts(starts, count)
    let (start, row) = (starts.data.i64, results[0].body.data.i64)
    for r in 0..<max(0, starts.count - 1) {
      for e in Int(start[r])..<Int(start[r + 1]) { row[e] = Int64(r) }
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil] }
}

/// Where rows begin: how many elements stand before each.
private func countRows(
  _ rows: UnsafePointer<Int64>, _ n: Int, _ count: Int, _ starts: UnsafeMutablePointer<Int64>
) {
  for r in 0...count { starts[r] = 0 }
  for e in 0..<n { starts[Int(rows[e]) + 1] += 1 }
  for r in 0..<count { starts[r + 1] += starts[r] }
}

/// Counts what belongs to each row, and gives where rows begin and the stable order by rows.
private func compress(
  _ rows: UnsafePointer<Int64>, _ n: Int, _ count: Int, _ starts: UnsafeMutablePointer<Int64>,
  _ order: UnsafeMutablePointer<Int64>
) {
  countRows(rows, n, count, starts)
  var next = [Int64](unsafeUninitializedCapacity: count) { buffer, found in
    for r in 0..<count { buffer[r] = starts[r] }
    found = count
  }
  next.withUnsafeMutableBufferPointer { next in
    for e in 0..<n {
      let row = Int(rows[e])
      order[Int(next[row])] = Int64(e)
      next[row] += 1
    }
  }
}

func checkRange(_ numbers: TensorBody, _ limit: Int, _ what: String) throws(TensorError) {
  if cl_in_range(numbers.data.i64, numbers.count, Int64(limit)) != 0 { return }
  let index = numbers.data.i64
  let bad = (0..<numbers.count).first { index[$0] < 0 || index[$0] >= limit } ?? 0
  throw TensorError(
    .index, "sparse", "\(what) are from 0 to \(limit - 1), and found \(index[bad]) at position \(bad)")
}

/// Whether `starts` begin with 0, do not fall and end with the number of elements.
func checkStarts(_ starts: TensorBody, _ elements: Int) throws(TensorError) {
  let start = starts.data.i64
  let n = starts.count
  guard n > 0, start[0] == 0, start[n - 1] == elements, (1..<max(1, n)).allSatisfy({ start[$0 - 1] <= start[$0] })
  else {
    throw TensorError(
      .value, "sparse",
      "compressed indices begin with 0, do not fall, and end with the number of elements, \(elements), and found "
        + "\((0..<min(n, 8)).map { start[$0] })")
  }
}

/// What has been found out about the positions of a sparse tensor, kept for the next operation. It holds for the very index
/// tensors that it was made from; positions that an interpreter follows are never kept.
final class PatternMemo: Sendable {
  private struct Known {
    var source: [Tensor] = []
    var isChecked = false
    var transposed: Transposed?
    var compressed: Compressed?
  }
  private let known = Lock(Known())

  /// A pattern with rows and columns exchanged: starts of columns, rows, and the place that each element had.
  struct Transposed: Sendable {
    var starts, plain, order: Tensor
    var memo: PatternMemo
  }

  /// Coordinates of a matrix as compressed rows; `order` is nil where elements stay in place.
  struct Compressed: Sendable {
    var starts, columns: Tensor
    var order: Tensor?
    var memo: PatternMemo
  }

  private static func isPlain(_ positions: [Tensor]) -> Bool { positions.allSatisfy { $0.plainAddress != nil } }

  private func look<R: Sendable>(
    _ positions: [Tensor], _ path: WritableKeyPath<Known, R?> & Sendable, _ make: () -> R
  ) -> R {
    guard Self.isPlain(positions) else { return make() }
    if let found = known.withLock({ isOf($0.source, positions) ? $0[keyPath: path] : nil }) { return found }
    let made = make()
    known.withLock {
      if !isOf($0.source, positions) { $0 = Known(source: positions) }
      $0[keyPath: path] = made
    }
    return made
  }

  private func isOf(_ a: [Tensor], _ b: [Tensor]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.plainAddress == $1.plainAddress && $0.count == $1.count }
  }

  /// The pattern of compressed rows `starts` and `columns` with rows and columns exchanged.
  func transposed(_ starts: Tensor, _ plain: Tensor, columns: Int) -> Transposed {
    look([starts, plain], \.transposed) {
      noGrad {
        let rows = apply(ExpandRows(count: plain.count), starts)
        let made = results(apply(CompressRows(count: columns), [plain]), 2)
        return Transposed(starts: made[0], plain: rows.indexSelect(0, made[1]), order: made[1], memo: PatternMemo())
      }
    }
  }

  /// Coordinates `[2, n]` as compressed rows. They stay in order where they are coalesced.
  func compressed(_ indices: Tensor, rows: Int, isCoalesced: Bool) -> Compressed {
    look([indices], \.compressed) {
      noGrad {
        let columns = indices.select(0, 1)
        if isCoalesced {
          let starts = apply(CountRows(count: rows), indices.select(0, 0))
          return Compressed(starts: starts, columns: columns.contiguous(), order: nil, memo: PatternMemo())
        }
        let made = results(apply(CompressRows(count: rows), [indices.select(0, 0)]), 2)
        return Compressed(
          starts: made[0], columns: columns.indexSelect(0, made[1]), order: made[1], memo: PatternMemo())
      }
    }
  }

  /// Makes sure once that a pattern of compressed rows lies within its sizes.
  func check(_ starts: TensorBody, _ plain: TensorBody, columns: Int) throws(TensorError) {
    let positions = [Tensor(starts), Tensor(plain)]
    let isPlain = Self.isPlain(positions)
    if isPlain, known.withLock({ $0.isChecked && isOf($0.source, positions) }) { return }
    try checkStarts(starts, plain.count)
    try checkRange(plain, columns, "columns")
    guard isPlain else { return }
    known.withLock {
      if !isOf($0.source, positions) { $0 = Known(source: positions) }
      $0.isChecked = true
    }
  }
}

// Order and groups of positions, found on the host.

/// Positions in order, with those that are equal beside each other.
struct PositionGroups {
  /// The places of the elements in order; equal positions keep theirs.
  var order: [Int64]
  /// The group of each element.
  var groups: [Int64]
  /// The first element of each group.
  var firsts: [Int64]

  /// Of numbers that are not negative.
  init(_ keys: [Int64]) {
    let n = keys.count
    order = sortedOrder(keys)
    groups = [Int64](repeating: 0, count: n)
    firsts = []
    for place in order {
      let isNew = firsts.last.map { keys[Int($0)] != keys[Int(place)] } ?? true
      if isNew { firsts.append(place) }
      groups[Int(place)] = Int64(firsts.count - 1)
    }
  }
}

/// The places of `keys`, which are not negative, in ascending order: of two runs that rise, as a sum has them, merged, else sorted
/// by eleven bits at a time.
private func sortedOrder(_ keys: [Int64]) -> [Int64] {
  let n = keys.count
  var order = [Int64](0..<Int64(n))
  var runs: [Int] = []
  for i in 1..<max(1, n) where keys[i - 1] > keys[i] {
    runs.append(i)
    if runs.count > 1 { break }
  }
  if runs.isEmpty { return order }
  if runs.count == 1 {
    var (i, j) = (0, runs[0])
    for k in 0..<n {
      let takesFirst = j == n || (i < runs[0] && keys[i] <= keys[j])
      order[k] = Int64(takesFirst ? i : j)
      if takesFirst { i += 1 } else { j += 1 }
    }
    return order
  }
  let largest = keys.max() ?? 0
  var spare = [Int64](repeating: 0, count: n)
  var shift: Int64 = 0
  keys.withUnsafeBufferPointer { keys in
    while shift < 64, largest >> shift > 0 {
      var starts = [Int](repeating: 0, count: 2049)
      for key in keys { starts[Int((key >> shift) & 2047) + 1] += 1 }
      for i in 0..<2048 { starts[i + 1] += starts[i] }
      order.withUnsafeBufferPointer { order in
        spare.withUnsafeMutableBufferPointer { spare in
          starts.withUnsafeMutableBufferPointer { starts in
            for place in order {
              let digit = Int((keys[Int(place)] >> shift) & 2047)
              spare[starts[digit]] = place
              starts[digit] += 1
            }
          }
        }
      }
      swap(&order, &spare)
      shift += 11
    }
  }
  return order
}

/// A vector of indices.
func indexVector(_ values: [Int64], beside tensor: Tensor) -> Tensor {
  let made = Tensor.uninitialized([values.count], .int64)
  for (i, value) in values.enumerated() { made.body.data.i64[i] = value }
  return made.placed(with: tensor)
}

/// The places of coordinates `[dims, n]` in a row-major tensor of sizes `sizes`, of the dimensions for which a step is wanted
/// (`keeps`), as a tensor `[n]`.
func linearKeys(_ indices: Tensor, _ sizes: [Int], strides: [Int]? = nil) -> Tensor {
  let steps = strides ?? rowMajorStrides(sizes)
  if sizes.isEmpty { return Tensor.zeros([indices.size(1)], dtype: .int64).placed(with: indices) }
  if sizes.count == 1 { return steps[0] == 1 ? indices.select(0, 0) : indices.select(0, 0) * steps[0] }
  return noGrad { (indices * indexVector(steps.map(Int64.init), beside: indices).unsqueeze(1)).sum([0]) }
}
