import ApusFormats

/// The text format of protocol buffers, as far as configurations of models use it: `name: value`, `name { ... }`, `name
/// [ ... ]`. What is read is an object in which the values of each name are a list.
struct TextFormat {
  struct Mistake: Error, CustomStringConvertible { let description: String }

  private let text: [UInt8]
  private var position = 0

  private init(_ text: [UInt8]) { self.text = text }

  /// Reads a text.
  /// - Throws: the line and what is expected there.
  static func parse(_ text: String) throws(Mistake) -> JSON {
    var reader = TextFormat(Array(text.utf8))
    let value = try reader.fields(depth: 0)
    guard reader.position == reader.text.count else { throw reader.expected("a name") }
    return value
  }

  private func expected(_ what: String) -> Mistake {
    let line = text[..<min(position, text.count)].reduce(1) { $0 + ($1 == 10 ? 1 : 0) }
    return Mistake(description: "expected \(what) in line \(line)")
  }

  private var current: UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let c = current {
      if c == UInt8(ascii: "#") {
        while let c = current, c != 10 { position += 1 }
      } else if c <= 32 || c == UInt8(ascii: ",") || c == UInt8(ascii: ";") {
        position += 1
      } else {
        return
      }
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func word() -> String? {
    skipSpace()
    let start = position
    while let c = current,
      (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || "_.+-".utf8.contains(c)
    { position += 1 }
    return position > start ? String(decoding: text[start..<position], as: UTF8.self) : nil
  }

  private mutating func fields(depth: Int) throws(Mistake) -> JSON {
    guard depth < 32 else { throw expected("fewer messages in each other") }
    var members: [String: JSON] = [:]
    while let name = word() {
      let hasColon = take(":")
      var values: [JSON] = []
      if take("[") {
        while !take("]") { values.append(try value(depth: depth)) }
      } else {
        skipSpace()
        guard hasColon || current == UInt8(ascii: "{") || current == UInt8(ascii: "<") else { throw expected("':'") }
        values = [try value(depth: depth)]
      }
      members[name] = .array((members[name]?.array ?? []) + values)
    }
    return .object(members)
  }

  private mutating func value(depth: Int) throws(Mistake) -> JSON {
    if take("{") {
      let value = try fields(depth: depth + 1)
      guard take("}") else { throw expected("'}'") }
      return value
    }
    skipSpace()
    if let c = current, c == UInt8(ascii: "\"") || c == UInt8(ascii: "'") { return .string(try quoted()) }
    guard let word = word() else { throw expected("a value") }
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: return Int(word).map { .int($0) } ?? Double(word).map { .double($0) } ?? .string(word)
    }
  }

  /// Texts in quotes; several behind each other are one.
  private mutating func quoted() throws(Mistake) -> String {
    var bytes: [UInt8] = []
    while let quote = current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      position += 1
      while let c = current, c != quote {
        position += 1
        guard c == UInt8(ascii: "\\"), let escaped = current else {
          bytes.append(c)
          continue
        }
        position += 1
        switch escaped {
        case UInt8(ascii: "n"): bytes.append(10)
        case UInt8(ascii: "t"): bytes.append(9)
        case UInt8(ascii: "r"): bytes.append(13)
        default: bytes.append(escaped)
        }
      }
      guard current != nil else { throw expected("the end of a text") }
      position += 1
      skipSpace()
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
