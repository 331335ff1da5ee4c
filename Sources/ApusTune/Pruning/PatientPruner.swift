import ApusCore

/// Lets a trial go on while it has become better within the last reports; after that another pruner decides.
///
/// With several objectives a trial becomes better by a list that no earlier one dominates by `minDelta`.
public final class PatientPruner: TrialPruner {
  private let wrapped: (any TrialPruner)?
  private let patience: Int
  private let minDelta: Double

  /// - Parameters:
  ///   - wrapped: decides about trials that do not become better; where nil all of them end.
  ///   - patience: how many reports in a row may be without an improvement.
  ///   - minDelta: by how much the earlier reports must be better.
  /// - Throws: `TensorError` of kind `value` where `patience` or `minDelta` is negative.
  public init(_ wrapped: (any TrialPruner)?, patience: Int, minDelta: Double = 0) throws {
    guard patience >= 0, minDelta >= 0 else {
      throw TensorError(
        .value, "PatientPruner", "patience is \(patience) and minDelta \(minDelta); both must not be negative")
    }
    (self.wrapped, self.patience, self.minDelta) = (wrapped, patience, minDelta)
  }

  public func shouldPrune(_ study: StudyView, trial: TrialRecord) throws -> Bool {
    let reports = trial.reportedValues.sorted { $0.step < $1.step }
    guard reports.count - 1 > patience else { return false }
    let losses = reports.map { study.losses($0.values) }
    let isStuck = study.directions.count == 1 ? isStuck(losses.map { $0[0] }) : isStuck(losses)
    guard isStuck else { return false }
    return try wrapped?.shouldPrune(study, trial: trial) ?? true
  }

  public func visible(_ study: StudyView, for trial: TrialRecord) throws -> StudyView {
    try wrapped?.visible(study, for: trial) ?? study
  }

  private func isStuck(_ losses: [Double]) -> Bool {
    let before = losses.dropLast(patience + 1).filter { !$0.isNaN }.min() ?? .nan
    let after = losses.suffix(patience + 1).filter { !$0.isNaN }.min() ?? .nan
    return before + minDelta < after
  }

  private func isStuck(_ losses: [[Double]]) -> Bool {
    let before = losses.dropLast(patience + 1)
    let after = losses.suffix(patience + 1).filter { !$0.contains(where: \.isNaN) }
    return !after.isEmpty
      && after.allSatisfy { late in
        before.contains { early in
          let isBetter = zip(early, late).map { $0 + minDelta < $1 }
          return isBetter.contains(true) && zip(early, late).allSatisfy { $0 + minDelta <= $1 }
        }
      }
  }
}
