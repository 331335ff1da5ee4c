import ApusCore
import ApusNN

/// One layer of DistilBERT: that of BERT under other names.
public final class DistilBertLayer: Module {
  public let state = ModuleState()
  let query, key, value, out: Projection
  let saLayerNorm: LayerNorm
  let lin1, lin2: Projection
  let outputLayerNorm: LayerNorm
  let dropout: Dropout
  private let activation: Activation
  private let attention: AttentionCore

  public static let stateNames = [
    "query": "attention.q_lin", "key": "attention.k_lin", "value": "attention.v_lin", "out": "attention.out_lin",
    "lin1": "ffn.lin1", "lin2": "ffn.lin2",
  ]

  init(_ c: BertConfiguration) {
    query = Projection(c.features, c.features, bias: true)
    key = Projection(c.features, c.features, bias: true)
    value = Projection(c.features, c.features, bias: true)
    out = Projection(c.features, c.features, bias: true)
    saLayerNorm = LayerNorm(normalizedShape: c.features, eps: c.eps)
    lin1 = Projection(c.features, c.inner, bias: true)
    lin2 = Projection(c.inner, c.features, bias: true)
    outputLayerNorm = LayerNorm(normalizedShape: c.features, eps: c.eps)
    dropout = Dropout(p: c.dropout)
    activation = c.activation
    attention = AttentionCore(heads: c.heads, features: c.features, dropout: c.attentionDropout)
  }

  func forward(_ x: Tensor, _ mask: AttentionMask, _ trace: inout LayerTrace) -> Tensor {
    let seen = attention(query(x), key(x), value(x), mask, &trace.attentions, isTraining: isTraining)
    let attended = saLayerNorm(out(seen) + x)
    return outputLayerNorm(dropout(lin2(activation(lin1(attended)))) + attended)
  }
}

/// DistilBERT: BERT with half the layers, taught by BERT (Sanh et al., 2019, arXiv:1910.01108). It knows no pairs of texts and has no
/// pooler.
public final class DistilBertModel: MaskedTextEncoder {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let wordEmbeddings: TokenEmbedding
  let positionEmbeddings: TokenEmbedding
  let norm: LayerNorm
  let dropout: Dropout
  let layers: [DistilBertLayer]
  public let features: Int
  public let maskedHead: MaskedHeadOptions

  public static let baseModelPrefix = "distilbert"
  public static let stateNames = [
    "wordEmbeddings": "embeddings.word_embeddings", "positionEmbeddings": "embeddings.position_embeddings",
    "norm": "embeddings.LayerNorm", "layers": "transformer.layer",
  ]
  public static func presentName(_ name: String) -> String? { presentBertName(name) }
  public static let maskedHeadNames = [
    "transform": "vocab_transform", "norm": "vocab_layer_norm", "decoder": "vocab_projector",
  ]

  public init(_ configuration: ModelConfiguration, isPooled: Bool) throws(TensorError) {
    let c = try BertConfiguration(
      configuration.renamed([
        "dim": "hidden_size", "hidden_dim": "intermediate_size", "n_layers": "num_hidden_layers",
        "n_heads": "num_attention_heads", "activation": "hidden_act", "dropout": "hidden_dropout_prob",
        "attention_dropout": "attention_probs_dropout_prob",
      ]).withDefaults(["num_hidden_layers": .int(6)]))
    self.configuration = configuration
    features = c.features
    wordEmbeddings = TokenEmbedding(c.vocabulary, c.features, paddingIndex: c.padding)
    positionEmbeddings = TokenEmbedding(c.positions, c.features)
    norm = LayerNorm(normalizedShape: c.features, eps: c.eps)
    dropout = Dropout(p: c.dropout)
    layers = (0..<c.layers).map { _ in DistilBertLayer(c) }
    maskedHead = MaskedHeadOptions(activation: c.activation, eps: c.eps, isTied: c.isTied)
  }

  public var words: TokenEmbedding { wordEmbeddings }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    guard let words = inputs.inputsEmbeds ?? inputs.inputIds.map({ wordEmbeddings($0) }) else {
      return .failed("DistilBertModel", "needs inputIds or inputsEmbeds")
    }
    var trace = LayerTrace(inputs)
    let mask = AttentionMask.padding(inputs.attentionMask)
    let positions = inputs.positionIds ?? arange(words.size(1))
    var x = dropout(norm(words + positionEmbeddings(positions)))
    trace.add(x)
    for layer in layers {
      x = callModule(layer, x) { layer.forward($0, mask, &trace) }
      trace.add(x)
    }
    return trace.output(x)
  }

  public static func headDropout(
    _ head: ModelHead, _ configuration: ModelConfiguration
  ) throws(TensorError) -> Double {
    switch head {
    case .questionAnswering: try configuration.probability("qa_dropout", default: 0.1)
    case .sequenceClassification: try configuration.probability("seq_classif_dropout", default: 0.2)
    default: try configuration.probability("dropout", default: 0.1)
    }
  }
}

/// DistilBERT with a label for each text, told from the first token.
public final class DistilBertForSequenceClassification: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: DistilBertModel
  let preClassifier: Projection
  let dropout: Dropout
  let classifier: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try DistilBertModel(configuration)
    preClassifier = Projection(base.features, base.features, bias: true)
    dropout = Dropout(p: try DistilBertModel.headDropout(.sequenceClassification, configuration))
    classifier = Projection(base.features, try configuration.labelCount(), bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setLabels(classifier(dropout(preClassifier(states.select(1, 0)).relu())), inputs, configuration)
  }
}
