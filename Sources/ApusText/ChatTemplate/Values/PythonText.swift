#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// How Python writes numbers and text, and which characters it takes for white space.

/// Whether Python's `str.isspace` holds of a character.
func isPythonSpace(_ c: Unicode.Scalar) -> Bool {
  switch c.value {
  case 9...13, 28...32, 0x85, 0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000: true
  default: false
  }
}

/// A number as `repr` writes it: the shortest digits that give the number back.
func pythonText(_ value: Double) -> String {
  if value.isNaN { return "nan" }
  if value.isInfinite { return value < 0 ? "-inf" : "inf" }
  if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
  let (digits, exponent) = shortestDigits(value.magnitude)
  let sign = value < 0 ? "-" : ""
  if exponent < -4 || exponent >= 16 {
    let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
    let size = String(exponent.magnitude)
    return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(size.count < 2 ? "0" + size : size)"
  }
  if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
  if digits.count <= exponent + 1 {
    return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
  }
  return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
}

/// The shortest digits that give `value` back, and the exponent of ten of the first one.
private func shortestDigits(_ value: Double) -> (String, Int) {
  let text = value.description
  let parts = text.split(separator: "e", maxSplits: 1)
  let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  let halves = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
  let whole = halves[0]
  let all = whole + (halves.count > 1 ? halves[1] : "")
  let leading = all.prefix { $0 == "0" }.count
  var digits = String(all.dropFirst(leading))
  while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
  return (digits, whole.count - 1 - leading + exponent)
}

/// A number with a fixed number of digits (`format` is one of C's, with a star for the digits).
func formatted(_ value: Double, _ format: String, digits: Int) -> String {
  let digits = Int32(max(0, min(digits, 1000)))
  return withVaList([digits, value]) { list in
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1500) { buffer in
      let n = vsnprintf(buffer.baseAddress, buffer.count, format, list)
      return String(
        decoding: buffer.prefix(max(0, min(Int(n), buffer.count - 1))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

/// Text in quotes, as `repr` writes it.
func pythonRepr(_ text: String) -> String {
  let quote: Unicode.Scalar = text.utf8.contains(39) && !text.utf8.contains(34) ? "\"" : "'"
  var out = String.UnicodeScalarView()
  out.append(quote)
  for c in text.unicodeScalars {
    switch c {
    case "\\", quote:
      out.append("\\")
      out.append(c)
    case "\n": out.append(contentsOf: "\\n".unicodeScalars)
    case "\r": out.append(contentsOf: "\\r".unicodeScalars)
    case "\t": out.append(contentsOf: "\\t".unicodeScalars)
    case _ where isPythonPrintable(c): out.append(c)
    default:
      let (letter, width) = c.value < 0x100 ? ("x", 2) : c.value < 0x10000 ? ("u", 4) : ("U", 8)
      let digits = String(c.value, radix: 16)
      out.append(
        contentsOf: "\\\(letter)\(String(repeating: "0", count: width - digits.count))\(digits)".unicodeScalars)
    }
  }
  out.append(quote)
  return String(out)
}

/// Whether Python's `str.isprintable` holds of a character.
func isPythonPrintable(_ c: Unicode.Scalar) -> Bool {
  if c == " " { return true }
  if c.value < 127 { return c.value > 32 }
  switch c.properties.generalCategory {
  case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
    return false
  default: return true
  }
}

/// Text with the characters of HTML escaped, as MarkupSafe does.
func htmlEscaped(_ text: String) -> String {
  var out = String.UnicodeScalarView()
  for c in text.unicodeScalars {
    switch c {
    case "&": out.append(contentsOf: "&amp;".unicodeScalars)
    case "<": out.append(contentsOf: "&lt;".unicodeScalars)
    case ">": out.append(contentsOf: "&gt;".unicodeScalars)
    case "'": out.append(contentsOf: "&#39;".unicodeScalars)
    case "\"": out.append(contentsOf: "&#34;".unicodeScalars)
    default: out.append(c)
    }
  }
  return String(out)
}

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The present moment, as C's `strftime` writes it in local time.
func presentTime(_ format: String) -> String {
  var now = time(nil)
  var parts = tm()
  guard !format.isEmpty, localtime_r(&now, &parts) != nil else { return "" }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
    let n = strftime(buffer.baseAddress, buffer.count, format, &parts)
    return String(decoding: buffer.prefix(n).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Where `part` is for the first time from `start` on.
  func firstPlace(of part: [UInt8], from start: Int) -> Int? {
    guard start >= 0, start <= count else { return nil }
    if part.isEmpty { return start }
    let last = count - part.count
    guard start <= last else { return nil }
    return withUnsafeBufferPointer { whole in
      part.withUnsafeBufferPointer { part in
        guard let base = whole.baseAddress, let needle = part.baseAddress else { return nil }
        var place = start
        while place <= last, let found = memchr(base + place, Int32(part[0]), last - place + 1) {
          place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
          if memcmp(found, needle, part.count) == 0 { return place }
          place += 1
        }
        return nil
      }
    }
  }

  /// Where `part` is for the last time, ending at `end` at the latest.
  func lastPlace(of part: [UInt8], until end: Int) -> Int? {
    guard part.count <= end, end <= count else { return nil }
    var place = end - part.count
    while place >= 0 {
      if self[place..<place + part.count].elementsEqual(part) { return place }
      place -= 1
    }
    return nil
  }
}
