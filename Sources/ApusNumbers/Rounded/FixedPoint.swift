import ApusCore

/// A fixed point number Qm.n: a whole number of `Storage` times 2⁻ⁿ, with m bits before the binary point, n behind it, and a
/// sign.
///
/// Results are rounded to the nearest number, halves to the even one, and saturate: what is beyond the range becomes its end.
/// Sums and products of matrices are formed exactly in a wide integer and rounded once. Functions are those of Double,
/// rounded; a quotient by zero is the end of the range that has the sign of the dividend (0 / 0 is 0), and what is not a number
/// becomes 0.
///
///     let weights = linear.weight.to(Fixed8.dtype)
///     let y = x.to(.fixed8).matmul(weights.mT)
///
/// Gradients are those of the real numbers that elements stand for, in float32, and 0 where a result saturated.
public struct FixedPoint<Storage: FixedPointStorage, let integerBits: Int, let fractionBits: Int>: DifferenceElement,
  QuotientElement, OrderedElement, Hashable, CustomStringConvertible
{
  /// The whole number that is 2ⁿ times the value.
  public var raw: Storage

  /// The number raw 2⁻ⁿ.
  public init(raw: Storage) { self.raw = raw }

  static var format: FixedPointFormat<Storage> {
    FixedPointFormat(integerBits: integerBits, fractionBits: fractionBits)
  }

  /// The nearest number to `value`.
  public init(_ value: Double) { raw = Self.format.element(value) }

  public var double: Double { Self.format.double(raw) }
  public static var zero: FixedPoint { FixedPoint(raw: 0) }
  /// 1, or the greatest number where that is less.
  public static var one: FixedPoint { FixedPoint(1.0) }

  public static func sum(_ a: FixedPoint, _ b: FixedPoint) -> FixedPoint { FixedPoint(raw: format.sum(a.raw, b.raw)) }
  public static func product(_ a: FixedPoint, _ b: FixedPoint) -> FixedPoint {
    FixedPoint(raw: format.product(a.raw, b.raw))
  }
  /// The difference, within the range.
  public static func difference(_ a: FixedPoint, _ b: FixedPoint) -> FixedPoint {
    FixedPoint(raw: format.difference(a.raw, b.raw))
  }
  /// The nearest number to the quotient.
  public static func quotient(_ a: FixedPoint, _ b: FixedPoint) -> FixedPoint {
    FixedPoint(raw: format.quotient(a.raw, b.raw))
  }
  /// Whether the first number is less than the second.
  public static func precedes(_ a: FixedPoint, _ b: FixedPoint) -> Bool { a.raw < b.raw }

  public static var emptySum: Storage.WideSum { 0 }
  public static func add(_ x: FixedPoint, to sum: inout Storage.WideSum) { format.add(x.raw, to: &sum) }
  public static func addProduct(_ a: FixedPoint, _ b: FixedPoint, to sum: inout Storage.WideSum) {
    format.addProduct(a.raw, b.raw, to: &sum)
  }
  public init(rounding sum: Storage.WideSum) { raw = Self.format.element(sum) }

  public func apply(_ function: UnaryFunction) -> FixedPoint? { realValue(function, double).map { FixedPoint($0) } }

  public func apply(_ function: BinaryFunction, _ other: FixedPoint) -> FixedPoint? {
    switch function {
    case .sub: self - other
    case .div: self / other
    default: realValue(function, double, other.double).map { FixedPoint($0) }
    }
  }

  /// `fixed3_4` for Q3.4 in the smallest storage that holds it, `fixed3_4_int32` in another.
  public static var elementName: String {
    let bits = integerBits + fractionBits + 1
    let smallest = bits <= 8 ? 8 : bits <= 16 ? 16 : 32
    let name = "fixed\(integerBits)_\(fractionBits)"
    return Storage.bitWidth == smallest ? name : "\(name)_int\(Storage.bitWidth)"
  }
  public static var gradient: ElementGradient { .straightThrough(.float32) }
  /// From the lowest number, -2ᵐ, to the greatest, 2ᵐ - 2⁻ⁿ.
  public static var range: ClosedRange<Double> {
    format.double(format.lowest)...format.double(format.greatest)
  }
  public static var fields: [ElementField] { [ElementField("raw", Storage.storageType)] }
  public static var kernels: CustomKernels {
    var kernels = CustomKernels(Self.self)
    Storage.replaceLoops(of: &kernels, format)
    return kernels
  }

  /// The element type; a format that does not fit into its storage is reported.
  public static var dtype: DType {
    guard integerBits >= 0, fractionBits >= 0, integerBits + fractionBits < Storage.bitWidth else {
      report(
        TensorError(
          .dtype, "FixedPoint",
          "Q\(integerBits).\(fractionBits) does not fit into \(Storage.self): the bits before and behind the point and a sign "
            + "must be \(Storage.bitWidth) at most"))
      return .float32
    }
    return DType.register(Self.self)
  }

  public func text(precision: Int) -> String { decimalText(double, precision) }
  /// The number, with as many decimals as it has bits of the fraction.
  public var description: String { text(precision: fractionBits) }
}

/// Q3.4 in a byte: from -8 to 7.9375 in steps of 1/16.
public typealias Fixed8 = FixedPoint<Int8, 3, 4>
/// Q7.8 in two bytes: from -128 to nearly 128 in steps of 1/256.
public typealias Fixed16 = FixedPoint<Int16, 7, 8>
/// Q15.16 in four bytes: from -32,768 to nearly 32,768 in steps of 1/65,536.
public typealias Fixed32 = FixedPoint<Int32, 15, 16>

extension DType {
  /// Fixed point numbers Q3.4 in a byte, see ``FixedPoint``.
  public static var fixed8: DType { Fixed8.dtype }
  /// Fixed point numbers Q7.8 in two bytes, see ``FixedPoint``.
  public static var fixed16: DType { Fixed16.dtype }
  /// Fixed point numbers Q15.16 in four bytes, see ``FixedPoint``.
  public static var fixed32: DType { Fixed32.dtype }
}
