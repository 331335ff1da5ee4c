import ApusCore

/// Losses of vectors of texts, by name.
public enum EmbeddingLossName: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
  /// The names of ``MultipleNegativesRankingLoss``, ``TripletLoss`` and ``ContrastiveLoss``.
  case ranking, triplet, contrastive
  /// ``OnlineContrastiveLoss``.
  case onlineContrastive = "online-contrastive"
  /// ``CosineSimilarityLoss``.
  case cosineSimilarity = "cosine-similarity"
  /// ``CoSENTLoss`` and ``AnglELoss``.
  case cosent, angle
}

/// By what vectors of texts are trained.
public struct EmbeddingLossSettings: RecipeSettings {
  @Field("the loss; null: ranking, or cosent where the data have scores") public var name: EmbeddingLossName? = nil
  @Field("ranking, cosent, angle: what similarities are multiplied by", 1e-6...1e6) public var scale = 20.0
  @Field("triplet, contrastive: how far apart others are to be; null: 5, or 0.5", 0...1e6)
  public var margin: Double? = nil
  @Field("triplet, contrastive: how distances are measured; null: euclidean, or cosine")
  public var distance: EmbeddingDistance? = nil
  @Field("ranking, cosent: how alike vectors are") public var similarity = EmbeddingSimilarity.cosine
  @Field("ranking: what is compared")
  public var directions: [MultipleNegativesRankingLoss.Direction] = [.queryToDoc]
  @Field("ranking: whether all directions share one softmax")
  public var partition = MultipleNegativesRankingLoss.PartitionMode.joint
  @Field("ranking: which negatives count the more the more alike they are; null: none")
  public var hardnessMode: MultipleNegativesRankingLoss.HardnessMode? = nil
  @Field("ranking: how much more", 0...1e3) public var hardnessStrength = 5.0
  @Field("lengths at which cut vectors are to be good as well (Matryoshka); empty: none")
  public var matryoshka: [Int] = []
  @Field("how many texts are in memory at once, whatever the batch (GradCache); null: the batch", 1...Int.max)
  public var miniBatch: Int? = nil

  public init() {}

  /// The loss of the settings' name, or the one that fits the examples.
  /// - Throws: `TensorError` where it needs other columns, or scores.
  public func make(for examples: [PairExample]) throws -> any EmbeddingLoss {
    let hasScores = examples.first?.score != nil
    let loss = try wrapped(plain(name ?? (hasScores ? .cosent : .ranking)))
    let columns = examples.first?.texts.count ?? loss.columns.lowerBound
    guard loss.columns.contains(columns) else {
      throw TensorError(
        .value, "loss.name", "\(type(of: loss)) compares other numbers of texts than the \(columns) of each row")
    }
    guard loss.labels == nil || hasScores else {
      throw TensorError(
        .value, "loss.name", "\(type(of: loss)) needs a score in each row (\(loss.labels ?? "")), and there is none")
    }
    return loss
  }

  private func plain(_ name: EmbeddingLossName) -> any EmbeddingLoss {
    switch name {
    case .ranking:
      MultipleNegativesRankingLoss(
        scale: scale, similarity: similarity, directions: Set(directions), partitionMode: partition,
        hardnessMode: hardnessMode, hardnessStrength: hardnessStrength)
    case .triplet: TripletLoss(distance: distance ?? .euclidean, margin: margin ?? 5)
    case .contrastive: ContrastiveLoss(distance: distance ?? .cosine, margin: margin ?? 0.5)
    case .onlineContrastive: OnlineContrastiveLoss(distance: distance ?? .cosine, margin: margin ?? 0.5)
    case .cosineSimilarity: CosineSimilarityLoss()
    case .cosent: CoSENTLoss(scale: scale, similarity: similarity)
    case .angle: AnglELoss(scale: scale)
    }
  }

  private func wrapped(_ loss: any EmbeddingLoss) throws(TensorError) -> any EmbeddingLoss {
    matryoshka.isEmpty ? loss : try MatryoshkaLoss(loss, dimensions: matryoshka)
  }
}
