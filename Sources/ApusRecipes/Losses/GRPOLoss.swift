import ApusCore
import ApusNumerics

/// The loss of group-relative policy optimisation (Shao et al., arXiv 2402.03300) and its kin: of the tokens of answers that a model
/// has drawn, and of how much better each answer was than others to the same prompt.
///
/// With the ratio `w = p / p_old` of a token and the advantage `A` of its answer the loss of a token is
/// `-min(w A, clamp(w, 1 - epsilon, 1 + epsilonHigh) A)`, and where `beta` is above 0 `beta (q - log q - 1)` besides, with
/// `q = p_ref / p`.
public struct GRPOLoss: RecipeSettings {
  /// How the losses of tokens are made one.
  public enum LossType: String, Sendable, CaseIterable, SettingFieldValue {
    /// The mean over answers of the means over their tokens.
    case grpo
    /// The mean over all tokens of the batch.
    case bnpo
    /// The sum over all tokens by the number of answers times the greatest length (arXiv 2503.20783).
    case drGRPO = "dr_grpo"
    /// The sum over all tokens by the number of tokens that were drawn for the step (arXiv 2503.14476).
    case dapo
    /// The log-probability weighed by a bounded ratio that is a constant (arXiv 2506.13585), summed as ``dapo``.
    case cispo
    /// The ratio through a sigmoid in place of bounds (arXiv 2511.20347), summed as ``grpo``.
    case sapo
    /// The mean over answers of the sums over their tokens, for ratios of whole answers (arXiv 2602.05261).
    case luspo
  }

  /// What a ratio is of.
  public enum Level: String, Sendable, CaseIterable, SettingFieldValue {
    /// Of each token.
    case token
    /// The geometric mean over an answer's tokens (GSPO, arXiv 2507.18071).
    case sequence
  }

  @Field("how the losses of tokens are made one") public var lossType = LossType.dapo
  @Field("how far below 1 ratios are followed", 0...1) public var epsilon = 0.2
  @Field("how far above 1 ratios are followed; null: as far as below. For cispo the bound itself", 0...1e6)
  public var epsilonHigh: Double? = nil
  @Field("the greatest ratio where a bad answer has become likelier; null: none", 1...1e6) public var delta: Double? =
    nil
  @Field("the weight of the divergence from the reference; 0: no reference is needed", 0...1e6) public var beta = 0.0
  @Field("whether the divergence is weighed by the ratio, which keeps it unbiased after several steps")
  public var correctsDivergence = true
  @Field("what ratios are of") public var importanceSamplingLevel = Level.token
  @Field("the share of tokens, those of the greatest entropy, that are learned from", 0.0...1.0)
  public var topEntropyQuantile = 1.0
  @Field("the steepness of sapo for good answers", 1e-6...1e6) public var sapoTemperaturePositive = 1.0
  @Field("the steepness of sapo for bad answers", 1e-6...1e6) public var sapoTemperatureNegative = 1.05

  public init() {}

  /// With some of the options.
  public init(_ lossType: LossType, epsilon: Double = 0.2, beta: Double = 0) {
    self.init()
    (self.lossType, self.epsilon, self.beta) = (lossType, epsilon, beta)
  }

  public func validate() throws {
    guard lossType != .luspo || importanceSamplingLevel == .sequence else {
      throw TensorError(
        .value, "GRPOLoss", "luspo is a loss of whole answers: set importanceSamplingLevel to sequence")
    }
  }

  /// The loss of answers.
  /// - Parameters:
  ///   - policy: of the answers under the model that learns.
  ///   - old: the log-probabilities of their tokens under the model that drew them, `[rows, length - 1]`; nil where it is still the
  ///     same.
  ///   - reference: those under the reference; needed where ``beta`` is above 0.
  ///   - advantages: of each answer, `[rows]`.
  ///   - entropies: of the model's distribution at each token, `[rows, length - 1]`; needed where ``topEntropyQuantile`` is below 1.
  ///   - maxLength: the greatest length of an answer, which `dr_grpo` divides by.
  ///   - tokenCount: how many tokens were drawn for the step, which `dapo` and `cispo` divide by; nil: those of the batch.
  public func callAsFunction(
    _ policy: SequenceLogProbabilities, old: Tensor? = nil, reference: Tensor? = nil, advantages: Tensor,
    entropies: Tensor? = nil, maxLength: Int, tokenCount: Int? = nil
  ) -> RecipeLoss {
    let (mask, counts) = (policy.mask, policy.counts.clamp(min: 1))
    let advantages = advantages.unsqueeze(1)
    let logRatio = policy.tokens - (old ?? policy.tokens.detach())
    var ratio: Tensor
    switch importanceSamplingLevel {
    case .token: ratio = logRatio.exp()
    case .sequence: ratio = ((logRatio * mask).sum([1]) / counts).unsqueeze(1).exp()
    }

    var divergence: Tensor?
    if beta != 0 {
      guard let reference else {
        return missing("beta is \(beta) and there are no log-probabilities of a reference", policy)
      }
      let gap = reference - policy.tokens
      let estimate = gap.exp() - gap - 1
      divergence = correctsDivergence ? estimate * ratio : estimate
    }
    var losses = policyLosses(&ratio, advantages, policy.tokens)
    if topEntropyQuantile < 1 {
      guard let entropies else {
        return missing("topEntropyQuantile is \(topEntropyQuantile) and there are no entropies", policy)
      }
      losses = losses * highEntropy(entropies, mask)
    }
    if let divergence { losses = losses + divergence * beta }

    let sums = (losses * mask).sum([1])
    let loss: Tensor
    switch lossType {
    case .grpo, .sapo: loss = (sums / counts).mean()
    case .bnpo: loss = sums.sum() / mask.sum().clamp(min: 1)
    case .drGRPO: loss = sums.sum() / Double(max(1, policy.rows * maxLength))
    case .dapo, .cispo:
      loss = tokenCount.map { sums.sum() / Double(max(1, $0)) } ?? sums.sum() / mask.sum().clamp(min: 1)
    case .luspo: loss = sums.mean()
    }
    return RecipeLoss(loss, count: policy.rows, values: values(ratio, advantages, mask, divergence, entropies))
  }

  private func missing(_ message: String, _ policy: SequenceLogProbabilities) -> RecipeLoss {
    RecipeLoss(fail(TensorError(.value, "GRPOLoss", message)), count: policy.rows)
  }

  /// The losses of tokens without the divergence; ``delta`` bounds the ratio.
  private func policyLosses(_ ratio: inout Tensor, _ advantages: Tensor, _ logProbabilities: Tensor) -> Tensor {
    switch lossType {
    case .cispo: return -ratio.clamp(max: highBound).detach() * advantages * logProbabilities
    case .sapo:
      let steepness = `where`(
        advantages.gt(0), Tensor(sapoTemperaturePositive, dtype: .float32),
        Tensor(sapoTemperatureNegative, dtype: .float32))
      return -((ratio - 1) * steepness).sigmoid() * 4 / steepness * advantages
    case .grpo, .bnpo, .drGRPO, .dapo, .luspo:
      let bounded = ratio.clamp(min: 1 - epsilon, max: 1 + highBound)
      if let delta { ratio = ratio.clamp(max: delta) }
      return -(ratio * advantages).minimum(bounded * advantages)
    }
  }

  private var highBound: Double { epsilonHigh ?? epsilon }

  /// 1 at the share of tokens whose entropy is greatest.
  private func highEntropy(_ entropies: Tensor, _ mask: Tensor) -> Tensor {
    noGrad {
      let known = entropies.detach().maskedSelect(mask.ne(0))
      if known.numel() == 0 { return Tensor.zeros(mask.shape) }
      let bound = known.quantile(1 - topEntropyQuantile)
      return (entropies.detach() * mask).ge(bound).to(.float32) * mask
    }
  }

  private func values(
    _ ratio: Tensor, _ advantages: Tensor, _ mask: Tensor, _ divergence: Tensor?, _ entropies: Tensor?
  ) -> [(name: String, value: Tensor)] {
    noGrad {
      let isWhole = importanceSamplingLevel == .sequence
      func mean(_ x: Tensor) -> Tensor { x.size(1) == 1 ? x.mean() : (x * mask).sum() / mask.sum().clamp(min: 1) }
      func means(_ x: Tensor) -> Tensor { isWhole ? x.squeeze(1) : (x * mask).sum([1]) / mask.sum([1]).clamp(min: 1) }
      var values: [(name: String, value: Tensor)] = []
      if let divergence { values.append(("kl", mean(divergence.detach()))) }
      if let entropies { values.append(("entropy", mean(entropies.detach()))) }
      let ratio = ratio.detach()
      switch lossType {
      case .cispo:
        let isBounded = ratio.gt(highBound).to(.float32) * advantages.gt(0).to(.float32)
        values.append(("cispo_clip_ratio", mean(isBounded)))
      case .sapo: break
      case .grpo, .bnpo, .drGRPO, .dapo, .luspo:
        let low = ratio.lt(1 - epsilon).to(.float32) * advantages.lt(0).to(.float32)
        let high = ratio.gt(1 + highBound).to(.float32) * advantages.gt(0).to(.float32)
        values.append(("clip_ratio/low_mean", mean(low)))
        values.append(("clip_ratio/high_mean", mean(high)))
        values.append(("clip_ratio/region_mean", mean(low + high)))
        values.append(("clip_ratio/low_min", means(low).min()))
        values.append(("clip_ratio/high_max", means(high).max()))
      }
      return values
    }
  }
}
