import ApusCore

/// A step of a training, simulated: what each rank computes and sends, in the order in which the library does it.
///
/// Ranks that do the same at the same time (those of the data, tensor and context dimensions of a mesh) are simulated as one, so that a
/// thousand ranks take no longer than their pipeline has stages.
public struct TrainingSimulation: Sendable {
  /// Something that a rank does, and when.
  public struct Event: Sendable, Hashable {
    /// The place in the pipeline.
    public let stage: Int
    /// What it is: `forward layer 3`, `allReduce bucket 2`.
    public let name: String
    /// Whether it computes; else it moves data.
    public let isCompute: Bool
    /// Seconds from the begin of the step.
    public let begin, end: Double
  }

  /// Seconds of a step.
  public let stepTime: Double
  /// Seconds that the busiest rank computes, with nobody beside it.
  public let computeTime: Double
  /// Seconds that nobody's messages cost, but waiting for others of the pipeline does.
  public let bubbleTime: Double
  /// Seconds that communication adds to the step.
  public let exposedTime: Double
  /// Bytes that a rank sends in a step, of the stage that sends most.
  public let sentBytes: Double
  /// What happened; empty in a ``DistributedPlan``.
  public private(set) var events: [Event] = []

  /// Simulates a step.
  ///
  /// - Parameters:
  ///   - model: what is trained.
  ///   - training: on how much, and in which types.
  ///   - layout: how it is divided.
  ///   - cluster: on which machines.
  /// - Throws: `TensorError` where the layout does not fit the model or the cluster.
  public init(
    _ model: PlannedModel, _ training: PlannedTraining, _ layout: TrainingLayout, on cluster: PlannedCluster
  ) throws(TensorError) {
    let (order, pipeline) = (try layout.pipelineOrder(), PlannedPipeline(model, layout))
    var graph = try TrainingGraph(model, training, layout, cluster, pipeline, hasNames: true)
    try graph.build(order)
    let spans = graph.simulator.run() ?? []
    try self.init(model, training, layout, cluster, pipeline, order, graph, spans)
    events = zip(graph.simulator.activities, spans).map { activity, span in
      Event(
        stage: activity.lane, name: activity.name, isCompute: activity.isCompute, begin: span.begin, end: span.end)
    }
  }

  /// The same without events, where a step takes less than `limit` seconds.
  /// - Returns: nil where it takes longer.
  static func below(
    _ limit: Double, _ model: PlannedModel, _ training: PlannedTraining, _ layout: TrainingLayout,
    on cluster: PlannedCluster, _ pipeline: PlannedPipeline, _ order: PipelineOrder
  ) throws(TensorError) -> TrainingSimulation? {
    var graph = try TrainingGraph(model, training, layout, cluster, pipeline)
    try graph.build(order)
    guard let spans = graph.simulator.run(below: limit) else { return nil }
    return try TrainingSimulation(model, training, layout, cluster, pipeline, order, graph, spans)
  }

  private init(
    _ model: PlannedModel, _ training: PlannedTraining, _ layout: TrainingLayout, _ cluster: PlannedCluster,
    _ pipeline: PlannedPipeline, _ order: PipelineOrder, _ graph: TrainingGraph, _ spans: [Simulator.Span]
  ) throws(TensorError) {
    guard !spans.contains(where: { $0.end.isNaN }) else {
      throw TensorError(.state, "plan", "the ranks of \(layout.description) would wait for each other for ever")
    }
    stepTime = spans.map(\.end).max() ?? 0
    var quiet = try TrainingGraph(model, training, layout, cluster, pipeline, communicates: false)
    try quiet.build(order)
    let silent = layout.world > 1 ? quiet.simulator.run()?.map(\.end).max() ?? 0 : stepTime
    var computing = [Double](repeating: 0, count: layout.pipeline)
    for activity in quiet.simulator.activities { computing[activity.lane] += activity.duration }
    computeTime = computing.max() ?? 0
    bubbleTime = layout.pipeline > 1 ? max(0, silent - computeTime) : 0
    exposedTime = max(0, stepTime - silent)
    sentBytes = graph.sent.max() ?? 0
  }
}
