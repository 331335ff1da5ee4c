import ApusCore

/// The loss of proximal policy optimisation (Schulman et al., arXiv 1707.06347) of a language model with a value of each token
/// (Ziegler et al., arXiv 1909.08593).
///
/// With the ratio `w = p / p_old` and the advantage `A` of a token: the mean of `max(-w A, -clamp(w, 1 - c, 1 + c) A)`, and
/// `valueCoefficient` times that of `max((v - R)^2, (clamp(v, v_old - c_v, v_old + c_v) - R)^2) / 2` with the return `R`.
public struct PPOLoss: RecipeSettings {
  @Field("how far from 1 ratios are followed", 0...1e6) public var clipRange = 0.2
  @Field("how far from the old ones values are followed", 0...1e6) public var valueClipRange = 0.2
  @Field("the weight of the values' loss", 0...1e6) public var valueCoefficient = 0.1
  @Field("what rewards of later tokens count", 0...1) public var gamma = 1.0
  @Field("how far values are trusted: 0 those of the next token, 1 none", 0...1) public var lambda = 0.95

  public init() {}

  /// The loss of the tokens of answers.
  /// - Parameters:
  ///   - policy: of the answers under the model that learns.
  ///   - old: the log-probabilities of their tokens under the model that drew them, `[rows, length - 1]`.
  ///   - advantages: of each token, `[rows, length - 1]`.
  ///   - values: the values that the model gives each token now, `[rows, length - 1]`.
  ///   - oldValues: those that it gave when it drew them.
  ///   - returns: what came of each token.
  public func callAsFunction(
    _ policy: SequenceLogProbabilities, old: Tensor, advantages: Tensor, values: Tensor, oldValues: Tensor,
    returns: Tensor
  ) -> RecipeLoss {
    let mask = policy.mask
    let count = mask.sum().clamp(min: 1)
    func mean(_ x: Tensor) -> Tensor { (x * mask).sum() / count }
    let logRatio = policy.tokens - old
    let ratio = logRatio.exp()
    let bounded = ratio.clamp(min: 1 - clipRange, max: 1 + clipRange)
    let policyLosses = (-ratio * advantages).maximum(-bounded * advantages)
    let policyLoss = mean(policyLosses)
    // Not further from the old values than the range.
    let boundedValues = oldValues + (values - oldValues).clamp(min: -valueClipRange, max: valueClipRange)
    let (plain, held) = ((values - returns).square(), (boundedValues - returns).square())
    let valueLoss = mean(plain.maximum(held)) * 0.5
    let told: [(name: String, value: Tensor)] = noGrad {
      let (ratio, logRatio) = (ratio.detach(), logRatio.detach())
      return [
        ("loss/policy", policyLoss.detach()), ("loss/value", valueLoss.detach()), ("policy/ratio", mean(ratio)),
        ("policy/approxkl", mean(logRatio.square()) * 0.5),
        ("policy/clipfrac", mean((-bounded.detach() * advantages).gt(-ratio * advantages).to(.float32))),
        ("value/clipfrac", mean(held.detach().gt(plain.detach()).to(.float32))),
      ]
    }
    return RecipeLoss(policyLoss + valueLoss * valueCoefficient, count: policy.rows, values: told)
  }
}

/// How much better than expected each token was: generalised advantage estimation (Schulman et al., arXiv 1506.02438).
///
/// `A_t = sum over k of (gamma lambda)^k d_(t+k)` with `d_t = r_t + gamma v_(t+1) - v_t`, over the tokens that count; behind the
/// last one the value is 0.
public struct GeneralizedAdvantages: Sendable {
  /// Of each token, `[rows, length]`; 0 where none counts.
  public let advantages: Tensor
  /// The advantages and the values together: what values are to become.
  public let returns: Tensor

  /// - Parameters:
  ///   - rewards: of each token, `[rows, length]`.
  ///   - values: what was expected at each token, `[rows, length]`.
  ///   - mask: 1 where a token counts.
  public init(rewards: Tensor, values: Tensor, mask: Tensor, gamma: Double = 1, lambda: Double = 0.95) {
    guard rewards.shape == values.shape, mask.shape == values.shape, values.rank == 2 else {
      advantages = fail(
        TensorError(
          .shape, "GeneralizedAdvantages",
          "rewards \(rewards.shape), values \(values.shape) and mask \(mask.shape) must be of one shape [rows, length]")
      )
      returns = advantages
      return
    }
    let (rows, length) = (values.size(0), values.size(1))
    let (reward, value): ([Float], [Float]) = (rewards.detach().array(), values.detach().array())
    let counts: [Float] = mask.array()
    var found = [Float](repeating: 0, count: rows * length)
    for row in 0..<rows {
      var (next, sum) = (0.0, 0.0)
      for place in stride(from: (row + 1) * length - 1, through: row * length, by: -1) where counts[place] != 0 {
        let surprise = Double(reward[place]) + gamma * next - Double(value[place])
        sum = surprise + gamma * lambda * sum
        next = Double(value[place])
        found[place] = Float(sum)
      }
    }
    advantages = Tensor(found, shape: [rows, length])
    returns = noGrad { Tensor(found, shape: [rows, length]) + values.detach() }
  }
}

/// `x` where `mask` is 1, moved and scaled to a mean of 0 and a standard deviation of 1.
/// - Parameter shiftsMean: whether the mean becomes 0; else it stays what it was.
public func whitened(_ x: Tensor, mask: Tensor, shiftsMean: Bool = true) -> Tensor {
  let count = mask.sum().clamp(min: 1)
  let mean = (x * mask).sum() / count
  let variance = ((x - mean).square() * mask).sum() / (count - 1).clamp(min: 1)
  let white = (x - mean) * (variance + 1e-8).rsqrt()
  return (shiftsMean ? white : white + mean) * mask
}

/// The weight of the divergence from the reference in rewards, moved so that the divergence stays near a target (Ziegler et al.,
/// arXiv 1909.08593); without a target it stays as it is.
public struct DivergenceController: Sendable, Hashable {
  /// The weight now.
  public private(set) var coefficient: Double
  /// The divergence to be had; nil: the weight stays.
  public let target: Double?
  /// How many answers it takes to move the weight by as much as it can.
  public let horizon: Double

  /// With a first weight.
  public init(coefficient: Double, target: Double? = nil, horizon: Double = 10_000) {
    (self.coefficient, self.target, self.horizon) = (coefficient, target, horizon)
  }

  /// Learns the divergence of a step of `count` answers.
  public mutating func update(divergence: Double, count: Int) {
    guard let target, target > 0, divergence.isFinite else { return }
    let error = min(max(divergence / target - 1, -0.2), 0.2)
    coefficient *= 1 + error * Double(count) / horizon
  }
}
