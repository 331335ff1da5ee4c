import ApusCore
import ApusFunctional
import ApusNumerics

// The calibration error: how far confidence and accuracy lie apart, in bins of equal confidence.

/// How the errors of bins become one.
public enum CalibrationNorm: String, Sendable, Hashable, NamedChoice {
  /// The mean, the root of the mean square, the largest.
  case l1, l2, max
}

/// What the calibration errors share: confidences and whether each was right.
public class CalibrationMetric: Metric {
  private let nBins: Int
  private let norm: CalibrationNorm
  let ignoreIndex: Int?
  let validateArgs: Bool
  private let confidences = MetricState.list()
  private let accuracies = MetricState.list()

  init(_ nBins: Int, _ norm: CalibrationNorm, _ ignoreIndex: Int?, _ validateArgs: Bool) {
    self.nBins = Swift.max(1, nBins)
    self.norm = norm
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    super.init()
    expect(nBins >= 1, "needs 1 or more bins, and found \(nBins)")
  }

  public override var higherIsBetter: Bool? { false }

  func add(_ confidence: Tensor, _ accuracy: Tensor) {
    confidences.append(confidence)
    accuracies.append(accuracy.to(confidence.dtype))
  }

  /// The value of all that was gathered.
  public func compute() -> Tensor {
    let (confidence, accuracy) = (confidences.value, accuracies.value)
    if let failed = confidence.failed ?? accuracy.failed { return failed }
    let edges = linspace(0.0, 1.0, nBins + 1, dtype: confidence.dtype)
    let bins = (bucketize(confidence, edges, right: true) - 1).clamp(min: 0)
    func sums(_ weights: Tensor) -> Tensor { bins.bincount(weights: weights, minlength: nBins + 1) }
    let counts = bins.bincount(minlength: nBins + 1).to(.float64)
    let gap = safeDivide(sums(accuracy.to(.float64)) - sums(confidence.to(.float64)), counts)
    let share = counts / counts.sum()
    let error =
      switch norm {
      case .l1: (gap.abs() * share).sum()
      case .l2: (gap.square() * share).sum().sqrt()
      case .max: gap.abs().amax()
      }
    return error.to(confidence.dtype)
  }
}

/// The calibration error of yes and no.
public final class BinaryCalibrationError: CalibrationMetric, PairMetric {
  /// - Parameters:
  ///   - nBins: the number of bins between 0 and 1.
  ///   - norm: how the errors of bins become one.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(nBins: Int = 15, norm: CalibrationNorm = .l1, ignoreIndex: Int? = nil, validateArgs: Bool = true) {
    super.init(nBins, norm, ignoreIndex, validateArgs)
  }

  /// Adds floating point predictions (logits become probabilities) and targets (0 and 1) of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      try requireScores(preds, name)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      let (kept, wanted) = dropIgnored(preds.reshape([-1]), target.reshape([-1]), ignoreIndex)
      add(probabilities(kept, .sigmoid), wanted)
    }
  }
}

/// The calibration error of several classes: of the predicted one's probability.
public final class MulticlassCalibrationError: CalibrationMetric, PairMetric {
  private let numClasses: Int

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - nBins: the number of bins between 0 and 1.
  ///   - norm: how the errors of bins become one.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, nBins: Int = 15, norm: CalibrationNorm = .l1, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.numClasses = numClasses
    super.init(nBins, norm, ignoreIndex, validateArgs)
    expect(numClasses >= 2, "needs 2 or more classes, and found \(numClasses)")
  }

  /// Adds scores `[N, C, ...]` (logits become probabilities) and class numbers `[N, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireScores(preds, target, numClasses, ignoreIndex, name, checksValues: validateArgs)
      let (kept, wanted) = dropIgnored(rowsOfClasses(preds), target.reshape([-1]), ignoreIndex)
      let scores = probabilities(kept, .softmax)
      add(scores.amax([1]).to(.float32), scores.argmax(1).eq(wanted))
    }
  }
}
