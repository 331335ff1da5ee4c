import ApusTrain

/// Studies and their trials as values in memory; ids count from 0 and are not given again.
struct StudiesInMemory: Sendable {
  private struct Entry {
    var record: StudyRecord
    var trials = TrialList()
    /// The last distribution of each parameter.
    var distributions: [String: ParameterDistribution] = [:]
    /// Numbers of trials that wait.
    var waiting: Set<Int> = []
  }

  private var entries: [Int: Entry] = [:]
  private var nextStudy = 0
  /// The study and number of each trial, by id.
  private var places: [(study: Int, number: Int)] = []

  /// All studies in the order in which they were made.
  var studies: [StudyRecord] { entries.values.map(\.record).sorted { $0.id < $1.id } }

  func study(named name: String) -> StudyRecord? { entries.values.first { $0.record.name == name }?.record }

  func study(_ study: Int) throws -> StudyRecord { try entry(study).record }

  func trials(study: Int) throws -> TrialList { try entry(study).trials }

  func trial(_ trial: Int) throws -> TrialRecord {
    let place = try place(of: trial)
    return try entry(place.study).trials[place.number]
  }

  /// The id of the waiting trial of the smallest number.
  func firstWaiting(study: Int) throws -> Int? {
    let entry = try entry(study)
    return entry.waiting.min().map { entry.trials[$0].id }
  }

  mutating func createStudy(_ name: String, directions: [StudyDirection]) throws -> Int {
    guard study(named: name) == nil else { throw StudyMistake.exists(name) }
    let id = nextStudy
    nextStudy += 1
    entries[id] = Entry(record: StudyRecord(id: id, name: name, directions: directions))
    return id
  }

  mutating func deleteStudy(_ study: Int) throws {
    _ = try entry(study)
    entries[study] = nil
  }

  mutating func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, study: Int) throws {
    try withEntry(study) { entry in
      switch owner {
      case .user: entry.record.userAttributes[name] = value
      case .system: entry.record.systemAttributes[name] = value
      }
    }
  }

  mutating func createTrial(study: Int, _ template: TrialRecord) throws -> TrialRecord {
    var trial = template
    trial.id = places.count
    try withEntry(study) { entry in
      trial.number = entry.trials.count
      entry.trials.append(trial)
      if trial.state == .waiting { entry.waiting.insert(trial.number) }
      for (name, parameter) in trial.parameters { entry.distributions[name] = parameter.distribution }
    }
    places.append((study, trial.number))
    return trial
  }

  /// Throws where a parameter cannot be set; see ``setParameter(_:_:trial:)``.
  func checkParameter(_ name: String, _ distribution: ParameterDistribution, trial: Int) throws {
    try checkUnfinished(trial)
    try entry(place(of: trial).study).distributions[name]?.requireCompatible(with: distribution, name)
  }

  mutating func setParameter(_ name: String, _ parameter: TrialRecord.Parameter, trial: Int) throws {
    try withTrial(trial) { entry, number in
      try entry.distributions[name]?.requireCompatible(with: parameter.distribution, name)
      entry.distributions[name] = parameter.distribution
      entry.trials[number].parameters[name] = parameter
    }
  }

  mutating func report(_ value: Double, step: Int, trial: Int) throws {
    try withTrial(trial) { entry, number in
      if let position = entry.trials[number].reports.lastIndex(where: { $0.step == step }) {
        entry.trials[number].reports[position].value = value
      } else {
        entry.trials[number].reports.append(.init(step: step, value: value))
      }
    }
  }

  /// Gives a trial another state: begins or ends it. Values that are not given stay.
  mutating func setState(_ state: TrialState, values: [Double]?, at time: TrialTime?, trial: Int) throws {
    try withTrial(trial) { entry, number in
      entry.waiting.remove(number)
      entry.trials[number].state = state
      if let values { entry.trials[number].values = values }
      switch state {
      case .running: entry.trials[number].start = time
      case .waiting: entry.waiting.insert(number)
      case .complete, .pruned, .failed: entry.trials[number].end = time
      }
    }
  }

  mutating func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, trial: Int) throws {
    try withTrial(trial) { entry, number in
      switch owner {
      case .user: entry.trials[number].userAttributes[name] = value
      case .system: entry.trials[number].systemAttributes[name] = value
      }
    }
  }

  /// Throws where there is no such trial or it has ended.
  func checkUnfinished(_ trial: Int) throws {
    let trial = try self.trial(trial)
    guard !trial.state.isFinished else { throw StudyMistake.finished(trial) }
  }

  private func entry(_ study: Int) throws -> Entry {
    guard let entry = entries[study] else { throw StudyMistake.noStudy(study) }
    return entry
  }

  private func place(of trial: Int) throws -> (study: Int, number: Int) {
    guard places.indices.contains(trial) else { throw StudyMistake.noTrial(trial) }
    return places[trial]
  }

  private mutating func withEntry(_ study: Int, _ body: (inout Entry) throws -> Void) throws {
    guard let position = entries.index(forKey: study) else { throw StudyMistake.noStudy(study) }
    try body(&entries.values[position])
  }

  /// Changes a trial that has not ended.
  private mutating func withTrial(_ trial: Int, _ body: (inout Entry, Int) throws -> Void) throws {
    let place = try place(of: trial)
    try withEntry(place.study) { entry in
      guard !entry.trials[place.number].state.isFinished else {
        throw StudyMistake.finished(entry.trials[place.number])
      }
      try body(&entry, place.number)
    }
  }
}
