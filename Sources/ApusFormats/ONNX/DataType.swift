import ApusCore

/// The names of the format ONNX (https://onnx.ai): models as graphs of operators, in protocol buffers. The structures and
/// their fields are those of the format's description `onnx.proto3`.
public enum ONNX {
  /// The element types of tensors. The raw values are the format's numbers.
  public enum DataType: Int32, Sendable, Hashable, CaseIterable {
    /// Not said.
    case undefined = 0
    /// Numbers of 32, 64, 16 and 8 bits, texts and truth values.
    case float, uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64
    /// Complex numbers, and floating-point numbers of 16 and 8 bits: of `fnuz` types the one zero has no sign.
    case complex64, complex128, bfloat16, float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz
    /// Numbers of 4, 2 and 6 bits, packed into bytes, and powers of two of 8 bits.
    case uint4, int4, float4e2m1, float8e8m0, uint2, int2, float6e2m3, float6e3m2

    /// The type of a tensor's elements that has the same values and size, where there is one.
    public var dtype: DType? {
      switch self {
      case .float: .float32
      case .uint8: .uint8
      case .int8: .int8
      case .uint16: .uint16
      case .int16: .int16
      case .int32: .int32
      case .int64: .int64
      case .bool: .bool
      case .float16: .float16
      case .double: .float64
      case .uint32: .uint32
      case .uint64: .uint64
      case .complex64: .complex64
      case .complex128: .complex128
      case .bfloat16: .bfloat16
      case .float8e4m3fn: .float8e4m3fn
      case .float8e5m2: .float8e5m2
      case .undefined, .string, .float8e4m3fnuz, .float8e5m2fnuz, .uint4, .int4, .float4e2m1, .float8e8m0, .uint2,
        .int2, .float6e2m3, .float6e3m2:
        nil
      }
    }

    /// The type whose elements can hold those of this one: ``dtype``, or a wider one for types that tensors lack: the
    /// bytes' integers for integers of 2 and 4 bits, float32 for small floating-point numbers. Nil for text.
    public var carrier: DType? {
      switch self {
      case .undefined, .string: nil
      case .uint4, .uint2: .uint8
      case .int4, .int2: .int8
      case .float8e4m3fnuz, .float8e5m2fnuz, .float4e2m1, .float8e8m0, .float6e2m3, .float6e3m2: .float32
      default: dtype
      }
    }

    /// The type with the values of a tensor's elements, where the format has one.
    public init?(_ dtype: DType) {
      guard let found = Self.allCases.first(where: { $0.dtype == dtype }) else { return nil }
      self = found
    }

    /// The bits that an element takes in `raw_data`, or nil for text.
    public var bits: Int? {
      switch self {
      case .undefined, .string: nil
      case .uint2, .int2: 2
      case .uint4, .int4, .float4e2m1: 4
      case .float6e2m3, .float6e3m2: 6
      case .float8e4m3fnuz, .float8e5m2fnuz, .float8e8m0: 8
      default: dtype.map { $0.size * 8 }
      }
    }

    /// The format's name, in capitals: `FLOAT`, `INT64`, `BFLOAT16` ...
    public var name: String { "\(self)".uppercased() }
  }

  /// A name and a text, as metadata have them.
  public struct StringEntry: Sendable, Hashable {
    public var key: String
    public var value: String

    /// An entry of metadata.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }
}

extension ONNX.StringEntry {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init(key: "", value: "")
    while let field = try reader.next() {
      switch field.number {
      case 1: key = try reader.string(field)
      case 2: value = try reader.string(field)
      default: try reader.skip(field)
      }
    }
  }
}

extension ProtobufReader {
  /// What `read` makes of the message inside a field.
  mutating func message<Value>(
    _ field: Field, _ message: String, _ read: (inout ProtobufReader) throws(TensorError) -> Value
  ) throws(TensorError) -> Value {
    var reader = try inner(field, message)
    return try read(&reader)
  }

  mutating func entry(_ field: Field) throws(TensorError) -> ONNX.StringEntry {
    try message(field, "metadata", ONNX.StringEntry.init)
  }
}
