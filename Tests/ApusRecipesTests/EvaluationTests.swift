import ApusCore
import ApusFormats
import ApusModels
import ApusTrain
import TestSupport
import Testing

import ApusRecipes

/// Evaluations beside transformers by the rules of lm-evaluation-harness.
@Suite struct EvaluationTests {
  static let folder = recordedFile("evaluation")

  private func expected() throws -> JSON { try JSON(file: "\(Self.folder)/expected.json") }

  private func report(
    _ name: String, _ settings: EvaluationSettings = EvaluationSettings(), models: [EvaluatedModel]? = nil
  ) throws -> EvaluationReport {
    let path = name.hasPrefix("/") ? name : "\(Self.folder)/\(name)"
    let task = try EvaluationTask(path: path, kind: settings.kind, columns: settings.columns, limit: settings.limit)
    return try Evaluator(settings).evaluate([task], models: models ?? [EvaluatedModel(path: Self.folder)])
  }

  private func lists(_ value: JSON?) -> [[Double]] {
    value?.array?.map { $0.array?.compactMap(\.double) ?? [] } ?? []
  }

  @Test(arguments: [2048, 1, 40]) func choicesHaveTheLibrarysLogLikelihoods(_ batchTokens: Int) throws {
    var settings = EvaluationSettings()
    settings.batchTokens = batchTokens
    let scores = try #require(try report("choices.jsonl", settings).tasks[0].entries.first?.scores)
    let wanted = lists(try expected()["choices"])
    for (item, sums) in zip(scores.items, wanted) {
      guard case .list(let found)? = item["log_likelihoods"] else { throw TensorError(.value, "test", "no list") }
      for (a, b) in zip(found, sums) {
        #expect(abs((Double(setting: a) ?? .nan) - b) < 2e-4 * max(1, abs(b)), "\(a) \(b)")
      }
    }
    // Picks and their shares follow from the recorded sums.
    let answers = [0, 1, 0, 1, 0, 0]
    let lengths: [[Double]] = [[4, 14, 24], [4, 4], [4, 4, 11], [5, 9, 19], [6, 14], [3, 3]]
    func share(_ values: [[Double]]) -> Double {
      Double(zip(values, answers).count { $0.firstIndex(of: $0.max()!) == $1 }) / 6
    }
    #expect(scores.value("acc") == share(wanted))
    #expect(scores.value("acc_norm") == share(zip(wanted, lengths).map { zip($0, $1).map { $0 / $1 } }))
  }

  @Test func textsHaveTheLibrarysPerplexity() throws {
    let wanted = try #require(try expected()["rolling"])
    for tokens in [2048, 1] {
      var settings = EvaluationSettings()
      settings.batchTokens = tokens
      let scores = try #require(try report("texts.jsonl", settings).tasks[0].entries.first?.scores)
      for name in ["word_perplexity", "byte_perplexity", "bits_per_byte"] {
        let found = try #require(scores.value(name))
        let recorded = try #require(wanted[name]?.double)
        #expect(abs(found / recorded - 1) < 1e-4, "\(name): \(found), \(recorded)")
      }
    }
  }

  @Test func aStrideGivesEachTokenMoreBeforeIt() throws {
    let windows = PerplexityEvaluation.windows(Array(1...10), start: 0, context: 4, stride: nil)
    #expect(windows.map(\.continuation) == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]])
    #expect(windows.map(\.context) == [[0], [4], [6, 7, 8]])
    let strided = PerplexityEvaluation.windows(Array(1...10), start: 0, context: 4, stride: 2)
    #expect(strided.map(\.continuation) == [[1, 2, 3, 4], [5, 6], [7, 8], [9, 10]])
    #expect(strided.allSatisfy { $0.context.count + $0.continuation.count <= 5 })
    #expect(PerplexityEvaluation.windows([7], start: nil, context: 4, stride: nil).isEmpty)
    #expect(PerplexityEvaluation.wordCount(" two words") == 3 && PerplexityEvaluation.wordCount("a\n\nb") == 2)
  }

  @Test func aSharedContextIsReadOnceAndCountsTheSame() throws {
    let model = try AutoModel.load(Self.folder, head: .causalLM)
    let context = (0..<20).map { 3 + $0 * 7 % 300 }
    let requests = (0..<5).map { i in ScoredTokens(context: context, continuation: (0...i).map { 5 + i * 11 + $0 }) }
    let together = try LogLikelihood(model).scores(requests)
    let apart = try requests.map { try LogLikelihood(model).scores([$0])[0] }
    for (a, b) in zip(together.joined(), apart.joined()) { #expect(abs(a - b) < 1e-4 * max(1, abs(b))) }
    #expect(together.map(\.count) == requests.map(\.continuation.count))
    // A text longer than the model reads loses its first tokens.
    let long = ScoredTokens(context: (0..<100).map { 2 + $0 }, continuation: [9, 8])
    #expect(try LogLikelihood(model).scores([long])[0].count == 2)
    #expect(LogLikelihood(model).cutCount([long]) == 1)
  }

  @Test func answersAreGreedyAndChecked() throws {
    let texts = try #require(try expected()["greedy"]?.array?.compactMap(\.string))
    let rows = try JSONRows.read("\(Self.folder)/choices.jsonl")
    let folder = TemporaryFolder()
    do {
      // The recorded answers are right, but for one.
      let lines = zip(rows, texts).enumerated().map { i, row -> String in
        let value: SettingValue = [
          "question": .string(row.0), "answer": .string(i == 2 ? "something else" : row.1),
        ]
        return "\(value)\n"
      }
      try writeText(lines.joined() + "{\"question\": 3, \"answer\": \"x\"}\nno JSON\n", to: folder.file("task.jsonl"))
      var settings = EvaluationSettings()
      settings.maxNewTokens = 6
      settings.normalizations = []
      let report = try report(folder.file("task.jsonl"), settings)
      let scores = try #require(report.tasks[0].entries.first?.scores)
      #expect(scores.value("exact_match").map { abs($0 - 5.0 / 6) < 1e-9 } == true, "\(scores.items)")
      #expect(report.tasks[0].problems.map(\.line) == [7, 8])
      #expect(report.table().contains("2 lines could not be used"))
    }
  }

  @Test func modelsAreComparedByTheSameDraws() throws {
    let settings = EvaluationSettings()
    let models = [EvaluatedModel(path: Self.folder), EvaluatedModel(path: Self.folder, name: "again")]
    let report = try report("choices.jsonl", settings, models: models)
    let entries = report.tasks[0].entries
    #expect(entries[1].differences.allSatisfy { $0.value == 0 && $0.low == 0 && $0.high == 0 })
    #expect(report.table().contains("again against evaluation"))
    let json = try JSON(parsing: report.json.utf8)
    #expect(json["tasks"]?.array?[0]["models"]?.array?.count == 2)
    #expect(report.items.split(separator: "\n").count == 12)
  }

  @Test func drawsGiveTheKnownSpread() throws {
    // The standard error of a mean is the deviation by the root of the number.
    let values = (0..<400).map { Double($0 % 2) }
    let draws = Bootstrap(count: 400, resamples: 4000, seed: 1)
    let found = draws.estimate(.mean("x", values))
    #expect(found.value == 0.5 && abs(found.error - 0.025) < 0.0015)
    #expect(abs(found.low - (0.5 - 1.96 * 0.025)) < 0.006 && abs(found.high - (0.5 + 1.96 * 0.025)) < 0.006)
    // A constant gain on every item has no spread, however much the items have.
    let gain = draws.difference(.mean("x", values.map { $0 + 1 }), from: .mean("x", values))
    #expect(abs(gain.value - 1) < 1e-12 && gain.error < 1e-12)
  }

  @Test func kindsAreFoundFromColumns() throws {
    func kind(_ line: String) throws -> EvaluationKind {
      let folder = TemporaryFolder()
      try writeText(line + "\n", to: folder.file("t.jsonl"))
      return try EvaluationTask(path: folder.file("t.jsonl")).kind
    }
    #expect(try kind(#"{"text": "a"}"#) == .perplexity)
    #expect(try kind(#"{"question": "a", "choices": ["b", "c"], "answer": 0}"#) == .multipleChoice)
    #expect(try kind(#"{"prompt": "a", "answer": "b"}"#) == .generation)
    #expect(try kind(#"{"messages": [], "answer": "b"}"#) == .generation)
    #expect(try kind(#"{"text": "a", "label": 1}"#) == .classification)
    #expect(try kind(#"{"sentence1": "a", "sentence2": "b", "score": 1}"#) == .similarity)
    #expect(try kind(#"{"query": "a", "positive": "b"}"#) == .retrieval)
    #expect(throws: TensorError.self) { try kind(#"{"foo": 1}"#) }
  }
}

/// The questions of a file of choices.
private enum JSONRows {
  static func read(_ path: String) throws -> [String] {
    try EvaluationTask(path: path).rows.compactMap { row in
      if case .string(let text)? = row.values["question"] { return text }
      return nil
    }
  }
}
