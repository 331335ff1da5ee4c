import ApusCore
import ApusTrain
import ApusTune
import Dispatch
import Foundation
import TestSupport
import Testing

/// Python with Optuna: the one that `APUS_OPTUNA_PYTHON` names, or `python3`.
enum OptunaProgram {
  private static let python = ProcessInfo.processInfo.environment["APUS_OPTUNA_PYTHON"] ?? "python3"
  static let isInstalled = (try? output(of: "import optuna", [])) != nil

  /// What a program prints, of which each line is one.
  static func output(of program: String, _ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, "-W", "ignore", "-c", program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw TensorError(.state, "Optuna", "the program ended with \(process.terminationStatus)")
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

/// Studies that go to Optuna and come back.
@Suite(.enabled(if: OptunaProgram.isInstalled)) struct OptunaTests {
  /// Opens the storage at an address of either kind.
  private static let opening = """
    import optuna, sys, math
    from optuna.storages import *
    from optuna.storages.journal import *
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    a = sys.argv[1]
    storage = JournalStorage(JournalFileBackend(a)) if a.endswith('.log') else RDBStorage('sqlite:///' + a)
    def objective(trial):
        x = trial.suggest_float('x', 0, 1)
        k = trial.suggest_int('k', 1, 9, step=2)
        c = trial.suggest_categorical('c', ['a', 'ü', None, 1.5, True])
        trial.report(x, 0)
        trial.set_user_attr('n', [trial.number, None, math.inf])
        return x + k

    """

  private static func objective(_ trial: Trial) throws -> Double {
    let x = try trial.suggest("x", 0...1.0)
    let k = try trial.suggest("k", 1...9, step: 2)
    _ = try trial.suggest("c", .categorical(["a", "ü", nil, 1.5, true]))
    try trial.report(x, step: 0)
    try trial.setAttribute("n", [.int(trial.number), nil, .double(.infinity)])
    return x + Double(k)
  }

  /// What is known of a trial, as both write it.
  private static let listing = """
    for t in study.trials:
        print(t.number, t.state.name, repr(t.value), list(t.params.items()), list(t.intermediate_values.items()),
              t.user_attrs, t.datetime_start is not None, t.datetime_complete is not None)

    """

  private static func listing(_ trials: TrialList) -> [String] {
    func python(_ value: SettingValue) -> String {
      switch value {
      case .none: "None"
      case .bool(let truth): truth ? "True" : "False"
      case .string(let text): "'\(text)'"
      case .double(let number) where number.isInfinite: "inf"
      case .int, .double: value.pythonJSON()
      case .list(let items): "[" + items.map { python($0) }.joined(separator: ", ") + "]"
      case .dictionary: ""
      }
    }
    return trials.map { trial in
      let states: [TrialState: String] = [.complete: "COMPLETE", .failed: "FAIL", .waiting: "WAITING"]
      let params = trial.parameters.map { "('\($0.name)', \(python($0.value.value)))" }.joined(separator: ", ")
      let reports = trial.reports.map { "(\($0.step), \(SettingValue.double($0.value).pythonJSON()))" }
      let notes = trial.userAttributes.map { "'\($0.name)': \(python($0.value))" }.joined(separator: ", ")
      return
        "\(trial.number) \(states[trial.state] ?? "") \(trial.value.map { python(.double($0)) } ?? "None") [\(params)] "
        + "[\(reports.joined(separator: ", "))] {\(notes)} \(trial.start == nil ? "False" : "True") "
        + "\(trial.end == nil ? "False" : "True")"
    }
  }

  @Test(arguments: ["study.db", "study.log"]) func aStudyGoesToOptunaAndBack(name: String) throws {
    let folder = TemporaryFolder()
    let path = folder.file(name)
    // Begun here.
    let study = try Study("s", storage: openStudyStorage(path), sampler: RandomTrialSampler(seed: 1))
    try study.setMetricNames(["loss"])
    try study.optimize(trials: 4, Self.objective)
    try study.tell(study.ask(), state: .failed)
    try study.enqueue(["x": 0.25, "k": 3])
    try study.enqueue(["x": 0.75])
    let before = Self.listing(try study.trials)
    // Continued by Optuna while the study is open here: it takes the one that waits first.
    let seen = try OptunaProgram.output(
      of: Self.opening + "study = optuna.load_study(study_name='s', storage=storage)\n" + Self.listing
        + """
        study.sampler = optuna.samplers.RandomSampler(seed=2)
        study.optimize(objective, n_trials=1)
        study.enqueue_trial({'x': 0.5})
        print(study.metric_names, study.best_trial.number)
        """, [path])
    #expect(Array(seen.dropLast()) == before && before.count == 7)
    #expect(try seen.last == "['loss'] \(study.bestTrial.number)")
    #expect(try study.trials[5].params["x"] == 0.25 && study.trials[5].state == .complete)
    // And continued here.
    try study.optimize(trials: 4, Self.objective)
    let trials = try study.trials
    #expect(trials.count == 10 && trials[6].params["x"] == 0.75 && trials[7].params["x"] == 0.5)
    let again = try OptunaProgram.output(
      of: Self.opening + "study = optuna.load_study(study_name='s', storage=storage)\n" + Self.listing, [path])
    #expect(again == Self.listing(trials))
  }

  @Test(arguments: ["study.db", "study.log"]) func aStudyComesFromOptuna(name: String) throws {
    let folder = TemporaryFolder()
    let path = folder.file(name)
    let written = try OptunaProgram.output(
      of: Self.opening + "study = optuna.create_study(study_name='s', storage=storage, direction='maximize')\n"
        + "study.optimize(objective, n_trials=5)\n" + Self.listing, [path])
    let study = try Study(loading: "s", from: openStudyStorage(path), sampler: RandomTrialSampler(seed: 1))
    #expect(Self.listing(try study.trials) == written && study.directions == [.maximize])
    try study.optimize(trials: 2, Self.objective)
    let again = try OptunaProgram.output(
      of: Self.opening + "study = optuna.load_study(study_name='s', storage=storage)\n" + Self.listing, [path])
    #expect(again == Self.listing(try study.trials) && again.count == 7)
  }

  /// Both append and commit at once.
  @Test(arguments: ["study.db", "study.log"]) func optunaWorksOnTheSameStudyMeanwhile(name: String) throws {
    let folder = TemporaryFolder()
    let path = folder.file(name)
    let study = try Study("s", storage: openStudyStorage(path), sampler: RandomTrialSampler(seed: 1))
    let failure = Lock<String?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { worker in
      do {
        if worker == 0 {
          _ = try OptunaProgram.output(
            of: Self.opening + "study = optuna.load_study(study_name='s', storage=storage)\n"
              + "study.sampler = optuna.samplers.RandomSampler(seed=2)\nstudy.optimize(objective, n_trials=20)", [path])
        } else {
          try study.optimize(trials: 60, Self.objective)
        }
      } catch {
        failure.withLock { $0 = "\(error)" }
      }
    }
    #expect(failure.withLock { $0 } == nil)
    let trials = try study.trials
    #expect(trials.map(\.number) == Array(0..<trials.count))
    #expect(trials.allSatisfy { $0.state == .complete && $0.values.count == 1 && $0.parameters.count == 3 })
    let again = try OptunaProgram.output(
      of: Self.opening + "study = optuna.load_study(study_name='s', storage=storage)\n" + Self.listing, [path])
    #expect(again == Self.listing(trials))
  }

  @Test func upgradedFilesOpenInOptuna() throws {
    let folder = TemporaryFolder()
    let path = folder.file("old.db")
    put(contents(of: SQLiteStorageTests.recorded + "/old-v0.9.0.a-rows.db"), at: path)
    let study = try Study(loading: "old study", from: SQLiteStorage(path, upgrade: true))
    let lines = try OptunaProgram.output(
      of: Self.opening + "study = optuna.load_study(study_name='old study', storage=storage)\n"
        + "print(len(study.trials), study.best_trial.number, study.trials[1].intermediate_values)", [path])
    #expect(lines == ["\(try study.trials.count) \(try study.bestTrial.number) {0: 0.5, 1: 1.5}"])
  }
}
