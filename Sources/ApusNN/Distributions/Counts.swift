import ApusCore
import ApusFunctional

// Distributions of counts of events.

/// How many of `totalCount` events of probability `probs` happen.
public struct Binomial: Distribution {
  public let totalCount: Tensor
  private let chances: Chances
  public let validateArgs: Bool
  /// The probability of an event.
  public var probs: Tensor { chances.probs }
  /// The logarithm of its odds.
  public var logits: Tensor { chances.logits }

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["total_count": constraints.nonnegativeInteger, "probs": constraints.unitInterval, "logits": constraints.real]
  }

  /// - Parameters:
  ///   - totalCount: how many events there are, a whole number from 0 on.
  ///   - probs: the probability of an event.
  public init(
    _ totalCount: some DistributionParameter = 1, probs: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters(
      "Binomial", ["total_count": constraints.nonnegativeInteger, "probs": constraints.unitInterval], validateArgs,
      totalCount, probs)
    self.init(all[0], Chances(isLogits: false, given: all[1], isBinary: true), all.validateArgs)
  }
  /// - Parameters:
  ///   - totalCount: how many events there are, a whole number from 0 on.
  ///   - logits: the logarithm of the odds of an event.
  public init(
    _ totalCount: some DistributionParameter = 1, logits: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters(
      "Binomial", ["total_count": constraints.nonnegativeInteger, "logits": constraints.real], validateArgs,
      totalCount, logits)
    self.init(all[0], Chances(isLogits: true, given: all[1], isBinary: true), all.validateArgs)
  }
  /// ``init(_:probs:validateArgs:)`` with names.
  public init(totalCount: some DistributionParameter, probs: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(totalCount, probs: probs, validateArgs: validateArgs)
  }
  /// ``init(_:logits:validateArgs:)`` with names.
  public init(totalCount: some DistributionParameter, logits: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(totalCount, logits: logits, validateArgs: validateArgs)
  }
  private init(_ totalCount: Tensor, _ chances: Chances, _ validateArgs: Bool) {
    (self.totalCount, self.chances, self.validateArgs) = (totalCount, chances, validateArgs)
  }

  public var batchShape: [Int] { chances.given.shape }
  public var support: Constraint { constraints.integerInterval(0, totalCount) }
  public var hasEnumerateSupport: Bool { true }
  public var mean: Tensor { totalCount * probs }
  public var mode: Tensor { ((totalCount + 1) * probs).floor().minimum(totalCount) }
  public var variance: Tensor { totalCount * probs * (1 - probs) }

  public func sample(_ shape: [Int]) -> Tensor {
    if let failed = chances.given.failed { return failed }
    return noGrad { binomial(totalCount.detach().expand(extended(shape)), probs.detach().expand(extended(shape))) }
  }

  public func logProb(_ value: Tensor) -> Tensor { logProb(checked: validated(value)) }

  private func logProb(checked value: Tensor) -> Tensor {
    let logits = logits
    let choices = (totalCount + 1).lgamma() - (value + 1).lgamma() - (totalCount - value + 1).lgamma()
    // log(1 + e^logits), with half of the gradient of max at 0.
    let positive = (logits.clamp(min: 0) + logits - logits.clamp(max: 0)) / 2
    return value * logits + choices - totalCount * positive - totalCount * (-logits.abs()).exp().log1p()
  }

  /// The one count of all distributions of the batch; an error where there are several.
  private func commonCount(_ what: String) throws(TensorError) -> Int {
    let all = noGrad { totalCount.detach().array(as: Double.self) }
    guard let first = all.first, all.allSatisfy({ $0 == first }), first >= 0, first < 1e9 else {
      throw TensorError(
        .unsupported, "Binomial",
        "\(what) needs the same totalCount in the whole batch, and found \(totalCount.detach())")
    }
    return Int(first)
  }

  public func entropy() -> Tensor {
    attempt(totalCount, chances.given) { () throws(TensorError) in
      let values = try allValues(commonCount("entropy"), expand: false)
      let logarithm = logProb(checked: values)
      return -(logarithm.exp() * logarithm).sum([0])
    }
  }

  public func enumerateSupport(expand: Bool) -> Tensor {
    attempt(totalCount, chances.given) { () throws(TensorError) in
      try allValues(commonCount("enumerateSupport"), expand: expand)
    }
  }

  private func allValues(_ count: Int, expand: Bool) -> Tensor {
    noGrad {
      let given = chances.given
      let values = arange(count + 1, dtype: given.dtype).placed(with: given).reshape(
        [count + 1] + batchShape.map { _ in 1 })
      return expand ? values.expand([count + 1] + batchShape) : values
    }
  }

  public func expand(_ batchShape: [Int]) -> Binomial {
    Binomial(totalCount.expand(batchShape), chances.expand(batchShape), validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? Binomial else { return nil }
    if Validation.canRead, noGrad({ totalCount.detach().lt(other.totalCount.detach()).any().item() != 0 }) {
      return fail(
        TensorError(
          .unsupported, "klDivergence", "is not known for binomial distributions where q has a larger totalCount than p"
        ))
    }
    let found =
      totalCount * (probs * (logits - other.logits) + (-probs).log1p() - (-other.probs).log1p())
    return found.maskedFill(noGrad { totalCount.detach().gt(other.totalCount.detach()) }, Double.infinity)
  }
}

/// How many events of probability `probs` happen before the `totalCount`-th time that none does.
public struct NegativeBinomial: Distribution {
  public let totalCount: Tensor
  private let chances: Chances
  public let validateArgs: Bool
  /// The probability of an event.
  public var probs: Tensor { chances.probs }
  /// The logarithm of its odds.
  public var logits: Tensor { chances.logits }

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    [
      "total_count": constraints.greaterThanEq(0), "probs": constraints.halfOpenInterval(0.0, 1.0),
      "logits": constraints.real,
    ]
  }

  /// - Parameters:
  ///   - totalCount: how often no event ends it, from 0 on; it need not be whole.
  ///   - probs: the probability of an event, below 1.
  public init(
    _ totalCount: some DistributionParameter, probs: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters(
      "NegativeBinomial",
      ["total_count": constraints.greaterThanEq(0), "probs": constraints.halfOpenInterval(0.0, 1.0)], validateArgs,
      totalCount, probs)
    self.init(all[0], Chances(isLogits: false, given: all[1], isBinary: true), all.validateArgs)
  }
  /// - Parameters:
  ///   - totalCount: how often no event ends it, from 0 on; it need not be whole.
  ///   - logits: the logarithm of the odds of an event.
  public init(
    _ totalCount: some DistributionParameter, logits: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters(
      "NegativeBinomial", ["total_count": constraints.greaterThanEq(0), "logits": constraints.real], validateArgs,
      totalCount, logits)
    self.init(all[0], Chances(isLogits: true, given: all[1], isBinary: true), all.validateArgs)
  }
  /// ``init(_:probs:validateArgs:)`` with names.
  public init(totalCount: some DistributionParameter, probs: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(totalCount, probs: probs, validateArgs: validateArgs)
  }
  /// ``init(_:logits:validateArgs:)`` with names.
  public init(totalCount: some DistributionParameter, logits: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(totalCount, logits: logits, validateArgs: validateArgs)
  }
  private init(_ totalCount: Tensor, _ chances: Chances, _ validateArgs: Bool) {
    (self.totalCount, self.chances, self.validateArgs) = (totalCount, chances, validateArgs)
  }

  public var batchShape: [Int] { chances.given.shape }
  public var support: Constraint { constraints.nonnegativeInteger }
  public var mean: Tensor { totalCount * logits.exp() }
  public var mode: Tensor { ((totalCount - 1) * logits.exp()).floor().clamp(min: 0) }
  public var variance: Tensor { mean / (-logits).sigmoid() }

  public func sample(_ shape: [Int]) -> Tensor {
    if let failed = chances.given.failed { return failed }
    return noGrad {
      poisson(Gamma(totalCount.detach(), (-logits.detach()).exp(), validateArgs: false).sample(shape))
    }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let weight = totalCount * (-logits).logSigmoid() + value * logits.logSigmoid()
    let choices = -(totalCount + value).lgamma() + (1 + value).lgamma() + totalCount.lgamma()
    return weight - choices.maskedFill(noGrad { (totalCount.detach() + value.detach()).eq(0) }, 0)
  }

  public func expand(_ batchShape: [Int]) -> NegativeBinomial {
    NegativeBinomial(totalCount.expand(batchShape), chances.expand(batchShape), validateArgs)
  }
}

/// How many events happen at `rate` on average.
public struct Poisson: Distribution {
  public let rate: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> { ["rate": constraints.nonnegative] }

  /// - Parameter rate: the mean, from 0 on.
  public init(_ rate: some DistributionParameter, validateArgs: Bool? = nil) {
    let all = Parameters("Poisson", Self.argConstraints, validateArgs, rate)
    (self.rate, self.validateArgs) = (all[0], all.validateArgs)
  }
  /// ``init(_:validateArgs:)`` with a name.
  public init(rate: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(rate, validateArgs: validateArgs)
  }

  public var batchShape: [Int] { rate.shape }
  public var support: Constraint { constraints.nonnegativeInteger }
  public var mean: Tensor { rate }
  public var mode: Tensor { rate.floor() }
  public var variance: Tensor { rate }

  public func sample(_ shape: [Int]) -> Tensor {
    if let failed = rate.failed { return failed }
    return noGrad { poisson(rate.detach().expand(extended(shape))) }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return value.xlogy(rate) - rate - (value + 1).lgamma()
  }

  public func expand(_ batchShape: [Int]) -> Poisson { Poisson(rate.expand(batchShape), validateArgs: validateArgs) }

  public func divergence(from other: any Distribution) -> Tensor? {
    switch other {
    case let other as Poisson: rate * (rate.log() - other.rate.log()) - (rate - other.rate)
    case is Bernoulli, is Binomial: infiniteDivergence(self, other)
    default: nil
    }
  }
}

/// How often each of several categories comes up in `totalCount` draws.
public struct Multinomial: Distribution {
  public let totalCount: Int
  private let base: Categorical
  /// The probabilities, which sum to 1 in the last dimension.
  public var probs: Tensor { base.probs }
  /// The logarithms of the probabilities.
  public var logits: Tensor { base.logits }

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofCategories }

  /// - Parameters:
  ///   - totalCount: how many draws there are.
  ///   - probs: weights that are not negative, `[..., categories]`.
  public init(_ totalCount: Int = 1, probs: Tensor, validateArgs: Bool? = nil) {
    self.init(totalCount, Categorical(probs, validateArgs: validateArgs))
  }
  /// - Parameters:
  ///   - totalCount: how many draws there are.
  ///   - logits: logarithms of weights, `[..., categories]`.
  public init(_ totalCount: Int = 1, logits: Tensor, validateArgs: Bool? = nil) {
    self.init(totalCount, Categorical(logits: logits, validateArgs: validateArgs))
  }
  /// ``init(_:probs:validateArgs:)`` with names.
  public init(totalCount: Int, probs: Tensor, validateArgs: Bool? = nil) {
    self.init(totalCount, probs: probs, validateArgs: validateArgs)
  }
  /// ``init(_:logits:validateArgs:)`` with names.
  public init(totalCount: Int, logits: Tensor, validateArgs: Bool? = nil) {
    self.init(totalCount, logits: logits, validateArgs: validateArgs)
  }
  private init(_ totalCount: Int, _ base: Categorical) {
    (self.totalCount, self.base) = (max(0, totalCount), base)
    if totalCount < 0 {
      report(TensorError(.value, "Multinomial", "totalCount must not be negative, and found \(totalCount)"))
    }
  }

  public var batchShape: [Int] { base.batchShape }
  public var eventShape: [Int] { [base.count] }
  public var support: Constraint { constraints.multinomial(totalCount) }
  public var validateArgs: Bool { base.validateArgs }
  public var mean: Tensor { probs * Double(totalCount) }
  public var variance: Tensor { Double(totalCount) * probs * (1 - probs) }

  public func sample(_ shape: [Int]) -> Tensor {
    noGrad {
      let draws = base.sample([totalCount] + shape)
      if draws.hasFailed { return draws }
      let last = draws.movedim(0, -1)
      let zeros = Tensor.zeros(extended(shape), dtype: .int64).placed(with: probs)
      return zeros.scatterAdd(-1, last, onesLike(last)).to(probs.dtype)
    }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    if let failed = value.failed ?? logits.failed { return failed }
    let choices = (value.sum([-1]) + 1).lgamma() - (value + 1).lgamma().sum([-1])
    // What cannot come up and did not counts nothing.
    let isNothing = noGrad { value.detach().eq(0) & logits.detach().eq(-Double.infinity) }
    let expanded = broadcastShapes(logits.shape, isNothing.shape).map { logits.expand($0) } ?? logits
    return choices + (expanded.maskedFill(isNothing, 0) * value).sum([-1])
  }

  public func entropy() -> Tensor {
    let n = Tensor.full([], Double(totalCount), dtype: probs.dtype).placed(with: probs)
    let binomial = Binomial(Double(totalCount), probs: probs, validateArgs: false)
    let first = n * base.entropy() - (n + 1).lgamma()
    guard totalCount > 0 else { return first }
    let all = binomial.enumerateSupport(expand: false)
    if all.hasFailed { return all }
    let values = all.narrow(0, 1, totalCount)
    return first + (binomial.logProb(values).exp() * (values + 1).lgamma()).sum([0, -1])
  }

  public func expand(_ batchShape: [Int]) -> Multinomial { Multinomial(totalCount, base.expand(batchShape)) }
}
