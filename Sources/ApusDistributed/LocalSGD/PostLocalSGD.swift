import ApusCore
import ApusNN
import ApusOptim

/// Gradients of all ranks for some steps, and those of neighbours, or of each rank alone, after that: PyTorch's `post_localSGD_hook` with its state.
/// From then on a ``ModelAverager`` keeps the ranks together.
///
///     let hook = try PostLocalSGD(startStep: 100).hook
///     let averager = try PeriodicModelAverager(period: 4, warmupSteps: 100)
///     trainer.strategy = .dataParallel(hook: hook)      // or model.registerCommHook(hook)
///     let optimizer = PostLocalSGDOptimizer(SGD(model.parameters(), lr: 0.1), averager: averager)
///
/// Sendable: one backward pass at a time uses it.
public final class PostLocalSGD: @unchecked Sendable {
  /// The steps whose gradients are those of all ranks.
  public var startStep: Int { firstSteps.count }
  /// Who averages gradients after that.
  public let subgroup: ProcessGroup
  /// Whether gradients are averaged in the ``subgroup`` after ``startStep``; else each rank uses its own.
  public let averagesInSubgroup: Bool
  private var firstSteps: FirstSteps

  /// All ranks of the group make it.
  /// - Parameters:
  ///   - startStep: the steps whose gradients are those of all ranks.
  ///   - group: the ranks of the data-parallel model; nil: all.
  ///   - subgroup: who averages gradients after that; nil: the ranks of a host.
  ///   - averagesInSubgroup: PyTorch's `post_local_gradient_allreduce`; without it each rank uses its own gradients.
  /// - Throws: `TensorError` for a negative number.
  public init(
    startStep: Int, group: ProcessGroup? = nil, subgroup: ProcessGroup? = nil, averagesInSubgroup: Bool = true
  ) throws(TensorError) {
    guard startStep >= 0 else {
      throw TensorError(.value, "PostLocalSGD", "startStep is a number of steps from 0 on, and was \(startStep)")
    }
    let whole = if let group { group } else { try ProcessGroup.world }
    self.subgroup = if let subgroup { subgroup } else { try whole.hostGroup() }
    firstSteps = FirstSteps(count: startStep)
    self.averagesInSubgroup = averagesInSubgroup
  }

  /// What ``DistributedDataParallel/registerCommHook(_:)`` and ``TrainingStrategy/dataParallel`` take.
  public var hook: CommunicationHook {
    { (bucket, group) throws(TensorError) in try self.reduce(bucket, group) }
  }

  private func reduce(
    _ bucket: GradientBucket, _ group: ProcessGroup
  ) throws(TensorError) -> @Sendable () throws(TensorError) -> Tensor {
    if firstSteps.take(bucket) { return try allReduceHook(bucket, group) }
    if averagesInSubgroup { return try allReduceHook(bucket, subgroup) }
    let buffer = bucket.buffer
    return { () throws(TensorError) in buffer }
  }
}

/// An optimiser after whose steps an averager has its turn: PyTorch's `PostLocalSGDOptimizer`. Its state has the averager's number of steps too, as
/// `step`.
///
/// Between two averagings the ranks have different parameters: a checkpoint that one of them writes is that of this one.
public final class PostLocalSGDOptimizer: DelegatingOptimizer, @unchecked Sendable {
  /// What averages after them.
  public let averager: any ModelAverager

  /// - Parameters:
  ///   - local: what makes the steps.
  ///   - averager: what averages after them.
  public init(_ local: Optimizer, averager: any ModelAverager) {
    self.averager = averager
    super.init(local, parameterGroups: local.parameterGroups)
  }

  public override func addParamGroup(_ group: ParameterGroup) {
    local.addParamGroup(group)
    super.addParamGroup(group)
  }

  public override func step() {
    if isFailing { return }
    betweenStepHooks {
      local.step()
      do throws(TensorError) { try averager.averageParameters(parameters) } catch { report(error) }
    }
  }

  /// The state of ``local``, and how many steps the averager has counted.
  public override func stateDict() -> StateDict {
    hookedState {
      var state = local.stateDict()
      state[Self.stepName] = Tensor(averager.step)
      return state
    }
  }

  /// Continues from a ``stateDict()``. From a state without a number of steps, such as that of ``local`` alone, the averager begins anew.
  public override func loadStateDict(_ state: StateDict) throws(TensorError) {
    try hookedLoad(state) { state throws(TensorError) in
      var rest = StateDict()
      var steps = 0
      for (name, tensor) in state {
        if name == Self.stepName {
          guard tensor.count == 1 else {
            throw TensorError(.state, self.name, "'\(name)' is the averager's number of steps, and is \(tensor.type)")
          }
          steps = Int(clamping: Int64(tensor.item()))
        } else {
          rest[name] = tensor
        }
      }
      try local.loadStateDict(rest)
      averager.step = steps
    }
  }

  private static let stepName = "step"
}
