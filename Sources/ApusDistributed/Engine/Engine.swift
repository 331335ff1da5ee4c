import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Makes all calls of MPI, and gets operations on: a thread of its own does while nobody waits, so that they end while the
/// program computes; who waits does it himself, so that a short collective costs no change of threads.
///
/// One thread at a time calls MPI, under one lock. Collectives of one group go one after the other, in the order in which they
/// were called; those of different groups and messages between two ranks do not wait for each other.
final class Engine: @unchecked Sendable {
  /// Nil: a group of one, which needs none.
  let library: MPILibrary?
  /// For questions of ranks to each other, see `Hangs.swift`.
  let control: MPILibrary.Handle
  /// Rank and number of processes in the world.
  let rank: Int
  let size: Int
  /// Names of the hosts by rank in the world.
  let hosts: [String]
  /// Numbers of the processes by rank in the world, each of its host.
  let processes: [Int]
  /// Whether hosts have adapters that read and write each other's memory, rather than send streams of bytes.
  let reachesMemory: Bool
  let isDebugging: Bool
  /// Writes down what is called; nil: nobody asked for it.
  let recorder: Recorder?

  private let monitor = Monitor()
  /// In the order of their calls; those that have ended are gone.
  private var active: [Operation] = []
  private var waiters = 0
  private var isEnding = false
  /// Why nothing that ranks do together goes on any more; nil: it does. See `Failures.swift`.
  private(set) var failure: TensorError?
  /// The ranks that have come to their end after a failure.
  var leaving: Set<Int> = []
  /// Operations that failed in the middle.
  private var abandoned: [Operation] = []
  var inquiry: Inquiry?
  /// Signs of life of ranks; nil: nobody asked for them.
  var heartbeat: Heartbeat?
  /// Texts to other ranks that are on their way.
  var posted: [ControlMessage] = []
  /// How many texts this rank has sent to each, and how many have come.
  var postedCounts: [Int]
  var receivedCount = 0
  /// Whether all have come to the end of the program: nobody sends texts any more.
  var isParting = false
  /// The group whose collective began last.
  var lastGroup: GroupCore?
  var groups: [WeakGroup] = []
  private var nextLook = 0.0
  /// When the engine last did something, for the thread that watches it.
  let pulse = Lock(Pulse())

  init(
    library: MPILibrary?, control: MPILibrary.Handle, rank: Int, size: Int, hosts: [String], processes: [Int] = [],
    reachesMemory: Bool = false, isDebugging: Bool, recorder: Recorder? = nil, heartbeat: Heartbeat? = nil
  ) {
    self.processes = processes
    self.reachesMemory = reachesMemory
    self.recorder = recorder
    self.heartbeat = heartbeat
    self.library = library
    self.control = control
    self.rank = rank
    self.size = size
    self.hosts = hosts
    self.isDebugging = isDebugging
    postedCounts = [Int](repeating: 0, count: size)
  }

  /// Starts the threads that get operations on and watch them.
  func startThreads() throws(TensorError) {
    guard library != nil else { return }
    guard startThread({ [self] in serve() }), startThread({ [self] in watch() }) else {
      throw TensorError(
        .state, "initProcessGroup", "no thread could be started: \(String(cString: strerror(errno)))")
    }
  }

  /// Begins `operation`, or puts it behind those that come first.
  func submit(_ operation: Operation) {
    monitor.lock()
    operation.enter()
    if isEnding || failure != nil {
      operation.fail(refusal(of: operation))
    } else {
      active.append(operation)
      progress()
    }
    if !operation.isDone, waiters == 0 { monitor.broadcast() }
    monitor.unlock()
  }

  /// Whether it has ended, well or not.
  func isDone(_ operation: Operation) -> Bool {
    monitor.lock()
    defer { monitor.unlock() }
    if !operation.isDone, !isEnding { progress() }
    return operation.isDone
  }

  /// Comes back when `operation` has ended.
  /// - Throws: what went wrong.
  func wait(for operation: Operation) throws(TensorError) {
    monitor.lock()
    waiters += 1
    var moved = Clock.seconds
    var looks = 0
    while !operation.isDone {
      if progress() { (moved, looks) = (Clock.seconds, 0) }
      if operation.isDone { break }
      looks += 1
      // Short ones end before another thread would have its turn.
      if looks < 50 { continue }
      monitor.unlock()
      rest(Clock.seconds - moved, patience: 0.01)
      monitor.lock()
    }
    waiters -= 1
    let failure = operation.failure
    if waiters == 0, !active.isEmpty { monitor.broadcast() }
    monitor.unlock()
    if let failure { throw failure }
  }

  /// Runs `body`, which may call MPI, while nobody else does.
  func exclusively<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    monitor.lock()
    defer { monitor.unlock() }
    return try body()
  }

  /// Keeps the memory of an operation that failed while MPI may still write to it. Called under the lock.
  func abandon(_ operation: Operation) { abandoned.append(operation) }

  /// Ends the threads.
  func end() {
    monitor.lock()
    isEnding = true
    pulse.withLock { $0 = Pulse(isEnding: true) }
    endOperations()
    lastGroup = nil
    monitor.unlock()
  }

  /// Ends all operations with an error, and those that are called from now on; the first one counts. Called under the lock.
  func breakOff(_ error: TensorError) {
    if failure != nil || isEnding { return }
    failure = error
    endOperations()
  }

  private func endOperations() {
    for operation in active {
      operation.fail(refusal(of: operation))
      abandon(operation)
    }
    active = []
    monitor.broadcast()
  }

  /// Why an operation cannot go on.
  private func refusal(of operation: Operation) -> TensorError {
    failure
      ?? TensorError(
        .state, String(operation.text.prefix { $0.isLetter }),
        "the processes have parted: destroyProcessGroup() was called")
  }

  /// Lets other threads run: at once while something was just moving, after that for a twentieth of a millisecond, so that
  /// the processor stays with those that compute.
  private func rest(_ idle: Double, patience: Double) {
    if idle < patience { sched_yield() } else { usleep(50) }
  }

  /// The thread that gets operations on while nobody waits for one.
  private func serve() {
    var moved = Clock.seconds
    monitor.lock()
    while !isEnding {
      if active.isEmpty || waiters > 0 {
        // Questions of others are answered though nothing is going on.
        monitor.wait(until: Clock.seconds + 0.2)
        moved = Clock.seconds
        if isEnding { break }
        if waiters == 0 { progress() }
        continue
      }
      if progress() { moved = Clock.seconds }
      monitor.unlock()
      rest(Clock.seconds - moved, patience: 0.000_03)
      monitor.lock()
    }
    monitor.unlock()
  }

  /// Goes over the operations once, under the lock.
  @discardableResult
  private func progress() -> Bool {
    var hasMoved = false
    var hasEnded = false
    var isFirst = true
    var lead: GroupCore?
    var others: [ObjectIdentifier] = []
    var lanes: Set<String> = []
    for operation in active {
      if operation.isCollective {
        // Of each group the first one alone. Most programs have one group: then there is no list.
        if isFirst {
          (isFirst, lead) = (false, operation.group)
        } else if operation.group === lead || others.contains(ObjectIdentifier(operation.group)) {
          continue
        } else {
          others.append(ObjectIdentifier(operation.group))
        }
      } else if let lane = operation.lane, !lanes.insert(lane).inserted {
        continue
      }
      if operation.advance() { hasMoved = true }
      if operation.isDone { hasEnded = true }
    }
    if hasEnded { active.removeAll(where: \.isDone) }
    let now = Clock.seconds
    if now >= nextLook {
      nextLook = now + 0.1
      lookForHangs(among: active, now)
      pulse.withLock { $0 = Pulse(time: now, deadline: active.compactMap(\.deadline).min()) }
    }
    return hasMoved
  }
}

/// Signs of life of the engine.
struct Pulse: Sendable {
  /// When it last looked.
  var time = Clock.seconds
  /// When the first of the operations that were going on is late.
  var deadline: Double?
  /// Whether nothing is to be watched any more.
  var isEnding = false
}
