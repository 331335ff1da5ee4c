import ApusCore
import ApusNN
import ApusOptim
import ApusTrain

extension TrainingStrategy {
  /// Trains on all processes at once, each with a part of the parameters, their gradients and the optimiser's states (ZeRO 3): one line for a
  /// ``Trainer``.
  ///
  ///     trainer.strategy = .fullySharded
  ///
  /// The model is one unit; ``fullySharded(units:group:replicas:reshardAfterForward:mixedPrecision:overlap:)`` says which modules inside are.
  public static var fullySharded: TrainingStrategy { fullySharded() }

  /// ``fullySharded`` with the settings of ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:units:)``.
  ///
  /// Losses are those of one process with batches as large as all processes' together. Checkpoints are folders in which each process writes its part.
  /// All processes need as many batches (`dropLast: true`), and a mistake of one ends all. The trainer's function calls the model as `model(x)`.
  ///
  /// - Parameters:
  ///   - units: which modules inside the model are gathered by themselves; they are called as modules are.
  ///   - group: the processes that train; all of them, which are joined where that has not been done, if nil.
  ///   - replicas: how many times the parameters are there; `.perHost` shards inside of hosts and replicates across them (hybrid
  ///     sharding).
  public static func fullySharded(
    units: @escaping @Sendable (any Module) -> Bool = { _ in false }, group: ProcessGroup? = nil,
    replicas: ShardReplicas = .none, reshardAfterForward: Bool? = nil,
    mixedPrecision: MixedPrecisionPolicy = MixedPrecisionPolicy(),
    overlap: Bool? = nil
  ) -> TrainingStrategy {
    TrainingStrategy { model in
      if group == nil, !ProcessGroup.isInitialized { try initProcessGroup() }
      let group = try ProcessGroup.orWorld(group)
      let (shards, replicas) = try replicas.groups(of: group)
      func shard(_ model: some Module) throws -> FullyShardedModule {
        try fullyShard(
          model, group: shards, replicas: replicas, reshardAfterForward: reshardAfterForward,
          mixedPrecision: mixedPrecision, overlap: overlap, units: units)
      }
      return FullyShardedProcesses(try shard(model), model, group)
    }
  }

  /// Trains on all processes at once with parts of a training on each: PyTorch's and DeepSpeed's stages of ZeRO.
  ///
  /// - Parameters:
  ///   - stage: 1: each process keeps the optimiser's states of some parameters, makes their steps, and gives them to the others, as
  ///     ``ZeroRedundancyOptimizer`` does; 2: gradients and states are divided; 3: parameters too, which is ``fullySharded``.
  ///   - group: the processes that train; all of them if nil.
  public static func zero(stage: Int, group: ProcessGroup? = nil) -> TrainingStrategy {
    switch stage {
    case 2: fullySharded(group: group, reshardAfterForward: false)
    case 3: fullySharded(group: group)
    default:
      TrainingStrategy { model in
        guard stage == 1 else {
          throw TensorError(.value, "zero", "the stages of ZeRO are 1, 2 and 3, and \(stage) was asked for")
        }
        if group == nil, !ProcessGroup.isInitialized { try initProcessGroup() }
        let parts = try DataParallelParts(
          model, group, bucketCapMB: 25, findsUnused: false, broadcastsBuffers: true, keepsViews: true,
          isStatic: false)
        return DividedStates(parts, model)
      }
    }
  }
}

/// Data-parallel processes each of which keeps the states of some parameters.
private final class DividedStates: DataParallelProcesses {
  private var owners: [ObjectIdentifier: ParameterOwners] = [:]

  override var isDivided: Bool { size > 1 }

  override func adopt(_ optimizers: [Optimizer]) throws {
    for optimizer in optimizers {
      try optimizer.checkDivisible("zero(stage: 1)")
      let owners = ParameterOwners(optimizer.parameters, group)
      self.owners[ObjectIdentifier(optimizer)] = owners
      // States that a checkpoint has brought, of others' parameters, are forgotten.
      let own = Set(owners.own)
      let state = optimizer.stateDict()
      let kept = state.filter { entry in numberOfParameter(entry.name).map { own.contains($0) } ?? true }
      if kept.count < state.count { try optimizer.loadStateDict(StateDict(kept)) }
    }
  }

  override func ownedParameters(of optimizer: Optimizer) -> Set<Int>? {
    owners[ObjectIdentifier(optimizer)].map { Set($0.own) }
  }

  override func beginStep(_ optimizers: [Optimizer]) throws {
    for optimizer in optimizers {
      guard let own = ownedParameters(of: optimizer) else { continue }
      // A parameter without a gradient has no step and no states here.
      for (i, parameter) in optimizer.parameters.enumerated() where !own.contains(i) { parameter.grad = nil }
    }
  }

  override func endStep(_ optimizers: [Optimizer]) throws {
    for optimizer in optimizers { try owners[ObjectIdentifier(optimizer)]?.share(optimizer.parameters) }
  }
}

/// The number of the parameter of an entry of an optimiser's state, `state.3.exp_avg`.
private func numberOfParameter(_ name: String) -> Int? {
  let parts = name.split(separator: ".", maxSplits: 2)
  return parts.count == 3 && parts[0] == "state" ? Int(parts[1]) : nil
}

/// The processes of a fully sharded run.
private final class FullyShardedProcesses: GroupProcesses {
  private let sharded: FullyShardedModule
  private let model: any Module
  private let units: [ShardedUnit]
  let group: ProcessGroup

  init(_ sharded: FullyShardedModule, _ model: any Module, _ group: ProcessGroup) {
    (self.sharded, self.model, self.group) = (sharded, model, group)
    units = ShardedUnit.units(of: model)
  }

  var needsAllInForward: Bool { size > 1 }
  var needsAllInPasses: Bool { size > 1 }
  var isDivided: Bool { true }
  var canCompile: Bool { false }
  var reducedPasses: Int { units.reduce(0) { $0 + $1.reductionCount } }

  func ownedParameters(of optimizer: Optimizer) -> Set<Int>? { nil }

  func adopt(_ optimizers: [Optimizer]) throws {
    for optimizer in optimizers {
      try optimizer.checkDivisible("fullySharded")
      // States that a checkpoint of whole tensors has brought become rows.
      let parameters = optimizer.parameters
      var state = StateDict()
      var isCut = false
      for (name, tensor) in optimizer.stateDict() {
        state[name] = tensor
        guard let i = numberOfParameter(name), parameters.indices.contains(i),
          let sharding = ShardedParameter.of(parameters[i]),
          tensor.shape == sharding.type.shape, tensor.shape != parameters[i].shape
        else { continue }
        state[name] = sharding.own(of: tensor)
        isCut = true
      }
      if isCut { try optimizer.loadStateDict(state) }
    }
  }

  func beginForward() throws {}

  func withoutReducing<Result>(_ body: () throws -> Result) rethrows -> Result { try sharded.noSync(body) }

  func reduceCollected() throws { for unit in units { try unit.reduceCollected() } }

  func completeFailedPass() throws {
    throw TensorError(.state, "fullySharded", "a pass that has failed cannot be ended for the others")
  }

  func clipGradNorm(_ parameters: [Tensor], maxNorm: Double) throws -> Double {
    try clipShardedGradNorm(parameters, maxNorm: maxNorm).item()
  }

  func shareOverflow(_ parameters: [Tensor]) throws {
    let gradients = parameters.compactMap(\.grad)
    let isFinite = gradients.allSatisfy { $0.count == 0 || $0.to(.float32).abs().max().item().isFinite }
    guard try sum([isFinite ? 0 : 1])[0] > 0, isFinite else { return }
    // The scaler of this process finds what that of another has found.
    for parameter in parameters {
      guard let gradient = parameter.grad, gradient.count > 0 else { continue }
      parameter.grad = noGrad { gradient * Double.infinity }
      return
    }
  }

  func stateDict(of model: any Module) throws -> StateDict { try wholeStateDict(of: model) ?? model.stateDict() }
}
