/// The metadata of a GGUF file and what comes behind it, so that a changed value leaves the rest in its place.
struct GGUFPlaces {
  struct Member {
    /// With its length before it.
    var key: [UInt8]
    var type: UInt32
    /// As it stands in the file.
    var value: [UInt8]
  }

  var members: [Member] = []
  private let start: [UInt8]
  /// The descriptions of tensors, and the tensors.
  private let descriptions, data: [UInt8]

  /// Bytes of a value of each type but texts and lists.
  static let widths: [Int: Int] = [
    0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8,
  ]
  private static let alignment = 32

  /// Nil for files that are damaged already.
  init?(_ bytes: [UInt8]) {
    var reader = Reader(bytes: bytes, at: 24)
    guard bytes.count > 24 else { return nil }
    let tensorCount = Reader(bytes: bytes, at: 8).peek(8)
    let memberCount = Reader(bytes: bytes, at: 16).peek(8)
    guard memberCount <= bytes.count, tensorCount <= bytes.count else { return nil }
    start = Array(bytes[..<16])
    for _ in 0..<memberCount {
      guard let key = reader.text(), let type = reader.take(4) else { return nil }
      let number = GGUFPlaces.number(type)
      guard let value = reader.value(number) else { return nil }
      members.append(Member(key: key, type: UInt32(number), value: value))
    }
    let from = reader.at
    for _ in 0..<tensorCount {
      guard reader.text() != nil, let rank = reader.take(4), GGUFPlaces.number(rank) <= 8,
        reader.take(8 * GGUFPlaces.number(rank) + 12) != nil
      else { return nil }
    }
    descriptions = Array(bytes[from..<reader.at])
    let dataStart = (reader.at + Self.alignment - 1) / Self.alignment * Self.alignment
    data = dataStart < bytes.count ? Array(bytes[dataStart...]) : []
  }

  /// The file again.
  var bytes: [UInt8] {
    var out = start + Self.little(members.count, 8)
    for member in members { out += member.key + Self.little(Int(member.type), 4) + member.value }
    out += descriptions
    out += [UInt8](repeating: 0, count: (Self.alignment - out.count % Self.alignment) % Self.alignment)
    return out + data
  }

  static func text(_ content: [UInt8]) -> [UInt8] { little(content.count, 8) + content }

  /// A list of texts.
  static func list(_ texts: [[UInt8]]) -> [UInt8] {
    little(8, 4) + little(texts.count, 8) + texts.flatMap { text($0) }
  }

  /// The texts of a list, without their lengths.
  static func texts(_ value: [UInt8]) -> [[UInt8]] {
    var reader = Reader(bytes: value, at: 12)
    var found: [[UInt8]] = []
    while let text = reader.text() { found.append(Array(text.dropFirst(8))) }
    return found
  }

  static func setCount(_ count: Int, in value: inout [UInt8]) { value.replaceSubrange(4..<12, with: little(count, 8)) }

  private static func little(_ number: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  fileprivate static func number(_ bytes: [UInt8]) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) } & Int.max
  }

  private struct Reader {
    let bytes: [UInt8]
    var at: Int

    func peek(_ count: Int) -> Int { GGUFPlaces.number(Array(bytes[at..<min(bytes.count, at + count)])) }

    mutating func take(_ count: Int) -> [UInt8]? {
      guard count >= 0, count <= bytes.count - at else { return nil }
      defer { at += count }
      return Array(bytes[at..<at + count])
    }

    /// A text with its length before it.
    mutating func text() -> [UInt8]? {
      guard at + 8 <= bytes.count else { return nil }
      let length = peek(8)
      return length <= bytes.count - at - 8 ? take(8 + length) : nil
    }

    mutating func value(_ type: Int) -> [UInt8]? {
      if let width = GGUFPlaces.widths[type] { return take(width) }
      if type == 8 { return text() }
      guard type == 9, at + 12 <= bytes.count else { return nil }
      let begin = at
      let (item, count) = (peek(4), Reader(bytes: bytes, at: at + 4).peek(8))
      at += 12
      if let width = GGUFPlaces.widths[item] {
        guard count <= bytes.count, take(width * count) != nil else { return nil }
      } else {
        guard item == 8, count <= bytes.count else { return nil }
        for _ in 0..<count where text() == nil { return nil }
      }
      return Array(bytes[begin..<at])
    }
  }
}
