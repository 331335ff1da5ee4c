// Which memory of tensors is alive, and which operations of graphs, with where each was made.

/// Starts or ends the recording of where tensors are made, for all of the program, as
/// `torch.cuda.memory._record_memory_history()`. What is recorded stays known until it is freed. Every tensor that is made takes
/// microseconds longer; while it is off it costs nothing.
public func recordMemoryHistory(_ isEnabled: Bool = true) { MemoryHistory.setCommon(isEnabled) }

/// Runs `body` with ``recordMemoryHistory(_:)`` and tells what has been made in it and is alive at its end.
///
///     let (_, growth) = trackAllocations { for batch in batches { train(batch) } }
///     print(growth)  // grew by 100 tensors, 4.0 MiB ...
public func trackAllocations<R, E: Error>(
  _ body: () throws(E) -> R
) throws(E) -> (result: R, growth: MemoryGrowth) {
  MemoryHistory.begin()
  defer { MemoryHistory.end() }
  let before = MemorySnapshot()
  let result = try body()
  return (result, MemorySnapshot().growth(since: before))
}

/// The tensors that are alive, of those that were made since ``recordMemoryHistory(_:)``, by the place where they were made.
public func liveTensors() -> MemorySnapshot { MemorySnapshot() }

/// Blocks of memory and operations of graphs that were made while somebody wanted to know.
enum MemoryHistory {
  /// The calls in which something was made, and the modules that were called.
  struct Way: Hashable {
    var addresses: [UInt]
    var modules: [UInt]
  }
  struct Block {
    var byteCount: Int
    /// The number of the way.
    var way: Int
  }
  struct WeakNode {
    weak var node: Node?
  }
  private struct State {
    var blocks: [UInt: Block] = [:]
    var nodes: [WeakNode] = []
    /// Nodes from which those that ended are left out.
    var nodeLimit = 1024
    var numbers: [Way: Int] = [:]
    var ways: [(stack: CallStack, module: String?)] = []
    var users = 0
    var isCommon = false
  }
  private static let state = Lock(State())

  @inline(__always) static var isOn: Bool { Profiling.watched.contains(.history) }

  static func begin() {
    state.withLock { $0.users += 1 }
    Profiling.watch(.history, true)
    AnomalyMode.set(.history, of: .history)
  }

  static func end() {
    let isLast = state.withLock { state in
      state.users -= 1
      return state.users == 0
    }
    Profiling.watch(.history, false)
    if isLast { AnomalyMode.set([], of: .history) }
  }

  static func setCommon(_ isOn: Bool) {
    let wasOn = state.withLock { state in
      defer { state.isCommon = isOn }
      return state.isCommon
    }
    if wasOn != isOn { isOn ? begin() : end() }
  }

  /// Enters a block that is made now; `key` is its address.
  @inline(never)
  static func note(_ key: UInt, byteCount: Int) {
    let stack = CallStack.capture()
    let way = Way(addresses: stack.addresses, modules: ModuleFrame.identities)
    var number = state.withLock { $0.numbers[way] }
    if number == nil {
      // To find the path of a module may make tensors.
      let module = ModuleFrame.path
      number = state.withLock { state in
        let number = state.numbers[way] ?? state.ways.count
        if number == state.ways.count {
          state.ways.append((stack, module))
          state.numbers[way] = number
        }
        return number
      }
    }
    state.withLock { [number] in $0.blocks[key] = Block(byteCount: byteCount, way: number ?? 0) }
  }

  static func forget(_ key: UInt) { state.withLock { _ = $0.blocks.removeValue(forKey: key) } }

  /// Enters an operation of a graph.
  static func note(_ node: Node) {
    guard AnomalyMode.notesHistory else { return }
    let entry = WeakNode(node: node)
    state.withLock { state in
      if state.nodes.count >= state.nodeLimit {
        state.nodes.removeAll { $0.node == nil }
        state.nodeLimit = max(1024, 2 * state.nodes.count)
      }
      state.nodes.append(entry)
    }
  }

  /// The blocks that are alive, by the way in which they were made, and the operations of graphs.
  static func live() -> (blocks: [(stack: CallStack, module: String?, count: Int, bytes: Int)], nodes: [Node]) {
    let (blocks, ways, nodes) = state.withLock { ($0.blocks, $0.ways, $0.nodes) }
    var sums: [Int: (count: Int, bytes: Int)] = [:]
    for block in blocks.values {
      sums[block.way, default: (0, 0)].count += 1
      sums[block.way, default: (0, 0)].bytes += block.byteCount
    }
    return (
      sums.map { (ways[$0.key].stack, ways[$0.key].module, $0.value.count, $0.value.bytes) }, nodes.compactMap(\.node)
    )
  }

  /// Whether anything is or was recorded.
  static var isUsed: Bool { isOn || state.withLock { !$0.ways.isEmpty } }
}

extension ModuleFrame {
  /// Which modules are being called, the innermost first.
  static var identities: [UInt] {
    var found: [UInt] = []
    var next = innermost
    while let frame = next {
      found.append(UInt(bitPattern: frame.pointee.module.toOpaque()))
      next = frame.pointee.outer
    }
    return found
  }
}
