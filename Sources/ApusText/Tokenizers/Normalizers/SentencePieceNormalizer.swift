/// What sentencepiece does to texts: its map of characters, white space, and the space at the beginning.
struct SentencePieceNormalizer: Sendable {
  private let charsmap: PrecompiledCharsmap?
  private let userDefined: ByteTrie?
  private let addsDummyPrefix: Bool
  private let removesExtraWhitespace: Bool
  private let escapesWhitespace: Bool
  private let treatsWhitespaceAsSuffix: Bool

  init(_ file: SentencePieceFile, userDefined: ByteTrie?) throws(PatternMistake) {
    charsmap = file.charsmap.isEmpty ? nil : try PrecompiledCharsmap(file.charsmap)
    self.userDefined = userDefined
    addsDummyPrefix = file.addsDummyPrefix
    removesExtraWhitespace = file.removesExtraWhitespace
    escapesWhitespace = file.escapesWhitespace
    treatsWhitespaceAsSuffix = file.treatsWhitespaceAsSuffix
  }

  /// The bytes from `start` to `end`, normalised.
  func apply(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> NormalizedText {
    var out = NormalizedText(bytes: [], starts: [], ends: [], origin: start..<end)
    var position = start
    if removesExtraWhitespace {
      while position < end {
        let (part, length) = next(text, position, end)
        guard part.count == 1, part.first == 32 else { break }
        position += length
      }
    }
    guard position < end else { return out }
    out.bytes.reserveCapacity(end - position + (end - position) / 3)
    let space: [UInt8] = escapesWhitespace ? Array("\u{2581}".utf8) : [32]
    func addSpace(_ from: Int, _ to: Int) {
      for byte in space { out.append(byte, UInt32(from), UInt32(to)) }
    }
    if addsDummyPrefix, !treatsWhitespaceAsSuffix { addSpace(position, position) }
    var wasSpace = removesExtraWhitespace
    while position < end {
      var (part, length) = next(text, position, end)
      while wasSpace, part.first == 32 { part = part.dropFirst() }
      if !part.isEmpty {
        for byte in part {
          if byte == 32, escapesWhitespace {
            addSpace(position, position + length)
          } else {
            out.append(byte, UInt32(position), UInt32(position + length))
          }
        }
        wasSpace = part.last == 32
      }
      position += length
      if !removesExtraWhitespace { wasSpace = false }
    }
    if removesExtraWhitespace {
      while out.bytes.count >= space.count, out.bytes.suffix(space.count).elementsEqual(space) {
        out.bytes.removeLast(space.count)
        out.starts.removeLast(space.count)
        out.ends.removeLast(space.count)
      }
    }
    if addsDummyPrefix, treatsWhitespaceAsSuffix { addSpace(end, end) }
    return out
  }

  /// What the beginning of the rest becomes, and how many bytes that is.
  private func next(_ text: UnsafePointer<UInt8>, _ position: Int, _ end: Int) -> (part: ArraySlice<UInt8>, length: Int)
  {
    var length = 0
    userDefined?.forEachPrefix(text + position, end - position) { length = $1 }
    if length == 0, let charsmap, let found = charsmap.find(text + position, end - position, isLongest: true) {
      return (charsmap.replacement(found.value), found.length)
    }
    if length == 0 { length = min(scalarLength(text[position]), end - position) }
    return (Array(UnsafeBufferPointer(start: text + position, count: length))[...], length)
  }
}
