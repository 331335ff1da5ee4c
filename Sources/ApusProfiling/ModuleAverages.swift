import ApusCore

/// The calls of one module together. Times are in microseconds.
public struct ModuleAverage: Sendable {
  /// The outermost module's type, or its name, and the names on the way: `Net.encoder.0`.
  public let path: String
  /// The module's type.
  public let typeName: String
  /// How many modules it is inside of.
  public let depth: Int
  /// The number of calls.
  public internal(set) var count = 0
  /// The time of its calls.
  public internal(set) var forwardTime = 0.0
  /// ``forwardTime`` without the calls of modules inside it.
  public internal(set) var selfForwardTime = 0.0
  /// The time of the gradient rules of what ran in its calls.
  public internal(set) var backwardTime = 0.0
  /// ``backwardTime`` without what ran in calls of modules inside it.
  public internal(set) var selfBackwardTime = 0.0
  /// Bytes that its calls took and did not give back.
  public internal(set) var cpuMemoryUsage = 0
  /// Floating-point operations, those of the backward pass included.
  public internal(set) var flops = 0

  /// Forward and backward time.
  public var totalTime: Double { forwardTime + backwardTime }
  /// Forward and backward time without modules inside it.
  public var selfTime: Double { selfForwardTime + selfBackwardTime }
}

/// What ``Profiler/moduleAverages()`` gives: the modules that were called, outer ones before those inside them.
public struct ModuleAverages: Sendable, RandomAccessCollection, CustomStringConvertible {
  private var rows: [ModuleAverage] = []
  private let options: TraceOptions

  public var startIndex: Int { rows.startIndex }
  public var endIndex: Int { rows.endIndex }
  public subscript(i: Int) -> ModuleAverage { rows[i] }

  /// The module with that path; nil where it was not called.
  public subscript(path: String) -> ModuleAverage? { rows.first { $0.path == path } }

  init(_ trace: ProfiledTrace) {
    options = trace.options
    var nodes: [Node] = []
    var roots: [Int] = []
    var placeOfEvent: [Int: Int] = [:]
    var places: [Key: Int] = [:]
    for event in trace.events where event.kind == .module {
      let outer = event.module.flatMap { placeOfEvent[$0] }
      let key = Key(outer: outer, path: event.modulePath ?? event.name)
      let place = places[key] ?? nodes.count
      if place == nodes.count {
        places[key] = place
        let depth = outer.map { nodes[$0].row.depth + 1 } ?? 0
        nodes.append(Node(row: ModuleAverage(path: key.path, typeName: event.name, depth: depth), outer: outer))
        if let outer { nodes[outer].inner.append(place) } else { roots.append(place) }
      }
      placeOfEvent[event.id] = place
      nodes[place].row.count += 1
      nodes[place].row.forwardTime += event.cpuTimeTotal
      nodes[place].row.selfForwardTime += event.selfCPUTimeTotal
      nodes[place].row.cpuMemoryUsage += event.cpuMemoryUsage
    }
    for event in trace.events where event.kind != .module {
      guard let place = event.module.flatMap({ placeOfEvent[$0] }) else { continue }
      // Gradient rules inside of gradient rules are counted with the outer ones.
      let isRule = event.kind == .backward && event.parent.map { trace.events[$0].kind != .backward } ?? true
      if isRule { nodes[place].row.selfBackwardTime += event.cpuTimeTotal }
      var next: Int? = place
      while let node = next {
        if isRule { nodes[node].row.backwardTime += event.cpuTimeTotal }
        nodes[node].row.flops += event.flops
        next = nodes[node].outer
      }
    }
    var open = Array(roots.reversed())
    while let place = open.popLast() {
      rows.append(nodes[place].row)
      open += nodes[place].inner.reversed()
    }
  }

  private struct Key: Hashable {
    var outer: Int?
    var path: String
  }

  private struct Node {
    var row: ModuleAverage
    var outer: Int?
    var inner: [Int] = []
  }

  /// The tree of all modules.
  public var description: String { table() }

  /// The modules as a tree, with the time of their calls and of the backward passes of these, and the part of both together
  /// that a module takes of all outermost ones.
  ///
  /// - Parameter depth: how many modules a module of the table may be inside of; nil: any number.
  public func table(depth: Int? = nil) -> String {
    guard !isEmpty else { return "" }
    let whole = reduce(0) { $1.depth == 0 ? $0 + $1.totalTime : $0 }
    let shown = filter { $0.depth <= depth ?? .max }
    let labels = shown.map { row in
      let outer = row.depth == 0 ? nil : rows.last { $0.depth < row.depth && row.path.hasPrefix($0.path + ".") }
      let name = outer.map { String(row.path.dropFirst($0.path.count + 1)) } ?? row.path
      let type = name == row.typeName ? "" : " (\(row.typeName))"
      return String(repeating: "  ", count: row.depth) + name + type
    }
    var table = TextTable()
    table.add("Module", width: (labels.map(\.count).max() ?? 0) + 2, isLeft: true)
    for name in ["Total %", "Total", "Self", "Forward", "Backward", "# of Calls"] { table.add(name) }
    if options.memory { table.add("CPU Mem") }
    if options.flops { table.add("MFLOPs") }
    for (row, label) in zip(shown, labels) {
      var cells = [
        label, whole > 0 ? decimal(100 * row.totalTime / whole, 2) + "%" : "NaN", timeText(row.totalTime),
        timeText(row.selfTime), timeText(row.forwardTime), timeText(row.backwardTime), "\(row.count)",
      ]
      if options.memory { cells.append(byteText(row.cpuMemoryUsage)) }
      if options.flops { cells.append(row.flops > 0 ? decimal(Double(row.flops) / 1e6, 3) : "--") }
      table.rows.append(cells)
    }
    return table.text
  }
}
