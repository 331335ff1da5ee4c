import ApusCore

/// Ends a trial whose best report so far is worse than a percentile of what the complete trials reported at the same step.
///
/// With several objectives the lists of the complete trials at that step and all lists of
/// this trial are ranked by non-domination, and the ranks stand for the values: the trial ends where even its best rank is worse
/// than the percentile of theirs. A trial of which a list is dominated by none never ends. With one objective that is the same
/// rule, but for the interpolation between two values.
public final class PercentilePruner: TrialPruner {
  private let percentile: Double
  private let startup: Int
  private let steps: PruningSteps
  private let fewest: Int

  /// - Parameters:
  ///   - percentile: which part of the trials is kept, from 0 to 100.
  ///   - nStartupTrials: complete trials before which none is ended.
  ///   - nWarmupSteps: the first step at which a trial may end.
  ///   - intervalSteps: how many steps lie between decisions.
  ///   - nMinTrials: how many complete trials must have reported at the step.
  /// - Throws: `TensorError` of kind `value` where one of them lies out of its range.
  public init(
    _ percentile: Double, nStartupTrials: Int = 5, nWarmupSteps: Int = 0, intervalSteps: Int = 1, nMinTrials: Int = 1
  ) throws {
    guard (0...100).contains(percentile) else {
      throw TensorError(.value, "PercentilePruner", "the percentile is \(percentile); it lies from 0 to 100")
    }
    guard nStartupTrials >= 0 else {
      throw TensorError(.value, "PercentilePruner", "nStartupTrials is \(nStartupTrials); there are 0 or more")
    }
    guard nMinTrials >= 1 else {
      throw TensorError(.value, "PercentilePruner", "nMinTrials is \(nMinTrials); it must be at least 1")
    }
    self.percentile = percentile
    startup = nStartupTrials
    steps = try PruningSteps(warmup: nWarmupSteps, interval: intervalSteps, "PercentilePruner")
    fewest = nMinTrials
  }

  /// The middle of the trials, with the defaults.
  fileprivate init() {
    percentile = 50
    startup = 5
    steps = PruningSteps()
    fewest = 1
  }

  public func shouldPrune(_ study: StudyView, trial: TrialRecord) throws -> Bool {
    let hasOneObjective = study.directions.count == 1
    let own = hasOneObjective ? [] : trial.reportedValues
    let reported = hasOneObjective ? trial.reports.map(\.step) : own.map(\.step)
    guard let step = reported.max(), steps.includes(step, of: reported) else { return false }
    let complete = try study.trials.lazy.filter { $0.state == .complete }
    let count = complete.count
    guard count > 0, count >= startup else { return false }
    if hasOneObjective {
      return prune(
        trial.reports.map(\.value), others: complete.compactMap { $0.report(at: step) },
        study.directions[0] == .maximize)
    }
    return prune(
      own.map { study.losses($0.values) },
      others: complete.compactMap { $0.reportedValues(at: step) }.map { study.losses($0) })
  }

  private func prune(_ own: [Double], others: [Double], _ maximizes: Bool) -> Bool {
    let own = own.filter { !$0.isNaN }
    guard let best = maximizes ? own.max() : own.min() else { return true }
    guard others.count >= fewest else { return false }
    let threshold = numpyPercentile(others, maximizes ? 100 - percentile : percentile)
    return maximizes ? best < threshold : best > threshold
  }

  private func prune(_ own: [[Double]], others: [[Double]]) -> Bool {
    let own = own.filter { !$0.contains(where: \.isNaN) }
    guard !own.isEmpty else { return true }
    guard others.count >= fewest else { return false }
    let others = others.filter { !$0.contains(where: \.isNaN) }
    let ranks = nonDominationRanks(others + own).map(Double.init)
    guard let best = ranks[others.count...].min() else { return true }
    return best > numpyPercentile(ranks[..<others.count], percentile)
  }
}

/// Ends a trial whose best report so far is worse than the median of what the complete trials reported at the same step: see
/// ``PercentilePruner``. Studies use it where nothing else is given.
public final class MedianPruner: TrialPruner {
  private let pruner: PercentilePruner

  /// With the defaults of the other one.
  public init() { pruner = PercentilePruner() }

  /// - Parameters:
  ///   - nStartupTrials: complete trials before which none is ended.
  ///   - nWarmupSteps: the first step at which a trial may end.
  ///   - intervalSteps: how many steps lie between decisions.
  ///   - nMinTrials: how many complete trials must have reported at the step.
  /// - Throws: `TensorError` of kind `value` where one of them lies out of its range.
  public init(nStartupTrials: Int = 5, nWarmupSteps: Int = 0, intervalSteps: Int = 1, nMinTrials: Int = 1) throws {
    pruner = try PercentilePruner(
      50, nStartupTrials: nStartupTrials, nWarmupSteps: nWarmupSteps, intervalSteps: intervalSteps,
      nMinTrials: nMinTrials)
  }

  public func shouldPrune(_ study: StudyView, trial: TrialRecord) throws -> Bool {
    try pruner.shouldPrune(study, trial: trial)
  }
}

extension StudyView {
  /// Values as they are to become small.
  func losses(_ values: [Double]) -> [Double] { zip(values, signs).map { $0 * $1 } }
}

/// A percentile by linear interpolation, of what is a number: `numpy.nanpercentile`. Between infinite neighbours its arithmetic
/// gives no number, from which nothing is worse.
func numpyPercentile(_ values: some Sequence<Double>, _ percentile: Double) -> Double {
  let sorted = values.filter { !$0.isNaN }.sorted()
  guard !sorted.isEmpty else { return .nan }
  let place = Double(sorted.count - 1) * (percentile / 100)
  let below = Int(place.rounded(.down))
  let part = place - Double(below)
  let (a, b) = (sorted[below], sorted[min(below + 1, sorted.count - 1)])
  return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part)
}
