import ApusCore
import ApusFormats

/// Decision trees as tables: every row of features goes from each root to a leaf, which adds to some targets.
struct TreeForest: Sendable {
  enum Mode: Int, Sendable {
    case lessOrEqual = 0
    case less, greaterOrEqual, greater, equal, notEqual, member
  }

  /// A question about one feature. Children from 0 on are nodes; below 0, `-1 - i` is leaf `i`.
  struct Node: Sendable {
    var mode: Mode
    var feature: Int
    var split: Double
    var members: Set<Double> = []
    var missingIsTrue: Bool
    var ifTrue: Int
    var ifFalse: Int

    func isTrue(_ x: Double) -> Bool {
      if missingIsTrue, x.isNaN { return true }
      return switch mode {
      case .lessOrEqual: x <= split
      case .less: x < split
      case .greaterOrEqual: x >= split
      case .greater: x > split
      case .equal: x == split
      case .notEqual: x != split
      case .member: members.contains(x)
      }
    }
  }

  var nodes: [Node] = []
  /// What each leaf adds, by target.
  var leaves: [[(target: Int, weight: Double)]] = []
  var roots: [Int] = []

  /// The leaf that a row of features reaches from `root`.
  func leaf(_ root: Int, _ row: ArraySlice<Double>) throws(TensorError) -> Int {
    var place = root
    // Trees have no way back; a table that has one would be walked for ever.
    for _ in 0...nodes.count {
      if place < 0 { return -1 - place }
      let node = nodes[place]
      place = node.isTrue(row[row.startIndex + node.feature]) ? node.ifTrue : node.ifFalse
    }
    throw TensorError(.format, "", "a tree leads back to a node of its own")
  }

  enum Aggregate: Int, Sendable {
    case average = 0
    case sum, minimum, maximum
  }

  /// The score of each target, and whether any leaf spoke of it.
  func scores(
    _ row: ArraySlice<Double>, targets: Int, _ aggregate: Aggregate
  ) throws(TensorError) -> (scores: [Double], isThere: [Bool]) {
    var sums = [Double](repeating: 0, count: targets)
    var isThere = [Bool](repeating: false, count: targets)
    for root in roots {
      for (target, weight) in leaves[try leaf(root, row)] {
        switch aggregate {
        case .sum, .average: sums[target] += weight
        case .minimum: sums[target] = isThere[target] ? min(sums[target], weight) : weight
        case .maximum: sums[target] = isThere[target] ? max(sums[target], weight) : weight
        }
        isThere[target] = true
      }
    }
    if aggregate == .average { sums = sums.map { $0 / Double(max(roots.count, 1)) } }
    return (sums, isThere)
  }

  /// The number of features that the questions reach.
  var width: Int { (nodes.map(\.feature).max() ?? -1) + 1 }
}

extension TreeForest {
  private static func fault(_ message: String) -> TensorError { TensorError(.format, "", message) }

  /// The numbers of an attribute, which may be a tensor of the name with `_as_tensor`.
  static func numbers(_ node: ONNXNode, _ name: String) throws -> [Double]? {
    if let value = try node.tensor("\(name)_as_tensor"), let tensor = value.tensor {
      return tensor.to(.float64).array(as: Double.self)
    }
    return try node.floats(name)?.map { Double($0) }
  }

  /// The trees of `TreeEnsembleClassifier` and `TreeEnsembleRegressor`: tables of nodes, and of weights by tree and node.
  init(_ node: ONNXNode, weights prefix: String, targets: Int) throws {
    func list(_ name: String) throws -> [Int] { try node.ints(name) ?? [] }
    let (trees, ids) = (try list("nodes_treeids"), try list("nodes_nodeids"))
    let (features, modes) = (try list("nodes_featureids"), try node.strings("nodes_modes") ?? [])
    let (yes, no) = (try list("nodes_truenodeids"), try list("nodes_falsenodeids"))
    let splits = try Self.numbers(node, "nodes_values") ?? []
    let missing = try list("nodes_missing_value_tracks_true")
    let count = trees.count
    guard [ids.count, features.count, modes.count, yes.count, no.count, splits.count].allSatisfy({ $0 == count }),
      missing.isEmpty || missing.count == count, count < 1 << 31
    else { throw Self.fault("the lists of nodes differ in length") }
    struct Key: Hashable {
      var tree: Int
      var node: Int
    }
    // Nodes get their places among questions and leaves first.
    var places: [Key: Int] = [:]
    for i in 0..<count {
      let isLeaf = modes[i] == "LEAF"
      let key = Key(tree: trees[i], node: ids[i])
      guard places[key] == nil else { throw Self.fault("tree \(trees[i]) has two nodes \(ids[i])") }
      places[key] = isLeaf ? -1 - leaves.count : nodes.count
      if isLeaf {
        leaves.append([])
      } else {
        nodes.append(
          Node(
            mode: .less, feature: 0, split: 0, missingIsTrue: false, ifTrue: 0, ifFalse: 0))
      }
    }
    let names: [String: Mode] = [
      "BRANCH_LEQ": .lessOrEqual, "BRANCH_LT": .less, "BRANCH_GTE": .greaterOrEqual, "BRANCH_GT": .greater,
      "BRANCH_EQ": .equal, "BRANCH_NEQ": .notEqual,
    ]
    var isRoot = [Bool](repeating: true, count: nodes.count)
    var isRootLeaf = [Bool](repeating: true, count: leaves.count)
    for i in 0..<count where modes[i] != "LEAF" {
      guard let mode = names[modes[i]] else { throw Self.fault("there is no kind of node '\(modes[i])'") }
      guard let ifTrue = places[Key(tree: trees[i], node: yes[i])],
        let ifFalse = places[Key(tree: trees[i], node: no[i])], features[i] >= 0,
        let place = places[Key(tree: trees[i], node: ids[i])]
      else { throw Self.fault("node \(ids[i]) of tree \(trees[i]) leads to nodes that are not there") }
      nodes[place] = Node(
        mode: mode, feature: features[i], split: splits[i], missingIsTrue: !missing.isEmpty && missing[i] != 0,
        ifTrue: ifTrue, ifFalse: ifFalse)
      for child in [ifTrue, ifFalse] {
        if child < 0 { isRootLeaf[-1 - child] = false } else { isRoot[child] = false }
      }
    }
    var rooted: Set<Int> = []
    for i in 0..<count {
      guard let place = places[Key(tree: trees[i], node: ids[i])] else { continue }
      guard place < 0 ? isRootLeaf[-1 - place] : isRoot[place] else { continue }
      roots.append(place)
      rooted.insert(trees[i])
    }
    if let bad = trees.first(where: { !rooted.contains($0) }) {
      throw Self.fault("tree \(bad) has no root: its nodes lead to each other in a circle")
    }
    let (ofTree, ofNode, ofTarget) = (
      try list("\(prefix)_treeids"), try list("\(prefix)_nodeids"), try list("\(prefix)_ids")
    )
    let weights = try Self.numbers(node, "\(prefix)_weights") ?? []
    guard ofTree.count == ofNode.count, ofTree.count == ofTarget.count, ofTree.count == weights.count else {
      throw Self.fault("the lists of weights differ in length")
    }
    for i in ofTree.indices {
      guard let place = places[Key(tree: ofTree[i], node: ofNode[i])], (0..<targets).contains(ofTarget[i]) else {
        throw Self.fault(
          "weight \(i) is of node \(ofNode[i]) of tree \(ofTree[i]) and target \(ofTarget[i]) of \(targets)")
      }
      // Weights of nodes that are no leaves are never reached.
      if place < 0 { leaves[-1 - place].append((ofTarget[i], weights[i])) }
    }
  }

  /// The trees of `TreeEnsemble`.
  init(ensemble node: ONNXNode, targets: Int) throws {
    func list(_ name: String) throws -> [Int] { try node.ints(name) ?? [] }
    func tensor(_ name: String) throws -> [Double] {
      guard let value = try node.tensor(name) else { return [] }
      guard let tensor = value.tensor else { throw Self.fault("'\(name)' is \(value.kindName), not of numbers") }
      return tensor.to(.float64).array(as: Double.self)
    }
    let (features, modes, splits) = (
      try list("nodes_featureids"), try tensor("nodes_modes"), try tensor("nodes_splits")
    )
    let (yes, no) = (try list("nodes_truenodeids"), try list("nodes_falsenodeids"))
    let (yesLeaf, noLeaf) = (try list("nodes_trueleafs"), try list("nodes_falseleafs"))
    let missing = try list("nodes_missing_value_tracks_true")
    let (targetsOfLeaves, weights) = (try list("leaf_targetids"), try tensor("leaf_weights"))
    let count = features.count
    guard [modes.count, splits.count, yes.count, no.count, yesLeaf.count, noLeaf.count].allSatisfy({ $0 == count }),
      missing.isEmpty || missing.count == count, targetsOfLeaves.count == weights.count
    else { throw Self.fault("the lists of nodes or of leaves differ in length") }
    for i in weights.indices {
      guard (0..<targets).contains(targetsOfLeaves[i]) else {
        throw Self.fault("leaf \(i) is of target \(targetsOfLeaves[i]) of \(targets)")
      }
      leaves.append([(targetsOfLeaves[i], weights[i])])
    }
    func child(_ place: Int, _ isLeaf: Int) throws -> Int {
      guard (0..<(isLeaf != 0 ? leaves.count : count)).contains(place) else {
        throw Self.fault("a node leads to \(isLeaf != 0 ? "leaf" : "node") \(place), which is not there")
      }
      return isLeaf != 0 ? -1 - place : place
    }
    for i in 0..<count {
      guard modes[i] >= 0, modes[i] <= 6, let mode = Mode(rawValue: Int(modes[i])), features[i] >= 0 else {
        throw Self.fault("node \(i) has the mode \(modes[i]) and the feature \(features[i])")
      }
      nodes.append(
        Node(
          mode: mode, feature: features[i], split: splits[i], missingIsTrue: !missing.isEmpty && missing[i] != 0,
          ifTrue: try child(yes[i], yesLeaf[i]), ifFalse: try child(no[i], noLeaf[i])))
    }
    roots = try list("tree_roots").map { try child($0, 0) }
    try addMembers(try tensor("membership_values"))
  }

  /// Sets, each ended by a NaN, go to the nodes that ask for members, in the order of the nodes.
  private mutating func addMembers(_ values: [Double]) throws {
    guard nodes.contains(where: { $0.mode == .member }) else { return }
    var list: [Set<Double>] = []
    var current: Set<Double> = []
    for value in values {
      if value.isNaN {
        list.append(current)
        current = []
      } else {
        current.insert(value)
      }
    }
    guard list.count == nodes.count(where: { $0.mode == .member }) else {
      throw Self.fault("there are \(list.count) sets of members for other than as many nodes")
    }
    var next = list.makeIterator()
    for i in nodes.indices where nodes[i].mode == .member { nodes[i].members = next.next() ?? [] }
  }
}
