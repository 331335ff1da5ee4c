import ApusCore

/// Proposes the values of parameters.
///
/// What a sampler gives are internal values; see ``ParameterDistribution``. Parameters that it knows of in advance can be drawn together
/// when a trial begins (``jointSpace(_:trial:)``, ``sampleJointly(_:trial:space:)``), all others one by one when the trial asks
/// for them.
public protocol TrialSampler: AnyObject, Sendable {
  /// The parameters that are drawn together, in the order of drawing.
  func jointSpace(_ study: StudyView, trial: TrialRecord) throws -> NamedValues<ParameterDistribution>
  /// Values of the parameters of `space`; those that are missing are drawn one by one.
  func sampleJointly(_ study: StudyView, trial: TrialRecord, space: NamedValues<ParameterDistribution>) throws
    -> [String:
    Double]
  /// The value of one parameter.
  func sample(_ name: String, _ distribution: ParameterDistribution, _ study: StudyView, trial: TrialRecord) throws
    -> Double
  /// Called when a trial begins.
  func willBegin(_ study: StudyView, trial: TrialRecord) throws
  /// Called when a trial is about to end in `state`.
  func willEnd(_ study: StudyView, trial: TrialRecord, state: TrialState, values: [Double]) throws
}

extension TrialSampler {
  public func jointSpace(_ study: StudyView, trial: TrialRecord) throws -> NamedValues<ParameterDistribution> { [:] }
  public func sampleJointly(
    _ study: StudyView, trial: TrialRecord, space: NamedValues<ParameterDistribution>
  ) throws -> [String: Double] { [:] }
  public func willBegin(_ study: StudyView, trial: TrialRecord) throws {}
  public func willEnd(_ study: StudyView, trial: TrialRecord, state: TrialState, values: [Double]) throws {}
}

/// A sampler that leaves the parameters which it does not draw together to another one.
public protocol FallbackSampler: TrialSampler {
  /// Draws them one by one.
  var independent: any TrialSampler { get }
}

extension FallbackSampler {
  public func sample(
    _ name: String, _ distribution: ParameterDistribution, _ study: StudyView, trial: TrialRecord
  ) throws -> Double { try independent.sample(name, distribution, study, trial: trial) }

  public func willBegin(_ study: StudyView, trial: TrialRecord) throws {
    try independent.willBegin(study, trial: trial)
  }

  public func willEnd(_ study: StudyView, trial: TrialRecord, state: TrialState, values: [Double]) throws {
    try independent.willEnd(study, trial: trial, state: state, values: values)
  }
}

/// What samplers and pruners see of a study. The trials are read when somebody first asks for them, and stay the same.
public final class StudyView: Sendable {
  /// The storage's number of the study.
  public let id: Int
  public let name: String
  public let directions: [StudyDirection]
  public let storage: any StudyStorage
  /// Ends the run after the trials that run now, as ``Study/stop()`` does; a sampler of finitely many proposals calls it.
  public let stop: @Sendable () -> Void
  private let read: Lock<TrialList?>
  private let isVisible: (@Sendable (TrialRecord) -> Bool)?

  init(
    id: Int, name: String, directions: [StudyDirection], storage: any StudyStorage, trials: TrialList? = nil,
    isVisible: (@Sendable (TrialRecord) -> Bool)? = nil, stop: @escaping @Sendable () -> Void = {}
  ) {
    (self.id, self.name, self.directions, self.storage, self.stop) = (id, name, directions, storage, stop)
    self.isVisible = isVisible
    read = Lock(trials)
  }

  /// The trials of the study by their number (those of one bracket only, where a ``HyperbandPruner`` divides them).
  public var trials: TrialList {
    get throws {
      if let trials = read.withLock({ $0 }) { return trials }
      var trials = try storage.trials(study: id)
      if let isVisible { trials = TrialList(trials.lazy.filter(isVisible)) }
      read.withLock { $0 = trials }
      return trials
    }
  }

  /// The same study of which only some trials are seen.
  func filtered(_ isVisible: @escaping @Sendable (TrialRecord) -> Bool) -> StudyView {
    StudyView(id: id, name: name, directions: directions, storage: storage, isVisible: isVisible, stop: stop)
  }

  /// 1 for each objective that is to become small, -1 for each that is to become large: values times this are to become small.
  public var signs: [Double] { directions.map { $0 == .maximize ? -1 : 1 } }
}
