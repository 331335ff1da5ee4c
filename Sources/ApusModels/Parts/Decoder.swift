import ApusCore
import ApusFunctional
import ApusNN

/// A decoder without a head: tokens to the states after its last layer.
public protocol DecoderModel: PretrainedModel {
  /// The table of tokens, which a head may share.
  var tokens: TokenEmbedding { get }
  /// What its classes' names begin with: `Llama`.
  static var family: String { get }
  /// The name of the class with a language head.
  static var causalName: String { get }
  /// What a model with a head calls this one.
  static var baseName: String { get }
  /// What a model with a head for questions calls this one.
  static var questionBaseName: String { get }
  /// The name of the language head.
  static var languageHeadName: String { get }
  /// The name of the head that gives tokens labels.
  static var tokenHeadName: String { get }
  /// Whether the language head is the table of tokens where the configuration does not say.
  static var sharesTokens: Bool { get }
  /// The number of the padding token where the configuration does not say.
  static var defaultPaddingToken: Int? { get }
  /// Whether mixtures of experts are among its layers: how many experts, and how many of them a token goes to.
  var experts: (count: Int, chosen: Int)? { get }
  /// What is done to the language head's scores.
  func finished(_ logits: Tensor) -> Tensor
  /// Whether ``finished(_:)`` changes them.
  var finishesScores: Bool { get }
}

extension DecoderModel {
  public static var causalName: String { "\(family)ForCausalLM" }
  public static var baseName: String { "model" }
  public static var questionBaseName: String { baseName }
  public static var languageHeadName: String { "lm_head" }
  public static var tokenHeadName: String { "score" }
  public static var sharesTokens: Bool { false }
  public static var defaultPaddingToken: Int? { nil }
  public static var baseModelPrefix: String { baseName }
  public static var typeName: String { "\(family)Model" }
  public var experts: (count: Int, chosen: Int)? { nil }
  public func finished(_ logits: Tensor) -> Tensor { logits }
  public var finishesScores: Bool { false }
  public func makeCache(capacity: Int?) -> (any ModelCache)? { KeyValueCache(capacity: capacity) }

  /// Frequencies of rotary embeddings that old files carry along are computed here.
  public static func presentName(_ name: String) -> String? { name.hasSuffix("rotary_emb.inv_freq") ? nil : name }
}

/// A layer of a decoder.
protocol DecoderLayer: Module {
  /// `x` `[batch, length, features]` to the same shape.
  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor
}

/// What the layers of a decoder share in one call, and what they leave for the output.
final class DecoderPass {
  let inputs: ModelInputs
  let cache: (any AttentionCache)?
  /// The position of each token, `[batch or 1, length]`.
  let positions: Tensor
  /// Angles of rotary embeddings, by the kind of layer.
  var angles: [String: RotaryEmbedding.Angles] = [:]
  private let masks: CausalMasks
  private var known: [Int?: AttentionMask] = [:]
  private(set) var hiddenStates: [Tensor] = []
  private var attentions: [Tensor] = []
  private var routerLogits: [Tensor] = []

  /// - Parameter length: the number of tokens of this call.
  init(_ inputs: ModelInputs, length: Int, _ configuration: ModelConfiguration, isCausal: Bool = true) {
    self.inputs = inputs
    cache = inputs.cache as? any AttentionCache
    if inputs.cache != nil, cache == nil {
      report(
        TensorError(.value, "cache", "this model keeps keys and values: make the cache with its makeCache"))
    }
    let seen = cache?.length ?? 0
    let counted = (inputs.cache as? FixedCache)?.positions(length) ?? (arange(length) + seen).unsqueeze(0)
    positions = inputs.positionIds ?? counted
    // A model that makes a cache for itself takes all tokens for one text.
    let separates = inputs.separatesTexts ?? (configuration["use_cache"]?.bool == false)
    masks = CausalMasks(inputs, length: length, isCausal: isCausal, separatesTexts: separates)
  }

  /// The mask of layers with a window, or without, made once.
  func mask(window: Int?) -> AttentionMask {
    if let found = known[window] { return found }
    let made = masks.mask(window: window)
    known[window] = made
    return made
  }

  /// Runs `layers` and `norm`, and collects what the output is to have.
  func run(_ x: Tensor, _ layers: [some DecoderLayer], _ norm: some Layer) -> ModelOutput {
    var x = x
    for (i, layer) in layers.enumerated() {
      if inputs.outputHiddenStates { hiddenStates.append(x) }
      if let recomputes = inputs.recomputesLayer, recomputes(i), cache == nil, !inputs.outputAttentions {
        x = checkpoint({ x in callModule(layer, x) { layer.forward($0, self) } }, x)
      } else {
        x = callModule(layer, x) { layer.forward($0, self) }
      }
    }
    x = norm(x)
    if inputs.outputHiddenStates { hiddenStates.append(x) }
    var output = ModelOutput()
    output.lastHiddenState = x
    if inputs.outputHiddenStates { output.hiddenStates = hiddenStates }
    if inputs.outputAttentions { output.attentions = attentions }
    if !routerLogits.isEmpty { output.routerLogits = routerLogits }
    return output
  }

  /// Keeps the weights of a layer's attention.
  func keep(attention weights: Tensor?) {
    if let weights { attentions.append(weights) }
  }

  /// Keeps what a router said.
  func keep(router logits: Tensor) { routerLogits.append(logits) }
}

extension ModelInputs {
  /// The number of tokens of each text. Of `embedded` a process may have some positions alone.
  func length(of embedded: Tensor) -> Int {
    if inputsEmbeds == nil, let ids = inputIds, ids.rank == 2 { return ids.size(1) }
    return embedded.size(1)
  }
}

extension DecoderModel {
  /// The embedded tokens of a call, `[batch, length, features]`.
  func embedded(_ inputs: ModelInputs) -> Tensor {
    if let given = inputs.inputsEmbeds { return given }
    guard let ids = inputs.inputIds else {
      return fail(TensorError(.value, Self.typeName, "needs inputIds [batch, length] or inputsEmbeds"))
    }
    guard ids.rank == 2 || ids.hasFailed else {
      return fail(TensorError(.shape, Self.typeName, "needs inputIds [batch, length], and found \(ids.shape)"))
    }
    return tokens(ids)
  }
}

/// A decoder whose layers all turn queries and keys by the same rotary embedding.
protocol RotaryDecoder: LayeredDecoder {
  var embedTokens: TokenEmbedding { get }
  var rotary: RotaryEmbedding { get }
}

extension RotaryDecoder {
  public var tokens: TokenEmbedding { embedTokens }
  var angles: [String: RotaryEmbedding] { ["full_attention": rotary] }
}

/// The sizes that nearly all decoders have.
struct DecoderSizes {
  let vocabulary: Int
  let hidden: Int
  let inner: Int
  let layers: Int
  let heads: Int
  /// Heads of keys and values.
  let sharedHeads: Int
  let headSize: Int
  let eps: Double
  let dropout: Double

  /// - Parameters:
  ///   - sharedHeads: heads of keys and values where the file does not say; nil: as many as of queries.
  ///   - headSize: features of a head where the file does not say; nil: hidden features by heads.
  init(
    _ configuration: ModelConfiguration, sharedHeads: Int? = nil, headSize: Int? = nil, eps: Double = 1e-6
  ) throws(TensorError) {
    vocabulary = try configuration.size("vocab_size")
    hidden = try configuration.size("hidden_size")
    inner = try configuration.size("intermediate_size")
    layers = try configuration.layers("num_hidden_layers")
    heads = try configuration.size("num_attention_heads")
    self.sharedHeads = try configuration.nullableInt("num_key_value_heads", default: sharedHeads) ?? heads
    self.headSize = try configuration.nullableInt("head_dim", default: headSize) ?? hidden / heads
    self.eps = try configuration.double("rms_norm_eps", "layer_norm_eps", default: eps)
    dropout = try configuration.probability("attention_dropout", default: 0)
    guard heads % self.sharedHeads == 0 else {
      throw configuration.wrong("num_key_value_heads", "a divisor of num_attention_heads (\(heads))")
    }
    guard self.headSize > 0 else { throw configuration.wrong("head_dim", "at least 1") }
  }
}

extension ModelConfiguration {
  /// The window of each layer, nil where there is none: of `layer_types`, or by `isWindowed` where the file has none.
  func windows(
    _ layers: Int, window: Int?, isWindowed: (Int) throws(TensorError) -> Bool
  ) throws(TensorError) -> [Int?] {
    let types = try strings("layer_types")
    if let types, types.count < layers { throw wrong("layer_types", "a list of \(layers) kinds of layers") }
    var windows: [Int?] = []
    for i in 0..<layers {
      let isSliding: Bool
      switch types?[i] {
      case nil: isSliding = try isWindowed(i)
      case "sliding_attention"?: isSliding = true
      case "full_attention"?: isSliding = false
      default: throw unsupported("layer_types", "a list of full_attention and sliding_attention")
      }
      if isSliding, window == nil { throw wrong("sliding_window", "a whole number, as layers have a window") }
      windows.append(isSliding ? window : nil)
    }
    return windows
  }
}
