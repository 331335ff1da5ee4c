import ApusCore
import ApusNN

/// What a stage gets for one microbatch.
public struct StageInputs: Sendable {
  /// On the first stage what the step was given, on others the results of the stage before.
  public let tensors: [Tensor]
  /// What this rank's call of `step` was given beside them: masks and positions, which need not go from stage to stage.
  public let extras: [String: Tensor]
  /// The number of the microbatch.
  public let microbatch: Int

  /// The inputs of one microbatch.
  public init(_ tensors: [Tensor], extras: [String: Tensor] = [:], microbatch: Int = 0) {
    (self.tensors, self.extras, self.microbatch) = (tensors, extras, microbatch)
  }
}

/// A module that is a part of a pipeline: it takes the tensors of the part before and gives those for the next one.
public protocol StagedModule: Module {
  /// The results of the stage, any number of tensors; the first dimension of each counts the rows of the microbatch.
  func forward(_ inputs: StageInputs) -> [Tensor]
  /// The parameters that other stages have too (embeddings that are also the head), with the names that they have in the whole
  /// model, one for all stages: their gradients are added up over the stages.
  var sharedParameters: [(name: String, tensor: Tensor)] { get }
}

extension StagedModule {
  public var sharedParameters: [(name: String, tensor: Tensor)] { [] }
}

/// A part of a model on this rank: PyTorch's `PipelineStage`.
///
///     let stage = try PipelineStage(part, stageIndex: world.rank, stageCount: world.size)
///     let schedule = try Schedule1F1B(stage, microbatchCount: 8, loss: .mean { crossEntropy($0, $1) })
public final class PipelineStage {
  /// The part of the model.
  public let module: any Module
  /// The number of the stage, from 0 on.
  public let stageIndex: Int
  /// The number of stages of the whole model.
  public let stageCount: Int
  /// The ranks that the stages are on.
  public let group: ProcessGroup
  let forward: (StageInputs) -> [Tensor]
  let shared: [(name: String, tensor: Tensor)]

  /// Whether inputs come from the program.
  public var isFirst: Bool { stageIndex == 0 }
  /// Whether its results are those of the model.
  public var isLast: Bool { stageIndex == stageCount - 1 }

  /// A stage of a module that says itself how it is called; such are the parts that `splitIntoStages` gives.
  ///
  /// - Parameter group: nil: all processes.
  /// - Throws: `TensorError` where there is no such stage.
  public convenience init(
    _ module: any StagedModule, stageIndex: Int, stageCount: Int, group: ProcessGroup? = nil
  ) throws(TensorError) {
    try self.init(module, stageIndex, stageCount, group, shared: module.sharedParameters) { inputs in
      // With its hooks: what is sharded comes for the call.
      callModule(module) { module.forward(inputs) }
    }
  }

  /// A stage of a layer, which takes one tensor and gives one.
  ///
  /// - Parameter group: nil: all processes.
  /// - Throws: `TensorError` where there is no such stage.
  public convenience init(
    _ layer: any Layer, stageIndex: Int, stageCount: Int, group: ProcessGroup? = nil
  ) throws(TensorError) {
    try self.init(layer, stageIndex, stageCount, group, shared: []) { inputs in
      guard inputs.tensors.count == 1 else {
        return [
          fail(
            TensorError(
              .value, "PipelineStage",
              "stage \(stageIndex) is a layer of one tensor and gets \(inputs.tensors.count); give the stage a `forward`"
            ))
        ]
      }
      return [layer(inputs.tensors[0])]
    }
  }

  /// A stage of any module, called by `forward`.
  ///
  /// - Parameter group: nil: all processes.
  /// - Throws: `TensorError` where there is no such stage.
  public convenience init(
    _ module: any Module, stageIndex: Int, stageCount: Int, group: ProcessGroup? = nil,
    forward: @escaping (StageInputs) -> [Tensor]
  ) throws(TensorError) {
    try self.init(module, stageIndex, stageCount, group, shared: []) { inputs in
      callModule(module) { forward(inputs) }
    }
  }

  private init(
    _ module: any Module, _ stageIndex: Int, _ stageCount: Int, _ group: ProcessGroup?,
    shared: [(name: String, tensor: Tensor)], forward: @escaping (StageInputs) -> [Tensor]
  ) throws(TensorError) {
    guard stageCount > 0, (0..<stageCount).contains(stageIndex) else {
      throw TensorError(
        .index, "PipelineStage", "there is no stage \(stageIndex) among \(stageCount); stages are counted from 0 on")
    }
    // Each boundary between stages has four tags.
    guard stageCount <= 4096 else {
      throw TensorError(.value, "PipelineStage", "\(stageCount) stages were asked for, and 4096 is the most")
    }
    self.module = module
    self.stageIndex = stageIndex
    self.stageCount = stageCount
    self.group = try ProcessGroup.orWorld(group)
    self.shared = shared
    self.forward = forward
  }
}

/// How the losses of microbatches make the loss of the batch.
public struct PipelineLoss {
  /// The loss of one microbatch from the last stage's results and the targets: one number.
  let function: ([Tensor], [Tensor]) -> Tensor
  /// How much a microbatch counts, from its targets; nil: its loss is added as it is.
  let weight: (([Tensor]) -> Double)?

  /// A mean over the rows, as most losses are: microbatches count by their numbers of rows.
  public static func mean(_ loss: @escaping (_ output: Tensor, _ target: Tensor) -> Tensor) -> PipelineLoss {
    weighted(by: { Double($0.first?.shape.first ?? 1) }) { loss($0[0], $1[0]) }
  }

  /// A sum over the rows.
  public static func sum(_ loss: @escaping (_ output: Tensor, _ target: Tensor) -> Tensor) -> PipelineLoss {
    PipelineLoss(function: { loss($0[0], $1[0]) }, weight: nil)
  }

  /// A mean over whatever `weight` counts in the targets of a microbatch: tokens that are no padding.
  ///
  /// - Parameters:
  ///   - weight: from the targets of a microbatch; the microbatch counts by its part of the sum over all.
  ///   - loss: from all results of the last stage and all targets.
  public static func weighted(
    by weight: @escaping (_ targets: [Tensor]) -> Double,
    _ loss: @escaping (_ outputs: [Tensor], _ targets: [Tensor]) -> Tensor
  ) -> PipelineLoss {
    PipelineLoss(function: loss, weight: weight)
  }

  /// By how much the losses of microbatches with these targets are multiplied before they are added up.
  func factors(_ targets: [[Tensor]]) -> [Double] {
    guard let weight, !targets.contains(where: \.isEmpty) else { return targets.map { _ in 1 } }
    let weights = targets.map(weight)
    let total = weights.reduce(0, +)
    return weights.map { total > 0 ? $0 / total : 0 }
  }
}

/// What a step gives.
public struct PipelineResult: Sendable {
  /// The loss of the batch: that of one process that computes it whole. On the rank of the last stage; nil on others.
  public let loss: Tensor?
  /// The losses of the microbatches, in their order, on the rank of the last stage.
  public let losses: [Tensor]
  /// The results of the last stage for the whole batch, on its rank, where they were asked for.
  public let outputs: [Tensor]

  /// The first of ``outputs``.
  public var output: Tensor? { outputs.first }
}

extension ProcessGroup {
  /// The group; of all processes where it is nil.
  static func orWorld(_ group: ProcessGroup?) throws(TensorError) -> ProcessGroup {
    if let group { return group }
    return try ProcessGroup.world
  }
}
