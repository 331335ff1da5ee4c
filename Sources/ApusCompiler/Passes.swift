import ApusCore

// What makes a captured graph smaller before it is fused. Each pass keeps the order of nodes.

extension Graph {
  /// Notes that `other` serves for `value`: what is a view of one is a view of the other.
  private mutating func replace(_ value: Int, with other: Int, _ replacements: inout [Int: Int]) {
    replacements[value] = other
    values[value].view = (other, 0)
  }

  /// Removes what nothing needs: values that nobody reads, stores that are overwritten before anybody could see them.
  /// Returns how many nodes went.
  mutating func removeDead() -> Int {
    var needed = Set(outputs)
    var kept: [Node] = []
    // What will be stored anyway before the host or a reader can look.
    var overwrittenGradients: Set<ObjectIdentifier> = []
    var overwrittenVariables: Set<ObjectIdentifier> = []
    for node in nodes.reversed() {
      switch node.operation {
      case .perform, .hooks:
        overwrittenGradients = []
        overwrittenVariables = []
      case .writeGradient(let variable):
        if !overwrittenGradients.insert(ObjectIdentifier(variable)).inserted { continue }
      case .writeVariable(let variable):
        if !overwrittenVariables.insert(ObjectIdentifier(variable)).inserted { continue }
      case .readGradient(let variable):
        overwrittenGradients.remove(ObjectIdentifier(variable))
      case .readVariable(let variable):
        overwrittenVariables.remove(ObjectIdentifier(variable))
      case .primitive, .fused: break
      }
      guard node.hasEffect || node.outputs.contains(where: needed.contains) else { continue }
      needed.formUnion(node.inputs)
      kept.append(node)
    }
    let removed = nodes.count - kept.count
    nodes = kept.reversed()
    return removed
  }

  /// Computes equal operations on equal values once. Returns how many went.
  mutating func shareCommon() -> Int {
    struct Key: Hashable {
      var kind: ObjectIdentifier
      var identity: AnyHashable
      var inputs: [Int]
    }
    var known: [Key: [Int]] = [:]
    var replacements: [Int: Int] = [:]
    var kept: [Node] = []
    for var node in nodes {
      node.inputs = node.inputs.map { replacements[$0] ?? $0 }
      if case .primitive(let primitive) = node.operation, !primitive.isRandom, let identity = primitive.identity {
        let key = Key(
          kind: ObjectIdentifier(type(of: primitive)), identity: exactIdentity(identity), inputs: node.inputs)
        if let earlier = known[key] {
          for (mine, theirs) in zip(node.outputs, earlier) { replace(mine, with: theirs, &replacements) }
          continue
        }
        known[key] = node.outputs
      }
      kept.append(node)
    }
    let shared = nodes.count - kept.count
    nodes = kept
    outputs = outputs.map { replacements[$0] ?? $0 }
    return shared
  }

  /// Takes copies and views out that give what they get: values never change, so nobody can tell. Returns how many went.
  mutating func removeCopies() -> Int {
    var replacements: [Int: Int] = [:]
    var kept: [Node] = []
    for var node in nodes {
      node.inputs = node.inputs.map { replacements[$0] ?? $0 }
      if case .primitive(let primitive) = node.operation, primitive.isIdentity, node.inputs.count == 1,
        values[node.inputs[0]].type == values[node.outputs[0]].type,
        values[node.inputs[0]].strides == values[node.outputs[0]].strides
      {
        replace(node.outputs[0], with: node.inputs[0], &replacements)
      } else {
        kept.append(node)
      }
    }
    let removed = nodes.count - kept.count
    nodes = kept
    outputs = outputs.map { replacements[$0] ?? $0 }
    return removed
  }
}

extension Graph.Node {
  /// Whether it changes nothing but its own results.
  fileprivate var isPure: Bool {
    switch operation {
    case .primitive, .fused, .readVariable, .readGradient: true
    case .writeVariable, .writeGradient, .perform, .hooks: false
    }
  }
}

extension Graph {
  /// Lets matrix products add what is added to them next, as residual connections do, where nothing else reads the product.
  /// Returns how many.
  mutating func absorbSums() -> Int {
    let uses = useCounts
    var maker: [Int: Int] = [:]
    for (i, node) in nodes.enumerated() { for output in node.outputs { maker[output] = i } }
    /// The node that makes `value`, if it can add `other` where node `reader` adds both.
    func product(_ value: Int, adding other: Int, at reader: Int) -> (place: Int, joined: any Primitive)? {
      guard uses[value] == 1, let place = maker[value], case .primitive(let primitive) = nodes[place].operation,
        let product = primitive as? any SumAbsorbing, nodes[place].outputs.count == 1,
        // What it reads is the same at the sum.
        nodes[place..<reader].allSatisfy(\.isPure),
        !values[value].isOnDevice, values[value].type == values[other].type,
        values[value].strides == values[nodes[reader].outputs[0]].strides,
        let joined = product.absorbingSum(nodes[place].inputs.map { values[$0].type })
      else { return nil }
      return (place, joined)
    }
    var absorbed: Set<Int> = []
    for i in nodes.indices {
      guard case .primitive(let sum) = nodes[i].operation, sum.isPlainSum, nodes[i].inputs.count == 2 else { continue }
      let (a, b) = (nodes[i].inputs[0], nodes[i].inputs[1])
      for (value, other) in [(b, a), (a, b)] {
        guard let (place, joined) = product(value, adding: other, at: i), !absorbed.contains(place) else { continue }
        nodes[i].operation = .primitive(joined)
        nodes[i].inputs = nodes[place].inputs + [other]
        absorbed.insert(place)
        break
      }
    }
    nodes = nodes.indices.filter { !absorbed.contains($0) }.map { nodes[$0] }
    return absorbed.count
  }

  /// Lets matrix products apply the activation that follows them, where nothing else reads the product. Returns how many.
  mutating func fuseEpilogues() -> Int {
    let uses = useCounts
    var readers: [Int: Int] = [:]
    for (i, node) in nodes.enumerated() { for input in node.inputs { readers[input] = i } }
    var absorbed: Set<Int> = []
    for i in nodes.indices {
      guard case .primitive(let primitive) = nodes[i].operation, nodes[i].outputs.count == 1,
        uses[nodes[i].outputs[0]] == 1, let j = readers[nodes[i].outputs[0]],
        case .primitive(let next) = nodes[j].operation, nodes[j].inputs.count == 1,
        values[nodes[i].outputs[0]].strides == values[nodes[j].outputs[0]].strides,
        let epilogue = Epilogue(next), let joined = primitive.absorbing(epilogue)
      else { continue }
      nodes[i].operation = .primitive(joined)
      nodes[i].outputs = nodes[j].outputs
      absorbed.insert(j)
    }
    nodes = nodes.indices.filter { !absorbed.contains($0) }.map { nodes[$0] }
    return absorbed.count
  }
}
