import ApusCore

// The schedules under the names that PyTorch gives them.

/// All microbatches forward, then all back: see ``PipelineOrder/gpipe(ranks:microbatches:)``.
public final class ScheduleGPipe: PipelineSchedule {
  /// All ranks of the stage's group call it, each with its stage.
  public init(
    _ stage: PipelineStage, microbatchCount: Int, loss: PipelineLoss? = nil, dataGroup: ProcessGroup? = nil
  ) throws(TensorError) {
    let order = try PipelineOrder.gpipe(ranks: stage.group.size, microbatches: microbatchCount)
    try super.init([stage], order: order, loss: loss, dataGroup: dataGroup)
  }
}

/// One forward, one backward in turn: see ``PipelineOrder/oneForwardOneBackward(ranks:microbatches:)``.
public final class Schedule1F1B: PipelineSchedule {
  /// All ranks of the stage's group call it, each with its stage.
  public init(
    _ stage: PipelineStage, microbatchCount: Int, loss: PipelineLoss? = nil, dataGroup: ProcessGroup? = nil
  ) throws(TensorError) {
    let order = try PipelineOrder.oneForwardOneBackward(ranks: stage.group.size, microbatches: microbatchCount)
    try super.init([stage], order: order, loss: loss, dataGroup: dataGroup)
  }
}

/// One forward, one backward with several stages on each rank: see ``PipelineOrder/interleaved(ranks:stages:microbatches:)``.
public final class ScheduleInterleaved1F1B: PipelineSchedule {
  /// All ranks of the stages' group call it, each with its stages: rank, rank + ranks, ...
  public init(
    _ stages: [PipelineStage], microbatchCount: Int, loss: PipelineLoss? = nil, dataGroup: ProcessGroup? = nil
  ) throws(TensorError) {
    let (ranks, count) = try sizes(stages)
    let order = try PipelineOrder.interleaved(ranks: ranks, stages: count, microbatches: microbatchCount)
    try super.init(stages, order: order, loss: loss, dataGroup: dataGroup)
  }
}

/// All microbatches through one stage after the other: see ``PipelineOrder/loopedBreadthFirst(ranks:stages:microbatches:)``.
public final class ScheduleLoopedBFS: PipelineSchedule {
  /// All ranks of the stages' group call it, each with its stages: rank, rank + ranks, ...
  public init(
    _ stages: [PipelineStage], microbatchCount: Int, loss: PipelineLoss? = nil, dataGroup: ProcessGroup? = nil
  ) throws(TensorError) {
    let (ranks, count) = try sizes(stages)
    let order = try PipelineOrder.loopedBreadthFirst(ranks: ranks, stages: count, microbatches: microbatchCount)
    try super.init(stages, order: order, loss: loss, dataGroup: dataGroup)
  }
}

/// The backward pass in two parts, of which one fills idle time: see
/// ``PipelineOrder/interleavedZeroBubble(ranks:stages:microbatches:)``.
public final class ScheduleInterleavedZeroBubble: PipelineSchedule {
  /// All ranks of the stages' group call it, each with its stages: rank, rank + ranks, ...
  public init(
    _ stages: [PipelineStage], microbatchCount: Int, loss: PipelineLoss? = nil, dataGroup: ProcessGroup? = nil
  ) throws(TensorError) {
    let (ranks, count) = try sizes(stages)
    let order = try PipelineOrder.interleavedZeroBubble(ranks: ranks, stages: count, microbatches: microbatchCount)
    try super.init(stages, order: order, loss: loss, dataGroup: dataGroup)
  }
}

/// Two stages on each rank in the form of a V, and the backward pass in two parts: see
/// ``PipelineOrder/zeroBubbleV(ranks:microbatches:)``.
public final class ScheduleZBVZeroBubble: PipelineSchedule {
  /// All ranks of the stages' group call it, each with its two stages: rank, and 2 · ranks - 1 - rank.
  public init(
    _ stages: [PipelineStage], microbatchCount: Int, loss: PipelineLoss? = nil, dataGroup: ProcessGroup? = nil
  ) throws(TensorError) {
    let (ranks, _) = try sizes(stages)
    let order = try PipelineOrder.zeroBubbleV(ranks: ranks, microbatches: microbatchCount)
    try super.init(stages, order: order, loss: loss, dataGroup: dataGroup)
  }
}

/// The numbers of ranks and of stages.
private func sizes(_ stages: [PipelineStage]) throws(TensorError) -> (ranks: Int, stages: Int) {
  guard let first = stages.first else {
    throw TensorError(.value, "PipelineSchedule", "a rank needs at least one stage, and none was given")
  }
  return (first.group.size, first.stageCount)
}
