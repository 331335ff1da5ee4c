/// A value written as Python writes it: what the header of a `.npy` file consists of. Nothing is evaluated, so a header
/// that holds an expression is no literal.
indirect enum PythonLiteral: Equatable {
  case nothing
  case bool(Bool)
  case int(Int)
  case string(String)
  case tuple([PythonLiteral])
  case list([PythonLiteral])
  /// Members in the order in which they are written; of several of one key the last counts, as in Python.
  case dictionary([(key: PythonLiteral, value: PythonLiteral)])

  /// Reads one literal, around which there may be space.
  init(parsing text: UnsafeRawBufferPointer) throws(SyntaxError) {
    var parser = Parser(text: text)
    self = try parser.value(depth: 0)
    try parser.finish()
  }

  /// The value of the last member called `key` of a dictionary.
  subscript(key: String) -> PythonLiteral? {
    guard case .dictionary(let members) = self else { return nil }
    return members.last { $0.key == .string(key) }?.value
  }

  static func == (a: PythonLiteral, b: PythonLiteral) -> Bool {
    switch (a, b) {
    case (.nothing, .nothing): true
    case (.bool(let x), .bool(let y)): x == y
    case (.int(let x), .int(let y)): x == y
    case (.string(let x), .string(let y)): x == y
    case (.tuple(let x), .tuple(let y)), (.list(let x), .list(let y)): x == y
    case (.dictionary(let x), .dictionary(let y)): x.elementsEqual(y) { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  /// Where the text stops being a literal.
  struct SyntaxError: Error {
    let position: Int
    let expected: String
  }

  /// Deeper nesting is refused: a header needs four levels.
  private static let deepest = 16

  private struct Parser {
    let text: UnsafeRawBufferPointer
    var position = 0

    init(text: UnsafeRawBufferPointer) { self.text = text }

    private var current: UInt8? { position < text.count ? text[position] : nil }

    private func failure(_ expected: String) -> SyntaxError { SyntaxError(position: position, expected: expected) }

    private mutating func skipSpace() {
      while let byte = current, byte == 32 || 9...13 ~= byte { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      skipSpace()
      guard current == byte else { return false }
      position += 1
      return true
    }

    mutating func finish() throws(SyntaxError) {
      skipSpace()
      guard position == text.count else { throw failure("the end of the header") }
    }

    mutating func value(depth: Int) throws(SyntaxError) -> PythonLiteral {
      guard depth < deepest else { throw failure("fewer nested brackets") }
      skipSpace()
      switch current {
      case UInt8(ascii: "{"): return try dictionary(depth: depth)
      case UInt8(ascii: "("):
        let (items, hasComma) = try self.items(until: UInt8(ascii: ")"), depth: depth)
        // Brackets around one value without a comma are just brackets.
        return items.count == 1 && !hasComma ? items[0] : .tuple(items)
      case UInt8(ascii: "["): return .list(try items(until: UInt8(ascii: "]"), depth: depth).items)
      case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "+"), UInt8(ascii: "-"): return try integer()
      case let byte? where isDigit(byte): return try integer()
      default: return try word()
      }
    }

    private mutating func dictionary(depth: Int) throws(SyntaxError) -> PythonLiteral {
      position += 1
      var members: [(key: PythonLiteral, value: PythonLiteral)] = []
      while !take(UInt8(ascii: "}")) {
        if !members.isEmpty {
          guard take(UInt8(ascii: ",")) else { throw failure("',' or '}'") }
          if take(UInt8(ascii: "}")) { break }
        }
        let key = try value(depth: depth + 1)
        guard take(UInt8(ascii: ":")) else { throw failure("':'") }
        members.append((key, try value(depth: depth + 1)))
      }
      return .dictionary(members)
    }

    private mutating func items(
      until end: UInt8, depth: Int
    ) throws(SyntaxError) -> (items: [PythonLiteral], hasComma: Bool) {
      position += 1
      var items: [PythonLiteral] = []
      var hasComma = false
      while !take(end) {
        if !items.isEmpty {
          guard take(UInt8(ascii: ",")) else { throw failure("',' or '\(Character(Unicode.Scalar(end)))'") }
          hasComma = true
          if take(end) { break }
        }
        items.append(try value(depth: depth + 1))
      }
      return (items, hasComma)
    }

    private mutating func integer() throws(SyntaxError) -> PythonLiteral {
      let start = position
      if current == UInt8(ascii: "-") || current == UInt8(ascii: "+") { position += 1 }
      let first = position
      while let byte = current, isDigit(byte) { position += 1 }
      guard position > first, let number = Int(String(decoding: text[start..<position], as: UTF8.self)) else {
        position = start
        throw failure("an integer of 64 bits")
      }
      // Python 2 wrote long integers with an L.
      if current == UInt8(ascii: "L") { position += 1 }
      return .int(number)
    }

    private mutating func word() throws(SyntaxError) -> PythonLiteral {
      let start = position
      while let byte = current, isLetter(byte) { position += 1 }
      switch String(decoding: text[start..<position], as: UTF8.self) {
      case "True": return .bool(true)
      case "False": return .bool(false)
      case "None": return .nothing
      case "u", "b":
        if current == UInt8(ascii: "'") || current == UInt8(ascii: "\"") { return .string(try string()) }
      default: break
      }
      position = start
      throw failure("a string, a number, True, False, a tuple, a list or a dictionary")
    }

    private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    private func isLetter(_ byte: UInt8) -> Bool {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_")
    }

    private mutating func string() throws(SyntaxError) -> String {
      let quote = current
      position += 1
      var bytes: [UInt8] = []
      while let byte = current, byte != 10 {
        position += 1
        if byte == quote { return String(decoding: bytes, as: UTF8.self) }
        guard byte == UInt8(ascii: "\\") else {
          bytes.append(byte)
          continue
        }
        // Names of fields are the only texts with characters that Python escapes, and they are only told in errors.
        guard let escaped = current else { break }
        if escaped != quote, escaped != UInt8(ascii: "\\") { bytes.append(byte) }
        bytes.append(escaped)
        position += 1
      }
      throw failure("the end of a string")
    }
  }
}
