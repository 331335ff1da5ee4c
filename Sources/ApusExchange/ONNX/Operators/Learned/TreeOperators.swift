import ApusCore
import ApusFormats

extension ONNXOperatorTable {
  /// Trees, linear models and support vector machines of ai.onnx.ml.
  static let learned: [ONNXOperator] = [
    ONNXOperator("TreeEnsemble", domain: "ai.onnx.ml", since: 5, inputs: 1...1, prepare: ONNXOperators.treeEnsemble),
    ONNXOperator(
      "TreeEnsembleRegressor", domain: "ai.onnx.ml", inputs: 1...1, prepare: ONNXOperators.treeRegressor),
    ONNXOperator(
      "TreeEnsembleClassifier", domain: "ai.onnx.ml", inputs: 1...1, outputs: 1...2,
      prepare: ONNXOperators.treeClassifier),
    ONNXOperator("LinearRegressor", domain: "ai.onnx.ml", inputs: 1...1, prepare: ONNXOperators.linearRegressor),
    ONNXOperator(
      "LinearClassifier", domain: "ai.onnx.ml", inputs: 1...1, outputs: 1...2, prepare: ONNXOperators.linearClassifier),
    ONNXOperator("SVMRegressor", domain: "ai.onnx.ml", inputs: 1...1, prepare: ONNXOperators.svmRegressor),
    ONNXOperator(
      "SVMClassifier", domain: "ai.onnx.ml", inputs: 1...1, outputs: 1...2, prepare: ONNXOperators.svmClassifier),
  ]
}

extension ONNXOperators {
  /// `count` from an attribute, which must be one that lists can have.
  private static func targets(_ node: ONNXNode) throws -> Int {
    let count = try node.int("n_targets", default: 1)
    guard (1..<1 << 24).contains(count) else { throw TensorError(.value, "", "cannot give \(count) targets") }
    return count
  }

  private static func regress(
    _ forest: TreeForest, targets: Int, _ aggregate: TreeForest.Aggregate, base: [Double], _ transform: PostTransform,
    keepsType: Bool
  ) -> ONNXOperator.Kernel {
    { call in
      let rows = try call.rows()
      guard rows.width >= forest.width else {
        throw call.error(.shape, "needs \(forest.width) features, and found \(rows.width)")
      }
      let made = try (0..<rows.count).map { i in
        var scores = try forest.scores(
          rows.values[i * rows.width..<(i + 1) * rows.width], targets: targets, aggregate
        ).scores
        for t in 0..<min(base.count, targets) { scores[t] += base[t] }
        return transform(scores)
      }
      let type = try call.tensor(0).dtype
      return [.tensor(rowsTensor(made, width: targets, keepsType && type.isFloatingPoint ? type : .float32))]
    }
  }

  static func treeEnsemble(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let targets = try targets(node)
    guard let aggregate = TreeForest.Aggregate(rawValue: try node.int("aggregate_function", default: 1)),
      let transform = PostTransform(rawValue: try node.int("post_transform", default: 0))
    else { throw TensorError(.value, "", "aggregate_function or post_transform does not exist") }
    return regress(
      try TreeForest(ensemble: node, targets: targets), targets: targets, aggregate, base: [], transform,
      keepsType: true)
  }

  static func treeRegressor(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let targets = try targets(node)
    let names: [String: TreeForest.Aggregate] = ["AVERAGE": .average, "SUM": .sum, "MIN": .minimum, "MAX": .maximum]
    let name = try node.string("aggregate_function", default: "SUM")
    guard let aggregate = names[name] else {
      throw TensorError(.value, "", "knows no aggregate_function '\(name)'; there are \(names.keys.sorted())")
    }
    return regress(
      try TreeForest(node, weights: "target", targets: targets), targets: targets, aggregate,
      base: try TreeForest.numbers(node, "base_values") ?? [],
      try PostTransform(node.string("post_transform", default: "NONE")), keepsType: false)
  }

  static func treeClassifier(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    guard let labels = try ClassLabels(node, integers: "classlabels_int64s", strings: "classlabels_strings") else {
      throw TensorError(.value, "", "needs classlabels_int64s or classlabels_strings")
    }
    let transform = try PostTransform(node.string("post_transform", default: "NONE"))
    let forest = try TreeForest(node, weights: "class", targets: labels.count)
    let base = try TreeForest.numbers(node, "base_values") ?? []
    let weights = forest.leaves.joined()
    let isOneClass = labels.count <= 2 && Set(weights.map(\.target)).count <= 1
    let isShare = weights.allSatisfy { $0.weight >= 0 }
    return { call in
      let rows = try call.rows()
      guard rows.width >= forest.width else {
        throw call.error(.shape, "needs \(forest.width) features, and found \(rows.width)")
      }
      var chosen: [Int] = []
      var made: [[Double]] = []
      for i in 0..<rows.count {
        var (scores, isThere) = try forest.scores(
          rows.values[i * rows.width..<(i + 1) * rows.width], targets: labels.count, .sum)
        if isOneClass, scores.count == 1 || !isThere[1] {
          // All weights speak of one class: the other has the rest.
          let score = scores[0] + (base.count == 2 ? base[1] : base.first ?? 0)
          let isFirst = isShare ? score > 0.5 : score > 0
          chosen.append(isFirst ? labels.count - 1 : 0)
          made.append(transform.pair(score, isShare: isShare))
        } else {
          for t in 0..<min(base.count, scores.count) { scores[t] += base[t] }
          chosen.append(
            isOneClass ? ((isShare ? scores[1] > 0.5 : scores[1] > 0) ? 1 : 0) : placeOfLargest(scores))
          made.append(transform(scores))
        }
      }
      let width = made.first?.count ?? labels.count
      return [labels.tensor(chosen), .tensor(rowsTensor(made, width: width))]
    }
  }
}
