import ApusCore
import ApusFunctional

// Distributions of parts of a whole.

/// The Dirichlet distribution of vectors of probabilities.
public struct Dirichlet: Distribution {
  public let concentration: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["concentration": constraints.independent(constraints.positive, 1)]
  }

  /// - Parameter concentration: weights of the parts, above 0, `[..., parts]`.
  public init(_ concentration: Tensor, validateArgs: Bool? = nil) {
    let all = Parameters("Dirichlet", concentration.rank > 0 ? Self.argConstraints : [:], validateArgs, concentration)
    self.validateArgs = all.validateArgs
    self.concentration =
      all[0].hasFailed || all[0].rank > 0
      ? all[0]
      : fail(TensorError(.shape, "Dirichlet", "the concentration must have at least one dimension, and found a number"))
  }

  /// ``init(_:validateArgs:)`` with a name.
  public init(concentration: Tensor, validateArgs: Bool? = nil) {
    self.init(concentration, validateArgs: validateArgs)
  }

  private var total: Tensor { concentration.sum([-1]) }
  private var count: Int { concentration.shape.last ?? 0 }

  public var batchShape: [Int] { Array(concentration.shape.dropLast()) }
  public var eventShape: [Int] { Array(concentration.shape.suffix(1)) }
  public var support: Constraint { constraints.simplex }
  public var hasRsample: Bool { true }
  public var mean: Tensor { concentration / concentration.sum([-1], keepDim: true) }
  public var mode: Tensor {
    if let failed = concentration.failed { return failed }
    let excess = (concentration - 1).clamp(min: 0)
    let found = excess / excess.sum([-1], keepDim: true)
    // Where no part has more than the even share, one corner stands for all.
    let isCorner = noGrad { concentration.detach().lt(1).all([-1], keepDim: true) }
    let corner = noGrad { oneHot(found.detach().argmax(-1), numClasses: count).to(found.dtype) }
    return `where`(isCorner, corner, found)
  }
  public var variance: Tensor {
    let total = concentration.sum([-1], keepDim: true)
    return concentration * (total - concentration) / (total.square() * (total + 1))
  }

  /// Samples with implicit gradients in the concentrations. A second derivative is refused.
  public func rsample(_ shape: [Int]) -> Tensor { standardDirichlet(concentration.expand(extended(shape))) }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return (concentration - 1).xlogy(value).sum([-1]) + total.lgamma() - concentration.lgamma().sum([-1])
  }

  public func entropy() -> Tensor {
    let total = total
    let first = concentration.lgamma().sum([-1]) - total.lgamma() - (Double(count) - total) * total.digamma()
    return first - ((concentration - 1) * concentration.digamma()).sum([-1])
  }

  public func expand(_ batchShape: [Int]) -> Dirichlet {
    Dirichlet(concentration.expand(batchShape + eventShape), validateArgs: validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? Dirichlet else { return nil }
    let first = total.lgamma() - other.total.lgamma()
    let second = (concentration.lgamma() - other.concentration.lgamma()).sum([-1])
    let third = (concentration - other.concentration) * (concentration.digamma() - total.digamma().unsqueeze(-1))
    return first - second + third.sum([-1])
  }
}

/// The beta distribution of a probability.
public struct Beta: Distribution {
  private let base: Dirichlet
  /// The weight of 1.
  public var concentration1: Tensor {
    base.concentration.hasFailed ? base.concentration : base.concentration.select(-1, 0)
  }
  /// The weight of 0.
  public var concentration0: Tensor {
    base.concentration.hasFailed ? base.concentration : base.concentration.select(-1, 1)
  }

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["concentration1": constraints.positive, "concentration0": constraints.positive]
  }

  /// - Parameters:
  ///   - concentration1: the weight of 1, above 0.
  ///   - concentration0: that of 0, above 0.
  public init(
    _ concentration1: some DistributionParameter, _ concentration0: some DistributionParameter,
    validateArgs: Bool? = nil
  ) {
    let all = Parameters("Beta", Self.argConstraints, validateArgs, concentration1, concentration0)
    // The parameters themselves have been checked.
    base = Dirichlet(all[0].hasFailed ? all[0] : stack(all.values, dim: -1), all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    concentration1: some DistributionParameter, concentration0: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(concentration1, concentration0, validateArgs: validateArgs) }

  private init(base: Dirichlet) { self.base = base }

  public var batchShape: [Int] { base.batchShape }
  public var support: Constraint { constraints.unitInterval }
  public var validateArgs: Bool { base.validateArgs }
  public var hasRsample: Bool { true }
  public var mean: Tensor { concentration1 / (concentration1 + concentration0) }
  public var mode: Tensor {
    let mode = base.mode
    return mode.hasFailed ? mode : mode.select(-1, 0)
  }
  public var variance: Tensor {
    let total = concentration1 + concentration0
    return concentration1 * concentration0 / (total.square() * (total + 1))
  }
  public func rsample(_ shape: [Int]) -> Tensor {
    let both = base.rsample(shape)
    return both.hasFailed ? both : both.select(-1, 0)
  }
  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    if value.hasFailed { return value }
    return base.unchecked.logProb(stack([value, 1 - value], dim: -1))
  }
  public func entropy() -> Tensor { base.entropy() }
  public func expand(_ batchShape: [Int]) -> Beta { Beta(base: base.expand(batchShape)) }

  public func divergence(from other: any Distribution) -> Tensor? {
    switch other {
    case let other as Beta: return base.divergence(from: other.base)
    case let other as ContinuousBernoulli:
      return -entropy() - mean * other.logits - (-other.probs).log1p() - other.logNormaliser
    case let other as Exponential: return -entropy() - other.rate.log() + other.rate * mean
    case let other as Gamma:
      let first = other.concentration.lgamma() - other.concentration * other.rate.log()
      let logarithm = concentration1.digamma() - (concentration1 + concentration0).digamma()
      return -entropy() + first - (other.concentration - 1) * logarithm + other.rate * mean
    case let other as Normal:
      let distance = 0.5 * (variance + mean.square()) - other.loc * mean + 0.5 * other.loc.square()
      return -entropy() + other.scale.log() + halfLogTwoPi + distance / other.scale.square()
    case let other as Uniform:
      let found = -entropy() + (other.high - other.low).log()
      return found.maskedFill(noGrad { other.low.gt(0) | other.high.lt(1) }, Double.infinity)
    case is Pareto: return infiniteDivergence(self, other)
    default: return nil
    }
  }
}

extension Dirichlet {
  /// Concentrations that have been checked.
  fileprivate init(_ concentration: Tensor, _ validateArgs: Bool) {
    (self.concentration, self.validateArgs) = (concentration, validateArgs)
  }
  /// The same without checks of values.
  fileprivate var unchecked: Dirichlet { Dirichlet(concentration, false) }
}

/// The Kumaraswamy distribution of a probability, close to the beta distribution and with a distribution function in closed form:
/// 1 - (1 - x^a)^b.
public struct Kumaraswamy: Distribution {
  public let concentration1: Tensor
  public let concentration0: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> { Beta.argConstraints }

  /// - Parameters:
  ///   - concentration1: a, above 0.
  ///   - concentration0: b, above 0.
  public init(
    _ concentration1: some DistributionParameter, _ concentration0: some DistributionParameter,
    validateArgs: Bool? = nil
  ) {
    let all = Parameters("Kumaraswamy", Self.argConstraints, validateArgs, concentration1, concentration0)
    (self.concentration1, self.concentration0, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    concentration1: some DistributionParameter, concentration0: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(concentration1, concentration0, validateArgs: validateArgs) }

  /// The mean of the power n.
  private func moment(_ n: Double) -> Tensor {
    let shifted = 1 + n / concentration1
    return concentration0 * (shifted.lgamma() + concentration0.lgamma() - (shifted + concentration0).lgamma()).exp()
  }

  public var batchShape: [Int] { concentration1.shape }
  public var support: Constraint { constraints.unitInterval }
  public var hasRsample: Bool { true }
  public var mean: Tensor { moment(1) }
  public var mode: Tensor {
    let logarithm =
      concentration0.reciprocal() * (-concentration0).log1p() - (-concentration0 * concentration1).log1p()
    let isUndefined = noGrad { concentration0.detach().lt(1) | concentration1.detach().lt(1) }
    return logarithm.maskedFill(isUndefined, Double.nan).exp()
  }
  public var variance: Tensor { moment(2) - mean.square() }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = concentration1.failed { return failed }
    return quantile(rand(extended(shape), dtype: concentration1.dtype).placed(with: concentration1))
  }

  /// (1 - u^(1/b))^(1/a): of uniform numbers u, the samples.
  private func quantile(_ u: Tensor) -> Tensor {
    (1 - u.pow(concentration0.reciprocal())).pow(concentration1.reciprocal())
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let rest = 1 - value.pow(concentration1)
    return concentration1.log() + concentration0.log() + (concentration1 - 1) * value.log()
      + (concentration0 - 1) * rest.log()
  }
  public func cdf(_ value: Tensor) -> Tensor { 1 - (1 - validated(value).pow(concentration1)).pow(concentration0) }
  public func icdf(_ value: Tensor) -> Tensor { quantile(1 - value) }
  public func entropy() -> Tensor {
    let harmonic = (concentration0 + 1).digamma() + eulerGamma
    let (first, second) = (1 - concentration0.reciprocal(), 1 - concentration1.reciprocal())
    return first + second * harmonic - concentration1.log() - concentration0.log()
  }
  public func expand(_ batchShape: [Int]) -> Kumaraswamy {
    Kumaraswamy(
      concentration1.expand(batchShape), concentration0.expand(batchShape), validateArgs: validateArgs)
  }
}
