import Apus
import ApusCore
import ApusFormats

/// `apus eval`: what models make of the questions of a file, side by side.
struct EvalCommand: Command {
  static let name = "eval"
  static let summary = "ask models the questions of a file: perplexity, choices, answers, labels, search"
  static let help = """
    usage: apus eval MODEL... --task FILE [OPTIONS]

    MODEL is a folder of Hugging Face's or a .gguf file; of several models each is compared with the first, with the interval that
    95 % of 1,000 draws of the questions give. FILE has an object in each line (CSV and Parquet are read as well); the names of its
    columns say what is asked:

      text                        perplexity: how well a language model foretells texts
      prompt, choices, answer     multiple-choice: which answer a language model finds likeliest
      prompt or messages, answer  generation: what it answers; 'check' says how that is compared
      text, label                 classification: the label of a text
      sentence1, sentence2, score similarity: whether vectors are as near as the scores say
      query, positive             retrieval: whether a question's text is found among all texts

    options:
      --task FILE          questions; may be there several times
      --kind KIND          \(EvaluationKind.allCases.map(\.rawValue).joined(separator: ", "))
      --adapter FOLDER     also the first model with these adapters, after the model without them; may be there several times
      --check CHECK        how answers are compared: \(AnswerCheck.allCases.map(\.rawValue).joined(separator: ", "))
      --program WORDS      the program that checks answers, with its arguments: a JSON object on its standard input, a score or
                           its exit status back
      --chat               prompts are written as the model's chat template says
      --limit N            only so many lines of a file
      --seed N             what draws come from
      --set FIELD=VALUE    sets a field; may be there several times. --fields lists them
      --json               writes JSON in place of tables
      --items FILE         writes what each model gave for each question, a JSON object a line
      --quiet              no progress
    """

  private let settings: EvaluationSettings
  private let tasks: [String]
  private let models: [EvaluatedModel]
  private let writesJSON: Bool
  private let itemsPath: String?
  private let isQuiet: Bool
  private let listsFields: Bool

  init(_ words: inout Words) throws {
    func all(_ option: String) throws -> [String] {
      var found: [String] = []
      while let value = try words.take(option) { found.append(value) }
      return found
    }
    var settings = EvaluationSettings()
    do {
      if let kind = try words.take("--kind") { try settings.set("kind", kind) }
      if let check = try words.take("--check") { try settings.set("check", check) }
      if let seed = try words.take("--seed") { try settings.set("seed", seed) }
      if let limit = try words.take("--limit") { try settings.set("limit", limit) }
      if let program = try words.take("--program") {
        settings.program = program.split(separator: " ").map(String.init)
        settings.check = .program
      }
      if words.takeFlag("--chat") { settings.usesChatTemplate = true }
      for (path, value) in try words.takePairs("--set") { try settings.set(path, value) }
    } catch let error as TensorError {
      throw UsageError(message: "\(error.operation): \(error.message)")
    }
    self.settings = settings
    tasks = try all("--task")
    let adapters = try all("--adapter")
    writesJSON = words.takeFlag("--json")
    itemsPath = try words.take("--items")
    isQuiet = words.takeFlag("--quiet")
    listsFields = words.takeFlag("--fields")
    var models: [EvaluatedModel] = []
    while let path = try? words.takeOperand("MODEL") { models.append(EvaluatedModel(path: path)) }
    if let first = models.first { models += adapters.map { EvaluatedModel(path: first.path, adapter: $0) } }
    self.models = models
    guard listsFields || (!models.isEmpty && !tasks.isEmpty) else {
      throw UsageError(message: models.isEmpty ? "MODEL is missing" : "--task is missing")
    }
  }

  func run() throws {
    if listsFields {
      print(settings.help)
      return
    }
    var evaluator = Evaluator(settings)
    if !isQuiet {
      let screen = Terminal.standardError
      evaluator.progress = { model, task, step in
        let text = "\(task)  \(model)  \(step.done) of \(step.total) \(step.unit)"
        if screen.isInteractive {
          Terminal.writeError(
            "\r\u{1b}[K\(text.prefix(max(20, screen.width - 1)))" + (step.done == step.total ? "\n" : ""))
        } else if step.done == step.total {
          Terminal.writeError(text + "\n")
        }
      }
    }
    let asked = try tasks.map { path in
      try EvaluationTask(path: path, kind: settings.kind, columns: settings.columns, limit: settings.limit)
    }
    let report = try evaluator.evaluate(asked, models: models)
    if let itemsPath { try writeText(report.items, to: itemsPath) }
    print(writesJSON ? report.json : report.table())
  }
}
