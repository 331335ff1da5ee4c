import ApusCore
import ApusFormats

extension ONNXOperators {
  private static func numbers(_ node: ONNXNode, _ name: String) throws -> [Double] {
    try node.floats(name)?.map { Double($0) } ?? []
  }

  static func linearRegressor(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let targets = try node.int("targets", default: 1)
    let weights = try numbers(node, "coefficients")
    let intercepts = try numbers(node, "intercepts")
    let transform = try PostTransform(node.string("post_transform", default: "NONE"))
    guard targets > 0, weights.count % targets == 0, intercepts.isEmpty || intercepts.count == targets else {
      throw TensorError(
        .format, "", "\(weights.count) coefficients and \(intercepts.count) intercepts are not of \(targets) targets")
    }
    let matrix = Tensor(weights, shape: [targets, weights.count / targets], dtype: .float32)
    let bias = intercepts.isEmpty ? nil : Tensor(intercepts, shape: [targets], dtype: .float32)
    return { call in
      let x = try features(call, width: weights.count / targets)
      let y = x.matmul(matrix.t())
      return [.tensor(transformed(bias.map { y + $0 } ?? y, transform))]
    }
  }

  /// Input 0 as `[N, width]` of float32.
  private static func features(_ call: ONNXCall, width: Int) throws -> Tensor {
    let x = try call.tensor(0)
    let rows = x.rank == 1 ? x.unsqueeze(0) : x
    guard rows.rank == 2, rows.size(1) == width else {
      throw call.error(.shape, "needs features [N, \(width)], and found \(x.shape)")
    }
    return rows.to(.float32)
  }

  private static func transformed(_ scores: Tensor, _ transform: PostTransform) -> Tensor {
    switch transform {
    case .none: return scores
    case .logistic: return scores.sigmoid()
    case .softmax: return scores.softmax(1)
    case .softmaxZero, .probit:
      let width = scores.size(1)
      let values = scores.array(as: Double.self)
      guard width > 0, values.count == scores.count else { return scores }
      return rowsTensor(
        stride(from: 0, to: values.count, by: width).map { transform(Array(values[$0..<$0 + width])) }, width: width)
    }
  }

  static func linearClassifier(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let labels = try ClassLabels(node, integers: "classlabels_ints", strings: "classlabels_strings")
    let weights = try numbers(node, "coefficients")
    let intercepts = try numbers(node, "intercepts")
    let transform = try PostTransform(node.string("post_transform", default: "NONE"))
    let classes = intercepts.isEmpty ? max(labels?.count ?? 1, 1) : intercepts.count
    guard weights.count % classes == 0 else {
      throw TensorError(.format, "", "\(weights.count) coefficients are not of \(classes) classes")
    }
    let matrix = Tensor(weights, shape: [classes, weights.count / classes], dtype: .float32)
    let bias = intercepts.isEmpty ? nil : Tensor(intercepts, shape: [classes], dtype: .float32)
    return { call in
      let product = (try features(call, width: weights.count / classes)).matmul(matrix.t())
      var scores = bias.map { product + $0 } ?? product
      if classes == 1, labels?.count == 2 { scores = cat([-scores, scores], dim: 1) }
      let made = transformed(scores, transform)
      let chosen: [Int]
      if made.size(1) > 1 {
        chosen = made.size(0) == 0 ? [] : made.argmax(1).array(as: Int.self)
      } else {
        let threshold = transform == .none ? 0.0 : 0.5
        chosen = made.array(as: Double.self).map { $0 > threshold ? 1 : 0 }
      }
      return [try labelled(chosen, labels, isSingle: made.size(1) == 1), .tensor(made)]
    }
  }

  /// The labels of the chosen classes. Of a model with one label, 1 is the label and 0 is none.
  private static func labelled(_ chosen: [Int], _ labels: ClassLabels?, isSingle: Bool) throws -> ONNXValue {
    guard let labels else { return .tensor(Tensor(chosen.map { Int64($0) }, shape: [chosen.count], dtype: .int64)) }
    guard isSingle, labels.count == 1 else { return labels.tensor(chosen) }
    switch labels {
    case .integers(let all):
      return .tensor(Tensor(chosen.map { $0 == 1 ? Int64(all[0]) : 0 }, shape: [chosen.count], dtype: .int64))
    case .strings(let all): return .strings(StringTensor(chosen.map { $0 == 1 ? all[0] : "" }))
    }
  }
}
