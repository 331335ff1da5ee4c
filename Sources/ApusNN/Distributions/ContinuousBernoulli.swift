import ApusCore
import ApusFunctional

/// The continuous Bernoulli distribution of numbers from 0 to 1, the likelihood that belongs to binary cross entropy of such
/// (Loaiza-Ganem and Cunningham, 2019).
public struct ContinuousBernoulli: Distribution {
  private let chances: Chances
  /// Between these probabilities, where both halves of a quotient vanish, a series stands for it.
  private let lims: (Double, Double)
  public let validateArgs: Bool
  /// The parameter as a probability.
  public var probs: Tensor { chances.isLogits ? clampedChances(chances.probs) : chances.given }
  /// The parameter as the logarithm of odds.
  public var logits: Tensor { chances.logits }

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofEvent }

  /// - Parameters:
  ///   - probs: the parameter, in 0...1; at 0.5 the distribution is uniform.
  ///   - lims: the ends of the neighbourhood of 0.5 where series are used.
  public init(
    _ probs: some DistributionParameter, lims: (Double, Double) = (0.499, 0.501), validateArgs: Bool? = nil
  ) {
    let checked = Chances.event(probs.parameterTensor, isLogits: false, "ContinuousBernoulli", validateArgs)
    self.init(
      Chances(isLogits: false, given: clampedChances(checked.given), isBinary: true), lims,
      validateArgs ?? Validation.isDefault)
  }
  /// ``init(_:lims:validateArgs:)`` with a name.
  public init(
    probs: some DistributionParameter, lims: (Double, Double) = (0.499, 0.501), validateArgs: Bool? = nil
  ) { self.init(probs, lims: lims, validateArgs: validateArgs) }
  /// - Parameters:
  ///   - logits: the parameter as the logarithm of odds.
  ///   - lims: the ends of the neighbourhood of 0.5 where series are used.
  public init(
    logits: some DistributionParameter, lims: (Double, Double) = (0.499, 0.501), validateArgs: Bool? = nil
  ) {
    self.init(
      .event(logits.parameterTensor, isLogits: true, "ContinuousBernoulli", validateArgs), lims,
      validateArgs ?? Validation.isDefault)
  }
  private init(_ chances: Chances, _ lims: (Double, Double), _ validateArgs: Bool) {
    (self.chances, self.lims, self.validateArgs) = (chances, lims, validateArgs)
  }

  /// Where the quotients can be computed.
  private var isStable: Tensor {
    noGrad {
      let p = probs.detach()
      return p.le(lims.0) | p.gt(lims.1)
    }
  }
  /// The probabilities, those in the middle moved to its end.
  private var cut: Tensor {
    let p = probs
    return p.hasFailed ? p : p.maskedFill(isStable.logicalNot(), lims.0)
  }
  /// The quotient where it can be computed, the series else.
  private func chosen(_ quotient: Tensor, _ series: Tensor) -> Tensor { `where`(isStable, quotient, series) }

  /// The logarithm of the factor that makes the density integrate to 1.
  var logNormaliser: Tensor {
    let p = cut
    if p.hasFailed { return p }
    let isLow = noGrad { p.detach().le(0.5) }
    let low = (-2 * p.maskedFill(noGrad { p.detach().gt(0.5) }, 0)).log1p()
    let high = (2 * p.maskedFill(noGrad { p.detach().lt(0.5) }, 1) - 1).log()
    let found = ((-p).log1p() - p.log()).abs().log() - `where`(isLow, low, high)
    let x = (probs - 0.5).square()
    return chosen(found, logTwo + (4.0 / 3 + 104.0 / 45 * x) * x)
  }

  public var batchShape: [Int] { chances.given.shape }
  public var support: Constraint { constraints.unitInterval }
  public var hasRsample: Bool { true }
  public var mean: Tensor {
    let p = cut
    let x = probs - 0.5
    return chosen(
      p / (2 * p - 1) + ((-p).log1p() - p.log()).reciprocal(), 0.5 + (1.0 / 3 + 16.0 / 45 * x.square()) * x)
  }
  public var variance: Tensor {
    let p = cut
    let x = (probs - 0.5).square()
    return chosen(
      p * (p - 1) / (1 - 2 * p).square() + ((-p).log1p() - p.log()).square().reciprocal(),
      1.0 / 12 - (1.0 / 15 - 128.0 / 945 * x) * x)
  }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = chances.given.failed { return failed }
    return icdf(rand(extended(shape), dtype: chances.given.dtype).placed(with: chances.given))
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let all = broadcastParameters([logits, validated(value).parameterTensor], "ContinuousBernoulli")
    return logNormaliser - binaryCrossEntropyWithLogits(all[0], all[1], reduction: .none)
  }

  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let p = cut
    let inner = (p.pow(value) * (1 - p).pow(1 - value) + p - 1) / (2 * p - 1)
    if let failed = inner.failed { return failed }
    let found = chosen(inner, value)
    let (isBelow, isAbove) = noGrad { (value.detach().le(0), value.detach().ge(1)) }
    return found.maskedFill(isAbove, 1).maskedFill(isBelow, 0)
  }

  public func icdf(_ value: Tensor) -> Tensor {
    let p = cut
    let rest = (-p).log1p()
    let found = ((-p + value * (2 * p - 1)).log1p() - rest) / (p.log() - rest)
    return chosen(found, value)
  }

  public func entropy() -> Tensor {
    let (miss, hit) = ((-probs).log1p(), probs.log())
    return mean * (miss - hit) - logNormaliser - miss
  }

  public func expand(_ batchShape: [Int]) -> ContinuousBernoulli {
    ContinuousBernoulli(chances.expand(batchShape), lims, validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    switch other {
    case let other as ContinuousBernoulli:
      let first = mean * (logits - other.logits) + logNormaliser + (-probs).log1p()
      return first - other.logNormaliser - (-other.probs).log1p()
    case let other as Exponential: return -entropy() - other.rate.log() + other.rate * mean
    case let other as Normal:
      let first = halfLogTwoPi + 0.5 * (other.loc / other.scale).square() + other.scale.log()
      return -entropy() + first
        + (variance + mean.square() - 2 * other.loc * mean) / (2 * other.scale.square())
    case let other as Uniform:
      let found = -entropy() + (other.high - other.low).log()
      return found.maskedFill(noGrad { other.low.ge(0) | other.high.le(1) }, Double.infinity)
    case is Pareto: return infiniteDivergence(self, other)
    default: return nil
    }
  }
}
