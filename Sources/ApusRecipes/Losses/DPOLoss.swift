import ApusCore
import ApusNumerics

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Direct preference optimisation (Rafailov et al., arXiv 2305.18290) and its kin: losses of how much more likely than a reference
/// a model holds chosen answers, and rejected ones.
///
/// With `c = log p(chosen) - log p_ref(chosen)`, `r` the same of the rejected answer and `d = beta (c - r)`, the loss of a pair is
/// by default `-log sigmoid(d)`.
public struct DPOLoss: RecipeSettings {
  /// What is made of the scores of a pair.
  public enum LossType: String, Sendable, CaseIterable, SettingFieldValue {
    /// `-log sigmoid(d)`; with label smoothing it stays as it is (see ``robust``).
    case sigmoid
    /// `max(0, 1 - d)` (arXiv 2305.10425).
    case hinge
    /// `(c / |chosen| - r / |rejected| - 1 / (2 beta))^2`, means over tokens (arXiv 2310.12036).
    case ipo
    /// The divergence of `softmax(beta c, beta r)` from `1 - s, s` (arXiv 2402.00856); needs label smoothing above 0.
    case exoPair = "exo_pair"
    /// `-log sigmoid(beta c) - (log sigmoid(-beta c) + log sigmoid(-beta r)) / 2` (arXiv 2402.05369).
    case ncaPair = "nca_pair"
    /// The unbiased loss where the labels of a share `s` of the pairs are swapped (arXiv 2403.00409).
    case robust
    /// `-log sigmoid(beta c) - log sigmoid(-beta r)` (arXiv 2404.04656).
    case bcoPair = "bco_pair"
    /// `(c - 1 / (2 beta))^2 + (r + 1 / (2 beta))^2` (arXiv 2405.00675, hard labels).
    case sppoHard = "sppo_hard"
    /// The sorted margins of the model against those of the reference (arXiv 2406.05882).
    case aot
    /// The sorted `c` against the sorted `r`, whose rows need not be pairs.
    case aotUnpaired = "aot_unpaired"
    /// `1 - sigmoid(beta c) + sigmoid(beta r)` (arXiv 2408.06266): chosen answers are better than the model's own.
    case apoZero = "apo_zero"
    /// `sigmoid(beta c) + 1 - sigmoid(d)`: chosen answers are worse than the model's own.
    case apoDown = "apo_down"
    /// A mixture of `-log sigmoid(d)` and `exp(-d)` by `sigmoid(d / tau)` (arXiv 2406.08414).
    case discopop
    /// The mean cross entropy of the chosen answers.
    case sft
    /// `-log sigmoid(beta (c / |chosen| - r / |rejected|))`, means over tokens.
    case sigmoidNorm = "sigmoid_norm"
  }

  /// The divergence whose derivative scores are made with (arXiv 2309.16240).
  public enum Divergence: String, Sendable, CaseIterable, SettingFieldValue {
    /// `KL(policy, reference)`, that of the first paper.
    case reverseKL = "reverse_kl"
    /// `KL(reference, policy)`.
    case forwardKL = "forward_kl"
    /// The divergence of Jensen and Shannon.
    case jensenShannon = "js_divergence"
    /// The alpha divergence.
    case alpha = "alpha_divergence"
  }

  @Field("what is made of the scores of a pair; several are added by their weights") public var lossType: [LossType] =
    [
      .sigmoid
    ]
  @Field("the weights of several losses; null: each 1") public var lossWeights: [Double]? = nil
  @Field("how strongly the model is held to the reference", 0...1e6) public var beta = 0.1
  @Field("the share of pairs whose labels are taken to be swapped (robust, exo_pair, aot)", 0...0.5) public
    var labelSmoothing =
    0.0
  @Field("whether the reference is left out, as if it held all answers equally likely") public var isReferenceFree =
    false
  @Field("the divergence from the reference that scores belong to") public var divergence = Divergence.reverseKL
  @Field("the coefficient of alpha_divergence", -100...100) public var alphaCoefficient = 0.5
  @Field(
    "the weight of the tokens of an answer beyond the length of the other one (LD-DPO); null: all count", 0...1)
  public var lengthAlpha: Double? = nil
  @Field("the temperature of the mixture of discopop", 1e-6...1e6) public var discopopTau = 0.05

  public init() {}

  /// With some of the options.
  public init(_ lossType: LossType..., beta: Double = 0.1, labelSmoothing: Double = 0) {
    self.init()
    if !lossType.isEmpty { self.lossType = lossType }
    (self.beta, self.labelSmoothing) = (beta, labelSmoothing)
  }

  public func validate() throws {
    func fail(_ message: String) -> TensorError { TensorError(.value, "DPOLoss", message) }
    if lossType.isEmpty { throw fail("lossType names no loss; there are \(LossType.settingWords)") }
    if let lossWeights, lossWeights.count != lossType.count {
      throw fail("there are \(lossWeights.count) lossWeights for \(lossType.count) losses; give one for each")
    }
    if beta == 0, lossType.contains(where: { [.ipo, .sppoHard].contains($0) }) {
      throw fail("ipo and sppo_hard divide by beta, which is 0")
    }
    if labelSmoothing == 0, lossType.contains(.exoPair) {
      throw fail("exo_pair takes the logarithm of labelSmoothing, which is 0: set it above 0, such as 0.001")
    }
    if labelSmoothing == 0.5, lossType.contains(.robust) {
      throw fail("robust divides by 1 - 2 labelSmoothing, which is 0: set it below 0.5")
    }
  }

  /// The score of each answer, `[rows]`: the sum of its tokens' log-probabilities, with ``lengthAlpha`` that of the tokens which both
  /// answers of a pair have and a share of the others. What a reference is to be given as.
  /// - Parameter answers: chosen rows, then rejected ones.
  public func scores(_ answers: SequenceLogProbabilities) -> Tensor {
    guard let lengthAlpha else { return answers.sums }
    let places = answers.mask.cumsum(1)
    let counts = answers.counts.reshape([2, -1])
    let shared = counts.select(0, 0).minimum(counts.select(0, 1)).repeat([2]).unsqueeze(1)
    let isShared = places.le(shared).to(.float32)
    return (answers.tokens * (isShared + (1 - isShared) * lengthAlpha)).sum([1])
  }

  /// The loss of pairs of answers.
  /// - Parameters:
  ///   - policy: of `2 * pairs` rows under the model that learns: chosen answers, then rejected ones.
  ///   - reference: their ``scores(_:)`` under the reference, `[2 * pairs]`; without one, or where ``isReferenceFree``, zeros.
  public func callAsFunction(_ policy: SequenceLogProbabilities, reference: Tensor? = nil) -> RecipeLoss {
    let pairs = policy.rows / 2
    let own = scores(policy)
    let other = (isReferenceFree ? nil : reference) ?? Tensor.zeros(own.shape)
    let ratios = own - other
    let pair = Pair(
      ratios: Self.halves(ratios), scores: Self.halves(divergence(of: ratios)),
      margins: (
        own.narrow(0, 0, pairs) - own.narrow(0, pairs, pairs), other.narrow(0, 0, pairs) - other.narrow(0, pairs, pairs)
      ),
      counts: Self.halves(policy.counts.clamp(min: 1)))
    var loss = Tensor(0.0, dtype: .float32)
    for (i, type) in lossType.enumerated() {
      let part = type == .sft ? -policy.chosen.tokens.sum() / policy.chosen.counts.sum() : losses(type, pair).mean()
      loss = loss + part * (lossWeights?[i] ?? 1)
    }
    let values = noGrad {
      rewardValues(pair.ratios.chosen * beta, pair.ratios.rejected * beta) + [
        ("logps/chosen", own.narrow(0, 0, pairs).detach().mean()),
        ("logps/rejected", own.narrow(0, pairs, pairs).detach().mean()),
      ]
    }
    return RecipeLoss(loss, count: pairs, values: values)
  }

  private typealias Both = (chosen: Tensor, rejected: Tensor)

  /// What losses are functions of, `[pairs]` each.
  private struct Pair {
    /// Logarithms of how much likelier than under the reference.
    let ratios: Both
    /// What the divergence makes of them.
    let scores: Both
    /// By how much the chosen answer is likelier than the rejected one.
    let margins: (policy: Tensor, reference: Tensor)
    /// Tokens of the answers.
    let counts: Both

    var difference: Tensor { scores.chosen - scores.rejected }
    var meanDifference: Tensor { scores.chosen / counts.chosen - scores.rejected / counts.rejected }
  }

  private static func halves(_ rows: Tensor) -> Both {
    let pairs = rows.size(0) / 2
    return (rows.narrow(0, 0, pairs), rows.narrow(0, pairs, pairs))
  }

  /// The derivative of the divergence at the ratio whose logarithm is `x`, up to a constant.
  private func divergence(of x: Tensor) -> Tensor {
    switch divergence {
    case .reverseKL: return x
    case .forwardKL: return 1 - (-x).exp()
    case .jensenShannon: return x.logSigmoid() + log(2.0)
    case .alpha:
      let power = alphaCoefficient - 1
      // The limit is the logarithm.
      if abs(power) < 1e-6 { return x }
      return ((x * power).clamp(max: 80).exp() - 1) / power
    }
  }

  private func losses(_ type: LossType, _ pair: Pair) -> Tensor {
    let (chosen, rejected) = pair.ratios
    let logit = pair.difference * beta
    switch type {
    case .sigmoid: return -logit.logSigmoid()
    case .hinge: return (1 - logit).relu()
    case .ipo: return (pair.meanDifference - 1 / (2 * beta)).square()
    case .exoPair:
      let (right, wrong) = (logit.logSigmoid(), (-logit).logSigmoid())
      return logit.sigmoid() * (right - log1p(-labelSmoothing)) + (-logit).sigmoid() * (wrong - log(labelSmoothing))
    case .ncaPair:
      let reward = chosen * beta
      return -reward.logSigmoid() - ((-reward).logSigmoid() + (rejected * -beta).logSigmoid()) * 0.5
    case .robust:
      let (right, wrong) = (-logit.logSigmoid(), -(-logit).logSigmoid())
      return (right * (1 - labelSmoothing) - wrong * labelSmoothing) / (1 - 2 * labelSmoothing)
    case .bcoPair: return -(chosen * beta).logSigmoid() - (rejected * -beta).logSigmoid()
    case .sppoHard: return (chosen - 0.5 / beta).square() + (rejected + 0.5 / beta).square()
    case .aot:
      let difference = pair.margins.policy.sort(0).values - pair.margins.reference.sort(0).values
      return smoothedLogistic(difference * beta, labelSmoothing)
    case .aotUnpaired:
      return smoothedLogistic((chosen.sort(0).values - rejected.sort(0).values) * beta, labelSmoothing)
    case .apoZero: return 1 - (chosen * beta).sigmoid() + (rejected * beta).sigmoid()
    case .apoDown: return (chosen * beta).sigmoid() + 1 - ((chosen - rejected) * beta).sigmoid()
    case .discopop:
      let mixture = (logit / discopopTau).sigmoid()
      return -logit.logSigmoid() * (1 - mixture) + (-logit).exp() * mixture
    // Of all tokens together.
    case .sft: return Tensor.zeros(chosen.shape)
    case .sigmoidNorm: return -(pair.meanDifference * beta).logSigmoid()
    }
  }
}
