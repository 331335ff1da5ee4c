/// What is to be known of a JSON object before it is read: how much of it there is.
///
/// It looks only at strings, brackets and colons. What it accepts may still be no JSON; what it refuses is nested deeper than
/// any header, has unbalanced brackets, or is not UTF-8.
struct JSONOutline {
  /// The number of members of the outer object.
  private(set) var outerMembers = 0
  /// The number of members of all objects directly inside the outer one.
  private(set) var innerMembers = 0
  /// The greatest number of commas between two brackets.
  private(set) var mostCommas = 0
  private let byteCount: Int

  /// Deeper nesting is refused: a header needs three levels.
  static let deepest = 16

  init?(_ text: UnsafeRawBufferPointer) {
    byteCount = text.count
    guard !text.contains(0), String(validating: text, as: UTF8.self) != nil else { return nil }
    var depth = 0
    var commas = 0
    var position = 0
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\""):
        guard let end = Self.endOfString(text, after: position) else { return nil }
        position = end
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        commas = 0
        guard depth <= Self.deepest else { return nil }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        guard depth >= 0 else { return nil }
      case UInt8(ascii: ":"):
        if depth == 1 { outerMembers += 1 }
        if depth == 2 { innerMembers += 1 }
      case UInt8(ascii: ","):
        // Only arrays are as deep as this: the outer object and those in it have colons to count.
        guard depth > 2 else { break }
        commas += 1
        mostCommas = max(mostCommas, commas)
      default: break
      }
      position += 1
    }
    guard depth == 0 else { return nil }
  }

  /// What the text has too much of to be a header, if anything. Reading such a text would take many times its size in memory.
  var excess: String? {
    // No description of a tensor is shorter: {"dtype":"U8","shape":[],"data_offsets":[0,0]}
    if outerMembers > 2 + byteCount / 40 { return "\(outerMembers) names in \(byteCount) bytes, too few for tensors" }
    if innerMembers > 8 * outerMembers + 100_000 { return "\(innerMembers) fields for \(outerMembers) names" }
    if mostCommas >= 1000 { return "a list of \(mostCommas + 1) numbers" }
    return nil
  }

  /// The position of the quote that ends the string after the quote at `start`.
  private static func endOfString(_ text: UnsafeRawBufferPointer, after start: Int) -> Int? {
    var position = start + 1
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\""): return position
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    return nil
  }
}
