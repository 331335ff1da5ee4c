import ApusCore
import ApusFunctional
import ApusNN

// DINOv2: vision transformers that learned without labels, for pictures of any size (Oquab et al., "DINOv2: Learning robust visual
// features without supervision", 2024), and those with registers (Darcet et al., "Vision transformers need registers", 2024).

/// What a DINOv2 is made of.
struct DINOv2Configuration: Sendable {
  let hiddenSize, layers, heads, headSize, innerSize, channels, registers: Int
  let activation: Activation
  let hiddenDropout, attentionDropout, stochasticDepth, normEps, layerScale: Double
  let image, patch: PictureSize
  let qkvBias, isGated, hasMaskToken, normalisesMaps, reshapesMaps: Bool

  init(_ c: ModelConfiguration, hasRegisters: Bool) throws(TensorError) {
    hiddenSize = try c.width("hidden_size", default: 768)
    layers = try c.layers("num_hidden_layers", default: 12)
    heads = try c.width("num_attention_heads", default: 12)
    guard heads <= hiddenSize else {
      throw c.wrong("num_attention_heads", "at most hidden_size, which is \(hiddenSize)")
    }
    headSize = try c.width("head_dim", default: hiddenSize / heads)
    let ratio = try c.double("mlp_ratio", default: 4)
    guard ratio > 0, ratio <= 64 else { throw c.wrong("mlp_ratio", "a number above 0 and up to 64") }
    let inner = Int(Double(hiddenSize) * ratio)
    isGated = try c.bool("use_swiglu_ffn", default: false)
    // A gated network has a third matrix, and two thirds of the features for it, rounded up to a multiple of 8.
    innerSize = isGated ? (Int(Double(inner) * 2 / 3) + 7) / 8 * 8 : inner
    guard innerSize > 0 else { throw c.wrong("mlp_ratio", "large enough for one feature") }
    activation = try c.activation("hidden_act", default: "gelu")
    hiddenDropout = try c.dropout("hidden_dropout_prob")
    attentionDropout = try c.dropout("attention_probs_dropout_prob")
    stochasticDepth = try c.dropout("drop_path_rate")
    normEps = try c.double("layer_norm_eps", default: 1e-6)
    layerScale = try c.double("layerscale_value", default: 1)
    image = try c.pictureSize("image_size", default: 224)
    patch = try c.pictureSize("patch_size", default: hasRegisters ? 16 : 14)
    channels = try c.width("num_channels", default: 3)
    qkvBias = try c.bool("qkv_bias", default: true)
    registers = hasRegisters ? try c.int("num_register_tokens", default: 4, in: 0...1024) : 0
    let usesMaskToken = try c.bool("use_mask_token", default: true)
    hasMaskToken = hasRegisters || usesMaskToken
    normalisesMaps = try c.bool("apply_layernorm", default: true)
    reshapesMaps = try c.bool("reshape_hidden_states", default: true)
    var weights = WeightCount(c)
    try weights.add(hiddenSize, channels, patch.count)
    try weights.add(hiddenSize, image.grid(of: patch).count + 1 + registers)
    try weights.add(hiddenSize + innerSize + heads * headSize, 10, layers)
  }
}

/// Patches as words after a special token and registers; where each is, for a grid of any size.
final class DINOv2Embeddings: Module {
  let state = ModuleState()
  let clsToken: Tensor
  let maskToken: Tensor?
  let registerTokens: Tensor?
  let projection: Conv2d
  let positionEmbeddings: Tensor
  static let stateNames = ["projection": "patch_embeddings.projection"]
  private let patch: PictureSize
  private let dropout: Dropout
  private let hasRegisters: Bool

  init(_ c: DINOv2Configuration, hasRegisters: Bool) {
    clsToken = parameter(Init.truncNormal(Tensor.zeros([1, 1, c.hiddenSize]), std: 0.02))
    maskToken = c.hasMaskToken ? parameter(Tensor.zeros([1, c.hiddenSize])) : nil
    registerTokens = hasRegisters ? parameter(Tensor.zeros([1, c.registers, c.hiddenSize])) : nil
    projection = Conv2d(
      inChannels: c.channels, outChannels: c.hiddenSize, kernelSize: c.patch.sizes, stride: c.patch.sizes)
    let count = c.image.grid(of: c.patch).count + 1
    positionEmbeddings = parameter(Init.truncNormal(Tensor.zeros([1, count, c.hiddenSize]), std: 0.02))
    (patch, self.hasRegisters) = (c.patch, hasRegisters)
    dropout = Dropout(p: c.hiddenDropout)
  }

  func callAsFunction(_ inputs: ModelInputs) -> Tensor {
    let pixels = inputs.pictures
    var x = sequence(of: projection(pixels))
    if let masked = inputs.maskedPatches, let maskToken { x = x.replaced(where: masked, by: maskToken) }
    x = cat([clsToken.expand(x.size(0), -1, -1), x], dim: 1) + positions(pixels.pictureSize, x.size(1) + 1)
    if let registerTokens {
      let registers = registerTokens.expand(x.size(0), -1, -1)
      x = cat([x.narrow(1, 0, 1), registers, x.narrow(1, 1, x.size(1) - 1)], dim: 1)
    }
    return dropout(x)
  }

  private func positions(_ size: PictureSize, _ count: Int) -> Tensor {
    if count == positionEmbeddings.size(1), size.height == size.width { return positionEmbeddings }
    // The models with registers are resized with windows that grow as the grid shrinks; the ones before them are not.
    return interpolatedPositions(positionEmbeddings, special: 1, to: size.grid(of: patch), antialias: hasRegisters)
  }
}

/// Two layers for each position, `fc2(act(fc1(x)))`.
final class PlainMLP: Layer {
  let state = ModuleState()
  let fc1, fc2: Projection
  private let activation: Activation

  init(_ features: Int, _ inner: Int, _ activation: Activation) {
    fc1 = Projection(features, inner, bias: true)
    fc2 = Projection(inner, features, bias: true)
    self.activation = activation
  }

  func forward(_ x: Tensor) -> Tensor { fc2(activation(fc1(x))) }
}

/// Two layers for each position, the first of which makes features and what opens and shuts them (Shazeer, 2020).
final class DINOv2GatedMLP: Layer {
  let state = ModuleState()
  /// Gates first, then features.
  let weightsIn, weightsOut: Projection

  init(_ c: DINOv2Configuration) {
    weightsIn = Projection(c.hiddenSize, 2 * c.innerSize, bias: true)
    weightsOut = Projection(c.innerSize, c.hiddenSize, bias: true)
  }

  func forward(_ x: Tensor) -> Tensor {
    let parts = weightsIn(x).parts(2, dim: -1)
    return weightsOut(parts[0].silu() * parts[1])
  }
}

/// Attention and a network for each position, whose results are scaled by learned factors before they are added.
final class DINOv2Layer: Module {
  let state = ModuleState()
  let norm1, norm2: LayerNorm
  let attention: ViTAttention
  let scale1, scale2: Tensor
  let mlp: any Layer
  static let stateNames = ["scale1": "layer_scale1.lambda1", "scale2": "layer_scale2.lambda1"]
  private let depthDropout: Double

  init(_ c: DINOv2Configuration) {
    norm1 = LayerNorm(c.hiddenSize, eps: c.normEps)
    norm2 = LayerNorm(c.hiddenSize, eps: c.normEps)
    attention = ViTAttention(
      c.hiddenSize, heads: c.heads, headSize: c.headSize, qkvBias: c.qkvBias, dropout: c.attentionDropout)
    scale1 = parameter(Tensor.full([c.hiddenSize], c.layerScale))
    scale2 = parameter(Tensor.full([c.hiddenSize], c.layerScale))
    mlp = c.isGated ? DINOv2GatedMLP(c) : PlainMLP(c.hiddenSize, c.innerSize, c.activation)
    depthDropout = c.stochasticDepth
  }

  func callAsFunction(_ x: Tensor, _ notes: inout ForwardNotes) -> Tensor {
    let x = kept(attention(norm1(x), &notes) * scale1) + x
    return kept(mlp(norm2(x)) * scale2) + x
  }

  private func kept(_ x: Tensor) -> Tensor { stochasticDepth(x, depthDropout, isTraining: isTraining) }
}

/// The transformer itself.
final class DINOv2Body: Module {
  let state = ModuleState()
  let embeddings: DINOv2Embeddings
  let layers: [DINOv2Layer]
  let layernorm: LayerNorm
  static let stateNames = ["layers": "encoder.layer"]

  init(_ c: DINOv2Configuration, hasRegisters: Bool) {
    embeddings = DINOv2Embeddings(c, hasRegisters: hasRegisters)
    layers = (0..<c.layers).map { _ in DINOv2Layer(c) }
    layernorm = LayerNorm(c.hiddenSize, eps: c.normEps)
  }

  func callAsFunction(_ inputs: ModelInputs) -> ModelOutput {
    var notes = ForwardNotes(inputs)
    var x = embeddings(inputs)
    notes.add(state: x)
    for layer in layers {
      x = layer(x, &notes)
      notes.add(state: x)
    }
    x = layernorm(x)
    var output = ModelOutput()
    output.lastHiddenState = x
    output.poolerOutput = x.select(1, 0)
    notes.write(to: &output)
    return output
  }
}

/// DINOv2 without a head, `Dinov2Model`: pictures `[N, C, H, W]` to states of the first token and of each patch.
public final class Dinov2Model: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: DINOv2Body
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "dinov2"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = DINOv2Body(try DINOv2Configuration(configuration, hasRegisters: false), hasRegisters: false)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// DINOv2 with a classifier on the first token and the mean of the patches, `Dinov2ForImageClassification`.
public final class Dinov2ForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let dinov2: DINOv2Body
  let classifier: Projection?
  public static let baseModelPrefix = "dinov2"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try DINOv2Configuration(configuration, hasRegisters: false)
    self.configuration = configuration
    dinov2 = DINOv2Body(c, hasRegisters: false)
    classifier = try configuration.classifier(2 * c.hiddenSize)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = dinov2(inputs)
    output.classify(tokenAndMean(output.states, registers: 0), by: classifier, inputs, configuration)
    return output
  }
}

/// DINOv2 with registers and without a head, `Dinov2WithRegistersModel`.
public final class Dinov2WithRegistersModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: DINOv2Body
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "dinov2_with_registers"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = DINOv2Body(try DINOv2Configuration(configuration, hasRegisters: true), hasRegisters: true)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// DINOv2 with registers and a classifier, `Dinov2WithRegistersForImageClassification`.
public final class Dinov2WithRegistersForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let dinov2WithRegisters: DINOv2Body
  let classifier: Projection?
  private let registers: Int
  public static let baseModelPrefix = "dinov2_with_registers"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try DINOv2Configuration(configuration, hasRegisters: true)
    self.configuration = configuration
    dinov2WithRegisters = DINOv2Body(c, hasRegisters: true)
    classifier = try configuration.classifier(2 * c.hiddenSize)
    registers = c.registers
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = dinov2WithRegisters(inputs)
    output.classify(tokenAndMean(output.states, registers: registers), by: classifier, inputs, configuration)
    return output
  }
}

/// The state of the first token, and the mean of those of the patches.
private func tokenAndMean(_ states: Tensor, registers: Int) -> Tensor {
  let first = 1 + registers
  return cat([states.select(1, 0), states.narrow(1, first, states.size(1) - first).mean(1)], dim: 1)
}
