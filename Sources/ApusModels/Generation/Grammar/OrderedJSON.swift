import ApusCore
import ApusFormats

/// A JSON value whose objects keep the order of their members.
indirect enum OrderedJSON: Sendable, Equatable {
  case object([Member])
  case array([OrderedJSON])
  /// A text, without quotes and escapes.
  case string(String)
  /// A number, true, false or null as it is written.
  case word(String)

  struct Member: Sendable, Equatable {
    var key: String
    var value: OrderedJSON
  }

  init(parsing text: String) throws(TensorError) {
    var parser = OrderedParser(bytes: Array(text.utf8))
    self = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.fail("the end") }
  }

  subscript(key: String) -> OrderedJSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }
  var array: [OrderedJSON]? { if case .array(let items) = self { items } else { nil } }
  var members: [Member]? { if case .object(let members) = self { members } else { nil } }
  var int: Int? { if case .word(let word) = self { Int(word) } else { nil } }

  /// The value as it is written without spaces.
  var text: String {
    switch self {
    case .word(let word): word
    case .string(let text): quotedJSON(text)
    case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { quotedJSON($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
    }
  }
}

/// A text as JSON writes it.
func quotedJSON(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": out += "\\\(scalar)"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case "\u{0}"..<" ":
      let digits = String(scalar.value, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}

private struct OrderedParser {
  let bytes: [UInt8]
  var position = 0

  func fail(_ expected: String) -> TensorError {
    TensorError(.format, "schema", "expected \(expected) at byte \(position)")
  }

  mutating func skipSpace() {
    while position < bytes.count, [32, 9, 10, 13].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ c: Character) -> Bool {
    guard position < bytes.count, bytes[position] == c.asciiValue else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws(TensorError) -> OrderedJSON {
    guard depth < 128 else { throw fail("fewer nested values") }
    skipSpace()
    if take("{") {
      var members: [OrderedJSON.Member] = []
      skipSpace()
      if take("}") { return .object(members) }
      repeat {
        skipSpace()
        let key = try string()
        skipSpace()
        guard take(":") else { throw fail("':'") }
        members.append(.init(key: key, value: try value(depth: depth + 1)))
        skipSpace()
      } while take(",")
      guard take("}") else { throw fail("'}'") }
      return .object(members)
    }
    if take("[") {
      var items: [OrderedJSON] = []
      skipSpace()
      if take("]") { return .array(items) }
      repeat {
        items.append(try value(depth: depth + 1))
        skipSpace()
      } while take(",")
      guard take("]") else { throw fail("']'") }
      return .array(items)
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return .string(try string()) }
    let start = position
    while position < bytes.count, !Array(" \t\r\n,]}:\"".utf8).contains(bytes[position]) { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    guard ["true", "false", "null"].contains(word) || Double(word) != nil else { throw fail("a value") }
    return .word(word)
  }

  private mutating func string() throws(TensorError) -> String {
    let start = position
    guard take("\"") else { throw fail("a text in quotes") }
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { throw fail("the quote that ends a text") }
    position += 1
    // Escapes are those of any JSON.
    guard let text = try? JSON(parsing: bytes[start..<position]).string else { throw fail("a text") }
    return text
  }
}
