import ApusCore

/// Bytes that a rank needs for a training, of the stage of a pipeline that needs most.
public struct MemoryEstimate: Sendable, Hashable {
  /// Parameters, as they lie there all the time.
  public var parameters = 0.0
  /// Gradients, likewise.
  public var gradients = 0.0
  /// What the optimiser keeps.
  public var states = 0.0
  /// What forward passes keep for backward passes.
  public var activations = 0.0
  /// Parameters that are whole for a moment, and gradients on their way.
  public var buffers = 0.0

  /// All together.
  public var total: Double { parameters + gradients + states + activations + buffers }

  /// Estimates what a layout needs.
  /// - Throws: `TensorError` where the layout makes no sense.
  public init(_ model: PlannedModel, _ training: PlannedTraining, _ layout: TrainingLayout) throws(TensorError) {
    _ = try layout.pipelineOrder()
    self.init(model, training, layout, PlannedPipeline(model, layout))
  }

  init(_ model: PlannedModel, _ training: PlannedTraining, _ layout: TrainingLayout, _ pipeline: PlannedPipeline) {
    for rank in 0..<layout.pipeline {
      let found = MemoryEstimate(
        model, training, layout, pipeline.stagesOfRank[rank].map { pipeline.stages[$0] }, live: pipeline.live[rank])
      if found.total > total { self = found }
    }
  }

  private init(
    _ model: PlannedModel, _ training: PlannedTraining, _ layout: TrainingLayout, _ stages: [Range<Int>], live: Double
  ) {
    let shards = Double(layout.replicas * layout.context)
    let tensor = Double(layout.tensor)
    let blocks = stages.flatMap { model.blocks[$0] }
    var count = blocks.reduce(0.0) { $0 + layout.size(of: $1) }
    // A table that is the head as well is there once where one rank has both.
    if layout.pipeline == 1 { count -= Double(model.sharedParameters) / tensor }
    let (element, gradient) = (Double(training.elementBytes), Double(training.gradientBytes))
    let isWhole = layout.sharding == .none || layout.sharding == .zero1
    parameters = count * element / (isWhole ? 1 : shards)
    gradients = count * gradient / (isWhole ? 1 : shards)
    states = count * Double(training.stateBytes) / (layout.sharding == .none ? 1 : shards)
    let largest = blocks.filter(\.isLayer).map(layout.size).max() ?? 0
    let rest = blocks.filter { !$0.isLayer }.map(layout.size).reduce(0, +)
    let unit = max(largest, rest)
    switch layout.sharding {
    case .none, .zero1: buffers = shards > 1 ? min(count * gradient, 2 * Double(training.bucketBytes)) : 0
    case .zero2: buffers = count * element + (shards > 1 ? 2 * unit * gradient : 0)
    case .zero3: buffers = shards > 1 ? 2 * unit * (element + gradient) : 0
    }
    let examples = layout.examples(training) / Double(layout.context)
    let positions = layout.dividesPositions ? tensor : 1
    func kept(_ block: PlannedBlock) -> Double {
      block.kept * layout.part(of: block) + block.keptEverywhere - block.keptByPosition * (1 - 1 / positions)
    }
    func staying(_ block: PlannedBlock) -> Double {
      layout.recomputes && block.isLayer ? block.output / positions : kept(block)
    }
    var elements = blocks.map(staying).reduce(0, +) * live
    if layout.recomputes { elements += blocks.filter(\.isLayer).map(kept).max() ?? 0 }
    activations = elements * examples * element
  }
}
