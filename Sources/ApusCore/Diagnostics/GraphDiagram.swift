/// A picture of nodes and arrows between them: what ``GradientGraph`` and the graphs of compiled functions are drawn from.
public struct GraphDiagram: Sendable {
  /// How a node looks.
  public enum Style: String, Sendable, Hashable {
    /// What is computed: grey.
    case operation
    /// What is given: blue.
    case leaf
    /// What comes out: green.
    case result
    /// What is kept: orange.
    case saved
    /// Several operations that run as one: violet.
    case fused

    fileprivate var colour: String? {
      switch self {
      case .operation: nil
      case .leaf: "lightblue"
      case .result: "darkolivegreen1"
      case .saved: "orange"
      case .fused: "plum"
      }
    }
  }

  /// A node.
  public struct Node: Sendable, Hashable {
    /// The first line.
    public var name: String
    /// The second line, mostly a shape.
    public var detail: String
    /// What pointing at it shows.
    public var note: String?
    /// How it looks.
    public var style: Style

    /// A node with these lines.
    public init(_ name: String, detail: String = "", note: String? = nil, style: Style = .operation) {
      (self.name, self.detail, self.note, self.style) = (name, detail, note, style)
    }
  }

  /// An arrow, in the direction in which values flow.
  public struct Edge: Sendable, Hashable {
    /// The number of the node that gives the value.
    public let from: Int
    /// The number of the node that takes it.
    public let to: Int

    /// An arrow between two nodes.
    public init(from: Int, to: Int) { (self.from, self.to) = (from, to) }
  }

  /// The nodes.
  public var nodes: [Node]
  /// The arrows.
  public var edges: [Edge]
  /// A line below the picture.
  public var caption = ""

  /// A picture of these nodes and arrows.
  public init(nodes: [Node] = [], edges: [Edge] = []) { (self.nodes, self.edges) = (nodes, edges) }

  /// The graph in Graphviz' language.
  public var dot: String {
    var lines = [
      "digraph {", "  graph [size=\"12,12\"]",
      "  node [align=left fontname=monospace fontsize=10 height=0.2 ranksep=0.1 shape=box style=filled fillcolor=lightgrey]",
    ]
    func quoted(_ text: String) -> String {
      text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
    for (i, node) in nodes.enumerated() {
      let label = quoted(node.detail.isEmpty ? node.name : "\(node.name)\n\(node.detail)")
      lines.append("  n\(i) [label=\"\(label)\"\(node.style.colour.map { " fillcolor=\($0)" } ?? "")]")
    }
    for edge in edges { lines.append("  n\(edge.from) -> n\(edge.to)") }
    if !caption.isEmpty { lines.append("  more [label=\"\(quoted(caption))\" shape=plaintext fillcolor=white]") }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }
}

/// A graph at one point of its way through a compiler.
public struct GraphStage: Sendable {
  /// The pass that made it so, or "captured".
  public let title: String
  /// What the pass did, in words.
  public let note: String
  /// The graph afterwards.
  public let diagram: GraphDiagram
  /// The graph afterwards, as text.
  public let text: String

  /// A graph after the pass `title`.
  public init(_ title: String, note: String, diagram: GraphDiagram, text: String) {
    (self.title, self.note, self.diagram, self.text) = (title, note, diagram, text)
  }
}
