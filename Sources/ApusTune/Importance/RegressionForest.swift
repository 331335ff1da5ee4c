import ApusCore

/// A tree that predicts a number: at each inner node a row goes left where its column is at most the threshold.
package struct RegressionTree: Sendable {
  package struct Node: Sendable {
    /// Negative for a leaf.
    package var column: Int
    package var threshold: Double
    package var left: Int
    package var right: Int
    /// The mean of the rows that came here, their variance and how much they weigh.
    package var value: Double
    package var impurity: Double
    package var weight: Double

    package init(
      column: Int, threshold: Double, left: Int, right: Int, value: Double, impurity: Double, weight: Double
    ) {
      (self.column, self.threshold, self.left, self.right) = (column, threshold, left, right)
      (self.value, self.impurity, self.weight) = (value, impurity, weight)
    }
  }

  /// The root first, parents before children.
  package var nodes: [Node]

  package init(nodes: [Node]) { self.nodes = nodes }
}

/// Trees grown on rows drawn with replacement (Breiman, Random forests, 2001), with the defaults of scikit-learn's
/// `RandomForestRegressor`: all columns are tried at each node, the split is the one that lowers the squared error most, and
/// columns are single precision.
package struct RegressionForest: Sendable {
  package let trees: [RegressionTree]

  package init(_ rows: [[Double]], _ targets: [Double], trees: Int, maxDepth: Int, seed: UInt32?) {
    let generator = NumPyGenerator(seed: seed)
    let columns = (0..<(rows.first?.count ?? 0)).map { column in rows.map { Double(Float($0[column])) } }
    self.trees = (0..<trees).map { _ in
      var weights = [Double](repeating: 0, count: rows.count)
      for _ in rows { weights[Int(generator.integer(upTo: UInt32(rows.count - 1)))] += 1 }
      var grower = TreeGrower(
        columns: columns, targets: targets, weights: weights, maxDepth: maxDepth, generator: generator)
      return RegressionTree(nodes: grower.grow())
    }
  }

  package init(trees: [RegressionTree]) { self.trees = trees }

  /// How much each column lowers the error: the mean over the trees of each one's parts.
  package func impurityDecrease(columns: Int) -> [Double] {
    var sum = [Double](repeating: 0, count: columns)
    for tree in trees where tree.nodes.count > 1 {
      var own = [Double](repeating: 0, count: columns)
      for node in tree.nodes where node.column >= 0 {
        let (left, right) = (tree.nodes[node.left], tree.nodes[node.right])
        own[node.column] +=
          node.weight * node.impurity - left.weight * left.impurity - right.weight * right.impurity
      }
      let total = own.reduce(0, +)
      if total > 0 { for i in own.indices { sum[i] += own[i] / total } }
    }
    let total = sum.reduce(0, +)
    return total > 0 ? sum.map { $0 / total } : sum
  }
}

private struct TreeGrower {
  let columns: [[Double]]
  let targets: [Double]
  let weights: [Double]
  let maxDepth: Int
  let generator: NumPyGenerator
  private var nodes: [RegressionTree.Node] = []

  init(columns: [[Double]], targets: [Double], weights: [Double], maxDepth: Int, generator: NumPyGenerator) {
    (self.columns, self.targets, self.weights) = (columns, targets, weights)
    (self.maxDepth, self.generator) = (maxDepth, generator)
  }

  mutating func grow() -> [RegressionTree.Node] {
    var open = [(rows: targets.indices.filter { weights[$0] > 0 }, depth: 0, parent: -1, isLeft: false)]
    while let (rows, depth, parent, isLeft) = open.popLast() {
      let position = nodes.count
      if parent >= 0 {
        if isLeft { nodes[parent].left = position } else { nodes[parent].right = position }
      }
      let weight = rows.reduce(0) { $0 + weights[$1] }
      let mean = rows.reduce(0) { $0 + weights[$1] * targets[$1] } / weight
      let square = rows.reduce(0) { $0 + weights[$1] * targets[$1] * targets[$1] } / weight
      let impurity = max(square - mean * mean, 0)
      nodes.append(
        RegressionTree.Node(
          column: -1, threshold: 0, left: -1, right: -1, value: mean, impurity: impurity, weight: weight))
      guard depth < maxDepth, rows.count > 1, impurity > 2.220446049250313e-16, let (column, threshold) = split(rows)
      else { continue }
      nodes[position].column = column
      nodes[position].threshold = threshold
      open.append((rows.filter { columns[column][$0] > threshold }, depth + 1, position, false))
      open.append((rows.filter { columns[column][$0] <= threshold }, depth + 1, position, true))
    }
    return nodes
  }

  /// The best split; columns are met in random order, so that equally good ones have equal chances.
  private func split(_ rows: [Int]) -> (column: Int, threshold: Double)? {
    var order = Array(columns.indices)
    generator.shuffle(&order)
    var best = -Double.infinity
    var found: (column: Int, threshold: Double)?
    let sum = rows.reduce(0) { $0 + weights[$1] * targets[$1] }
    let weight = rows.reduce(0) { $0 + weights[$1] }
    for column in order {
      let values = columns[column]
      let sorted = rows.sorted { values[$0] < values[$1] }
      var leftSum = 0.0
      var leftWeight = 0.0
      for i in 0..<(sorted.count - 1) {
        let row = sorted[i]
        leftSum += weights[row] * targets[row]
        leftWeight += weights[row]
        let (a, b) = (values[row], values[sorted[i + 1]])
        guard b > a + 1e-7 else { continue }
        let (rightSum, rightWeight) = (sum - leftSum, weight - leftWeight)
        let gain = leftSum * leftSum / leftWeight + rightSum * rightSum / rightWeight
        if gain > best {
          let middle = a / 2 + b / 2
          (best, found) = (gain, (column, middle == b ? a : middle))
        }
      }
    }
    return found
  }
}
