import ApusCore
import ApusNN

/// RoBERTa: BERT trained longer, on whole texts (Liu et al., 2019, arXiv:1907.11692). Positions are counted from behind the number
/// of padding, and padding has none. XLM-RoBERTa and CamemBERT are the same with other words.
public final class RobertaModel: MaskedTextEncoder, NamesHeadActivation {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let embeddings: BertEmbeddings
  let layers: [BertLayer]
  let pooler: Projection?
  public let features: Int
  public let maskedHead: MaskedHeadOptions
  private let isDecoder: Bool

  public static let baseModelPrefix = "roberta"
  public static let stateNames = ["layers": "encoder.layer", "pooler": "pooler.dense"]
  public static func presentName(_ name: String) -> String? { presentBertName(name) }
  public static let maskedHeadNames = [
    "transform": "lm_head.dense", "norm": "lm_head.layer_norm", "decoder": "lm_head.decoder", "bias": "lm_head.bias",
  ]
  public static let headActivation = Activation.tanh

  public init(_ configuration: ModelConfiguration, isPooled: Bool) throws(TensorError) {
    let c = try BertConfiguration(configuration, padding: 1)
    guard let padding = c.padding else { throw configuration.unsupported("pad_token_id", "a number") }
    self.configuration = configuration
    (features, isDecoder) = (c.features, c.isDecoder)
    embeddings = BertEmbeddings(c, positionsAfter: padding)
    layers = (0..<c.layers).map { _ in BertLayer(c) }
    pooler = isPooled ? Projection(c.features, c.features, bias: true) : nil
    maskedHead = MaskedHeadOptions(activation: .gelu, eps: c.eps, isTied: c.isTied)
  }

  public var words: TokenEmbedding { embeddings.wordEmbeddings }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    encode(embeddings.forward(inputs), layers, pooler, inputs, isCausal: isDecoder)
  }

  /// Question answering has no dropout in front of its head.
  public static func headDropout(
    _ head: ModelHead, _ configuration: ModelConfiguration
  ) throws(TensorError) -> Double {
    if head == .questionAnswering { return 0 }
    return try configuration.probability("classifier_dropout", "hidden_dropout_prob", default: 0.1)
  }
}
