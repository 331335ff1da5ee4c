import ApusCore
import ApusTrain
import ApusTune
import Dispatch
import Foundation
import TestSupport
import Testing

/// What every storage does, each in a place of its own.
enum StorageKind: String, CaseIterable, CustomTestStringConvertible {
  case memory, sqlite, journal, journalWithOpenLock
  var testDescription: String { rawValue }

  func open(_ folder: TemporaryFolder) throws -> any StudyStorage {
    switch self {
    case .memory: MemoryStorage()
    case .sqlite: try SQLiteStorage(folder.file("study.db"))
    case .journal: try JournalStorage(folder.file("study.log"))
    case .journalWithOpenLock: try JournalStorage(folder.file("study.log"), lock: .open)
    }
  }
}

@Suite struct StorageTests {
  @Test(arguments: StorageKind.allCases) func aTrialIsKeptWhole(kind: StorageKind) throws {
    let folder = TemporaryFolder()
    let storage = try kind.open(folder)
    let study = try storage.createStudy("é 'quoted'", directions: [.minimize, .maximize])
    try storage.setAttribute("who", ["me", 1, 2.5, nil], of: .user, study: study)
    try storage.setAttribute("who", "you", of: .user, study: study)
    let made = try storage.createTrial(study: study, template: nil)
    #expect(made.number == 0 && made.state == .running && made.start != nil)
    let x = TrialRecord.Parameter(internal: 0.1, distribution: .float(low: 0, high: 1))
    let c = TrialRecord.Parameter(internal: 2, distribution: .categorical(["a", nil, .double(.nan), true]))
    try storage.setParameter("x", x, trial: made.id)
    try storage.setParameter("c", c, trial: made.id)
    try storage.report(1.5, step: 3, trial: made.id)
    try storage.report(.nan, step: 4, trial: made.id)
    try storage.report(-.infinity, step: 5, trial: made.id)
    try storage.report(2.5, step: 3, trial: made.id)
    try storage.setAttribute("note", ["k": [.double(.infinity)]], of: .user, trial: made.id)
    try storage.setAttribute("system", 7, of: .system, trial: made.id)
    try storage.finish(trial: made.id, state: .complete, values: [.infinity, -0.5])

    let again = kind == .memory ? storage : try kind.open(folder)
    let record = try #require(try again.study(named: "é 'quoted'"))
    #expect(record.id == study && record.directions == [.minimize, .maximize])
    #expect(record.userAttributes.dictionary == ["who": "you"])
    let trials = try again.trials(study: study)
    let trial = try #require(trials.first)
    #expect(trials.count == 1 && trial.number == 0 && trial.state == .complete)
    #expect(trial.values == [.infinity, -0.5])
    #expect(trial.parameters.names == ["x", "c"])
    #expect(trial.parameters["x"] == x && trial.parameters["c"]?.internal == 2)
    #expect(trial.reports.map(\.step) == [3, 4, 5])
    #expect(trial.reports[0].value == 2.5 && trial.reports[1].value.isNaN && trial.reports[2].value == -.infinity)
    #expect(trial.userAttributes.dictionary == ["note": ["k": [.double(.infinity)]]])
    #expect(trial.systemAttributes.dictionary == ["system": 7])
    #expect(trial.start == made.start && (trial.duration ?? -1) >= 0)
  }

  @Test(arguments: StorageKind.allCases) func mistakesAreExplained(kind: StorageKind) throws {
    let folder = TemporaryFolder()
    let storage = try kind.open(folder)
    let study = try storage.createStudy("s", directions: [.minimize])
    let trial = try storage.createTrial(study: study, template: nil).id
    let x = TrialRecord.Parameter(internal: 1, distribution: .float(low: 0, high: 1))
    try storage.setParameter("x", x, trial: trial)
    let logarithmic = TrialRecord.Parameter(internal: 1, distribution: .float(low: 0.1, high: 1, log: true))
    let mistakes = [
      Mistake("a second study", .state, "'s'", "ifExists") { try storage.createStudy("s", directions: [.minimize]) },
      Mistake("an unknown study", .state, "no study 77") { try storage.trials(study: 77) },
      Mistake("an unknown trial", .state, "no trial 99") { try storage.report(1, step: 0, trial: 99) },
      Mistake("another distribution", .value, "'x'", "linear before") {
        try storage.setParameter("x", logarithmic, trial: trial)
      },
    ]
    for mistake in mistakes { #expect(mistake.complaint() == nil, "\(mistake)") }
    try storage.finish(trial: trial, state: .failed, values: [])
    let ended = Mistake("an ended trial", .state, "trial 0", "has ended (failed)") {
      try storage.report(1, step: 0, trial: trial)
    }
    #expect(ended.complaint() == nil)
    // A mistake leaves nothing behind.
    #expect(try storage.trials(study: study).map(\.reports.count) == [0])
    let next = try storage.createTrial(study: study, template: nil)
    #expect(next.number == 1)
  }

  @Test(arguments: StorageKind.allCases) func deletedStudiesAreGone(kind: StorageKind) throws {
    let folder = TemporaryFolder()
    let storage = try kind.open(folder)
    let other = kind == .memory ? storage : try kind.open(folder)
    for round in 0..<3 {
      let study = try Study("s", storage: storage, sampler: RandomTrialSampler(seed: 1))
      try study.optimize(trials: 3 + round) { try $0.suggest("x\(round)", 0...1.0) }
      // The other one has read the trials before; their ids may come again.
      let seen = try Study(loading: "s", from: other)
      #expect(try seen.trials.count == 3 + round)
      #expect(try seen.trials.allSatisfy { $0.parameters.names == ["x\(round)"] })
      try Study.delete("s", from: storage)
      #expect(try other.studies().isEmpty)
    }
  }

  @Test(arguments: StorageKind.allCases) func enqueuedTrialsAreTakenInOrder(kind: StorageKind) throws {
    let folder = TemporaryFolder()
    let storage = try kind.open(folder)
    let study = try Study("s", storage: storage, sampler: RandomTrialSampler(seed: 1))
    for x in [0.25, 0.5, 0.75] { try study.enqueue(["x": .double(x)], attributes: ["from": "me"]) }
    let taken = try (0..<4).map { _ in
      let trial = try study.ask()
      return (trial.number, try trial.suggest("x", 0...1.0))
    }
    #expect(taken.map(\.0) == [0, 1, 2, 3])
    #expect(taken.prefix(3).map(\.1) == [0.25, 0.5, 0.75])
    #expect(try study.trials.map(\.state) == [.running, .running, .running, .running])
    #expect(try study.trials[1].userAttributes["from"] == "me")
  }

  @Test(arguments: StorageKind.allCases.filter { $0 != .memory })
  func eightWritersShareAStudy(kind: StorageKind) throws {
    let folder = TemporaryFolder()
    let first = try Study("s", storage: kind.open(folder), sampler: RandomTrialSampler(seed: 1))
    for i in 0..<40 { try first.enqueue(["x": .double(Double(i) / 64)]) }
    let failure = Lock<String?>(nil)
    DispatchQueue.concurrentPerform(iterations: 8) { worker in
      do {
        let study = try Study(
          loading: "s", from: kind.open(folder), sampler: RandomTrialSampler(seed: UInt32(worker)))
        try study.optimize(trials: 20) { trial in
          let x = try trial.suggest("x", 0...1.0)
          try trial.report(x, step: 0)
          return x
        }
      } catch {
        failure.withLock { $0 = "\(error)" }
      }
    }
    #expect(failure.withLock { $0 } == nil)
    let trials = try first.trials
    #expect(trials.map(\.number) == Array(0..<160))
    #expect(trials.allSatisfy { $0.state == .complete && $0.values == [$0.parameters["x"]?.internal ?? -1] })
    // Every enqueued one was computed once, by whoever claimed it.
    #expect(trials.prefix(40).map { $0.values[0] } == (0..<40).map { Double($0) / 64 })
  }

  @Test func addressesNameStorages() throws {
    let folder = TemporaryFolder()
    let path = folder.file("a b.db")
    #expect(try openStudyStorage("memory").description == "memory")
    #expect(try openStudyStorage("sqlite:///" + path).description == "sqlite:///" + path)
    #expect(try openStudyStorage(path) is SQLiteStorage)
    #expect(try openStudyStorage(folder.file("c.SQLITE3")) is SQLiteStorage)
    #expect(try openStudyStorage("journal:///" + folder.file("j")) is JournalStorage)
    #expect(try openStudyStorage(folder.file("k.log")) is JournalStorage)
    #expect(folder.names.contains("a b.db") && folder.names.contains("j"))
    for address in ["", "study", "mysql://u@h/d", "sqlite:/x.db", "sqlite:///", "redis://h", "http://h/x.db", "."] {
      let mistake = Mistake(address, .value, "'\(address)'", "sqlite:///", "postgresql://") {
        try openStudyStorage(address)
      }
      #expect(mistake.complaint() == nil)
    }
    let secret = Mistake("no server", .file, "tuner:***@127.0.0.1:1/x") {
      try openStudyStorage("postgresql+psycopg2://tuner:word@127.0.0.1:1/x")
    }
    #expect(secret.complaint() == nil)
    let folderIsMissing = Mistake("no folder", .file, "cannot be opened") {
      try openStudyStorage(folder.file("none/x.db"))
    }
    #expect(folderIsMissing.complaint() == nil)
  }
}
