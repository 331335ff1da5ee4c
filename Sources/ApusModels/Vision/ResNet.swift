import ApusCore
import ApusFunctional
import ApusNN

// ResNet: layers learn what to add to what they are given (He et al., "Deep residual learning for image recognition", 2016).

/// What a ResNet is made of.
struct ResNetConfiguration: Sendable {
  let channels, embeddingSize: Int
  let widths, depths: [Int]
  let hasBottlenecks, halvesInFirstStage, halvesInBottleneck: Bool
  let activation: Activation

  init(_ c: ModelConfiguration) throws(TensorError) {
    channels = try c.width("num_channels", default: 3)
    embeddingSize = try c.width("embedding_size", default: 64)
    widths = try c.stages("hidden_sizes", default: [256, 512, 1024, 2048])
    depths = try c.stages("depths", default: [3, 4, 6, 3], count: widths.count, in: 1...1024)
    let type = try c.string("layer_type", default: "bottleneck")
    guard type == "bottleneck" || type == "basic" else { throw c.wrong("layer_type", "'bottleneck' or 'basic'") }
    hasBottlenecks = type == "bottleneck"
    guard !hasBottlenecks || widths.allSatisfy({ $0 >= 4 }) else {
      throw c.wrong("hidden_sizes", "numbers of at least 4, of which a bottleneck has a quarter")
    }
    halvesInFirstStage = try c.bool("downsample_in_first_stage", default: false)
    halvesInBottleneck = try c.bool("downsample_in_bottleneck", default: false)
    activation = try c.activation("hidden_act", default: "relu")
    var (weights, inputs) = (WeightCount(c), embeddingSize)
    try weights.add(embeddingSize, channels, 49)
    for (width, depth) in zip(widths, depths) {
      try weights.add(inputs, width, hasBottlenecks ? 2 : 10)
      try weights.add(depth, width, hasBottlenecks ? width + 8 : 18 * width + 8)
      inputs = width
    }
  }
}

/// A convolution, normalised over the batch, and an activation.
final class ResNetConvolution: Layer {
  let state = ModuleState()
  let convolution: Conv2d
  let normalization: BatchNorm2d
  private let activation: Activation?
  private let folded = FoldedConvolution()

  init(_ inputs: Int, _ outputs: Int, size: Int = 3, stride: Int = 1, _ activation: Activation?) {
    convolution = Conv2d(
      inChannels: inputs, outChannels: outputs, kernelSize: size, stride: stride, padding: size / 2, bias: false)
    normalization = BatchNorm2d(numFeatures: outputs)
    self.activation = activation
  }

  func forward(_ x: Tensor) -> Tensor {
    let y = folded(x, convolution, normalization)
    return activation?(y) ?? y
  }
}

/// Two convolutions of 3x3, or three with few channels in between, whose result is added to the input.
final class ResNetBlock: Layer {
  let state = ModuleState()
  /// The input in the shape of the result, where that is another.
  let shortcut: ResNetConvolution?
  let layer: [ResNetConvolution]
  private let activation: Activation

  init(_ c: ResNetConfiguration, _ inputs: Int, _ outputs: Int, stride: Int = 1) {
    shortcut = inputs != outputs || stride != 1 ? ResNetConvolution(inputs, outputs, size: 1, stride: stride, nil) : nil
    // The activations inside are ReLU, whatever the one behind the sum is.
    let relu = Activation("relu")
    if c.hasBottlenecks {
      let inner = outputs / 4
      let first = c.halvesInBottleneck ? stride : 1
      layer = [
        ResNetConvolution(inputs, inner, size: 1, stride: first, relu),
        ResNetConvolution(inner, inner, stride: stride / first, relu),
        ResNetConvolution(inner, outputs, size: 1, nil),
      ]
    } else {
      layer = [
        ResNetConvolution(inputs, outputs, stride: stride, relu), ResNetConvolution(outputs, outputs, nil),
      ]
    }
    activation = c.activation
  }

  func forward(_ x: Tensor) -> Tensor {
    var y = x
    for convolution in layer { y = convolution(y) }
    return activation(y + (shortcut?(x) ?? x))
  }
}

/// Blocks of one width, of which the first may halve the picture.
final class ResNetStage: Layer {
  let state = ModuleState()
  let layers: [ResNetBlock]

  init(_ c: ResNetConfiguration, _ inputs: Int, _ outputs: Int, stride: Int, depth: Int) {
    layers = (0..<depth).map {
      $0 == 0 ? ResNetBlock(c, inputs, outputs, stride: stride) : ResNetBlock(c, outputs, outputs)
    }
  }

  func forward(_ x: Tensor) -> Tensor {
    var x = x
    for layer in layers { x = layer(x) }
    return x
  }
}

/// The network itself.
final class ResNetBody: Module {
  let state = ModuleState()
  let embedder: ResNetConvolution
  let stages: [ResNetStage]
  let width: Int
  static let stateNames = ["embedder": "embedder.embedder", "stages": "encoder.stages"]

  init(_ c: ResNetConfiguration) {
    embedder = ResNetConvolution(c.channels, c.embeddingSize, size: 7, stride: 2, c.activation)
    var (inputs, made) = (c.embeddingSize, [ResNetStage]())
    for (i, (width, depth)) in zip(c.widths, c.depths).enumerated() {
      made.append(ResNetStage(c, inputs, width, stride: i > 0 || c.halvesInFirstStage ? 2 : 1, depth: depth))
      inputs = width
    }
    stages = made
    width = inputs
  }

  func callAsFunction(_ inputs: ModelInputs) -> ModelOutput {
    var notes = ForwardNotes(inputs)
    var x = maxPool2d(embedder(inputs.pictures), 3, stride: 2, padding: 1)
    notes.add(state: x)
    for stage in stages {
      x = stage(x)
      notes.add(state: x)
    }
    var output = ModelOutput()
    output.lastHiddenState = x
    output.poolerOutput = adaptiveAvgPool2d(x, 1)
    notes.write(to: &output)
    return output
  }
}

/// ResNet without a head, `ResNetModel`: pictures `[N, C, H, W]` to maps `[N, C', H', W']` and their means `[N, C', 1, 1]`.
public final class ResNetModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: ResNetBody
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "resnet"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = ResNetBody(try ResNetConfiguration(configuration))
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// ResNet with a classifier, `ResNetForImageClassification`.
public final class ResNetForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let resnet: ResNetBody
  let classifier: Projection?
  public static let stateNames = ["classifier": "classifier.1"]
  public static let baseModelPrefix = "resnet"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    resnet = ResNetBody(try ResNetConfiguration(configuration))
    classifier = try configuration.classifier(resnet.width)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = resnet(inputs)
    output.classify(output.pooled.flatten(1), by: classifier, inputs, configuration)
    return output
  }
}
