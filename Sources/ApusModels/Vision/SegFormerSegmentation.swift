import ApusCore
import ApusFunctional
import ApusNN

// SegFormer's head of linear layers, which tells what each pixel shows.

/// What each pixel shows: the maps of all stages, each through a linear layer, in one size and on top of each other.
final class SegFormerDecodeHead: Module {
  let state = ModuleState()
  /// A layer for the map of a stage.
  struct Unifying: Sendable { let proj: Projection }

  let linearC: [Unifying]
  let linearFuse: Conv2d
  let batchNorm: BatchNorm2d
  let classifier: Conv2d
  private let dropout: Dropout

  init(_ c: SegFormerConfiguration, labels: Int) {
    linearC = c.stages.map { Unifying(proj: Projection($0.width, c.decoderWidth, bias: true)) }
    linearFuse = Conv2d(
      inChannels: c.decoderWidth * c.stages.count, outChannels: c.decoderWidth, kernelSize: 1, bias: false)
    batchNorm = BatchNorm2d(numFeatures: c.decoderWidth)
    classifier = Conv2d(inChannels: c.decoderWidth, outChannels: labels, kernelSize: 1)
    dropout = Dropout(p: c.classifierDropout)
  }

  /// - Returns: scores `[N, labels, H', W']` of the size of the first map.
  func callAsFunction(_ maps: [Tensor], lastGrid: PictureSize) -> Tensor {
    let size = maps[0].rank == 4 ? maps[0].pictureSize : lastGrid
    let all = zip(maps, linearC).map { map, layer in
      let grid = map.rank == 4 ? map.pictureSize : lastGrid
      let projected = picture(of: layer.proj(map.rank == 4 ? sequence(of: map) : map), grid)
      return interpolate(projected, size: size.sizes, mode: .bilinear, alignCorners: false)
    }
    return classifier(dropout(batchNorm(linearFuse(cat(all.reversed(), dim: 1))).relu()))
  }
}

/// SegFormer that tells what each pixel shows, `SegformerForSemanticSegmentation`; its scores are of a quarter of the picture's size.
public final class SegformerForSemanticSegmentation: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let segformer: SegFormerBody
  let decodeHead: SegFormerDecodeHead
  private let ignoredLabel: Int
  public static let baseModelPrefix = "segformer"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try SegFormerConfiguration(configuration)
    let labels = try configuration.labelCount()
    guard labels > 0 else { throw configuration.wrong("num_labels", "at least 1") }
    self.configuration = configuration
    segformer = SegFormerBody(c)
    decodeHead = SegFormerDecodeHead(c, labels: labels)
    ignoredLabel = c.ignoredLabel
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var (output, maps, grid) = segformer(inputs)
    let scores = decodeHead(maps, lastGrid: grid)
    output.logits = scores
    output.lastHiddenState = nil
    if let labels = inputs.labels { output.loss = loss(scores, labels) }
    return output
  }

  /// Of scores in the size of the labels `[N, H, W]`: the mean cross entropy, or with one label the binary one.
  private func loss(_ scores: Tensor, _ labels: Tensor) -> Tensor {
    let large = interpolate(scores, size: [labels.size(-2), labels.size(-1)], mode: .bilinear, alignCorners: false)
    guard large.size(1) == 1 else { return crossEntropy(large, labels, ignoreIndex: ignoredLabel) }
    let counts = labels.ge(0).logicalAnd(labels.ne(ignoredLabel)).to(large.dtype)
    let each = binaryCrossEntropyWithLogits(large.squeeze(1), labels.to(large.dtype), reduction: .none)
    return (each * counts).mean()
  }
}
