/// The element type of a tensor, as PyTorch's `torch.dtype`. It is a run-time property of a tensor.
///
/// Beside the types here there are those that a program registers, see ``CustomElement``.
public struct DType: Sendable, Hashable {
  /// A number for each type: those of ``allCases`` first, in their order, then registered ones.
  public let rawValue: UInt8

  @inlinable init(raw: UInt8) { rawValue = raw }

  @inlinable public static var bool: DType { DType(raw: 0) }
  @inlinable public static var uint8: DType { DType(raw: 1) }
  @inlinable public static var int8: DType { DType(raw: 2) }
  @inlinable public static var int16: DType { DType(raw: 3) }
  @inlinable public static var int32: DType { DType(raw: 4) }
  @inlinable public static var int64: DType { DType(raw: 5) }
  @inlinable public static var float16: DType { DType(raw: 6) }
  @inlinable public static var bfloat16: DType { DType(raw: 7) }
  @inlinable public static var float32: DType { DType(raw: 8) }
  @inlinable public static var float64: DType { DType(raw: 9) }

  @inlinable public static func == (a: DType, b: DType) -> Bool { a.rawValue == b.rawValue }

  /// The types that are always there.
  public static let allCases: [DType] = (0..<firstCustom).map { DType(raw: $0) }

  /// The number of the first registered type.
  @usableFromInline static var firstCustom: UInt8 { @inlinable get { 10 } }

  /// Whether the elements are of a Swift type that was registered, see ``register(_:)``.
  @inlinable public var isCustom: Bool { rawValue >= DType.firstCustom }

  /// Bytes of one element.
  @inlinable public var size: Int {
    switch rawValue {
    case 0...2: 1
    case 3, 6, 7: 2
    case 4, 8: 4
    case 5, 9: 8
    default: customSize
    }
  }

  /// Whether elements take part in promotion as floating point numbers do; registered types are among them.
  @inlinable public var isFloatingPoint: Bool { rawValue >= DType.float16.rawValue }

  /// Whether elements are integers; `bool` is not one.
  @inlinable public var isInteger: Bool { rawValue >= DType.uint8.rawValue && rawValue <= DType.int64.rawValue }

  private static let names = [
    "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64",
  ]

  /// PyTorch's name of the type, without the `torch.` prefix: `float32`, `int64`, `bool`; or that of a registered type.
  public var name: String { isCustom ? custom.name : DType.names[Int(rawValue)] }

  /// The type that PyTorch calls by `name` (with or without `torch.`), or the registered one (with or without `apus.`),
  /// or nil.
  public init?(name: String) {
    let short = name.hasPrefix("torch.") ? String(name.dropFirst(6)) : name
    if let i = DType.names.firstIndex(of: short) {
      self = DType(raw: UInt8(i))
    } else if let found = DType.registered(name: name.hasPrefix("apus.") ? String(name.dropFirst(5)) : name) {
      self = found
    } else {
      return nil
    }
  }
}

extension DType: CustomStringConvertible {
  public var description: String { name }
}
