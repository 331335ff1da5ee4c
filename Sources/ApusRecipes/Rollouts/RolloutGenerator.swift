import ApusCore
import ApusModels
import ApusText

/// How answers are drawn that a model then learns from.
public struct RolloutSettings: RecipeSettings {
  @Field("how many answers each prompt gets", 1...1024)
  public var numGenerations = 8
  @Field("the most tokens of an answer", 1...1_000_000)
  public var maxCompletionLength = 128
  @Field("what logits are divided by before tokens are drawn", 1e-3...1e3)
  public var temperature = 1.0
  @Field("tokens are drawn from the likeliest ones that have so much probability together", 0...1)
  public var topP = 1.0
  @Field("tokens are drawn from so many of the likeliest; 0: from all", 0...1_000_000)
  public var topK = 0
  @Field("tokens are drawn from those that have at least this share of the likeliest one's probability", 0.0...1.0)
  public var minP: Double? = nil
  @Field("above 1: tokens that are there already become less likely", 1e-3...1e3)
  public var repetitionPenalty = 1.0
  @Field("whether answers that did not end by themselves are left out of what is learned")
  public var masksTruncated = false
  @Field("answers that are drawn together: more of them are faster and take more memory", 1...65536)
  public var generationRows = 64

  public init() {}
}

/// An answer that a model has drawn.
public struct Rollout: Sendable {
  /// Which prompt of the batch it answers.
  public var prompt: Int
  /// The tokens of the prompt.
  public var promptIds: [Int]
  /// The tokens of the answer, with the one that ends it.
  public var answerIds: [Int]
  /// The answer as text, without what ends it.
  public var text: String
  /// Whether it has ended by itself; else it was cut off at its greatest length.
  public var isFinished: Bool
  /// The logarithm of the probability that the model gave each token when it drew it, before temperature and bounds; nil where
  /// nobody asked.
  public var logProbabilities: [Float]?

  /// An answer of its parts.
  public init(
    prompt: Int, promptIds: [Int], answerIds: [Int], text: String, isFinished: Bool, logProbabilities: [Float]? = nil
  ) {
    (self.prompt, self.promptIds, self.answerIds) = (prompt, promptIds, answerIds)
    (self.text, self.isFinished, self.logProbabilities) = (text, isFinished, logProbabilities)
  }
}

/// Draws answers to prompts.
public struct RolloutGenerator {
  public let model: any PretrainedModel
  public let tokenizer: Tokenizer
  public let settings: RolloutSettings
  /// Whether log-probabilities of the tokens are kept.
  public var keepsLogProbabilities = false
  private let options: GenerationConfiguration

  /// - Throws: `TensorError` where the model's own options make no sense.
  public init(_ model: any PretrainedModel, _ tokenizer: Tokenizer, _ settings: RolloutSettings) throws {
    (self.model, self.tokenizer, self.settings) = (model, tokenizer, settings)
    var options = GenerationConfiguration(maxNewTokens: settings.maxCompletionLength)
    // What is learned shall be the model's own distribution: none of its published bounds.
    options.eosTokenIds = try TextGenerator(model, tokenizer).configuration.eosTokenIds
    options.padTokenId = tokenizer.configuration.padId ?? options.eosTokenIds.first
    options.doSample = true
    options.numReturnSequences = settings.numGenerations
    (options.temperature, options.topP, options.topK) = (settings.temperature, settings.topP, settings.topK)
    (options.minP, options.repetitionPenalty) = (settings.minP, settings.repetitionPenalty)
    options.cache = .fixed
    self.options = options
  }

  /// ``RolloutSettings/numGenerations`` answers to each prompt, those to one prompt behind each other, drawn in evaluation mode from
  /// the default generator.
  /// - Throws: `TensorError` of generation.
  public func callAsFunction(_ prompts: [PromptExample]) throws -> [Rollout] {
    let wasTraining = model.isTraining
    model.eval()
    defer { if wasTraining { model.train() } }
    var options = options
    if keepsLogProbabilities { options.logProbabilities = 0 }
    var rollouts: [Rollout] = []
    let together = max(1, settings.generationRows / settings.numGenerations)
    for start in stride(from: 0, to: prompts.count, by: together) {
      let part = prompts[start..<min(prompts.count, start + together)]
      let inputs = GenerationPrompt.inputs(part.map(\.ids), padding: options.padTokenId ?? 0)
      let output = try noGrad { try model.generate(inputs, options) }
      for (row, ids) in output.newTokens.enumerated() {
        let prompt = start + row / settings.numGenerations
        let isFinished = ids.last.map { options.eosTokenIds.contains($0) } ?? false
        rollouts.append(
          Rollout(
            prompt: prompt, promptIds: prompts[prompt].ids, answerIds: ids,
            text: try tokenizer.decode(isFinished ? Array(ids.dropLast()) : ids, skipsSpecialTokens: true),
            isFinished: isFinished, logProbabilities: output.logProbabilities?[row].map(\.logProbability)))
      }
    }
    return rollouts
  }

  /// Prompts with their answers as rows that a loss is computed of; the answers are labels.
  public func batch(_ rollouts: some Sequence<Rollout>) -> TokenBatch {
    let masks = settings.masksTruncated
    let rows = rollouts.map { rollout in
      let isLearned = rollout.isFinished || !masks
      let answer = isLearned ? rollout.answerIds : Array(repeating: -100, count: rollout.answerIds.count)
      return TokenizedExample(
        ids: rollout.promptIds + rollout.answerIds,
        labels: Array(repeating: -100, count: rollout.promptIds.count) + answer)
    }
    return TokenBatch(rows, padding: options.padTokenId ?? 0)
  }
}
