import ApusCore
import ApusTrain
import Dispatch

extension Study {
  /// Fails the running trials whose process gave no sign of life for the storage's grace time, and enqueues those again that may
  /// be retried. Every ``optimize(trials:timeout:onError:afterTrial:_:)`` does it before each trial.
  /// - Returns: the numbers of the trials that it failed; none where the storage keeps no signs of life.
  @discardableResult
  public func failStaleTrials() throws -> [Int] {
    guard storage.heartbeatInterval != nil else { return [] }
    var failed: [Int] = []
    for trial in try storage.staleTrials(study: id) {
      do {
        try storage.finish(trial: trial, state: .failed, values: [])
      } catch let error as TensorError where error.kind == .state {
        // Another process was faster, and retries it.
        continue
      }
      let record = try storage.trial(trial)
      failed.append(record.number)
      try retry(record)
    }
    return failed
  }

  /// Enqueues a trial that failed once more with its parameters and notes, where it was not retried too often. The notes are
  /// those of Optuna's `RetryHeartbeatStaleTrialCallback`.
  private func retry(_ trial: TrialRecord) throws {
    guard storage.retryFailedTrials > 0 else { return }
    let history = trial.retryHistory + [trial.number]
    guard history.count <= storage.retryFailedTrials else { return }
    var again = TrialRecord(
      state: .waiting, parameters: trial.parameters, userAttributes: trial.userAttributes,
      systemAttributes: trial.systemAttributes)
    again.systemAttributes[TrialRecord.failedTrialKey] = .int(history[0])
    again.systemAttributes[TrialRecord.retryHistoryKey] = .list(history.map { .int($0) })
    _ = try storage.createTrial(study: id, template: again)
  }
}

extension TrialRecord {
  fileprivate static let failedTrialKey = "failed_trial"
  fileprivate static let retryHistoryKey = "retry_history"

  /// The number of the trial of which this one is a retry, the first of a row; nil of a trial that is none.
  public var retriedTrial: Int? {
    if case .int(let number) = systemAttributes[Self.failedTrialKey] { number } else { nil }
  }

  /// The numbers of the trials before this one in a row of retries, the original first.
  public var retryHistory: [Int] {
    guard case .list(let numbers) = systemAttributes[Self.retryHistoryKey] else { return [] }
    return numbers.compactMap { if case .int(let number) = $0 { number } else { nil } }
  }
}

/// Signs of life of a trial, from a thread of its own, until it is stopped or nobody holds it.
final class Heartbeat: Sendable {
  // A serial queue has a thread however busy the others are.
  private let queue = DispatchQueue(label: "heartbeat")
  private let isStopped = Lock(false)

  /// Begins; nil where the storage keeps no signs of life. The first one was given when the storage made the trial.
  init?(of trial: Int, in storage: any StudyStorage) {
    guard let interval = storage.heartbeatInterval else { return nil }
    beat(trial, in: storage, every: interval)
  }

  private func beat(_ trial: Int, in storage: any StudyStorage, every interval: Double) {
    queue.asyncAfter(deadline: .now() + interval) { [weak self, weak storage] in
      guard let self, let storage, !isStopped.withLock({ $0 }) else { return }
      // One that fails is made up for by the next.
      try? storage.beat(trial: trial)
      beat(trial, in: storage, every: interval)
    }
  }

  /// Ends; no sign is given after it.
  func stop() {
    isStopped.withLock { $0 = true }
    queue.sync {}
  }
}
