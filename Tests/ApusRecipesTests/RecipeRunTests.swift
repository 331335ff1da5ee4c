import ApusCore
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import ApusRecipes
import ApusText
import ApusTrain
import TestSupport
import Testing

/// Recipes from a folder and a file of examples to adapters, broken off and gone on with.
@Suite struct RecipeRunTests {
  private let temporary = TemporaryFolder()

  private var model: String {
    let here = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return "/\(here)/Recorded/evaluation"
  }

  private func settings(_ name: String) throws -> SupervisedSettings {
    let file = temporary.file("examples.jsonl")
    if !fileExists(file) {
      let lines = (0..<40).map { #"{"prompt": "number \#($0 % 7)", "completion": " is \#($0 * $0 % 11)"}"# }
      put(Array((lines.joined(separator: "\n") + "\n").utf8), at: file)
    }
    var settings = SupervisedSettings()
    settings.model.path = model
    settings.data.files = [file]
    settings.data.validationShare = 0.2
    (settings.lora.rank, settings.lora.dropout) = (4, 0.1)
    settings.optimizer.lr = 1e-2
    (settings.loop.batchSize, settings.loop.accumulate, settings.loop.epochs) = (3, 2, 3)
    settings.loop.saveEverySteps = 1
    settings.loop.quiet = true
    settings.output.folder = temporary.file(name)
    return settings
  }

  private func bytes(_ folder: String) -> [UInt8] {
    contents(of: temporary.file("\(folder)/adapter/adapter_model.safetensors"))
  }

  @Test func aModelLearnsAndItsAdaptersAreReadAgain() throws {
    let settings = try settings("once")
    let report = try SupervisedRecipe(settings).run(resumes: false)
    let losses = report.history.compactMap { $0["loss"] }
    #expect(losses.count == 3 && losses[2] < losses[0] * 0.9, "\(losses)")
    #expect(report.steps == 18 && report.peakBytes > 0)
    #expect(temporary.names.contains("once"))
    let base = try AutoModel.load(model, head: .causalLM)
    let adapter = try LoraAdapter(path: temporary.file("once/adapter"), on: base)
    #expect(adapter.configuration.rank == 4)
    let rows = String(decoding: contents(of: temporary.file("once/steps.csv")), as: UTF8.self).split(separator: "\n")
    #expect(rows.count == 19)
    // A folder that has a run is not written over.
    #expect(throws: TensorError.self) { try SupervisedRecipe(settings).run(resumes: false) }
  }

  /// Ends a run as a fault would.
  private final class Fault: TrainingCallback {
    struct Broken: Error {}
    let step: Int
    init(step: Int) { self.step = step }
    func stepEnded(_ step: Int, loss: Double, of run: any TrainingRun) throws {
      if step == self.step { throw Broken() }
    }
  }

  /// The way of ``SupervisedRecipe``, with a fault.
  private func run(_ settings: SupervisedSettings, fault: Int?) throws {
    manualSeed(settings.loop.seed)
    let tuned = try TunedModel(settings.model, settings.lora)
    let data = try TrainingData(supervised: settings.data, tuned.tokenizer)
    let run = try RecipeRun(tuned, settings) { (batch: TokenBatch) in
      var inputs = batch.inputs
      inputs.labels = batch.labels
      inputs.omitsLogits = true
      return .init(loss: tuned.model(inputs).loss!, count: batch.answerTokens)
    }
    if let fault { run.trainer.callbacks.append(Fault(step: fault)) }
    func loader(_ examples: TokenizedExamples, shuffles: Bool) -> DataLoader<TokenBatch> {
      examples.loader(settings.data, batchSize: settings.loop.batchSize, padding: tuned.padding, shuffles: shuffles)
    }
    _ = try run.fit(
      loader(data.train, shuffles: true), validation: loader(data.validation, shuffles: false), resumes: true)
  }

  @Test func aRunThatIsBrokenOffEndsAsOneThatIsNot() throws {
    _ = try SupervisedRecipe(settings("whole")).run(resumes: false)
    let parts = try settings("parts")
    for step in [2, 3, 7, 8, 13, 17] {
      #expect(throws: Fault.Broken.self) { try run(parts, fault: step) }
    }
    try run(parts, fault: nil)
    #expect(bytes("whole") == bytes("parts"))
  }

  @Test func layersComputedAgainAndPackedRowsLearnTheSame() throws {
    var plain = try settings("plain")
    plain.lora.dropout = 0
    let wanted = try SupervisedRecipe(plain).run(resumes: false)
    var again = plain
    (again.memory.recompute, again.output.folder) = (0.5, temporary.file("again"))
    let found = try SupervisedRecipe(again).run(resumes: false)
    for (a, b) in zip(found.history, wanted.history) { #expect(abs((a["loss"] ?? 0) - (b["loss"] ?? 1)) < 1e-4) }
  }

  @Test(arguments: ["full", "lora", "dora", "pretrain", "qat"]) func recipesRunByTheirNames(_ name: String) throws {
    let usual = try settings("usual")
    var changes: [(path: String, value: String)] = [
      ("model.path", model), ("data.files", usual.data.files[0]), ("loop.maxSteps", "2"), ("loop.quiet", "true"),
      ("output.folder", temporary.file(name)), ("output.forms", "adapter,merged"),
    ]
    if name == "pretrain" { changes += [("data.columns", "text=prompt"), ("data.maxLength", "16")] }
    if name == "qat" { changes.append(("model.awareOf", "int4")) }
    let recipe = try RecipeEntry.named(name).recipe(changes: changes)
    #expect(try recipe.plan().peak > 64 << 20)
    #expect(try recipe.preview(1).contains("example 1"))
    let report = try recipe.run(resumes: false)
    #expect(report.steps == 2 && report.written.count == 2)
    #expect(report.foreseenBytes ?? 0 > 64 << 20, "a plan for the data that the run has read")
    let merged = try AutoModel.load(report.written[1], head: .causalLM)
    #expect(merged.parameters().allSatisfy { $0.isfinite().all().item() != 0 })
    _ = try Tokenizer(path: report.written[1])
  }

  /// Data of a form that a recipe learns from.
  private func data(for recipe: String) -> [String] {
    (0..<12).map { i in
      switch recipe {
      case "kto": #"{"prompt": "number \#(i % 5)", "completion": " is \#(i)", "label": \#(i % 2 == 0)}"#
      case "grpo", "ppo": #"{"prompt": "number \#(i % 5)", "answer": "\#(i)"}"#
      case "distillation": #"{"prompt": "number \#(i % 5)", "completion": " is \#(i)"}"#
      default: #"{"prompt": "number \#(i % 5)", "chosen": " is \#(i)", "rejected": " was \#(i + 1) or so"}"#
      }
    }
  }

  @Test(arguments: ["dpo", "orpo", "simpo", "cpo", "kto", "reward", "grpo", "ppo", "distillation"])
  func recipesOfPreferencesAndRewardsRunAndGoOn(_ name: String) throws {
    let file = temporary.file("\(name).jsonl")
    put(Array((data(for: name).joined(separator: "\n") + "\n").utf8), at: file)
    func changes(_ folder: String, steps: Int) -> [(path: String, value: String)] {
      var changes: [(path: String, value: String)] = [
        ("model.path", model), ("data.files", file), ("loop.epochs", "2"), ("loop.quiet", "true"),
        ("loop.batchSize", "4"), ("loop.accumulate", "1"), ("loop.saveEverySteps", "1"), ("loop.maxSteps", "\(steps)"),
        ("optimizer.lr", "1e-3"), ("optimizer.schedule", "constant"), ("optimizer.warmupSteps", "0"),
        ("output.folder", temporary.file(folder)),
      ]
      if name == "grpo" || name == "ppo" {
        changes += [
          ("rewards", "length:4"), ("rollout.numGenerations", "2"), ("rollout.maxCompletionLength", "5"),
          ("rowsPerPass", "3"), ("iterations", "2"),
        ]
      }
      if name == "distillation" { changes.append(("teacher", model)) }
      return changes
    }
    let entry = try RecipeEntry.named(name)
    let whole = try entry.recipe(changes: changes("\(name) whole", steps: 6))
    #expect(try whole.plan().peak > 64 << 20)
    #expect(try whole.preview(1).contains("example 1"))
    let report = try whole.run(resumes: false)
    #expect(report.steps == 6 && report.history.last?["loss"]?.isFinite == true)
    #expect(report.foreseenBytes ?? 0 > 64 << 20)
    // Ended after the first epoch and gone on with, the result is the same.
    _ = try entry.recipe(changes: changes("\(name) parts", steps: 3)).run(resumes: false)
    _ = try entry.recipe(changes: changes("\(name) parts", steps: 6)).run(resumes: true)
    #expect(bytes("\(name) whole") == bytes("\(name) parts") && !bytes("\(name) whole").isEmpty)
  }

  @Test func whatCannotWorkIsToldBeforeTheRun() throws {
    func complaint(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    #expect(complaint { _ = try RecipeEntry.named("lorra") }.contains("did you mean 'lora'?"))
    let entry = try RecipeEntry.named("full")
    #expect(complaint { _ = try entry.recipe(changes: [("model.weights", "nf4")]) }.contains("model.trains=lora"))
    #expect(complaint { _ = try entry.recipe(changes: [("lora.rnk", "4")]) }.contains("did you mean 'lora.rank'?"))
    var settings = try settings("patient")
    (settings.loop.patience, settings.data.validationShare) = (2, 0)
    #expect(complaint { _ = try SupervisedRecipe(settings).run(resumes: false) }.contains("data.validationShare"))
  }
}
