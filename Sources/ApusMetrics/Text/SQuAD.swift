import ApusCore

/// Answers to questions, compared with given ones as the Stanford Question Answering Dataset does: the shares, in percent, of
/// exact matches and the mean F1 of words, without case, punctuation and articles.
///
/// Rajpurkar and others, 2016: SQuAD, 100,000+ questions for machine comprehension of text.
public final class SQuAD: Metric, ComputedMetric {
  /// A predicted answer.
  public struct Prediction: Sendable, Hashable {
    /// The number of the question.
    public var id: String
    /// The answer.
    public var predictionText: String

    /// The answer to question `id`.
    public init(id: String, predictionText: String) { (self.id, self.predictionText) = (id, predictionText) }
  }

  /// The right answers to a question.
  public struct Target: Sendable, Hashable {
    /// The number of the question.
    public var id: String
    /// The answers, of which any will do.
    public var answers: [String]

    /// The answers to question `id`.
    public init(id: String, answers: [String]) { (self.id, self.answers) = (id, answers) }
  }

  private let f1Score = MetricState(0)
  private let exactMatch = MetricState(0)
  private let total = MetricState(0)

  public override init() {}
  public override var higherIsBetter: Bool? { true }

  /// Adds answers and the right ones; a question without a prediction counts as wrong.
  public func update(_ preds: [Prediction], _ target: [Target]) {
    updating { () throws(TensorError) in
      let found = Dictionary(preds.map { ($0.id, $0.predictionText) }) { $1 }
      for question in target {
        total.add(1)
        guard !question.answers.isEmpty else {
          throw mistake(.value, "needs an answer to each question, and '\(question.id)' has none")
        }
        guard let pred = found[question.id] else {
          warn(name, "the question '\(question.id)' is not answered and counts as wrong")
          continue
        }
        let words = normalized(pred)
        let answers = question.answers.map(normalized)
        if answers.contains(words) { exactMatch.add(1) }
        f1Score.add(answers.map { overlap(words, $0) }.max() ?? 0)
      }
    }
  }

  /// Adds answers and gives their values alone.
  @discardableResult
  public func callAsFunction(_ preds: [Prediction], _ target: [Target]) -> [String: Tensor] {
    forward { update(preds, target) }
  }

  /// `exact_match` and `f1`, in percent.
  public func compute() -> [String: Tensor] {
    ["exact_match": 100 * exactMatch.value / total.value, "f1": 100 * f1Score.value / total.value]
  }
}

/// The words of a text without case, punctuation and articles.
private func normalized(_ text: String) -> [Word] {
  var result: Word = []
  var run: Word = []
  func close() {
    if ["a", "an", "the"].contains(String(run)) { result.append(" ") } else { result += run }
    run = []
  }
  for c in text.lowercased().scalars where !c.isPunctuationOfASCII {
    if c.isOfWord {
      run.append(c)
    } else {
      close()
      result.append(c)
    }
  }
  close()
  return String(result).words
}

/// The harmonic mean of the shares of words that both have.
private func overlap(_ preds: [Word], _ target: [Word]) -> Double {
  if preds.isEmpty || target.isEmpty { return preds == target ? 1 : 0 }
  let wanted = countedRuns(target, 1)
  let same = Double(countedRuns(preds, 1).reduce(0) { $0 + min($1.value, wanted[$1.key] ?? 0) })
  if same == 0 { return 0 }
  let (precision, recall) = (same / Double(preds.count), same / Double(target.count))
  return 2 * precision * recall / (precision + recall)
}
