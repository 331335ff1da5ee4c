import CKernels

/// The switch of the profiler, and what code between a beginning and an end calls.
///
/// One session goes on at a time, for all threads: ``ck_watch_get`` is its word, zero where nobody looks. While events are
/// logged the short paths of small tensors are closed (``shortLimit`` is 0), and the ways behind them log what they do: so
/// they need no check of their own.
package enum Profiling {
  /// What a session notes beside names and times.
  package struct Details: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let shapes = Details(rawValue: CK_WATCH_SHAPES)
    package static let memory = Details(rawValue: CK_WATCH_MEMORY)
    package static let flops = Details(rawValue: CK_WATCH_FLOPS)
    package static let stack = Details(rawValue: CK_WATCH_STACK)
    package static let modules = Details(rawValue: CK_WATCH_MODULES)
    static let events = Details(rawValue: CK_WATCH_EVENTS)
    static let counts = Details(rawValue: CK_WATCH_COUNTS)
    /// Whether results are checked, see ``ResultChecks``, and whether blocks are entered in the ``MemoryHistory``.
    static let results = Details(rawValue: CK_WATCH_RESULTS)
    static let history = Details(rawValue: CK_WATCH_HISTORY)
    /// What makes an ``EventDetail`` of every operation.
    static let each: Details = [.shapes, .flops, .stack]
  }

  /// A moment on both clocks.
  package struct Moment: Sendable {
    package let ticks, nanoseconds: UInt64

    package static var now: Moment { Moment(ticks: ck_ticks(), nanoseconds: ck_nanoseconds()) }
  }

  /// What a session wrote down.
  package struct Record: Sendable {
    package let logs: [EventLog]
    package let start, end: Moment
    /// The system's number of the thread that began it.
    package let thread: Int
  }

  private struct State {
    var session = 0
    var details: Details = []
    /// How many look for counts, results or blocks.
    var watchers: [Int: Int] = [:]
    var logs: [EventLog] = []
    var start = Moment(ticks: 0, nanoseconds: 0)
    var thread = 0

    var isRunning: Bool { details.contains(.events) }

    /// Says in the words of operations what is watched.
    func publish() {
      let all = details.union(Details(rawValue: watchers.keys.reduce(0, |)))
      ck_watch_set(
        all.isEmpty ? 0 : session << CK_WATCH_BITS | all.rawValue,
        all.isDisjoint(with: [.events, .results]) ? parallelGrain : 0,
        all.isDisjoint(with: [.memory, .history]) ? Storage.inlineLimit : -1)
    }
  }

  private static let state = Lock(State())

  /// Begins a session; false where one goes on already.
  package static func start(_ details: Details) -> Bool {
    state.withLock { state in
      guard !state.isRunning else { return false }
      state.session += 1
      state.details = details.union(.events)
      state.logs = []
      state.start = .now
      state.thread = ck_thread_number()
      state.publish()
      return true
    }
  }

  /// Ends the session; nil where there is none.
  package static func stop() -> Record? {
    // What the record does not need any more is given up with it; other threads give up theirs in the next session.
    defer { EventLog.forgetCurrent() }
    return state.withLock { state in
      guard state.isRunning else { return nil }
      state.details = []
      state.publish()
      defer { state.logs = [] }
      return Record(logs: state.logs, start: state.start, end: .now, thread: state.thread)
    }
  }

  static func add(_ log: EventLog, to session: Int) -> Bool {
    state.withLock { state in
      guard state.isRunning, state.session == session else { return false }
      state.logs.append(log)
      return true
    }
  }

  /// Runs `body` while operations that have a count of floating-point operations look for a ``FLOPCount``.
  static func whileCounting<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    watch(.counts, true)
    defer { watch(.counts, false) }
    return try body()
  }

  /// One more, or one less, looks for what ``Details`` names: counts, results or blocks.
  static func watch(_ what: Details, _ begins: Bool) {
    state.withLock { state in
      let count = state.watchers[what.rawValue, default: 0] + (begins ? 1 : -1)
      state.watchers[what.rawValue] = count == 0 ? nil : count
      state.publish()
    }
  }

  /// Elements below which operations take their short paths: fewer than ``parallelGrain``, and none while events are logged or
  /// results checked.
  @inline(__always) static var shortLimit: Int { ck_short_limit() }

  @inline(__always) static var watched: Details {
    Details(rawValue: ck_watch_get() & (1 << CK_WATCH_BITS - 1))
  }

  /// Whether anybody looks.
  @inline(__always) static var isOn: Bool { ck_watch_get() != 0 }

  /// The beginning of an event; 0 where nobody looks.
  @inline(__always) package static func begin() -> UInt64 {
    ck_watch_get() & CK_WATCH_EVENTS == 0 ? 0 : ck_ticks()
  }

  /// The beginning of a module's call; 0 where nobody looks.
  @inline(__always) package static func beginModule() -> UInt64 {
    ck_watch_get() & CK_WATCH_MODULES == 0 ? 0 : ck_ticks()
  }

  /// The end of the event that began at `start`, which is not 0.
  @inline(__always)
  package static func end(
    _ start: UInt64, _ kind: LoggedEvent.Kind, _ name: String, number: Int = 0, detail: AnyObject? = nil
  ) {
    let word = ck_watch_get()
    guard word != 0, let cursor = EventLog.current(word >> CK_WATCH_BITS) else { return }
    EventLog.append(
      LoggedEvent(start: start, end: ck_ticks(), kind: kind, number: number, name: name, detail: detail), at: cursor)
  }

  /// ``end(_:_:_:number:detail:)`` for an operation on `inputs`.
  @inline(__always)
  static func end(
    _ start: UInt64, _ name: String, number: Int = 0, flops: @autoclosure () -> Int = 0,
    inputs: @autoclosure () -> [Tensor]
  ) {
    if watched.isDisjoint(with: .each) {
      end(start, .operation, name, number: number)
    } else {
      let detail = note(inputs(), watched.contains(.flops) ? flops() : 0)
      end(start, .operation, name, number: number, detail: detail)
    }
  }

  /// The end of a step of a compiled function, which does not come through the door.
  @inline(__always)
  package static func endStep(
    _ start: UInt64, _ name: String, _ primitive: any Primitive, results: [TensorType], inputs: () -> [TensorType]
  ) {
    if isOn { noteStep(start, name, primitive, results, inputs()) }
  }

  @inline(never)
  private static func noteStep(
    _ start: UInt64, _ name: String, _ primitive: any Primitive, _ results: [TensorType], _ inputs: [TensorType]
  ) {
    let counter = FLOPCounter.current
    counter?.add(name, primitive.flops(inputs, results), node: 0, after: counter?.calls.count ?? 0)
    guard start != 0 else { return }
    let needsDetail = !watched.isDisjoint(with: .each)
    end(
      start, .kernel, name,
      detail: needsDetail
        ? EventDetail(inputs: inputs, flops: primitive.flops(inputs, results), stack: nil) : nil)
  }

  @inline(never)
  private static func note(_ inputs: [Tensor], _ flops: Int) -> EventDetail {
    EventDetail(
      inputs: watched.contains(.shapes) ? inputs.map(\.type) : [], flops: flops,
      stack: watched.contains(.stack) ? CallStack.capture() : nil)
  }

  /// Notes that memory was given out, or taken back where `bytes` is negative.
  @inline(never)
  static func noteMemory(_ bytes: Int) {
    let word = ck_watch_get()
    guard word & CK_WATCH_EVENTS != 0,
      let cursor = EventLog.current(word >> CK_WATCH_BITS)
    else { return }
    let now = ck_ticks()
    EventLog.append(
      LoggedEvent(start: now, end: now, kind: .memory, number: bytes, name: "", detail: nil), at: cursor)
  }

  /// Runs `body` as an event of this name, which is made only where somebody looks.
  @inline(__always)
  package static func annotated<R, E: Error>(
    _ name: @autoclosure () -> String, _ kind: LoggedEvent.Kind = .annotation, _ body: () throws(E) -> R
  ) throws(E) -> R {
    let start = begin()
    guard start != 0 else { return try body() }
    defer { end(start, kind, name()) }
    return try body()
  }
}
