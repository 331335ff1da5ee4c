/// WordPiece (Schuster and Nakajima, 2012): the longest token that a word begins with, then the longest that the rest begins with.
final class WordPieceModel: Sendable {
  let vocabulary: TokenTable
  private let unknown: Int
  private let prefix: [UInt8]
  private let mostScalars: Int
  private let first: ByteTrie
  private let continuing: ByteTrie

  /// - Throws: a text where the vocabulary lacks the unknown token.
  init(
    _ tokens: [(bytes: ArraySlice<UInt8>, id: UInt32)], unknown: [UInt8], prefix: [UInt8], mostScalars: Int
  ) throws(PatternMistake) {
    vocabulary = TokenTable(tokens)
    guard let number = vocabulary.number(unknown) else {
      throw PatternMistake(description: "unk_token '\(text(unknown))' is not in the vocabulary")
    }
    (self.unknown, self.prefix, self.mostScalars) = (number, prefix, mostScalars)
    first = ByteTrie(tokens.filter { !$0.bytes.isEmpty })
    continuing =
      prefix.isEmpty
      ? first
      : ByteTrie(
        tokens.filter { $0.bytes.starts(with: prefix) && $0.bytes.count > prefix.count }.map {
          (bytes: $0.bytes.dropFirst(prefix.count), id: $0.id)
        })
  }

  func tokenize(_ word: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch, _ out: inout [WordToken]) {
    let before = out.count
    var isBad = false
    if count > mostScalars {
      var scalars = 0
      for i in 0..<count where word[i] & 0xc0 != 0x80 { scalars += 1 }
      isBad = scalars > mostScalars
    }
    var position = 0
    while position < count, !isBad {
      var best: (id: Int, length: Int)?
      (position == 0 ? first : continuing).forEachPrefix(word + position, count - position) { best = ($0, $1) }
      guard let best else {
        isBad = true
        break
      }
      out.append(WordToken(id: UInt32(best.id), start: UInt32(position), end: UInt32(position + best.length)))
      position += best.length
    }
    guard isBad else { return }
    out.removeLast(out.count - before)
    out.append(WordToken(id: UInt32(unknown), start: 0, end: UInt32(count)))
  }
}

/// Every word is a token.
final class WordLevelModel: Sendable {
  let vocabulary: TokenTable
  private let unknown: Int?

  init(_ tokens: [(bytes: ArraySlice<UInt8>, id: UInt32)], unknown: [UInt8]) {
    vocabulary = TokenTable(tokens)
    self.unknown = vocabulary.number(unknown)
  }

  /// - Throws: where neither the word nor the unknown token is in the vocabulary.
  func tokenize(_ word: UnsafePointer<UInt8>, _ count: Int, _ out: inout [WordToken]) throws(PatternMistake) {
    let found = vocabulary.number(word, count)
    guard let id = found >= 0 ? found : unknown else {
      throw PatternMistake(description: "a word is not in the vocabulary, nor is the unknown token")
    }
    out.append(WordToken(id: UInt32(id), start: 0, end: UInt32(count)))
  }
}
