import ApusCore
import ApusTrain
import ApusTune
import Foundation
import TestSupport
import Testing

/// Files of SQLite: what Optuna wrote, what is broken, signs of life.
@Suite struct SQLiteStorageTests {
  static let recorded = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Recorded/storage"

  private let folder = TemporaryFolder()

  /// A copy of a recorded file in the folder of the test.
  private func copy(_ name: String) -> String {
    put(contents(of: "\(Self.recorded)/\(name)"), at: folder.file(name))
    return folder.file(name)
  }

  @Test func whatOptunaWroteIsRead() throws {
    let path = copy("states.db")
    let before = contents(of: path)
    let study = try Study(loading: "états/∞", from: SQLiteStorage(path))
    let trials = try study.trials
    #expect(trials.count == 12)
    #expect(trials[0].params == ["x": 0.5, "k": 3] && trials[0].values == [0.25])
    #expect(trials[0].parameters["k"]?.distribution == .int(low: 1, high: 9, step: 2))
    #expect(trials[1].values == [.infinity])
    #expect(trials[1].reports.map(\.step) == [0, 1, 2, 3, 7, 100_000])
    #expect(trials[1].reports[0].value.isNaN && trials[1].reports[4].value == .infinity)
    #expect(trials[2].state == .pruned && trials[2].value == 2.5)
    #expect(trials[0].start == TrialTime("2026-11-28 02:09:08.506889"))
    #expect(Set(trials.map(\.state)) == Set(TrialState.allCases))
    #expect(try study.bestTrial.number == 6)
    // Reading leaves the file as it is.
    #expect(contents(of: path) == before && folder.names == ["states.db"])
  }

  @Test func whatOptunaWroteIsContinued() throws {
    let path = copy("attributes.db")
    let name = try #require(try SQLiteStorage(path).studies().first?.name)
    #expect(name.contains("'quotes\" \\ ; --"))
    let study = try Study(loading: name, from: SQLiteStorage(path), sampler: RandomTrialSampler(seed: 1))
    #expect(try study.userAttributes["inf"] == .double(-.infinity))
    #expect(try study.userAttributes["dict"] == ["b": 1, "a": ["ü": "ß"]])
    try study.optimize(trials: 3) { trial in
      let choices: [SettingValue] = ["ü", "", "\n", 1, 1.5, nil, true]
      return try trial.suggest("choice", .categorical(choices)) + trial.suggest("third", 0...1.0)
    }
    let trials = try Study(loading: name, from: SQLiteStorage(path)).trials
    #expect(trials.map(\.number) == [0, 1, 2, 3])
    #expect(trials[0].params["tiny"] == 4.598583090469272e-301 && trials[0].params["choice"] == "")
  }

  /// Trial 0 of both files; the values are those of Optuna's own migrations.
  @Test(arguments: [("old-v0.9.0.a-rows.db", "v0.9.0.a", 5, [0.545]), ("old-v2.6.0.a-rows.db", "v2.6.0.a", 6, [])])
  func olderFilesAreReadAndUpgradedOnRequest(name: String, version: String, count: Int, values: [Double]) throws {
    let path = copy(name)
    let before = contents(of: path)
    func check(_ storage: SQLiteStorage) throws {
      let study = try Study(loading: "old study", from: storage)
      let trials = try study.trials
      #expect(trials.count == count && study.directions == [.maximize])
      #expect(trials[0].parameters["l"]?.distribution == .float(low: 1e-5, high: 0.1, log: true))
      #expect(trials[0].parameters["d"]?.distribution == .float(low: 0, high: 1, step: 0.25))
      #expect(trials.map(\.number) == Array(0..<count))
      if !values.isEmpty { #expect(trials[0].values == values) }
      #expect(trials[0].systemAttributes["_number"] == nil)
      #expect(try study.userAttributes["who"] == "me")
    }
    let old = try SQLiteStorage(path)
    try check(old)
    let refused = Mistake("a write", .state, version, "`upgrade: true`") {
      try Study(loading: "old study", from: old).ask()
    }
    #expect(refused.complaint() == nil)
    #expect(contents(of: path) == before)

    try check(SQLiteStorage(path, upgrade: true))
    #expect(folder.names.contains("\(name).\(version)"))
    // The upgraded file is one of today, and what was there is beside it.
    let study = try Study(loading: "old study", from: SQLiteStorage(path), sampler: RandomTrialSampler(seed: 1))
    // One that waits comes first.
    let waiting = try study.trials(.waiting).count
    try study.optimize(trials: waiting + 1) { try $0.suggest("u", 0...1.0) }
    try check(SQLiteStorage("\(path).\(version)"))
    #expect(try study.trials.count == count + 1)
  }

  @Test func brokenAndForeignFilesAreRefused() throws {
    let whole = contents(of: "\(Self.recorded)/states.db")
    put(
      Array("# Notes\nThis is a text of more than a hundred bytes, so that it could be a header.\n".utf8) + whole,
      at: folder.file("text.db"))
    // Everything behind the first page is noise.
    put(whole.prefix(4096) + whole.dropFirst(4096).map { $0 ^ 0x5a }, at: folder.file("damaged.db"))
    put(Array(whole.prefix(20_000)), at: folder.file("short.db"))
    let foreign = folder.file("foreign.db")
    try runSQLite(foreign, "CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('Ada')")
    let later = copy("attributes.db")
    try runSQLite(later, "UPDATE alembic_version SET version_num = 'v9.0.0.a'")
    let odd = copy("states.db")
    try runSQLite(odd, "UPDATE trial_params SET distribution_json = '{\"name\": \"Cauchy\"}' WHERE param_id = 1")
    @Sendable func read(_ name: String) throws {
      let storage = try SQLiteStorage(folder.file(name))
      for study in try storage.studies() { _ = try storage.trials(study: study.id) }
    }
    let files = folder.names.map { ($0, contents(of: folder.file($0))) }
    let mistakes = [
      Mistake("a text", .format, "text.db", "no database of SQLite") { try read("text.db") },
      Mistake("noise", .format, "damaged.db", "damaged", ".recover") { try read("damaged.db") },
      Mistake("a short file", .format, "short.db", "damaged") { try read("short.db") },
      Mistake("another program's", .format, "foreign.db", "people", "nothing was changed") { try read("foreign.db") },
      Mistake("a later Optuna's", .format, "v9.0.0.a", "later") { try read("attributes.db") },
      Mistake("an unknown distribution", .format, "trial 0", "'x'", "'Cauchy' is unknown") { try read("states.db") },
      Mistake("a folder", .file, "cannot be opened") { try SQLiteStorage(folder.path) },
    ]
    for mistake in mistakes { #expect(mistake.complaint() == nil, "\(mistake)") }
    for (name, bytes) in files { #expect(contents(of: folder.file(name)) == bytes, "\(name) has changed") }
  }

  @Test func aLockThatStaysIsNamed() throws {
    let path = folder.file("locked.db")
    let study = try Study("s", storage: SQLiteStorage(path, wait: 0.05), sampler: RandomTrialSampler(seed: 1))
    try study.optimize(trials: 1) { try $0.suggest("x", 0...1.0) }
    try runSQLite(path, "BEGIN IMMEDIATE") {
      let mistake = Mistake("a write", .file, "locked.db", "locked for too long") { try study.ask() }
      #expect(mistake.complaint() == nil)
      // Reading goes on meanwhile.
      let count = try study.trials.count
      #expect(count == 1)
    }
    try study.optimize(trials: 1) { try $0.suggest("x", 0...1.0) }
    #expect(try study.trials.map(\.number) == [0, 1])
  }

  /// A storage that has not read the trials of a study knows a new study of the same name and ids.
  @Test func aStudyThatTookTheIDsOfAnotherIsNew() throws {
    let path = folder.file("ids.db")
    let first = try Study("s", storage: SQLiteStorage(path), sampler: RandomTrialSampler(seed: 1))
    try first.optimize(trials: 5) { try $0.suggest("x", 0...1.0) }
    let other = try SQLiteStorage(path)
    try Study.delete("s", from: other)
    let second = try Study("s", storage: other, sampler: RandomTrialSampler(seed: 1))
    #expect(second.id == first.id)
    try second.enqueue(["x": 3])
    // The same name is a whole number now, and a trial waits whose id the first had used.
    let trial = try first.ask()
    #expect(trial.number == 0)
    #expect(try trial.suggest("x", 1...4) == 3)
  }

  // MARK: Signs of life

  /// Makes the last sign of life of a trial one that was given long ago.
  private func forget(_ trial: Int, _ path: String) throws {
    try runSQLite(path, "UPDATE trial_heartbeats SET heartbeat = '2020-01-01 00:00:00' WHERE trial_id = \(trial)")
  }

  @Test func trialsWithoutSignsOfLifeAreFailedAndRetried() throws {
    let path = folder.file("beats.db")
    func open() throws -> Study {
      let storage = try SQLiteStorage(path, heartbeatInterval: 60, graceTime: 120, retryFailedTrials: 2)
      return try Study("s", storage: storage, sampler: RandomTrialSampler(seed: 1), ifExists: .resume)
    }
    let study = try open()
    let other = try open()
    let alive = try study.ask()
    var lost = try study.ask()
    let x = try lost.suggest("x", 0...1.0)
    try lost.setAttribute("note", "kept")
    #expect(try other.failStaleTrials().isEmpty)
    for (round, numbers) in [[1], [1, 2], [1, 2, 3]].enumerated() {
      try forget(lost.id, path)
      #expect(try other.failStaleTrials() == [numbers.last ?? -1])
      #expect(try study.failStaleTrials().isEmpty)
      #expect(try study.trials[round + 1].state == .failed)
      guard round < 2 else { break }
      lost = try study.ask()
      #expect(lost.current.retryHistory == numbers && lost.current.retriedTrial == 1)
      #expect(try lost.suggest("x", 0...1.0) == x)
      #expect(lost.current.userAttributes["note"] == "kept")
    }
    // Twice was asked for.
    #expect(try study.trials.count == 4)
    #expect(try study.trials[0].state == .running && alive.number == 0)
    let last = lost
    let late = Mistake("a trial that others failed", .state, "has ended (failed)") { try study.tell(last, 1) }
    #expect(late.complaint() == nil)
  }

  @Test func aRunGoesOnAfterATrialWasTakenForLost() throws {
    let path = folder.file("beats.db")
    let storage = try SQLiteStorage(path, heartbeatInterval: 60)
    let study = try Study("s", storage: storage, sampler: RandomTrialSampler(seed: 1))
    try study.optimize(trials: 3) { trial in
      if trial.number == 1 {
        try forget(trial.id, path)
        let other = try SQLiteStorage(path, heartbeatInterval: 60)
        #expect(try Study(loading: "s", from: other).failStaleTrials() == [1])
      }
      return try trial.suggest("x", 0...1.0)
    }
    #expect(try study.trials.map(\.state) == [.complete, .failed, .complete])
  }

  @Test func intervalsMustBePositive() {
    let mistake = Mistake("no time", .value, "heartbeatInterval is 0.0") {
      try SQLiteStorage(folder.file("x.db"), heartbeatInterval: 0)
    }
    #expect(mistake.complaint() == nil)
    #expect(folder.names.isEmpty)
  }
}

/// Runs statements as another program would, through a connection of its own, which closes after `body`.
func runSQLite(_ path: String, _ statements: String, _ body: () throws -> Void = {}) throws {
  let library = try #require(DynamicLibrary(firstOf: ["libsqlite3.so.0"], thatHas: "sqlite3_exec"))
  typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
  typealias Execute =
    @convention(c) (
      OpaquePointer?, UnsafePointer<CChar>, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeRawPointer?
    ) -> Int32
  typealias Close = @convention(c) (OpaquePointer?) -> Int32
  let open = try #require(library.function("sqlite3_open", as: Open.self))
  let execute = try #require(library.function("sqlite3_exec", as: Execute.self))
  let close = try #require(library.function("sqlite3_close", as: Close.self))
  var handle: OpaquePointer?
  #expect(open(path, &handle) == 0)
  #expect(execute(handle, statements, nil, nil, nil) == 0)
  defer { _ = close(handle) }
  try body()
}
