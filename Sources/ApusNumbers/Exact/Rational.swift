import ApusCore

/// A rational number, exactly: a fraction of whole numbers of any size, in lowest terms.
///
/// Nothing is rounded: sums, products and quotients are what they are, and `Exact.solve`, `Exact.inverse` and the like solve
/// equations exactly. Numbers of other types become the fractions that they are (0.1 is 3602879701896397/36028797018963968);
/// for others there is `Rational(1, 10)`. x / 0 is not a number, which no comparison holds of.
///
///     let hilbert = 1 / (arange(5).unsqueeze(1) + arange(5) + 1).to(.rational)
///     print(Exact.inverse(hilbert))  // whole numbers
///
/// **Memory.** Elements of tensors are plain bytes, so a fraction whose parts do not fit into 64 bits is kept in a pool, once, and
/// the element has its number. The pool keeps fractions for the life of the program, since nothing says when the last element
/// that stands for one is gone; ``releasing(_:)`` runs a computation and gives back what was made in it.
public struct Rational: FieldElement, OrderedElement, Hashable, CustomStringConvertible {
  /// The numerator of a small fraction, or the number of one in the pool.
  private let numerator: Int64
  /// The denominator of a small fraction, which is positive; 0 for what is not a number and -1 for a fraction in the pool.
  private let denominator: Int64

  private init(small numerator: Int64, _ denominator: Int64) {
    (self.numerator, self.denominator) = (numerator, denominator)
  }

  /// numerator / denominator; not a number where the denominator is 0.
  public init(_ numerator: Int, _ denominator: Int = 1) { self.init(reducing: Int128(numerator), Int128(denominator)) }

  /// The fraction that a number is; infinities and NaN are not numbers.
  public init(_ value: Double) {
    guard value.isFinite else {
      self = .nan
      return
    }
    // A whole number of 53 bits times a power of two.
    let exponent = value == 0 ? 0 : max(Int(value.exponent), -1022) - 52
    let whole = BigInteger(Int128(value / Double(sign: .plus, exponent: exponent, significand: 1)))
    self.init(
      exponent >= 0 ? BigFraction(whole << exponent, .one) : BigFraction(whole, .one << -exponent))
  }

  /// What is not a number.
  public static var nan: Rational { Rational(small: 0, 0) }
  /// Whether this is not a number.
  public var isNaN: Bool { denominator == 0 || (denominator < 0 && Self.kept(numerator) == nil) }

  /// n / d, of 128 bits: the parts of results of small fractions.
  private init(reducing n: Int128, _ d: Int128) {
    if d == 0 {
      self = .nan
    } else if let n = Int64(exactly: n), let d = Int64(exactly: d), n != .min, d != .min {
      let divisor = Int64(gcd(n.magnitude, d.magnitude)) * (d < 0 ? -1 : 1)
      self.init(small: n / divisor, d / divisor)
    } else {
      self.init(BigFraction(BigInteger(n), BigInteger(d)))
    }
  }

  private init(_ fraction: BigFraction) {
    if let n = fraction.numerator.small, let d = fraction.denominator.small {
      self.init(small: n, d)
    } else {
      self.init(small: Self.keep(fraction), -1)
    }
  }

  /// The fraction with parts of any size; nil if this is not a number.
  private var fraction: BigFraction? {
    if denominator > 0 { return BigFraction(BigInteger(Int128(numerator)), BigInteger(Int128(denominator))) }
    return denominator < 0 ? Self.kept(numerator) : nil
  }

  public var double: Double {
    if denominator > 0, numerator.magnitude < 1 << 53, denominator < 1 << 53 {
      return Double(numerator) / Double(denominator)
    }
    return fraction.map { BigInteger.quotient($0.numerator, $0.denominator) } ?? .nan
  }

  /// A fraction in the pool means nothing to another program.
  public var isSelfContained: Bool { denominator >= 0 }

  public static var elementName: String { "rational" }
  public static var zero: Rational { Rational(small: 0, 1) }
  public static var one: Rational { Rational(small: 1, 1) }
  /// The rules of calculus hold, exactly.
  public static var gradient: ElementGradient { .calculus }
  /// A denominator of -1 says that the numerator is a number in the pool of the program that wrote it.
  public static var fields: [ElementField] {
    [ElementField("numerator", .int64), ElementField("denominator", .int64, offset: 8)]
  }

  /// What is not a number equals nothing.
  public static func == (a: Rational, b: Rational) -> Bool {
    a.numerator == b.numerator && a.denominator == b.denominator && !a.isNaN
  }

  public static func precedes(_ a: Rational, _ b: Rational) -> Bool {
    if a.denominator > 0, b.denominator > 0 {
      return Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
    }
    guard let x = a.fraction, let y = b.fraction else { return false }
    return x.numerator * y.denominator < y.numerator * x.denominator
  }

  public static func sum(_ a: Rational, _ b: Rational) -> Rational {
    if a.denominator > 0, b.denominator > 0 {
      let (n, m) = (Int128(a.numerator), Int128(b.numerator))
      if a.denominator == 1, b.denominator == 1 { return Rational(reducing: n + m, 1) }
      // Knuth, section 4.5.1: common divisors of 64 bits alone, each below 2¹²⁷.
      let common = gcd(UInt64(a.denominator), UInt64(b.denominator))
      let (left, right) = (UInt64(a.denominator) / common, UInt64(b.denominator) / common)
      let sum = n * Int128(right) + m * Int128(left)
      let divisor = gcd(UInt64(sum.magnitude % UInt128(common)), common)
      return Rational(inLowestTerms: sum / Int128(divisor), Int128(left) * (Int128(UInt64(b.denominator) / divisor)))
    }
    guard let x = a.fraction, let y = b.fraction else { return .nan }
    return Rational(
      BigFraction(x.numerator * y.denominator + y.numerator * x.denominator, x.denominator * y.denominator))
  }

  /// The difference.
  public static func difference(_ a: Rational, _ b: Rational) -> Rational { a + -b }

  /// The number that gives 0 with this one.
  public static func negative(_ a: Rational) -> Rational {
    a.denominator > 0
      ? Rational(small: -a.numerator, a.denominator)
      : a.fraction.map { Rational(BigFraction(-$0.numerator, $0.denominator)) } ?? .nan
  }

  public static func product(_ a: Rational, _ b: Rational) -> Rational {
    if a.denominator > 0, b.denominator > 0 {
      let first = Int64(gcd(a.numerator.magnitude, UInt64(b.denominator)))
      let second = Int64(gcd(b.numerator.magnitude, UInt64(a.denominator)))
      return Rational(
        inLowestTerms: Int128(a.numerator / first) * Int128(b.numerator / second),
        Int128(a.denominator / second) * Int128(b.denominator / first))
    }
    guard let x = a.fraction, let y = b.fraction else { return .nan }
    return Rational(BigFraction(x.numerator * y.numerator, x.denominator * y.denominator))
  }

  /// The quotient; not a number where `b` is 0.
  public static func quotient(_ a: Rational, _ b: Rational) -> Rational { a * b.inverse }

  /// 1 divided by this number; not a number of 0.
  public var inverse: Rational {
    if denominator > 0 {
      return numerator == 0
        ? .nan : numerator < 0 ? Rational(small: -denominator, -numerator) : Rational(small: denominator, numerator)
    }
    return fraction.map { Rational(BigFraction($0.denominator, $0.numerator)) } ?? .nan
  }

  /// A fraction of 128 bits that has no common divisor.
  private init(inLowestTerms n: Int128, _ d: Int128) {
    if let n = Int64(exactly: n), let d = Int64(exactly: d), n != .min {
      self.init(small: n, d)
    } else {
      self.init(BigFraction(BigInteger(n), BigInteger(d)))
    }
  }

  /// This number times itself; a negative exponent takes the inverse.
  public func power(_ exponent: Int) -> Rational {
    var (result, base, rest) = (Rational.one, exponent < 0 ? inverse : self, exponent.magnitude)
    while rest > 0 {
      if rest & 1 == 1 { result = result * base }
      rest >>= 1
      if rest > 0 { base = base * base }
    }
    return result
  }

  /// The greatest whole number that is not above this one.
  private var floor: Rational {
    guard let fraction else { return .nan }
    let (quotient, rest) = fraction.numerator.dividedWithRest(by: fraction.denominator)
    return Rational(BigFraction(rest.isNegative ? quotient - .one : quotient, .one))
  }

  public func apply(_ function: UnaryFunction) -> Rational? {
    switch function {
    case .neg: return -self
    case .abs: return self < .zero ? -self : self
    case .sign: return isNaN ? self : self < .zero ? -Rational.one : self == .zero ? .zero : .one
    case .relu: return self < .zero ? .zero : self
    case .square: return self * self
    case .reciprocal: return inverse
    case .isnan: return isNaN ? .one : .zero
    case .floor: return floor
    case .ceil: return -((-self).floor)
    case .trunc: return self < .zero ? -((-self).floor) : floor
    case .round:
      // Halves to the even number.
      let (below, half) = (floor, Rational(1, 2))
      let isEven = (below * half).floor + (below * half).floor == below
      let rest = self - below
      return isNaN ? self : half < rest || (rest == half && !isEven) ? below + .one : below
    default: return nil
    }
  }

  /// Differences, quotients, and powers to whole numbers below 4,096; other powers are not numbers.
  public func apply(_ function: BinaryFunction, _ other: Rational) -> Rational? {
    switch function {
    case .sub: self - other
    case .div: self / other
    // Powers that are no whole number are no fractions, and those of great ones have no room.
    case .pow: other.denominator == 1 && other.numerator.magnitude < 4096 ? power(Int(other.numerator)) : .nan
    default: nil
    }
  }

  /// The fraction, or where that is long its decimal value.
  public func text(precision: Int) -> String {
    let text = description
    return text.utf8.count <= 40 ? text : "≈\(decimalText(double, precision))"
  }

  /// The whole fraction.
  public var description: String {
    guard let fraction else { return "nan" }
    return fraction.denominator == .one
      ? fraction.numerator.text : "\(fraction.numerator.text)/\(fraction.denominator.text)"
  }
}

extension DType {
  /// Exact fractions, see ``Rational``.
  public static var rational: DType { Rational.dtype }
}
