import ApusCore
import ApusModels
import ApusText

/// The answer to a request of a chat.
struct ChatAnswer: Sendable {
  private let request: ChatRequest
  private let service: LanguageService
  private let priority: ContinuousBatch.Priority
  private let answers: OpenAIAnswers

  /// One of the texts that are generated.
  private struct Choice {
    var text = ""
    var reader: ToolCallReader?
    var calls: [ToolCallReader.Call] = []
    var reason: FinishReason?
    var probabilities: [TokenLogProbability] = []
  }

  init(_ request: ChatRequest, _ service: LanguageService, _ priority: ContinuousBatch.Priority) {
    (self.request, self.service, self.priority) = (request, service, priority)
    answers = OpenAIAnswers(service, kind: "chatcmpl", now: now())
  }

  func run(_ exchange: HTTPExchange) async throws(OpenAIError) {
    let (ids, options, extras) = try prepared()
    var usage = Usage(prompt: ids.count)
    var choices = (0..<request.sampling.choices).map { _ in Choice(reader: reader) }
    var events = EventStream(exchange)
    var trace = GenerationTrace(
      exchange.trace, "chat", model: request.sampling.model, request.sampling.attributes)
    do {
      for try await piece in service.texts.stream(ids, options, extras, priority) {
        usage.completion += 1
        trace.noteToken()
        let isFirst = piece.token.index == 0
        var choice = choices[piece.choice]
        var text = choice.reader?.append(piece.text) ?? piece.text
        choice.reason = piece.finishReason
        if piece.finishReason != nil, let (rest, calls) = choice.reader?.finish() {
          text += rest
          choice.calls = calls
        }
        choice.text += text
        let known = piece.token.logProbability.map { [$0] } ?? []
        choice.probabilities += request.sampling.isStreamed ? [] : known
        choices[piece.choice] = choice
        guard request.sampling.isStreamed else { continue }
        if isFirst { _ = events.send(chunk(piece.choice, [.init("role", "assistant"), .init("content", "")])) }
        guard send(text, known, choice, piece.choice, &events) else { return }
      }
      // A task that was cancelled ends early.
      if Task.isCancelled { return exchange.answer(HTTPAnswer(status: 499)) }
    } catch {
      let error = OpenAIError(error)
      trace.end(usage, error: error)
      return try events.fail(error)
    }
    trace.end(usage, choices.map(\.reason), id: answers.id)
    guard request.sampling.isStreamed else {
      return exchange.answer(
        HTTPAnswer(
          text: answers.object("chat.completion", choices: choices.enumerated().map(whole), usage: usage).json))
    }
    if request.sampling.wantsUsage {
      _ = events.send(answers.object("chat.completion.chunk", choices: [], usage: usage))
    }
    events.finish()
  }

  // MARK: What the model is given

  private func prepared() throws(OpenAIError) -> ([Int], GenerationConfiguration, GenerationExtras) {
    let generator = service.texts.generator
    let tools = request.toolChoice == .none ? [] : request.tools
    let ids: [Int]
    do {
      ids = try generator.ids(of: request.messages, tools: tools.isEmpty ? nil : tools.map(\.value))
    } catch {
      throw OpenAIError(400, "the conversation cannot be written for the model: \(error)", parameter: "messages")
    }
    var options = try request.sampling.configuration(
      generator.configuration, promptLength: ids.count, room: service.room)
    options.logProbabilities = request.logProbabilities
    var extras = GenerationExtras()
    if let schema { extras.constraint = try service.constraint(schema: schema.json) }
    return (ids, options, extras)
  }

  /// What the text must be.
  private var schema: ChatValue? {
    let forced: [ChatRequest.Tool]
    switch request.toolChoice {
    case .required: forced = request.tools
    case .function(let name): forced = request.tools.filter { $0.name == name }
    case .none, .automatic: forced = []
    }
    if !forced.isEmpty {
      let calls = forced.map { tool -> ChatValue in
        [
          "type": "object", "properties": ["name": ["const": .string(tool.name)], "arguments": tool.parameters],
          "required": ["name", "arguments"], "additionalProperties": false,
        ]
      }
      return calls.count == 1 ? calls[0] : ["anyOf": .array(calls)]
    }
    switch request.format {
    case .text: return nil
    case .json: return ["type": "object"]
    case .schema(let schema): return schema
    }
  }

  private var reader: ToolCallReader? {
    request.toolChoice == .none ? nil : ToolCallReader(names: request.tools.map(\.name))
  }

  // MARK: What the client gets

  private func whole(_ index: Int, _ choice: Choice) -> ChatValue {
    var message: [ChatValue.Member] = [.init("role", "assistant")]
    message.append(.init("content", choice.calls.isEmpty || !choice.text.isEmpty ? .string(choice.text) : .null))
    if !choice.calls.isEmpty {
      message.append(.init("tool_calls", OpenAIAnswers.calls(choice.calls, isStreamed: false)))
    }
    return [
      "index": .int(index), "message": .object(message),
      "logprobs": request.logProbabilities == nil ? .null : answers.chatProbabilities(choice.probabilities),
      "finish_reason": OpenAIAnswers.finish(choice.reason, hasCalls: !choice.calls.isEmpty),
    ]
  }

  private func chunk(
    _ index: Int, _ delta: [ChatValue.Member], _ known: [TokenLogProbability] = [], reason: ChatValue = .null
  ) -> ChatValue {
    let choice: ChatValue = [
      "index": .int(index), "delta": .object(delta),
      "logprobs": known.isEmpty ? .null : answers.chatProbabilities(known), "finish_reason": reason,
    ]
    return answers.object("chat.completion.chunk", choices: [choice])
  }

  private func send(
    _ text: String, _ known: [TokenLogProbability], _ choice: Choice, _ index: Int, _ events: inout EventStream
  ) -> Bool {
    if !text.isEmpty || !known.isEmpty {
      guard events.send(chunk(index, [.init("content", .string(text))], known)) else { return false }
    }
    guard choice.reason != nil else { return true }
    if !choice.calls.isEmpty {
      let calls = OpenAIAnswers.calls(choice.calls, isStreamed: true)
      guard events.send(chunk(index, [.init("tool_calls", calls)])) else { return false }
    }
    return events.send(
      chunk(index, [], reason: OpenAIAnswers.finish(choice.reason, hasCalls: !choice.calls.isEmpty)))
  }
}
