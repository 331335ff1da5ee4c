import ApusCore
import ApusFunctional
import ApusNumerics

// Transforms of vectors and matrices.

/// Vectors to probabilities by softmax. It is not bijective: what is added to all elements is lost.
public struct SoftmaxTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.realVector }
  public var codomain: Constraint { constraints.simplex }
  public var bijective: Bool { false }
  public func forward(_ x: Tensor) -> Tensor { softmax(x, dim: -1) }
  public func inverse(_ y: Tensor) -> Tensor { y.log() }
  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    if shape.isEmpty { throw tooFewDimensions("SoftmaxTransform", shape, 1) }
    return shape
  }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] { try forwardShape(shape) }
}

/// Vectors to probabilities with one element more, breaking parts off a stick one after the other.
public struct StickBreakingTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.realVector }
  public var codomain: Constraint { constraints.simplex }

  /// log(count), log(count - 1), ... log(1): what makes zeros give equal parts.
  private func offset(_ count: Int, beside x: Tensor) -> Tensor {
    noGrad { (Double(count + 1) - arange(1, count + 1, dtype: x.dtype).placed(with: x)).log() }
  }

  public func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      guard x.rank > 0 else { throw tooFewDimensions("StickBreakingTransform", x.shape, 1) }
      let z = insideUnit((x - offset(x.size(-1), beside: x)).sigmoid())
      return z.pad([0, 1], value: 1) * (1 - z).cumprod(-1).pad([1, 0], value: 1)
    }
  }

  public func inverse(_ y: Tensor) -> Tensor {
    attempt(y) { () throws(TensorError) in
      guard y.rank > 0, y.size(-1) > 0 else { throw tooFewDimensions("StickBreakingTransform.inverse", y.shape, 1) }
      let count = y.size(-1) - 1
      let parts = y.narrow(-1, 0, count)
      let rest = (1 - parts.cumsum(-1)).clamp(min: y.dtype.smallestNormal)
      return parts.log() - rest.log() + offset(count, beside: y)
    }
  }

  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor {
    attempt(x, y) { () throws(TensorError) in
      guard x.rank > 0, y.rank > 0, y.size(-1) == x.size(-1) + 1 else {
        throw TensorError(
          .shape, "StickBreakingTransform",
          "values \(y.shape) do not belong to inputs \(x.shape): they have one element more")
      }
      let shifted = x - offset(x.size(-1), beside: x)
      return (shifted.logSigmoid() - shifted + y.narrow(-1, 0, x.size(-1)).log()).sum([-1])
    }
  }

  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    guard let last = shape.last else { throw tooFewDimensions("StickBreakingTransform", shape, 1) }
    return shape.dropLast() + [last + 1]
  }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    guard let last = shape.last, last > 0 else { throw tooFewDimensions("StickBreakingTransform", shape, 1) }
    return shape.dropLast() + [last - 1]
  }
}

/// Matrices to lower triangular ones with a positive diagonal: its logarithms are given.
public struct LowerCholeskyTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.independent(constraints.real, 2) }
  public var codomain: Constraint { constraints.lowerCholesky }
  public var bijective: Bool { false }
  public func forward(_ x: Tensor) -> Tensor {
    x.tril(-1) + x.diagonal(dim1: -2, dim2: -1).exp().diagEmbed()
  }
  public func inverse(_ y: Tensor) -> Tensor {
    y.tril(-1) + y.diagonal(dim1: -2, dim2: -1).log().diagEmbed()
  }
}

/// Matrices to symmetric positive definite ones: the squares of those of ``LowerCholeskyTransform``.
public struct PositiveDefiniteTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.independent(constraints.real, 2) }
  public var codomain: Constraint { constraints.positiveDefinite }
  public var bijective: Bool { false }
  public func forward(_ x: Tensor) -> Tensor {
    let factor = LowerCholeskyTransform().forward(x)
    return factor.hasFailed ? factor : matmul(factor, factor.mT)
  }
  public func inverse(_ y: Tensor) -> Tensor { LowerCholeskyTransform().inverse(linalg.cholesky(y)) }
}

/// Vectors of n (n - 1) / 2 numbers to Cholesky factors of n x n matrices of correlations: lower triangular, with rows of length 1.
public struct CorrCholeskyTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.realVector }
  public var codomain: Constraint { constraints.corrCholesky }

  public func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      let n = try forwardShape(x.shape).last ?? 1
      let eps = x.dtype.roundoff
      // Parts of what is left of the length 1 of a row, with their signs.
      let parts = lowerTriangle(x.tanh().clamp(min: eps - 1, max: 1 - eps), n, offset: 1)
      let rest = (1 - parts.square()).sqrt().cumprod(-1)
      let one = noGrad { eye(n, dtype: x.dtype).placed(with: x) }
      return (parts + one) * rest.narrow(-1, 0, n - 1).pad([1, 0], value: 1)
    }
  }

  public func inverse(_ y: Tensor) -> Tensor {
    attempt(y) { () throws(TensorError) in
      let n = y.shape.last ?? 1
      _ = try inverseShape(y.shape)
      let rest = 1 - y.square().cumsum(-1)
      let before = rest.narrow(-1, 0, n - 1).pad([1, 0], value: 1)
      let parts = lowerVector(y, n, offset: 1) / lowerVector(before, n, offset: 1).sqrt()
      return (parts.log1p() - (-parts).log1p()) / 2
    }
  }

  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor {
    attempt(x, y) { () throws(TensorError) in
      _ = try inverseShape(y.shape)
      let n = y.shape.last ?? 1
      let rest = lowerVector(1 - y.square().cumsum(-1), n, offset: 2)
      return 0.5 * rest.log().sum([-1]) - 2 * (x + (-2 * x).softplus() - logTwo).sum([-1])
    }
  }

  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    guard let count = shape.last else { throw tooFewDimensions("CorrCholeskyTransform", shape, 1) }
    let n = Int(((0.25 + 2 * Double(count)).squareRoot() + 0.5).rounded())
    guard n >= 1, n * (n - 1) / 2 == count else {
      throw TensorError(
        .shape, "CorrCholeskyTransform", "expected n (n - 1) / 2 elements in the last dimension, and found \(shape)")
    }
    return shape.dropLast() + [n, n]
  }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    guard shape.count >= 2, shape[shape.count - 1] == shape[shape.count - 2], let n = shape.last, n >= 1 else {
      throw TensorError(.shape, "CorrCholeskyTransform", "expected square matrices, and found \(shape)")
    }
    return shape.dropLast(2) + [n * (n - 1) / 2]
  }
}

/// Events of one shape as those of another with as many elements.
public struct ReshapeTransform: DistributionTransform {
  public let inShape: [Int]
  public let outShape: [Int]

  /// - Parameters:
  ///   - inShape: the shape of an event that is given.
  ///   - outShape: that of the result.
  public init(_ inShape: [Int], _ outShape: [Int]) {
    (self.inShape, self.outShape) = (inShape, outShape)
    if checkedProduct(inShape) == nil || checkedProduct(inShape) != checkedProduct(outShape) {
      report(
        TensorError(
          .shape, "ReshapeTransform", "\(inShape) and \(outShape) have different numbers of elements"))
    }
  }
  /// ``init(_:_:)`` with names.
  public init(inShape: [Int], outShape: [Int]) { self.init(inShape, outShape) }

  public var domain: Constraint { constraints.independent(constraints.real, inShape.count) }
  public var codomain: Constraint { constraints.independent(constraints.real, outShape.count) }
  public func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in x.reshape(try forwardShape(x.shape)) }
  }
  public func inverse(_ y: Tensor) -> Tensor {
    attempt(y) { () throws(TensorError) in y.reshape(try inverseShape(y.shape)) }
  }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor {
    x.hasFailed ? x : Tensor.zeros(Array(x.shape.dropLast(inShape.count)), dtype: x.dtype).placed(with: x)
  }
  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] { try exchanged(shape, inShape, outShape) }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] { try exchanged(shape, outShape, inShape) }
  public func isEqual(to other: any DistributionTransform) -> Bool {
    (other as? ReshapeTransform).map { $0.inShape == inShape && $0.outShape == outShape } ?? false
  }

  private func exchanged(_ shape: [Int], _ from: [Int], _ to: [Int]) throws(TensorError) -> [Int] {
    guard shape.count >= from.count, Array(shape.suffix(from.count)) == from else {
      throw TensorError(.shape, "ReshapeTransform", "expected events of shape \(from), and found \(shape)")
    }
    return shape.dropLast(from.count) + to
  }
}

private func checkedProduct(_ shape: [Int]) -> Int? {
  var product = 1
  for size in shape {
    let (next, isBad) = product.multipliedReportingOverflow(by: size)
    if isBad || size < 0 { return nil }
    product = next
  }
  return product
}

/// The places of a lower triangle of an n x n matrix, row by row, those closer to the diagonal than `offset` left out.
private func lowerPlaces(_ n: Int, offset: Int) -> [Int] {
  var places: [Int] = []
  for row in 0..<n { for column in 0..<max(0, row + 1 - offset) { places.append(row * n + column) } }
  return places
}

/// Vectors as lower triangles, row by row, with zeros else.
func lowerTriangle(_ vector: Tensor, _ n: Int, offset: Int) -> Tensor {
  if vector.hasFailed { return vector }
  let places = lowerPlaces(n, offset: offset)
  var sources = [Int](repeating: places.count, count: n * n)
  for (i, place) in places.enumerated() { sources[place] = i }
  let index = noGrad { Tensor(sources, shape: [n * n], dtype: .int64).placed(with: vector) }
  return vector.pad([0, 1]).indexSelect(-1, index).reshape(vector.shape.dropLast() + [n, n])
}

/// The lower triangles of matrices as vectors, row by row.
func lowerVector(_ matrix: Tensor, _ n: Int, offset: Int) -> Tensor {
  if matrix.hasFailed { return matrix }
  let places = lowerPlaces(n, offset: offset)
  let index = noGrad { Tensor(places, shape: [places.count], dtype: .int64).placed(with: matrix) }
  return matrix.reshape(matrix.shape.dropLast(2) + [n * n]).indexSelect(-1, index)
}
