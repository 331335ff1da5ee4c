/// What texts are cut at, or what is replaced in them: a text as it stands or a regular expression.
struct TextPattern: Sendable {
  private let literal: [UInt8]?
  private let program: PatternProgram?

  /// The text as it stands.
  init(literal: [UInt8]) { (self.literal, program) = (literal, nil) }

  /// A regular expression.
  init(expression: [UInt8], dialect: PatternDialect = .oniguruma) throws(PatternMistake) {
    literal = nil
    program = try PatternProgram(PatternParser.parse(expression, dialect))
  }

  /// Gives `body` the matches in the bytes from `start` to `end`, from left to right; they do not overlap. A match of nothing
  /// right after another match is left out.
  func forEachMatch(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, _ budget: inout TextBudget, _ body: (Int, Int) -> Void
  ) throws(PatternMistake) {
    if let literal { return Self.findLiteral(literal, text, start, end, body) }
    guard let program else { return }
    var matcher = PatternMatcher(program, text, from: start, to: end, steps: budget.steps)
    defer { budget.steps = matcher.stepsLeft }
    var position = start
    var lastEnd = -1
    while position <= end, let match = try matcher.next(from: position) {
      if match.isEmpty, match.lowerBound == lastEnd {
        position = match.lowerBound < end ? match.lowerBound + scalarLength(text[match.lowerBound]) : end + 1
        continue
      }
      body(match.lowerBound, match.upperBound)
      (position, lastEnd) = (match.upperBound, match.upperBound)
    }
  }

  static func findLiteral(
    _ literal: [UInt8], _ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ body: (Int, Int) -> Void
  ) {
    literal.withUnsafeBufferPointer { wanted in
      guard let base = wanted.baseAddress, wanted.count > 0 else { return }
      let first = base[0]
      var position = start
      while position + wanted.count <= end {
        if text[position] == first, equalBytes(text + position, base, wanted.count) {
          body(position, position + wanted.count)
          position += wanted.count
        } else {
          position += 1
        }
      }
    }
  }
}

extension ConfigNode {
  /// The pattern that `{"String": ...}` or `{"Regex": ...}` describes; a text alone stands for itself.
  func pattern() throws -> TextPattern {
    if case .string(let bytes) = json { return TextPattern(literal: Array(bytes)) }
    if let node = child("String") { return TextPattern(literal: try node.bytes()) }
    guard let node = child("Regex") else { throw expected("'String' or 'Regex'") }
    do { return try TextPattern(expression: try node.bytes()) } catch let mistake as PatternMistake {
      throw node.error(mistake.description, mistake.kind == .unsupported ? .unsupported : .format)
    }
  }
}
