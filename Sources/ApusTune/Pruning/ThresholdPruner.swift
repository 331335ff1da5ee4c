import ApusCore

/// Ends a trial whose last report is no number or lies outside of limits.
public final class ThresholdPruner: TrialPruner {
  private let lower: [Double]
  private let upper: [Double]
  private let steps: PruningSteps

  /// - Parameters:
  ///   - lower: the smallest value that goes on; nil for none.
  ///   - upper: the largest value that goes on; nil for none.
  ///   - nWarmupSteps: the first step at which a trial may end.
  ///   - intervalSteps: how many steps lie between decisions.
  /// - Throws: `TensorError` of kind `value` where there is no limit, or `lower` lies above `upper`.
  public convenience init(
    lower: Double? = nil, upper: Double? = nil, nWarmupSteps: Int = 0, intervalSteps: Int = 1
  ) throws {
    try self.init(lower: [lower], upper: [upper], nWarmupSteps: nWarmupSteps, intervalSteps: intervalSteps)
  }

  /// With limits of each objective: a trial ends where one of its values lies outside.
  public init(lower: [Double?], upper: [Double?], nWarmupSteps: Int = 0, intervalSteps: Int = 1) throws {
    func mistake(_ message: String) -> TensorError { TensorError(.value, "ThresholdPruner", message) }
    guard lower.count == upper.count else {
      throw mistake(
        "there are \(lower.count) lower and \(upper.count) upper limits; give one of both for each objective")
    }
    guard (lower + upper).contains(where: { $0 != nil }) else { throw mistake("give a lower or an upper limit") }
    self.lower = lower.map { $0 ?? -.infinity }
    self.upper = upper.map { $0 ?? .infinity }
    for (low, high) in zip(self.lower, self.upper) {
      guard low <= high else { throw mistake("the lower limit \(low) does not lie below the upper one, \(high)") }
    }
    steps = try PruningSteps(warmup: nWarmupSteps, interval: intervalSteps, "ThresholdPruner")
  }

  public func shouldPrune(_ study: StudyView, trial: TrialRecord) throws -> Bool {
    guard study.directions.count == lower.count else {
      throw TensorError(
        .state, "ThresholdPruner",
        "it has limits for \(lower.count) objectives, and the study has \(study.directions.count)")
    }
    let reports = trial.reportedValues
    guard let last = reports.max(by: { $0.step < $1.step }), steps.includes(last.step, of: reports.lazy.map(\.step))
    else { return false }
    return last.values.indices.contains { !(lower[$0]...upper[$0]).contains(last.values[$0]) }
  }
}
