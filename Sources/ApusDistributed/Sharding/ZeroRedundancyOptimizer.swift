import ApusCore
import ApusNN
import ApusOptim

/// An optimiser whose states are divided among the ranks of a group: PyTorch's `ZeroRedundancyOptimizer` (ZeRO 1). Each rank makes the step of some of
/// the parameters, about as many elements as the others, and gives them to all.
///
///     let optimizer = try ZeroRedundancyOptimizer(model.parameters()) { AdamW($0, lr: 3e-4) }
///
/// Gradients are those of all ranks already, as a data-parallel model has them, unless `reducesGradients` is set: then the step averages them,
/// each on the rank that uses it, and others forget theirs (ZeRO 2). Where gradients are to be reduced while the backward pass goes on, take
/// ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)`` without `reshardAfterForward`.
///
/// ``DelegatingOptimizer/local`` is the optimiser of this rank's part. All ranks make it, step it, and ask for gathered states alike.
public final class ZeroRedundancyOptimizer: DelegatingOptimizer, @unchecked Sendable {
  private let group: ProcessGroup
  private let reducesGradients: Bool
  private let owners: ParameterOwners
  private let consolidated = Lock<StateDict?>(nil)

  /// - Parameters:
  ///   - parameters: parameters, or groups of them with options of their own.
  ///   - group: who shares the states; nil: all ranks.
  ///   - reducesGradients: whether gradients are those of each rank alone, and the step averages them.
  ///   - make: makes the optimiser of a part of the groups.
  /// - Throws: `TensorError` where there are fewer parameters than ranks, or where the ranks have different parameters.
  public init(
    _ parameters: some ParameterSource, group: ProcessGroup? = nil, reducesGradients: Bool = false,
    _ make: ([ParameterGroup]) -> Optimizer
  ) throws(TensorError) {
    let group = if let group { group } else { try ProcessGroup.world }
    let groups = parameters.parameterGroups
    let all = groups.flatMap(\.parameters)
    let types = all.map { "\($0.type)" }
    let found = try group.allGatherObject(types)
    if let rank = found.firstIndex(where: { $0 != types }) {
      let place = zip(found[rank], types).enumerated().first { $1.0 != $1.1 }
      throw TensorError(
        .state, "ZeroRedundancyOptimizer",
        "the ranks have different parameters: rank \(rank) has \(found[rank].count) and rank \(group.rank) \(types.count)"
          + (place.map { "; parameter \($0.offset) is \($0.element.0) and \($0.element.1)" } ?? ""))
    }
    guard all.count >= group.size else {
      throw TensorError(
        .value, "ZeroRedundancyOptimizer",
        "\(all.count) parameters are too few for \(group.size) ranks, each of which takes whole ones; use fewer ranks, or "
          + "fullyShard, which cuts them")
    }
    let owners = ParameterOwners(all, group)
    self.group = group
    self.reducesGradients = reducesGradients
    self.owners = owners
    var next = 0
    let own = groups.map { part -> ParameterGroup in
      let places = part.parameters.indices.filter { owners.ranks[next + $0] == group.rank }
      next += part.parameters.count
      return part.with(places.map { part.parameters[$0] })
    }
    super.init(make(own), parameterGroups: groups.map(\.parameters))
  }

  /// The rank that keeps the states of each parameter, in the order of ``Optimizer/parameters``.
  public var ranks: [Int] { owners.ranks }

  public override func addParamGroup(_ group: ParameterGroup) {
    report(
      TensorError(
        .unsupported, name,
        "a group cannot be added once the parameters are divided; make a new optimiser with all groups"))
  }

  // MARK: Steps

  public override func step() {
    if isFailing { return }
    betweenStepHooks {
      do throws(TensorError) {
        try reduceGradients()
        local.step()
        areReduced.withLock { $0 = false }
        try owners.share(parameters)
      } catch { report(error) }
    }
  }

  /// Whether gradients were reduced since the last step.
  private let areReduced = Lock(false)

  /// Averages the gradients, each on the rank that keeps its states, where that is this optimiser's task; other ranks forget theirs. The step does it, if
  /// it has not been done. A parameter without a gradient on all ranks has none.
  public func reduceGradients() throws(TensorError) {
    guard reducesGradients, !areReduced.withLock({ $0 }) else { return }
    areReduced.withLock { $0 = true }
    let all = parameters
    let own = Tensor(all.map { $0.grad == nil ? 0 : 1 }, dtype: .int32)
    let has = try group.allReduce(own, .max).array(as: Int.self)
    for parts in owners.pieces(all, all.indices.filter { has[$0] != 0 }) {
      var works: [(places: [Int], work: Work<Tensor?>)] = []
      for places in parts where !places.isEmpty {
        let gradients = places.map { all[$0].grad ?? Tensor.zeros(all[$0].shape, dtype: all[$0].dtype) }
        let row = noGrad {
          gradients.count == 1 ? gradients[0].reshape([-1]) : cat(gradients.map { $0.reshape([-1]) }, dim: 0)
        }
        for i in places { all[i].grad = nil }
        works.append((places, try group.startReduce(row, .mean, to: owners.ranks[places[0]])))
      }
      for (places, work) in works {
        guard let row = try work.wait() else { continue }
        ParameterOwners.forEachPart(of: row, places, all) { $0.grad = $1.clone() }
      }
    }
  }

  /// Scales gradients down so that the norm of all of them is at most `maxNorm`.
  /// - Returns: the norm before scaling, the same on all ranks.
  @discardableResult
  public func clipGradNorm(maxNorm: Double, normType: Double = 2) throws(TensorError) -> Tensor {
    let all = parameters
    guard reducesGradients else { return try clipShardedGradNorm(all, maxNorm: maxNorm, normType: normType) }
    try reduceGradients()
    var norm = PartialNorm(normType)
    for parameter in all { norm.add(parameter, in: [group]) }
    let total = try norm.total("clipGradNorm")
    clipGradsWithNorm(all, maxNorm: maxNorm, totalNorm: total)
    return total
  }

  // MARK: States

  /// The states of this rank's parameters under the numbers of all, and the options of the groups; after ``consolidateStateDict(to:)``, on the rank
  /// that it went to, the states of all parameters as they were then, as those of an optimiser that is not divided.
  public override func stateDict() -> StateDict {
    hookedState { consolidated.withLock { $0 } ?? ownState() }
  }

  /// The states of this rank's parameters under the numbers of all.
  package func ownState() -> StateDict {
    let numbers = ownNumbers
    var state = StateDict()
    for (name, tensor) in local.stateDict() {
      if let (number, rest) = Self.numbered(name) {
        if numbers.indices.contains(number) { state["state.\(numbers[number]).\(rest)"] = tensor }
      } else if !name.hasSuffix(".params") {
        state[name] = tensor
      }
    }
    var next = 0
    for (g, parameters) in parameterGroups.enumerated() {
      state["param_groups.\(g).params"] = Tensor(parameters.indices.map { next + $0 })
      next += parameters.count
    }
    return state
  }

  /// The numbers among all parameters of those of ``local``.
  private var ownNumbers: [Int] { owners.own }

  /// `state.3.exp_avg` in its parts.
  private static func numbered(_ name: String) -> (number: Int, rest: String)? {
    let parts = name.split(separator: ".", maxSplits: 2)
    guard parts.count == 3, parts[0] == "state", let number = Int(parts[1]) else { return nil }
    return (number, String(parts[2]))
  }

  /// Gathers the states of all ranks to one, whose ``stateDict()`` gives them from then on: PyTorch's `consolidate_state_dict`.
  public func consolidateStateDict(to root: Int = 0) throws(TensorError) {
    try group.checkRank(root, "consolidateStateDict")
    consolidated.withLock { $0 = nil }
    var whole = ownState()
    let own = whole.filter { Self.numbered($0.name) != nil }
    let lines = own.map { "\($0.tensor.dtype.name) " + $0.tensor.shape.map(String.init).joined(separator: " ") }
    let found = try group.allGatherObject(zip(own.map(\.name), lines).map { [$0, $1] })
    for rank in 0..<group.size where rank != root {
      for (i, line) in found[rank].enumerated() {
        if group.rank == rank { try group.send(own[i].tensor, to: root) }
        guard group.rank == root else { continue }
        let type = try TensorType(line: line[1], "consolidateStateDict")
        whole[line[0]] = try group.receive(type.shape, dtype: type.dtype, from: rank)
      }
    }
    // In the order of an optimiser that is not divided.
    let order = whole.enumerated().sorted { a, b in
      let (x, y) = (Self.numbered(a.element.name)?.number ?? .max, Self.numbered(b.element.name)?.number ?? .max)
      return (x, a.offset) < (y, b.offset)
    }
    if group.rank == root {
      let sorted = StateDict(order.map(\.element))
      consolidated.withLock { $0 = sorted }
    }
  }

  /// Continues from a state of all parameters, of which each rank takes its part: one that ``consolidateStateDict(to:)`` gathered, or that of an
  /// optimiser that is not divided.
  public override func loadStateDict(_ state: StateDict) throws(TensorError) {
    try hookedLoad(state) { state throws(TensorError) in
      consolidated.withLock { $0 = nil }
      let places = Dictionary(uniqueKeysWithValues: ownNumbers.enumerated().map { ($1, $0) })
      var part = StateDict()
      for (name, tensor) in state {
        if let (number, rest) = Self.numbered(name) {
          if let place = places[number] { part["state.\(place).\(rest)"] = tensor }
        } else if !name.hasSuffix(".params") {
          part[name] = tensor
        }
      }
      for (g, parameters) in parameterGroups.enumerated() {
        guard let saved = state["param_groups.\(g).params"], saved.count != parameters.count else { continue }
        throw TensorError(
          .state, self.name, "group \(g) has \(parameters.count) parameters, and \(saved.count) in the state")
      }
      try local.loadStateDict(part)
    }
  }
}
