/// Reads the text of a JSON document.
struct ByteJSONReader {
  /// The text, of which texts are slices.
  let bytes: [UInt8]
  /// The same, to be looked at.
  let text: UnsafeBufferPointer<UInt8>
  let deepest: Int
  let refusesRepeatedNames: Bool
  let isStrict: Bool
  private var position = 0

  init(
    bytes: [UInt8], text: UnsafeBufferPointer<UInt8>, deepest: Int, refusesRepeatedNames: Bool, isStrict: Bool
  ) {
    self.bytes = bytes
    self.text = text
    self.deepest = deepest
    self.refusesRepeatedNames = refusesRepeatedNames
    self.isStrict = isStrict
  }

  mutating func document() throws(ByteJSON.Mistake) -> ByteJSON {
    let value = try value(depth: 0)
    skipSpace()
    guard position == text.count else { throw expected("the end") }
    return value
  }

  private var current: UInt8? { position < text.count ? text[position] : nil }

  private func expected(_ what: String) -> ByteJSON.Mistake {
    ByteJSON.Mistake(description: "expected \(what) at byte \(position)")
  }

  private mutating func skipSpace() {
    while let c = current, c == 32 || c == 10 || c == 13 || c == 9 { position += 1 }
  }

  private mutating func take(_ character: UInt8) -> Bool {
    guard current == character else { return false }
    position += 1
    return true
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard position + count <= text.count else { return false }
    for i in 0..<count where text[position + i] != word.utf8Start[i] { return false }
    position += count
    return true
  }

  private mutating func value(depth: Int) throws(ByteJSON.Mistake) -> ByteJSON {
    guard depth < deepest else { throw expected("fewer than \(deepest) values in each other") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    default:
      if take("true") { return .bool(true) }
      if take("false") { return .bool(false) }
      if take("null") { return .null }
      return try number()
    }
  }

  private mutating func object(depth: Int) throws(ByteJSON.Mistake) -> ByteJSON {
    position += 1
    var members: [ByteJSON.Member] = []
    var names: Set<String> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw expected("a name in quotes") }
      let key = try string()
      if refusesRepeatedNames {
        let name = String(decoding: key, as: UTF8.self)
        guard names.insert(name).inserted else {
          throw expected("another name than '\(name)', which is there already,")
        }
      }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw expected("':'") }
      members.append(ByteJSON.Member(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw expected("',' or '}'") }
    }
  }

  private mutating func list(depth: Int) throws(ByteJSON.Mistake) -> ByteJSON {
    position += 1
    var items: [ByteJSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(items) }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(items) }
      guard take(UInt8(ascii: ",")) else { throw expected("',' or ']'") }
    }
  }

  /// A number, or one of those that Python writes though JSON has no names for them.
  private mutating func number() throws(ByteJSON.Mistake) -> ByteJSON {
    let start = position
    if !isStrict, take("NaN") || take("Infinity") || take("-Infinity") { return .real(bytes[start..<position]) }
    let isNegative = take(UInt8(ascii: "-"))
    var magnitude: UInt = 0
    var fits = true
    let first = position
    while let digit = digit() {
      let (ten, over) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, overSum) = ten.addingReportingOverflow(digit)
      if over || overSum { fits = false }
      magnitude = sum
    }
    guard position > first else { throw expected("a value") }
    guard !isStrict || position == first + 1 || text[first] != UInt8(ascii: "0") else {
      throw expected("a number that does not begin with 0")
    }
    var isWhole = true
    if take(UInt8(ascii: ".")) {
      isWhole = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
      try digits()
    }
    if isWhole, fits {
      if !isNegative, let value = Int(exactly: magnitude) { return .int(value) }
      if isNegative, magnitude <= UInt(Int.max) + 1 { return .int(Int(truncatingIfNeeded: 0 &- magnitude)) }
    }
    return .real(bytes[start..<position])
  }

  private mutating func digit() -> UInt? {
    guard let c = current, c &- 48 <= 9 else { return nil }
    position += 1
    return UInt(c &- 48)
  }

  private mutating func digits() throws(ByteJSON.Mistake) {
    guard digit() != nil else { throw expected("a digit") }
    while digit() != nil {}
  }

  private mutating func string() throws(ByteJSON.Mistake) -> ArraySlice<UInt8> {
    position += 1
    let start = position
    while let c = current {
      if c == UInt8(ascii: "\"") {
        position += 1
        return bytes[start..<position - 1]
      }
      if c == UInt8(ascii: "\\") { return try escapedString(from: start) }
      try checkLetter(c)
      position += 1
    }
    throw expected("the end of a text")
  }

  private mutating func escapedString(from start: Int) throws(ByteJSON.Mistake) -> ArraySlice<UInt8> {
    var out = Array(text[start..<position])
    while let c = current {
      position += 1
      if c == UInt8(ascii: "\"") { return out[...] }
      guard c == UInt8(ascii: "\\") else {
        try checkLetter(c)
        out.append(c)
        continue
      }
      let code: UInt32
      do throws(ByteJSON.Mistake) { code = try ByteJSON.escape(text, at: &position) } catch {
        throw ByteJSON.Mistake(description: "\(error.description) at byte \(position)")
      }
      let scalar = Unicode.Scalar(code)
      guard scalar != nil || !isStrict else { throw expected("the other half of a character") }
      // Half a character reads as an unknown one.
      out += (scalar ?? "\u{fffd}").utf8
    }
    throw expected("the end of a text")
  }

  /// - Throws: where a text may not have this byte as it is.
  private func checkLetter(_ c: UInt8) throws(ByteJSON.Mistake) {
    guard c >= 32 || !isStrict else { throw expected("no control character in a text") }
  }
}

extension ByteJSON {
  /// What an escape stands for whose backslash ends before `position`: a scalar, or half a pair of surrogates that stands alone.
  package static func escape(_ text: UnsafeBufferPointer<UInt8>, at position: inout Int) throws(Mistake) -> UInt32 {
    guard position < text.count else { throw Mistake(description: "a text does not end; the file is cut short") }
    let escape = text[position]
    position += 1
    switch escape {
    case UInt8(ascii: "n"): return 10
    case UInt8(ascii: "t"): return 9
    case UInt8(ascii: "r"): return 13
    case UInt8(ascii: "b"): return 8
    case UInt8(ascii: "f"): return 12
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt32(escape)
    case UInt8(ascii: "u"): break
    default:
      position -= 1
      throw Mistake(description: "'\\\(Character(Unicode.Scalar(escape)))' is no escape")
    }
    let code = try hexadecimal(text, at: &position)
    let place = position
    guard code & 0xfc00 == 0xd800, place + 1 < text.count, text[place] == UInt8(ascii: "\\"),
      text[place + 1] == UInt8(ascii: "u")
    else { return code }
    position += 2
    let low = try hexadecimal(text, at: &position)
    guard low & 0xfc00 == 0xdc00 else {
      // Half a character, and then another.
      position = place
      return code
    }
    return 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
  }

  private static func hexadecimal(_ text: UnsafeBufferPointer<UInt8>, at position: inout Int) throws(Mistake) -> UInt32
  {
    var code: UInt32 = 0
    for i in position..<position + 4 {
      guard i < text.count, let digit = hexadecimalDigit(text[i]) else {
        throw Mistake(description: "expected four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
    }
    position += 4
    return code
  }

  private static func hexadecimalDigit(_ c: UInt8) -> UInt8? {
    switch c {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): c - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): c - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): c - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
