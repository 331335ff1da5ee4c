/// The operands that a file gives to an operation, and what can be demanded of them.
package struct StoredOperands: Sendable {
  package let types: [TensorType]
  /// The name of the operation in the format.
  private let operation: String

  package init(_ types: [TensorType], of operation: String) { (self.types, self.operation) = (types, operation) }

  /// The most elements that a tensor of a program can have, dimensions of size 0 left out: so that sums and products of
  /// two sizes and a small number stay far from what an Int can hold.
  package static let mostElements = 1 << 44
  /// The most that a number may be that is no size of a tensor: a stride, a padding, a dilation.
  package static let largestNumber = 1 << 16
  /// The most dimensions of a tensor.
  package static let mostDimensions = 64

  package subscript(i: Int) -> TensorType { types[i] }
  package var count: Int { types.count }

  package func shape(_ i: Int) -> [Int] { types[i].shape }
  package func rank(_ i: Int) -> Int { types[i].shape.count }

  /// Refuses operands and attributes for which `holds` is false.
  package func demand(_ holds: Bool, _ message: @autoclosure () -> String) throws(TensorError) {
    if holds { return }
    let found = types.map { "\($0.dtype)\($0.shape)" }.joined(separator: ", ")
    throw TensorError(.format, operation, "\(message()); its operands are \(found.isEmpty ? "none" : found)")
  }

  /// Refuses another number of operands.
  package func count(_ numbers: ClosedRange<Int>) throws(TensorError) {
    try demand(
      numbers.contains(count),
      numbers.count == 1
        ? "takes \(numbers.lowerBound) operands" : "takes \(numbers.lowerBound) to \(numbers.upperBound) operands")
  }

  package func count(_ number: Int) throws(TensorError) { try count(number...number) }

  /// Refuses operand `i` if it has another number of dimensions.
  package func rank(_ i: Int, is numbers: ClosedRange<Int>) throws(TensorError) {
    try demand(
      numbers.contains(rank(i)),
      "operand \(i) must have \(numbers.lowerBound)\(numbers.count > 1 ? " to \(numbers.upperBound)" : "") dimensions")
  }

  package func rank(_ i: Int, is number: Int) throws(TensorError) { try rank(i, is: number...number) }

  /// Refuses a number of a dimension that operand `i` does not have.
  package func axis(_ dim: Int, of i: Int = 0) throws(TensorError) {
    try demand(types[i].shape.indices.contains(dim), "there is no dimension \(dim) of operand \(i)")
  }

  /// Refuses numbers of dimensions that operand `i` does not have, or that occur twice.
  package func axes(_ dims: [Int], of i: Int = 0) throws(TensorError) {
    for dim in dims { try axis(dim, of: i) }
    try demand(Set(dims).count == dims.count, "a dimension occurs twice in \(dims)")
  }

  /// Refuses a number outside of `range`.
  package func number(_ value: Int, in range: ClosedRange<Int>, _ name: String) throws(TensorError) {
    try demand(range.contains(value), "\(name) must lie in \(range), and is \(value)")
  }

  /// Refuses numbers outside of `range`, or another count of them.
  package func numbers(
    _ values: [Int], count: Int? = nil, in range: ClosedRange<Int>, _ name: String
  ) throws(TensorError) {
    if let count { try demand(values.count == count, "\(name) needs \(count) numbers, and has \(values.count)") }
    for value in values { try number(value, in: range, name) }
  }

  /// Refuses a shape that no tensor can have.
  package func possible(_ shape: [Int]) throws(TensorError) {
    try demand(Self.isPossible(shape), "no tensor can have the shape \(shape.prefix(8))")
  }

  /// Whether a tensor of a program can have this shape.
  package static func isPossible(_ shape: [Int]) -> Bool {
    guard shape.count <= mostDimensions else { return false }
    var product = 1
    for size in shape {
      guard (0...mostElements).contains(size) else { return false }
      product = product.clampedMultiplying(max(size, 1))
      if product > mostElements { return false }
    }
    return true
  }

  /// Refuses operand `i` unless it has this shape.
  package func shape(_ i: Int, is shape: [Int]) throws(TensorError) {
    try demand(types[i].shape == shape, "operand \(i) must have the shape \(shape)")
  }

  /// Refuses operands of different types.
  package func oneType(_ indices: [Int]? = nil) throws(TensorError) {
    let chosen = indices ?? Array(types.indices)
    try demand(
      Set(chosen.map { types[$0].dtype }).count <= 1, "operands \(chosen) must have elements of one type")
  }

  /// Refuses operand `i` unless its elements are floating point numbers.
  package func floating(_ i: Int) throws(TensorError) {
    try demand(types[i].dtype.isFloatingPoint, "operand \(i) must have floating point elements")
  }

  /// Refuses operand `i` unless its elements are integers.
  package func integers(_ i: Int) throws(TensorError) {
    try demand(types[i].dtype.isInteger, "operand \(i) must have integers")
  }

  /// Refuses operand `i` where its elements are complex numbers.
  package func real(_ i: Int) throws(TensorError) {
    try demand(!types[i].dtype.isComplex, "operand \(i) must not have complex elements")
  }

  /// Refuses operand `i` where a dimension has no elements.
  package func filled(_ i: Int) throws(TensorError) {
    try demand(!types[i].shape.contains(0), "operand \(i) must have elements")
  }
}
