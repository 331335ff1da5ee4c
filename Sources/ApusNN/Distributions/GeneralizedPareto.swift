import ApusCore

/// The generalised Pareto distribution of what exceeds a high threshold.
public struct GeneralizedPareto: Distribution {
  public let loc: Tensor
  public let scale: Tensor
  public let concentration: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real]
  }

  /// - Parameters:
  ///   - loc: the threshold, the smallest value.
  ///   - scale: above 0.
  ///   - concentration: the shape: 0 for an exponential tail, above it for a heavy one, below it for one that ends.
  public init(
    _ loc: some DistributionParameter, _ scale: some DistributionParameter,
    _ concentration: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("GeneralizedPareto", Self.argConstraints, validateArgs, loc, scale, concentration)
    (self.loc, self.scale, self.concentration, self.validateArgs) = (all[0], all[1], all[2], all.validateArgs)
  }
  /// ``init(_:_:_:validateArgs:)`` with names.
  public init(
    loc: some DistributionParameter, scale: some DistributionParameter, concentration: some DistributionParameter,
    validateArgs: Bool? = nil
  ) { self.init(loc, scale, concentration, validateArgs: validateArgs) }

  /// Where the tail is exponential.
  private var isExponential: Tensor {
    noGrad { concentration.detach().isclose(zerosLike(concentration.detach())) }
  }
  /// The shape, 1 where the tail is exponential.
  private var shape: Tensor { concentration.hasFailed ? concentration : concentration.maskedFill(isExponential, 1) }

  public var batchShape: [Int] { loc.shape }
  public var support: Constraint {
    let end = noGrad {
      (loc.detach() - scale.detach() / concentration.detach()).maskedFill(
        concentration.detach().lt(0).logicalNot(), Double.infinity)
    }
    return constraints.interval(loc, end)
  }
  public var hasRsample: Bool { true }
  public var mean: Tensor {
    let isUndefined = noGrad { concentration.detach().lt(1).logicalNot() }
    let safe = concentration.maskedFill(isUndefined, 0.5)
    return (loc + scale / (1 - safe)).maskedFill(isUndefined, Double.nan)
  }
  public var mode: Tensor { loc }
  public var variance: Tensor {
    let isUndefined = noGrad { concentration.detach().lt(0.5).logicalNot() }
    let safe = concentration.maskedFill(isUndefined, 0.25)
    let found = scale.square() / ((1 - safe).square() * (1 - 2 * safe))
    return found.maskedFill(isUndefined, Double.nan)
  }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = loc.failed { return failed }
    return icdf(rand(extended(shape), dtype: loc.dtype).placed(with: loc))
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let z = (validated(value) - loc) / scale
    if z.hasFailed { return z }
    let power = shape.reciprocal() + onesLike(z)
    let heavy = `where`(noGrad { power.detach().eq(0) }, power, power * (shape * z).log1p())
    return -scale.log() - `where`(isExponential, z, heavy)
  }

  /// The logarithm of the probability of values above `value`.
  public func logSurvivalFunction(_ value: Tensor) -> Tensor {
    let z = (validated(value) - loc) / scale
    if z.hasFailed { return z }
    return `where`(isExponential, -z, -(shape * z).log1p() / shape)
  }
  /// The logarithm of ``cdf(_:)``.
  public func logCdf(_ value: Tensor) -> Tensor { (-logSurvivalFunction(value).exp()).log1p() }
  public func cdf(_ value: Tensor) -> Tensor { logCdf(value).exp() }

  public func icdf(_ value: Tensor) -> Tensor {
    let rest = (-value).log1p()
    let heavy = loc + scale / shape * (-shape * rest).expm1()
    if heavy.hasFailed { return heavy }
    return `where`(isExponential, loc - scale * rest, heavy)
  }

  public func entropy() -> Tensor { scale.log() + concentration + 1 }

  public func expand(_ batchShape: [Int]) -> GeneralizedPareto {
    GeneralizedPareto(
      loc.expand(batchShape), scale.expand(batchShape), concentration.expand(batchShape), validateArgs: validateArgs)
  }
}
