import ApusCore

/// Says tokens ahead, which the model then checks in one run.
protocol Drafter: AnyObject {
  /// At most `count` tokens that may follow `ids`, and where they were drawn the probabilities they were drawn with.
  func draft(_ ids: [Int], _ count: Int) throws(TensorError) -> Draft
  /// What became of the last draft: how many tokens the text has now that are as they were said.
  func accepted(_ length: Int)
}

/// Tokens said ahead.
struct Draft {
  var tokens: [Int] = []
  /// The probabilities of the vocabulary at each token; empty for tokens that were not drawn.
  var probabilities: [[Float]] = []
}

/// Looks for the last few tokens earlier in the text, and says what followed them there (prompt look-up).
final class PromptLookup: Drafter {
  private let longest: Int

  init(longest: Int) { self.longest = max(1, longest) }

  func draft(_ ids: [Int], _ count: Int) -> Draft {
    guard ids.count > 1, count > 0 else { return Draft() }
    for size in stride(from: min(longest, ids.count - 1), to: 0, by: -1) {
      let wanted = ids[(ids.count - size)...]
      for start in 0..<(ids.count - size) where ids[start..<start + size].elementsEqual(wanted) {
        return Draft(tokens: Array(ids[(start + size)...].prefix(count)))
      }
    }
    return Draft()
  }

  func accepted(_ length: Int) {}
}

/// A small model of the same vocabulary says tokens ahead.
final class ModelDrafter: Drafter {
  private let batch: DecodingBatch
  private let chooser: TokenChooser
  private let configuration: GenerationConfiguration
  private let text: (([Int]) -> TextSoFar)
  private let generator: Generator

  init(
    _ model: any GenerativeModel, _ prompt: GenerationPrompt, _ configuration: GenerationConfiguration,
    _ extras: GenerationExtras, _ generator: Generator
  ) {
    let length = prompt.ids[0].count
    batch = DecodingBatch(
      model, prompt, configuration, capacity: configuration.finalLength(promptLength: length))
    self.configuration = configuration
    self.generator = generator
    // The constraint's states belong to the text that counts.
    chooser = TokenChooser(
      configuration, GenerationExtras(processors: extras.processors), promptLength: length, sources: prompt.sources,
      rows: 1)
    let padding = prompt.padding[0]
    text = { TextSoFar(ids: $0, promptLength: length, padding: padding) }
  }

  func draft(_ ids: [Int], _ count: Int) throws(TensorError) -> Draft {
    var draft = Draft()
    for token in ids[batch.ids[0].count...] { batch.append([token]) }
    while draft.tokens.count < count {
      let logits = try lastLogits(try batch.advance())
      let now = batch.ids[0]
      let text = text
      try chooser.process(logits) { _ in text(now) }
      let token: Int
      if configuration.doSample {
        let scores = chooser.scores[0]
        token = generator.drawTokens(scores, rows: 1).first ?? 0
        draft.probabilities.append(withProbabilities(scores) { Array($0) })
      } else {
        token = chooser.scores.best()[0]
      }
      draft.tokens.append(token)
      batch.append([token])
      if configuration.eosTokenIds.contains(token) { break }
    }
    return draft
  }

  func accepted(_ length: Int) { batch.truncate(to: length) }
}
