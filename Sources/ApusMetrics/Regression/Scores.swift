import ApusCore
import ApusNumerics

// How much of the targets' variance predictions explain, and other scores against the scale of the targets.

/// How the scores of several outputs become one.
public enum MultioutputAverage: String, Sendable, Hashable, NamedChoice {
  /// One score for each output.
  case rawValues = "raw_values"
  /// Their mean.
  case uniformAverage = "uniform_average"
  /// Their mean, weighted by the variance of each output's targets.
  case varianceWeighted = "variance_weighted"

  func callAsFunction(_ scores: Tensor, _ variances: Tensor) -> Tensor {
    switch self {
    case .rawValues: scores.squeezedScalar
    case .uniformAverage: scores.mean()
    case .varianceWeighted: (variances / variances.sum() * scores).sum()
    }
  }
}

/// The sums over examples of targets, their squares and squared errors.
private func targetSums(_ preds: Tensor, _ target: Tensor, _ name: String) throws(TensorError) -> (
  squares: Tensor, targets: Tensor, residual: Tensor
) {
  try requireSameShape(preds, target, name)
  guard preds.rank == 1 || preds.rank == 2 else {
    throw TensorError(.shape, name, "needs one or two dimensions, and found the shape \(preds.shape)")
  }
  let (preds, target) = (preds.floating, target.floating)
  return (target.square().sum([0]), target.sum([0]), (target - preds).square().sum([0]))
}

/// The coefficient of determination: `1 - sum (target - preds)^2 / sum (target - mean)^2`.
public final class R2Score: Metric, PairMetric {
  private let adjusted: Int
  private let multioutput: MultioutputAverage
  private let sumSquaredError = MetricState(0)
  private let sumError = MetricState(0)
  private let residual = MetricState(0)
  private let total = MetricState(0)

  /// - Parameters:
  ///   - adjusted: the number of independent variables for which the score is adjusted; 0 for none.
  ///   - multioutput: how the scores of several outputs become one.
  public init(adjusted: Int = 0, multioutput: MultioutputAverage = .uniformAverage) {
    self.adjusted = adjusted
    self.multioutput = multioutput
    super.init()
    expect(adjusted >= 0, "adjusted must be 0 or more, and found \(adjusted)")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds predictions and targets `[N]` or `[N, outputs]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      let sums = try targetSums(preds, target, name)
      sumSquaredError.add(sums.squares)
      sumError.add(sums.targets)
      residual.add(sums.residual)
      total.add(target.shape[0])
    }
  }

  public func compute() -> Tensor {
    let n = total.value.item(as: Double.self)
    guard n >= 2 else { return fail(mistake(.state, "needs at least two samples, and has seen \(Int(n))")) }
    let squares = sumSquaredError.value - sumError.value * (sumError.value / n)
    let rest = residual.value
    let (hasRest, hasSquares) = (rest.abs().gt(1e-4), squares.abs().gt(1e-4))
    let scores = `where`(
      hasRest.logicalAnd(hasSquares), 1 - rest / squares, `where`(hasRest, zerosLike(rest), onesLike(rest)))
    let score = multioutput(scores, squares)
    if adjusted <= 0 { return score }
    guard Double(adjusted) < n - 1 else {
      warn(name, "cannot adjust for \(adjusted) variables with \(Int(n)) samples; the score is not adjusted")
      return score
    }
    return 1 - (1 - score) * ((n - 1) / (n - Double(adjusted) - 1))
  }
}

/// The explained variance: `1 - Var(target - preds) / Var(target)`.
public final class ExplainedVariance: Metric, PairMetric {
  private let multioutput: MultioutputAverage
  private let sumError = MetricState(0)
  private let sumSquaredError = MetricState(0)
  private let sumTarget = MetricState(0)
  private let sumSquaredTarget = MetricState(0)
  private let numObs = MetricState(0)

  /// - Parameter multioutput: how the scores of several outputs become one.
  public init(multioutput: MultioutputAverage = .uniformAverage) { self.multioutput = multioutput }

  public override var higherIsBetter: Bool? { true }

  /// Adds predictions and targets `[N, ...]`; the dimensions after the first are outputs.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard preds.rank >= 1 else { throw mistake(.shape, "needs one or more dimensions, and found a number") }
      let (preds, target) = (preds.floating, target.floating)
      let difference = target - preds
      numObs.add(preds.shape[0])
      sumError.add(difference.sum([0]))
      sumSquaredError.add(difference.square().sum([0]))
      sumTarget.add(target.sum([0]))
      sumSquaredTarget.add(target.square().sum([0]))
    }
  }

  public func compute() -> Tensor {
    let n = numObs.value
    let (error, target) = (sumError.value / n, sumTarget.value / n)
    let numerator = sumSquaredError.value / n - error * error
    let denominator = sumSquaredTarget.value / n - target * target
    let (hasError, hasVariance) = (numerator.ne(0), denominator.ne(0))
    let scores = `where`(
      hasError.logicalAnd(hasVariance), 1 - numerator / denominator,
      `where`(hasError, zerosLike(error), onesLike(error)))
    return multioutput(scores, denominator)
  }
}

/// The relative squared error, or its root: `sum (target - preds)^2 / sum (target - mean)^2`, the mean over outputs.
public final class RelativeSquaredError: Metric, PairMetric {
  private let numOutputs: Int
  private let squared: Bool
  private let sumSquaredError = MetricState(0)
  private let sumError = MetricState(0)
  private let residual = MetricState(0)
  private let total = MetricState(0)

  /// - Parameters:
  ///   - numOutputs: the number of targets of an example.
  ///   - squared: whether the root is not taken.
  public init(numOutputs: Int = 1, squared: Bool = true) {
    self.numOutputs = numOutputs
    self.squared = squared
    super.init()
    expect(numOutputs >= 1, "needs 1 or more outputs, and found \(numOutputs)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets `[N]` or `[N, outputs]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      let sums = try targetSums(preds, target, name)
      let outputs = preds.rank == 2 ? preds.shape[1] : 1
      guard outputs == numOutputs || outputs == 1 else {
        throw mistake(.shape, "numOutputs is \(numOutputs), and the inputs have \(outputs) outputs: \(preds.shape)")
      }
      sumSquaredError.add(sums.squares)
      sumError.add(sums.targets)
      residual.add(sums.residual)
      total.add(target.shape[0])
    }
  }

  public func compute() -> Tensor {
    let variance = sumSquaredError.value - sumError.value * sumError.value / total.value
    let least = variance.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
    let relative = residual.value / variance.clamp(min: least)
    return (squared ? relative : relative.sqrt()).mean()
  }
}

/// The root of the mean squared error, over the scale of the targets.
public final class NormalizedRootMeanSquaredError: Metric, PairMetric {
  /// What is taken for the scale of the targets.
  public enum Normalization: String, Sendable, Hashable, NamedChoice {
    /// Their mean, the range between smallest and largest, the standard deviation, the norm.
    case mean, range, std, l2
  }

  private let normalization: Normalization
  private let numOutputs: Int
  private let sumSquaredError = MetricState(0, .custom)
  private let total = MetricState(0, .custom)
  private let minVal = MetricState(.infinity, .custom)
  private let maxVal = MetricState(-.infinity, .custom)
  private let meanVal = MetricState(0, .custom)
  private let varVal = MetricState(0, .custom)
  private let targetSquared = MetricState(0, .custom)

  /// - Parameters:
  ///   - normalization: what is taken for the scale of the targets.
  ///   - numOutputs: the number of targets of an example, each of which has a value of its own.
  public init(normalization: Normalization = .mean, numOutputs: Int = 1) {
    self.normalization = normalization
    self.numOutputs = numOutputs
    super.init()
    expect(numOutputs >= 1, "needs 1 or more outputs, and found \(numOutputs)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and targets of one shape; `[N, numOutputs]` for several outputs.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard numOutputs == 1 || preds.rank == 2 && preds.shape[1] == numOutputs else {
        throw mistake(.shape, "needs \(numOutputs) outputs, and found the shape \(preds.shape)")
      }
      guard preds.count > 0 else { return }
      let shape = numOutputs == 1 ? [-1] : preds.shape
      let (preds, target) = (preds.floating.reshape(shape), target.floating.reshape(shape))
      let mean = target.mean([0])
      let batch: [[Tensor]] = [
        [(preds - target).square().sum([0])], [Tensor(Double(target.shape[0]))], [target.amin([0])],
        [target.amax([0])], [mean], [(target - mean).square().sum([0])], [target.square().sum([0])],
      ]
      let all = states.map(\.state)
      let joined = combine(all.map(\.pieces), batch)
      for (state, pieces) in zip(all, joined) { state.value = pieces[0] }
    }
  }

  public override func combine(_ earlier: [[Tensor]], _ later: [[Tensor]]) -> [[Tensor]] {
    let (a, b) = (earlier.map { $0[0] }, later.map { $0[0] })
    let n = a[1] + b[1]
    let shift = b[4] - a[4]
    let share = safeDivide(b[1], n)
    return [
      [a[0] + b[0]], [n], [a[2].minimum(b[2])], [a[3].maximum(b[3])], [a[4] + shift * share],
      [a[5] + b[5] + shift.square() * (a[1] * share)], [a[6] + b[6]],
    ]
  }

  public func compute() -> Tensor {
    let scale =
      switch normalization {
      case .mean: meanVal.value
      case .range: maxVal.value - minVal.value
      case .std: (varVal.value / total.value).sqrt()
      case .l2: targetSquared.value.sqrt()
      }
    return (sumSquaredError.value / total.value).sqrt() / scale
  }
}

/// The critical success index: of events, values of at least a threshold, `hits / (hits + misses + false alarms)`.
public final class CriticalSuccessIndex: Metric, PairMetric {
  private let threshold: Double
  private let keepSequenceDim: Int?
  private let hits: MetricState
  private let misses: MetricState
  private let falseAlarms: MetricState

  /// - Parameters:
  ///   - threshold: from which value on something counts as an event.
  ///   - keepSequenceDim: a dimension whose positions each have an index of their own.
  public init(threshold: Double, keepSequenceDim: Int? = nil) {
    self.threshold = threshold
    self.keepSequenceDim = keepSequenceDim
    func state() -> MetricState { keepSequenceDim == nil ? MetricState(Tensor(0)) : .list() }
    (hits, misses, falseAlarms) = (state(), state(), state())
    super.init()
    expect(keepSequenceDim ?? 0 >= 0, "keepSequenceDim must be 0 or more, and found \(keepSequenceDim ?? 0)")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds predictions and targets of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      let (found, wanted) = (preds.ge(threshold), target.ge(threshold))
      let counts = [
        found.logicalAnd(wanted), found.logicalNot().logicalAnd(wanted), found.logicalAnd(wanted.logicalNot()),
      ]
      if let dim = keepSequenceDim {
        guard preds.shape.indices.contains(dim) else {
          throw mistake(.dimension, "there is no dimension \(dim) to keep in the shape \(preds.shape)")
        }
        let others = preds.shape.indices.filter { $0 != dim }
        for (state, count) in zip([hits, misses, falseAlarms], counts) {
          state.append(others.isEmpty ? count.to(.int64) : count.sum(others))
        }
      } else {
        for (state, count) in zip([hits, misses, falseAlarms], counts) { state.add(count.sum()) }
      }
    }
  }

  public func compute() -> Tensor {
    safeDivide(hits.value, hits.value + misses.value + falseAlarms.value).squeezedScalar
  }
}
