import ApusCore

/// A JSON value. Integers that fit an Int stay integers.
package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// Reads one document. Of several members of one name in an object the last one counts.
  /// - Throws: where the text stops being JSON.
  package init(parsing text: some Sequence<UInt8>) throws {
    do throws(ByteJSON.Mistake) {
      self.init(try ByteJSON(parsing: Array(text), deepest: Self.deepest))
    } catch {
      throw SyntaxError(description: "JSON: \(error.description)")
    }
  }

  /// Reads the document in a file.
  package init(file: String, refusesRepeatedNames: Bool = false) throws(TensorError) {
    self.init(
      try ByteJSON(file: file, deepest: Self.deepest, refusesRepeatedNames: refusesRepeatedNames))
  }

  private static let deepest = 512

  /// The same value, without the order of members.
  package init(_ json: ByteJSON) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .real: self = .double(json.double ?? .nan)
    case .string(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
    case .array(let items): self = .array(items.map { JSON($0) })
    case .object(let items):
      var members: [String: JSON] = [:]
      members.reserveCapacity(items.count)
      for item in items { members[item.name] = JSON(item.value) }
      self = .object(members)
    }
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
}
