import ApusCore

/// A label of a classifier, and how sure it is.
public struct ClassLabel: Sendable, Equatable, CustomStringConvertible {
  /// The number of the label.
  public let number: Int
  /// Its name in the configuration, or `LABEL_3` where that has none.
  public let name: String
  /// How sure the model is: the softmax of the scores, or of labels that do not exclude each other the sigmoid of this one's.
  public let probability: Double

  public var description: String { "\(name): \(probability)" }
}

/// The best labels of each row of a classifier's scores `[rows, labels]`, the best first.
/// - Throws: `TensorError` where there are no such scores.
package func rankedLabels(
  _ scores: Tensor?, of model: any PretrainedModel, rows: Int, count: Int
) throws(TensorError) -> [[ClassLabel]] {
  guard let scores = scores?.to(.float32), scores.rank == 2, scores.size(0) == rows else {
    throw TensorError(.unsupported, "classify", "the model gives no scores of labels")
  }
  let isIndependent =
    scores.size(1) == 1 || model.configuration["problem_type"]?.string == "multi_label_classification"
  let probabilities: [Float] = (isIndependent ? scores.sigmoid() : scores.softmax(-1)).array()
  let (names, classes) = (model.configuration.labels, scores.size(1))
  return (0..<rows).map { row in
    let own = probabilities[row * classes..<(row + 1) * classes]
    let best = own.indices.sorted { (own[$0], $1) > (own[$1], $0) }.prefix(max(0, count))
    return best.map { i in
      let number = i - own.startIndex
      return ClassLabel(number: number, name: names[number] ?? "LABEL_\(number)", probability: Double(own[i]))
    }
  }
}
