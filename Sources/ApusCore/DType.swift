/// The element type of a tensor, as PyTorch's `torch.dtype`. It is a run-time property of a tensor.
public enum DType: UInt8, Sendable, Hashable, CaseIterable {
  case bool, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64

  /// Bytes of one element.
  @inlinable public var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// Whether elements are binary floating point numbers.
  @inlinable public var isFloatingPoint: Bool { rawValue >= DType.float16.rawValue }

  /// Whether elements are integers; `bool` is not one.
  @inlinable public var isInteger: Bool { rawValue >= DType.uint8.rawValue && rawValue <= DType.int64.rawValue }

  /// PyTorch's name of the type, without the `torch.` prefix: `float32`, `int64`, `bool`.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .uint8: "uint8"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float32: "float32"
    case .float64: "float64"
    }
  }

  /// The type that PyTorch calls by `name` (with or without `torch.`), or nil.
  public init?(name: String) {
    let short = name.hasPrefix("torch.") ? String(name.dropFirst(6)) : name
    guard let found = DType.allCases.first(where: { $0.name == short }) else { return nil }
    self = found
  }
}

extension DType: CustomStringConvertible {
  public var description: String { name }
}
