import ApusCore

// The schedules under the names that PyTorch gives them.

/// A schedule of one stage on each rank; by itself that of ``ScheduleGPipe``.
public class PipelineScheduleSingle: PipelineSchedule {
  class func order(ranks: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    try .gpipe(ranks: ranks, microbatches: microbatches)
  }

  /// All ranks of the stage's group call it, each with its stage.
  public init(
    _ stage: PipelineStage, microbatchCount: Int, loss: PipelineLoss? = nil, dataGroup: ProcessGroup? = nil
  ) throws(TensorError) {
    let order = try Self.order(ranks: stage.group.size, microbatches: microbatchCount)
    try super.init([stage], order: order, loss: loss, dataGroup: dataGroup)
  }
}

/// All microbatches forward, then all back: see ``PipelineOrder/gpipe(ranks:microbatches:)``.
public final class ScheduleGPipe: PipelineScheduleSingle {}

/// One forward, one backward in turn: see ``PipelineOrder/oneForwardOneBackward(ranks:microbatches:)``.
public final class Schedule1F1B: PipelineScheduleSingle {
  override class func order(ranks: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    try .oneForwardOneBackward(ranks: ranks, microbatches: microbatches)
  }
}

/// A schedule of several stages on each rank; by itself that of ``ScheduleInterleaved1F1B``.
public class PipelineScheduleMulti: PipelineSchedule {
  class func order(ranks: Int, stages: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    try .interleaved(ranks: ranks, stages: stages, microbatches: microbatches)
  }

  /// All ranks of the stages' group call it, each with its stages: rank, rank + ranks, ...; of ``ScheduleZBVZeroBubble`` rank, and 2 · ranks - 1 - rank.
  public init(
    _ stages: [PipelineStage], microbatchCount: Int, loss: PipelineLoss? = nil, dataGroup: ProcessGroup? = nil
  ) throws(TensorError) {
    guard let first = stages.first else {
      throw TensorError(.value, "PipelineSchedule", "a rank needs at least one stage, and none was given")
    }
    let order = try Self.order(ranks: first.group.size, stages: first.stageCount, microbatches: microbatchCount)
    try super.init(stages, order: order, loss: loss, dataGroup: dataGroup)
  }
}

/// One forward, one backward with several stages on each rank: see ``PipelineOrder/interleaved(ranks:stages:microbatches:)``.
public final class ScheduleInterleaved1F1B: PipelineScheduleMulti {}

/// All microbatches through one stage after the other: see ``PipelineOrder/loopedBreadthFirst(ranks:stages:microbatches:)``.
public final class ScheduleLoopedBFS: PipelineScheduleMulti {
  override class func order(ranks: Int, stages: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    try .loopedBreadthFirst(ranks: ranks, stages: stages, microbatches: microbatches)
  }
}

/// The backward pass in two parts, of which one fills idle time: see
/// ``PipelineOrder/interleavedZeroBubble(ranks:stages:microbatches:)``.
public final class ScheduleInterleavedZeroBubble: PipelineScheduleMulti {
  override class func order(ranks: Int, stages: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    try .interleavedZeroBubble(ranks: ranks, stages: stages, microbatches: microbatches)
  }
}

/// Two stages on each rank in the form of a V, and the backward pass in two parts: see
/// ``PipelineOrder/zeroBubbleV(ranks:microbatches:)``.
public final class ScheduleZBVZeroBubble: PipelineScheduleMulti {
  override class func order(ranks: Int, stages: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    try .zeroBubbleV(ranks: ranks, microbatches: microbatches)
  }
}
