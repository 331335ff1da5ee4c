import ApusCore

/// The arguments of a published model under the names that Hugging Face's `transformers` gives them; what a model does not
/// know is not read.
public struct ModelInputs: Sendable {
  /// Numbers of tokens, `[batch, length]`, int64.
  public var inputIds: Tensor?
  /// Embedded tokens in place of ``inputIds``, `[batch, length, features]`.
  public var inputsEmbeds: Tensor?
  /// 1 where there is a token and 0 where there is padding, `[batch, length]`; with a cache, of all positions so far.
  public var attentionMask: Tensor?
  /// The position of each token, `[batch, length]`.
  public var positionIds: Tensor?
  /// Whether ``positionIds`` that do not go on by one begin another text, which sees nothing of the one before; nil: where the
  /// model makes no cache for itself.
  public var separatesTexts: Bool?
  /// Which of two texts each token belongs to, `[batch, length]`.
  public var tokenTypeIds: Tensor?
  /// Pictures, `[batch, channels, height, width]`.
  public var pixelValues: Tensor?
  /// Patches that a model of masked pictures does not see, `[batch, patches]`, bool.
  public var maskedPatches: Tensor?
  /// Features of sound, `[batch, features, length]`.
  public var inputFeatures: Tensor?
  /// What a decoder has said so far, `[batch, length]`.
  public var decoderInputIds: Tensor?
  /// Embedded tokens in place of ``decoderInputIds``, `[batch, length, features]`.
  public var decoderInputsEmbeds: Tensor?
  /// ``attentionMask`` for ``decoderInputIds``.
  public var decoderAttentionMask: Tensor?
  /// ``positionIds`` for ``decoderInputIds``.
  public var decoderPositionIds: Tensor?
  /// What the encoder gave before, so that it need not run again.
  public var encoderOutput: Tensor?
  /// What is to be predicted; -100 is left out of the loss. The form depends on the model's head.
  public var labels: Tensor?
  /// Where answers start, `[batch]` (question answering).
  public var startPositions: Tensor?
  /// Where answers end, `[batch]` (question answering).
  public var endPositions: Tensor?
  /// Of a pair of texts, `[batch]`: 0 where the second follows the first (or, for ALBERT, where they are in their order), else 1.
  public var nextSentenceLabel: Tensor?
  /// Keys, values and states of the positions before, which the call adds to.
  public var cache: (any ModelCache)?
  /// Only the last so many positions get logits; all if nil.
  public var logitsToKeep: Int?
  /// Whether the output has the states between layers.
  public var outputHiddenStates = false
  /// Whether the output has the weights of attention, which is then computed step by step.
  public var outputAttentions = false
  /// Whether the output has the routers' logits (mixtures of experts), and the loss their balance.
  public var outputRouterLogits = false
  /// Whether a model of pictures and texts computes its contrastive loss.
  public var returnLoss = false
  /// Whether a language model with labels gives the loss alone: the scores of all tokens then never lie in memory.
  public var omitsLogits = false
  /// Which layers, counted from 0, keep nothing for their gradients but what goes into them, and are computed again for these: less
  /// memory for more time (Chen et al., 2016). None if nil.
  public var recomputesLayer: (@Sendable (Int) -> Bool)?
  /// Whether embeddings of positions are interpolated to the size of the picture.
  public var interpolatePosEncoding = false

  /// No arguments yet.
  public init() {}
}

/// What layers keep of the positions that they have seen, so that the next token costs one position's work.
public protocol ModelCache: AnyObject, Sendable {
  /// How many positions have been seen.
  var length: Int { get }
  /// Makes row `i` of the batch what row `rows[i]` was: beams that go on from others.
  func reorder(_ rows: [Int])
  /// Forgets all positions from `length` on.
  func truncate(to length: Int)
  /// Whether ``truncate(to:)`` leaves all that a position at `length` reads.
  func canGoBack(to length: Int) -> Bool
}

extension ModelCache {
  public func canGoBack(to length: Int) -> Bool { true }
}
