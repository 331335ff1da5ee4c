import ApusCore

// Distributions of numbers in a part of the real line.

/// The uniform distribution between `low` and `high`.
public struct Uniform: Distribution {
  public let low: Tensor
  public let high: Tensor

  /// - Parameters:
  ///   - low: the lower end.
  ///   - high: the upper end, above `low`.
  public init(_ low: some DistributionParameter, _ high: some DistributionParameter) {
    let both = broadcastParameters([low.parameterTensor, high.parameterTensor], "Uniform")
    self.low = both[0]
    let width = both[1].hasFailed ? both[1] : Constraint.positive.checked(both[1] - both[0], "high - low", "Uniform")
    self.high = width.hasFailed ? width : both[1]
  }

  /// ``init(_:_:)`` with names.
  public init(low: some DistributionParameter, high: some DistributionParameter) { self.init(low, high) }

  public var batchShape: [Int] { low.shape }
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
    let inside = noGrad { (low.le(value) & high.gt(value)).to(low.dtype) }
    return inside.log() - (high - low).log()
  }

  public func cdf(_ value: Tensor) -> Tensor { ((value - low) / (high - low)).clamp(min: 0, max: 1) }
  public func icdf(_ value: Tensor) -> Tensor { value * (high - low) + low }
  public func entropy() -> Tensor { (high - low).log() }
  public func expand(_ batchShape: [Int]) -> Uniform { Uniform(low.expand(batchShape), high.expand(batchShape)) }

  public func divergence(from other: any Distribution) -> Tensor? {
    let width = high - low
    switch other {
    case let other as Uniform:
      let outside = noGrad { other.low.gt(low) | other.high.lt(high) }
      return ((other.high - other.low) / width).log().maskedFill(outside, Double.infinity)
    case let other as Exponential:
      let found = other.rate * (high + low) / 2 - (width * other.rate).log()
      return found.maskedFill(noGrad { low.lt(0) & other.rate.eq(other.rate) }, Double.infinity)
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

  /// - Parameter rate: the inverse of the mean, above 0.
  public init(_ rate: some DistributionParameter) {
    self.rate = Constraint.positive.checked(rate.parameterTensor, "rate", "Exponential")
  }

  /// ``init(_:)`` with a name.
  public init(rate: some DistributionParameter) { self.init(rate) }

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

  public func logProb(_ value: Tensor) -> Tensor { rate.log() - rate * value }
  public func cdf(_ value: Tensor) -> Tensor { 1 - (-rate * value).exp() }
  public func icdf(_ value: Tensor) -> Tensor { -(-value).log1p() / rate }
  public func entropy() -> Tensor { 1 - rate.log() }
  public func expand(_ batchShape: [Int]) -> Exponential { Exponential(rate.expand(batchShape)) }

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
    case is Uniform, is Pareto: return beyondSupport(other, of: self)
    default: return nil
    }
  }
}

/// The Weibull distribution of lifetimes.
public struct Weibull: Distribution {
  public let scale: Tensor
  public let concentration: Tensor

  /// - Parameters:
  ///   - scale: above 0.
  ///   - concentration: the shape, above 0; 1 gives the exponential distribution.
  public init(_ scale: some DistributionParameter, _ concentration: some DistributionParameter) {
    let both = broadcastParameters([scale.parameterTensor, concentration.parameterTensor], "Weibull")
    self.scale = Constraint.positive.checked(both[0], "scale", "Weibull")
    self.concentration = Constraint.positive.checked(both[1], "concentration", "Weibull")
  }

  /// ``init(_:_:)`` with names.
  public init(scale: some DistributionParameter, concentration: some DistributionParameter) {
    self.init(scale, concentration)
  }

  private var inverse: Tensor { concentration.reciprocal() }

  public var batchShape: [Int] { scale.shape }
  public var hasRsample: Bool { true }
  public var mean: Tensor { scale * (1 + inverse).lgamma().exp() }
  public var mode: Tensor { scale * ((concentration - 1) / concentration).pow(inverse) }
  public var variance: Tensor {
    scale.square() * ((1 + 2 * inverse).lgamma().exp() - (2 * (1 + inverse).lgamma()).exp())
  }

  public func rsample(_ shape: [Int]) -> Tensor {
    let noise = Exponential(onesLike(scale)).rsample(shape)
    return noise.pow(inverse) * scale
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let relative = value / scale
    return (concentration / scale).log() + (concentration - 1) * relative.log() - relative.pow(concentration)
  }

  public func cdf(_ value: Tensor) -> Tensor { -(-(value / scale).pow(concentration)).expm1() }
  public func icdf(_ value: Tensor) -> Tensor { scale * (-(-value).log1p()).pow(inverse) }
  public func entropy() -> Tensor { eulerGamma * (1 - inverse) + (scale * inverse).log() + 1 }
  public func expand(_ batchShape: [Int]) -> Weibull {
    Weibull(scale.expand(batchShape), concentration.expand(batchShape))
  }
}

/// The Pareto distribution of numbers from `scale` on, whose logarithms are exponential.
public struct Pareto: Distribution {
  public let scale: Tensor
  public let alpha: Tensor

  /// - Parameters:
  ///   - scale: the smallest value, above 0.
  ///   - alpha: the rate of the logarithms, above 0.
  public init(_ scale: some DistributionParameter, _ alpha: some DistributionParameter) {
    let both = broadcastParameters([scale.parameterTensor, alpha.parameterTensor], "Pareto")
    self.scale = Constraint.positive.checked(both[0], "scale", "Pareto")
    self.alpha = Constraint.positive.checked(both[1], "alpha", "Pareto")
  }

  /// ``init(_:_:)`` with names.
  public init(scale: some DistributionParameter, alpha: some DistributionParameter) { self.init(scale, alpha) }

  public var batchShape: [Int] { scale.shape }
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

  public func rsample(_ shape: [Int]) -> Tensor { scale * Exponential(alpha).rsample(shape).exp() }
  public func logProb(_ value: Tensor) -> Tensor {
    alpha.log() + alpha * scale.log() - (alpha + 1) * value.log()
  }
  public func cdf(_ value: Tensor) -> Tensor { 1 - (scale / value).pow(alpha) }
  public func icdf(_ value: Tensor) -> Tensor { scale * (1 - value).pow(-alpha.reciprocal()) }
  public func entropy() -> Tensor { (scale / alpha).log() + 1 + alpha.reciprocal() }
  public func expand(_ batchShape: [Int]) -> Pareto { Pareto(scale.expand(batchShape), alpha.expand(batchShape)) }

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
    case is Uniform: return beyondSupport(other, of: self)
    default: return nil
    }
  }
}
