import ApusCore
import ApusTrain

/// A search for good settings: trials, each with values of parameters and what an objective made of them.
///
///     let study = try Study(direction: .minimize)
///     try study.optimize(trials: 100) { trial in
///       let x = try trial.suggest("x", -10...10.0)
///       return (x - 2) * (x - 2)
///     }
///     print(try study.bestParams)
///
/// Studies in a storage outlive the process and are shared by several, Optuna's among them: the files and tables are Optuna's.
public final class Study: Sendable {
  /// What to do with a study of the name that the storage has.
  public enum Existing: Sendable, Hashable {
    /// It is a mistake.
    case fail
    /// Go on with it.
    case resume
  }

  public let name: String
  /// The storage's number of the study.
  public let id: Int
  public let storage: any StudyStorage
  /// One for each objective.
  public let directions: [StudyDirection]
  public let sampler: any TrialSampler
  public let pruner: any TrialPruner
  let isStopping = Lock(false)

  /// Makes a study of one objective or opens it.
  /// - Parameters:
  ///   - name: its name in the storage; nil for a new one of its own.
  ///   - storage: where it lives; see ``StudyStorage``.
  ///   - direction: whether the objective is to become small or large.
  ///   - sampler: what proposes settings; ``TPESampler`` where nil.
  ///   - pruner: what ends trials early; ``MedianPruner`` where nil.
  ///   - ifExists: what to do where the storage has a study of that name.
  /// - Throws: `TensorError` of kind `state` where there is one and `ifExists` is `fail`, or where it has other directions; of kind
  ///   `file` where the storage cannot be read or written.
  public convenience init(
    _ name: String? = nil, storage: any StudyStorage = MemoryStorage(), direction: StudyDirection = .minimize,
    sampler: (any TrialSampler)? = nil, pruner: (any TrialPruner)? = nil, ifExists: Existing = .fail
  ) throws {
    try self.init(
      name, storage: storage, directions: [direction], sampler: sampler, pruner: pruner, ifExists: ifExists)
  }

  /// Makes a study of several objectives or opens it: see the other one.
  public convenience init(
    _ name: String? = nil, storage: any StudyStorage = MemoryStorage(), directions: [StudyDirection],
    sampler: (any TrialSampler)? = nil, pruner: (any TrialPruner)? = nil, ifExists: Existing = .fail
  ) throws {
    guard !directions.isEmpty else {
      throw TensorError(.value, "Study", "no direction was given; there must be one for each objective")
    }
    let name = name ?? "no-name-\(UInt64.random(in: 0...UInt64.max))"
    guard name.utf8.count <= 512 else {
      throw TensorError(.value, "Study", "the name has \(name.utf8.count) bytes; at most 512 are kept")
    }
    let found: StudyRecord
    if ifExists == .resume, let existing = try storage.study(named: name) {
      guard existing.directions == directions else {
        let text = existing.directions.map(\.rawValue).joined(separator: ", ")
        throw TensorError(
          .state, "Study '\(name)'",
          "its directions are \(text), and \(directions.map(\.rawValue).joined(separator: ", ")) were asked for")
      }
      found = existing
    } else {
      do {
        found = StudyRecord(
          id: try storage.createStudy(name, directions: directions), name: name, directions: directions)
      } catch {
        // Another process may have made it since.
        guard ifExists == .resume, let existing = try storage.study(named: name), existing.directions == directions
        else { throw error }
        found = existing
      }
    }
    self.init(found, storage: storage, sampler: sampler, pruner: pruner)
  }

  /// Opens a study that the storage has.
  /// - Throws: `TensorError` of kind `state` where it has none of that name; the message names those that it has.
  public convenience init(
    loading name: String, from storage: any StudyStorage, sampler: (any TrialSampler)? = nil,
    pruner: (any TrialPruner)? = nil
  ) throws {
    guard let found = try storage.study(named: name) else {
      let names = try storage.studies().map { "'\($0.name)'" }
      let rest = names.isEmpty ? "it has none" : "it has " + names.prefix(20).joined(separator: ", ")
      throw TensorError(.state, "Study", "\(storage.description) has no study '\(name)': \(rest)")
    }
    self.init(found, storage: storage, sampler: sampler, pruner: pruner)
  }

  private init(
    _ record: StudyRecord, storage: any StudyStorage, sampler: (any TrialSampler)?, pruner: (any TrialPruner)?
  ) {
    (name, id, directions) = (record.name, record.id, record.directions)
    self.storage = storage
    self.sampler = sampler ?? TPESampler()
    self.pruner = pruner ?? MedianPruner()
  }

  /// A look at the study as it is when its trials are first read.
  public func view() -> StudyView {
    StudyView(id: id, name: name, directions: directions, storage: storage, stop: { [weak self] in self?.stop() })
  }

  /// All trials by their number.
  public var trials: TrialList { get throws { try storage.trials(study: id) } }

  /// The trials in one of these states, by their number.
  public func trials(_ states: TrialState...) throws -> [TrialRecord] {
    try trials.filter { states.contains($0.state) }
  }

  /// The feasible complete trial of the best value, the first one of several.
  /// - Throws: `TensorError` of kind `state` where there is none, or where the study has several objectives.
  public var bestTrial: TrialRecord {
    get throws {
      guard directions.count == 1 else {
        throw TensorError(
          .state, "Study '\(name)'",
          "with \(directions.count) objectives there is no single best trial; ask for `bestTrials`")
      }
      let sign = view().signs[0]
      var best: TrialRecord?
      var isAnyComplete = false
      for trial in try trials where trial.state == .complete && trial.values.count == 1 {
        isAnyComplete = true
        guard trial.isFeasible else { continue }
        if best.map({ sign * trial.values[0] < sign * $0.values[0] }) ?? true { best = trial }
      }
      guard let best else {
        throw TensorError(
          .state, "Study '\(name)'",
          isAnyComplete ? "no complete trial meets its constraints" : "no trial is complete yet")
      }
      return best
    }
  }

  /// The value of ``bestTrial``.
  public var bestValue: Double { get throws { try bestTrial.values[0] } }
  /// The parameters of ``bestTrial``.
  public var bestParams: [String: SettingValue] { get throws { try bestTrial.params } }

  /// The feasible complete trials than which none is better in one objective and not worse in the others, by their number.
  public var bestTrials: [TrialRecord] {
    get throws {
      let candidates = try trials.filter {
        $0.state == .complete && $0.isFeasible && $0.values.count == directions.count
      }
      let signs = view().signs
      let losses = candidates.map { trial in zip(trial.values, signs).map { $0 * $1 } }
      return paretoFront(losses).map { candidates[$0] }
    }
  }

  /// Notes of the user.
  public var userAttributes: NamedValues<SettingValue> { get throws { try storage.study(id).userAttributes } }

  /// Sets a note of the study.
  public func setAttribute(_ name: String, _ value: SettingValue) throws {
    try storage.setAttribute(name, value, of: .user, study: id)
  }

  /// Names of the objectives, for charts and reports.
  public var metricNames: [String]? {
    get throws {
      guard case .list(let names) = try storage.study(id).systemAttributes["study:metric_names"] else { return nil }
      return names.map { if case .string(let name) = $0 { name } else { $0.json } }
    }
  }

  /// Names the objectives.
  /// - Throws: `TensorError` of kind `value` where there are not as many names as objectives.
  public func setMetricNames(_ names: [String]) throws {
    guard names.count == directions.count else {
      throw TensorError(
        .value, "setMetricNames", "\(names.count) names were given for \(directions.count) objectives")
    }
    try storage.setAttribute(
      "study:metric_names", .list(names.map { .string($0) }), of: .system, study: id)
  }

  /// Removes a study with its trials.
  public static func delete(_ name: String, from storage: any StudyStorage) throws {
    try storage.deleteStudy(Study(loading: name, from: storage).id)
  }

  /// Copies a study with its trials and notes into another storage, or under another name.
  public static func copy(
    _ name: String, from source: any StudyStorage, to target: any StudyStorage, as newName: String? = nil
  ) throws {
    let study = try Study(loading: name, from: source)
    let id = try target.createStudy(newName ?? name, directions: study.directions)
    let record = try source.study(study.id)
    for (name, value) in record.systemAttributes {
      try target.setAttribute(name, value, of: .system, study: id)
    }
    for (name, value) in record.userAttributes { try target.setAttribute(name, value, of: .user, study: id) }
    for trial in try study.trials { _ = try target.createTrial(study: id, template: trial) }
  }
}
