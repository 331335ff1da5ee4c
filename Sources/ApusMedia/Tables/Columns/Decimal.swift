/// Decimals: integers of up to 256 bits in two's complement, little endian, and a power of ten.
enum DecimalText {
  /// The digits of a number, with `scale` of them behind the point (zeros in front of it where it is negative).
  static func text(_ bytes: some Collection<UInt8>, scale: Int) -> String {
    var words = [UInt32](repeating: 0, count: (bytes.count + 3) / 4)
    for (i, byte) in bytes.enumerated() { words[i / 4] |= UInt32(byte) << (8 * UInt32(i % 4)) }
    let negative = words.last.map { $0 >> 31 == 1 } ?? false
    if negative {
      var carry = true
      for i in words.indices {
        words[i] = ~words[i]
        if carry { (words[i], carry) = words[i].addingReportingOverflow(1) }
      }
    }
    var digits: [UInt8] = []
    while let top = words.lastIndex(where: { $0 != 0 }) {
      var rest: UInt64 = 0
      for i in (0...top).reversed() {
        let value = rest << 32 | UInt64(words[i])
        words[i] = UInt32(value / 1_000_000_000)
        rest = value % 1_000_000_000
      }
      for _ in 0..<9 {
        digits.append(UInt8(48 + rest % 10))
        rest /= 10
      }
    }
    while digits.last == 48 { digits.removeLast() }
    return (negative ? "-" : "") + placed(digits, scale)
  }

  /// As Python's decimals print: with an exponent where the scale is negative or the number very small.
  private static func placed(_ reversed: [UInt8], _ scale: Int) -> String {
    var digits = reversed
    if digits.isEmpty { digits = [48] }
    let text = { (bytes: ArraySlice<UInt8>) in String(decoding: bytes.reversed(), as: UTF8.self) }
    if scale == 0 { return text(digits[...]) }
    // The power of ten of the first digit.
    let leading = digits.count - 1 - scale
    if scale < 0 || leading < -6 {
      let first = text(digits[(digits.count - 1)...])
      let rest = digits.count > 1 ? "." + text(digits[..<(digits.count - 1)]) : ""
      return "\(first)\(rest)E\(leading < 0 ? "" : "+")\(leading)"
    }
    while digits.count <= scale { digits.append(48) }
    return text(digits[scale...]) + "." + text(digits[..<scale])
  }

  /// The integer that `text` is times 10^scale, in `width` bytes; nil where it is no number, has more digits behind the
  /// point than `scale`, or more than `precision` digits.
  static func bytes(_ text: UnsafeRawBufferPointer, width: Int, precision: Int, scale: Int) -> [UInt8]? {
    var position = 0
    var negative = false
    if position < text.count, text[position] == 45 || text[position] == 43 {
      negative = text[position] == 45
      position += 1
    }
    var digits: [UInt8] = []
    var behind = 0
    var point = false
    var found = false
    while position < text.count {
      let c = text[position]
      if c == 46, !point {
        point = true
      } else if c >= 48, c <= 57 {
        found = true
        digits.append(c - 48)
        if point { behind += 1 }
      } else {
        break
      }
      position += 1
      guard digits.count <= 4096 else { return nil }
    }
    guard found else { return nil }
    if position < text.count {
      guard text[position] | 32 == 101,
        let exponent = Int(String(decoding: text[(position + 1)...], as: UTF8.self)), abs(exponent) < 4096
      else { return nil }
      behind -= exponent
    }
    while behind < scale {
      digits.append(0)
      behind += 1
      guard digits.count <= 8192 else { return nil }
    }
    while behind > scale {
      guard digits.isEmpty || digits.removeLast() == 0 else { return nil }
      behind -= 1
    }
    guard digits.drop(while: { $0 == 0 }).count <= precision else { return nil }
    return integer(digits, negative: negative, width: width)
  }

  private static func integer(_ digits: [UInt8], negative: Bool, width: Int) -> [UInt8]? {
    var result = [UInt8](repeating: 0, count: width)
    for digit in digits {
      var carry = UInt32(digit)
      for i in 0..<width {
        let value = UInt32(result[i]) * 10 + carry
        result[i] = UInt8(truncatingIfNeeded: value)
        carry = value >> 8
      }
      guard carry == 0 else { return nil }
    }
    guard let top = result.last, top < 128 else { return nil }
    if negative {
      var carry = true
      for i in 0..<width {
        result[i] = ~result[i]
        if carry { (result[i], carry) = result[i].addingReportingOverflow(1) }
      }
    }
    return result
  }
}

/// Half precision by its bits, on machines without the type too.
enum HalfBits {
  static func double(_ bits: UInt16) -> Double {
    let sign: Double = bits >> 15 == 1 ? -1 : 1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 1023)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
