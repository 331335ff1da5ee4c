import ApusCore

// Means of the errors of single elements.

/// Checks for metrics with `numOutputs` targets of each example.
/// - Throws: `TensorError` unless predictions and targets are `[N]` or `[N, numOutputs]`.
func requireOutputs(_ preds: Tensor, _ target: Tensor, _ numOutputs: Int, _ name: String) throws(TensorError) {
  try requireSameShape(preds, target, name)
  guard preds.rank == 1 || preds.rank == 2 else {
    throw TensorError(.shape, name, "needs one or two dimensions, and found the shape \(preds.shape)")
  }
  let outputs = preds.rank == 1 ? 1 : preds.shape[1]
  let fits = numOutputs == 1 ? outputs == 1 : preds.rank == 1 || outputs == numOutputs
  guard fits else {
    throw TensorError(
      .shape, name, "numOutputs is \(numOutputs), and the inputs have \(outputs) outputs: \(preds.shape)")
  }
}

/// The sum over examples of what `each` makes of predictions and targets, and their number.
private func summed(
  _ preds: Tensor, _ target: Tensor, _ numOutputs: Int, _ name: String, _ each: (Tensor, Tensor) -> Tensor
) throws(TensorError) -> (Tensor, Int) {
  try requireSameShape(preds, target, name)
  guard numOutputs > 1 else { return (each(preds.floating, target.floating).sum(), target.count) }
  guard preds.rank >= 1, preds.shape.last == numOutputs || preds.rank == 1 else {
    throw TensorError(.shape, name, "needs \(numOutputs) outputs, and found the shape \(preds.shape)")
  }
  return (each(preds.floating, target.floating).sum([0]), target.shape[0])
}

/// The mean squared error, or its root: `1/N sum (target - preds)^2`.
public final class MeanSquaredError: Metric, PairMetric {
  private let squared: Bool
  private let numOutputs: Int
  private let sumSquaredError = MetricState(0)
  private let total = MetricState(0)

  /// - Parameters:
  ///   - squared: whether the root is not taken.
  ///   - numOutputs: the number of targets of an example, each of which has a value of its own.
  public init(squared: Bool = true, numOutputs: Int = 1) {
    self.squared = squared
    self.numOutputs = numOutputs
    super.init()
    expect(numOutputs >= 1, "needs 1 or more outputs, and found \(numOutputs)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets of one shape; `[N, numOutputs]` for several outputs.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      let (sum, n) = try summed(preds, target, numOutputs, name) { ($0 - $1).square() }
      sumSquaredError.add(sum)
      total.add(n)
    }
  }

  public func compute() -> Tensor {
    let mean = sumSquaredError.value / total.value
    return squared ? mean : mean.sqrt()
  }
}

/// The mean absolute error: `1/N sum |target - preds|`.
public final class MeanAbsoluteError: Metric, PairMetric {
  private let numOutputs: Int
  private let sumAbsError = MetricState(0)
  private let total = MetricState(0)

  /// - Parameter numOutputs: the number of targets of an example, each of which has a value of its own.
  public init(numOutputs: Int = 1) {
    self.numOutputs = numOutputs
    super.init()
    expect(numOutputs >= 1, "needs 1 or more outputs, and found \(numOutputs)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets of one shape; `[N, numOutputs]` for several outputs.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      let (sum, n) = try summed(preds, target, numOutputs, name) { ($0 - $1).abs() }
      sumAbsError.add(sum)
      total.add(n)
    }
  }

  public func compute() -> Tensor { sumAbsError.value / total.value }
}

/// The least denominator of relative errors.
private let leastScale = 1.17e-06

/// The mean of `|target - preds| / max(eps, |target|)`.
public final class MeanAbsolutePercentageError: Metric, PairMetric {
  private let sumAbsPerError = MetricState(0)
  private let total = MetricState(0)

  public override init() {}
  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      let target = target.floating
      sumAbsPerError.add(((preds - target).abs() / target.abs().clamp(min: leastScale)).sum())
      total.add(target.count)
    }
  }

  public func compute() -> Tensor { sumAbsPerError.value / total.value }
}

/// The mean of `2 |target - preds| / max(eps, |target| + |preds|)`.
public final class SymmetricMeanAbsolutePercentageError: Metric, PairMetric {
  private let sumAbsPerError = MetricState(0)
  private let total = MetricState(0)

  public override init() {}
  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      let (preds, target) = (preds.floating, target.floating)
      let each = (preds - target).abs() / (target.abs() + preds.abs()).clamp(min: leastScale)
      sumAbsPerError.add(2 * each.sum())
      total.add(target.count)
    }
  }

  public func compute() -> Tensor { sumAbsPerError.value / total.value }
}

/// `sum |target - preds| / sum |target|`.
public final class WeightedMeanAbsolutePercentageError: Metric, PairMetric {
  private let sumAbsError = MetricState(0)
  private let sumScale = MetricState(0)

  public override init() {}
  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      sumAbsError.add((preds - target).abs().sum())
      sumScale.add(target.abs().sum())
    }
  }

  public func compute() -> Tensor { sumAbsError.value / sumScale.value.clamp(min: leastScale) }
}

/// The mean of `(log(1 + target) - log(1 + preds))^2`.
public final class MeanSquaredLogError: Metric, PairMetric {
  private let sumSquaredLogError = MetricState(0)
  private let total = MetricState(0)

  public override init() {}
  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      sumSquaredLogError.add((preds.log1p() - target.log1p()).square().sum())
      total.add(target.count)
    }
  }

  public func compute() -> Tensor { sumSquaredLogError.value / total.value }
}

/// The mean of `log cosh(preds - target)`.
public final class LogCoshError: Metric, PairMetric {
  private let numOutputs: Int
  private let sumLogCoshError = MetricState(0)
  private let total = MetricState(0)

  /// - Parameter numOutputs: the number of targets of an example, each of which has a value of its own.
  public init(numOutputs: Int = 1) {
    self.numOutputs = numOutputs
    super.init()
    expect(numOutputs >= 1, "needs 1 or more outputs, and found \(numOutputs)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets `[N]` or `[N, numOutputs]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireOutputs(preds, target, numOutputs, name)
      let size = (preds.floating - target.floating).abs()
      // log cosh x = |x| + log(1 + exp(-2 |x|)) - log 2, which does not overflow.
      let each = size + (-2 * size).exp().log1p() - 0.6931471805599453
      sumLogCoshError.add(numOutputs == 1 ? each.sum() : each.sum([0]))
      total.add(target.shape[0])
    }
  }

  public func compute() -> Tensor { sumLogCoshError.value / total.value }
}

/// The Minkowski distance: `(sum |target - preds|^p)^(1/p)`.
public final class MinkowskiDistance: Metric, PairMetric {
  private let p: Double
  private let minkowskiDistSum = MetricState(0)

  /// - Parameter p: the order, 1 or more.
  public init(p: Double) {
    self.p = p
    super.init()
    expect(p >= 1, "needs an order p of 1 or more, and found \(p)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      minkowskiDistSum.add((preds.floating - target).abs().pow(p).sum())
    }
  }

  public func compute() -> Tensor { minkowskiDistSum.value.pow(1 / p) }
}

/// The mean deviance of a Tweedie distribution: squared errors at power 0, of Poisson's at 1, of the gamma at 2.
public final class TweedieDevianceScore: Metric, PairMetric {
  private let power: Double
  private let sumDevianceScore = MetricState(0)
  private let numObservations = MetricState(0)

  /// - Parameter power: how the variance grows with the mean; there is no distribution between 0 and 1.
  public init(power: Double = 0) {
    self.power = power
    super.init()
    expect(!(power > 0 && power < 1), "is not defined for a power between 0 and 1, and found \(power)")
  }

  /// Adds predictions and targets of one shape; which signs they may have depends on the power.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      let (preds, target) = (preds.floating, target.floating)
      try checkSigns(preds, target)
      sumDevianceScore.add(deviance(preds, target).sum())
      numObservations.add(preds.count)
    }
  }

  private func checkSigns(_ preds: Tensor, _ target: Tensor) throws(TensorError) {
    if power > 0 && power < 1 {
      throw mistake(.value, "is not defined for a power between 0 and 1, and found \(power)")
    }
    if power == 0 { return }
    if preds.le(0).hasAny { throw mistake(.value, "predictions must be positive for a power of \(power)") }
    if power >= 1, power < 2, target.lt(0).hasAny {
      throw mistake(.value, "targets must not be negative for a power of \(power)")
    }
    if power >= 2, target.le(0).hasAny { throw mistake(.value, "targets must be positive for a power of \(power)") }
  }

  private func deviance(_ preds: Tensor, _ target: Tensor) -> Tensor {
    switch power {
    case 0: return (target - preds).square()
    case 1: return 2 * (safeXlogy(target, target / preds) + preds - target)
    case 2: return 2 * ((preds / target).log() + target / preds - 1)
    default:
      let first = target.clamp(min: 0).pow(2 - power) / ((1 - power) * (2 - power))
      let second = target * preds.pow(1 - power) / (1 - power)
      let third = preds.pow(2 - power) / (2 - power)
      return 2 * (first - second + third)
    }
  }

  public func compute() -> Tensor { sumDevianceScore.value / numObservations.value }
}
