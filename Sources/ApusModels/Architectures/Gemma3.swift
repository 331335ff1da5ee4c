import ApusCore
import ApusNN

/// Gemma 3 (Gemma Team, 2025) for texts, without a head: five of six layers have a window and angles of their own, and queries
/// and keys are normalised in each head.
public final class Gemma3TextModel: DecoderModel {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let layers: [GemmaLayer]
  let norm: RootMeanSquareNorm
  public let configuration: ModelConfiguration
  private let rotary: RotaryEmbedding
  private let windowRotary: RotaryEmbedding
  private let scale: Double
  private let logitCap: Double?
  private let isCausal: Bool

  public static var family: String { "Gemma3Text" }
  public static var causalName: String { "Gemma3ForCausalLM" }
  public static var sharesTokens: Bool { true }
  public static var defaultPaddingToken: Int? { 0 }
  public var tokens: TokenEmbedding { embedTokens }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let sizes = try DecoderSizes(configuration, sharedHeads: 4, headSize: 256)
    let activation = try configuration.activation("hidden_activation", "hidden_act", default: "gelu_pytorch_tanh")
    var attention = AttentionOptions(sizes)
    attention.bias = try configuration.bool("attention_bias", default: false)
    attention.outputBias = attention.bias
    attention.scale = try configuration.gemmaScale()
    attention.norm = .heads(eps: sizes.eps, offset: 1)
    logitCap = try configuration.nullableDouble("final_logit_softcapping", default: nil)
    isCausal = try !configuration.bool("use_bidirectional_attention", default: false)
    var window = try configuration.nullableInt("sliding_window", default: 4096)
    if !isCausal { window = window.map { $0 / 2 + 1 } }
    let pattern = try configuration.size("sliding_window_pattern", "_sliding_window_pattern", default: 6)
    let windows = try configuration.windows(sizes.layers, window: window) { ($0 + 1) % pattern != 0 }
    embedTokens = TokenEmbedding(
      sizes.vocabulary, sizes.hidden, paddingIndex: try configuration.paddingToken(default: 0))
    layers = (0..<sizes.layers).map { i in
      attention.window = windows[i]
      attention.angles = windows[i] == nil ? "full_attention" : "sliding_attention"
      return GemmaLayer(attention, layer: i, eps: sizes.eps, mlp: GatedMLP(sizes.hidden, sizes.inner, activation))
    }
    norm = RootMeanSquareNorm(sizes.hidden, eps: sizes.eps, offset: 1)
    rotary = try RotaryEmbedding(
      configuration, headSize: sizes.headSize, layerType: "full_attention", theta: 1_000_000)
    windowRotary = try Self.windowRotary(configuration, headSize: sizes.headSize)
    scale = Double(Float(Double(sizes.hidden).squareRoot()))
  }

  /// The angles of layers with a window: in older files those of a base of its own, whatever `rope_scaling` says.
  private static func windowRotary(
    _ configuration: ModelConfiguration, headSize: Int
  ) throws(TensorError) -> RotaryEmbedding {
    if try configuration.section("rope_parameters")?.section("sliding_attention") != nil {
      return try RotaryEmbedding(configuration, headSize: headSize, layerType: "sliding_attention")
    }
    var plain = configuration
    plain.values["rope_theta"] = configuration["rope_local_base_freq"]
    for key in ["rope_parameters", "rope_scaling"] { plain.values[key] = nil }
    return try RotaryEmbedding(plain, headSize: headSize)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var x = embedded(inputs)
    if x.hasFailed { return ModelOutput(lastHiddenState: x) }
    if inputs.inputsEmbeds == nil { x = x * scale }
    let pass = DecoderPass(inputs, length: x.size(1), configuration, isCausal: isCausal)
    pass.angles["full_attention"] = rotary.angles(pass)
    pass.angles["sliding_attention"] = windowRotary.angles(pass)
    return pass.run(x, layers, norm)
  }

  public func finished(_ logits: Tensor) -> Tensor { logits.capped(logitCap) }
  public var finishesScores: Bool { logitCap != nil }
}
