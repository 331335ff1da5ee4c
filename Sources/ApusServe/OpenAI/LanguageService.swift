import ApusCore
import ApusModels
import ApusText

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A language model that answers requests of OpenAI's interface under a name.
public final class LanguageService: Sendable {
  /// What clients call the model.
  public let name: String
  /// The model, its tokeniser, and what runs texts.
  public let texts: TextBatch
  /// When it was made, in seconds of 1970.
  let created = Int(time(nil))
  /// The most tokens of a text, prompt included.
  let room: Int
  private let made = Lock(Made())

  private struct Made {
    var vocabulary: TokenVocabulary?
    var constraints: [String: GrammarConstraint] = [:]
  }

  /// How many grammars are kept for further requests.
  private static let mostConstraints = 32
  /// The longest schema, in bytes.
  private static let longestSchema = 1 << 16

  /// A service of that name.
  /// - Parameter limits: how much is worked on at once.
  public init(_ name: String, _ generator: TextGenerator, _ limits: ContinuousBatch.Limits = ContinuousBatch.Limits()) {
    self.name = name
    texts = TextBatch(generator, limits)
    let configuration = (generator.model as? any PretrainedModel)?.configuration
    let trained = ["max_position_embeddings", "n_positions"].lazy.compactMap { configuration?[$0]?.int }.first
    room = max(1, min(trained ?? .max, limits.tokens))
  }

  /// A service of that name for the folder or GGUF file at `path`.
  /// - Throws: `TensorError` that names the file and what is wrong with it.
  public convenience init(
    _ name: String, path: String, _ limits: ContinuousBatch.Limits = ContinuousBatch.Limits()
  ) throws {
    self.init(name, try inOwnThread { try TextGenerator(path: path) }, limits)
  }

  /// What holds a text to JSON of a schema. Requests with the same schema share one.
  func constraint(schema: String) throws(OpenAIError) -> any TokenConstraint {
    guard schema.utf8.count <= Self.longestSchema else {
      throw OpenAIError(400, "the schema has \(schema.utf8.count) bytes, and \(Self.longestSchema) are read at most")
    }
    if let found = made.withLock({ $0.constraints[schema] }) { return found }
    let grammar: Grammar
    do { grammar = try Grammar.jsonSchema(schema) } catch {
      throw OpenAIError(400, "the schema cannot be kept: \(error.description)", parameter: "response_format")
    }
    let constraint = GrammarConstraint(grammar, vocabulary)
    made.withLock { made in
      if made.constraints.count >= Self.mostConstraints { made.constraints = [:] }
      made.constraints[schema] = constraint
    }
    return constraint
  }

  private var vocabulary: TokenVocabulary {
    if let found = made.withLock({ $0.vocabulary }) { return found }
    let found = TokenVocabulary(texts.generator.tokenizer)
    made.withLock { $0.vocabulary = found }
    return found
  }

  /// The text of one token, broken characters replaced.
  func text(_ token: Int) -> String { (try? texts.generator.tokenizer.decode([token])) ?? "" }
}

/// A model of sentences that answers requests of OpenAI's interface under a name, one after the other.
public actor EmbeddingService {
  /// What clients call the model.
  public nonisolated let name: String
  nonisolated let created = Int(time(nil))
  private let embedder: TextEmbedder

  /// A service of that name.
  public init(_ name: String, _ embedder: TextEmbedder) { (self.name, self.embedder) = (name, embedder) }

  /// Vectors of texts, and how many tokens these have. Tokens beyond what the model reads are left out.
  func vectors(_ texts: [String]) throws -> (rows: [[Float]], tokens: Int) {
    let tokens = try texts.reduce(0) { try $0 + min(embedder.maxLength, embedder.tokenizer.ids(of: $1).count) }
    let found = try embedder.embed(texts).to(.float32)
    let width = found.size(1)
    let values = found.array(as: Float.self)
    return (texts.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }, tokens)
  }
}
