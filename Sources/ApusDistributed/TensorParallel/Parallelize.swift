import ApusCore
import ApusModels
import ApusNN

/// Divides the layers of a module among the processes of a mesh's one dimension: PyTorch's `parallelize_module`.
///
///     let shared = try parallelize(model, mesh["tensor"], plan: ["layers.*.mlp.up_proj": .columnwise, ...])
///     let shared = try parallelize(model, mesh["tensor"])    // a plan for the transformers that are known
///
/// Each process keeps its part of the weights in place of the whole; the module is called as before, with the same inputs on all processes,
/// and gives the same results on all. Parameters are new ones: an optimiser is made afterwards. Over another dimension of a mesh the module may
/// be sharded afterwards (``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)``), wrapped by
/// ``DistributedDataParallel``, or cut into stages.
///
/// - Parameters:
///   - module: with the same weights on all processes (``ProcessGroup/broadcast(_:from:)-(Tensor,_)``, or loaded from one file).
///   - mesh: a mesh of one dimension.
///   - plan: nil: ``ParallelPlan/init(for:sequenceParallel:lossParallel:)``.
/// - Throws: where a pattern fits no layer, a layer is none that can be divided, or has fewer units than there are processes. Nothing has
///   changed then.
@discardableResult
public func parallelize<Root: Module>(
  _ module: Root, _ mesh: DeviceMesh, plan: ParallelPlan? = nil
) throws(TensorError) -> TensorParallel<Root> {
  try parallelize(module, group: mesh.group, plan: plan)
}

/// ``parallelize(_:_:plan:)`` among the processes of a group.
@discardableResult
public func parallelize<Root: Module>(
  _ module: Root, group: ProcessGroup, plan: ParallelPlan? = nil
) throws(TensorError) -> TensorParallel<Root> {
  let plan = if let plan { plan } else { try ParallelPlan(for: module) }
  if let sharded = module.namedParameters().first(where: { ShardedParameter.of($0.tensor) != nil }) {
    throw TensorError(
      .state, "parallelize", "'\(sharded.name)' is sharded already; call parallelize first, and fullyShard afterwards")
  }
  var layers: [DividedLayer] = []
  var used: Set<Int> = []
  let shared = SharedSettings(group)
  for (name, held) in module.namedModules() {
    guard let place = plan.match(name) else { continue }
    used.insert(place)
    layers.append(try DividedLayer(name, held, plan.entries[place].style, shared))
  }
  if let place = plan.entries.indices.first(where: { !used.contains($0) }) {
    throw TensorError(
      .value, "parallelize",
      "no layer of \(Root.typeName) has a name that fits '\(plan.entries[place].pattern.joined(separator: "."))'; "
        + "namedModules() lists them")
  }
  var tensors = try DividedTensors(module, layers, group)
  tensors.store(layers)
  for layer in layers { layer.install(among: layers) }
  return TensorParallel(module, group)
}

/// What the divided layers of a module have in common.
final class SharedSettings: Sendable {
  let group: ProcessGroup
  let random: ParallelRandom
  /// How long each process's part of the positions is, since they were last divided.
  let positions = Lock<[Int]>([])

  init(_ group: ProcessGroup) {
    self.group = group
    random = ParallelRandom(rank: group.rank)
  }

  /// `[batch, length, ...]`, of which this process has some positions, with all.
  func joined(_ x: Tensor, sharesLoss: Bool) -> Tensor {
    let known = positions.withLock { $0 }
    let sizes = known.count == group.size && x.rank > 1 && known[group.rank] == x.size(1) ? known : nil
    let f = group.functional
    return sharesLoss ? f.gatherFromGroup(x, dim: 1, sizes: sizes) : f.allGather(x, dim: 1, sizes: sizes)
  }

  /// The sum over the processes, of which each gets some positions.
  func dividedSum(_ x: Tensor) -> Tensor {
    let length = x.rank > 1 ? x.size(1) : 0
    let sizes = (0..<group.size).map { length * ($0 + 1) / group.size - length * $0 / group.size }
    positions.withLock { $0 = sizes }
    return group.functional.reduceScatter(x, dim: 1, sizes: sizes)
  }
}

/// Random numbers for what each process has alone, beside those that all draw alike: dropout on divided features must differ between
/// processes, and on what all have it must not.
final class ParallelRandom: Sendable {
  private struct Streams {
    var other: [UInt8]
    var isDivided = false
  }
  private let streams: Lock<Streams>

  init(rank: Int) {
    // As far from the common seed as Megatron-LM puts it.
    let seed = Int(truncatingIfNeeded: Generator.default.initialSeed &+ 2718 &+ UInt64(rank))
    streams = Lock(Streams(other: Generator().manualSeed(seed).getState()))
  }

  /// Has the default generator go on with the process's own numbers, or with those of all.
  func set(divided: Bool) {
    streams.withLock { streams in
      guard streams.isDivided != divided else { return }
      let present = Generator.default.getState()
      if (try? Generator.default.setState(streams.other)) == nil { return }
      streams.other = present
      streams.isDivided = divided
    }
  }
}
