import ApusCore

/// Answers of which people like the one better than the other, in tokens: an example of preference tuning.
public struct PreferenceExample: Sendable, Hashable {
  /// Prompt and the better answer; labels are -100 in the prompt.
  public var chosen: TokenizedExample
  /// Prompt and the worse answer; labels are -100 in the prompt.
  public var rejected: TokenizedExample
  /// By how much the better answer is better, where the data say so (reward models).
  public var margin: Double?
  /// The summed log-probabilities of both answers under the reference model, where they were computed before training.
  public var reference: ReferenceScores?

  /// Two answers in tokens, each with its prompt.
  public init(
    chosen: TokenizedExample, rejected: TokenizedExample, margin: Double? = nil, reference: ReferenceScores? = nil
  ) {
    (self.chosen, self.rejected, self.margin, self.reference) = (chosen, rejected, margin, reference)
  }

  /// Log-probabilities, summed over the tokens of an answer.
  public struct ReferenceScores: Sendable, Hashable {
    public var chosen: Double
    public var rejected: Double
    /// The log-probabilities of both answers.
    public init(chosen: Double, rejected: Double) { (self.chosen, self.rejected) = (chosen, rejected) }
  }
}

/// Pairs of answers to the same prompts: what DPO, IPO, ORPO, SimPO, CPO and reward models learn from.
public struct PreferenceBatch: Sendable {
  /// The rows of both answers, `[2 * pairs, length]`: first the chosen ones, then the rejected ones in the same order.
  public var tokens: TokenBatch
  /// How many pairs there are.
  public var pairs: Int
  /// By how much the chosen answers are better, `[pairs]`, float32; nil where the data do not say.
  public var margins: Tensor?
  /// The summed log-probabilities of the chosen answers under the reference model, `[pairs]`, float32; nil where they were not
  /// computed before.
  public var referenceChosen: Tensor?
  /// Those of the rejected answers.
  public var referenceRejected: Tensor?

  /// Rows of chosen, then of rejected answers.
  public init(
    tokens: TokenBatch, pairs: Int, margins: Tensor? = nil, referenceChosen: Tensor? = nil,
    referenceRejected: Tensor? = nil
  ) {
    (self.tokens, self.pairs, self.margins) = (tokens, pairs, margins)
    (self.referenceChosen, self.referenceRejected) = (referenceChosen, referenceRejected)
  }
}

/// An answer that somebody likes or does not, in tokens: an example of KTO.
public struct FeedbackExample: Sendable, Hashable {
  /// The tokens of the prompt.
  public var prompt: [Int]
  /// The tokens of the answer.
  public var completion: [Int]
  /// Whether the answer is liked.
  public var isDesirable: Bool
  /// The summed log-probability of the answer under the reference model, where it was computed before training.
  public var reference: Double?

  /// A prompt and an answer in tokens.
  public init(prompt: [Int], completion: [Int], isDesirable: Bool, reference: Double? = nil) {
    (self.prompt, self.completion, self.isDesirable) = (prompt, completion, isDesirable)
    self.reference = reference
  }
}

/// Answers that somebody likes or does not (KTO, arXiv 2402.01306).
public struct FeedbackBatch: Sendable {
  /// Prompts with their answers, `[rows, length]`.
  public var tokens: TokenBatch
  /// Which answers are liked, one of each row.
  public var isDesirable: [Bool]
  /// Each prompt with the answer of the row before it (the first with that of the last), `[rows, other length]`: from these the
  /// divergence from the reference is estimated. Nil where a batch has one row, whose answer would be its own.
  public var mismatched: TokenBatch?
  /// The summed log-probabilities of the answers under the reference model, `[rows]`, float32; nil where they were not computed
  /// before.
  public var reference: Tensor?

  /// Rows of answers.
  public init(
    tokens: TokenBatch, isDesirable: [Bool], mismatched: TokenBatch? = nil, reference: Tensor? = nil
  ) {
    (self.tokens, self.isDesirable, self.mismatched, self.reference) = (tokens, isDesirable, mismatched, reference)
  }
}
