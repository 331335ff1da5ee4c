/// A value of a GGUF file's metadata, in the type that the file gives it.
public enum GGUFValue: Sendable, Hashable {
  /// A value of the file's type `uint8`.
  case uint8(UInt8)
  /// A value of the file's type `int8`.
  case int8(Int8)
  /// A value of the file's type `uint16`.
  case uint16(UInt16)
  /// A value of the file's type `int16`.
  case int16(Int16)
  /// A value of the file's type `uint32`.
  case uint32(UInt32)
  /// A value of the file's type `int32`.
  case int32(Int32)
  /// A value of the file's type `float32`.
  case float32(Float)
  /// A value of the file's type `bool`.
  case bool(Bool)
  /// A value of the file's type `string`.
  case string(String)
  /// A value of the file's type `array`.
  case array(GGUFArray)
  /// A value of the file's type `uint64`.
  case uint64(UInt64)
  /// A value of the file's type `int64`.
  case int64(Int64)
  /// A value of the file's type `float64`.
  case float64(Double)

  /// The value as an integer; nil for other types, and for integers that an Int does not hold.
  public var int: Int? {
    switch self {
    case .uint8(let v): Int(v)
    case .int8(let v): Int(v)
    case .uint16(let v): Int(v)
    case .int16(let v): Int(v)
    case .uint32(let v): Int(v)
    case .int32(let v): Int(v)
    case .uint64(let v): Int(exactly: v)
    case .int64(let v): Int(v)
    default: nil
    }
  }

  /// The value as a floating point number; integers are converted.
  public var double: Double? {
    switch self {
    case .float32(let v): Double(v)
    case .float64(let v): v
    case .uint64(let v): Double(v)
    default: int.map(Double.init)
    }
  }

  /// The value, if it is a truth value.
  public var bool: Bool? { if case .bool(let v) = self { v } else { nil } }
  /// The value, if it is a text.
  public var string: String? { if case .string(let v) = self { v } else { nil } }
  /// The value, if it is an array.
  public var array: GGUFArray? { if case .array(let v) = self { v } else { nil } }
}

/// An array of a GGUF file's metadata: values of one type.
public enum GGUFArray: Sendable, Hashable {
  /// Values of the file's type `uint8`.
  case uint8([UInt8])
  /// Values of the file's type `int8`.
  case int8([Int8])
  /// Values of the file's type `uint16`.
  case uint16([UInt16])
  /// Values of the file's type `int16`.
  case int16([Int16])
  /// Values of the file's type `uint32`.
  case uint32([UInt32])
  /// Values of the file's type `int32`.
  case int32([Int32])
  /// Values of the file's type `float32`.
  case float32([Float])
  /// Values of the file's type `bool`.
  case bool([Bool])
  /// Values of the file's type `string`.
  case string([String])
  /// Values of the file's type `array`.
  case array([GGUFArray])
  /// Values of the file's type `uint64`.
  case uint64([UInt64])
  /// Values of the file's type `int64`.
  case int64([Int64])
  /// Values of the file's type `float64`.
  case float64([Double])

  /// The number of values.
  public var count: Int {
    switch self {
    case .uint8(let v): v.count
    case .int8(let v): v.count
    case .uint16(let v): v.count
    case .int16(let v): v.count
    case .uint32(let v): v.count
    case .int32(let v): v.count
    case .float32(let v): v.count
    case .bool(let v): v.count
    case .string(let v): v.count
    case .array(let v): v.count
    case .uint64(let v): v.count
    case .int64(let v): v.count
    case .float64(let v): v.count
    }
  }

  /// The values, if they are texts: the tokens of a vocabulary.
  public var strings: [String]? { if case .string(let v) = self { v } else { nil } }

  /// The values as integers; nil for other types.
  public var ints: [Int]? {
    switch self {
    case .uint8(let v): v.map(Int.init)
    case .int8(let v): v.map(Int.init)
    case .uint16(let v): v.map(Int.init)
    case .int16(let v): v.map(Int.init)
    case .uint32(let v): v.map(Int.init)
    case .int32(let v): v.map(Int.init)
    case .int64(let v): v.map(Int.init)
    case .uint64(let v): v.allSatisfy { $0 <= UInt64(Int.max) } ? v.map { Int($0) } : nil
    default: nil
    }
  }

  /// The values as floating point numbers; nil for texts, truth values and arrays.
  public var doubles: [Double]? {
    switch self {
    case .float32(let v): v.map { Double($0) }
    case .float64(let v): v
    default: ints.map { (numbers: [Int]) -> [Double] in numbers.map { Double($0) } }
    }
  }
}

/// The numbers that stand for the types of values in a file.
enum GGUFValueType: UInt32 {
  case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

  /// The fewest bytes that a value takes.
  var leastSize: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .string, .uint64, .int64, .float64: 8
    case .array: 12
    }
  }
}

extension GGUFValue: CustomStringConvertible {
  /// The value as text; of a long array its first values and their number.
  public var description: String {
    switch self {
    case .uint8(let v): "\(v)"
    case .int8(let v): "\(v)"
    case .uint16(let v): "\(v)"
    case .int16(let v): "\(v)"
    case .uint32(let v): "\(v)"
    case .int32(let v): "\(v)"
    case .float32(let v): "\(v)"
    case .bool(let v): "\(v)"
    case .string(let v): v
    case .array(let v): v.description
    case .uint64(let v): "\(v)"
    case .int64(let v): "\(v)"
    case .float64(let v): "\(v)"
    }
  }
}

extension GGUFArray: CustomStringConvertible {
  /// The first values and their number.
  public var description: String {
    func text(_ values: [some Any]) -> String {
      let shown = values.prefix(6).map { "\($0)" }.joined(separator: ", ")
      return values.count > 6 ? "[\(shown), ...] (\(values.count))" : "[\(shown)]"
    }
    return switch self {
    case .uint8(let v): text(v)
    case .int8(let v): text(v)
    case .uint16(let v): text(v)
    case .int16(let v): text(v)
    case .uint32(let v): text(v)
    case .int32(let v): text(v)
    case .float32(let v): text(v)
    case .bool(let v): text(v)
    case .string(let v): text(v)
    case .array(let v): text(v)
    case .uint64(let v): text(v)
    case .int64(let v): text(v)
    case .float64(let v): text(v)
    }
  }
}
