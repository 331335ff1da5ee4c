import ApusCore

/// chrF and chrF++: the F-score of n-grams of characters and words, the mean over their lengths.
///
/// Popović, 2017: chrF++, words helping character n-grams.
public final class CHRFScore: Metric, ReferencesMetric {
  private let nCharOrder: Int
  private let nWordOrder: Int
  private let beta: Double
  private let lowercase: Bool
  private let whitespace: Bool
  private let returnSentenceLevelScore: Bool
  /// For each length of n-grams, of characters and then of words, how many there are and how many match.
  private let preds: MetricState
  private let target: MetricState
  private let matching: MetricState
  private let sentenceScores = MetricState.list()

  /// - Parameters:
  ///   - nCharOrder: the length of the longest n-grams of characters.
  ///   - nWordOrder: that of words; 2 for chrF++, 0 for chrF.
  ///   - beta: how much more recall counts than precision.
  ///   - lowercase: whether case is left out.
  ///   - whitespace: whether spaces count as characters.
  ///   - returnSentenceLevelScore: whether ``sentenceLevelScores`` are kept.
  public init(
    nCharOrder: Int = 6, nWordOrder: Int = 2, beta: Double = 2, lowercase: Bool = false, whitespace: Bool = false,
    returnSentenceLevelScore: Bool = false
  ) {
    self.nCharOrder = max(1, nCharOrder)
    self.nWordOrder = max(0, nWordOrder)
    self.beta = beta
    self.lowercase = lowercase
    self.whitespace = whitespace
    self.returnSentenceLevelScore = returnSentenceLevelScore
    let orders = self.nCharOrder + self.nWordOrder
    func state() -> MetricState { MetricState(Tensor.zeros([orders])) }
    (preds, target, matching) = (state(), state(), state())
    super.init()
    expect(nCharOrder >= 1, "needs n-grams of 1 character or more, and found \(nCharOrder)")
    expect(nWordOrder >= 0, "needs a word order of 0 or more, and found \(nWordOrder)")
    expect(beta >= 0, "needs a beta of 0 or more, and found \(beta)")
  }

  public override var higherIsBetter: Bool? { true }

  /// The n-grams of a text by their lengths.
  private struct Grams {
    var characters: [[Word: Int]]
    var words: [[[Word]: Int]]
    var totals: [Double] { characters.map(total) + words.map(total) }
    private func total<Key>(_ counts: [Key: Int]) -> Double { Double(counts.values.reduce(0, +)) }

    func matches(_ other: Grams) -> [Double] {
      func common<Key>(_ a: [Key: Int], _ b: [Key: Int]) -> Double {
        Double(a.reduce(0) { $0 + min($1.value, b[$1.key] ?? 0) })
      }
      return zip(characters, other.characters).map { common($0, $1) } + zip(words, other.words).map { common($0, $1) }
    }
  }

  private func grams(_ text: String) -> Grams {
    let text = lowercase ? text.lowercased() : text
    let characters = whitespace ? text.scalars : text.withoutOuterSpace.scalars.filter { $0 != " " }
    let words = text.words.flatMap(separated)
    return Grams(
      characters: (0..<nCharOrder).map { countedRuns(characters, $0 + 1) },
      words: (0..<nWordOrder).map { countedRuns(words, $0 + 1) })
  }

  /// A word without the sign of punctuation at its end or else its beginning, and that sign.
  private func separated(_ word: Word) -> [Word] {
    guard word.count > 1 else { return [word] }
    if word[word.count - 1].isPunctuationOfASCII { return [Array(word.dropLast()), [word[word.count - 1]]] }
    if word[0].isPunctuationOfASCII { return [[word[0]], Array(word.dropFirst())] }
    return [word]
  }

  private func score(_ matching: [Double], _ preds: [Double], _ target: [Double]) -> Double {
    var sum = 0.0
    for i in matching.indices {
      let precision = preds[i] > 0 ? matching[i] / preds[i] : 0
      let recall = target[i] > 0 ? matching[i] / target[i] : 0
      sum += (1 + beta * beta) * precision * recall / max(beta * beta * precision + recall, 1e-16)
    }
    return sum / Double(nCharOrder + nWordOrder)
  }

  /// Adds predictions, and for each one its references.
  public func update(_ preds: [String], _ target: [[String]]) {
    updating { () throws(TensorError) in
      try requireSameCount(preds.count, target.count)
      let orders = nCharOrder + nWordOrder
      let none = [Double](repeating: 0, count: orders)
      var (found, wanted, common) = (none, none, none)
      for (pred, references) in zip(preds, target) {
        let grams = grams(pred)
        let totals = grams.totals
        // What the best reference has; nothing where none has anything in common.
        var best = (score: 0.0, matching: none, target: none)
        for reference in references {
          let other = self.grams(reference)
          let (matches, otherTotals) = (other.matches(grams), other.totals)
          let score = score(matches, totals, otherTotals)
          if score > best.score { best = (score, matches, otherTotals) }
        }
        for i in 0..<orders {
          found[i] += totals[i]
          wanted[i] += best.target[i]
          common[i] += best.matching[i]
        }
        if returnSentenceLevelScore { sentenceScores.append(Tensor([best.score], dtype: .float32)) }
      }
      func tensor(_ values: [Double]) -> Tensor { Tensor(values, shape: [orders], dtype: .float32) }
      self.preds.add(tensor(found))
      self.target.add(tensor(wanted))
      matching.add(tensor(common))
    }
  }

  public func compute() -> Tensor {
    Tensor(score(matching.value.doubles, preds.value.doubles, target.value.doubles))
  }

  /// The scores of single texts; nil unless they are kept.
  public var sentenceLevelScores: Tensor? { sentenceScores.isEmpty ? nil : sentenceScores.value }

  public var erasedValue: MetricValue {
    sentenceLevelScores.map { .list([.tensor(compute()), .tensor($0)]) } ?? .tensor(compute())
  }
}
