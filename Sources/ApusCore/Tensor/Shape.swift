// Shapes and strides: plain arrays of Int, so that results share the arrays of their inputs.

/// Shape and element type of a tensor: all that an operation knows before it computes.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  public var shape: [Int]
  public var dtype: DType

  /// The type of tensors of a shape and an element type.
  public init(_ shape: [Int], _ dtype: DType) {
    self.shape = shape
    self.dtype = dtype
  }

  /// The number of dimensions.
  public var rank: Int { shape.count }
  /// Number of elements.
  public var count: Int { elementCount(shape) }
  public var description: String { "\(dtype)\(shape)" }
}

/// The product of `shape`; 1 for the shape of a scalar.
package func elementCount(_ shape: [Int]) -> Int {
  var n = 1
  for d in shape { n &*= d }
  return n
}

/// The product of `shape`, or nil where it (times `elementSize`) does not fit an Int or a dimension is negative.
package func checkedElementCount(_ shape: [Int], elementSize: Int = 1) -> Int? {
  var n = 1
  var hasZero = false
  for d in shape {
    if d < 0 { return nil }
    if d == 0 {
      hasZero = true
      continue
    }
    let (product, overflow) = n.multipliedReportingOverflow(by: d)
    if overflow { return nil }
    n = product
  }
  if n.multipliedReportingOverflow(by: elementSize).overflow { return nil }
  return hasZero ? 0 : n
}

extension Int {
  /// The sum, or the number nearest to it: a size that ``checkMemory(_:_:)`` refuses instead of an overflow.
  package func clampedAdding(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The product, or the number nearest to it.
  package func clampedMultiplying(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}

/// Row-major strides, in elements.
package func rowMajorStrides(_ shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  var step = 1
  var i = shape.count - 1
  while i >= 0 {
    strides[i] = step
    step &*= max(shape[i], 1)
    i -= 1
  }
  return strides
}

/// Whether `strides` visit `shape` in row-major order without gaps. Dimensions of size 1 may have any stride.
func isRowMajor(_ shape: [Int], _ strides: [Int]) -> Bool {
  var step = 1
  var i = shape.count - 1
  while i >= 0 {
    let d = shape[i]
    if d == 0 { return true }
    if d != 1 {
      if strides[i] != step { return false }
      step &*= d
    }
    i -= 1
  }
  return true
}

/// The dimensions from the slowest to the fastest in memory, if the elements fill a block without gaps or overlap
/// (row-major, channels-last, any transposition); else nil.
func memoryOrder(_ shape: [Int], _ strides: [Int]) -> [Int]? {
  var order = shape.indices.filter { shape[$0] != 1 }
  order.sort { strides[$0] == strides[$1] ? $0 < $1 : strides[$0] > strides[$1] }
  var step = 1
  for i in order.reversed() {
    if strides[i] != step { return nil }
    step *= shape[i]
  }
  if order.count == shape.count { return order }
  // The stride of a dimension of size 1 says nothing: leading ones stand in front, others before the next dimension or,
  // at the end, behind the last one.
  for d in shape.indices.reversed() where shape[d] == 1 {
    let place: Int? =
      if let before = (0..<d).last(where: { shape[$0] != 1 }) {
        order.firstIndex(of: d + 1) ?? order.firstIndex(of: before).map { $0 + 1 }
      } else { 0 }
    order.insert(d, at: place ?? 0)
  }
  return order
}

/// Whether strides `a` and `b` put the elements of `shape` at the same places: those of dimensions of size 1 may differ.
func hasSameLayout(_ shape: [Int], _ a: [Int], _ b: [Int]) -> Bool {
  shape.contains(0) || shape.indices.allSatisfy { shape[$0] == 1 || a[$0] == b[$0] }
}

/// The strides of a dense block of `shape` whose dimensions lie in memory in `order`, slowest first.
package func denseStrides(_ shape: [Int], order: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  var step = 1
  for i in order.reversed() {
    strides[i] = step
    step = step.clampedMultiplying(max(shape[i], 1))
  }
  return strides
}

/// The shape that `a` and `b` broadcast to, aligned at the last dimension, or nil if they do not.
package func broadcastShapes(_ a: [Int], _ b: [Int]) -> [Int]? {
  if a == b { return a }
  let rank = max(a.count, b.count)
  var result = [Int](repeating: 1, count: rank)
  for i in 0..<rank {
    let x = i < rank - a.count ? 1 : a[i - (rank - a.count)]
    let y = i < rank - b.count ? 1 : b[i - (rank - b.count)]
    if x == y || y == 1 {
      result[i] = x
    } else if x == 1 {
      result[i] = y
    } else {
      return nil
    }
  }
  return result
}

/// The common broadcast shape of all `shapes`.
///
/// - Throws: an error that names both shapes and the dimension where they differ.
package func broadcastShapes(_ shapes: [[Int]], _ operation: String) throws(TensorError) -> [Int] {
  guard var result = shapes.first else { return [] }
  for shape in shapes.dropFirst() {
    guard let joint = broadcastShapes(result, shape) else {
      let rank = min(result.count, shape.count)
      let back = (1...max(rank, 1)).first {
        let (x, y) = (result[result.count - $0], shape[shape.count - $0])
        return x != y && x != 1 && y != 1
      }
      let i = max(result.count, shape.count) - (back ?? 1)
      throw TensorError(
        .shape, operation,
        "cannot broadcast \(result) with \(shape): the sizes \(result[result.count - (back ?? 1)]) and "
          + "\(shape[shape.count - (back ?? 1)]) at dimension \(i) differ and neither is 1")
    }
    result = joint
  }
  return result
}

/// `strides` of a tensor of `shape` seen as the larger shape `target`: 0 where it is repeated.
package func broadcastStrides(_ shape: [Int], _ strides: [Int], to target: [Int]) -> [Int] {
  if shape == target { return strides }
  let lead = target.count - shape.count
  var result = [Int](repeating: 0, count: target.count)
  for i in 0..<shape.count { result[lead + i] = shape[i] == 1 ? 0 : strides[i] }
  return result
}

/// `dim` in `0..<rank`, counting from the end where it is negative. A scalar accepts 0 and -1.
///
/// - Throws: an error that names the range, as PyTorch's `Dimension out of range`.
package func normalize(dim: Int, rank: Int, _ operation: String) throws(TensorError) -> Int {
  let limit = max(rank, 1)
  guard dim >= -limit && dim < limit else {
    throw TensorError(
      .dimension, operation, "dimension \(dim) is out of range: a tensor of rank \(rank) has -\(limit)...\(limit - 1)")
  }
  return dim < 0 ? dim + limit : dim
}

/// Several dimensions, each normalised and none twice; empty or nil means all of them.
package func normalize(dims: [Int]?, rank: Int, _ operation: String) throws(TensorError) -> [Int] {
  guard rank <= 64 else {
    throw TensorError(
      .dimension, operation, "tensors of at most 64 dimensions can be reduced, and this one has \(rank)")
  }
  guard let dims, !dims.isEmpty else { return Array(0..<rank) }
  var result: [Int] = []
  for d in dims {
    let n = try normalize(dim: d, rank: rank, operation)
    if result.contains(n) {
      throw TensorError(.dimension, operation, "dimension \(d) appears twice in \(dims)")
    }
    result.append(n)
  }
  return rank == 0 ? [] : result
}
