import ApusCore
import ApusNumerics

// How well the scores of labels rank those that apply above the others.

/// What the ranking metrics share.
public class MultilabelRankingMetric: Metric {
  private let numLabels: Int
  private let ignoreIndex: Int?
  private let validateArgs: Bool
  private let score = MetricState(0)
  private let total = MetricState(0)

  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(numLabels: Int, ignoreIndex: Int? = nil, validateArgs: Bool = true) {
    self.numLabels = numLabels
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    super.init()
    expect(numLabels >= 2, "needs 2 or more labels, and found \(numLabels)")
  }

  /// The sum over rows `[N, L]` of scores and of targets, and the number of rows that count.
  fileprivate func sum(_ preds: Tensor, _ target: Tensor) -> (Tensor, Int) { (preds.sum(), 0) }

  /// Adds floating point predictions (logits become probabilities) and targets (0 and 1) of one shape `[N, L, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireLabels(preds, target, numLabels, name)
      try requireScores(preds, name)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      var (scores, wanted) = (rowsOfClasses(probabilities(preds, .sigmoid)), rowsOfClasses(target))
      if let ignoreIndex {
        let isIgnored = wanted.eq(ignoreIndex)
        // Far below all others, and neither 0 nor 1.
        scores = scores.maskedFill(isIgnored, -4.0 * Double(numLabels))
        wanted = wanted.maskedFill(isIgnored, -4 * numLabels)
      }
      if scores.count == 0 { return }
      let (sum, count) = sum(scores, wanted)
      score.add(sum)
      total.add(count)
    }
  }

  /// The value of all that was gathered.
  public func compute() -> Tensor { score.value / total.value }
}

/// How far down the ranking one must go to cover all labels that apply.
public final class MultilabelCoverageError: MultilabelRankingMetric, PairMetric {
  public override var higherIsBetter: Bool? { false }

  fileprivate override func sum(_ preds: Tensor, _ target: Tensor) -> (Tensor, Int) {
    let offset = preds.amin().abs() + 10
    let lowest = `where`(target.eq(0), preds + offset, preds).amin([1], keepDim: true)
    return (preds.ge(lowest).sum().to(.float32), preds.shape[0])
  }
}

/// For each label that applies, the share of those ranked as high or higher that apply too.
public final class MultilabelRankingAveragePrecision: MultilabelRankingMetric, PairMetric {
  public override var higherIsBetter: Bool? { true }

  fileprivate override func sum(_ preds: Tensor, _ target: Tensor) -> (Tensor, Int) {
    let (n, labels) = (preds.shape[0], preds.shape[1])
    let (scores, wanted) = (preds.doubles, target.doubles)
    var sum = 0.0
    for row in 0..<n {
      let columns = (0..<labels).map { row * labels + $0 }
      let relevant = columns.filter { wanted[$0] == 1 }
      if relevant.isEmpty || relevant.count == labels {
        sum += 1
        continue
      }
      // Ranks among different values, equal ones counted with those above.
      let shares = relevant.map { i in
        Double(relevant.count { scores[$0] >= scores[i] }) / Double(columns.count { scores[$0] >= scores[i] })
      }
      sum += shares.reduce(0, +) / Double(relevant.count)
    }
    return (Tensor(sum), n)
  }
}

/// The share of pairs of labels, one that applies and one that does not, that are in the wrong order.
public final class MultilabelRankingLoss: MultilabelRankingMetric, PairMetric {
  public override var higherIsBetter: Bool? { false }

  fileprivate override func sum(_ preds: Tensor, _ target: Tensor) -> (Tensor, Int) {
    let labels = preds.shape[1]
    let relevant = target.eq(1)
    let counts = relevant.sum([1])
    let mask = counts.gt(0).logicalAnd(counts.lt(labels))
    guard mask.hasAny else { return (Tensor(0.0), 1) }
    let (scores, wanted, n) = (preds.kept(mask), relevant.kept(mask), counts.kept(mask).to(.float32))
    let place = scores.argsort(1).argsort(1)
    let depth = ((labels - place) * wanted).to(.float32).sum([1])
    let loss = (depth - 0.5 * n * (n + 1)) / (n * (Double(labels) - n))
    return (loss.sum(), preds.shape[0])
  }
}
