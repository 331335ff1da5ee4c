import ApusCore

/// Byte pair encoding (Sennrich and others, 2016, https://arxiv.org/abs/1508.07909): the characters of a word are joined pair by pair,
/// the pair that was learned first first.
final class BPEModel: Sendable {
  let vocabulary: TokenTable
  private let merges: PairTable
  private let unknown: Int?
  private let prefix: [UInt8]
  private let suffix: [UInt8]
  private let fusesUnknown: Bool
  private let ignoresMerges: Bool
  private let ignoresMergesOfNewlines: Bool
  /// The tokens of single bytes, `<0x00>` and so on; empty where not all are there or bytes are not fallen back to.
  private let byteTokens: [Int]
  /// Where words are bytes rather than letters for them: the tokens of single bytes, and all tokens by their bytes.
  private let rawBytes: RawBytes?

  /// A vocabulary whose tokens are read as bytes.
  struct RawBytes: Sendable {
    let single: [Int]
    let words: TokenTable?
  }

  /// What a model consists of.
  struct Parts {
    var tokens: [(bytes: ArraySlice<UInt8>, id: UInt32)] = []
    var merges: [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)] = []
    var unknown: [UInt8]?
    var prefix: [UInt8] = []
    var suffix: [UInt8] = []
    var fusesUnknown = false
    var fallsBackToBytes = false
    var ignoresMerges = false
    /// Whether words of line ends alone are looked up whole.
    var ignoresMergesOfNewlines = false
    /// Whether merges of what is not in the vocabulary are passed over.
    var skipsUnknownMerges = false
  }

  /// - Parameter readsBytes: whether the words that come are bytes where the vocabulary has letters for them (``ByteLetters``).
  /// - Throws: a text where a merge joins what the vocabulary does not have.
  init(_ parts: Parts, readsBytes: Bool) throws(PatternMistake) {
    let vocabulary = TokenTable(parts.tokens)
    var pairs = PairTable(capacity: parts.merges.count)
    var joined: [UInt8] = []
    for (rank, merge) in parts.merges.enumerated() {
      joined.removeAll(keepingCapacity: true)
      joined += merge.left
      joined += merge.right.starts(with: parts.prefix) ? merge.right.dropFirst(parts.prefix.count) : merge.right
      guard let left = vocabulary.number(merge.left), let right = vocabulary.number(merge.right),
        let whole = vocabulary.number(joined)
      else {
        if parts.skipsUnknownMerges { continue }
        throw PatternMistake(
          description: "merge \(rank), '\(text(merge.left))' and '\(text(merge.right))', is not in the vocabulary")
      }
      pairs.set(left, right, rank: rank, whole: whole)
    }
    self.vocabulary = vocabulary
    merges = pairs
    if let token = parts.unknown {
      guard let number = vocabulary.number(token) else {
        throw PatternMistake(description: "unk_token '\(text(token))' is not in the vocabulary")
      }
      unknown = number
    } else {
      unknown = nil
    }
    (prefix, suffix) = (parts.prefix, parts.suffix)
    (fusesUnknown, ignoresMerges) = (parts.fusesUnknown, parts.ignoresMerges)
    ignoresMergesOfNewlines = parts.ignoresMergesOfNewlines
    byteTokens = parts.fallsBackToBytes ? (0..<256).map { vocabulary.number(byteToken($0)) ?? -1 } : []
    if readsBytes, parts.prefix.isEmpty, parts.suffix.isEmpty {
      let single = (0..<256).map { byte -> Int in
        var letter: [UInt8] = []
        letter.append(scalar: ByteLetters.letters[byte])
        return vocabulary.number(letter) ?? -1
      }
      var words: TokenTable?
      if parts.ignoresMerges {
        words = TokenTable(
          parts.tokens.compactMap { token in ByteLetters.decode(token.bytes).map { (bytes: $0[...], id: token.id) } })
      }
      rawBytes = RawBytes(single: single, words: words)
    } else {
      rawBytes = nil
    }
  }

  /// A vocabulary of byte sequences, of which words that are in it are tokens as they stand.
  init(bytes table: TokenTable, merges: PairTable) {
    (vocabulary, self.merges) = (table, merges)
    (unknown, prefix, suffix) = (nil, [], [])
    (fusesUnknown, ignoresMerges, ignoresMergesOfNewlines, byteTokens) = (false, true, false, [])
    rawBytes = RawBytes(single: (0..<256).map { table.number([UInt8($0)]) ?? -1 }, words: table)
  }

  /// Whether words come as bytes where the vocabulary has letters for them.
  var readsBytes: Bool { rawBytes != nil }

  /// Adds the tokens of a word to `out`.
  func tokenize(_ word: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch, _ out: inout [WordToken]) {
    if ignoresMerges || ignoresMergesOfNewlines && (0..<count).allSatisfy({ word[$0] == 10 }) {
      let found = (rawBytes?.words ?? vocabulary).number(word, count)
      if found >= 0 { return out.append(WordToken(id: UInt32(found), start: 0, end: UInt32(count))) }
    }
    if rawBytes != nil { addBytes(word, count, scratch) } else { addScalars(word, count, scratch) }
    merges.join(scratch)
    for symbol in scratch.symbols where symbol.length > 0 {
      out.append(WordToken(id: symbol.id, start: symbol.start, end: symbol.start + symbol.length))
    }
  }

  private func addBytes(_ word: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch) {
    scratch.symbols.removeAll(keepingCapacity: true)
    guard let rawBytes else { return }
    var pending: (start: Int, end: Int)?
    rawBytes.single.withUnsafeBufferPointer { single in
      for i in 0..<count {
        let id = single[Int(word[i])]
        if id >= 0 {
          flush(&pending, scratch)
          scratch.add(id, i, 1)
        } else {
          addUnknown(i, 1, &pending, scratch)
        }
      }
    }
    flush(&pending, scratch)
  }

  private func addScalars(_ word: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch) {
    scratch.symbols.removeAll(keepingCapacity: true)
    var pending: (start: Int, end: Int)?
    // Where a symbol lies in the word; symbols of bytes can be more than the word has.
    var (position, place) = (0, 0)
    var decorated: [UInt8] = []
    while position < count {
      let length = min(scalarLength(word[position]), count - position)
      let isFirst = position == 0
      let isLast = position + length == count
      let id: Int
      let needsDecoration = !isFirst && !prefix.isEmpty || isLast && !suffix.isEmpty
      if needsDecoration {
        decorated.removeAll(keepingCapacity: true)
        if !isFirst { decorated += prefix }
        decorated += UnsafeBufferPointer(start: word + position, count: length)
        if isLast { decorated += suffix }
        id = decorated.withUnsafeBufferPointer { bytes in
          bytes.baseAddress.map { vocabulary.number($0, bytes.count) } ?? -1
        }
      } else {
        id = vocabulary.number(word + position, length)
      }
      if id >= 0 {
        flush(&pending, scratch)
        scratch.add(id, place, length)
        place += length
      } else {
        let bytes = needsDecoration ? decorated : Array(UnsafeBufferPointer(start: word + position, count: length))
        if !byteTokens.isEmpty, bytes.allSatisfy({ byteTokens[Int($0)] >= 0 }) {
          // As in the library, an unknown character before is added after its bytes.
          for byte in bytes {
            scratch.add(byteTokens[Int(byte)], place, 1)
            place += 1
          }
        } else if unknown != nil {
          addUnknown(place, length, &pending, scratch)
          place += length
        }
      }
      position += length
    }
    flush(&pending, scratch)
  }

  private func addUnknown(
    _ start: Int, _ length: Int, _ pending: inout (start: Int, end: Int)?, _ scratch: TokenizerScratch
  ) {
    guard unknown != nil else { return }
    if fusesUnknown, let before = pending {
      pending = (before.start, start + length)
    } else {
      flush(&pending, scratch)
      pending = (start, start + length)
    }
  }

  private func flush(_ pending: inout (start: Int, end: Int)?, _ scratch: TokenizerScratch) {
    guard let part = pending, let unknown else { return }
    scratch.add(unknown, part.start, part.end - part.start)
    pending = nil
  }
}

/// The token that stands for a byte where characters have none: `<0x0A>`.
func byteToken(_ byte: Int) -> [UInt8] {
  let digits = Array("0123456789ABCDEF".utf8)
  return Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15], UInt8(ascii: ">")]
}
