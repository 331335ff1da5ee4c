import ApusCore

/// Several pointwise operations as one formula over common elements, with sums of what it computes.
struct FusedPointwise {
  /// The names of the operations that went in, in order.
  var parts: [String]
  var formula: Formula
  /// The shape of the elements that are computed.
  let shape: [Int]
  /// The type of each result.
  var types: [TensorType]
  /// The strides of the results that are no sums.
  let strides: [Int]
  /// For each output of the formula the sum that it goes into; nil: its elements are the result.
  var sums: [FormulaSum?]

  var name: String { "fused" }

  /// The formula as text, and what it was made of.
  var lines: [String] {
    let results = zip(formula.outputs, sums).enumerated().map { k, output in
      switch output.1?.kind {
      case nil: "out\(k) = \(output.0.text)"
      case .all: "out\(k) = sum of \(output.0.text)"
      case .rows: "out\(k) = sum over each row of \(output.0.text)"
      case .columns: "out\(k) = sum over each column of \(output.0.text)"
      }
    }
    return results + ["from " + parts.joined(separator: ", ")]
  }
}

extension Graph {
  /// Fuses pointwise operations on elements of one shape, wherever one makes what another reads; with `all`, operations
  /// that stand alone take the same form. Returns how many operations became how many.
  mutating func fusePointwise(all isComplete: Bool = false) -> (before: Int, after: Int) {
    var parts: [Int: PointwisePart] = [:]
    for (i, node) in nodes.enumerated() {
      if case .primitive(let primitive) = node.operation, let part = PointwisePart(primitive, node, values) {
        parts[i] = part
      }
    }
    var maker: [Int: Int] = [:]
    for (i, node) in nodes.enumerated() { for output in node.outputs { maker[output] = i } }
    var readers: [Int: [Int]] = [:]
    for (i, node) in nodes.enumerated() { for input in node.inputs { readers[input, default: []].append(i) } }
    let outputSet = Set(outputs)

    // The group of each pointwise node is run where its last member stood, so whoever reads a member's value from
    // outside must come after that.
    var group: [Int: Int] = [:]
    var members: [Int: [Int]] = [:]
    for i in nodes.indices where parts[i] != nil {
      group[i] = i
      members[i] = [i]
      var candidates: Set<Int> = []
      for input in nodes[i].inputs {
        if let j = maker[input], let g = group[j], g != i { candidates.insert(g) }
        // Readers of the same elements are worth one pass too.
        for j in readers[input] ?? [] where j < i { if let g = group[j] { candidates.insert(g) } }
      }
      for candidate in candidates.sorted(by: >) {
        guard let theirs = members[candidate], let mine = members[i], let a = parts[candidate], let b = parts[i],
          a.shape == b.shape, a.strides == b.strides, a.isOnDevice == b.isOnDevice
        else { continue }
        let joined = Set(theirs + mine)
        let isSafe = theirs.allSatisfy { j in
          nodes[j].outputs.allSatisfy { value in
            (readers[value] ?? []).allSatisfy { joined.contains($0) || $0 > i }
          }
        }
        // One pass over memory pays only if the groups share elements; too many streams do not.
        guard isSafe, joined.count <= 64, streams(of: joined, maker, readers, outputSet) <= 24 else { continue }
        // A host action between them may change a variable that an early member reads only through its own node.
        for j in theirs { group[j] = i }
        members[i] = (theirs + mine).sorted()
        members[candidate] = nil
      }
    }

    var result: [Node] = []
    var after = 0
    for (i, node) in nodes.enumerated() {
      guard let g = group[i], let all = members[g] else {
        result.append(node)
        continue
      }
      guard g == i else { continue }
      after += 1
      if all.count == 1 && !isComplete && !(parts[i]?.deserves ?? false) {
        result.append(node)
      } else {
        result.append(fused(all, parts, readers, outputSet))
      }
    }
    nodes = result
    return (parts.count, after)
  }

  private func streams(
    of joined: Set<Int>, _ maker: [Int: Int], _ readers: [Int: [Int]], _ outputSet: Set<Int>
  ) -> Int {
    var inputs: Set<Int> = []
    var results = 0
    for j in joined {
      for input in nodes[j].inputs where !(maker[input].map(joined.contains) ?? false) { inputs.insert(input) }
      for value in nodes[j].outputs
      where outputSet.contains(value) || (readers[value] ?? []).contains(where: { !joined.contains($0) }) {
        results += 1
      }
    }
    return inputs.count + results
  }

  /// The node that computes `members` together.
  private func fused(
    _ members: [Int], _ parts: [Int: PointwisePart], _ readers: [Int: [Int]], _ outputSet: Set<Int>
  ) -> Node {
    let joined = Set(members)
    var inputs: [Int] = []
    var expressions: [Int: Expression] = [:]
    var outputs: [Int] = []
    for i in members {
      guard let part = parts[i] else { continue }
      let operands = nodes[i].inputs.map { value -> Expression in
        if let known = expressions[value] { return known }
        if let k = inputs.firstIndex(of: value) { return .input(k) }
        inputs.append(value)
        return .input(inputs.count - 1)
      }
      for (value, expression) in zip(nodes[i].outputs, part.expressions) {
        expressions[value] = expression.substituting(operands, part.scalars)
        if outputSet.contains(value) || (readers[value] ?? []).contains(where: { !joined.contains($0) }) {
          outputs.append(value)
        }
      }
    }
    let formula = Formula(
      "Fused", inputs: inputs.count, .arithmetic, outputs: outputs.compactMap { expressions[$0] })
    let fused = FusedPointwise(
      parts: members.map { nodes[$0].name }, formula: formula, shape: outputs.first.map { values[$0].type.shape } ?? [],
      types: outputs.map { values[$0].type }, strides: outputs.first.map { values[$0].strides } ?? [],
      sums: outputs.map { _ in nil })
    return Node(operation: .fused(fused), inputs: inputs, outputs: outputs)
  }
}

extension Graph {
  /// Lets fused operations add up what they compute, where a sum over rows, columns or everything reads it. Returns how
  /// many sums went in.
  mutating func fuseSums() -> Int {
    var maker: [Int: Int] = [:]
    for (i, node) in nodes.enumerated() { for output in node.outputs { maker[output] = i } }
    var uses = useCounts
    var removed: Set<Int> = []
    for (i, node) in nodes.enumerated() {
      guard case .primitive(let primitive) = node.operation, let dims = primitive.sumDims, node.inputs.count == 1,
        let j = maker[node.inputs[0]], values[node.outputs[0]].type.dtype == .float32,
        let sum = FormulaSum(over: dims, of: values[node.inputs[0]])
      else { continue }
      var producer = nodes[j]
      if case .primitive(let pointwise) = producer.operation, let part = PointwisePart(pointwise, producer, values) {
        producer = fused([j], [j: part], [:], Set(producer.outputs))
      }
      let value = node.inputs[0]
      guard case .fused(var group) = producer.operation, let k = producer.outputs.firstIndex(of: value),
        group.sums[k] == nil, group.sums.allSatisfy({ $0 == nil || $0 == sum })
      else { continue }
      var expressions = group.formula.outputs
      if uses[value] == 1 {
        group.types[k] = values[node.outputs[0]].type
        group.sums[k] = sum
        producer.outputs[k] = node.outputs[0]
      } else {
        expressions.append(expressions[k])
        group.types.append(values[node.outputs[0]].type)
        group.sums.append(sum)
        producer.outputs.append(node.outputs[0])
      }
      group.parts.append(node.name)
      group.formula = Formula("Fused", inputs: group.formula.inputCount, .arithmetic, outputs: expressions)
      producer.operation = .fused(group)
      guard FusedWalk(group, inputs: producer.inputs.map { values[$0] }) != nil else { continue }
      uses[value] -= 1
      nodes[j] = producer
      maker[node.outputs[0]] = j
      removed.insert(i)
    }
    nodes = nodes.indices.filter { !removed.contains($0) }.map { nodes[$0] }
    return removed.count
  }
}

extension FormulaSum {
  /// The sum over `dims` as rows and columns of dense elements in row-major order, if it is one.
  init?(over dims: [Int], of input: Trace.Value) {
    let shape = input.type.shape
    guard input.type.dtype == .float32, input.type.count > 0, input.strides == rowMajorStrides(shape) else {
      return nil
    }
    let chosen = Set(dims)
    let split = shape.count - chosen.count
    if chosen.reduce(1, { $0 * shape[$1] }) == input.type.count {
      self.init(.all, columns: 0)
    } else if chosen == Set(split..<shape.count) {
      let columns = shape[split...].reduce(1, *)
      // A row of one element is no work, and a call for each.
      if columns == 1 { return nil }
      self.init(.rows, columns: columns)
    } else if chosen == Set(0..<chosen.count), let columns = Self.columns(shape[chosen.count...], of: input.type.count)
    {
      self.init(.columns, columns: columns)
    } else {
      return nil
    }
  }
}

extension FormulaSum {
  /// The elements of a row, if its columns are worth adding up by every thread for itself: where there are few rows, or
  /// long ones, bringing the threads' sums together costs more than a pass over memory.
  fileprivate static func columns(_ shape: ArraySlice<Int>, of count: Int) -> Int? {
    let columns = shape.reduce(1, *)
    return columns <= 1 << 16 && count / columns >= 32 ? columns : nil
  }
}

/// A pointwise operation that can be fused: it computes in float32 and rounds nowhere else.
extension Graph {
  /// Makes operations of fused formulas whose results lie on a device: its engine computes them.
  mutating func handFormulasToDevices() {
    nodes = nodes.map { node in
      guard case .fused(let fused) = node.operation, node.outputs.contains(where: { values[$0].isOnDevice }) else {
        return node
      }
      let formula = FusedFormula(fused.formula, types: fused.types, strides: fused.strides)
      return Node(operation: .primitive(formula), inputs: node.inputs, outputs: node.outputs)
    }
  }
}

private struct PointwisePart {
  var expressions: [Expression]
  var scalars: [Scalar]
  var shape: [Int]
  var strides: [Int]
  /// Whether it is worth a kernel of its own: more than one step.
  var deserves: Bool
  /// Whether a device computes it.
  var isOnDevice: Bool

  init?(_ primitive: any Primitive, _ node: Graph.Node, _ values: [Trace.Value]) {
    let result = values[node.outputs[0]]
    guard result.type.dtype == .float32 || result.type.dtype == .bool, result.type.count > 0,
      node.inputs.allSatisfy({ values[$0].type.dtype == .float32 || values[$0].type.dtype == .bool }),
      node.inputs.contains(where: { values[$0].type.dtype == .float32 }),
      let form = primitive.pointwiseForm
    else { return nil }
    // Dense results only: all members of a group are visited in one order.
    guard isDense(result.type.shape, result.strides) else { return nil }
    expressions = form.formula.outputs
    scalars = form.scalars
    shape = result.type.shape
    strides = result.strides
    isOnDevice = result.isOnDevice
    deserves = expressions.contains { $0.depth > 1 }
  }
}
