import ApusCore

// The normal distribution, and those of its exponential and its size.

/// The normal (Gaussian) distribution of mean `loc` and standard deviation `scale`.
public struct Normal: Distribution {
  public let loc: Tensor
  public let scale: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["loc": constraints.real, "scale": constraints.positive]
  }

  /// - Parameters:
  ///   - loc: the mean.
  ///   - scale: the standard deviation, above 0.
  public init(
    _ loc: some DistributionParameter, _ scale: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("Normal", Self.argConstraints, validateArgs, loc, scale)
    (self.loc, self.scale, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    loc: some DistributionParameter, scale: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(loc, scale, validateArgs: validateArgs) }

  private init(unchecked loc: Tensor, _ scale: Tensor, _ validateArgs: Bool) {
    (self.loc, self.scale, self.validateArgs) = (loc, scale, validateArgs)
  }

  public var batchShape: [Int] { loc.shape }
  public var support: Constraint { constraints.real }
  public var hasRsample: Bool { true }
  public var mean: Tensor { loc }
  public var mode: Tensor { loc }
  public var stddev: Tensor { scale }
  public var variance: Tensor { scale.square() }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = loc.failed ?? scale.failed { return failed }
    return loc + randn(extended(shape), dtype: loc.dtype).placed(with: loc) * scale
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return -(value - loc).square() / (2 * variance) - scale.log() - halfLogTwoPi
  }

  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return 0.5 * (1 + ((value - loc) / scale * 0.5.squareRoot()).erf())
  }

  public func icdf(_ value: Tensor) -> Tensor { loc + scale * (2 * value - 1).erfinv() * 2.0.squareRoot() }

  public func entropy() -> Tensor { scale.log() + (0.5 + halfLogTwoPi) }

  public func expand(_ batchShape: [Int]) -> Normal {
    Normal(unchecked: loc.expand(batchShape), scale.expand(batchShape), validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    switch other {
    case let other as Normal:
      let ratio = (scale / other.scale).square()
      let distance = ((loc - other.loc) / other.scale).square()
      return 0.5 * (ratio + distance - 1 - ratio.log())
    case let other as Laplace:
      let distance = loc - other.loc
      let relative = distance / scale
      let first = (2 / Double.pi).squareRoot() * scale * (-0.5 * relative.square()).exp()
      let second = distance * (relative * 0.5.squareRoot()).erf()
      return -(scale / other.scale).log() + (first + second) / other.scale
        - (0.5 + halfLogTwoPi - 0.69314718055994530942)
    case let other as Gumbel:
      let (place, ratio) = ((loc - other.loc) / other.scale, scale / other.scale)
      return place - ratio.log() + (0.5 * ratio.square() - place).exp() - (0.5 + halfLogTwoPi)
    default: return beyondSupport(other, of: self)
    }
  }
}

/// The distribution of numbers whose logarithm is normal, with mean `loc` and standard deviation `scale`.
public struct LogNormal: Distribution {
  /// The distribution of the logarithms.
  public let base: Normal

  public static var argConstraints: KeyValuePairs<String, Constraint> { Normal.argConstraints }
  public var support: Constraint { constraints.positive }
  public var validateArgs: Bool { base.validateArgs }
  public var loc: Tensor { base.loc }
  public var scale: Tensor { base.scale }

  /// - Parameters:
  ///   - loc: the mean of the logarithm.
  ///   - scale: the standard deviation of the logarithm, above 0.
  public init(
    _ loc: some DistributionParameter, _ scale: some DistributionParameter, validateArgs: Bool? = nil
  ) { base = Normal(loc, scale, validateArgs: validateArgs) }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(loc: some DistributionParameter, scale: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(loc, scale, validateArgs: validateArgs)
  }

  private init(_ base: Normal) { self.base = base }

  public var batchShape: [Int] { base.batchShape }
  public var hasRsample: Bool { true }
  public var mean: Tensor { (loc + scale.square() / 2).exp() }
  public var mode: Tensor { (loc - scale.square()).exp() }
  public var variance: Tensor {
    let square = scale.square()
    return square.expm1() * (2 * loc + square).exp()
  }

  public func rsample(_ shape: [Int]) -> Tensor { base.rsample(shape).exp() }
  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let logarithm = value.log()
    return base.logProb(logarithm) - logarithm
  }
  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return base.cdf(value.log())
  }
  public func icdf(_ value: Tensor) -> Tensor { base.icdf(value).exp() }
  public func entropy() -> Tensor { base.entropy() + loc }
  public func expand(_ batchShape: [Int]) -> LogNormal { LogNormal(base.expand(batchShape)) }

  public func divergence(from other: any Distribution) -> Tensor? {
    (other as? LogNormal).flatMap { base.divergence(from: $0.base) }
  }
}

/// The distribution of the sizes of normal numbers with mean 0 and standard deviation `scale`.
public struct HalfNormal: Distribution {
  private let base: Normal
  public var scale: Tensor { base.scale }

  public static var argConstraints: KeyValuePairs<String, Constraint> { ["scale": constraints.positive] }
  public var support: Constraint { constraints.nonnegative }
  public var validateArgs: Bool { base.validateArgs }

  /// - Parameter scale: the standard deviation of the normal numbers, above 0.
  public init(_ scale: some DistributionParameter, validateArgs: Bool? = nil) {
    let all = Parameters("HalfNormal", Self.argConstraints, validateArgs, scale)
    base = Normal(zerosLike(all[0]), all[0], validateArgs: validateArgs)
  }

  /// ``init(_:validateArgs:)`` with a name.
  public init(scale: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(scale, validateArgs: validateArgs)
  }

  private init(base: Normal) { self.base = base }

  public var batchShape: [Int] { base.batchShape }
  public var hasRsample: Bool { true }
  public var mean: Tensor { scale * (2 / Double.pi).squareRoot() }
  public var mode: Tensor { zerosLike(scale) }
  public var variance: Tensor { scale.square() * (1 - 2 / Double.pi) }

  public func rsample(_ shape: [Int]) -> Tensor { base.rsample(shape).abs() }
  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let density = base.logProb(value) + 0.69314718055994530942
    return density.maskedFill(noGrad { value.detach().lt(0) }, -Double.infinity)
  }
  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return 2 * base.cdf(value) - 1
  }
  public func icdf(_ value: Tensor) -> Tensor { base.icdf((value + 1) / 2) }
  public func entropy() -> Tensor { base.entropy() - 0.69314718055994530942 }
  public func expand(_ batchShape: [Int]) -> HalfNormal { HalfNormal(base: base.expand(batchShape)) }

  public func divergence(from other: any Distribution) -> Tensor? {
    (other as? HalfNormal).flatMap { base.divergence(from: $0.base) }
  }
}
