import ApusCore

// The gamma distribution, and those of its relatives.

/// The gamma distribution, with density b^a x^(a - 1) e^(-b x) / Γ(a).
public struct Gamma: Distribution {
  public let concentration: Tensor
  public let rate: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["concentration": constraints.positive, "rate": constraints.positive]
  }

  /// - Parameters:
  ///   - concentration: the shape a, above 0.
  ///   - rate: the inverse b of the scale, above 0.
  public init(
    _ concentration: some DistributionParameter, _ rate: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("Gamma", Self.argConstraints, validateArgs, concentration, rate)
    (self.concentration, self.rate, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    concentration: some DistributionParameter, rate: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(concentration, rate, validateArgs: validateArgs) }

  public var batchShape: [Int] { concentration.shape }
  public var support: Constraint { constraints.nonnegative }
  public var hasRsample: Bool { true }
  public var mean: Tensor { concentration / rate }
  public var mode: Tensor { ((concentration - 1) / rate).clamp(min: 0) }
  public var variance: Tensor { concentration / rate.square() }

  /// Samples with gradients in both parameters, that of the concentration implicit. A second derivative by it is refused.
  public func rsample(_ shape: [Int]) -> Tensor {
    let value = standardGamma(concentration.expand(extended(shape))) / rate
    // What rounds to 0 stays above it, as the density is infinite there; the gradient is that of the number before.
    let least = noGrad { value.detach().clamp(min: concentration.dtype.smallestNormal) - value.detach() }
    return value + least
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return concentration.xlogy(rate) + (concentration - 1).xlogy(value) - rate * value - concentration.lgamma()
  }

  public func cdf(_ value: Tensor) -> Tensor { concentration.igamma(rate * validated(value)) }

  public func entropy() -> Tensor {
    concentration - rate.log() + concentration.lgamma() + (1 - concentration) * concentration.digamma()
  }

  public func expand(_ batchShape: [Int]) -> Gamma {
    Gamma(concentration.expand(batchShape), rate.expand(batchShape), validateArgs: validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    let a = concentration
    switch other {
    case let other as Gamma:
      let first = other.concentration * (rate / other.rate).log() + other.concentration.lgamma() - a.lgamma()
      return first + (a - other.concentration) * a.digamma() + (other.rate - rate) * (a / rate)
    case let other as Exponential: return -entropy() - other.rate.log() + other.rate * a / rate
    case let other as Gumbel:
      let (product, place) = (rate * other.scale, other.loc / other.scale)
      let first = (a - 1) * a.digamma() - a.lgamma() - a + product.log() + a / product
      return first + place.exp() * (1 + product.reciprocal()).pow(-a) - place
    case let other as Normal:
      let distance = 0.5 * (a.square() + a) / rate.square() - other.loc * a / rate + 0.5 * other.loc.square()
      let first = halfLogTwoPi + (rate * other.scale).log() - a - a.lgamma()
      return first + (a - 1) * a.digamma() + distance / other.scale.square()
    default: return beyondBounds(other, of: self)
    }
  }
}

/// The chi-squared distribution of the sum of the squares of `df` normal numbers.
public struct Chi2: Distribution {
  let base: Gamma
  /// The degrees of freedom.
  public var df: Tensor { base.concentration * 2 }
  /// The shape of the same gamma distribution, `df` / 2.
  public var concentration: Tensor { base.concentration }
  /// The rate of the same gamma distribution, 1 / 2.
  public var rate: Tensor { base.rate }

  public static var argConstraints: KeyValuePairs<String, Constraint> { ["df": constraints.positive] }

  /// - Parameter df: the degrees of freedom, above 0.
  public init(_ df: some DistributionParameter, validateArgs: Bool? = nil) {
    let all = Parameters("Chi2", Self.argConstraints, validateArgs, df)
    base = Gamma(0.5 * all[0], 0.5, validateArgs: validateArgs)
  }

  /// ``init(_:validateArgs:)`` with a name.
  public init(df: some DistributionParameter, validateArgs: Bool? = nil) { self.init(df, validateArgs: validateArgs) }

  private init(base: Gamma) { self.base = base }

  public var batchShape: [Int] { base.batchShape }
  public var support: Constraint { base.support }
  public var validateArgs: Bool { base.validateArgs }
  public var hasRsample: Bool { true }
  public var mean: Tensor { base.mean }
  public var mode: Tensor { base.mode }
  public var variance: Tensor { base.variance }
  public func rsample(_ shape: [Int]) -> Tensor { base.rsample(shape) }
  public func logProb(_ value: Tensor) -> Tensor { base.logProb(value) }
  public func cdf(_ value: Tensor) -> Tensor { base.cdf(value) }
  public func entropy() -> Tensor { base.entropy() }
  public func expand(_ batchShape: [Int]) -> Chi2 { Chi2(base: base.expand(batchShape)) }
  public func divergence(from other: any Distribution) -> Tensor? { base.divergence(from: other) }
}

/// The distribution of the inverses of gamma numbers.
public struct InverseGamma: Distribution {
  private let base: Gamma
  public var concentration: Tensor { base.concentration }
  public var rate: Tensor { base.rate }

  public static var argConstraints: KeyValuePairs<String, Constraint> { Gamma.argConstraints }

  /// - Parameters:
  ///   - concentration: the shape of the gamma numbers, above 0.
  ///   - rate: their rate, which is the scale of their inverses, above 0.
  public init(
    _ concentration: some DistributionParameter, _ rate: some DistributionParameter, validateArgs: Bool? = nil
  ) { base = Gamma(concentration, rate, validateArgs: validateArgs) }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    concentration: some DistributionParameter, rate: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(concentration, rate, validateArgs: validateArgs) }

  private init(base: Gamma) { self.base = base }

  public var batchShape: [Int] { base.batchShape }
  public var support: Constraint { constraints.positive }
  public var validateArgs: Bool { base.validateArgs }
  public var hasRsample: Bool { true }
  public var mean: Tensor {
    let isInfinite = noGrad { concentration.detach().gt(1).logicalNot() }
    return (rate / (concentration - 1)).maskedFill(isInfinite, Double.infinity)
  }
  public var mode: Tensor { rate / (concentration + 1) }
  public var variance: Tensor {
    let isInfinite = noGrad { concentration.detach().gt(2).logicalNot() }
    let found = rate.square() / ((concentration - 1).square() * (concentration - 2))
    return found.maskedFill(isInfinite, Double.infinity)
  }
  public func rsample(_ shape: [Int]) -> Tensor { base.rsample(shape).reciprocal() }
  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return base.logProb(value.reciprocal()) - 2 * value.log()
  }
  public func cdf(_ value: Tensor) -> Tensor { 1 - base.cdf(validated(value).reciprocal()) }
  public func entropy() -> Tensor {
    concentration + rate.log() + concentration.lgamma() - (1 + concentration) * concentration.digamma()
  }
  public func expand(_ batchShape: [Int]) -> InverseGamma { InverseGamma(base: base.expand(batchShape)) }
  public func divergence(from other: any Distribution) -> Tensor? {
    (other as? InverseGamma).flatMap { base.divergence(from: $0.base) }
  }
}

/// The F distribution of the ratio of two chi-squared numbers over their degrees of freedom.
public struct FisherSnedecor: Distribution {
  public let df1: Tensor
  public let df2: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["df1": constraints.positive, "df2": constraints.positive]
  }

  /// - Parameters:
  ///   - df1: the degrees of freedom of the numerator, above 0.
  ///   - df2: those of the denominator, above 0.
  public init(
    _ df1: some DistributionParameter, _ df2: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("FisherSnedecor", Self.argConstraints, validateArgs, df1, df2)
    (self.df1, self.df2, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(df1: some DistributionParameter, df2: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(df1, df2, validateArgs: validateArgs)
  }

  public var batchShape: [Int] { df1.shape }
  public var support: Constraint { constraints.positive }
  public var hasRsample: Bool { true }
  public var mean: Tensor {
    let defined = df2.maskedFill(noGrad { df2.detach().le(2) }, Double.nan)
    return defined / (defined - 2)
  }
  public var mode: Tensor {
    let found = (df1 - 2) / df1 * df2 / (df2 + 2)
    return found.maskedFill(noGrad { df1.detach().le(2) }, Double.nan)
  }
  public var variance: Tensor {
    let defined = df2.maskedFill(noGrad { df2.detach().le(4) }, Double.nan)
    return 2 * defined.square() * (df1 + defined - 2) / (df1 * (defined - 2).square() * (defined - 4))
  }

  public func rsample(_ shape: [Int]) -> Tensor {
    let above = Gamma(df1 * 0.5, df1, validateArgs: false).rsample(shape)
    let below = Gamma(df2 * 0.5, df2, validateArgs: false).rsample(shape)
    let tiny = df1.dtype.smallestNormal
    return (above / below.clamp(min: tiny)).clamp(min: tiny)
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let (a, b, ratio) = (df1 * 0.5, df2 * 0.5, df1 / df2)
    let scale = (a + b).lgamma() - a.lgamma() - b.lgamma()
    return scale + a * ratio.log() + (a - 1) * value.log() - (a + b) * (ratio * value).log1p()
  }

  public func expand(_ batchShape: [Int]) -> FisherSnedecor {
    FisherSnedecor(df1.expand(batchShape), df2.expand(batchShape), validateArgs: validateArgs)
  }
}

/// Student's t distribution, that of means of few numbers: normal ones over the root of chi-squared ones.
public struct StudentT: Distribution {
  public let df: Tensor
  public let loc: Tensor
  public let scale: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["df": constraints.positive, "loc": constraints.real, "scale": constraints.positive]
  }

  /// - Parameters:
  ///   - df: the degrees of freedom, above 0.
  ///   - loc: the median.
  ///   - scale: above 0.
  public init(
    _ df: some DistributionParameter, _ loc: some DistributionParameter = 0.0,
    _ scale: some DistributionParameter = 1.0, validateArgs: Bool? = nil
  ) {
    let all = Parameters("StudentT", Self.argConstraints, validateArgs, df, loc, scale)
    (self.df, self.loc, self.scale, self.validateArgs) = (all[0], all[1], all[2], all.validateArgs)
  }

  /// ``init(_:_:_:validateArgs:)`` with names.
  public init(
    df: some DistributionParameter, loc: some DistributionParameter = 0.0, scale: some DistributionParameter = 1.0,
    validateArgs: Bool? = nil
  ) { self.init(df, loc, scale, validateArgs: validateArgs) }

  public var batchShape: [Int] { df.shape }
  public var support: Constraint { constraints.real }
  public var hasRsample: Bool { true }
  public var mean: Tensor { loc.maskedFill(noGrad { df.detach().le(1) }, Double.nan) }
  public var mode: Tensor { loc }
  public var variance: Tensor {
    let (isFinite, isDefined) = noGrad { (df.detach().gt(2), df.detach().gt(1)) }
    let safe = df.maskedFill(isFinite.logicalNot(), 3.0)
    let found = scale.square() * safe / (safe - 2)
    return found.maskedFill(isFinite.logicalNot(), Double.infinity).maskedFill(isDefined.logicalNot(), Double.nan)
  }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = df.failed { return failed }
    let normal = randn(extended(shape), dtype: df.dtype).placed(with: df)
    let square = Chi2(df, validateArgs: false).rsample(shape)
    return loc + scale * (normal * (square / df).rsqrt())
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let y = (validated(value) - loc) / scale
    let half = 0.5 * (df + 1)
    let normaliser = scale.log() + 0.5 * df.log() + 0.5 * logPi + (0.5 * df).lgamma() - half.lgamma()
    return -half * (y.square() / df).log1p() - normaliser
  }

  public func entropy() -> Tensor {
    let half = 0.5 * (df + 1)
    let beta = (0.5 * df).lgamma() + 0.5 * logPi - half.lgamma()
    return scale.log() + half * (half.digamma() - (0.5 * df).digamma()) + 0.5 * df.log() + beta
  }

  public func expand(_ batchShape: [Int]) -> StudentT {
    StudentT(
      df.expand(batchShape), loc.expand(batchShape), scale.expand(batchShape), validateArgs: validateArgs)
  }
}
