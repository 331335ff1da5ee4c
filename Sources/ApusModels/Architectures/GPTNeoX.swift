import ApusCore
import ApusNN

/// A layer of GPT-NeoX, whose parts stand side by side, or behind each other if the configuration says so.
final class GPTNeoXLayer: DecoderLayer {
  let state = ModuleState()
  let inputLayernorm: LayerNorm
  let postAttentionLayernorm: LayerNorm
  let attention: GPTNeoXAttention
  let mlp: GPTNeoXMLP
  private let dropout: Dropout
  private let isParallel: Bool

  init(
    _ options: AttentionOptions, layer: Int, eps: Double, mlp: GPTNeoXMLP, dropout: Double, isParallel: Bool
  ) {
    inputLayernorm = LayerNorm(normalizedShape: options.hidden, eps: eps)
    postAttentionLayernorm = LayerNorm(normalizedShape: options.hidden, eps: eps)
    attention = GPTNeoXAttention(options, layer: layer)
    self.mlp = mlp
    self.dropout = Dropout(p: dropout)
    self.isParallel = isParallel
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let attended = dropout(attention.forward(inputLayernorm(x), pass))
    if isParallel { return dropout(mlp(postAttentionLayernorm(x))) + attended + x }
    let middle = attended + x
    return dropout(mlp(postAttentionLayernorm(middle))) + middle
  }
}

/// Attention with one matrix, in which query, key and value of a head lie beside each other.
final class GPTNeoXAttention: Module {
  let state = ModuleState()
  let queryKeyValue: Projection
  let dense: Projection
  private let core: DecoderAttentionCore

  init(_ options: AttentionOptions, layer: Int) {
    queryKeyValue = Projection(options.hidden, 3 * options.hidden, bias: options.bias)
    dense = Projection(options.hidden, options.hidden, bias: options.bias)
    core = DecoderAttentionCore(options, layer: layer)
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let parts = queryKeyValue(x).splitHeads(width: 3 * core.options.headSize).parts(3, dim: -1)
    return dense(core(parts[0], parts[1], parts[2], pass, isTraining: state.isTraining))
  }
}

/// Two matrices with a function between them.
final class GPTNeoXMLP: Layer {
  let state = ModuleState()
  let up: Projection
  let down: Projection
  private let activation: Activation

  static let stateNames = ["up": "dense_h_to_4h", "down": "dense_4h_to_h"]

  init(_ features: Int, _ inner: Int, _ activation: Activation) {
    up = Projection(features, inner, bias: true)
    down = Projection(inner, features, bias: true)
    self.activation = activation
  }

  func forward(_ x: Tensor) -> Tensor { down(activation(up(x))) }
}

/// GPT-NeoX (Black et al., 2022) without a head: a quarter of each head is turned by its position.
public final class GPTNeoXModel: LayeredDecoder {
  public let state = ModuleState()
  let embedIn: TokenEmbedding
  let layers: [GPTNeoXLayer]
  let finalLayerNorm: LayerNorm
  public let configuration: ModelConfiguration
  private let rotary: RotaryEmbedding
  private let dropout: Dropout

  public static var family: String { "GPTNeoX" }
  public static var baseName: String { "gpt_neox" }
  public static var languageHeadName: String { "embed_out" }
  public static var tokenHeadName: String { "classifier" }
  public var tokens: TokenEmbedding { embedIn }

  /// Masks and frequencies that old files carry along are no weights.
  public static func presentName(_ name: String) -> String? {
    if name == "lm_head.weight" { return "embed_out.weight" }
    let buffers = [".attention.bias", ".attention.masked_bias", "rotary_emb.inv_freq"]
    return buffers.contains { name.hasSuffix($0) } ? nil : name
  }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let sizes = try DecoderSizes(configuration, eps: 1e-5)
    guard sizes.hidden % sizes.heads == 0 else {
      throw configuration.wrong("num_attention_heads", "a divisor of hidden_size (\(sizes.hidden))")
    }
    let activation = try configuration.activation("hidden_act", default: "gelu")
    var options = AttentionOptions(hidden: sizes.hidden, heads: sizes.heads)
    options.bias = try configuration.bool("attention_bias", default: true)
    options.dropout = sizes.dropout
    let rate = try configuration.probability("hidden_dropout", default: 0)
    let isParallel = try configuration.bool("use_parallel_residual", default: true)
    embedIn = TokenEmbedding(sizes.vocabulary, sizes.hidden)
    layers = (0..<sizes.layers).map { i in
      GPTNeoXLayer(
        options, layer: i, eps: sizes.eps, mlp: GPTNeoXMLP(sizes.hidden, sizes.inner, activation), dropout: rate,
        isParallel: isParallel)
    }
    finalLayerNorm = LayerNorm(normalizedShape: sizes.hidden, eps: sizes.eps)
    rotary = try RotaryEmbedding(configuration, headSize: sizes.hidden / sizes.heads, partial: 0.25)
    dropout = Dropout(p: rate)
  }

  var norm: LayerNorm { finalLayerNorm }
  var angles: [String: RotaryEmbedding] { ["full_attention": rotary] }
  var entry: DecoderEntry { { [dropout] x, _ in dropout(x) } }
}
