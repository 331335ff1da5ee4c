import ApusCore
import ApusData
import ApusModels
import ApusText
import ApusTrain

/// How preferences are learned.
public enum PreferenceMethod: String, Sendable, CaseIterable, SettingFieldValue {
  /// Pairs against a reference (``DPOLoss`` and all its variants).
  case dpo
  /// Pairs by their odds, without a reference (``ORPOLoss``).
  case orpo
  /// Pairs without a reference (``CPOLoss``; with `cpo.lossType=simpo` SimPO).
  case cpo
  /// Single answers that somebody likes or does not, against a reference (``KTOLoss``).
  case kto
}

/// Settings of ``PreferenceRecipe``.
public struct PreferenceSettings: FinetuneSettings {
  @Field("how preferences are learned")
  public var method = PreferenceMethod.dpo
  @Field(
    "whether the reference's log-probabilities are computed once before training, with one pass more and half the work later"
  )
  public var precomputes = false
  @Field("the reference where all weights are trained: a folder or .gguf; null: the model as it is before")
  public var reference: String? = nil
  @Field public var dpo = DPOLoss()
  @Field public var orpo = ORPOLoss()
  @Field public var cpo = CPOLoss()
  @Field public var kto = KTOLoss()
  @Field public var model = ModelSettings()
  @Field public var lora = LoraSettings()
  @Field public var data = DataSettings()
  @Field public var optimizer = OptimizerSettings()
  @Field public var loop = LoopSettings()
  @Field public var memory = MemorySettings()
  @Field public var output = OutputSettings()

  public init() { optimizer.lr = 5e-6 }

  public func validate() throws {
    try model.validate()
    switch method {
    case .dpo: try dpo.validate()
    case .orpo: try orpo.validate()
    case .cpo: try cpo.validate()
    case .kto:
      try kto.validate()
      if precomputes {
        throw TensorError(
          .value, "precomputes",
          "kto compares answers to other prompts of the same batch, which are not known before: set precomputes=false")
      }
    }
  }
}

/// A language model learns which answers are liked better.
public struct PreferenceRecipe: Recipe {
  public static let name = "preference"
  public static let summary = "a language model learns which of two answers is better, or which answers are liked"

  public let settings: PreferenceSettings

  public init(_ settings: PreferenceSettings) { self.settings = settings }

  public func run(resumes: Bool) throws -> RecipeReport {
    try settings.validate()
    manualSeed(settings.loop.seed)
    let tuned = try TunedModel(settings.model, settings.lora)
    return settings.method == .kto ? try runFeedback(tuned, resumes) : try runPairs(tuned, resumes)
  }

  /// Pairs of answers.
  private func runPairs(_ tuned: TunedModel, _ resumes: Bool) throws -> RecipeReport {
    var data = try TrainingData(preferences: settings.data, tuned.tokenizer)
    let step: (PreferenceBatch) throws -> RecipeLoss
    switch settings.method {
    case .dpo:
      let reference =
        settings.dpo.isReferenceFree ? nil : try ReferenceModel(of: tuned, settings, path: settings.reference)
      var dpo = DPOStep(tuned.model, reference: reference, settings.dpo)
      dpo.recomputesLayer = settings.memory.recomputesLayer
      let made = dpo
      if settings.precomputes, reference != nil {
        data.train = try made.precomputed(data.train, batchSize: settings.loop.batchSize, padding: tuned.padding)
        data.validation = try made.precomputed(
          data.validation, batchSize: settings.loop.batchSize, padding: tuned.padding)
      }
      step = { try made($0) }
    case .orpo:
      var orpo = ORPOStep(tuned.model, settings.orpo)
      orpo.recomputesLayer = settings.memory.recomputesLayer
      let made = orpo
      step = { made($0) }
    case .cpo, .kto:
      var cpo = CPOStep(tuned.model, settings.cpo)
      cpo.recomputesLayer = settings.memory.recomputesLayer
      let made = cpo
      step = { made($0) }
    }
    let told = StepValues()
    let run = try RecipeRun(tuned, settings) { (batch: PreferenceBatch) in told.keep(try step(batch)).result() }
    run.trainer.callbacks.append(told)
    return try run.fit(data, resumes: resumes, plan: plan(ofPairs:)) {
      $0.loader(settings.data, batchSize: settings.loop.batchSize, padding: tuned.padding, shuffles: $1)
    }
  }

  /// Single answers.
  private func runFeedback(_ tuned: TunedModel, _ resumes: Bool) throws -> RecipeReport {
    guard settings.loop.batchSize > 1 else {
      throw TensorError(
        .value, "loop.batchSize", "kto compares each answer with others of its batch: set loop.batchSize to 2 or more")
    }
    let data = try TrainingData(feedback: settings.data, tuned.tokenizer)
    var kto = KTOStep(
      tuned.model, reference: try ReferenceModel(of: tuned, settings, path: settings.reference), settings.kto)
    kto.recomputesLayer = settings.memory.recomputesLayer
    let step = kto
    let told = StepValues()
    let run = try RecipeRun(tuned, settings) { (batch: FeedbackBatch) in told.keep(step(batch)).result() }
    run.trainer.callbacks.append(told)
    return try run.fit(data, resumes: resumes, plan: plan(ofFeedback:)) {
      $0.loader(settings.data, batchSize: settings.loop.batchSize, padding: tuned.padding, shuffles: $1)
    }
  }

  public func plan() throws -> MemoryPlan {
    let tokenizer = try Tokenizer(path: settings.model.path)
    return settings.method == .kto
      ? try plan(ofFeedback: TrainingData(feedback: settings.data, tokenizer).train)
      : try plan(ofPairs: TrainingData(preferences: settings.data, tokenizer).train)
  }

  private func plan(ofPairs examples: [PreferenceExample]) throws -> MemoryPlan {
    let longest = examples.map { max($0.chosen.ids.count, $0.rejected.ids.count) }.max() ?? 1
    return try MemoryPlan(settings, rows: 2 * settings.loop.batchSize, length: longest)
  }

  private func plan(ofFeedback examples: [FeedbackExample]) throws -> MemoryPlan {
    let longest = examples.map { $0.prompt.count + $0.completion.count }.max() ?? 1
    return try MemoryPlan(settings, rows: settings.loop.batchSize, length: longest)
  }

  public func preview(_ count: Int) throws -> String {
    settings.method == .kto ? try settings.previewOfFeedback(count) : try settings.previewOfPairs(count)
  }
}
