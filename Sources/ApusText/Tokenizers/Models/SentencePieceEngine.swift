/// Makes tokens the way sentencepiece does (Kudo and Richardson, 2018, https://arxiv.org/abs/1808.06226).
final class SentencePieceEngine: TokenEngine {
  private let file: Shape
  private let normalizer: SentencePieceNormalizer
  private let kinds: [SentencePieceFile.Piece.Kind]
  private let scores: [Float]
  let vocabulary: TokenTable
  /// The pieces that texts can consist of.
  private let trie: ByteTrie
  private let userDefined: ByteTrie?
  private let strings: [String]
  private let unknown: Int
  private let byteTokens: [Int]
  private let leastScore: Float
  private let mostScore: Float
  private let added: AddedTokens

  /// What does not depend on the pieces.
  private struct Shape: Sendable {
    let method: SentencePieceFile.Method
    let addsDummyPrefix: Bool
    let removesExtraWhitespace: Bool
    let unknownSurface: [UInt8]
    let joinsAllPieces: Bool
  }

  init(_ file: SentencePieceFile, added: [AddedToken] = []) throws(PatternMistake) {
    self.file = Shape(
      method: file.method, addsDummyPrefix: file.addsDummyPrefix, removesExtraWhitespace: file.removesExtraWhitespace,
      unknownSurface: file.unknownSurface, joinsAllPieces: file.joinsAllPieces)
    kinds = file.pieces.map(\.kind)
    scores = file.pieces.map(\.score)
    strings = file.pieces.map { text($0.text) }
    let numbered = file.pieces.enumerated().map { (bytes: $0.element.text[...], id: UInt32($0.offset)) }
    vocabulary = TokenTable(numbered)
    func tokens(_ wanted: Set<SentencePieceFile.Piece.Kind>) -> [(bytes: ArraySlice<UInt8>, id: UInt32)] {
      zip(file.pieces, numbered).filter { wanted.contains($0.0.kind) && !$0.0.text.isEmpty }.map(\.1)
    }
    trie = ByteTrie(tokens([.normal, .userDefined, .unused]))
    let defined = tokens([.userDefined])
    userDefined = defined.isEmpty ? nil : ByteTrie(defined)
    unknown = file.pieces.firstIndex { $0.kind == .unknown } ?? 0
    var bytes = [Int](repeating: -1, count: 256)
    for (i, piece) in file.pieces.enumerated() where piece.kind == .byte {
      if let byte = TokenDecoder.byte(of: piece.text) { bytes[Int(byte)] = i }
    }
    byteTokens = file.fallsBackToBytes && !bytes.contains(-1) ? bytes : []
    let normal = file.pieces.filter { $0.kind == .normal }.map(\.score)
    leastScore = normal.min() ?? 0
    mostScore = normal.max() ?? 0
    normalizer = try SentencePieceNormalizer(file, userDefined: userDefined)
    self.added = try AddedTokens(added, normalizer: nil)
  }

  func tokenize(
    _ text: UnsafeBufferPointer<UInt8>, ignoresSpecial: Bool, _ scratch: TokenizerScratch, _ run: inout TokenRun
  ) throws(PatternMistake) {
    guard let base = text.baseAddress, text.count < Int(Int32.max) else { return }
    guard added.hasPlain else { return tokenizePart(base, 0, text.count, scratch, &run) }
    var parts: [(Int, Int, Int)] = []
    added.split(base, from: 0, to: text.count, isNormalized: false, ignoresSpecial: ignoresSpecial) {
      parts.append(($0, $1, $2))
    }
    for (start, end, token) in parts {
      if token < 0 {
        tokenizePart(base, start, end, scratch, &run)
      } else {
        run.ids.append(UInt32(token))
        run.starts.append(UInt32(start))
        run.ends.append(UInt32(end))
        run.words.append(Int32(run.words.count))
      }
    }
  }

  private func tokenizePart(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ scratch: TokenizerScratch, _ run: inout TokenRun
  ) {
    let source = normalizer.apply(base, start, end)
    let count = source.bytes.count
    guard count > 0 else { return }
    scratch.tokens.removeAll(keepingCapacity: true)
    source.bytes.withUnsafeBufferPointer { bytes in
      guard let bytes = bytes.baseAddress else { return }
      switch file.method {
      case .unigram: cutUnigram(bytes, count, scratch)
      case .bpe: cutPairs(bytes, count, scratch)
      case .word: cutWords(bytes, count, scratch)
      case .character: cutCharacters(bytes, count, scratch)
      }
    }
    var wasUnknown = false
    for token in scratch.tokens {
      let (first, last) = (Int(token.start), Int(token.end))
      let (from, to) = (source.starts[first], source.ends[last - 1])
      let isUnknown = Int(token.id) == unknown
      if isUnknown, !byteTokens.isEmpty {
        for i in first..<last { add(UInt32(byteTokens[Int(source.bytes[i])]), from, to, &run) }
      } else if isUnknown, wasUnknown, run.texts.last?.place == run.ids.count - 1 {
        // Unknown pieces beside each other are one.
        run.ends[run.ends.count - 1] = to
        run.texts[run.texts.count - 1].text += ApusText.text(source.bytes[first..<last])
      } else {
        add(token.id, from, to, &run)
        if isUnknown { run.texts.append((run.ids.count - 1, ApusText.text(source.bytes[first..<last]))) }
      }
      wasUnknown = isUnknown
    }
  }

  private func add(_ id: UInt32, _ start: UInt32, _ end: UInt32, _ run: inout TokenRun) {
    run.ids.append(id)
    run.starts.append(start)
    run.ends.append(end)
    run.words.append(Int32(run.words.count))
  }

  // MARK: - Methods

  private func cutUnigram(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch) {
    var best = [(score: Float, start: Int32, id: Int32)](repeating: (0, -1, -1), count: count + 1)
    var position = 0
    while position < count {
      let before = best[position].score
      let length = min(scalarLength(bytes[position]), count - position)
      var hasSingle = false
      trie.forEachPrefix(bytes + position, count - position) { id, end in
        if kinds[id] == .unused { return }
        let score = kinds[id] == .userDefined ? Float(end) * mostScore - 0.1 : scores[id]
        if best[position + end].start < 0 || score + before > best[position + end].score {
          best[position + end] = (score + before, Int32(position), Int32(id))
        }
        if end == length { hasSingle = true }
      }
      if !hasSingle {
        let score = leastScore - 10 + before
        if best[position + length].start < 0 || score > best[position + length].score {
          best[position + length] = (score, Int32(position), Int32(unknown))
        }
      }
      position += length
    }
    var end = count
    while end > 0 {
      let step = best[end]
      scratch.tokens.append(WordToken(id: UInt32(step.id), start: UInt32(step.start), end: UInt32(end)))
      end = Int(step.start)
    }
    scratch.tokens.reverse()
  }

  private func cutPairs(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch) {
    var pieces = ScoredPieces(bytes, count) { position in
      var length = 0
      userDefined?.forEachPrefix(bytes + position, count - position) { length = $1 }
      return length
    }
    pieces.join { start, length in
      let id = number(bytes + start, length)
      return id >= 0 && canJoin(id) ? scores[id] : nil
    }
    pieces.forEach { start, length in
      addPiece(bytes, start, length, scratch, depth: 0)
    }
  }

  private func canJoin(_ id: Int) -> Bool {
    file.joinsAllPieces || kinds[id] == .normal || kinds[id] == .userDefined || kinds[id] == .unused
  }

  private func number(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int { vocabulary.number(bytes, count) }

  /// Adds a piece; one that is not to be used is cut where it was joined last.
  private func addPiece(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ length: Int, _ scratch: TokenizerScratch, depth: Int
  ) {
    let id = number(bytes + start, length)
    if id >= 0, kinds[id] == .unused, depth < 100, let cut = lastJoin(bytes, start, length) {
      addPiece(bytes, start, cut, scratch, depth: depth + 1)
      addPiece(bytes, start + cut, length - cut, scratch, depth: depth + 1)
      return
    }
    scratch.tokens.append(
      WordToken(id: UInt32(id >= 0 ? id : unknown), start: UInt32(start), end: UInt32(start + length)))
  }

  /// Where a piece that is not to be used comes together when it is made of its characters.
  private func lastJoin(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ length: Int) -> Int? {
    var pieces = ScoredPieces(bytes + start, length) { _ in 0 }
    var last: Int?
    pieces.join { from, count in
      let id = number(bytes + start + from, count)
      guard id >= 0, canJoin(id) else { return nil }
      return scores[id]
    } joined: { left, leftLength, rightLength in
      if left == 0, leftLength + rightLength == length { last = leftLength }
    }
    return last
  }

  private func cutWords(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch) {
    let space = Array("\u{2581}".utf8)
    var (first, position) = (0, 0)
    func flush() {
      guard position > first else { return }
      let id = number(bytes + first, position - first)
      scratch.tokens.append(WordToken(id: UInt32(id >= 0 ? id : unknown), start: UInt32(first), end: UInt32(position)))
      first = position
    }
    while position < count {
      let length = min(scalarLength(bytes[position]), count - position)
      if length == 3, bytes[position] == space[0], bytes[position + 1] == space[1], bytes[position + 2] == space[2] {
        flush()
      }
      position += length
    }
    flush()
  }

  private func cutCharacters(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch) {
    var position = 0
    while position < count {
      var length = min(scalarLength(bytes[position]), count - position)
      userDefined?.forEachPrefix(bytes + position, count - position) { length = $1 }
      let id = number(bytes + position, length)
      scratch.tokens.append(
        WordToken(id: UInt32(id >= 0 ? id : unknown), start: UInt32(position), end: UInt32(position + length)))
      position += length
    }
  }

  // MARK: - Tokens and texts

  func token(_ id: Int) -> String? { strings.indices.contains(id) ? strings[id] : added.content(id).map { text($0) } }
  func number(of token: [UInt8]) -> Int? { vocabulary.number(token) ?? added.number(of: token) }
  func isSpecial(_ id: Int) -> Bool {
    kinds.indices.contains(id)
      ? kinds[id] == .control || added.contains(id) && added.isSpecial(added.content(id) ?? []) : added.contains(id)
  }
  var addedTokens: [AddedToken] { added.tokens }
  var size: Int { max(kinds.count, added.highest + 1) }

  func decode(_ ids: [Int], skipsSpecial: Bool) throws(PatternMistake) -> String {
    var out: [UInt8] = []
    var bytes: [UInt8] = []
    let space = Array("\u{2581}".utf8)
    /// Whether nothing has been written yet but perhaps the space at the beginning.
    var isAtStart = true
    var hasSeenSpace = false
    func flush() {
      out += Self.wholeCharacters(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    for id in ids {
      guard kinds.indices.contains(id) else {
        if !skipsSpecial, let content = added.content(id) {
          flush()
          out += content
        }
        continue
      }
      if kinds[id] == .byte {
        bytes.append(TokenDecoder.byte(of: Array(strings[id].utf8)) ?? 0)
        continue
      }
      flush()
      if hasSeenSpace || !out.isEmpty { isAtStart = false }
      switch kinds[id] {
      case .control:
        hasSeenSpace = false
        if !skipsSpecial, added.contains(id), let content = added.content(id) { out += content }
      case .unknown:
        hasSeenSpace = false
        out += file.unknownSurface
      default:
        var piece = Array(strings[id].utf8)
        hasSeenSpace = false
        if isAtStart, file.addsDummyPrefix || file.removesExtraWhitespace, piece.starts(with: space) {
          piece.removeFirst(space.count)
          hasSeenSpace = !file.removesExtraWhitespace
        }
        out += piece.replacing(space, with: [32])
      }
    }
    flush()
    return text(out)
  }

  /// The characters that bytes are, U+FFFD for each byte that is part of none.
  private static func wholeCharacters(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.isEmpty || String(validating: bytes, as: UTF8.self) != nil { return bytes }
    var out: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let end = min(bytes.count, position + scalarLength(bytes[position]))
      if String(validating: bytes[position..<end], as: UTF8.self) != nil {
        out += bytes[position..<end]
        position = end
      } else {
        out += Array("\u{fffd}".utf8)
        position += 1
      }
    }
    return out
  }
}
