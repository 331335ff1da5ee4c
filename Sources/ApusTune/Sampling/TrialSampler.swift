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
