import ApusCore
import ApusTrain

/// Studies in a file to which every change appends a line: Optuna's `JournalStorage` with its `JournalFileBackend`. Any number of
/// processes append, also over a network's file system, on which a file of SQLite must not lie.
///
/// The studies are held in memory, and the file is read from where it was read before.
public final class JournalStorage: StudyStorage {
  private let file: JournalFile
  /// By which Optuna's processes tell whose line it is.
  private let worker: String
  private let memory = Lock(Memory())

  private struct Memory: Sendable {
    var studies = StudiesInMemory()
    var texts = DistributionTexts()
    /// The end of the last complete line that was read.
    var position = 0
    var lines = 0
    var lastSync = ContinuousClock.now - .seconds(1)
  }

  /// Opens a file, or makes it; its folder must exist.
  /// - Parameter lock: how processes take turns; all on one file must use the same.
  /// - Throws: `TensorError` of kind `file` where it cannot be opened, of kind `format` where it is something else.
  public init(_ path: String, lock: JournalFileLock = .symlink) throws {
    file = try JournalFile(path, lock: lock)
    worker = String(UInt64.random(in: 0 ... .max), radix: 16) + String(UInt64.random(in: 0 ... .max), radix: 16) + "-0"
    try read { _ in }
  }

  public var description: String {
    file.path.hasPrefix("/") ? "journal:////" + file.path.dropFirst() : "journal:///" + file.path
  }

  public func createStudy(_ name: String, directions: [StudyDirection]) throws -> Int {
    try append { studies in
      if studies.study(named: name) != nil { throw StudyMistake.exists(name) }
      return .createStudy(name: name, directions: directions)
    }
    guard let study = try study(named: name) else {
      throw TensorError(.state, "Study '\(name)'", "another process has deleted it just now")
    }
    return study.id
  }

  public func deleteStudy(_ study: Int) throws {
    try append { studies in
      _ = try studies.study(study)
      return .deleteStudy(study)
    }
  }

  public func study(named name: String) throws -> StudyRecord? { try read { $0.study(named: name) } }

  public func study(_ study: Int) throws -> StudyRecord { try read { try $0.study(study) } }

  public func studies() throws -> [StudyRecord] { try read { $0.studies } }

  public func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, study: Int) throws {
    try append { studies in
      _ = try studies.study(study)
      return .setStudyAttribute(owner, name, value, study: study)
    }
  }

  public func createTrial(study: Int, template: TrialRecord?) throws -> TrialRecord {
    let trial = template ?? TrialRecord(start: .now)
    let studies = try append { studies in
      _ = try studies.study(study)
      return .createTrial(trial, study: study)
    }
    guard let made = try studies.trials(study: study).last else { throw StudyMistake.noStudy(study) }
    return made
  }

  public func claimWaitingTrial(study: Int) throws -> TrialRecord? {
    guard try read({ try $0.firstWaiting(study: study) }) != nil else { return nil }
    // Nobody appends between the look and the line, so that nobody else gets the trial.
    var claimed: Int?
    let studies = try append { studies in
      claimed = try studies.firstWaiting(study: study)
      guard let claimed else { return .ignored }
      return .setState(.running, values: nil, time: .now, trial: claimed)
    }
    return try claimed.map { try studies.trial($0) }
  }

  public func setParameter(_ name: String, _ parameter: TrialRecord.Parameter, trial: Int) throws {
    try append { studies in
      try studies.checkParameter(name, parameter.distribution, trial: trial)
      return .setParameter(name, parameter, trial: trial)
    }
  }

  public func report(_ value: Double, step: Int, trial: Int) throws {
    try append { studies in
      try studies.checkUnfinished(trial)
      return .report(step: step, value: value, trial: trial)
    }
  }

  public func finish(trial: Int, state: TrialState, values: [Double]) throws {
    try append { studies in
      try studies.checkUnfinished(trial)
      return .setState(state, values: values.isEmpty ? nil : values, time: .now, trial: trial)
    }
  }

  public func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, trial: Int) throws {
    try append { studies in
      try studies.checkUnfinished(trial)
      return .setTrialAttribute(owner, name, value, trial: trial)
    }
  }

  public func trial(_ trial: Int) throws -> TrialRecord { try read { try $0.trial(trial) } }

  public func trials(study: Int) throws -> TrialList { try read { try $0.trials(study: study) } }

  // MARK: Lines

  private func read<Result: Sendable>(_ body: (StudiesInMemory) throws -> Result) throws -> Result {
    try memory.withLock { memory in
      try catchUp(&memory)
      return try body(memory.studies)
    }
  }

  /// Appends the line that `body` makes of the studies as they are then, and gives the studies as they are with it.
  @discardableResult
  private func append(_ body: (StudiesInMemory) throws -> JournalEntry) throws -> StudiesInMemory {
    try memory.withLock { memory in
      try file.exclusively {
        try catchUp(&memory)
        let entry = try body(memory.studies)
        if case .ignored = entry { return memory.studies }
        // Every line survives the end of the process. A loss of power costs those of the last second.
        let now = ContinuousClock.now
        let isLasting = now - memory.lastSync >= .seconds(1)
        try file.append(entry.line(worker: worker), at: &memory.position, isLasting: isLasting)
        if isLasting { memory.lastSync = now }
        memory.lines += 1
        memory.studies.apply(entry)
        return memory.studies
      }
    }
  }

  private func catchUp(_ memory: inout Memory) throws {
    var texts = memory.texts
    var position = memory.position
    // The state goes forward line by line, so that an error leaves it where the file is wrong.
    try file.readLines(from: &position) { line in
      do {
        memory.studies.apply(try JournalEntry(line, &texts))
      } catch let error as TensorError {
        throw TensorError(
          .format, file.path, "line \(memory.lines + 1) cannot be read: \(error.message); the lines before it are whole"
        )
      }
      memory.lines += 1
      memory.position += line.count + 1
    }
    memory.texts = texts
  }
}

extension StudiesInMemory {
  /// Does what a line says. One that does not fit (a trial that has ended, a study that is there) has no effect: whoever wrote
  /// it sees that as well.
  fileprivate mutating func apply(_ entry: JournalEntry) {
    switch entry {
    case .createStudy(let name, let directions): _ = try? createStudy(name, directions: directions)
    case .deleteStudy(let study): try? deleteStudy(study)
    case .setStudyAttribute(let owner, let name, let value, let study):
      try? setAttribute(name, value, of: owner, study: study)
    case .createTrial(let trial, let study): _ = try? createTrial(study: study, trial)
    case .setParameter(let name, let parameter, let trial): try? setParameter(name, parameter, trial: trial)
    case .setState(let state, let values, let time, let trial):
      // Who comes second does not get a trial that was claimed.
      if state == .running, (try? self.trial(trial).state) == .running { return }
      try? setState(state, values: values, at: time, trial: trial)
    case .report(let step, let value, let trial): try? report(value, step: step, trial: trial)
    case .setTrialAttribute(let owner, let name, let value, let trial):
      try? setAttribute(name, value, of: owner, trial: trial)
    case .ignored: break
    }
  }
}
