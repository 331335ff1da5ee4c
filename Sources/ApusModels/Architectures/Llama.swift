import ApusCore
import ApusNN

/// Llama (Touvron et al., 2023) without a head: layers that normalise by the root of the mean square, rotary positions, gated
/// networks, and groups of heads that share keys and values.
public final class LlamaModel: RotaryDecoder {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let layers: [PreNormLayer]
  let norm: RootMeanSquareNorm
  public let configuration: ModelConfiguration
  let rotary: RotaryEmbedding

  public static var family: String { "Llama" }
  public static var questionBaseName: String { "transformer" }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let sizes = try DecoderSizes(configuration)
    let activation = try configuration.activation("hidden_act", default: "silu")
    var attention = AttentionOptions(sizes)
    attention.bias = try configuration.bool("attention_bias", default: false)
    attention.outputBias = attention.bias
    let hasBias = try configuration.bool("mlp_bias", default: false)
    embedTokens = TokenEmbedding(sizes.vocabulary, sizes.hidden, paddingIndex: try configuration.paddingToken())
    layers = (0..<sizes.layers).map { i in
      PreNormLayer(
        attention, layer: i, eps: sizes.eps, mlp: GatedMLP(sizes.hidden, sizes.inner, activation, bias: hasBias))
    }
    norm = RootMeanSquareNorm(sizes.hidden, eps: sizes.eps)
    rotary = try RotaryEmbedding(configuration, headSize: sizes.headSize)
  }
}
