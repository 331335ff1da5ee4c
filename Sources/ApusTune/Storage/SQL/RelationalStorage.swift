import ApusCore
import ApusFormats
import ApusTrain

/// Studies in the tables of a database. The tables are Optuna's: it continues what was begun here, and the other way round.
///
/// Every call is one transaction. Finished trials are read once; after that a call costs the same however many there are. Any
/// number of threads, processes and machines work on one study.
public class RelationalStorage: StudyStorage, @unchecked Sendable {
  let connection: any SQLConnection
  public let heartbeatInterval: Double?
  /// Seconds without a sign of life after which a running trial counts as given up.
  public let graceTime: Double
  public let retryFailedTrials: Int
  /// Why nothing may be written, where that is so.
  private let refusal: String?
  private let memory = Lock(Memory())

  private struct Memory: Sendable {
    var studies: [Int: StudyCache] = [:]
    var texts = DistributionTexts()

    mutating func cache(_ study: Int, _ name: String) -> StudyCache {
      if let cache = studies[study] { return cache }
      let cache = StudyCache(name: name)
      studies[study] = cache
      return cache
    }
  }

  init(_ connection: any SQLConnection, _ heartbeats: HeartbeatSettings, refusal: String? = nil) {
    self.connection = connection
    heartbeatInterval = heartbeats.interval
    graceTime = heartbeats.graceTime
    retryFailedTrials = heartbeats.retryFailedTrials
    self.refusal = refusal
  }

  public var description: String { connection.description }

  // MARK: Studies

  public func createStudy(_ name: String, directions: [StudyDirection]) throws -> Int {
    try write(isLasting: true) { _ in
      let created = try connection.first(
        "INSERT INTO studies (study_name) VALUES ($1) ON CONFLICT (study_name) DO NOTHING RETURNING study_id",
        [.text(name)]
      ) { $0.int(0) }
      guard let id = created else { throw StudyMistake.exists(name) }
      for (i, direction) in directions.enumerated() {
        try connection.run(
          "INSERT INTO study_directions (direction, study_id, objective) VALUES ($1, $2, $3)",
          [.text(direction.optunaName), .int(id), .int(i)])
      }
      return id
    }
  }

  public func deleteStudy(_ study: Int) throws {
    try write(isLasting: true) { memory in
      try requireStudy(study)
      for table in Schema.tables.reversed() where table.hasPrefix("trial_") {
        try connection.run(
          "DELETE FROM \(table) WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = $1)", [.int(study)])
      }
      for table in ["trials", "study_system_attributes", "study_user_attributes", "study_directions", "studies"] {
        try connection.run("DELETE FROM \(table) WHERE study_id = $1", [.int(study)])
      }
      memory.studies[study] = nil
    }
  }

  public func study(named name: String) throws -> StudyRecord? {
    try read { _ in
      let id = try connection.first("SELECT study_id FROM studies WHERE study_name = $1", [.text(name)]) { $0.int(0) }
      return try id.flatMap { try records(of: $0).first }
    }
  }

  public func study(_ study: Int) throws -> StudyRecord {
    try read { _ in
      guard let record = try records(of: study).first else { throw StudyMistake.noStudy(study) }
      return record
    }
  }

  public func studies() throws -> [StudyRecord] { try read { _ in try records(of: nil) } }

  /// The records of one study, if there is one of the id, or of all.
  private func records(of study: Int?) throws -> [StudyRecord] {
    let condition = study == nil ? "" : " WHERE study_id = $1"
    let values: [SQLValue] = study.map { [.int($0)] } ?? []
    var records: [StudyRecord] = []
    var positions: [Int: Int] = [:]
    try connection.run("SELECT study_id, study_name FROM studies\(condition) ORDER BY study_id", values) { row in
      positions[row.int(0)] = records.count
      records.append(StudyRecord(id: row.int(0), name: row.text(1), directions: []))
    }
    let directions = "SELECT study_id, direction FROM study_directions\(condition) ORDER BY study_id, objective"
    try connection.run(directions, values) { row in
      guard let position = positions[row.int(0)] else { return }
      guard let direction = StudyDirection(optunaName: row.text(1)) else {
        throw TensorError(.format, description, "the direction '\(row.text(1))' of a study is unknown")
      }
      records[position].directions.append(direction)
    }
    for owner in [AttributeOwner.user, .system] {
      let sql = "SELECT study_id, \"key\", value_json FROM study_\(owner.name)_attributes\(condition) ORDER BY \"key\""
      try connection.run(sql, values) { row in
        guard let position = positions[row.int(0)] else { return }
        let value = try SettingValue(pythonJSON: row.text(2), "\(description), study attribute '\(row.text(1))'")
        switch owner {
        case .user: records[position].userAttributes.append(row.text(1), value)
        case .system: records[position].systemAttributes.append(row.text(1), value)
        }
      }
    }
    return records
  }

  public func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, study: Int) throws {
    try write { _ in
      try requireStudy(study)
      try setAttribute(name, value, table: "study", owner, study)
    }
  }

  // MARK: Trials

  public func createTrial(study: Int, template: TrialRecord?) throws -> TrialRecord {
    try write { memory in
      let name = try requireStudy(study, forUpdate: true)
      var trial = template ?? TrialRecord(start: .now)
      let last = try connection.first(
        "SELECT number FROM trials WHERE study_id = $1 ORDER BY trial_id DESC LIMIT 1", [.int(study)]
      ) { $0.int(0) }
      trial.number = last.map { $0 + 1 } ?? 0
      let created = try connection.first(
        "INSERT INTO trials (number, study_id, state, datetime_start, datetime_complete) VALUES ($1, $2, $3, $4, $5) "
          + "RETURNING trial_id",
        [
          .int(trial.number), .int(study), .text(trial.state.optunaName), SQLValue(trial.start?.text),
          SQLValue(trial.end?.text),
        ]
      ) { $0.int(0) }
      guard let id = created else { throw TensorError(.file, description, "the new trial got no id") }
      trial.id = id
      let cache = memory.cache(study, name)
      for (name, parameter) in trial.parameters {
        try insert(name, parameter, trial: id, study: study, cache, &memory.texts)
      }
      for report in trial.reports { try insert(report, trial: id) }
      try insert(trial.values, trial: id)
      for (name, value) in trial.userAttributes { try setAttribute(name, value, table: "trial", .user, id) }
      for (name, value) in trial.systemAttributes { try setAttribute(name, value, table: "trial", .system, id) }
      if template == nil { try beatWithin(trial: id) }
      cache.witness = .init(id: id, number: trial.number, start: trial.start?.text)
      cache.hasNewTrials = true
      if trial.state == .waiting { cache.hasNewWaitingTrials = true }
      return trial
    }
  }

  public func claimWaitingTrial(study: Int) throws -> TrialRecord? {
    while true {
      guard let trial = try read({ memory in try look(at: study, &memory).nextWaiting }) else { return nil }
      let isClaimed = try write { memory in
        memory.studies[study]?.running.insert(trial)
        memory.studies[study]?.changed.insert(trial)
        let claimed = try connection.run(
          "UPDATE trials SET state = 'RUNNING', datetime_start = $1 WHERE trial_id = $2 AND state = 'WAITING'",
          [.text(TrialTime.now.text), .int(trial)])
        if claimed == 1 { try beatWithin(trial: trial) }
        return claimed == 1
      }
      memory.withLock { $0.studies[study]?.removeWaiting(trial) }
      if isClaimed { return try self.trial(trial) }
    }
  }

  public func setParameter(_ name: String, _ parameter: TrialRecord.Parameter, trial: Int) throws {
    try change(trial) { study, cache, texts in
      try insert(name, parameter, trial: trial, study: study, cache, &texts)
    }
  }

  public func report(_ value: Double, step: Int, trial: Int) throws {
    try change(trial) { _, _, _ in try insert(.init(step: step, value: value), trial: trial) }
  }

  public func finish(trial: Int, state: TrialState, values: [Double]) throws {
    try change(trial, isLasting: true) { _, cache, _ in
      try connection.run(
        "UPDATE trials SET state = $1, datetime_complete = $2 WHERE trial_id = $3",
        [.text(state.optunaName), .text(TrialTime.now.text), .int(trial)])
      try insert(values, trial: trial)
      if state.isFinished { cache.running.remove(trial) }
    }
  }

  public func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, trial: Int) throws {
    try change(trial) { _, _, _ in try setAttribute(name, value, table: "trial", owner, trial) }
  }

  public func trial(_ trial: Int) throws -> TrialRecord {
    try read { memory in
      guard let record = try loadTrials(.ids([trial]), from: connection, &memory.texts).first else {
        throw StudyMistake.noTrial(trial)
      }
      return record
    }
  }

  public func trials(study: Int) throws -> TrialList {
    try read { memory in
      let counter = try connection.changeCounter()
      let isChanged = counter == nil || memory.studies[study]?.counterAtRead != counter
      let cache = try recognized(study, &memory, isChanged: isChanged)
      let stale = isChanged ? Array(cache.unfinished.keys) : cache.changed.filter { cache.unfinished[$0] != nil }
      if !stale.isEmpty { cache.take(try loadTrials(.ids(stale), from: connection, &memory.texts)) }
      if isChanged || cache.hasNewTrials {
        cache.take(try loadTrials(.after(cache.lastRead, study: study), from: connection, &memory.texts))
      }
      cache.changed = []
      cache.hasNewTrials = false
      cache.counterAtRead = counter
      return cache.trials
    }
  }

  // MARK: Signs of life

  public func beat(trial: Int) throws { try write { _ in try beatWithin(trial: trial) } }

  /// Gives a sign of life within a transaction: a trial that begins has one from the start, so that none can be lost between.
  private func beatWithin(trial: Int) throws {
    guard heartbeatInterval != nil else { return }
    let now = connection.dialect.now
    try connection.run(
      "INSERT INTO trial_heartbeats (trial_id, heartbeat) VALUES ($1, \(now)) "
        + "ON CONFLICT (trial_id) DO UPDATE SET heartbeat = \(now)", [.int(trial)])
  }

  public func staleTrials(study: Int) throws -> [Int] {
    try read { memory in
      let cache = try look(at: study, &memory)
      guard !cache.running.isEmpty else { return [] }
      var stale: [Int] = []
      let dialect = connection.dialect
      let sql =
        "SELECT t.trial_id, t.state, CASE WHEN \(dialect.isOlder("heartbeat")) THEN 1 ELSE 0 END FROM trials t "
        + "LEFT JOIN trial_heartbeats h ON h.trial_id = t.trial_id WHERE t.trial_id \(dialect.isAmongIDs) ORDER BY t.trial_id"
      try connection.run(sql, [dialect.ids(Array(cache.running)), .double(graceTime)]) { row in
        if row.text(1) != TrialState.running.optunaName {
          cache.running.remove(row.int(0))
        } else if row.int(2) == 1 {
          stale.append(row.int(0))
        }
      }
      return stale
    }
  }

  // MARK: Rows

  @discardableResult
  private func requireStudy(_ study: Int, forUpdate: Bool = false) throws -> String {
    let sql = "SELECT study_name FROM studies WHERE study_id = $1" + (forUpdate ? connection.dialect.forUpdate : "")
    guard let name = try connection.first(sql, [.int(study)], { $0.text(0) }) else {
      throw StudyMistake.noStudy(study)
    }
    return name
  }

  /// Changes a trial that has not ended.
  private func change(
    _ trial: Int, isLasting: Bool = false, _ body: (_ study: Int, StudyCache, inout DistributionTexts) throws -> Void
  ) throws {
    try write(isLasting: isLasting) { memory in
      let sql = "SELECT study_id, number, state FROM trials WHERE trial_id = $1" + connection.dialect.forUpdate
      let found = try connection.first(sql, [.int(trial)]) {
        ($0.int(0), $0.int(1), TrialState(optunaName: $0.text(2)))
      }
      guard let (study, number, state) = found else { throw StudyMistake.noTrial(trial) }
      if let state, state.isFinished {
        throw StudyMistake.finished(TrialRecord(id: trial, number: number, state: state))
      }
      let cache = try memory.studies[study] ?? memory.cache(study, requireStudy(study))
      try body(study, cache, &memory.texts)
      cache.changed.insert(trial)
    }
  }

  private func insert(
    _ name: String, _ parameter: TrialRecord.Parameter, trial: Int, study: Int, _ cache: StudyCache,
    _ texts: inout DistributionTexts
  ) throws {
    var known = cache.distributions[name]
    if known == nil {
      known = try connection.first(
        "SELECT p.distribution_json FROM trial_params p JOIN trials t ON t.trial_id = p.trial_id "
          + "WHERE t.study_id = $1 AND p.param_name = $2 LIMIT 1", [.int(study), .text(name)]
      ) { try texts.distribution($0.text(0)) }
    }
    try known?.requireCompatible(with: parameter.distribution, name)
    try connection.run(
      "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES ($1, $2, $3, $4) "
        + "ON CONFLICT (trial_id, param_name) DO UPDATE SET param_value = excluded.param_value, "
        + "distribution_json = excluded.distribution_json",
      [.int(trial), .text(name), .double(parameter.internal), .text(parameter.distribution.json)])
    cache.distributions[name] = parameter.distribution
  }

  private func insert(_ report: TrialRecord.Report, trial: Int) throws {
    let stored = StoredNumber(report.value)
    try connection.run(
      "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) "
        + "VALUES ($1, $2, $3, $4) ON CONFLICT (trial_id, step) DO UPDATE SET "
        + "intermediate_value = excluded.intermediate_value, intermediate_value_type = excluded.intermediate_value_type",
      [.int(trial), .int(report.step), stored.value, .text(stored.type)])
  }

  private func insert(_ values: [Double], trial: Int) throws {
    for (i, value) in values.enumerated() {
      guard !value.isNaN else {
        throw TensorError(.value, "trial", "the value of objective \(i) is not a number, which no trial ends with")
      }
      let stored = StoredNumber(value)
      try connection.run(
        "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES ($1, $2, $3, $4) "
          + "ON CONFLICT (trial_id, objective) DO UPDATE SET value = excluded.value, value_type = excluded.value_type",
        [.int(trial), .int(i), stored.value, .text(stored.type)])
    }
  }

  private func setAttribute(
    _ name: String, _ value: SettingValue, table: String, _ owner: AttributeOwner, _ id: Int
  ) throws {
    try connection.run(
      "INSERT INTO \(table)_\(owner.name)_attributes (\(table)_id, \"key\", value_json) VALUES ($1, $2, $3) "
        + "ON CONFLICT (\(table)_id, \"key\") DO UPDATE SET value_json = excluded.value_json",
      [.int(id), .text(name), .text(value.pythonJSON())])
  }

  // MARK: What is remembered

  /// Makes sure that what is remembered of a study is about the one that has the id now: SQLite gives the ids of a deleted study
  /// and its trials away again.
  private func recognized(_ study: Int, _ memory: inout Memory, isChanged: Bool) throws -> StudyCache {
    if let cache = memory.studies[study] {
      guard isChanged else { return cache }
      var isSame = cache.name == (try requireStudy(study))
      if isSame, let witness = cache.witness {
        isSame =
          try connection.first(
            "SELECT number, datetime_start FROM trials WHERE trial_id = $1 AND study_id = $2",
            [.int(witness.id), .int(study)]
          ) { row in
            guard row.int(0) == witness.number else { return false }
            // The databases write a moment differently.
            return witness.start == nil || TrialTime(row.text(1)) == witness.start.flatMap { TrialTime($0) }
          } ?? false
      }
      if isSame { return cache }
      memory.studies[study] = nil
    }
    return memory.cache(study, try requireStudy(study))
  }

  /// Looks which trials have come since the last look: they may wait or run.
  private func look(at study: Int, _ memory: inout Memory) throws -> StudyCache {
    let counter = try connection.changeCounter()
    let isChanged = counter == nil || memory.studies[study]?.counterAtLook != counter
    let cache = try recognized(study, &memory, isChanged: isChanged)
    guard isChanged || cache.hasNewWaitingTrials else { return cache }
    try connection.run(
      "SELECT trial_id, state, number, datetime_start FROM trials WHERE study_id = $1 AND trial_id > $2 ORDER BY trial_id",
      [.int(study), .int(cache.lastSeen)]
    ) { row in
      cache.lastSeen = row.int(0)
      cache.witness = .init(id: row.int(0), number: row.int(2), start: row.optionalText(3))
      switch TrialState(optunaName: row.text(1)) {
      case .waiting: cache.appendWaiting(row.int(0))
      case .running: cache.running.insert(row.int(0))
      case .complete, .pruned, .failed, nil: break
      }
    }
    cache.hasNewWaitingTrials = false
    cache.counterAtLook = counter
    return cache
  }

  private func read<Result: Sendable>(_ body: (inout Memory) throws -> Result) throws -> Result {
    try memory.withLock { memory in try connection.reading { try body(&memory) } }
  }

  /// Runs a transaction. Where it fails, the distributions that it may have brought are forgotten.
  private func write<Result: Sendable>(isLasting: Bool = false, _ body: (inout Memory) throws -> Result) throws
    -> Result
  {
    if let refusal { throw TensorError(.state, description, refusal) }
    return try memory.withLock { memory in
      do {
        return try connection.writing(isLasting: isLasting) { try body(&memory) }
      } catch {
        for cache in memory.studies.values { cache.distributions = [:] }
        throw error
      }
    }
  }
}

extension AttributeOwner {
  /// The name of its tables.
  fileprivate var name: String {
    switch self {
    case .user: "user"
    case .system: "system"
    }
  }
}
