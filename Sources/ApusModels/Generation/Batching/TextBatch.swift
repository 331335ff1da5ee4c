import ApusCore
import ApusText

/// A language model with its tokeniser for many callers at once: texts of a ``TextGenerator`` in a ``ContinuousBatch``.
///
///     let texts = TextBatch(try TextGenerator(path: "SmolLM2-135M-Instruct"))
///     for try await piece in texts.stream(try texts.generator.ids(of: [.user("Hello!")])) { print(piece.text, terminator: "") }
public struct TextBatch: Sendable {
  /// The model, its tokeniser and the options of texts that bring none.
  public let generator: TextGenerator
  /// What runs the texts.
  public let batch: ContinuousBatch

  /// A batch of texts of `generator` that holds as much as `limits` say.
  public init(_ generator: TextGenerator, _ limits: ContinuousBatch.Limits = ContinuousBatch.Limits()) {
    self.generator = generator
    batch = ContinuousBatch(generator.model, limits)
  }

  /// What follows the tokens `ids`, piece by piece: a piece for each token, whose text may be empty. Stop strings of the options end a text and are
  /// no part of it.
  /// - Parameters:
  ///   - configuration: the options; nil: the generator's.
  ///   - extras: what is given besides the generator's.
  public func stream(
    _ ids: [Int], _ configuration: GenerationConfiguration? = nil, _ extras: GenerationExtras = GenerationExtras(),
    _ priority: ContinuousBatch.Priority = ContinuousBatch.Priority()
  ) -> TextPieces {
    let options = configuration ?? generator.configuration
    var all = generator.extras
    all.processors += extras.processors
    all.stopping += extras.stopping
    all.constraint = extras.constraint ?? all.constraint
    if !options.stopStrings.isEmpty {
      let tokenizer = generator.tokenizer
      all.stopping.append(StopStrings(options.stopStrings) { (try? tokenizer.decode($0)) ?? "" })
    }
    return TextPieces(
      tokens: batch.stream(ids, options, all, priority), ends: Set(options.eosTokenIds), stops: options.stopStrings,
      text: generator.tokenizer.stream())
  }
}

/// Part of a text of a batch.
public struct TextPiece: Sendable, Hashable {
  /// What comes: whole characters, or nothing yet.
  public var text: String
  /// The token that it came with.
  public var token: GeneratedToken
  /// Which of the texts of a request it belongs to.
  public var choice: Int { token.choice }
  /// Why the text ends here; nil where it goes on.
  public var finishReason: FinishReason? { token.finishReason }
}

/// The texts of a request as they are generated.
public struct TextPieces: AsyncSequence, Sendable {
  /// What comes: a piece at a time.
  public typealias Element = TextPiece

  let tokens: AsyncThrowingStream<GeneratedToken, any Error>
  let ends: Set<Int>
  let stops: [String]
  let text: TokenStream

  /// Begins to listen; a request is worked on once.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// Goes on token by token.
  public struct Iterator: AsyncIteratorProtocol {
    private var tokens: AsyncThrowingStream<GeneratedToken, any Error>.Iterator
    private let pieces: TextPieces
    private var choices: [Int: CutText] = [:]

    init(_ pieces: TextPieces) {
      self.pieces = pieces
      tokens = pieces.tokens.makeAsyncIterator()
    }

    /// The next piece; nil at the end.
    public mutating func next() async throws -> TextPiece? {
      guard let token = try await tokens.next() else { return nil }
      var text = choices[token.choice] ?? CutText(pieces.text, stops: pieces.stops)
      var found = pieces.ends.contains(token.id) ? "" : try text.append(token.id)
      if token.finishReason != nil { found += try text.finish() }
      choices[token.choice] = text
      return TextPiece(text: found, token: token)
    }
  }
}

/// Text as tokens make it, without the string that stops it: what may become one is held back.
package struct CutText {
  private var stream: TokenStream
  private let stops: [[UInt8]]
  /// Text that is not given away yet.
  private var held: [UInt8] = []

  package init(_ stream: TokenStream, stops: [String]) {
    self.stream = stream
    self.stops = stops.filter { !$0.isEmpty }.map { Array($0.utf8) }
  }

  /// The text that a token adds for sure.
  package mutating func append(_ id: Int) throws(TensorError) -> String {
    add(try stream.append(id))
  }

  /// The text that `piece` adds for sure.
  package mutating func add(_ piece: String) -> String {
    held += Array(piece.utf8)
    // Behind a whole stop string nothing is given away.
    if let stop = firstStop() { return take(stop) }
    let longest = min(held.count, stops.map(\.count).max() ?? 0)
    return take(held.count - ((0...longest).reversed().first(where: mayStop) ?? 0))
  }

  /// What is left, up to a stop string.
  package mutating func finish() throws(TensorError) -> String {
    held += Array(try stream.finish().utf8)
    return take(firstStop() ?? held.count)
  }

  private mutating func take(_ count: Int) -> String {
    // A character is given away as a whole.
    var count = count
    while count > 0, count < held.count, held[count] & 0xc0 == 0x80 { count -= 1 }
    defer { held.removeFirst(count) }
    return String(decoding: held[..<count], as: UTF8.self)
  }

  /// Whether the last `count` bytes are the beginning of a stop string, as no bytes are.
  private func mayStop(_ count: Int) -> Bool {
    stops.contains { $0.count >= count && $0.starts(with: held.suffix(count)) }
  }

  private func firstStop() -> Int? {
    held.indices.first { i in stops.contains { held[i...].starts(with: $0) } }
  }
}
