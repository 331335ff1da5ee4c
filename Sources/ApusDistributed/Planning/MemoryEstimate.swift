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
    let order = try layout.pipelineOrder()
    let stages = model.stages(order.stageCount)
    for rank in 0..<layout.pipeline {
      let own = order.stageRanks.indices.filter { order.stageRanks[$0] == rank }
      let found = MemoryEstimate(
        model, training, layout, own.map { stages[$0] }, live: Self.live(order.ranks[rank], layout.microbatches))
      if found.total > total { self = found }
    }
  }

  /// How many microbatches of each stage of a rank are kept at most, on average over its stages.
  private static func live(_ actions: [PipelineAction], _ microbatches: Int) -> Double {
    var (count, most) = (0, 0)
    for action in actions {
      count += action.kind == .forward ? 1 : action.kind == .backward ? -1 : 0
      most = max(most, count)
    }
    return Double(most) / Double(max(1, Set(actions.map(\.stage)).count))
  }

  private init(
    _ model: PlannedModel, _ training: PlannedTraining, _ layout: TrainingLayout, _ stages: [Range<Int>], live: Double
  ) {
    let shards = Double(layout.data * layout.context)
    let tensor = Double(layout.tensor)
    func part(_ block: PlannedBlock) -> Double { 1 - block.divisible + block.divisible / tensor }
    let blocks = stages.flatMap { $0.map { model.blocks[$0] } }
    var count = blocks.reduce(0.0) { $0 + Double($1.parameterCount) * part($1) }
    // A table that is the head as well is there once where one rank has both.
    if layout.pipeline == 1 { count -= Double(model.sharedParameters) / tensor }
    let (element, gradient) = (Double(training.elementBytes), Double(training.gradientBytes))
    let isWhole = layout.sharding == .none || layout.sharding == .zero1
    parameters = count * element / (isWhole ? 1 : shards)
    gradients = count * gradient / (isWhole ? 1 : shards)
    states = count * Double(training.stateBytes) / (layout.sharding == .none ? 1 : shards)
    func size(_ block: PlannedBlock) -> Double { Double(block.parameterCount) * part(block) }
    let largest = blocks.filter(\.isLayer).map(size).max() ?? 0
    let rest = blocks.filter { !$0.isLayer }.map(size).reduce(0, +)
    let unit = max(largest, rest)
    switch layout.sharding {
    case .none, .zero1: buffers = shards > 1 ? min(count * gradient, 2 * Double(training.bucketBytes)) : 0
    case .zero2: buffers = count * element + (shards > 1 ? 2 * unit * gradient : 0)
    case .zero3: buffers = shards > 1 ? 2 * unit * (element + gradient) : 0
    }
    let examples = Double(training.batch) / Double(layout.data * layout.microbatches) / Double(layout.context)
    func kept(_ block: PlannedBlock) -> Double { block.kept * part(block) + block.keptEverywhere }
    func staying(_ block: PlannedBlock) -> Double { layout.recomputes && block.isLayer ? block.output : kept(block) }
    var elements = blocks.map(staying).reduce(0, +) * live
    if layout.recomputes { elements += blocks.filter(\.isLayer).map { kept($0) }.max() ?? 0 }
    activations = elements * examples * element
  }
}
