import ApusCore
import Synchronization

/// Texts that are to be generated from one prompt, or a prompt that is to be scored.
package final class BatchRequest: Sendable {
  package enum Answer: Sendable {
    case tokens(AsyncThrowingStream<GeneratedToken, any Error>.Continuation)
    /// What the model thinks of the tokens of the prompt.
    case scores(AsyncThrowingStream<[TokenLogProbability], any Error>.Continuation)
  }

  let ids: [Int]
  let configuration: GenerationConfiguration
  let extras: GenerationExtras
  let priority: ContinuousBatch.Priority
  /// When it has to be done, by the clock of ``seconds()``.
  let deadline: Double?
  private let answer: Answer
  private let state: Mutex<State>

  private struct State {
    var isCancelled = false
    /// Texts that have not ended.
    var open: Int
  }

  package init(
    _ ids: [Int], _ configuration: GenerationConfiguration, _ extras: GenerationExtras,
    _ priority: ContinuousBatch.Priority, _ answer: Answer
  ) {
    (self.ids, self.configuration, self.extras, self.priority) = (ids, configuration, extras, priority)
    self.answer = answer
    deadline = priority.deadline.map { seconds() + $0 }
    state = Mutex(State(open: max(1, configuration.numReturnSequences)))
    switch answer {
    case .tokens(let continuation): continuation.onTermination = { [weak self] _ in self?.cancel() }
    case .scores(let continuation): continuation.onTermination = { [weak self] _ in self?.cancel() }
    }
  }

  /// How many texts are asked for.
  var choices: Int { max(1, configuration.numReturnSequences) }

  /// Whether the tokens of the prompt are scored, and none is generated.
  var isScored: Bool { if case .scores = answer { true } else { false } }

  /// Whether nobody waits for it.
  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  private func cancel() { state.withLock { $0.isCancelled = true } }

  /// Gives a token away, and ends the answer with the last one of the last text.
  func send(_ token: GeneratedToken) {
    guard case .tokens(let continuation) = answer else { return }
    continuation.yield(token)
    guard token.finishReason != nil else { return }
    let isDone = state.withLock { state in
      state.open -= 1
      return state.open <= 0
    }
    if isDone { continuation.finish() }
  }

  /// Gives scores away; `isLast` ends the answer.
  func send(_ scores: [TokenLogProbability], isLast: Bool) {
    guard case .scores(let continuation) = answer else { return }
    if !scores.isEmpty { continuation.yield(scores) }
    if isLast { continuation.finish() }
  }

  /// Ends the answer with an error, and with it all texts of the request.
  func fail(_ error: any Error) {
    switch answer {
    case .tokens(let continuation): continuation.finish(throwing: error)
    case .scores(let continuation): continuation.finish(throwing: error)
    }
    cancel()
  }
}
