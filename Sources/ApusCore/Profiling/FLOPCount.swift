/// Floating-point operations that ran, as PyTorch's `FlopCounterMode` counts them: multiplications and additions of products of
/// matrices, convolutions, attention and recurrent layers, two for each pair; what else runs is not counted.
public struct FLOPCount: Sendable, Hashable {
  /// All of them.
  public private(set) var total = 0
  /// By operation, in the order of their first call.
  public private(set) var operations: [Entry] = []
  /// By module: all that ran in calls of it and of the modules inside it, and the backward passes of that. In the order of
  /// their first calls; a path is the type of the outermost module and the names on the way, `Net.encoder.0`.
  public private(set) var modules: [Module] = []

  /// The number of an operation.
  public struct Entry: Sendable, Hashable {
    /// The operation.
    public let name: String
    /// Floating-point operations.
    public fileprivate(set) var flops: Int
  }

  /// The numbers of a module.
  public struct Module: Sendable, Hashable {
    /// The outermost module's type and the names on the way.
    public let path: String
    /// How many modules it is inside.
    public let depth: Int
    /// All of its floating-point operations.
    public fileprivate(set) var flops: Int
    /// By operation.
    public fileprivate(set) var operations: [Entry]
  }

  fileprivate init(_ calls: [FLOPCounter.Call]) {
    var places: [String: Int] = [:]
    for call in calls {
      total += call.flops
      Self.add(call, to: &operations)
      for (depth, path) in call.modules.enumerated() {
        let place = places[path] ?? modules.count
        if place == modules.count {
          places[path] = place
          modules.append(Module(path: path, depth: depth, flops: 0, operations: []))
        }
        modules[place].flops += call.flops
        Self.add(call, to: &modules[place].operations)
      }
    }
  }

  private static func add(_ call: FLOPCounter.Call, to entries: inout [Entry]) {
    if let i = entries.firstIndex(where: { $0.name == call.name }) {
      entries[i].flops += call.flops
    } else {
      entries.append(Entry(name: call.name, flops: call.flops))
    }
  }

  /// The number of a module by its path; 0 for one that ran none.
  public subscript(path: String) -> Int { modules.first { $0.path == path }?.flops ?? 0 }
}

extension FLOPCount: CustomStringConvertible {
  /// The table that `FlopCounterMode` prints, of modules down to depth 2.
  public var description: String { table() }

  /// Modules, their operations, and their parts of the whole.
  ///
  /// - Parameter depth: how many modules a module of the table may be inside; nil: any number.
  public func table(depth: Int? = 2) -> String {
    var rows: [(name: String, flops: Int)] = [("Global", total)]
    rows += operations.map { (" - " + $0.name, $0.flops) }
    for module in modules where module.depth < depth ?? .max {
      let space = String(repeating: " ", count: module.depth + 1)
      rows.append((space + module.path, module.flops))
      rows += module.operations.map { ("\(space) - \($0.name)", $0.flops) }
    }
    let texts = rows.map { [$0.name, Self.text($0.flops), Self.percent($0.flops, of: total)] }
    let heads = ["Module", "FLOP", "% Total"]
    let widths = (0..<3).map { c in max(heads[c].count, texts.map { $0[c].count }.max() ?? 0) }
    func line(_ cells: [String]) -> String {
      let space = zip(cells, widths).map { String(repeating: " ", count: $1 - $0.count) }
      return cells[0] + space[0] + "  " + space[1] + cells[1] + "  " + space[2] + cells[2]
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return ([line(heads), rule] + texts.map(line)).joined(separator: "\n")
  }

  /// A number with the letter of its thousands: `1.234M`.
  private static func text(_ flops: Int) -> String {
    let letters = ["", "K", "M", "B", "T", "P", "E"]
    var (value, i) = (flops, 0)
    var rest = 0
    while value >= 1000, i < letters.count - 1 { (value, rest, i) = (value / 1000, value % 1000, i + 1) }
    return i == 0 ? "\(value)" : "\(value).\(padded(rest, 3))\(letters[i])"
  }

  private static func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "0.00%" }
    let hundredths = Int((Double(part) / Double(whole) * 10_000).rounded())
    return "\(hundredths / 100).\(padded(hundredths % 100, 2))%"
  }

  private static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

/// Counts the floating-point operations of `body`, those of backward passes included, by operation and by module, as PyTorch's
/// `with FlopCounterMode()`:
///
///     let flops = countFLOPs { _ = model(images) }
///     print(flops.total, flops["ResNet.layer1"])
///
/// What runs in other threads is not counted.
public func countFLOPs<E: Error>(_ body: () throws(E) -> Void) throws(E) -> FLOPCount {
  let counter = FLOPCounter()
  try Profiling.whileCounting { () throws(E) in try Context.with(counter: counter, body) }
  return FLOPCount(counter.calls)
}

/// What ``countFLOPs(_:)`` writes down in its thread.
package final class FLOPCounter {
  struct Call {
    let name: String
    let flops: Int
    /// The paths of the modules that it ran in, the outermost first.
    let modules: [String]
  }

  fileprivate(set) var calls: [Call] = []
  /// The modules of recorded operations that are counted, for their backward passes.
  private var modulesOfNodes: [UInt64: [String]] = [:]
  /// The modules of the operation whose gradient rule runs.
  private var modulesOfRule: [String]?

  /// What the calling thread has counted so far; 0 where nobody counts.
  package static var flopsSoFar: Int { current?.calls.reduce(0) { $0 + $1.flops } ?? 0 }

  /// Who counts in the calling thread.
  @inline(__always) package static var current: FLOPCounter? { Context.current?.counter }

  /// The paths of the modules that are running in this thread, the outermost first.
  private static var runningModules: [String] {
    var paths: [String] = []
    var next = ModuleFrame.innermost
    while let frame = next {
      paths.append(frame.pointee.describe(frame))
      next = frame.pointee.outer
    }
    return paths.reversed()
  }

  /// Counts an operation whose parts, those after the first `earlier` calls, are not to be counted too.
  func add(_ name: String, _ flops: Int, node: UInt64, after earlier: Int) {
    guard flops > 0 else { return }
    calls.removeSubrange(earlier...)
    var modules = Self.runningModules
    if modules.isEmpty, let modulesOfRule { modules = modulesOfRule }
    calls.append(Call(name: name, flops: flops, modules: modules))
    if node != 0, !modules.isEmpty { modulesOfNodes[node] = modules }
  }

  /// Runs the gradient rule of operation `node`.
  func run<R, E: Error>(ruleOf node: UInt64, _ rule: () throws(E) -> R) throws(E) -> R {
    let outer = modulesOfRule
    modulesOfRule = modulesOfNodes[node] ?? outer
    defer { modulesOfRule = outer }
    return try rule()
  }
}
