import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Joins the processes that were started together: PyTorch's `init_process_group`. Call it once, from the main thread.
///
/// A launcher says in the environment that there are others: `mpirun` (Open MPI, MPICH), `srun`, `apus launch`. The library of
/// MPI that belongs to it is then opened; `APUS_MPI` names another file, and `APUS_MPI=off` none. A process that was started by itself is a
/// group of one, for which no library is needed. The processes part when the program ends, or with ``destroyProcessGroup()``.
///
/// - Parameters:
///   - timeout: how long a collective may take before the program is ended on all ranks; unless told the number of
///     seconds in `APUS_DISTRIBUTED_TIMEOUT`, or 30 minutes as PyTorch's.
///   - heartbeat: after how long without a sign of life a rank counts as gone, which ends the program on all ranks within about two seconds
///     more: its process has ended or is stopped, its host is cut off. A rank that computes for long gives signs of life. At least 0.5 s;
///     unless told the number of seconds in `APUS_DISTRIBUTED_HEARTBEAT`, and without that (or with 0) nobody watches. The same on all
///     ranks.
/// - Returns: the group of all processes, which is ``ProcessGroup/world`` from now on.
/// - Throws: `TensorError` where there are others but no library, where the library does not know them, or when it was
///   called before.
@discardableResult
public func initProcessGroup(
  timeout: Duration? = nil, heartbeat: Duration? = nil
) throws(TensorError) -> ProcessGroup {
  guard !ProcessGroup.isInitialized else {
    throw TensorError(.state, "initProcessGroup", "the processes are joined already; ProcessGroup.world is their group")
  }
  let timeout = if let timeout { timeout } else { try Launcher.timeout() }
  guard timeout > .zero else {
    throw TensorError(.value, "initProcessGroup", "a timeout must be more than 0, and was \(timeout)")
  }
  let heartbeat = if let heartbeat { heartbeat } else { try Launcher.heartbeat() }
  _ = try Launcher.finalizeTimeout()
  guard heartbeat == .zero || heartbeat >= .seconds(0.5) else {
    throw TensorError(
      .value, "initProcessGroup", "a heartbeat is a time of at least 0.5 s, or 0 for none, and was \(heartbeat)")
  }
  let group = try joined(timeout, heartbeat)
  worldGroup.withLock { $0 = group }
  return group
}

/// Parts the processes, when all have called it: PyTorch's `destroy_process_group`. Ending the program does it too. MPI cannot be
/// started again in the same process.
///
/// Where all have come to it and MPI then does not end within 60 s (`APUS_DISTRIBUTED_FINALIZE_TIMEOUT` is another number of seconds; with
/// a heartbeat 10 s), since a host went in this moment, that is said, and the program goes on, or ends with the status that it has.
public func destroyProcessGroup() throws(TensorError) {
  guard let group = worldGroup.withLock({ $0 }) else { return }
  try part(group, within: group.timeout, status: nil)
}

/// Whether a call of `MPI_Finalize` was left alone since it did not come back.
private let isLeftInFinalize = Lock(false)

/// How long ranks that a signal has asked to end wait for each other.
private let partingTime = Duration.seconds(30)

/// - Parameter status: what the program ends with; nil: it goes on.
private func part(_ group: ProcessGroup, within timeout: Duration, status: Int32?) throws(TensorError) {
  let engine = group.core.engine
  guard engine.library != nil else {
    worldGroup.withLock { $0 = nil }
    return
  }
  if let failure = engine.exclusively({ engine.failure }) { throw failure }
  // Where a rank has left out a collective, some libraries let this barrier pass with messages of another one: it is the end only if
  // all say that it is.
  let place = try engine.exclusively { () throws(TensorError) in group.core.submitted }
  let check = group.size > 1 ? Phases.compare("destroyProcessGroup after \(place) collectives", in: group.core) : []
  try group.start("destroyProcessGroup", check + [Phases.barrier], timeout: timeout) { () throws(TensorError) in }
    .wait()
  // All are there, so signs of life end; those on their way are received first.
  let sent = try engine.exclusively { () throws(TensorError) in engine.stopPosting() }
  let count = try ProcessGroup(group.core, timeout: timeout).reduceScatter(Tensor(sent, dtype: .int64))
  try engine.drain(count.array(as: Int.self)[0], within: Engine.answerTime)
  engine.end()
  worldGroup.withLock { $0 = nil }
  if status == 0 { Launcher.tellEnd() }
  let limit = engine.heartbeat.map { max(10, $0.limit) } ?? 60
  if try !engine.finalize(within: try Launcher.finalizeTimeout() ?? limit, endingWith: status) {
    isLeftInFinalize.withLock { $0 = true }
  }
}

/// What launchers say in the environment.
enum Launcher {
  /// The number of processes that the launcher started, and the interface that it belongs to.
  static var started: (count: Int, interface: MPILibrary.Interface)? {
    func number(_ name: String) -> Int? { DynamicLibrary.environment(name).flatMap { Int($0) } }
    if let count = number("OMPI_COMM_WORLD_SIZE") { return (count, .openMPI) }
    if let count = number("PMI_SIZE") { return (count, .mpich) }
    if DynamicLibrary.environment("PMIX_RANK") != nil {
      return (number("SLURM_STEP_NUM_TASKS") ?? number("SLURM_NTASKS") ?? number("SLURM_NPROCS") ?? 1, .openMPI)
    }
    return nil
  }

  /// How many tasks srun has started without telling them of each other; nil where it is not so.
  static var separateTasks: Int? {
    guard started == nil, !DynamicLibrary.isDisabled("APUS_MPI"),
      let tasks = DynamicLibrary.environment("SLURM_STEP_NUM_TASKS").flatMap({ Int($0) }), tasks > 1
    else { return nil }
    return tasks
  }

  static func timeout() throws(TensorError) -> Duration {
    guard let text = DynamicLibrary.environment("APUS_DISTRIBUTED_TIMEOUT") else { return .seconds(1800) }
    guard let seconds = Double(text), seconds > 0, seconds < 1e9 else {
      throw TensorError(
        .value, "initProcessGroup", "APUS_DISTRIBUTED_TIMEOUT is a number of seconds above 0, and was '\(text)'")
    }
    return .seconds(seconds)
  }

  static func heartbeat() throws(TensorError) -> Duration {
    guard let text = DynamicLibrary.environment("APUS_DISTRIBUTED_HEARTBEAT") else { return .zero }
    guard let seconds = Double(text), seconds == 0 || seconds >= 0.5, seconds < 1e9 else {
      throw TensorError(
        .value, "initProcessGroup",
        "APUS_DISTRIBUTED_HEARTBEAT is a number of seconds from 0.5 on, or 0 for none, and was '\(text)'")
    }
    return .seconds(seconds)
  }

  /// How long `MPI_Finalize` may take; nil: nobody says.
  static func finalizeTimeout() throws(TensorError) -> Double? {
    guard let text = DynamicLibrary.environment("APUS_DISTRIBUTED_FINALIZE_TIMEOUT") else { return nil }
    guard let seconds = Double(text), seconds > 0, seconds < 1e9 else {
      throw TensorError(
        .value, "initProcessGroup",
        "APUS_DISTRIBUTED_FINALIZE_TIMEOUT is a number of seconds above 0, and was '\(text)'")
    }
    return seconds
  }

  /// Tells `apus launch`, where that has started this process, that all ranks have come to a good end: what the library and the launcher of MPI do
  /// after that changes nothing.
  static func tellEnd() {
    guard DynamicLibrary.environment("APUS_LAUNCH") != nil else { return }
    var line = "apus-launch-finished\n"
    line.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  }

  /// How often the program was started again, which `apus launch` tells.
  static var restartCount: Int { DynamicLibrary.environment("APUS_RESTART_COUNT").flatMap { Int($0) } ?? 0 }

  /// Writes what `rank` calls into a file of the folder that `APUS_DISTRIBUTED_TRACE` names; nil: it names none.
  static func recorder(rank: Int, size: Int, host: String) throws(TensorError) -> Recorder? {
    guard let folder = DynamicLibrary.environment("APUS_DISTRIBUTED_TRACE"), !folder.isEmpty else { return nil }
    mkdir(folder, 0o755)
    return try Recorder(
      path: "\(folder)/rank-\(rank).restart-\(restartCount).txt",
      who:
        "rank \(rank) of \(size) on \(host), process \(getpid()): the last \(Recorder.count) collectives and messages; times UTC"
    )
  }

  static var isDebugging: Bool {
    guard let value = DynamicLibrary.environment("APUS_DISTRIBUTED_DEBUG") else { return false }
    return !["0", "off", "no", "false"].contains(value.lowercased())
  }
}

private func joined(_ timeout: Duration, _ heartbeat: Duration) throws(TensorError) -> ProcessGroup {
  // A library that is named joins whatever there is, also a process that is alone.
  let isNamed = DynamicLibrary.environment("APUS_MPI") != nil && !DynamicLibrary.isDisabled("APUS_MPI")
  if let tasks = Launcher.separateTasks, !isNamed {
    throw TensorError(
      .unsupported, "initProcessGroup",
      "srun started \(tasks) tasks without an interface of MPI, so that each would be alone; call it with --mpi=pmix (Open MPI) or "
        + "--mpi=pmi2 (MPICH, Intel MPI)")
  }
  guard Launcher.started != nil || isNamed else { return alone(timeout) }
  let (expected, interface) = Launcher.started ?? (1, .openMPI)
  if DynamicLibrary.isDisabled("APUS_MPI") {
    if expected == 1 { return alone(timeout) }
    throw TensorError(
      .unsupported, "initProcessGroup", "\(expected) processes were started, and APUS_MPI=off leaves none to join them")
  }
  let library = try MPILibrary(preferring: interface)
  var (isInitialized, provided, rank, size): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
  try library.check(library.initialized(&isInitialized), "initProcessGroup")
  if isInitialized != 0 {
    try library.check(library.queryThread(&provided), "initProcessGroup")
  } else {
    // All threads may call (3), for the thread that ends a program that hangs; one at a time (2) is enough for the rest.
    try library.check(library.initThread(nil, nil, 3, &provided), "initProcessGroup")
  }
  guard provided >= 2 else {
    throw TensorError(
      .unsupported, "initProcessGroup", "\(library.path) lets only one thread call it; Apus needs MPI_THREAD_SERIALIZED"
    )
  }
  library.returnErrors(of: library.world)
  try library.check(library.rank(library.world, &rank), "initProcessGroup")
  try library.check(library.size(library.world, &size), "initProcessGroup")
  guard Int(size) == expected || expected == 1 else {
    throw TensorError(
      .unsupported, "initProcessGroup",
      "\(expected) processes were started, and \(library.interface.rawValue) (\(library.path)) sees \(size): the launcher "
        + "belongs to another MPI; use its mpirun, or name its library in APUS_MPI")
  }
  var (messages, control): (MPILibrary.Handle, MPILibrary.Handle) = (0, 0)
  try library.check(library.duplicate(library.world, &messages), "initProcessGroup")
  try library.check(library.duplicate(library.world, &control), "initProcessGroup")
  library.returnErrors(of: messages)
  library.returnErrors(of: control)
  let places = try whereabouts(library, messages, Int(size))
  let hosts = places.map(\.host)
  let engine = Engine(
    library: library, control: control, rank: Int(rank), size: Int(size), hosts: hosts,
    processes: places.map(\.process), reachesMemory: places.allSatisfy(\.hasAdapter), isDebugging: Launcher.isDebugging,
    recorder: try Launcher.recorder(rank: Int(rank), size: Int(size), host: hosts[Int(rank)]),
    heartbeat: heartbeat == .zero || size == 1
      ? nil : Heartbeat(limit: heartbeat.inSeconds, rank: Int(rank), hosts: hosts, now: Clock.seconds))
  let core = GroupCore(
    engine: engine, name: "world", communicator: messages, rank: Int(rank), worldRanks: Array(0..<Int(size)))
  engine.groups.append(WeakGroup(group: core))
  try engine.startThreads()
  partAtExit()
  return ProcessGroup(core, timeout: timeout)
}

/// A group of one, without a library.
private func alone(_ timeout: Duration) -> ProcessGroup {
  var name = [CChar](repeating: 0, count: 256)
  gethostname(&name, name.count - 1)
  let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let engine = Engine(
    library: nil, control: 0, rank: 0, size: 1, hosts: [host], isDebugging: Launcher.isDebugging)
  return ProcessGroup(
    GroupCore(engine: engine, name: "world", communicator: 0, rank: 0, worldRanks: [0]), timeout: timeout)
}

/// Where a process is.
private struct Whereabouts {
  let host: String
  /// Its number there.
  let process: Int
  /// Whether the host has an adapter that reads and writes the memory of other hosts (InfiniBand, RoCE, Omni-Path, EFA).
  let hasAdapter: Bool

  /// Of this process, for the others.
  static func written(host name: [CChar]) -> [UInt8] {
    var bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    bytes += [UInt8](repeating: 0, count: byteCount - 9 - bytes.count)
    bytes.append(hasAdapterHere ? 1 : 0)
    withUnsafeBytes(of: Int64(getpid())) { bytes += $0 }
    return bytes
  }

  static let byteCount = 512

  init(read bytes: ArraySlice<UInt8>) {
    host = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    hasAdapter = bytes[bytes.endIndex - 9] != 0
    process = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: Self.byteCount - 8, as: Int64.self)) }
  }

  private static var hasAdapterHere: Bool {
    guard let folder = opendir("/sys/class/infiniband") else { return false }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      if entry.pointee.d_name.0 != UInt8(ascii: ".") { return true }
    }
    return false
  }
}

/// Where all processes are, by rank. Nothing else goes on yet, so it waits in place.
private func whereabouts(
  _ library: MPILibrary, _ communicator: MPILibrary.Handle, _ size: Int
) throws(TensorError) -> [Whereabouts] {
  let width = Whereabouts.byteCount
  // Names have at most 256 bytes.
  var name = [CChar](repeating: 0, count: width)
  var length: Int32 = 0
  try library.check(library.processorName(&name, &length), "initProcessGroup")
  if let told = DynamicLibrary.environment("APUS_DISTRIBUTED_HOST"), !told.isEmpty {
    name = told.utf8.prefix(255).map { CChar(bitPattern: $0) } + [0]
  }
  let own = Whereabouts.written(host: name)
  var all = [UInt8](repeating: 0, count: width * size)
  let status = own.withUnsafeBytes { own in
    all.withUnsafeMutableBytes { all -> Int32 in
      var request: MPILibrary.Handle = 0
      var status = library.allGather(
        UnsafeMutableRawPointer(mutating: own.baseAddress), Int32(width), library.byte, all.baseAddress, Int32(width),
        library.byte, communicator, &request)
      var flag: Int32 = 0
      while status == 0, flag == 0 {
        status = withUnsafeTemporaryAllocation(of: Int.self, capacity: 16) { words -> Int32 in
          guard let ignored = UnsafeMutableRawPointer(words.baseAddress) else { return -1 }
          return library.test(&request, &flag, ignored)
        }
        if flag == 0 { sched_yield() }
      }
      return status
    }
  }
  try library.check(status, "initProcessGroup")
  return (0..<size).map { Whereabouts(read: all[($0 * width)..<(($0 + 1) * width)]) }
}

/// Has the processes part when the program ends: all together where it ends well; at once, and all with it, where this one ends with a
/// failure, since the others would wait for it.
private func partAtExit() {
  typealias Handler = @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void
  typealias Register = @convention(c) (Handler, UnsafeMutableRawPointer?) -> Int32
  // GNU's C library tells the status to whoever asks; others do not have the function.
  if let symbol = dlsym(nil, "on_exit") {
    _ = unsafeBitCast(symbol, to: Register.self)(
      { status, _ in
        part(status)
        // Who takes the library apart now would do so under the call that is left in it.
        if isLeftInFinalize.withLock({ $0 }) {
          fflush(nil)
          _exit(status)
        }
      }, nil)
  } else {
    atexit { part(0) }
  }
}

private func part(_ status: Int32) {
  guard let group = worldGroup.withLock({ $0 }), group.core.engine.library != nil else { return }
  let engine = group.core.engine
  if engine.exclusively({ engine.failure }) != nil { engine.leave() }
  // Ranks that a signal has asked to end save, each in its time, before they end with the status of that: the others are not cut short.
  let isAskedFor = status == 128 + SIGTERM || status == 128 + SIGINT
  if status != 0, !isAskedFor {
    fflush(nil)
    engine.endAll(status)
  }
  do throws(TensorError) {
    try part(group, within: isAskedFor ? min(group.timeout, partingTime) : group.timeout, status: status)
  } catch {
    engine.giveUp("apus: rank \(group.rank) of \(group.size) (\(engine.hosts[engine.rank])): \(error)", tells: false)
  }
}
