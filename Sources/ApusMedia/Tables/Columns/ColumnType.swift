/// What a column of a table holds: the types of Apache Arrow (https://arrow.apache.org/docs/format/Columnar.html).
public indirect enum ColumnType: Sendable, Hashable {
  /// Nothing but nulls.
  case null
  /// Truth values.
  case bool
  /// Integers, with and without a sign.
  case int8, int16, int32, int64, uint8, uint16, uint32, uint64
  /// Numbers of half, single and double precision.
  case float16, float32, float64
  /// Text in UTF-8; the large form allows more than 2 GB, the view form keeps short texts in place.
  case string, largeString, stringView
  /// Byte strings, in the same forms.
  case binary, largeBinary, binaryView
  /// So many bytes each.
  case fixedBinary(Int)
  /// Integers of 32, 64, 128 or 256 bits that stand for themselves times 10^-scale, of at most `precision` digits.
  case decimal(bits: Int, precision: Int, scale: Int)
  /// Days since 1970-01-01.
  case date32
  /// Milliseconds since 1970-01-01.
  case date64
  /// Time of day, in 32 bits (seconds, milliseconds) or 64 (microseconds, nanoseconds).
  case time32(TimeUnit), time64(TimeUnit)
  /// Time since 1970-01-01 00:00:00, of UTC where there is a time zone.
  case timestamp(TimeUnit, timezone: String?)
  /// Lengths of time.
  case duration(TimeUnit)
  /// Lists of values of one type: of any length, or of one.
  case list(ColumnField), largeList(ColumnField), fixedList(ColumnField, size: Int)
  /// Lists of keys and values; `entries` is the name that the format gives to the pair.
  case map(key: ColumnField, value: ColumnField, entries: String, keysSorted: Bool)
  /// Fields with names, each of its own type.
  case structure([ColumnField])
  /// Values that the file keeps once each. The column itself is decoded: it holds the values.
  case dictionary(index: ColumnType, value: ColumnType, ordered: Bool)

  /// What the column holds once a dictionary is decoded.
  public var decoded: ColumnType {
    if case .dictionary(_, let value, _) = self { return value.decoded }
    return self
  }

  /// Bytes of one value as the column keeps it, or nil where values have no one size. A truth value takes a byte.
  package var width: Int? {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32, .date32, .time32: 4
    case .int64, .uint64, .float64, .date64, .time64, .timestamp, .duration: 8
    case .fixedBinary(let width): width
    case .decimal(let bits, _, _): bits / 8
    case .dictionary(_, let value, _): value.width
    default: nil
    }
  }

  /// Whether values are texts or byte strings of any length.
  package var isText: Bool {
    switch self {
    case .string, .largeString, .stringView, .binary, .largeBinary, .binaryView: true
    case .dictionary(_, let value, _): value.isText
    default: false
    }
  }
}

/// What times are counted in.
public enum TimeUnit: Int16, Sendable, Hashable {
  /// From seconds to their billionth parts.
  case second, millisecond, microsecond, nanosecond

  /// The short name: `s`, `ms`, `us`, `ns`.
  public var name: String {
    switch self {
    case .second: "s"
    case .millisecond: "ms"
    case .microsecond: "us"
    case .nanosecond: "ns"
    }
  }

  /// How many there are in a second.
  package var perSecond: Int64 {
    switch self {
    case .second: 1
    case .millisecond: 1000
    case .microsecond: 1_000_000
    case .nanosecond: 1_000_000_000
    }
  }
}

/// A column's name and type.
public struct ColumnField: Sendable, Hashable {
  public var name: String
  public var type: ColumnType
  /// Whether there may be nulls.
  public var nullable: Bool

  /// A column called `name`.
  public init(_ name: String, _ type: ColumnType, nullable: Bool = true) {
    self.name = name
    self.type = type
    self.nullable = nullable
  }
}

extension ColumnField: CustomStringConvertible {
  public var description: String { "\(name): \(type)\(nullable ? "" : " not null")" }
}

extension ColumnType: CustomStringConvertible {
  /// The type as pyarrow prints it: `int64`, `timestamp[us, tz=UTC]`, `list<item: double>`.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .float16: "halffloat"
    case .float32: "float"
    case .float64: "double"
    case .string: "string"
    case .largeString: "large_string"
    case .stringView: "string_view"
    case .binary: "binary"
    case .largeBinary: "large_binary"
    case .binaryView: "binary_view"
    case .fixedBinary(let width): "fixed_size_binary[\(width)]"
    case .decimal(let bits, let precision, let scale): "decimal\(bits)(\(precision), \(scale))"
    case .date32: "date32[day]"
    case .date64: "date64[ms]"
    case .time32(let unit): "time32[\(unit.name)]"
    case .time64(let unit): "time64[\(unit.name)]"
    case .timestamp(let unit, let zone): "timestamp[\(unit.name)\(zone.map { ", tz=\($0)" } ?? "")]"
    case .duration(let unit): "duration[\(unit.name)]"
    case .list(let item): "list<\(item)>"
    case .largeList(let item): "large_list<\(item)>"
    case .fixedList(let item, let size): "fixed_size_list<\(item)>[\(size)]"
    case .map(let key, let value, let entries, let sorted): Self.mapText(key, value, entries, sorted)
    case .structure(let fields): "struct<\(fields.map(\.description).joined(separator: ", "))>"
    case .dictionary(let index, let value, let ordered):
      "dictionary<values=\(value), indices=\(index), ordered=\(ordered ? 1 : 0)>"
    }
  }

  private static func mapText(_ key: ColumnField, _ value: ColumnField, _ entries: String, _ sorted: Bool) -> String {
    let part = { (field: ColumnField, usual: String) in
      "\(field.type)\(field.name == usual ? "" : " ('\(field.name)')")"
    }
    let end = entries == "entries" ? "" : " ('\(entries)')"
    return "map<\(part(key, "key")), \(part(value, "value"))\(sorted ? ", keys_sorted" : "")\(end)>"
  }

  /// The type that is written `name`: pyarrow's names without parameters (`int8`, `float32`, `string`), and those of times
  /// (`timestamp[ms]`, `date32`).
  public init?(name: String) {
    let simple: [String: ColumnType] = [
      "null": .null, "bool": .bool, "boolean": .bool, "int8": .int8, "int16": .int16, "int32": .int32, "int64": .int64,
      "uint8": .uint8, "uint16": .uint16, "uint32": .uint32, "uint64": .uint64, "float16": .float16,
      "halffloat": .float16, "float32": .float32, "float": .float32, "float64": .float64, "double": .float64,
      "string": .string, "utf8": .string, "large_string": .largeString, "large_utf8": .largeString, "binary": .binary,
      "large_binary": .largeBinary, "date32": .date32, "date32[day]": .date32, "date64": .date64,
      "date64[ms]": .date64,
    ]
    if let type = simple[name] {
      self = type
      return
    }
    guard let open = name.firstIndex(where: { $0 == "[" || $0 == "(" }), let last = name.last,
      last == "]" || last == ")"
    else { return nil }
    let parts = name[name.index(after: open)...].dropLast().split(separator: ",").map {
      String($0.drop { $0 == " " })
    }
    let unit = parts.first.flatMap { text in
      [TimeUnit.second, .millisecond, .microsecond, .nanosecond].first { $0.name == text }
    }
    switch (name[..<open], unit) {
    case ("time32", let unit?): self = .time32(unit)
    case ("time64", let unit?): self = .time64(unit)
    case ("duration", let unit?): self = .duration(unit)
    case ("timestamp", let unit?):
      let zone = parts.count > 1 ? parts[1] : nil
      self = .timestamp(unit, timezone: zone.map { $0.hasPrefix("tz=") ? String($0.dropFirst(3)) : $0 })
    case ("decimal128", _), ("decimal256", _), ("decimal32", _), ("decimal64", _):
      guard parts.count == 2, let precision = Int(parts[0]), let scale = Int(parts[1]),
        let bits = Int(name[..<open].dropFirst(7))
      else { return nil }
      self = .decimal(bits: bits, precision: precision, scale: scale)
    case ("fixed_size_binary", _):
      guard let width = parts.first.flatMap({ Int($0) }), width >= 0 else { return nil }
      self = .fixedBinary(width)
    default: return nil
    }
  }
}
