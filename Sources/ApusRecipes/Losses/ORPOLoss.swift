import ApusCore

/// Odds-ratio preference optimisation (Hong et al., arXiv 2403.07691): the cross entropy of chosen answers, and how the odds of the
/// chosen answer stand to those of the rejected one, without a reference.
///
/// With `c` and `r` the mean log-probabilities of an answer's tokens, the log-odds `log(p / (1 - p))` give
/// `-beta log sigmoid((c - log(1 - e^c)) - (r - log(1 - e^r)))` beside the cross entropy.
public struct ORPOLoss: RecipeSettings {
  @Field("the weight of the odds ratio (lambda of the paper)", 0...1e6) public var beta = 0.1

  public init() {}

  /// The loss of pairs of answers.
  /// - Parameters:
  ///   - policy: of `2 * pairs` rows: chosen answers, then rejected ones.
  ///   - entropy: the mean cross entropy of the chosen rows, prompts included; nil: of the chosen answers alone.
  public func callAsFunction(_ policy: SequenceLogProbabilities, entropy: Tensor? = nil) -> RecipeLoss {
    let (chosen, rejected) = (policy.chosen.means, policy.rejected.means)
    let odds = (chosen - rejected) - (log1mexp(chosen) - log1mexp(rejected))
    let ratio = odds.logSigmoid()
    let entropy = entropy ?? -policy.chosen.tokens.sum() / policy.chosen.counts.sum().clamp(min: 1)
    var values = rewardValues(chosen * beta, rejected * beta)
    values.append(("logps/chosen", noGrad { chosen.detach().mean() }))
    values.append(("logps/rejected", noGrad { rejected.detach().mean() }))
    values.append(("nll_loss", entropy.detach()))
    values.append(("log_odds_ratio", noGrad { ratio.detach().mean() }))
    values.append(("log_odds_chosen", noGrad { odds.detach().mean() }))
    return RecipeLoss(entropy - ratio.mean() * beta, count: policy.rows / 2, values: values)
  }
}

/// `log(1 - exp(x))` of negative numbers, exact near 0 and far from it (Mächler, 2012).
func log1mexp(_ x: Tensor) -> Tensor {
  let isFar = x.lt(-0.6931471805599453)
  // The branch that is not taken gets a number at which its derivative is finite.
  let far = `where`(isFar, x, Tensor(-1.0, dtype: x.dtype))
  let near = `where`(isFar, Tensor(-0.5, dtype: x.dtype), x)
  return `where`(isFar, (-far.exp()).log1p(), (-near.expm1()).log())
}
