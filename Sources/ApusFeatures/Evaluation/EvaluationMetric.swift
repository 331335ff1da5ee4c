import ApusCore
import ApusFunctional
import ApusMetrics
import ApusNumerics

/// A metric of predictions and targets whose examples may have weights.
public protocol WeightedMetric: PairMetric {
  /// Adds a batch.
  /// - Parameter weights: of each example, shape [rows]; nil for 1 each.
  func update(_ preds: Tensor, _ target: Tensor, weights: Tensor?)
}

/// A metric by its name, as an evaluation makes one for each slice.
///
/// Those of this type take weights. Predictions are probabilities of classes, shape [rows, classes], or one number a row, shape [rows]: the
/// probability of class 1, or the value. Targets are numbers of classes, or values, shape [rows].
///
///     [.accuracy, .logLoss, .areaUnderCurve, .metric("macro F1") { MulticlassF1Score(numClasses: 3) }]
public struct EvaluationMetric: Sendable {
  /// What it is called.
  public let name: String
  /// Whether larger values are better; nil where neither is.
  public let higherIsBetter: Bool?
  let make: @Sendable () -> any ComputedMetric

  /// Any metric of predictions and targets; one that is no ``WeightedMetric`` cannot be used with weights.
  /// - Parameters:
  ///   - name: what it is called.
  ///   - make: makes a new one; its value is a single number.
  public static func metric(
    _ name: String, _ make: @escaping @Sendable () -> any PairMetric
  ) -> EvaluationMetric {
    EvaluationMetric(name: name, higherIsBetter: make().higherIsBetter, make: make)
  }

  /// How many examples are put into their class: the most probable one, or class 1 from a half on.
  public static let accuracy = sums("accuracy", true) { preds, target in
    [preds.predictedClass.eq(target).to(.float64)]
  }

  /// -ln of the probability that the right class had, which counts as 1e-15 at least.
  public static let logLoss = sums("log_loss", false) { preds, target in
    let right: Tensor
    if preds.rank > 1 {
      right = preds.gather(1, target.to(.int64).unsqueeze(1)).squeeze(1)
    } else {
      right = `where`(target.gt(0.5), preds, 1 - preds)
    }
    return [-right.clamp(min: 1e-15).log()]
  }

  /// The mean squared distance of the probability of class 1 from the class: Brier's score.
  public static let brier = sums("brier", false) { preds, target in [(preds.positive - target).square()] }

  /// The mean squared error.
  public static let meanSquaredError = sums("mean_squared_error", false) { preds, target in
    [(preds.positive - target).square()]
  }
  /// The root of the mean squared error.
  public static let rootMeanSquaredError = sums(
    "root_mean_squared_error", false,
    { preds, target in [(preds.positive - target).square()] },
    { ($0[0] / $0[1]).squareRoot() })
  /// The mean absolute error.
  public static let meanAbsoluteError = sums("mean_absolute_error", false) { preds, target in
    [(preds.positive - target).abs()]
  }

  /// 1 - squared errors / squared distances of the targets from their mean.
  public static let r2 = sums(
    "r2", true,
    { preds, target in [(preds.positive - target).square(), target, target.square()] },
    { sums in 1 - sums[0] / (sums[2] - sums[1] * sums[1] / sums[3]) })

  /// The mean of the predictions.
  public static let meanPrediction = sums("mean_prediction", nil) { preds, _ in [preds.positive] }
  /// The mean of the targets.
  public static let meanLabel = sums("mean_label", nil) { _, target in [target] }

  /// The sum of the predictions by that of the targets: 1 where probabilities of class 1 are right on the whole.
  public static let calibration = sums(
    "calibration", nil, { preds, target in [preds.positive, target] }, { $0[0] / $0[1] })

  /// Of the examples that are put into class 1 the share that is of it. For more than two classes take ``metric(_:_:)``.
  public static let precision = sums(
    "precision", true, { preds, target in hits(preds, target) }, { $0[0] / ($0[0] + $0[1]) })
  /// Of the examples of class 1 the share that is put into it.
  public static let recall = sums(
    "recall", true, { preds, target in hits(preds, target) }, { $0[0] / ($0[0] + $0[2]) })
  /// The harmonic mean of precision and recall.
  public static let f1 = sums(
    "f1", true, { preds, target in hits(preds, target) }, { 2 * $0[0] / (2 * $0[0] + $0[1] + $0[2]) })

  /// The area under the curve of the true positive rate over the false positive rate, for two classes: of probabilities in
  /// 10,000 steps.
  public static let areaUnderCurve = EvaluationMetric(name: "auc", higherIsBetter: true) { WeightedAreaUnderCurve() }

  /// All metrics that take weights, by name.
  public static let weighted: [EvaluationMetric] = [
    .accuracy, .logLoss, .brier, .meanSquaredError, .rootMeanSquaredError, .meanAbsoluteError, .r2, .meanPrediction,
    .meanLabel, .calibration, .precision, .recall, .f1, .areaUnderCurve,
  ]

  private static func hits(_ preds: Tensor, _ target: Tensor) -> [Tensor] {
    let (said, is1) = (preds.predictedClass.eq(1).to(.float64), target.eq(1).to(.float64))
    return [said * is1, said * (1 - is1), (1 - said) * is1]
  }

  private static func sums(
    _ name: String, _ higherIsBetter: Bool?, _ parts: @escaping @Sendable (Tensor, Tensor) -> [Tensor],
    _ value: @escaping @Sendable ([Double]) -> Double = { $0[0] / $0[1] }
  ) -> EvaluationMetric {
    EvaluationMetric(name: name, higherIsBetter: higherIsBetter) {
      WeightedSums(name, higherIsBetter, parts: parts, value: value)
    }
  }
}

extension Tensor {
  /// The class that is predicted, shape [rows].
  fileprivate var predictedClass: Tensor { rank > 1 ? argmax(1) : ge(0.5).to(.int64) }
  /// The only number of each row; of two classes the probability of the second.
  fileprivate var positive: Tensor { rank > 1 ? select(1, shape[1] - 1) : self }
}

/// A metric that is a function of weighted sums over the examples.
private final class WeightedSums: Metric, WeightedMetric {
  private let title: String
  private let isBetter: Bool?
  private let parts: @Sendable (Tensor, Tensor) -> [Tensor]
  private let value: @Sendable ([Double]) -> Double
  private let sums = MetricState(Tensor(0.0, dtype: .float64))

  /// - Parameters:
  ///   - parts: what is summed, a tensor of shape [rows] each, of predictions and targets in double precision.
  ///   - value: the value for these sums and, behind them, that of the weights.
  init(
    _ title: String, _ isBetter: Bool?, parts: @escaping @Sendable (Tensor, Tensor) -> [Tensor],
    value: @escaping @Sendable ([Double]) -> Double
  ) {
    (self.title, self.isBetter, self.parts, self.value) = (title, isBetter, parts, value)
  }

  override var name: String { title }
  override var higherIsBetter: Bool? { isBetter }

  func update(_ preds: Tensor, _ target: Tensor) { update(preds, target, weights: nil) }

  func update(_ preds: Tensor, _ target: Tensor, weights: Tensor?) {
    guard preds.shape.first ?? 0 > 0 else { return }
    let target = target.to(.float64)
    let weight = weights?.to(.float64) ?? Tensor.ones(target.shape, dtype: .float64)
    let all = parts(preds.to(.float64), target) + [Tensor.ones(target.shape, dtype: .float64)]
    sums.value = sums.value + (stack(all, dim: 1) * weight.unsqueeze(1)).sum(0)
  }

  func compute() -> Tensor {
    guard updateCount > 0 else { return Tensor(Double.nan) }
    return Tensor(value(sums.value.array(as: Double.self)), dtype: .float64)
  }
}

/// The area under the ROC curve of probabilities in equal steps.
private final class WeightedAreaUnderCurve: Metric, WeightedMetric {
  private static let steps = 10_000
  /// The weights of class 0 and of class 1 in each step, shape [2, steps + 1].
  private let counts = MetricState(Tensor.zeros([2, steps + 1], dtype: .float64))

  override var name: String { "auc" }
  override var higherIsBetter: Bool? { true }

  func update(_ preds: Tensor, _ target: Tensor) { update(preds, target, weights: nil) }

  func update(_ preds: Tensor, _ target: Tensor, weights: Tensor?) {
    updating(preds, target, weights) { () throws(TensorError) in
      guard preds.rank == 1 || preds.shape.last == 2 else {
        throw TensorError(
          .shape, name, "takes probabilities of two classes, shape [rows] or [rows, 2], and found \(preds.shape)")
      }
      let scores = preds.positive.array(as: Double.self)
      let classes = target.array(as: Double.self)
      let weights = weights?.array(as: Double.self)
      var added = [Double](repeating: 0, count: 2 * (Self.steps + 1))
      for (i, score) in scores.enumerated() {
        guard (0...1).contains(score) else {
          throw TensorError(.value, name, "takes probabilities from 0 to 1, and found \(score)")
        }
        let step = Int((score * Double(Self.steps)).rounded(.down))
        added[(classes[i] > 0.5 ? Self.steps + 1 : 0) + step] += weights?[i] ?? 1
      }
      counts.value = counts.value + Tensor(added, shape: [2, Self.steps + 1], dtype: .float64)
    }
  }

  func compute() -> Tensor {
    let all = counts.value.reshape([-1]).array(as: Double.self)
    let (zeros, ones) = (all[...Self.steps], all[(Self.steps + 1)...])
    var (below, area) = (0.0, 0.0)
    // Of a pair in one step half is counted as right.
    for (zero, one) in zip(zeros, ones) {
      area += one * (below + zero / 2)
      below += zero
    }
    return Tensor(area / (below * ones.reduce(0, +)), dtype: .float64)
  }
}
