import ApusCore
import ApusFunctional
import ApusNN

// CLIP's towers together, each alone, and with a classifier.

/// Both towers of CLIP, `CLIPModel`: texts and pictures to how well each fits each.
///
/// It gives `logits_per_image`, `logits_per_text`, `text_embeds`, `image_embeds` and, under `text_model_output` and
/// `vision_model_output`, what each tower gives; with `returnLoss` the contrastive loss.
public final class CLIPModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let textModel: CLIPTextBody
  let visionModel: CLIPVisionBody
  let visualProjection, textProjection: Projection
  let logitScale: Tensor

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    textModel = try CLIPTextBody(configuration.tower("text_config", of: "clip"))
    visionModel = try CLIPVisionBody(configuration.tower("vision_config", of: "clip"))
    let width = try configuration.width("projection_dim", default: 512)
    visualProjection = Projection(visionModel.width, width)
    textProjection = Projection(textModel.width, width)
    let scale = try configuration.double("logit_scale_init_value", default: 2.6592)
    logitScale = parameter(Tensor.full([], scale))
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    let (texts, pictures) = (textModel(inputs), visionModel(inputs))
    let textVectors = textProjection(texts.pooled)
    let pictureVectors = visualProjection(pictures.pooled)
    var output = ModelOutput(texts: texts, pooled: textVectors, pictures: pictures, pooled: pictureVectors)
    let fits = output.compare(textVectors, pictureVectors) { $0 * self.logitScale.exp() }
    if inputs.returnLoss {
      let own = arange(fits.size(0))
      output.loss = (crossEntropy(fits, own) + crossEntropy(fits.t(), own)) / 2
    }
    return output
  }

  /// The vectors of texts, `[batch, projection]`, not normalised.
  public func textFeatures(_ inputs: ModelInputs) -> Tensor { textProjection(textModel(inputs).pooled) }

  /// The vectors of pictures, `[N, projection]`, not normalised.
  public func imageFeatures(_ inputs: ModelInputs) -> Tensor { visualProjection(visionModel(inputs).pooled) }
}

extension ModelOutput {
  /// The vector of each row, which every tower gives.
  var pooled: Tensor { poolerOutput ?? fail(TensorError(.state, "forward", "the tower gave no vector of the whole")) }

  /// What both towers gave, with their projected vectors.
  init(texts: ModelOutput, pooled textVectors: Tensor, pictures: ModelOutput, pooled pictureVectors: Tensor) {
    self.init()
    for (name, tower, vectors) in [("text", texts, textVectors), ("vision", pictures, pictureVectors)] {
      let prefix = "\(name)_model_output"
      others["\(prefix).last_hidden_state"] = tower.lastHiddenState
      others["\(prefix).pooler_output"] = vectors
      for (i, states) in (tower.hiddenStates ?? []).enumerated() { others["\(prefix).hidden_states.\(i)"] = states }
      for (i, weights) in (tower.attentions ?? []).enumerated() { others["\(prefix).attentions.\(i)"] = weights }
    }
  }

  /// Puts normalised vectors and their products into the output; gives how well each text fits each picture.
  mutating func compare(_ texts: Tensor, _ pictures: Tensor, _ scale: (Tensor) -> Tensor) -> Tensor {
    let text = texts / texts.square().sum(-1, keepDim: true).sqrt()
    let picture = pictures / pictures.square().sum(-1, keepDim: true).sqrt()
    let fits = scale(matmul(text, picture.t()))
    others["text_embeds"] = text
    others["image_embeds"] = picture
    others["logits_per_text"] = fits
    others["logits_per_image"] = fits.t()
    return fits
  }
}

/// Names in files of both towers, for a model of one.
enum CLIPNames {
  /// Numbers of positions are counted, not stored, whatever older files do.
  static func present(_ name: String) -> String? { name.hasSuffix(".position_ids") ? nil : name }

  /// The name in a model of one tower alone, whose names have no prefix.
  static func present(_ name: String, tower: String) -> String? {
    present(name.hasPrefix(tower) ? String(name.dropFirst(tower.count)) : name)
  }
}

/// CLIP's tower of texts, `CLIPTextModel`.
public final class CLIPTextModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: CLIPTextBody
  public static let stateNames = ["body": ""]

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = try CLIPTextBody(configuration.tower("text_config", of: "clip"))
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name, tower: "text_model.") }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// CLIP's tower of pictures, `CLIPVisionModel`.
public final class CLIPVisionModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: CLIPVisionBody
  public static let stateNames = ["body": ""]

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = try CLIPVisionBody(configuration.tower("vision_config", of: "clip"))
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name, tower: "vision_model.") }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// CLIP's tower of texts with the vectors that are compared, `text_embeds`: `CLIPTextModelWithProjection`.
public final class CLIPTextModelWithProjection: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let textModel: CLIPTextBody
  let textProjection: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let tower = try configuration.tower("text_config", of: "clip")
    textModel = try CLIPTextBody(tower)
    textProjection = Projection(textModel.width, try tower.width("projection_dim", default: 512))
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = textModel(inputs)
    output.others["text_embeds"] = textProjection(output.pooled)
    return output
  }
}

/// CLIP's tower of pictures with the vectors that are compared, `image_embeds`: `CLIPVisionModelWithProjection`.
public final class CLIPVisionModelWithProjection: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let visionModel: CLIPVisionBody
  let visualProjection: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let tower = try configuration.tower("vision_config", of: "clip")
    visionModel = try CLIPVisionBody(tower)
    visualProjection = Projection(visionModel.width, try tower.width("projection_dim", default: 512))
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = visionModel(inputs)
    output.others["image_embeds"] = visualProjection(output.pooled)
    return output
  }
}

/// CLIP's tower of pictures with a classifier on the mean of its patches, `CLIPForImageClassification`.
public final class CLIPForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let visionModel: CLIPVisionBody
  let classifier: Projection?

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    visionModel = try CLIPVisionBody(configuration.tower("vision_config", of: "clip"))
    classifier = try configuration.classifier(visionModel.width)
  }

  public static func presentName(_ name: String) -> String? { CLIPNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = visionModel(inputs)
    let patches = output.states.narrow(1, 1, output.states.size(1) - 1)
    output.classify(patches.mean(1), by: classifier, inputs, configuration)
    return output
  }
}
