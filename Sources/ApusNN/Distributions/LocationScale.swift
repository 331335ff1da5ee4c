import ApusCore

// Distributions of all real numbers that a location moves and a scale stretches.

/// The Laplace distribution: two exponential ones back to back.
public struct Laplace: Distribution {
  public let loc: Tensor
  public let scale: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["loc": constraints.real, "scale": constraints.positive]
  }

  /// - Parameters:
  ///   - loc: the mean.
  ///   - scale: above 0.
  public init(
    _ loc: some DistributionParameter, _ scale: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("Laplace", Self.argConstraints, validateArgs, loc, scale)
    (self.loc, self.scale, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    loc: some DistributionParameter, scale: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(loc, scale, validateArgs: validateArgs) }

  public var batchShape: [Int] { loc.shape }
  public var support: Constraint { constraints.real }
  public var hasRsample: Bool { true }
  public var mean: Tensor { loc }
  public var mode: Tensor { loc }
  public var variance: Tensor { 2 * scale.square() }
  public var stddev: Tensor { 2.0.squareRoot() * scale }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = loc.failed ?? scale.failed { return failed }
    var u = Tensor.zeros(extended(shape), dtype: loc.dtype).placed(with: loc)
    u.uniform(loc.dtype.roundoff - 1, 1)
    return loc - scale * u.sign() * (-u.abs()).log1p()
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return -(2 * scale).log() - (value - loc).abs() / scale
  }

  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let distance = value - loc
    return 0.5 - 0.5 * distance.sign() * (-distance.abs() / scale).expm1()
  }

  public func icdf(_ value: Tensor) -> Tensor {
    let term = value - 0.5
    return loc - scale * term.sign() * (-2 * term.abs()).log1p()
  }

  public func entropy() -> Tensor { 1 + (2 * scale).log() }
  public func expand(_ batchShape: [Int]) -> Laplace {
    Laplace(loc.expand(batchShape), scale.expand(batchShape), validateArgs: validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    let distance = { (place: Tensor) in (loc - place).abs() }
    switch other {
    case let other as Laplace:
      let (ratio, distance) = (scale / other.scale, distance(other.loc))
      return -ratio.log() + distance / other.scale + ratio * (-distance / scale).exp() - 1
    case let other as Normal:
      let square = (scale / other.scale).square()
      let spread = square + 0.5 * (distance(other.loc) / other.scale).square()
      return spread - 0.5 * (2 / Double.pi * square).log() - 1
    default: return beyondSupport(other, of: self)
    }
  }
}

/// The Gumbel distribution, that of the largest of many numbers.
public struct Gumbel: Distribution {
  public let loc: Tensor
  public let scale: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["loc": constraints.real, "scale": constraints.positive]
  }

  /// - Parameters:
  ///   - loc: the mode.
  ///   - scale: above 0.
  public init(
    _ loc: some DistributionParameter, _ scale: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("Gumbel", Self.argConstraints, validateArgs, loc, scale)
    (self.loc, self.scale, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    loc: some DistributionParameter, scale: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(loc, scale, validateArgs: validateArgs) }

  public var batchShape: [Int] { loc.shape }
  public var support: Constraint { constraints.real }
  public var hasRsample: Bool { true }
  public var mean: Tensor { loc + scale * eulerGamma }
  public var mode: Tensor { loc }
  public var stddev: Tensor { Double.pi / 6.0.squareRoot() * scale }
  public var variance: Tensor { stddev.square() }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = loc.failed ?? scale.failed { return failed }
    let (low, high) = (loc.dtype.smallestNormal, 1 - loc.dtype.roundoff)
    let u = rand(extended(shape), dtype: loc.dtype).placed(with: loc) * (high - low) + low
    return loc - scale * (-u.log()).log()
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let y = (loc - value) / scale
    return y - y.exp() - scale.log()
  }

  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return (-((loc - value) / scale).exp()).exp()
  }
  public func icdf(_ value: Tensor) -> Tensor { loc - scale * (-value.log()).log() }
  public func entropy() -> Tensor { scale.log() + (1 + eulerGamma) }
  public func expand(_ batchShape: [Int]) -> Gumbel {
    Gumbel(loc.expand(batchShape), scale.expand(batchShape), validateArgs: validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    switch other {
    case let other as Gumbel:
      let (ratio, place) = (scale / other.scale, (loc - other.loc) / other.scale)
      return -ratio.log() + place + ratio * eulerGamma + ((1 + ratio).lgamma() - place).exp() - (1 + eulerGamma)
    case let other as Normal:
      let ratio = scale / other.scale
      let distance = (loc + scale * eulerGamma - other.loc) / other.scale
      let spread = (ratio * (0.5 * Double.pi)).square() / 3
      return spread + 0.5 * distance.square() - ratio.log() + (halfLogTwoPi - eulerGamma - 1)
    default: return beyondSupport(other, of: self)
    }
  }
}

/// The Cauchy distribution, which has no mean.
public struct Cauchy: Distribution {
  public let loc: Tensor
  public let scale: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["loc": constraints.real, "scale": constraints.positive]
  }

  /// - Parameters:
  ///   - loc: the median.
  ///   - scale: half the width at half the height, above 0.
  public init(
    _ loc: some DistributionParameter, _ scale: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("Cauchy", Self.argConstraints, validateArgs, loc, scale)
    (self.loc, self.scale, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    loc: some DistributionParameter, scale: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(loc, scale, validateArgs: validateArgs) }

  public var batchShape: [Int] { loc.shape }
  public var support: Constraint { constraints.real }
  public var hasRsample: Bool { true }
  public var mean: Tensor { noGrad { fullLike(loc, Double.nan) } }
  public var mode: Tensor { loc }
  public var variance: Tensor { noGrad { fullLike(loc, Double.infinity) } }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = loc.failed ?? scale.failed { return failed }
    var noise = Tensor.zeros(extended(shape), dtype: loc.dtype).placed(with: loc)
    noise.cauchy()
    return loc + noise * scale
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return -1.14472988584940017414 - scale.log() - ((value - loc) / scale).square().log1p()
  }

  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return ((value - loc) / scale).atan() / Double.pi + 0.5
  }
  public func icdf(_ value: Tensor) -> Tensor { (Double.pi * (value - 0.5)).tan() * scale + loc }
  public func entropy() -> Tensor { scale.log() + 2.53102424696929079 }
  public func expand(_ batchShape: [Int]) -> Cauchy {
    Cauchy(loc.expand(batchShape), scale.expand(batchShape), validateArgs: validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? Cauchy else { return nil }
    let sums = (scale + other.scale).square() + (loc - other.loc).square()
    return sums.log() - (4 * scale * other.scale).log()
  }
}

/// The distribution of the sizes of Cauchy numbers with median 0.
public struct HalfCauchy: Distribution {
  private let base: Cauchy
  public var scale: Tensor { base.scale }

  public static var argConstraints: KeyValuePairs<String, Constraint> { ["scale": constraints.positive] }
  public var support: Constraint { constraints.nonnegative }
  public var validateArgs: Bool { base.validateArgs }

  /// - Parameter scale: that of the Cauchy numbers, above 0.
  public init(_ scale: some DistributionParameter, validateArgs: Bool? = nil) {
    let all = Parameters("HalfCauchy", Self.argConstraints, validateArgs, scale)
    base = Cauchy(zerosLike(all[0]), all[0], validateArgs: validateArgs)
  }

  /// ``init(_:validateArgs:)`` with a name.
  public init(scale: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(scale, validateArgs: validateArgs)
  }

  public var batchShape: [Int] { base.batchShape }
  public var hasRsample: Bool { true }
  public var mean: Tensor { noGrad { fullLike(scale, Double.infinity) } }
  public var mode: Tensor { zerosLike(scale) }
  public var variance: Tensor { base.variance }

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
  public func expand(_ batchShape: [Int]) -> HalfCauchy {
    HalfCauchy(scale.expand(batchShape), validateArgs: validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    (other as? HalfCauchy).flatMap { base.divergence(from: $0.base) }
  }
}
