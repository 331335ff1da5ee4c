import ApusCore

/// What was generated.
public struct GenerationOutput: Sendable {
  /// Tokens of each row, prompt included (with an encoder, what the decoder started with), filled to one length with padding.
  public internal(set) var sequences: [[Int]]
  /// How many of the tokens are the prompt's.
  public let promptLength: Int
  /// Why each row ended.
  public internal(set) var finishReasons: [FinishReason]
  /// Scores of a beam search: sums of logarithms of probabilities, divided by the length to the power of the length penalty.
  public internal(set) var sequencesScores: [Float]?
  /// The raw logits of each step, `[rows, vocabulary]`, if they were asked for.
  public internal(set) var logits: [Tensor]?
  /// The scores of each step after processing, `[rows, vocabulary]`, if they were asked for.
  public internal(set) var scores: [Tensor]?
  /// What the model thought of each generated token of each row, if it was asked for.
  public internal(set) var logProbabilities: [[TokenLogProbability]]?
  /// How often the model ran.
  public internal(set) var steps = 0
  /// How many tokens were said ahead (speculative decoding).
  public internal(set) var drafted = 0
  /// How many of the tokens said ahead were taken.
  public internal(set) var accepted = 0

  init(sequences: [[Int]], promptLength: Int, finishReasons: [FinishReason] = []) {
    (self.sequences, self.promptLength, self.finishReasons) = (sequences, promptLength, finishReasons)
  }

  /// The tokens behind the prompts, without what fills rows up.
  public var newTokens: [[Int]] {
    zip(sequences, lengths).map { Array($0[min(promptLength, $1)..<$1]) }
  }

  /// How long each row is without what fills it up.
  public internal(set) var lengths: [Int] = []
}

/// A token, and the logarithm of the probability that the model gives it before any processing.
public struct TokenLogProbability: Sendable, Hashable {
  /// The number of the token.
  public let token: Int
  /// The natural logarithm of its probability.
  public let logProbability: Float
  /// The likeliest tokens at its place, the likeliest first.
  public let alternatives: [Alternative]

  /// A token that could have stood there.
  public struct Alternative: Sendable, Hashable {
    /// The number of the token.
    public let token: Int
    /// The natural logarithm of its probability.
    public let logProbability: Float
  }
}
