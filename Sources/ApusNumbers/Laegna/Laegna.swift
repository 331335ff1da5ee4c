import ApusCore
import CNumbers

/// The integers that Laegna numbers are kept as: Int8 (up to 3 digits), Int16 (up to 7), Int32 (up to 15).
public protocol LaegnaStorage: FixedWidthInteger, SignedInteger, BitwiseCopyable, Sendable {}
extension Int8: LaegnaStorage {}
extension Int16: LaegnaStorage {}
extension Int32: LaegnaStorage {}

/// A Laegna number of R base-4 digits, of which F are the fraction: a fixed-point number between -4^R / 2 and 4^R / 2 steps of
/// 4^-F, written in the digits I, O, A, E, with zero and infinities beside them.
///
///     let x = Laegna4("AEIO")             // throws for malformed text
///     let y = Laegna4(nearest: 0.7)
///     print(x * y, (x * y).double)
///     let w = Tensor([0.5, -1.25], dtype: Laegna4.dtype)
///
/// Arithmetic is exact in a wider integer and rounded once, ties to even. Results beyond the range become the last number on that
/// side: they do not turn into infinities. What is zero is U. Infinities come from infinities and from division by zero; ∩ + W,
/// 0 * ∩, 0 / 0 and ∩ / ∩ have no value and give U.
///
/// V (zero from below) equals U, as -0 equals 0: comparisons are those of arithmetic. ``isTotallyOrdered(belowOrEqualTo:)`` tells the
/// two apart, W < negative numbers < V < U < positive numbers < ∩.
///
/// The digits and their values follow the tables of Laegna's author (tambetvali, LaeLane); the fixed point, the rounding and the gradient
/// (straight through, in float32) are an engineer's reading of them.
public struct Laegna<Storage: LaegnaStorage, let R: Int, let F: Int>: FieldElement, OrderedElement, Hashable {
  /// The signed integer that the digits stand for; the least one is W, the next V, and the greatest ∩.
  let code: Storage

  init(code: Storage) { self.code = code }

  /// The format: R digits, of which F are the fraction.
  public static var format: LaegnaFormat { LaegnaFormat(known: R, F, isSigned: true) }

  // MARK: Values

  /// W, less than every number.
  public static var minusInfinity: Self { Self(code: Storage.min) }
  /// V: zero, coming from below. Equal to ``zero``.
  public static var minusZero: Self { Self(code: Storage.min + 1) }
  /// U.
  public static var zero: Self { Self(code: 0) }
  /// ∩, more than every number.
  public static var infinity: Self { Self(code: Storage.max) }
  /// The number nearest to 1.
  public static var one: Self { Self(code: Storage(min(format.scale, format.limit))) }
  /// E...E, the greatest number.
  public static var greatest: Self { Self(code: Storage(format.limit)) }
  /// I...I, the least number.
  public static var least: Self { Self(code: Storage(-format.limit)) }

  /// The number nearest to `value`, see ``LaegnaFormat/encode(nearest:)``; infinities stay what they are.
  public init(_ value: Double) { self.init(nearest: value) }

  /// The number nearest to `value`, see ``LaegnaFormat/encode(nearest:)``; infinities stay what they are.
  public init(nearest value: Double) { self.init(value) { Self.format.encode(nearest: $0) } }

  /// The number whose interval contains `value`, see ``LaegnaFormat/encode(containing:)``; infinities stay what they are.
  public init(containing value: Double) { self.init(value) { Self.format.encode(containing: $0) } }

  private init(_ value: Double, _ encode: (Double) -> Int) {
    if value.isInfinite {
      self = value > 0 ? .infinity : .minusInfinity
    } else {
      code = Storage(encode(value))
    }
  }

  /// The number that is kept as `signed`: nil for what is beyond the range. 0 is U.
  public init?(signed: Int) {
    guard signed.magnitude <= Self.format.limit else { return nil }
    code = Storage(signed)
  }

  /// Reads R digits (`AEIO`; those of the fraction may be small letters that subdivide, `Aeio`) or a boundary value (W, V, U, ∩).
  /// - Throws: an error that says which letter is wrong, and where.
  public init(_ text: String) throws(TensorError) {
    switch LaegnaBoundary.allCases.first(where: { String($0.letter) == text }) {
    case .minusInfinity: self = .minusInfinity
    case .minusZero: self = .minusZero
    case .zero: self = .zero
    case .infinity: self = .infinity
    case nil: code = Storage(try Self.format.integer(of: text))
    }
  }

  /// The number or boundary value of a numeral.
  /// - Throws: where it has another count of digits.
  public init(_ numeral: LaegnaNumeral) throws(TensorError) {
    try self.init(numeral.description)
  }

  // MARK: Parts

  /// Which boundary value this is, if any.
  public var boundary: LaegnaBoundary? {
    switch self {
    case _ where code == Storage.min: .minusInfinity
    case _ where code == Storage.min + 1: .minusZero
    case _ where code == 0: .zero
    case _ where code == Storage.max: .infinity
    default: nil
    }
  }
  /// The signed integer of the digits: 0 for both zeros, nil for infinities.
  public var signed: Int? {
    switch boundary {
    case .infinity, .minusInfinity: nil
    case .zero, .minusZero: 0
    case nil: Int(code)
    }
  }
  /// The digits, or the boundary value.
  public var numeral: LaegnaNumeral { boundary.map { .boundary($0) } ?? Self.format.numeral(Int(code)) }

  /// The real number: s / 4^F.
  public var double: Double {
    switch boundary {
    case .infinity: .infinity
    case .minusInfinity: -.infinity
    case .minusZero: -0.0
    case .zero: 0
    case nil: Self.format.decode(Int(code))
    }
  }

  /// Every digit replaced by that on the other side of zero. Boundary values change with their opposites: U with V, W with ∩.
  public var complement: Self {
    switch boundary {
    case .infinity: .minusInfinity
    case .minusInfinity: .infinity
    case .zero: .minusZero
    case .minusZero: .zero
    case nil: Self(code: -code)
    }
  }

  // MARK: As an element type

  public static var elementName: String { format.name }
  public static var dtype: DType {
    guard MemoryLayout<Storage>.size == format.bytes else {
      report(
        TensorError(
          .dtype, "Laegna",
          "\(format) is kept in \(format.bytes) bytes, and \(Storage.self) has \(MemoryLayout<Storage>.size)"))
      return .float32
    }
    do throws(TensorError) { return try LaegnaFormat(digits: R, fraction: F).dtype } catch {
      report(error)
      return .float32
    }
  }
  public static var kernels: CustomKernels { format.kernels }
  public static var gradient: ElementGradient { .straightThrough(.float32) }
  public static var range: ClosedRange<Double> { format.range }
  public static var fields: [ElementField] { format.fields }
  public static var isOrdered: Bool { true }
  public static func isLess(_ a: Self, _ b: Self) -> Bool { a < b }
  public func text(precision: Int) -> String { description }

  public func apply(_ function: UnaryFunction) -> Self? {
    Self.format.hasUnary(function) ? result { Self.format.unary(function, $0, $1, 1) } : nil
  }

  public func apply(_ function: BinaryFunction, _ other: Self) -> Self? {
    Self.format.hasBinary(function) ? result(other) { Self.format.binary(function, $0, $1, $2, 1) } : nil
  }

  private func result(_ loop: (UnsafeMutableRawPointer, UnsafeRawPointer) -> Void) -> Self {
    var output = self
    withUnsafeBytes(of: self) { x in
      withUnsafeMutableBytes(of: &output) { z in
        if let z = z.baseAddress, let x = x.baseAddress { loop(z, x) }
      }
    }
    return output
  }

  private func result(
    _ other: Self, _ loop: (UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer) -> Void
  ) -> Self {
    result { z, x in withUnsafeBytes(of: other) { y in if let y = y.baseAddress { loop(z, x, y) } } }
  }

  private func applied(_ function: cn_laegna_binary_function, _ other: Self) -> Self {
    result(other) { cn_laegna_binary(Self.format.c, function, $0, $1, $2, 1) }
  }

  /// The sum, rounded to the format.
  public static func sum(_ a: Self, _ b: Self) -> Self { a.applied(CN_ADD, b) }
  /// The difference; of equal finite numbers U.
  public static func difference(_ a: Self, _ b: Self) -> Self { a.applied(CN_SUB, b) }
  /// The product, rounded to the format.
  public static func product(_ a: Self, _ b: Self) -> Self { a.applied(CN_MUL, b) }
  /// The quotient, rounded to the format; of a number by zero ∩ or W, by the sign of the number.
  public static func quotient(_ a: Self, _ b: Self) -> Self { a.applied(CN_DIV, b) }
  /// The number on the other side of zero, for both zeros U.
  public static func negative(_ a: Self) -> Self {
    a.result { cn_laegna_unary(Self.format.c, CN_NEG, $0, $1, 1) }
  }
}

extension Laegna: Comparable, CustomStringConvertible {
  /// V and U are one number here.
  private var ordered: Storage { code == Storage.min + 1 ? 0 : code }
  public static func == (a: Self, b: Self) -> Bool { a.ordered == b.ordered }
  /// By value.
  public static func precedes(_ a: Self, _ b: Self) -> Bool { a.ordered < b.ordered }
  public func hash(into hasher: inout Hasher) { hasher.combine(ordered) }

  /// Whether this is `other` or before it in the order that tells V and U apart: W < negative numbers < V < U < positive
  /// numbers < ∩.
  public func isTotallyOrdered(belowOrEqualTo other: Self) -> Bool {
    if ordered != other.ordered { return ordered < other.ordered }
    return code == other.code || code == Storage.min + 1
  }

  /// The digits in capitals, or a boundary value.
  public var description: String { numeral.description }
  /// The digits, those of the fraction in small letters: `Aeio`.
  public var subdivided: String {
    guard F <= R, case .digits(let digits) = numeral else { return description }
    return String(digits.text.prefix(R - F)) + String(digits.text.suffix(F)).lowercased()
  }
}

/// Laegna numbers of one digit, which stand for -2, -1, 1 and 2.
public typealias Laegna1 = Laegna<Int8, 1, 0>
/// Laegna numbers of two digits from -2 to 2.
public typealias Laegna2 = Laegna<Int8, 2, 1>
/// Laegna numbers of three digits from -2 to 2.
public typealias Laegna3 = Laegna<Int8, 3, 2>
/// Laegna numbers of four digits from -2 to 2.
public typealias Laegna4 = Laegna<Int16, 4, 3>
/// Laegna numbers of five digits from -2 to 2.
public typealias Laegna5 = Laegna<Int16, 5, 4>
/// Laegna numbers of six digits from -2 to 2.
public typealias Laegna6 = Laegna<Int16, 6, 5>
/// Laegna numbers of seven digits from -2 to 2.
public typealias Laegna7 = Laegna<Int16, 7, 6>
/// Laegna numbers of eight digits from -2 to 2.
public typealias Laegna8 = Laegna<Int32, 8, 7>
/// Laegna numbers of nine digits from -2 to 2.
public typealias Laegna9 = Laegna<Int32, 9, 8>
/// Laegna numbers of ten digits from -2 to 2.
public typealias Laegna10 = Laegna<Int32, 10, 9>
/// Laegna numbers of eleven digits from -2 to 2.
public typealias Laegna11 = Laegna<Int32, 11, 10>
/// Laegna numbers of twelve digits from -2 to 2.
public typealias Laegna12 = Laegna<Int32, 12, 11>
/// Laegna numbers of thirteen digits from -2 to 2.
public typealias Laegna13 = Laegna<Int32, 13, 12>
/// Laegna numbers of fourteen digits from -2 to 2.
public typealias Laegna14 = Laegna<Int32, 14, 13>
/// Laegna numbers of fifteen digits from -2 to 2.
public typealias Laegna15 = Laegna<Int32, 15, 14>
