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

/// A model of sentences that answers requests of OpenAI's interface under a name. Requests that come while it works on others wait, and
/// are worked on together.
public actor EmbeddingService {
  /// What clients call the model.
  public nonisolated let name: String
  nonisolated let created = Int(time(nil))
  private nonisolated let embedder: TextEmbedder
  private var waiting: [Waiting] = []
  private var isWorking = false

  typealias Vectors = (rows: [[Float]], tokens: Int)

  private struct Waiting {
    let texts: [String]
    let continuation: CheckedContinuation<Vectors, any Error>
  }

  /// How many texts are worked on together.
  private static let mostTexts = 128

  /// A service of that name.
  public init(_ name: String, _ embedder: TextEmbedder) { (self.name, self.embedder) = (name, embedder) }

  /// Vectors of texts, and how many tokens these have. Tokens beyond what the model reads are left out.
  func vectors(_ texts: [String]) async throws -> Vectors {
    try await withCheckedThrowingContinuation { continuation in
      waiting.append(Waiting(texts: texts, continuation: continuation))
      if !isWorking {
        isWorking = true
        Task.detached { while await self.work() {} }
      }
    }
  }

  /// Works on what waits.
  /// - Returns: whether there was anything.
  private nonisolated func work() async -> Bool {
    let requests = await take()
    guard !requests.isEmpty else { return false }
    do {
      let found = try embed(requests.flatMap(\.texts))
      var start = 0
      for request in requests {
        let rows = found[start..<start + request.texts.count]
        start += request.texts.count
        request.continuation.resume(returning: (rows.map(\.vector), rows.reduce(0) { $0 + $1.tokens }))
      }
    } catch {
      // One of them may have spoilt it for the others.
      for request in requests {
        request.continuation.resume(
          with: Result {
            let rows = try embed(request.texts)
            return (rows.map(\.vector), rows.reduce(0) { $0 + $1.tokens })
          })
      }
    }
    return true
  }

  private func take() -> [Waiting] {
    var (count, texts) = (0, 0)
    while count < waiting.count, count == 0 || texts + waiting[count].texts.count <= Self.mostTexts {
      texts += waiting[count].texts.count
      count += 1
    }
    defer { waiting.removeFirst(count) }
    if count == 0 { isWorking = false }
    return Array(waiting[..<count])
  }

  private nonisolated func embed(_ texts: [String]) throws -> [(vector: [Float], tokens: Int)] {
    let tokens = try texts.map { min(embedder.maxLength, try embedder.tokenizer.ids(of: $0).count) }
    let found = try embedder.embed(texts).to(.float32)
    let width = found.size(1)
    let values = found.array(as: Float.self)
    return texts.indices.map { (Array(values[$0 * width..<($0 + 1) * width]), tokens[$0]) }
  }
}
