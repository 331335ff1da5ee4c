/// The element type of a tensor, as PyTorch's `torch.dtype`. It is a run-time property of a tensor.
///
/// Beside the types here there are those that a program registers, see ``CustomElement``. What a type is for the library
/// stands in one row of the table of element types (`ElementTypes.swift`).
public struct DType: Sendable, Hashable {
  /// A number for each type: those of ``allCases`` first, in their order, then registered ones.
  public let rawValue: UInt8
  /// What the elements of a type are.
  public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
    /// Truth values, integers from 0 on, integers, floating point numbers, complex numbers.
    case bool, unsigned, signed, floating, complex
    /// Elements of a Swift type that was registered, see ``DType/register(_:)``.
    case custom
  }

  @inlinable init(raw: UInt8) { rawValue = raw }

  // The numbers are those of the conversions in CKernels, see `ck_convert.h`.
  /// Truth values, a byte each.
  @inlinable public static var bool: DType { DType(raw: 0) }
  /// Integers of 8 bits, 0 to 255.
  @inlinable public static var uint8: DType { DType(raw: 1) }
  /// Integers of 8 bits, -128 to 127.
  @inlinable public static var int8: DType { DType(raw: 2) }
  /// Integers of 16 bits.
  @inlinable public static var int16: DType { DType(raw: 3) }
  /// Integers of 32 bits.
  @inlinable public static var int32: DType { DType(raw: 4) }
  /// Integers of 64 bits: the type of Swift's integers, of indices and labels.
  @inlinable public static var int64: DType { DType(raw: 5) }
  /// IEEE's half precision: 5 bits of exponent, 10 of fraction.
  @inlinable public static var float16: DType { DType(raw: 6) }
  /// The upper half of float32: 8 bits of exponent, 7 of fraction.
  @inlinable public static var bfloat16: DType { DType(raw: 7) }
  /// Single precision: the type of floating point literals unless ``setDefaultDType(_:)`` says otherwise.
  @inlinable public static var float32: DType { DType(raw: 8) }
  /// Double precision.
  @inlinable public static var float64: DType { DType(raw: 9) }
  /// Integers of 16 bits from 0 on, for storage.
  @inlinable public static var uint16: DType { DType(raw: 10) }
  /// Integers of 32 bits from 0 on, for storage.
  @inlinable public static var uint32: DType { DType(raw: 11) }
  /// Integers of 64 bits from 0 on, for storage.
  @inlinable public static var uint64: DType { DType(raw: 12) }
  /// Eight bits: a sign, 4 of the exponent and 3 of the significand; no infinities.
  @inlinable public static var float8e4m3fn: DType { DType(raw: 13) }
  /// Eight bits: a sign, 5 of the exponent and 2 of the significand.
  @inlinable public static var float8e5m2: DType { DType(raw: 14) }
  /// Complex numbers of two float32 parts, see ``Complex``.
  @inlinable public static var complex64: DType { DType(raw: 15) }
  /// Complex numbers of two float64 parts, see ``Complex``.
  @inlinable public static var complex128: DType { DType(raw: 16) }
  /// Complex numbers of two float16 parts, for storage: they are computed as complex64.
  @inlinable public static var complex32: DType { DType(raw: 17) }

  /// Kind and size of a built-in type, in constants, so that a type that the compiler knows costs nothing to ask; size 0 of
  /// registered ones.
  @inlinable var traits: (kind: Kind, size: Int) {
    switch rawValue {
    case 0: (.bool, 1)
    case 1: (.unsigned, 1)
    case 2: (.signed, 1)
    case 3: (.signed, 2)
    case 4: (.signed, 4)
    case 5: (.signed, 8)
    case 6: (.floating, 2)
    case 7: (.floating, 2)
    case 8: (.floating, 4)
    case 9: (.floating, 8)
    case 10: (.unsigned, 2)
    case 11: (.unsigned, 4)
    case 12: (.unsigned, 8)
    case 13: (.floating, 1)
    case 14: (.floating, 1)
    case 15: (.complex, 8)
    case 16: (.complex, 16)
    case 17: (.complex, 4)
    default: (.custom, 0)
    }
  }

  @inlinable public static func == (a: DType, b: DType) -> Bool { a.rawValue == b.rawValue }

  /// The types that are always there.
  public static let allCases: [DType] = ElementType.builtIn.map(\.dtype)

  /// What the elements are.
  @inlinable public var kind: Kind { traits.kind }

  /// Whether the elements are of a Swift type that was registered, see ``register(_:)``.
  @inlinable public var isCustom: Bool { kind == .custom }

  /// Bytes of one element.
  @inlinable public var size: Int {
    let known = traits.size
    return known != 0 ? known : customSize
  }

  /// Whether elements take part in promotion as floating point numbers do; registered types are among them, complex
  /// numbers are not.
  @inlinable public var isFloatingPoint: Bool { kind == .floating || kind == .custom }

  /// Whether elements are complex numbers.
  @inlinable public var isComplex: Bool { kind == .complex }

  /// Whether elements are integers; `bool` is not one.
  @inlinable public var isInteger: Bool { kind == .unsigned || kind == .signed }

  /// Whether elements are floating point or complex numbers: those that a gradient can flow to.
  @inlinable package var isInexact: Bool { isFloatingPoint || isComplex }

  /// PyTorch's name of the type, without the `torch.` prefix: `float32`, `int64`, `bool`; or that of a registered type.
  public var name: String { row.pointee.name }

  /// The type that PyTorch calls by `name` (with or without `torch.`), also by another of its names (`half`, `cfloat`), or
  /// the registered one (with or without `apus.`), or nil.
  public init?(name: String) {
    let short = name.hasPrefix("torch.") ? String(name.dropFirst(6)) : name
    if let found = ElementType.builtIn.first(where: { $0.name == short || $0.aliases.contains(short) }) {
      self = found.dtype
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
