import ApusCore
import ApusFunctional
import ApusNN

// The vision transformer: a picture is cut into patches, which a transformer reads as words (Dosovitskiy et al., "An image is worth
// 16x16 words", 2021).

/// What a vision transformer is made of.
struct ViTConfiguration: Sendable {
  let hiddenSize, layers, heads, headSize, intermediateSize, channels, encoderStride, poolerSize: Int
  let activation, poolerActivation: Activation
  let hiddenDropout, attentionDropout, normEps: Double
  let image, patch: PictureSize
  let qkvBias: Bool

  init(_ c: ModelConfiguration) throws(TensorError) {
    hiddenSize = try c.width("hidden_size", default: 768)
    layers = try c.layers("num_hidden_layers", default: 12)
    heads = try c.width("num_attention_heads", default: 12)
    guard heads <= hiddenSize else {
      throw c.wrong("num_attention_heads", "at most hidden_size, which is \(hiddenSize)")
    }
    headSize = try c.width("head_dim", default: hiddenSize / heads)
    intermediateSize = try c.width("intermediate_size", default: 3072)
    activation = try c.activation("hidden_act", default: "gelu")
    hiddenDropout = try c.dropout("hidden_dropout_prob")
    attentionDropout = try c.dropout("attention_probs_dropout_prob")
    normEps = try c.double("layer_norm_eps", default: 1e-12)
    image = try c.pictureSize("image_size", default: 224)
    patch = try c.pictureSize("patch_size", default: 16)
    channels = try c.width("num_channels", default: 3)
    qkvBias = try c.bool("qkv_bias", default: true)
    encoderStride = try c.width("encoder_stride", default: 16)
    let pooler = try c.int("pooler_output_size", default: 0, in: 0...ModelConfiguration.widest)
    poolerSize = pooler == 0 ? hiddenSize : pooler
    poolerActivation = try c.activation("pooler_act", default: "tanh")
    var weights = WeightCount(c)
    try weights.add(hiddenSize, channels, patch.count)
    try weights.add(hiddenSize, encoderStride * encoderStride, channels)
    try weights.add(hiddenSize, image.grid(of: patch).count + 2)
    try weights.add(hiddenSize + intermediateSize + heads * headSize, 8, layers)
  }
}

/// Patches as words, special tokens before them, and where each is.
final class ViTEmbeddings: Module {
  let state = ModuleState()
  let clsToken: Tensor
  /// In place of what a picture shows, for masked modelling.
  let maskToken: Tensor?
  /// DeiT's second token.
  let distillationToken: Tensor?
  let projection: Conv2d
  let positionEmbeddings: Tensor
  static let stateNames = ["projection": "patch_embeddings.projection"]
  private let image, patch: PictureSize
  private let dropout: Dropout
  private let special: Int

  init(_ c: ViTConfiguration, hasMaskToken: Bool = false, isDistilled: Bool = false) {
    func token() -> Tensor { parameter(Init.truncNormal(Tensor.zeros([1, 1, c.hiddenSize]), std: 0.02)) }
    special = isDistilled ? 2 : 1
    clsToken = token()
    maskToken = hasMaskToken ? parameter(Tensor.zeros([1, 1, c.hiddenSize])) : nil
    distillationToken = isDistilled ? token() : nil
    projection = Conv2d(
      inChannels: c.channels, outChannels: c.hiddenSize, kernelSize: c.patch.sizes, stride: c.patch.sizes)
    let count = c.image.grid(of: c.patch).count + special
    positionEmbeddings = parameter(Init.truncNormal(Tensor.zeros([1, count, c.hiddenSize]), std: 0.02))
    (image, patch) = (c.image, c.patch)
    dropout = Dropout(p: c.hiddenDropout)
  }

  func callAsFunction(_ inputs: ModelInputs) -> Tensor {
    let pixels = inputs.pictures
    var x = sequence(of: projection(pixels))
    if let masked = inputs.maskedPatches, let maskToken { x = x.replaced(where: masked, by: maskToken) }
    let tokens = [clsToken, distillationToken].compactMap { $0?.expand(x.size(0), -1, -1) }
    x = cat(tokens + [x], dim: 1)
    return dropout(x + positions(pixels.pictureSize, x.size(1), isInterpolated: inputs.interpolatePosEncoding))
  }

  private func positions(_ size: PictureSize, _ count: Int, isInterpolated: Bool) -> Tensor {
    if !isInterpolated {
      if size == image { return positionEmbeddings }
      return fail(
        TensorError(
          .shape, "ViT",
          "the pictures are \(size.sizes) and the model takes \(image.sizes); interpolatePosEncoding lets it take others"
        ))
    }
    if count == positionEmbeddings.size(1), size.height == size.width { return positionEmbeddings }
    return interpolatedPositions(positionEmbeddings, special: special, to: size.grid(of: patch))
  }
}

/// Attention of all positions to all.
final class ViTAttention: Module {
  let state = ModuleState()
  let query, key, value, output: Projection
  static let stateNames = [
    "query": "attention.query", "key": "attention.key", "value": "attention.value", "output": "output.dense",
  ]
  /// The features of a head.
  private let width: Int
  private let dropout: Double

  init(_ features: Int, heads: Int, headSize: Int, qkvBias: Bool, dropout: Double) {
    let inner = heads * headSize
    query = Projection(features, inner, bias: qkvBias)
    key = Projection(features, inner, bias: qkvBias)
    value = Projection(features, inner, bias: qkvBias)
    output = Projection(inner, features, bias: true)
    (width, self.dropout) = (headSize, dropout)
  }

  func callAsFunction(_ x: Tensor, _ notes: inout ForwardNotes) -> Tensor {
    let query = query(x)
    // As many heads as there are: a process may hold some alone.
    return output(
      attend(
        query, key(x), value(x), heads: query.size(-1) / max(1, width), dropout: isTraining ? dropout : 0,
        notes: &notes))
  }
}

/// Attention and a network for each position, each on normalised states and added to them.
final class ViTLayer: Module {
  let state = ModuleState()
  let attention: ViTAttention
  let intermediate, output: Projection
  let layernormBefore, layernormAfter: LayerNorm
  static let stateNames = ["intermediate": "intermediate.dense", "output": "output.dense"]
  private let activation: Activation
  private let dropout: Dropout

  init(_ c: ViTConfiguration) {
    attention = ViTAttention(
      c.hiddenSize, heads: c.heads, headSize: c.headSize, qkvBias: c.qkvBias, dropout: c.attentionDropout)
    intermediate = Projection(c.hiddenSize, c.intermediateSize, bias: true)
    output = Projection(c.intermediateSize, c.hiddenSize, bias: true)
    layernormBefore = LayerNorm(c.hiddenSize, eps: c.normEps)
    layernormAfter = LayerNorm(c.hiddenSize, eps: c.normEps)
    activation = c.activation
    dropout = Dropout(p: c.hiddenDropout)
  }

  func callAsFunction(_ x: Tensor, _ notes: inout ForwardNotes) -> Tensor {
    let x = dropout(attention(layernormBefore(x), &notes)) + x
    return dropout(output(activation(intermediate(layernormAfter(x))))) + x
  }
}

/// One vector for the picture: a layer on the first token.
final class ViTPooler: Module {
  let state = ModuleState()
  let dense: Projection
  private let activation: Activation

  init(_ c: ViTConfiguration) {
    dense = Projection(c.hiddenSize, c.poolerSize, bias: true)
    activation = c.poolerActivation
  }

  func callAsFunction(_ x: Tensor) -> Tensor { activation(dense(x.select(1, 0))) }
}

/// The transformer itself, of ViT and of DeiT.
final class ViTBody: Module {
  let state = ModuleState()
  let embeddings: ViTEmbeddings
  let layers: [ViTLayer]
  let layernorm: LayerNorm
  let pooler: ViTPooler?
  static let stateNames = ["layers": "encoder.layer"]

  init(_ c: ViTConfiguration, hasPooler: Bool = false, hasMaskToken: Bool = false, isDistilled: Bool = false) {
    embeddings = ViTEmbeddings(c, hasMaskToken: hasMaskToken, isDistilled: isDistilled)
    layers = (0..<c.layers).map { _ in ViTLayer(c) }
    layernorm = LayerNorm(c.hiddenSize, eps: c.normEps)
    pooler = hasPooler ? ViTPooler(c) : nil
  }

  func callAsFunction(_ inputs: ModelInputs) -> ModelOutput {
    var notes = ForwardNotes(inputs)
    var x = embeddings(inputs)
    notes.add(state: x)
    for layer in layers {
      x = callModule(layer, x) { layer($0, &notes) }
      notes.add(state: x)
    }
    x = layernorm(x)
    var output = ModelOutput()
    output.lastHiddenState = x
    output.poolerOutput = pooler?(x)
    notes.write(to: &output)
    return output
  }
}

/// ViT without a head, `ViTModel`: pictures `[N, C, H, W]` to states of the first token and of each patch.
public final class ViTModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: ViTBody
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "vit"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = ViTBody(try ViTConfiguration(configuration), hasPooler: true)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// ViT with a classifier on its first token, `ViTForImageClassification`.
public final class ViTForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let vit: ViTBody
  let classifier: Projection?
  public static let baseModelPrefix = "vit"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try ViTConfiguration(configuration)
    self.configuration = configuration
    vit = ViTBody(c)
    classifier = try configuration.classifier(c.hiddenSize)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = vit(inputs)
    output.classify(output.states.select(1, 0), by: classifier, inputs, configuration)
    return output
  }
}

/// ViT that paints what is under a mask, `ViTForMaskedImageModeling` (Xie et al., SimMIM, 2022).
public final class ViTForMaskedImageModeling: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let vit: ViTBody
  let decoder: PicturePainter
  public static let baseModelPrefix = "vit"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try ViTConfiguration(configuration)
    self.configuration = configuration
    vit = ViTBody(c, hasMaskToken: true)
    decoder = PicturePainter(features: c.hiddenSize, stride: c.encoderStride, channels: c.channels)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = vit(inputs)
    decoder.paint(output.states, special: 1, inputs, to: &output)
    return output
  }
}
