/// The double nearest to `mantissa * 10^exponent`, by the method of D. Lemire, "Number Parsing at a Gigabyte per Second"
/// (2021): a product with the first 128 bits of the power of five decides almost always.
struct DoubleRounding: @unchecked Sendable {
  /// The one table. Loops fetch it before they begin.
  static let shared = DoubleRounding()

  /// The powers 5^-342 ... 5^308, the highest bit first: two words each.
  private let powers: UnsafePointer<UInt64> = makePowers()
  private static let smallest = -342
  private static let largest = 308

  /// The powers of ten that doubles hold exactly.
  private let exact: UnsafePointer<Double> = {
    let table = UnsafeMutablePointer<Double>.allocate(capacity: 23)
    var power = 1.0
    for i in 0..<23 {
      table[i] = power
      power *= 10
    }
    return UnsafePointer(table)
  }()

  /// The value, or nil where more digits than these have to decide.
  @inline(__always)
  func value(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    // Both factors are exact, so that the product or quotient is rounded once.
    if mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
      return exponent < 0 ? Double(mantissa) / exact[-exponent] : Double(mantissa) * exact[exponent]
    }
    return rounded(mantissa, exponent)
  }

  private func rounded(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    if mantissa == 0 || exponent < Self.smallest { return 0 }
    if exponent > Self.largest { return .infinity }
    let shift = mantissa.leadingZeroBitCount
    let w = mantissa << UInt64(shift)
    let index = 2 * (exponent - Self.smallest)
    var (high, low) = w.multipliedFullWidth(by: powers[index])
    if high & 0x1ff == 0x1ff {
      let second = w.multipliedFullWidth(by: powers[index + 1]).high
      low = low &+ second
      if second > low { high += 1 }
    }
    if low == .max, exponent < -27 || exponent > 55 { return nil }
    let upper = Int(high >> 63)
    let kept = UInt64(upper + 9)
    var bits = high >> kept
    var power = ((217_706 * exponent) >> 16) + 63 + upper - shift + 1023
    if power <= 0 {
      // Subnormal.
      if 1 - power >= 64 { return 0 }
      bits >>= UInt64(1 - power)
      bits += bits & 1
      bits >>= 1
      return Double(bitPattern: bits)
    }
    if low <= 1, exponent >= -4, exponent <= 23, bits & 3 == 1, bits << kept == high { bits &= ~1 }
    bits += bits & 1
    bits >>= 1
    if bits >= 2 << 52 {
      bits = 1 << 52
      power += 1
    }
    if power >= 0x7ff { return .infinity }
    return Double(bitPattern: UInt64(power) << 52 | bits & ~(1 << 52))
  }

  /// The table, by long multiplication and division: the powers' first 128 bits, cut off, but rounded up from
  /// 5^-27 to 5^-1, as the method asks.
  private static func makePowers() -> UnsafePointer<UInt64> {
    let table = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * (largest - smallest + 1))
    var number: [UInt32] = [1]
    for power in 0...largest {
      let top = firstBits(number)
      (table[2 * (power - smallest)], table[2 * (power - smallest) + 1]) = (top.high, top.low)
      var carry: UInt64 = 0
      for i in number.indices {
        let product = UInt64(number[i]) * 5 + carry
        number[i] = UInt32(truncatingIfNeeded: product)
        carry = product >> 32
      }
      if carry > 0 { number.append(UInt32(carry)) }
    }
    // 2^b / 5^n by repeated division, with more bits than are kept.
    number = [UInt32](repeating: 0, count: 40) + [1]
    for power in (smallest..<0).reversed() {
      var rest: UInt64 = 0
      for i in number.indices.reversed() {
        let value = rest << 32 | UInt64(number[i])
        number[i] = UInt32(value / 5)
        rest = value % 5
      }
      var top = firstBits(number)
      if power >= -27 {
        top.low &+= 1
        if top.low == 0 { top.high &+= 1 }
      }
      (table[2 * (power - smallest)], table[2 * (power - smallest) + 1]) = (top.high, top.low)
    }
    return UnsafePointer(table)
  }

  /// The first 128 bits of a number, from its highest one on.
  private static func firstBits(_ number: [UInt32]) -> (high: UInt64, low: UInt64) {
    guard let top = number.lastIndex(where: { $0 != 0 }) else { return (0, 0) }
    var words = (0..<5).map { top - $0 >= 0 ? number[top - $0] : 0 }
    let shift = UInt32(words[0].leadingZeroBitCount)
    if shift > 0 {
      for i in 0..<4 { words[i] = words[i] << shift | words[i + 1] >> (32 - shift) }
    }
    return (UInt64(words[0]) << 32 | UInt64(words[1]), UInt64(words[2]) << 32 | UInt64(words[3]))
  }
}
