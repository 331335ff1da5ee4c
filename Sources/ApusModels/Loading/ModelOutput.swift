import ApusCore

/// What a published model gives, under the names that Hugging Face's `transformers` uses; nil what it does not have.
public struct ModelOutput: Sendable {
  /// The loss, where the inputs had labels.
  public var loss: Tensor?
  /// Scores of the head: of tokens, labels or classes.
  public var logits: Tensor?
  /// Scores of the places where answers start, `[batch, length]`.
  public var startLogits: Tensor?
  /// Scores of the places where answers end, `[batch, length]`.
  public var endLogits: Tensor?
  /// The states after the last layer, `[batch, length, features]`.
  public var lastHiddenState: Tensor?
  /// One vector per row, `[batch, features]`.
  public var poolerOutput: Tensor?
  /// The states after the embeddings and after each layer.
  public var hiddenStates: [Tensor]?
  /// The weights of attention of each layer, `[batch, heads, length, length]`.
  public var attentions: [Tensor]?
  /// The routers' logits of each layer (mixtures of experts).
  public var routerLogits: [Tensor]?
  /// The balance of the routers.
  public var auxLoss: Tensor?
  /// The last states of the encoder.
  public var encoderLastHiddenState: Tensor?
  /// The states of the encoder, after the embeddings and after each layer.
  public var encoderHiddenStates: [Tensor]?
  /// ``attentions`` of the encoder.
  public var encoderAttentions: [Tensor]?
  /// The states of the decoder, after the embeddings and after each layer.
  public var decoderHiddenStates: [Tensor]?
  /// ``attentions`` of the decoder.
  public var decoderAttentions: [Tensor]?
  /// The weights with which the decoder looks at the encoder.
  public var crossAttentions: [Tensor]?
  /// Outputs under names that only some models have: `image_embeds`, `text_model_output.pooler_output`.
  public var others: [String: Tensor] = [:]

  /// Nothing yet.
  public init() {}
}

extension ModelOutput {
  /// With states alone; also what stands for an output that could not be computed.
  init(lastHiddenState: Tensor) { self.lastHiddenState = lastHiddenState }
}
