import ApusCore

/// Reads the regular expression of a text in a schema: characters, classes, groups, choices and repetitions between `^` and `$`.
/// Characters that JSON escapes are written escaped.
struct PatternReader {
  private let text: [Unicode.Scalar]
  private let place: String
  private var position = 0
  private static let digits: [ClosedRange<UInt32>] = [48...57]
  private static let words: [ClosedRange<UInt32>] = [48...57, 65...90, 95...95, 97...122]
  private static let spaces: [ClosedRange<UInt32>] = [9...10, 13...13, 32...32]

  init(_ pattern: String, place: String) {
    text = Array(pattern.unicodeScalars)
    self.place = place
  }

  /// The elements between the quotes.
  mutating func read(_ builder: inout GrammarBuilder) throws(TensorError) -> [Grammar.Element] {
    // Without anchors anything may stand around it.
    let isOpenBefore = !take("^")
    let inner = try choice(&builder, depth: 0)
    let isOpenBehind = !take("$")
    guard position == text.count else { throw fail("the end") }
    let other = try character(complement([0...0x1f]), &builder)
    let around = try builder.repeated([other], 0, nil)
    return (isOpenBefore ? around : []) + inner + (isOpenBehind ? around : [])
  }

  private var current: Unicode.Scalar? { position < text.count ? text[position] : nil }

  private func fail(_ expected: String) -> TensorError {
    TensorError(
      .unsupported, "schema",
      "\(place): the pattern needs \(expected) at character \(position); other forms are not known")
  }

  private mutating func take(_ c: Unicode.Scalar) -> Bool {
    guard current == c else { return false }
    position += 1
    return true
  }

  private mutating func choice(
    _ builder: inout GrammarBuilder, depth: Int
  ) throws(TensorError) -> [Grammar.Element] {
    guard depth < 64 else { throw fail("fewer groups in each other") }
    var sequences = [try sequence(&builder, depth: depth)]
    while take("|") { sequences.append(try sequence(&builder, depth: depth)) }
    return sequences.count == 1 ? sequences[0] : [try builder.group(sequences)]
  }

  private mutating func sequence(
    _ builder: inout GrammarBuilder, depth: Int
  ) throws(TensorError) -> [Grammar.Element] {
    var sequence: [Grammar.Element] = []
    while let c = current, c != "|", c != ")", !(c == "$" && position == text.count - 1) {
      var item: [Grammar.Element]
      if take("(") {
        if take("?") { guard take(":") else { throw fail("'(?:' or '('") } }
        item = try choice(&builder, depth: depth + 1)
        guard take(")") else { throw fail("')'") }
      } else {
        item = [try character(try ranges(), &builder)]
      }
      sequence += try repetition(of: item, &builder)
    }
    return sequence
  }

  private mutating func repetition(
    of item: [Grammar.Element], _ builder: inout GrammarBuilder
  ) throws(TensorError) -> [Grammar.Element] {
    var result = item
    if take("*") {
      result = try builder.repeated(item, 0, nil)
    } else if take("+") {
      result = try builder.repeated(item, 1, nil)
    } else if take("?") {
      result = try builder.repeated(item, 0, 1)
    } else if take("{") {
      guard let least = number() else { throw fail("a number") }
      var most: Int? = least
      if take(",") { most = number() }
      guard take("}"), most ?? least >= least else { throw fail("'}' behind a range") }
      result = try builder.repeated(item, least, most)
    } else {
      return item
    }
    // What a lazy repetition finds first makes no difference to what fits.
    _ = take("?")
    return result
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let c = current, ("0"..."9").contains(c), (value ?? 0) < 1 << 20 {
      value = (value ?? 0) * 10 + Int(c.value - 48)
      position += 1
    }
    return value
  }

  /// The characters of one item.
  private mutating func ranges() throws(TensorError) -> [ClosedRange<UInt32>] {
    guard let c = current else { throw fail("a character") }
    position += 1
    switch c {
    case ".": return complement([10...10, 13...13])
    case "\\": return try escape()
    case "[": return try characterClass()
    case "*", "+", "?", "{", "^", "$": throw fail("a character")
    default: return [c.value...c.value]
    }
  }

  private mutating func characterClass() throws(TensorError) -> [ClosedRange<UInt32>] {
    let isNegative = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    while let c = current {
      if c == "]" {
        position += 1
        let found = isNegative ? complement(ranges) : merged(ranges)
        guard !found.isEmpty else { throw fail("a class with a character") }
        return found
      }
      position += 1
      let low = c == "\\" ? try escape() : [c.value...c.value]
      guard current == "-", position + 1 < text.count, text[position + 1] != "]", low.count == 1,
        low[0].lowerBound == low[0].upperBound
      else {
        ranges += low
        continue
      }
      position += 1
      guard let next = current else { break }
      position += 1
      let high = next == "\\" ? try escape() : [next.value...next.value]
      guard high.count == 1, low[0].lowerBound <= high[0].upperBound else { throw fail("a range of characters") }
      ranges.append(low[0].lowerBound...high[0].upperBound)
    }
    throw fail("']'")
  }

  private mutating func escape() throws(TensorError) -> [ClosedRange<UInt32>] {
    guard let c = current else { throw fail("a character") }
    position += 1
    switch c {
    case "d": return Self.digits
    case "D": return complement(Self.digits)
    case "w": return Self.words
    case "W": return complement(Self.words)
    case "s": return Self.spaces
    case "S": return complement(Self.spaces)
    case "n": return [10...10]
    case "r": return [13...13]
    case "t": return [9...9]
    case "b", "B", "A", "Z", "z", "p", "P", "k", "u", "x", "c", "0"..."9": throw fail("a character")
    default: return [c.value...c.value]
    }
  }

  /// A character in `ranges` as JSON writes it.
  private func character(
    _ ranges: [ClosedRange<UInt32>], _ builder: inout GrammarBuilder
  ) throws(TensorError) -> Grammar.Element {
    let escaped: [(UInt32, String)] = [(0x22, "\\\""), (0x5c, "\\\\"), (10, "\\n"), (13, "\\r"), (9, "\\t")]
    let special = escaped.map { $0.0...$0.0 } + [0...0x1f]
    var sequences: [[Grammar.Element]] = []
    let plain = complement(complement(ranges) + special)
    if !plain.isEmpty { sequences.append([try builder.character(plain)]) }
    for (code, written) in escaped where ranges.contains(where: { $0.contains(code) }) {
      sequences.append(GrammarBuilder.text(written))
    }
    guard !sequences.isEmpty else { throw fail("a character that a text can have") }
    return sequences.count == 1 && sequences[0].count == 1 ? sequences[0][0] : try builder.group(sequences)
  }
}
