import ApusCore
import ApusFunctional

/// Of all texts of the batch, each anchor is to find its own: the cross entropy of its similarities, times ``scale``, with the
/// positives of all rows and with all negatives.
///
/// Henderson and others, 2017: Efficient Natural Language Response Suggestion for Smart Reply. Directions: Li and others, 2023, and
/// Zhang and others, 2024; the weight of hard negatives: Lan and others, 2025. The anchors of a batch should not be answered by each
/// other's positives (no text twice). For batches larger than memory, make the vectors by `TextEmbedder.embed(_:miniBatch:)`.
public struct MultipleNegativesRankingLoss: EmbeddingLoss {
  /// What is compared with what.
  public enum Direction: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
    /// Anchors with positives and negatives.
    case queryToDoc = "query_to_doc"
    /// Anchors with the other anchors.
    case queryToQuery = "query_to_query"
    /// The positive of a row with all anchors.
    case docToQuery = "doc_to_query"
    /// The positive of a row with the positives and negatives of others.
    case docToDoc = "doc_to_doc"
  }

  /// Whether all directions share one softmax, or each has its own and their mean counts.
  public enum PartitionMode: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
    /// All candidates in one sum.
    case joint
    /// A sum for each direction, of which the mean is taken.
    case perDirection = "per_direction"
  }

  /// Which negatives count the more the more alike they are.
  public enum HardnessMode: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
    /// Texts of other rows.
    case inBatchNegatives = "in_batch_negatives"
    /// The negatives of the row itself.
    case hardNegatives = "hard_negatives"
    /// Both.
    case allNegatives = "all_negatives"
  }

  /// What similarities are multiplied by: one by the temperature.
  public var scale: Double
  public var similarity: EmbeddingSimilarity
  public var directions: Set<Direction>
  public var partitionMode: PartitionMode
  public var hardnessMode: HardnessMode?
  /// How much more: the similarity times this is added to the scaled one.
  public var hardnessStrength: Double

  /// With the options of the loss.
  public init(
    scale: Double = 20, similarity: EmbeddingSimilarity = .cosine, directions: Set<Direction> = [.queryToDoc],
    partitionMode: PartitionMode = .joint, hardnessMode: HardnessMode? = nil, hardnessStrength: Double = 0
  ) {
    (self.scale, self.similarity, self.directions) = (scale, similarity, directions)
    (self.partitionMode, self.hardnessMode) = (partitionMode, hardnessMode)
    self.hardnessStrength = hardnessStrength
  }

  /// Anchors find their positives, and positives their anchors: the mean of both (`MultipleNegativesSymmetricRankingLoss`).
  public static func symmetric(
    scale: Double = 20, similarity: EmbeddingSimilarity = .cosine
  ) -> MultipleNegativesRankingLoss {
    MultipleNegativesRankingLoss(
      scale: scale, similarity: similarity, directions: [.queryToDoc, .docToQuery], partitionMode: .perDirection)
  }

  public var columns: ClosedRange<Int> { 2...Int.max }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    let (queries, positives) = (embeddings[0], embeddings[1])
    let rows = queries.size(0)
    guard scale > 0, directions.contains(.queryToDoc) else {
      return fail(
        TensorError(.value, "MultipleNegativesRankingLoss", "needs a scale above 0 and the direction query_to_doc"))
    }
    guard partitionMode == .joint || directions.isSubset(of: [.queryToDoc, .docToQuery]) else {
      return fail(
        TensorError(
          .value, "MultipleNegativesRankingLoss",
          "a softmax of its own can have query_to_doc and doc_to_query alone, since the others lack the positive"))
    }
    let documents = embeddings.count > 2 ? cat(Array(embeddings.dropFirst()), dim: 0) : positives
    let own = eye(rows, dtype: .bool)
    let ownDocuments = cat([Tensor](repeating: own, count: embeddings.count - 1), dim: 1)
    let raw = similarity.matrix(queries, documents)
    var toDocuments = raw * scale
    let positiveScores = toDocuments.diagonal()
    if let hardnessMode, hardnessStrength > 0 {
      toDocuments = toDocuments + hardness(hardnessMode, raw.detach(), own, ownDocuments)
    }
    var scores = [toDocuments]
    if directions.contains(.queryToQuery) {
      scores.append((similarity.matrix(queries, queries) * scale).maskedFill(own, -Double.infinity))
    }
    if directions.contains(.docToQuery) { scores.append(similarity.matrix(positives, queries) * scale) }
    if directions.contains(.docToDoc) {
      scores.append((similarity.matrix(positives, documents) * scale).maskedFill(ownDocuments, -Double.infinity))
    }
    let totals: Tensor
    switch partitionMode {
    case .joint: totals = (scores.count > 1 ? cat(scores, dim: 1) : scores[0]).logsumexp(1)
    case .perDirection: totals = stack(scores.map { $0.logsumexp(1) }, dim: 0).mean([0])
    }
    return (totals - positiveScores).mean()
  }

  /// What is added to the scaled similarities of negatives.
  private func hardness(_ mode: HardnessMode, _ raw: Tensor, _ own: Tensor, _ ownDocuments: Tensor) -> Tensor {
    let rows = own.size(0)
    let isNegative = arange(raw.size(1)).ge(rows).unsqueeze(0)
    let counts: Tensor =
      switch mode {
      case .inBatchNegatives: ownDocuments.logicalNot()
      case .hardNegatives: ownDocuments.logicalAnd(isNegative)
      case .allNegatives: ownDocuments.logicalAnd(isNegative.logicalNot()).logicalNot()
      }
    return raw * counts.to(raw.dtype) * hardnessStrength
  }
}

/// Anchors are to be nearer to their positives than to their negatives, by ``margin``: the mean of
/// `max(d(anchor, positive) - d(anchor, negative) + margin, 0)`.
///
/// Schroff and others, 2015: FaceNet.
public struct TripletLoss: EmbeddingLoss {
  public var distance: EmbeddingDistance
  public var margin: Double

  /// With a distance, and by how much the negative is to be further away.
  public init(distance: EmbeddingDistance = .euclidean, margin: Double = 5) {
    (self.distance, self.margin) = (distance, margin)
  }

  public var columns: ClosedRange<Int> { 3...3 }

  public func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor {
    let near = distance.pairs(embeddings[0], embeddings[1])
    let far = distance.pairs(embeddings[0], embeddings[2])
    return (near - far + margin).relu().mean()
  }
}
