import ApusCore
import ApusModels

/// Rows of tokens that a language model learns from, and which of them it is to predict.
public struct TokenBatch: Sendable {
  /// Numbers of tokens, `[rows, length]`, int64.
  public var inputIds: Tensor
  /// The tokens to predict, `[rows, length]`, int64, at their own places (models shift them); -100 where nothing is learned.
  public var labels: Tensor
  /// 1 where there is a token and 0 where there is padding, `[rows, length]`; nil where there is no padding.
  public var attentionMask: Tensor?
  /// The place of each token in its own text, `[rows, length]`, where several texts lie behind each other in a row; nil where a row
  /// is one text. A place that does not go on by one begins a text, which sees nothing of the one before.
  public var positionIds: Tensor?
  /// How many labels count once they are shifted: what a mean over tokens divides by.
  public var answerTokens: Int

  /// A batch of its parts.
  public init(
    inputIds: Tensor, labels: Tensor, attentionMask: Tensor? = nil, positionIds: Tensor? = nil, answerTokens: Int
  ) {
    (self.inputIds, self.labels, self.attentionMask) = (inputIds, labels, attentionMask)
    (self.positionIds, self.answerTokens) = (positionIds, answerTokens)
  }

  /// What a model is given: all but the labels.
  public var inputs: ModelInputs {
    var inputs = ModelInputs()
    (inputs.inputIds, inputs.attentionMask, inputs.positionIds) = (inputIds, attentionMask, positionIds)
    inputs.separatesTexts = positionIds != nil
    return inputs
  }
}

/// The tokens of one text, and those of them that are learned.
public struct TokenizedExample: Sendable, Hashable {
  /// Numbers of tokens.
  public var ids: [Int]
  /// The tokens to predict, at their own places; -100 where nothing is learned. As many as ``ids``.
  public var labels: [Int]

  /// Tokens and labels, as many of the one as of the other.
  public init(ids: [Int], labels: [Int]) { (self.ids, self.labels) = (ids, labels) }

  /// How many labels count once they are shifted.
  public var answerTokens: Int { labels.dropFirst().count { $0 != -100 } }
}
