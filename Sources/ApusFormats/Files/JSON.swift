/// A JSON value. Integers that fit an Int stay integers.
package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// Reads one document. Of several members of one name in an object the last one counts, unless they are refused.
  /// - Throws: where the text stops being JSON.
  package init(parsing text: some Sequence<UInt8>, refusesRepeatedNames: Bool = false) throws {
    var parser = Parser(bytes: Array(text))
    parser.refusesRepeatedNames = refusesRepeatedNames
    self = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.error("the end") }
  }

  package subscript(_ key: String) -> JSON? {
    if case .object(let members) = self { return members[key] }
    return nil
  }

  package var string: String? { if case .string(let v) = self { v } else { nil } }
  package var array: [JSON]? { if case .array(let v) = self { v } else { nil } }
  package var object: [String: JSON]? { if case .object(let v) = self { v } else { nil } }
  package var bool: Bool? { if case .bool(let v) = self { v } else { nil } }
  package var int: Int? { if case .int(let v) = self { v } else { nil } }
  package var isNull: Bool { self == .null }

  /// A number; also the texts "nan", "inf" and "-inf".
  package var double: Double? {
    switch self {
    case .int(let v): Double(v)
    case .double(let v): v
    case .string("nan"): .nan
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: nil
    }
  }

  package struct SyntaxError: Error, CustomStringConvertible {
    package let description: String
    package init(description: String) { self.description = description }
  }

  private struct Parser {
    let bytes: [UInt8]
    var position = 0
    var refusesRepeatedNames = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func error(_ expected: String) -> SyntaxError {
      SyntaxError(description: "JSON: expected \(expected) at byte \(position)")
    }

    mutating func skipSpace() {
      while let c = current, c == 32 || c == 10 || c == 13 || c == 9 { position += 1 }
    }

    mutating func take(_ text: StaticString) -> Bool {
      let n = text.utf8CodeUnitCount
      guard position + n <= bytes.count else { return false }
      for i in 0..<n where bytes[position + i] != text.utf8Start[i] { return false }
      position += n
      return true
    }

    mutating func value(depth: Int) throws -> JSON {
      guard depth < 512 else { throw error("fewer nested values") }
      skipSpace()
      switch current {
      case UInt8(ascii: "{"):
        position += 1
        var members: [String: JSON] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        while true {
          skipSpace()
          guard current == UInt8(ascii: "\"") else { throw error("a key") }
          let key = try text()
          if refusesRepeatedNames, members[key] != nil {
            throw error("another name than '\(key)', which is there already,")
          }
          skipSpace()
          guard take(":") else { throw error("':'") }
          members[key] = try value(depth: depth + 1)
          skipSpace()
          if take("}") { return .object(members) }
          guard take(",") else { throw error("',' or '}'") }
        }
      case UInt8(ascii: "["):
        position += 1
        var items: [JSON] = []
        skipSpace()
        if take("]") { return .array(items) }
        while true {
          items.append(try value(depth: depth + 1))
          skipSpace()
          if take("]") { return .array(items) }
          guard take(",") else { throw error("',' or ']'") }
        }
      case UInt8(ascii: "\""): return .string(try text())
      default:
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        if take("null") { return .null }
        return try number()
      }
    }

    mutating func number() throws -> JSON {
      let start = position
      if take("NaN") { return .double(.nan) }
      if take("Infinity") { return .double(.infinity) }
      if take("-Infinity") { return .double(-.infinity) }
      while let c = current, (48...57).contains(c) || c == 43 || c == 45 || c == 46 || c == 69 || c == 101 {
        position += 1
      }
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      if let v = Int(text) { return .int(v) }
      guard let v = Double(text) else { throw error("a value") }
      return .double(v)
    }

    mutating func text() throws -> String {
      position += 1
      var out: [UInt8] = []
      while let c = current {
        position += 1
        if c == UInt8(ascii: "\"") { return String(decoding: out, as: UTF8.self) }
        guard c == UInt8(ascii: "\\") else {
          out.append(c)
          continue
        }
        guard let escape = current else { break }
        position += 1
        switch escape {
        case UInt8(ascii: "n"): out.append(10)
        case UInt8(ascii: "t"): out.append(9)
        case UInt8(ascii: "r"): out.append(13)
        case UInt8(ascii: "b"): out.append(8)
        case UInt8(ascii: "f"): out.append(12)
        case UInt8(ascii: "u"):
          var code = try hex()
          let next = position
          if (0xd800..<0xdc00).contains(code), take("\\u") {
            let low = try hex()
            if (0xdc00..<0xe000).contains(low) {
              code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            } else {
              // Half a character, and then another.
              position = next
            }
          }
          out.append(contentsOf: String(Unicode.Scalar(code).map(Character.init) ?? "\u{fffd}").utf8)
        default: out.append(escape)
        }
      }
      throw error("the end of a string")
    }

    mutating func hex() throws -> UInt32 {
      guard position + 4 <= bytes.count,
        let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
      else { throw error("four hexadecimal digits") }
      position += 4
      return code
    }
  }
}
