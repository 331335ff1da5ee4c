/// Ranges of numbers as the unit cube: logarithms where logarithmic.
struct UnitSpace: Sendable, Equatable {
  let space: NamedValues<ParameterDistribution>
  private let ranges: [ClosedRange<Double>]

  /// - Parameter widened: whether stepped ranges reach half a step beyond their ends, so that every value has an equal share.
  init(_ space: NamedValues<ParameterDistribution>, widened: Bool = true) {
    self.space = space
    ranges = space.values.map { widened ? $0.continuousRange : $0.plainRange }
  }

  var count: Int { ranges.count }

  /// The point of a trial; nil where it lacks a parameter.
  func point(_ trial: TrialRecord) -> [Double]? { point { trial.parameters[$0]?.internal } }

  /// The point of internal values; nil where one is missing.
  func point(_ value: (String) -> Double?) -> [Double]? {
    var point: [Double] = []
    for ((name, distribution), range) in zip(space, ranges) {
      guard let value = value(name) else { return nil }
      let width = range.upperBound - range.lowerBound
      point.append(width > 0 ? (distribution.toContinuous(value) - range.lowerBound) / width : 0.5)
    }
    return point
  }

  /// The internal values at a point.
  func values(_ point: [Double]) -> [String: Double] {
    var values: [String: Double] = [:]
    for (i, (name, distribution)) in space.enumerated() {
      let range = ranges[i]
      values[name] = distribution.fromContinuous(range.lowerBound + point[i] * (range.upperBound - range.lowerBound))
    }
    return values
  }
}

extension ParameterDistribution {
  /// The range on which its values lie evenly, from the first to the last.
  fileprivate var plainRange: ClosedRange<Double> {
    switch self {
    case .float(let low, let high, let log, _): log ? logarithm(low)...logarithm(high) : low...high
    case .int(let low, let high, let log, _):
      log ? logarithm(Double(low))...logarithm(Double(high)) : Double(low)...Double(high)
    case .categorical: continuousRange
    }
  }
}
