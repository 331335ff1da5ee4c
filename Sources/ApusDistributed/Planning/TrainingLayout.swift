import ApusCore

import ApusCore

/// How a training is divided among ranks.
public struct TrainingLayout: Sendable, Hashable {
  /// What ranks with the same part of the model divide among them: the steps of ZeRO.
  public enum Sharding: String, Sendable, Hashable, CaseIterable {
    /// Nothing: ``DistributedDataParallel``.
    case none = "data"
    /// States of the optimiser: ``ZeroRedundancyOptimizer``.
    case zero1
    /// Gradients too: `fullyShard(..., reshardAfterForward: false)`.
    case zero2
    /// Parameters too: `fullyShard`.
    case zero3
  }

  /// The schedules of pipelines.
  public enum Schedule: String, Sendable, Hashable, CaseIterable {
    /// ``ScheduleGPipe``.
    case gpipe
    /// ``Schedule1F1B``.
    case oneForwardOneBackward = "1f1b"
    /// ``ScheduleInterleaved1F1B``, with ``TrainingLayout/stagesPerRank`` stages on each rank.
    case interleaved
  }

  /// Ranks that have other examples.
  public var data: Int
  /// Ranks that share each layer.
  public var tensor: Int
  /// Ranks that have other layers.
  public var pipeline: Int
  /// Ranks that have other positions of the same texts.
  public var context: Int
  /// Of the ranks of ``data``, how many neighbours divide the experts of each layer among them: ``MixtureOfExperts`` with a group. 1: all have all.
  public var experts: Int
  /// Whether the ranks of ``tensor`` divide what lies between divided products by positions (sequence parallelism, Korthikanti et al., 2022).
  public var dividesPositions: Bool
  /// What ranks with the same parameters, of ``data`` and ``context``, divide.
  public var sharding: Sharding
  /// How many parts a rank's batch is computed in.
  public var microbatches: Int
  /// The order of a pipeline.
  public var schedule: Schedule
  /// Stages of a rank of a pipeline, 1 unless interleaved.
  public var stagesPerRank: Int
  /// Whether layers keep their inputs alone and are computed again in the backward pass.
  public var recomputes: Bool

  /// A layout; one rank where nothing is said.
  public init(
    data: Int = 1, tensor: Int = 1, pipeline: Int = 1, context: Int = 1, experts: Int = 1,
    dividesPositions: Bool = false, sharding: Sharding = .none, microbatches: Int = 1,
    schedule: Schedule = .oneForwardOneBackward, stagesPerRank: Int = 1, recomputes: Bool = false
  ) {
    self.data = data
    self.tensor = tensor
    self.pipeline = pipeline
    self.context = context
    self.experts = experts
    self.dividesPositions = dividesPositions
    self.sharding = sharding
    self.microbatches = microbatches
    self.schedule = schedule
    self.stagesPerRank = stagesPerRank
    self.recomputes = recomputes
  }

  /// The number of ranks.
  public var world: Int { data * tensor * pipeline * context }

  /// Ranks that have the same parameters and other examples.
  public var replicas: Int { data / experts }

  /// Examples of a rank in a microbatch.
  func examples(_ training: PlannedTraining) -> Double { Double(training.batch) / Double(data * microbatches) }

  /// `zero3 8 x tensor 4`; `data 2 x experts 8`: of 16 ranks with other examples each 8 divide the experts; `tensor 4s`: positions too.
  public var description: String {
    var parts: [String] = []
    if replicas > 1 || world == 1 { parts.append("\(sharding.rawValue) \(replicas)") }
    if experts > 1 { parts.append("experts \(experts)") }
    if context > 1 { parts.append("context \(context)") }
    if tensor > 1 { parts.append("tensor \(tensor)\(dividesPositions ? "s" : "")") }
    if pipeline > 1 { parts.append("pipeline \(pipeline)") }
    return parts.joined(separator: " x ")
  }
}

/// What is trained, apart from how it is divided.
public struct PlannedTraining: Sendable, Hashable {
  /// Examples of a step of all ranks together.
  public var batch: Int
  /// The bytes of an element of parameters, gradients and activations in products: 4 or 2.
  public var elementBytes: Int
  /// Bytes of a parameter that the optimiser keeps beside it: 8 for AdamW in float32, 4 for a momentum, 0; with products in 16 bits also the
  /// parameter in float32.
  public var stateBytes: Int
  /// Bytes of an element of reduced gradients.
  public var gradientBytes: Int
  /// Bytes of a bucket of ``DistributedDataParallel``.
  public var bucketBytes: Int

  /// A training in float32, or with products in 16 bits, where parameters in float32 are the optimiser's.
  public init(batch: Int, elementBytes: Int = 4, optimizerStates: Int = 2, bucketCapMB: Int = 25) {
    self.batch = batch
    self.elementBytes = elementBytes
    stateBytes = 4 * optimizerStates + (elementBytes < 4 ? 4 : 0)
    gradientBytes = elementBytes
    bucketBytes = bucketCapMB << 20
  }
}

extension TrainingLayout {
  /// Checks that it fits the model and the cluster.
  func check(_ model: PlannedModel, _ training: PlannedTraining, _ cluster: PlannedCluster) throws(TensorError) {
    func wrong(_ text: String) -> TensorError { TensorError(.value, "plan", text) }
    guard min(data, tensor, pipeline, context, experts, microbatches, stagesPerRank) > 0 else {
      throw wrong("every number of ranks, microbatches and stages is at least 1")
    }
    guard world == cluster.world else {
      throw wrong("\(description) are \(world) ranks, and the cluster has \(cluster.world)")
    }
    guard training.batch >= data * microbatches else {
      throw wrong(
        "a batch of \(training.batch) examples cannot be divided among \(data) ranks with \(microbatches) microbatches each; "
          + "it needs at least \(data * microbatches)")
    }
    guard pipeline * stagesPerRank <= model.blocks.count else {
      throw wrong(
        "\(model.blocks.count) blocks cannot be divided among \(pipeline * stagesPerRank) stages of a pipeline")
    }
    guard tensor == 1 || model.blocks.contains(where: { $0.divisible > 0 }) else {
      throw wrong("nothing of \(model.name) is known to be divisible by tensor parallelism")
    }
    guard context == 1 || model.blocks.contains(where: { $0.keysAndValues > 0 }) else {
      throw wrong("\(model.name) has no attention whose positions context parallelism could divide")
    }
    guard !dividesPositions || tensor > 1 && model.dividesPositions else {
      throw wrong(
        tensor > 1
          ? "\(model.name) is not known to be divisible by positions"
          : "positions are divided among ranks that share layers")
    }
    guard experts > 1 else { return }
    let counts = model.blocks.filter { $0.experts > 1 }.map(\.experts)
    guard !counts.isEmpty else { throw wrong("\(model.name) has no experts that ranks could divide") }
    guard data % experts == 0, counts.allSatisfy({ $0 % experts == 0 }) else {
      throw wrong(
        "\(experts) ranks cannot divide \(counts.max() ?? 1) experts evenly, or are no part of \(data) ranks with other examples"
      )
    }
    guard context == 1 else { throw wrong("experts and positions of texts are not divided together") }
  }
}
