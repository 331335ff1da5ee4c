import ApusCore
import ApusFormats
import ApusTrain
import ApusTune
import Foundation

/// Reads the recorded storages of a folder (`NAME.db` or `NAME.log`, each with what Optuna read from it as `NAME.json`): every
/// study and trial must be the same, and after a trial was added to a copy, also by another storage object.
package func checkStorages(folder: String) -> (passed: Int, failed: [String], skipped: Int) {
  var passed = 0
  var failed: [String] = []
  let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  for name in names where name.hasSuffix(".json") {
    do {
      let recorded = try RecordedStorage(file: "\(folder)/\(name)")
      let copy = try StorageCopy(of: "\(folder)/\(recorded.file)")
      let mistakes = try recorded.mistakes(in: copy) + recorded.mistakesAfterContinuing(copy)
      if mistakes.isEmpty {
        passed += 1
      } else {
        failed.append("\(name): " + mistakes.prefix(5).joined(separator: "; "))
      }
    } catch {
      failed.append("\(name): \(error)")
    }
  }
  return (passed, failed, 0)
}

/// A copy of a recorded file, removed when nobody needs it.
private final class StorageCopy {
  private let folder: String
  let path: String

  init(of file: String) throws {
    folder = FileManager.default.temporaryDirectory.path + "/storage-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    path = folder + "/" + (file as NSString).lastPathComponent
    // The bytes alone: what is copied may be read-only.
    guard let bytes = FileManager.default.contents(atPath: file),
      FileManager.default.createFile(atPath: path, contents: bytes)
    else { throw TensorError(.file, file, "it cannot be copied") }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}

/// What Optuna read from a storage.
private struct RecordedStorage {
  let file: String
  private let isJournal: Bool
  private let isOlder: Bool
  private let studies: [ByteJSON]

  init(file path: String) throws {
    let json = try ByteJSON(file: path)
    guard let file = json["file"]?.string, let studies = json["studies"]?.array else {
      throw TensorError(.format, path, "it has no 'file' or no 'studies'")
    }
    self.file = file
    self.studies = studies
    isJournal = json["format"]?.string == "journal"
    isOlder = json["alembic_version"] != nil
  }

  private func open(_ path: String, upgrade: Bool = false) throws -> any StudyStorage {
    isJournal ? try JournalStorage(path) : try SQLiteStorage(path, upgrade: upgrade)
  }

  /// What differs in a file that nobody has changed. It must stay as it is.
  func mistakes(in copy: StorageCopy) throws -> [String] {
    let before = FileManager.default.contents(atPath: copy.path)
    var mistakes = try mistakes(in: open(copy.path))
    if FileManager.default.contents(atPath: copy.path) != before { mistakes.append("reading changed the file") }
    return mistakes
  }

  /// What differs after a trial was added to each study.
  func mistakesAfterContinuing(_ copy: StorageCopy) throws -> [String] {
    var mistakes: [String] = []
    let storage = try open(copy.path, upgrade: isOlder)
    for record in try storage.studies() {
      let study = try Study(loading: record.name, from: storage, sampler: RandomTrialSampler(seed: 0))
      let count = try study.trials.count
      // Those that wait come first.
      let waiting = try study.trials(.waiting)
      for expected in waiting.map(\.number) + [count] {
        let trial = try study.ask()
        if trial.number != expected { mistakes.append("trial \(trial.number) was asked for, not \(expected)") }
        let x = try trial.suggest("added here", 0...1.0)
        if study.directions.count == 1 { try trial.report(x, step: 1) }
        try study.tell(trial, study.directions.map { _ in x })
      }
    }
    let again = try open(copy.path)
    mistakes += try self.mistakes(in: again, isContinued: true)
    for record in try again.studies() {
      let trials = try again.trials(study: record.id)
      if trials.last?.state != .complete || trials.last?.parameters["added here"] == nil {
        mistakes.append("'\(record.name)' has lost the trial that was added")
      }
    }
    return mistakes
  }

  private func mistakes(in storage: any StudyStorage, isContinued: Bool = false) throws -> [String] {
    var mistakes: [String] = []
    let found = try storage.studies()
    if found.count != studies.count { mistakes.append("\(found.count) studies instead of \(studies.count)") }
    for (study, expected) in zip(found, studies) {
      func compare(_ what: String, _ a: SettingValue, _ b: SettingValue) {
        let (a, b) = (a.pythonJSON(), b.pythonJSON())
        if a != b { mistakes.append("'\(study.name)' \(what): \(a.prefix(300)) instead of \(b.prefix(300))") }
      }
      compare("name", .string(study.name), expected.value("study_name"))
      compare("id", .int(study.id), expected.value("study_id"))
      compare(
        "directions", .list(study.directions.map { .string($0.recordedName) }), expected.value("directions"))
      compare("user attributes", study.userAttributes.pairs, expected.pairs("user_attrs"))
      compare("system attributes", study.systemAttributes.pairs, expected.pairs("system_attrs"))
      let trials = try storage.trials(study: study.id)
      let expectedTrials = expected["trials"]?.array ?? []
      if !isContinued || trials.count < expectedTrials.count {
        compare("number of trials", .int(trials.count), .int(expectedTrials.count))
      }
      for (trial, expected) in zip(trials, expectedTrials) {
        // Those that waited have been computed since.
        if isContinued, expected["state"]?.string == "WAITING" { continue }
        compare("trial \(trial.number)", trial.recorded, expected.recordedTrial)
      }
      guard !isContinued else { continue }
      let opened = try Study(loading: study.name, from: storage)
      let best = opened.directions.count == 1 ? (try? opened.bestTrial).map { SettingValue.int($0.number) } : nil
      compare("best trial", best ?? .none, expected.value("best_trial"))
      compare("best trials", .list(try opened.bestTrials.map { .int($0.number) }), expected.value("best_trials"))
      compare(
        "metric names", try opened.metricNames.map { .list($0.map { .string($0) }) } ?? .none,
        expected.value("metric_names"))
    }
    return mistakes
  }
}

extension StudyDirection {
  fileprivate var recordedName: String {
    switch self {
    case .minimize: "MINIMIZE"
    case .maximize: "MAXIMIZE"
    case .unset: "NOT_SET"
    }
  }
}

extension NamedValues<SettingValue> {
  /// Pairs in the order of their names.
  fileprivate var pairs: SettingValue {
    .list(map { ($0.name, $0.value) }.sorted { $0.0 < $1.0 }.map { .list([.string($0.0), $0.1]) })
  }
}

extension TrialRecord {
  /// Everything that the record of a trial has.
  fileprivate var recorded: SettingValue {
    let stateName =
      switch state {
      case .running: "RUNNING"
      case .waiting: "WAITING"
      case .complete: "COMPLETE"
      case .pruned: "PRUNED"
      case .failed: "FAIL"
      }
    func time(_ time: TrialTime?) -> SettingValue { time.map { .string(String($0.iso.dropLast(6))) } ?? .none }
    return [
      "number": .int(number), "trial_id": .int(id), "state": .string(stateName),
      "values": values.isEmpty ? .none : .list(values.map { .double($0) }),
      "params": .list(parameters.map { .list([.string($0.name), $0.value.value]) }),
      "internal": .list(parameters.map { .list([.string($0.name), .double($0.value.internal)]) }),
      "distributions": .list(parameters.map { .list([.string($0.name), .string($0.value.distribution.json)]) }),
      "user_attrs": userAttributes.pairs, "system_attrs": systemAttributes.pairs,
      "intermediate_values": .list(reports.map { .list([.int($0.step), .double($0.value)]) }),
      "last_step": lastStep.map { .int($0) } ?? .none,
      "constraints": .list(
        constraints.map { ($0.name, $0.value) }.sorted { $0.0 < $1.0 }.map { .list([.string($0.0), .double($0.1)]) }),
      "datetime_start": time(start), "datetime_complete": time(end),
    ]
  }
}

extension ByteJSON {
  /// The value of a member; `{"$float": "nan"}` is a number.
  fileprivate func value(_ name: String) -> SettingValue { (self[name] ?? .null).plain }

  private var plain: SettingValue {
    switch self {
    case .null, .bool, .int, .real, .string: return SettingValue(self)
    case .array(let items): return .list(items.map(\.plain))
    case .object(let members):
      if members.count == 1, members[0].name == "$float", let text = members[0].value.string {
        return .double(Double(text) ?? .nan)
      }
      return .dictionary(Dictionary(members.map { ($0.name, $0.value.plain) }, uniquingKeysWith: { $1 }))
    }
  }

  /// A number; one that is not finite is a text.
  private var recordedNumber: SettingValue { .double(double ?? string.flatMap { Double($0) } ?? .nan) }

  /// Pairs in the order of their names, with `number` for those whose values are numbers.
  fileprivate func pairs(_ name: String, areNumbers: Bool = false) -> SettingValue {
    let pairs = (self[name]?.array ?? []).compactMap { pair -> (String, SettingValue)? in
      guard let items = pair.array, items.count == 2, let name = items[0].string else { return nil }
      return (name, areNumbers ? items[1].recordedNumber : items[1].plain)
    }
    return .list(pairs.sorted { $0.0 < $1.0 }.map { .list([.string($0.0), $0.1]) })
  }

  /// A recorded trial in the form of the other.
  fileprivate var recordedTrial: SettingValue {
    func numbers(_ name: String) -> SettingValue {
      .list(
        (self[name]?.array ?? []).map { pair in
          .list([pair.array?.first?.plain ?? .none, pair.array?.last?.recordedNumber ?? .none])
        })
    }
    return [
      "number": value("number"), "trial_id": value("trial_id"), "state": value("state"),
      "values": self["values"]?.array.map { .list($0.map(\.recordedNumber)) } ?? .none,
      "params": value("params"), "internal": numbers("internal"), "distributions": value("distributions"),
      "user_attrs": pairs("user_attrs"), "system_attrs": pairs("system_attrs"),
      "intermediate_values": numbers("intermediate_values"), "last_step": value("last_step"),
      "constraints": pairs("constraints", areNumbers: true), "datetime_start": value("datetime_start"),
      "datetime_complete": value("datetime_complete"),
    ]
  }
}
