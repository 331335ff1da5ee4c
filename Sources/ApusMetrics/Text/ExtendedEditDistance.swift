import ApusCore
import ApusFormats

/// The extended edit distance: edits of characters with jumps at spaces, and a penalty for places that are visited often or
/// not at all.
///
/// Stanchev, Wang and Ney, 2019: EED, extended edit distance measure for machine translation.
public final class ExtendedEditDistance: Metric, ReferencesMetric {
  /// What texts are prepared as.
  public enum Language: String, Sendable, Hashable, NamedChoice {
    /// English, Japanese.
    case en, ja
  }

  private let language: Language
  private let returnSentenceLevelScore: Bool
  private let alpha: Double
  private let rho: Double
  private let deletion: Double
  private let insertion: Double
  private let sentenceEed = MetricState.list()

  /// - Parameters:
  ///   - language: what texts are prepared as.
  ///   - returnSentenceLevelScore: whether the value has those of single texts too, as ``sentenceLevelScores``.
  ///   - alpha: what a jump costs.
  ///   - rho: how much the coverage counts.
  ///   - deletion: what a deletion costs.
  ///   - insertion: what an insertion or substitution costs.
  public init(
    language: Language = .en, returnSentenceLevelScore: Bool = false, alpha: Double = 2, rho: Double = 0.3,
    deletion: Double = 0.2, insertion: Double = 1
  ) {
    self.language = language
    self.returnSentenceLevelScore = returnSentenceLevelScore
    (self.alpha, self.rho, self.deletion, self.insertion) = (alpha, rho, deletion, insertion)
    super.init()
    for (name, value) in [("alpha", alpha), ("rho", rho), ("deletion", deletion), ("insertion", insertion)] {
      expect(value >= 0, "\(name) must be 0 or more, and found \(value)")
    }
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds predictions, and for each one its references.
  public func update(_ preds: [String], _ target: [[String]]) {
    updating { () throws(TensorError) in
      try requireSameCount(preds.count, target.count)
      for (pred, references) in zip(preds, target) {
        guard !references.isEmpty else {
          throw mistake(.shape, "needs a reference for each prediction, and found none")
        }
        let text = prepared(pred)
        let scores = references.map { distance(text, prepared($0)) }
        sentenceEed.append(Tensor([scores.min() ?? 1], dtype: .float32))
      }
    }
  }

  public func compute() -> Tensor { sentenceEed.isEmpty ? Tensor(0.0) : sentenceEed.value.mean() }

  /// The distances of single texts; nil where nothing was added.
  public var sentenceLevelScores: Tensor? { sentenceEed.isEmpty ? nil : sentenceEed.value }

  public var erasedValue: MetricValue {
    guard returnSentenceLevelScore, let scores = sentenceLevelScores else { return .tensor(compute()) }
    return .list([.tensor(compute()), .tensor(scores)])
  }

  private func distance(_ preds: Word, _ target: Word) -> Double {
    var visits = [Int](repeating: -1, count: preds.count + 1)
    var row = [Double](repeating: 1, count: preds.count + 1)
    row[0] = 0
    for sign in target {
      var next = [Double](repeating: .infinity, count: row.count)
      for i in next.indices {
        next[i] =
          i == 0
          ? row[0] + 1
          : min(next[i - 1] + deletion, row[i - 1] + (preds[i - 1] == sign ? 0 : 1), row[i] + insertion)
      }
      let least = next.indices.reduce(0) { next[$1] < next[$0] ? $1 : $0 }
      visits[least] += 1
      if sign == " " {
        let jump = alpha + next[least]
        next = next.map { min($0, jump) }
      }
      row = next
    }
    let coverage = rho * Double(visits.map { $0 >= 0 ? $0 : 1 }.reduce(0, +))
    return min(1, (row[preds.count] + coverage) / (Double(target.count) + coverage))
  }

  private func prepared(_ text: String) -> Word {
    let text = text.withoutTrailingSpace
    if language == .ja { return text.composedByCompatibility.scalars }
    var line = text
    for sign in [".", "!", "?", ","] { line = line.replacing(sign, with: " " + sign) }
    var scalars = joinedNumbers(singleSpaces(line.scalars))
    scalars = closedTitles(scalars)
    line = String(scalars)
    for (apart, together) in [("e . g .", "e.g."), ("i . e .", "i.e."), ("U . S .", "U.S.")] {
      line = line.replacing(apart, with: together)
    }
    return [" "] + line.scalars + [" "]
  }
}

/// One space for each run of white space.
private func singleSpaces(_ text: Word) -> Word {
  var result: Word = []
  for c in text {
    if !c.isSpace { result.append(c) } else if result.last != " " || result.isEmpty { result.append(" ") }
  }
  return result
}

/// Numbers whose point stands apart, `1 . 5`, as `1.5`.
private func joinedNumbers(_ text: Word) -> Word {
  var result: Word = []
  var i = 0
  func isDigit(_ c: Unicode.Scalar) -> Bool { c.properties.generalCategory == .decimalNumber }
  while i < text.count {
    if i + 4 < text.count, isDigit(text[i]), text[i + 1] == " ", text[i + 2] == "." || text[i + 2] == ",",
      text[i + 3] == " ", isDigit(text[i + 4])
    {
      result += [text[i], text[i + 2], text[i + 4]]
      i += 5
    } else {
      result.append(text[i])
      i += 1
    }
  }
  return result
}

/// Titles with their point, `Mr .`, as `Mr.`.
private func closedTitles(_ text: Word) -> Word {
  let titles = ["Dr", "Jr", "Prof", "Rev", "Gen", "Mr", "Mt", "Mrs", "Ms"].map(\.scalars)
  var result: Word = []
  var i = 0
  while i < text.count {
    let title = titles.first { title in
      let end = i + title.count
      return end + 1 < text.count && text[i..<end].elementsEqual(title) && text[end] == " " && text[end + 1] != "\n"
    }
    if let title {
      result += title + ["."]
      i += title.count + 2
    } else {
      result.append(text[i])
      i += 1
    }
  }
  return result
}
