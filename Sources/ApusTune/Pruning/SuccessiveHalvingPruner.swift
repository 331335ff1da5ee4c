import ApusCore
import ApusTrain

/// Asynchronous successive halving (Li et al., A system for massively parallel hyperparameter tuning, 2020): a trial meets rungs at
/// `minResource * reductionFactor^(minEarlyStoppingRate + k)` steps and goes on past one where it is among the best
/// `1 / reductionFactor` of those that have met it.
///
/// What a trial had at its rungs is kept in its notes `completed_rung_K`. With several objectives that is the list of values, and
/// those that met a rung are compared by their rank in non-dominated sorting.
public final class SuccessiveHalvingPruner: TrialPruner {
  /// The steps of the first rung, once known.
  private let minResource: Lock<Int?>
  private let factor: Int
  private let rate: Int
  private let bootstrap: Int

  /// - Parameters:
  ///   - minResource: the step of the first rung; nil for a hundredth of the steps of the complete trials, when the first of them
  ///     is.
  ///   - reductionFactor: how much fewer trials meet the next rung, and how much later it is.
  ///   - minEarlyStoppingRate: how many powers of the factor later the first rung is.
  ///   - bootstrapCount: how many trials must have met a rung before one goes past it.
  /// - Throws: `TensorError` of kind `value` where one of them lies out of its range, or `bootstrapCount` is given without
  ///   `minResource`.
  public init(
    minResource: Int? = nil, reductionFactor: Int = 4, minEarlyStoppingRate: Int = 0, bootstrapCount: Int = 0
  ) throws {
    func mistake(_ message: String) -> TensorError { TensorError(.value, "SuccessiveHalvingPruner", message) }
    if let minResource, minResource < 1 { throw mistake("minResource is \(minResource); it must be at least 1") }
    guard reductionFactor >= 2 else { throw mistake("reductionFactor is \(reductionFactor); it must be at least 2") }
    guard minEarlyStoppingRate >= 0 else {
      throw mistake("minEarlyStoppingRate is \(minEarlyStoppingRate); it must not be negative")
    }
    guard bootstrapCount >= 0 else { throw mistake("bootstrapCount is \(bootstrapCount); it must not be negative") }
    guard bootstrapCount == 0 || minResource != nil else {
      throw mistake("with a bootstrapCount the minResource must be given")
    }
    self.minResource = Lock(minResource)
    (factor, rate, bootstrap) = (reductionFactor, minEarlyStoppingRate, bootstrapCount)
  }

  public func shouldPrune(_ study: StudyView, trial: TrialRecord) throws -> Bool {
    guard !trial.reportedValues.isEmpty, let first = try firstRung(study) else { return false }
    return try Rungs(first: first, factor: factor, rate: rate, bootstrap: bootstrap)
      .shouldPrune(study, trial: trial) { _ in true }
  }

  private func firstRung(_ study: StudyView) throws -> Int? {
    if let known = minResource.withLock({ $0 }) { return known }
    guard let last = try lastCompleteStep(study) else { return nil }
    return minResource.withLock { known in
      let found = known ?? max(last / 100, 1)
      known = found
      return found
    }
  }

  /// Sets what an earlier question had found.
  package func fix(minResource found: Int) { minResource.withLock { $0 = found } }
}

/// The last step of all complete trials.
func lastCompleteStep(_ study: StudyView) throws -> Int? {
  try study.trials.lazy.filter { $0.state == .complete }.compactMap { $0.reportedValues.map(\.step).max() }.max()
}

/// Steps at which trials are compared, each a power of the factor later than the one before.
struct Rungs {
  let first: Int
  let factor: Int
  let rate: Int
  let bootstrap: Int

  static func key(_ rung: Int) -> String { "completed_rung_\(rung)" }

  /// - Parameter competes: which of the study's trials are compared with this one.
  func shouldPrune(_ study: StudyView, trial: TrialRecord, competes: (TrialRecord) -> Bool) throws -> Bool {
    guard let last = trial.reportedValues.max(by: { $0.step < $1.step }) else { return false }
    var rung = 0
    while trial.systemAttributes[Self.key(rung)] != nil { rung += 1 }
    while let step = step(of: rung), last.step >= step {
      guard !last.values.contains(where: \.isNaN) else { return true }
      let key = Self.key(rung)
      var losses = try study.trials.compactMap { other -> [Double]? in
        guard let value = other.systemAttributes[key], competes(other) else { return nil }
        guard let values = value.numbers ?? value.number.map({ [$0] }), values.count == study.directions.count
        else { return nil }
        return study.losses(values)
      }
      let kept: SettingValue =
        last.values.count == 1 ? .double(last.values[0]) : .list(last.values.map { .double($0) })
      try study.storage.setAttribute(key, kept, of: .system, trial: trial.id)
      losses.append(study.losses(last.values))
      guard losses.count > bootstrap, isPromoted(losses) else { return true }
      rung += 1
    }
    return false
  }

  /// The step of a rung; nil where there is no such number.
  private func step(of rung: Int) -> Int? {
    var step = first
    for _ in 0..<(rate + rung) {
      let (product, overflows) = step.multipliedReportingOverflow(by: factor)
      if overflows { return nil }
      step = product
    }
    return step
  }

  /// Whether the last one is among the best part; the best of all where the part is less than one.
  private func isPromoted(_ losses: [[Double]]) -> Bool {
    let scores = losses[0].count == 1 ? losses.map { $0[0] } : nonDominationRanks(losses).map(Double.init)
    return scores[scores.count - 1] <= scores.sorted()[max(scores.count / factor - 1, 0)]
  }
}
