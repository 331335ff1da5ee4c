import ApusCore
import ApusNN

/// What a configuration says of one half of BART or of Whisper.
struct HalfConfiguration {
  let features, heads, inner, layers: Int
  let activation: Activation
  let dropout, attentionDropout, activationDropout: Double
  /// Whether a normalisation is in front of attention and linear layers (Whisper), or behind them (BART).
  var isPreNorm = false
  /// Whether keys are projected with a bias.
  var hasKeyBias = true

  /// - Parameter half: `encoder` or `decoder`.
  init(_ configuration: ModelConfiguration, _ half: String, defaults: (heads: Int, inner: Int, layers: Int))
    throws(TensorError)
  {
    features = try configuration.width("d_model", most: 1 << 13)
    heads = try configuration.size("\(half)_attention_heads", default: defaults.heads)
    _ = try configuration.headSize(features, heads, "\(half)_attention_heads")
    inner = try configuration.width("\(half)_ffn_dim", default: defaults.inner)
    layers = try configuration.layers("\(half)_layers", default: defaults.layers)
    activation = try configuration.activation("activation_function", default: "gelu")
    dropout = try configuration.probability("dropout", default: 0.1)
    attentionDropout = try configuration.probability("attention_dropout", default: 0)
    activationDropout = try configuration.probability("activation_dropout", default: 0)
  }
}

/// Queries, keys, values and what is made of their attention.
public final class BartAttention: Module {
  public let state = ModuleState()
  let kProj, vProj, qProj, outProj: Projection
  let core: AttentionCore

  init(_ c: HalfConfiguration) {
    kProj = Projection(c.features, c.features, bias: c.hasKeyBias)
    vProj = Projection(c.features, c.features, bias: true)
    qProj = Projection(c.features, c.features, bias: true)
    outProj = Projection(c.features, c.features, bias: true)
    core = AttentionCore(heads: c.heads, features: c.features, dropout: c.attentionDropout)
  }

  /// Attention of positions to each other.
  func own(
    _ x: Tensor, _ mask: AttentionMask, _ cache: (any AttentionCache)?, layer: Int, _ weights: inout [Tensor]?
  ) -> Tensor {
    outProj(core.decode(qProj(x), kProj(x), vProj(x), mask, cache, layer: layer, &weights, isTraining: isTraining))
  }

  /// Attention to what the encoder gave.
  func cross(
    _ x: Tensor, _ encoded: Tensor, _ mask: AttentionMask, _ cache: (any AttentionCache)?, layer: Int,
    _ weights: inout [Tensor]?
  ) -> Tensor {
    outProj(
      core.cross(qProj(x), mask, cache, layer: layer, &weights, isTraining: isTraining) {
        (kProj(encoded), vProj(encoded))
      })
  }
}

/// One layer of an encoder or, with attention to the encoder, of a decoder.
public final class BartLayer: Module {
  public let state = ModuleState()
  let selfAttn: BartAttention
  let selfAttnLayerNorm: LayerNorm
  let encoderAttn: BartAttention?
  let encoderAttnLayerNorm: LayerNorm?
  let fc1, fc2: Projection
  let finalLayerNorm: LayerNorm
  let dropout, activationDropout: Dropout
  private let activation: Activation
  private let isPreNorm: Bool
  private let layer: Int

  init(_ c: HalfConfiguration, layer: Int, isDecoder: Bool) {
    selfAttn = BartAttention(c)
    selfAttnLayerNorm = LayerNorm(normalizedShape: c.features)
    encoderAttn = isDecoder ? BartAttention(c) : nil
    encoderAttnLayerNorm = isDecoder ? LayerNorm(normalizedShape: c.features) : nil
    fc1 = Projection(c.features, c.inner, bias: true)
    fc2 = Projection(c.inner, c.features, bias: true)
    finalLayerNorm = LayerNorm(normalizedShape: c.features)
    (dropout, activationDropout) = (Dropout(p: c.dropout), Dropout(p: c.activationDropout))
    (activation, isPreNorm, self.layer) = (c.activation, c.isPreNorm, layer)
  }

  func forward(
    _ x: Tensor, _ mask: AttentionMask, encoded: Tensor? = nil, _ encodedMask: AttentionMask = AttentionMask(),
    _ cache: (any AttentionCache)? = nil, trace: inout LayerTrace
  ) -> Tensor {
    var x = beside(x, selfAttnLayerNorm) { selfAttn.own($0, mask, cache, layer: layer, &trace.attentions) }
    if let encoderAttn, let encoderAttnLayerNorm, let encoded {
      x = beside(x, encoderAttnLayerNorm) {
        encoderAttn.cross($0, encoded, encodedMask, cache, layer: layer, &trace.crossAttentions)
      }
    }
    return beside(x, finalLayerNorm) { fc2(activationDropout(activation(fc1($0)))) }
  }

  /// `x` and what `part` makes of it, with the normalisation in front or behind.
  private func beside(_ x: Tensor, _ norm: LayerNorm, _ part: (Tensor) -> Tensor) -> Tensor {
    isPreNorm ? x + dropout(part(norm(x))) : norm(x + dropout(part(x)))
  }
}

/// What a configuration of BART says.
struct BartConfiguration {
  let encoder, decoder: HalfConfiguration
  let features, vocabulary, positions: Int
  let padding, start, end: Int
  /// What embedded tokens are multiplied by.
  let scale: Double?
  let isTied: Bool
  let headDropout: Double

  init(_ configuration: ModelConfiguration) throws(TensorError) {
    let configuration = configuration.withDefaults(["d_model": .int(1024)])
    encoder = try HalfConfiguration(configuration, "encoder", defaults: (16, 4096, 12))
    decoder = try HalfConfiguration(configuration, "decoder", defaults: (16, 4096, 12))
    features = encoder.features
    vocabulary = try configuration.vocabulary(default: 50265)
    positions = try configuration.size("max_position_embeddings", default: 1024)
    padding = try configuration.paddingToken(default: 1) ?? 1
    start = try configuration.int("decoder_start_token_id", default: 2)
    end = try configuration.firstInt("eos_token_id", default: 2)
    scale = try configuration.bool("scale_embedding", default: false) ? Double(features).squareRoot() : nil
    isTied = try configuration.bool("tie_word_embeddings", default: true)
    headDropout = try configuration.probability("classifier_dropout", "classif_dropout", default: 0)
  }

  /// BART tells apart three labels if the file does not say how many there are.
  static func labels(_ configuration: ModelConfiguration) throws(TensorError) -> Int {
    try configuration.withDefaults(configuration["id2label"] == nil ? ["num_labels": .int(3)] : [:]).labelCount()
  }
}

/// One half of BART.
public final class BartStack: Module {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  /// The first two rows belong to no position.
  public let embedPositions: TokenEmbedding
  let layers: [BartLayer]
  let layernormEmbedding: LayerNorm
  let dropout: Dropout
  private let scale: Double?
  private let isDecoder: Bool

  init(_ c: BartConfiguration, _ tokens: TokenEmbedding, isDecoder: Bool) {
    let half = isDecoder ? c.decoder : c.encoder
    embedTokens = tokens
    embedPositions = TokenEmbedding(c.positions + 2, c.features)
    layers = (0..<half.layers).map { BartLayer(half, layer: $0, isDecoder: isDecoder) }
    layernormEmbedding = LayerNorm(normalizedShape: c.features)
    dropout = Dropout(p: half.dropout)
    (scale, self.isDecoder) = (c.scale, isDecoder)
  }

  /// - Parameter encodedMask: which of the encoder's positions are no padding.
  func forward(
    _ inputs: ModelInputs, encoded: Tensor? = nil, encodedMask: Tensor? = nil, _ trace: inout LayerTrace
  ) -> Tensor {
    let tokens = inputs.inputIds.map { ids in scale.map { embedTokens(ids) * $0 } ?? embedTokens(ids) }
    guard let embedded = inputs.inputsEmbeds ?? tokens else {
      let names = isDecoder ? "decoderInputIds, decoderInputsEmbeds or labels" : "inputIds or inputsEmbeds"
      return fail(TensorError(.value, "BART", "needs \(names)"))
    }
    let length = embedded.size(1)
    let cache = isDecoder ? inputs.cache as? any AttentionCache : nil
    let seen = cache?.length ?? 0
    let mask =
      isDecoder ? CausalMasks(inputs, length: length).mask(window: nil) : AttentionMask.padding(inputs.attentionMask)
    let other = AttentionMask.padding(encodedMask)
    var x = dropout(layernormEmbedding(embedded + embedPositions(arange(seen + 2, seen + 2 + length))))
    trace.add(x)
    for layer in layers {
      x = callModule(layer, x) { layer.forward($0, mask, encoded: encoded, other, cache, trace: &trace) }
      trace.add(x)
    }
    return x
  }
}

/// BART: an encoder and a decoder that repair damaged texts (Lewis et al., 2019, arXiv:1910.13461), without a head.
public final class BartModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let shared: TokenEmbedding
  let encoder, decoder: BartStack
  let c: BartConfiguration

  public static let baseModelPrefix = "model"
  /// Files of fairseq tell their version.
  public static func presentName(_ name: String) -> String? {
    name.hasSuffix("encoder.version") || name.hasSuffix("decoder.version") ? nil : name
  }
  public var tiedWeights: [String: String] { c.isTied ? sharedTokenTables : [:] }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try BartConfiguration(configuration)
    let shared = TokenEmbedding(c.vocabulary, c.features, paddingIndex: c.padding)
    (self.c, self.configuration, self.shared) = (c, configuration, shared)
    func table() -> TokenEmbedding {
      c.isTied ? shared : TokenEmbedding(c.vocabulary, c.features, paddingIndex: c.padding)
    }
    encoder = BartStack(c, table(), isDecoder: false)
    decoder = BartStack(c, table(), isDecoder: true)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    let inputs = inputs.shifted(inputs.inputIds, start: c.start, padding: c.padding)
    var (first, second) = (LayerTrace(inputs), LayerTrace(inputs))
    let encoded = inputs.encoderOutput ?? encoder.forward(inputs, &first)
    let last = decoder.forward(inputs.ofDecoder, encoded: encoded, encodedMask: inputs.attentionMask, &second)
    return EncoderDecoderTrace(encoded: encoded, encoder: first, decoder: second, last: last).output
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { EncoderDecoderCache(capacity: capacity) }
}
