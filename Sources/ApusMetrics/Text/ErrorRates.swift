import ApusCore
import ApusNumerics

// How many words or characters of a transcription are wrong.

/// What the error rates share: the number of edits, and what it is measured by.
public class TextErrorMetric: Metric {
  private let errors = MetricState(0)
  private let total = MetricState(0)

  public override init() {}
  public override var higherIsBetter: Bool? { false }

  /// Edits of a prediction, and what they are measured by.
  fileprivate func count(_ preds: String, _ target: String) -> (edits: Int, of: Int) { (0, 0) }

  /// Adds predictions and as many targets.
  public func update(_ preds: [String], _ target: [String]) {
    updating { () throws(TensorError) in
      try requireSameCount(preds.count, target.count)
      let counts = zip(preds, target).map { count($0, $1) }
      errors.add(counts.reduce(0) { $0 + $1.edits })
      total.add(counts.reduce(0) { $0 + $1.of })
    }
  }

  /// The value of all that was gathered.
  public func compute() -> Tensor { errors.value / total.value }
}

/// The word error rate: edits over the words of the targets.
public final class WordErrorRate: TextErrorMetric, TextMetric {
  fileprivate override func count(_ preds: String, _ target: String) -> (edits: Int, of: Int) {
    let words = target.words
    return (editDistance(preds.words, words), words.count)
  }
}

/// The character error rate: edits over the characters of the targets.
public final class CharErrorRate: TextErrorMetric, TextMetric {
  fileprivate override func count(_ preds: String, _ target: String) -> (edits: Int, of: Int) {
    let characters = target.scalars
    return (editDistance(preds.scalars, characters), characters.count)
  }
}

/// The match error rate: edits over the words of the longer text.
public final class MatchErrorRate: TextErrorMetric, TextMetric {
  fileprivate override func count(_ preds: String, _ target: String) -> (edits: Int, of: Int) {
    let (a, b) = (preds.words, target.words)
    return (editDistance(a, b), max(a.count, b.count))
  }
}

/// What the metrics of word information share: words that are right, and how many there are.
public class WordInformationMetric: Metric {
  private let errors = MetricState(0)
  private let targetTotal = MetricState(0)
  private let predsTotal = MetricState(0)

  public override init() {}

  /// Adds predictions and as many targets.
  public func update(_ preds: [String], _ target: [String]) {
    updating { () throws(TensorError) in
      try requireSameCount(preds.count, target.count)
      var (right, targets, found) = (0, 0, 0)
      for (a, b) in zip(preds.map(\.words), target.map(\.words)) {
        right += editDistance(a, b) - max(a.count, b.count)
        targets += b.count
        found += a.count
      }
      errors.add(right)
      targetTotal.add(targets)
      predsTotal.add(found)
    }
  }

  /// The product of the shares of right words.
  fileprivate var preserved: Tensor { errors.value / targetTotal.value * (errors.value / predsTotal.value) }
}

/// Word information lost: one less ``WordInfoPreserved``.
public final class WordInfoLost: WordInformationMetric, TextMetric {
  public override var higherIsBetter: Bool? { false }
  public func compute() -> Tensor { 1 - preserved }
}

/// Word information preserved: the share of the targets' words that are right times that of the predictions'.
public final class WordInfoPreserved: WordInformationMetric, TextMetric {
  public override var higherIsBetter: Bool? { true }
  public func compute() -> Tensor { preserved }
}

/// The edit distance of Levenshtein between characters. Long texts are compared along a band around the diagonal.
public final class EditDistance: Metric, TextMetric {
  private let substitutionCost: Int
  private let reduction: RowReduction
  private let editScores: MetricState
  private let numElements = MetricState(0)

  /// - Parameters:
  ///   - substitutionCost: what a replaced character costs; insertions and deletions cost 1.
  ///   - reduction: how the distances of texts are reduced.
  public init(substitutionCost: Int = 1, reduction: RowReduction = .mean) {
    self.substitutionCost = substitutionCost
    self.reduction = reduction
    editScores = reduction == .none ? .list() : MetricState(0)
    super.init()
    expect(substitutionCost >= 0, "a substitution costs 0 or more, and found \(substitutionCost)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds predictions and as many targets.
  public func update(_ preds: [String], _ target: [String]) {
    updating { () throws(TensorError) in
      try requireSameCount(preds.count, target.count)
      let scores = zip(preds, target).map {
        alignedEdits($0.scalars, $1.scalars, substitution: substitutionCost).distance
      }
      if reduction == .none {
        editScores.append(Tensor(scores, shape: [scores.count], dtype: .int32))
      } else {
        editScores.add(scores.reduce(0, +))
      }
      numElements.add(scores.count)
    }
  }

  public func compute() -> Tensor {
    reduction == .mean ? safeDivide(editScores.value, numElements.value) : editScores.value
  }
}

/// The perplexity of a language model: `exp` of the mean negative log-likelihood of the tokens.
public final class Perplexity: Metric, PairMetric {
  private let ignoreIndex: Int?
  private let totalLogProbs = MetricState(0)
  private let count = MetricState(0)

  /// - Parameter ignoreIndex: tokens of this number do not count.
  public init(ignoreIndex: Int? = nil) { self.ignoreIndex = ignoreIndex }

  public override var higherIsBetter: Bool? { false }

  /// Adds logits `[batch, length, vocabulary]` and tokens `[batch, length]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      guard preds.rank == 3, target.rank == 2, Array(preds.shape.prefix(2)) == target.shape else {
        throw mistake(
          .shape,
          "needs logits [batch, length, vocabulary] and tokens [batch, length], and found \(preds.shape) and "
            + "\(target.shape)")
      }
      try requireScores(preds, name)
      guard target.dtype == .int64 else { throw mistake(.dtype, "tokens are int64, and found \(target.dtype)") }
      let tokens = target.reshape([-1])
      let counts = ignoreIndex.map { tokens.ne($0) } ?? onesLike(tokens).to(.bool)
      try requireRange(tokens, counts, preds.shape[2], "tokens", name)
      let logs = preds.reshape([-1, preds.shape[2]]).logSoftmax(1)
      let chosen = `where`(counts, tokens, Tensor(0))
      totalLogProbs.add(-logs.gather(1, chosen.unsqueeze(1)).squeeze([1]).maskedFill(counts.logicalNot(), 0).sum())
      count.add(counts.sum())
    }
  }

  public func compute() -> Tensor { (totalLogProbs.value / count.value).exp() }
}
