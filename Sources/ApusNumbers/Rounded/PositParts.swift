/// A real number as sign, scale and significand, with what rounding needs to know of digits beyond: what posit patterns are
/// read into and rounded from.
public struct PositParts: Sendable {
  enum Kind { case zero, number, nar }
  var kind: Kind
  var isNegative = false
  /// The power of two of the first digit.
  var scale = 0
  /// The digits; the first, at bit 63, is 1.
  var significand: UInt64 = 0
  /// Whether there are digits beyond that are not 0.
  var isInexact = false

  static var zero: PositParts { PositParts(kind: .zero) }
  static var nar: PositParts { PositParts(kind: .nar) }
  static var one: PositParts { PositParts(kind: .number, significand: 1 << 63) }

  @inline(__always)
  init(kind: Kind, isNegative: Bool = false, scale: Int = 0, significand: UInt64 = 0, isInexact: Bool = false) {
    self.kind = kind
    (self.isNegative, self.scale) = (isNegative, scale)
    (self.significand, self.isInexact) = (significand, isInexact)
  }

  /// A number with digits anywhere: shifts the first one to its place, where there is one.
  @inline(__always)
  init(isNegative: Bool, scaleOfTop: Int, digits: UInt64, isInexact: Bool) {
    if digits == 0 { self = .zero; return }
    let shift = digits.leadingZeroBitCount
    self.init(
      kind: .number, isNegative: isNegative, scale: scaleOfTop - shift, significand: digits << UInt64(shift),
      isInexact: isInexact)
  }

  init(_ value: Double) {
    if value == 0 { self = .zero; return }
    if !value.isFinite { self = .nar; return }
    self.init(
      kind: .number, isNegative: value < 0, scale: Int(value.exponent),
      significand: value.isNormal
        ? (value.significandBitPattern | 1 << 52) << 11
        : value.significandBitPattern << UInt64(value.significandBitPattern.leadingZeroBitCount))
  }

  var double: Double {
    switch kind {
    case .zero: 0
    case .nar: .nan
    // At most 28 digits of a posit: exact.
    case .number:
      Double(sign: isNegative ? .minus : .plus, exponent: scale - 63, significand: Double(significand))
    }
  }

  /// The posit with the pattern `pattern` of `n` bits.
  @inline(__always)
  init(_ pattern: Int64, _ n: Int) {
    if pattern == 0 { self = .zero; return }
    if pattern == -(1 << Int64(n - 1)) { self = .nar; return }
    // Without the sign, from bit 63 on.
    let text = pattern.magnitude << UInt64(65 - n)
    let isLarge = text >> 63 != 0
    let run = isLarge ? (~text).leadingZeroBitCount : text.leadingZeroBitCount
    let regime = isLarge ? run - 1 : -run
    // Behind the regime two bits of exponent, then the fraction; bits that are not there are 0.
    let rest = run + 1 >= 64 ? 0 : text << UInt64(run + 1)
    self.init(
      kind: .number, isNegative: pattern < 0, scale: 4 * regime + Int(rest >> 62),
      significand: 1 << 63 | (rest << 2) >> 1)
  }

  /// The pattern of `n` bits that the number rounds to, extended by its sign.
  @inline(__always)
  func encoded(_ n: Int) -> Int64 {
    if kind == .zero { return 0 }
    if kind == .nar { return -(1 << Int64(n - 1)) }
    let greatest: Int64 = 1 << Int64(n - 1) - 1
    let regime = scale >> 2
    var pattern: Int64
    if regime >= n - 2 {
      pattern = greatest
    } else if regime < 2 - n {
      pattern = 1
    } else {
      // Exponent and fraction, shifted behind the regime.
      let fraction = significand << 1
      var rest = UInt64(scale & 3) << 62 | fraction >> 2
      var isInexact = isInexact || fraction & 3 != 0
      let length = regime >= 0 ? regime + 2 : 1 - regime
      isInexact = isInexact || rest << UInt64(64 - length) != 0
      rest >>= UInt64(length)
      let ones: UInt64 = regime >= 0 ? ~(~0 >> UInt64(regime + 1)) : 1 << UInt64(64 - length)
      let text = ones | rest
      pattern = Int64(text >> UInt64(65 - n))
      let cut = text << UInt64(n - 1)
      let half: UInt64 = 1 << 63
      if cut > half || (cut == half && (isInexact || pattern & 1 != 0)) { pattern += 1 }
      // Nothing rounds to 0, nor beyond the greatest number.
      pattern = min(max(pattern, 1), greatest)
    }
    return isNegative ? -pattern : pattern
  }

  // MARK: Arithmetic

  @inline(__always)
  func plus(_ other: PositParts) -> PositParts {
    if kind == .nar || other.kind == .nar { return .nar }
    if kind == .zero { return other }
    if other.kind == .zero { return self }
    let isFirst = scale > other.scale || (scale == other.scale && significand >= other.significand)
    let (large, small) = isFirst ? (self, other) : (other, self)
    // One place for the carry. Digits shifted out count as a last one: at most 28 digits of 63 are used.
    let distance = UInt64(large.scale - small.scale)
    let digits = small.significand >> 1
    let shifted = distance < 63 ? digits >> distance | (digits << (64 - distance) != 0 && distance > 0 ? 1 : 0) : 1
    let sum =
      large.isNegative == small.isNegative ? large.significand >> 1 + shifted : large.significand >> 1 - shifted
    return PositParts(isNegative: large.isNegative, scaleOfTop: large.scale + 1, digits: sum, isInexact: false)
  }

  @inline(__always)
  func times(_ other: PositParts) -> PositParts {
    if kind == .nar || other.kind == .nar { return .nar }
    if kind == .zero || other.kind == .zero { return .zero }
    return PositParts(
      isNegative: isNegative != other.isNegative, scaleOfTop: scale + other.scale + 1,
      digits: (significand >> 32) * (other.significand >> 32), isInexact: false)
  }

  @inline(__always)
  func divided(by other: PositParts) -> PositParts {
    if kind == .nar || other.kind != .number { return .nar }
    if kind == .zero { return .zero }
    // At least 31 digits of the quotient, and whether there are more.
    let (quotient, rest) = (significand >> 1).quotientAndRemainder(dividingBy: other.significand >> 32)
    return PositParts(
      isNegative: isNegative != other.isNegative, scaleOfTop: scale - other.scale + 32, digits: quotient,
      isInexact: rest != 0)
  }

  var squareRoot: PositParts {
    if kind == .zero { return self }
    if kind == .nar || isNegative { return .nar }
    // The root of a whole number below 2⁶⁴ at an even scale.
    let digits = scale & 1 == 0 ? significand >> 1 : significand
    var root = UInt64(Double(digits).squareRoot())
    while root > UInt64(UInt32.max) || root * root > digits { root -= 1 }
    while root < UInt64(UInt32.max), (root + 1) * (root + 1) <= digits { root += 1 }
    return PositParts(
      isNegative: false, scaleOfTop: scale >> 1 + 32, digits: root, isInexact: root * root != digits)
  }
}
