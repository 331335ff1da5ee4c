/// Decides whether a running trial is worth going on with.
public protocol TrialPruner: AnyObject, Sendable {
  /// Whether the trial should end now, given what it and the others have reported.
  func shouldPrune(_ study: StudyView, trial: TrialRecord) throws -> Bool
  /// What samplers may see while this trial runs; all of the study, where a pruner does not divide it.
  func visible(_ study: StudyView, for trial: TrialRecord) throws -> StudyView
}

extension TrialPruner {
  public func visible(_ study: StudyView, for trial: TrialRecord) throws -> StudyView { study }
}

/// Lets every trial run to its end.
public final class NopPruner: TrialPruner {
  /// A pruner that never prunes.
  public init() {}
  public func shouldPrune(_ study: StudyView, trial: TrialRecord) throws -> Bool { false }
}
