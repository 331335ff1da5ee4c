import ApusCore
import ApusData
import ApusModels
import ApusTrain

/// Settings of ``GroupPolicyRecipe``.
public struct GroupPolicySettings: FinetuneSettings {
  @Field(
    "what answers are judged by: exactMatch:COLUMN, numberMatch:COLUMN, validJSON, jsonMatch:COLUMN, pattern:EXPRESSION, length:CHARACTERS, program:WORDS"
  )
  public var rewards: [String] = ["exactMatch:answer"]
  @Field("what each reward is multiplied by; empty: each by 1")
  public var rewardWeights: [Double] = []
  @Field("what rewards are divided by")
  public var scaleRewards = GroupAdvantages.Scale.group
  @Field("how often the same answers are learned from", 1...1000)
  public var iterations = 1
  @Field("rows of a pass of training: fewer take less memory", 1...65536)
  public var rowsPerPass = 8
  @Field public var grpo = GRPOLoss()
  @Field public var rollout = RolloutSettings()
  @Field public var model = ModelSettings()
  @Field public var lora = LoraSettings()
  @Field public var data = DataSettings()
  @Field public var optimizer = OptimizerSettings()
  @Field public var loop = LoopSettings()
  @Field public var memory = MemorySettings()
  @Field public var output = OutputSettings()

  public init() {
    loop.batchSize = 8
    loop.accumulate = 1
    optimizer.schedule = .constant
    optimizer.lr = 1e-4
  }

  public func validate() throws {
    try model.validate()
    try grpo.validate()
    try Reward.validate(rewards, weights: rewardWeights, loop)
    if grpo.topEntropyQuantile < 1 {
      throw TensorError(.value, "grpo.topEntropyQuantile", "entropies are not computed here: leave it at 1")
    }
  }
}

/// A language model draws answers, a rule judges them, and what was better than others to the same prompt becomes likelier
/// (GRPO, Shao et al., arXiv 2402.03300).
public struct GroupPolicyRecipe: Recipe {
  public static let name = "grpo"
  public static let summary = "a language model learns from rewards of its own answers"

  public let settings: GroupPolicySettings
  /// Rewards of one's own, beside those that the settings name.
  public var rewards: [Reward] = []

  public init(_ settings: GroupPolicySettings) { self.settings = settings }

  public func run(resumes: Bool) throws -> RecipeReport {
    try settings.validate()
    manualSeed(settings.loop.seed)
    let tuned = try TunedModel(settings.model, settings.lora)
    let data = try TrainingData(prompts: settings.data, tuned.tokenizer)
    let step = GroupPolicyStep(
      try RolloutGenerator(tuned.model, tuned.tokenizer, settings.rollout),
      rewards: try Reward.named(settings.rewards, weights: settings.rewardWeights) + self.rewards, settings.grpo,
      reference: settings.grpo.beta > 0 ? try ReferenceModel(of: tuned, settings) : nil)
    (step.scale, step.updates, step.rowsPerPass) = (settings.scaleRewards, settings.iterations, settings.rowsPerPass)
    step.recomputesLayer = settings.memory.recomputesLayer
    let told = StepValues()
    let run = try RecipeRun(tuned, settings) { (batch: PromptBatch) in told.keep(try step(batch)).result() }
    run.trainer.callbacks.append(told)
    step.update = run.stepNow
    return try run.fit(data, resumes: resumes, plan: plan) {
      $0.loader(settings.data, batchSize: settings.loop.batchSize, shuffles: $1)
    }
  }

  public func plan() throws -> MemoryPlan {
    try settings.planOfPrompts(answer: settings.rollout.maxCompletionLength, rows: rows)
  }

  private func plan(_ prompts: [PromptExample]) throws -> MemoryPlan {
    try settings.planOfPrompts(prompts, answer: settings.rollout.maxCompletionLength, rows: rows)
  }

  /// How many answers a pass of training has.
  private var rows: Int { min(settings.rowsPerPass, settings.loop.batchSize * settings.rollout.numGenerations) }

  public func preview(_ count: Int) throws -> String { try settings.previewOfPrompts(count) }
}
