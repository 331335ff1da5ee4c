import ApusCore
import ApusTrain

/// Draws every parameter for itself, evenly over its range: the values that Optuna's `RandomSampler` draws from the same seed.
public final class RandomTrialSampler: TrialSampler {
  private let generator: NumPyGenerator

  /// - Parameter seed: of the draws; nil for another one in every process.
  public init(seed: UInt32? = nil) { generator = NumPyGenerator(seed: seed) }

  public func sample(
    _ name: String, _ distribution: ParameterDistribution, _ study: StudyView, trial: TrialRecord
  ) throws -> Double { generator.uniform(distribution) }
}

extension NumPyGenerator {
  /// A value of a distribution, each as likely as another.
  func uniform(_ distribution: ParameterDistribution) -> Double {
    let range = distribution.continuousRange
    switch distribution {
    case .float, .int:
      return distribution.fromContinuous(uniform(range.lowerBound, range.upperBound))
    case .categorical(let choices):
      // Of as many numbers as choices the largest one wins.
      var best = 0
      var most = -1.0
      for i in choices.indices {
        let drawn = uniform()
        if drawn > most { (best, most) = (i, drawn) }
      }
      return Double(best)
    }
  }
}

extension ParameterDistribution {
  /// The range of a number on which its values lie evenly: logarithms where logarithmic, half a step more on both sides where
  /// stepped; 0...n for n choices.
  var continuousRange: ClosedRange<Double> {
    switch self {
    case .float(let low, let high, let log, let step):
      if log { return logarithm(low)...logarithm(high) }
      let half = 0.5 * (step ?? 0)
      return low - half...high + half
    case .int(let low, let high, let log, let step):
      let half = 0.5 * Double(step)
      let (a, b) = (Double(low) - half, Double(high) + half)
      return log ? logarithm(a)...logarithm(b) : a...b
    case .categorical(let choices): return 0...Double(choices.count)
    }
  }

  /// The internal value at a point of ``continuousRange``.
  func fromContinuous(_ point: Double) -> Double {
    switch self {
    case .float(let low, let high, let log, let step):
      if let step { return min(max(low + ((point - low) / step).rounded(.toNearestOrEven) * step, low), high) }
      let value = log ? exponential(point) : point
      if low == high { return log ? value : point }
      return min(log ? max(value, low) : value, high.nextDown)
    case .int(let low, let high, let log, let step):
      if log { return min(max(exponential(point).rounded(.toNearestOrEven), Double(low)), Double(high)) }
      let steps = ((point - Double(low)) / Double(step) + 0.5).rounded(.down)
      return min(max(steps * Double(step) + Double(low), Double(low)), Double(high))
    case .categorical(let choices): return min(max(point.rounded(.down), 0), Double(choices.count - 1))
    }
  }

  /// The point of ``continuousRange`` of an internal value.
  func toContinuous(_ value: Double) -> Double {
    switch self {
    case .float(_, _, let log, _): log ? logarithm(value) : value
    case .int(_, _, let log, _): log ? logarithm(value) : value
    case .categorical: value + 0.5
    }
  }
}
