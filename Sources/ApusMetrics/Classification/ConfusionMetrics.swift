import ApusCore
import ApusNumerics

// What metrics of confusion matrices share: the matrix, counted over all batches.

/// How often each number below `classes²` occurs as `row * classes + column`: `[classes, classes]`.
func countPairs(_ rows: Tensor, _ columns: Tensor, _ classes: Int) -> Tensor {
  (rows.to(.int64) * classes + columns.to(.int64)).bincount(minlength: classes * classes).reshape([classes, classes])
}

/// What a confusion matrix is divided by.
public enum ConfusionNormalization: String, Sendable, Hashable, NamedChoice {
  /// The counts themselves.
  case none
  /// The sums of rows: over each true class.
  case `true`
  /// The sums of columns: over each predicted class.
  case pred
  /// The number of examples.
  case all

  func callAsFunction(_ counts: Tensor, _ name: String) -> Tensor {
    if self == .none { return counts }
    let matrix = counts.to(.float32)
    let sums =
      switch self {
      case .true: matrix.sum([-1], keepDim: true)
      case .pred: matrix.sum([-2], keepDim: true)
      default: matrix.sum([-2, -1], keepDim: true)
      }
    if sums.eq(0).hasAny { warn(name, "classes that do not occur have zeros in the normalised confusion matrix") }
    return safeDivide(matrix, sums)
  }
}

/// A metric of the confusion matrix of yes and no.
public class BinaryConfusionMetric: Metric {
  let ignoreIndex: Int?
  private let threshold: Double
  private let validateArgs: Bool
  private let confmat = MetricState(Tensor.zeros([2, 2], dtype: .int64))

  init(_ threshold: Double, _ ignoreIndex: Int?, _ validateArgs: Bool) {
    self.threshold = threshold
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    super.init()
    if validateArgs { expectThreshold(threshold) }
  }

  /// The counts so far, `[target, prediction]`.
  var counts: Tensor { confmat.value }

  /// Adds predictions (probabilities, logits or 0 and 1) and targets (0 and 1) of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      var (scores, wanted) = dropIgnored(preds.reshape([-1]), target.reshape([-1]), ignoreIndex)
      scores = labels(scores, threshold: threshold).to(.int64)
      wanted = wanted.to(.int64)
      try requireRange(scores, nil, 2, "predictions", name)
      try requireRange(wanted, nil, 2, "targets", name)
      confmat.add(countPairs(wanted, scores, 2))
    }
  }
}

/// A metric of the confusion matrix of several classes.
public class MulticlassConfusionMetric: Metric {
  let ignoreIndex: Int?
  let numClasses: Int
  private let validateArgs: Bool
  private let confmat: MetricState

  init(_ numClasses: Int, _ ignoreIndex: Int?, _ validateArgs: Bool) {
    self.numClasses = max(1, numClasses)
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    confmat = MetricState(Tensor.zeros([self.numClasses, self.numClasses], dtype: .int64))
    super.init()
    expect(numClasses >= 2, "needs 2 or more classes, and found \(numClasses)")
  }

  /// The counts so far, `[target, prediction]`.
  var counts: Tensor { confmat.value }

  /// Adds predictions (class numbers `[N, ...]`, or scores of the classes `[N, C, ...]`) and class numbers `[N, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireClasses(preds, target, numClasses, ignoreIndex, name, checksValues: validateArgs)
      let classes = preds.rank == target.rank + 1 ? preds.argmax(1) : preds
      let (found, wanted) = dropIgnored(classes.reshape([-1]).to(.int64), target.reshape([-1]).to(.int64), ignoreIndex)
      try requireRange(found, nil, numClasses, "predictions", name)
      try requireRange(wanted, nil, numClasses, "targets", name)
      confmat.add(countPairs(wanted, found, numClasses))
    }
  }
}

/// A metric of the confusion matrices of several labels.
public class MultilabelConfusionMetric: Metric {
  let ignoreIndex: Int?
  private let numLabels: Int
  private let threshold: Double
  private let validateArgs: Bool
  private let confmat: MetricState

  init(_ numLabels: Int, _ threshold: Double, _ ignoreIndex: Int?, _ validateArgs: Bool) {
    self.numLabels = max(1, numLabels)
    self.threshold = threshold
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    confmat = MetricState(Tensor.zeros([self.numLabels, 2, 2], dtype: .int64))
    super.init()
    guard validateArgs else { return }
    expect(numLabels >= 2, "needs 2 or more labels, and found \(numLabels)")
    expectThreshold(threshold)
  }

  /// The counts so far, `[label, target, prediction]`.
  var counts: Tensor { confmat.value }

  /// Adds predictions (probabilities, logits or 0 and 1) and targets (0 and 1) of one shape `[N, L, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireLabels(preds, target, numLabels, name)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      let further = [0] + Array(2..<max(2, preds.rank))
      let scores = binaryScores(labels(preds, threshold: threshold), target, ignoreIndex, further)
      confmat.add(stack([scores.tn, scores.fp, scores.fn, scores.tp], dim: -1).reshape([numLabels, 2, 2]))
    }
  }
}

// MARK: The matrix itself

/// The confusion matrix of yes and no: `[target, prediction]`.
public final class BinaryConfusionMatrix: BinaryConfusionMetric, PairMetric {
  private let normalize: ConfusionNormalization

  /// - Parameters:
  ///   - threshold: above which probability something is positive.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - normalize: what the counts are divided by.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    threshold: Double = 0.5, ignoreIndex: Int? = nil, normalize: ConfusionNormalization = .none,
    validateArgs: Bool = true
  ) {
    self.normalize = normalize
    super.init(threshold, ignoreIndex, validateArgs)
  }

  public func compute() -> Tensor { normalize(counts, name) }
}

/// The confusion matrix of several classes: `[target, prediction]`.
public final class MulticlassConfusionMatrix: MulticlassConfusionMetric, PairMetric {
  private let normalize: ConfusionNormalization

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - normalize: what the counts are divided by.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, ignoreIndex: Int? = nil, normalize: ConfusionNormalization = .none, validateArgs: Bool = true
  ) {
    self.normalize = normalize
    super.init(numClasses, ignoreIndex, validateArgs)
  }

  public func compute() -> Tensor { normalize(counts, name) }
}

/// The confusion matrices of several labels: `[label, target, prediction]`.
public final class MultilabelConfusionMatrix: MultilabelConfusionMetric, PairMetric {
  private let normalize: ConfusionNormalization

  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - threshold: above which probability a label is positive.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - normalize: what the counts are divided by.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numLabels: Int, threshold: Double = 0.5, ignoreIndex: Int? = nil, normalize: ConfusionNormalization = .none,
    validateArgs: Bool = true
  ) {
    self.normalize = normalize
    super.init(numLabels, threshold, ignoreIndex, validateArgs)
  }

  public func compute() -> Tensor { normalize(counts, name) }
}
