import ApusCore
import ApusFunctional
import ApusNN

// ConvNeXt: a network of convolutions that took over what makes transformers good (Liu et al., "A ConvNet for the 2020s", 2022), and
// its second version (Woo et al., "ConvNeXt V2", 2023).

/// What a ConvNeXt is made of.
struct ConvNeXtConfiguration: Sendable {
  let widths, depths: [Int]
  let channels: Int
  let patch: PictureSize
  let activation: Activation
  let normEps, layerScale, stochasticDepth: Double
  /// Whether blocks make channels compete, in place of scaling their results.
  let isSecond: Bool

  init(_ c: ModelConfiguration, isSecond: Bool) throws(TensorError) {
    let stages = try c.int("num_stages", default: 4, in: 1...64)
    // More may be listed than there are stages.
    widths = try Array(c.stages("hidden_sizes", default: [96, 192, 384, 768]).prefix(stages))
    depths = try Array(c.stages("depths", default: [3, 3, 9, 3], in: 0...1024).prefix(stages))
    guard widths.count == stages else { throw c.wrong("hidden_sizes", "a list of \(stages) numbers") }
    guard depths.count == stages else { throw c.wrong("depths", "a list of \(stages) numbers") }
    channels = try c.width("num_channels", default: 3)
    patch = try c.pictureSize("patch_size", default: 4)
    activation = try c.activation("hidden_act", default: "gelu")
    normEps = try c.double("layer_norm_eps", default: 1e-12)
    layerScale = isSecond ? 0 : try c.double("layer_scale_init_value", default: 1e-6)
    stochasticDepth = try c.dropout("drop_path_rate")
    self.isSecond = isSecond
    var weights = WeightCount(c)
    try weights.add(widths[0], channels, patch.count)
    for (i, width) in widths.enumerated() {
      try weights.add(widths[max(0, i - 1)], width, 4)
      try weights.add(depths[i], width, 64)
    }
  }
}

/// Normalisation of the channels at each place of `[N, C, H, W]`.
final class ChannelNorm: Layer {
  let state = ModuleState()
  let weight, bias: Tensor
  private let eps: Double

  init(_ channels: Int, eps: Double = 1e-6) {
    weight = parameter(Tensor.ones([channels]))
    bias = parameter(Tensor.zeros([channels]))
    self.eps = eps
  }

  func forward(_ x: Tensor) -> Tensor {
    layerNorm(x.permute(0, 2, 3, 1), weight.shape, weight: weight, bias: bias, eps: eps).permute(0, 3, 1, 2)
  }
}

/// Channels compete: each is scaled by its length over the picture, relative to the mean of all, `[N, H, W, C]`.
final class GlobalResponseNorm: Layer {
  let state = ModuleState()
  /// `[1, 1, 1, C]`.
  let weight, bias: Tensor

  init(_ channels: Int) {
    weight = parameter(Tensor.zeros([1, 1, 1, channels]))
    bias = parameter(Tensor.zeros([1, 1, 1, channels]))
  }

  func forward(_ x: Tensor) -> Tensor {
    let length = x.norm(2, [1, 2], keepDim: true)
    let relative = length / (length.mean(-1, keepDim: true) + 1e-6)
    return weight * (x * relative) + bias + x
  }
}

/// Each channel looks around itself, then each place thinks for itself.
final class ConvNeXtBlock: Layer {
  let state = ModuleState()
  let dwconv: Conv2d
  let layernorm: LayerNorm
  let pwconv1, pwconv2: Projection
  let grn: GlobalResponseNorm?
  let layerScaleParameter: Tensor?
  private let activation: Activation
  private let depthDropout: Double

  init(_ c: ConvNeXtConfiguration, _ width: Int, depthDropout: Double) {
    dwconv = Conv2d(inChannels: width, outChannels: width, kernelSize: 7, padding: 3, groups: width)
    layernorm = LayerNorm(width, eps: 1e-6)
    pwconv1 = Projection(width, 4 * width, bias: true)
    pwconv2 = Projection(4 * width, width, bias: true)
    grn = c.isSecond ? GlobalResponseNorm(4 * width) : nil
    layerScaleParameter = c.layerScale > 0 ? parameter(Tensor.full([width], c.layerScale)) : nil
    (activation, self.depthDropout) = (c.activation, depthDropout)
  }

  func forward(_ x: Tensor) -> Tensor {
    var y = activation(pwconv1(layernorm(dwconv(x).permute(0, 2, 3, 1))))
    if let grn { y = grn(y) }
    y = pwconv2(y)
    if let layerScaleParameter { y = layerScaleParameter * y }
    return x + stochasticDepth(y.permute(0, 3, 1, 2), depthDropout, isTraining: isTraining)
  }
}

/// Blocks of one width, behind a layer that halves the picture.
final class ConvNeXtStage: Layer {
  let state = ModuleState()
  let downsamplingNorm: ChannelNorm?
  let downsampling: Conv2d?
  let layers: [ConvNeXtBlock]
  static let stateNames = ["downsamplingNorm": "downsampling_layer.0", "downsampling": "downsampling_layer.1"]

  init(_ c: ConvNeXtConfiguration, from inputs: Int, to width: Int, halves: Bool, depthDropout: [Double]) {
    if halves || inputs != width {
      downsamplingNorm = ChannelNorm(inputs)
      downsampling = Conv2d(inChannels: inputs, outChannels: width, kernelSize: 2, stride: halves ? 2 : 1)
    } else {
      (downsamplingNorm, downsampling) = (nil, nil)
    }
    layers = depthDropout.map { ConvNeXtBlock(c, width, depthDropout: $0) }
  }

  func forward(_ x: Tensor) -> Tensor {
    var x = x
    if let downsamplingNorm, let downsampling { x = downsampling(downsamplingNorm(x)) }
    for layer in layers { x = layer(x) }
    return x
  }
}

/// The network itself.
final class ConvNeXtBody: Module {
  let state = ModuleState()
  let patchEmbeddings: Conv2d
  let embeddingNorm: ChannelNorm
  let stages: [ConvNeXtStage]
  /// Behind the mean of all places; a backbone has none.
  let layernorm: LayerNorm?
  static let stateNames = [
    "patchEmbeddings": "embeddings.patch_embeddings", "embeddingNorm": "embeddings.layernorm",
    "stages": "encoder.stages",
  ]
  let width: Int

  init(_ c: ConvNeXtConfiguration, hasFinalNorm: Bool = true) {
    patchEmbeddings = Conv2d(
      inChannels: c.channels, outChannels: c.widths[0], kernelSize: c.patch.sizes, stride: c.patch.sizes)
    embeddingNorm = ChannelNorm(c.widths[0])
    let blocks = c.depths.reduce(0, +)
    var (inputs, before, made) = (c.widths[0], 0, [ConvNeXtStage]())
    for (i, width) in c.widths.enumerated() {
      let rates = (before..<before + c.depths[i]).map { c.stochasticDepth * Double($0) / Double(max(1, blocks - 1)) }
      made.append(ConvNeXtStage(c, from: inputs, to: width, halves: i > 0, depthDropout: rates))
      (inputs, before) = (width, before + c.depths[i])
    }
    stages = made
    layernorm = hasFinalNorm ? LayerNorm(inputs, eps: c.normEps) : nil
    width = inputs
  }

  func callAsFunction(_ inputs: ModelInputs) -> ModelOutput {
    var notes = ForwardNotes(inputs)
    var x = embeddingNorm(patchEmbeddings(inputs.pictures))
    notes.add(state: x)
    for stage in stages {
      x = stage(x)
      notes.add(state: x)
    }
    var output = ModelOutput()
    output.lastHiddenState = x
    if let layernorm { output.poolerOutput = layernorm(x.mean([-2, -1])) }
    notes.write(to: &output)
    return output
  }
}

/// ConvNeXt without a head, `ConvNextModel`: pictures `[N, C, H, W]` to maps `[N, C', H', W']` and their normalised means.
public final class ConvNextModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: ConvNeXtBody
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "convnext"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = ConvNeXtBody(try ConvNeXtConfiguration(configuration, isSecond: false))
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// ConvNeXt with a classifier, `ConvNextForImageClassification`.
public final class ConvNextForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let convnext: ConvNeXtBody
  let classifier: Projection?
  public static let baseModelPrefix = "convnext"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    convnext = ConvNeXtBody(try ConvNeXtConfiguration(configuration, isSecond: false))
    classifier = try configuration.classifier(convnext.width)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = convnext(inputs)
    output.classify(output.pooled, by: classifier, inputs, configuration)
    return output
  }
}

/// ConvNeXt V2 without a head, `ConvNextV2Model`.
public final class ConvNextV2Model: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: ConvNeXtBody
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "convnextv2"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = ConvNeXtBody(try ConvNeXtConfiguration(configuration, isSecond: true))
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// ConvNeXt V2 with a classifier, `ConvNextV2ForImageClassification`.
public final class ConvNextV2ForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let convnextv2: ConvNeXtBody
  let classifier: Projection?
  public static let baseModelPrefix = "convnextv2"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    convnextv2 = ConvNeXtBody(try ConvNeXtConfiguration(configuration, isSecond: true))
    classifier = try configuration.classifier(convnextv2.width)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = convnextv2(inputs)
    output.classify(output.pooled, by: classifier, inputs, configuration)
    return output
  }
}
