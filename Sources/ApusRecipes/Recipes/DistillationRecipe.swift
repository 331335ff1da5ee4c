import ApusCore
import ApusData
import ApusModels
import ApusTrain

/// Settings of ``DistillationRecipe``.
public struct DistillationSettings: FinetuneSettings {
  @Field("the model that is learned from: a folder or a .gguf file with the same tokens")
  public var teacher = ""
  @Field public var distillation = DistillationLoss()
  @Field public var model = ModelSettings()
  @Field public var lora = LoraSettings()
  @Field public var data = DataSettings()
  @Field public var optimizer = OptimizerSettings()
  @Field public var loop = LoopSettings()
  @Field public var memory = MemorySettings()
  @Field public var output = OutputSettings()

  public init() {}

  public func validate() throws { try model.validate() }
}

/// A language model learns the distributions of another one at the answers of examples.
public struct DistillationRecipe: Recipe {
  public static let name = "distillation"
  public static let summary = "a language model learns from another one's distributions"

  public let settings: DistillationSettings

  public init(_ settings: DistillationSettings) { self.settings = settings }

  public func run(resumes: Bool) throws -> RecipeReport {
    try settings.validate()
    guard !settings.teacher.isEmpty else {
      throw TensorError(.value, "teacher", "there is no model to learn from: name a folder or a .gguf file")
    }
    manualSeed(settings.loop.seed)
    let tuned = try TunedModel(settings.model, settings.lora)
    var loading = ModelLoading(dtype: nil)
    loading.requiresGrad = false
    let teacher = ReferenceModel(try AutoModel.load(settings.teacher, head: .causalLM, loading))
    let data = try TrainingData(supervised: settings.data, tuned.tokenizer)
    var step = DistillationStep(tuned.model, teacher: teacher, settings.distillation)
    step.recomputesLayer = settings.memory.recomputesLayer
    let made = step
    let told = StepValues()
    let run = try RecipeRun(tuned, settings) { (batch: TokenBatch) in
      let result = told.keep(try made(batch))
      return .init(loss: result.loss, count: batch.answerTokens, values: result.values)
    }
    run.trainer.callbacks.append(told)
    return try run.fit(data, resumes: resumes, plan: settings.planOfTexts) {
      $0.loader(settings.data, batchSize: settings.loop.batchSize, padding: tuned.padding, shuffles: $1)
    }
  }

  public func plan() throws -> MemoryPlan { try settings.planOfTexts() }
  public func preview(_ count: Int) throws -> String { try settings.previewOfTexts(count) }
}
