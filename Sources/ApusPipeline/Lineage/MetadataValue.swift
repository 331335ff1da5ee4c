import ApusCore
import ApusFormats
import ApusTrain

/// A property of an artifact, an execution or a context, of one of the kinds that ML Metadata keeps.
public enum MetadataValue: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral
{
  /// A whole number.
  case int(Int)
  /// A number. What is no number (NaN) cannot be kept.
  case double(Double)
  /// A text without zero bytes.
  case string(String)
  /// A truth value.
  case bool(Bool)
  /// Values by name, a `google.protobuf.Struct`; its numbers are all `double`.
  case structure([String: SettingValue])
  /// A message of protocol buffers, a `google.protobuf.Any`: the address of its type and its bytes.
  case message(type: String, bytes: [UInt8])

  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// The kind of a property, as types declare it.
  public enum Kind: Int, Sendable, Hashable {
    /// `INT`, `DOUBLE`, `STRING`, `STRUCT`, `PROTO` and `BOOLEAN`, with their numbers.
    case int = 1
    case double, string, structure, message, bool
  }

  /// What the value is.
  public var kind: Kind {
    switch self {
    case .int: .int
    case .double: .double
    case .string: .string
    case .bool: .bool
    case .structure: .structure
    case .message: .message
    }
  }

  /// The value as people read it.
  public var text: String {
    switch self {
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): value
    case .bool(let value): "\(value)"
    case .structure(let members): SettingValue.dictionary(members).description
    case .message(let type, let bytes): "\(type), \(bytes.count) bytes"
    }
  }
}

// MARK: In columns

extension MetadataValue {
  /// What stands before a structure in the column of texts.
  static let structurePrefix = "mlmd-struct::"

  /// The columns of a property behind those that name it, in the order of ``init(columnsOf:at:_:)``.
  static let columns = "int_value, double_value, string_value, proto_value, bool_value"

  /// The values of ``columns``.
  func columnValues(_ place: String) throws -> [SQLValue] {
    var values = [SQLValue](repeating: .null, count: 5)
    switch self {
    case .int(let value): values[0] = .int(value)
    case .double(let value):
      guard !value.isNaN else {
        throw TensorError(.value, place, "NaN cannot be kept as a number; keep it as a text, or leave it out")
      }
      values[1] = .double(value)
    case .string(let value):
      guard !value.utf8.contains(0) else {
        throw TensorError(.value, place, "a text with a zero byte cannot be kept; keep it without, or as a message")
      }
      values[2] = .text(value)
    case .structure(let members):
      values[2] = .text(Self.structurePrefix + encodeBase64(ProtobufWriter.structure(members).bytes))
    case .message(let type, let bytes):
      var any = ProtobufWriter()
      any.add(1, string: type)
      any.add(2, bytes: bytes)
      values[3] = .text(encodeBase64(any.bytes))
    case .bool(let value): values[4] = .int(value ? 1 : 0)
    }
    return values
  }

  /// The value that a row holds from a column on, nil where all are null.
  init?(columnsOf row: any SQLRow, at first: Int, _ place: String) throws {
    if !row.isNull(first) {
      self = .int(row.int(first))
    } else if !row.isNull(first + 1) {
      self = .double(row.double(first + 1))
    } else if !row.isNull(first + 2) {
      let text = row.text(first + 2)
      guard text.hasPrefix(Self.structurePrefix) else {
        self = .string(text)
        return
      }
      let bytes = try Self.bytes(text.utf8.dropFirst(Self.structurePrefix.utf8.count), place)
      var reader = ProtobufReader(ByteSlice(bytes), name: place, message: "Struct")
      self = .structure(try reader.structure())
    } else if !row.isNull(first + 3) {
      var reader = ProtobufReader(ByteSlice(try Self.bytes(row.bytes(first + 3), place)), name: place, message: "Any")
      var (type, bytes) = ("", [UInt8]())
      while let field = try reader.next() {
        switch field.number {
        case 1: type = try reader.string(field)
        case 2: bytes = try reader.bytes(field).array
        default: try reader.skip(field)
        }
      }
      self = .message(type: type, bytes: bytes)
    } else if !row.isNull(first + 4) {
      self = .bool(row.int(first + 4) != 0)
    } else {
      return nil
    }
  }

  private static func bytes(_ text: some Sequence<UInt8>, _ place: String) throws -> [UInt8] {
    guard let bytes = decodeBase64(text) else {
      throw TensorError(.format, place, "the message of a property is no base64; the database is damaged")
    }
    return bytes
  }
}

// MARK: google.protobuf.Struct

extension ProtobufWriter {
  fileprivate static func structure(_ members: [String: SettingValue]) -> ProtobufWriter {
    var writer = ProtobufWriter()
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      writer.add(1) { entry in
        entry.add(1, string: name)
        entry.add(2, message: Self.value(value))
      }
    }
    return writer
  }

  private static func value(_ value: SettingValue) -> ProtobufWriter {
    var writer = ProtobufWriter()
    switch value {
    case .none: writer.add(1, int64: 0)
    case .int(let number): writer.add(2, double: Double(number))
    case .double(let number): writer.add(2, double: number)
    case .string(let text): writer.add(3, string: text)
    case .bool(let truth): writer.add(4, int64: truth ? 1 : 0)
    case .dictionary(let members): writer.add(5, message: structure(members))
    case .list(let items):
      writer.add(6) { list in
        for item in items { list.add(1, message: Self.value(item)) }
      }
    }
    return writer
  }
}

extension ProtobufReader {
  fileprivate mutating func structure() throws -> [String: SettingValue] {
    var members: [String: SettingValue] = [:]
    while let field = try next() {
      guard field.number == 1 else {
        try skip(field)
        continue
      }
      var entry = try inner(field, "FieldsEntry")
      var (name, value) = ("", SettingValue.none)
      while let part = try entry.next() {
        switch part.number {
        case 1: name = try entry.string(part)
        case 2:
          var content = try entry.inner(part, "Value")
          value = try content.value()
        default: try entry.skip(part)
        }
      }
      members[name] = value
    }
    return members
  }

  private mutating func value() throws -> SettingValue {
    var value = SettingValue.none
    while let field = try next() {
      switch field.number {
      case 2: value = .double(try double(field))
      case 3: value = .string(try string(field))
      case 4: value = .bool(try integer(field) != 0)
      case 5:
        var content = try inner(field, "Struct")
        value = .dictionary(try content.structure())
      case 6:
        var (content, items) = (try inner(field, "ListValue"), [SettingValue]())
        while let item = try content.next() {
          guard item.number == 1 else {
            try content.skip(item)
            continue
          }
          var element = try content.inner(item, "Value")
          items.append(try element.value())
        }
        value = .list(items)
      default: try skip(field)
      }
    }
    return value
  }
}
