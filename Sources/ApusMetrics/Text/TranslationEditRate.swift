import ApusCore

/// The translation edit rate: edits and shifts of phrases, over the mean number of words of the references.
///
/// Snover and others, 2006: A study of translation edit rate with targeted human annotation; the search is that of Tercom.
public final class TranslationEditRate: Metric, ReferencesMetric {
  private let tokenizer: TercomTokenizer
  private let returnSentenceLevelScore: Bool
  private let totalNumEdits = MetricState(0)
  private let totalTgtLen = MetricState(0)
  private let sentenceTer = MetricState.list()

  /// - Parameters:
  ///   - normalize: whether punctuation stands apart from words.
  ///   - noPunctuation: whether punctuation is left out.
  ///   - lowercase: whether case is left out.
  ///   - asianSupport: whether signs of Asian scripts are treated like punctuation and stand apart.
  ///   - returnSentenceLevelScore: whether ``sentenceLevelScores`` are kept.
  public init(
    normalize: Bool = false, noPunctuation: Bool = false, lowercase: Bool = true, asianSupport: Bool = false,
    returnSentenceLevelScore: Bool = false
  ) {
    tokenizer = TercomTokenizer(
      normalize: normalize, noPunctuation: noPunctuation, lowercase: lowercase, asianSupport: asianSupport)
    self.returnSentenceLevelScore = returnSentenceLevelScore
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
        let words = tokenizer.words(pred)
        let others = references.map(tokenizer.words)
        let edits = others.map { Double(shiftedEdits($0, words)) }.min() ?? 0
        let length = Double(others.map(\.count).reduce(0, +)) / Double(others.count)
        totalNumEdits.add(edits)
        totalTgtLen.add(length)
        if returnSentenceLevelScore { sentenceTer.append(Tensor([rate(edits, length)], dtype: .float32)) }
      }
    }
  }

  private func rate(_ edits: Double, _ length: Double) -> Double {
    edits > 0 ? length > 0 ? edits / length : 1 : 0
  }

  public func compute() -> Tensor { Tensor(rate(totalNumEdits.value.item(), totalTgtLen.value.item())) }

  /// The rates of single texts; nil unless they are kept.
  public var sentenceLevelScores: Tensor? { sentenceTer.isEmpty ? nil : sentenceTer.value }

  public var erasedValue: MetricValue {
    sentenceLevelScores.map { .list([.tensor(compute()), .tensor($0)]) } ?? .tensor(compute())
  }
}

// MARK: Words

/// How Tercom cuts texts.
private struct TercomTokenizer {
  let normalize: Bool
  let noPunctuation: Bool
  let lowercase: Bool
  let asianSupport: Bool

  func words(_ text: String) -> [Word] {
    var text = text.withoutTrailingSpace
    if lowercase { text = text.lowercased() }
    var line = text.scalars
    if normalize {
      line = western(text)
      if asianSupport { line = asian(line) }
    }
    if noPunctuation {
      line.removeAll { ".,?:;!\"()".unicodeScalars.contains($0) }
      if asianSupport { line.removeAll { isAsianPunctuation($0) || isWidePunctuation($0) } }
    }
    return line.split(whereSeparator: \.isSpace).map(Array.init)
  }

  private func western(_ text: String) -> Word {
    var line = " \(text) ".replacing("\n-", with: "").replacing("\n", with: " ")
    for (name, sign) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
      line = line.replacing(name, with: sign)
    }
    // Signs stand apart first, then the 's of words, then points outside of numbers and hyphens after digits.
    let apart = line.scalars.spaced { c in
      switch c {
      case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
      default: false
      }
    }
    var spaced = String(apart).replacing("'s ", with: " 's ")
    if spaced.hasSuffix("'s") { spaced = spaced.dropLast(2) + " 's" }
    func isPoint(_ c: Unicode.Scalar) -> Bool { c == "." || c == "," }
    var result = spaced.scalars.replacingPairs({ !$0.isDigitOfASCII }, isPoint) { [$0, " ", $1, " "] }
    result = result.replacingPairs(isPoint, { !$0.isDigitOfASCII }) { [" ", $0, " ", $1] }
    return result.replacingPairs(\.isDigitOfASCII, { $0 == "-" }) { [$0, " ", $1, " "] }
  }

  private func asian(_ line: Word) -> Word {
    func isIn(_ ranges: ClosedRange<UInt32>...) -> (Unicode.Scalar) -> Bool {
      { c in ranges.contains { $0.contains(c.value) } }
    }
    var line = line
    line = line.spaced(isIn(0x4E00...0x9FFF, 0x3400...0x4DBF))
    line = line.spaced(isIn(0x31C0...0x31EF, 0x2E80...0x2EFF))
    line = line.spaced(isIn(0x3300...0x33FF, 0xF900...0xFAFF, 0xFE30...0xFE4F))
    line = line.spaced(isIn(0x3200...0x3F22))
    // Words of one Japanese alphabet alone stand apart.
    for range in [0x3040...0x309F, 0x30A0...0x30FF, 0x31F0...0x31FF] as [ClosedRange<UInt32>] {
      if let first = line.first, range.contains(first.value), line.allSatisfy({ range.contains($0.value) }) {
        line = [" "] + line + [" "]
      }
    }
    return line.spaced(isAsianPunctuation).spaced(isWidePunctuation)
  }

  private func isAsianPunctuation(_ c: Unicode.Scalar) -> Bool {
    switch c.value {
    case 0x3001, 0x3002, 0x3008...0x3011, 0x3014...0x301F, 0xFF61...0xFF65, 0x30FB: true
    default: false
    }
  }

  private func isWidePunctuation(_ c: Unicode.Scalar) -> Bool {
    [0xFF0E, 0xFF0C, 0xFF1F, 0xFF1A, 0xFF1B, 0xFF01, 0xFF02, 0xFF08, 0xFF09].contains(c.value)
  }
}

// MARK: Shifts

private let mostCandidates = 1000

/// The number of shifts and edits that make `words` of `input`.
private func shiftedEdits(_ input: [Word], _ words: [Word]) -> Int {
  if words.isEmpty { return 0 }
  var (input, shifts, candidates) = (input, 0, 0)
  while true {
    let (gain, shifted) = bestShift(input, words, &candidates)
    if candidates >= mostCandidates || gain <= 0 { break }
    shifts += 1
    input = shifted
  }
  return shifts + alignedEdits(input, words).distance
}

/// Which words of both texts are aligned, and where they differ.
private struct Alignment {
  /// For each word of the target the place in the input.
  var places: [Int] = []
  var targetErrors: [Int] = []
  var inputErrors: [Int] = []

  init(_ steps: [EditStep]) {
    var place = -1
    for step in steps {
      switch step {
      case .keep, .substitute:
        place += 1
        places.append(place)
        targetErrors.append(step == .keep ? 0 : 1)
        inputErrors.append(step == .keep ? 0 : 1)
      case .delete:
        place += 1
        inputErrors.append(1)
      case .insert, .undefined:
        places.append(place)
        targetErrors.append(1)
      }
    }
  }
}

/// The shift of a phrase that saves most edits: of equal ones the longest phrase, then the earliest, then the earliest place.
private func bestShift(_ input: [Word], _ words: [Word], _ candidates: inout Int) -> (gain: Int, input: [Word]) {
  let (distance, steps) = alignedEdits(input, words)
  let alignment = Alignment(steps)
  struct Candidate {
    var key: [Int]
    var words: [Word]
    func isBetter(_ other: Candidate) -> Bool {
      if key != other.key { return other.key.lexicographicallyPrecedes(key) }
      return other.words.lexicographicallyPrecedes(words) { $0.lexicographicallyPrecedes($1) }
    }
  }
  var best: Candidate?
  search: for start in input.indices {
    for goal in words.indices where abs(goal - start) <= 50 {
      for length in 1..<10 {
        guard input[start + length - 1] == words[goal + length - 1] else { break }
        let isLast = start + length == input.count || goal + length == words.count
        let isNeeded =
          alignment.inputErrors[start..<start + length].contains(1)
          && alignment.targetErrors[goal..<goal + length].contains(1)
          && !(start..<start + length).contains(alignment.places[goal])
        if isNeeded {
          var previous = -1
          for offset in -1..<length {
            let place: Int
            if goal + offset == -1 {
              place = 0
            } else if goal + offset < alignment.places.count {
              place = alignment.places[goal + offset] + 1
            } else {
              break
            }
            if place == previous { continue }
            previous = place
            let shifted = shift(input, start, length, place)
            let gain = distance - alignedEdits(shifted, words).distance
            let candidate = Candidate(key: [gain, length, -start, -place], words: shifted)
            candidates += 1
            if best.map({ candidate.isBetter($0) }) ?? true { best = candidate }
          }
          if candidates >= mostCandidates { break search }
        }
        if isLast { break }
      }
    }
  }
  return best.map { ($0.key[0], $0.words) } ?? (0, input)
}

/// The words with a phrase at another place.
private func shift(_ words: [Word], _ start: Int, _ length: Int, _ place: Int) -> [Word] {
  let phrase = words[start..<start + length]
  func part(_ from: Int, _ to: Int) -> ArraySlice<Word> {
    words[min(from, words.count)..<max(min(from, words.count), min(to, words.count))]
  }
  if place < start { return Array(part(0, place) + phrase + part(place, start) + part(start + length, words.count)) }
  if place > start + length {
    return Array(part(0, start) + part(start + length, place) + phrase + part(place, words.count))
  }
  return Array(part(0, start) + part(start + length, length + place) + phrase + part(length + place, words.count))
}
