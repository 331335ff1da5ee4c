import ApusCore
import ApusTrain

/// How much better than others to the same prompt each answer was (GRPO, arXiv 2402.03300): its reward less the mean of its group,
/// divided by the deviation of the group.
public struct GroupAdvantages: Sendable, Hashable {
  /// What the differences are divided by.
  public enum Scale: String, Sendable, CaseIterable, SettingFieldValue {
    /// The standard deviation of the group.
    case group
    /// The standard deviation of all answers (arXiv 2508.08221).
    case batch
    /// Nothing (arXiv 2503.20783).
    case none
  }

  /// The advantage of each answer; 0 for one without a reward.
  public let values: [Double]
  /// The mean of all rewards; 0 without any.
  public let meanReward: Double
  /// The standard deviation of all rewards.
  public let rewardDeviation: Double
  /// The share of answers in whose group all rewards are equal: nothing is learned from them.
  public let shareWithoutDeviation: Double

  /// Of the rewards of answers, those to one prompt behind each other.
  /// - Parameters:
  ///   - rewards: one for each answer; nil where no reward could be given.
  ///   - groupSize: how many answers each prompt has.
  /// - Throws: `TensorError` of kind `value` where the answers are no whole groups.
  public init(_ rewards: [Double?], groupSize: Int, scale: Scale = .group) throws {
    guard groupSize > 0, rewards.count % groupSize == 0 else {
      throw TensorError(
        .value, "GroupAdvantages", "\(rewards.count) rewards are no whole groups of \(groupSize) answers")
    }
    let all = rewards.compactMap(\.self)
    let overall = Self.moments(all)
    (meanReward, rewardDeviation) = overall
    var values: [Double] = []
    var flat = 0
    for start in stride(from: 0, to: rewards.count, by: groupSize) {
      let group = rewards[start..<start + groupSize]
      let own = Self.moments(group.compactMap(\.self))
      let deviation = scale == .batch ? overall.deviation : own.deviation
      if abs(deviation) <= 1e-8 { flat += groupSize }
      let divisor = scale == .none ? 1 : deviation + 1e-4
      for reward in group { values.append(reward.map { ($0 - own.mean) / divisor } ?? 0) }
    }
    self.values = values
    shareWithoutDeviation = rewards.isEmpty ? 0 : Double(flat) / Double(rewards.count)
  }

  /// Mean and standard deviation of a sample (of one number 0).
  private static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    if values.isEmpty { return (0, 0) }
    let mean = values.reduce(0, +) / Double(values.count)
    if values.count == 1 { return (mean, 0) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(values.count - 1)).squareRoot())
  }

  /// The advantages as a loss takes them, `[answers]`, float32.
  public var tensor: Tensor { Tensor(values.map { Float($0) }) }
}
