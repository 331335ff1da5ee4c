import ApusCore
import ApusModels
import ApusText
import ApusTrain

/// Where an evaluation is.
public struct EvaluationProgress: Sendable {
  /// Gets what is counted, how much of it is done and how much there is.
  public var report: @Sendable (_ unit: String, _ done: Int, _ total: Int) -> Void
  private let place = Place()

  private final class Place: Sendable {
    let state = Lock<(unit: String, total: Int)>(("", 0))
  }

  /// With who is told.
  public init(report: @escaping @Sendable (_ unit: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }) {
    self.report = report
  }

  func begin(_ unit: String, _ total: Int) {
    place.state.withLock { $0 = (unit, total) }
    report(unit, 0, total)
  }

  func advance(_ done: Int) {
    let (unit, total) = place.state.withLock { $0 }
    report(unit, done, total)
  }
}

/// A published model that is evaluated, with adapters or without.
public struct EvaluatedModel: Sendable, Hashable {
  /// What it is called in tables.
  public var name: String
  /// The folder or GGUF file.
  public var path: String
  /// The folder of adapters that are put on it; nil for none.
  public var adapter: String?

  /// - Parameter name: what it is called in tables; nil: as the last part of its path, or of its adapters'.
  public init(path: String, adapter: String? = nil, name: String? = nil) {
    (self.path, self.adapter) = (path, adapter)
    func last(_ path: String) -> String {
      path.split(separator: "/").last { $0 != "." }.map(String.init) ?? path
    }
    self.name = name ?? adapter.map(last) ?? last(path)
  }
}

/// Asks models the questions of tasks.
///
///     let evaluator = Evaluator(settings)
///     let task = try EvaluationTask(path: "questions.jsonl")
///     let report = try evaluator.evaluate([task], models: [EvaluatedModel(path: "SmolLM2-135M-Instruct")])
///     print(report.table())
public struct Evaluator: Sendable {
  public var settings: EvaluationSettings
  /// Told how far each model is in each task.
  public var progress: @Sendable (_ model: String, _ task: String, EvaluationStep) -> Void = { _, _, _ in }

  /// Where a model is in a task.
  public struct EvaluationStep: Sendable {
    /// What is counted.
    public let unit: String
    /// How much of it is done.
    public let done: Int
    /// How much there is.
    public let total: Int
  }

  /// With settings.
  public init(_ settings: EvaluationSettings = EvaluationSettings()) { self.settings = settings }

  /// Every model's scores in every task. A model is loaded once for all tasks that need it in the same form.
  /// - Throws: `TensorError` where a model cannot be loaded or cannot do what a task asks.
  public func evaluate(_ tasks: [EvaluationTask], models: [EvaluatedModel]) throws -> EvaluationReport {
    var results = tasks.map { EvaluationReport.Task($0) }
    for model in models {
      var loaded = LoadedForms(model)
      for (i, task) in tasks.enumerated() {
        let progress = progress
        let told = EvaluationProgress { unit, done, total in
          progress(model.name, task.name, EvaluationStep(unit: unit, done: done, total: total))
        }
        var problems: [EvaluationTask.Problem] = []
        let start = Clock.seconds
        let scores = try scores(&loaded, task, &problems, told)
        guard !scores.items.isEmpty else {
          let first = (task.problems + problems).first.map { "; line \($0.line): \($0.message)" } ?? ""
          throw TensorError(.value, task.path, "no line can be used as \(task.kind.rawValue)\(first)")
        }
        results[i].add(scores, of: model, seconds: Clock.seconds - start, problems)
      }
    }
    return EvaluationReport(results, settings)
  }

  private func scores(
    _ forms: inout LoadedForms, _ task: EvaluationTask, _ problems: inout [EvaluationTask.Problem],
    _ progress: EvaluationProgress
  ) throws -> EvaluationScores {
    switch task.kind {
    case .perplexity:
      return try PerplexityEvaluation(model: forms.language(), settings: settings).scores(task, &problems, progress)
    case .multipleChoice:
      return try MultipleChoiceEvaluation(model: forms.language(), settings: settings)
        .scores(task, &problems, progress)
    case .generation:
      return try GenerationEvaluation(model: forms.language(), settings: settings).scores(task, &problems, progress)
    case .classification:
      let (model, tokenizer) = try forms.classifier()
      return try ClassificationEvaluation(model: model, tokenizer: tokenizer, settings: settings)
        .scores(task, &problems, progress)
    case .similarity: return try SimilarityEvaluation(embedder: forms.encoder()).scores(task, &problems, progress)
    case .retrieval: return try RetrievalEvaluation(embedder: forms.encoder()).scores(task, &problems, progress)
    }
  }
}

/// A model in the forms that tasks need, each loaded when it is asked for.
private struct LoadedForms {
  private let source: EvaluatedModel
  private var languageForm: LanguageSubject?
  private var classifierForm: (any PretrainedModel, Tokenizer)?
  private var encoderForm: TextEmbedder?

  init(_ source: EvaluatedModel) { self.source = source }

  mutating func language() throws -> LanguageSubject {
    if let languageForm { return languageForm }
    let model = try AutoModel.load(source.path, head: .causalLM, ModelLoading(dtype: nil))
    try putAdapter(on: model)
    let form = LanguageSubject(
      generator: try TextGenerator(model as any GenerativeModel, Tokenizer(path: source.path)), model: model)
    languageForm = form
    return form
  }

  mutating func classifier() throws -> (any PretrainedModel, Tokenizer) {
    if let classifierForm { return classifierForm }
    let model = try AutoModel.load(source.path, head: .sequenceClassification)
    try putAdapter(on: model)
    let form = (model, try Tokenizer(path: source.path))
    classifierForm = form
    return form
  }

  mutating func encoder() throws -> TextEmbedder {
    if let encoderForm { return encoderForm }
    let form = try TextEmbedder(path: source.path)
    try putAdapter(on: form.model)
    encoderForm = form
    return form
  }

  private func putAdapter(on model: any PretrainedModel) throws {
    guard let adapter = source.adapter else { return }
    // The layers hold what the adapters add.
    _ = try LoraAdapter(path: adapter, on: model)
    _ = model.eval()
  }
}
