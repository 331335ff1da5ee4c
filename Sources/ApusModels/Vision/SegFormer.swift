import ApusCore
import ApusFunctional
import ApusNN

// SegFormer: a hierarchy of transformers whose keys and values are of a smaller picture, and a head of linear layers that tells what
// each pixel shows (Xie et al., "SegFormer: Simple and efficient design for semantic segmentation with transformers", 2021).

/// What a SegFormer is made of.
struct SegFormerConfiguration: Sendable {
  /// One of its stages.
  struct Stage: Sendable {
    let inputs, width, inner, heads, patch, stride, reduction, depth: Int
  }

  let stages: [Stage]
  let activation: Activation
  let hiddenDropout, attentionDropout, stochasticDepth, classifierDropout: Double
  let decoderWidth, ignoredLabel: Int
  /// Whether the last stage gives pictures as the others do, or a sequence.
  let reshapesLast: Bool

  init(_ c: ModelConfiguration) throws(TensorError) {
    let count = try c.int("num_encoder_blocks", default: 4, in: 1...64)
    func each(_ key: String, _ value: [Int], _ range: ClosedRange<Int>) throws(TensorError) -> [Int] {
      let found = try c.stages(key, default: value, in: range)
      guard found.count >= count else { throw c.wrong(key, "a list of \(count) numbers") }
      return found
    }
    let depths = try each("depths", [2, 2, 2, 2], 0...1024)
    let reductions = try each("sr_ratios", [8, 4, 2, 1], 1...1024)
    let widths = try each("hidden_sizes", [32, 64, 160, 256], 1...ModelConfiguration.widest)
    let patches = try each("patch_sizes", [7, 3, 3, 3], 1...1024)
    let strides = try each("strides", [4, 2, 2, 2], 1...1024)
    let heads = try each("num_attention_heads", [1, 2, 5, 8], 1...4096)
    let ratios = try c.doubles("mlp_ratios") ?? [4, 4, 4, 4]
    guard ratios.count >= count, ratios.allSatisfy({ $0 > 0 && $0 <= 64 }) else {
      throw c.wrong("mlp_ratios", "a list of \(count) numbers above 0 and up to 64")
    }
    let channels = try c.width("num_channels", default: 3)
    var made: [Stage] = []
    for i in 0..<count {
      guard widths[i] % heads[i] == 0 else {
        throw c.wrong("num_attention_heads", "divisors of the stages' widths, of which number \(i) is \(widths[i])")
      }
      made.append(
        Stage(
          inputs: i == 0 ? channels : widths[i - 1], width: widths[i], inner: Int(Double(widths[i]) * ratios[i]),
          heads: heads[i], patch: patches[i], stride: strides[i], reduction: reductions[i], depth: depths[i]))
    }
    stages = made
    activation = try c.activation("hidden_act", default: "gelu")
    hiddenDropout = try c.dropout("hidden_dropout_prob")
    attentionDropout = try c.dropout("attention_probs_dropout_prob")
    stochasticDepth = try c.dropout("drop_path_rate", default: 0.1)
    classifierDropout = try c.dropout("classifier_dropout_prob", default: 0.1)
    decoderWidth = try c.width("decoder_hidden_size", default: 256)
    ignoredLabel = try c.int(
      "semantic_loss_ignore_index", default: 255, in: -ModelConfiguration.largest...ModelConfiguration.largest)
    reshapesLast = try c.bool("reshape_last_stage", default: true)
    var weights = WeightCount(c)
    for stage in stages {
      try weights.add(stage.inputs, stage.width, stage.patch * stage.patch)
      if stage.reduction > 1 {
        try weights.add(stage.depth, stage.width, stage.width, stage.reduction * stage.reduction)
      }
      try weights.add(stage.depth, 10, stage.width + stage.inner)
    }
    try weights.add(decoderWidth, decoderWidth * count + 8)
    try weights.add(decoderWidth, try c.labelCount())
  }
}

/// Patches that overlap, as words.
final class SegFormerPatchEmbeddings: Module {
  let state = ModuleState()
  let proj: Conv2d
  let layerNorm: LayerNorm

  init(_ stage: SegFormerConfiguration.Stage) {
    proj = Conv2d(
      inChannels: stage.inputs, outChannels: stage.width, kernelSize: stage.patch, stride: stage.stride,
      padding: stage.patch / 2)
    layerNorm = LayerNorm(stage.width)
  }

  func callAsFunction(_ x: Tensor) -> (states: Tensor, grid: PictureSize) {
    let patches = proj(x)
    return (layerNorm(sequence(of: patches)), patches.pictureSize)
  }
}

/// Attention of all places to those of a smaller picture.
final class SegFormerAttention: Module {
  let state = ModuleState()
  let query, key, value, output: Projection
  let sr: Conv2d?
  let layerNorm: LayerNorm?
  static let stateNames = [
    "query": "self.query", "key": "self.key", "value": "self.value", "output": "output.dense", "sr": "self.sr",
    "layerNorm": "self.layer_norm",
  ]
  private let heads: Int
  private let dropout: Double

  init(_ c: SegFormerConfiguration, _ stage: SegFormerConfiguration.Stage) {
    let width = stage.width
    query = Projection(width, width, bias: true)
    key = Projection(width, width, bias: true)
    value = Projection(width, width, bias: true)
    output = Projection(width, width, bias: true)
    let isReduced = stage.reduction > 1
    sr =
      isReduced
      ? Conv2d(inChannels: width, outChannels: width, kernelSize: stage.reduction, stride: stage.reduction) : nil
    layerNorm = isReduced ? LayerNorm(width) : nil
    (heads, dropout) = (stage.heads, c.attentionDropout)
  }

  func callAsFunction(_ x: Tensor, _ grid: PictureSize, _ notes: inout ForwardNotes) -> Tensor {
    var seen = x
    if let sr, let layerNorm { seen = layerNorm(sequence(of: sr(picture(of: x, grid)))) }
    return output(
      attend(query(x), key(seen), value(seen), heads: heads, dropout: isTraining ? dropout : 0, notes: &notes))
  }
}

/// A network for each place, in which each also looks at its neighbours, and so learns where it is.
final class SegFormerMLP: Module {
  let state = ModuleState()
  let dense1, dense2: Projection
  let dwconv: Conv2d
  static let stateNames = ["dwconv": "dwconv.dwconv"]
  private let activation: Activation
  private let dropout: Dropout

  init(_ c: SegFormerConfiguration, _ stage: SegFormerConfiguration.Stage) {
    dense1 = Projection(stage.width, stage.inner, bias: true)
    dense2 = Projection(stage.inner, stage.width, bias: true)
    dwconv = Conv2d(
      inChannels: stage.inner, outChannels: stage.inner, kernelSize: 3, padding: 1, groups: stage.inner)
    activation = c.activation
    dropout = Dropout(p: c.hiddenDropout)
  }

  func callAsFunction(_ x: Tensor, _ grid: PictureSize) -> Tensor {
    let mixed = sequence(of: dwconv(picture(of: dense1(x), grid)))
    return dropout(dense2(dropout(activation(mixed))))
  }
}

/// Attention and a network for each place, each on normalised states and added to them.
final class SegFormerLayer: Module {
  let state = ModuleState()
  let norm1, norm2: LayerNorm
  let attention: SegFormerAttention
  let mlp: SegFormerMLP
  static let stateNames = ["norm1": "layer_norm_1", "norm2": "layer_norm_2"]
  private let dropout: Dropout
  private let depthDropout: Double

  init(_ c: SegFormerConfiguration, _ stage: SegFormerConfiguration.Stage, depthDropout: Double) {
    norm1 = LayerNorm(stage.width)
    norm2 = LayerNorm(stage.width)
    attention = SegFormerAttention(c, stage)
    mlp = SegFormerMLP(c, stage)
    dropout = Dropout(p: c.hiddenDropout)
    self.depthDropout = depthDropout
  }

  func callAsFunction(_ x: Tensor, _ grid: PictureSize, _ notes: inout ForwardNotes) -> Tensor {
    let x = kept(dropout(attention(norm1(x), grid, &notes))) + x
    return kept(mlp(norm2(x), grid)) + x
  }

  private func kept(_ x: Tensor) -> Tensor { stochasticDepth(x, depthDropout, isTraining: isTraining) }
}

/// The transformers themselves, of which each stage reads the pictures of the one before.
final class SegFormerBody: Module {
  let state = ModuleState()
  let patchEmbeddings: [SegFormerPatchEmbeddings]
  let block: [[SegFormerLayer]]
  let layerNorm: [LayerNorm]
  static let stateNames = [
    "patchEmbeddings": "encoder.patch_embeddings", "block": "encoder.block", "layerNorm": "encoder.layer_norm",
  ]
  private let reshapesLast: Bool

  init(_ c: SegFormerConfiguration) {
    patchEmbeddings = c.stages.map { SegFormerPatchEmbeddings($0) }
    let layers = c.stages.reduce(0) { $0 + $1.depth }
    var (before, made) = (0, [[SegFormerLayer]]())
    for stage in c.stages {
      made.append(
        (before..<before + stage.depth).map {
          SegFormerLayer(c, stage, depthDropout: c.stochasticDepth * Double($0) / Double(max(1, layers - 1)))
        })
      before += stage.depth
    }
    block = made
    layerNorm = c.stages.map { LayerNorm($0.width) }
    reshapesLast = c.reshapesLast
  }

  /// The output, and what each stage gave.
  func callAsFunction(_ inputs: ModelInputs) -> (output: ModelOutput, maps: [Tensor], grid: PictureSize) {
    var notes = ForwardNotes(inputs)
    var (map, maps) = (inputs.pictures, [Tensor]())
    var size = map.pictureSize
    for (i, embeddings) in patchEmbeddings.enumerated() {
      var (x, grid) = embeddings(map)
      for layer in block[i] { x = layer(x, grid, &notes) }
      x = layerNorm[i](x)
      map = i + 1 < patchEmbeddings.count || reshapesLast ? picture(of: x, grid) : x
      maps.append(map)
      notes.add(state: map)
      size = grid
    }
    var output = ModelOutput()
    output.lastHiddenState = map
    notes.write(to: &output)
    return (output, maps, size)
  }
}

/// SegFormer without a head, `SegformerModel`: pictures `[N, C, H, W]` to maps `[N, C', H', W']`.
public final class SegformerModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: SegFormerBody
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "segformer"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    body = SegFormerBody(try SegFormerConfiguration(configuration))
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { body(inputs).output }
}

/// SegFormer with a classifier on the mean of all places, `SegformerForImageClassification`.
public final class SegformerForImageClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let segformer: SegFormerBody
  let classifier: Projection?
  public static let baseModelPrefix = "segformer"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try SegFormerConfiguration(configuration)
    self.configuration = configuration
    segformer = SegFormerBody(c)
    classifier = try configuration.classifier(c.stages[c.stages.count - 1].width)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = segformer(inputs).output
    let states = output.states
    output.classify(states.rank == 4 ? states.mean([2, 3]) : states.mean(1), by: classifier, inputs, configuration)
    return output
  }
}
