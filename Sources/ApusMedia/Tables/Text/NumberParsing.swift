/// Numbers in text, as Arrow's readers take them. All of these take the bytes of one field.
enum NumberParsing {
  typealias Bytes = UnsafePointer<UInt8>

  /// Skips blanks and tabs at both ends.
  @inline(__always)
  static func trim(_ start: inout Bytes, _ end: inout Bytes) {
    while start < end, start.pointee == 32 || start.pointee == 9 { start += 1 }
    while end > start, end[-1] == 32 || end[-1] == 9 { end -= 1 }
  }

  /// An integer of type `T`: digits with a minus before them where the type has a sign, or `0x` and hexadecimal digits.
  @inline(__always)
  static func integer<T: FixedWidthInteger>(_ bytes: Bytes, _ count: Int, as type: T.Type) -> T? {
    var p = bytes
    var end = bytes + count
    trim(&p, &end)
    guard p < end else { return nil }
    var negative = false
    if T.isSigned, p.pointee == 45 {
      negative = true
      p += 1
    }
    if end - p > 2, p.pointee == 48, p[1] | 32 == 120 { return hexadecimal(p + 2, end, negative) }
    while end - p > 1, p.pointee == 48 { p += 1 }
    guard p < end, end - p <= 20 else { return nil }
    var value: UInt64 = 0
    if end - p <= 8 {
      guard let digits = eightDigits(rightmost(p, end - p)) else { return nil }
      value = digits
    } else if end - p <= 19 {
      if let eight = eightDigits(word(p)) {
        value = eight
        p += 8
      }
      while p < end {
        let digit = p.pointee &- 48
        guard digit <= 9 else { return nil }
        value = value &* 10 &+ UInt64(digit)
        p += 1
      }
    } else {
      while p < end {
        let digit = p.pointee &- 48
        guard digit <= 9 else { return nil }
        let (tens, over) = value.multipliedReportingOverflow(by: 10)
        let (sum, more) = tens.addingReportingOverflow(UInt64(digit))
        guard !over, !more else { return nil }
        value = sum
        p += 1
      }
    }
    if negative {
      if value == 1 << 63 { return T(exactly: Int64.min) }
      return Int64(exactly: value).flatMap { T(exactly: -$0) }
    }
    return T(exactly: value)
  }

  private static func hexadecimal<T: FixedWidthInteger>(_ start: Bytes, _ end: Bytes, _ negative: Bool) -> T? {
    guard end - start <= T.bitWidth / 4 else { return nil }
    var value: UInt64 = 0
    var p = start
    while p < end {
      let c = p.pointee
      let digit: UInt8
      switch c {
      case 48...57: digit = c - 48
      case 65...70, 97...102: digit = (c | 32) - 87
      default: return nil
      }
      value = value << 4 | UInt64(digit)
      p += 1
    }
    let result = T(truncatingIfNeeded: value)
    return negative ? 0 &- result : result
  }

  /// A number in double precision, rounded correctly: digits with a point and an exponent, or `inf`, `infinity`, `nan` in any
  /// letters.
  @inline(__always)
  static func double(
    _ bytes: Bytes, _ count: Int, point: UInt8 = 46, rounding: DoubleRounding = .shared
  ) -> Double? {
    var start = bytes
    var end = bytes + count
    trim(&start, &end)
    guard start < end else { return nil }
    var p = start
    let negative = p.pointee == 45
    // Signs come as they like: no branches.
    p += (p.pointee &- 43) & 0xfd == 0 ? 1 : 0
    if let value = short(p, end - p, point, rounding) {
      return Double(bitPattern: value.bitPattern ^ (negative ? 1 << 63 : 0))
    }
    let first = p
    var mantissa: UInt64 = 0
    while p < end {
      let digit = p.pointee &- 48
      guard digit <= 9 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      p += 1
    }
    var digits = p - first
    var exponent = 0
    if p < end, p.pointee == point {
      p += 1
      let fraction = p
      while end - p >= 8, let eight = eightDigits(word(p)) {
        mantissa = mantissa &* 100_000_000 &+ eight
        p += 8
      }
      while p < end {
        let digit = p.pointee &- 48
        guard digit <= 9 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        p += 1
      }
      exponent = fraction - p
      digits -= exponent
    }
    guard digits > 0 else { return special(first, end, negative) }
    if p < end {
      guard p.pointee | 32 == 101 else { return nil }
      p += 1
      let below = p < end && p.pointee == 45
      if p < end, p.pointee == 45 || p.pointee == 43 { p += 1 }
      guard p < end else { return nil }
      var written = 0
      while p < end {
        let digit = p.pointee &- 48
        guard digit <= 9 else { return nil }
        if written < 100_000 { written = written * 10 + Int(digit) }
        p += 1
      }
      exponent += below ? -written : written
    }
    if digits > 19, significant(first, end) > 19 { return slow(start, end, point) }
    guard let value = rounding.value(mantissa, exponent) else { return slow(start, end, point) }
    return negative ? -value : value
  }

  /// The digits of a number of at most eight before a point in its first eight bytes and at most eight behind it, as an integer
  /// and a power of ten; nil for all others, which need not be wrong.
  @inline(__always)
  private static func short(_ p: Bytes, _ count: Int, _ point: UInt8, _ rounding: DoubleRounding) -> Double? {
    guard count > 1 else { return nil }
    let first = count < 8 ? leftmost(p, count) : word(p)
    let difference = first ^ UInt64(point) &* 0x0101_0101_0101_0101
    let found = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    let place = found.trailingZeroBitCount >> 3
    let behind = count &- place &- 1
    guard found != 0, behind <= 8 else { return nil }
    let zeros: UInt64 = 0x3030_3030_3030_3030
    let ahead = UInt64(truncatingIfNeeded: 8 &* place)
    if count <= 8 {
      // All digits in one word, without the point.
      let joined = first & (1 &<< ahead &- 1) | ((first &>> ahead) &>> 8) &<< ahead
      let bits = UInt64(truncatingIfNeeded: 8 &* count &- 8)
      guard let digits = eightDigits(joined &<< (64 &- bits) | zeros &>> bits) else { return nil }
      return rounding.value(digits, 0 &- behind)
    }
    // Zeros before the digits in the places that they leave.
    let whole = place == 0 ? zeros : first &<< (64 &- ahead) | zeros &>> ahead
    let rest = UInt64(truncatingIfNeeded: 8 &* behind)
    let part =
      behind == 8 ? word(p + count - 8) : (word(p + count - 8) &>> (64 &- rest)) &<< (64 &- rest) | zeros &>> rest
    guard let before = eightDigits(whole), let after = eightDigits(part) else { return nil }
    return rounding.value(before &* power(behind) &+ after, 0 &- behind)
  }

  /// 10 to the power of 1 to 8.
  @inline(__always)
  private static func power(_ exponent: Int) -> UInt64 {
    // By squares, without a table that would have to be made first.
    let ones = exponent & 1 != 0 ? 10 : 1 as UInt64
    let twos = exponent & 2 != 0 ? 100 : 1 as UInt64
    let fours = exponent & 4 != 0 ? 10_000 : exponent & 8 != 0 ? 100_000_000 : 1 as UInt64
    return ones &* twos &* fours
  }

  @inline(__always)
  private static func word(_ p: Bytes) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
  }

  /// Fewer than eight bytes as a word whose first byte is the lowest; the others are 0.
  @inline(__always)
  static func leftmost(_ p: Bytes, _ count: Int) -> UInt64 {
    let bytes = UnsafeRawPointer(p)
    if count >= 4 {
      let low = UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
      let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
      return UInt64(low) | UInt64(high) &<< UInt64(truncatingIfNeeded: 8 &* count &- 32)
    }
    if count == 0 { return 0 }
    let middle = count >> 1
    return UInt64(p[0]) | UInt64(p[middle]) << UInt64(8 * middle) | UInt64(p[count - 1]) << UInt64(8 * count - 8)
  }

  /// Up to eight digits with zeros before them.
  @inline(__always)
  private static func rightmost(_ p: Bytes, _ count: Int) -> UInt64 {
    if count == 8 { return word(p) }
    return leftmost(p, count) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)
      | 0x3030_3030_3030_3030 &>> UInt64(truncatingIfNeeded: 8 &* count)
  }

  /// The number of eight digits, of which the first is the lowest byte, or nil where one of the bytes is none.
  @inline(__always)
  private static func eightDigits(_ word: UInt64) -> UInt64? {
    let low = word &- 0x3030_3030_3030_3030
    guard (word &+ 0x4646_4646_4646_4646 | low) & 0x8080_8080_8080_8080 == 0 else { return nil }
    // Pairs, then fours, then all of them.
    let word = low &* 10 &+ low >> 8
    return
      ((word & 0x0000_00ff_0000_00ff) &* 0x000f_4240_0000_0064
      &+ (word >> 16 & 0x0000_00ff_0000_00ff) &* 0x0000_2710_0000_0001) >> 32
  }

  /// How many digits there are from the first one that is not zero.
  private static func significant(_ start: Bytes, _ end: Bytes) -> Int {
    var count = 0
    var p = start
    while p < end, p.pointee | 32 != 101 {
      if p.pointee >= 48, p.pointee <= 57, count > 0 || p.pointee != 48 { count += 1 }
      p += 1
    }
    return count
  }

  private static func special(_ start: Bytes, _ end: Bytes, _ negative: Bool) -> Double? {
    let is_ = { (word: StaticString) -> Bool in
      word.utf8CodeUnitCount == end - start && (0..<(end - start)).allSatisfy { start[$0] | 32 == word.utf8Start[$0] }
    }
    if is_("inf") || is_("infinity") { return negative ? -.infinity : .infinity }
    return is_("nan") ? .nan : nil
  }

  /// By the standard library, for the few numbers whose digits do not decide at once.
  private static func slow(_ start: Bytes, _ end: Bytes, _ point: UInt8) -> Double? {
    let text = UnsafeBufferPointer(start: start, count: end - start).map { $0 == point ? 46 : $0 }
    return Double(String(decoding: text, as: UTF8.self))
  }

  /// A number in single precision, rounded once.
  static func float(_ bytes: Bytes, _ count: Int, point: UInt8 = 46) -> Float? {
    guard let wide = double(bytes, count, point: point) else { return nil }
    let result = Float(wide)
    // A double in the middle between two floats may have been rounded to there: the text decides. The bits that a float
    // lacks are then 1 and zeros; among subnormal ones there are more of them.
    let missing = wide.bitPattern & 0x1fff_ffff
    guard wide.isFinite, missing == 0x1000_0000 || abs(wide) < 0x1p-125 && wide != 0 else { return result }
    var start = bytes
    var end = bytes + count
    trim(&start, &end)
    let text = UnsafeBufferPointer(start: start, count: end - start).map { $0 == point ? 46 : $0 }
    return Float(String(decoding: text, as: UTF8.self)) ?? result
  }
}
