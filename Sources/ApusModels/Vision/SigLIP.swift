import ApusCore
import ApusFunctional
import ApusNN

// SigLIP: CLIP's two towers, trained to tell for each pair of text and picture alone whether they belong together (Zhai et al.,
// "Sigmoid loss for language image pre-training", 2023).

/// The tower of texts: every token sees all; its vector is a layer on the last token's state, which may be padding.
final class SiglipTextBody: Module {
  let state = ModuleState()
  let embeddings: CLIPTextEmbeddings
  let encoder: CLIPEncoder
  let finalLayerNorm: LayerNorm
  let head: Projection

  init(_ c: ModelConfiguration) throws(TensorError) {
    let tower = try TowerConfiguration.siglip(c)
    embeddings = try CLIPTextEmbeddings(c, hiddenSize: tower.hiddenSize, vocabulary: 32000, positions: 64)
    encoder = CLIPEncoder(tower)
    finalLayerNorm = LayerNorm(tower.hiddenSize, eps: tower.normEps)
    head = Projection(tower.hiddenSize, try c.width("projection_size", default: tower.hiddenSize), bias: true)
  }

  func callAsFunction(_ inputs: ModelInputs) -> ModelOutput {
    var notes = ForwardNotes(inputs)
    let states = finalLayerNorm(encoder(embeddings(inputs), .padding(inputs.attentionMask), &notes))
    var output = ModelOutput()
    output.lastHiddenState = states
    output.poolerOutput = head(states.select(1, -1))
    notes.write(to: &output)
    return output
  }
}

extension TowerConfiguration {
  /// Of SigLIP, whose towers have one size unless the configuration says otherwise.
  static func siglip(_ c: ModelConfiguration) throws(TensorError) -> TowerConfiguration {
    try TowerConfiguration(
      c, hiddenSize: 768, heads: 12, intermediateSize: 3072, activation: "gelu_pytorch_tanh", normEps: 1e-6)
  }
}

/// One vector for the picture: a learned query looks at all patches.
final class SiglipPoolingHead: Module {
  let state = ModuleState()
  let probe: Tensor
  /// Of queries, keys and values, `[3 * features, features]`.
  let inProjWeight, inProjBias: Tensor
  let outProj: Projection
  let layernorm: LayerNorm
  let mlp: PlainMLP
  static let stateNames = [
    "inProjWeight": "attention.in_proj_weight", "inProjBias": "attention.in_proj_bias", "outProj": "attention.out_proj",
  ]
  private let heads: Int

  init(_ c: TowerConfiguration) {
    let width = c.hiddenSize
    probe = parameter(Init.normal(Tensor.zeros([1, 1, width]), std: 0.02))
    inProjWeight = parameter(Init.xavierUniform(Tensor.zeros([3 * width, width])))
    inProjBias = parameter(Tensor.zeros([3 * width]))
    outProj = Projection(width, width, bias: true)
    layernorm = LayerNorm(width, eps: c.normEps)
    mlp = PlainMLP(width, c.intermediateSize, c.activation)
    heads = c.heads
  }

  func callAsFunction(_ states: Tensor) -> Tensor {
    let width = states.size(2)
    let (weight, bias): (Tensor, Tensor) = (inProjWeight, inProjBias)
    let query = linear(probe, weight.narrow(0, 0, width), bias.narrow(0, 0, width)).expand(states.size(0), 1, width)
    let both = linear(states, weight.narrow(0, width, 2 * width), bias.narrow(0, width, 2 * width)).parts(2, dim: -1)
    var notes = ForwardNotes()
    let x = outProj(attend(query, both[0], both[1], heads: heads, notes: &notes))
    return (x + mlp(layernorm(x))).select(1, 0)
  }
}

/// The tower of pictures: patches without a special token.
final class SiglipVisionBody: Module {
  let state = ModuleState()
  let patchEmbedding: Conv2d
  let positionEmbedding: TokenEmbedding
  let encoder: CLIPEncoder
  let postLayernorm: LayerNorm
  let head: SiglipPoolingHead?
  let width: Int
  static let stateNames = [
    "patchEmbedding": "embeddings.patch_embedding", "positionEmbedding": "embeddings.position_embedding",
  ]
  private let patch: PictureSize

  init(_ c: ModelConfiguration) throws(TensorError) {
    let tower = try TowerConfiguration.siglip(c)
    let image = try c.pictureSize("image_size", default: 224)
    patch = try c.pictureSize("patch_size", default: 16)
    width = tower.hiddenSize
    let channels = try c.width("num_channels", default: 3)
    var weights = WeightCount(c)
    try weights.add(width, channels, patch.count)
    try weights.add(width, 3 * width)
    patchEmbedding = Conv2d(
      inChannels: channels, outChannels: width, kernelSize: patch.sizes,
      stride: patch.sizes)
    positionEmbedding = TokenEmbedding(image.grid(of: patch).count, width)
    encoder = CLIPEncoder(tower)
    postLayernorm = LayerNorm(width, eps: tower.normEps)
    head = try c.bool("vision_use_head", default: true) ? SiglipPoolingHead(tower) : nil
  }

  func callAsFunction(_ inputs: ModelInputs) -> ModelOutput {
    var notes = ForwardNotes(inputs)
    let pixels = inputs.pictures
    let patches = sequence(of: patchEmbedding(pixels))
    let x = patches + positions(of: pixels.pictureSize, patches.size(1), inputs.interpolatePosEncoding)
    let states = postLayernorm(encoder(x, AttentionMask(), &notes))
    var output = ModelOutput()
    output.lastHiddenState = states
    output.poolerOutput = head?(states)
    notes.write(to: &output)
    return output
  }

  private func positions(of size: PictureSize, _ count: Int, _ isInterpolated: Bool) -> Tensor {
    let learned = positionEmbedding(arange(positionEmbedding.count)).unsqueeze(0)
    if !isInterpolated || (count == learned.size(1) && size.height == size.width) { return learned }
    return interpolatedPositions(learned, special: 0, to: size.grid(of: patch))
  }
}

/// Both towers of SigLIP, `SiglipModel`; it gives what ``CLIPModel`` gives.
public final class SiglipModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let textModel: SiglipTextBody
  let visionModel: SiglipVisionBody
  let logitScale, logitBias: Tensor

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    textModel = try SiglipTextBody(configuration.tower("text_config", of: "siglip"))
    visionModel = try SiglipVisionBody(configuration.tower("vision_config", of: "siglip"))
    logitScale = parameter(Tensor.zeros([1]))
    logitBias = parameter(Tensor.zeros([1]))
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    let (texts, pictures) = (textModel(inputs), visionModel(inputs))
    var output = ModelOutput(texts: texts, pooled: texts.pooled, pictures: pictures, pooled: pictures.pooled)
    let fits = output.compare(texts.pooled, pictures.pooled) { $0 * self.logitScale.exp() + self.logitBias }
    if inputs.returnLoss {
      let signs = eye(fits.size(0), dtype: fits.dtype) * 2 - 1
      output.loss = -(signs * fits).logSigmoid().sum(-1).mean()
    }
    return output
  }
}

/// SigLIP's tower of texts, `SiglipTextModel`.
public final class SiglipTextModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: SiglipTextBody
  public static let stateNames = ["body": ""]

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = try SiglipTextBody(configuration.tower("text_config", of: "siglip"))
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name, tower: "text_model.") }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// SigLIP's tower of pictures, `SiglipVisionModel`.
public final class SiglipVisionModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: SiglipVisionBody
  public static let stateNames = ["body": ""]

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = try SiglipVisionBody(configuration.tower("vision_config", of: "siglip"))
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name, tower: "vision_model.") }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// SigLIP's tower of pictures with a classifier on the mean of its patches, `SiglipForImageClassification`.
public final class SiglipForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let visionModel: SiglipVisionBody
  let classifier: Projection?

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    visionModel = try SiglipVisionBody(configuration.tower("vision_config", of: "siglip"))
    classifier = try configuration.classifier(visionModel.width)
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = visionModel(inputs)
    output.classify(output.states.mean(1), by: classifier, inputs, configuration)
    return output
  }
}
