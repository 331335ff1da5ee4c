import Foundation
import TestSupport
import Testing

/// `apus finetune` and `apus eval`, as a user has them, with a tiny model of random weights.
@Suite struct FinetuneCommandTests {
  private let temporary = TemporaryFolder()
  private var folder: URL { URL(fileURLWithPath: temporary.path, isDirectory: true) }

  private var model: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../ApusRecipesTests/Recorded/evaluation").standardized.path
  }

  private func apus(_ words: String...) throws -> (status: Int32, output: String, errors: String) {
    try runTool(words, in: folder)
  }

  private func writeExamples(_ extra: String = "") {
    let lines = (0..<20).map { #"{"prompt": "number \#($0 % 5)", "completion": " is \#($0 % 3)"}"# }
    put(Array((lines.joined(separator: "\n") + "\n" + extra).utf8), at: temporary.file("examples.jsonl"))
  }

  @Test func aModelIsTrainedAndAsked() throws {
    writeExamples()
    let list = try apus("finetune", "list")
    for name in ["lora", "qlora", "dpo", "grpo", "embeddings"] { #expect(list.output.contains(name)) }
    let fields = try apus("finetune", "fields", "lora", "--set", "lora.rank=16")
    #expect(fields.output.contains("lora.rank") && fields.output.contains("; 16)"))
    let options = ["--model", model, "--data", "examples.jsonl"]
    let preview = try runTool(["finetune", "preview", "lora", "--examples", "1"] + options, in: folder)
    #expect(preview.status == 0 && preview.output.contains("20 examples"), "\(preview.errors)")
    let plan = try runTool(["finetune", "plan", "lora"] + options, in: folder)
    #expect(plan.status == 0 && plan.output.contains("together"), "\(plan.errors)")
    let run = try runTool(
      ["finetune", "lora", "--quiet", "--set", "loop.accumulate=2", "--set", "output.forms=adapter,gguf-F16"] + options,
      in: folder)
    #expect(
      run.status == 0 && run.output.contains("10 steps") && run.output.contains("finetuned/adapter"), "\(run.errors)")
    #expect(run.output.contains("loss="))
    let again = try runTool(["finetune", "lora", "--quiet"] + options, in: folder)
    #expect(again.status == 1 && again.errors.contains("--resume"))
    put(Array("{\"prompt\": \"number 1\", \"answer\": \" is 1\"}\n".utf8), at: temporary.file("task.jsonl"))
    let asked = try apus(
      "eval", model, "--adapter", "finetuned/adapter", "--task", "task.jsonl", "--quiet", "--set", "maxNewTokens=3")
    #expect(asked.status == 0 && asked.output.contains("exact_match"), "\(asked.output) \(asked.errors)")
    let beside = try apus(
      "generate", model, "--adapter", "finetuned/adapter", "--prompt", "number 1", "--max-new-tokens", "3")
    #expect(beside.status == 0, "\(beside.errors)")
    let missing = try apus("generate", model, "--adapter", "nowhere", "--prompt", "number 1")
    #expect(missing.status == 1 && missing.errors.contains("adapter_config.json"), "\(missing.errors)")
    // The file of all of it is a model of its own.
    let said = try apus("generate", "finetuned/model-F16.gguf", "--prompt", "number 1", "--max-new-tokens", "3")
    #expect(said.status == 0, "\(said.errors)")
  }

  @Test func mistakesAreNamed() throws {
    #expect(try apus("finetune", "lorra").errors.contains("did you mean 'lora'?"))
    #expect(try apus("finetune", "lora", "--set", "lora.rnk=4").errors.contains("did you mean 'lora.rank'?"))
    #expect(try apus("finetune", "lora", "--set", "rank").errors.contains("--set needs NAME=VALUE"))
    #expect(try apus("finetune", "lora", "--data", "x.jsonl").errors.contains("model.path"))
    writeExamples("{\"prompt\": \"no answer\"}\n")
    let run = try apus("finetune", "lora", "--model", model, "--data", "examples.jsonl", "--quiet")
    #expect(run.status == 1 && run.errors.contains("missing column") && run.errors.contains("21"), "\(run.errors)")
  }

  @Test func aRecipeIsCopiedOut() throws {
    let made = try apus("finetune", "new", "qlora", "my-recipe")
    #expect(made.status == 0, "\(made.errors)")
    let main = String(decoding: contents(of: temporary.file("my-recipe/Sources/MyRecipe/main.swift")), as: UTF8.self)
    #expect(main.contains(#"settings.set("model.weights", "nf4")"#))
    let source = contents(of: temporary.file("my-recipe/Sources/MyRecipe/SupervisedRecipe.swift"))
    #expect(String(decoding: source, as: UTF8.self).hasPrefix("import Apus\n"))
    #expect(try apus("finetune", "new", "qlora", "my-recipe").status == 1)
  }
}
