import ApusCore

/// A step from the captured graph to the one that runs.
struct Pass: Sendable {
  /// Its name in ``CompiledFunction/stages``.
  let title: String
  /// Changes a graph, and tells what it did; nil: nothing.
  let run: @Sendable (inout Graph) -> String?

  private init(_ title: String, _ run: @escaping @Sendable (inout Graph) -> String?) {
    (self.title, self.run) = (title, run)
  }

  /// A pass that counts what it found.
  private static func counting(
    _ title: String, _ run: @escaping @Sendable (inout Graph) -> Int, _ text: @escaping @Sendable (Int) -> String
  ) -> Pass {
    Pass(title) { graph in
      let count = run(&graph)
      return count == 0 ? nil : text(count)
    }
  }

  /// All passes, in their order.
  static let all = [
    counting("copies", { $0.removeCopies() }) { "copies removed: \($0)" },
    counting("common parts", { $0.shareCommon() }) { "common parts computed once: \($0)" },
    counting("dead parts", { $0.removeDead() }) { "operations removed since nothing reads them: \($0)" },
    counting("epilogues", { $0.fuseEpilogues() }) {
      "\($0) activations run inside the matrix product or convolution before them"
    },
    counting("residuals", { $0.absorbSums() }) { "\($0) sums run inside the matrix product before them" },
    Pass("pointwise fusion") { graph in
      let fused = graph.fusePointwise()
      return fused.before == 0 ? nil : "fused \(fused.before) pointwise operations into \(fused.after)"
    },
    Pass("sums") { graph in
      // Sums behind formulas are fused by the host's executors alone.
      if graph.values.contains(where: \.isOnDevice) {
        graph.handFormulasToDevices()
        return "handed the fused formulas to the device"
      }
      let count = graph.fuseSums()
      return count == 0 ? nil : "sums taken in the pass that computes their elements: \(count)"
    },
    counting("dead parts after fusion", { $0.removeDead() }) {
      "operations removed since nothing reads them after fusion: \($0)"
    },
  ]
}

extension Graph {
  /// Runs all passes; tells what they did. `watch` sees the graph after each that did something.
  mutating func optimise(_ watch: (_ title: String, _ note: String, Graph) -> Void = { _, _, _ in }) -> [String] {
    var notes: [String] = []
    for pass in Pass.all {
      guard let note = pass.run(&self) else { continue }
      notes.append(note)
      watch(pass.title, note, self)
    }
    return notes
  }

  /// The graph as captured and after every pass that changed it.
  func stages(_ prefix: String) -> [GraphStage] {
    var stages = [
      GraphStage(
        prefix + "captured", note: "\(nodes.count) operations, as the function called them", diagram: diagram,
        text: text)
    ]
    var graph = self
    _ = graph.optimise { title, note, graph in
      stages.append(GraphStage(prefix + title, note: note, diagram: graph.diagram, text: graph.text))
    }
    return stages
  }

  /// The graph as a picture: arguments, variables and constants blue, results green, fused parts violet.
  var diagram: GraphDiagram {
    var diagram = GraphDiagram()
    var places: [Int: Int] = [:]
    func detail(_ value: Int) -> String {
      let type = values[value].type
      return (type.dtype == .float32 ? "" : "\(type.dtype) ") + "\(type.shape)"
    }
    func add(_ node: GraphDiagram.Node, makes made: [Int], from read: [Int]) {
      let place = diagram.nodes.count
      diagram.nodes.append(node)
      var known: Set<Int> = []
      for value in read {
        guard let source = places[value], known.insert(source).inserted else { continue }
        diagram.edges.append(GraphDiagram.Edge(from: source, to: place))
      }
      for value in made { places[value] = place }
    }
    let used = Set(nodes.flatMap(\.inputs) + outputs)
    for (i, input) in inputs.enumerated() where used.contains(input) {
      add(.init("argument \(i)", detail: detail(input), style: .leaf), makes: [input], from: [])
    }
    for value in constants.keys.sorted() where used.contains(value) {
      add(.init("constant", detail: detail(value), style: .leaf), makes: [value], from: [])
    }
    for node in nodes {
      let details = node.outputs.map(detail).joined(separator: " ")
      let path = node.outputs.first.flatMap { values[$0].calls?.path }
      switch node.operation {
      case .readVariable, .readGradient:
        add(.init(node.name, detail: details, style: .leaf), makes: node.outputs, from: [])
      case .fused(let fused):
        add(
          .init(
            "fused \(fused.parts.count)", detail: details,
            note: ([path].compactMap { $0 } + fused.lines).joined(separator: "\n"),
            style: .fused),
          makes: node.outputs, from: node.inputs)
      case .writeGradient where node.inputs.isEmpty: continue
      case .writeVariable, .writeGradient, .perform:
        add(.init(node.name, detail: details, style: .saved), makes: node.outputs, from: node.inputs)
      case .primitive, .hooks:
        add(.init(node.name, detail: details, note: path), makes: node.outputs, from: node.inputs)
      }
    }
    for (i, output) in outputs.enumerated() {
      add(.init("result \(i)", detail: detail(output), style: .result), makes: [], from: [output])
    }
    return diagram
  }
}
