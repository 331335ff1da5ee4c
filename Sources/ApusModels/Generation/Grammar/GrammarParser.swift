import ApusCore

/// Reads GBNF.
struct GrammarParser {
  private(set) var builder = GrammarBuilder()
  private let text: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  mutating func parse() throws(TensorError) {
    skipSpace()
    while position < text.count {
      guard let name = ruleName() else { throw fail("'name ::='") }
      let rule = builder.rule(name)
      try builder.define(rule, try choice(depth: 0))
    }
  }

  private var current: Unicode.Scalar? { position < text.count ? text[position] : nil }

  private func fail(_ expected: String) -> TensorError {
    let line = text[..<min(position, text.count)].count { $0 == "\n" } + 1
    let found = current.map { "'\($0)'" } ?? "the end"
    return TensorError(.format, "grammar", "line \(line): expected \(expected), found \(found)")
  }

  /// Spaces, ends of lines and comments.
  private mutating func skipSpace() {
    while let c = current {
      if c == "#" {
        while let c = current, c != "\n" { position += 1 }
      } else if c == " " || c == "\t" || c == "\n" || c == "\r" {
        position += 1
      } else {
        return
      }
    }
  }

  private mutating func take(_ c: Unicode.Scalar) -> Bool {
    guard current == c else { return false }
    position += 1
    return true
  }

  private mutating func name() -> String? {
    var name = ""
    while let c = current, c.isASCII, c.properties.isAlphabetic || ("0"..."9").contains(c) || c == "-" || c == "_" {
      name.unicodeScalars.append(c)
      position += 1
    }
    return name.isEmpty ? nil : name
  }

  /// The name before `::=`, which are both taken; nil, and nothing is taken, where there is none.
  private mutating func ruleName() -> String? {
    let start = position
    if let name = name() {
      skipSpace()
      if take(":"), take(":"), take("=") {
        skipSpace()
        return name
      }
    }
    position = start
    return nil
  }

  private mutating func choice(depth: Int) throws(TensorError) -> [[Grammar.Element]] {
    guard depth < 128 else { throw fail("fewer groups in each other") }
    var sequences = [try sequence(depth: depth)]
    while take("|") {
      skipSpace()
      sequences.append(try sequence(depth: depth))
    }
    return sequences
  }

  private mutating func sequence(depth: Int) throws(TensorError) -> [Grammar.Element] {
    var sequence: [Grammar.Element] = []
    while let item = try item(depth: depth) {
      skipSpace()
      sequence += try repetition(of: item)
    }
    return sequence
  }

  private mutating func item(depth: Int) throws(TensorError) -> [Grammar.Element]? {
    switch current {
    case "\"": return try literal()
    case "[": return [try characterClass()]
    case ".":
      position += 1
      return [try builder.character([0...0x10ffff])]
    case "(":
      position += 1
      skipSpace()
      let group = try builder.group(try choice(depth: depth + 1))
      guard take(")") else { throw fail("')'") }
      return [group]
    default:
      let start = position
      // The next rule ends this one.
      if ruleName() != nil {
        position = start
        return nil
      }
      guard let name = name() else {
        guard current == nil || current == "|" || current == ")" && depth > 0 else {
          throw fail("a text in quotes, a class, a rule or a group")
        }
        return nil
      }
      return [.rule(builder.rule(name))]
    }
  }

  private mutating func repetition(of item: [Grammar.Element]) throws(TensorError) -> [Grammar.Element] {
    var item = item
    while let c = current {
      switch c {
      case "*": item = try builder.repeated(item, 0, nil)
      case "+": item = try builder.repeated(item, 1, nil)
      case "?": item = try builder.repeated(item, 0, 1)
      case "{":
        position += 1
        let (least, most) = try counts()
        item = try builder.repeated(item, least, most)
      default: return item
      }
      position += 1
      skipSpace()
    }
    return item
  }

  /// `m}`, `m,}` or `m,n}` up to the brace.
  private mutating func counts() throws(TensorError) -> (Int, Int?) {
    skipSpace()
    let least = try number() ?? 0
    skipSpace()
    var most: Int? = least
    if take(",") {
      skipSpace()
      most = try number()
      skipSpace()
    }
    guard current == "}" else { throw fail("'}'") }
    if let most, most < least { throw fail("a range from a smaller number to a larger one") }
    return (least, most)
  }

  private mutating func number() throws(TensorError) -> Int? {
    var value: Int?
    while let c = current, ("0"..."9").contains(c) {
      value = (value ?? 0) * 10 + Int(c.value - 48)
      if let value, value > 1 << 20 { throw fail("a smaller number") }
      position += 1
    }
    return value
  }

  private mutating func literal() throws(TensorError) -> [Grammar.Element] {
    position += 1
    var text = ""
    while let c = current {
      if take("\"") { return GrammarBuilder.text(text) }
      if c == "\n" { break }
      text.unicodeScalars.append(try character())
    }
    throw fail("the quote that ends a text")
  }

  private mutating func characterClass() throws(TensorError) -> Grammar.Element {
    position += 1
    let isNegative = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    while let c = current {
      if c == "]" {
        position += 1
        let found = isNegative ? complement(ranges) : merged(ranges)
        guard !found.isEmpty else { throw fail("a class with a character") }
        return try builder.character(found)
      }
      let low = try character()
      guard current == "-", position + 1 < text.count, text[position + 1] != "]" else {
        ranges.append(low.value...low.value)
        continue
      }
      position += 1
      let high = try character()
      guard low.value <= high.value else { throw fail("a range from a smaller character to a larger one") }
      ranges.append(low.value...high.value)
    }
    throw fail("']'")
  }

  private mutating func character() throws(TensorError) -> Unicode.Scalar {
    guard let c = current else { throw fail("a character") }
    position += 1
    guard c == "\\" else { return c }
    guard let escape = current else { throw fail("a character") }
    position += 1
    switch escape {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "x": return try hexadecimal(2)
    case "u": return try hexadecimal(4)
    case "U": return try hexadecimal(8)
    default: return escape
    }
  }

  private mutating func hexadecimal(_ digits: Int) throws(TensorError) -> Unicode.Scalar {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = current.flatMap({ hexDigit($0) }) else { throw fail("\(digits) hexadecimal digits") }
      guard value < 1 << 28 else { throw fail("a character") }
      value = value << 4 | digit
      position += 1
    }
    guard let scalar = Unicode.Scalar(value) else { throw fail("a character") }
    return scalar
  }

  private func hexDigit(_ c: Unicode.Scalar) -> UInt32? {
    switch c {
    case "0"..."9": c.value - 48
    case "a"..."f": c.value - 87
    case "A"..."F": c.value - 55
    default: nil
    }
  }
}
