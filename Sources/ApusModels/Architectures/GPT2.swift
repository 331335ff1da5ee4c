import ApusCore
import ApusNN

/// A layer of GPT-2; its matrices are stored the other way round, `[in, out]`.
final class GPT2Block: DecoderLayer {
  let state = ModuleState()
  let ln1: LayerNorm
  let attn: GPT2Attention
  let ln2: LayerNorm
  let mlp: GPT2MLP

  static let stateNames = ["ln1": "ln_1", "ln2": "ln_2"]

  init(_ options: AttentionOptions, layer: Int, inner: Int, eps: Double, _ activation: Activation, dropout: Double) {
    ln1 = LayerNorm(normalizedShape: options.hidden, eps: eps)
    attn = GPT2Attention(options, layer: layer, dropout: dropout)
    ln2 = LayerNorm(normalizedShape: options.hidden, eps: eps)
    mlp = GPT2MLP(options.hidden, inner, activation, dropout: dropout)
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let x = x + attn.forward(ln1(x), pass)
    return x + mlp(ln2(x))
  }
}

/// Attention with one matrix for queries, keys and values.
final class GPT2Attention: Module {
  let state = ModuleState()
  let cAttn: Projection
  let cProj: Projection
  private let core: DecoderAttentionCore
  private let dropout: Dropout

  init(_ options: AttentionOptions, layer: Int, dropout: Double) {
    cAttn = Projection(options.hidden, 3 * options.hidden, bias: true, isTransposed: true)
    cProj = Projection(options.hidden, options.hidden, bias: true, isTransposed: true)
    core = DecoderAttentionCore(options, layer: layer)
    self.dropout = Dropout(p: dropout)
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let parts = cAttn(x).splitHeads(width: core.options.headSize).parts(3, dim: 1)
    return dropout(cProj(core(parts[0], parts[1], parts[2], pass, isTraining: state.isTraining)))
  }
}

/// Two matrices with a function between them.
final class GPT2MLP: Layer {
  let state = ModuleState()
  let cFc: Projection
  let cProj: Projection
  private let activation: Activation
  private let dropout: Dropout

  init(_ features: Int, _ inner: Int, _ activation: Activation, dropout: Double) {
    cFc = Projection(features, inner, bias: true, isTransposed: true)
    cProj = Projection(inner, features, bias: true, isTransposed: true)
    self.activation = activation
    self.dropout = Dropout(p: dropout)
  }

  func forward(_ x: Tensor) -> Tensor { dropout(cProj(activation(cFc(x)))) }
}

/// GPT-2 (Radford et al., 2019) without a head: learned positions, normalisation before each part.
public final class GPT2Model: LayeredDecoder {
  public let state = ModuleState()
  let wte: TokenEmbedding
  let wpe: TokenEmbedding
  let h: [GPT2Block]
  let lnF: LayerNorm
  public let configuration: ModelConfiguration
  private let dropout: Dropout

  public static var family: String { "GPT2" }
  public static var causalName: String { "GPT2LMHeadModel" }
  public static var baseName: String { "transformer" }
  public static var tokenHeadName: String { "classifier" }
  public static var sharesTokens: Bool { true }
  public var tokens: TokenEmbedding { wte }

  /// Masks that old files carry along are no weights.
  public static func presentName(_ name: String) -> String? {
    name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias") ? nil : name
  }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let hidden = try configuration.size("n_embd", "hidden_size", default: 768)
    let heads = try configuration.size("n_head", "num_attention_heads", default: 12)
    let count = try configuration.layers("n_layer", "num_hidden_layers", default: 12)
    guard hidden % heads == 0 else { throw configuration.wrong("n_head", "a divisor of n_embd (\(hidden))") }
    if try configuration.bool("add_cross_attention", default: false) {
      throw configuration.unsupported("add_cross_attention", "false, as no encoder stands beside the model")
    }
    let vocabulary = try configuration.size("vocab_size", default: 50257)
    let inner = try configuration.nullableInt("n_inner", default: nil) ?? 4 * hidden
    let eps = try configuration.double("layer_norm_epsilon", default: 1e-5)
    let activation = try configuration.activation("activation_function", default: "gelu_new")
    let residual = try configuration.probability("resid_pdrop", default: 0.1)
    let isScaled = try configuration.bool("scale_attn_weights", default: true)
    let isScaledByLayer = try configuration.bool("scale_attn_by_inverse_layer_idx", default: false)
    var options = AttentionOptions(hidden: hidden, heads: heads)
    options.dropout = try configuration.probability("attn_pdrop", default: 0.1)
    wte = TokenEmbedding(vocabulary, hidden)
    wpe = TokenEmbedding(try configuration.size("n_positions", "max_position_embeddings", default: 1024), hidden)
    h = (0..<count).map { i in
      let scale = isScaled ? 1 / Double(hidden / heads).squareRoot() : 1
      options.scale = isScaledByLayer ? scale / Double(i + 1) : scale
      return GPT2Block(options, layer: i, inner: inner, eps: eps, activation, dropout: residual)
    }
    lnF = LayerNorm(normalizedShape: hidden, eps: eps)
    dropout = Dropout(p: try configuration.probability("embd_pdrop", default: 0.1))
  }

  var layers: [GPT2Block] { h }
  var norm: LayerNorm { lnF }

  var entry: DecoderEntry {
    { [wte, wpe, dropout] x, pass in
      var x = x + wpe(pass.positions)
      if let types = pass.inputs.tokenTypeIds { x = x + wte(types) }
      return dropout(x)
    }
  }
}
