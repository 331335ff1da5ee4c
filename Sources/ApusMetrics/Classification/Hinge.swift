import ApusCore
import ApusFunctional
import ApusNumerics

// The mean hinge loss: how far predictions lie on the wrong side of a margin of 1.

/// The mean hinge loss of yes and no: `max(0, 1 - y * preds)` with y of 1 and -1.
public final class BinaryHingeLoss: Metric, PairMetric {
  private let squared: Bool
  private let ignoreIndex: Int?
  private let validateArgs: Bool
  private let measures = MetricState(0)
  private let total = MetricState(0)

  /// - Parameters:
  ///   - squared: whether each loss is squared.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(squared: Bool = false, ignoreIndex: Int? = nil, validateArgs: Bool = true) {
    self.squared = squared
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds floating point predictions (logits become probabilities) and targets (0 and 1) of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      try requireScores(preds, name)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      let (kept, wanted) = dropIgnored(preds.reshape([-1]), target.reshape([-1]), ignoreIndex)
      let scores = probabilities(kept, .sigmoid)
      let losses = (1 - `where`(wanted.ne(0), scores, -scores)).clamp(min: 0)
      measures.add((squared ? losses.square() : losses).sum())
      total.add(wanted.count)
    }
  }

  public func compute() -> Tensor { measures.value / total.value }
}

/// How the hinge loss of several classes is counted.
public enum HingeMode: String, Sendable, Hashable, NamedChoice {
  /// The margin of the target's score over the largest other one.
  case crammerSinger = "crammer-singer"
  /// One loss for each class, against the others.
  case oneVsAll = "one-vs-all"
}

/// The mean hinge loss of several classes.
public final class MulticlassHingeLoss: Metric, PairMetric {
  private let numClasses: Int
  private let squared: Bool
  private let mode: HingeMode
  private let ignoreIndex: Int?
  private let validateArgs: Bool
  private let measures = MetricState(0)
  private let total = MetricState(0)

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - squared: whether each loss is squared.
  ///   - multiclassMode: how losses are counted.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, squared: Bool = false, multiclassMode: HingeMode = .crammerSinger, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.numClasses = numClasses
    self.squared = squared
    mode = multiclassMode
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    super.init()
    expect(numClasses >= 2, "needs 2 or more classes, and found \(numClasses)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds scores `[N, C, ...]` (logits become probabilities) and class numbers `[N, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireScores(preds, target, numClasses, ignoreIndex, name, checksValues: validateArgs)
      let (kept, wanted) = dropIgnored(rowsOfClasses(preds), target.reshape([-1]).to(.int64), ignoreIndex)
      try requireRange(wanted, nil, numClasses, "targets", name)
      let scores = probabilities(kept, .softmax)
      let isTarget = wanted.unsqueeze(1).eq(arange(0, numClasses, 1))
      let losses: Tensor
      if mode == .crammerSinger {
        let others = scores.maskedFill(isTarget, -Double.infinity).amax([1])
        losses = (1 - (scores.gather(1, wanted.unsqueeze(1)).squeeze([1]) - others)).clamp(min: 0)
      } else {
        losses = (1 - `where`(isTarget, scores, -scores)).clamp(min: 0)
      }
      measures.add((squared ? losses.square() : losses).sum([0]))
      total.add(wanted.count)
    }
  }

  public func compute() -> Tensor { measures.value / total.value }
}
