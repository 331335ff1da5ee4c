import ApusCore
import ApusModels
import ApusText

/// The answer to a request of continued texts.
struct CompletionAnswer: Sendable {
  private let request: CompletionRequest
  private let service: LanguageService
  private let priority: ContinuousBatch.Priority
  private let answers: OpenAIAnswers

  /// A prompt in tokens and as text.
  private struct Prompt: Sendable {
    var ids: [Int]
    var text: String
    /// What the model thinks of its tokens, where that is asked for with an echo.
    var known: [TokenLogProbability] = []
  }

  /// A text that is generated.
  private struct Choice {
    var text = ""
    var reason: FinishReason?
    var tokens: [(id: Int, known: TokenLogProbability?)] = []
  }

  private struct Part: Sendable {
    var prompt: Int
    var piece: TextPiece
  }

  init(_ request: CompletionRequest, _ service: LanguageService, _ priority: ContinuousBatch.Priority) {
    (self.request, self.service, self.priority) = (request, service, priority)
    answers = OpenAIAnswers(service, kind: "cmpl", now: now())
  }

  func run(_ exchange: HTTPExchange) async throws(OpenAIError) {
    var prompts = try request.prompts.map(prompt)
    var usage = Usage(prompt: prompts.reduce(0) { $0 + $1.ids.count })
    let copies = request.sampling.choices
    var choices = [Choice](repeating: Choice(), count: prompts.count * copies)
    var offsets = [Int](repeating: 0, count: choices.count)
    var events = EventStream(exchange)
    var trace = GenerationTrace(
      exchange.trace, "text_completion", model: request.sampling.model, request.sampling.attributes)
    do {
      if request.echoes {
        if let count = request.logProbabilities {
          for i in prompts.indices {
            prompts[i].known = try await service.texts.batch.score(prompts[i].ids, alternatives: count, priority)
          }
        }
        for i in choices.indices {
          let prompt = prompts[i / copies]
          choices[i].text = prompt.text
          if request.logProbabilities != nil {
            choices[i].tokens = prompt.ids.enumerated().map { ($1, $0 > 0 ? prompt.known[$0 - 1] : nil) }
          }
          if request.sampling.isStreamed, !events.send(chunk(i, prompt.text, choices[i].tokens, &offsets[i])) { return }
        }
      }
      if request.sampling.maxTokens == 0 {
        for i in choices.indices { choices[i].reason = .length }
      } else {
        for try await part in try parts(prompts) {
          usage.completion += 1
          trace.noteToken()
          let i = part.prompt * copies + part.piece.choice
          let token = (id: part.piece.token.id, known: part.piece.token.logProbability)
          choices[i].text += part.piece.text
          choices[i].reason = part.piece.finishReason
          if request.logProbabilities != nil { choices[i].tokens.append(token) }
          guard request.sampling.isStreamed else { continue }
          let isEmpty = part.piece.text.isEmpty && part.piece.finishReason == nil && request.logProbabilities == nil
          if !isEmpty,
            !events.send(chunk(i, part.piece.text, [token], &offsets[i], reason: part.piece.finishReason))
          {
            return
          }
        }
      }
      if Task.isCancelled { return exchange.answer(HTTPAnswer(status: 499)) }
    } catch {
      let error = OpenAIError(error)
      trace.end(usage, error: error)
      return try events.fail(error)
    }
    trace.end(usage, choices.map(\.reason), id: answers.id)
    guard request.sampling.isStreamed else {
      let all = choices.enumerated().map { i, choice -> ChatValue in
        self.choice(i, choice.text, choice.tokens, offset: 0, reason: OpenAIAnswers.finish(choice.reason))
      }
      return exchange.answer(HTTPAnswer(text: answers.object("text_completion", choices: all, usage: usage).json))
    }
    if request.sampling.wantsUsage { _ = events.send(answers.object("text_completion", choices: [], usage: usage)) }
    events.finish()
  }

  private func prompt(_ prompt: CompletionRequest.Prompt) throws(OpenAIError) -> Prompt {
    let tokenizer = service.texts.generator.tokenizer
    do {
      switch prompt {
      case .text(let text):
        let ids = try tokenizer.ids(of: text)
        guard !ids.isEmpty else { throw OpenAIError(400, "a prompt has no tokens", parameter: "prompt") }
        return Prompt(ids: ids, text: text)
      case .tokens(let ids):
        guard !ids.isEmpty, ids.allSatisfy({ (0..<tokenizer.vocabularySize).contains($0) }) else {
          throw OpenAIError(
            400, "tokens must be numbers from 0 to \(tokenizer.vocabularySize - 1)", parameter: "prompt")
        }
        return Prompt(ids: ids, text: try tokenizer.decode(ids))
      }
    } catch {
      throw OpenAIError(error)
    }
  }

  /// What comes of all prompts, mixed.
  private func parts(_ prompts: [Prompt]) throws(OpenAIError) -> AsyncThrowingStream<Part, any Error> {
    var streams: [TextPieces] = []
    for prompt in prompts {
      var options = try request.sampling.configuration(
        service.texts.generator.configuration, promptLength: prompt.ids.count, room: service.room)
      options.logProbabilities = request.logProbabilities
      if request.sampling.maxTokens == nil { options.maxNewTokens = min(16, options.maxNewTokens ?? 16) }
      streams.append(service.texts.stream(prompt.ids, options, GenerationExtras(), priority))
    }
    return AsyncThrowingStream { [streams] continuation in
      let task = Task {
        await withTaskGroup(of: (any Error)?.self) { group in
          for (i, stream) in streams.enumerated() {
            group.addTask {
              do {
                for try await piece in stream { continuation.yield(Part(prompt: i, piece: piece)) }
                return nil
              } catch {
                return error
              }
            }
          }
          for await error in group where error != nil {
            group.cancelAll()
            return continuation.finish(throwing: error)
          }
          continuation.finish()
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func choice(
    _ index: Int, _ text: String, _ tokens: [(id: Int, known: TokenLogProbability?)], offset: Int, reason: ChatValue
  ) -> ChatValue {
    [
      "index": .int(index), "text": .string(text),
      "logprobs": request.logProbabilities == nil ? .null : answers.probabilities(tokens, offset: offset),
      "finish_reason": reason,
    ]
  }

  private func chunk(
    _ index: Int, _ text: String, _ tokens: [(id: Int, known: TokenLogProbability?)], _ offset: inout Int,
    reason: FinishReason? = nil
  ) -> ChatValue {
    defer { offset += text.unicodeScalars.count }
    return answers.object(
      "text_completion",
      choices: [choice(index, text, tokens, offset: offset, reason: OpenAIAnswers.finish(reason))])
  }
}
