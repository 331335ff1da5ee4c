import ApusCore
import ApusFunctional

/// A loss of the first features of the vectors alone, of several lengths together: vectors that stay good when they are cut. Cut
/// vectors are brought to length 1 again.
///
/// Kusupati and others, 2022: Matryoshka Representation Learning.
public struct MatryoshkaLoss: EmbeddingLoss {
  /// What the vectors of each length are measured by.
  public var loss: any EmbeddingLoss
  /// The lengths, from the largest down.
  public let dimensions: [Int]
  /// How much each length counts.
  public let weights: [Double]

  /// - Parameter weights: how much each length counts; nil: 1 each.
  /// - Throws: `TensorError` where there is no length, one is below 1, or there are not as many weights.
  public init(_ loss: any EmbeddingLoss, dimensions: [Int], weights: [Double]? = nil) throws(TensorError) {
    let weights = weights ?? [Double](repeating: 1, count: dimensions.count)
    guard !dimensions.isEmpty, dimensions.allSatisfy({ $0 > 0 }), weights.count == dimensions.count else {
      throw TensorError(
        .value, "MatryoshkaLoss",
        "needs lengths of 1 or more and as many weights, and found the lengths \(dimensions) and the weights \(weights)"
      )
    }
    let order = dimensions.indices.sorted { dimensions[$0] > dimensions[$1] }
    (self.loss, self.dimensions, self.weights) = (loss, order.map { dimensions[$0] }, order.map { weights[$0] })
  }

  public var columns: ClosedRange<Int> { loss.columns }
  public var labels: String? { loss.labels }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    let width = embeddings[0].size(1)
    guard dimensions[0] <= width else {
      return fail(
        TensorError(
          .value, "MatryoshkaLoss", "the length \(dimensions[0]) is more than the \(width) features that vectors have"))
    }
    let parts = zip(dimensions, weights).map { length, weight -> Tensor in
      let cut = embeddings.map { normalize($0.narrow(1, 0, length)) }
      // Vectors that are to be met are cut as those that meet them.
      let target = labels.rank > 1 && labels.size(-1) == width ? labels.narrow(-1, 0, length) : labels
      return loss.value(cut, target) * weight
    }
    return parts.dropFirst().reduce(parts[0]) { $0 + $1 }
  }
}

/// Vectors are to be those of a teacher, `[rows, features]` for all columns alike or `[rows, columns, features]`; the mean over the
/// columns.
///
/// Reimers and Gurevych, 2020: Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation.
public struct EmbedDistillLoss: EmbeddingLoss {
  /// How vectors are compared with the teacher's.
  public enum Measure: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
    /// The mean of the squared differences (`MSELoss`).
    case mse
    /// The mean length of the difference.
    case l2
    /// The mean of 1 minus the cosine.
    case cosine
  }

  public var measure: Measure

  /// With a measure of how far vectors are apart.
  public init(measure: Measure = .cosine) { self.measure = measure }

  public var columns: ClosedRange<Int> { 1...Int.max }
  public var labels: String? { "the teacher's vectors, [rows, features] or [rows, columns, features]" }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    let shape = embeddings[0].shape
    guard labels.shape == shape || labels.shape == [shape[0], embeddings.count, shape[1]] else {
      return fail(
        TensorError(
          .shape, "EmbedDistillLoss",
          "needs vectors of the teacher \(shape) or \([shape[0], embeddings.count, shape[1]]), and found \(labels.shape)"
        ))
    }
    let losses = embeddings.enumerated().map { i, own -> Tensor in
      let other = (labels.rank == 2 ? labels : labels.select(1, i)).detach().to(own.dtype)
      switch measure {
      case .mse: return mseLoss(own, other)
      case .l2: return (own - other).norm(2, [1]).mean()
      case .cosine: return (1 - cosineSimilarity(own, other)).mean()
      }
    }
    return losses.count == 1 ? losses[0] : stack(losses, dim: 0).mean()
  }
}

/// An anchor is to be as much more alike its positive than its negatives as a teacher says: the mean of the squared differences
/// between both margins. Labels are the teacher's margins, `[rows]` or `[rows, negatives]`, or its scores of the positive and the
/// negatives, `[rows, 1 + negatives]`.
///
/// Hofstätter and others, 2020: Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation.
public struct MarginMSELoss: EmbeddingLoss {
  public var similarity: EmbeddingSimilarity

  /// With a measure of how alike vectors are.
  public init(similarity: EmbeddingSimilarity = .dot) { self.similarity = similarity }

  public var columns: ClosedRange<Int> { 3...Int.max }
  public var labels: String? { "by how much the teacher's score of the positive is above those of the negatives" }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    let (rows, negatives) = (embeddings[0].size(0), embeddings.count - 2)
    var target = labels.rank == 1 ? labels.unsqueeze(1) : labels
    if target.shape == [rows, negatives + 1] { target = target.narrow(1, 0, 1) - target.narrow(1, 1, negatives) }
    guard target.shape == [rows, negatives] else {
      return fail(
        TensorError(
          .shape, "MarginMSELoss",
          "needs margins \([rows, negatives]) or scores \([rows, negatives + 1]), and found \(labels.shape)"))
    }
    let near = similarity.pairs(embeddings[0], embeddings[1])
    let margins = stack(embeddings.dropFirst(2).map { near - similarity.pairs(embeddings[0], $0) }, dim: 1)
    return mseLoss(margins, target.detach().to(margins.dtype))
  }
}
