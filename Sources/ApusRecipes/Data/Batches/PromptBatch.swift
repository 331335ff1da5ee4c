import ApusCore
import ApusTrain

/// A prompt that is to be answered, and what else its row says: an example of GRPO and PPO.
public struct PromptExample: Sendable, Hashable {
  /// The tokens of the prompt, up to where the answer begins.
  public var ids: [Int]
  /// The prompt as text, as the template has written it.
  public var text: String
  /// All columns of the row by their names, for rewards: the answer that is right, for example.
  public var columns: [String: SettingValue]

  /// A prompt in tokens and as text, with its row.
  public init(ids: [Int], text: String, columns: [String: SettingValue] = [:]) {
    (self.ids, self.text, self.columns) = (ids, text, columns)
  }
}

/// Prompts that are to be answered.
public struct PromptBatch: Sendable {
  public var prompts: [PromptExample]

  /// A batch of prompts.
  public init(_ prompts: [PromptExample]) { self.prompts = prompts }

  /// How many prompts there are.
  public var count: Int { prompts.count }
}
