import ApusCore

// Sums, products and functions of elements.

extension SparseTensor {
  /// Element by element: positions of either operand.
  private func plus(_ other: SparseTensor, _ operation: String) -> SparseTensor {
    attemptSparse([failed, other.failed]) { () throws(TensorError) in
      try requireSameSize(other, operation)
      if let elements = sharedElements(other) { return with(elements.0 + elements.1) }
      let (a, b) = (to(layout: .sparseCoo), other.to(layout: .sparseCoo))
      let type = promoteTypes(dtype, other.dtype)
      let joined = SparseTensor(
        .sparseCoo, [cat([a.positions[0], b.positions[0]], dim: 1)],
        cat([a.elements.to(type), b.elements.to(type)], dim: 0), shape, isCoalesced: false)
      return joined.coalesce().to(layout: layout)
    }
  }

  /// Element by element: positions of both operands.
  private func times(_ other: SparseTensor) -> SparseTensor {
    attemptSparse([failed, other.failed]) { () throws(TensorError) in
      try requireSameSize(other, "mul")
      if isCoalesced, let elements = sharedElements(other) { return with(elements.0 * elements.1) }
      let (a, b) = (to(layout: .sparseCoo).coalesce(), other.to(layout: .sparseCoo).coalesce())
      let (left, right) = (a.keys.array(as: Int.self), b.keys.array(as: Int.self))
      var (i, j) = (0, 0)
      var (mine, others): ([Int64], [Int64]) = ([], [])
      while i < left.count, j < right.count {
        if left[i] == right[j] {
          mine.append(Int64(i))
          others.append(Int64(j))
        }
        let isBehind = left[i] <= right[j]
        if right[j] <= left[i] { j += 1 }
        if isBehind { i += 1 }
      }
      let places = indexVector(mine, beside: elements)
      let product =
        a.elements.indexSelect(0, places) * b.elements.indexSelect(0, indexVector(others, beside: elements))
      return SparseTensor(
        .sparseCoo, [a.positions[0].indexSelect(1, places)], product, shape, isCoalesced: true
      ).to(layout: layout)
    }
  }

  /// The elements of both, where they stand at the same positions in the same order.
  private func sharedElements(_ other: SparseTensor) -> (Tensor, Tensor)? {
    guard layout == other.layout, nnz == other.nnz,
      zip(positions, other.positions).allSatisfy({
        $0.plainAddress != nil && $0.plainAddress == $1.plainAddress
      })
    else { return nil }
    return (elements, other.elements)
  }

  private func requireSameSize(_ other: SparseTensor, _ operation: String) throws(TensorError) {
    guard shape == other.shape, sparseDim == other.sparseDim else {
      throw TensorError(
        .shape, operation,
        "sparse operands have one size and as many sparse dimensions, and found \(shape) (\(sparseDim)) and \(other.shape) "
          + "(\(other.sparseDim))")
    }
  }

  private func times(_ other: Tensor, _ join: (Tensor, Tensor) -> Tensor) -> SparseTensor {
    attemptSparse([failed, other]) { () throws(TensorError) in
      guard broadcastShapes(shape, other.shape) == shape else {
        throw TensorError(
          .shape, "mul",
          "a dense tensor of shape \(other.shape) cannot be broadcast to the size \(shape) of a sparse one")
      }
      return with(join(elements, taken(from: other)))
    }
  }

  fileprivate func added(to dense: Tensor, alpha: Double) -> Tensor {
    attempt(failed, dense) { () throws(TensorError) in
      guard dense.shape == shape else {
        throw TensorError(
          .shape, "add", "a sparse tensor of size \(shape) cannot be added to a dense one of shape \(dense.shape)")
      }
      let type = promoteTypes(dtype, dense.dtype)
      let scaled = with(alpha == 1 ? elements.to(type) : elements.to(type) * alpha)
      return scaled.added(to: dense.to(type).reshape([outerSizes.reduce(1, *)] + innerSizes)).reshape(shape)
    }
  }

  /// The sum, at the positions of either.
  @_disfavoredOverload
  public static func + (a: SparseTensor, b: SparseTensor) -> SparseTensor { a.plus(b, "add") }
  /// The difference, at the positions of either.
  @_disfavoredOverload
  public static func - (a: SparseTensor, b: SparseTensor) -> SparseTensor { a.plus(-b, "sub") }
  /// The product, at the positions of both.
  @_disfavoredOverload
  public static func * (a: SparseTensor, b: SparseTensor) -> SparseTensor { a.times(b) }
  /// The product with a dense tensor, which is broadcast, at the positions of the sparse one.
  @_disfavoredOverload
  public static func * (a: SparseTensor, b: Tensor) -> SparseTensor { a.times(b) { $0 * $1 } }
  /// The product with a dense tensor, which is broadcast, at the positions of the sparse one.
  @_disfavoredOverload
  public static func * (a: Tensor, b: SparseTensor) -> SparseTensor { b.times(a) { $1 * $0 } }
  /// The quotient by a dense tensor, which is broadcast, at the positions of the sparse one.
  @_disfavoredOverload
  public static func / (a: SparseTensor, b: Tensor) -> SparseTensor { a.times(b) { $0 / $1 } }
  /// All elements times a number.
  @_disfavoredOverload
  public static func * (a: SparseTensor, b: Double) -> SparseTensor { a.with(a.elements * b) }
  /// All elements times a number.
  @_disfavoredOverload
  public static func * (a: Double, b: SparseTensor) -> SparseTensor { b.with(a * b.elements) }
  /// All elements divided by a number.
  @_disfavoredOverload
  public static func / (a: SparseTensor, b: Double) -> SparseTensor { a.with(a.elements / b) }
  /// All elements with the other sign.
  @_disfavoredOverload
  public static prefix func - (a: SparseTensor) -> SparseTensor { a.with(-a.elements) }
  /// A dense tensor and a sparse one of the same size added up.
  @_disfavoredOverload
  public static func + (a: Tensor, b: SparseTensor) -> Tensor { b.added(to: a, alpha: 1) }
  /// A sparse tensor and a dense one of the same size added up.
  @_disfavoredOverload
  public static func + (a: SparseTensor, b: Tensor) -> Tensor { a.added(to: b, alpha: 1) }
  /// A dense tensor less a sparse one of the same size.
  @_disfavoredOverload
  public static func - (a: Tensor, b: SparseTensor) -> Tensor { b.added(to: a, alpha: -1) }

  /// `self + alpha * other`, at the positions of either.
  public func add(_ other: SparseTensor, alpha: Double = 1) -> SparseTensor {
    plus(alpha == 1 ? other : other * alpha, "add")
  }
  /// `self - alpha * other`, at the positions of either.
  public func sub(_ other: SparseTensor, alpha: Double = 1) -> SparseTensor { plus(other * -alpha, "sub") }
  /// The product, at the positions of both.
  public func mul(_ other: SparseTensor) -> SparseTensor { times(other) }
  /// The product with a dense tensor, which is broadcast.
  public func mul(_ other: Tensor) -> SparseTensor { self * other }
  /// All elements times a number.
  public func mul(_ number: Double) -> SparseTensor { self * number }
  /// The quotient by a dense tensor, which is broadcast.
  public func div(_ other: Tensor) -> SparseTensor { self / other }
  /// All elements divided by a number.
  public func div(_ number: Double) -> SparseTensor { self / number }

  /// `function` of each element, for functions that are 0 at 0: what is not there stays so.
  private func each(_ function: (Tensor) -> Tensor) -> SparseTensor {
    let single = coalesce()
    return single.with(function(single.elements))
  }

  /// The absolute values.
  public func abs() -> SparseTensor { each { $0.abs() } }
  /// The other sign.
  public func neg() -> SparseTensor { -self }
  /// -1, 0 or 1.
  public func sign() -> SparseTensor { each { $0.sign() } }
  /// Square roots.
  public func sqrt() -> SparseTensor { each { $0.sqrt() } }
  /// Squares.
  public func square() -> SparseTensor { each { $0.square() } }
  /// Powers, with an exponent above 0.
  public func pow(_ exponent: Double) -> SparseTensor {
    guard exponent > 0 else {
      return SparseTensor(
        failed: fail(
          TensorError(
            .value, "pow", "0 to the power of \(exponent) is not 0: take toDense().pow(\(exponent)) or the values")))
    }
    return each { $0.pow(exponent) }
  }
  /// What is above 0.
  public func relu() -> SparseTensor { each { $0.relu() } }
  /// Sines.
  public func sin() -> SparseTensor { each { $0.sin() } }
  /// Tangents.
  public func tan() -> SparseTensor { each { $0.tan() } }
  /// Hyperbolic sines.
  public func sinh() -> SparseTensor { each { $0.sinh() } }
  /// Hyperbolic tangents.
  public func tanh() -> SparseTensor { each { $0.tanh() } }
  /// Inverse sines.
  public func asin() -> SparseTensor { each { $0.asin() } }
  /// Inverse tangents.
  public func atan() -> SparseTensor { each { $0.atan() } }
  /// Inverse hyperbolic sines.
  public func asinh() -> SparseTensor { each { $0.asinh() } }
  /// Inverse hyperbolic tangents.
  public func atanh() -> SparseTensor { each { $0.atanh() } }
  /// exp(x) - 1.
  public func expm1() -> SparseTensor { each { $0.expm1() } }
  /// log(1 + x).
  public func log1p() -> SparseTensor { each { $0.log1p() } }
  /// The error function.
  public func erf() -> SparseTensor { each { $0.erf() } }
  /// Rounded down.
  public func floor() -> SparseTensor { each { $0.floor() } }
  /// Rounded up.
  public func ceil() -> SparseTensor { each { $0.ceil() } }
  /// Rounded to the nearest integer.
  public func round() -> SparseTensor { each { $0.round() } }
  /// Rounded towards 0.
  public func trunc() -> SparseTensor { each { $0.trunc() } }
}

extension Tensor {
  /// `self + alpha * other`, a dense tensor.
  public func add(_ other: SparseTensor, alpha: Double = 1) -> Tensor { other.added(to: self, alpha: alpha) }
  /// `self - alpha * other`, a dense tensor.
  public func sub(_ other: SparseTensor, alpha: Double = 1) -> Tensor { other.added(to: self, alpha: -alpha) }
}
