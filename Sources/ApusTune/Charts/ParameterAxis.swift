import ApusTrain

/// Where the values of a parameter lie in a chart: numbers, or the places of choices.
struct ParameterAxis: Sendable {
  let name: String
  /// Whether all trials have it on a logarithmic range.
  let isLogarithmic: Bool
  /// The choices of all trials; empty for numbers.
  let choices: [String]
  /// The ends of the ranges of all trials.
  let low, high: Double

  /// - Parameter trials: trials of which at least one has the parameter.
  init?(_ name: String, _ trials: [TrialRecord]) {
    self.name = name
    var choices: [String] = []
    var isLogarithmic = true
    var (low, high) = (Double.infinity, -Double.infinity)
    for trial in trials {
      guard let distribution = trial.parameters[name]?.distribution else { continue }
      switch distribution {
      case .float(let a, let b, let log, _):
        (low, high, isLogarithmic) = (min(low, a), max(high, b), isLogarithmic && log)
      case .int(let a, let b, let log, _):
        (low, high, isLogarithmic) = (min(low, Double(a)), max(high, Double(b)), isLogarithmic && log)
      case .categorical(let values):
        isLogarithmic = false
        for value in values.map(Self.text) where !choices.contains(value) { choices.append(value) }
      }
    }
    // A parameter that was a choice once is one in the chart; numbers of other trials have no place there.
    if !choices.isEmpty { (low, high) = (0, Double(choices.count - 1)) }
    guard low <= high else { return nil }
    (self.choices, self.isLogarithmic, self.low, self.high) = (choices, isLogarithmic, low, high)
  }

  /// The place of a trial; nil where it has none.
  func place(_ trial: TrialRecord) -> Double? {
    guard let parameter = trial.parameters[name] else { return nil }
    switch parameter.distribution {
    case .float, .int: return choices.isEmpty ? parameter.internal : nil
    case .categorical: return choices.firstIndex(of: Self.text(parameter.value)).map(Double.init)
    }
  }

  /// The place from 0 to 1 of the range.
  func share(_ trial: TrialRecord) -> Double? {
    guard let place = place(trial) else { return nil }
    if low == high { return 0.5 }
    if isLogarithmic { return (logarithm(place) - logarithm(low)) / (logarithm(high) - logarithm(low)) }
    return (place - low) / (high - low)
  }

  /// A value as people read it: a text without quotes.
  static func text(_ value: SettingValue) -> String {
    if case .string(let text) = value { text } else { value.json }
  }

  /// The axes of all parameters that the trials have, or of some.
  static func all(_ trials: [TrialRecord], _ params: [String]?) -> [ParameterAxis] {
    var names: [String] = []
    var known: Set<String> = []
    for trial in trials {
      for name in trial.parameters.names where known.insert(name).inserted { names.append(name) }
    }
    return (params ?? names).compactMap { ParameterAxis($0, trials) }
  }
}
