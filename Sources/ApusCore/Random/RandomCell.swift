/// One stored element that a random fill can write, with PyTorch's casts and integer ranges for its type.
package protocol RandomCell: BitwiseCopyable {
  init(drawn value: Double)
  init(drawn value: Float)
  init(drawn value: Int64)
  /// `random_()` without bounds draws modulo this number; nil means all 64 bits but the sign.
  static var randomModulus: UInt64 { get }
  /// Whether `random_()` without bounds takes 64-bit draws.
  static var takesWideDraws: Bool { get }
}

extension RandomCell {
  package static var takesWideDraws: Bool { false }
}

extension Bool: RandomCell {
  package init(drawn value: Double) { self = value != 0 }
  package init(drawn value: Float) { self = value != 0 }
  package init(drawn value: Int64) { self = value != 0 }
  package static var randomModulus: UInt64 { 2 }
}

extension RandomCell where Self: FixedWidthInteger {
  // A value that the type cannot hold wraps, as the C cast through a 64-bit integer does.
  package init(drawn value: Double) {
    self.init(truncatingIfNeeded: Int64(exactly: value.rounded(.towardZero)) ?? Int64.min)
  }
  package init(drawn value: Float) { self.init(drawn: Double(value)) }
  package init(drawn value: Int64) { self.init(truncatingIfNeeded: value) }
  package static var randomModulus: UInt64 { UInt64(Self.max) + 1 }
}

extension UInt8: RandomCell {}
extension Int8: RandomCell {}
extension Int16: RandomCell {}
extension Int32: RandomCell {}
extension Int64: RandomCell {
  package static var takesWideDraws: Bool { true }
}

extension Float: RandomCell {
  package init(drawn value: Double) { self.init(value) }
  package init(drawn value: Float) { self = value }
  package init(drawn value: Int64) { self.init(value) }
  package static var randomModulus: UInt64 { 1 << 24 + 1 }
}

extension Double: RandomCell {
  package init(drawn value: Double) { self = value }
  package init(drawn value: Float) { self.init(value) }
  package init(drawn value: Int64) { self.init(value) }
  package static var randomModulus: UInt64 { 1 << 53 + 1 }
  package static var takesWideDraws: Bool { true }
}

/// binary16 bits. Doubles and integers are rounded to float first, as PyTorch's casts do.
package struct HalfCell: RandomCell {
  package var bits: UInt16
  package init(drawn value: Double) { self.init(drawn: Float(value)) }
  package init(drawn value: Float) { bits = Float16(value).bitPattern }
  package init(drawn value: Int64) { self.init(drawn: Float(value)) }
  package static var randomModulus: UInt64 { 1 << 11 + 1 }
}

/// bfloat16 bits, rounded to nearest even from a float.
package struct BrainCell: RandomCell {
  package var bits: UInt16
  package init(drawn value: Double) { self.init(drawn: Float(value)) }
  package init(drawn value: Float) {
    let word = value.bitPattern
    bits = value.isNaN ? 0x7fc0 : UInt16(truncatingIfNeeded: (word &+ 0x7fff &+ (word >> 16 & 1)) >> 16)
  }
  package init(drawn value: Int64) { self.init(drawn: Float(value)) }
  package static var randomModulus: UInt64 { 1 << 8 + 1 }
}

extension DType {
  /// The cell type that a random fill of this element type writes.
  package var randomCell: any RandomCell.Type {
    switch self {
    case .bool: Bool.self
    case .uint8: UInt8.self
    case .int8: Int8.self
    case .int16: Int16.self
    case .int32: Int32.self
    case .int64: Int64.self
    case .float16: HalfCell.self
    case .bfloat16: BrainCell.self
    case .float32: Float.self
    case .float64: Double.self
    }
  }

  /// Bits of the significand with its hidden one, for floating point types.
  var significandDigits: Int {
    switch self {
    case .float16: 11
    case .bfloat16: 8
    case .float32: 24
    case .float64: 53
    default: 0
    }
  }

  func requireFloatingPoint(_ operation: String) throws {
    guard isFloatingPoint else {
      throw TensorError(
        .dtype, operation, "expected a floating point dtype, got \(self): draw float32 and convert with to(\(self))")
    }
  }
}
