import ApusCore
import ApusTrain

/// Says how much better a search may still become.
public protocol ImprovementEvaluator: Sendable {
  /// How much better the best value may still become, in units of the objective (of ``BestValueStagnationEvaluator`` in trials).
  /// - Parameter trials: complete trials by their number, at least one.
  func improvement(_ trials: [TrialRecord], direction: StudyDirection) throws -> Double
}

/// Says how uncertain the value of the best trial is.
public protocol ErrorEvaluator: Sendable {
  /// The error of the best value, in the same units as the improvement.
  /// - Parameter trials: complete trials by their number, at least one.
  func error(_ trials: [TrialRecord], direction: StudyDirection) throws -> Double
}

/// Ends a search that has little to gain: where the improvement that may still come is below the error of the objective (Makarova et
/// al., Automatic termination for hyperparameter optimization, 2022).
///
///     try study.optimize(afterTrial: Terminator(improvement: BestValueStagnationEvaluator()).afterTrial) { ... }
public struct Terminator: Sendable {
  private let improvement: any ImprovementEvaluator
  private let error: any ErrorEvaluator
  private let fewest: Int

  /// - Parameters:
  ///   - improvement: says how much may still be gained.
  ///   - error: says below what it is not worth going on; where nil scores of a cross-validation, which the objective tells by
  ///     ``Trial/reportCrossValidation(_:)``, or none where stagnation is counted.
  ///   - minTrials: how many complete trials there must be.
  public init(
    improvement: any ImprovementEvaluator = RegretBoundEvaluator(), error: (any ErrorEvaluator)? = nil,
    minTrials: Int = 20
  ) {
    self.improvement = improvement
    self.error =
      error
      ?? (improvement is BestValueStagnationEvaluator ? StaticErrorEvaluator(0) : CrossValidationErrorEvaluator())
    fewest = max(minTrials, 1)
  }

  /// Whether the search should end now.
  /// - Throws: `TensorError` of kind `state` where the study has several objectives or the error is not known.
  public func shouldTerminate(_ study: Study) throws -> Bool {
    guard study.directions.count == 1 else {
      throw TensorError(
        .state, "Terminator",
        "the study has \(study.directions.count) objectives; how much one may gain is defined for a single one")
    }
    let trials = try study.trials.filter { $0.state == .complete && $0.values.count == 1 }
    guard trials.count >= fewest else { return false }
    let direction = study.directions[0]
    return try improvement.improvement(trials, direction: direction) < error.error(trials, direction: direction)
  }

  /// Stops the study where it should end: given to ``Study/optimize(trials:timeout:onError:afterTrial:_:)`` as `afterTrial`.
  public func afterTrial(_ study: Study, _ trial: TrialRecord) throws {
    if try shouldTerminate(study) { study.stop() }
  }
}

extension StudyDirection {
  /// 1 where values are to become small, -1 where large.
  fileprivate var sign: Double {
    switch self {
    case .minimize, .unset: 1
    case .maximize: -1
    }
  }
}

/// Counts trials without a new best value: what is left of the patience, below zero where it is used up.
public struct BestValueStagnationEvaluator: ImprovementEvaluator {
  private let patience: Int

  /// - Parameter maxStagnationTrials: how many trials in a row may be without a new best value.
  public init(maxStagnationTrials: Int = 30) { patience = max(maxStagnationTrials, 0) }

  public func improvement(_ trials: [TrialRecord], direction: StudyDirection) throws -> Double {
    let losses = trials.map { direction.sign * $0.values[0] }
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    return Double(patience - (trials.count - 1 - best))
  }
}

/// The same error always.
public struct StaticErrorEvaluator: ErrorEvaluator {
  private let constant: Double

  /// - Parameter constant: the error that every value is taken to have.
  public init(_ constant: Double) { self.constant = constant }

  public func error(_ trials: [TrialRecord], direction: StudyDirection) throws -> Double { constant }
}

/// The standard deviation of the mean of the best trial's cross-validation scores, of which those that were trained on shared data
/// are not independent (Nadeau and Bengio, Inference for the generalization error, 2003): √((1/k + 1/(k-1)) variance).
public struct CrossValidationErrorEvaluator: ErrorEvaluator {
  static let scoresKey = "terminator:cv_scores"

  /// An evaluator of errors that were reported for folds.
  public init() {}

  public func error(_ trials: [TrialRecord], direction: StudyDirection) throws -> Double {
    let best = trials.min { direction.sign * $0.values[0] < direction.sign * $1.values[0] }
    guard let scores = best?.systemAttributes[Self.scoresKey]?.numbers, scores.count > 1 else {
      throw TensorError(
        .state, "CrossValidationErrorEvaluator",
        "trial \(best?.number ?? 0) has no scores; tell them by `trial.reportCrossValidation(scores)`, or give the Terminator another error"
      )
    }
    let k = Double(scores.count)
    let mean = scores.reduce(0, +) / k
    let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / k
    return ((1 / k + 1 / (k - 1)) * variance).squareRoot()
  }
}

extension Trial {
  /// Tells the scores of a cross-validation, of which the objective's value is the mean; see ``CrossValidationErrorEvaluator``.
  /// - Throws: `TensorError` of kind `value` where there are fewer than two.
  public func reportCrossValidation(_ scores: [Double]) throws {
    guard scores.count > 1 else {
      throw TensorError(.value, "trial \(number)", "\(scores.count) scores were given; at least two are needed")
    }
    try study.storage.setAttribute(
      CrossValidationErrorEvaluator.scoresKey, .list(scores.map { .double($0) }), of: .system, trial: id)
  }
}

/// A small part of the median of the improvements that an evaluator saw at the beginning (Ishibashi et al., A stopping criterion for
/// Bayesian optimization by the gap of expected minimum simple regrets, 2023).
public final class MedianErrorEvaluator: ErrorEvaluator {
  private let evaluator: any ImprovementEvaluator
  private let warmUp: Int
  private let initial: Int
  private let ratio: Double
  private let threshold = Lock<Double?>(nil)

  /// - Parameters:
  ///   - improvement: the evaluator whose improvements are met.
  ///   - warmUpTrials: complete trials at the beginning that do not count.
  ///   - nInitialTrials: how many after those count.
  ///   - thresholdRatio: which part of the median.
  /// - Throws: `TensorError` of kind `value` where one of them lies out of its range.
  public init(
    _ improvement: any ImprovementEvaluator, warmUpTrials: Int = 10, nInitialTrials: Int = 20,
    thresholdRatio: Double = 0.01
  ) throws {
    guard warmUpTrials >= 0, nInitialTrials > 0, thresholdRatio > 0, thresholdRatio.isFinite else {
      throw TensorError(
        .value, "MedianErrorEvaluator",
        "warmUpTrials is \(warmUpTrials), nInitialTrials \(nInitialTrials) and thresholdRatio \(thresholdRatio); "
          + "they must not be negative, and the last two positive")
    }
    (evaluator, warmUp, initial, ratio) = (improvement, warmUpTrials, nInitialTrials, thresholdRatio)
  }

  public func error(_ trials: [TrialRecord], direction: StudyDirection) throws -> Double {
    if let known = threshold.withLock({ $0 }) { return known }
    // Before there are enough trials nothing is below it.
    guard trials.count >= warmUp + initial else { return -.leastNormalMagnitude }
    let found = try (1...initial).map {
      try evaluator.improvement(Array(trials[warmUp..<warmUp + $0]), direction: direction)
    }.sorted()
    let median = min(found[found.count / 2] * ratio, .greatestFiniteMagnitude)
    threshold.withLock { $0 = median }
    return median
  }
}
