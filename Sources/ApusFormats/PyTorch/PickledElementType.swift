import ApusCore

/// A `torch.dtype` as files name it, with those that tensors cannot hold.
public struct PickledElementType: Sendable, Hashable {
  /// PyTorch's name without `torch.`: `float32`, `quint8`, `float8_e8m0fnu`.
  public let name: String
  /// Bytes of one element.
  public let size: Int
  /// The element type of tensors, or nil where they have none: see ``PickledTensor/tensor()``.
  public let dtype: DType?

  private init(_ name: String, _ size: Int, as dtype: DType? = nil) {
    self.name = name
    self.size = size
    self.dtype = dtype
  }

  /// The type of tensors of type `dtype`; nil for registered types.
  public init?(_ dtype: DType) { self.init(name: dtype.name) }

  /// The type of tensors of any type, known to PyTorch or not.
  init(any dtype: DType) { self.init(dtype.name, dtype.size, as: dtype) }

  /// The type that PyTorch calls by `name`.
  public init?(name: String) {
    guard let found = Self.byName[name] else { return nil }
    self = found
  }

  /// The type of a storage class, such as `FloatStorage`.
  init?(storageClass: String) {
    guard let name = Self.storageClasses[storageClass] else { return nil }
    self.init(name: name)
  }

  /// The storage class of elements of this type; nil where PyTorch has none and writes bytes.
  var storageClass: String? { Self.classNames[name] }

  static let uint8 = PickledElementType("uint8", 1, as: .uint8)

  private static let storageClasses = [
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64", "QUInt8Storage": "quint8", "QInt8Storage": "qint8",
    "QInt32Storage": "qint32", "QUInt4x2Storage": "quint4x2", "QUInt2x4Storage": "quint2x4",
  ]
  private static let classNames = Dictionary(uniqueKeysWithValues: storageClasses.map { ($1, $0) })

  private static let byName: [String: PickledElementType] = {
    var types = DType.allCases.map { PickledElementType($0.name, $0.size, as: $0) }
    types += [
      .init("quint8", 1, as: .uint8), .init("qint8", 1, as: .int8), .init("qint32", 4, as: .int32),
      .init("quint4x2", 1), .init("quint2x4", 1), .init("float8_e4m3fnuz", 1),
      .init("float8_e5m2fnuz", 1), .init("float8_e8m0fnu", 1), .init("float4_e2m1fn_x2", 1), .init("bits8", 1),
      .init("bits16", 2), .init("bits1x8", 1), .init("bits2x4", 1), .init("bits4x2", 1),
    ]
    for bits in 1..<8 { types += [.init("int\(bits)", 1), .init("uint\(bits)", 1)] }
    return Dictionary(uniqueKeysWithValues: types.map { ($0.name, $0) })
  }()
}
