import ApusCore

/// The kinds of numbers that kernels compute with.
enum NumberKind: UInt8, Sendable {
  case f32, f64, i64, u64, c64, c128

  /// The kind in which formulas of a type are computed; nil where kernels have no such type.
  init?(computing dtype: DType) {
    switch dtype.computeType {
    case .float32: self = .f32
    case .float64: self = .f64
    case .int64: self = .i64
    case .uint64: self = .u64
    case .complex64: self = .c64
    case .complex128: self = .c128
    case _: return nil
    }
  }

  /// The type's name in kernels.
  var text: String {
    switch self {
    case .f32: "float"
    case .f64: "double"
    case .i64: "long"
    case .u64: "ulong"
    case .c64: "float2"
    case .c128: "double2"
    }
  }

  var isComplex: Bool { self == .c64 || self == .c128 }
  var isInteger: Bool { self == .i64 || self == .u64 }
  /// The kind of the parts of complex numbers; of others itself.
  var part: NumberKind { self == .c64 ? .f32 : self == .c128 ? .f64 : self }

  /// A number as a constant.
  func literal(_ value: Double) -> String {
    switch self {
    case .f32:
      let number = Float(value)
      if number.isNaN { return "AP_NAN" }
      if number.isInfinite { return number < 0 ? "-AP_INF" : "AP_INF" }
      return Self.decimal("\(number)") + "f"
    case .f64:
      if value.isNaN { return "((double)AP_NAN)" }
      if value.isInfinite { return value < 0 ? "-((double)AP_INF)" : "((double)AP_INF)" }
      return Self.decimal("\(value)")
    case .i64: return "\(Int64(exactly: value.rounded(.towardZero)) ?? 0)L"
    case .u64: return "\(UInt64(exactly: value.rounded(.towardZero)) ?? 0)UL"
    case .c64, .c128: return complex(part.literal(value), "0")
    }
  }

  private static func decimal(_ text: String) -> String {
    text.contains(".") || text.contains("e") ? text : text + ".0"
  }

  /// A complex number of these parts.
  func complex(_ re: String, _ im: String) -> String { self == .c64 ? "AP_C64(\(re), \(im))" : "AP_C128(\(re), \(im))" }
}

/// How elements of a type are read and written.
struct ElementText {
  /// The type in which they are stored.
  let storage: String
  private let dtype: DType

  /// Nil for types whose elements kernels only move.
  init?(_ dtype: DType) {
    guard let storage = Self.storage(dtype) else { return nil }
    self.storage = storage
    self.dtype = dtype
  }

  private static func storage(_ dtype: DType) -> String? {
    switch dtype {
    case .bool, .uint8: "uchar"
    case .int8: "char"
    case .int16: "short"
    case .int32: "int"
    case .int64: "long"
    case .uint16, .float16, .bfloat16: "ushort"
    case .uint32: "uint"
    case .uint64: "ulong"
    case .float32: "float"
    case .float64: "double"
    case .complex64: "float2"
    case .complex128: "double2"
    case _: nil
    }
  }

  /// A type of the same size, for elements that are only moved.
  static func moved(_ size: Int) -> String? {
    switch size {
    case 1: "uchar"
    case 2: "ushort"
    case 4: "uint"
    case 8: "ulong"
    case 16: "double2"
    default: nil
    }
  }

  /// The stored `text` as a number of `kind`.
  func load(_ text: String, as kind: NumberKind) -> String {
    switch dtype {
    case .float16: Self.float("ap_from_f16(\(text))", as: kind)
    case .bfloat16: Self.float("ap_from_bf16(\(text))", as: kind)
    case .float32: Self.float(text, as: kind)
    case .float64: kind == .f64 ? text : Self.float(text, as: kind)
    case .complex64: kind == .c64 ? text : Self.complex(text, as: kind)
    case .complex128: kind == .c128 ? text : Self.complex(text, as: kind)
    case _: kind.isComplex ? kind.complex("(\(kind.part.text))\(text)", "0") : "(\(kind.text))\(text)"
    }
  }

  private static func float(_ text: String, as kind: NumberKind) -> String {
    switch kind {
    case .f32, .f64: "(\(kind.text))\(text)"
    case .i64: "ap_whole(\(text))"
    case .u64: "ap_whole_u64(\(text))"
    case .c64, .c128: kind.complex("(\(kind.part.text))\(text)", "0")
    }
  }

  private static func complex(_ text: String, as kind: NumberKind) -> String {
    guard kind.isComplex else { return float("\(text).x", as: kind) }
    return kind.complex("(\(kind.part.text))\(text).x", "(\(kind.part.text))\(text).y")
  }

  /// The number `text` of `kind`, a name, as it is stored.
  func store(_ text: String, from kind: NumberKind) -> String {
    if dtype == .bool { return kind.isComplex ? "\(text).x != 0 || \(text).y != 0" : "\(text) != 0" }
    let real = kind.isComplex ? "\(text).x" : text
    switch dtype {
    case .float16: return "ap_to_f16((float)\(real))"
    case .bfloat16: return "ap_to_bf16((float)\(real))"
    case .float32: return "(float)\(real)"
    case .float64: return "(double)\(real)"
    case .complex64, .complex128:
      let target: NumberKind = dtype == .complex64 ? .c64 : .c128
      if kind == target { return text }
      return target.complex("(\(target.part.text))\(real)", kind.isComplex ? "(\(target.part.text))\(text).y" : "0")
    case .uint64: return kind.isInteger ? "(ulong)\(real)" : "ap_whole_u64(\(real))"
    case .int32: return kind.isInteger ? "(int)\(real)" : "ap_whole32(\(real))"
    case _: return kind.isInteger ? "(\(storage))\(real)" : "(\(storage))ap_whole(\(real))"
    }
  }
}
