import ApusCore
import ApusFunctional
import ApusNumerics

// Agreement beyond chance: Cohen's kappa and the correlation coefficient of Matthews.

/// How much disagreements count in Cohen's kappa.
public enum KappaWeights: String, Sendable, Hashable, NamedChoice {
  /// All alike; by the distance of the classes; by its square.
  case none, linear, quadratic
}

private func kappa(_ counts: Tensor, _ weights: KappaWeights) -> Tensor {
  let matrix = counts.to(.float32)
  let classes = matrix.shape[0]
  let (rows, columns) = (matrix.sum([1], keepDim: true), matrix.sum([0], keepDim: true))
  let expected = rows * columns / matrix.sum()
  let numbers = arange(0, classes, 1).to(.float32)
  let distance = (numbers.unsqueeze(0) - numbers.unsqueeze(1)).abs()
  let cost =
    switch weights {
    case .none: distance.ne(0).to(.float32)
    case .linear: distance
    case .quadratic: distance.square()
    }
  return 1 - (cost * matrix).sum() / (cost * expected).sum()
}

/// Cohen's kappa of yes and no: agreement beyond chance.
public final class BinaryCohenKappa: BinaryConfusionMetric, PairMetric {
  private let weights: KappaWeights

  /// - Parameters:
  ///   - threshold: above which probability something is positive.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - weights: how much disagreements count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    threshold: Double = 0.5, ignoreIndex: Int? = nil, weights: KappaWeights = .none, validateArgs: Bool = true
  ) {
    self.weights = weights
    super.init(threshold, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { kappa(counts, weights) }
}

/// Cohen's kappa of several classes: agreement beyond chance.
public final class MulticlassCohenKappa: MulticlassConfusionMetric, PairMetric {
  private let weights: KappaWeights

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - weights: how much disagreements count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, ignoreIndex: Int? = nil, weights: KappaWeights = .none, validateArgs: Bool = true
  ) {
    self.weights = weights
    super.init(numClasses, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { kappa(counts, weights) }
}

/// The coefficient of Matthews of a confusion matrix.
private func matthews(_ counts: Tensor) -> Tensor {
  let matrix = counts.rank == 3 ? counts.sum([0]) : counts
  let values = matrix.doubles
  let classes = matrix.shape[0]
  func number(_ value: Double) -> Tensor { Tensor(value, dtype: .float32) }
  let isBinary = classes == 2
  if isBinary {
    let (right, wrong) = (values[0] + values[3], values[1] + values[2])
    if right != 0, wrong == 0 { return number(1) }
    if right == 0, wrong != 0 { return number(-1) }
  }
  var (rows, columns) = ([Double](repeating: 0, count: classes), [Double](repeating: 0, count: classes))
  var (hits, all) = (0.0, 0.0)
  for (i, value) in values.enumerated() {
    rows[i / classes] += value
    columns[i % classes] += value
    all += value
    if i % (classes + 1) == 0 { hits += value }
  }
  func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { $0 * $1 }.reduce(0, +) }
  let numerator = hits * all - product(rows, columns)
  let denominator = (all * all - product(columns, columns)) * (all * all - product(rows, rows))
  if denominator != 0 { return number(numerator / denominator.squareRoot()) }
  guard isBinary else { return number(0) }
  // The limit where a row or column of four cells is empty, as torchmetrics takes it.
  let (tn, fp, fn, tp) = (values[0], values[1], values[2], values[3])
  let eps = Double(Float.ulpOfOne)
  let limit: Double
  switch (tp == 0, tn == 0, fp == 0, fn == 0) {
  case (_, true, _, true): limit = eps.squareRoot() * (tp - fp)
  case (_, true, true, _): limit = eps.squareRoot() * (tp - fn)
  case (true, _, _, true): limit = eps.squareRoot() * (tn - fp)
  case (true, _, true, _): limit = eps.squareRoot() * (tn - fn)
  case (true, _, _, _): limit = tn - fp * fn
  case (_, true, _, _): limit = tp - fp * fn
  case (_, _, true, _), (_, _, _, true): limit = tp * tn
  default: return number(0)
  }
  let scale = (tp + fp + eps) * (tp + fn + eps) * (tn + fp + eps) * (tn + fn + eps)
  return number(limit / scale.squareRoot())
}

/// The correlation coefficient of Matthews of yes and no.
public final class BinaryMatthewsCorrCoef: BinaryConfusionMetric, PairMetric {
  /// - Parameters:
  ///   - threshold: above which probability something is positive.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(threshold: Double = 0.5, ignoreIndex: Int? = nil, validateArgs: Bool = true) {
    super.init(threshold, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { matthews(counts) }
}

/// The correlation coefficient of Matthews of several classes.
public final class MulticlassMatthewsCorrCoef: MulticlassConfusionMetric, PairMetric {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(numClasses: Int, ignoreIndex: Int? = nil, validateArgs: Bool = true) {
    super.init(numClasses, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { matthews(counts) }
}

/// The correlation coefficient of Matthews of several labels, of all of them together.
public final class MultilabelMatthewsCorrCoef: MultilabelConfusionMetric, PairMetric {
  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - threshold: above which probability a label is positive.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(numLabels: Int, threshold: Double = 0.5, ignoreIndex: Int? = nil, validateArgs: Bool = true) {
    super.init(numLabels, threshold, ignoreIndex, validateArgs)
  }

  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { matthews(counts) }
}
