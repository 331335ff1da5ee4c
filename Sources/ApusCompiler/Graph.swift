import ApusCore

/// A captured function as the passes see it: nodes in an order in which they can run, each value made once.
struct Graph {
  enum Operation {
    case primitive(any Primitive)
    /// Pointwise operations as one formula.
    case fused(FusedPointwise)
    case readVariable(Variable)
    case writeVariable(Variable)
    case readGradient(Variable)
    /// With no input: takes the gradient away.
    case writeGradient(Variable)
    /// Something that the host does; it may change every variable and gradient.
    case perform(String, () -> Void)
    /// What the hooks of a variable make of a gradient.
    case hooks((Tensor) -> Tensor)
  }

  struct Node {
    var operation: Operation
    var inputs: [Int]
    var outputs: [Int]
  }

  var values: [Trace.Value]
  var nodes: [Node]
  var inputs: [Int]
  var constants: [Int: Tensor]
  var outputs: [Int]

  /// How many nodes each value is read by; outputs count too.
  var useCounts: [Int] {
    var counts = [Int](repeating: 0, count: values.count)
    for node in nodes { for input in node.inputs { counts[input] += 1 } }
    for output in outputs { counts[output] += 1 }
    return counts
  }
}

extension Graph {
  /// The instructions `range` of a trace.
  init(_ trace: Trace, _ range: Range<Int>, inputs: [Int], outputs: [Int]) {
    values = trace.values
    self.inputs = inputs
    self.outputs = outputs
    constants = Dictionary(trace.constants.map { ($0.value, $0.tensor) }) { first, _ in first }
    nodes = trace.instructions[range].map { instruction in
      let operation: Operation =
        switch instruction {
        case .operation(let primitive, _, _): .primitive(primitive)
        case .readVariable(let variable, _): .readVariable(variable)
        case .writeVariable(let variable, _): .writeVariable(variable)
        case .readGradient(let variable, _): .readGradient(variable)
        case .writeGradient(let variable, _): .writeGradient(variable)
        case .perform(let name, let action): .perform(name, action)
        case .hooks(let run, _, _): .hooks(run)
        }
      return Node(operation: operation, inputs: instruction.inputs, outputs: instruction.outputs)
    }
  }
}

extension Graph.Node {
  /// Whether it does something besides making its outputs.
  var hasEffect: Bool {
    switch operation {
    case .primitive(let primitive): primitive.isRandom || primitive is CheckNumerics
    case .fused, .readVariable, .readGradient: false
    case .writeVariable, .writeGradient, .perform, .hooks: true
    }
  }

  /// The name in listings.
  var name: String {
    switch operation {
    case .primitive(let primitive): primitive.name
    case .fused(let fused): fused.name
    case .readVariable: "variable"
    case .writeVariable: "store"
    case .readGradient: "gradient"
    case .writeGradient: inputs.isEmpty ? "clear gradient" : "store gradient"
    case .perform(let name, _): name
    case .hooks: "hooks"
    }
  }
}

extension Graph {
  /// One line for each node: `%7 = Linear(%1, %3, %4): float32[128, 512]`.
  var text: String {
    var lines: [String] = []
    func typed(_ value: Int) -> String { "%\(value): \(values[value].type.dtype)\(values[value].type.shape)" }
    for input in inputs { lines.append("\(typed(input)) = argument") }
    let used = Set(nodes.flatMap(\.inputs) + outputs)
    for value in constants.keys.sorted() where used.contains(value) { lines.append("\(typed(value)) = constant") }
    for node in nodes {
      let call = "\(node.name)(\(node.inputs.map { "%\($0)" }.joined(separator: ", ")))"
      let results = node.outputs.map(typed).joined(separator: ", ")
      let path = node.outputs.first.flatMap { values[$0].calls?.path }.map { "  // in \($0)" } ?? ""
      lines.append((results.isEmpty ? call : "\(results) = \(call)") + path)
      if case .fused(let fused) = node.operation { lines += fused.lines.map { "    " + $0 } }
    }
    lines.append("return " + outputs.map { "%\($0)" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }
}
