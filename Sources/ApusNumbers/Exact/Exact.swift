import ApusCore

/// Linear equations over number types with exact division, ``GaloisField`` and ``Rational``: by elimination, without rounding and
/// so without pivots for size.
public enum Exact {
  /// The x with a x = b.
  /// - Parameters:
  ///   - a: A square matrix, `[n, n]`, of an exact type.
  ///   - b: Right-hand sides of the same type, `[n]` or `[n, k]`.
  /// - Returns: Of the shape of `b`. A matrix without an inverse is an error.
  public static func solve(_ a: Tensor, _ b: Tensor) -> Tensor {
    attempt(a, b) { () throws(TensorError) in
      let n = try size(a, "Exact.solve")
      guard b.dtype == a.dtype, b.rank == 1 || b.rank == 2, b.size(0) == n else {
        throw TensorError(
          .shape, "Exact.solve",
          "needs right-hand sides of \(a.dtype) and of the shape [\(n)] or [\(n), k], and found \(b.dtype) \(b.shape)")
      }
      let right = b.rank == 1 ? b.unsqueeze(1) : b
      var rows = try Rows(cat([a, right], dim: 1), "Exact.solve")
      guard rows.eliminate(columns: n).rank == n else {
        throw TensorError(.value, "Exact.solve", "the matrix has no inverse: its rows depend on each other")
      }
      return rows.tensor.narrow(1, n, right.size(1)).reshape(b.shape)
    }
  }

  /// The inverse of a square matrix, `[n, n]`. A matrix without one is an error.
  public static func inverse(_ a: Tensor) -> Tensor {
    attempt(a) { () throws(TensorError) in solve(a, eye(try size(a, "Exact.inverse"), dtype: a.dtype)) }
  }

  /// The determinant of a square matrix, `[n, n]`, a single number.
  public static func determinant(_ a: Tensor) -> Tensor {
    attempt(a) { () throws(TensorError) in
      let n = try size(a, "Exact.determinant")
      var rows = try Rows(a, "Exact.determinant")
      let (rank, factor) = rows.eliminate(columns: n)
      return rank == n ? factor : Tensor.zeros([], dtype: a.dtype)
    }
  }

  /// The number of rows of a matrix, `[m, n]`, that do not depend on each other.
  public static func rank(_ a: Tensor) -> Tensor {
    attempt(a) { () throws(TensorError) in
      guard a.rank == 2 else { throw TensorError(.shape, "Exact.rank", "needs a matrix, and found \(a.shape)") }
      var rows = try Rows(a, "Exact.rank")
      return Tensor(rows.eliminate(columns: a.size(1)).rank)
    }
  }

  private static func size(_ a: Tensor, _ operation: String) throws(TensorError) -> Int {
    guard a.rank == 2, a.size(0) == a.size(1) else {
      throw TensorError(.shape, operation, "needs a square matrix, [n, n], and found \(a.shape)")
    }
    return a.size(0)
  }
}

/// The rows of a matrix under elimination, by the loops of its element type.
private struct Rows {
  private(set) var tensor: Tensor
  private let loops: CustomKernels
  private let (count, width): (Int, Int)
  private var data: UnsafeMutableRawPointer { tensor.address }
  private var rowBytes: Int { width * loops.size }

  init(_ a: Tensor, _ operation: String) throws(TensorError) {
    guard a.dtype.isCustom, a.dtype.custom.loops.hasBinary(.sub), a.dtype.custom.loops.hasBinary(.div) else {
      throw TensorError(
        .dtype, operation, "needs a registered type with exact division, and found \(a.dtype); for floats use linalg")
    }
    tensor = a.detach().contiguousCopy()
    loops = a.dtype.custom.loops
    (count, width) = (a.size(0), a.size(1))
  }

  /// Gauss-Jordan elimination of the first `columns`: the number of pivots, which become 1, and the product of what they were, with
  /// the sign of the exchanges.
  mutating func eliminate(columns: Int) -> (rank: Int, factor: Tensor) {
    var factor = Tensor.ones([], dtype: tensor.dtype)
    var rank = 0
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: 2 * rowBytes + 2 * loops.size, alignment: 16)
    defer { scratch.deallocate() }
    let (factors, products) = (scratch, scratch + rowBytes)
    for column in 0..<columns where rank < count {
      guard let pivot = (rank..<count).first(where: { isNotZero($0, column) }) else { continue }
      factor = factor * tensor[pivot, column]
      if pivot != rank {
        factor = Tensor.zeros([], dtype: tensor.dtype) - factor
        products.copyMemory(from: row(pivot), byteCount: rowBytes)
        row(pivot).copyMemory(from: row(rank), byteCount: rowBytes)
        row(rank).copyMemory(from: products, byteCount: rowBytes)
      }
      repeated(rank, column, into: factors)
      loops.binary(.div, row(rank), row(rank), factors, width)
      for other in 0..<count where other != rank && isNotZero(other, column) {
        repeated(other, column, into: factors)
        loops.binary(.mul, products, factors, row(rank), width)
        loops.binary(.sub, row(other), row(other), products, width)
      }
      rank += 1
    }
    return (rank, factor)
  }

  private func row(_ i: Int) -> UnsafeMutableRawPointer { data + i * rowBytes }

  private func isNotZero(_ i: Int, _ column: Int) -> Bool {
    var truth: UInt8 = 0
    loops.toBool(&truth, row(i) + column * loops.size, 1)
    return truth != 0
  }

  /// An element as many times as a row has elements.
  private func repeated(_ i: Int, _ column: Int, into target: UnsafeMutableRawPointer) {
    let element = row(i) + column * loops.size
    for k in 0..<width { (target + k * loops.size).copyMemory(from: element, byteCount: loops.size) }
  }
}
