import ApusCore
import ApusNumerics

// The best of one rate at which another has at least a given value, and the threshold for it. One class a task, with the rule
// as its argument, as `MulticlassScore` has for the scores.

/// Which rate is to be as large as possible while another one has a least value.
public protocol FixedRateRule: Sendable {
  /// The name of the metric without its task.
  static var name: String { get }
  /// The best value at `least`, and the threshold, of a curve.
  static func best(_ source: RateSource, _ least: Double) -> (value: Double, threshold: Double)
}

/// A curve from which rates are read.
public struct RateSource {
  let source: CurveSource

  /// The points of a curve as columns of numbers.
  fileprivate func columns(_ curve: Curve) -> (x: Tensor, y: Tensor, thresholds: [Double]) {
    (curve.x, curve.y, curve.thresholds.doubles)
  }
}

/// The largest recall, of equal ones the largest precision, then threshold.
public struct RecallAtPrecisionRule: FixedRateRule {
  public static let name = "RecallAtFixedPrecision"
  public static func best(_ source: RateSource, _ least: Double) -> (value: Double, threshold: Double) {
    let (precision, recall, thresholds) = source.columns(source.source.precisionRecall())
    return largest(recall.doubles, precision.doubles, thresholds, where: precision.ge(least))
  }
}

/// The largest precision, of equal ones the largest recall, then threshold.
public struct PrecisionAtRecallRule: FixedRateRule {
  public static let name = "PrecisionAtFixedRecall"
  public static func best(_ source: RateSource, _ least: Double) -> (value: Double, threshold: Double) {
    let (precision, recall, thresholds) = source.columns(source.source.precisionRecall())
    return largest(precision.doubles, recall.doubles, thresholds, where: recall.ge(least))
  }
}

/// The first largest triple of value, other value and threshold; no threshold where the value is 0.
private func largest(
  _ values: [Double], _ others: [Double], _ thresholds: [Double], where mask: Tensor
) -> (value: Double, threshold: Double) {
  let holds = mask.to(.int64).integers
  var best: (Double, Double, Double)?
  for i in thresholds.indices where holds[i] != 0 {
    let candidate = (values[i], others[i], thresholds[i])
    if best.map({ candidate > $0 }) ?? true { best = candidate }
  }
  guard let best, best.0 != 0 else { return (0, .nan) }
  return (best.0, best.2)
}

/// The largest true positive rate at a specificity.
public struct SensitivityAtSpecificityRule: FixedRateRule {
  public static let name = "SensitivityAtSpecificity"
  public static func best(_ source: RateSource, _ least: Double) -> (value: Double, threshold: Double) {
    let (fpr, tpr, thresholds) = source.columns(source.source.roc())
    return first(tpr.doubles, thresholds, where: (1 - fpr).ge(least))
  }
}

/// The largest specificity at a true positive rate.
public struct SpecificityAtSensitivityRule: FixedRateRule {
  public static let name = "SpecificityAtSensitivity"
  public static func best(_ source: RateSource, _ least: Double) -> (value: Double, threshold: Double) {
    let (fpr, tpr, thresholds) = source.columns(source.source.roc())
    return first((1 - fpr).doubles, thresholds, where: tpr.ge(least))
  }
}

/// The first largest value; a threshold of a million where there is none.
private func first(
  _ values: [Double], _ thresholds: [Double], where mask: Tensor
) -> (value: Double, threshold: Double) {
  let holds = mask.to(.int64).integers
  guard let best = values.indices.filter({ holds[$0] != 0 }).max(by: { values[$0] < values[$1] }) else {
    return (0, 1e6)
  }
  let place = values.indices.first { holds[$0] != 0 && values[$0] == values[best] } ?? best
  return (values[place], thresholds[place])
}

extension Metric {
  fileprivate func expectRate(_ rate: Double) {
    expect((0...1).contains(rate), "the least rate lies between 0 and 1, and found \(rate)")
  }
}

/// The best rate of yes and no: ``BinaryRecallAtFixedPrecision``, ``BinarySensitivityAtSpecificity`` ...
public final class BinaryFixedRate<Rule: FixedRateRule>: BinaryCurveMetric, PairMetric {
  private let least: Double

  init(least: Double, _ thresholds: Thresholds?, _ ignoreIndex: Int?, _ validateArgs: Bool) {
    self.least = least
    super.init(thresholds, ignoreIndex, validateArgs)
    expectRate(least)
  }

  public override var name: String { "Binary" + Rule.name }
  public override var higherIsBetter: Bool? { true }

  /// The best value and the threshold at which it is reached.
  public func compute() -> (value: Tensor, threshold: Tensor) {
    if let failure { return (failure, failure) }
    let best = Rule.best(RateSource(source: source), least)
    return (Tensor(best.value), Tensor(best.threshold))
  }
}

extension ManyCurvesMetric {
  fileprivate func best<Rule: FixedRateRule>(_ rule: Rule.Type, _ least: Double) -> (Tensor, Tensor) {
    if let failure { return (failure, failure) }
    let all = sources.map { rule.best(RateSource(source: $0), least) }
    func column(_ values: [Double]) -> Tensor { Tensor(values, shape: [classes], dtype: .float32) }
    return (column(all.map(\.value)), column(all.map(\.threshold)))
  }
}

/// The best rates of several classes: ``MulticlassRecallAtFixedPrecision``, ``MulticlassSensitivityAtSpecificity`` ...
public final class MulticlassFixedRate<Rule: FixedRateRule>: MulticlassCurveMetric, PairMetric {
  private let least: Double

  init(_ numClasses: Int, least: Double, _ thresholds: Thresholds?, _ ignoreIndex: Int?, _ validateArgs: Bool) {
    self.least = least
    super.init(numClasses, thresholds, ignoreIndex, validateArgs)
    expectRate(least)
  }

  public override var name: String { "Multiclass" + Rule.name }
  public override var higherIsBetter: Bool? { true }

  /// The best value of each class and the threshold at which it is reached.
  public func compute() -> (value: Tensor, threshold: Tensor) {
    let (values, thresholds) = best(Rule.self, least)
    return (values, thresholds)
  }
}

/// The best rates of several labels: ``MultilabelRecallAtFixedPrecision``, ``MultilabelSensitivityAtSpecificity`` ...
public final class MultilabelFixedRate<Rule: FixedRateRule>: MultilabelCurveMetric, PairMetric {
  private let least: Double

  init(_ numLabels: Int, least: Double, _ thresholds: Thresholds?, _ ignoreIndex: Int?, _ validateArgs: Bool) {
    self.least = least
    super.init(numLabels, thresholds, ignoreIndex, validateArgs)
    expectRate(least)
  }

  public override var name: String { "Multilabel" + Rule.name }
  public override var higherIsBetter: Bool? { true }

  /// The best value of each label and the threshold at which it is reached.
  public func compute() -> (value: Tensor, threshold: Tensor) {
    let (values, thresholds) = best(Rule.self, least)
    return (values, thresholds)
  }
}
