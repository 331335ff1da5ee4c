import ApusCore
import ApusNN
import ApusOptim

/// Runs the stages of this rank in an order that all ranks have: PyTorch's pipeline schedules.
///
///     let schedule = try PipelineSchedule([stage], order: .gpipe(ranks: 4, microbatches: 8), loss: .mean { mseLoss($0, $1) })
///     for (x, y) in batches {
///       optimizer.zeroGrad()
///       let loss = try schedule.step(x, target: y).loss        // nil but on the rank of the last stage
///       optimizer.step()
///     }
///
/// A step cuts the batch into microbatches along the first dimension and adds up the gradients that one process would have for the
/// whole batch. Messages between stages go on while ranks compute; receivers learn shapes from them, so nothing has to be
/// told beforehand, and shapes may differ from step to step. A mistake on one rank (a shape that does not fit) ends the step on the
/// others that wait for it too, with the same error.
public class PipelineSchedule {
  /// What each rank does.
  public let order: PipelineOrder
  /// The stages of this rank.
  public let stages: [PipelineStage]
  /// The ranks that the stages are on.
  public let group: ProcessGroup
  /// The ranks that have the same stages and other parts of the batch; nil: there are none.
  public let dataGroup: ProcessGroup?
  private let loss: PipelineLoss?
  private let shared: SharedGradients
  private var events: [PipelineTimeline.Event] = []
  /// How many messages have gone each way between stages, which gives the next one its tag.
  private var messageCounts: [Int: Int] = [:]

  /// A schedule in any order. All ranks of the stages' group call it, with the same order and their own stages.
  ///
  /// - Parameters:
  ///   - stages: those that the order has on this rank.
  ///   - loss: how results and targets give the loss; nil: only ``evaluate(_:extras:targets:)`` is wanted.
  ///   - dataGroup: gradients become the mean over these ranks, in one go with the last backward pass of each stage.
  /// - Throws: `TensorError` on all ranks alike where the stages are not those of the order, or the ranks have different orders.
  public init(
    _ stages: [PipelineStage], order: PipelineOrder, loss: PipelineLoss? = nil, dataGroup: ProcessGroup? = nil
  ) throws(TensorError) {
    let group = try ProcessGroup.orWorld(stages.first?.group)
    self.stages = stages.sorted { $0.stageIndex < $1.stageIndex }
    self.order = order
    self.group = group
    self.loss = loss
    self.dataGroup = dataGroup
    try Self.check(stages, order, group)
    shared = try SharedGradients(stages, group)
  }

  /// What ranks can get wrong together is compared, and refused on all of them.
  private static func check(
    _ stages: [PipelineStage], _ order: PipelineOrder, _ group: ProcessGroup
  ) throws(TensorError) {
    var problem = ""
    let has = Set(stages.map(\.stageIndex))
    if order.ranks.count != group.size {
      problem = "the order is one for \(order.ranks.count) ranks, and the group has \(group.size)"
    } else if let odd = stages.first(where: { $0.stageCount != order.stageCount }) {
      problem = "stage \(odd.stageIndex) is one of \(odd.stageCount), and the order has \(order.stageCount) stages"
    } else {
      let wanted = Set(order.stageRanks.indices.filter { order.stageRanks[$0] == group.rank })
      if wanted != has || stages.count != has.count {
        problem =
          "it has the stages \(stages.map(\.stageIndex).sorted()), and the order puts \(wanted.sorted()) on it"
      }
    }
    let all = try group.allGatherObject([problem, order.csv])
    if let rank = all.firstIndex(where: { !$0[0].isEmpty }) {
      throw TensorError(.value, "PipelineSchedule", "rank \(rank): \(all[rank][0])")
    }
    if let rank = all.firstIndex(where: { $0[1] != all[0][1] }) {
      throw TensorError(
        .value, "PipelineSchedule",
        "ranks 0 and \(rank) have different orders; all ranks of a pipeline need the same one")
    }
  }

  /// One training step: forward and backward of the whole batch. Gradients are added to those that the parameters have.
  ///
  /// - Parameters:
  ///   - inputs: the batch, on the rank of the first stage; others need none, and what they give is not used.
  ///   - extras: more tensors for the stages of this rank; such of one row go to all microbatches whole.
  ///   - targets: on the rank of the last stage; others need none.
  ///   - reducesGradients: false while more steps follow before the optimiser's: gradients are then added up over stages and over the
  ///     data group by the last of them, of what all have collected.
  ///   - returnsOutputs: whether the results of the last stage are kept.
  /// - Throws: `TensorError` of what went wrong here or on a rank that this one waits for. Gradients are then of no use.
  @discardableResult
  public func step(
    _ inputs: [Tensor], extras: [String: Tensor] = [:], targets: [Tensor] = [], reducesGradients: Bool = true,
    returnsOutputs: Bool = false
  ) throws(TensorError) -> PipelineResult {
    guard loss != nil else {
      throw TensorError(.state, "step", "the schedule has no loss; make it with one, or call evaluate")
    }
    guard order.hasBackward else {
      throw TensorError(.state, "step", "the schedule's order has no backward passes; call evaluate")
    }
    return try run(
      order, inputs, extras, targets, isTraining: true, reducesGradients: reducesGradients,
      returnsOutputs: returnsOutputs)
  }

  /// ``step(_:extras:targets:reducesGradients:returnsOutputs:)`` of one input and one target.
  @discardableResult
  public func step(
    _ input: Tensor? = nil, extras: [String: Tensor] = [:], target: Tensor? = nil, reducesGradients: Bool = true,
    returnsOutputs: Bool = false
  ) throws(TensorError) -> PipelineResult {
    try step(
      input.map { [$0] } ?? [], extras: extras, targets: target.map { [$0] } ?? [],
      reducesGradients: reducesGradients, returnsOutputs: returnsOutputs)
  }

  /// The forward passes alone, without gradients: the results of the last stage on its rank, and the loss where there are targets.
  ///
  /// - Parameters: those of ``step(_:extras:targets:reducesGradients:returnsOutputs:)``.
  public func evaluate(
    _ inputs: [Tensor], extras: [String: Tensor] = [:], targets: [Tensor] = []
  ) throws(TensorError) -> PipelineResult {
    try run(
      try order.forwardOnly(), inputs, extras, targets, isTraining: false, reducesGradients: false,
      returnsOutputs: true)
  }

  /// ``evaluate(_:extras:targets:)`` of one input and one target.
  public func evaluate(
    _ input: Tensor? = nil, extras: [String: Tensor] = [:], target: Tensor? = nil
  ) throws(TensorError) -> PipelineResult {
    try evaluate(input.map { [$0] } ?? [], extras: extras, targets: target.map { [$0] } ?? [])
  }

  /// The times of the last step's computations on all ranks. All ranks call it; times of several hosts are those of their clocks.
  public func gatherTimeline() throws(TensorError) -> PipelineTimeline {
    PipelineTimeline(try group.allGatherObject(events))
  }

  /// The parameters of this rank's stages.
  public func parameters() -> [Tensor] {
    var seen: Set<ObjectIdentifier> = []
    return stages.flatMap { $0.module.parameters() }.filter { tensor in
      tensor.variableIdentity.map { seen.insert($0).inserted } ?? true
    }
  }

  /// Scales the gradients of all stages down so that the norm of all of them is at most `maxNorm`, as one process with the whole model does. All
  /// ranks of the pipeline call it, after a step. What stages share counts once; what is sharded or divided inside stages counts with all its parts.
  ///
  /// - Parameter normType: p of the norm, more than 0; infinity for the largest magnitude.
  /// - Returns: the norm before scaling, a float64 tensor with one element, the same on all ranks.
  @discardableResult
  public func clipGradNorm(maxNorm: Double, normType: Double = 2) throws(TensorError) -> Tensor {
    var norm = PartialNorm(normType)
    let (own, repeated) = (parameters(), shared.repeated)
    for parameter in own where parameter.variableIdentity.map({ !repeated.contains($0) }) ?? true {
      norm.add(parameter)
    }
    let total = norm.norm(try norm.summed(try norm.power("clipGradNorm"), group))
    clipGradsWithNorm(own, maxNorm: maxNorm, totalNorm: total)
    return total
  }

  /// Parameters and buffers of this rank's stages that are saved, by their names in the whole model; what several stages have is known by one name.
  func namedState() -> [(name: String, tensor: Tensor)] {
    var names: [ObjectIdentifier: String] = [:]
    for (name, tensor) in stages.flatMap(\.shared) {
      if let identity = tensor.variableIdentity { names[identity] = name }
    }
    var seen: Set<ObjectIdentifier> = []
    return stages.flatMap { $0.module.namedState() }.compactMap { name, tensor in
      guard let identity = tensor.variableIdentity else { return (name, tensor) }
      return seen.insert(identity).inserted ? (names[identity] ?? name, tensor) : nil
    }
  }

  private func run(
    _ order: PipelineOrder, _ inputs: [Tensor], _ extras: [String: Tensor], _ targets: [Tensor], isTraining: Bool,
    reducesGradients: Bool, returnsOutputs: Bool
  ) throws(TensorError) -> PipelineResult {
    let hasFirst = stages.contains { $0.isFirst }
    let hasLast = stages.contains { $0.isLast }
    let batch = PipelineBatch(
      order.microbatchCount, hasFirst ? inputs : [], extras, hasLast ? targets : [])
    let step = PipelineStep(
      stages, order, group, batch, loss, isTraining: isTraining, keepsOutputs: returnsOutputs,
      messageCounts: messageCounts)
    let reducer = isTraining && reducesGradients ? dataGroup.map(DataGradients.init) : nil
    // What is sharded collects whole gradients, and reduces them in the last backward pass of its stage.
    let units = stages.map { ShardedUnit.units(of: $0.module) }
    let reduced = units.map { $0.map(\.reducesGradients) }
    for unit in units.joined() { unit.reducesGradients = false }
    defer {
      for (units, reduced) in zip(units, reduced) {
        for (unit, isReduced) in zip(units, reduced) { unit.reducesGradients = isReduced }
      }
    }
    step.run { stage in
      guard isTraining, reducesGradients, let i = stages.firstIndex(where: { $0 === stage }) else { return }
      for (unit, isReduced) in zip(units[i], reduced[i]) { unit.reducesGradients = isReduced }
    } afterLast: { stage, hasFailed throws(TensorError) in
      // Backward passes have reduced the gradients of what is sharded.
      let parameters = stage.module.parameters().filter { ShardedParameter.of($0) == nil }
      try reducer?.start(parameters, hasFailed: hasFailed)
    }
    messageCounts = step.messageCounts
    events = step.events
    // Messages that are still under way are waited for in any case, so that the next step begins with none.
    step.finish()
    guard isTraining, reducesGradients else { return try step.result() }
    // Others wait for these also where this rank has failed, and are told.
    do throws(TensorError) { try reducer?.finish() } catch { step.fail(error) }
    try shared.add(failure: step.failure)
    return try step.result()
  }
}
