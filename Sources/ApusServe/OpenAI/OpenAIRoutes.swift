import ApusCore
import ApusModels
import ApusText

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// OpenAI's interface over models of a process: `/v1/models`, `/v1/chat/completions`, `/v1/completions` and `/v1/embeddings`, whole and as streams of
/// events.
///
///     let service = try LanguageService("smollm2", path: "SmolLM2-135M-Instruct")
///     let server = try HTTPServer(at: "127.0.0.1:8000", handler: OpenAIRoutes([service]))
///
/// Alone it answers whoever asks; among the `routes` of an ``InferenceServer`` it is behind that one's keys and limits.
public struct OpenAIRoutes: HTTPHandler, HTTPRoutes {
  private let models: LanguageRepository
  private let countsKeys: Bool

  /// Routes to the models of these services, each under its name.
  /// - Parameter countsKeys: callers, who get equal shares of the tokens, are told by their keys, which somebody has checked; else by their
  ///   addresses.
  public init(_ language: [LanguageService], embedding: [EmbeddingService] = [], countsKeys: Bool = false) {
    self.init(LanguageRepository(language, embedding), countsKeys: countsKeys)
  }

  /// Routes to models that come and go.
  init(_ models: LanguageRepository, countsKeys: Bool) { (self.models, self.countsKeys) = (models, countsKeys) }

  /// Whether a request is one of these. What stands below `/v1/models/` belongs to others unless it is the name of a model here.
  public func takes(_ head: HTTPHead) -> Bool {
    switch head.path {
    case "/v1/models", "/v1/chat/completions", "/v1/completions", "/v1/embeddings": return true
    default: return name(head.path).map { models.knows($0) } ?? false
    }
  }

  /// The name of the model whose object is asked for.
  private func name(_ path: String) -> String? {
    let prefix = "/v1/models/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
  }

  /// What the language models do and did: texts, tokens, the room for keys and values.
  public var metrics: String {
    let models = models.languages.map { ($0.name, $0.texts.batch.statistics) }
    var out = ""
    func family(_ name: String, _ help: String, _ kind: String, _ value: (ContinuousBatch.Statistics) -> Int) {
      if models.isEmpty { return }
      out += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
      for (model, statistics) in models { out += "\(name){model=\"\(label(model))\"} \(value(statistics))\n" }
    }
    family("apus_texts_running", "Texts that are generated", "gauge") { $0.running }
    family("apus_texts_waiting", "Requests that wait for room", "gauge") { $0.waiting }
    family("apus_prompt_tokens_total", "Tokens of prompts that were read", "counter") { $0.promptTokens }
    family(
      "apus_reused_tokens_total", "Tokens that an earlier text began with, and that were not read again", "counter"
    ) {
      $0.reusedTokens
    }
    family("apus_generated_tokens_total", "Tokens that were generated", "counter") { $0.generatedTokens }
    family("apus_preemptions_total", "Texts that gave their room to others for a while", "counter") { $0.preemptions }
    family("apus_cache_tokens", "Tokens there is room for", "gauge") { $0.tokensInAll }
    family("apus_cache_tokens_used", "Tokens whose room is taken", "gauge") { $0.tokensInUse }
    return out
  }

  public func refusal(of head: HTTPHead) -> HTTPAnswer? {
    guard let length = head.contentLength, length > RequestFields.longestBody else { return nil }
    return Self.answer(
      OpenAIError(413, "the body has \(length) bytes, and \(RequestFields.longestBody) are read at most"))
  }

  public func refusal(status: Int, message: String) -> HTTPAnswer? { Self.answer(OpenAIError(status, message)) }

  public func handle(_ exchange: HTTPExchange) {
    let head = exchange.request.head
    let credential = countsKeys ? head.credential : ""
    let caller = credential.isEmpty ? head.peer : credential
    let task = Task.detached {
      do throws(OpenAIError) {
        try await answer(exchange, caller)
      } catch {
        exchange.answer(Self.answer(error))
      }
    }
    exchange.whenClientGoes { task.cancel() }
  }

  private func answer(_ exchange: HTTPExchange, _ caller: String) async throws(OpenAIError) {
    let head = exchange.request.head
    let isModels = head.path == "/v1/models" || name(head.path) != nil
    guard takes(head) || isModels else { throw OpenAIError(404, "there is no \(head.path)", code: "unknown_url") }
    guard head.method == (isModels ? "GET" : "POST") else {
      throw OpenAIError(
        405, "\(head.path) is asked with \(isModels ? "GET" : "POST"), and the request is a \(head.method)")
    }
    let body = exchange.request.body
    switch head.path {
    case "/v1/chat/completions":
      let request = try ChatRequest(body: body)
      try await run(request.sampling, head, caller) { service, priority async throws(OpenAIError) in
        try await ChatAnswer(request, service, priority).run(exchange)
      }
    case "/v1/completions":
      let request = try CompletionRequest(body: body)
      try await run(request.sampling, head, caller) { service, priority async throws(OpenAIError) in
        try await CompletionAnswer(request, service, priority).run(exchange)
      }
    case "/v1/embeddings":
      let request = try EmbeddingRequest(body: body)
      guard let service = models.embedding(request.model) else {
        throw missing(request.model, models.embeddings.map(\.name))
      }
      let trace = GenerationTrace(exchange.trace, "embeddings", model: request.model)
      let found: (rows: [[Float]], tokens: Int)
      do { found = try await service.vectors(request.texts) } catch {
        let error = OpenAIError(error)
        trace.end(Usage(), error: error)
        throw error
      }
      trace.end(Usage(prompt: found.tokens))
      exchange.answer(HTTPAnswer(text: try request.answer(found.rows, tokens: found.tokens).json))
    default:
      exchange.answer(HTTPAnswer(text: try list(head.path).json))
    }
  }

  private func list(_ path: String) throws(OpenAIError) -> ChatValue {
    let all = models.languages.map { ($0.name, $0.created) } + models.embeddings.map { ($0.name, $0.created) }
    func object(_ name: String, _ created: Int) -> ChatValue {
      ["id": .string(name), "object": "model", "created": .int(created), "owned_by": "apus"]
    }
    guard let name = name(path) else {
      let sorted = all.sorted { $0.0 < $1.0 }.map { object($0.0, $0.1) }
      return ["object": "list", "data": .array(sorted)]
    }
    guard let found = all.first(where: { $0.0 == name }) else {
      throw missing(name, all.map(\.0))
    }
    return object(found.0, found.1)
  }

  /// Has a request worked on by its model; by the one after it where that is replaced at this moment.
  private func run(
    _ sampling: SamplingFields, _ head: HTTPHead, _ caller: String,
    _ body: (LanguageService, ContinuousBatch.Priority) async throws(OpenAIError) -> Void
  ) async throws(OpenAIError) {
    let priority = try sampling.priority(head, caller: caller)
    while true {
      guard let service = models.language(sampling.model) else {
        throw missing(sampling.model, models.languages.map(\.name))
      }
      do throws(OpenAIError) {
        return try await body(service, priority)
      } catch {
        guard error.code == OpenAIError.closing, let next = models.language(sampling.model), next !== service else {
          throw error
        }
      }
    }
  }

  private func missing(_ name: String, _ names: some Sequence<String>) -> OpenAIError {
    OpenAIError(
      404, "there is no model '\(name)' for this; there are: \(names.sorted().joined(separator: ", "))",
      parameter: "model", code: "model_not_found")
  }

  static func answer(_ error: OpenAIError) -> HTTPAnswer {
    let headers = error.status == 429 ? [HTTPField("Retry-After", "1")] : []
    return HTTPAnswer(status: error.status, text: error.body.json, headers: headers)
  }
}

/// The events of a stream.
struct EventStream {
  private let exchange: HTTPExchange
  private var stream: HTTPStream?

  init(_ exchange: HTTPExchange) { self.exchange = exchange }

  /// Sends an object; false where the client has gone. The answer begins with the first one, so that errors before it have their status.
  mutating func send(_ value: ChatValue) -> Bool { send(value.json) }

  /// Ends the stream as clients expect it.
  mutating func finish() {
    _ = send("[DONE]")
    stream?.close()
  }

  /// Says what went wrong: as the answer where nothing was sent, else as an event.
  mutating func fail(_ error: OpenAIError) throws(OpenAIError) {
    guard let stream else { throw error }
    _ = send(error.body)
    stream.close()
  }

  private mutating func send(_ data: String) -> Bool {
    let stream =
      stream
      ?? exchange.stream(headers: [
        HTTPField("Content-Type", "text/event-stream"), HTTPField("Cache-Control", "no-cache"),
      ])
    self.stream = stream
    return stream.event(data)
  }
}

func now() -> Int { Int(time(nil)) }
