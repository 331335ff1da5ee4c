import ApusCore

/// Functional analysis of variance (Hutter, Hoos and Leyton-Brown, An efficient approach for assessing hyperparameter importance,
/// 2014): which part of the variance of a forest's prediction over the whole space each parameter explains alone.
public struct FanovaImportance: ImportanceEvaluator {
  private let trees: Int
  private let maxDepth: Int
  private let seed: UInt32?

  /// - Parameters:
  ///   - nTrees: trees of the forest.
  ///   - maxDepth: of each tree.
  ///   - seed: of the forest's draws; nil for another one each time.
  public init(nTrees: Int = 64, maxDepth: Int = 64, seed: UInt32? = nil) {
    (trees, self.maxDepth, self.seed) = (max(nTrees, 1), maxDepth, seed)
  }

  public func importances(
    _ study: StudyView, params: [String]?, target: ((TrialRecord) -> Double)?
  ) throws -> NamedValues<Double> {
    let table = try ImportanceTable(study, params: params, target: target, skipsSingle: true, "FanovaImportance")
    guard table.rows.count > 1, !table.bounds.isEmpty else {
      return NamedValues(table.space.names.map { ($0, 0) })
    }
    let forest = RegressionForest(table.rows, table.targets, trees: trees, maxDepth: maxDepth, seed: seed)
    let found = forest.varianceParts(table.columns, bounds: table.bounds)
    return NamedValues(zip(table.space.names, found)).sortedDescending()
  }
}

/// Mean decrease of impurity (Louppe et al., Understanding variable importances in forests of randomized trees, 2013): how much the
/// splits of a forest by each parameter lower its squared error.
public struct MeanDecreaseImpurityImportance: ImportanceEvaluator {
  private let trees: Int
  private let maxDepth: Int
  private let seed: UInt32?

  /// - Parameters:
  ///   - nTrees: trees of the forest.
  ///   - maxDepth: of each tree.
  ///   - seed: of the forest's draws; nil for another one each time.
  public init(nTrees: Int = 64, maxDepth: Int = 64, seed: UInt32? = nil) {
    (trees, self.maxDepth, self.seed) = (max(nTrees, 1), maxDepth, seed)
  }

  public func importances(
    _ study: StudyView, params: [String]?, target: ((TrialRecord) -> Double)?
  ) throws -> NamedValues<Double> {
    let table = try ImportanceTable(
      study, params: params, target: target, skipsSingle: false, "MeanDecreaseImpurityImportance")
    guard table.rows.count > 1 else { return NamedValues(table.space.names.map { ($0, 0) }) }
    let forest = RegressionForest(table.rows, table.targets, trees: trees, maxDepth: maxDepth, seed: seed)
    let decrease = forest.impurityDecrease(columns: table.bounds.count)
    let found = table.columns.map { decrease[$0].reduce(0, +) }
    return NamedValues(zip(table.space.names, found)).sortedDescending()
  }
}

extension RegressionForest {
  /// Of each group of columns the mean over the trees of its marginal variance as a part of the tree's variance.
  package func varianceParts(_ groups: [Range<Int>], bounds: [(low: Double, high: Double)]) -> [Double] {
    var sums = [Double](repeating: 0, count: groups.count)
    var count = 0.0
    for tree in trees {
      let leaves = TreeLeaves(tree, bounds: bounds)
      let variance = leaves.variance
      guard variance > 0 else { continue }
      count += 1
      for (i, group) in groups.enumerated() where !group.isEmpty {
        sums[i] += max(leaves.marginalVariance(group), 0) / variance
      }
    }
    return count > 0 ? sums.map { $0 / count } : sums
  }
}

/// The boxes into which a tree divides the space, each with a value.
package struct TreeLeaves {
  private struct Leaf {
    var value: Double
    /// The part of the space that the box fills.
    var part: Double
    var box: [(low: Double, high: Double)]
  }

  private var leaves: [Leaf] = []
  private let bounds: [(low: Double, high: Double)]
  private let mean: Double

  package init(_ tree: RegressionTree, bounds: [(low: Double, high: Double)]) {
    self.bounds = bounds
    var open = [(node: 0, box: bounds)]
    while let (position, box) = open.popLast() {
      let node = tree.nodes[position]
      if node.column < 0 {
        var part = 1.0
        for (side, whole) in zip(box, bounds) { part *= (side.high - side.low) / (whole.high - whole.low) }
        leaves.append(Leaf(value: node.value, part: part, box: box))
        continue
      }
      var (left, right) = (box, box)
      left[node.column].high = node.threshold
      right[node.column].low = node.threshold
      open.append((node.left, left))
      open.append((node.right, right))
    }
    mean = leaves.reduce(0) { $0 + $1.part * $1.value }
  }

  /// The variance of the prediction over the space.
  package var variance: Double {
    leaves.reduce(0) { $0 + $1.part * ($1.value - mean) * ($1.value - mean) }
  }

  /// The variance, over the columns of a group, of the mean over all others.
  ///
  /// The mean is a sum of what each leaf adds wherever its box lies over the group's columns. Of one column that is a step function
  /// of a few steps; of several, its square has the mean of all products of two leaves over what their boxes share.
  package func marginalVariance(_ group: Range<Int>) -> Double {
    // A leaf adds its value times its part of the other columns: its part over that of the group's columns.
    let shares = leaves.map { leaf in
      group.reduce((leaf.value - mean) * leaf.part) { share, d in
        share / ((leaf.box[d].high - leaf.box[d].low) / (bounds[d].high - bounds[d].low))
      }
    }
    if group.count == 1 { return marginalVariance(group.lowerBound, shares) }
    var sum = 0.0
    for i in leaves.indices {
      for j in 0...i {
        var shared = 1.0
        for d in group {
          let low = max(leaves[i].box[d].low, leaves[j].box[d].low)
          let high = min(leaves[i].box[d].high, leaves[j].box[d].high)
          shared *= max(high - low, 0) / (bounds[d].high - bounds[d].low)
          if shared == 0 { break }
        }
        sum += (i == j ? 1 : 2) * shares[i] * shares[j] * shared
      }
    }
    return sum
  }

  private func marginalVariance(_ column: Int, _ shares: [Double]) -> Double {
    var steps: [(place: Double, change: Double)] = []
    for (leaf, share) in zip(leaves, shares) {
      steps.append((leaf.box[column].low, share))
      steps.append((leaf.box[column].high, -share))
    }
    steps.sort { $0.place < $1.place }
    let width = bounds[column].high - bounds[column].low
    var level = 0.0
    var sum = 0.0
    for (step, next) in zip(steps, steps.dropFirst()) {
      level += step.change
      sum += level * level * (next.place - step.place) / width
    }
    return sum
  }
}
