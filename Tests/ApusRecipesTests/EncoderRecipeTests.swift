import ApusCore
import ApusFormats
import ApusModels
import ApusRecipes
import ApusTrain
import TestSupport
import Testing
#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Recipes for encoders beside sentence-transformers and transformers, every step on all rows.
@Suite struct EncoderRecipeTests {
  static let encoder = recordedFile("encoder")
  static let classifier = recordedFile("classifier")

  private func numbers(_ folder: String, _ name: String) throws -> [Double] {
    func flat(_ json: JSON) -> [Double] { json.array?.flatMap(flat) ?? [json.double ?? .nan] }
    return flat(try #require(try JSON(file: "\(folder)/expected.json")[name]))
  }

  /// Settings of 12 steps at one rate.
  private func prepare(
    _ settings: inout some FinetuneSettings, _ folder: TemporaryFolder, _ model: String, _ data: String
  )
    throws
  {
    settings.model.path = model
    settings.data.files = ["\(model)/\(data)"]
    settings.optimizer.lr = 3e-3
    (settings.optimizer.schedule, settings.optimizer.warmupShare) = (.constant, 0)
    (settings.optimizer.maxGradNorm, settings.optimizer.weightDecay) = (0, 0)
    (settings.loop.batchSize, settings.loop.epochs, settings.loop.quiet) = (8, 12, true)
    settings.output.folder = folder.file("run")
    settings.output.tensorBoard = false
  }

  private func losses(_ report: RecipeReport) -> [Double] { report.history.compactMap { $0["loss"] } }

  @Test(arguments: ["ranking", "matryoshka", "ranking in parts"])
  func anEncoderLearnsAsInSentenceTransformers(_ name: String) throws {
    let folder = TemporaryFolder()
    var settings = SentenceEmbeddingSettings()
    try prepare(&settings, folder, Self.encoder, "pairs.jsonl")
    if name == "matryoshka" { settings.loss.matryoshka = [16, 8] }
    if name == "ranking in parts" { settings.loss.miniBatch = 2 }
    let report = try SentenceEmbeddingRecipe(settings).run(resumes: false)
    let recorded = name == "matryoshka" ? name : "ranking"
    let wanted = try numbers(Self.encoder, recorded)
    let found = losses(report)
    #expect(found.count == wanted.count)
    for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= 1e-4 * max(0.1, abs(b)), "\(a), \(b)") }
    // What was written is a sentence encoder with the vectors that training there gives.
    let trained = try TextEmbedder(path: try #require(report.written.first))
    #expect(trained.normalises && trained.pooling == .mean)
    let vectors: [Float] = try trained.embed(["a green apple", "the dog runs in the sun"]).array()
    for (a, b) in zip(vectors, try numbers(Self.encoder, "\(recorded)-after")) { #expect(abs(Double(a) - b) < 2e-3) }
  }

  @Test func anEncoderIsReadAndWrittenAsItWas() throws {
    let embedder = try TextEmbedder(path: Self.encoder)
    let texts = ["a green apple", "the dog runs in the sun"]
    let before: [Float] = try embedder.embed(texts).array()
    for (a, b) in zip(before, try numbers(Self.encoder, "before")) { #expect(abs(Double(a) - b) < 1e-5) }
    let folder = TemporaryFolder()
    for pooling in [Pooling.cls, .max, .lastToken, .meanOverRoot, .weightedMean] {
      let other = TextEmbedder(embedder.model, embedder.tokenizer, pooling: pooling, normalises: false, maxLength: 12)
      try other.save(to: folder.file("\(pooling)"))
      let again = try TextEmbedder(path: folder.file("\(pooling)"))
      #expect(again.pooling == pooling && !again.normalises && again.maxLength == 12)
      let (a, b): ([Float], [Float]) = (try other.embed(texts).array(), try again.embed(texts).array())
      #expect(a == b)
    }
  }

  @Test(arguments: ["plain", "weighted"]) func aClassifierLearnsAsInTransformers(_ name: String) throws {
    let folder = TemporaryFolder()
    var settings = ClassificationSettings()
    try prepare(&settings, folder, Self.classifier, "labelled.jsonl")
    if name == "weighted" {
      settings.classes.weights = [1, 0.5, 2]
      settings.classes.labelSmoothing = 0.1
    }
    settings.data.labels = ["animal", "thing", "weather"]
    let report = try ClassificationRecipe(settings).run(resumes: false)
    let wanted = try numbers(Self.classifier, name)
    for (a, b) in zip(losses(report), wanted) { #expect(abs(a - b) <= 1e-4 * max(0.1, abs(b)), "\(a), \(b)") }
    #expect(losses(report).count == wanted.count)
    let task = try EvaluationTask(path: "\(Self.classifier)/labelled.jsonl")
    let models = [Self.classifier, try #require(report.written.first)].map { EvaluatedModel(path: $0) }
    let found = try Evaluator().evaluate([task], models: models).tasks[0].entries
    #expect(found[1].scores.value("accuracy")! >= found[0].scores.value("accuracy")!)
  }

  @Test func otherLabelsGetAHeadOfTheirOwn() throws {
    let folder = TemporaryFolder()
    let lines = [("a red apple", "yes"), ("an old dog", "no"), ("the sea", "yes"), ("the cat", "no")].map {
      "{\"text\": \"\($0)\", \"label\": \"\($1)\"}\n"
    }
    try writeText(lines.joined(), to: folder.file("data.jsonl"))
    for (number, trains) in [TrainedPart.full, .lora].enumerated() {
      var settings = ClassificationSettings()
      try prepare(&settings, folder, Self.classifier, "labelled.jsonl")
      settings.data.files = [folder.file("data.jsonl")]
      settings.model.trains = trains
      settings.output.forms = [.merged]
      settings.output.folder = folder.file("run\(number)")
      (settings.loop.epochs, settings.optimizer.lr, settings.classes.balanced) = (60, 1e-2, true)
      let report = try ClassificationRecipe(settings).run(resumes: false)
      let task = try EvaluationTask(path: folder.file("data.jsonl"))
      let scores = try Evaluator().evaluate([task], models: [EvaluatedModel(path: report.written[0])])
      #expect(scores.tasks[0].entries[0].scores.value("accuracy") == 1, "\(trains)")
      #expect(try ModelConfiguration(path: report.written[0]).labels == [0: "no", 1: "yes"])
    }
  }

  @Test func searchAndLikenessAreMeasured() throws {
    let folder = TemporaryFolder()
    try writeText(
      """
      {"query": "a red apple", "positive": "a red apple"}
      {"query": "the sun", "relevant": ["p1", "p2"]}
      {"id": "p1", "passage": "the sun"}
      {"id": "p2", "passage": "fruit that grows on a tree"}
      {"query": "no passage", "relevant": ["p9"]}
      {"passage": "the long night"}

      """, to: folder.file("search.jsonl"))
    try writeText(
      """
      {"sentence1": "a red apple", "sentence2": "a red apple", "score": 5}
      {"sentence1": "a red apple", "sentence2": "it runs on rails", "score": 1}
      {"sentence1": "the dog", "sentence2": "the old dog", "score": 4}

      """, to: folder.file("alike.jsonl"))
    let tasks = try ["search.jsonl", "alike.jsonl"].map { try EvaluationTask(path: folder.file($0)) }
    #expect(tasks.map(\.kind) == [.retrieval, .similarity])
    let report = try Evaluator().evaluate(tasks, models: [EvaluatedModel(path: Self.encoder)])
    let search = report.tasks[0]
    #expect(search.problems.count == 1 && search.problems[0].message.contains("'p9'"))
    let scores = search.entries[0].scores
    // Of two questions both find their own text first; the second has another text further down.
    #expect(scores.items.count == 2 && scores.value("mrr@10") == 1 && scores.value("recall@10") == 1)
    let embedder = try TextEmbedder(path: Self.encoder)
    let texts = ["the sun", "a red apple", "the sun", "fruit that grows on a tree", "the long night"]
    let vectors = try embedder.embed(texts)
    let cosines: [Float] = EmbeddingSimilarity.cosine.matrix(vectors.narrow(0, 0, 1), vectors.narrow(0, 1, 4)).array()
    let place = 1 + cosines.enumerated().count { $0.offset != 2 && $0.element > cosines[2] }
    let gain = 1 + 1 / log2(Double(place + 1))
    let ideal = 1 + 1 / log2(3.0)
    #expect(abs(scores.value("ndcg@10")! - (1 + gain / ideal) / 2) < 1e-6)
    let alike: [Float] = try embedder.embed(["a red apple", "it runs on rails", "the dog", "the old dog"]).array()
    func cosine(_ a: Int, _ b: Int) -> Float {
      zip(alike[a * 16..<a * 16 + 16], alike[b * 16..<b * 16 + 16]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let wanted = cosine(2, 3) > cosine(0, 1) ? 1.0 : 0.5
    #expect(abs(report.tasks[1].entries[0].scores.value("spearman")! - wanted) < 1e-6)
  }
}
