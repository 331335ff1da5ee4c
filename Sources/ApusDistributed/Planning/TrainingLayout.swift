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
  /// What the ranks of ``data`` and ``context`` divide.
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
    data: Int = 1, tensor: Int = 1, pipeline: Int = 1, context: Int = 1, sharding: Sharding = .none,
    microbatches: Int = 1, schedule: Schedule = .oneForwardOneBackward, stagesPerRank: Int = 1, recomputes: Bool = false
  ) {
    self.data = data
    self.tensor = tensor
    self.pipeline = pipeline
    self.context = context
    self.sharding = sharding
    self.microbatches = microbatches
    self.schedule = schedule
    self.stagesPerRank = stagesPerRank
    self.recomputes = recomputes
  }

  /// The number of ranks.
  public var world: Int { data * tensor * pipeline * context }

  /// `zero3 x 8, tensor x 4`.
  public var description: String {
    var parts: [String] = []
    if data > 1 || world == 1 { parts.append(sharding == .none ? "data \(data)" : "\(sharding.rawValue) \(data)") }
    if context > 1 { parts.append("context \(context)") }
    if tensor > 1 { parts.append("tensor \(tensor)") }
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
