/// The way of a text in Hugging Face's `tokenizers`: added tokens are taken out, the rest is normalised and cut into words, and the
/// model makes tokens of these.
final class TokenPipeline: TokenEngine {
  let normalizer: TextNormalizer?
  let preTokenizer: PreTokenizer?
  let model: TokenModel
  let decoder: TokenDecoder?
  let added: AddedTokens
  /// The tokens of the model by their numbers, as texts.
  private let strings: TokenStrings
  private let keepsBytes: Bool

  init(
    normalizer: TextNormalizer?, preTokenizer: PreTokenizer?, model: TokenModel, decoder: TokenDecoder?,
    added: AddedTokens
  ) {
    (self.normalizer, self.preTokenizer, self.model, self.decoder) = (normalizer, preTokenizer, model, decoder)
    self.added = added
    strings = TokenStrings(model.vocabulary)
    if case .bpe(let bpe) = model { keepsBytes = bpe.readsBytes } else { keepsBytes = false }
  }

  /// The same with other added tokens.
  func adding(_ tokens: [AddedToken]) throws(PatternMistake) -> TokenPipeline {
    TokenPipeline(
      normalizer: normalizer, preTokenizer: preTokenizer, model: model, decoder: decoder,
      added: try AddedTokens(added.tokens + tokens, normalizer: normalizer))
  }

  func tokenize(
    _ text: UnsafeBufferPointer<UInt8>, ignoresSpecial: Bool, _ scratch: TokenizerScratch, _ run: inout TokenRun
  ) throws(PatternMistake) {
    guard text.count < Int(Int32.max) else {
      throw PatternMistake(description: "a text of \(text.count) bytes is too long; cut it into parts")
    }
    var budget = TextBudget(text.count)
    var pieces = try prepare(text, ignoresSpecial: ignoresSpecial, &budget)
    try preTokenizer?.apply(&pieces, keepsBytes: keepsBytes, &budget)
    try addTokens(of: pieces, scratch, &run)
  }

  /// Takes added tokens out of a text and normalises the rest.
  private func prepare(
    _ text: UnsafeBufferPointer<UInt8>, ignoresSpecial: Bool, _ budget: inout TextBudget
  ) throws(PatternMistake) -> TextPieces {
    guard let base = text.baseAddress, text.count > 0 else { return TextPieces() }
    var whole = NormalizedText(Array(text))
    if !added.hasPlain, !added.hasNormalized {
      try normalizer?.apply(&whole, &budget)
      return whole.bytes.isEmpty ? TextPieces() : TextPieces(whole)
    }
    var pieces = TextPieces(whole)
    if added.hasPlain {
      pieces.pieces.removeAll()
      added.split(base, from: 0, to: text.count, isNormalized: false, ignoresSpecial: ignoresSpecial) {
        start, end, token in
        if end > start {
          pieces.pieces.append(
            TextPieces.Piece(start: start, end: end, originStart: start, originEnd: end, token: token))
        }
      }
    }
    if let normalizer {
      if pieces.pieces.count == 1, pieces.pieces[0].token < 0 {
        try normalizer.apply(&whole, &budget)
        pieces = whole.bytes.isEmpty ? TextPieces() : TextPieces(whole)
      } else {
        try pieces.rewrite { (text, _) throws(PatternMistake) in try normalizer.apply(&text, &budget) }
      }
    }
    guard added.hasNormalized else { return pieces }
    let (source, old) = (pieces, pieces.pieces)
    pieces.pieces = []
    source.bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      for piece in old {
        if piece.token >= 0 {
          pieces.pieces.append(piece)
          continue
        }
        added.split(base, from: piece.start, to: piece.end, isNormalized: true, ignoresSpecial: ignoresSpecial) {
          start, end, token in
          guard end > start else { return }
          if start == piece.start, end == piece.end, token < 0 { return pieces.pieces.append(piece) }
          pieces.pieces.append(source.piece(start, end, token: token))
        }
      }
    }
    return pieces
  }

  private func addTokens(of pieces: TextPieces, _ scratch: TokenizerScratch, _ run: inout TokenRun)
    throws(PatternMistake)
  {
    let expected = pieces.pieces.count + pieces.pieces.count / 4
    run.ids.reserveCapacity(expected)
    run.starts.reserveCapacity(expected)
    run.ends.reserveCapacity(expected)
    run.words.reserveCapacity(expected)
    let isUnigram = if case .unigram = model { true } else { false }
    try pieces.bytes.withUnsafeBufferPointer { bytes throws(PatternMistake) in
      guard let base = bytes.baseAddress else { return }
      for (word, piece) in pieces.pieces.enumerated() {
        if piece.token >= 0 {
          let shown = UnsafeBufferPointer(start: base + piece.start, count: piece.end - piece.start)
          addPart(UInt32(piece.token), piece.start, piece.end, word, pieces, &run)
          if strings[piece.token].map({ !$0.utf8.elementsEqual(shown) }) ?? true {
            run.texts.append((run.ids.count - 1, String(decoding: shown, as: UTF8.self)))
          }
          continue
        }
        scratch.tokens.removeAll(keepingCapacity: true)
        try model.tokenize(base + piece.start, piece.end - piece.start, scratch, &scratch.tokens)
        for token in scratch.tokens {
          let (start, end) = (piece.start + Int(token.start), piece.start + Int(token.end))
          guard end <= piece.end else {
            // More bytes than the word has, as the library counts them.
            run.ids.append(token.id)
            run.starts.append(token.start)
            run.ends.append(token.end)
            run.words.append(Int32(word))
            continue
          }
          addPart(token.id, start, end, word, pieces, &run)
          if isUnigram {
            let shown = UnsafeBufferPointer(start: base + start, count: end - start)
            if let string = strings[Int(token.id)], !string.utf8.elementsEqual(shown),
              TokenDecoder.byte(of: string.utf8) == nil
            {
              run.texts.append((run.ids.count - 1, String(decoding: shown, as: UTF8.self)))
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func addPart(_ id: UInt32, _ start: Int, _ end: Int, _ word: Int, _ pieces: TextPieces, _ run: inout TokenRun)
  {
    let origin = pieces.origin(start, end)
    run.ids.append(id)
    run.starts.append(UInt32(truncatingIfNeeded: origin.start))
    run.ends.append(UInt32(truncatingIfNeeded: origin.end))
    run.words.append(Int32(truncatingIfNeeded: word))
  }

  // MARK: - Tokens and texts

  func token(_ id: Int) -> String? { added.content(id).map { text($0) } ?? strings[id] }

  func number(of token: [UInt8]) -> Int? { added.number(of: token) ?? model.vocabulary.number(token) }

  func isSpecial(_ id: Int) -> Bool { added.content(id).map { added.isSpecial($0) } ?? false }

  var addedTokens: [AddedToken] { added.tokens }

  var size: Int {
    let vocabulary = model.vocabulary
    return vocabulary.count + added.tokens.filter { vocabulary.number(Array($0.content.utf8)) == nil }.count
  }

  func decode(_ ids: [Int], skipsSpecial: Bool) throws(PatternMistake) -> String {
    if case .byteLevel = decoder { return decodeByteLetters(ids, skipsSpecial: skipsSpecial) }
    var tokens: [[UInt8]] = []
    tokens.reserveCapacity(ids.count)
    for id in ids {
      guard let content = added.content(id) ?? model.vocabulary.bytes(id).map({ Array($0) }) else { continue }
      if skipsSpecial, added.isSpecial(content) { continue }
      tokens.append(content)
    }
    guard let decoder else { return text(Array(tokens.joined(separator: [32]))) }
    return try decoder.decode(tokens)
  }

  private func decodeByteLetters(_ ids: [Int], skipsSpecial: Bool) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(ids.count * 4)
    for id in ids {
      if !added.isEmpty, let content = added.content(id) {
        if skipsSpecial, added.isSpecial(content) { continue }
        bytes += ByteLetters.decode(content) ?? content
        continue
      }
      guard let token = model.vocabulary.bytes(id), let base = token.baseAddress else { continue }
      if skipsSpecial, !added.isEmpty, added.isSpecial(Array(token)) { continue }
      let before = bytes.count
      var position = 0
      while position < token.count {
        let (scalar, length) = decodeScalar(base, at: position, before: token.count)
        guard let byte = ByteLetters.byte(scalar) else {
          bytes.removeLast(bytes.count - before)
          bytes += token
          break
        }
        bytes.append(byte)
        position += length
      }
    }
    return text(bytes)
  }
}

/// The tokens of a vocabulary as strings, by their numbers.
struct TokenStrings: Sendable {
  private let dense: [String?]
  private let table: TokenTable

  init(_ table: TokenTable) {
    self.table = table
    let end = table.end <= 4 * table.count + 1024 ? table.end : 0
    var dense = [String?](repeating: nil, count: end)
    if end > 0 { table.forEach { bytes, id in dense[id] = String(decoding: bytes, as: UTF8.self) } }
    self.dense = dense
  }

  @inline(__always)
  subscript(_ id: Int) -> String? {
    if id >= 0, id < dense.count { return dense[id] }
    return table.bytes(id).map { String(decoding: $0, as: UTF8.self) }
  }
}
