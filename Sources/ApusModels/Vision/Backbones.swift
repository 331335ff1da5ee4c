import ApusCore
import ApusNN

// Models of pictures as the lower half of others, such as detectors: the maps of some of their stages, under `feature_maps.0` and
// so on.

/// Which stages a backbone shows: `stem`, `stage1`, ...
struct BackboneStages: Sendable {
  /// The stages' numbers, in ascending order; 0 is the stem.
  let numbers: [Int]

  /// Those that `out_features` or `out_indices` name, or the last one of `count` stages behind the stem.
  init(_ c: ModelConfiguration, count: Int) throws(TensorError) {
    let names = ["stem"] + (0..<count).map { "stage\($0 + 1)" }
    if let wanted = try c.strings("out_features") {
      guard !wanted.isEmpty, wanted.allSatisfy(names.contains) else {
        throw c.wrong("out_features", "some of \(names.joined(separator: ", "))")
      }
      numbers = names.indices.filter { wanted.contains(names[$0]) }
    } else if let wanted = try c.ints("out_indices") {
      let found = wanted.map { $0 < 0 ? $0 + names.count : $0 }
      guard !found.isEmpty, found.allSatisfy(names.indices.contains) else {
        throw c.wrong("out_indices", "some of the numbers from 0 to \(count)")
      }
      numbers = Set(found).sorted()
    } else {
      numbers = [count]
    }
  }

  /// The names of the stages that are shown.
  var names: [String] { numbers.map { $0 == 0 ? "stem" : "stage\($0)" } }
}

extension ModelInputs {
  /// The same inputs, with the states between stages in the output.
  var withStates: ModelInputs {
    var inputs = self
    inputs.outputHiddenStates = true
    return inputs
  }
}

extension ModelOutput {
  /// What a backbone gives: the maps of its stages, and of the states what was asked for.
  init(maps: [Tensor], of output: ModelOutput, _ inputs: ModelInputs) {
    self.init()
    for (i, map) in maps.enumerated() { others["feature_maps.\(i)"] = map }
    hiddenStates = inputs.outputHiddenStates ? output.hiddenStates : nil
    attentions = output.attentions
  }

  /// The states after the stem, or after a stage.
  func stage(_ number: Int) -> Tensor {
    guard let hiddenStates, hiddenStates.indices.contains(number) else {
      return fail(TensorError(.state, "backbone", "the model has no stage \(number)"))
    }
    return hiddenStates[number]
  }
}

/// ResNet as a backbone, `ResNetBackbone`.
public final class ResNetBackbone: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: ResNetBody
  private let stages: BackboneStages
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "resnet"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try ResNetConfiguration(configuration)
    self.configuration = configuration
    body = ResNetBody(c)
    stages = try BackboneStages(configuration, count: c.depths.count)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    let output = body(inputs.withStates)
    return ModelOutput(maps: stages.numbers.map { output.stage($0) }, of: output, inputs)
  }
}

/// ConvNeXt as a backbone, `ConvNextBackbone` or `ConvNextV2Backbone`; its maps are normalised.
public final class ConvNextBackbone: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: ConvNeXtBody
  let hiddenStatesNorms: [String: ChannelNorm]
  private let stages: BackboneStages
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "convnext"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try ConvNeXtConfiguration(configuration, isSecond: configuration.modelType == "convnextv2")
    self.configuration = configuration
    body = ConvNeXtBody(c, hasFinalNorm: false)
    stages = try BackboneStages(configuration, count: c.depths.count)
    let widths = [c.widths[0]] + c.widths
    hiddenStatesNorms = Dictionary(
      uniqueKeysWithValues: stages.numbers.map {
        ($0 == 0 ? "stem" : "stage\($0)", ChannelNorm(widths[$0]))
      })
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    let output = body(inputs.withStates)
    let maps = zip(stages.numbers, stages.names).map { number, name in
      hiddenStatesNorms[name]?(output.stage(number)) ?? output.stage(number)
    }
    return ModelOutput(maps: maps, of: output, inputs)
  }
}

/// Swin as a backbone, `SwinBackbone`; its maps are normalised.
public final class SwinBackbone: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: SwinBody
  let hiddenStatesNorms: [String: LayerNorm]
  private let stages: BackboneStages
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "swin"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try SwinConfiguration(configuration)
    self.configuration = configuration
    body = SwinBody(c)
    stages = try BackboneStages(configuration, count: c.depths.count)
    hiddenStatesNorms = Dictionary(
      uniqueKeysWithValues: zip(stages.numbers, stages.names).map { number, name in
        (name, LayerNorm(c.width(of: max(0, number - 1))))
      })
  }

  public static func presentName(_ name: String) -> String? { SwinNames.present(name) }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    let output = body(inputs, isBackbone: true)
    let maps = zip(stages.numbers, stages.names).map { number, name in
      let map = output.stage(number)
      return hiddenStatesNorms[name].map { picture(of: $0(sequence(of: map)), map.pictureSize) } ?? map
    }
    return ModelOutput(maps: maps, of: output, inputs)
  }
}

/// DINOv2 as a backbone, `Dinov2Backbone` or `Dinov2WithRegistersBackbone`: its stages are its layers.
public final class Dinov2Backbone: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let body: DINOv2Body
  private let c: DINOv2Configuration
  private let stages: BackboneStages
  public static let stateNames = ["body": ""]
  public static let baseModelPrefix = "dinov2"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let hasRegisters = configuration.modelType == "dinov2_with_registers"
    self.configuration = configuration
    c = try DINOv2Configuration(configuration, hasRegisters: hasRegisters)
    body = DINOv2Body(c, hasRegisters: hasRegisters)
    stages = try BackboneStages(configuration, count: c.layers)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    let output = body(inputs.withStates)
    let grid = inputs.pictures.pictureSize.grid(of: c.patch)
    let maps = stages.numbers.map { number in
      var x = output.stage(number)
      if c.normalisesMaps { x = body.layernorm(x) }
      guard c.reshapesMaps else { return x }
      return picture(of: x.narrow(1, 1 + c.registers, x.size(1) - 1 - c.registers), grid)
    }
    return ModelOutput(maps: maps, of: output, inputs)
  }
}
