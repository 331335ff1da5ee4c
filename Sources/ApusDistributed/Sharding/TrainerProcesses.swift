import ApusCore
import ApusNN
import ApusOptim
import ApusTrain

/// Processes of a group that a trainer trains with: how they tell each other numbers and write checkpoints, whatever they divide.
protocol GroupProcesses: TrainingProcesses {
  var group: ProcessGroup { get }
  /// The numbers of the parameters whose states this process has; nil: all.
  func ownedParameters(of optimizer: Optimizer) -> Set<Int>?
}

extension GroupProcesses {
  var rank: Int { group.rank }
  var size: Int { group.size }

  func fail(_ mistake: any Error) { group.fail(mistake) }

  func sum(_ numbers: [Double]) throws -> [Double] {
    try group.allReduce(Tensor(numbers, dtype: .float64)).array(as: Double.self)
  }

  func gather<Value: Codable & Sendable>(_ value: Value) throws -> [Value] { try group.allGatherObject(value) }

  func gather(_ tensors: [Tensor]) throws -> [[Tensor]] {
    let counts = try group.allGather(Tensor([tensors.count], dtype: .int64)).map { $0.array(as: Int.self)[0] }
    var all = counts.map { _ in [Tensor]() }
    for i in 0..<(counts.max() ?? 0) {
      // Those that have fewer send something that nobody keeps.
      let own = i < tensors.count ? tensors[i] : Tensor.zeros([0], dtype: .uint8)
      let found = try group.allToAll([Tensor](repeating: own, count: size))
      for (rank, tensor) in found.enumerated() where i < counts[rank] { all[rank].append(tensor) }
    }
    return all
  }

  func save(
    _ state: StateDict, texts: [String: String], model: any Module, optimizers: [(name: String, optimizer: Optimizer)],
    to folder: String
  ) throws {
    var sharded = ShardedState()
    sharded.texts = texts
    if rank == 0 { sharded.add(state, prefix: Self.stateName) }
    sharded.add(model)
    for (name, optimizer) in optimizers { try sharded.add(optimizer, of: model, prefix: name) }
    try saveSharded(sharded, to: folder, group: group)
  }

  func load(from folder: String) throws -> (state: StateDict, texts: [String: String]) {
    let checkpoint = try ShardedCheckpoint(path: folder)
    let state = try checkpoint.state(Self.stateName)
    guard state["trainer.epoch"] != nil else {
      throw TensorError(
        .format, folder, "this is no checkpoint of a trainer; load it with ShardedCheckpoint(path:) and load(into:)")
    }
    return (state, checkpoint.texts)
  }

  func load(model: any Module, optimizers: [(name: String, optimizer: Optimizer)], from folder: String) throws {
    let checkpoint = try ShardedCheckpoint(path: folder)
    try checkpoint.load(into: model)
    for (name, optimizer) in optimizers {
      try checkpoint.load(into: optimizer, model.namedState(), name, owned: ownedParameters(of: optimizer))
    }
  }

  /// What the names of all that is neither of the model nor of an optimiser begin with.
  private static var stateName: String { "run" }
}

extension Optimizer {
  /// Refuses optimisers whose step looks at more than an element and its state.
  func checkDivisible(_ strategy: String) throws(TensorError) {
    if self is LBFGS {
      throw TensorError(
        .unsupported, strategy,
        "\(name) looks at all parameters together; take one that changes each by itself, such as AdamW")
    }
  }
}
