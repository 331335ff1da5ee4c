import ApusCore
import ApusNN

/// What a configuration of BERT says, and of its kin with other names for the same parts.
struct BertConfiguration {
  let features, inner, layers, heads, headSize: Int
  let embedded, vocabulary, positions, types: Int
  let eps, dropout, attentionDropout: Double
  let padding: Int?
  let activation: Activation
  let isDecoder, isTied: Bool

  /// - Parameter embedded: how wide embeddings are, if not as wide as states.
  init(_ configuration: ModelConfiguration, padding: Int = 0, embedded: Int? = nil) throws(TensorError) {
    features = try configuration.width("hidden_size", default: 768)
    inner = try configuration.width("intermediate_size", default: 3072, most: 1 << 18)
    layers = try configuration.layers("num_hidden_layers", default: 12)
    heads = try configuration.size("num_attention_heads", default: 12)
    headSize = try configuration.headSize(features, heads, "num_attention_heads")
    self.embedded = embedded ?? features
    vocabulary = try configuration.vocabulary(default: 30522)
    positions = try configuration.size("max_position_embeddings", default: 512)
    types = try configuration.size("type_vocab_size", default: 2)
    eps = try configuration.double("layer_norm_eps", default: 1e-12)
    dropout = try configuration.probability("hidden_dropout_prob", default: 0.1)
    attentionDropout = try configuration.probability("attention_probs_dropout_prob", default: 0.1)
    self.padding = try configuration.paddingToken(default: padding)
    activation = try configuration.activation("hidden_act", default: "gelu")
    isDecoder = try configuration.bool("is_decoder", default: false)
    isTied = try configuration.bool("tie_word_embeddings", default: true)
    guard try configuration.string("position_embedding_type", default: "absolute") == "absolute" else {
      throw configuration.unsupported("position_embedding_type", "absolute")
    }
    guard try !configuration.bool("add_cross_attention", default: false) else {
      throw configuration.unsupported("add_cross_attention", "false")
    }
  }
}

/// Rows of words, of positions and of the two texts of a pair, added and normalised.
public final class BertEmbeddings: Module {
  public let state = ModuleState()
  let wordEmbeddings: TokenEmbedding
  let positionEmbeddings: TokenEmbedding
  let tokenTypeEmbeddings: TokenEmbedding
  let norm: LayerNorm
  let dropout: Dropout
  /// RoBERTa counts positions from behind this number, which is that of padding.
  private let positionsAfter: Int?

  public static let stateNames = ["norm": "LayerNorm"]

  init(_ c: BertConfiguration, positionsAfter: Int? = nil) {
    wordEmbeddings = TokenEmbedding(c.vocabulary, c.embedded, paddingIndex: c.padding)
    positionEmbeddings = TokenEmbedding(c.positions, c.embedded, paddingIndex: positionsAfter)
    tokenTypeEmbeddings = TokenEmbedding(c.types, c.embedded)
    norm = LayerNorm(normalizedShape: c.embedded, eps: c.eps)
    dropout = Dropout(p: c.dropout)
    self.positionsAfter = positionsAfter
  }

  /// `[batch, length, features]`.
  func forward(_ inputs: ModelInputs) -> Tensor {
    guard let words = inputs.inputsEmbeds ?? inputs.inputIds.map({ wordEmbeddings($0) }) else {
      return fail(TensorError(.value, "BertEmbeddings", "needs inputIds or inputsEmbeds"))
    }
    // Without types all tokens are of the first text.
    let types = tokenTypeEmbeddings(inputs.tokenTypeIds ?? Tensor.zeros([1], dtype: .int64))
    return dropout(norm(words + types + positionEmbeddings(positions(inputs, length: words.size(1)))))
  }

  private func positions(_ inputs: ModelInputs, length: Int) -> Tensor {
    if let given = inputs.positionIds { return given }
    guard let positionsAfter else { return arange(length) }
    guard let ids = inputs.inputIds, inputs.inputsEmbeds == nil else {
      return arange(positionsAfter + 1, positionsAfter + 1 + length)
    }
    let isToken = ids.ne(positionsAfter).to(.int64)
    return isToken.cumsum(1) * isToken + positionsAfter
  }
}

/// One layer: attention and two linear layers, a normalisation behind each.
public final class BertLayer: Module {
  public let state = ModuleState()
  let query, key, value: Projection
  let attentionOutput: Projection
  let attentionNorm: LayerNorm
  let intermediate: Projection
  let output: Projection
  let outputNorm: LayerNorm
  let dropout: Dropout
  private let activation: Activation
  private let attention: AttentionCore

  public static let stateNames = [
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "attentionOutput": "attention.output.dense", "attentionNorm": "attention.output.LayerNorm",
    "intermediate": "intermediate.dense", "output": "output.dense", "outputNorm": "output.LayerNorm",
  ]

  init(_ c: BertConfiguration) {
    query = Projection(c.features, c.features, bias: true)
    key = Projection(c.features, c.features, bias: true)
    value = Projection(c.features, c.features, bias: true)
    attentionOutput = Projection(c.features, c.features, bias: true)
    attentionNorm = LayerNorm(normalizedShape: c.features, eps: c.eps)
    intermediate = Projection(c.features, c.inner, bias: true)
    output = Projection(c.inner, c.features, bias: true)
    outputNorm = LayerNorm(normalizedShape: c.features, eps: c.eps)
    dropout = Dropout(p: c.dropout)
    activation = c.activation
    attention = AttentionCore(heads: c.heads, features: c.features, dropout: c.attentionDropout)
  }

  func forward(_ x: Tensor, _ mask: AttentionMask, _ trace: inout LayerTrace) -> Tensor {
    let seen = attention(query(x), key(x), value(x), mask, &trace.attentions, isTraining: isTraining)
    let attended = attentionNorm(dropout(attentionOutput(seen)) + x)
    return outputNorm(dropout(output(activation(intermediate(attended)))) + attended)
  }
}

/// BERT: an encoder that sees the words on both sides of each (Devlin et al., 2018, arXiv:1810.04805).
public final class BertModel: TextEncoder {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let embeddings: BertEmbeddings
  let layers: [BertLayer]
  let pooler: Projection?
  public let features: Int
  public let maskedHead: MaskedHeadOptions
  private let isDecoder: Bool

  public static let baseModelPrefix = "bert"
  public static let stateNames = ["layers": "encoder.layer", "pooler": "pooler.dense"]
  public static func presentName(_ name: String) -> String? { presentBertName(name) }

  public init(_ configuration: ModelConfiguration, isPooled: Bool) throws(TensorError) {
    let c = try BertConfiguration(configuration)
    self.configuration = configuration
    (features, isDecoder) = (c.features, c.isDecoder)
    embeddings = BertEmbeddings(c)
    layers = (0..<c.layers).map { _ in BertLayer(c) }
    pooler = isPooled ? Projection(c.features, c.features, bias: true) : nil
    maskedHead = MaskedHeadOptions(activation: c.activation, eps: c.eps, isTied: c.isTied)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    encode(embeddings.forward(inputs), layers, pooler, inputs, isCausal: isDecoder)
  }
}

/// Runs layers of BERT over embedded tokens; the pooler makes `tanh(dense(x))` of the first one.
func encode(
  _ embedded: Tensor, _ layers: [BertLayer], _ pooler: Projection?, _ inputs: ModelInputs, isCausal: Bool
) -> ModelOutput {
  var trace = LayerTrace(inputs)
  let length = embedded.size(1)
  let mask =
    isCausal ? CausalMasks(inputs, length: length).mask(window: nil) : AttentionMask.padding(inputs.attentionMask)
  var x = embedded
  trace.add(x)
  for layer in layers {
    x = callModule(layer, x) { layer.forward($0, mask, &trace) }
    trace.add(x)
  }
  var output = trace.output(x)
  output.poolerOutput = pooler.map { $0(x.select(1, 0)).tanh() }
  return output
}

/// Names of files that TensorFlow's BERT was converted to, and buffers that older files have.
func presentBertName(_ name: String) -> String? {
  if name.hasSuffix("embeddings.position_ids") || name.hasSuffix("embeddings.token_type_ids") { return nil }
  if name.hasSuffix("LayerNorm.gamma") { return name.dropLast(5) + "weight" }
  if name.hasSuffix("LayerNorm.beta") { return name.dropLast(4) + "bias" }
  return name
}

extension BertModel: MaskedTextEncoder {
  public var words: TokenEmbedding { embeddings.wordEmbeddings }
  public static let maskedHeadNames = [
    "transform": "cls.predictions.transform.dense", "norm": "cls.predictions.transform.LayerNorm",
    "decoder": "cls.predictions.decoder", "bias": "cls.predictions.bias",
  ]
}

/// BERT that tells the next token, where its configuration makes it a decoder. It has no cache: each step reads the whole text.
public final class BertLMHeadModel: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: BertModel
  let head: MaskedHead<BertModel>

  public static let stateNames = ["base": BertModel.baseModelPrefix, "head": ""]
  public var tiedWeights: [String: String] { head.tiedWeights }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try BertModel(configuration, isPooled: false)
    head = MaskedHead(base)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    let logits = head(states)
    output.logits = logits
    output.loss = inputs.labels.map { HeadLoss.causal(logits, $0) }
  }
}

/// BERT as it is trained first: words that are missing, and whether the second text follows the first.
public final class BertForPreTraining: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: BertModel
  let head: MaskedHead<BertModel>
  let seqRelationship: Projection

  public static let stateNames = [
    "base": BertModel.baseModelPrefix, "head": "", "seqRelationship": "cls.seq_relationship",
  ]
  public var tiedWeights: [String: String] { head.tiedWeights }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try BertModel(configuration)
    head = MaskedHead(base)
    seqRelationship = Projection(base.features, 2, bias: true)
  }

  /// `others` has `prediction_logits` and `seq_relationship_logits`; the loss is the sum of both.
  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    guard let pooled = output.poolerOutput else { return }
    let (words, follows) = (head(states), seqRelationship(pooled))
    output.logits = words
    output.others = ["prediction_logits": words, "seq_relationship_logits": follows]
    if let labels = inputs.labels, let order = inputs.nextSentenceLabel {
      output.loss = HeadLoss.tokens(words, labels) + HeadLoss.tokens(follows, order)
    }
  }
}

/// BERT that tells whether the second text follows the first.
public final class BertForNextSentencePrediction: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: BertModel
  let seqRelationship: Projection

  public static let stateNames = ["base": BertModel.baseModelPrefix, "seqRelationship": "cls.seq_relationship"]

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try BertModel(configuration)
    seqRelationship = Projection(base.features, 2, bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    if let pooled = output.poolerOutput { output.setTokens(seqRelationship(pooled), inputs.labels) }
  }
}
