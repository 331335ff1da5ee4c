import ApusCore

/// A column of a table: values of one type, any of which may be null.
///
///     let ages = try table["age"]
///     print(ages.type, ages.count, ages.nullCount, ages[0])
///     let numbers = try ages.tensor()
public struct Column: Sendable {
  /// What the values are. Dictionaries of a file are decoded: the column holds their values.
  public let type: ColumnType
  /// How many values there are, nulls included.
  public let count: Int
  /// Whether each value is there; nil where none is null. A column of type `null` has none either.
  package let validity: [Bool]?
  package let storage: Storage

  /// How the values lie.
  package indirect enum Storage: Sendable {
    /// Nothing but nulls.
    case none
    /// Values of ``ColumnType/width`` bytes each, in this machine's order.
    case fixed([UInt8])
    /// Value i is the bytes from offset i to offset i + 1.
    case text(offsets: [Int], bytes: [UInt8])
    /// List i is the items from offset i to offset i + 1. The items of a map are structures of key and value.
    case list(offsets: [Int], items: Column)
    /// A column for each field.
    case structure([Column])
  }

  /// A column of parts that fit together; readers check what they read before.
  package init(type: ColumnType, count: Int, validity: [Bool]? = nil, storage: Storage) {
    self.type = type
    self.count = count
    self.validity = validity?.contains(false) == true ? validity : nil
    self.storage = storage
  }

  /// How many values are null.
  public var nullCount: Int {
    if case .none = storage { return count }
    return validity?.reduce(0) { $0 + ($1 ? 0 : 1) } ?? 0
  }

  /// Whether value `index` is null.
  public func isNull(_ index: Int) -> Bool {
    if case .none = storage { return true }
    return validity.map { !$0[index] } ?? false
  }

  /// The value at `index`.
  public subscript(_ index: Int) -> ColumnValue {
    precondition(index >= 0 && index < count, "the column has \(count) values, and value \(index) was asked for")
    if isNull(index) { return .null }
    switch storage {
    case .none: return .null
    case .fixed(let bytes): return fixedValue(bytes, index)
    case .text(let offsets, let bytes):
      let slice = bytes[offsets[index]..<offsets[index + 1]]
      switch type.decoded {
      case .string, .largeString, .stringView: return .text(String(decoding: slice, as: UTF8.self))
      default: return .bytes(Array(slice))
      }
    case .list(let offsets, let items):
      return .list((offsets[index]..<offsets[index + 1]).map { items[$0] })
    case .structure(let columns):
      guard case .structure(let fields) = type.decoded else { return .null }
      return .structure(zip(fields, columns).map { ($0.name, $1[index]) })
    }
  }

  /// All values.
  public var values: [ColumnValue] { (0..<count).map { self[$0] } }

  private func fixedValue(_ bytes: [UInt8], _ index: Int) -> ColumnValue {
    func load<T>(_ type: T.Type) -> T {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self) }
    }
    switch type.decoded {
    case .bool: return .bool(bytes[index] != 0)
    case .int8: return .int(Int64(load(Int8.self)))
    case .int16: return .int(Int64(load(Int16.self)))
    case .int32, .date32, .time32: return .int(Int64(load(Int32.self)))
    case .int64, .date64, .time64, .timestamp, .duration: return .int(load(Int64.self))
    case .uint8: return .int(Int64(bytes[index]))
    case .uint16: return .int(Int64(load(UInt16.self)))
    case .uint32: return .int(Int64(load(UInt32.self)))
    case .uint64: return .unsigned(load(UInt64.self))
    case .float16: return .double(HalfBits.double(load(UInt16.self)))
    case .float32: return .double(Double(load(Float.self)))
    case .float64: return .double(load(Double.self))
    case .fixedBinary(let width): return .bytes(Array(bytes[index * width..<(index + 1) * width]))
    case .decimal(let bits, _, let scale):
      let width = bits / 8
      return .decimal(DecimalText.text(bytes[index * width..<(index + 1) * width], scale: scale))
    default: return .null
    }
  }
}

/// One value of a column.
public enum ColumnValue: Sendable {
  /// A value that is missing.
  case null
  /// A truth value.
  case bool(Bool)
  /// Integers, and dates, times and durations in the unit of the column's type.
  case int(Int64)
  /// An integer of 64 bits without a sign.
  case unsigned(UInt64)
  /// A number of half, single or double precision.
  case double(Double)
  /// A text.
  case text(String)
  /// A byte string.
  case bytes([UInt8])
  /// Digits with a point, exactly.
  case decimal(String)
  /// A list, or the pairs of a map: structures of key and value.
  case list([ColumnValue])
  /// The fields of a structure, in order.
  case structure([(name: String, value: ColumnValue)])
}

extension ColumnValue: Equatable {
  /// Whether both are the same kind with the same contents; a NaN equals none.
  public static func == (a: ColumnValue, b: ColumnValue) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.unsigned(let a), .unsigned(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.bytes(let a), .bytes(let b)): a == b
    case (.decimal(let a), .decimal(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.structure(let a), .structure(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }
}
