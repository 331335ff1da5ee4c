// Texts in texts, byte for byte. The standard library compares characters, and brings its regular expressions along, which are
// a megabyte and a half of a program that is linked statically.

extension StringProtocol {
  /// Where `text` stands first.
  package func firstRange(of text: String) -> Range<Index>? {
    let (bytes, wanted) = (utf8, Array(text.utf8))
    guard let first = wanted.first else { return startIndex..<startIndex }
    var start = bytes.startIndex
    while let place = bytes[start...].firstIndex(of: first) {
      var (end, count) = (place, 0)
      while count < wanted.count, end < bytes.endIndex, bytes[end] == wanted[count] {
        bytes.formIndex(after: &end)
        count += 1
      }
      if count == wanted.count { return place..<end }
      start = bytes.index(after: place)
    }
    return nil
  }

  /// Whether `text` stands in it.
  package func contains(_ text: String) -> Bool { firstRange(of: text) != nil }
}

extension String {
  /// The text with `other` wherever `text` stands, from left to right without overlap.
  package func replacing(_ text: String, with other: String) -> String {
    guard !text.isEmpty else { return self }
    var (made, rest) = ("", self[...])
    while let found = rest.firstRange(of: text) {
      made += rest[..<found.lowerBound]
      made += other
      rest = rest[found.upperBound...]
    }
    return made + rest
  }
}
