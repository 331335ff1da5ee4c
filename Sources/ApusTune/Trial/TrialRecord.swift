import ApusTrain

/// What became of a trial.
public enum TrialState: String, Sendable, Hashable, CaseIterable {
  /// Being computed.
  case running
  /// Enqueued, not begun.
  case waiting
  /// Ended with a value of each objective.
  case complete
  /// Ended early: not promising.
  case pruned
  /// Ended without a value.
  case failed

  /// Whether nothing of the trial changes any more.
  public var isFinished: Bool {
    switch self {
    case .complete, .pruned, .failed: true
    case .running, .waiting: false
    }
  }
}

/// Everything that is known of a trial at one moment.
public struct TrialRecord: Sendable {
  /// A parameter with its internal value; see ``ParameterDistribution``.
  public struct Parameter: Sendable, Hashable {
    public var `internal`: Double
    public var distribution: ParameterDistribution

    /// A parameter of an internal value.
    public init(internal: Double, distribution: ParameterDistribution) {
      self.internal = `internal`
      self.distribution = distribution
    }

    /// The value itself.
    public var value: SettingValue { distribution.value(`internal`) ?? .none }
  }

  /// A value that a trial reported before its end.
  public struct Report: Sendable, Hashable {
    public var step: Int
    public var value: Double

    /// A value at a step.
    public init(step: Int, value: Double) {
      self.step = step
      self.value = value
    }
  }

  /// The number by which the storage knows it.
  public var id: Int
  /// Counts the trials of the study, from 0.
  public var number: Int
  public var state: TrialState
  /// A value of each objective, of a complete trial; the last report of a pruned one, where it has one.
  public var values: [Double]
  public var start: TrialTime?
  public var end: TrialTime?
  /// In the order in which they were suggested.
  public var parameters: NamedValues<Parameter>
  /// In the order in which they were reported.
  public var reports: [Report]
  /// Notes of the user.
  public var userAttributes: NamedValues<SettingValue>
  /// Notes of samplers and pruners.
  public var systemAttributes: NamedValues<SettingValue>

  /// A trial with what is known of it; the storage gives id and number.
  public init(
    id: Int = -1, number: Int = -1, state: TrialState = .running, values: [Double] = [], start: TrialTime? = nil,
    end: TrialTime? = nil, parameters: NamedValues<Parameter> = [:], reports: [Report] = [],
    userAttributes: NamedValues<SettingValue> = [:], systemAttributes: NamedValues<SettingValue> = [:]
  ) {
    self.id = id
    self.number = number
    self.state = state
    self.values = values
    self.start = start
    self.end = end
    self.parameters = parameters
    self.reports = reports
    self.userAttributes = userAttributes
    self.systemAttributes = systemAttributes
  }

  /// The value of a study of one objective.
  public var value: Double? { values.count == 1 ? values[0] : nil }
  /// The parameters' values by name.
  public var params: [String: SettingValue] { parameters.dictionary.mapValues(\.value) }
  /// The greatest reported step.
  public var lastStep: Int? { reports.max { $0.step < $1.step }?.step }
  /// The value reported at a step.
  public func report(at step: Int) -> Double? { reports.last { $0.step == step }?.value }
  /// Seconds from start to end.
  public var duration: Double? {
    guard let start, let end else { return nil }
    return Double(end.microseconds - start.microseconds) * 1e-6
  }

  static let constraintPrefix = "constraints:"

  /// The constraints by name: met where not above 0.
  public var constraints: NamedValues<Double> {
    var found = NamedValues<Double>()
    for (name, value) in systemAttributes {
      if name.hasPrefix(Self.constraintPrefix), let number = value.number {
        found[String(name.dropFirst(Self.constraintPrefix.count))] = number
      } else if name == "constraints", case .list(let values) = value {
        for (i, value) in values.enumerated() { found["\(i)"] = value.number }
      }
    }
    return found
  }

  /// Whether all constraints are met.
  public var isFeasible: Bool { systemAttributes.isEmpty || constraints.values.allSatisfy { $0 <= 0 } }
}

extension SettingValue {
  /// The number, where it is one.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    case .none, .bool, .string, .list, .dictionary: nil
    }
  }
}
