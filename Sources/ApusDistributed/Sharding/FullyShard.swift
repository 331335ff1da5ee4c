import ApusCore
import ApusNN

/// In which types a sharded module computes and reduces: PyTorch's `MixedPrecisionPolicy`. What ranks hold, and what optimisers change,
/// keeps its type.
public struct MixedPrecisionPolicy: Sendable {
  /// The type that parameters are gathered in, and computed with; nil: their own.
  public var parameterType: DType?
  /// The type that gradients are reduced in; nil: the type that they were computed in.
  public var reductionType: DType?
  /// The type of the results of the module; nil: as they come.
  public var outputType: DType?
  /// Whether inputs of floating point are converted to `parameterType`.
  public var castsInputs: Bool

  /// A policy; what is left out changes nothing.
  public init(
    parameterType: DType? = nil, reductionType: DType? = nil, outputType: DType? = nil, castsInputs: Bool = true
  ) {
    self.parameterType = parameterType
    self.reductionType = reductionType
    self.outputType = outputType
    self.castsInputs = castsInputs
  }
}

/// Shards the parameters of `module` among the ranks of a group, so that each holds a part of them, of their gradients and of what optimisers
/// keep for them: PyTorch's `fully_shard` (FSDP 2, ZeRO 3).
///
///     for block in model.blocks { try fullyShard(block) }
///     let sharded = try fullyShard(model)
///     let optimizer = AdamW(model.parameters(), lr: 3e-4)     // after sharding: it sees this rank's rows
///
/// The call of a sharded module gathers its parameters, and gives their memory back afterwards; the backward pass gathers them again, and
/// reduces the gradients to the ranks that hold the rows while it goes on. What is gathered together (a *unit*) are the parameters that no module
/// inside has been given a unit of its own for: so the blocks of a model first, then the model. While one unit computes the next one comes.
///
/// All ranks call it alike, and call the modules in the same order. Outside of calls a parameter has the shape [own rows, ...]; see
/// ``FullyShardedModule/withFullParameters(_:)``. Parameters that modules share belong to one unit. A published model is called as `model(inputs)`.
///
/// What ``parallelize(_:_:plan:)`` has divided before is sharded over another dimension of the mesh: `group` is that of `data`, say.
///
/// - Parameters:
///   - group: who shares the rows; nil: all ranks.
///   - replicas: the group of ranks that hold the same rows in other groups, for hybrid sharding (inside a host, say), whose gradients are
///     averaged too; nil: there are none.
///   - reshardAfterForward: whether memory is given back between the forward and the backward pass; nil: yes, but for a module that has
///     units inside, which the backward pass begins with. Without it gradients and optimisers are sharded alone (ZeRO 2).
///   - mixedPrecision: types to compute in.
///   - syncModuleStates: whether all ranks begin with the parameters and buffers of the first.
///   - overlap: whether parameters come, and gradients go, while other units compute, for which there is memory of two or three more units; nil: where the
///     ranks of the group are on several hosts. On one the same processors copy and compute, and nothing is hidden.
/// - Returns: the unit, for what is to be set and asked of it.
/// - Throws: `TensorError` where there are no parameters, where they are of several element types or not on the host, or where the ranks have
///   different ones.
@discardableResult
public func fullyShard(
  _ module: some Module, group: ProcessGroup? = nil, replicas: ProcessGroup? = nil, reshardAfterForward: Bool? = nil,
  mixedPrecision: MixedPrecisionPolicy = MixedPrecisionPolicy(), syncModuleStates: Bool = true, overlap: Bool? = nil
) throws(TensorError) -> FullyShardedModule {
  let group = if let group { group } else { try ProcessGroup.world }
  let named = module.namedParameters()
  let own = named.filter { ShardedParameter.of($0.tensor) == nil }
  guard !named.isEmpty else {
    throw TensorError(.value, "fullyShard", "\(type(of: module).typeName) has no parameters to shard")
  }
  try checkParameters(own, group)
  let parameters = own.map { ShardedParameter($0.tensor, name: $0.name, group: group, replicas: replicas) }
  if syncModuleStates {
    for (_, tensor) in module.namedBuffers() {
      let first = try group.broadcast(tensor.detach(), from: 0)
      tensor.store(try replicas?.broadcast(first, from: 0) ?? first)
    }
  }
  // What rows and their gradients take stays: taken from what whole parameters leave, it would cut that into pieces. So all of it comes before
  // the first whole parameter goes, and from memory that nobody has had.
  Allocator.shared.emptyCache()
  let unit = ShardedUnit(
    name: type(of: module).typeName, parameters, group: group, replicas: replicas, precision: mixedPrecision,
    reshardsAfterForward: reshardAfterForward ?? (own.count == named.count),
    overlaps: overlap ?? (Set(group.hostNames).count > 1))
  var rows: [Tensor] = []
  for parameter in parameters {
    rows.append(syncModuleStates ? try parameter.rowsOfFirstRank() : parameter.own(of: parameter.handle))
  }
  for (parameter, rows) in zip(parameters, rows) {
    parameter.register()
    parameter.handle.holdInVariable(rows)
  }
  _ = module.registerScope { _ in unit.enter() }
  if let type = mixedPrecision.parameterType, mixedPrecision.castsInputs {
    module.registerForwardPreHook { (_: any Module, inputs: [Tensor]) -> [Tensor]? in
      inputs.map { $0.dtype.isFloatingPoint && $0.dtype != type ? $0.to(type) : $0 }
    }
  }
  if let type = mixedPrecision.outputType {
    module.registerForwardHook { (_: any Module, _: [Tensor], output: Tensor) -> Tensor? in
      output.dtype.isFloatingPoint && output.dtype != type ? output.to(type) : nil
    }
  }
  return FullyShardedModule(module, unit)
}

/// ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)`` of every module inside `module` that `isUnit`
/// chooses, inner ones first, and then of `module`, whose results alone have the `outputType`.
///
///     try fullyShard(model) { $0 is TransformerBlock }
///
/// - Throws: as that one.
@discardableResult
public func fullyShard(
  _ module: some Module, group: ProcessGroup? = nil, replicas: ProcessGroup? = nil, reshardAfterForward: Bool? = nil,
  mixedPrecision: MixedPrecisionPolicy = MixedPrecisionPolicy(), syncModuleStates: Bool = true, overlap: Bool? = nil,
  units isUnit: (any Module) -> Bool
) throws(TensorError) -> FullyShardedModule {
  // The type of the results is that of the outermost module's.
  var innerPrecision = mixedPrecision
  innerPrecision.outputType = nil
  for inner in module.modules().dropFirst().reversed() where isUnit(inner) && !inner.parameters().isEmpty {
    try fullyShard(
      inner, group: group, replicas: replicas, reshardAfterForward: reshardAfterForward, mixedPrecision: innerPrecision,
      syncModuleStates: syncModuleStates, overlap: overlap)
  }
  return try fullyShard(
    module, group: group, replicas: replicas, reshardAfterForward: reshardAfterForward, mixedPrecision: mixedPrecision,
    syncModuleStates: syncModuleStates, overlap: overlap)
}

/// ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:units:)`` over a mesh: of one dimension, whose ranks share the rows,
/// or of two, of which the first replicates and the second shards (hybrid sharding), as PyTorch's `fully_shard(mesh=)`.
///
///     let mesh = try DeviceMesh([hosts, ranksOfEach], names: ["replicate", "shard"])
///     try fullyShard(model, mesh: mesh) { $0 is TransformerBlock }
///
/// - Throws: as that one, and for a mesh of more dimensions; take the two that are meant, `mesh["replicate", "shard"]`.
@discardableResult
public func fullyShard(
  _ module: some Module, mesh: DeviceMesh, reshardAfterForward: Bool? = nil,
  mixedPrecision: MixedPrecisionPolicy = MixedPrecisionPolicy(), syncModuleStates: Bool = true, overlap: Bool? = nil,
  units isUnit: (any Module) -> Bool = { _ in false }
) throws(TensorError) -> FullyShardedModule {
  guard (1...2).contains(mesh.rank) else {
    throw TensorError(
      .dimension, "fullyShard",
      "a mesh of one dimension shards, one of two replicates and shards, and this one has \(mesh.described)")
  }
  return try fullyShard(
    module, group: try mesh.group(mesh.rank - 1), replicas: mesh.rank == 2 ? try mesh.group(0) : nil,
    reshardAfterForward: reshardAfterForward, mixedPrecision: mixedPrecision, syncModuleStates: syncModuleStates,
    overlap: overlap, units: isUnit)
}

/// Refuses parameters that cannot lie in one row of memory, and ranks that have other ones: all throw alike.
private func checkParameters(
  _ parameters: [(name: String, tensor: Tensor)], _ group: ProcessGroup
) throws(TensorError) {
  let own = parameters.map { "\($0.name): \($0.tensor.type)" }
  var problem = ""
  if let first = parameters.first, let other = parameters.first(where: { $0.tensor.dtype != first.tensor.dtype }) {
    problem =
      "the parameters of a unit are of one element type, and \(first.name) is \(first.tensor.dtype), \(other.name) "
      + "\(other.tensor.dtype); convert the module, or give the modules of other types units of their own"
  } else if let odd = parameters.first(where: { !$0.tensor.dtype.isInexact || $0.tensor.device != .cpu }) {
    problem =
      "\(odd.name) is \(odd.tensor.type) on \(odd.tensor.device); parameters of floating point on the host can be sharded"
  }
  for (rank, found) in try group.allGatherObject(own + [problem]).enumerated() {
    if let theirs = found.last, !theirs.isEmpty { throw TensorError(.dtype, "fullyShard", "rank \(rank): \(theirs)") }
    if found.dropLast() != own[...] {
      let place = zip(found, own).first { $0 != $1 }
      throw TensorError(
        .state, "fullyShard",
        "the ranks have different parameters: rank \(rank) has \(found.count - 1), with \(place?.0 ?? "more or less"), and rank "
          + "\(group.rank) has \(own.count), with \(place?.1 ?? "more or less")")
    }
  }
}

/// The state of one process that has all of a module of which this one holds parts, by the names of its state dictionary. All processes that have
/// parts call it.
///
/// - Parameter isKept: whether this process wants it; else it takes part alone.
func wholeStateDict(of module: any Module, isKept: Bool = true) throws(TensorError) -> StateDict? {
  let substitutes = Substitutes()
  for parameter in module.parameters()
  where ShardedParameter.of(parameter) != nil || DividedParameter.of(parameter) != nil {
    let whole = try DividedParameter.whole(of: parameter)
    if isKept { substitutes.use(whole, for: parameter) }
  }
  return isKept ? Context.with(substitutes: substitutes) { module.stateDict() } : nil
}

/// Stores the state of one process that has all of a module: this one keeps its parts.
/// - Throws: `TensorError` where a name is missing or a shape is another; nothing has been stored then.
func loadWholeState(_ state: StateDict, into module: any Module) throws(TensorError) {
  let named = module.namedParameters() + module.namedBuffers()
  for (name, tensor) in named {
    let shape = DividedParameter.wholeShape(of: tensor)
    guard let value = state[name] else {
      if tensor.isUnsavedBuffer { continue }
      throw TensorError(.state, "loadFullStateDict", "the state has no '\(name)'")
    }
    guard value.shape == shape else {
      throw TensorError(
        .state, "loadFullStateDict", "'\(name)' is \(value.shape) in the state and \(shape) in the module")
    }
  }
  for (name, tensor) in named {
    if let value = state[name] { tensor.store(DividedParameter.part(of: value, for: tensor)) }
  }
}

/// A module whose parameters were sharded by ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)``.
public final class FullyShardedModule: Sendable {
  private let module: any Module
  private let unit: ShardedUnit

  init(_ module: any Module, _ unit: ShardedUnit) {
    self.module = module
    self.unit = unit
  }

  /// The units of this module and of all inside it.
  private var units: [ShardedUnit] { [unit] + ShardedUnit.units(of: module).filter { $0 !== unit } }

  /// Whether backward passes reduce gradients: PyTorch's `set_requires_gradient_sync`. While it is false each rank adds up whole gradients of
  /// its own, which take the memory of the parameters; the next pass that reduces takes them along.
  public var requiresGradientSync: Bool {
    get { unit.reducesGradients }
    set { for unit in units { unit.reducesGradients = newValue } }
  }

  /// Runs `body`, whose backward passes do not reduce gradients: for all but the last part of a batch.
  public func noSync<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let before = requiresGradientSync
    requiresGradientSync = false
    defer { requiresGradientSync = before }
    return try body()
  }

  /// Runs `body` with all parameters whole, for what is no call of the module: generation, a look at weights. All ranks call it. What `body`
  /// computes with them is not for gradients, and what it stores in them is lost. What ``parallelize(_:_:plan:)`` has divided is as it left it.
  public func withFullParameters<Result>(_ body: () throws -> Result) throws -> Result {
    let substitutes = Context.current?.substitutes.map(Substitutes.init(copying:)) ?? Substitutes()
    for unit in units {
      for (parameter, whole) in zip(unit.parameters, try unit.gathered()) {
        substitutes.use(whole, for: parameter.handle)
      }
    }
    return try noGrad { try Context.with(substitutes: substitutes, body) }
  }

  /// The whole parameters and the buffers under the names of the state dictionary of the module before it was sharded, on rank `root` of the group; nil on
  /// others. With nil for `root` all ranks get it. All ranks call it; a parameter at a time is whole on those that do not keep it. Parts that
  /// ``parallelize(_:_:plan:)`` has made are joined too.
  public func fullStateDict(to root: Int? = 0) throws(TensorError) -> StateDict? {
    try wholeStateDict(of: module, isKept: root == nil || root == unit.group.rank)
  }

  /// Takes the rows of this rank from whole tensors under the names of the module's state dictionary.
  /// - Throws: `TensorError` where a name is missing or a shape is another.
  public func loadFullStateDict(_ state: StateDict) throws(TensorError) {
    try loadWholeState(state, into: module)
  }

  /// ``clipShardedGradNorm(_:maxNorm:normType:)`` for the parameters of the module.
  @discardableResult
  public func clipGradNorm(maxNorm: Double, normType: Double = 2) throws(TensorError) -> Tensor {
    try clipShardedGradNorm(module.parameters(), maxNorm: maxNorm, normType: normType)
  }
}
