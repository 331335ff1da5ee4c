import ApusCore
import ApusFunctional
import ApusNN

/// ELECTRA: an encoder that learns to tell words that were replaced (Clark et al., 2020, arXiv:2003.10555): BERT whose embeddings may
/// be narrower than its states.
public final class ElectraModel: MaskedTextEncoder, NamesHeadActivation {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let embeddings: BertEmbeddings
  let embeddingsProject: Projection?
  let layers: [BertLayer]
  public let features: Int
  public let maskedHead: MaskedHeadOptions
  let activation: Activation
  private let isDecoder: Bool

  public static let baseModelPrefix = "electra"
  public static let stateNames = ["layers": "encoder.layer"]
  public static func presentName(_ name: String) -> String? { presentBertName(name) }
  public static let maskedHeadNames = [
    "transform": "generator_predictions.dense", "norm": "generator_predictions.LayerNorm",
    "decoder": "generator_lm_head",
  ]
  public static let headActivation = Activation.gelu

  public init(_ configuration: ModelConfiguration, isPooled: Bool) throws(TensorError) {
    let sizes = configuration.withDefaults([
      "hidden_size": .int(256), "num_attention_heads": .int(4), "intermediate_size": .int(1024),
    ])
    let c = try BertConfiguration(sizes, embedded: try configuration.width("embedding_size", default: 128))
    self.configuration = configuration
    (features, isDecoder) = (c.features, c.isDecoder)
    embeddings = BertEmbeddings(c)
    embeddingsProject = c.embedded == c.features ? nil : Projection(c.embedded, c.features, bias: true)
    layers = (0..<c.layers).map { _ in BertLayer(c) }
    maskedHead = MaskedHeadOptions(activation: .gelu, eps: c.eps, isTied: c.isTied)
    activation = c.activation
  }

  public var words: TokenEmbedding { embeddings.wordEmbeddings }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    let embedded = embeddings.forward(inputs)
    return encode(embeddingsProject?(embedded) ?? embedded, layers, nil, inputs, isCausal: isDecoder)
  }
}

/// ELECTRA's discriminator: a score above 0 where a word was replaced, `[batch, length]`.
public final class ElectraForPreTraining: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: ElectraModel
  let dense: Projection
  let densePrediction: Projection

  public static let stateNames = [
    "base": ElectraModel.baseModelPrefix,
    "dense": "discriminator_predictions.dense", "densePrediction": "discriminator_predictions.dense_prediction",
  ]

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try ElectraModel(configuration)
    dense = Projection(base.features, base.features, bias: true)
    densePrediction = Projection(base.features, 1, bias: true)
  }

  /// Labels are 1 where a word was replaced; padding does not count.
  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    let logits = densePrediction(base.activation(dense(states))).squeeze(-1)
    output.logits = logits
    guard let labels = inputs.labels?.to(logits.dtype) else { return }
    if let mask = inputs.attentionMask {
      let counted = mask.eq(1).to(logits.dtype)
      let losses = binaryCrossEntropyWithLogits(logits, labels, weight: counted, reduction: .sum)
      output.loss = losses / counted.sum()
    } else {
      output.loss = binaryCrossEntropyWithLogits(logits, labels)
    }
  }
}
