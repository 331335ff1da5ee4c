import ApusCore
import Synchronization

/// A request's place in a sequence, whose state the model keeps.
struct SequenceTurn: Sendable {
  /// Whose it is: a number or a text.
  let id: String
  let isFirst: Bool
  let isLast: Bool
}

/// A request to a model: values for its inputs, and what becomes of its outputs.
final class InferenceRequest: Sendable {
  /// For each input of the model; nil for one that is left out.
  let values: [ServedValue?]
  /// How many rows it has where the model takes batches; else 1.
  let rows: Int
  /// 1 is served first.
  let priority: Int
  /// Whose it is: callers have equal shares of a model that is busy.
  let caller: String
  /// When it is too late, by ``Clock``; nil for never.
  let deadline: Double?
  /// When it came, by ``Clock``.
  let arrival: Double
  /// What requests that can be joined have in common; nil where it is to run alone.
  let shape: [[Int]]?
  let sequence: SequenceTurn?
  /// What is told of it to a collector of traces.
  let trace: RequestTrace?
  private let completion: @Sendable (Result<[ServedValue], ServeError>) -> Void
  private let isDone = Atomic<Bool>(false)
  private let isGone = Atomic<Bool>(false)

  init(
    values: [ServedValue?], rows: Int, priority: Int, caller: String = "", deadline: Double?, arrival: Double,
    shape: [[Int]]?,
    sequence: SequenceTurn? = nil, trace: RequestTrace? = nil,
    completion: @escaping @Sendable (Result<[ServedValue], ServeError>) -> Void
  ) {
    self.values = values
    self.rows = rows
    self.priority = priority
    self.caller = caller
    self.deadline = deadline
    self.arrival = arrival
    self.shape = shape
    self.sequence = sequence
    self.trace = trace
    self.completion = completion
  }

  /// Answers it; a second answer is dropped.
  func complete(_ result: Result<[ServedValue], ServeError>) {
    if !isDone.exchange(true, ordering: .acquiringAndReleasing) { completion(result) }
  }

  /// Nobody waits for it any more.
  func cancel() { isGone.store(true, ordering: .relaxed) }
  var isCancelled: Bool { isGone.load(ordering: .relaxed) }
}
