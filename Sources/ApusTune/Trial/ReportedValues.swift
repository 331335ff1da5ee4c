import ApusCore
import ApusTrain

/// What a trial of several objectives reports at a step is a list. Optuna has none of these: it keeps one value for a step, and a
/// study of several objectives keeps none. So the lists stand in notes of the system, `reports:STEP`, which Optuna carries along.
extension TrialRecord {
  static let reportPrefix = "reports:"

  /// Values that a trial reported at one step, one for each objective.
  public struct ReportedValues: Sendable, Hashable {
    /// How far the trial was.
    public var step: Int
    /// A value of each objective.
    public var values: [Double]
  }

  /// Everything that the trial reported, in the order in which it did; of one objective lists of one value.
  public var reportedValues: [ReportedValues] {
    reports.map { ReportedValues(step: $0.step, values: [$0.value]) }
      + systemAttributes.compactMap { name, value in
        guard name.hasPrefix(Self.reportPrefix), let step = Int(name.dropFirst(Self.reportPrefix.count)),
          let values = value.numbers
        else { return nil }
        return ReportedValues(step: step, values: values)
      }
  }

  /// The values reported at a step.
  public func reportedValues(at step: Int) -> [Double]? {
    report(at: step).map { [$0] } ?? systemAttributes[Self.reportPrefix + "\(step)"]?.numbers
  }
}

extension SettingValue {
  /// The numbers, where it is a list of nothing else.
  var numbers: [Double]? {
    guard case .list(let items) = self else { return nil }
    let found = items.compactMap(\.number)
    return found.count == items.count ? found : nil
  }
}
