import ApusCore

/// Processes that compute together, as `torch.distributed`'s process groups.
///
///     let world = try initProcessGroup()
///     let total = try world.allReduce(Tensor([1.0, 2.0]))  // the sum over all ranks, on each of them
///
/// Started by `mpirun -n 4 PROGRAM`, `srun` or `apus launch -n 4 PROGRAM`, each process has a ``rank`` from 0 on. A
/// *collective* is called by all members of a group, in the same order. Each comes in two forms: `allReduce` gives the result,
/// `startAllReduce` a ``Work`` that is waited for later, while the program computes (PyTorch's `async_op=True`). Results carry
/// no gradient history, as in PyTorch.
///
/// What one rank gets wrong by itself is thrown as `TensorError`. What ranks get wrong together (they call different collectives, with other
/// shapes) hangs or garbles by nature; with `APUS_DISTRIBUTED_DEBUG=1` each collective compares first and throws an error
/// that says both sides. A collective that does not end within ``timeout`` ends the program on all ranks, with a text that names
/// those that are missing.
public final class ProcessGroup: Sendable {
  let core: GroupCore
  /// How long a collective may take before the program is ended.
  public let timeout: Duration

  init(_ core: GroupCore, timeout: Duration) {
    self.core = core
    self.timeout = timeout
  }

  /// The number of this process in the group, from 0 on.
  public var rank: Int { core.rank }
  /// The number of processes in the group, PyTorch's world size.
  public var size: Int { core.size }
  /// `world`, or how the group came from there: `world.1(0)` is colour 0 of the first split.
  public var name: String { core.name }
  /// The names of the hosts of all members, by rank.
  public var hostNames: [String] { core.worldRanks.map { core.engine.hosts[$0] } }
  /// The number of this process among the members that run on its host.
  public var localRank: Int { hostNames[..<rank].count { $0 == hostNames[rank] } }
  /// The number of members that run on this process's host.
  public var localSize: Int { hostNames.count { $0 == hostNames[rank] } }
  /// The library of MPI that messages go through and its file; nil in a program of one process.
  public var backend: String? { core.engine.library.map { "\($0.interface.rawValue) (\($0.path))" } }

  /// The group of all processes.
  /// - Throws: `TensorError` of kind `state` before ``initProcessGroup(timeout:heartbeat:)``.
  public static var world: ProcessGroup {
    get throws(TensorError) {
      guard let group = worldGroup.withLock({ $0 }) else {
        throw TensorError(.state, "ProcessGroup.world", "there is no group yet; call initProcessGroup() first")
      }
      return group
    }
  }

  /// Whether ``initProcessGroup(timeout:heartbeat:)`` was called.
  public static var isInitialized: Bool { worldGroup.withLock { $0 != nil } }

  /// How often the program was started again after a failure, as `apus launch --max-restarts` tells it in `APUS_RESTART_COUNT`; 0 the first
  /// time, and without a launcher that tells. With more than 0 a training goes on from its last checkpoint.
  public static var restartCount: Int { Launcher.restartCount }

  /// The timeout in seconds.
  var seconds: Double { timeout.inSeconds }

  /// Refuses a rank that the group does not have.
  func checkRank(_ rank: Int, _ operation: String) throws(TensorError) {
    guard (0..<size).contains(rank) else {
      throw TensorError(
        .index, operation, "there is no rank \(rank) in a group of \(size); ranks go from 0 to \(size - 1)")
    }
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// The group of all processes, once there is one.
let worldGroup = Lock<ProcessGroup?>(nil)

extension ProcessGroup: CustomStringConvertible {
  public var description: String { "ProcessGroup(\(name), rank \(rank) of \(size))" }
}

// MARK: - Parts of a group

extension ProcessGroup {
  /// Cuts the group into groups: those with one `color` are together, in the order of their `key`s and then of their ranks. All
  /// members call it. A rank without a colour is in none of them and gets nil.
  public func split(color: Int?, key: Int = 0) throws(TensorError) -> ProcessGroup? {
    if let color, color < 0 || color > Int(Int32.max) {
      throw TensorError(.value, "split", "a color is a number from 0 to \(Int32.max), or nil, and was \(color)")
    }
    guard let key32 = Int32(exactly: key) else {
      throw TensorError(.value, "split", "a key is a number of 32 bits, and was \(key)")
    }
    // Its end says that all are there, so that the call below, which cannot be watched, does not wait for long.
    let own = [color ?? -1, key, core.worldRanks[rank]]
    let all = try allGather(Tensor(own, dtype: .int64)).map { $0.array(as: Int.self) }
    let parts = all.filter { $0[0] == own[0] }.enumerated()
      .sorted { ($0.element[1], $0.offset) < ($1.element[1], $1.offset) }.map(\.element)
    let engine = core.engine
    let core = core
    let communicator = try engine.exclusively { () throws(TensorError) -> MPILibrary.Handle in
      core.children += 1
      guard let library = engine.library else { return 0 }
      var made: MPILibrary.Handle = 0
      let status = library.split(core.communicator, color.map { Int32($0) } ?? library.undefined, key32, &made)
      try library.check(status, "split")
      if color != nil { library.returnErrors(of: made) }
      return made
    }
    guard let color else { return nil }
    let worldRanks = parts.map { $0[2] }
    let part = GroupCore(
      engine: engine, name: "\(core.name).\(core.children)(\(color))", communicator: communicator,
      rank: worldRanks.firstIndex(of: own[2]) ?? 0, worldRanks: worldRanks)
    try engine.exclusively { () throws(TensorError) in
      engine.groups.removeAll { $0.group == nil }
      engine.groups.append(WeakGroup(group: part))
    }
    return ProcessGroup(part, timeout: timeout)
  }

  /// The group of these ranks, in their order. All members of this group call it, as PyTorch's `new_group`; those that are not
  /// among `ranks` get nil.
  public func group(ranks: [Int]) throws(TensorError) -> ProcessGroup? {
    for rank in ranks { try checkRank(rank, "group") }
    guard Set(ranks).count == ranks.count, !ranks.isEmpty else {
      throw TensorError(.value, "group", "the ranks \(ranks) must differ, and there must be one")
    }
    let place = ranks.firstIndex(of: rank)
    return try split(color: place == nil ? nil : 0, key: place ?? 0)
  }

  /// The group of the members that run on this process's host.
  public func hostGroup() throws(TensorError) -> ProcessGroup {
    let names = hostNames
    let color = names.firstIndex(of: names[rank]) ?? 0
    guard let group = try split(color: color, key: rank) else { return self }
    return group
  }

  /// Gives back what MPI keeps for a group that ``split(color:key:)`` or ``group(ranks:)`` made; it cannot be used afterwards. All
  /// members call it. Groups that last as long as the program need not be given back.
  public func free() throws(TensorError) {
    guard core.name != "world" else {
      throw TensorError(.state, "free", "the group of all processes ends with destroyProcessGroup()")
    }
    try barrier()
    let core = core
    try core.engine.exclusively { () throws(TensorError) in
      guard let library = core.engine.library else { return }
      try library.check(library.free(&core.communicator), "free")
    }
  }
}
