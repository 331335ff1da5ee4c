import ApusCore
import ApusNumerics

// What metrics of classification check of their inputs, and how scores become labels.

extension Metric {
  func expectThreshold(_ threshold: Double) {
    expect((0...1).contains(threshold), "a threshold lies between 0 and 1, and found \(threshold)")
  }
}

/// Scores as probabilities: where one lies outside of 0 to 1, all are taken for logits.
func probabilities(_ scores: Tensor, _ normalization: ScoreNormalization?) -> Tensor {
  guard let normalization, !scores.ge(0).logicalAnd(scores.le(1)).all().item(as: Bool.self) else { return scores }
  return switch normalization {
  case .sigmoid: scores.sigmoid()
  case .softmax: scores.softmax(min(1, scores.rank - 1))
  }
}

/// Scores as 0 and 1; labels as they are.
func labels(_ preds: Tensor, threshold: Double) -> Tensor {
  preds.dtype.isFloatingPoint ? probabilities(preds, .sigmoid).gt(threshold) : preds
}

/// - Throws: `TensorError` where targets are none of 0, 1 and what is ignored, or predicted labels none of 0 and 1.
func requireBinaryLabels(_ preds: Tensor, _ target: Tensor, _ ignoreIndex: Int?, _ name: String) throws(TensorError) {
  var known = target.eq(0).logicalOr(target.eq(1))
  if let ignoreIndex { known = known.logicalOr(target.eq(ignoreIndex)) }
  guard known.all().item(as: Bool.self) else {
    let found = target.kept(known.logicalNot())[0].item()
    throw TensorError(
      .value, name,
      "targets are 0 and 1\(ignoreIndex.map { ", and \($0), which is ignored" } ?? ""), and one is \(found)")
  }
  if preds.dtype.isFloatingPoint || preds.dtype == .bool { return }
  let labels = preds.eq(0).logicalOr(preds.eq(1))
  guard labels.all().item(as: Bool.self) else {
    throw TensorError(
      .value, name, "predictions that are integers are 0 and 1, and one is \(preds.kept(labels.logicalNot())[0].item())"
    )
  }
}

/// - Throws: `TensorError` unless both are `[N, numLabels, ...]`.
func requireLabels(_ preds: Tensor, _ target: Tensor, _ numLabels: Int, _ name: String) throws(TensorError) {
  try requireSameShape(preds, target, name)
  guard preds.rank >= 2, preds.shape[1] == numLabels else {
    throw TensorError(.shape, name, "needs \(numLabels) labels, [N, \(numLabels), ...], and found \(preds.shape)")
  }
}

/// - Throws: `TensorError` unless predictions are class numbers of the targets' shape or scores `[N, C, ...]`, and unless
///   there are no more different values than classes.
func requireClasses(
  _ preds: Tensor, _ target: Tensor, _ numClasses: Int?, _ ignoreIndex: Int?, _ name: String,
  isSamplewise: Bool = false, checksValues: Bool = true
) throws(TensorError) {
  if preds.rank == target.rank + 1, preds.rank >= 2 {
    guard preds.dtype.isFloatingPoint else {
      throw TensorError(.dtype, name, "scores of classes are floating point numbers, and found \(preds.dtype)")
    }
    if let numClasses, preds.shape[1] != numClasses {
      throw TensorError(
        .shape, name, "needs scores of \(numClasses) classes, [N, \(numClasses), ...], and found \(preds.shape)")
    }
    guard preds.shape[0] == target.shape[0], preds.shape.dropFirst(2) == target.shape.dropFirst(1) else {
      throw TensorError(
        .shape, name,
        "needs scores [N, C, ...] and targets [N, ...], and found \(preds.shape) and \(target.shape)")
    }
  } else {
    guard preds.shape == target.shape else {
      throw TensorError(
        .shape, name,
        "needs class numbers of one shape, or scores [N, C, ...] and targets [N, ...], and found \(preds.shape) and "
          + "\(target.shape)")
    }
  }
  guard !isSamplewise || target.rank >= 2 else {
    throw TensorError(
      .shape, name, "needs two or more dimensions of targets for samplewise values, and found \(target.shape)")
  }
  guard checksValues, let numClasses, target.count > 0 else { return }
  let most = numClasses + (ignoreIndex == nil ? 0 : 1)
  for (tensor, what) in [(target, "targets"), (preds, "predictions")] where !tensor.dtype.isFloatingPoint {
    if tensor.amin().item() >= 0, tensor.amax().item() < Double(numClasses) { continue }
    let values = tensor.unique().values
    guard values.count <= most else {
      throw TensorError(
        .value, name,
        "\(what) have \(values.count) different values, \(values.integers.prefix(20)), and there are \(most)")
    }
  }
}

/// - Throws: `TensorError` where a number that counts is no class.
func requireRange(
  _ numbers: Tensor, _ mask: Tensor?, _ classes: Int, _ what: String, _ name: String
) throws(TensorError) {
  var isOutside = numbers.lt(0).logicalOr(numbers.ge(classes))
  if let mask { isOutside = isOutside.logicalAnd(mask) }
  guard isOutside.hasAny else { return }
  throw TensorError(
    .index, name,
    "\(what) are class numbers from 0 to \(classes - 1), and one is \(numbers.kept(isOutside)[0].item(as: Int.self))")
}

/// Predictions and targets, flat, without those whose target is to be ignored.
func dropIgnored(_ preds: Tensor, _ target: Tensor, _ ignoreIndex: Int?) -> (Tensor, Tensor) {
  guard let ignoreIndex else { return (preds, target) }
  let counts = target.ne(ignoreIndex)
  return (preds.kept(counts), target.kept(counts))
}

/// Scores `[N, C, ...]` as rows `[N..., C]`.
func rowsOfClasses(_ scores: Tensor) -> Tensor {
  scores.movedim(1, -1).reshape([-1, scores.shape[1]])
}

/// - Throws: `TensorError` unless the scores are floating point numbers.
func requireScores(_ preds: Tensor, _ name: String) throws(TensorError) {
  guard preds.dtype.isFloatingPoint else {
    throw TensorError(
      .dtype, name, "needs probabilities or logits, which are floating point numbers, and found \(preds.dtype)")
  }
}

/// - Throws: `TensorError` unless predictions are scores `[N, C, ...]` of the classes.
func requireScores(
  _ preds: Tensor, _ target: Tensor, _ numClasses: Int, _ ignoreIndex: Int?, _ name: String, checksValues: Bool
) throws(TensorError) {
  try requireScores(preds, name)
  guard preds.rank == target.rank + 1 else {
    throw TensorError(
      .shape, name,
      "needs scores [N, C, ...] and class numbers [N, ...], and found \(preds.shape) and \(target.shape)")
  }
  try requireClasses(preds, target, numClasses, ignoreIndex, name, checksValues: checksValues)
}
