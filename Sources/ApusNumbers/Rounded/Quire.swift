/// A sum of posits and of their products on the way.
public protocol PositQuire: BitwiseCopyable, Sendable {
  /// The sum of nothing.
  init()
  /// Adds the product of two posits, exactly.
  mutating func add(_ a: PositParts, _ b: PositParts)
  /// The sum, to be rounded.
  var rounded: PositParts { get }
}

/// A quire: a whole number of 64 `words` bits in two's complement that counts the square of the least posit, so that every sum
/// of products of posits (of up to 2³¹ terms) is exact; posits of n bits take 16 n. The lowest number of all is NaR.
public struct FixedQuire<let words: Int>: PositQuire {
  /// From the lowest word on.
  private var bits = InlineArray<words, UInt64>(repeating: 0)

  public init() {}

  /// The bit that stands for 1: n bits have products down to 2 to the power of 16 - 8 n.
  @inline(__always) private static var unit: Int { 32 * words - 16 }

  private var isNaR: Bool {
    guard bits[words - 1] == 1 << 63 else { return false }
    for i in 0..<words - 1 where bits[i] != 0 { return false }
    return true
  }

  @inline(__always)
  public mutating func add(_ a: PositParts, _ b: PositParts) {
    if a.kind == .zero && b.kind != .nar || b.kind == .zero && a.kind != .nar || isNaR { return }
    if a.kind == .nar || b.kind == .nar {
      bits = InlineArray(repeating: 0)
      bits[words - 1] = 1 << 63
      return
    }
    // The product of at most 32 digits each: its last bit has the scale of both less 62.
    let digits = (a.significand >> 32) * (b.significand >> 32)
    let place = a.scale + b.scale - 62 + Self.unit
    // What lies below the last place is 0: products of posits end there.
    let (low, high, word): (UInt64, UInt64, Int)
    if place < 0 {
      (low, high, word) = (digits >> UInt64(-place), 0, 0)
    } else {
      let shift = UInt64(place & 63)
      (low, high, word) = (digits << shift, shift == 0 ? 0 : digits >> (64 - shift), place >> 6)
    }
    if a.isNegative == b.isNegative { add(low, high, at: word) } else { subtract(low, high, at: word) }
  }

  @inline(__always)
  private mutating func add(_ low: UInt64, _ high: UInt64, at word: Int) {
    var (sum, carry) = bits[word].addingReportingOverflow(low)
    bits[word] = sum
    var next = high
    var i = word + 1
    while i < words, next != 0 || carry {
      let (withCarry, overflow) = next.addingReportingOverflow(carry ? 1 : 0)
      (sum, carry) = bits[i].addingReportingOverflow(withCarry)
      carry = carry || overflow
      bits[i] = sum
      next = 0
      i += 1
    }
  }

  @inline(__always)
  private mutating func subtract(_ low: UInt64, _ high: UInt64, at word: Int) {
    var (sum, borrow) = bits[word].subtractingReportingOverflow(low)
    bits[word] = sum
    var next = high
    var i = word + 1
    while i < words, next != 0 || borrow {
      let (withBorrow, overflow) = next.addingReportingOverflow(borrow ? 1 : 0)
      (sum, borrow) = bits[i].subtractingReportingOverflow(withBorrow)
      borrow = borrow || overflow
      bits[i] = sum
      next = 0
      i += 1
    }
  }

  public var rounded: PositParts {
    if isNaR { return .nar }
    let isNegative = bits[words - 1] >> 63 != 0
    var size = bits
    if isNegative {
      var carry = true
      for i in 0..<words { (size[i], carry) = (~size[i]).addingReportingOverflow(carry ? 1 : 0) }
    }
    var top = words - 1
    while top >= 0, size[top] == 0 { top -= 1 }
    if top < 0 { return .zero }
    let shift = UInt64(size[top].leadingZeroBitCount)
    let below = top > 0 ? size[top - 1] : 0
    var isInexact = below << shift != 0
    for i in 0..<max(top - 1, 0) where size[i] != 0 { isInexact = true }
    return PositParts(
      kind: .number, isNegative: isNegative, scale: 64 * top + 63 - Int(shift) - Self.unit,
      significand: size[top] << shift | (shift == 0 ? 0 : below >> (64 - shift)), isInexact: isInexact)
  }
}
