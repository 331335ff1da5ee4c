import Apus
import TestSupport
import Testing

/// The code of docs/finetuning.md, compiled; a tiny model of random weights learns in the tests of the recipes.
@Suite struct FinetuningCode {
  private func train(model: String, examples: String, folder: String) throws {
    var settings = SupervisedSettings()
    settings.model.path = model
    settings.data.files = [examples]
    settings.lora.rank = 16
    settings.optimizer.lr = 5e-4
    settings.loop.epochs = 2
    settings.output.folder = folder
    let report = try SupervisedRecipe(settings).run(resumes: false)
    print(report.steps, report.history.last?["loss"] ?? 0, report.written)
  }

  private func ownRecipe(_ settings: SupervisedSettings) throws {
    let tuned = try TunedModel(settings.model, settings.lora)
    let data = try TrainingData(supervised: settings.data, tuned.tokenizer)
    let run = try RecipeRun(tuned, settings) { (batch: TokenBatch) in
      var inputs = batch.inputs
      inputs.labels = batch.labels
      inputs.omitsLogits = true
      return .init(loss: tuned.model(inputs).loss ?? Tensor(0), count: batch.answerTokens)
    }
    let loader = data.train.loader(settings.data, batchSize: 4, padding: tuned.padding)
    print(try run.fit(loader).written)
  }

  private func rewards(_ rewarded: GroupPolicySettings) throws {
    var recipe = GroupPolicyRecipe(rewarded)
    recipe.rewards = [Reward("short") { prompt, answer, columns in answer.count < 80 ? 1 : 0 }]
    _ = try recipe.run(resumes: false)
  }

  @Test func aModelThatIsNotThereIsNamed() {
    #expect(throws: TensorError.self) { try train(model: "nowhere", examples: "nothing.jsonl", folder: "none") }
  }
}
