import ApusCore

/// The events of one name together, PyTorch's `FunctionEventAvg`. Times are in microseconds.
public struct FunctionAverage: Sendable {
  /// The name of the events.
  public let key: String
  /// What the events are.
  public let kind: ProfilerEvent.Kind
  /// The number of events.
  public internal(set) var count = 0
  /// All of their times together.
  public internal(set) var cpuTimeTotal = 0.0
  /// ``cpuTimeTotal`` without the events inside them.
  public internal(set) var selfCPUTimeTotal = 0.0
  /// Bytes that were taken and not given back.
  public internal(set) var cpuMemoryUsage = 0
  /// ``cpuMemoryUsage`` without the events inside them.
  public internal(set) var selfCPUMemoryUsage = 0
  /// Floating-point operations.
  public internal(set) var flops = 0
  /// The shapes of the inputs, where they were grouped by these.
  public let inputShapes: [[Int]]
  /// The innermost calls of the program, where they were grouped by these.
  public let stack: [String]
  /// Whether it is inside of no other event.
  let isTopLevel: Bool

  /// The mean time of an event.
  public var cpuTime: Double { count == 0 ? 0 : cpuTimeTotal / Double(count) }
}

/// What ``Profiler/keyAverages(groupByInputShape:groupByStackN:)`` gives: a line for each name, in the order of their first events.
public struct ProfilerAverages: Sendable, RandomAccessCollection {
  private let rows: [FunctionAverage]
  let options: TraceOptions
  let isGroupedByShape: Bool

  public var startIndex: Int { rows.startIndex }
  public var endIndex: Int { rows.endIndex }
  public subscript(i: Int) -> FunctionAverage { rows[i] }

  /// The events of that name; nil where there are none.
  public subscript(key: String) -> FunctionAverage? { rows.first { $0.key == key } }

  private struct Key: Hashable {
    var name: String
    var kind: ProfilerEvent.Kind
    var shapes: [[Int]]
    var stack: [String]
  }

  init(_ trace: ProfiledTrace, groupByInputShape: Bool, groupByStackN: Int) {
    var rows: [FunctionAverage] = []
    var places: [Key: Int] = [:]
    for event in trace.events where event.kind != .module {
      let key = Key(
        name: event.name, kind: event.kind, shapes: groupByInputShape ? event.inputShapes : [],
        stack: Array(event.stack.prefix(groupByStackN)))
      let place = places[key] ?? rows.count
      if place == rows.count {
        places[key] = place
        rows.append(
          FunctionAverage(
            key: event.name, kind: event.kind, inputShapes: key.shapes, stack: key.stack,
            isTopLevel: event.parent == nil))
      }
      rows[place].count += 1
      rows[place].cpuTimeTotal += event.cpuTimeTotal
      rows[place].selfCPUTimeTotal += event.selfCPUTimeTotal
      rows[place].cpuMemoryUsage += event.cpuMemoryUsage
      rows[place].selfCPUMemoryUsage += event.selfCPUMemoryUsage
      rows[place].flops += event.flops
    }
    self.rows = rows
    options = trace.options
    isGroupedByShape = groupByInputShape
  }

  /// All own times together, in microseconds.
  public var selfCPUTimeTotal: Double { rows.reduce(0) { $0 + $1.selfCPUTimeTotal } }

  /// What a table can be sorted by: the largest first. PyTorch's names serve too: `sortBy: "self_cpu_time_total"`.
  public struct SortKey: Sendable, ExpressibleByStringLiteral {
    let name: String
    let value: @Sendable (FunctionAverage) -> Double

    private init(_ name: String, _ value: @escaping @Sendable (FunctionAverage) -> Double) {
      (self.name, self.value) = (name, value)
    }

    /// Time from beginning to end.
    public static let cpuTimeTotal = SortKey("cpu_time_total") { $0.cpuTimeTotal }
    /// Time without the events inside.
    public static let selfCPUTimeTotal = SortKey("self_cpu_time_total") { $0.selfCPUTimeTotal }
    /// The mean time of an event.
    public static let cpuTime = SortKey("cpu_time") { $0.cpuTime }
    /// Memory.
    public static let cpuMemoryUsage = SortKey("cpu_memory_usage") { Double($0.cpuMemoryUsage) }
    /// Memory without the events inside.
    public static let selfCPUMemoryUsage = SortKey("self_cpu_memory_usage") { Double($0.selfCPUMemoryUsage) }
    /// The number of events.
    public static let count = SortKey("count") { Double($0.count) }
    /// Floating-point operations.
    public static let flops = SortKey("flops") { Double($0.flops) }

    private static let all = [
      cpuTimeTotal, selfCPUTimeTotal, cpuTime, cpuMemoryUsage, selfCPUMemoryUsage, count, flops,
    ]

    public init(stringLiteral name: String) {
      if let known = Self.all.first(where: { $0.name == name }) {
        self = known
      } else {
        let names = Self.all.map { "'\($0.name)'" }.joined(separator: ", ")
        report(TensorError(.value, "table", "there is nothing called '\(name)' to sort by; there are \(names)"))
        self = .selfCPUTimeTotal
      }
    }
  }
}
