import ApusCore

// What the factorisations stand on: numbers of double precision, real or complex, and matrices of them.

/// A number that matrices are factorised in.
protocol LinearScalar: Sendable, BitwiseCopyable {
  static var dtype: DType { get }
  init(real: Double)
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static prefix func - (a: Self) -> Self
  var conjugate: Self { get }
  /// The distance from 0.
  var size: Double { get }
  /// The square of ``size``.
  var sizeSquared: Double { get }
  /// The sum of the sizes of the parts, by which LAPACK chooses pivots.
  var pivotSize: Double { get }
  var realPart: Double { get }
  var complex: Complex { get }
}

extension LinearScalar {
  static var zero: Self { Self(real: 0) }
  static var one: Self { Self(real: 1) }
  @inline(__always) static func * (a: Double, b: Self) -> Self { Self(real: a) * b }
  @inline(__always) static func += (a: inout Self, b: Self) { a = a + b }
  @inline(__always) static func -= (a: inout Self, b: Self) { a = a - b }
  /// The number of size 1 in this direction.
  var direction: Self { size == 0 ? .one : (1 / size) * self }
}

extension Double: LinearScalar {
  static var dtype: DType { .float64 }
  @inline(__always) init(real: Double) { self = real }
  @inline(__always) var conjugate: Double { self }
  @inline(__always) var size: Double { magnitude }
  @inline(__always) var sizeSquared: Double { self * self }
  @inline(__always) var pivotSize: Double { magnitude }
  @inline(__always) var realPart: Double { self }
  var complex: Complex { Complex(self) }
}

extension Complex: LinearScalar {
  static var dtype: DType { .complex128 }
  @inline(__always) init(real: Double) { self.init(real, 0) }
  @inline(__always) var size: Double { magnitude }
  @inline(__always) var sizeSquared: Double { real * real + imaginary * imaginary }
  @inline(__always) var pivotSize: Double { Swift.abs(real) + Swift.abs(imaginary) }
  @inline(__always) var realPart: Double { real }
  var complex: Complex { self }
}

/// A dense matrix in row-major order, of its own memory.
final class Matrix<Number: LinearScalar> {
  let rows: Int
  let columns: Int
  let elements: UnsafeMutablePointer<Number>

  var count: Int { rows * columns }

  /// Zeros.
  init(_ rows: Int, _ columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    elements = .allocate(capacity: Swift.max(rows * columns, 1))
    elements.initialize(repeating: .zero, count: rows * columns)
  }

  /// A copy of elements in row-major order.
  convenience init(_ rows: Int, _ columns: Int, copying source: UnsafePointer<Number>) {
    self.init(rows, columns)
    elements.update(from: source, count: count)
  }

  deinit { elements.deallocate() }

  @inline(__always)
  subscript(_ i: Int, _ j: Int) -> Number {
    get { elements[i * columns + j] }
    set { elements[i * columns + j] = newValue }
  }

  func row(_ i: Int) -> UnsafeMutablePointer<Number> { elements + i * columns }

  static func identity(_ n: Int, columns: Int? = nil) -> Matrix {
    let made = Matrix(n, columns ?? n)
    for i in 0..<Swift.min(n, made.columns) { made[i, i] = .one }
    return made
  }

  func copy() -> Matrix { Matrix(rows, columns, copying: elements) }

  var conjugateTranspose: Matrix {
    let made = Matrix(columns, rows)
    for i in 0..<rows { for j in 0..<columns { made[j, i] = self[i, j].conjugate } }
    return made
  }

  /// The first rows and columns.
  func corner(_ rows: Int, _ columns: Int) -> Matrix {
    let made = Matrix(rows, columns)
    for i in 0..<rows { made.row(i).update(from: row(i), count: columns) }
    return made
  }

  func times(_ other: Matrix) -> Matrix {
    let made = Matrix(rows, other.columns)
    for i in 0..<rows {
      for k in 0..<columns { addRow(made.row(i), self[i, k], other.row(k), other.columns) }
    }
    return made
  }

  var isFinite: Bool { (0..<count).allSatisfy { elements[$0].pivotSize.isFinite } }
}

/// `target += factor * source`, element by element.
@inline(__always)
func addRow<Number: LinearScalar>(
  _ target: UnsafeMutablePointer<Number>, _ factor: Number, _ source: UnsafePointer<Number>, _ count: Int
) {
  for j in 0..<count { target[j] += factor * source[j] }
}

/// The sum of the products of conjugates of `a` and elements of `b`.
@inline(__always)
func innerProduct<Number: LinearScalar>(
  _ a: UnsafePointer<Number>, _ b: UnsafePointer<Number>, _ count: Int
) -> Number {
  var sum = Number.zero
  for j in 0..<count { sum += a[j].conjugate * b[j] }
  return sum
}

/// The Euclidean length.
func length<Number: LinearScalar>(_ a: UnsafePointer<Number>, _ count: Int) -> Double {
  var largest = 0.0
  for j in 0..<count { largest = max(largest, a[j].pivotSize) }
  guard largest > 0, largest.isFinite else { return largest }
  // Squares of very large or small elements are beyond the range of a double.
  if largest > 1e-140 && largest < 1e140 {
    var sum = 0.0
    for j in 0..<count { sum += a[j].sizeSquared }
    return sum.squareRoot()
  }
  var sum = 0.0
  for j in 0..<count { sum += ((1 / largest) * a[j]).sizeSquared }
  return largest * sum.squareRoot()
}
