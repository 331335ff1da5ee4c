import ApusCore
import ApusFunctional
import ApusNN

// Swin: attention inside of windows, which shift from layer to layer; patches are merged from stage to stage (Liu et al., "Swin
// transformer: Hierarchical vision transformer using shifted windows", 2021).

/// What a Swin is made of.
struct SwinConfiguration: Sendable {
  let width, window, channels, encoderStride: Int
  let depths, heads: [Int]
  let image, patch: PictureSize
  let mlpRatio, normEps, hiddenDropout, attentionDropout, stochasticDepth: Double
  let qkvBias, hasPositions: Bool
  let activation: Activation

  init(_ c: ModelConfiguration) throws(TensorError) {
    width = try c.int("embed_dim", default: 96, in: 1...8192)
    window = try c.int("window_size", default: 7, in: 1...64)
    channels = try c.width("num_channels", default: 3)
    encoderStride = try c.width("encoder_stride", default: 32)
    depths = try c.stages("depths", default: [2, 2, 6, 2], in: 0...1024)
    guard depths.count <= 8 else { throw c.wrong("depths", "a list of at most 8 numbers") }
    heads = try c.stages("num_heads", default: [3, 6, 12, 24], count: depths.count)
    for (i, count) in heads.enumerated() where (width << i) % count != 0 {
      throw c.wrong("num_heads", "divisors of the stages' widths, of which number \(i) is \(width << i)")
    }
    image = try c.pictureSize("image_size", default: 224)
    patch = try c.pictureSize("patch_size", default: 4)
    mlpRatio = try c.double("mlp_ratio", default: 4)
    guard mlpRatio > 0, mlpRatio <= 64, Int(mlpRatio * Double(width)) > 0 else {
      throw c.wrong("mlp_ratio", "a number above 0 and up to 64")
    }
    normEps = try c.double("layer_norm_eps", default: 1e-5)
    hiddenDropout = try c.dropout("hidden_dropout_prob")
    attentionDropout = try c.dropout("attention_probs_dropout_prob")
    stochasticDepth = try c.dropout("drop_path_rate", default: 0.1)
    qkvBias = try c.bool("qkv_bias", default: true)
    hasPositions = try c.bool("use_absolute_embeddings", default: false)
    activation = try c.activation("hidden_act", default: "gelu")
    var weights = WeightCount(c)
    try weights.add(width, channels, patch.count)
    try weights.add(width(of: nil), encoderStride * encoderStride, channels)
    if hasPositions { try weights.add(width, image.grid(of: patch).count) }
    for (i, depth) in depths.enumerated() {
      try weights.add(depth, width(of: i), 20 + Int(mlpRatio))
      try weights.add(depth, heads[i], 4 * window * window)
    }
  }

  /// The width of a stage; the last one's if nil.
  func width(of stage: Int? = nil) -> Int { width << (stage ?? depths.count - 1) }
}

/// Patches as words.
final class SwinEmbeddings: Module {
  let state = ModuleState()
  let projection: Conv2d
  let maskToken, positionEmbeddings: Tensor?
  let norm: LayerNorm
  static let stateNames = ["projection": "patch_embeddings.projection"]
  private let patch: PictureSize
  private let dropout: Dropout

  init(_ c: SwinConfiguration, hasMaskToken: Bool) {
    projection = Conv2d(
      inChannels: c.channels, outChannels: c.width, kernelSize: c.patch.sizes, stride: c.patch.sizes)
    maskToken = hasMaskToken ? parameter(Tensor.zeros([1, 1, c.width])) : nil
    let count = c.image.grid(of: c.patch).count
    positionEmbeddings = c.hasPositions ? parameter(Tensor.zeros([1, count, c.width])) : nil
    norm = LayerNorm(c.width)
    patch = c.patch
    dropout = Dropout(p: c.hiddenDropout)
  }

  func callAsFunction(_ inputs: ModelInputs) -> (states: Tensor, grid: PictureSize) {
    let pixels = inputs.pictures
    let size = pixels.pictureSize
    let missing = [size.width, size.height].enumerated().flatMap { i, length in
      let side = i == 0 ? patch.width : patch.height
      return [0, (side - length % side) % side]
    }
    let patches = projection(missing.contains { $0 > 0 } ? pixels.pad(missing) : pixels)
    var x = norm(sequence(of: patches))
    if let masked = inputs.maskedPatches, let maskToken { x = x.replaced(where: masked, by: maskToken) }
    if let positionEmbeddings {
      let isOwn =
        !inputs.interpolatePosEncoding || (x.size(1) == positionEmbeddings.size(1) && size.height == size.width)
      x =
        x
        + (isOwn ? positionEmbeddings : interpolatedPositions(positionEmbeddings, special: 0, to: size.grid(of: patch)))
    }
    return (dropout(x), patches.pictureSize)
  }
}

/// Layers of one width, whose windows are shifted in every second one.
final class SwinStage: Module {
  let state = ModuleState()
  let blocks: [SwinLayer]
  let downsample: SwinPatchMerging?

  init(_ c: SwinConfiguration, _ number: Int, depthDropout: [Double]) {
    blocks = depthDropout.enumerated().map { i, rate in
      SwinLayer(c, width: c.width(of: number), heads: c.heads[number], isShifted: i % 2 == 1, depthDropout: rate)
    }
    downsample = number + 1 < c.depths.count ? SwinPatchMerging(c.width(of: number)) : nil
  }

  /// The states behind the layers, and those that go on to the next stage.
  func callAsFunction(
    _ x: Tensor, _ grid: PictureSize, alwaysShifts: Bool, _ notes: inout ForwardNotes
  ) -> (own: Tensor, next: Tensor, grid: PictureSize) {
    var x = x
    for block in blocks { x = block(x, grid, alwaysShifts: alwaysShifts, &notes) }
    guard let downsample else { return (x, x, grid) }
    return (x, downsample(x, grid), PictureSize(height: (grid.height + 1) / 2, width: (grid.width + 1) / 2))
  }
}

/// The transformer itself.
final class SwinBody: Module {
  let state = ModuleState()
  let embeddings: SwinEmbeddings
  let stages: [SwinStage]
  let layernorm: LayerNorm
  static let stateNames = ["stages": "encoder.layers"]

  init(_ c: SwinConfiguration, hasMaskToken: Bool = false) {
    embeddings = SwinEmbeddings(c, hasMaskToken: hasMaskToken)
    let layers = c.depths.reduce(0, +)
    var (before, made) = (0, [SwinStage]())
    for (i, depth) in c.depths.enumerated() {
      let rates = (before..<before + depth).map { c.stochasticDepth * Double($0) / Double(max(1, layers - 1)) }
      made.append(SwinStage(c, i, depthDropout: rates))
      before += depth
    }
    stages = made
    layernorm = LayerNorm(c.width(of: nil), eps: c.normEps)
  }

  /// - Parameter isBackbone: whether the states that are shown are maps, those of a stage before its patches are merged.
  func callAsFunction(_ inputs: ModelInputs, isBackbone: Bool = false) -> ModelOutput {
    var (notes, output) = (ForwardNotes(inputs), ModelOutput())
    var (x, grid) = embeddings(inputs)
    var maps = [picture(of: x, grid)]
    notes.add(state: x)
    for stage in stages {
      // Of each stage, the weights of its last layer are shown.
      var inside = ForwardNotes(inputs)
      let passed = stage(x, grid, alwaysShifts: isBackbone, &inside)
      maps.append(isBackbone ? picture(of: passed.own, grid) : picture(of: passed.next, passed.grid))
      (x, grid) = (passed.next, passed.grid)
      if let last = inside.attentions?.last { notes.add(attention: last) }
      notes.add(state: x)
    }
    x = layernorm(x)
    output.lastHiddenState = x
    output.poolerOutput = x.mean(1)
    notes.write(to: &output)
    if isBackbone {
      output.hiddenStates = maps
    } else if inputs.outputHiddenStates {
      for (i, map) in maps.enumerated() { output.others["reshaped_hidden_states.\(i)"] = map }
    }
    return output
  }
}

/// Swin without a head, `SwinModel`: pictures `[N, C, H, W]` to states `[N, places, features]` and their mean.
public final class SwinModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: SwinBody
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "swin"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = SwinBody(try SwinConfiguration(configuration))
  }

  public static func presentName(_ name: String) -> String? { SwinNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs) }
}

/// Names in older files.
enum SwinNames {
  /// Which distance two places have is counted, not stored.
  static func present(_ name: String) -> String? { name.hasSuffix(".relative_position_index") ? nil : name }
}

/// Swin with a classifier, `SwinForImageClassification`.
public final class SwinForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let swin: SwinBody
  let classifier: Projection?
  public static let baseModelPrefix = "swin"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try SwinConfiguration(configuration)
    self.configuration = configuration
    swin = SwinBody(c)
    classifier = try configuration.classifier(c.width(of: nil))
  }

  public static func presentName(_ name: String) -> String? { SwinNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = swin(inputs)
    output.classify(output.pooled, by: classifier, inputs, configuration)
    return output
  }
}

/// Swin that paints what is under a mask, `SwinForMaskedImageModeling` (Xie et al., SimMIM, 2022).
public final class SwinForMaskedImageModeling: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let swin: SwinBody
  let decoder: PicturePainter
  public static let baseModelPrefix = "swin"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try SwinConfiguration(configuration)
    self.configuration = configuration
    swin = SwinBody(c, hasMaskToken: true)
    decoder = PicturePainter(features: c.width(of: nil), stride: c.encoderStride, channels: c.channels)
  }

  public static func presentName(_ name: String) -> String? { SwinNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = swin(inputs)
    decoder.paint(output.states, special: 0, inputs, to: &output)
    return output
  }
}
