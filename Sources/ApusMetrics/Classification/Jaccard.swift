import ApusCore
import ApusNumerics

// The Jaccard index: intersection over union, `TP / (TP + FP + FN)`.

/// The Jaccard index of yes and no: `TP / (TP + FP + FN)`.
public final class BinaryJaccardIndex: BinaryConfusionMetric, PairMetric {
  private let zeroDivision: Double

  /// - Parameters:
  ///   - threshold: above which probability something is positive.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - zeroDivision: the value where there is nothing to divide by.
  public init(threshold: Double = 0.5, ignoreIndex: Int? = nil, validateArgs: Bool = true, zeroDivision: Double = 0) {
    self.zeroDivision = zeroDivision
    super.init(threshold, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }

  public func compute() -> Tensor {
    let matrix = counts.to(.float32)
    return safeDivide(matrix[1, 1], matrix[0, 1] + matrix[1, 0] + matrix[1, 1], zeroDivision)
  }
}

/// The Jaccard index of several classes: `TP / (TP + FP + FN)`.
public final class MulticlassJaccardIndex: MulticlassConfusionMetric, PairMetric {
  private let average: MetricAverage
  private let zeroDivision: Double

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - average: how the values of classes become one.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - zeroDivision: the value where there is nothing to divide by.
  public init(
    numClasses: Int, average: MetricAverage = .macro, ignoreIndex: Int? = nil, validateArgs: Bool = true,
    zeroDivision: Double = 0
  ) {
    self.average = average
    self.zeroDivision = zeroDivision
    super.init(numClasses, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }

  public func compute() -> Tensor {
    let matrix = counts.to(.float32)
    let (rows, columns, hits) = (matrix.sum([1]), matrix.sum([0]), matrix.diagonal())
    let union = rows + columns - hits
    let ignored = ignoreIndex.flatMap { (0..<numClasses).contains($0) ? $0 : nil }
    if average == .micro {
      return safeDivide(hits.sum(), ignored.map { union.sum() - union[$0] } ?? union.sum(), zeroDivision)
    }
    let scores = safeDivide(hits, union, zeroDivision)
    if average == .none { return scores }
    var weights = average == .weighted ? rows : onesLike(scores).maskedFill((rows + columns).eq(0), 0)
    if average == .macro, let ignored { weights = weights.indexFill(0, Tensor([ignored]), 0.0) }
    return (weights * scores / weights.sum()).sum()
  }
}

/// The Jaccard index of several labels: `TP / (TP + FP + FN)`.
public final class MultilabelJaccardIndex: MultilabelConfusionMetric, PairMetric {
  private let average: MetricAverage
  private let zeroDivision: Double

  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - threshold: above which probability a label is positive.
  ///   - average: how the values of labels become one.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - zeroDivision: the value where there is nothing to divide by.
  public init(
    numLabels: Int, threshold: Double = 0.5, average: MetricAverage = .macro, ignoreIndex: Int? = nil,
    validateArgs: Bool = true, zeroDivision: Double = 0
  ) {
    self.average = average
    self.zeroDivision = zeroDivision
    super.init(numLabels, threshold, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }

  public func compute() -> Tensor {
    let matrix = counts.to(.float32)
    func cell(_ i: Int, _ j: Int) -> Tensor { matrix.select(1, i).select(1, j) }
    let (hits, support) = (cell(1, 1), cell(1, 1) + cell(1, 0))
    let union = support + cell(0, 1)
    if average == .micro { return safeDivide(hits.sum(), union.sum(), zeroDivision) }
    let scores = safeDivide(hits, union, zeroDivision)
    if average == .none { return scores }
    let weights = average == .weighted ? support : onesLike(scores)
    return (weights * scores / weights.sum()).sum()
  }
}
