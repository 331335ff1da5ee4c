import ApusCore

/// Contrastive preference optimisation (Xu et al., arXiv 2401.08417) and SimPO (Meng et al., arXiv 2405.14734): preference losses
/// without a reference, beside which the chosen answers are learned by cross entropy.
///
/// With `c` and `r` the log-probabilities of the chosen and the rejected answer and `d = beta (c - r)`, the loss of a pair is by
/// default `-log sigmoid(d)`, and that of a batch their mean and `cpoAlpha` times the mean cross entropy of the chosen answers' tokens.
public struct CPOLoss: RecipeSettings {
  /// What is made of the scores of a pair.
  public enum LossType: String, Sendable, CaseIterable, SettingFieldValue {
    /// `-log sigmoid(d)`.
    case sigmoid
    /// `max(0, 1 - d)`.
    case hinge
    /// `(c - r - 1 / (2 beta))^2`, `c` and `r` means over tokens.
    case ipo
    /// `-log sigmoid(d - gamma)`, `c` and `r` means over tokens.
    case simpo
  }

  @Field("what is made of the scores of a pair") public var lossType = LossType.sigmoid
  @Field("what differences are multiplied by", 0...1e6) public var beta = 0.1
  @Field("the share of pairs whose labels are taken to be swapped (sigmoid, simpo)", 0...0.5) public
    var labelSmoothing = 0.0
  @Field("the weight of the chosen answers' cross entropy (SimPO's paper has 0)", 0...1e6) public var cpoAlpha = 1.0
  @Field("the margin that simpo asks of pairs", 0...1e6) public var simpoGamma = 0.5
  @Field("the power of AlphaPO's rewards `(1 - p^-alpha) / alpha`; 0: the logarithm of p", -100...100) public
    var alpha = 0.0

  public init() {}

  /// With some of the options.
  public init(_ lossType: LossType, beta: Double = 0.1, cpoAlpha: Double = 1, simpoGamma: Double = 0.5) {
    self.init()
    (self.lossType, self.beta, self.cpoAlpha, self.simpoGamma) = (lossType, beta, cpoAlpha, simpoGamma)
  }

  public func validate() throws {
    guard beta > 0 || ![.ipo, .simpo].contains(lossType) else {
      throw TensorError(.value, "CPOLoss", "\(lossType.rawValue) divides by beta, which is 0")
    }
  }

  /// The loss of pairs of answers.
  /// - Parameter policy: of `2 * pairs` rows: chosen answers, then rejected ones.
  public func callAsFunction(_ policy: SequenceLogProbabilities) -> RecipeLoss {
    let (chosen, rejected) = (policy.chosen, policy.rejected)
    let isMean = lossType == .ipo || lossType == .simpo
    func reward(_ answers: SequenceLogProbabilities) -> Tensor {
      let score = isMean ? answers.means : answers.sums
      return alpha == 0 ? score : (1 - (score * -alpha).exp()) / alpha
    }
    let (better, worse) = (reward(chosen), reward(rejected))
    let difference = better - worse
    let losses: Tensor
    switch lossType {
    case .sigmoid: losses = smoothedLogistic(difference * beta, labelSmoothing)
    case .simpo: losses = smoothedLogistic((difference - simpoGamma / beta) * beta, labelSmoothing)
    case .hinge: losses = (1 - difference * beta).relu()
    case .ipo: losses = (difference - 1 / (2 * beta)).square()
    }
    var loss = losses.mean()
    var values = rewardValues(better * beta, worse * beta)
    values.append(("logps/chosen", noGrad { (isMean ? chosen.means : chosen.sums).detach().mean() }))
    values.append(("logps/rejected", noGrad { (isMean ? rejected.means : rejected.sums).detach().mean() }))
    if cpoAlpha != 0 {
      let entropy = -chosen.tokens.sum() / chosen.counts.sum().clamp(min: 1)
      loss = loss + entropy * cpoAlpha
      values.append(("nll_loss", entropy.detach()))
    }
    return RecipeLoss(loss, count: policy.rows / 2, values: values)
  }
}
