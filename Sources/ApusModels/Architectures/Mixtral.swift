import ApusCore
import ApusNN

/// A layer of Mixtral: attention and a mixture of experts.
final class MixtralLayer: DecoderLayer {
  let state = ModuleState()
  let selfAttn: DecoderAttention
  let blockSparseMoe: RoutedExperts<MixtralExpert>
  let inputLayernorm: RootMeanSquareNorm
  let postAttentionLayernorm: RootMeanSquareNorm

  init(_ attention: AttentionOptions, layer: Int, eps: Double, experts: RoutedExperts<MixtralExpert>) {
    selfAttn = DecoderAttention(attention, layer: layer)
    blockSparseMoe = experts
    inputLayernorm = RootMeanSquareNorm(attention.hidden, eps: eps)
    postAttentionLayernorm = RootMeanSquareNorm(attention.hidden, eps: eps)
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let x = x + selfAttn.forward(inputLayernorm(x), pass)
    return x + blockSparseMoe.forward(postAttentionLayernorm(x), pass)
  }
}

/// A gated network under the names of Mixtral's files: `w2(act(w1(x)) * w3(x))`.
final class MixtralExpert: Layer {
  let state = ModuleState()
  let w1: Projection
  let w2: Projection
  let w3: Projection
  private let activation: Activation

  init(_ features: Int, _ inner: Int, _ activation: Activation) {
    (w1, w2, w3) = (Projection(features, inner), Projection(inner, features), Projection(features, inner))
    self.activation = activation
  }

  func forward(_ x: Tensor) -> Tensor { w2(activation(w1(x)) * w3(x)) }
}

/// Mixtral (Jiang et al., 2024) without a head: Mistral with a mixture of experts in every layer.
public final class MixtralModel: RotaryDecoder {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let layers: [MixtralLayer]
  let norm: RootMeanSquareNorm
  public let configuration: ModelConfiguration
  public let experts: (count: Int, chosen: Int)?
  let rotary: RotaryEmbedding

  public static var family: String { "Mixtral" }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let sizes = try DecoderSizes(configuration, sharedHeads: 8, eps: 1e-5)
    let activation = try configuration.activation("hidden_act", default: "silu")
    let (count, chosen) = try configuration.experts(layers: sizes.layers, count: 8, chosen: 2)
    experts = (count, chosen)
    var attention = AttentionOptions(sizes)
    attention.window = try configuration.nullableInt("sliding_window", default: nil)
    embedTokens = TokenEmbedding(sizes.vocabulary, sizes.hidden, paddingIndex: try configuration.paddingToken())
    let routing = ExpertRouting(chosen: chosen, normalises: true)
    layers = (0..<sizes.layers).map { i in
      MixtralLayer(
        attention, layer: i, eps: sizes.eps,
        experts: RoutedExperts(sizes.hidden, count: count, routing) {
          MixtralExpert(sizes.hidden, sizes.inner, activation)
        })
    }
    norm = RootMeanSquareNorm(sizes.hidden, eps: sizes.eps)
    rotary = try RotaryEmbedding(configuration, headSize: sizes.headSize, theta: 1_000_000)
  }
}

extension ModelConfiguration {
  /// The number of experts of a layer, and of those that a token goes to.
  func experts(layers: Int, count: Int, chosen: Int) throws(TensorError) -> (count: Int, chosen: Int) {
    let found = try self.layers("num_local_experts", "num_experts", default: count)
    guard found * layers <= 1 << 16 else { throw wrong("num_hidden_layers", "fewer layers of \(found) experts") }
    let used = try int("num_experts_per_tok", default: chosen)
    guard used <= found, used >= min(1, found) else {
      throw wrong("num_experts_per_tok", "a whole number from 1 to the number of experts (\(found))")
    }
    return (found, used)
  }
}
