import ApusCore
import ApusData
import ApusModels
import ApusTrain

/// Settings of ``SupervisedRecipe``.
public struct SupervisedSettings: FinetuneSettings {
  @Field public var model = ModelSettings()
  @Field public var lora = LoraSettings()
  @Field public var data = DataSettings()
  @Field public var optimizer = OptimizerSettings()
  @Field public var loop = LoopSettings()
  @Field public var memory = MemorySettings()
  @Field public var output = OutputSettings()

  public init() {}
}

/// A language model learns to answer as examples do: all of it, or adapters beside weights that stay as they are, which may be kept in few
/// bits. With plain texts it is pre-training that goes on.
public struct SupervisedRecipe: Recipe {
  public static let name = "supervised"
  public static let summary = "a language model learns from instructions, conversations or texts"

  public let settings: SupervisedSettings

  public init(_ settings: SupervisedSettings) { self.settings = settings }

  public func run(resumes: Bool) throws -> RecipeReport {
    manualSeed(settings.loop.seed)
    let tuned = try TunedModel(settings.model, settings.lora)
    let data = try TrainingData(supervised: settings.data, tuned.tokenizer)

    let run = try RecipeRun(tuned, settings) { (batch: TokenBatch) in
      var inputs = batch.inputs
      inputs.labels = batch.labels
      inputs.omitsLogits = true
      inputs.recomputesLayer = settings.memory.recomputesLayer
      guard let loss = tuned.model(inputs).loss else {
        throw TensorError(.unsupported, Self.name, "\(tuned.path) is no model that continues texts")
      }
      return .init(loss: loss, count: batch.answerTokens, values: [])
    }
    return try run.fit(data, resumes: resumes, plan: settings.planOfTexts) {
      $0.loader(settings.data, batchSize: settings.loop.batchSize, padding: tuned.padding, shuffles: $1)
    }
  }

  public func plan() throws -> MemoryPlan { try settings.planOfTexts() }
  public func preview(_ count: Int) throws -> String { try settings.previewOfTexts(count) }
}
