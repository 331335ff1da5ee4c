import ApusCore
import ApusNN

/// Qwen3-MoE (Yang et al., 2025) without a head: Qwen3 with mixtures of experts in some or all layers.
public final class Qwen3MoeModel: RotaryDecoder {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let layers: [PreNormLayer]
  let norm: RootMeanSquareNorm
  public let configuration: ModelConfiguration
  public let experts: (count: Int, chosen: Int)?
  let rotary: RotaryEmbedding

  public static var family: String { "Qwen3Moe" }
  public static var questionBaseName: String { "transformer" }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let sizes = try DecoderSizes(configuration, sharedHeads: 4)
    let activation = try configuration.activation("hidden_act", default: "silu")
    let (count, chosen) = try configuration.experts(layers: sizes.layers, count: 128, chosen: 8)
    experts = (count, chosen)
    let inner = try configuration.size("moe_intermediate_size", default: 768)
    let step = try configuration.size("decoder_sparse_step", default: 1)
    let plain = Set(try configuration.ints("mlp_only_layers") ?? [])
    let routing = ExpertRouting(chosen: chosen, normalises: try configuration.bool("norm_topk_prob", default: false))
    var attention = AttentionOptions(sizes)
    attention.bias = try configuration.bool("attention_bias", default: false)
    attention.outputBias = attention.bias
    attention.norm = .heads(eps: sizes.eps, offset: 0)
    if try configuration.bool("use_sliding_window", default: false) {
      attention.window = try configuration.nullableInt("sliding_window", default: 4096)
    }
    embedTokens = TokenEmbedding(sizes.vocabulary, sizes.hidden, paddingIndex: try configuration.paddingToken())
    layers = (0..<sizes.layers).map { i in
      let isMixture = !plain.contains(i) && count > 0 && (i + 1) % step == 0
      let mlp: any DecoderFeedForward =
        isMixture
        ? RoutedExperts(sizes.hidden, count: count, routing) { GatedMLP(sizes.hidden, inner, activation) }
        : GatedMLP(sizes.hidden, sizes.inner, activation)
      return PreNormLayer(attention, layer: i, eps: sizes.eps, mlp: mlp)
    }
    norm = RootMeanSquareNorm(sizes.hidden, eps: sizes.eps)
    rotary = try RotaryEmbedding(configuration, headSize: sizes.headSize)
  }
}
