/// A JSON value whose texts are bytes of UTF-8 and whose objects keep their order: the entries of a vocabulary differ where
/// strings of Swift, which compare characters, would be equal.
enum ByteJSON: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(ArraySlice<UInt8>)
  case array([ByteJSON])
  case object([(key: ArraySlice<UInt8>, value: ByteJSON)])

  /// How deep values may lie in each other.
  static let deepest = 128

  /// Reads one document.
  /// - Throws: where the text stops being JSON.
  init(parsing bytes: [UInt8]) throws(Mistake) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Mistake(description: "the text is not UTF-8")
    }
    var parser = ByteJSONParser(bytes: bytes)
    self = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.expected("the end") }
  }

  /// What is wrong with a text.
  struct Mistake: Error {
    let description: String
  }

  /// The last member of that name.
  subscript(_ name: StaticString) -> ByteJSON? {
    guard case .object(let members) = self else { return nil }
    let key = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    return members.last { $0.key.elementsEqual(key) }?.value
  }

  var kind: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let bytes): "'\(text(bytes.prefix(60)))'"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

private struct ByteJSONParser {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  func expected(_ what: String) -> ByteJSON.Mistake {
    ByteJSON.Mistake(description: "expected \(what) at byte \(position)")
  }

  mutating func skipSpace() {
    while let c = current, c == 32 || c == 10 || c == 13 || c == 9 { position += 1 }
  }

  mutating func take(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for i in 0..<count where bytes[position + i] != word.utf8Start[i] { return false }
    position += count
    return true
  }

  mutating func value(depth: Int) throws(ByteJSON.Mistake) -> ByteJSON {
    guard depth < ByteJSON.deepest else { throw expected("fewer than \(ByteJSON.deepest) values in each other") }
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
    var members: [(key: ArraySlice<UInt8>, value: ByteJSON)] = []
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw expected("a name") }
      let key = try string()
      skipSpace()
      guard take(":") else { throw expected("':'") }
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw expected("',' or '}'") }
    }
  }

  private mutating func list(depth: Int) throws(ByteJSON.Mistake) -> ByteJSON {
    position += 1
    var items: [ByteJSON] = []
    skipSpace()
    if take("]") { return .array(items) }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(items) }
      guard take(",") else { throw expected("',' or ']'") }
    }
  }

  private mutating func number() throws(ByteJSON.Mistake) -> ByteJSON {
    let start = position
    if take("NaN") { return .double(.nan) }
    if take("Infinity") { return .double(.infinity) }
    if take("-Infinity") { return .double(-.infinity) }
    while let c = current, (48...57).contains(c) || c == 43 || c == 45 || c == 46 || c == 69 || c == 101 {
      position += 1
    }
    let digits = text(bytes[start..<position])
    if let value = Int(digits) { return .int(value) }
    guard let value = Double(digits) else { throw expected("a value") }
    return .double(value)
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
      position += 1
    }
    throw expected("the end of a text")
  }

  private mutating func escapedString(from start: Int) throws(ByteJSON.Mistake) -> ArraySlice<UInt8> {
    var out = Array(bytes[start..<position])
    while let c = current {
      position += 1
      if c == UInt8(ascii: "\"") { return out[...] }
      guard c == UInt8(ascii: "\\") else {
        out.append(c)
        continue
      }
      guard let escape = current else { break }
      position += 1
      switch escape {
      case UInt8(ascii: "n"): out.append(10)
      case UInt8(ascii: "t"): out.append(9)
      case UInt8(ascii: "r"): out.append(13)
      case UInt8(ascii: "b"): out.append(8)
      case UInt8(ascii: "f"): out.append(12)
      case UInt8(ascii: "u"): out.append(scalar: try escapedScalar())
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(escape)
      default: throw expected("an escape that there is")
      }
    }
    throw expected("the end of a text")
  }

  private mutating func escapedScalar() throws(ByteJSON.Mistake) -> UInt32 {
    let code = try hexadecimal()
    guard (0xd800..<0xdc00).contains(code) else { return code }
    let place = position
    guard take("\\u") else { return 0xfffd }
    let second = try hexadecimal()
    guard (0xdc00..<0xe000).contains(second) else {
      position = place
      return 0xfffd
    }
    return 0x10000 + (code - 0xd800) << 10 + (second - 0xdc00)
  }

  private mutating func hexadecimal() throws(ByteJSON.Mistake) -> UInt32 {
    guard position + 4 <= bytes.count, let code = UInt32(text(bytes[position..<position + 4]), radix: 16) else {
      throw expected("four hexadecimal digits")
    }
    position += 4
    return code
  }
}
