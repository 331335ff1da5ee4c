import ApusCore
import ApusNN

/// What a configuration of ModernBERT says.
struct ModernBertConfiguration {
  let features, inner, layers, heads, headSize, vocabulary: Int
  let eps: Double
  let padding: Int?
  let hasNormBias, hasAttentionBias, hasInnerBias: Bool
  let activation: Activation
  let embeddingDropout, attentionDropout, innerDropout: Double
  /// How many keys to each side a layer with a window sees.
  let reach: Int
  /// Whether each layer has a window.
  let isLocal: [Bool]
  let global, local: RotaryEmbedding

  init(_ configuration: ModelConfiguration) throws(TensorError) {
    features = try configuration.width("hidden_size", default: 768)
    inner = try configuration.width("intermediate_size", default: 1152)
    layers = try configuration.layers("num_hidden_layers", default: 22)
    heads = try configuration.size("num_attention_heads", default: 12)
    headSize = try configuration.headSize(features, heads, "num_attention_heads")
    vocabulary = try configuration.vocabulary(default: 50368)
    eps = try configuration.double("norm_eps", default: 1e-5)
    padding = try configuration.paddingToken(default: 50283)
    hasNormBias = try configuration.bool("norm_bias", default: false)
    hasAttentionBias = try configuration.bool("attention_bias", default: false)
    hasInnerBias = try configuration.bool("mlp_bias", default: false)
    activation = try configuration.activation("hidden_activation", default: "gelu")
    embeddingDropout = try configuration.probability("embedding_dropout", default: 0)
    attentionDropout = try configuration.probability("attention_dropout", default: 0)
    innerDropout = try configuration.probability("mlp_dropout", default: 0)
    reach = try configuration.size("local_attention", default: 128) / 2
    let every = try configuration.size("global_attn_every_n_layers", default: 3)
    let kinds = try configuration.strings("layer_types")
    if let kinds, kinds.count != layers || !kinds.allSatisfy({ $0 == "full_attention" || $0 == "sliding_attention" }) {
      throw configuration.wrong("layer_types", "full_attention or sliding_attention for each of \(layers) layers")
    }
    isLocal = kinds?.map { $0 == "sliding_attention" } ?? (0..<layers).map { $0 % every != 0 }
    global = try Self.rotation(configuration, headSize, "full_attention", "global_rope_theta", 160_000)
    local = try Self.rotation(configuration, headSize, "sliding_attention", "local_rope_theta", 10_000)
  }

  /// The angles of one kind of layer; older files name only their bases.
  private static func rotation(
    _ configuration: ModelConfiguration, _ headSize: Int, _ kind: String, _ key: String, _ base: Double
  ) throws(TensorError) -> RotaryEmbedding {
    var configuration = configuration
    if try configuration.section("rope_parameters")?.section(kind) == nil {
      configuration.values["rope_parameters"] = nil
    }
    return try RotaryEmbedding(
      configuration, headSize: headSize, layerType: kind, theta: try configuration.double(key, default: base))
  }
}

/// One layer: attention and a gated part, with a normalisation in front of each; the first one's is that of the embeddings.
public final class ModernBertLayer: Module {
  public let state = ModuleState()
  let attnNorm: LayerNorm?
  /// Queries, keys and values in one.
  public let qkv: Projection
  let attentionOutput: Projection
  let mlpNorm: LayerNorm
  /// What passes the function and what it is multiplied by, in one.
  public let wi: Projection
  let wo: Projection
  let attentionDropout, innerDropout: Dropout
  let isLocal: Bool
  /// The number of features of a head.
  private let headWidth: Int
  private let activation: Activation

  public static let stateNames = [
    "qkv": "attn.Wqkv", "attentionOutput": "attn.Wo", "wi": "mlp.Wi", "wo": "mlp.Wo",
  ]

  init(_ c: ModernBertConfiguration, layer: Int) {
    attnNorm = layer == 0 ? nil : LayerNorm(normalizedShape: c.features, eps: c.eps, bias: c.hasNormBias)
    qkv = Projection(c.features, 3 * c.features, bias: c.hasAttentionBias)
    attentionOutput = Projection(c.features, c.features, bias: c.hasAttentionBias)
    mlpNorm = LayerNorm(normalizedShape: c.features, eps: c.eps, bias: c.hasNormBias)
    wi = Projection(c.features, 2 * c.inner, bias: c.hasInnerBias)
    wo = Projection(c.inner, c.features, bias: c.hasInnerBias)
    (attentionDropout, innerDropout) = (Dropout(p: c.attentionDropout), Dropout(p: c.innerDropout))
    (isLocal, activation) = (c.isLocal[layer], c.activation)
    headWidth = c.features / max(1, c.heads)
  }

  func forward(
    _ x: Tensor, _ angles: RotaryEmbedding.Angles, _ mask: AttentionMask, _ trace: inout LayerTrace
  ) -> Tensor {
    let parts = qkv(attnNorm?(x) ?? x).parts(3, dim: -1).map { $0.splitHeads(width: headWidth) }
    let (output, weights) = attend(
      angles.turn(parts[0]), angles.turn(parts[1]), parts[2], mask, scale: 1 / Double(parts[0].size(-1)).squareRoot(),
      dropout: isTraining ? attentionDropout.p : 0, wantsWeights: trace.attentions != nil)
    if let weights { trace.attentions?.append(weights) }
    let attended = x + attentionDropout(attentionOutput(output.mergedHeads()))
    let inner = wi(mlpNorm(attended)).parts(2, dim: -1)
    return attended + wo(innerDropout(activation(inner[0]) * inner[1]))
  }
}

/// ModernBERT: an encoder for long texts, most of whose layers look at neighbours alone (Warner et al., 2024, arXiv:2412.13663).
public final class ModernBertModel: MaskedTextEncoder {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  public let words: TokenEmbedding
  let embeddingNorm: LayerNorm
  let dropout: Dropout
  let layers: [ModernBertLayer]
  let finalNorm: LayerNorm
  public let features: Int
  public let maskedHead: MaskedHeadOptions
  private let global, local: RotaryEmbedding
  private let reach: Int

  public static let baseModelPrefix = "model"
  public static let stateNames = ["words": "embeddings.tok_embeddings", "embeddingNorm": "embeddings.norm"]
  public static let maskedHeadNames = ["transform": "head.dense", "norm": "head.norm", "decoder": "decoder"]

  public init(_ configuration: ModelConfiguration, isPooled: Bool) throws(TensorError) {
    let c = try ModernBertConfiguration(configuration)
    self.configuration = configuration
    words = TokenEmbedding(c.vocabulary, c.features, paddingIndex: c.padding)
    embeddingNorm = LayerNorm(normalizedShape: c.features, eps: c.eps, bias: c.hasNormBias)
    dropout = Dropout(p: c.embeddingDropout)
    layers = (0..<c.layers).map { ModernBertLayer(c, layer: $0) }
    finalNorm = LayerNorm(normalizedShape: c.features, eps: c.eps, bias: c.hasNormBias)
    (features, global, local, reach) = (c.features, c.global, c.local, c.reach)
    maskedHead = MaskedHeadOptions(
      activation: try configuration.activation("classifier_activation", default: "gelu"), eps: c.eps,
      isTied: try configuration.bool("tie_word_embeddings", default: true),
      hasTransformBias: try configuration.bool("classifier_bias", default: false), hasNormBias: c.hasNormBias,
      hasDecoderBias: try configuration.bool("decoder_bias", default: true))
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    guard let embedded = inputs.inputsEmbeds ?? inputs.inputIds.map({ words($0) }) else {
      return .failed("ModernBertModel", "needs inputIds or inputsEmbeds")
    }
    var trace = LayerTrace(inputs)
    let positions = inputs.positionIds ?? arange(embedded.size(1)).unsqueeze(0)
    let (wide, near) = (global.angles(positions), local.angles(positions))
    let everywhere = AttentionMask.padding(inputs.attentionMask)
    let nearby = AttentionMask.near(inputs.attentionMask, reach: reach, length: embedded.size(1))
    var x = dropout(embeddingNorm(embedded))
    trace.add(x)
    for layer in layers {
      x = layer.forward(x, layer.isLocal ? near : wide, layer.isLocal ? nearby : everywhere, &trace)
      trace.add(x)
    }
    return trace.output(finalNorm(x))
  }
}

extension AttentionMask {
  /// Every query sees the keys up to `reach` positions away, before and behind, where `mask` `[batch, keys]` is not 0.
  fileprivate static func near(_ mask: Tensor?, reach: Int, length: Int) -> AttentionMask {
    var result = AttentionMask()
    result.window = reach + 1
    guard let mask, mask.rank != 2 || !isAllOnes(mask) else { return result }
    let rules = result.rules(queries: length, keys: length)
    if mask.rank == 2 {
      result.hide(rules & mask.ne(0).unsqueeze(1).unsqueeze(1))
    } else {
      result.bias = `where`(rules, prepared(mask), Tensor.full([], hidden, dtype: .float32))
    }
    return result
  }
}

/// `norm(act(dense(x)))`, in front of ModernBERT's classifiers.
public final class ModernBertHead: Layer {
  public let state = ModuleState()
  let dense: Projection
  let norm: LayerNorm
  let dropout: Dropout
  private let activation: Activation

  init(_ model: ModernBertModel) throws(TensorError) {
    let options = model.maskedHead
    dense = Projection(model.features, model.features, bias: options.hasTransformBias)
    norm = LayerNorm(normalizedShape: model.features, eps: options.eps, bias: options.hasNormBias)
    dropout = Dropout(p: try model.configuration.probability("classifier_dropout", default: 0))
    activation = options.activation
  }

  public func forward(_ x: Tensor) -> Tensor { dropout(norm(activation(dense(x)))) }
}

/// ModernBERT with a label for each text, told from the first token or from the mean of all.
public final class ModernBertForSequenceClassification: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: ModernBertModel
  let head: ModernBertHead
  let classifier: Projection
  private let isMean: Bool

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try ModernBertModel(configuration)
    head = try ModernBertHead(base)
    classifier = Projection(base.features, try configuration.labelCount(), bias: true)
    let pooling = try configuration.string("classifier_pooling", default: "cls")
    guard pooling == "cls" || pooling == "mean" else {
      throw configuration.unsupported("classifier_pooling", "cls or mean")
    }
    isMean = pooling == "mean"
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    let pooled = isMean ? states.maskedMean(inputs.attentionMask) : states.select(1, 0)
    output.setLabels(classifier(head(pooled)), inputs, configuration)
  }
}

/// ModernBERT with a label for each token.
public final class ModernBertForTokenClassification: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: ModernBertModel
  let head: ModernBertHead
  let classifier: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try ModernBertModel(configuration)
    head = try ModernBertHead(base)
    classifier = Projection(base.features, try configuration.labelCount(), bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setTokens(classifier(head(states)), inputs.labels)
  }
}

/// ModernBERT that finds where an answer starts and ends.
public final class ModernBertForQuestionAnswering: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: ModernBertModel
  let head: ModernBertHead
  let classifier: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try ModernBertModel(configuration)
    head = try ModernBertHead(base)
    classifier = Projection(base.features, 2, bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setSpan(classifier(head(states)), inputs)
  }
}
