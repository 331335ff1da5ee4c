import ApusCore
import ApusFormats

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
    do throws(ByteJSON.Mistake) {
      self.init(try ByteJSON(parsing: Array(text.utf8), deepest: 200))
    } catch {
      throw TensorError(.format, "JSON", error.description)
    }
  }

  private init(_ json: ByteJSON) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .real: self = .double(json.double ?? .nan)
    case .string(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
    case .array(let items): self = .array(items.map { ChatValue($0) })
    case .object(let members):
      self = .object(members.map { Member($0.name, ChatValue($0.value)) })
    }
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
    case .string(let text): out += quotedJSON(text)
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
        out += quotedJSON(member.name) + ": "
        member.value.write(to: &out)
      }
      out += "}"
    }
  }
}
