import ApusCore
import ApusFunctional
import ApusModels
import ApusNN

/// The step of ``PPOLoss``: answers are drawn to the prompts of a batch and judged; what each token was better than a value that the model
/// itself foretells is learned from, beside the values.
///
/// A judge's reward stands at the last token of an answer; every token pays for how far it is from the reference.
public final class ProximalPolicyStep {
  public let generator: RolloutGenerator
  public let rewards: [Reward]
  public let loss: PPOLoss
  public let reference: ReferenceModel
  /// What gives each state its value, `features` to 1.
  public let valueHead: Linear
  /// The weight of the divergence from the reference in rewards.
  public var divergence: DivergenceController
  /// How many rows a pass of training has.
  public var rowsPerPass = 8
  /// How often the same answers are learned from.
  public var updates = 1
  /// Makes a step with the gradients that are there; needed for more than one update.
  public var update: (() -> Void)?
  /// Which layers are computed again for gradients.
  public var recomputesLayer: (@Sendable (Int) -> Bool)?
  private let model: any TokenScoringModel

  /// - Throws: `TensorError` of kind `unsupported` for models that do not score tokens by states.
  public init(
    _ generator: RolloutGenerator, rewards: [Reward], _ loss: PPOLoss, reference: ReferenceModel, valueHead: Linear,
    divergence: DivergenceController
  ) throws {
    guard let model = generator.model as? any TokenScoringModel else {
      throw TensorError(
        .unsupported, "ProximalPolicyStep",
        "\(type(of: generator.model).typeName) has no states of tokens to give values")
    }
    (self.generator, self.rewards, self.loss, self.reference) = (generator, rewards, loss, reference)
    (self.valueHead, self.divergence, self.model) = (valueHead, divergence, model)
  }

  /// Rows of a pass: what was known of them when they were drawn.
  private struct Pass {
    let batch: TokenBatch
    let old: Tensor
    let values: Tensor
    let advantages: Tensor
    let returns: Tensor
    let answers: Double
  }

  /// The loss of a batch of prompts. In training the gradients of all passes but the last are there already: they are to be added to
  /// those of the result's loss.
  public func callAsFunction(_ batch: PromptBatch) throws -> RecipeLoss {
    guard !rewards.isEmpty else { throw TensorError(.value, "ProximalPolicyStep", "there is no reward to learn from") }
    let scored = try ScoredRollouts(generator(batch.prompts), batch.prompts, rewards)
    let (passes, distance) = passes(scored)
    var values: [(name: String, value: Tensor)] = scored.values.map { ($0.name, Tensor($0.value)) }
    let given = scored.rewards.compactMap { $0 }
    values.append(("reward", Tensor(given.isEmpty ? 0 : given.reduce(0, +) / Double(given.count))))
    values.append(("objective/kl", Tensor(distance)))
    let isLearning = isGradEnabled && model.isTraining
    var total = Tensor(0.0, dtype: .float32)
    let all = Double(scored.rollouts.count)
    for round in 0..<(isLearning ? max(1, updates) : 1) {
      total = Tensor(0.0, dtype: .float32)
      for (i, pass) in passes.enumerated() {
        let (policy, now) = look(pass.batch)
        let told = loss(
          policy, old: pass.old, advantages: pass.advantages, values: now, oldValues: pass.values, returns: pass.returns
        )
        let part = told.loss * (pass.answers / all)
        let isLast = i == passes.count - 1
        if isLast, round == max(1, updates) - 1 || !isLearning {
          total = total + part
          values += told.values
        } else {
          if isLearning { part.backward() }
          total = total + part.detach()
        }
      }
      if isLearning, round < max(1, updates) - 1 { update?() }
    }
    if isLearning { divergence.update(divergence: distance, count: scored.rollouts.count) }
    return RecipeLoss(total, count: batch.count, values: values)
  }

  /// The log-probabilities of the tokens of answers, and the values of the states before them, in one pass.
  private func look(_ batch: TokenBatch) -> (SequenceLogProbabilities, Tensor) {
    var inputs = batch.inputs
    inputs.recomputesLayer = recomputesLayer
    let states = model.lastStates(inputs)
    let (rows, length) = (batch.labels.size(0), batch.labels.size(1))
    let before = states.narrow(1, 0, length - 1)
    let flat = before.reshape([rows * (length - 1), states.size(2)])
    let tokens = model.tokenLogProbabilities(flat, batch.shiftedLabels.reshape([rows * (length - 1)]))
    return (
      SequenceLogProbabilities(tokens: tokens.reshape([rows, length - 1]), mask: batch.learnedMask),
      valueHead(before.to(.float32)).squeeze([2])
    )
  }

  /// Cuts the answers into passes, with advantages whitened over all of them, and the mean divergence of an answer.
  private func passes(_ scored: ScoredRollouts) -> ([Pass], Double) {
    noGrad {
      let wasTraining = model.isTraining
      _ = model.eval()
      defer { _ = model.train(wasTraining) }
      var distance = 0.0
      var found: [Pass] = []
      for start in stride(from: 0, to: scored.rollouts.count, by: max(1, rowsPerPass)) {
        let places = start..<min(scored.rollouts.count, start + max(1, rowsPerPass))
        let batch = generator.batch(scored.rollouts[places])
        let (policy, values) = look(batch)
        let away = (policy.tokens - reference.logProbabilities(batch).tokens) * policy.mask
        distance += Double(away.sum().item())
        let last = policy.mask * (policy.mask.flip([1]).cumsum(1).flip([1]).eq(1)).to(.float32)
        let judged = Tensor(places.map { Float(scored.rewards[$0] ?? 0) }).unsqueeze(1)
        let reward = judged * last - away * divergence.coefficient
        let held = values * policy.mask
        let gained = GeneralizedAdvantages(
          rewards: reward, values: held, mask: policy.mask, gamma: loss.gamma, lambda: loss.lambda)
        found.append(
          Pass(
            batch: batch, old: policy.tokens, values: held, advantages: gained.advantages, returns: gained.returns,
            answers: Double(places.count)))
      }
      // One mean and deviation of all answers.
      let masks = found.map { $0.batch.learnedMask.reshape([-1]) }
      let white = whitened(cat(found.map { $0.advantages.reshape([-1]) }, dim: 0), mask: cat(masks, dim: 0))
      var place = 0
      let passes = found.map { pass -> Pass in
        defer { place += pass.advantages.count }
        return Pass(
          batch: pass.batch, old: pass.old, values: pass.values,
          advantages: white.narrow(0, place, pass.advantages.count).reshape(pass.advantages.shape),
          returns: pass.returns,
          answers: pass.answers)
      }
      return (passes, distance / Double(max(1, scored.rollouts.count)))
    }
  }
}
