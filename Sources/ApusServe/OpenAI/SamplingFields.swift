import ApusModels
import ApusText

/// What requests of texts have in common: how tokens are chosen and where the text ends.
package struct SamplingFields: Sendable {
  package let model: String
  package let isStreamed: Bool
  /// Whether a stream ends with the counts of its tokens.
  package let wantsUsage: Bool
  /// How many texts are asked for.
  package let choices: Int
  /// The most tokens; nil: as many as there is room for.
  package let maxTokens: Int?
  /// Whose turn it is sooner, as vLLM has it: lower numbers first.
  private let order: Int?
  /// Seconds after which the answer is of no use.
  private let timeout: Double?
  private let temperature: Double?
  private let topP: Double?
  private let topK: Int?
  private let minP: Double?
  private let presencePenalty: Double?
  private let frequencyPenalty: Double?
  private let repetitionPenalty: Double?
  private let seed: Int?
  private let stop: [String]
  private let bias: [GenerationConfiguration.SequenceBias]

  static let mostChoices = 16
  private static let mostOrder = 1 << 30
  private static let timeouts = 0.001...86400.0

  init(_ fields: RequestFields) throws(OpenAIError) {
    model = try fields.needed("model")
    isStreamed = try fields.bool("stream") ?? false
    wantsUsage = try fields.fields("stream_options")?.bool("include_usage") ?? false
    choices = try fields.int("n", in: 1...Self.mostChoices) ?? 1
    let most = try fields.int("max_completion_tokens", in: 1...(1 << 24))
    let mostBefore = try fields.int("max_tokens", in: 0...(1 << 24))
    maxTokens = most ?? mostBefore
    order = try fields.int("priority", in: -Self.mostOrder...Self.mostOrder)
    timeout = try fields.double("timeout", in: Self.timeouts)
    temperature = try fields.double("temperature", in: 0...2)
    topP = try fields.double("top_p", in: 0...1)
    topK = try fields.int("top_k", in: -1...(1 << 24))
    minP = try fields.double("min_p", in: 0...1)
    presencePenalty = try fields.double("presence_penalty", in: -2...2)
    frequencyPenalty = try fields.double("frequency_penalty", in: -2...2)
    repetitionPenalty = try fields.double("repetition_penalty", in: 0.01...10)
    seed = try fields.int("seed", in: Int.min...Int.max)
    stop = try fields.strings("stop", most: 16).filter { !$0.isEmpty }
    for text in stop where text.utf8.count > 256 { throw fields.wrong("stop", "texts of 256 bytes at most") }
    bias = try Self.bias(fields)
  }

  /// When the texts come to their turn, and until when: by the fields of the body, or by headers where it has none.
  func priority(_ head: HTTPHead, caller: String) throws(OpenAIError) -> ContinuousBatch.Priority {
    var (order, timeout) = (order, timeout)
    if order == nil, let text = head.header("x-request-priority") {
      guard let number = Int(text), abs(number) <= Self.mostOrder else {
        throw OpenAIError(400, "the header X-Request-Priority is '\(text)', and must be a whole number")
      }
      order = number
    }
    if timeout == nil, let text = head.header("x-request-timeout") {
      guard let number = Double(text), Self.timeouts.contains(number) else {
        throw OpenAIError(400, "the header X-Request-Timeout is '\(text)', and must be seconds from 0.001 to 86400")
      }
      timeout = number
    }
    return ContinuousBatch.Priority(level: -(order ?? 0), caller: caller, deadline: timeout)
  }

  /// What is asked, under the names of OpenTelemetry.
  var attributes: [(String, TraceValue)] {
    var found: [(String, TraceValue)] = []
    if let maxTokens { found.append(("gen_ai.request.max_tokens", .number(maxTokens))) }
    if let temperature { found.append(("gen_ai.request.temperature", .real(temperature))) }
    if let topP { found.append(("gen_ai.request.top_p", .real(topP))) }
    if let topK { found.append(("gen_ai.request.top_k", .number(topK))) }
    if let presencePenalty { found.append(("gen_ai.request.presence_penalty", .real(presencePenalty))) }
    if let frequencyPenalty { found.append(("gen_ai.request.frequency_penalty", .real(frequencyPenalty))) }
    if let seed { found.append(("gen_ai.request.seed", .number(seed))) }
    if choices > 1 { found.append(("gen_ai.request.choice.count", .number(choices))) }
    if !stop.isEmpty { found.append(("gen_ai.request.stop_sequences", .texts(stop))) }
    return found
  }

  private static func bias(_ fields: RequestFields) throws(OpenAIError) -> [GenerationConfiguration.SequenceBias] {
    guard let values = try fields.fields("logit_bias") else { return [] }
    let members = fields["logit_bias"]?.object ?? []
    guard members.count <= 1024 else { throw fields.wrong("logit_bias", "an object of 1024 members at most") }
    var result: [GenerationConfiguration.SequenceBias] = []
    for member in members {
      guard let token = Int(member.name), token >= 0, let value = try values.double(member.name, in: -100...100) else {
        throw fields.wrong("logit_bias", "an object of the numbers of tokens and what is added to their scores")
      }
      result.append(.init([token], Float(value)))
    }
    return result
  }

  /// The options of a text of `length` tokens of prompt, with `room` for a text in all.
  func configuration(
    _ base: GenerationConfiguration, promptLength length: Int, room: Int
  ) throws(OpenAIError) -> GenerationConfiguration {
    var options = base
    guard length < room else {
      throw OpenAIError(
        400, "the prompt has \(length) tokens, and there is room for \(room) with what is generated: shorten it",
        parameter: "messages", code: "context_length_exceeded")
    }
    options.maxNewTokens = min(maxTokens ?? .max, room - length)
    options.numReturnSequences = choices
    options.numBeams = 1
    if let temperature {
      options.doSample = temperature > 0
      options.temperature = temperature > 0 ? temperature : 1
    }
    if let topP { options.topP = max(topP, 1e-6) }
    if let topK { options.topK = max(0, topK) }
    if let minP { options.minP = minP > 0 ? minP : nil }
    if temperature == 0 {
      (options.topP, options.topK, options.minP) = (1, 0, nil)
    }
    if let presencePenalty { options.presencePenalty = presencePenalty }
    if let frequencyPenalty { options.frequencyPenalty = frequencyPenalty }
    if let repetitionPenalty { options.repetitionPenalty = repetitionPenalty }
    if let seed { options.seed = seed }
    options.stopStrings += stop
    options.sequenceBias += bias
    if choices > 1, !options.doSample {
      throw OpenAIError(
        400, "'n' is \(choices), and texts without a temperature above 0 are equal: give a temperature or n = 1",
        parameter: "n")
    }
    return options
  }
}
