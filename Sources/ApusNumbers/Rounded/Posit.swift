import ApusCore

/// A posit: a rounded real number of 8, 16 or 32 bits with more digits near 1 than far from it, after the Posit Standard
/// (Posit Working Group, 2022; es = 2 for all sizes).
///
/// Sums, products, quotients and square roots are the exact result rounded once, halves to the even pattern; nothing rounds to 0
/// and nothing overflows. Sums of many and products of matrices are formed exactly in a quire of 16 n bits, whatever the order,
/// and rounded once (up to 2³¹ terms). Other functions are those of Double, rounded. The one pattern that is no real number,
/// NaR, comes of x / 0, of sqrt(-1) and of itself; it equals itself and is less than all numbers, so patterns are ordered as
/// whole numbers are.
///
///     let x = Tensor([1.0, 3.0]).to(.posit16)
///     print(x / 3.0)  // tensor([0.3333, 1.], dtype=apus.posit16)
///
/// Gradients are those of the real numbers that elements stand for, in float32.
public struct Posit<Bits: PositBits>: FieldElement, OrderedElement, Hashable, CustomStringConvertible {
  /// The pattern, ordered as the numbers are.
  public var bits: Bits

  /// The posit of this pattern.
  @inlinable public init(bits: Bits) { self.bits = bits }

  /// The posit that `value` rounds to; NaR for infinities and NaN.
  public init(_ value: Double) { self.init(PositParts(value)) }

  init(_ parts: PositParts) { bits = Bits(truncatingIfNeeded: parts.encoded(Bits.bitWidth)) }
  var parts: PositParts { PositParts(Int64(bits), Bits.bitWidth) }

  public var double: Double { parts.double }

  /// Not a real number.
  public static var nar: Posit { Posit(bits: .min) }
  /// Whether this is not a real number.
  @inlinable public var isNaR: Bool { bits == .min }
  @inlinable public static var zero: Posit { Posit(bits: 0) }
  @inlinable public static var one: Posit { Posit(bits: 1 << Bits(Bits.bitWidth - 2)) }
  /// The greatest number, 2 to the power of 4 n - 8.
  @inlinable public static var greatest: Posit { Posit(bits: .max) }
  /// The least positive number.
  @inlinable public static var least: Posit { Posit(bits: 1) }

  public static func sum(_ a: Posit, _ b: Posit) -> Posit { Posit(a.parts.plus(b.parts)) }
  /// The difference, rounded once.
  public static func difference(_ a: Posit, _ b: Posit) -> Posit { a + -b }
  /// The negative, which is exact.
  @inlinable public static func negative(_ a: Posit) -> Posit { Posit(bits: 0 &- a.bits) }
  public static func product(_ a: Posit, _ b: Posit) -> Posit { Posit(a.parts.times(b.parts)) }
  /// The quotient, rounded once; NaR where `b` is 0.
  public static func quotient(_ a: Posit, _ b: Posit) -> Posit { Posit(a.parts.divided(by: b.parts)) }
  /// The square root, rounded once; NaR below 0.
  public func squareRoot() -> Posit { Posit(parts.squareRoot) }
  /// As whole numbers: NaR comes first.
  @inlinable public static func precedes(_ a: Posit, _ b: Posit) -> Bool { a.bits < b.bits }

  public static var emptySum: Bits.Quire { Bits.Quire() }
  public static func add(_ x: Posit, to sum: inout Bits.Quire) { sum.add(x.parts, PositParts.one) }
  public static func addProduct(_ a: Posit, _ b: Posit, to sum: inout Bits.Quire) { sum.add(a.parts, b.parts) }
  public init(rounding sum: Bits.Quire) { self.init(sum.rounded) }

  public func apply(_ function: UnaryFunction) -> Posit? {
    switch function {
    case .neg: -self
    case .abs: bits < 0 ? -self : self
    case .relu: bits > 0 || isNaR ? self : .zero
    case .sign: isNaR ? self : bits > 0 ? .one : bits < 0 ? -Posit.one : .zero
    case .square: self * self
    case .sqrt: squareRoot()
    case .isnan: isNaR ? .one : .zero
    default: isNaR ? (realValue(function, 0) == nil ? nil : self) : realValue(function, double).map { Posit($0) }
    }
  }

  public func apply(_ function: BinaryFunction, _ other: Posit) -> Posit? {
    switch function {
    case .sub: self - other
    case .div: self / other
    default: realValue(function, isNaR ? .nan : double, other.isNaR ? .nan : other.double).map { Posit($0) }
    }
  }

  public static var elementName: String { "posit\(Bits.bitWidth)" }
  public static var gradient: ElementGradient { .straightThrough(.float32) }
  public static var range: ClosedRange<Double> { -greatest.double...greatest.double }
  public static var fields: [ElementField] { [ElementField("bits", Bits.storageType)] }
  public static var kernels: CustomKernels { Bits.positKernels }

  public func text(precision: Int) -> String { isNaR ? "NaR" : decimalText(double, precision) }
  public var description: String { text(precision: 6) }
}

/// A posit of 8 bits: from 2⁻²⁴ to 2²⁴.
public typealias Posit8 = Posit<Int8>
/// A posit of 16 bits: from 2⁻⁵⁶ to 2⁵⁶.
public typealias Posit16 = Posit<Int16>
/// A posit of 32 bits: from 2⁻¹²⁰ to 2¹²⁰.
public typealias Posit32 = Posit<Int32>

/// The patterns that posits can have: those of Int8, Int16 and Int32.
public protocol PositBits: FixedWidthInteger, SignedInteger, BitwiseCopyable, Sendable {
  /// What sums are formed in.
  associatedtype Quire: PositQuire
  /// The built-in element type of the same layout.
  static var storageType: DType { get }
  /// The loops of the element type.
  static var positKernels: CustomKernels { get }
}

extension Int8: PositBits {
  public typealias Quire = FixedQuire<2>
  public static var positKernels: CustomKernels { CustomKernels(Posit8.self) }
}

extension Int16: PositBits {
  public typealias Quire = FixedQuire<4>
  public static var positKernels: CustomKernels { CustomKernels(Posit16.self) }
}

extension Int32: PositBits {
  public typealias Quire = FixedQuire<8>
  public static var positKernels: CustomKernels { CustomKernels(Posit32.self) }
}

extension DType {
  /// Posits of 8 bits, see ``Posit``.
  public static var posit8: DType { Posit8.dtype }
  /// Posits of 16 bits, see ``Posit``.
  public static var posit16: DType { Posit16.dtype }
  /// Posits of 32 bits, see ``Posit``.
  public static var posit32: DType { Posit32.dtype }
}
