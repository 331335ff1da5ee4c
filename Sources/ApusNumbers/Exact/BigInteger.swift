/// A whole number of any size: a sign and the digits of its magnitude to base 2³², the lowest first. As much of it as exact fractions
/// need; products and quotients are those of school (Knuth, The Art of Computer Programming, volume 2, section 4.3.1).
struct BigInteger: Hashable, Sendable {
  private(set) var isNegative: Bool
  /// Without leading zeros; 0 has none.
  private(set) var digits: [UInt32]

  static var zero: BigInteger { BigInteger(digits: []) }
  static var one: BigInteger { BigInteger(digits: [1]) }

  private init(digits: [UInt32], isNegative: Bool = false) {
    var digits = digits
    while digits.last == 0 { digits.removeLast() }
    self.digits = digits
    self.isNegative = isNegative && !digits.isEmpty
  }

  init(_ value: Int128) {
    var (rest, digits) = (value.magnitude, [UInt32]())
    while rest != 0 {
      digits.append(UInt32(truncatingIfNeeded: rest))
      rest >>= 32
    }
    self.init(digits: digits, isNegative: value < 0)
  }

  /// The number, if it is one of 64 bits and not the lowest.
  var small: Int64? {
    guard digits.count <= 2 else { return nil }
    var magnitude: UInt64 = 0
    for digit in digits.reversed() { magnitude = magnitude << 32 | UInt64(digit) }
    guard magnitude <= UInt64(Int64.max) else { return nil }
    return isNegative ? -Int64(magnitude) : Int64(magnitude)
  }

  var isZero: Bool { digits.isEmpty }
  var magnitude: BigInteger { BigInteger(digits: digits) }
  /// The number of binary digits of the magnitude.
  var bitWidth: Int { digits.last.map { digits.count * 32 - $0.leadingZeroBitCount } ?? 0 }

  static prefix func - (a: BigInteger) -> BigInteger { BigInteger(digits: a.digits, isNegative: !a.isNegative) }

  static func + (a: BigInteger, b: BigInteger) -> BigInteger {
    if a.isNegative == b.isNegative { return BigInteger(digits: sum(a.digits, b.digits), isNegative: a.isNegative) }
    return isLess(a.digits, b.digits)
      ? BigInteger(digits: difference(b.digits, a.digits), isNegative: b.isNegative)
      : BigInteger(digits: difference(a.digits, b.digits), isNegative: a.isNegative)
  }

  static func - (a: BigInteger, b: BigInteger) -> BigInteger { a + -b }

  static func * (a: BigInteger, b: BigInteger) -> BigInteger {
    if a.isZero || b.isZero { return .zero }
    var digits = [UInt32](repeating: 0, count: a.digits.count + b.digits.count)
    for (i, x) in a.digits.enumerated() {
      var carry: UInt64 = 0
      for (j, y) in b.digits.enumerated() {
        let next = UInt64(x) * UInt64(y) + UInt64(digits[i + j]) + carry
        digits[i + j] = UInt32(truncatingIfNeeded: next)
        carry = next >> 32
      }
      digits[i + b.digits.count] = UInt32(carry)
    }
    return BigInteger(digits: digits, isNegative: a.isNegative != b.isNegative)
  }

  static func < (a: BigInteger, b: BigInteger) -> Bool {
    if a.isNegative != b.isNegative { return a.isNegative }
    return a.isNegative ? isLess(b.digits, a.digits) : isLess(a.digits, b.digits)
  }

  static func << (a: BigInteger, count: Int) -> BigInteger {
    let (words, bits) = (count / 32, UInt64(count % 32))
    var digits = [UInt32](repeating: 0, count: words)
    var carry: UInt64 = 0
    for digit in a.digits {
      let next = UInt64(digit) << bits | carry
      digits.append(UInt32(truncatingIfNeeded: next))
      carry = next >> 32
    }
    return BigInteger(digits: digits + [UInt32(carry)], isNegative: a.isNegative)
  }

  /// The quotient without its fraction, and the rest, which has the sign of this number. The divisor is not 0.
  func dividedWithRest(by divisor: BigInteger) -> (quotient: BigInteger, rest: BigInteger) {
    let (quotient, rest) = Self.quotient(digits, divisor.digits)
    return (
      BigInteger(digits: quotient, isNegative: isNegative != divisor.isNegative),
      BigInteger(digits: rest, isNegative: isNegative)
    )
  }

  /// The greatest common divisor of the magnitudes, by Euclid's algorithm.
  static func gcd(_ a: BigInteger, _ b: BigInteger) -> BigInteger {
    var (a, b) = (a.magnitude, b.magnitude)
    while !b.isZero {
      if let x = a.small, let y = b.small { return BigInteger(Int128(ApusNumbers.gcd(UInt64(x), UInt64(y)))) }
      (a, b) = (b, a.dividedWithRest(by: b).rest)
    }
    return a
  }

  /// The number to base 10.
  var text: String {
    if isZero { return "0" }
    var (groups, rest) = ([UInt32](), digits)
    while !rest.isEmpty {
      var remainder: UInt64 = 0
      for i in rest.indices.reversed() {
        let next = remainder << 32 | UInt64(rest[i])
        rest[i] = UInt32(next / 1_000_000_000)
        remainder = next % 1_000_000_000
      }
      while rest.last == 0 { rest.removeLast() }
      groups.append(UInt32(remainder))
    }
    let first = "\(groups.removeLast())"
    let others = groups.reversed().map { group in
      let digits = "\(group)"
      return String(repeating: "0", count: 9 - digits.utf8.count) + digits
    }
    return (isNegative ? "-" : "") + first + others.joined()
  }

  /// The nearest number to numerator / denominator.
  static func quotient(_ numerator: BigInteger, _ denominator: BigInteger) -> Double {
    if numerator.isZero { return 0 }
    // At least 64 binary digits of the quotient, and whether there are more.
    let shift = 66 - (numerator.bitWidth - denominator.bitWidth)
    let (n, d) = shift >= 0 ? (numerator.magnitude << shift, denominator) : (numerator.magnitude, denominator << -shift)
    let (quotient, rest) = n.dividedWithRest(by: d)
    let excess = quotient.bitWidth - 64
    let (top, below) = quotient.dividedWithRest(by: .one << excess)
    var bits: UInt64 = 0
    for digit in top.digits.reversed() { bits = bits << 32 | UInt64(digit) }
    if !below.isZero || !rest.isZero { bits |= 1 }
    return Double(sign: numerator.isNegative ? .minus : .plus, exponent: excess - shift, significand: Double(bits))
  }

  // MARK: Digits

  private static func isLess(_ a: [UInt32], _ b: [UInt32]) -> Bool {
    if a.count != b.count { return a.count < b.count }
    for i in a.indices.reversed() where a[i] != b[i] { return a[i] < b[i] }
    return false
  }

  private static func sum(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    let (long, short) = a.count >= b.count ? (a, b) : (b, a)
    var (digits, carry) = (long, UInt64(0))
    for i in long.indices {
      if i >= short.count && carry == 0 { break }
      let next = UInt64(long[i]) + UInt64(i < short.count ? short[i] : 0) + carry
      digits[i] = UInt32(truncatingIfNeeded: next)
      carry = next >> 32
    }
    if carry != 0 { digits.append(UInt32(carry)) }
    return digits
  }

  /// a - b, where b is not greater.
  private static func difference(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var (digits, borrow) = (a, Int64(0))
    for i in a.indices {
      if i >= b.count && borrow == 0 { break }
      let next = Int64(a[i]) - Int64(i < b.count ? b[i] : 0) - borrow
      digits[i] = UInt32(truncatingIfNeeded: next)
      borrow = next < 0 ? 1 : 0
    }
    return digits
  }

  /// Knuth's algorithm D.
  private static func quotient(_ a: [UInt32], _ b: [UInt32]) -> ([UInt32], [UInt32]) {
    if isLess(a, b) { return ([], a) }
    if b.count == 1 {
      var (digits, rest) = (a, UInt64(0))
      for i in a.indices.reversed() {
        let next = rest << 32 | UInt64(a[i])
        digits[i] = UInt32(next / UInt64(b[0]))
        rest = next % UInt64(b[0])
      }
      return (digits, [UInt32(rest)])
    }
    // With a leading digit of at least half the base the guesses are off by two at most.
    let shift = b[b.count - 1].leadingZeroBitCount
    let divisor = (BigInteger(digits: b) << shift).digits
    var rest = (BigInteger(digits: a) << shift).digits
    while rest.count <= a.count { rest.append(0) }
    let n = divisor.count
    var digits = [UInt32](repeating: 0, count: rest.count - n)
    for j in digits.indices.reversed() {
      let top = UInt64(rest[j + n]) << 32 | UInt64(rest[j + n - 1])
      var (guess, left) = (top / UInt64(divisor[n - 1]), top % UInt64(divisor[n - 1]))
      while guess >> 32 != 0 || guess * UInt64(divisor[n - 2]) > left << 32 | UInt64(rest[j + n - 2]) {
        guess -= 1
        left += UInt64(divisor[n - 1])
        if left >> 32 != 0 { break }
      }
      var (carry, borrow): (UInt64, Int64) = (0, 0)
      for i in 0..<n {
        let product = guess * UInt64(divisor[i]) + carry
        carry = product >> 32
        let next = Int64(rest[i + j]) - Int64(product & 0xffff_ffff) - borrow
        rest[i + j] = UInt32(truncatingIfNeeded: next)
        borrow = next < 0 ? 1 : 0
      }
      let next = Int64(rest[j + n]) - Int64(carry) - borrow
      rest[j + n] = UInt32(truncatingIfNeeded: next)
      if next < 0 {
        // One too many: a divisor goes back.
        guess -= 1
        var carry: UInt64 = 0
        for i in 0..<n {
          let sum = UInt64(rest[i + j]) + UInt64(divisor[i]) + carry
          rest[i + j] = UInt32(truncatingIfNeeded: sum)
          carry = sum >> 32
        }
        rest[j + n] &+= UInt32(carry)
      }
      digits[j] = UInt32(guess)
    }
    return (digits, shiftedDown(rest, shift))
  }

  private static func shiftedDown(_ digits: [UInt32], _ count: Int) -> [UInt32] {
    digits.indices.map { i in
      let above = i + 1 < digits.count ? UInt64(digits[i + 1]) : 0
      return UInt32(truncatingIfNeeded: (above << 32 | UInt64(digits[i])) >> UInt64(count))
    }
  }
}

/// The greatest common divisor; 0 and x have x.
func gcd(_ a: UInt64, _ b: UInt64) -> UInt64 {
  var (a, b) = (a, b)
  if a == 0 || b == 0 { return a | b }
  let shift = UInt64((a | b).trailingZeroBitCount)
  a >>= UInt64(a.trailingZeroBitCount)
  while b != 0 {
    b >>= UInt64(b.trailingZeroBitCount)
    (a, b) = a < b ? (a, b - a) : (b, a - b)
  }
  return a << shift
}
