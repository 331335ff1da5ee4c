import ApusCore
import ApusNN

// DeiT: a vision transformer with a second token, which learned from a teacher (Touvron et al., "Training data-efficient image
// transformers & distillation through attention", 2021). All but that token is ViT.

/// DeiT without a head, `DeiTModel`.
public final class DeiTModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: ViTBody
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "deit"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = ViTBody(try ViTConfiguration(configuration), hasPooler: true, isDistilled: true)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// DeiT with a classifier on its first token, `DeiTForImageClassification`.
public final class DeiTForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let deit: ViTBody
  let classifier: Projection?
  public static let baseModelPrefix = "deit"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try ViTConfiguration(configuration)
    self.configuration = configuration
    deit = ViTBody(c, isDistilled: true)
    classifier = try configuration.classifier(c.hiddenSize)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = deit(inputs)
    output.classify(output.states.select(1, 0), by: classifier, inputs, configuration)
    return output
  }
}

/// DeiT with a classifier on each of its two tokens, whose scores are averaged: `DeiTForImageClassificationWithTeacher`. It gives
/// `cls_logits` and `distillation_logits` as well, and no loss.
public final class DeiTForImageClassificationWithTeacher: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let deit: ViTBody
  let clsClassifier, distillationClassifier: Projection?
  public static let baseModelPrefix = "deit"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try ViTConfiguration(configuration)
    self.configuration = configuration
    deit = ViTBody(c, isDistilled: true)
    clsClassifier = try configuration.classifier(c.hiddenSize)
    distillationClassifier = try configuration.classifier(c.hiddenSize)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = deit(inputs)
    let (cls, distillation) = (output.states.select(1, 0), output.states.select(1, 1))
    let first = clsClassifier?(cls) ?? cls
    let second = distillationClassifier?(distillation) ?? distillation
    output.logits = (first + second) / 2
    output.others = ["cls_logits": first, "distillation_logits": second]
    return output
  }
}

/// DeiT that paints what is under a mask, `DeiTForMaskedImageModeling`.
public final class DeiTForMaskedImageModeling: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let deit: ViTBody
  let decoder: PicturePainter
  public static let baseModelPrefix = "deit"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try ViTConfiguration(configuration)
    self.configuration = configuration
    deit = ViTBody(c, hasMaskToken: true, isDistilled: true)
    decoder = PicturePainter(features: c.hiddenSize, stride: c.encoderStride, channels: c.channels)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = deit(inputs)
    decoder.paint(output.states, special: 2, inputs, to: &output)
    return output
  }
}
