import ApusCore
import ApusTrain

/// Whether an objective is to become small or large.
public enum StudyDirection: String, Sendable, Hashable, CaseIterable {
  /// To become small, to become large.
  case minimize, maximize
  /// Of a study that another program made without saying it; values count as to become small.
  case unset
}

/// Whose note it is.
public enum AttributeOwner: Sendable, Hashable {
  /// The user's.
  case user
  /// A sampler's or pruner's.
  case system
}

/// A study without its trials.
public struct StudyRecord: Sendable {
  /// The number by which the storage knows it.
  public var id: Int
  public var name: String
  /// One for each objective.
  public var directions: [StudyDirection]
  public var userAttributes: NamedValues<SettingValue>
  public var systemAttributes: NamedValues<SettingValue>

  /// A study as a storage knows it.
  public init(
    id: Int, name: String, directions: [StudyDirection], userAttributes: NamedValues<SettingValue> = [:],
    systemAttributes: NamedValues<SettingValue> = [:]
  ) {
    self.id = id
    self.name = name
    self.directions = directions
    self.userAttributes = userAttributes
    self.systemAttributes = systemAttributes
  }
}

/// Where studies live. Every method may be called from several threads, and where the storage is a file or a server, several
/// processes use it at once. All of them throw `TensorError`: of kind `state` where a study or trial does not allow what was
/// asked, of kind `file` where the storage cannot be read or written.
public protocol StudyStorage: AnyObject, Sendable {
  /// What the storage is, for messages: `sqlite:///study.db`.
  var description: String { get }

  /// Makes a study and returns its id.
  /// - Throws: kind `state` where there is one of that name.
  func createStudy(_ name: String, directions: [StudyDirection]) throws -> Int
  /// Removes a study with its trials.
  func deleteStudy(_ study: Int) throws
  /// The study of that name, or nil.
  func study(named name: String) throws -> StudyRecord?
  /// A study as it is now.
  func study(_ study: Int) throws -> StudyRecord
  /// All studies in the order in which they were made.
  func studies() throws -> [StudyRecord]
  /// Sets a note of a study, in place of the one of that name.
  func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, study: Int) throws

  /// Makes a trial: one that runs from now on, or a copy of `template` (its id and number are not used).
  func createTrial(study: Int, template: TrialRecord?) throws -> TrialRecord
  /// Takes the waiting trial of the smallest number: it runs from now on, and no one else gets it. Nil where none waits.
  func claimWaitingTrial(study: Int) throws -> TrialRecord?
  /// Sets a parameter of a running trial.
  /// - Throws: kind `value` where the study has a parameter of that name that is not compatible; kind `state` where the trial
  ///   has ended.
  func setParameter(_ name: String, _ parameter: TrialRecord.Parameter, trial: Int) throws
  /// Keeps a report; of several for one step the last one.
  func report(_ value: Double, step: Int, trial: Int) throws
  /// Ends a trial.
  /// - Throws: kind `state` where it has ended already.
  func finish(trial: Int, state: TrialState, values: [Double]) throws
  /// Sets a note of a trial.
  func setAttribute(_ name: String, _ value: SettingValue, of owner: AttributeOwner, trial: Int) throws
  /// A trial as it is now.
  func trial(_ trial: Int) throws -> TrialRecord
  /// The trials of a study by their number.
  func trials(study: Int) throws -> TrialList

  /// Seconds between signs of life of a running trial; nil where none are kept.
  var heartbeatInterval: Double? { get }
  /// How often a trial that ended without a sign of life is tried again.
  var retryFailedTrials: Int { get }
  /// Notes that the process which computes a trial lives.
  func beat(trial: Int) throws
  /// Running trials that gave no sign of life for longer than the storage's grace time.
  func staleTrials(study: Int) throws -> [Int]
}

extension StudyStorage {
  public var heartbeatInterval: Double? { nil }
  public var retryFailedTrials: Int { 0 }
  public func beat(trial: Int) throws {}
  public func staleTrials(study: Int) throws -> [Int] { [] }
}
