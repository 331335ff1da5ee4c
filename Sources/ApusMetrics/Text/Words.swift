import ApusCore

// Texts as metrics read them: characters are Unicode scalars, and words what stands between white space.

/// A word, compared scalar by scalar.
typealias Word = [Unicode.Scalar]

extension Unicode.Scalar {
  var isSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
  var isDigitOfASCII: Bool { ("0"..."9").contains(self) }
  /// Of words, for regular expressions: letters, numbers and the underscore.
  var isOfWord: Bool {
    if self == "_" { return true }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }
  /// The 32 signs of punctuation of ASCII.
  var isPunctuationOfASCII: Bool {
    value < 127 && value > 32 && !isDigitOfASCII && !("a"..."z").contains(self) && !("A"..."Z").contains(self)
  }
}

extension String {
  var scalars: Word { Array(unicodeScalars) }

  /// What stands between white space.
  var words: [Word] { scalars.split(whereSeparator: \.isSpace).map(Array.init) }

  /// Without white space at the end.
  var withoutTrailingSpace: String {
    var scalars = scalars
    while scalars.last?.isSpace ?? false { scalars.removeLast() }
    return String(scalars)
  }

  /// Without white space at both ends.
  var withoutOuterSpace: String {
    String(withoutTrailingSpace.scalars.drop(while: \.isSpace))
  }

  init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}

extension Word {
  /// Puts `form` in place of each pair of scalars that fit, from left to right without overlap.
  func replacingPairs(
    _ first: (Unicode.Scalar) -> Bool, _ second: (Unicode.Scalar) -> Bool,
    _ form: (Unicode.Scalar, Unicode.Scalar) -> Word
  ) -> Word {
    var result: Word = []
    var i = 0
    while i < count {
      if i + 1 < count, first(self[i]), second(self[i + 1]) {
        result += form(self[i], self[i + 1])
        i += 2
      } else {
        result.append(self[i])
        i += 1
      }
    }
    return result
  }

  /// With a space before and after each scalar that fits.
  func spaced(_ fits: (Unicode.Scalar) -> Bool) -> Word { flatMap { fits($0) ? [" ", $0, " "] : [$0] } }
}

/// How often each run of `n` elements occurs.
func countedRuns<Element: Hashable>(_ elements: [Element], _ n: Int) -> [[Element]: Int] {
  var counts: [[Element]: Int] = [:]
  guard n >= 1, elements.count >= n else { return counts }
  for i in 0...(elements.count - n) { counts[Array(elements[i..<i + n]), default: 0] += 1 }
  return counts
}

/// The least number of insertions, deletions and replacements that make one sequence of the other.
func editDistance<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let above = row[j + 1]
      row[j + 1] = a[i] == b[j] ? diagonal : Swift.min(diagonal, above, row[j]) + 1
      diagonal = above
    }
  }
  return row[b.count]
}

/// A step of an alignment of predictions with references.
enum EditStep {
  case insert, delete, substitute, keep, undefined
}

/// The edit distance along a band around the diagonal (a beam of 25, or more where lengths differ much), and its steps.
func alignedEdits<Element: Equatable>(
  _ preds: [Element], _ target: [Element], substitution: Int = 1
) -> (distance: Int, steps: [EditStep]) {
  let undefined = 10_000_000_000_000_000
  let width = target.count + 1
  var cost = [Int](repeating: undefined, count: (preds.count + 1) * width)
  var step = [EditStep](repeating: .undefined, count: cost.count)
  for j in 0..<width { (cost[j], step[j]) = (j, .insert) }
  let ratio = preds.isEmpty ? 1.0 : Double(target.count) / Double(preds.count)
  let beam = ratio / 2 > 25 ? Int((ratio / 2 + 25).rounded(.up)) : 25
  for i in 0..<preds.count {
    let diagonal = Int((Double(i + 1) * ratio).rounded(.down))
    let end = i + 1 == preds.count ? width : min(width, diagonal + beam)
    let (above, row) = (i * width, (i + 1) * width)
    for j in max(0, diagonal - beam)..<max(max(0, diagonal - beam), end) {
      if j == 0 {
        (cost[row], step[row]) = (cost[above] + 1, .delete)
        continue
      }
      let isEqual = preds[i] == target[j - 1]
      let choices: [(Int, EditStep)] = [
        (cost[above + j - 1] + (isEqual ? 0 : substitution), isEqual ? .keep : .substitute),
        (cost[above + j] + 1, .delete), (cost[row + j - 1] + 1, .insert),
      ]
      for (value, kind) in choices where cost[row + j] > value { (cost[row + j], step[row + j]) = (value, kind) }
    }
  }
  var steps: [EditStep] = []
  var (i, j) = (preds.count, target.count)
  while i > 0 || j > 0 {
    let kind = step[i * width + j]
    steps.append(kind)
    switch kind {
    case .substitute, .keep: (i, j) = (i - 1, j - 1)
    case .insert: j -= 1
    case .delete: i -= 1
    case .undefined: (i, j) = (0, 0)
    }
  }
  return (cost[cost.count - 1], steps.reversed())
}
