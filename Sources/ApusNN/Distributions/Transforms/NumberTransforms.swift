import ApusCore

// Transforms of single numbers.

/// y = e^x.
public struct ExpTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.real }
  public var codomain: Constraint { constraints.positive }
  public var sign: Tensor { Tensor(1.0) }
  public func forward(_ x: Tensor) -> Tensor { x.exp() }
  public func inverse(_ y: Tensor) -> Tensor { y.log() }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor { x }
}

/// y = x^exponent, of positive numbers.
public struct PowerTransform: DistributionTransform {
  public let exponent: Tensor

  /// - Parameter exponent: not 0.
  public init(_ exponent: some DistributionParameter) { self.exponent = exponent.parameterTensor }
  /// ``init(_:)`` with a name.
  public init(exponent: some DistributionParameter) { self.init(exponent) }

  public var domain: Constraint { constraints.positive }
  public var codomain: Constraint { constraints.positive }
  public var sign: Tensor { exponent.sign() }
  public func forward(_ x: Tensor) -> Tensor { x.pow(exponent) }
  public func inverse(_ y: Tensor) -> Tensor { y.pow(exponent.reciprocal()) }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor { (exponent * y / x).abs().log() }
  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    try broadcastShapes([shape, exponent.shape], "PowerTransform")
  }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    try broadcastShapes([shape, exponent.shape], "PowerTransform")
  }
  public func isEqual(to other: any DistributionTransform) -> Bool {
    (other as? PowerTransform).map { areEqual(exponent, $0.exponent) } ?? false
  }
}

/// y = 1 / (1 + e^-x), kept away from 0 and 1.
public struct SigmoidTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.real }
  public var codomain: Constraint { constraints.unitInterval }
  public var sign: Tensor { Tensor(1.0) }
  public func forward(_ x: Tensor) -> Tensor { insideUnit(x.sigmoid()) }
  public func inverse(_ y: Tensor) -> Tensor {
    let y = insideUnit(y)
    return y.log() - (-y).log1p()
  }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor { -(-x).softplus() - x.softplus() }
}

/// Numbers of the open interval from 0 to 1.
func insideUnit(_ x: Tensor) -> Tensor {
  x.hasFailed ? x : x.clamp(min: x.dtype.smallestNormal, max: 1 - x.dtype.roundoff)
}

/// y = log(1 + e^x), which is x where that is above 20.
public struct SoftplusTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.real }
  public var codomain: Constraint { constraints.positive }
  public var sign: Tensor { Tensor(1.0) }
  public func forward(_ x: Tensor) -> Tensor { x.softplus() }
  public func inverse(_ y: Tensor) -> Tensor { (-(-y).expm1()).log() + y }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor { -(-x).softplus() }
}

/// y = tanh x.
public struct TanhTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.real }
  public var codomain: Constraint { constraints.interval(-1.0, 1.0) }
  public var sign: Tensor { Tensor(1.0) }
  public func forward(_ x: Tensor) -> Tensor { x.tanh() }
  public func inverse(_ y: Tensor) -> Tensor { y.atanh() }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor { 2 * (logTwo - x - (-2 * x).softplus()) }
}

/// y = |x|, whose inverse gives the positive one of two numbers.
public struct AbsTransform: DistributionTransform {
  /// The transform; it has no parameters.
  public init() {}
  public var domain: Constraint { constraints.real }
  public var codomain: Constraint { constraints.positive }
  public var bijective: Bool { false }
  public func forward(_ x: Tensor) -> Tensor { x.abs() }
  public func inverse(_ y: Tensor) -> Tensor { y }
}

/// y = loc + scale x, of numbers, or of the elements of vectors or matrices.
public struct AffineTransform: DistributionTransform {
  public let loc: Tensor
  public let scale: Tensor
  private let dims: Int

  /// - Parameters:
  ///   - loc: what is added.
  ///   - scale: the factor, not 0.
  ///   - eventDim: 0 for numbers, 1 for vectors, 2 for matrices.
  public init(_ loc: some DistributionParameter, _ scale: some DistributionParameter, eventDim: Int = 0) {
    (self.loc, self.scale, dims) = (loc.parameterTensor, scale.parameterTensor, max(0, eventDim))
  }
  /// ``init(_:_:eventDim:)`` with names.
  public init(loc: some DistributionParameter, scale: some DistributionParameter, eventDim: Int = 0) {
    self.init(loc, scale, eventDim: eventDim)
  }

  public var domain: Constraint { dims == 0 ? constraints.real : constraints.independent(constraints.real, dims) }
  public var codomain: Constraint { domain }
  public var sign: Tensor { scale.sign() }
  public func forward(_ x: Tensor) -> Tensor { loc + scale * x }
  public func inverse(_ y: Tensor) -> Tensor { (y - loc) / scale }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor {
    attempt(x, scale) { () throws(TensorError) in
      guard x.rank >= dims else { throw tooFewDimensions("AffineTransform", x.shape, dims) }
      let shape = try broadcastShapes([x.shape, scale.shape], "AffineTransform")
      return sumRightmost(scale.abs().log().to(x.dtype).placed(with: x).expand(shape), dims)
    }
  }
  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    try broadcastShapes([shape, loc.shape, scale.shape], "AffineTransform")
  }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] { try forwardShape(shape) }
  public func isEqual(to other: any DistributionTransform) -> Bool {
    (other as? AffineTransform).map { areEqual(loc, $0.loc) && areEqual(scale, $0.scale) } ?? false
  }
}

/// y = F(x), the distribution function: uniform numbers of those of the distribution, and back.
public struct CumulativeDistributionTransform: DistributionTransform {
  public let distribution: any Distribution

  /// - Parameter distribution: one with `cdf` and, for the inverse, `icdf`.
  public init(_ distribution: any Distribution) { self.distribution = distribution }
  /// ``init(_:)`` with a name.
  public init(distribution: any Distribution) { self.init(distribution) }

  public var domain: Constraint { distribution.support }
  public var codomain: Constraint { constraints.unitInterval }
  public var sign: Tensor { Tensor(1.0) }
  public func forward(_ x: Tensor) -> Tensor { distribution.cdf(x) }
  public func inverse(_ y: Tensor) -> Tensor { distribution.icdf(y) }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor { distribution.logProb(x) }
  public func isEqual(to other: any DistributionTransform) -> Bool { false }
}

/// Whether two tensors have the same elements. What an interpreter follows is taken for different.
func areEqual(_ a: Tensor, _ b: Tensor) -> Bool {
  guard Validation.canRead, !a.hasFailed, !b.hasFailed, broadcastShapes(a.shape, b.shape) != nil else { return false }
  return noGrad { a.detach().eq(b.detach()).all().item() != 0 }
}
