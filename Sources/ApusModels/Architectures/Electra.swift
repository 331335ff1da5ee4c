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
public final class ElectraForPreTraining: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let electra: ElectraModel
  let dense: Projection
  let densePrediction: Projection

  public static let baseModelPrefix = ElectraModel.baseModelPrefix
  public static let stateNames = [
    "dense": "discriminator_predictions.dense", "densePrediction": "discriminator_predictions.dense_prediction",
  ]
  public static func presentName(_ name: String) -> String? { presentBertName(name) }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    electra = try ElectraModel(configuration)
    dense = Projection(electra.features, electra.features, bias: true)
    densePrediction = Projection(electra.features, 1, bias: true)
  }

  /// Labels are 1 where a word was replaced; padding does not count.
  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = electra(inputs)
    guard let states = output.lastHiddenState else { return output }
    let logits = densePrediction(electra.activation(dense(states))).squeeze(-1)
    output.logits = logits
    guard let labels = inputs.labels?.to(logits.dtype) else { return output }
    if let mask = inputs.attentionMask {
      let counted = mask.eq(1).to(logits.dtype)
      let losses = binaryCrossEntropyWithLogits(logits, labels, weight: counted, reduction: .sum)
      output.loss = losses / counted.sum()
    } else {
      output.loss = binaryCrossEntropyWithLogits(logits, labels)
    }
    return output
  }
}
