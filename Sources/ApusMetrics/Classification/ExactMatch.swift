import ApusCore
import ApusNumerics

// The share of samples of which everything is right.

/// The share of samples all of whose positions are right.
public final class MulticlassExactMatch: Metric, PairMetric {
  private let numClasses: Int
  private let isSamplewise: Bool
  private let ignoreIndex: Int?
  private let validateArgs: Bool
  private let correct: MetricState
  private let total = MetricState(0)

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - multidimAverage: the share of samples, or 0 or 1 for each.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, multidimAverage: MultidimAverage = .global, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.numClasses = numClasses
    isSamplewise = multidimAverage == .samplewise
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    correct = isSamplewise ? .list() : MetricState(0)
    super.init()
    expect(numClasses >= 2, "needs 2 or more classes, and found \(numClasses)")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds predictions (class numbers `[N, ...]`, or scores of the classes `[N, C, ...]`) and class numbers `[N, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireClasses(
        preds, target, numClasses, ignoreIndex, name, isSamplewise: isSamplewise, checksValues: validateArgs)
      let classes = preds.rank == target.rank + 1 ? preds.argmax(1) : preds
      var right = classes.eq(target)
      if let ignoreIndex { right = right.logicalOr(target.eq(ignoreIndex)) }
      let whole = right.rank < 2 ? right : right.all(Array(1..<right.rank))
      if isSamplewise {
        correct.append(whole.to(.float32))
        total.value = Tensor(1.0)
      } else {
        correct.add(whole.sum())
        total.add(target.shape.first ?? 1)
      }
    }
  }

  public func compute() -> Tensor { safeDivide(correct.value, isSamplewise ? Tensor(1.0) : total.value) }
}

/// The share of samples all of whose labels are right.
public final class MultilabelExactMatch: Metric, PairMetric {
  private let numLabels: Int
  private let threshold: Double
  private let isSamplewise: Bool
  private let ignoreIndex: Int?
  private let validateArgs: Bool
  private let correct: MetricState
  private let total = MetricState(0)

  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - threshold: above which probability a label is positive.
  ///   - multidimAverage: the share of all positions, or one for each sample.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numLabels: Int, threshold: Double = 0.5, multidimAverage: MultidimAverage = .global, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.numLabels = numLabels
    self.threshold = threshold
    isSamplewise = multidimAverage == .samplewise
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    correct = isSamplewise ? .list() : MetricState(0)
    super.init()
    expect(numLabels >= 2, "needs 2 or more labels, and found \(numLabels)")
    expectThreshold(threshold)
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds predictions (probabilities, logits or 0 and 1) and targets (0 and 1) of one shape `[N, L, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireLabels(preds, target, numLabels, name)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      guard !isSamplewise || preds.rank >= 3 else {
        throw mistake(
          .shape, "needs three or more dimensions for samplewise values, and found the shape \(preds.shape)")
      }
      var right = labels(preds, threshold: threshold).eq(target)
      if let ignoreIndex { right = right.logicalOr(target.eq(ignoreIndex)) }
      let whole = right.all(1)
      if isSamplewise {
        correct.append(whole.to(.float32).reshape([preds.shape[0], -1]).mean([1]))
      } else {
        correct.add(whole.sum())
        total.add(whole.count)
      }
    }
  }

  public func compute() -> Tensor { isSamplewise ? correct.value : safeDivide(correct.value, total.value) }
}
