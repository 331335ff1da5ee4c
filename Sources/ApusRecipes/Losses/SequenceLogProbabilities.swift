import ApusCore
import ApusFunctional
import ApusModels

/// How likely a language model holds the learned tokens of rows: what preference and policy losses are functions of.
public struct SequenceLogProbabilities: Sendable {
  /// The logarithm of the probability of each token but the first of a row, `[rows, length - 1]`; 0 where nothing is learned.
  public var tokens: Tensor
  /// 1 where a token is learned and 0 elsewhere, `[rows, length - 1]`, float32.
  public var mask: Tensor

  /// Of numbers that are there already.
  public init(tokens: Tensor, mask: Tensor) { (self.tokens, self.mask) = (tokens, mask) }

  /// Of the labels of `batch` under `model`.
  /// - Parameters:
  ///   - temperature: what logits are divided by, where answers are drawn so.
  ///   - recomputesLayer: which layers are computed again for gradients; nil: none.
  public init(
    _ model: any PretrainedModel, _ batch: TokenBatch, temperature: Double = 1,
    recomputesLayer: (@Sendable (Int) -> Bool)? = nil
  ) {
    tokens = tokenLogProbabilities(model, batch, temperature: temperature, recomputesLayer: recomputesLayer)
    mask = batch.learnedMask
  }

  /// How many rows there are.
  public var rows: Int { tokens.size(0) }
  /// How many tokens of each row are learned, `[rows]`.
  public var counts: Tensor { mask.sum([1]) }
  /// The logarithm of the probability of each row's answer, `[rows]`.
  public var sums: Tensor { tokens.sum([1]) }
  /// The mean over the tokens of each row's answer, `[rows]`; 0 for a row without any.
  public var means: Tensor { sums / counts.clamp(min: 1) }

  /// `count` rows from `start` on.
  public func rows(_ start: Int, _ count: Int) -> SequenceLogProbabilities {
    SequenceLogProbabilities(tokens: tokens.narrow(0, start, count), mask: mask.narrow(0, start, count))
  }

  /// The rows of the chosen answers, which are the first half.
  public var chosen: SequenceLogProbabilities { rows(0, rows / 2) }
  /// The rows of the rejected answers, which are the second half.
  public var rejected: SequenceLogProbabilities { rows(rows / 2, rows / 2) }

  /// The same numbers as constants.
  public func detach() -> SequenceLogProbabilities { SequenceLogProbabilities(tokens: tokens.detach(), mask: mask) }
}

extension TokenBatch {
  /// 1 where a model's prediction is learned, `[rows, length - 1]`, float32: the labels but the first of each row.
  var learnedMask: Tensor { shiftedLabels.ne(-100).to(.float32) }

  /// The labels at the places from which they are predicted, `[rows, length - 1]`.
  var shiftedLabels: Tensor { labels.narrow(1, 1, labels.size(1) - 1) }
}

/// The logarithm of the probability of each label of `batch` under `model`, `[rows, length - 1]`, float32; 0 where nothing is
/// learned. The logits of all tokens are held at once only with a temperature, or of a model that cannot do without.
/// - Parameters:
///   - temperature: what logits are divided by.
///   - recomputesLayer: which layers are computed again for gradients; nil: none.
public func tokenLogProbabilities(
  _ model: any PretrainedModel, _ batch: TokenBatch, temperature: Double = 1,
  recomputesLayer: (@Sendable (Int) -> Bool)? = nil
) -> Tensor {
  var inputs = batch.inputs
  inputs.recomputesLayer = recomputesLayer
  if temperature == 1, let model = model as? any TokenScoringModel {
    inputs.labels = batch.labels
    return model.tokenLogProbabilities(inputs)
  }
  guard let logits = model(inputs).logits else {
    return fail(
      TensorError(
        .unsupported, "tokenLogProbabilities",
        "\(type(of: model).typeName) gives no logits: load it with its language head"))
  }
  if logits.isPoisoned { return logits }
  let scores = logits.narrow(1, 0, logits.size(1) - 1).to(.float32) / temperature
  let places = batch.shiftedLabels.clamp(min: 0).unsqueeze(2)
  return scores.logSoftmax(-1).gather(2, places).squeeze(2) * batch.learnedMask
}
