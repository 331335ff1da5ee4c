import ApusCore
import ApusFunctional
import ApusNumerics

// Distributions of single events.

/// 1 with probability `probs`, else 0.
public struct Bernoulli: Distribution {
  private let chances: Chances
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofEvent }
  public var support: Constraint { constraints.boolean }
  /// The probability of 1.
  public var probs: Tensor { chances.probs }
  /// The logarithm of the odds of 1.
  public var logits: Tensor { chances.logits }

  /// - Parameter probs: the probability of 1.
  public init(_ probs: some DistributionParameter, validateArgs: Bool? = nil) {
    let checks = validateArgs ?? Validation.isDefault
    self.init(.event(probs.parameterTensor, isLogits: false, "Bernoulli", validateArgs), checks)
  }
  /// ``init(_:validateArgs:)`` with a name.
  public init(probs: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(probs, validateArgs: validateArgs)
  }
  /// - Parameter logits: the logarithm of the odds of 1.
  public init(logits: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(
      .event(logits.parameterTensor, isLogits: true, "Bernoulli", validateArgs), validateArgs ?? Validation.isDefault)
  }
  private init(_ chances: Chances, _ validateArgs: Bool) {
    (self.chances, self.validateArgs) = (chances, validateArgs)
  }

  public var batchShape: [Int] { chances.given.shape }
  public var mean: Tensor { probs }
  public var variance: Tensor { probs * (1 - probs) }
  public var mode: Tensor {
    let found = noGrad { probs.ge(0.5).to(chances.given.dtype) }
    return found.maskedFill(noGrad { probs.eq(0.5) }, Double.nan)
  }

  public func sample(_ shape: [Int]) -> Tensor {
    if let failed = chances.given.failed { return failed }
    return noGrad { bernoulli(probs.detach().expand(extended(shape))) }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let all = broadcastParameters([logits, value.parameterTensor], "Bernoulli")
    return -binaryCrossEntropyWithLogits(all[0], all[1], reduction: .none)
  }

  public func entropy() -> Tensor { binaryCrossEntropyWithLogits(logits, probs, reduction: .none) }

  public var hasEnumerateSupport: Bool { true }
  public func enumerateSupport(expand: Bool) -> Tensor {
    noGrad {
      let values = arange(2, dtype: chances.given.dtype).placed(with: chances.given).reshape(
        [2] + batchShape.map { _ in 1 })
      return expand ? values.expand([2] + batchShape) : values
    }
  }

  public func expand(_ batchShape: [Int]) -> Bernoulli { Bernoulli(chances.expand(batchShape), validateArgs) }

  public func divergence(from other: any Distribution) -> Tensor? {
    if let other = other as? Poisson { return -entropy() - (probs * other.rate.log() - other.rate) }
    guard let other = other as? Bernoulli else { return nil }
    let first = probs * ((-other.logits).softplus() - (-logits).softplus())
    let second = (1 - probs) * (other.logits.softplus() - logits.softplus())
    let isImpossible = noGrad { other.probs.eq(0) & probs.gt(0) | other.probs.eq(1) & probs.lt(1) }
    return (first + second).maskedFill(isImpossible, Double.infinity)
  }
}

/// How often an event of probability `probs` fails before it comes for the first time.
public struct Geometric: Distribution {
  private let chances: Chances
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofEvent }
  public var support: Constraint { constraints.nonnegativeInteger }
  /// The probability of the event.
  public var probs: Tensor { chances.probs }
  /// The logarithm of the odds of the event.
  public var logits: Tensor { chances.logits }

  /// - Parameter probs: the probability of the event, above 0.
  public init(_ probs: some DistributionParameter, validateArgs: Bool? = nil) {
    let checks = validateArgs ?? Validation.isDefault
    let given = Chances.event(probs.parameterTensor, isLogits: false, "Geometric", validateArgs)
    let positive = Chances.event(
      given.given, isLogits: false, "Geometric", validateArgs, constraints.positive)
    self.init(positive, checks)
  }
  /// ``init(_:validateArgs:)`` with a name.
  public init(probs: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(probs, validateArgs: validateArgs)
  }
  /// - Parameter logits: the logarithm of the odds of the event.
  public init(logits: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(
      .event(logits.parameterTensor, isLogits: true, "Geometric", validateArgs), validateArgs ?? Validation.isDefault)
  }
  private init(_ chances: Chances, _ validateArgs: Bool) {
    (self.chances, self.validateArgs) = (chances, validateArgs)
  }

  public var batchShape: [Int] { chances.given.shape }
  public var mean: Tensor { probs.reciprocal() - 1 }
  public var mode: Tensor { zerosLike(probs) }
  public var variance: Tensor { (probs.reciprocal() - 1) / probs }

  public func sample(_ shape: [Int]) -> Tensor {
    if let failed = chances.given.failed { return failed }
    return noGrad {
      let tiny = chances.given.dtype.smallestNormal
      var u = Tensor.zeros(extended(shape), dtype: chances.given.dtype).placed(with: chances.given)
      u.uniform(tiny, 1)
      return (u.log() / (-probs.detach()).log1p()).floor()
    }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let isCertain = noGrad { probs.eq(1) & value.eq(0) }
    return value * (-probs.maskedFill(isCertain, 0)).log1p() + probs.log()
  }

  public func entropy() -> Tensor { binaryCrossEntropyWithLogits(logits, probs, reduction: .none) / probs }
  public func expand(_ batchShape: [Int]) -> Geometric { Geometric(chances.expand(batchShape), validateArgs) }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? Geometric else { return nil }
    return -entropy() - (-other.probs).log1p() / probs - other.logits
  }
}
