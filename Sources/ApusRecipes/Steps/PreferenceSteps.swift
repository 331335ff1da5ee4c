import ApusCore
import ApusModels

// What a step of preference tuning computes of a batch.

/// The step of ``DPOLoss``.
public struct DPOStep {
  public let model: any PretrainedModel
  /// What the model is held to; not needed where batches have the reference's log-probabilities, or the loss is reference-free.
  public let reference: ReferenceModel?
  public let loss: DPOLoss
  /// Which layers are computed again for gradients.
  public var recomputesLayer: (@Sendable (Int) -> Bool)?

  /// With the model that learns and what it is held to; a loss without a reference needs none.
  public init(_ model: any PretrainedModel, reference: ReferenceModel?, _ loss: DPOLoss = DPOLoss()) {
    (self.model, self.reference, self.loss) = (model, reference, loss)
  }

  /// The loss of a batch.
  public func callAsFunction(_ batch: PreferenceBatch) throws -> RecipeLoss {
    try loss(
      SequenceLogProbabilities(model, batch.tokens, recomputesLayer: recomputesLayer), reference: referenceScores(batch)
    )
  }

  /// The scores of a batch under the reference, `[2 * pairs]`: those that it has, or computed here; nil for a loss without one.
  public func referenceScores(_ batch: PreferenceBatch) throws -> Tensor? {
    if loss.isReferenceFree { return nil }
    if let chosen = batch.referenceChosen, let rejected = batch.referenceRejected { return cat([chosen, rejected]) }
    guard let reference else {
      throw TensorError(
        .value, "DPOStep",
        "neither a reference model nor log-probabilities that it gave before are there; set isReferenceFree for a loss without"
      )
    }
    return noGrad { loss.scores(reference.logProbabilities(batch.tokens)) }
  }
}

/// The step of ``CPOLoss``, which SimPO is a case of.
public struct CPOStep {
  public let model: any PretrainedModel
  public let loss: CPOLoss
  /// Which layers are computed again for gradients.
  public var recomputesLayer: (@Sendable (Int) -> Bool)?

  /// With the model that learns.
  public init(_ model: any PretrainedModel, _ loss: CPOLoss = CPOLoss()) { (self.model, self.loss) = (model, loss) }

  /// The loss of a batch.
  public func callAsFunction(_ batch: PreferenceBatch) -> RecipeLoss {
    loss(SequenceLogProbabilities(model, batch.tokens, recomputesLayer: recomputesLayer))
  }
}

/// The step of ``ORPOLoss``: the chosen rows are learned whole, prompts included, as the paper has it.
public struct ORPOStep {
  public let model: any PretrainedModel
  public let loss: ORPOLoss
  /// Which layers are computed again for gradients.
  public var recomputesLayer: (@Sendable (Int) -> Bool)?

  /// With the model that learns.
  public init(_ model: any PretrainedModel, _ loss: ORPOLoss = ORPOLoss()) { (self.model, self.loss) = (model, loss) }

  /// The loss of a batch.
  public func callAsFunction(_ batch: PreferenceBatch) -> RecipeLoss {
    // One pass gives both: prompts are scored in the chosen rows, and left out of the answers again.
    var whole = batch.tokens
    let seen = whole.attentionMask?.narrow(0, 0, batch.pairs)
    let ids = whole.inputIds.narrow(0, 0, batch.pairs)
    let all = seen.map { ids.maskedFill($0.eq(0), -100) } ?? ids
    whole.labels = cat([all, whole.labels.narrow(0, batch.pairs, batch.pairs)])
    let scored = SequenceLogProbabilities(model, whole, recomputesLayer: recomputesLayer)
    let entropy = -scored.chosen.tokens.sum() / scored.chosen.mask.sum().clamp(min: 1)
    let mask = batch.tokens.learnedMask
    return loss(SequenceLogProbabilities(tokens: scored.tokens * mask, mask: mask), entropy: entropy)
  }
}

/// The step of ``KTOLoss``.
public struct KTOStep {
  public let model: any PretrainedModel
  /// What the model is held to.
  public let reference: ReferenceModel
  public let loss: KTOLoss
  /// Which layers are computed again for gradients.
  public var recomputesLayer: (@Sendable (Int) -> Bool)?

  /// With the model that learns and what it is held to.
  public init(_ model: any PretrainedModel, reference: ReferenceModel, _ loss: KTOLoss = KTOLoss()) {
    (self.model, self.reference, self.loss) = (model, reference, loss)
  }

  /// The loss of a batch.
  public func callAsFunction(_ batch: FeedbackBatch) -> RecipeLoss {
    var divergence: Tensor?
    if loss.needsDivergence, let mismatched = batch.mismatched {
      divergence = KTOLoss.divergence(
        noGrad { SequenceLogProbabilities(model, mismatched) }, reference: reference.logProbabilities(mismatched).sums)
    }
    return loss(
      SequenceLogProbabilities(model, batch.tokens, recomputesLayer: recomputesLayer),
      reference: batch.reference ?? reference.logProbabilities(batch.tokens).sums, isDesirable: batch.isDesirable,
      divergence: divergence)
  }
}

/// The step of ``RewardLoss``: of a model with one label, whose score is the reward.
public struct RewardStep {
  public let model: any PretrainedModel
  public let loss: RewardLoss
  /// Which layers are computed again for gradients.
  public var recomputesLayer: (@Sendable (Int) -> Bool)?

  /// With the model that learns.
  public init(_ model: any PretrainedModel, _ loss: RewardLoss = RewardLoss()) {
    (self.model, self.loss) = (model, loss)
  }

  /// The loss of a batch.
  public func callAsFunction(_ batch: PreferenceBatch) throws -> RecipeLoss {
    let rewards = try rewards(batch.tokens)
    return loss(rewards.narrow(0, 0, batch.pairs), rewards.narrow(0, batch.pairs, batch.pairs), margins: batch.margins)
  }

  /// The reward of each row, `[rows]`.
  /// - Throws: `TensorError` of kind `unsupported` for a model that does not give each row one score.
  public func rewards(_ batch: TokenBatch) throws -> Tensor {
    var inputs = batch.inputs
    inputs.recomputesLayer = recomputesLayer
    guard let scores = model(inputs).logits else {
      throw TensorError(
        .unsupported, "RewardStep",
        "\(type(of: model).typeName) gives no scores: load it with the head sequenceClassification")
    }
    guard scores.isPoisoned || (scores.rank == 2 && scores.size(1) == 1) else {
      throw TensorError(
        .unsupported, "RewardStep",
        "a reward is one score for each row, and \(type(of: model).typeName) gives \(scores.shape): set num_labels to 1"
      )
    }
    return scores.squeeze(1)
  }
}

/// The step of ``DistillationLoss``.
public struct DistillationStep {
  public let student: any PretrainedModel
  /// What is learned from.
  public let teacher: ReferenceModel
  public let loss: DistillationLoss
  /// Which layers are computed again for gradients.
  public var recomputesLayer: (@Sendable (Int) -> Bool)?

  /// With the model that learns and the one that it learns from.
  public init(_ student: any PretrainedModel, teacher: ReferenceModel, _ loss: DistillationLoss = DistillationLoss()) {
    (self.student, self.teacher, self.loss) = (student, teacher, loss)
  }

  /// The loss of a batch.
  /// - Throws: `TensorError` of kind `unsupported` for models without a language head.
  public func callAsFunction(_ batch: TokenBatch) throws -> RecipeLoss {
    let inputs = batch.inputs
    var learned = inputs
    learned.recomputesLayer = recomputesLayer
    guard let own = student(learned).logits, let other = teacher.run({ $0(inputs).logits }) else {
      throw TensorError(
        .unsupported, "DistillationStep", "student and teacher must give logits: load them with their language heads")
    }
    return loss(own, teacher: other, batch)
  }
}

extension DPOStep {
  /// Examples with their scores under the reference, which is not asked again in training.
  /// - Parameters:
  ///   - batchSize: pairs that are computed together.
  ///   - padding: the token that rows are filled up with.
  public func precomputed(
    _ examples: [PreferenceExample], batchSize: Int, padding: Int
  ) throws -> [PreferenceExample] {
    var examples = examples
    for start in stride(from: 0, to: examples.count, by: max(1, batchSize)) {
      let places = start..<min(examples.count, start + max(1, batchSize))
      let batch = PreferenceBatch(Array(examples[places]), padding: padding)
      guard let scores = try referenceScores(batch) else { return examples }
      let found: [Float] = try withErrors { scores.array() }
      for (i, place) in places.enumerated() {
        examples[place].reference = PreferenceExample.ReferenceScores(
          chosen: Double(found[i]), rejected: Double(found[batch.pairs + i]))
      }
    }
    return examples
  }
}
