import ApusCore

/// A JSON value as a document has it: objects keep the order of their members, texts are bytes of UTF-8, and numbers that are not
/// whole stay as they are written. The entries of a vocabulary differ where strings of Swift, which compare characters, would be
/// equal.
package enum ByteJSON: Sendable {
  case null
  case bool(Bool)
  /// A whole number that fits.
  case int(Int)
  /// Any other number, as it is written.
  case real(ArraySlice<UInt8>)
  case string(ArraySlice<UInt8>)
  case array([ByteJSON])
  case object([Member])

  /// A name and a value in an object.
  package struct Member: Sendable {
    package let key: ArraySlice<UInt8>
    package let value: ByteJSON

    init(key: ArraySlice<UInt8>, value: ByteJSON) {
      self.key = key
      self.value = value
    }

    package init(name: String, value: ByteJSON) { self.init(key: Array(name.utf8)[...], value: value) }

    package var name: String { String(decoding: key, as: UTF8.self) }
  }

  /// What is wrong with a text.
  package struct Mistake: Error {
    package let description: String
  }

  /// Reads one document.
  /// - Parameters:
  ///   - deepest: how many values may lie in each other.
  ///   - refusesRepeatedNames: whether an object may have only one member of a name.
  /// - Throws: where the text stops being JSON.
  package init(parsing bytes: [UInt8], deepest: Int = 128, refusesRepeatedNames: Bool = false) throws(Mistake) {
    try self.init(bytes, deepest: deepest, refusesRepeatedNames: refusesRepeatedNames, isStrict: false)
  }

  /// Reads one document without what others write though JSON (RFC 8259) has it not: NaN and Infinity, zeros before numbers, control
  /// characters in texts, and halves of characters.
  /// - Throws: where the text stops being JSON.
  init(strictly bytes: [UInt8]) throws(Mistake) {
    try self.init(bytes, deepest: 128, refusesRepeatedNames: false, isStrict: true)
  }

  private init(_ bytes: [UInt8], deepest: Int, refusesRepeatedNames: Bool, isStrict: Bool) throws(Mistake) {
    guard bytes.withUnsafeBytes(isUTF8) else { throw Mistake(description: "the text is not UTF-8") }
    self = try bytes.withUnsafeBufferPointer { text throws(Mistake) -> ByteJSON in
      var reader = ByteJSONReader(
        bytes: bytes, text: text, deepest: deepest, refusesRepeatedNames: refusesRepeatedNames, isStrict: isStrict)
      return try reader.document()
    }
  }

  /// The document in a file.
  package init(file: String, deepest: Int = 128, refusesRepeatedNames: Bool = false) throws(TensorError) {
    let mapping = try MappedFile(path: file)
    guard mapping.bytes.count <= 1 << 28 else {
      throw TensorError(.format, file, "it has \(mapping.bytes.count) bytes, which no such file has")
    }
    do throws(Mistake) {
      try self.init(
        parsing: withExtendedLifetime(mapping) { Array(mapping.bytes) }, deepest: deepest,
        refusesRepeatedNames: refusesRepeatedNames)
    } catch {
      throw TensorError(.format, file, "this is not JSON: \(error.description)")
    }
  }

  /// The last member of that name.
  package subscript(_ name: StaticString) -> ByteJSON? {
    guard case .object(let members) = self else { return nil }
    let key = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    return members.last { $0.key.elementsEqual(key) }?.value
  }

  /// The last member of that name.
  package subscript(_ name: String) -> ByteJSON? { members?.last { $0.key.elementsEqual(name.utf8) }?.value }

  package var string: String? {
    if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
  }
  package var array: [ByteJSON]? { if case .array(let items) = self { items } else { nil } }
  package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
  package var int: Int? { if case .int(let value) = self { value } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// A number.
  package var double: Double? {
    switch self {
    case .int(let value): Double(value)
    case .real(let digits): Double(String(decoding: digits, as: UTF8.self))
    default: nil
    }
  }

  /// What the value is, for messages.
  package var kind: String {
    switch self {
    case .null, .bool, .int, .real: text
    case .string(let bytes): "'\(String(decoding: bytes.prefix(60), as: UTF8.self))'"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
