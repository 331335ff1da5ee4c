import ApusCore
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reads a JSON text from left to right without making values of it: large lists of numbers become elements of tensors
/// as they are read. The bytes outlive it.
struct JSONCursor {
  let text: UnsafeBufferPointer<UInt8>
  var position = 0
  /// How many values may lie in each other.
  static let deepest = 64
  /// The most bytes of a value of which nodes are made.
  static let largestValue = 1 << 20

  init(_ text: UnsafeBufferPointer<UInt8>, from position: Int = 0) {
    self.text = text
    self.position = position
  }

  func mistake(_ what: String) -> ServeError {
    ServeError(400, "failed to parse the request JSON buffer: expected \(what) at byte \(position)")
  }

  var current: UInt8? { position < text.count ? text[position] : nil }

  @inline(__always)
  mutating func skipSpace() {
    while position < text.count, text[position] <= 32 { position += 1 }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// What the next value begins with.
  mutating func peek() -> UInt8? {
    skipSpace()
    return current
  }

  /// Checks that nothing follows.
  mutating func end() throws(ServeError) {
    skipSpace()
    guard position == text.count else { throw mistake("the end") }
  }

  /// Reads an object: `body` is called for each member and must read or skip its value.
  mutating func object(_ body: (String, inout JSONCursor) throws(ServeError) -> Void) throws(ServeError) {
    guard take("{") else { throw mistake("'{'") }
    if take("}") { return }
    while true {
      let key = try string()
      guard take(":") else { throw mistake("':'") }
      try body(key, &self)
      if take("}") { return }
      guard take(",") else { throw mistake("',' or '}'") }
    }
  }

  /// Reads a list: `body` is called for each item and must read or skip it.
  mutating func list(_ body: (inout JSONCursor) throws(ServeError) -> Void) throws(ServeError) {
    guard take("[") else { throw mistake("'['") }
    if take("]") { return }
    while true {
      try body(&self)
      if take("]") { return }
      guard take(",") else { throw mistake("',' or ']'") }
    }
  }

  mutating func string() throws(ServeError) -> String { String(decoding: try bytes(), as: UTF8.self) }

  /// The bytes of a text.
  mutating func bytes() throws(ServeError) -> [UInt8] {
    guard take("\"") else { throw mistake("a text in quotes") }
    let start = position
    while let c = current, c != UInt8(ascii: "\""), c != UInt8(ascii: "\\") { position += 1 }
    var out = Array(text[start..<position])
    while let c = current {
      position += 1
      if c == UInt8(ascii: "\"") { return out }
      guard c == UInt8(ascii: "\\") else {
        out.append(c)
        continue
      }
      do throws(ByteJSON.Mistake) {
        out += (Unicode.Scalar(try ByteJSON.escape(text, at: &position)) ?? "\u{fffd}").utf8
      } catch {
        throw mistake("an escape")
      }
    }
    throw mistake("the end of a text")
  }

  /// Goes over the next value. Gives where it stands.
  @discardableResult
  mutating func skip(depth: Int = 0) throws(ServeError) -> Range<Int> {
    skipSpace()
    let start = position
    var open: [UInt8] = []
    repeat {
      skipSpace()
      guard let c = current else { throw mistake("a value") }
      switch c {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard open.count + depth < Self.deepest else {
          throw mistake("fewer than \(Self.deepest) values in each other")
        }
        open.append(c + 2)
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard open.last == c else { throw mistake("a value") }
        open.removeLast()
        position += 1
      case UInt8(ascii: "\""):
        position += 1
        while let c = current, c != UInt8(ascii: "\"") { position += c == UInt8(ascii: "\\") ? 2 : 1 }
        guard current != nil else { throw mistake("the end of a text") }
        position += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard !open.isEmpty else { throw mistake("a value") }
        position += 1
      default:
        let first = position
        while let c = current, isWord(c) { position += 1 }
        guard position > first else { throw mistake("a value") }
      }
    } while !open.isEmpty
    return start..<position
  }

  private func isWord(_ c: UInt8) -> Bool {
    (48...57).contains(c) || (97...122).contains(c) || (65...90).contains(c) || c == 43 || c == 45 || c == 46
  }

  /// The next value as one of JSON, where it is short.
  mutating func value() throws(ServeError) -> JSON {
    let range = try skip()
    guard range.count <= Self.largestValue else {
      throw ServeError(
        400, "a value of the request has \(range.count) bytes; at most \(Self.largestValue) are taken there")
    }
    do { return JSON(try ByteJSON(parsing: Array(text[range]), deepest: Self.deepest)) } catch {
      throw ServeError(400, "failed to parse the request JSON buffer: \(error)")
    }
  }

  // MARK: Numbers

  /// A number as it is written: whole where it fits 64 bits, else a fraction.
  enum Number {
    case whole(magnitude: UInt64, isNegative: Bool)
    case fraction(Double)

    var double: Double {
      switch self {
      case .whole(let magnitude, let isNegative): isNegative ? -Double(magnitude) : Double(magnitude)
      case .fraction(let value): value
      }
    }
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21,
    1e22,
  ]

  private mutating func word(_ word: StaticString) -> Bool {
    guard text.count - position >= word.utf8CodeUnitCount else { return false }
    for i in 0..<word.utf8CodeUnitCount where text[position + i] != word.utf8Start[i] { return false }
    position += word.utf8CodeUnitCount
    return true
  }

  /// Takes `null` where it comes next.
  mutating func takeNull() -> Bool {
    skipSpace()
    return word("null")
  }

  /// The next number; true is 1 and false 0, and Python's `NaN` and `Infinity` are read.
  mutating func number() throws(ServeError) -> Number {
    skipSpace()
    let start = position
    if let c = current, c > 57 {
      if word("true") { return .whole(magnitude: 1, isNegative: false) }
      if word("false") { return .whole(magnitude: 0, isNegative: false) }
      if word("NaN") { return .fraction(.nan) }
      if word("Infinity") { return .fraction(.infinity) }
      throw mistake("a number")
    }
    let isNegative = current == UInt8(ascii: "-")
    if isNegative {
      position += 1
      if word("Infinity") { return .fraction(-.infinity) }
    }
    var magnitude: UInt64 = 0
    var digits = 0
    var power = 0
    let first = position
    while let c = current, c &- 48 <= 9 {
      if digits < 19 { magnitude = magnitude &* 10 &+ UInt64(c &- 48) } else { power += 1 }
      if digits > 0 || c != 48 { digits += 1 }
      position += 1
    }
    guard position > first else { throw mistake("a number") }
    var isWhole = true
    if current == UInt8(ascii: ".") {
      isWhole = false
      position += 1
      let behind = position
      while let c = current, c &- 48 <= 9 {
        if digits < 19 {
          magnitude = magnitude &* 10 &+ UInt64(c &- 48)
          power -= 1
        }
        if digits > 0 || c != 48 { digits += 1 }
        position += 1
      }
      guard position > behind else { throw mistake("a digit") }
    }
    if let c = current, c | 32 == UInt8(ascii: "e") {
      isWhole = false
      position += 1
      let sign = current
      if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position += 1 }
      var exponent = 0
      let behind = position
      while let c = current, c &- 48 <= 9 {
        if exponent < 100_000 { exponent = exponent * 10 + Int(c &- 48) }
        position += 1
      }
      guard position > behind else { throw mistake("a digit") }
      power += sign == UInt8(ascii: "-") ? -exponent : exponent
    }
    if isWhole, digits <= 19 { return .whole(magnitude: magnitude, isNegative: isNegative) }
    // Both are exact as they stand, so that the one rounding is the right one.
    if digits <= 19, magnitude < 1 << 53, -22...22 ~= power {
      let value = power < 0 ? Double(magnitude) / Self.powers[-power] : Double(magnitude) * Self.powers[power]
      return .fraction(isNegative ? -value : value)
    }
    if isWhole, let value = UInt64(String(decoding: text[first..<position], as: UTF8.self)) {
      return .whole(magnitude: value, isNegative: isNegative)
    }
    guard let value = Double(String(decoding: text[start..<position], as: UTF8.self)) else { throw mistake("a number") }
    return .fraction(value)
  }
}
