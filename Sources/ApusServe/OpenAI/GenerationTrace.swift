import ApusCore
import ApusModels
import ApusText

/// What is told of the texts of a request to a collector of traces, under the names of OpenTelemetry's conventions for
/// generative models.
struct GenerationTrace {
  private let trace: RequestTrace?
  private let attributes: [(String, TraceValue)]
  private let name: String
  private let start = Clock.seconds
  private var firstToken: Double?

  /// - Parameter operation: `chat`, `text_completion`, `embeddings`.
  init(_ trace: RequestTrace?, _ operation: String, model: String, _ asked: [(String, TraceValue)] = []) {
    self.trace = trace
    name = "\(operation) \(model)"
    guard trace != nil else {
      attributes = []
      return
    }
    attributes =
      [
        ("gen_ai.operation.name", .text(operation)), ("gen_ai.provider.name", .text("apus")),
        ("gen_ai.request.model", .text(model)), ("gen_ai.response.model", .text(model)),
      ] + asked
  }

  /// A token has come.
  mutating func noteToken() { if trace != nil, firstToken == nil { firstToken = Clock.seconds } }

  /// The texts are there, before the client is told.
  func end(_ usage: Usage, _ reasons: [FinishReason?] = [], id: String? = nil, error: OpenAIError? = nil) {
    guard let trace else { return }
    let end = Clock.seconds
    var attributes = attributes
    attributes.append(("gen_ai.usage.input_tokens", .number(usage.prompt)))
    if usage.completion > 0 { attributes.append(("gen_ai.usage.output_tokens", .number(usage.completion))) }
    if let id { attributes.append(("gen_ai.response.id", .text(id))) }
    let words = reasons.compactMap { reason -> String? in
      switch reason {
      case nil: nil
      case .length, .time: "length"
      case .end, .stop, .cancelled: "stop"
      }
    }
    if !words.isEmpty { attributes.append(("gen_ai.response.finish_reasons", .texts(words))) }
    if let firstToken { attributes.append(("gen_ai.response.time_to_first_chunk", .real(firstToken - start))) }
    if let error { attributes.append(("error.type", .text(error.type))) }
    let whole = trace.add(name, from: start, to: end, attributes, error: error?.message)
    guard let firstToken else { return }
    // Until the first token a request waits for room, and its prompt is read.
    trace.add("prompt", within: whole, from: start, to: firstToken)
    trace.add("tokens", within: whole, from: firstToken, to: end)
  }
}
