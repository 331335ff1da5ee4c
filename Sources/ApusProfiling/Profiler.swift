import ApusCore
import ApusFormats

/// Where a profiler looks, PyTorch's `ProfilerActivity`.
public enum ProfilerActivity: Sendable, Hashable, CaseIterable {
  /// What the processor does: operations, modules, data loading, steps of optimisers, compiled functions.
  case cpu
}

/// Sees which operations, modules and ranges of its own a program runs, in all of its threads, and what they take: PyTorch's
/// `torch.profiler.profile`. ``profile(activities:recordShapes:profileMemory:withStack:withModules:withFLOPs:schedule:_:)`` runs
/// a closure with one.
///
///     let profiler = profile(recordShapes: true) { _ in model(images).sum().backward() }
///     print(profiler.keyAverages().table(sortBy: .selfCPUTimeTotal, rowLimit: 10))
///     try profiler.exportChromeTrace("trace.json")
///
/// One profiler runs at a time. It costs some 30 to 100 ns for each operation while it runs (more with shapes, stacks or memory), and
/// nothing otherwise. It may be used from one task at a time.
public final class Profiler {
  private let details: Profiling.Details
  let options: TraceOptions
  private let schedule: ProfilerSchedule?
  private let onTraceReady: ((Profiler) throws -> Void)?
  private var action = ProfilerAction.none
  private var isStarted = false
  private var stepStart: UInt64 = 0
  private var faultsBefore = 0
  private var failure: (any Error)?
  private var recorded: ProfiledTrace?

  /// The number of the step that goes on, from 0.
  public private(set) var stepNumber = 0

  /// A profiler that begins with ``start()``.
  ///
  /// - Parameters:
  ///   - activities: where it looks.
  ///   - recordShapes: whether shapes and element types of inputs are noted.
  ///   - profileMemory: whether memory that tensors take and give back is noted.
  ///   - withStack: whether the calls of the program are noted. It takes microseconds for each operation.
  ///   - withModules: whether calls of modules are noted, to which operations and backward passes belong then.
  ///   - withFLOPs: whether floating-point operations of products, convolutions, attention and recurrent layers are counted.
  ///   - schedule: in which steps it looks; nil: from ``start()`` to ``stop()``. Call ``step()`` after each.
  ///   - onTraceReady: gets the profiler after a cycle of the schedule, or at the end: ``tensorboardTraceHandler(_:workerName:useGzip:)``.
  public init(
    activities: Set<ProfilerActivity> = [.cpu], recordShapes: Bool = false, profileMemory: Bool = false,
    withStack: Bool = false, withModules: Bool = true, withFLOPs: Bool = false, schedule: ProfilerSchedule? = nil,
    onTraceReady: ((Profiler) throws -> Void)? = nil
  ) {
    var details: Profiling.Details = []
    if recordShapes { details.insert(.shapes) }
    if profileMemory { details.insert(.memory) }
    if withStack { details.insert(.stack) }
    if withModules { details.insert(.modules) }
    if withFLOPs { details.insert(.flops) }
    self.details = details
    options = TraceOptions(
      shapes: recordShapes, memory: profileMemory, stack: withStack, modules: withModules, flops: withFLOPs)
    self.schedule = schedule
    self.onTraceReady = onTraceReady
    if activities.isEmpty {
      report(TensorError(.value, "profile", "there are no activities to look at; give [.cpu]"))
    }
  }

  deinit { if isStarted, action != .none { _ = Profiling.stop() } }

  /// Begins to look, or to follow the schedule.
  public func start() {
    guard !isStarted else {
      return report(TensorError(.value, "Profiler", "it has started already; stop() it first"))
    }
    stepNumber = 0
    recorded = nil
    failure = nil
    isStarted = true
    enter(schedule?(0) ?? .record)
  }

  /// Ends the step and begins the next one, as the schedule has it.
  public func step() {
    guard isStarted else {
      return report(TensorError(.value, "Profiler", "step() is for a profiler that has started; call start() before"))
    }
    endStep()
    let ended = action
    stepNumber += 1
    let next = schedule?(stepNumber) ?? .record
    if ended == .recordAndSave || (ended == .record && next != .record && next != .recordAndSave) {
      take()
      hand()
    } else if ended == .warmup, next != .warmup {
      _ = Profiling.stop()
      action = .none
    }
    enter(next)
  }

  /// Ends it. What it has seen is there now.
  /// - Throws: what `onTraceReady` threw.
  public func stop() throws {
    end()
    if let failure { throw failure }
  }

  func end() {
    guard isStarted else { return }
    isStarted = false
    switch action {
    case .none: break
    case .warmup: _ = Profiling.stop()
    case .record, .recordAndSave:
      if stepNumber > 0 || schedule != nil { endStep() }
      take()
      hand()
    }
    action = .none
  }

  private func enter(_ next: ProfilerAction) {
    if action == .none, next != .none {
      guard Profiling.start(details) else {
        report(
          TensorError(
            .value, "Profiler", "another profiler is running; there is one at a time, and the other must stop() first"))
        action = .none
        isStarted = false
        return
      }
    }
    if action != next, next == .record || next == .recordAndSave, action != .record { faultsBefore = pageFaults() }
    action = next
    stepStart = Profiling.begin()
  }

  private func endStep() {
    if stepStart != 0 { Profiling.end(stepStart, .annotation, "ProfilerStep#\(stepNumber)") }
    stepStart = 0
  }

  private func take() {
    action = .none
    guard let record = Profiling.stop() else { return }
    recorded = ProfiledTrace(record, options, TraceMachine(faultsBefore: faultsBefore))
  }

  private func hand() {
    guard let onTraceReady else { return }
    do { try onTraceReady(self) } catch { failure = failure ?? error }
  }

  /// What it has seen: empty before the end of a cycle, or of the profiler.
  var trace: ProfiledTrace { recorded ?? ProfiledTrace(options) }

  /// All events, in the order of their beginnings.
  public func events() -> [ProfilerEvent] { trace.events }

  /// Events that found no room: a profiler keeps 1 GiB of them for each thread.
  public var lostEventCount: Int { trace.lostCount }

  /// The events of each name together, PyTorch's `key_averages`.
  ///
  /// - Parameters:
  ///   - groupByInputShape: whether events with inputs of other shapes stand apart. It takes `recordShapes`.
  ///   - groupByStackN: how many calls of the program, innermost first, tell events apart. It takes `withStack`.
  public func keyAverages(groupByInputShape: Bool = false, groupByStackN: Int = 0) -> ProfilerAverages {
    ProfilerAverages(trace, groupByInputShape: groupByInputShape, groupByStackN: groupByStackN)
  }

  /// The calls of each module together, as a tree.
  public func moduleAverages() -> ModuleAverages { ModuleAverages(trace) }

  /// Writes the events as Chrome and Perfetto read them, in the layout of PyTorch's traces; compressed where the path ends in `.gz`.
  public func exportChromeTrace(_ path: String) throws {
    try writeTrace(ChromeTrace(trace, name: path).text, to: path)
  }

  /// Writes a line for each event with a stack, `main;train;forward 12`, as tools for flame graphs read them.
  ///
  /// - Parameter metric: the number behind each, in microseconds.
  public func exportStacks(_ path: String, _ metric: StackMetric = .selfCPUTimeTotal) throws {
    guard options.stack else {
      throw TensorError(.value, "exportStacks", "no stacks were noted; profile with withStack: true")
    }
    try writeText(stackLines(metric), to: path)
  }

  /// What ``exportStacks(_:_:)`` counts.
  public enum StackMetric: Sendable, Hashable { case selfCPUTimeTotal, cpuTimeTotal }

  private func stackLines(_ metric: StackMetric) -> String {
    var lines = ""
    for event in events() where !event.stack.isEmpty {
      let time = Int(metric == .cpuTimeTotal ? event.cpuTimeTotal : event.selfCPUTimeTotal)
      if time <= 0 { continue }
      let calls = event.stack.reversed().map { call in
        String(call.map { " ;\t\n".contains($0) ? "_" : $0 })
      }
      lines += calls.joined(separator: ";") + " \(time)\n"
    }
    return lines
  }
}

/// Runs `body` with a profiler, PyTorch's `with torch.profiler.profile() as profiler`. See
/// ``Profiler/init(activities:recordShapes:profileMemory:withStack:withModules:withFLOPs:schedule:onTraceReady:)``.
///
/// - Returns: the profiler, which has stopped.
@discardableResult
public func profile<E: Error>(
  activities: Set<ProfilerActivity> = [.cpu], recordShapes: Bool = false, profileMemory: Bool = false,
  withStack: Bool = false, withModules: Bool = true, withFLOPs: Bool = false, schedule: ProfilerSchedule? = nil,
  _ body: (Profiler) throws(E) -> Void
) throws(E) -> Profiler {
  let profiler = Profiler(
    activities: activities, recordShapes: recordShapes, profileMemory: profileMemory, withStack: withStack,
    withModules: withModules, withFLOPs: withFLOPs, schedule: schedule)
  profiler.start()
  defer { profiler.end() }
  try body(profiler)
  return profiler
}

/// ``profile(activities:recordShapes:profileMemory:withStack:withModules:withFLOPs:schedule:_:)`` that hands out what it sees, at the
/// end of each cycle of the schedule.
///
/// - Throws: what `body` or `onTraceReady` threw.
@discardableResult
public func profile(
  activities: Set<ProfilerActivity> = [.cpu], recordShapes: Bool = false, profileMemory: Bool = false,
  withStack: Bool = false, withModules: Bool = true, withFLOPs: Bool = false, schedule: ProfilerSchedule? = nil,
  onTraceReady: @escaping (Profiler) throws -> Void, _ body: (Profiler) throws -> Void
) throws -> Profiler {
  let profiler = Profiler(
    activities: activities, recordShapes: recordShapes, profileMemory: profileMemory, withStack: withStack,
    withModules: withModules, withFLOPs: withFLOPs, schedule: schedule, onTraceReady: onTraceReady)
  profiler.start()
  do {
    try body(profiler)
  } catch {
    profiler.end()
    throw error
  }
  try profiler.stop()
  return profiler
}
