import ApusCore

/// How the scores of several references become one.
public enum ROUGEAccumulation: String, Sendable, Hashable, NamedChoice {
  /// Their mean; that of the best reference.
  case avg, best
}

/// ROUGE: overlaps of n-grams and longest common subsequences with references. Gives `rouge1_fmeasure`, `rouge1_precision`,
/// `rouge1_recall` ... by name.
///
/// Lin, 2004: ROUGE, a package for automatic evaluation of summaries.
public final class ROUGEScore: Metric, ReferencesMetric {
  private enum Key: Hashable {
    case grams(Int), longest, longestOfSentences

    init?(_ name: String) {
      switch name {
      case "rougeL": self = .longest
      case "rougeLsum": self = .longestOfSentences
      default:
        guard name.hasPrefix("rouge"), let n = Int(name.dropFirst(5)), (1...9).contains(n), name.count == 6 else {
          return nil
        }
        self = .grams(n)
      }
    }
  }

  private let keys: [(name: String, key: Key)]
  private let stemmer: PorterStemmer?
  private let normalizer: ((String) -> String)?
  private let tokenizer: ((String) -> [String])?
  private let sentences: (String) -> [String]
  private let accumulate: ROUGEAccumulation
  /// For each key the scores of texts, `[3]`: F-measure, precision, recall.
  private let scores: [MetricState]

  /// - Parameters:
  ///   - useStemmer: whether words of more than three letters are compared by their stems.
  ///   - normalizer: what a text becomes first; nil for lowercase with spaces in place of all but Latin letters and digits.
  ///   - tokenizer: the words of a normalised text; nil for what stands between white space.
  ///   - accumulate: how the scores of several references become one.
  ///   - rougeKeys: what is computed: `rouge1` to `rouge9`, `rougeL`, `rougeLsum`.
  ///   - sentences: the sentences of a text, which `rougeLsum` compares one by one; nil for what ends with `.`, `!` or `?`
  ///     before white space. torchmetrics takes the trained model Punkt of NLTK, which knows abbreviations.
  public init(
    useStemmer: Bool = false, normalizer: ((String) -> String)? = nil, tokenizer: ((String) -> [String])? = nil,
    accumulate: ROUGEAccumulation = .best, rougeKeys: [String] = ["rouge1", "rouge2", "rougeL", "rougeLsum"],
    sentences: ((String) -> [String])? = nil
  ) {
    keys = rougeKeys.compactMap { name in Key(name).map { (name, $0) } }
    stemmer = useStemmer ? PorterStemmer() : nil
    self.normalizer = normalizer
    self.tokenizer = tokenizer
    self.sentences = sentences ?? sentencesOf
    self.accumulate = accumulate
    scores = keys.map { _ in .list() }
    super.init()
    for name in rougeKeys where Key(name) == nil {
      expect(false, "there is no key '\(name)'; there are rouge1 to rouge9, rougeL and rougeLsum")
    }
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds predictions, and for each one its references.
  public func update(_ preds: [String], _ target: [[String]]) {
    updating { () throws(TensorError) in
      try requireSameCount(preds.count, target.count)
      let needsSentences = keys.contains { $0.key == .longestOfSentences }
      for (pred, references) in zip(preds, target) {
        guard !references.isEmpty else {
          throw mistake(.shape, "needs a reference for each prediction, and found none")
        }
        let words = tokens(pred)
        let lines = needsSentences ? sentences(pred).map(tokens) : []
        let others = references.map { (tokens($0), needsSentences ? sentences($0).map(tokens) : []) }
        for (i, key) in keys.map(\.key).enumerated() {
          let found = others.map { other, otherLines in
            switch key {
            case .grams(let n): nGrams(words, other, n)
            case .longest: longest(words, other)
            case .longestOfSentences: longestOfSentences(lines, otherLines)
            }
          }
          scores[i].append(Tensor(joined(found), shape: [1, 3], dtype: .float32))
        }
      }
    }
  }

  /// One score of those for several references.
  private func joined(_ found: [[Double]]) -> [Double] {
    if accumulate == .avg {
      return (0..<3).map { i in found.reduce(0) { $0 + $1[i] } / Double(found.count) }
    }
    var best = found[0]
    for score in found where score[0] > best[0] { best = score }
    return best
  }

  private func tokens(_ text: String) -> [Word] {
    let normalized =
      normalizer?(text)
      ?? String(text.lowercased().scalars.map { ("a"..."z").contains($0) || $0.isDigitOfASCII ? $0 : " " })
    let words = tokenizer?(normalized) ?? normalized.words.map { String($0) }
    return words.filter { !$0.isEmpty }.map { word in
      (stemmer.flatMap { word.unicodeScalars.count > 3 ? $0.stem(word) : nil } ?? word).scalars
    }
  }

  public func compute() -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for (key, state) in zip(keys, scores) {
      let means = state.isEmpty ? Tensor.full([3], Double.nan) : state.value.mean([0])
      for (i, part) in ["fmeasure", "precision", "recall"].enumerated() { found["\(key.name)_\(part)"] = means[i] }
    }
    return found
  }
}

/// F-measure, precision and recall of hits.
private func measures(_ hits: Int, _ preds: Int, _ target: Int) -> [Double] {
  if preds == 0 || target == 0 || hits == 0 { return [0, 0, 0] }
  let (precision, recall) = (Double(hits) / Double(preds), Double(hits) / Double(target))
  return [2 * precision * recall / (precision + recall), precision, recall]
}

private func nGrams(_ preds: [Word], _ target: [Word], _ n: Int) -> [Double] {
  let (found, wanted) = (countedRuns(preds, n), countedRuns(target, n))
  let hits = found.reduce(0) { $0 + min($1.value, wanted[$1.key] ?? 0) }
  return measures(hits, found.values.reduce(0, +), wanted.values.reduce(0, +))
}

/// The lengths of the longest common subsequences of the beginnings of both.
private func commonLengths(_ preds: [Word], _ target: [Word]) -> [[Int]] {
  var table = [[Int]](repeating: [Int](repeating: 0, count: preds.count + 1), count: target.count + 1)
  for i in target.indices {
    for j in preds.indices {
      table[i + 1][j + 1] = target[i] == preds[j] ? table[i][j] + 1 : max(table[i][j + 1], table[i + 1][j])
    }
  }
  return table
}

private func longest(_ preds: [Word], _ target: [Word]) -> [Double] {
  measures(commonLengths(preds, target)[target.count][preds.count], preds.count, target.count)
}

/// The places in `target` of a longest common subsequence.
private func commonPlaces(_ preds: [Word], _ target: [Word]) -> [Int] {
  let table = commonLengths(preds, target)
  var (i, j) = (preds.count, target.count)
  var places: [Int] = []
  while i > 0, j > 0 {
    if preds[i - 1] == target[j - 1] {
      places.append(j - 1)
      (i, j) = (i - 1, j - 1)
    } else if table[j][i - 1] > table[j - 1][i] {
      i -= 1
    } else {
      j -= 1
    }
  }
  return places
}

/// With the union over predicted sentences of what each has in common with a sentence of the target.
private func longestOfSentences(_ preds: [[Word]], _ target: [[Word]]) -> [Double] {
  func counts(_ lines: [[Word]]) -> [Word: Int] {
    lines.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
  var (found, wanted) = (counts(preds), counts(target))
  var hits = 0
  for line in target {
    for place in Set(preds.flatMap { commonPlaces($0, line) }).sorted() {
      let word = line[place]
      if found[word, default: 0] > 0, wanted[word, default: 0] > 0 {
        hits += 1
        found[word, default: 0] -= 1
        wanted[word, default: 0] -= 1
      }
    }
  }
  return measures(hits, preds.map(\.count).reduce(0, +), target.map(\.count).reduce(0, +))
}

/// What ends with a full stop, an exclamation or a question mark before white space.
private func sentencesOf(_ text: String) -> [String] {
  var sentences: [Word] = [[]]
  var hasEnded = false
  for c in text.scalars {
    if hasEnded, c.isSpace {
      sentences.append([])
      hasEnded = false
      continue
    }
    sentences[sentences.count - 1].append(c)
    switch c {
    case ".", "!", "?": hasEnded = true
    case "\"", "'", ")", "]", "”", "’": break
    default: hasEnded = false
    }
  }
  return sentences.map { String($0) }.filter { !$0.words.isEmpty }
}
