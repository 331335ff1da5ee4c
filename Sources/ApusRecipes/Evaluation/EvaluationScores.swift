import ApusCore
import ApusTrain

/// What a model scored in a task: measures over its items, whose spread comes from drawing the items again.
public struct EvaluationScores: Sendable {
  /// One number of a task.
  public struct Measure: Sendable {
    /// Its name: `acc`, `perplexity`.
    public let name: String
    /// Whether more is better.
    public let isHigherBetter: Bool
    /// Its value over the items of the given places, which may come more than once.
    let value: @Sendable ([Int]) -> Double

    /// The mean of a value of each item.
    package static func mean(_ name: String, _ values: [Double], isHigherBetter: Bool = true) -> Measure {
      Measure(name: name, isHigherBetter: isHigherBetter) { items in
        items.isEmpty ? .nan : items.reduce(0) { $0 + values[$1] } / Double(items.count)
      }
    }

    /// A function of the quotient of two sums over the items.
    static func ratio(
      _ name: String, _ above: [Double], _ below: [Double], isHigherBetter: Bool,
      _ function: @escaping @Sendable (Double) -> Double = { $0 }
    ) -> Measure {
      Measure(name: name, isHigherBetter: isHigherBetter) { items in
        let (a, b) = items.reduce((0.0, 0.0)) { ($0.0 + above[$1], $0.1 + below[$1]) }
        return b == 0 ? .nan : function(a / b)
      }
    }
  }

  /// What was measured, the most telling first.
  public let measures: [Measure]
  /// What the model gave for each item.
  public let items: [[String: SettingValue]]
  /// What else is to be known: texts that were cut, say.
  public let notes: [String]

  init(measures: [Measure], items: [[String: SettingValue]], notes: [String] = []) {
    (self.measures, self.items, self.notes) = (measures, items, notes)
  }

  /// The value of a measure over all items.
  public func value(_ name: String) -> Double? {
    measures.first { $0.name == name }?.value(Array(items.indices))
  }
}

/// Draws of the items of a task with repetition: how far a measure would move with other items of the same kind.
///
/// Efron, 1979: Bootstrap Methods. Both models of a comparison get the same draws.
public struct Bootstrap: Sendable {
  /// A value with the interval that holds most draws' values.
  public struct Estimate: Sendable, Hashable {
    /// The value over all items.
    public let value: Double
    /// The standard deviation over the draws.
    public let error: Double
    /// What a share of ``Bootstrap/level`` of the draws' values lies between.
    public let low: Double
    /// The upper end of the interval.
    public let high: Double
  }

  /// The share of the draws in an interval.
  public static let level = 0.95

  private let draws: [[Int]]
  private let count: Int

  /// - Parameters:
  ///   - count: items of the task.
  ///   - resamples: how many draws.
  public init(count: Int, resamples: Int = 1000, seed: Int = 0) {
    let generator = Generator(seed: UInt64(bitPattern: Int64(seed)))
    self.count = count
    draws = (0..<(count == 0 ? 0 : max(0, resamples))).map { _ in
      (0..<count).map { _ in Int(generator.random64() % UInt64(count)) }
    }
  }

  /// A measure and its spread.
  public func estimate(_ measure: EvaluationScores.Measure) -> Estimate { spread { measure.value($0) } }

  /// How much more `other` is than `base`, item by item of the same draws.
  public func difference(_ other: EvaluationScores.Measure, from base: EvaluationScores.Measure) -> Estimate {
    spread { other.value($0) - base.value($0) }
  }

  private func spread(_ value: ([Int]) -> Double) -> Estimate {
    let whole = value(Array(0..<count))
    let values = draws.map(value).filter(\.isFinite).sorted()
    guard let first = values.first, let last = values.last else {
      return Estimate(value: whole, error: .nan, low: .nan, high: .nan)
    }
    if first == last { return Estimate(value: whole, error: 0, low: first, high: last) }
    let mean = values.reduce(0, +) / Double(values.count)
    let error = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))).squareRoot()
    func quantile(_ share: Double) -> Double {
      let place = share * Double(values.count - 1)
      let below = Int(place)
      let above = min(below + 1, values.count - 1)
      return values[below] + (values[above] - values[below]) * (place - Double(below))
    }
    let tail = (1 - Self.level) / 2
    return Estimate(value: whole, error: error, low: quantile(tail), high: quantile(1 - tail))
  }
}
