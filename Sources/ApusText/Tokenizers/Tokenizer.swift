import ApusCore
import Synchronization

/// Makes tokens of texts and texts of tokens, as a published model expects it.
///
///     let tokenizer = try Tokenizer(path: "SmolLM2-135M-Instruct")
///     let encoding = try tokenizer.encode("The capital of France is")
///     let text = try tokenizer.decode(encoding.ids)
///
/// Reads folders as Hugging Face's `transformers` reads them, `tokenizer.json`, `vocab.json` beside `merges.txt`, `vocab.txt`,
/// sentencepiece's `.model`, `.tiktoken` and the vocabularies of `.gguf` files. It may be used by several threads at once.
public final class Tokenizer: Sendable {
  /// The file that the vocabulary comes from.
  public let path: String
  /// What is known of the tokeniser apart from its vocabulary: special tokens by their roles, templates, sides.
  public let configuration: TokenizerConfiguration
  let engine: any TokenEngine
  let postProcessor: PostProcessor?
  private let scratches = Lock<[ScratchBox]>([])

  /// Hands a scratch from thread to thread; one at a time has it.
  private struct ScratchBox: @unchecked Sendable {
    let scratch: TokenizerScratch
  }

  init(
    path: String, engine: any TokenEngine, postProcessor: PostProcessor?, configuration: TokenizerConfiguration
  ) {
    (self.path, self.engine, self.postProcessor, self.configuration) = (path, engine, postProcessor, configuration)
  }

  // MARK: - Vocabulary

  /// How many tokens there are, added ones included.
  public var vocabularySize: Int { engine.size }

  /// The number of a token, nil where there is none such.
  public func tokenToId(_ token: String) -> Int? { engine.number(of: Array(token.utf8)) }

  /// The token of a number as the vocabulary writes it, nil where there is none.
  public func idToToken(_ id: Int) -> String? { engine.token(id) }

  /// Whether a token is one that decoding can leave out.
  public func isSpecial(_ id: Int) -> Bool { engine.isSpecial(id) }

  /// The tokens that were added to the vocabulary and are found in texts as they stand.
  public var addedTokens: [AddedToken] { engine.addedTokens }

  // MARK: - Encoding

  /// The tokens of a text or of a pair of texts.
  ///
  /// - Parameters:
  ///   - addsSpecialTokens: whether tokens such as `[CLS]` or `<s>` are added as the model expects.
  ///   - truncation: how long the result may be; as long as it is if nil.
  ///   - ignoresSpecialTokens: whether special tokens that stand in the text are text like any other; for texts that are not to
  ///     be trusted.
  /// - Throws: `TensorError` where the model cannot make tokens of the text or a pattern takes too long.
  public func encode(
    _ text: String, pair: String? = nil, addsSpecialTokens: Bool = true, truncation: Truncation? = nil,
    ignoresSpecialTokens: Bool = false
  ) throws(TensorError) -> Encoding {
    try withScratch { scratch throws(PatternMistake) in
      let first = try self.tokens(of: text, 0, ignoresSpecialTokens, scratch)
      let second = try pair.map { text throws(PatternMistake) in
        try self.tokens(of: text, 1, ignoresSpecialTokens, scratch)
      }
      return try self.finish(first, second, addsSpecialTokens, truncation)
    }
  }

  /// The tokens of a text or a pair of texts that have been cut into words already.
  public func encode(
    words: [String], pair: [String]? = nil, addsSpecialTokens: Bool = true, truncation: Truncation? = nil
  ) throws(TensorError) -> Encoding {
    try withScratch { scratch throws(PatternMistake) in
      let first = try self.tokens(ofWords: words, 0, scratch)
      let second = try pair.map { words throws(PatternMistake) in try self.tokens(ofWords: words, 1, scratch) }
      return try self.finish(first, second, addsSpecialTokens, truncation)
    }
  }

  /// The numbers of the tokens of a text, without what else ``encode(_:pair:addsSpecialTokens:truncation:ignoresSpecialTokens:)``
  /// finds out.
  public func ids(
    of text: String, addsSpecialTokens: Bool = true, ignoresSpecialTokens: Bool = false
  ) throws(TensorError) -> [Int] {
    let ids = try withScratch { scratch throws(PatternMistake) in
      var run = TokenRun()
      try self.run(text, ignoresSpecialTokens, scratch, &run)
      return run.ids.map { Int($0) }
    }
    guard let postProcessor, addsSpecialTokens, postProcessor.addedCount(isPair: false) > 0 else { return ids }
    var encoding = Encoding()
    encoding.ids = ids
    encoding.typeIds = [Int](repeating: 0, count: ids.count)
    encoding.tokens = [String](repeating: "", count: ids.count)
    encoding.offsets = [Range<Int>](repeating: 0..<0, count: ids.count)
    encoding.wordIds = [Int?](repeating: nil, count: ids.count)
    encoding.specialTokensMask = encoding.typeIds
    encoding.attentionMask = encoding.typeIds
    return postProcessor.process([encoding], addsSpecialTokens: true).flatMap(\.ids)
  }

  /// The tokens of many texts, made on all threads.
  ///
  /// - Parameters:
  ///   - pairs: the second text of each, as many as there are texts.
  ///   - padding: to which length the results are filled up; not at all if nil.
  public func encodeBatch(
    _ texts: [String], pairs: [String]? = nil, addsSpecialTokens: Bool = true, truncation: Truncation? = nil,
    padding: TokenPadding? = nil
  ) throws(TensorError) -> [Encoding] {
    if let pairs, pairs.count != texts.count {
      throw TensorError(.value, "encodeBatch", "\(pairs.count) second texts do not go with \(texts.count) first ones")
    }
    return try batch(texts.count, padding) { i throws(TensorError) in
      try self.encode(
        texts[i], pair: pairs.map { $0[i] }, addsSpecialTokens: addsSpecialTokens, truncation: truncation)
    }
  }

  /// The tokens of many texts that have been cut into words already.
  public func encodeBatch(
    words: [[String]], pairs: [[String]]? = nil, addsSpecialTokens: Bool = true, truncation: Truncation? = nil,
    padding: TokenPadding? = nil
  ) throws(TensorError) -> [Encoding] {
    if let pairs, pairs.count != words.count {
      throw TensorError(.value, "encodeBatch", "\(pairs.count) second texts do not go with \(words.count) first ones")
    }
    return try batch(words.count, padding) { i throws(TensorError) in
      try self.encode(
        words: words[i], pair: pairs.map { $0[i] }, addsSpecialTokens: addsSpecialTokens, truncation: truncation)
    }
  }

  private func batch(
    _ count: Int, _ padding: TokenPadding?, _ encode: (Int) throws(TensorError) -> Encoding
  ) throws(TensorError) -> [Encoding] {
    var encodings = [Encoding](repeating: Encoding(), count: count)
    // Texts differ in length: each thread takes the next few as it comes to them.
    let next = Atomic<Int>(0)
    let failure = Lock<TensorError?>(nil)
    let block = 8
    encodings.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      nonisolated(unsafe) let target = base
      parallelFor((count + block - 1) / block, grain: 1) { _ in
        while true {
          let first = next.add(block, ordering: .relaxed).oldValue
          guard first < count else { return }
          for i in first..<min(count, first + block) {
            do throws(TensorError) { target[i] = try encode(i) } catch {
              failure.withLock { $0 = $0 ?? error }
              return
            }
          }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    guard let padding else { return encodings }
    let target = padding.target(longest: encodings.map(\.count).max() ?? 0)
    let id = padding.id ?? configuration.padId ?? 0
    let token = padding.token ?? idToToken(id) ?? "[PAD]"
    for i in encodings.indices {
      encodings[i].pad(to: target, id: id, typeId: padding.typeId, token: token, side: padding.side)
    }
    return encodings
  }

  // MARK: - Decoding

  /// The text of tokens; numbers that stand for none are left out.
  ///
  /// - Parameters:
  ///   - skipsSpecialTokens: whether special tokens are left out.
  ///   - cleansUpSpaces: whether spaces before punctuation and in English contractions are removed (``TokenizerConfiguration/cleansUpSpaces``).
  public func decode(
    _ ids: [Int], skipsSpecialTokens: Bool = false, cleansUpSpaces: Bool = false
  ) throws(TensorError) -> String {
    do {
      let text = try engine.decode(ids, skipsSpecial: skipsSpecialTokens)
      return cleansUpSpaces ? TokenDecoder.cleanUp(text: text) : text
    } catch { throw failure(error) }
  }

  // MARK: - Steps

  private func withScratch<Value>(
    _ body: (TokenizerScratch) throws(PatternMistake) -> Value
  ) throws(TensorError) -> Value {
    let box = scratches.withLock { $0.popLast() } ?? ScratchBox(scratch: TokenizerScratch())
    defer { scratches.withLock { if $0.count < 64 { $0.append(box) } } }
    do { return try body(box.scratch) } catch { throw failure(error) }
  }

  private func failure(_ mistake: PatternMistake) -> TensorError {
    TensorError(mistake.kind == .unsupported ? .unsupported : .value, path, mistake.description)
  }

  private func run(
    _ text: String, _ ignoresSpecial: Bool, _ scratch: TokenizerScratch, _ run: inout TokenRun
  ) throws(PatternMistake) {
    var text = text
    var mistake: PatternMistake?
    text.withUTF8 { bytes in
      do throws(PatternMistake) { try engine.tokenize(bytes, ignoresSpecial: ignoresSpecial, scratch, &run) } catch {
        mistake = error
      }
    }
    if let mistake { throw mistake }
  }

  private func tokens(
    of text: String, _ typeId: Int, _ ignoresSpecial: Bool, _ scratch: TokenizerScratch, word: Int? = nil
  ) throws(PatternMistake) -> Encoding {
    var run = TokenRun()
    try self.run(text, ignoresSpecial, scratch, &run)
    let places = CodePointPlaces(text)
    var encoding = Encoding()
    let count = run.ids.count
    encoding.ids = run.ids.map { Int($0) }
    encoding.typeIds = [Int](repeating: typeId, count: count)
    encoding.specialTokensMask = [Int](repeating: 0, count: count)
    encoding.attentionMask = [Int](repeating: 1, count: count)
    encoding.wordIds = word.map { [Int?](repeating: $0, count: count) } ?? run.words.map { Int($0) }
    encoding.tokens.reserveCapacity(count)
    var next = 0
    for i in 0..<count {
      if next < run.texts.count, run.texts[next].place == i {
        encoding.tokens.append(run.texts[next].text)
        next += 1
      } else {
        encoding.tokens.append(engine.token(Int(run.ids[i])) ?? "")
      }
    }
    encoding.offsets.reserveCapacity(count)
    for i in 0..<count { encoding.offsets.append(places.range(Int(run.starts[i]), Int(run.ends[i]))) }
    return encoding
  }

  private func tokens(ofWords words: [String], _ typeId: Int, _ scratch: TokenizerScratch) throws(PatternMistake)
    -> Encoding
  {
    var whole = Encoding()
    for (i, word) in words.enumerated() {
      whole.append(try tokens(of: word, typeId, false, scratch, word: i))
    }
    return whole
  }

  private func finish(
    _ first: Encoding, _ second: Encoding?, _ addsSpecialTokens: Bool, _ truncation: Truncation?
  ) throws(PatternMistake) -> Encoding {
    var (first, second) = (first, second)
    if let truncation {
      let added = addsSpecialTokens ? postProcessor?.addedCount(isPair: second != nil) ?? 0 : 0
      guard truncation.maxLength >= added else {
        throw PatternMistake(description: "\(truncation.maxLength) tokens have no room for the \(added) that are added")
      }
      try truncation.apply(&first, &second, length: truncation.maxLength - added)
    }
    var encodings = second.map { [first, $0] } ?? [first]
    for i in encodings.indices {
      encodings[i].sequenceRanges[i] = 0..<encodings[i].count
      for j in encodings[i].overflowing.indices {
        encodings[i].overflowing[j].sequenceRanges[i] = 0..<encodings[i].overflowing[j].count
      }
    }
    if let postProcessor {
      for i in encodings.indices { encodings[i].typeIds = [Int](repeating: i, count: encodings[i].count) }
      encodings = postProcessor.process(encodings, addsSpecialTokens: addsSpecialTokens)
    }
    var result = encodings.first ?? Encoding()
    for encoding in encodings.dropFirst() { result.append(encoding) }
    return result
  }
}

/// Where the code points of a text lie among its bytes.
struct CodePointPlaces {
  /// The code point that each byte belongs to; empty where each byte is one.
  private let places: [UInt32]
  private let count: Int

  init(_ text: String) {
    var text = text
    (places, count) = text.withUTF8 { bytes in
      if apusIsASCII(bytes) { return ([], bytes.count) }
      let places = [UInt32](unsafeUninitializedCapacity: bytes.count) { buffer, initialized in
        var place: UInt32 = 0
        for i in 0..<bytes.count {
          if i > 0, bytes[i] & 0xc0 != 0x80 { place += 1 }
          buffer[i] = place
        }
        initialized = bytes.count
      }
      return (places, bytes.count)
    }
  }

  /// The code points of the bytes from `start` to `end`; the bytes themselves where there are none there.
  @inline(__always)
  func range(_ start: Int, _ end: Int) -> Range<Int> {
    guard !places.isEmpty, start < count else { return start..<max(start, end) }
    let first = Int(places[start])
    if end < count { return first..<max(first, Int(places[end])) }
    let last = end > 0 && end - 1 < count ? Int(places[end - 1]) : first + 1
    return first..<last + 1
  }
}
