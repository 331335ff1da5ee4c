import Apus
import ApusCore

/// `apus finetune`: published models made one's own.
struct FinetuneCommand: Command {
  static let name = "finetune"
  static let summary = "make a published model your own, by recipes for data of your own"
  static let help = """
    usage: apus finetune RECIPE --model MODEL --data FILE [OPTIONS]
           apus finetune list
           apus finetune fields|plan|preview RECIPE [OPTIONS]
           apus finetune new RECIPE FOLDER

    MODEL is a folder of Hugging Face's or a .gguf file; FILE has examples: JSON Lines, CSV, Parquet or text. The result, checkpoints and curves
    go to a folder.

    list       the recipes
    fields     the fields of a recipe, with what they have now
    plan       what memory a run will need
    preview    what is wrong with the data, and examples as the model sees them
    new        a package with the recipe's source, to be changed

    options:
      --data FILE          examples; may be there several times
      --validation FILE    examples to validate with
      --output FOLDER      where everything goes; without it finetuned
      --set FIELD=VALUE    sets a field (lora.rank=16); may be there several times
      --config FILE        fields from a JSON file, which --set overrules
      --resume             goes on with the run in the folder
      --examples N         how many examples 'preview' shows; without it 3
      --quiet              no screen and no lines of progress
    """

  private enum Deed {
    case list, run(any Recipe, resumes: Bool), fields(any Recipe), plan(any Recipe), preview(any Recipe, Int), new(
      RecipeEntry, String)
  }
  private let deed: Deed

  init(_ words: inout Words) throws {
    let word = try words.takeOperand("RECIPE")
    switch word {
    case "list": deed = .list
    case "new":
      let entry = try Self.entry(words.takeOperand("RECIPE"))
      deed = .new(entry, try words.takeOperand("FOLDER"))
    case "fields", "plan", "preview":
      let entry = try Self.entry(words.takeOperand("RECIPE"))
      let shown = try words.takeNumber("--examples", in: 0...10_000) ?? 3
      let recipe = try Self.recipe(entry, &words)
      deed = word == "fields" ? .fields(recipe) : word == "plan" ? .plan(recipe) : .preview(recipe, shown)
    default:
      let resumes = words.takeFlag("--resume")
      deed = .run(try Self.recipe(Self.entry(word), &words), resumes: resumes)
    }
  }

  private static func entry(_ name: String) throws -> RecipeEntry {
    do { return try RecipeEntry.named(name) } catch let error as TensorError {
      throw UsageError(message: error.message)
    }
  }

  /// The recipe with what the options say.
  private static func recipe(_ entry: RecipeEntry, _ words: inout Words) throws -> any Recipe {
    var changes: [(path: String, value: String)] = []
    func all(_ option: String, _ path: String) throws {
      var found: [String] = []
      while let value = try words.take(option) { found.append(quotedJSON(value)) }
      if !found.isEmpty { changes.append((path, "[\(found.joined(separator: ","))]")) }
    }
    if let model = try words.take("--model") { changes.append(("model.path", model)) }
    try all("--data", "data.files")
    try all("--validation", "data.validationFiles")
    if let folder = try words.take("--output") { changes.append(("output.folder", folder)) }
    if words.takeFlag("--quiet") { changes.append(("loop.quiet", "true")) }
    changes += try words.takePairs("--set")
    let path = try words.take("--config")
    do { return try entry.recipe(path: path, changes: changes) } catch let error as TensorError
      where error.kind == .value
    {
      throw UsageError(message: "\(error.operation): \(error.message)")
    }
  }

  func run() throws {
    switch deed {
    case .list:
      let width = RecipeEntry.all.map(\.name.count).max() ?? 0
      for entry in RecipeEntry.all {
        print(entry.name + String(repeating: " ", count: width + 2 - entry.name.count) + entry.summary)
      }
    case .fields(let recipe): print(recipe.settings.help)
    case .plan(let recipe): print(try recipe.plan())
    case .preview(let recipe, let count): print(try recipe.preview(count))
    case .new(let entry, let folder): try RecipePackage.write(entry, to: folder)
    case .run(let recipe, let resumes):
      let report = try recipe.run(resumes: resumes)
      print(
        "\(report.steps) steps in \(report.seconds.text(digits: 1)) s, at most \(megabytes(report.peakBytes)) of memory"
          + (report.foreseenBytes.map { " (\(megabytes($0)) foreseen)" } ?? ""))
      if let last = report.history.last {
        print(last.names.map { "\($0.replacing(" ", with: "_"))=\(last[$0] ?? .nan)" }.joined(separator: " "))
      }
      for path in report.written { print("wrote \(path)") }
    }
  }

  private func megabytes(_ bytes: Int) -> String { "\((bytes + (1 << 19)) >> 20) MB" }
}
