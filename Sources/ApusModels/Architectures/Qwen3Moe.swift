import ApusCore
import ApusNN

/// The experts of a layer and their router.
final class Qwen3Experts: DecoderFeedForward, DivisibleExperts {
  let state = ModuleState()
  let gate: Projection
  /// Nil stands for those of other processes.
  @Changeable var experts: [GatedMLP?]
  @Changeable private var exchange: (any ExpertExchange)?
  private let routing: ExpertRouting

  init(_ features: Int, _ inner: Int, _ activation: Activation, count: Int, _ routing: ExpertRouting) {
    gate = Projection(features, count)
    experts = (0..<count).map { _ in GatedMLP(features, inner, activation) }
    exchange = nil
    self.routing = routing
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    routing(x, router: gate, experts: experts, exchange: exchange, pass)
  }

  var expertCount: Int { experts.count }
  var chosenCount: Int { routing.chosen }
  var expertParameters: [Tensor] { experts.flatMap { $0?.parameters() ?? [] } }

  func keep(_ own: Range<Int>, exchange: any ExpertExchange) {
    let all = experts
    experts = all.indices.map { own.contains($0) ? all[$0] : nil }
    self.exchange = exchange
  }
}

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
        ? Qwen3Experts(sizes.hidden, inner, activation, count: count, routing)
        : GatedMLP(sizes.hidden, sizes.inner, activation)
      return PreNormLayer(attention, layer: i, eps: sizes.eps, mlp: mlp)
    }
    norm = RootMeanSquareNorm(sizes.hidden, eps: sizes.eps)
    rotary = try RotaryEmbedding(configuration, headSize: sizes.headSize)
  }
}
