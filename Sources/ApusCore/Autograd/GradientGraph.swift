/// The graph that gradients of a tensor flow through, as torchviz draws it: what a loss was computed from, by which operations,
/// down to the parameters. See ``graph(of:params:showSaved:limit:)``.
public struct GradientGraph: Sendable, CustomStringConvertible {
  /// What a node stands for.
  public enum Kind: String, Sendable, Hashable {
    /// A tensor that the graph was asked for.
    case result
    /// An operation.
    case operation
    /// A tensor that collects a gradient.
    case leaf
    /// A tensor that an operation keeps for its gradient.
    case saved
  }

  /// A node of the graph.
  public struct Node: Sendable, Hashable {
    /// What it stands for.
    public let kind: Kind
    /// The operation in PyTorch's words, `AddmmBackward0`; of a leaf the parameter's name, or `variable`.
    public let name: String
    /// The shape of what it gives.
    public let shape: [Int]
    /// The element type of what it gives.
    public let dtype: DType
    /// Where the program called the operation, if that was noted: inside of ``detectAnomaly(checkNaN:checkInfinity:_:)``.
    public let call: String?
  }

  /// An arrow, in the direction in which values flow.
  public struct Edge: Sendable, Hashable {
    /// The number of the node that gives the value.
    public let from: Int
    /// The number of the node that takes it.
    public let to: Int
  }

  /// The nodes; the tensors that were asked for come first.
  public private(set) var nodes: [Node] = []
  /// The arrows.
  public private(set) var edges: [Edge] = []
  /// How many operations were left out because there are more than the limit.
  public private(set) var leftOut = 0

  init(_ results: [Tensor], params: [(name: String, tensor: Tensor)], showSaved: Bool, limit: Int) {
    var names: [ObjectIdentifier: String] = [:]
    for (name, tensor) in params where tensor.isVariable { names[ObjectIdentifier(tensor.variable)] = name }
    var numbers: [ObjectIdentifier: Int] = [:]
    var waiting: [GradientRecord] = []
    func number(_ record: GradientRecord, _ type: TensorType) -> Int {
      if let known = numbers[ObjectIdentifier(record)] { return known }
      numbers[ObjectIdentifier(record)] = nodes.count
      if record.sequence == 0 {
        nodes.append(
          Node(
            kind: .leaf, name: names[ObjectIdentifier(record)] ?? "variable", shape: type.shape, dtype: type.dtype,
            call: nil))
      } else {
        let node = unsafeDowncast(record, to: ApusCore.Node.self)
        let made = node.outputType(0)
        nodes.append(
          Node(
            kind: .operation, name: node.functionName, shape: made.shape, dtype: made.dtype,
            call: node.forwardCall?.stack.userCall?.description))
        waiting.append(record)
      }
      return numbers[ObjectIdentifier(record)] ?? 0
    }
    for result in results where !result.isPoisoned {
      nodes.append(
        Node(
          kind: .result, name: names[result.variableIdentity ?? ObjectIdentifier(result.body)] ?? "result",
          shape: result.shape, dtype: result.dtype, call: nil))
    }
    for (i, result) in results.filter({ !$0.isPoisoned }).enumerated() {
      guard let record = result.origin?.record else { continue }
      edges.append(Edge(from: number(record, result.type), to: i))
    }
    // Breadth first, so that what is left out lies far from the results.
    var next = 0
    while next < waiting.count {
      if next >= limit { break }
      let node = unsafeDowncast(waiting[next], to: ApusCore.Node.self)
      let place = numbers[ObjectIdentifier(node)] ?? 0
      next += 1
      for i in 0..<node.edges.count {
        guard let record = node.edges[i].record else { continue }
        edges.append(Edge(from: number(record, node.edges[i].type), to: place))
      }
      if showSaved { addSaved(of: node, to: place) }
    }
    // What lies at the border is shown with those of its inputs that are there.
    let border = Array(waiting[next...])
    for record in border {
      let node = unsafeDowncast(record, to: ApusCore.Node.self)
      guard let place = numbers[ObjectIdentifier(node)] else { continue }
      for i in 0..<node.edges.count {
        guard let input = node.edges[i].record, let known = numbers[ObjectIdentifier(input)] else { continue }
        edges.append(Edge(from: known, to: place))
      }
    }
    leftOut = Self.count(from: border, known: Set(waiting.map(ObjectIdentifier.init)))
  }

  private mutating func addSaved(of node: ApusCore.Node, to place: Int) {
    let saved = node.saved.withLock { $0 }
    func add(_ name: String, _ body: TensorBody) {
      nodes.append(Node(kind: .saved, name: name, shape: body.shape, dtype: body.dtype, call: nil))
      edges.append(Edge(from: nodes.count - 1, to: place))
    }
    for i in 0..<saved.inputs.count { add("input \(i)", saved.inputs[i].body) }
    for i in 0..<saved.outputs.count { add("result \(i)", saved.outputs[i]) }
  }

  /// How many operations are reached from `records`, besides `known`.
  private static func count(from records: [GradientRecord], known: Set<ObjectIdentifier>) -> Int {
    var seen = known
    var stack = records
    while let record = stack.popLast() {
      let node = unsafeDowncast(record, to: ApusCore.Node.self)
      for i in 0..<node.edges.count {
        guard let next = node.edges[i].record, next.sequence != 0, seen.insert(ObjectIdentifier(next)).inserted else {
          continue
        }
        stack.append(next)
      }
    }
    return seen.count - known.count
  }
}

/// The graph behind a tensor, mostly a loss: `.text`, `.dot` for Graphviz, and `.svg()`.
///
///     let picture = graph(of: loss, params: model.namedParameters())
///     print(picture.text)
///     try picture.write(to: "loss.svg")
///
/// - Parameters:
///   - params: parameters with the names that they are shown under.
///   - showSaved: whether tensors that operations keep for their gradients are shown.
///   - limit: how many operations are shown; of more, those nearest to the loss.
public func graph(
  of tensor: Tensor, params: [(name: String, tensor: Tensor)] = [], showSaved: Bool = false, limit: Int = 500
) -> GradientGraph {
  graph(of: [tensor], params: params, showSaved: showSaved, limit: limit)
}

/// ``graph(of:params:showSaved:limit:)-(Tensor,_,_,_)`` behind several tensors.
public func graph(
  of tensors: [Tensor], params: [(name: String, tensor: Tensor)] = [], showSaved: Bool = false, limit: Int = 500
) -> GradientGraph {
  GradientGraph(tensors, params: params, showSaved: showSaved, limit: max(1, limit))
}

/// ``graph(of:params:showSaved:limit:)-(Tensor,_,_,_)`` under torchviz' name.
public func makeDot(
  _ tensor: Tensor, params: [(name: String, tensor: Tensor)] = [], showSaved: Bool = false
) -> GradientGraph {
  graph(of: tensor, params: params, showSaved: showSaved)
}

extension GradientGraph {
  public var description: String { text }

  /// A tree of lines, from the results down to the leaves; what is reached in several ways is written out once.
  ///
  ///     result ()
  ///     MeanBackward0 ()
  ///     AddmmBackward0 (32, 10)
  ///     ├─ fc.bias (10,)
  ///     └─ fc.weight (10, 64)
  public var text: String {
    let inputs = sources
    var lines: [String] = []
    var written: Set<Int> = []
    // Lines to write, the next one last: a graph may be deeper than the stack.
    var waiting: [(node: Int, prefix: String, branch: String, below: String)] = []
    for i in nodes.indices.reversed() where nodes[i].kind == .result { waiting.append((i, "", "", "")) }
    while let line = waiting.popLast() {
      let node = nodes[line.node]
      let isKnown = node.kind == .operation && !written.insert(line.node).inserted
      let place = node.call.map { "  at \($0)" } ?? ""
      let title = node.kind == .saved ? "saved \(node.name)" : node.name
      lines.append(line.prefix + line.branch + "\(title) \(node.shapeText)" + (isKnown ? "  (see above)" : place))
      if isKnown { continue }
      let children = inputs[line.node]
      // A chain stays at its place: only where ways part is a step to the right.
      let prefix = line.prefix + line.below
      for (k, child) in children.enumerated().reversed() {
        let isLast = k == children.count - 1
        let (branch, below) = children.count == 1 ? ("", "") : isLast ? ("└─ ", "   ") : ("├─ ", "│  ")
        waiting.append((child, prefix, branch, below))
      }
    }
    if leftOut > 0 { lines.append("and \(leftOut) further operations") }
    return lines.joined(separator: "\n")
  }

  /// The graph in Graphviz' language, in torchviz' colours: results green, parameters blue, saved tensors orange.
  public var dot: String { diagram.dot }

  /// The graph as a picture.
  public var diagram: GraphDiagram {
    var diagram = GraphDiagram(
      nodes: nodes.map { node in
        let style: GraphDiagram.Style =
          switch node.kind {
          case .result: .result
          case .leaf: .leaf
          case .saved: .saved
          case .operation: .operation
          }
        return GraphDiagram.Node(node.name, detail: node.shapeText, note: node.call, style: style)
      }, edges: edges.map { GraphDiagram.Edge(from: $0.from, to: $0.to) })
    if leftOut > 0 { diagram.caption = "and \(leftOut) further operations" }
    return diagram
  }

  /// For every node those that give it a value.
  package var sources: [[Int]] {
    var found = [[Int]](repeating: [], count: nodes.count)
    for edge in edges { found[edge.to].append(edge.from) }
    return found
  }
}

extension GradientGraph.Node {
  /// The shape as PyTorch writes it, `(32, 10)`, with the element type where that is not float32.
  package var shapeText: String {
    let sizes = shape.map(String.init).joined(separator: ", ")
    return (shape.count == 1 ? "(\(sizes),)" : "(\(sizes))") + (dtype == .float32 ? "" : " \(dtype)")
  }
}
