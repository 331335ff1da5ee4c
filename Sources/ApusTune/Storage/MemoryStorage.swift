import ApusCore
import ApusTrain

/// Studies in the memory of the process.
public final class MemoryStorage: StudyStorage {
  private let state = Lock(StudiesInMemory())

  /// A storage without studies.
  public init() {}

  public var description: String { "memory" }

  public func createStudy(_ name: String, directions: [StudyDirection]) throws -> Int {
    try state.withLock { try $0.createStudy(name, directions: directions) }
  }

  public func deleteStudy(_ study: Int) throws { try state.withLock { try $0.deleteStudy(study) } }

  public func study(named name: String) throws -> StudyRecord? { state.withLock { $0.study(named: name) } }

  public func study(_ study: Int) throws -> StudyRecord { try state.withLock { try $0.study(study) } }

  public func studies() throws -> [StudyRecord] { state.withLock { $0.studies } }

  public func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, study: Int) throws {
    try state.withLock { try $0.setAttribute(name, value, of: owner, study: study) }
  }

  public func createTrial(study: Int, template: TrialRecord?) throws -> TrialRecord {
    try state.withLock { try $0.createTrial(study: study, template ?? TrialRecord(start: .now)) }
  }

  public func claimWaitingTrial(study: Int) throws -> TrialRecord? {
    try state.withLock { state in
      guard let trial = try state.firstWaiting(study: study) else { return nil }
      try state.setState(.running, values: nil, at: .now, trial: trial)
      return try state.trial(trial)
    }
  }

  public func setParameter(_ name: String, _ parameter: TrialRecord.Parameter, trial: Int) throws {
    try state.withLock { try $0.setParameter(name, parameter, trial: trial) }
  }

  public func report(_ value: Double, step: Int, trial: Int) throws {
    try state.withLock { try $0.report(value, step: step, trial: trial) }
  }

  public func finish(trial: Int, state ending: TrialState, values: [Double]) throws {
    try state.withLock { try $0.setState(ending, values: values, at: .now, trial: trial) }
  }

  public func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, trial: Int) throws {
    try state.withLock { try $0.setAttribute(name, value, of: owner, trial: trial) }
  }

  public func trial(_ trial: Int) throws -> TrialRecord { try state.withLock { try $0.trial(trial) } }

  public func trials(study: Int) throws -> TrialList { try state.withLock { try $0.trials(study: study) } }
}

/// Mistakes that all storages report alike.
enum StudyMistake {
  static func exists(_ name: String) -> TensorError {
    TensorError(
      .state, "Study '\(name)'",
      "the storage has a study of that name; open it with `ifExists: .resume`, or choose another name"
    )
  }

  static func noStudy(_ id: Int) -> TensorError { TensorError(.state, "Study", "the storage has no study \(id)") }

  static func noTrial(_ id: Int) -> TensorError { TensorError(.state, "Study", "the storage has no trial \(id)") }

  static func finished(_ trial: TrialRecord) -> TensorError {
    TensorError(
      .state, "trial \(trial.number)", "it has ended (\(trial.state.rawValue)); an ended trial does not change")
  }
}
