import ApusCore
import ApusText

/// A language model with its tokeniser: texts in, texts out.
///
///     let generator = try TextGenerator(path: "SmolLM2-135M-Instruct")
///     print(try generator.chat([.user("What is the capital of France?")]))
///     for try await piece in generator.stream("Once upon a time") { print(piece, terminator: "") }
public struct TextGenerator: Sendable {
  public let model: any GenerativeModel
  public let tokenizer: Tokenizer
  /// The options of every generation: at first those that the model was published with.
  public var configuration: GenerationConfiguration
  /// What else every generation is given.
  public var extras = GenerationExtras()

  /// Puts a model and its tokeniser together.
  /// - Parameter configuration: the options; nil: those that the model was published with.
  /// - Throws: ``TensorError`` where their file makes no sense.
  public init(
    _ model: any GenerativeModel, _ tokenizer: Tokenizer, _ configuration: GenerationConfiguration? = nil
  ) throws {
    self.model = model
    self.tokenizer = tokenizer
    self.configuration = try configuration ?? model.publishedGeneration()
    if self.configuration.eosTokenIds.isEmpty, let end = tokenizer.configuration.eosId {
      self.configuration.eosTokenIds = [end]
    }
    if self.configuration.padTokenId == nil { self.configuration.padTokenId = tokenizer.configuration.padId }
  }

  /// Loads the folder or GGUF file at `path`, weights in the types that they have there.
  public init(path: String) throws {
    try self.init(
      AutoModel.load(path, head: .causalLM, ModelLoading(dtype: nil)) as any GenerativeModel, Tokenizer(path: path))
  }

  /// What follows `prompt`, without it.
  /// - Parameter maxNewTokens: the most tokens; nil: as the options say.
  public func generate(_ prompt: String, maxNewTokens: Int? = nil) throws -> String {
    try generate(ids: tokenizer.ids(of: prompt), maxNewTokens)
  }

  /// What follows each of several prompts, which run together.
  public func generate(_ prompts: [String], maxNewTokens: Int? = nil) throws -> [String] {
    let ids = try prompts.map { try tokenizer.ids(of: $0) }
    let (options, extras) = settings(maxNewTokens)
    return try model.generate(ids, options, extras).map(text)
  }

  /// The answer to a conversation.
  /// - Parameters:
  ///   - messages: what has been said, written as the model's chat template says.
  ///   - tools: functions that the model may call, each described by a JSON schema.
  public func chat(
    _ messages: [ChatMessage], tools: [ChatValue]? = nil, maxNewTokens: Int? = nil
  ) throws -> String {
    try generate(ids: ids(of: messages, tools: tools), maxNewTokens)
  }

  /// What follows `prompt`, piece by piece, without broken characters.
  public func stream(_ prompt: String, maxNewTokens: Int? = nil) throws -> TextStream {
    try stream(ids: tokenizer.ids(of: prompt), maxNewTokens)
  }

  /// The answer to a conversation, piece by piece.
  public func streamChat(
    _ messages: [ChatMessage], tools: [ChatValue]? = nil, maxNewTokens: Int? = nil
  ) throws -> TextStream {
    try stream(ids: ids(of: messages, tools: tools), maxNewTokens)
  }

  /// The tokens of a conversation, up to where the model answers.
  public func ids(of messages: [ChatMessage], tools: [ChatValue]? = nil) throws -> [Int] {
    // The template writes the tokens that begin a text itself.
    try tokenizer.ids(of: text(of: messages, tools: tools), addsSpecialTokens: false)
  }

  /// A conversation as the model's template writes it, up to where the model answers.
  public func text(of messages: [ChatMessage], tools: [ChatValue]? = nil) throws -> String {
    guard let source = tokenizer.configuration.chatTemplate else {
      throw TensorError(.state, tokenizer.path, "the tokeniser has no chat template; use generate with a text")
    }
    var variables: [String: ChatValue] = [:]
    if let begin = tokenizer.configuration.bosToken { variables["bos_token"] = .string(begin) }
    if let end = tokenizer.configuration.eosToken { variables["eos_token"] = .string(end) }
    return try ChatTemplate(source: source)
      .render(messages: messages, tools: tools, addGenerationPrompt: true, variables: variables)
  }

  private func generate(ids: [Int], _ maxNewTokens: Int?) throws -> String {
    let (options, extras) = settings(maxNewTokens)
    return try text(model.generate([ids], options, extras).first ?? [])
  }

  private func stream(ids: [Int], _ maxNewTokens: Int?) -> TextStream {
    let (options, extras) = settings(maxNewTokens)
    return TextStream(
      tokens: model.stream(ids, options, extras), text: tokenizer.stream(), ends: options.eosTokenIds)
  }

  private func settings(_ maxNewTokens: Int?) -> (GenerationConfiguration, GenerationExtras) {
    var (options, extras) = (configuration, extras)
    if let maxNewTokens { options.maxNewTokens = maxNewTokens }
    if !options.stopStrings.isEmpty {
      let tokenizer = tokenizer
      extras.stopping.append(StopStrings(options.stopStrings) { (try? tokenizer.decode($0)) ?? "" })
    }
    return (options, extras)
  }

  /// The text of new tokens, without the one that ends it.
  private func text(_ ids: [Int]) throws -> String {
    let isEnded = ids.last.map { configuration.eosTokenIds.contains($0) } ?? false
    return try tokenizer.decode(isEnded ? Array(ids.dropLast()) : ids, skipsSpecialTokens: true)
  }
}

/// A text as it is generated, piece by piece.
public struct TextStream: AsyncSequence, Sendable {
  /// What comes: whole characters.
  public typealias Element = String

  let tokens: GenerationStream
  let text: TokenStream
  let ends: [Int]

  /// Begins the text anew.
  public func makeAsyncIterator() -> Iterator {
    Iterator(tokens: tokens.makeAsyncIterator(), text: text, ends: ends)
  }

  /// Goes on token by token.
  public struct Iterator: AsyncIteratorProtocol {
    var tokens: GenerationStream.Iterator
    var text: TokenStream
    let ends: [Int]
    private var isDone = false

    init(tokens: GenerationStream.Iterator, text: TokenStream, ends: [Int]) {
      (self.tokens, self.text, self.ends) = (tokens, text, ends)
    }

    /// The next piece; nil at the end.
    public mutating func next() async throws -> String? {
      while !isDone {
        guard let token = try await tokens.next() else {
          isDone = true
          let rest = try text.finish()
          return rest.isEmpty ? nil : rest
        }
        if ends.contains(token.id) { continue }
        let piece = try text.append(token.id)
        if !piece.isEmpty { return piece }
      }
      return nil
    }
  }
}
