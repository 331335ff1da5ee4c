import ApusCore
import ApusFunctional
import ApusNN

// EfficientNet: depth, width and size of pictures grow together (Tan and Le, "EfficientNet: Rethinking model scaling for convolutional
// neural networks", 2019).

/// What an EfficientNet is made of.
struct EfficientNetConfiguration: Sendable {
  /// One of its blocks.
  struct Block: Sendable {
    let inputs, outputs, kernel, stride, expansion: Int
    /// Whether zeros around the picture are more below and to the right where it is halved.
    let padsUnevenly: Bool
    /// Whether the input is added to the result.
    let isResidual: Bool
    let dropout: Double
  }

  let channels, stemSize, topSize: Int
  let blocks: [Block]
  let squeeze, normEps, normMomentum, dropout: Double
  let activation: Activation
  let poolsMaximum: Bool

  init(_ c: ModelConfiguration) throws(TensorError) {
    let width = try c.double("width_coefficient", default: 2)
    let depth = try c.double("depth_coefficient", default: 3.1)
    guard width > 0, width <= 64 else { throw c.wrong("width_coefficient", "a number above 0 and up to 64") }
    guard depth > 0, depth <= 64 else { throw c.wrong("depth_coefficient", "a number above 0 and up to 64") }
    let divisor = try c.width("depth_divisor", default: 8)
    // Channels are scaled and rounded to a multiple, but not down by more than a tenth.
    func scaled(_ channels: Int) -> Int {
      let wanted = Double(channels) * width
      let rounded = max(divisor, Int(wanted + Double(divisor) / 2) / divisor * divisor)
      return Double(rounded) < 0.9 * wanted ? rounded + divisor : rounded
    }
    channels = try c.width("num_channels", default: 3)
    let kernels = try c.stages("kernel_sizes", default: [3, 3, 5, 3, 5, 5, 3], in: 1...1024)
    func stages(_ key: String, _ value: [Int], _ range: ClosedRange<Int>) throws(TensorError) -> [Int] {
      try c.stages(key, default: value, count: kernels.count, in: range)
    }
    let inputs = try stages("in_channels", [32, 16, 24, 40, 80, 112, 192], 1...8192)
    let outputs = try stages("out_channels", [16, 24, 40, 80, 112, 192, 320], 1...8192)
    let strides = try stages("strides", [1, 2, 2, 2, 1, 2, 1], 1...2)
    let repeats = try stages("num_block_repeats", [1, 2, 2, 3, 3, 4, 1], 1...64)
    let expansions = try stages("expand_ratios", [1, 6, 6, 6, 6, 6, 6], 1...64)
    let evenly = Set(try c.ints("depthwise_padding") ?? [])
    let rate = try c.dropout("drop_connect_rate", default: 0.2)
    let counts = repeats.map { Int((depth * Double($0)).rounded(.up)) }
    let total = counts.reduce(0, +)
    guard total <= 4096 else { throw c.wrong("num_block_repeats", "fewer blocks") }
    var made: [Block] = []
    for (i, count) in counts.enumerated() {
      for j in 0..<count {
        let stride = j == 0 ? strides[i] : 1
        made.append(
          Block(
            inputs: scaled(j == 0 ? inputs[i] : outputs[i]), outputs: scaled(outputs[i]), kernel: kernels[i],
            stride: stride, expansion: expansions[i], padsUnevenly: !evenly.contains(made.count),
            isResidual: stride == 1 && j > 0, dropout: rate * Double(made.count) / Double(max(1, total))))
      }
    }
    blocks = made
    stemSize = scaled(32)
    topSize = scaled(1280)
    guard try c.width("hidden_dim", default: 2560) == topSize else {
      throw c.wrong("hidden_dim", "\(topSize), the number of channels that 1280 become")
    }
    squeeze = try c.double("squeeze_expansion_ratio", default: 0.25)
    guard (0...1).contains(squeeze) else { throw c.wrong("squeeze_expansion_ratio", "a number from 0 to 1") }
    normEps = try c.double("batch_norm_eps", default: 1e-3)
    normMomentum = try c.double("batch_norm_momentum", default: 0.99)
    dropout = try c.dropout("dropout_rate", default: 0.5)
    activation = try c.activation("hidden_act", default: "swish")
    let pooling = try c.string("pooling_type", default: "mean")
    guard pooling == "mean" || pooling == "max" else { throw c.wrong("pooling_type", "'mean' or 'max'") }
    poolsMaximum = pooling == "max"
    var weights = WeightCount(c)
    try weights.add(stemSize, channels, 9)
    for block in blocks {
      let inner = block.inputs * block.expansion
      try weights.add(inner, block.inputs + block.outputs + block.kernel * block.kernel + 10)
      try weights.add(inner, 2, max(1, Int(Double(block.inputs) * squeeze)))
    }
    try weights.add(topSize, (blocks.last?.outputs ?? stemSize) + 5)
  }

  /// A normalisation of the given width.
  func norm(_ width: Int) -> BatchNorm2d { BatchNorm2d(numFeatures: width, eps: normEps, momentum: normMomentum) }
}

/// Channels are made more, each looks around itself, all are weighed by what the whole picture says, and made fewer.
final class EfficientNetBlock: Layer {
  let state = ModuleState()
  let expandConv: Conv2d?
  let expandBn: BatchNorm2d?
  let depthwiseConv: Conv2d
  let depthwiseNorm: BatchNorm2d
  let reduce, expand: Conv2d
  let projectConv: Conv2d
  let projectBn: BatchNorm2d
  static let stateNames = [
    "expandConv": "expansion.expand_conv", "expandBn": "expansion.expand_bn",
    "depthwiseConv": "depthwise_conv.depthwise_conv", "depthwiseNorm": "depthwise_conv.depthwise_norm",
    "reduce": "squeeze_excite.reduce", "expand": "squeeze_excite.expand",
    "projectConv": "projection.project_conv", "projectBn": "projection.project_bn",
  ]
  private let block: EfficientNetConfiguration.Block
  private let expanding = FoldedConvolution(), looking = FoldedConvolution(), projecting = FoldedConvolution()
  private let activation: Activation
  private let dropout: Dropout

  init(_ c: EfficientNetConfiguration, _ block: EfficientNetConfiguration.Block) {
    func pointwise(_ inputs: Int, _ outputs: Int, bias: Bool = false) -> Conv2d {
      Conv2d(inChannels: inputs, outChannels: outputs, kernelSize: 1, bias: bias)
    }
    let inner = block.inputs * block.expansion
    let squeezed = max(1, Int(Double(block.inputs) * c.squeeze))
    expandConv = block.expansion == 1 ? nil : pointwise(block.inputs, inner)
    // Of all norms this one alone keeps the library's usual momentum.
    expandBn = block.expansion == 1 ? nil : BatchNorm2d(numFeatures: inner, eps: c.normEps)
    depthwiseConv = Conv2d(
      inChannels: inner, outChannels: inner, kernelSize: block.kernel, stride: block.stride,
      padding: block.stride == 2 ? "valid" : "same", groups: inner, bias: false)
    depthwiseNorm = c.norm(inner)
    reduce = pointwise(inner, squeezed, bias: true)
    expand = pointwise(squeezed, inner, bias: true)
    projectConv = pointwise(inner, block.outputs)
    projectBn = c.norm(block.outputs)
    (self.block, activation) = (block, c.activation)
    dropout = Dropout(p: block.dropout)
  }

  func forward(_ x: Tensor) -> Tensor {
    var y = x
    if let expandConv, let expandBn { y = activation(expanding(y, expandConv, expandBn)) }
    if block.stride == 2 {
      let (after, before) = (block.kernel / 2, block.kernel / 2 - (block.padsUnevenly ? 1 : 0))
      y = y.pad([before, after, before, after])
    }
    y = activation(looking(y, depthwiseConv, depthwiseNorm))
    y = y * expand(activation(reduce(adaptiveAvgPool2d(y, 1)))).sigmoid()
    y = projecting(y, projectConv, projectBn)
    return block.isResidual ? dropout(y) + x : y
  }
}

/// The network itself.
final class EfficientNetBody: Module {
  let state = ModuleState()
  let stem: Conv2d
  let stemNorm: BatchNorm2d
  let blocks: [EfficientNetBlock]
  let topConv: Conv2d
  let topBn: BatchNorm2d
  static let stateNames = [
    "stem": "embeddings.convolution", "stemNorm": "embeddings.batchnorm", "blocks": "encoder.blocks",
    "topConv": "encoder.top_conv", "topBn": "encoder.top_bn",
  ]
  private let activation: Activation
  private let poolsMaximum: Bool
  private let entering = FoldedConvolution(), leaving = FoldedConvolution()

  init(_ c: EfficientNetConfiguration) {
    stem = Conv2d(inChannels: c.channels, outChannels: c.stemSize, kernelSize: 3, stride: 2, bias: false)
    stemNorm = c.norm(c.stemSize)
    blocks = c.blocks.map { EfficientNetBlock(c, $0) }
    let last = c.blocks.last?.outputs ?? c.stemSize
    topConv = Conv2d(inChannels: last, outChannels: c.topSize, kernelSize: 1, bias: false)
    topBn = c.norm(c.topSize)
    (activation, poolsMaximum) = (c.activation, c.poolsMaximum)
  }

  func callAsFunction(_ inputs: ModelInputs) -> ModelOutput {
    var notes = ForwardNotes(inputs)
    var x = activation(entering(inputs.pictures.pad([0, 1, 0, 1]), stem, stemNorm))
    notes.add(state: x)
    for block in blocks {
      x = block(x)
      notes.add(state: x)
    }
    x = activation(leaving(x, topConv, topBn))
    var output = ModelOutput()
    output.lastHiddenState = x
    output.poolerOutput = (poolsMaximum ? adaptiveMaxPool2d(x, 1) : adaptiveAvgPool2d(x, 1)).flatten(1)
    notes.write(to: &output)
    return output
  }
}

/// EfficientNet without a head, `EfficientNetModel`: pictures `[N, C, H, W]` to maps `[N, C', H', W']` and their means.
public final class EfficientNetModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: EfficientNetBody
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "efficientnet"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = EfficientNetBody(try EfficientNetConfiguration(configuration))
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// EfficientNet with a classifier, `EfficientNetForImageClassification`.
public final class EfficientNetForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let efficientnet: EfficientNetBody
  let classifier: Projection?
  public static let baseModelPrefix = "efficientnet"
  private let dropout: Dropout

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try EfficientNetConfiguration(configuration)
    self.configuration = configuration
    efficientnet = EfficientNetBody(c)
    classifier = try configuration.classifier(c.topSize)
    dropout = Dropout(p: c.dropout)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = efficientnet(inputs)
    output.classify(dropout(output.pooled), by: classifier, inputs, configuration)
    return output
  }
}
