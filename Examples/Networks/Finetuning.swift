import Apus
import Foundation

// A small published language model made one's own. `make chat` brings one.
//
//   swift run -c release examples json-answers --model SmolLM2-135M-Instruct.Q4_1.gguf
//   swift run -c release examples arithmetic --model SmolLM2-135M-Instruct.Q4_1.gguf
//   swift run -c release examples austen --model SmolLM2-135M-Instruct.Q4_1.gguf

/// People as sentences and as JSON, drawn by rule.
struct People {
  private var draws: SplitMix
  private static let names = [
    "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry", "Iris", "Jack", "Karen", "Leo", "Mia", "Noah",
    "Olivia", "Paul", "Quinn", "Rosa", "Sam", "Tina", "Uma", "Victor", "Wendy", "Xavier", "Yara", "Zoe",
  ]
  private static let cities = [
    "Berlin", "Paris", "London", "Rome", "Madrid", "Vienna", "Oslo", "Dublin", "Lisbon", "Prague", "Athens", "Warsaw",
    "Helsinki", "Zurich", "Brussels",
  ]
  private static let jobs = [
    "baker", "teacher", "nurse", "pilot", "farmer", "painter", "lawyer", "doctor", "driver", "singer",
  ]
  private static let forms = [
    "NAME is a AGE-year-old JOB from CITY.", "NAME, AGE, lives in CITY and works as a JOB.",
    "Meet NAME: a JOB in CITY, aged AGE.", "In CITY there is a JOB called NAME who is AGE years old.",
    "The JOB NAME (AGE) comes from CITY.",
  ]

  init(seed: UInt64) { draws = SplitMix(state: seed) }

  /// A sentence, and what it says as JSON.
  mutating func next() -> (sentence: String, json: String) {
    let name = Self.names.randomElement(using: &draws)!
    let (city, job) = (Self.cities.randomElement(using: &draws)!, Self.jobs.randomElement(using: &draws)!)
    let age = Int.random(in: 18...90, using: &draws)
    let sentence = [("NAME", name), ("AGE", "\(age)"), ("JOB", job), ("CITY", city)].reduce(
      Self.forms.randomElement(using: &draws)!
    ) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    return (sentence, #"{"name": "\#(name)", "age": \#(age), "job": "\#(job)", "city": "\#(city)"}"#)
  }
}

/// Draws that are the same everywhere (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A language model learns to answer sentences about people with JSON of four fields, and nothing else.
public struct JSONAnswers: Example {
  public static let name = "json-answers"
  public static let summary = "a language model learns to answer with JSON: LoRA on sentences about people"
  public static var options: [Option<Self>] {
    [
      Option("model", \.model, "the model's folder or .gguf file"), Option("output", \.output, "where everything goes"),
      Option("examples", \.examples, "sentences to learn from"), Option("tests", \.tests, "sentences to be asked"),
      Option("epochs", \.epochs, "how often they are seen"),
    ]
  }
  public var model = ""
  public var output = "json-answers"
  public var examples = 640
  public var tests = 100
  public var epochs = 1

  public init() {}

  /// The shares of right answers before and after.
  public func run() throws -> (before: Double, after: Double) {
    guard !model.isEmpty else { throw ExampleError("--model is missing: 'make chat' brings a small one") }
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    var people = People(seed: 1)
    func line(_ values: [(String, String)]) -> String {
      "{" + values.map { "\(quoted($0.0)): \($0.1)" }.joined(separator: ", ") + "}\n"
    }
    func asked(_ sentence: String) -> String { "Write as JSON: \(sentence)" }
    let training = (0..<examples).map { _ in
      let (sentence, json) = people.next()
      return line([("prompt", quoted(asked(sentence))), ("completion", quoted(json))])
    }
    let questions = (0..<tests).map { _ in
      let (sentence, json) = people.next()
      return line([("prompt", quoted(asked(sentence))), ("answer", json)])
    }
    try training.joined().write(toFile: output + "/train.jsonl", atomically: true, encoding: .utf8)
    try questions.joined().write(toFile: output + "/test.jsonl", atomically: true, encoding: .utf8)

    var settings = SupervisedSettings()
    settings.model.path = model
    settings.data.files = [output + "/train.jsonl"]
    settings.data.asChat = true
    settings.optimizer.lr = 5e-4
    (settings.loop.epochs, settings.loop.batchSize, settings.loop.accumulate) = (epochs, 8, 1)
    settings.output.folder = output + "/run"
    _ = try SupervisedRecipe(settings).run(resumes: false)

    var evaluation = EvaluationSettings()
    (evaluation.check, evaluation.usesChatTemplate, evaluation.maxNewTokens) = (.json, true, 64)
    let task = try EvaluationTask(path: output + "/test.jsonl", kind: .generation)
    let report = try Evaluator(evaluation).evaluate(
      [task],
      models: [
        EvaluatedModel(path: model, name: "before"),
        EvaluatedModel(path: model, adapter: output + "/run/adapter", name: "after"),
      ])
    print(report.table())
    let shares = report.tasks[0].entries.map { $0.scores.value("json_match") ?? .nan }
    return (shares[0], shares[1])
  }
}

/// A language model goes on reading Jane Austen's novels, and continues a sentence before and after.
public struct Austen: Example {
  public static let name = "austen"
  public static let summary = "a language model learns Jane Austen's style: LoRA on plain text"
  public static var options: [Option<Self>] {
    [
      Option("model", \.model, "the model's folder or .gguf file"), Option("output", \.output, "where everything goes"),
      Option("steps", \.steps, "steps of 8 rows"), Option("start", \.start, "the sentence to continue"),
    ]
  }
  public var model = ""
  public var output = "austen"
  public var steps = 40
  public var start = "The evening at the inn was"

  public init() {}

  /// The losses on the novels' last pages before and after.
  public func run() throws -> (before: Double, after: Double) {
    guard !model.isEmpty else { throw ExampleError("--model is missing: 'make chat' brings a small one") }
    guard let novels = try Novels.text() else {
      throw ExampleError("the novels are missing: run scripts/example-data.sh")
    }
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    let last = novels.index(novels.endIndex, offsetBy: -30_000)
    try String(novels[..<last]).write(toFile: output + "/train.txt", atomically: true, encoding: .utf8)
    try String(novels[last...]).write(toFile: output + "/last.txt", atomically: true, encoding: .utf8)

    var settings = SupervisedSettings()
    settings.model.path = model
    (settings.data.files, settings.data.form) = ([output + "/train.txt"], .text)
    (settings.data.maxLength, settings.data.packing) = (256, .inOrder)
    settings.optimizer.lr = 5e-4
    (settings.loop.batchSize, settings.loop.accumulate, settings.loop.maxSteps) = (4, 2, steps)
    settings.output.folder = output + "/run"
    _ = try SupervisedRecipe(settings).run(resumes: false)

    var evaluation = EvaluationSettings()
    evaluation.context = 256
    let task = try EvaluationTask(path: output + "/last.txt", kind: .perplexity)
    let report = try Evaluator(evaluation).evaluate(
      [task],
      models: [
        EvaluatedModel(path: model, name: "before"),
        EvaluatedModel(path: model, adapter: output + "/run/adapter", name: "after"),
      ])
    print(report.table())
    let base = try AutoModel.load(model, head: .causalLM)
    let adapter = try LoraAdapter(path: output + "/run/adapter", on: base)
    let generator = try TextGenerator(base, Tokenizer(path: model))
    print("after:  " + start + (try generator.generate(start, maxNewTokens: 60)))
    adapter.remove()
    print("before: " + start + (try generator.generate(start, maxNewTokens: 60)))
    let values = report.tasks[0].entries.map { $0.scores.value("word_perplexity") ?? .nan }
    return (values[0], values[1])
  }
}

/// A language model learns to add by rewards of its own answers.
public struct Arithmetic: Example {
  public static let name = "arithmetic"
  public static let summary = "a language model learns to add by rewards alone: GRPO with a checker"
  public static var options: [Option<Self>] {
    [
      Option("model", \.model, "the model's folder or .gguf file"), Option("output", \.output, "where everything goes"),
      Option("steps", \.steps, "steps of 8 prompts, each answered 8 times"),
      Option("largest", \.largest, "the largest number that is added"),
    ]
  }
  public var model = ""
  public var output = "arithmetic"
  public var steps = 30
  public var largest = 20

  public init() {}

  /// The shares of right answers to new sums before and after.
  public func run() throws -> (before: Double, after: Double) {
    guard !model.isEmpty else { throw ExampleError("--model is missing: 'make chat' brings a small one") }
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    var draws = SplitMix(state: 1)
    func sums(_ count: Int) -> String {
      (0..<count).map { _ in
        let (a, b) = (Int.random(in: 1...largest, using: &draws), Int.random(in: 1...largest, using: &draws))
        return "{\"prompt\": \"Question: What is \(a) plus \(b)?\\nAnswer:\", \"answer\": \"\(a + b)\"}\n"
      }.joined()
    }
    try sums(steps * 8).write(toFile: output + "/train.jsonl", atomically: true, encoding: .utf8)
    try sums(100).write(toFile: output + "/test.jsonl", atomically: true, encoding: .utf8)

    var settings = GroupPolicySettings()
    settings.model.path = model
    settings.data.files = [output + "/train.jsonl"]
    settings.rollout.numGenerations = 8
    settings.rollout.maxCompletionLength = 8
    settings.rowsPerPass = 32
    settings.optimizer.lr = 1e-3
    settings.rewards = []
    settings.output.folder = output + "/run"
    var recipe = GroupPolicyRecipe(settings)
    recipe.rewards = [
      Reward("right") { _, answer, columns in Self.isRight(answer, columns["answer"]?.description ?? "") ? 1 : 0 }
    ]
    _ = try recipe.run(resumes: false)

    var evaluation = EvaluationSettings()
    (evaluation.check, evaluation.maxNewTokens, evaluation.stop) = (.number, 8, ["\n"])
    let task = try EvaluationTask(path: output + "/test.jsonl", kind: .generation)
    let report = try Evaluator(evaluation).evaluate(
      [task],
      models: [
        EvaluatedModel(path: model, name: "before"),
        EvaluatedModel(path: model, adapter: output + "/run/adapter", name: "after"),
      ])
    print(report.table())
    let shares = report.tasks[0].entries.map { $0.scores.value("number_match") ?? .nan }
    return (shares[0], shares[1])
  }

  /// Whether the first line of an answer says the sum and no other number behind it.
  static func isRight(_ answer: String, _ sum: String) -> Bool {
    let line = answer.prefix { $0 != "\n" }
    let numbers = line.split { !$0.isNumber }
    return numbers.last.map(String.init) == sum.filter(\.isNumber)
  }
}

/// The text as JSON has it.
private func quoted(_ text: String) -> String {
  let data = try? JSONSerialization.data(withJSONObject: [text])
  return data.map { String(String(decoding: $0, as: UTF8.self).dropFirst().dropLast()) } ?? "\"\""
}
