import ApusCore

// Distributions of numbers in a part of the real line.

/// The uniform distribution between `low` and `high`.
public struct Uniform: Distribution {
  public let low: Tensor
  public let high: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["low": constraints.dependent, "high": constraints.dependent]
  }

  /// - Parameters:
  ///   - low: the lower end.
  ///   - high: the upper end, above `low`.
  public init(
    _ low: some DistributionParameter, _ high: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("Uniform", Self.argConstraints, validateArgs, low, high)
    self.validateArgs = all.validateArgs
    self.high = all[1]
    self.low = all.validateArgs ? Self.checked(all[0], below: all[1]) : all[0]
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    low: some DistributionParameter, high: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(low, high, validateArgs: validateArgs) }

  /// `low`, or an error where it is not below `high`.
  private static func checked(_ low: Tensor, below high: Tensor) -> Tensor {
    let text = "Uniform(\(parameterText([("low", low), ("high", high)])))"
    return Validation.parameter(low, "low", constraints.lessThan(high), text)
  }

  public var batchShape: [Int] { low.shape }
  public var support: Constraint { constraints.interval(low, high) }
  public var hasRsample: Bool { true }
  public var mean: Tensor { (high + low) / 2 }
  public var mode: Tensor { high * Double.nan }
  public var stddev: Tensor { (high - low) / 12.0.squareRoot() }
  public var variance: Tensor { (high - low).square() / 12 }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = low.failed ?? high.failed { return failed }
    return low + rand(extended(shape), dtype: low.dtype).placed(with: low) * (high - low)
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let inside = noGrad { (low.le(value) & high.gt(value)).to(low.dtype) }
    return inside.log() - (high - low).log()
  }

  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return ((value - low) / (high - low)).clamp(min: 0, max: 1)
  }
  public func icdf(_ value: Tensor) -> Tensor { value * (high - low) + low }
  public func entropy() -> Tensor { (high - low).log() }
  public func expand(_ batchShape: [Int]) -> Uniform {
    Uniform(low.expand(batchShape), high.expand(batchShape), validateArgs: validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    let width = high - low
    switch other {
    case let other as Uniform:
      let outside = noGrad { other.low.gt(low) | other.high.lt(high) }
      return ((other.high - other.low) / width).log().maskedFill(outside, Double.infinity)
    case let other as Exponential:
      let found = other.rate * (high + low) / 2 - (width * other.rate).log()
      return found.maskedFill(noGrad { low.lt(0) & other.rate.eq(other.rate) }, Double.infinity)
    case let other as Gamma:
      let slopes = (high.xlogy(high) - low.xlogy(low) - width) / width
      let found =
        other.rate * (high + low) / 2 + (1 - other.concentration) * slopes - width.log()
        + other.concentration.lgamma() - other.concentration * other.rate.log()
      return found.maskedFill(noGrad { low.lt(0) & other.rate.eq(other.rate) }, Double.infinity)
    case let other as Beta:
      let (a, b) = (other.concentration1, other.concentration0)
      let first = (a - 1) * (high.xlogy(high) - low.xlogy(low) - width) / width
      let (upper, lower) = (1 - high, 1 - low)
      let second = (b - 1) * (upper.xlogy(upper) - lower.xlogy(lower) + width) / width
      let found = second + a.lgamma() + b.lgamma() - (a + b).lgamma() - width.log() - first
      return found.maskedFill(noGrad { high.gt(1) | low.lt(0) & a.eq(a) }, Double.infinity)
    case let other as ContinuousBernoulli:
      let found = -entropy() - mean * other.logits - (-other.probs).log1p() - other.logNormaliser
      return found.maskedFill(noGrad { high.ge(1) | low.le(0) & other.probs.ge(0) }, Double.infinity)
    case let other as Gumbel:
      let (top, bottom) = ((high - other.loc) / other.scale, (low - other.loc) / other.scale)
      let ratio = other.scale / width
      return ratio.log() + 0.5 * (top + bottom) - ratio * ((-top).exp() - (-bottom).exp())
    case let other as Normal:
      let distance = ((high + low) / 2 - other.loc).square()
      return halfLogTwoPi + (other.scale / width).log() + 0.5 * (width.square() / 12 + distance) / other.scale.square()
    case let other as Pareto:
      let first = (other.alpha * other.scale.pow(other.alpha) * width).log()
      let second = (high.xlogy(high) - low.xlogy(low) - width) / width
      let found = second * (other.alpha + 1) - first
      return found.maskedFill(noGrad { low.lt(other.scale) }, Double.infinity)
    default: return nil
    }
  }
}

/// The exponential distribution of waiting times at `rate` events per unit.
public struct Exponential: Distribution {
  public let rate: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> { ["rate": constraints.positive] }
  public var support: Constraint { constraints.nonnegative }

  /// - Parameter rate: the inverse of the mean, above 0.
  public init(_ rate: some DistributionParameter, validateArgs: Bool? = nil) {
    let all = Parameters("Exponential", Self.argConstraints, validateArgs, rate)
    (self.rate, self.validateArgs) = (all[0], all.validateArgs)
  }

  /// ``init(_:validateArgs:)`` with a name.
  public init(rate: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(rate, validateArgs: validateArgs)
  }

  public var batchShape: [Int] { rate.shape }
  public var hasRsample: Bool { true }
  public var mean: Tensor { rate.reciprocal() }
  public var mode: Tensor { zerosLike(rate) }
  public var stddev: Tensor { rate.reciprocal() }
  public var variance: Tensor { rate.pow(-2) }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = rate.failed { return failed }
    var noise = Tensor.zeros(extended(shape), dtype: rate.dtype).placed(with: rate)
    noise.exponential()
    return noise / rate
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return rate.log() - rate * value
  }
  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return 1 - (-rate * value).exp()
  }
  public func icdf(_ value: Tensor) -> Tensor { -(-value).log1p() / rate }
  public func entropy() -> Tensor { 1 - rate.log() }
  public func expand(_ batchShape: [Int]) -> Exponential {
    Exponential(rate.expand(batchShape), validateArgs: validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    switch other {
    case let other as Exponential:
      let ratio = other.rate / rate
      return ratio - ratio.log() - 1
    case let other as Gumbel:
      let (product, place) = (rate * other.scale, other.loc / other.scale)
      return product.log() - 1 - place + place.exp() * product / (product + 1) + product.reciprocal()
    case let other as Normal:
      let distance = rate.pow(-2) - other.loc / rate + 0.5 * other.loc.square()
      return (rate * other.scale).log() + (halfLogTwoPi - 1) + distance / other.scale.square()
    case let other as Gamma:
      let ratio = other.rate / rate
      return -other.concentration * ratio.log() + ratio + other.concentration.lgamma()
        + other.concentration * eulerGamma - (1 + eulerGamma)
    case is Beta, is ContinuousBernoulli, is Uniform, is Pareto: return infiniteDivergence(self, other)
    default: return nil
    }
  }
}

/// The Weibull distribution of lifetimes.
public struct Weibull: Distribution {
  public let scale: Tensor
  public let concentration: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["scale": constraints.positive, "concentration": constraints.positive]
  }

  /// - Parameters:
  ///   - scale: above 0.
  ///   - concentration: the shape, above 0; 1 gives the exponential distribution.
  public init(
    _ scale: some DistributionParameter, _ concentration: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("Weibull", Self.argConstraints, validateArgs, scale, concentration)
    (self.scale, self.concentration, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    scale: some DistributionParameter, concentration: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(scale, concentration, validateArgs: validateArgs) }

  private var inverse: Tensor { concentration.reciprocal() }

  public var batchShape: [Int] { scale.shape }
  public var support: Constraint { constraints.positive }
  public var hasRsample: Bool { true }
  public var mean: Tensor { scale * (1 + inverse).lgamma().exp() }
  public var mode: Tensor { scale * ((concentration - 1) / concentration).pow(inverse) }
  public var variance: Tensor {
    scale.square() * ((1 + 2 * inverse).lgamma().exp() - (2 * (1 + inverse).lgamma()).exp())
  }

  public func rsample(_ shape: [Int]) -> Tensor {
    let noise = Exponential(onesLike(scale), validateArgs: false).rsample(shape)
    return noise.pow(inverse) * scale
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let relative = value / scale
    return (concentration / scale).log() + (concentration - 1) * relative.log() - relative.pow(concentration)
  }

  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return -(-(value / scale).pow(concentration)).expm1()
  }
  public func icdf(_ value: Tensor) -> Tensor { scale * (-(-value).log1p()).pow(inverse) }
  public func entropy() -> Tensor { eulerGamma * (1 - inverse) + (scale * inverse).log() + 1 }
  public func expand(_ batchShape: [Int]) -> Weibull {
    Weibull(scale.expand(batchShape), concentration.expand(batchShape), validateArgs: validateArgs)
  }
}

/// The Pareto distribution of numbers from `scale` on, whose logarithms are exponential.
public struct Pareto: Distribution {
  public let scale: Tensor
  public let alpha: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["alpha": constraints.positive, "scale": constraints.positive]
  }

  /// - Parameters:
  ///   - scale: the smallest value, above 0.
  ///   - alpha: the rate of the logarithms, above 0.
  public init(
    _ scale: some DistributionParameter, _ alpha: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("Pareto", Self.argConstraints, validateArgs, alpha, scale)
    (self.alpha, self.scale, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    scale: some DistributionParameter, alpha: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(scale, alpha, validateArgs: validateArgs) }

  public var batchShape: [Int] { scale.shape }
  public var support: Constraint { constraints.greaterThanEq(scale) }
  public var hasRsample: Bool { true }
  public var mean: Tensor {
    let a = alpha.clamp(min: 1)
    return a * scale / (a - 1)
  }
  public var mode: Tensor { scale }
  public var variance: Tensor {
    let a = alpha.clamp(min: 2)
    return scale.square() * a / ((a - 1).square() * (a - 2))
  }

  public func rsample(_ shape: [Int]) -> Tensor { scale * Exponential(alpha, validateArgs: false).rsample(shape).exp() }
  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return alpha.log() + alpha * scale.log() - (alpha + 1) * value.log()
  }
  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return 1 - (scale / value).pow(alpha)
  }
  public func icdf(_ value: Tensor) -> Tensor { scale * (1 - value).pow(-alpha.reciprocal()) }
  public func entropy() -> Tensor { (scale / alpha).log() + 1 + alpha.reciprocal() }
  public func expand(_ batchShape: [Int]) -> Pareto {
    Pareto(scale.expand(batchShape), alpha.expand(batchShape), validateArgs: validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    switch other {
    case let other as Pareto:
      let ratio = other.alpha / alpha
      let found = other.alpha * (scale / other.scale).log() - ratio.log() + ratio - 1
      return found.maskedFill(noGrad { scale.lt(other.scale) }, Double.infinity)
    case let other as Exponential:
      let product = scale * other.rate
      let found = (alpha / product).log() - alpha.reciprocal() + alpha * product / (alpha - 1) - 1
      return found.maskedFill(noGrad { alpha.le(1) & other.rate.eq(other.rate) }, Double.infinity)
    case let other as Normal:
      let common = scale / (alpha - 1)
      let distance = alpha * common.square() / (alpha - 2) + (alpha * common - other.loc).square()
      let found =
        halfLogTwoPi + (other.scale * alpha / scale).log() - alpha.reciprocal()
        + distance / (2 * other.scale.square()) - 1
      return found.maskedFill(noGrad { alpha.le(2) & other.scale.eq(other.scale) }, Double.infinity)
    case let other as Gamma:
      let common = scale.log() + alpha.reciprocal()
      let first = other.concentration.lgamma() - other.concentration * other.rate.log()
      let second = (1 - other.concentration) * common + other.rate * alpha * scale / (alpha - 1)
      let found = alpha.log() - common + first + second - 1
      return found.maskedFill(noGrad { alpha.le(1) & other.rate.eq(other.rate) }, Double.infinity)
    case is Beta, is ContinuousBernoulli, is Uniform: return infiniteDivergence(self, other)
    default: return nil
    }
  }
}
