import ApusCore
import ApusNN

/// Qwen2 (Yang et al., 2024) without a head: Llama with biases on queries, keys and values, and windows on the upper layers if
/// asked for.
public final class Qwen2Model: RotaryDecoder {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let layers: [PreNormLayer]
  let norm: RootMeanSquareNorm
  public let configuration: ModelConfiguration
  let rotary: RotaryEmbedding

  public static var family: String { "Qwen2" }
  public static var questionBaseName: String { "transformer" }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let sizes = try DecoderSizes(configuration)
    let activation = try configuration.activation("hidden_act", default: "silu")
    var attention = AttentionOptions(sizes)
    attention.bias = true
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

extension ModelConfiguration {
  /// The window of each layer of Qwen2 and Qwen3: with `use_sliding_window`, of those from `max_window_layers` on.
  func qwenWindows(_ layers: Int) throws(TensorError) -> [Int?] {
    let window = try bool("use_sliding_window", default: false) ? try nullableInt("sliding_window", default: 4096) : nil
    let first = try int("max_window_layers", default: 28)
    return try windows(layers, window: window) { window != nil && $0 >= first }
  }
}
