import ApusCore
import ApusModels
import ApusOptim

/// The step of ``GRPOLoss``: answers are drawn to the prompts of a batch, judged, compared within their groups, and learned from.
///
/// The gradients are those of all answers together, however few rows a pass has. More than one update of the same answers is made here,
/// all but the last.
public final class GroupPolicyStep {
  public let generator: RolloutGenerator
  public let rewards: [Reward]
  public let loss: GRPOLoss
  /// What the divergence is measured from; needed where the loss has a weight for it.
  public let reference: ReferenceModel?
  /// What rewards are divided by.
  public var scale = GroupAdvantages.Scale.group
  /// How many rows a pass of training has.
  public var rowsPerPass = 8
  /// How often the same answers are learned from.
  public var updates = 1
  /// Which layers are computed again for gradients.
  public var recomputesLayer: (@Sendable (Int) -> Bool)?
  /// Makes a step with the gradients that are there; needed for more than one update.
  public var update: (() -> Void)?
  /// The answers of the last batch.
  public private(set) var last: ScoredRollouts?

  /// With who draws and who judges; the reference is needed where the loss weighs the divergence from it.
  public init(
    _ generator: RolloutGenerator, rewards: [Reward], _ loss: GRPOLoss = GRPOLoss(), reference: ReferenceModel? = nil
  ) {
    (self.generator, self.rewards, self.loss, self.reference) = (generator, rewards, loss, reference)
  }

  /// One pass of a training step.
  private struct Pass {
    let batch: TokenBatch
    let advantages: Tensor
    /// Under the model that drew the answers; nil while it is the same.
    var old: Tensor?
    var reference: Tensor?
  }

  /// The loss of a batch of prompts. In training the gradients of all passes but the last are there already: they are to be added to
  /// those of the result's loss.
  /// - Throws: `TensorError` of generation and of rewards.
  public func callAsFunction(_ batch: PromptBatch) throws -> RecipeLoss {
    guard !rewards.isEmpty else { throw TensorError(.value, "GroupPolicyStep", "there is no reward to learn from") }
    let scored = try ScoredRollouts(generator(batch.prompts), batch.prompts, rewards)
    last = scored
    let advantages = try GroupAdvantages(
      scored.rewards, groupSize: generator.settings.numGenerations, scale: scale)
    var values: [(name: String, value: Tensor)] = scored.values.map { ($0.name, Tensor($0.value)) }
    values.append(("reward", Tensor(advantages.meanReward)))
    values.append(("reward_std", Tensor(advantages.rewardDeviation)))
    values.append(("frac_reward_zero_std", Tensor(advantages.shareWithoutDeviation)))
    let passes = passes(scored.rollouts, advantages.values)
    let tokens = passes.reduce(0) { $0 + $1.batch.answerTokens }
    let rounds = isLearning ? max(1, updates) : 1
    var total = Tensor(0.0, dtype: .float32)
    for round in 0..<rounds {
      total = Tensor(0.0, dtype: .float32)
      for (i, pass) in passes.enumerated() {
        let (part, told) = learn(pass, rows: scored.rollouts.count, tokens: tokens)
        if round == rounds - 1 {
          for (name, value) in told.values {
            add(name, value * (Double(told.count) / Double(scored.rollouts.count)), to: &values)
          }
        }
        // The result's own graph is that of the very last pass.
        if round == rounds - 1, i == passes.count - 1 {
          total = total + part
        } else {
          if isLearning { part.backward() }
          total = total + part.detach()
        }
      }
      if round < rounds - 1 { update?() }
    }
    return RecipeLoss(total, count: batch.count, values: values)
  }

  private var isLearning: Bool { isGradEnabled && generator.model.isTraining }

  private func passes(_ rollouts: [Rollout], _ advantages: [Double]) -> [Pass] {
    let model = generator.model
    let temperature = generator.settings.temperature
    return stride(from: 0, to: rollouts.count, by: max(1, rowsPerPass)).map { start in
      let places = start..<min(rollouts.count, start + max(1, rowsPerPass))
      let batch = generator.batch(rollouts[places])
      var pass = Pass(batch: batch, advantages: Tensor(places.map { Float(advantages[$0]) }))
      if updates > 1 {
        pass.old = noGrad { tokenLogProbabilities(model, batch, temperature: temperature) }
      }
      if loss.beta != 0 { pass.reference = reference?.logProbabilities(batch, temperature: temperature).tokens }
      return pass
    }
  }

  /// The part that a pass has in the loss of all answers, and what is told of it.
  private func learn(_ pass: Pass, rows: Int, tokens: Int) -> (Tensor, RecipeLoss) {
    let policy = SequenceLogProbabilities(
      generator.model, pass.batch, temperature: generator.settings.temperature, recomputesLayer: recomputesLayer)
    let result = loss(
      policy, old: pass.old, reference: pass.reference, advantages: pass.advantages,
      maxLength: generator.settings.maxCompletionLength, tokenCount: tokens)
    let share: Double
    switch loss.lossType {
    case .dapo, .cispo: share = 1
    case .bnpo: share = Double(pass.batch.answerTokens) / Double(max(1, tokens))
    case .grpo, .sapo, .luspo, .drGRPO: share = Double(policy.rows) / Double(max(1, rows))
    }
    return (result.loss * share, result)
  }

  private func add(_ name: String, _ value: Tensor, to values: inout [(name: String, value: Tensor)]) {
    if let i = values.firstIndex(where: { $0.name == name }) {
      values[i].value = noGrad { values[i].value + value }
    } else {
      values.append((name, value))
    }
  }
}
