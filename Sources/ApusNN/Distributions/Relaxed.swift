import ApusCore
import ApusFunctional

// Continuous distributions close to discrete ones, whose samples have gradients (Maddison, Mnih and Teh, "The concrete
// distribution"; Jang, Gu and Poole, "Categorical reparameterization with Gumbel-softmax", 2017).

/// The logits of ``RelaxedBernoulli``.
public struct LogitRelaxedBernoulli: Distribution {
  /// How far the samples are from 0 and 1: the lower, the closer.
  public let temperature: Tensor
  private let chances: Chances
  public let validateArgs: Bool
  /// The probability of 1.
  public var probs: Tensor { chances.probs }
  /// The logarithm of the odds of 1.
  public var logits: Tensor { chances.logits }

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofEvent }

  /// - Parameters:
  ///   - temperature: above 0.
  ///   - probs: the probability of 1.
  public init(
    _ temperature: some DistributionParameter, probs: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let given = probs.parameterTensor
    self.init(temperature, .event(given, isLogits: false, "LogitRelaxedBernoulli", validateArgs), validateArgs)
  }
  /// - Parameters:
  ///   - temperature: above 0.
  ///   - logits: the logarithm of the odds of 1.
  public init(
    _ temperature: some DistributionParameter, logits: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let given = logits.parameterTensor
    self.init(temperature, .event(given, isLogits: true, "LogitRelaxedBernoulli", validateArgs), validateArgs)
  }
  private init(_ temperature: some DistributionParameter, _ chances: Chances, _ validateArgs: Bool?) {
    (self.temperature, self.chances) = (temperatureBeside(temperature, chances), chances)
    self.validateArgs = validateArgs ?? Validation.isDefault
  }

  public var batchShape: [Int] { chances.given.shape }
  public var support: Constraint { constraints.real }
  public var hasRsample: Bool { true }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = chances.given.failed ?? temperature.failed { return failed }
    let p = clampedChances(probs)
    let u = clampedChances(rand(extended(shape), dtype: p.dtype).placed(with: p))
    return (u.log() - (-u).log1p() + p.log() - (-p).log1p()) / temperature
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let difference = logits - validated(value) * temperature
    return temperature.log() + difference - 2 * difference.exp().log1p()
  }

  public func expand(_ batchShape: [Int]) -> LogitRelaxedBernoulli {
    LogitRelaxedBernoulli(temperature, chances.expand(batchShape), validateArgs)
  }
}

/// Numbers from 0 to 1, mostly close to the ends: 1 with probability `probs` as the temperature goes to 0.
public struct RelaxedBernoulli: Distribution {
  private let base: LogitRelaxedBernoulli
  /// How far the samples are from 0 and 1.
  public var temperature: Tensor { base.temperature }
  /// The probability of 1.
  public var probs: Tensor { base.probs }
  /// The logarithm of the odds of 1.
  public var logits: Tensor { base.logits }

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofEvent }

  /// - Parameters:
  ///   - temperature: above 0.
  ///   - probs: the probability of 1.
  public init(
    _ temperature: some DistributionParameter, probs: some DistributionParameter, validateArgs: Bool? = nil
  ) { base = LogitRelaxedBernoulli(temperature, probs: probs, validateArgs: validateArgs) }
  /// - Parameters:
  ///   - temperature: above 0.
  ///   - logits: the logarithm of the odds of 1.
  public init(
    _ temperature: some DistributionParameter, logits: some DistributionParameter, validateArgs: Bool? = nil
  ) { base = LogitRelaxedBernoulli(temperature, logits: logits, validateArgs: validateArgs) }
  private init(base: LogitRelaxedBernoulli) { self.base = base }

  public var batchShape: [Int] { base.batchShape }
  public var support: Constraint { constraints.unitInterval }
  public var validateArgs: Bool { base.validateArgs }
  public var hasRsample: Bool { true }
  public func rsample(_ shape: [Int]) -> Tensor {
    let logits = base.rsample(shape)
    return logits.hasFailed ? logits : SigmoidTransform().forward(logits)
  }
  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    if value.hasFailed { return value }
    let transform = SigmoidTransform()
    let logit = transform.inverse(value)
    return base.logProb(logit) - transform.logAbsDetJacobian(logit, value)
  }
  public func expand(_ batchShape: [Int]) -> RelaxedBernoulli { RelaxedBernoulli(base: base.expand(batchShape)) }
}

/// The logarithms of ``RelaxedOneHotCategorical``.
public struct ExpRelaxedCategorical: Distribution {
  /// How far the samples are from the corners: the lower, the closer.
  public let temperature: Tensor
  private let base: Categorical
  /// The probabilities, which sum to 1 in the last dimension.
  public var probs: Tensor { base.probs }
  /// The logarithms of the probabilities.
  public var logits: Tensor { base.logits }

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofCategories }

  /// - Parameters:
  ///   - temperature: above 0.
  ///   - probs: weights that are not negative, `[..., categories]`.
  public init(_ temperature: some DistributionParameter, probs: Tensor, validateArgs: Bool? = nil) {
    self.init(temperature, Categorical(probs, validateArgs: validateArgs))
  }
  /// - Parameters:
  ///   - temperature: above 0.
  ///   - logits: logarithms of weights, `[..., categories]`.
  public init(_ temperature: some DistributionParameter, logits: Tensor, validateArgs: Bool? = nil) {
    self.init(temperature, Categorical(logits: logits, validateArgs: validateArgs))
  }
  private init(_ temperature: some DistributionParameter, _ base: Categorical) {
    self.temperature = temperatureBeside(
      temperature, Chances(isLogits: false, given: base.logits, isBinary: false))
    self.base = base
  }

  public var batchShape: [Int] { base.batchShape }
  public var eventShape: [Int] { [base.count] }
  public var support: Constraint { constraints.realVector }
  public var validateArgs: Bool { base.validateArgs }
  public var hasRsample: Bool { true }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = logits.failed ?? temperature.failed { return failed }
    let u = clampedChances(rand(extended(shape), dtype: logits.dtype).placed(with: logits))
    let scores = (logits - (-u.log()).log()) / temperature
    return scores - scores.logsumexp([-1], keepDim: true)
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let score = logits - validated(value) * temperature
    if let failed = score.failed { return failed }
    let count = Double(base.count)
    let scale = fullLike(temperature, count).lgamma() + temperature.log() * (count - 1)
    return (score - score.logsumexp([-1], keepDim: true)).sum([-1]) + scale
  }

  public func expand(_ batchShape: [Int]) -> ExpRelaxedCategorical {
    ExpRelaxedCategorical(temperature, base.expand(batchShape))
  }
}

/// Vectors of probabilities, mostly close to a corner: that of a category as the temperature goes to 0.
public struct RelaxedOneHotCategorical: Distribution {
  private let base: ExpRelaxedCategorical
  /// How far the samples are from the corners.
  public var temperature: Tensor { base.temperature }
  /// The probabilities, which sum to 1 in the last dimension.
  public var probs: Tensor { base.probs }
  /// The logarithms of the probabilities.
  public var logits: Tensor { base.logits }

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofCategories }

  /// - Parameters:
  ///   - temperature: above 0.
  ///   - probs: weights that are not negative, `[..., categories]`.
  public init(_ temperature: some DistributionParameter, probs: Tensor, validateArgs: Bool? = nil) {
    base = ExpRelaxedCategorical(temperature, probs: probs, validateArgs: validateArgs)
  }
  /// - Parameters:
  ///   - temperature: above 0.
  ///   - logits: logarithms of weights, `[..., categories]`.
  public init(_ temperature: some DistributionParameter, logits: Tensor, validateArgs: Bool? = nil) {
    base = ExpRelaxedCategorical(temperature, logits: logits, validateArgs: validateArgs)
  }
  private init(base: ExpRelaxedCategorical) { self.base = base }

  public var batchShape: [Int] { base.batchShape }
  public var eventShape: [Int] { base.eventShape }
  public var support: Constraint { constraints.simplex }
  public var validateArgs: Bool { base.validateArgs }
  public var hasRsample: Bool { true }
  public func rsample(_ shape: [Int]) -> Tensor { base.rsample(shape).exp() }
  public func logProb(_ value: Tensor) -> Tensor {
    let logarithm = validated(value).log()
    return base.logProb(logarithm) - sumRightmost(logarithm, 1)
  }
  public func expand(_ batchShape: [Int]) -> RelaxedOneHotCategorical {
    RelaxedOneHotCategorical(base: base.expand(batchShape))
  }
}

/// A temperature of the type and in the place of the chances.
private func temperatureBeside(_ temperature: some DistributionParameter, _ chances: Chances) -> Tensor {
  let tensor = temperature.parameterTensor
  if temperature is Tensor || tensor.hasFailed || chances.given.hasFailed { return tensor }
  return tensor.to(chances.given.dtype).placed(with: chances.given)
}
