import ApusCore
import Synchronization

/// Generates many texts at once that begin and end at different times: requests join the batch as soon as there is room and leave it
/// when they end, and each run of the model gives every text in it a token.
///
///     let batch = ContinuousBatch(model, capacity: 8)
///     async let first = batch.generate([1, 2, 3], configuration)
///     for try await token in batch.stream([4, 5], configuration) { print(token.id) }
///
/// A text gets the tokens that it gets alone, up to rounding; draws of requests with a seed are their own.
public final class ContinuousBatch: Sendable {
  private let scheduler: BatchScheduler
  private let waiting: Mutex<Queue>

  private struct Queue {
    var requests: [BatchRequest] = []
    var isRunning = false
  }

  /// - Parameter capacity: how many texts are generated at once at most.
  public init(_ model: any GenerativeModel, capacity: Int = 8) {
    scheduler = BatchScheduler(model, capacity: max(1, capacity))
    waiting = Mutex(Queue())
  }

  /// The tokens that follow `ids`, as they come. Whoever stops asking ends the text.
  public func stream(
    _ ids: [Int], _ configuration: GenerationConfiguration, _ extras: GenerationExtras = GenerationExtras()
  ) -> AsyncThrowingStream<GeneratedToken, any Error> {
    AsyncThrowingStream { continuation in
      let request = BatchRequest(ids, configuration, extras, continuation)
      continuation.onTermination = { _ in request.cancel() }
      submit(request)
    }
  }

  /// `ids` and what follows them.
  public func generate(
    _ ids: [Int], _ configuration: GenerationConfiguration, _ extras: GenerationExtras = GenerationExtras()
  ) async throws -> [Int] {
    var all = ids
    for try await token in stream(ids, configuration, extras) { all.append(token.id) }
    return all
  }

  private func submit(_ request: BatchRequest) {
    let starts = waiting.withLock { queue in
      queue.requests.append(request)
      defer { queue.isRunning = true }
      return !queue.isRunning
    }
    // One task runs as long as there is work.
    if starts { Task.detached { self.run() } }
  }

  private func run() {
    while true {
      let room = scheduler.room
      let (new, isDone) = waiting.withLock { queue in
        let new = Array(queue.requests.prefix(room))
        queue.requests.removeFirst(new.count)
        let isDone = new.isEmpty && scheduler.isEmpty
        if isDone { queue.isRunning = false }
        return (new, isDone)
      }
      if isDone { return }
      for request in new { scheduler.admit(request) }
      scheduler.step()
    }
  }
}

/// A text that is to be generated.
final class BatchRequest: Sendable {
  let ids: [Int]
  let configuration: GenerationConfiguration
  let extras: GenerationExtras
  private let continuation: AsyncThrowingStream<GeneratedToken, any Error>.Continuation
  private let cancelled = Mutex(false)

  init(
    _ ids: [Int], _ configuration: GenerationConfiguration, _ extras: GenerationExtras,
    _ continuation: AsyncThrowingStream<GeneratedToken, any Error>.Continuation
  ) {
    (self.ids, self.configuration, self.extras) = (ids, configuration, extras)
    self.continuation = continuation
  }

  var isCancelled: Bool { cancelled.withLock { $0 } }

  func cancel() { cancelled.withLock { $0 = true } }

  func send(_ token: GeneratedToken) {
    continuation.yield(token)
    if token.finishReason != nil { continuation.finish() }
  }

  func fail(_ error: any Error) { continuation.finish(throwing: error) }
}
