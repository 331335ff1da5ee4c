import ApusCore
import ApusData
import ApusModels
import ApusNN
import ApusTrain

/// Settings of ``ProximalPolicyRecipe``.
public struct ProximalPolicySettings: FinetuneSettings {
  @Field(
    "what answers are judged by: exactMatch:COLUMN, numberMatch:COLUMN, validJSON, jsonMatch:COLUMN, pattern:EXPRESSION, length:CHARACTERS, program:WORDS"
  )
  public var rewards: [String] = ["exactMatch:answer"]
  @Field("what each reward is multiplied by; empty: each by 1")
  public var rewardWeights: [Double] = []
  @Field("how often the same answers are learned from", 1...1000)
  public var iterations = 1
  @Field("rows of a pass of training: fewer take less memory", 1...65536)
  public var rowsPerPass = 8
  @Field("the weight of the divergence from the reference in rewards", 0...1e6)
  public var divergence = 0.05
  @Field("the divergence of an answer that the weight is moved for; null: it stays", 1e-6...1e6)
  public var targetDivergence: Double? = nil
  @Field public var ppo = PPOLoss()
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
    try Reward.validate(rewards, weights: rewardWeights, loop)
  }
}

/// A language model draws answers, a rule judges them, and tokens that were better than the model's own values foretold become likelier
/// (PPO, Schulman et al., arXiv 1707.06347; of language models: Ziegler et al., arXiv 1909.08593).
public struct ProximalPolicyRecipe: Recipe {
  public static let name = "ppo"
  public static let summary = "the same with values of each token that are learned beside"

  public let settings: ProximalPolicySettings
  /// Rewards of one's own, beside those that the settings name.
  public var rewards: [Reward] = []

  public init(_ settings: ProximalPolicySettings) { self.settings = settings }

  public func run(resumes: Bool) throws -> RecipeReport {
    try settings.validate()
    manualSeed(settings.loop.seed)
    let tuned = try TunedModel(settings.model, settings.lora)
    let data = try TrainingData(prompts: settings.data, tuned.tokenizer)
    let head = Linear(tuned.features, 1)
    Init.zeros(head.weight)
    tuned.add(head)
    let step = try ProximalPolicyStep(
      RolloutGenerator(tuned.model, tuned.tokenizer, settings.rollout),
      rewards: try Reward.named(settings.rewards, weights: settings.rewardWeights) + self.rewards, settings.ppo,
      reference: ReferenceModel(of: tuned, settings), valueHead: head,
      divergence: DivergenceController(coefficient: settings.divergence, target: settings.targetDivergence))
    (step.updates, step.rowsPerPass) = (settings.iterations, settings.rowsPerPass)
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
