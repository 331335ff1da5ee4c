import ApusCore

/// Where the intermediate values of a graph lie in one block of memory: values that are not needed at the same time share
/// their place.
struct MemoryPlan {
  /// The offset of each planned value, in bytes.
  private(set) var offsets: [Int: Int] = [:]
  /// The size of the block in bytes.
  private(set) var byteCount = 0
  /// What the planned values would take each by itself.
  private(set) var separateByteCount = 0

  private static let alignment = 64

  /// Plans the values that `isPlanned` chooses: each made by a node, and read by nothing after the graph has run, also not
  /// through a view. With `copiesViews` results that are views are copied where they belong at the end, so that what they lie
  /// in is planned until then.
  init(_ graph: Graph, copiesViews: Bool = false, isPlanned: (Graph.Node) -> Bool) {
    // A view keeps what it lies in.
    func root(_ value: Int) -> Int {
      var value = value
      while let view = graph.values[value].view { value = view.of }
      return value
    }
    var last: [Int: Int] = [:]
    var escaping = Set(copiesViews ? graph.outputs : graph.outputs.map(root))
    for (i, node) in graph.nodes.enumerated() {
      for value in node.inputs + node.outputs { last[root(value)] = i }
      switch node.operation {
      case .writeVariable, .writeGradient, .hooks: escaping.formUnion(node.inputs.map(root))
      default: break
      }
    }
    for output in graph.outputs { last[root(output)] = graph.nodes.count }
    struct Block {
      var offset: Int
      var size: Int
      var end: Int
    }
    var live: [Block] = []
    for (i, node) in graph.nodes.enumerated() {
      live.removeAll { $0.end < i }
      guard isPlanned(node) else { continue }
      for value in node.outputs where graph.values[value].view == nil && !escaping.contains(value) {
        let type = graph.values[value].type
        let size = (type.count * type.dtype.size + Self.alignment - 1) / Self.alignment * Self.alignment
        // The first gap that is large enough.
        var offset = 0
        for block in live.sorted(by: { $0.offset < $1.offset }) {
          if offset + size <= block.offset { break }
          offset = max(offset, block.offset + block.size)
        }
        offsets[value] = offset
        byteCount = max(byteCount, offset + size)
        separateByteCount += size
        live.append(Block(offset: offset, size: size, end: last[value] ?? i))
      }
    }
  }
}
