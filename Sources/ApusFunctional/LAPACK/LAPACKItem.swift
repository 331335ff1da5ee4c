import ApusCore
import CKernels

/// One item of a batch as LAPACK computes it: where its matrices lie, row by row, and where its results go.
///
/// What lies row by row is for LAPACK, column by column, the transposed matrix. Most operations take it as that, and so nothing is moved.
struct LAPACKItem<Number: LAPACKNumber> {
  typealias Numbers = UnsafeMutablePointer<Number>

  let caller: LAPACKCaller<Number>
  /// Rows and columns of each input, and where the first item's lies.
  let sizes: [(rows: Int, columns: Int)]
  let inputs: [UnsafePointer<Number>]
  /// Where the first item's results lie, and the bytes from one item to the next.
  let results: [UnsafeMutableRawPointer]
  let steps: [Int]
  /// Which item of the batch it is. The caller keeps it: an item that did not stay the same would be copied at every call, and
  /// references counted.
  private var index: Int { caller.index }

  /// The rows and columns of the first input.
  var rows: Int { sizes[0].rows }
  var columns: Int { sizes[0].columns }

  func input(_ i: Int = 0) -> UnsafePointer<Number> { inputs[i] + index * sizes[i].rows * sizes[i].columns }

  func result<Element>(_ i: Int, of: Element.Type = Element.self) -> UnsafeMutablePointer<Element> {
    (results[i] + index * steps[i]).assumingMemoryBound(to: Element.self)
  }

  /// Whether all inputs are so small that a call of LAPACK costs more than the work.
  var isSmall: Bool { rows <= smallMatrixSize && columns <= smallMatrixSize }

  /// Whether squares of the first input's elements are far from the ends of the range of float32.
  var isModerate: Bool {
    var largest = Number.Part.zero
    for i in 0..<rows * columns {
      let size = input()[i].pivotSize
      // Neither is NaN.
      guard size < 1e15 else { return false }
      largest = max(largest, size)
    }
    return largest > 1e-15
  }

  /// The same for another thread, with lists of its own: counting references to lists of several threads costs more than a small matrix.
  func separate(_ caller: LAPACKCaller<Number>) -> LAPACKItem {
    LAPACKItem(
      caller: caller, sizes: sizes.map { $0 }, inputs: inputs.map { $0 }, results: results.map { $0 },
      steps: steps.map { $0 })
  }

  func room(_ use: LAPACKCaller<Number>.Use, _ count: Int) -> Numbers { caller.room(use, count) }

  /// A copy of an input as it lies.
  func copy(_ i: Int = 0, to use: LAPACKCaller<Number>.Use = .first) -> Numbers {
    let count = sizes[i].rows * sizes[i].columns
    let made = room(use, count)
    made.update(from: input(i), count: count)
    return made
  }

  /// A copy of an input in the columns of LAPACK, of as many elements at least.
  func columnCopy(_ i: Int = 0, to use: LAPACKCaller<Number>.Use = .first, room count: Int = 0) -> Numbers {
    let (m, n) = sizes[i]
    let made = room(use, max(m * n, count))
    transpose(input(i), rows: m, columns: n, into: made)
    return made
  }

  /// Whether all elements of the first input are numbers.
  var isFinite: Bool {
    let count = rows * columns * (Number.isComplex ? 2 : 1)
    return UnsafeRawPointer(input()).withMemoryRebound(to: Number.Part.self, capacity: count) { parts in
      var isOutside = false
      for i in 0..<count { isOutside = isOutside || parts[i] - parts[i] != 0 }
      return !isOutside
    }
  }
}

/// `target[j * stride + i] = source[i * step + j]`, where nil stands for the lengths of the rows.
func transpose<Number: LAPACKNumber>(
  _ source: UnsafePointer<Number>, rows: Int, columns: Int, step: Int? = nil, into target: UnsafeMutablePointer<Number>,
  stride: Int? = nil, conjugated: Bool = false
) {
  let (step, stride) = (step ?? columns, stride ?? rows)
  if MemoryLayout<Number>.size <= 8, rows >= 4, columns >= 4, !(conjugated && Number.isComplex) {
    ck_transpose2d(target, source, rows, columns, step, stride, Int32(MemoryLayout<Number>.size))
    return
  }
  // Blocks, so that the lines that are written stay in the cache until they are full.
  let block = 16
  for firstRow in Swift.stride(from: 0, to: rows, by: block) {
    let lastRow = min(firstRow + block, rows)
    for first in Swift.stride(from: 0, to: columns, by: block) {
      for j in first..<min(first + block, columns) {
        for i in firstRow..<lastRow {
          let element = source[i * step + j]
          target[j * stride + i] = conjugated ? element.conjugate : element
        }
      }
    }
  }
}

extension MatrixPrimitive {
  /// Computes by LAPACK, where it is there and has the operation on elements of this type. False: not so.
  func runLAPACK(_ inputs: [Tensor], _ results: [Tensor]) throws(TensorError) -> Bool {
    guard isInLAPACK, let library = LAPACK.library else { return false }
    let dtype = inputs[0].dtype
    if dtype == .float32 { return try run(library, Float.self, inputs, results) }
    if dtype == .float64 { return try run(library, Double.self, inputs, results) }
    if dtype == .complex64 { return try run(library, LAPACKComplex<Float>.self, inputs, results) }
    if dtype == .complex128 { return try run(library, LAPACKComplex<Double>.self, inputs, results) }
    return false
  }

  private func run<Number: LAPACKNumber>(
    _ library: LAPACKLibrary, _: Number.Type, _ inputs: [Tensor], _ results: [Tensor]
  ) throws(TensorError) -> Bool {
    let sizes = itemSizes(inputs)
    let count = batchCount(inputs)
    // Lengths are 32-bit integers there, also that of work space of twice as many elements as a matrix has.
    guard count > 0, sizes.allSatisfy({ $0.rows > 0 && $0.columns > 0 && $0.rows * $0.columns <= 1_000_000_000 })
    else { return false }
    var sources: [TensorBody] = []
    for input in inputs { sources.append(try input.dense(Number.dtype)) }
    let longestColumn = sizes.map { max($0.rows, $0.columns) }.max() ?? 1
    let item = LAPACKItem(
      caller: LAPACKCaller<Number>(library, longestColumn: longestColumn), sizes: sizes,
      inputs: sources.map { UnsafePointer($0.data.assumingMemoryBound(to: Number.self)) },
      results: results.map { $0.body.data },
      steps: results.map { $0.count / count * $0.dtype.size })
    try withExtendedLifetime(sources) { () throws(TensorError) in
      let work = sizes[0].rows * sizes[0].columns * min(sizes[0].rows, sizes[0].columns)
      let isLarge = work * (Number.isComplex ? 4 : 1) >= 384 * 384 * 384
      if count == 1 || isLarge {
        let threads = isLarge && gainsFromThreads ? Parallel.availableThreads : 1
        try library.withThreads(threads) { () throws(TensorError) in
          for index in 0..<count {
            item.caller.index = index
            try located(index, of: count) { () throws(TensorError) in try compute(item) }
          }
        }
      } else {
        try library.withThreads(1) { () throws(TensorError) in
          try forEachItem(count, grain: max(1, 20_000 / (gainsFromThreads ? 50 + work / 4 : 500 + 5 * work))) {
            let own = item.separate(LAPACKCaller<Number>(library, longestColumn: longestColumn))
            return { (index) throws(TensorError) in
              own.caller.index = index
              try compute(own)
            }
          }
        }
      }
    }
    return true
  }
}
