import ApusCore

/// The loss of reward models (Bradley and Terry, 1952; Ouyang et al., arXiv 2203.02155): `-log sigmoid(chosen - rejected - margin)`,
/// and where rewards shall be centred `coefficient * (chosen + rejected)^2` (arXiv 2312.09244).
public struct RewardLoss: RecipeSettings {
  @Field("the weight of the squared sum of both rewards, which keeps them around 0; null: none", 0...1e6)
  public var centerRewardsCoefficient: Double? = nil

  public init() {}

  /// The mean loss of pairs.
  /// - Parameters:
  ///   - chosen: the rewards of the better answers, `[pairs]`.
  ///   - rejected: those of the worse ones, `[pairs]`.
  ///   - margins: by how much they shall differ, `[pairs]`.
  public func callAsFunction(_ chosen: Tensor, _ rejected: Tensor, margins: Tensor? = nil) -> RecipeLoss {
    let difference = chosen - rejected
    var loss = -(margins.map { difference - $0 } ?? difference).logSigmoid().mean()
    if let weight = centerRewardsCoefficient { loss = loss + (chosen + rejected).square().mean() * weight }
    let values: [(name: String, value: Tensor)] = noGrad {
      let rewards = cat([chosen.detach(), rejected.detach()])
      return [
        ("accuracy", chosen.gt(rejected).to(.float32).mean()), ("margin", difference.detach().mean()),
        ("min_reward", rewards.min()), ("mean_reward", rewards.mean()), ("max_reward", rewards.max()),
      ]
    }
    return RecipeLoss(loss, count: chosen.size(0), values: values)
  }
}
