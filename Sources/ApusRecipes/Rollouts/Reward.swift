import ApusCore
import ApusTrain

/// How good an answer is: a number of the prompt, the answer and the other columns of the prompt's row.
///
///     let short = Reward("short") { _, answer, _ in answer.count < 80 ? 1 : 0 }
///     let right = Reward.numberMatch(column: "answer")
public struct Reward: Sendable {
  /// What is judged.
  public struct Case: Sendable {
    /// The prompt as text.
    public var prompt: String
    /// The answer, without what ends it.
    public var answer: String
    /// All columns of the prompt's row.
    public var columns: [String: SettingValue]

    /// An answer to a prompt.
    public init(prompt: String, answer: String, columns: [String: SettingValue] = [:]) {
      (self.prompt, self.answer, self.columns) = (prompt, answer, columns)
    }
  }

  /// What it is called where it is told.
  public let name: String
  /// What it is multiplied by in the sum of several.
  public var weight: Double
  private let judge: @Sendable ([Case]) throws -> [Double?]

  /// A reward of each answer by itself; nil where it cannot be judged.
  public init(
    _ name: String, weight: Double = 1,
    _ score:
      @escaping @Sendable (_ prompt: String, _ answer: String, _ columns: [String: SettingValue]) throws -> Double?
  ) {
    self.init(name, weight: weight, ofAll: { try $0.map { try score($0.prompt, $0.answer, $0.columns) } })
  }

  /// A reward of all answers of a step together, one number for each.
  public init(
    _ name: String, weight: Double = 1, ofAll judge: @escaping @Sendable ([Case]) throws -> [Double?]
  ) {
    (self.name, self.weight, self.judge) = (name, weight, judge)
  }

  /// The rewards of answers.
  /// - Throws: what the reward throws, and `TensorError` of kind `value` where it has not one for each.
  public func callAsFunction(_ cases: [Case]) throws -> [Double?] {
    let found = try judge(cases)
    guard found.count == cases.count else {
      throw TensorError(
        .value, name, "there are \(found.count) rewards for \(cases.count) answers; one of each is needed")
    }
    return found
  }
}

/// The rewards of answers, and their sums.
public struct ScoredRollouts: Sendable {
  public let rollouts: [Rollout]
  /// The weighed sum of each answer's rewards; nil where none could be given.
  public let rewards: [Double?]
  /// Mean and deviation of each reward, and of the lengths, under the names that TRL logs them by.
  public let values: [(name: String, value: Double)]

  /// Judges answers.
  /// - Throws: what a reward throws.
  public init(_ rollouts: [Rollout], _ prompts: [PromptExample], _ rewards: [Reward]) throws {
    self.rollouts = rollouts
    var values: [(name: String, value: Double)] = []
    var sums = [Double?](repeating: nil, count: rollouts.count)
    for reward in rewards {
      let scores = try reward(
        rollouts.map {
          Reward.Case(prompt: prompts[$0.prompt].text, answer: $0.text, columns: prompts[$0.prompt].columns)
        })
      var given: [Double] = []
      for (i, score) in scores.enumerated() {
        guard let score, score.isFinite else { continue }
        given.append(score)
        sums[i] = (sums[i] ?? 0) + reward.weight * score
      }
      values.append(("rewards/\(reward.name)/mean", Self.mean(given)))
    }
    self.rewards = sums
    let lengths = rollouts.map { Double($0.answerIds.count) }
    values.append(("completions/mean_length", Self.mean(lengths)))
    values.append(("completions/clipped_ratio", Self.mean(rollouts.map { $0.isFinished ? 0 : 1 })))
    self.values = values
  }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }
}
