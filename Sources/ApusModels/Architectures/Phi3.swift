import ApusCore
import ApusNN

/// A layer of Phi-3: Llama's, with one matrix for queries, keys and values, and one for both halves of the gated network.
final class Phi3Layer: DecoderLayer {
  let state = ModuleState()
  let selfAttn: Phi3Attention
  let mlp: Phi3MLP
  let inputLayernorm: RootMeanSquareNorm
  let postAttentionLayernorm: RootMeanSquareNorm
  private let dropout: Dropout

  init(_ attention: AttentionOptions, layer: Int, eps: Double, mlp: Phi3MLP, dropout: Double) {
    selfAttn = Phi3Attention(attention, layer: layer)
    self.mlp = mlp
    inputLayernorm = RootMeanSquareNorm(attention.hidden, eps: eps)
    postAttentionLayernorm = RootMeanSquareNorm(attention.hidden, eps: eps)
    self.dropout = Dropout(p: dropout)
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let x = x + dropout(selfAttn.forward(inputLayernorm(x), pass))
    return x + dropout(mlp(postAttentionLayernorm(x)))
  }
}

/// Attention with queries, keys and values behind each other in one matrix.
final class Phi3Attention: Module {
  let state = ModuleState()
  let qkvProj: Projection
  let oProj: Projection
  private let core: DecoderAttentionCore

  init(_ options: AttentionOptions, layer: Int) {
    let heads = options.heads + 2 * options.sharedHeads
    qkvProj = Projection(options.hidden, heads * options.headSize)
    oProj = Projection(options.heads * options.headSize, options.hidden)
    core = DecoderAttentionCore(options, layer: layer)
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let options = core.options
    let heads = qkvProj(x).splitHeads(width: options.headSize)
    // As many groups as this process has.
    let groups = heads.size(1) / max(1, options.heads / options.sharedHeads + 2)
    let parts = heads.parts([groups * (options.heads / options.sharedHeads), groups, groups], dim: 1)
    return oProj(core(parts[0], parts[1], parts[2], pass, isTraining: state.isTraining))
  }
}

/// A gated network whose gate and values come from one matrix.
final class Phi3MLP: Layer {
  let state = ModuleState()
  let gateUpProj: Projection
  let downProj: Projection
  private let activation: Activation

  init(_ features: Int, _ inner: Int, _ activation: Activation) {
    gateUpProj = Projection(features, 2 * inner)
    downProj = Projection(inner, features)
    self.activation = activation
  }

  func forward(_ x: Tensor) -> Tensor {
    let halves = gateUpProj(x).parts(2, dim: -1)
    return downProj(halves[1] * activation(halves[0]))
  }
}

/// Phi-3 (Abdin et al., 2024) without a head.
public final class Phi3Model: RotaryDecoder {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let layers: [Phi3Layer]
  let norm: RootMeanSquareNorm
  public let configuration: ModelConfiguration
  let rotary: RotaryEmbedding

  public static var family: String { "Phi3" }
  public static var defaultPaddingToken: Int? { 32000 }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let sizes = try DecoderSizes(configuration, eps: 1e-5)
    let activation = try configuration.activation("hidden_act", default: "silu")
    var attention = AttentionOptions(sizes)
    attention.window = try configuration.nullableInt("sliding_window", default: nil)
    let dropout = try configuration.probability("resid_pdrop", default: 0)
    embedTokens = TokenEmbedding(
      sizes.vocabulary, sizes.hidden, paddingIndex: try configuration.paddingToken(default: Self.defaultPaddingToken))
    layers = (0..<sizes.layers).map { i in
      Phi3Layer(
        attention, layer: i, eps: sizes.eps, mlp: Phi3MLP(sizes.hidden, sizes.inner, activation), dropout: dropout)
    }
    norm = RootMeanSquareNorm(sizes.hidden, eps: sizes.eps)
    var stretched = configuration
    if configuration["original_max_position_embeddings"] == nil {
      stretched.values["original_max_position_embeddings"] = .int(4096)
    }
    rotary = try RotaryEmbedding(
      stretched, headSize: sizes.headSize, partial: 1, renamed: ["su": "longrope", "yarn": "longrope"])
  }
}
