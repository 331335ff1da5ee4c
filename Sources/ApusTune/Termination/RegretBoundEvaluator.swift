import ApusCore

/// How much better than the best trial the optimum may be, with a probability of 9 in 10, if the objective is a Gaussian process
/// (Makarova et al., Automatic termination for hyperparameter optimization, 2022): the largest upper confidence bound over the space
/// less the largest lower one at the trials.
public struct RegretBoundEvaluator: ImprovementEvaluator {
  private static let candidates = 2048

  private let ratio: Double
  private let fewest: Int
  private let seed: UInt32

  /// - Parameters:
  ///   - topTrialsRatio: which part of the trials, the best ones, are looked at.
  ///   - minTrials: how many of them there are at least.
  ///   - seed: of the points at which the upper bound is looked for.
  public init(topTrialsRatio: Double = 0.5, minTrials: Int = 20, seed: UInt32 = 0) {
    (ratio, fewest, self.seed) = (min(max(topTrialsRatio, 0), 1), max(minTrials, 1), seed)
  }

  /// - Throws: `TensorError` of kind `state` where the trials have no parameter in common.
  public func improvement(_ trials: [TrialRecord], direction: StudyDirection) throws -> Double {
    let distributions = try Self.space(trials)
    let space = ProcessSpace(distributions)
    let sign = direction == .maximize ? 1.0 : -1
    let seen = trials.compactMap { trial in
      space.unit.point(trial).map { (point: $0, score: sign * trial.values[0]) }
    }.filter { $0.score.isFinite }
    guard !seen.isEmpty else { return .infinity }
    let count = min(max(Int(Double(seen.count) * ratio), fewest), seen.count)
    let least = seen.map(\.score).sorted()[seen.count - count]
    let top = seen.filter { $0.score >= least }

    let mean = top.reduce(0) { $0 + $1.score } / Double(top.count)
    let variance = top.reduce(0) { $0 + ($1.score - mean) * ($1.score - mean) } / Double(top.count)
    let deviation = max(variance.squareRoot(), 1e-10)
    let scores = top.map { ($0.score - mean) / deviation }
    let points = ProcessPoints(top.map(\.point), isChoice: space.isChoice)
    let parameters = KernelFit(points, scores).parameters(from: nil)
    guard let process = GaussianProcess(points, scores, parameters) else { return .infinity }

    let (d, n) = (Double(space.axes.count), Double(top.count))
    let width = (2 * logarithm(d * n * n * Double.pi * Double.pi / 6 / 0.1) / 5).squareRoot()
    func bounds(_ points: [[Double]], _ side: Double) -> Double {
      process.predictions(points).map { $0.means[0] + side * width * $0.variance.squareRoot() }.max() ?? -.infinity
    }
    let sequence = try SobolSequence(dimensions: space.axes.count, seed: UInt64(seed))
    let candidates = (0..<Self.candidates).map { space.snapped(sequence.point($0)) }
    let own = top.map(\.point)
    return (max(bounds(own, 1), bounds(candidates, 1)) - bounds(own, -1)) * deviation
  }

  private static func space(_ trials: [TrialRecord]) throws -> NamedValues<ParameterDistribution> {
    let shared = (trials.first?.parameters ?? [:]).filter { name, parameter in
      !parameter.distribution.isSingle
        && trials.allSatisfy { $0.parameters[name]?.distribution == parameter.distribution }
    }
    guard !shared.isEmpty else {
      throw TensorError(
        .state, "RegretBoundEvaluator", "no parameter has one and the same range in all complete trials")
    }
    return NamedValues(shared.map { ($0.name, $0.value.distribution) })
  }
}
