import ApusCore
import ApusData
import ApusModels
import ApusText
import ApusTrain

/// Settings of ``RewardModelRecipe``.
public struct RewardModelSettings: FinetuneSettings {
  @Field public var reward = RewardLoss()
  @Field public var model = ModelSettings()
  @Field public var lora = LoraSettings()
  @Field public var data = DataSettings()
  @Field public var optimizer = OptimizerSettings()
  @Field public var loop = LoopSettings()
  @Field public var memory = MemorySettings()
  @Field public var output = OutputSettings()

  public init() { lora.modulesToSave = ["score"] }

  public func validate() throws {
    try model.validate()
    guard model.trains == .full || model.adapter != nil || !lora.modulesToSave.isEmpty else {
      throw TensorError(
        .value, "lora.modulesToSave",
        "the head that gives rewards is new and must be trained: name it, mostly 'score'")
    }
  }
}

/// A model learns to say how good an answer is, from pairs of which one is better (Bradley-Terry).
public struct RewardModelRecipe: Recipe {
  public static let name = "reward"
  public static let summary = "a model learns to score answers from pairs of which one is better"

  public let settings: RewardModelSettings

  public init(_ settings: RewardModelSettings) { self.settings = settings }

  public func run(resumes: Bool) throws -> RecipeReport {
    try settings.validate()
    manualSeed(settings.loop.seed)
    let tuned = try TunedModel(reward: settings.model, settings.lora)
    let data = try TrainingData(preferences: settings.data, tuned.tokenizer)
    var step = RewardStep(tuned.model, settings.reward)
    step.recomputesLayer = settings.memory.recomputesLayer
    let made = step
    let told = StepValues()
    let run = try RecipeRun(tuned, settings) { (batch: PreferenceBatch) in told.keep(try made(batch)).result() }
    run.trainer.callbacks.append(told)
    return try run.fit(data, resumes: resumes, plan: plan) {
      $0.loader(settings.data, batchSize: settings.loop.batchSize, padding: tuned.padding, shuffles: $1)
    }
  }

  public func plan() throws -> MemoryPlan {
    try plan(TrainingData(preferences: settings.data, Tokenizer(path: settings.model.path)).train)
  }

  private func plan(_ examples: [PreferenceExample]) throws -> MemoryPlan {
    let longest = examples.map { max($0.chosen.ids.count, $0.rejected.ids.count) }.max() ?? 1
    return try MemoryPlan(settings, rows: 2 * settings.loop.batchSize, length: longest, head: .sequenceClassification)
  }

  public func preview(_ count: Int) throws -> String { try settings.previewOfPairs(count) }
}
