import ApusFormats

/// Damage that leaves a file's structure as it is, so that what it says is looked at.
extension Mutation {
  /// Changes a value of a file that is JSON, begins with JSON (safetensors), or is GGUF. False for others.
  mutating func changeStructure(_ bytes: inout [UInt8]) -> Bool {
    switch bytes.first {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      return changeJSON(&bytes, in: 0..<bytes.count)
    case UInt8(ascii: "G") where bytes.starts(with: Array("GGUF".utf8)):
      guard var head = GGUFPlaces(bytes) else { return false }
      change(&head)
      bytes = head.bytes
      return true
    default:
      guard bytes.count > 9, bytes[8] == UInt8(ascii: "{") else { return false }
      let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard length <= UInt64(bytes.count - 8) else { return false }
      var header = Array(bytes[8..<8 + Int(length)])
      guard changeJSON(&header, in: 0..<header.count) else { return false }
      bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + bytes[(8 + Int(length))...]
      return true
    }
  }

  private mutating func changeJSON(_ bytes: inout [UInt8], in range: Range<Int>) -> Bool {
    let places = JSONPlaces(bytes[range])
    guard let value = pick(places) else { return false }
    let text = bytes[value.range]
    let isText = text.first == UInt8(ascii: "\"")
    // Of numbers most damage is that of sizes and counts: another number, plausible or not.
    let isNumber = text.first.map { $0 == UInt8(ascii: "-") || 48...57 ~= $0 } ?? false
    switch isNumber && below(2) == 0 ? below(3) : below(12) {
    case 0, 1: bytes.replaceSubrange(value.range, with: Self.literals[below(Self.literals.count)].utf8)
    case 2: bytes.replaceSubrange(value.range, with: neighbour(of: Array(text)))
    case 3, 4:
      let content = isText ? Array(text.dropFirst().dropLast()) : []
      bytes.replaceSubrange(value.range, with: [0x22] + hostileText(content) + [0x22])
    case 5:
      guard let other = pick(places), other.range.count <= 1 << 16 else { return true }
      bytes.replaceSubrange(value.range, with: Array(bytes[other.range]))
    case 6:
      // What stands elsewhere in other files of the group.
      let other = files[below(files.count)].bytes
      guard other.count <= 1 << 16, let found = pick(JSONPlaces(other[...])), found.range.count <= 1 << 14
      else { return true }
      bytes.replaceSubrange(value.range, with: other[found.range])
    case 7:
      var end = value.whole.upperBound
      while end < bytes.count, bytes[end] <= 32 { end += 1 }
      if end < bytes.count, bytes[end] == UInt8(ascii: ",") { end += 1 } else { end = value.whole.upperBound }
      bytes.removeSubrange(value.whole.lowerBound..<end)
    case 8:
      let again = Array(bytes[value.whole]) + [UInt8(ascii: ",")]
      bytes.insert(contentsOf: repeated(again), at: value.whole.lowerBound)
    case 9:
      // The members of a list again and again.
      guard text.count > 2, !isText, [0x5b, 0x7b].contains(text.first) else { return true }
      let inside = Array(text.dropFirst().dropLast()) + [UInt8(ascii: ",")]
      bytes.insert(contentsOf: repeated(inside), at: value.range.lowerBound + 1)
    case 10:
      let depth = [1, 1, 2, 50, 600, 30_000][below(6)]
      let isList = below(2) == 0
      let (left, right) = isList ? ("[", "]") : ("{\"a\":", "}")
      bytes.replaceSubrange(
        value.range,
        with: Array(String(repeating: left, count: depth).utf8) + text
          + Array(String(repeating: right, count: depth).utf8))
    default:
      guard let key = value.key, let other = pick(places)?.key else { return true }
      bytes.replaceSubrange(key, with: Array(bytes[other]))
    }
    return true
  }

  /// A value of the text, mostly one that lies in no long list.
  private mutating func pick(_ places: JSONPlaces) -> JSONPlaces.Value? {
    guard !places.values.isEmpty else { return nil }
    if below(4) > 0, !places.rare.isEmpty { return places.values[places.rare[below(places.rare.count)]] }
    return places.values[below(places.values.count)]
  }

  private mutating func repeated(_ part: [UInt8]) -> [UInt8] {
    let count = max(1, min(1 << below(14), (1 << 18) / max(part.count, 1)))
    return Array(repeatElement(part, count: count).joined())
  }

  /// A number near the one that stands there.
  private mutating func neighbour(of text: [UInt8]) -> [UInt8] {
    guard let number = Int(String(decoding: text, as: UTF8.self)) else {
      return Array(Self.literals[below(Self.literals.count)].utf8)
    }
    let others = [
      number &+ 1, number &- 1, number &* 2, number / 2, 0 &- number, number &+ 7, number &* 1000, below(65),
    ]
    return Array("\(others[below(others.count)])".utf8)
  }

  /// Text for a JSON string, in place of `content`.
  private mutating func hostileText(_ content: [UInt8]) -> [UInt8] {
    switch below(4) {
    case 0 where !content.isEmpty: repeated(content)
    case 1: Array(Self.patterns[below(Self.patterns.count)].utf8)
    case 2 where !words.isEmpty: escaped(words[below(words.count)])
    default: Array(Self.texts[below(Self.texts.count)].utf8)
    }
  }

  private func escaped(_ text: String) -> [UInt8] {
    text.utf8.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x22, 0x5c: [0x5c, byte]
      case 0x0a: [0x5c, UInt8(ascii: "n")]
      case ..<32: [0x20]
      default: [byte]
      }
    }
  }

  private mutating func change(_ head: inout GGUFPlaces) {
    guard !head.members.isEmpty else { return }
    let i = below(head.members.count)
    switch below(8) {
    case 0: head.members.remove(at: i)
    case 1: head.members.insert(head.members[i], at: below(head.members.count))
    case 2: head.members[i].value = head.members[below(head.members.count)].value
    case 3: head.members[i].key = head.members[below(head.members.count)].key
    case 4: head.members[i].type = UInt32(below(14))
    default:
      switch head.members[i].type {
      case 8:
        let text = hostileText(Array(head.members[i].value.dropFirst(8)))
        head.members[i].value = GGUFPlaces.text(text)
      case 9: changeList(&head.members[i].value)
      default: change(&head.members[i].value)
      }
    }
  }

  /// Another item, fewer items or more of an array of GGUF.
  private mutating func changeList(_ value: inout [UInt8]) {
    guard value.count > 12 else { return }
    if value[0] == 8 {
      var items = GGUFPlaces.texts(value)
      guard !items.isEmpty else { return }
      let i = below(items.count)
      switch below(4) {
      case 0: items.remove(at: i)
      case 1: items[i] = hostileText(items[i])
      case 2: items[i] = items[below(items.count)]
      default: items += items.prefix(1 << below(12))
      }
      value = GGUFPlaces.list(items)
      return
    }
    let width = GGUFPlaces.widths[Int(value[0])] ?? 1
    let count = (value.count - 12) / width
    guard count > 0 else { return }
    let place = 12 + below(count) * width
    switch below(3) {
    case 0: value.removeSubrange(place..<place + width)
    case 1:
      for i in 0..<width { value[place + i] = [0, 0x7f, 0xff, 0x80, 1][below(5)] }
    default: value += repeated(Array(value[place..<place + width]))
    }
    GGUFPlaces.setCount((value.count - 12) / width, in: &value)
  }

  private static let literals = [
    "0", "-1", "1", "2", "3", "7", "64", "255", "65536", "1048576", "2147483647", "4294967296", "9223372036854775807",
    "-9223372036854775808", "18446744073709551616", "0.5", "-0.0", "1e-300", "1e30", "1e308", "1e999", "NaN", "null",
    "true", "false", "\"\"", "[]", "{}", "[0]", "[-1, 2]", "{\"type\": \"\"}",
  ]

  private static let texts = [
    "", " ", "\\u0000", "\\ud800", "\u{e9}\u{301}", "\u{1f469}\u{200d}\u{1f4bb}", "..", "../../etc/passwd", "/", "a.b",
    "none", "0", "-1", "\u{fffd}", "##", "\u{2581}", "<0x00>", "<0xFF>", "[UNK]", "\\\\", "{", "%",
  ]

  /// Regular expressions, escaped as in JSON, that grow or loop.
  private static let patterns = [
    "(a+)+$", "(.*)*x", "(x|x|x)*y", "((((((((((.{1,99}){1,99}){1,99}){1,99}){1,99}){1,99}){1,99}))))",
    "(?:){99999999}",
    "a{2147483647}", "a{0,99999}{0,99999}", "\\\\p{L}{1,3}(?=\\\\p{N})", "(?!", "[", "[a-", "[^\\\\S\\\\s]", "(?:|a)*",
    "^*",
    "$+", "\\\\", "(?<=a*)b", "\\\\1(a)", "(?i)\\\\p{Lu}+(?=a*b*c*d*e*f*)", "\\\\x{ffffffff}", "()*", "(?:a?){40}a{40}",
    "[\\\\p{L}&&[^a]]", "(?>a+)b", "\\\\b*", ".{1,1000}.{1,1000}.{1,1000}", "(((((((((((((((((((((((((((((((((((((((((",
  ]
}
