import ApusCore
import ApusNN

/// What a profiler saw, worked out: events with what they are inside of, times, memory, paths of modules.
struct ProfiledTrace: Sendable {
  let options: TraceOptions
  private(set) var events: [ProfilerEvent] = []
  private(set) var memory: [MemoryEvent] = []
  /// The thread that began the profile.
  private(set) var mainThread = 0
  /// How long it went on, in microseconds.
  private(set) var duration = 0.0
  /// Nanoseconds of the system's monotonic clock at its beginning.
  private(set) var startNanoseconds: UInt64 = 0
  private(set) var lostCount = 0
  private(set) var machine = TraceMachine()

  init(_ options: TraceOptions) { self.options = options }

  init(_ record: Profiling.Record, _ options: TraceOptions, _ machine: TraceMachine) {
    self.options = options
    self.machine = machine
    mainThread = record.thread
    startNanoseconds = record.start.nanoseconds
    duration = Double(record.end.nanoseconds - record.start.nanoseconds) / 1000
    lostCount = record.logs.reduce(0) { $0 + $1.lostCount }
    let clock = Clock(record)
    var names = ModuleNames()
    for log in record.logs { add(log, clock, &names) }
    assignBackwardModules()
    orderByTime()
  }

  /// Ticks to microseconds.
  private struct Clock {
    let start, end: UInt64
    let microseconds: Double

    init(_ record: Profiling.Record) {
      (start, end) = (record.start.ticks, record.end.ticks)
      let ticks = Double(max(1, end &- start))
      microseconds = Double(record.end.nanoseconds - record.start.nanoseconds) / 1000 / ticks
    }

    func time(_ ticks: UInt64) -> Double { Double(min(max(ticks, start), end) - start) * microseconds }
  }

  /// The events of a thread. They nest: sorted by their beginnings, outer ones first, each is inside of the last one that has
  /// not ended.
  private mutating func add(_ log: EventLog, _ clock: Clock, _ names: inout ModuleNames) {
    let logged = log.events.enumerated().filter { $0.element.end >= clock.start && $0.element.start >= clock.start }
    let ordered = logged.sorted { a, b in
      let (x, y) = (a.element, b.element)
      if x.start != y.start { return x.start < y.start }
      // What ends later is around what ends before, and so is what was written down later.
      return x.end != y.end ? x.end > y.end : a.offset > b.offset
    }
    let first = events.count
    var open: [(index: Int, end: UInt64)] = []
    var takenBytes: [Int: Int] = [:]
    var parents: [Int] = []
    for (_, item) in ordered {
      while let last = open.last, last.end < item.end || last.end <= item.start && item.start != item.end {
        open.removeLast()
      }
      if item.kind == .memory {
        memory.append(MemoryEvent(time: clock.time(item.start), thread: log.thread, bytes: item.number))
        if let inner = open.last { takenBytes[inner.index, default: 0] += item.number }
        continue
      }
      let index = events.count
      var event = ProfilerEvent(item, id: index, thread: log.thread, clock.time)
      event.parent = open.last { events[$0.index].kind != .module }?.index
      event.module = open.last { events[$0.index].kind == .module }?.index
      if item.kind == .module, let module = item.detail {
        event.modulePath = names.path(
          of: module, in: event.module.map { (module: $0, path: events[$0].modulePath ?? "") })
        names.add(module, at: index)
      }
      parents.append(open.last?.index ?? -1)
      events.append(event)
      open.append((index, item.end))
    }
    addUp(first, parents, takenBytes)
  }

  /// Takes from times and memory what is inside of them.
  private mutating func addUp(_ first: Int, _ parents: [Int], _ takenBytes: [Int: Int]) {
    for i in events.indices.dropFirst(first).reversed() {
      events[i].cpuMemoryUsage += takenBytes[i] ?? 0
      events[i].selfCPUMemoryUsage += events[i].cpuMemoryUsage
      let (time, bytes) = (events[i].cpuTimeTotal, events[i].cpuMemoryUsage)
      let outer = parents[i - first]
      if outer >= 0 { events[outer].cpuMemoryUsage += bytes }
      // An operation inside of a module inside of a range is none of the range's own.
      let holder = events[i].kind == .module ? events[i].module : events[i].parent
      if let holder {
        events[holder].selfCPUTimeTotal -= time
        events[holder].selfCPUMemoryUsage -= bytes
      }
    }
  }

  /// A gradient rule belongs to the module whose operation it is of, and so does what it calls.
  private mutating func assignBackwardModules() {
    var modules: [Int: (module: Int, path: String?)] = [:]
    for event in events where event.kind == .operation {
      if let number = event.sequenceNumber, let module = event.module {
        modules[number] = (module, events[module].modulePath)
      }
    }
    for i in events.indices where events[i].kind != .module {
      if let module = events[i].module {
        events[i].modulePath = events[module].modulePath
      } else if events[i].kind == .backward, let number = events[i].sequenceNumber, let known = modules[number] {
        (events[i].module, events[i].modulePath) = known
      } else if let parent = events[i].parent, events[parent].kind == .backward {
        (events[i].module, events[i].modulePath) = (events[parent].module, events[parent].modulePath)
      }
    }
  }

  /// Brings the events of several threads into one order.
  private mutating func orderByTime() {
    let order = events.indices.sorted {
      events[$0].start != events[$1].start ? events[$0].start < events[$1].start : $0 < $1
    }
    if order.elementsEqual(events.indices) { return }
    var places = [Int](repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { places[old] = new }
    events = order.enumerated().map { new, old in
      var event = ProfilerEvent(events[old], id: new)
      event.parent = event.parent.map { places[$0] }
      event.module = event.module.map { places[$0] }
      return event
    }
  }
}

/// The paths of modules, each found once for each module around it.
private struct ModuleNames {
  private struct Key: Hashable {
    var module: ObjectIdentifier
    var holderPath: String?
  }
  private var known: [Key: String] = [:]
  private var modules: [Int: AnyObject] = [:]

  mutating func path(of object: AnyObject, in holder: (module: Int, path: String)?) -> String? {
    guard let module = object as? any Module else { return nil }
    let key = Key(module: ObjectIdentifier(object), holderPath: holder?.path)
    if let path = known[key] { return path }
    let part = modulePathPart(of: module, in: holder.flatMap { modules[$0.module] as? any Module })
    let path = holder.map { $0.path.isEmpty ? part : part.isEmpty ? $0.path : $0.path + "." + part } ?? part
    known[key] = path
    return path
  }

  mutating func add(_ module: AnyObject, at event: Int) { modules[event] = module }
}

extension ProfilerEvent {
  fileprivate init(_ logged: LoggedEvent, id: Int, thread: Int, _ time: (UInt64) -> Double) {
    let detail = logged.kind == .module ? nil : logged.detail as? EventDetail
    let start = time(logged.start)
    let duration = max(0, time(logged.end) - start)
    var kind = Kind.operation
    var name = logged.name
    switch logged.kind {
    case .operation, .memory: break
    case .backward:
      kind = .backward
      name += "Backward0"
    case .titledBackward: kind = .backward
    case .module:
      kind = .module
      name = (logged.detail as? any Module).map { "\(Swift.type(of: $0))" } ?? name
    case .annotation:
      kind = .annotation
      if let object = logged.detail, let star = name.firstIndex(of: "*") {
        name.replaceSubrange(star...star, with: "\(Swift.type(of: object))")
      }
    case .kernel: kind = .kernel
    }
    self.init(
      id: id, name: name, kind: kind, thread: thread, start: start, cpuTimeTotal: duration, selfCPUTimeTotal: duration,
      inputShapes: detail?.inputs.map(\.shape) ?? [], inputTypes: detail?.inputs.map(\.dtype) ?? [],
      flops: detail?.flops ?? 0, stack: detail?.stack?.userCalls.map(\.description) ?? [],
      sequenceNumber: logged.number > 0 ? logged.number : nil)
  }

  /// The same event at another place.
  fileprivate init(_ other: ProfilerEvent, id: Int) {
    self.init(
      id: id, name: other.name, kind: other.kind, thread: other.thread, start: other.start,
      cpuTimeTotal: other.cpuTimeTotal, selfCPUTimeTotal: other.selfCPUTimeTotal, parent: other.parent,
      module: other.module, modulePath: other.modulePath, cpuMemoryUsage: other.cpuMemoryUsage,
      selfCPUMemoryUsage: other.selfCPUMemoryUsage, inputShapes: other.inputShapes, inputTypes: other.inputTypes,
      flops: other.flops, stack: other.stack, sequenceNumber: other.sequenceNumber)
  }
}
