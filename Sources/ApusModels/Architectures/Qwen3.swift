import ApusCore
import ApusNN

/// Qwen3 (Yang et al., 2025) without a head: Llama with queries and keys normalised in each head.
public final class Qwen3Model: RotaryDecoder {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let layers: [PreNormLayer]
  let norm: RootMeanSquareNorm
  public let configuration: ModelConfiguration
  let rotary: RotaryEmbedding

  public static var family: String { "Qwen3" }
  public static var questionBaseName: String { "transformer" }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let sizes = try DecoderSizes(configuration, headSize: 128)
    let activation = try configuration.activation("hidden_act", default: "silu")
    var attention = AttentionOptions(sizes)
    attention.bias = try configuration.bool("attention_bias", default: false)
    attention.outputBias = attention.bias
    attention.norm = .heads(eps: sizes.eps, offset: 0)
    let windows = try configuration.qwenWindows(sizes.layers)
    embedTokens = TokenEmbedding(sizes.vocabulary, sizes.hidden, paddingIndex: try configuration.paddingToken())
    layers = (0..<sizes.layers).map { i in
      attention.window = windows[i]
      return PreNormLayer(attention, layer: i, eps: sizes.eps, mlp: GatedMLP(sizes.hidden, sizes.inner, activation))
    }
    norm = RootMeanSquareNorm(sizes.hidden, eps: sizes.eps)
    rotary = try RotaryEmbedding(configuration, headSize: sizes.headSize)
  }
}
