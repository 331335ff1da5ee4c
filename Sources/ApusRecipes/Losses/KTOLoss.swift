import ApusCore

/// Kahneman-Tversky optimisation (Ethayarajh et al., arXiv 2402.01306): a loss of single answers that somebody likes or does not.
///
/// With `x = log p(answer) - log p_ref(answer)` and `z` an estimate of the divergence from the reference, at least 0, the loss of an
/// answer is `w_d (1 - sigmoid(beta (x - z)))` where it is liked and `w_u (1 - sigmoid(beta (z - x)))` where it is not.
public struct KTOLoss: RecipeSettings {
  /// What is made of the score of an answer.
  public enum LossType: String, Sendable, CaseIterable, SettingFieldValue {
    /// That of the paper.
    case kto
    /// Without the divergence: `1 - sigmoid(beta x)` and `sigmoid(beta x)` (arXiv 2408.06266).
    case apoZeroUnpaired = "apo_zero_unpaired"
  }

  @Field("what is made of the score of an answer") public var lossType = LossType.kto
  @Field("how strongly the model is held to the reference", 0...1e6) public var beta = 0.1
  @Field("the weight of liked answers", 0...1e6) public var desirableWeight = 1.0
  @Field("the weight of disliked answers", 0...1e6) public var undesirableWeight = 1.0

  public init() {}

  /// With some of the options.
  public init(_ lossType: LossType, beta: Double = 0.1, desirableWeight: Double = 1, undesirableWeight: Double = 1) {
    self.init()
    (self.lossType, self.beta) = (lossType, beta)
    (self.desirableWeight, self.undesirableWeight) = (desirableWeight, undesirableWeight)
  }

  /// Whether the loss needs the divergence, which mismatched answers estimate.
  public var needsDivergence: Bool { lossType == .kto }

  /// The estimate of the divergence from the reference: the mean log-ratio of answers to other prompts, at least 0; a constant.
  /// - Parameters:
  ///   - policy: of mismatched rows under the model that learns.
  ///   - reference: their sums under the reference, `[rows]`.
  public static func divergence(_ policy: SequenceLogProbabilities, reference: Tensor) -> Tensor {
    noGrad { (policy.sums.detach() - reference).mean().clamp(min: 0) }
  }

  /// The loss of single answers.
  /// - Parameters:
  ///   - policy: of the answers under the model that learns.
  ///   - reference: their sums under the reference, `[rows]`.
  ///   - isDesirable: which of them are liked, one for each row.
  ///   - divergence: as ``divergence(_:reference:)`` estimates it; nil: 0.
  public func callAsFunction(
    _ policy: SequenceLogProbabilities, reference: Tensor, isDesirable: [Bool], divergence: Tensor? = nil
  ) -> RecipeLoss {
    guard isDesirable.count == policy.rows else {
      let poison = fail(
        TensorError(
          .shape, "KTOLoss", "there are \(isDesirable.count) judgements of \(policy.rows) answers; give one for each"))
      return RecipeLoss(poison, count: policy.rows)
    }
    let sums = policy.sums
    let ratios = sums - reference
    let shift = lossType == .kto ? divergence ?? Tensor(0.0, dtype: .float32) : Tensor(0.0, dtype: .float32)
    let sign = Tensor(isDesirable.map { Float($0 ? 1 : -1) })
    let weight = Tensor(isDesirable.map { Float($0 ? desirableWeight : undesirableWeight) })
    let losses = weight * (1 - ((ratios - shift) * sign * beta).sigmoid())
    let values: [(name: String, value: Tensor)] = noGrad {
      var values: [(name: String, value: Tensor)] = [("kl", shift)]
      let rewards = ratios.detach() * beta
      var means: [Tensor] = []
      for (name, liked) in [("chosen", true), ("rejected", false)] {
        let share = Tensor(isDesirable.map { Float($0 == liked ? 1 : 0) })
        let count = isDesirable.count { $0 == liked }
        if count == 0 { continue }
        means.append((rewards * share).sum() / Double(count))
        values.append(("rewards/\(name)", means[means.count - 1]))
        values.append(("logps/\(name)", (sums.detach() * share).sum() / Double(count)))
      }
      if means.count == 2 { values.append(("rewards/margins", means[0] - means[1])) }
      return values
    }
    return RecipeLoss(losses.mean(), count: policy.rows, values: values)
  }
}
