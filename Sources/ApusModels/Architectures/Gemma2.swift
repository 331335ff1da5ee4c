import ApusCore
import ApusNN

/// A layer of Gemma 2 and 3: what goes into a part and what comes out of it is normalised.
final class GemmaLayer: DecoderLayer {
  let state = ModuleState()
  let selfAttn: DecoderAttention
  let mlp: GatedMLP
  let inputLayernorm: RootMeanSquareNorm
  let postAttentionLayernorm: RootMeanSquareNorm
  let preFeedforwardLayernorm: RootMeanSquareNorm
  let postFeedforwardLayernorm: RootMeanSquareNorm

  init(_ attention: AttentionOptions, layer: Int, eps: Double, mlp: GatedMLP) {
    func norm() -> RootMeanSquareNorm { RootMeanSquareNorm(attention.hidden, eps: eps, offset: 1) }
    selfAttn = DecoderAttention(attention, layer: layer)
    self.mlp = mlp
    (inputLayernorm, postAttentionLayernorm) = (norm(), norm())
    (preFeedforwardLayernorm, postFeedforwardLayernorm) = (norm(), norm())
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let x = x + postAttentionLayernorm(selfAttn.forward(inputLayernorm(x), pass))
    return x + postFeedforwardLayernorm(mlp(preFeedforwardLayernorm(x)))
  }
}

/// Gemma 2 (Gemma Team, 2024) without a head: every other layer has a window, scores are capped, and embeddings are scaled by the
/// root of their width.
public final class Gemma2Model: DecoderModel {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let layers: [GemmaLayer]
  let norm: RootMeanSquareNorm
  public let configuration: ModelConfiguration
  private let rotary: RotaryEmbedding
  private let scale: Double
  private let logitCap: Double?

  public static var family: String { "Gemma2" }
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
    attention.softCap = try configuration.nullableDouble("attn_logit_softcapping", default: 50)
    logitCap = try configuration.nullableDouble("final_logit_softcapping", default: 30)
    let windows = try configuration.windows(
      sizes.layers, window: try configuration.nullableInt("sliding_window", default: 4096)
    ) { $0 % 2 == 0 }
    embedTokens = TokenEmbedding(
      sizes.vocabulary, sizes.hidden, paddingIndex: try configuration.paddingToken(default: 0))
    layers = (0..<sizes.layers).map { i in
      attention.window = windows[i]
      return GemmaLayer(attention, layer: i, eps: sizes.eps, mlp: GatedMLP(sizes.hidden, sizes.inner, activation))
    }
    norm = RootMeanSquareNorm(sizes.hidden, eps: sizes.eps, offset: 1)
    rotary = try RotaryEmbedding(configuration, headSize: sizes.headSize)
    scale = Double(Float(Double(sizes.hidden).squareRoot()))
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var x = embedded(inputs)
    if x.hasFailed { return ModelOutput(lastHiddenState: x) }
    if inputs.inputsEmbeds == nil { x = x * scale }
    let pass = DecoderPass(inputs, length: x.size(1), configuration)
    pass.angles["full_attention"] = rotary.angles(pass)
    return pass.run(x, layers, norm)
  }

  public func finished(_ logits: Tensor) -> Tensor { logits.capped(logitCap) }
  public var finishesScores: Bool { logitCap != nil }
}

extension ModelConfiguration {
  /// What Gemma multiplies scores by.
  func gemmaScale() throws(TensorError) -> Double {
    let scalar = try double("query_pre_attn_scalar", default: 256)
    guard scalar > 0 else { throw wrong("query_pre_attn_scalar", "a number above 0") }
    return 1 / scalar.squareRoot()
  }
}

extension Tensor {
  /// `cap * tanh(x / cap)`; itself without a cap.
  func capped(_ cap: Double?) -> Tensor {
    guard let cap else { return self }
    return (self / cap).tanh() * cap
  }
}
