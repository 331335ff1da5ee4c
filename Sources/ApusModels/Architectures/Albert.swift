import ApusCore
import ApusNN

/// One layer of ALBERT: that of BERT under other names.
public final class AlbertLayer: Module {
  public let state = ModuleState()
  let query, key, value, dense: Projection
  let attentionNorm: LayerNorm
  let ffn, ffnOutput: Projection
  let fullLayerLayerNorm: LayerNorm
  let dropout: Dropout
  private let activation: Activation
  private let attention: AttentionCore

  public static let stateNames = [
    "query": "attention.query", "key": "attention.key", "value": "attention.value", "dense": "attention.dense",
    "attentionNorm": "attention.LayerNorm",
  ]

  init(_ c: BertConfiguration) {
    query = Projection(c.features, c.features, bias: true)
    key = Projection(c.features, c.features, bias: true)
    value = Projection(c.features, c.features, bias: true)
    dense = Projection(c.features, c.features, bias: true)
    attentionNorm = LayerNorm(normalizedShape: c.features, eps: c.eps)
    ffn = Projection(c.features, c.inner, bias: true)
    ffnOutput = Projection(c.inner, c.features, bias: true)
    fullLayerLayerNorm = LayerNorm(normalizedShape: c.features, eps: c.eps)
    dropout = Dropout(p: c.dropout)
    activation = c.activation
    attention = AttentionCore(heads: c.heads, features: c.features, dropout: c.attentionDropout)
  }

  func forward(_ x: Tensor, _ mask: AttentionMask, _ trace: inout LayerTrace) -> Tensor {
    let seen = attention(query(x), key(x), value(x), mask, &trace.attentions, isTraining: isTraining)
    let attended = attentionNorm(x + dropout(dense(seen)))
    return fullLayerLayerNorm(ffnOutput(activation(ffn(attended))) + attended)
  }
}

/// ALBERT: BERT whose layers share their weights and whose table of words is narrow (Lan et al., 2019, arXiv:1909.11942).
public final class AlbertModel: MaskedTextEncoder {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let embeddings: BertEmbeddings
  let embeddingHiddenMappingIn: Projection
  /// The layers of each group, one after the other.
  public let groups: [AlbertGroup]
  let pooler: Projection?
  public let features: Int
  public let maskedHead: MaskedHeadOptions
  private let count: Int

  public static let baseModelPrefix = "albert"
  public static let stateNames = [
    "embeddingHiddenMappingIn": "encoder.embedding_hidden_mapping_in", "groups": "encoder.albert_layer_groups",
  ]
  public static func presentName(_ name: String) -> String? { presentBertName(name) }
  public static let maskedHeadNames = [
    "transform": "predictions.dense", "norm": "predictions.LayerNorm", "decoder": "predictions.decoder",
    "bias": "predictions.bias",
  ]

  public init(_ configuration: ModelConfiguration, isPooled: Bool) throws(TensorError) {
    let sizes = configuration.withDefaults([
      "hidden_size": .int(4096), "num_attention_heads": .int(64), "intermediate_size": .int(16384),
      "vocab_size": .int(30000), "hidden_act": .string("gelu_new"), "hidden_dropout_prob": .int(0),
      "attention_probs_dropout_prob": .int(0),
    ])
    let c = try BertConfiguration(sizes, embedded: try configuration.width("embedding_size", default: 128))
    let inner = try configuration.layers("inner_group_num", default: 1)
    let groupCount = try configuration.layers("num_hidden_groups", default: 1)
    guard groupCount > 0, groupCount <= max(c.layers, 1) else {
      throw configuration.wrong("num_hidden_groups", "a number from 1 to num_hidden_layers")
    }
    self.configuration = configuration
    (features, count) = (c.features, c.layers)
    embeddings = BertEmbeddings(c)
    embeddingHiddenMappingIn = Projection(c.embedded, c.features, bias: true)
    groups = (0..<groupCount).map { _ in AlbertGroup(c, inner) }
    pooler = isPooled ? Projection(c.features, c.features, bias: true) : nil
    maskedHead = MaskedHeadOptions(activation: c.activation, eps: c.eps, isTied: c.isTied)
  }

  public var words: TokenEmbedding { embeddings.wordEmbeddings }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var trace = LayerTrace(inputs)
    let mask = AttentionMask.padding(inputs.attentionMask)
    var x = embeddingHiddenMappingIn(embeddings.forward(inputs))
    trace.add(x)
    for i in 0..<count {
      for layer in groups[i * groups.count / count].albertLayers {
        x = layer.forward(x, mask, &trace)
        trace.add(x)
      }
    }
    var output = trace.output(x)
    output.poolerOutput = pooler.map { $0(x.select(1, 0)).tanh() }
    return output
  }

  public static func headDropout(
    _ head: ModelHead, _ configuration: ModelConfiguration
  ) throws(TensorError) -> Double {
    switch head {
    case .questionAnswering: 0
    default: try configuration.probability("classifier_dropout_prob", default: 0.1)
    }
  }
}

/// Layers that follow each other wherever their group's turn is.
public final class AlbertGroup: Module {
  public let state = ModuleState()
  let albertLayers: [AlbertLayer]

  init(_ c: BertConfiguration, _ count: Int) { albertLayers = (0..<count).map { _ in AlbertLayer(c) } }
}

/// ALBERT as it is trained first: words that are missing, and whether two texts are in their order.
public final class AlbertForPreTraining: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: AlbertModel
  let head: MaskedHead<AlbertModel>
  let dropout: Dropout
  let sopClassifier: Projection

  public static let stateNames = [
    "base": AlbertModel.baseModelPrefix, "head": "", "sopClassifier": "sop_classifier.classifier",
  ]
  public var tiedWeights: [String: String] { head.tiedWeights }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try AlbertModel(configuration)
    head = MaskedHead(base)
    dropout = Dropout(p: try AlbertModel.headDropout(.preTraining, configuration))
    sopClassifier = Projection(base.features, try configuration.labelCount(), bias: true)
  }

  /// `others` has `prediction_logits` and `sop_logits`; the loss is the sum of both.
  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    guard let pooled = output.poolerOutput else { return }
    let (words, order) = (head(states), sopClassifier(dropout(pooled)))
    output.logits = words
    output.others = ["prediction_logits": words, "sop_logits": order]
    if let labels = inputs.labels, let orders = inputs.nextSentenceLabel {
      output.loss = HeadLoss.tokens(words, labels) + HeadLoss.tokens(order, orders)
    }
  }
}
