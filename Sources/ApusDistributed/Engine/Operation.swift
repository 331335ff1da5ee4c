import ApusCore

/// What starts the next part of an operation: calls of MPI that do not wait, whose requests it adds; with none, the next
/// part follows at once.
struct Phase {
  let begin: (Operation) throws(TensorError) -> Void

  init(_ begin: @escaping (Operation) throws(TensorError) -> Void) { self.begin = begin }
}

/// A collective or a message on its way: parts one after the other, each begun when the requests of the one before have
/// ended. All of it is reached under the engine's lock, but for what never changes.
final class Operation: @unchecked Sendable {
  /// `allReduce(sum) of float32[2, 3]`.
  let text: String
  let group: GroupCore
  /// The place among the collectives of the group, from 1 on; nil: a message between two ranks, which keeps no order.
  fileprivate(set) var number: Int?
  /// The ranks of the group that it waits for.
  let partners: [Int]
  /// Of operations with the same the first alone is going on; nil: it does not wait for others.
  let lane: String?
  /// Seconds after which it counts as hanging.
  let timeout: Double
  /// When it began; nil: it stands behind others.
  private(set) var begin: Double?
  private var phases: [Phase]
  /// The memory that it reads and writes, though nobody keeps the handle.
  private var held: Any?
  private var next = 0
  private var requests: [MPILibrary.Handle] = []
  /// The number of bytes that came, of an operation that only receives.
  private(set) var receivedBytes = 0
  private(set) var isDone = false
  private(set) var failure: TensorError?
  /// Its place in the ``Recorder``, and when it was called.
  private var recorded: (record: Int, called: Double)?

  init(
    _ text: String, _ group: GroupCore, partners: [Int], isCollective: Bool, timeout: Double, phases: [Phase],
    lane: String? = nil, holding held: Any
  ) {
    self.lane = lane
    self.text = text
    self.group = group
    self.partners = partners
    self.timeout = timeout
    self.phases = phases
    self.held = held
    number = isCollective ? 0 : nil
  }

  /// When it is late; nil: it has not begun.
  var deadline: Double? { begin.map { $0 + timeout } }

  /// Whether it keeps its place among the collectives of its group.
  var isCollective: Bool { number != nil }

  /// Gives it its place in the group's order.
  func enter() {
    if isCollective {
      group.submitted += 1
      number = group.submitted
    }
    if let recorder = group.engine.recorder {
      let record = (recorder.next(), Clock.seconds)
      recorded = record
      recorder.write(record.0, self, called: record.1, ended: nil)
    }
  }

  /// Writes down how far it is, where somebody asked for it.
  private func keepRecord(isEnded: Bool) {
    guard let recorded else { return }
    group.engine.recorder?.write(
      recorded.record, self, called: recorded.called, ended: isEnded ? Clock.seconds : nil)
  }

  /// Puts a phase before those that are left.
  func goOn(with phase: Phase) { phases.insert(phase, at: next) }

  /// Keeps memory until it has ended.
  func hold(_ memory: Any) { held = (held, memory) }

  /// Counts the bytes that come from now on.
  func forgetReceived() { receivedBytes = 0 }

  /// Adds a request that `call` starts.
  func start(_ call: (UnsafeMutablePointer<MPILibrary.Handle>) -> Int32) throws(TensorError) {
    guard let library = group.engine.library else { return }
    var request: MPILibrary.Handle = 0
    try library.check(call(&request), text)
    requests.append(request)
  }

  /// Goes on as far as it can without waiting.
  /// - Returns: whether anything has ended or begun.
  func advance() -> Bool {
    var hasMoved = false
    if begin == nil {
      begin = Clock.seconds
      if let number {
        group.entered = (number, text, Clock.seconds)
        if group.engine.lastGroup !== group { group.engine.lastGroup = group }
      }
      keepRecord(isEnded: false)
    }
    do throws(TensorError) {
      while true {
        while !requests.isEmpty {
          var request = requests.removeLast()
          guard let count = try ended(&request) else {
            // The library may give an unfinished request another name.
            requests.append(request)
            return hasMoved
          }
          receivedBytes += count
          hasMoved = true
        }
        guard next < phases.count else { break }
        next += 1
        hasMoved = true
        try phases[next - 1].begin(self)
      }
    } catch {
      failure = error
    }
    isDone = true
    if let number { group.left = number }
    keepRecord(isEnded: true)
    // What it holds is given back now, and not when the handle goes; but not what MPI still writes to.
    if requests.isEmpty {
      (phases, held) = ([], nil)
    } else {
      group.engine.abandon(self)
    }
    return true
  }

  /// Ends it where nothing can end it any more. What it holds stays.
  func fail(_ error: TensorError) {
    failure = error
    isDone = true
    keepRecord(isEnded: true)
  }

  /// The bytes that came with a request that has ended; nil: it has not.
  private func ended(_ request: inout MPILibrary.Handle) throws(TensorError) -> Int? {
    guard let library = group.engine.library else { return 0 }
    var flag: Int32 = 0
    var bytes: Int32 = 0
    let status = withUnsafeTemporaryAllocation(of: Int.self, capacity: 16) { words -> Int32 in
      words.initialize(repeating: 0)
      guard let status = UnsafeMutableRawPointer(words.baseAddress) else { return -1 }
      let result = library.test(&request, &flag, status)
      if result == 0, flag != 0 { _ = library.countOf(status, library.byte, &bytes) }
      return result
    }
    try library.check(status, text)
    return flag != 0 ? Int(bytes) : nil
  }
}

/// What the engine knows of a group of processes.
final class GroupCore: @unchecked Sendable {
  let engine: Engine
  /// `world`, or how it came from there.
  let name: String
  var communicator: MPILibrary.Handle
  let rank: Int
  /// The ranks in the world of its members.
  let worldRanks: [Int]
  var size: Int { worldRanks.count }
  /// Whether its members are on several hosts.
  let isWide: Bool

  /// Whether a member is on the host of this rank.
  func isNear(_ rank: Int) -> Bool { engine.hosts[worldRanks[rank]] == engine.hosts[engine.rank] }

  /// How messages name a member: by its rank in the group and, where that is another, in the world.
  func title(of rank: Int) -> String {
    worldRanks[rank] == rank ? "rank \(rank)" : "rank \(rank) (rank \(worldRanks[rank]) of the world)"
  }

  // Reached under the engine's lock.
  /// How many collectives were called.
  var submitted = 0
  /// The last collective that began: number, text, when.
  var entered: (number: Int, text: String, time: Double) = (0, "", 0)
  /// The number of the last collective that ended.
  var left = 0
  /// How many groups were made of this one, which names them.
  var children = 0

  /// Whether what takes `byteCount` bytes goes in messages of our own, since those of MPI's collectives over streams let the directions of a link
  /// follow each other (``Phases/streamBytes``).
  func goesByParts(_ byteCount: Int) -> Bool {
    isWide && !engine.reachesMemory && size <= Phases.mostByParts && byteCount >= Phases.leastByParts
  }

  init(engine: Engine, name: String, communicator: MPILibrary.Handle, rank: Int, worldRanks: [Int]) {
    self.engine = engine
    self.name = name
    self.communicator = communicator
    self.rank = rank
    self.worldRanks = worldRanks
    isWide = worldRanks.contains { engine.hosts[$0] != engine.hosts[worldRanks[0]] }
  }
}
