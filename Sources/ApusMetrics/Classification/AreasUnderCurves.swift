import ApusCore
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Numbers that curves amount to: areas, average precision, the equal error rate.

// MARK: AUROC

/// The area under the characteristic up to a rate of false positives, scaled so that chance is 1/2 and the best is 1.
func partialArea(_ curve: Curve, _ maxFpr: Double) -> Tensor {
  let (fpr, tpr) = (curve.x, curve.y)
  if maxFpr == 1 || fpr.sum().item() == 0 || tpr.sum().item() == 0 { return curve.area }
  let limit = Tensor([maxFpr], dtype: fpr.dtype)
  let stop = searchsorted(fpr, limit, right: true).item(as: Int.self)
  let least = 0.5 * maxFpr * maxFpr
  guard stop < fpr.count else { return curve.area }
  // Without a point below the limit there is no area, as in torchmetrics.
  if stop == 0 { return Tensor(0.5 * (1 - least / (maxFpr - least)), dtype: fpr.dtype) }
  let (before, after) = (fpr.narrow(0, stop - 1, 1), fpr.narrow(0, stop, 1))
  let height = tpr.narrow(0, stop - 1, 1).lerp(tpr.narrow(0, stop, 1), (limit - before) / (after - before))
  let area = cat([tpr.narrow(0, 0, stop), height]).trapezoid(cat([fpr.narrow(0, 0, stop), limit]))
  return 0.5 * (1 + (area - least) / (maxFpr - least))
}

/// The area under the receiver operating characteristic of yes and no.
public final class BinaryAUROC: BinaryCurveMetric, PairMetric {
  private let maxFpr: Double?

  /// - Parameters:
  ///   - maxFpr: the area up to this rate of false positives, scaled to lie between 1/2 and 1; nil for all of it.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    maxFpr: Double? = nil, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.maxFpr = maxFpr
    super.init(thresholds, ignoreIndex, validateArgs)
    if let maxFpr { expect(maxFpr > 0 && maxFpr <= 1, "maxFpr lies above 0 and up to 1, and found \(maxFpr)") }
  }

  public override var higherIsBetter: Bool? { true }

  public func compute() -> Tensor {
    if let failure { return failure }
    let curve = source.roc()
    return maxFpr.map { partialArea(curve, $0) } ?? curve.area
  }
}

/// The area under the receiver operating characteristic of several classes, each against the others.
public final class MulticlassAUROC: MulticlassCurveMetric, PairMetric {
  private let mean: MetricAverage

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - average: how the areas of classes become one.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, average: MetricAverage = .macro, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    mean = average
    super.init(numClasses, thresholds, ignoreIndex, validateArgs)
    expect(average != .micro, "the average is macro, weighted or none, and found micro")
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { failure ?? averaged(sources.map { $0.roc().area }, mean) }
}

/// The area under the receiver operating characteristic of several labels.
public final class MultilabelAUROC: MultilabelCurveMetric, PairMetric {
  private let mean: MetricAverage

  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - average: how the areas of labels become one.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numLabels: Int, average: MetricAverage = .macro, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    mean = average
    super.init(numLabels, thresholds, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor {
    if let failure { return failure }
    return mean == .micro ? together.roc().area : averaged(sources.map { $0.roc().area }, mean)
  }
}

// MARK: Average precision

/// The mean precision of yes and no over the steps of recall.
public final class BinaryAveragePrecision: BinaryCurveMetric, PairMetric {
  /// - Parameters:
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - normalization: how logits become probabilities; nil to take scores as they are.
  public init(
    thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true,
    normalization: ScoreNormalization? = .sigmoid
  ) {
    super.init(thresholds, ignoreIndex, validateArgs, normalization)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { failure ?? source.precisionRecall().withoutNaN.averagePrecision }
}

extension ManyCurvesMetric {
  fileprivate func averagePrecision(_ mean: MetricAverage) -> Tensor {
    if let failure { return failure }
    if mean == .micro { return together.precisionRecall().withoutNaN.averagePrecision }
    let curves = sources.map { $0.precisionRecall() }
    // Only counts at thresholds have points without a value; a class without targets has no value.
    return averaged(curves.map { (thresholds == nil ? $0 : $0.withoutNaN).averagePrecision }, mean)
  }
}

/// The mean precision of several classes over the steps of recall.
public final class MulticlassAveragePrecision: MulticlassCurveMetric, PairMetric {
  private let mean: MetricAverage

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - average: how the values of classes become one.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, average: MetricAverage = .macro, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    mean = average
    super.init(numClasses, thresholds, ignoreIndex, validateArgs)
    expect(average != .micro, "the average is macro, weighted or none, and found micro")
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { averagePrecision(mean == .micro ? .macro : mean) }
}

/// The mean precision of several labels over the steps of recall.
public final class MultilabelAveragePrecision: MultilabelCurveMetric, PairMetric {
  private let mean: MetricAverage

  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - average: how the values of labels become one.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numLabels: Int, average: MetricAverage = .macro, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    mean = average
    super.init(numLabels, thresholds, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { averagePrecision(mean) }
}

// MARK: The equal error rate

extension Curve {
  /// Where the rates of false positives and false negatives meet.
  fileprivate var equalErrorRate: Tensor {
    let missed = 1 - y
    let place = (x - missed).abs().argmin().item(as: Int.self)
    return (x[place] + missed[place]) / 2
  }
}

/// The equal error rate of yes and no: where false positives are as frequent as false negatives.
public final class BinaryEER: BinaryCurveMetric, PairMetric {
  /// - Parameters:
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - normalization: how logits become probabilities; nil to take scores as they are.
  public init(
    thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true,
    normalization: ScoreNormalization? = .sigmoid
  ) {
    super.init(thresholds, ignoreIndex, validateArgs, normalization)
  }

  public override var higherIsBetter: Bool? { false }
  public func compute() -> Tensor { failure ?? source.roc().equalErrorRate }
}

/// The equal error rate of several classes.
public final class MulticlassEER: MulticlassCurveMetric, PairMetric {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - average: a rate for each class (`.none`), of all decisions (`.micro`), or of the mean curve (`.macro`).
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, thresholds: Thresholds? = nil, average: MetricAverage = .none, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    super.init(numClasses, thresholds, average: average, ignoreIndex, validateArgs)
    expect(average != .weighted, "the average of curves is none, micro or macro, and found \(average)")
  }

  public override var higherIsBetter: Bool? { false }
  public func compute() -> Tensor {
    if let failure { return failure }
    let rates = characteristics.map(\.equalErrorRate)
    return average == .micro || average == .macro ? rates[0] : stack(rates, dim: 0)
  }
}

/// The equal error rate of several labels.
public final class MultilabelEER: MultilabelCurveMetric, PairMetric {
  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numLabels: Int, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    super.init(numLabels, thresholds, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { false }
  public func compute() -> Tensor { failure ?? stack(characteristics.map(\.equalErrorRate), dim: 0) }
}

// MARK: The area over a logarithmic axis

extension Curve {
  /// The area of a characteristic over the logarithm of the rate of false positives, as a share of what there is in `range`.
  fileprivate func logArea(_ range: (Double, Double)) -> Tensor {
    let (fpr, tpr) = (x.to(.float32).doubles, y.to(.float32).doubles)
    guard fpr.count >= 2 else {
      warn("LogAUC", "needs two points of the curve, and is taken for 0")
      return Tensor(0.0)
    }
    let order = fpr.indices.sorted { fpr[$0] < fpr[$1] }
    let bounds = [Double(Float(range.0)), Double(Float(range.1))]
    let heights = bounds.map { x in
      let place = min(max(order.count { fpr[$0] < x } - 1, 0), fpr.count - 2)
      let (a, b) = (order[place], order[place + 1])
      return tpr[a] + (tpr[b] - tpr[a]) / (fpr[b] - fpr[a]) * (x - fpr[a])
    }
    let (xs, ys) = ((fpr + bounds).sorted(), (tpr + heights).sorted())
    guard let first = xs.lastIndex(of: bounds[0]), let last = xs.lastIndex(of: bounds[1]) else {
      return Tensor(Double.nan)
    }
    let logs = xs.map { log10($0) }
    var area = 0.0
    for i in first..<max(first, last) { area += (logs[i + 1] - logs[i]) * (ys[i + 1] + ys[i]) / 2 }
    return Tensor(area / (log10(bounds[1]) - log10(bounds[0])))
  }
}

extension Metric {
  fileprivate func expectRange(_ range: (Double, Double)) {
    expect(
      range.0 >= 0 && range.0 < range.1 && range.1 <= 1, "fprRange lies between 0 and 1 and rises, and found \(range)")
  }
}

/// The area under the characteristic of yes and no over a logarithmic axis of false positives: what counts where few of them
/// are borne.
public final class BinaryLogAUC: BinaryCurveMetric, PairMetric {
  private let fprRange: (Double, Double)

  /// - Parameters:
  ///   - fprRange: the rates of false positives between which the area is taken.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked.
  public init(
    fprRange: (Double, Double) = (0.001, 0.1), thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = false
  ) {
    self.fprRange = fprRange
    super.init(thresholds, ignoreIndex, validateArgs)
    expectRange(fprRange)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { failure ?? source.roc().logArea(fprRange) }
}

/// The area under the characteristics of several classes over a logarithmic axis of false positives.
public final class MulticlassLogAUC: MulticlassCurveMetric, PairMetric {
  private let fprRange: (Double, Double)
  private let mean: MetricAverage

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - fprRange: the rates of false positives between which the area is taken.
  ///   - average: how the areas of classes become one: `.macro` or `.none`.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, fprRange: (Double, Double) = (0.001, 0.1), average: MetricAverage = .none,
    thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.fprRange = fprRange
    mean = average
    super.init(numClasses, thresholds, ignoreIndex, validateArgs)
    expectRange(fprRange)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { failure ?? averaged(sources.map { $0.roc().logArea(fprRange) }, mean) }
}

/// The area under the characteristics of several labels over a logarithmic axis of false positives.
public final class MultilabelLogAUC: MultilabelCurveMetric, PairMetric {
  private let fprRange: (Double, Double)
  private let mean: MetricAverage

  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - fprRange: the rates of false positives between which the area is taken.
  ///   - average: how the areas of labels become one: `.macro` or `.none`.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numLabels: Int, fprRange: (Double, Double) = (0.001, 0.1), average: MetricAverage = .none,
    thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.fprRange = fprRange
    mean = average
    super.init(numLabels, thresholds, ignoreIndex, validateArgs)
    expectRange(fprRange)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { failure ?? averaged(sources.map { $0.roc().logArea(fprRange) }, mean) }
}
