import ApusCore
import ApusModels
import ApusText
import ApusTrain

/// Shows during a run how the model continues some texts.
final class TextSamples: TrainingCallback {
  private let tuned: TunedModel
  private let loop: LoopSettings

  init(_ tuned: TunedModel, _ loop: LoopSettings) { (self.tuned, self.loop) = (tuned, loop) }

  func stepEnded(_ step: Int, loss: Double, of run: any TrainingRun) throws {
    guard step % loop.sampleEverySteps == 0 else { return }
    let wasTraining = tuned.model.isTraining
    _ = tuned.model.eval()
    defer { _ = tuned.model.train(wasTraining) }
    var options = GenerationConfiguration(maxNewTokens: loop.sampleTokens)
    options.doSample = false
    let generator = try TextGenerator(tuned.model, tuned.tokenizer, options)
    for prompt in loop.samples {
      let hasTemplate = tuned.tokenizer.configuration.chatTemplate != nil
      let text = try noGrad { try hasTemplate ? generator.chat([.user(prompt)]) : generator.generate(prompt) }
      run.say("step \(step)  \(prompt) → \(text.replacing("\n", with: " "))")
    }
  }
}
