import ApusCore
import ApusTrain
import Dispatch

/// What to do with an error that an objective throws.
public enum ObjectiveErrorPolicy: Sendable, Hashable {
  /// The trial fails, and the run ends with the error.
  case stop
  /// The trial fails with the error as its note `error`, and the run goes on.
  case failTrial
}

extension Study {
  /// Computes trials one after another: asks, calls `objective`, tells its value. An objective that throws ``TrialPruned`` ends its
  /// trial as pruned; a value that is no number fails it.
  /// - Parameters:
  ///   - trials: how many; nil for no limit.
  ///   - timeout: seconds after which no new trial begins.
  ///   - onError: what to do with other errors of the objective.
  ///   - afterTrial: called after each trial with its record, here or in other processes; ``stop()`` ends the run.
  ///   - objective: what to make small or large.
  public func optimize(
    trials: Int? = nil, timeout: Double? = nil, onError: ObjectiveErrorPolicy = .stop,
    afterTrial: ((Study, TrialRecord) throws -> Void)? = nil, _ objective: (Trial) throws -> Double
  ) throws {
    try optimizeAll(trials: trials, timeout: timeout, onError: onError, afterTrial: afterTrial) { [try objective($0)] }
  }

  /// The same of an objective that gives several values, one for each direction of the study.
  public func optimizeAll(
    trials: Int? = nil, timeout: Double? = nil, onError: ObjectiveErrorPolicy = .stop,
    afterTrial: ((Study, TrialRecord) throws -> Void)? = nil, _ objective: (Trial) throws -> [Double]
  ) throws {
    let budget = TrialBudget(trials: trials, timeout: timeout)
    isStopping.withLock { $0 = false }
    while budget.take(), !isStopping.withLock({ $0 }) {
      try run(onError: onError, afterTrial: afterTrial, objective)
    }
  }

  /// Computes several trials at once, each in a thread of its own; the threads of operations are divided among them. The
  /// objective is called by several threads at once.
  public func optimize(
    trials: Int? = nil, timeout: Double? = nil, parallel: Int, onError: ObjectiveErrorPolicy = .stop,
    afterTrial: (@Sendable (Study, TrialRecord) throws -> Void)? = nil,
    _ objective: @Sendable (Trial) throws -> Double
  ) throws {
    try optimizeAll(
      trials: trials, timeout: timeout, parallel: parallel, onError: onError, afterTrial: afterTrial
    ) { [try objective($0)] }
  }

  /// The same of an objective that gives several values.
  public func optimizeAll(
    trials: Int? = nil, timeout: Double? = nil, parallel: Int, onError: ObjectiveErrorPolicy = .stop,
    afterTrial: (@Sendable (Study, TrialRecord) throws -> Void)? = nil,
    _ objective: @Sendable (Trial) throws -> [Double]
  ) throws {
    guard parallel > 0 else {
      throw TensorError(.value, "optimize", "\(parallel) trials at once were asked for; at least 1 is needed")
    }
    let budget = TrialBudget(trials: trials, timeout: timeout)
    isStopping.withLock { $0 = false }
    let firstError = Lock<(any Error)?>(nil)
    let share = max(1, getNumThreads() / parallel)
    DispatchQueue.concurrentPerform(iterations: parallel) { _ in
      withThreadLimit(share) {
        while budget.take(), !isStopping.withLock({ $0 }) {
          do {
            try run(onError: onError, afterTrial: afterTrial, objective)
          } catch {
            firstError.withLock { $0 = $0 ?? error }
            stop()
          }
        }
      }
    }
    if let error = firstError.withLock({ $0 }) { throw error }
  }

  /// Ends the run after the trials that are being computed.
  public func stop() { isStopping.withLock { $0 = true } }

  private func run(
    onError: ObjectiveErrorPolicy, afterTrial: ((Study, TrialRecord) throws -> Void)?,
    _ objective: (Trial) throws -> [Double]
  ) throws {
    try failStaleTrials()
    let trial = try ask()
    do {
      try tell(trial, try objective(trial))
    } catch is TrialPruned {
      try tell(trial, state: .pruned)
    } catch {
      if try storage.trial(trial.id).state == .running {
        try? trial.setAttribute("error", .string("\(error)"))
        try tell(trial, state: .failed)
      } else if trial.heartbeat != nil, (error as? TensorError)?.kind == .state {
        // Another process took it for given up, as after a sleep of this machine: that is what it ended as.
        return
      }
      if onError == .stop { throw error }
    }
    try afterTrial?(self, storage.trial(trial.id))
  }
}

/// How many trials and how much time are left.
private final class TrialBudget: Sendable {
  private let left: Lock<Int>
  private let end: ContinuousClock.Instant?

  init(trials: Int?, timeout: Double?) {
    left = Lock(trials ?? .max)
    end = timeout.map { ContinuousClock.now + .seconds($0) }
  }

  func take() -> Bool {
    if let end, ContinuousClock.now >= end { return false }
    return left.withLock { left in
      guard left > 0 else { return false }
      left -= 1
      return true
    }
  }
}
