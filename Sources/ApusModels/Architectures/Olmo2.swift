import ApusCore
import ApusNN

/// A layer of OLMo 2: what comes out of a part is normalised, what goes in is not.
final class Olmo2Layer: DecoderLayer {
  let state = ModuleState()
  let selfAttn: DecoderAttention
  let mlp: GatedMLP
  let postAttentionLayernorm: RootMeanSquareNorm
  let postFeedforwardLayernorm: RootMeanSquareNorm

  init(_ attention: AttentionOptions, layer: Int, eps: Double, mlp: GatedMLP) {
    selfAttn = DecoderAttention(attention, layer: layer)
    self.mlp = mlp
    postAttentionLayernorm = RootMeanSquareNorm(attention.hidden, eps: eps)
    postFeedforwardLayernorm = RootMeanSquareNorm(attention.hidden, eps: eps)
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let x = x + postAttentionLayernorm(selfAttn.forward(x, pass))
    return x + postFeedforwardLayernorm(mlp(x))
  }
}

/// OLMo 2 (OLMo Team, 2024) without a head: queries and keys are normalised over all heads together.
public final class Olmo2Model: RotaryDecoder {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let layers: [Olmo2Layer]
  let norm: RootMeanSquareNorm
  public let configuration: ModelConfiguration
  let rotary: RotaryEmbedding

  public static var family: String { "Olmo2" }
  public static var defaultPaddingToken: Int? { 1 }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let sizes = try DecoderSizes(configuration, eps: 1e-5)
    let activation = try configuration.activation("hidden_act", default: "silu")
    var attention = AttentionOptions(sizes)
    attention.bias = try configuration.bool("attention_bias", default: false)
    attention.outputBias = attention.bias
    attention.norm = .all(eps: sizes.eps)
    embedTokens = TokenEmbedding(
      sizes.vocabulary, sizes.hidden, paddingIndex: try configuration.paddingToken(default: Self.defaultPaddingToken))
    layers = (0..<sizes.layers).map { i in
      Olmo2Layer(attention, layer: i, eps: sizes.eps, mlp: GatedMLP(sizes.hidden, sizes.inner, activation))
    }
    norm = RootMeanSquareNorm(sizes.hidden, eps: sizes.eps)
    rotary = try RotaryEmbedding(configuration, headSize: sizes.headSize)
  }
}
