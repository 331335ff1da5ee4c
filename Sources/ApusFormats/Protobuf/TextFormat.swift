/// A message in the text format of protocol buffers (https://protobuf.dev/reference/protobuf/textformat-spec), as it stands
/// there: names and values in their order, without knowledge of what they mean.
///
///     let message = try TextMessage(parsing: "feature { name: \"age\" type: INT }")
///     print(message.text)
package struct TextMessage: Sendable, Equatable {
  /// What stands behind a name.
  package indirect enum Value: Sendable, Equatable {
    /// A number, a truth value or the name of an enumeration's value, as it is written.
    case word(String)
    /// What stands between quotes, without escapes.
    case text([UInt8])
    /// A message within this one.
    case message(TextMessage)
  }

  /// A name and a value. A repeated field is several of them.
  package struct Field: Sendable, Equatable {
    package var name: String
    package var value: Value

    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  package var fields: [Field] = []

  package init() {}

  /// Reads a text. Comments are left out.
  /// - Throws: the line and what is expected there.
  package init(parsing text: String) throws(TextFormatMistake) {
    var reader = TextFormatReader(Array(text.utf8))
    self = try reader.message()
  }

  /// The message as text, two spaces for each level, a line for each value.
  package var text: String {
    var result: [UInt8] = []
    write(to: &result, indent: 0)
    return String(decoding: result, as: UTF8.self)
  }

  /// The message as an object in which the values of each name are a list.
  package var json: JSON {
    var members: [String: JSON] = [:]
    for field in fields {
      let value: JSON
      switch field.value {
      case .message(let message): value = message.json
      case .text(let bytes): value = .string(String(decoding: bytes, as: UTF8.self))
      case .word("true"): value = .bool(true)
      case .word("false"): value = .bool(false)
      case .word(let word): value = Int(word).map { .int($0) } ?? Double(word).map { .double($0) } ?? .string(word)
      }
      members[field.name] = .array((members[field.name]?.array ?? []) + [value])
    }
    return .object(members)
  }

  private func write(to result: inout [UInt8], indent: Int) {
    for field in fields {
      result += repeatElement(32, count: indent)
      result += field.name.utf8
      switch field.value {
      case .word(let word):
        result += ": ".utf8
        result += word.utf8
      case .text(let bytes):
        result += ": ".utf8
        Self.quote(bytes, to: &result)
      case .message(let message):
        result += " {\n".utf8
        message.write(to: &result, indent: indent + 2)
        result += repeatElement(32, count: indent)
        result.append(UInt8(ascii: "}"))
      }
      result.append(10)
    }
  }

  /// Letters of other scripts stand as they are; what is no UTF-8 becomes octal numbers.
  private static func quote(_ bytes: [UInt8], to result: inout [UInt8]) {
    let isText = bytes.withUnsafeBytes { isUTF8($0) }
    result.append(UInt8(ascii: "\""))
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""): result += "\\\"".utf8
      case UInt8(ascii: "'"): result += "\\'".utf8
      case UInt8(ascii: "\\"): result += "\\\\".utf8
      case 10: result += "\\n".utf8
      case 13: result += "\\r".utf8
      case 9: result += "\\t".utf8
      case 32..<127: result.append(byte)
      case 128... where isText: result.append(byte)
      default: result += [92, 48 + (byte >> 6), 48 + (byte >> 3 & 7), 48 + (byte & 7)]
      }
    }
    result.append(UInt8(ascii: "\""))
  }
}

/// What is wrong with a text, and in which line.
package struct TextFormatMistake: Error, CustomStringConvertible {
  package let description: String
}

/// Reads texts from the front.
private struct TextFormatReader {
  private let text: [UInt8]
  private var position = 0

  /// How many messages may lie in each other.
  private static let deepest = 100

  init(_ text: [UInt8]) { self.text = text }

  mutating func message() throws(TextFormatMistake) -> TextMessage {
    let message = try fields(depth: 0)
    guard position == text.count else { throw expected("a name") }
    return message
  }

  private func expected(_ what: String) -> TextFormatMistake {
    let line = text[..<min(position, text.count)].reduce(1) { $0 + ($1 == 10 ? 1 : 0) }
    return TextFormatMistake(description: "expected \(what) in line \(line)")
  }

  private var current: UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace(andCommas: Bool = true) {
    while let c = current {
      if c == UInt8(ascii: "#") {
        while let c = current, c != 10 { position += 1 }
      } else if c <= 32 || andCommas && (c == UInt8(ascii: ",") || c == UInt8(ascii: ";")) {
        position += 1
      } else {
        return
      }
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func word() -> String? {
    skipSpace()
    let start = position
    while let c = current,
      (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || "_.+-".utf8.contains(c)
    { position += 1 }
    return position > start ? String(decoding: text[start..<position], as: UTF8.self) : nil
  }

  /// A name, or one in brackets: an extension, or the type of what a field of any type holds.
  private mutating func name() -> String? {
    skipSpace()
    guard current == UInt8(ascii: "[") else { return word() }
    guard let end = text[position...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
    defer { position = end + 1 }
    return String(decoding: text[position...end], as: UTF8.self)
  }

  private mutating func fields(depth: Int) throws(TextFormatMistake) -> TextMessage {
    guard depth < Self.deepest else { throw expected("fewer messages in each other") }
    var message = TextMessage()
    while let name = name() {
      let hasColon = take(":")
      if take("[") {
        while !take("]") { message.fields.append(TextMessage.Field(name, try value(depth: depth))) }
      } else {
        skipSpace()
        guard hasColon || current == UInt8(ascii: "{") || current == UInt8(ascii: "<") else { throw expected("':'") }
        message.fields.append(TextMessage.Field(name, try value(depth: depth)))
      }
    }
    return message
  }

  private mutating func value(depth: Int) throws(TextFormatMistake) -> TextMessage.Value {
    if take("{") {
      let inner = try fields(depth: depth + 1)
      guard take("}") else { throw expected("'}'") }
      return .message(inner)
    }
    if take("<") {
      let inner = try fields(depth: depth + 1)
      guard take(">") else { throw expected("'>'") }
      return .message(inner)
    }
    if let c = current, c == UInt8(ascii: "\"") || c == UInt8(ascii: "'") { return .text(try quoted()) }
    guard let word = word() else { throw expected("a value") }
    if word == "-", let rest = self.word() { return .word("-" + rest) }
    return .word(word)
  }

  /// Texts in quotes; several behind each other are one.
  private mutating func quoted() throws(TextFormatMistake) -> [UInt8] {
    var bytes: [UInt8] = []
    while let quote = current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      position += 1
      while let c = current, c != quote {
        position += 1
        if c == UInt8(ascii: "\\"), current != nil { try escape(to: &bytes) } else { bytes.append(c) }
      }
      guard current != nil else { throw expected("the end of a text") }
      position += 1
      skipSpace(andCommas: false)
    }
    return bytes
  }

  private mutating func escape(to bytes: inout [UInt8]) throws(TextFormatMistake) {
    guard let escaped = current else { return }
    position += 1
    switch escaped {
    case UInt8(ascii: "a"): bytes.append(7)
    case UInt8(ascii: "b"): bytes.append(8)
    case UInt8(ascii: "f"): bytes.append(12)
    case UInt8(ascii: "n"): bytes.append(10)
    case UInt8(ascii: "r"): bytes.append(13)
    case UInt8(ascii: "t"): bytes.append(9)
    case UInt8(ascii: "v"): bytes.append(11)
    case 48...55:
      var value = Int(escaped) - 48
      for _ in 0..<2 {
        guard let digit = current, (48...55).contains(digit) else { break }
        value = value * 8 + Int(digit) - 48
        position += 1
      }
      bytes.append(UInt8(truncatingIfNeeded: value))
    case UInt8(ascii: "x"), UInt8(ascii: "X"): bytes.append(UInt8(try hexadecimal(atMost: 2)))
    case UInt8(ascii: "u"): try scalar(try hexadecimal(exactly: 4), to: &bytes)
    case UInt8(ascii: "U"): try scalar(try hexadecimal(exactly: 8), to: &bytes)
    default: bytes.append(escaped)
    }
  }

  private func scalar(_ value: UInt32, to bytes: inout [UInt8]) throws(TextFormatMistake) {
    guard let scalar = Unicode.Scalar(value) else { throw expected("the number of a letter") }
    bytes += Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal(atMost most: Int) throws(TextFormatMistake) -> UInt32 {
    var value: UInt32 = 0
    var count = 0
    while count < most, let c = current, let digit = Character(Unicode.Scalar(c)).hexDigitValue {
      value = value << 4 | UInt32(digit)
      position += 1
      count += 1
    }
    guard count > 0 else { throw expected("hexadecimal digits") }
    return value
  }

  private mutating func hexadecimal(exactly count: Int) throws(TextFormatMistake) -> UInt32 {
    let start = position
    let value = try hexadecimal(atMost: count)
    guard position - start == count else { throw expected("\(count) hexadecimal digits") }
    return value
  }
}
