import ApusCore
import ApusFunctional

/// Pairs that belong together are drawn near, others are pushed ``margin`` apart: the mean of
/// `(y d^2 + (1 - y) max(margin - d, 0)^2) / 2`.
///
/// Hadsell, Chopra and LeCun, 2006: Dimensionality Reduction by Learning an Invariant Mapping.
public struct ContrastiveLoss: EmbeddingLoss {
  public var distance: EmbeddingDistance
  public var margin: Double

  /// With a distance, and how far texts are to be apart that do not belong together.
  public init(distance: EmbeddingDistance = .cosine, margin: Double = 0.5) {
    (self.distance, self.margin) = (distance, margin)
  }

  public var columns: ClosedRange<Int> { 2...2 }
  public var labels: String? { "1 for texts that belong together, else 0" }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    // As torch's pairwise distance has it.
    let d = distance.pairs(embeddings[0], embeddings[1], eps: 1e-6)
    let y = labels.reshape([-1]).to(d.dtype)
    return (y * d.square() + (1 - y) * (margin - d).relu().square()).mean() / 2
  }
}

/// ``ContrastiveLoss`` of the hard pairs of the batch alone: those that belong together and are farther apart than the nearest of the
/// others, and the others that are nearer than the farthest of these; the sum of their squares.
public struct OnlineContrastiveLoss: EmbeddingLoss {
  public var distance: EmbeddingDistance
  public var margin: Double

  /// With a distance, and how far texts are to be apart that do not belong together.
  public init(distance: EmbeddingDistance = .cosine, margin: Double = 0.5) {
    (self.distance, self.margin) = (distance, margin)
  }

  public var columns: ClosedRange<Int> { 2...2 }
  public var labels: String? { "1 for texts that belong together, else 0" }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    let d = distance.pairs(embeddings[0], embeddings[1], eps: 1e-6)
    let y = labels.reshape([-1])
    let values: [Double] = d.detach().to(.float64).array()
    let together: [Double] = y.to(.float64).array()
    let positives = values.indices.filter { together[$0] == 1 }
    let negatives = values.indices.filter { together[$0] == 0 }
    func mean(_ rows: [Int]) -> Double { rows.reduce(0) { $0 + values[$1] } / Double(max(rows.count, 1)) }
    let farthest = positives.map { values[$0] }.max() ?? mean(negatives)
    let nearest = negatives.map { values[$0] }.min() ?? mean(positives)
    func weights(_ rows: [Int]) -> Tensor {
      var weights = [Double](repeating: 0, count: values.count)
      for row in rows { weights[row] = 1 }
      return Tensor(weights).to(d.dtype)
    }
    let near = weights(positives.filter { values[$0] > nearest }) * d.square()
    let far = weights(negatives.filter { values[$0] < farthest }) * (margin - d).relu().square()
    return (near + far).sum()
  }
}

/// The cosine of two texts is to be their score: the mean of the squared differences.
///
/// Reimers and Gurevych, 2019: Sentence-BERT.
public struct CosineSimilarityLoss: EmbeddingLoss {
  /// It has no options.
  public init() {}

  public var columns: ClosedRange<Int> { 2...2 }
  public var labels: String? { "how alike the texts are, from -1 to 1" }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    let found = cosineSimilarity(embeddings[0], embeddings[1])
    return mseLoss(found, labels.reshape([-1]).to(found.dtype))
  }
}

/// Pairs with a higher score are to be more alike: `log(1 + sum exp(scale (s(i) - s(j))))` over all pairs of rows of which `i` has the
/// lower score.
///
/// Su, 2022: CoSENT.
public struct CoSENTLoss: EmbeddingLoss {
  public var scale: Double
  public var similarity: EmbeddingSimilarity

  /// With what similarities are multiplied by.
  public init(scale: Double = 20, similarity: EmbeddingSimilarity = .cosine) {
    (self.scale, self.similarity) = (scale, similarity)
  }

  public var columns: ClosedRange<Int> { 2...2 }
  public var labels: String? { "how alike the texts are; their order counts" }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    orderLoss(similarity.pairs(embeddings[0], embeddings[1]) * scale, labels)
  }
}

/// ``CoSENTLoss`` of the angles between vectors that are read as complex numbers, whose gradient does not fade where vectors point the
/// same way: the first half of the features is the real part, the second the imaginary one.
///
/// Li and Li, 2023: AnglE-optimized Text Embeddings.
public struct AnglELoss: EmbeddingLoss {
  public var scale: Double

  /// With what angles are multiplied by.
  public init(scale: Double = 20) { self.scale = scale }

  public var columns: ClosedRange<Int> { 2...2 }
  public var labels: String? { "how alike the texts are; their order counts" }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    let (x, y) = (Self.even(embeddings[0]), Self.even(embeddings[1]))
    let half = x.size(1) / 2
    let (a, b) = (x.narrow(1, 0, half), x.narrow(1, half, half))
    let (c, d) = (y.narrow(1, 0, half), y.narrow(1, half, half))
    let angle = ((x * y).sum([1]) + (b * c - a * d).sum([1])).abs()
    return orderLoss(angle * scale, labels)
  }

  /// Vectors of length 1, with an even number of features.
  private static func even(_ x: Tensor) -> Tensor {
    let unit = normalize(x)
    return unit.size(1) % 2 == 0 ? unit : cat([unit, Tensor.zeros([unit.size(0), 1], dtype: unit.dtype)], dim: 1)
  }
}

/// `log(1 + sum exp(s(i) - s(j)))` over all rows `i` with a lower label than `j`.
private func orderLoss(_ scores: Tensor, _ labels: Tensor) -> Tensor {
  let y = labels.reshape([-1])
  let differences = (scores.unsqueeze(1) - scores.unsqueeze(0))
    .maskedFill(y.unsqueeze(1).lt(y.unsqueeze(0)).logicalNot(), -Double.infinity)
  return cat([Tensor.zeros([1], dtype: scores.dtype), differences.reshape([-1])], dim: 0).logsumexp(0)
}
