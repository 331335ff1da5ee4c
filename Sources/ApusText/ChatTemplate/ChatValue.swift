import ApusCore

/// A value of JSON whose objects keep the order of their members: what chat templates are given.
public enum ChatValue: Sendable, Hashable {
  /// Nothing.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// Any other number.
  case double(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([ChatValue])
  /// Names and values.
  case object([Member])

  /// A name and a value in an object.
  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: ChatValue

    /// A member of that name.
    public init(_ name: String, _ value: ChatValue) {
      self.name = name
      self.value = value
    }
  }

  /// Reads one document of JSON.
  /// - Throws: `.format` where the text stops being JSON.
  public init(json text: String) throws {
    var reader = ChatValueReader(bytes: Array(text.utf8))
    self = try reader.document()
  }

  /// The value of an object's member, if there is one; of several the last one.
  public subscript(_ name: String) -> ChatValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// The text, if it is one.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The items, if it is an array.
  public var array: [ChatValue]? { if case .array(let items) = self { items } else { nil } }
  /// The members, if it is an object.
  public var object: [Member]? { if case .object(let members) = self { members } else { nil } }
  /// The truth value, if it is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The whole number, if it is one.
  public var int: Int? { if case .int(let value) = self { value } else { nil } }

  /// The value as templates see it.
  func templateValue() throws -> TemplateValue {
    switch self {
    case .null: .none
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .double(let value): .float(value)
    case .string(let text): .text(text)
    case .array(let items): try .list(try items.map { try $0.templateValue() })
    case .object(let members):
      .dictionary(try TemplateDictionary(try members.map { (.text($0.name), try $0.value.templateValue()) }))
    }
  }
}

extension ChatValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: ChatValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, ChatValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
  public init(nilLiteral: ()) { self = .null }
}

/// Reads JSON and keeps the order of members.
private struct ChatValueReader {
  let bytes: [UInt8]
  var position = 0

  mutating func document() throws -> ChatValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw error("the end") }
    return value
  }

  private func error(_ expected: String) -> TensorError {
    TensorError(.format, "JSON", "expected \(expected) at byte \(position)")
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let c = current, c == 32 || c == 10 || c == 13 || c == 9 { position += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let n = text.utf8CodeUnitCount
    guard position + n <= bytes.count else { return false }
    for i in 0..<n where bytes[position + i] != text.utf8Start[i] { return false }
    position += n
    return true
  }

  private mutating func value(depth: Int) throws -> ChatValue {
    guard depth < 200 else { throw error("fewer nested values") }
    skipSpace()
    if take("{") {
      var members: [ChatValue.Member] = []
      skipSpace()
      if take("}") { return .object(members) }
      while true {
        skipSpace()
        guard take("\"") else { throw error("a name") }
        let name = try text()
        skipSpace()
        guard take(":") else { throw error("':'") }
        members.append(ChatValue.Member(name, try value(depth: depth + 1)))
        skipSpace()
        if take("}") { return .object(members) }
        guard take(",") else { throw error("',' or '}'") }
      }
    }
    if take("[") {
      var items: [ChatValue] = []
      skipSpace()
      if take("]") { return .array(items) }
      while true {
        items.append(try value(depth: depth + 1))
        skipSpace()
        if take("]") { return .array(items) }
        guard take(",") else { throw error("',' or ']'") }
      }
    }
    if take("\"") { return .string(try text()) }
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    if take("null") { return .null }
    return try number()
  }

  private mutating func number() throws -> ChatValue {
    if take("NaN") { return .double(.nan) }
    if take("Infinity") { return .double(.infinity) }
    if take("-Infinity") { return .double(-.infinity) }
    let start = position
    while let c = current, (48...57).contains(c) || c == 43 || c == 45 || c == 46 || c == 69 || c == 101 {
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let value = Int(text) { return .int(value) }
    guard let value = Double(text) else { throw error("a value") }
    return .double(value)
  }

  /// A string, whose opening quote has been taken.
  private mutating func text() throws -> String {
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
        var code = try unit()
        if (0xd800..<0xdc00).contains(code) {
          let before = position
          if take("\\u") {
            let low = try unit()
            if (0xdc00..<0xe000).contains(low) {
              code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
            } else {
              position = before
            }
          }
        }
        out.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{fffd}").utf8)
      default: out.append(escape)
      }
    }
    throw error("the end of a string")
  }

  private mutating func unit() throws -> UInt32 {
    guard position + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw error("four hexadecimal digits") }
    position += 4
    return code
  }
}

extension ChatValue {
  /// The value as JSON on one line, members in their order; numbers that JSON does not know are null.
  public var json: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .double(let value): out += value.isFinite ? pythonText(value) : "null"
    case .string(let text): Self.quote(text, to: &out)
    case .array(let items):
      out += "["
      for (i, item) in items.enumerated() {
        if i > 0 { out += ", " }
        item.write(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (i, member) in members.enumerated() {
        if i > 0 { out += ", " }
        Self.quote(member.name, to: &out)
        out += ": "
        member.value.write(to: &out)
      }
      out += "}"
    }
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for c in text.unicodeScalars {
      switch c {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where c.value < 32:
        let digits = String(c.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(c)
      }
    }
    out += "\""
  }
}
