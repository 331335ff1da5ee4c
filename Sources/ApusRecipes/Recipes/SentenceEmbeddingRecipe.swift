import ApusCore
import ApusData
import ApusModels
import ApusText
import ApusTrain

/// Settings of ``SentenceEmbeddingRecipe``.
public struct SentenceEmbeddingSettings: FinetuneSettings {
  @Field public var model = ModelSettings()
  @Field public var lora = LoraSettings()
  @Field public var data = DataSettings()
  @Field public var loss = EmbeddingLossSettings()
  @Field public var optimizer = OptimizerSettings()
  @Field public var loop = LoopSettings()
  @Field public var memory = MemorySettings()
  @Field public var output = OutputSettings()

  /// All weights are trained, on batches of 32 rows: what a text does not belong to comes from the batch.
  public init() {
    model.trains = .full
    (data.maxLength, data.bucketing) = (256, false)
    (optimizer.lr, optimizer.schedule, optimizer.warmupShare) = (2e-5, .linear, 0.1)
    (loop.batchSize, loop.accumulate) = (32, 1)
  }
}

/// An encoder learns vectors of texts from pairs, triplets, or pairs with scores: texts that belong together are to be near each other.
/// The result is a folder that `sentence-transformers` and `TextEmbedder` load.
public struct SentenceEmbeddingRecipe: Recipe {
  public static let name = "embeddings"
  public static let summary = "an encoder learns vectors of texts from pairs, triplets or scores"

  public let settings: SentenceEmbeddingSettings

  public init(_ settings: SentenceEmbeddingSettings) { self.settings = settings }

  public func run(resumes: Bool) throws -> RecipeReport {
    manualSeed(settings.loop.seed)
    let tuned = try TunedModel(settings.model, settings.lora, head: .base, task: "FEATURE_EXTRACTION")
    let embedder = try TextEmbedder(tuned.model, tuned.tokenizer, path: tuned.path)
    var limits = settings.data
    limits.maxLength = min(limits.maxLength, embedder.maxLength)
    let data = try TrainingData(pairs: limits, tuned.tokenizer)
    let loss = try settings.loss.make(for: data.train)

    let run = try RecipeRun(tuned, settings) { (batch: PairBatch) in
      let vectors = embedder.embed(batch.columns, miniBatch: settings.loss.miniBatch)
      return .init(loss: loss(vectors, batch.scores), count: batch.count, values: [])
    }
    let report = try run.fit(data, resumes: resumes, plan: plan) {
      $0.loader(limits, batchSize: settings.loop.batchSize, padding: tuned.padding, shuffles: $1)
    }
    // Adapters alone are no encoder.
    for folder in report.written where !folder.hasSuffix("/\(OutputForm.adapter.rawValue)") {
      try embedder.saveSettings(to: folder)
    }
    return report
  }

  public func plan() throws -> MemoryPlan {
    try plan(TrainingData(pairs: settings.data, Tokenizer(path: settings.model.path)).train)
  }

  private func plan(_ examples: [PairExample]) throws -> MemoryPlan {
    let rows = settings.loss.miniBatch ?? settings.loop.batchSize * (examples.first?.texts.count ?? 2)
    let longest = examples.flatMap { $0.texts.map(\.count) }.max() ?? 1
    return try MemoryPlan(settings, rows: rows, length: longest, scored: 0, head: .base)
  }

  public func preview(_ count: Int) throws -> String {
    let tokenizer = try Tokenizer(path: settings.model.path)
    let data = try TrainingData(pairs: settings.data, tokenizer)
    let shown = try data.train.prefix(count).map { example in
      let texts = try example.texts.map { try tokenizer.decode($0.ids, skipsSpecialTokens: true) }
      return (texts + (example.score.map { ["\($0)"] } ?? [])).joined(separator: "\n  ")
    }
    return ([data.report.description] + shown).joined(separator: "\n\n")
  }
}
