import Apus

// A sentence encoder made one for a domain: what a declaration of this library does, as a question, finds the declaration.
//
//   scripts/example-data.sh search
//   swift run -c release examples declaration-search

/// MiniLM is trained on pairs of doc comments and declarations of this library, and searches among all declarations before and after.
public struct DeclarationSearch: Example {
  public static let name = "declaration-search"
  public static let summary = "a published sentence encoder learns to find this library's declarations"
  public static var options: [Option<Self>] {
    [
      Option("model", \.model, "the folder of the encoder; empty: the one that was fetched"),
      Option("output", \.output, "where the trained encoder goes"),
      Option("epochs", \.epochs, "how often all pairs are seen"),
      Option("batch", \.batch, "pairs of a batch, of which each is the others' negative"),
      Option("lr", \.lr, "the highest learning rate"),
      Option("limit", \.limit, "only so many pairs to learn from; 0: all"),
    ]
  }

  var model = ""
  var output = "declaration-search"
  var epochs = 1
  var batch = 32
  var lr = 5e-5
  var limit = 0

  public init() {}

  /// How well questions found their declarations before and after.
  public struct Outcome: Sendable {
    public let before, after: Double
  }

  public func run() throws -> Outcome {
    guard let data = dataFolder("search") else {
      throw ExampleError("the pairs and the encoder are missing: run scripts/example-data.sh search")
    }
    let base = model.isEmpty ? "\(data)/minilm" : model
    var settings = SentenceEmbeddingSettings()
    settings.model.path = base
    settings.data.files = ["\(data)/train.jsonl"]
    settings.data.columns = ["anchor=query"]
    settings.data.maxLength = 64
    if limit > 0 { settings.data.limit = limit }
    settings.optimizer.lr = lr
    (settings.loop.epochs, settings.loop.batchSize) = (epochs, batch)
    settings.output.folder = output
    let report = try SentenceEmbeddingRecipe(settings).run(resumes: true)
    print("\(report.steps) steps in \(fixed(report.seconds, 1)) s\n")

    let trained = report.written[0]
    let task = try EvaluationTask(path: "\(data)/test.jsonl")
    let found = try Evaluator().evaluate(
      [task], models: [EvaluatedModel(path: base, name: "before"), EvaluatedModel(path: trained, name: "after")])
    print(found.table())
    let values = found.tasks[0].entries.map { $0.scores.value("ndcg@10") ?? 0 }

    let embedder = try TextEmbedder(path: trained)
    let question = "the mean of squared differences"
    let passages = [
      "func mseLoss(_ x: Tensor, _ target: Tensor) -> Tensor", "func crossEntropy(_ logits: Tensor) -> Tensor",
    ]
    let vectors = try embedder.embed([question] + passages)
    let cosines = EmbeddingSimilarity.cosine.matrix(vectors.narrow(0, 0, 1), vectors.narrow(0, 1, 2)).array()
    print("\"\(question)\"")
    for (passage, cosine) in zip(passages, cosines) { print("  \(fixed(Double(cosine), 2))  \(passage)") }
    return Outcome(before: values[0], after: values[1])
  }
}
