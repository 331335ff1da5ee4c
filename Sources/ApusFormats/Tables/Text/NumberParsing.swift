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
    if end - p <= 19 {
      if end - p >= 8, let eight = eightDigits(p) {
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
    if negative || p.pointee == 43 { p += 1 }
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
      while end - p >= 8, let eight = eightDigits(p) {
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

  /// The number of eight digits, or nil where one of the bytes is none.
  @inline(__always)
  private static func eightDigits(_ p: Bytes) -> UInt64? {
    var word = UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
    let low = word &- 0x3030_3030_3030_3030
    guard (word &+ 0x4646_4646_4646_4646 | low) & 0x8080_8080_8080_8080 == 0 else { return nil }
    // Pairs, then fours, then all of them.
    word = low &* 10 &+ low >> 8
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
