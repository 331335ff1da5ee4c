import ApusCore

/// What is known of a row of scores: the tokens so far and where they come from.
public struct TextSoFar: Sendable {
  /// All tokens of the row, prompt and padding included.
  public var ids: [Int]
  /// How many of them are the prompt's.
  public var promptLength: Int
  /// How many of the first are padding.
  public var padding: Int
  /// Which prompt of the batch it goes on from.
  public var prompt: Int

  /// A row whose first `promptLength` tokens are the prompt's.
  public init(ids: [Int], promptLength: Int, padding: Int = 0, prompt: Int = 0) {
    (self.ids, self.promptLength, self.padding, self.prompt) = (ids, promptLength, padding, prompt)
  }
}

/// Changes the scores of the next token before it is chosen.
public protocol ScoreProcessor: Sendable {
  /// Changes `scores`, one for each token of the vocabulary, in place; -infinity takes a token out.
  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar)
}

/// Processors one after the other, in the order of Hugging Face's `generate`.
struct ScorePipeline: Sendable {
  private var processors: [any ScoreProcessor] = []
  /// How many of them come before those of sampling.
  private var split = 0

  var isEmpty: Bool { processors.isEmpty }

  private mutating func append(_ processor: any ScoreProcessor) { processors.append(processor) }

  /// Processes one row; `restrict` comes before sampling.
  func process(
    _ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar,
    restrict: (UnsafeMutableBufferPointer<Float>) -> Void = { _ in }
  ) {
    for processor in processors[..<split] { processor.process(scores, text) }
    restrict(scores)
    for processor in processors[split...] { processor.process(scores, text) }
  }
}

/// What processors depend on besides the configuration.
struct ScoreContext {
  /// Tokens of the prompt, with an encoder of the decoder's start.
  var promptLength: Int
  /// Each prompt's tokens, with an encoder those of its text; empty where it reads something else.
  var sources: [[Int]]
  /// The size of the vocabulary.
  var vocabulary: Int
}

extension ScorePipeline {
  /// The processors that `configuration` switches on, then `custom`, then those of sampling.
  init(
    _ configuration: GenerationConfiguration, _ context: ScoreContext, custom: [any ScoreProcessor] = []
  ) throws(TensorError) {
    try addPenalties(configuration, context)
    try addBans(configuration, context)
    for processor in custom { append(processor) }
    split = processors.count
    if configuration.doSample { addTruncation(configuration) }
    if configuration.renormalizeLogits { append(Renormalisation()) }
  }

  private mutating func addPenalties(
    _ options: GenerationConfiguration, _ context: ScoreContext
  ) throws(TensorError) {
    if !options.sequenceBias.isEmpty {
      for bias in options.sequenceBias {
        try check(bias.ids, "sequenceBias", context)
      }
      append(SequenceBiases(options.sequenceBias))
    }
    if options.encoderRepetitionPenalty != 1, !context.sources.isEmpty {
      append(EncoderRepetitionPenalty(penalty: 1 / options.encoderRepetitionPenalty, sources: context.sources))
    }
    if options.repetitionPenalty != 1 { append(RepetitionPenalty(penalty: options.repetitionPenalty)) }
    if options.presencePenalty != 0 || options.frequencyPenalty != 0 {
      append(CountPenalty(presence: Float(options.presencePenalty), frequency: Float(options.frequencyPenalty)))
    }
  }

  private mutating func addBans(_ options: GenerationConfiguration, _ context: ScoreContext) throws(TensorError) {
    if options.noRepeatNgramSize > 0 { append(NgramBan(size: options.noRepeatNgramSize)) }
    if options.encoderNoRepeatNgramSize > 0, !context.sources.isEmpty {
      append(EncoderNgramBan(size: options.encoderNoRepeatNgramSize, sources: context.sources))
    }
    let badWords = options.badWordsIds.filter { words in !options.eosTokenIds.contains { [$0] == words } }
    if !badWords.isEmpty {
      for words in badWords { try check(words, "badWordsIds", context) }
      append(SequenceBiases(badWords.map { .init($0, -.infinity) }))
    }
    let minLength =
      options.minNewTokens > 0 ? context.promptLength + options.minNewTokens : options.minLength
    if minLength > 0, !options.eosTokenIds.isEmpty {
      append(TokenBan(tokens: options.eosTokenIds, when: .before(length: minLength)))
    }
    if let token = options.forcedBosTokenId { append(ForcedTokens(tokens: [token], length: 1)) }
    if !options.forcedEosTokenIds.isEmpty {
      let last = options.finalLength(promptLength: context.promptLength) - 1
      append(ForcedTokens(tokens: options.forcedEosTokenIds, length: last))
    }
    if options.removeInvalidValues { append(InvalidValues()) }
    if let decay = options.exponentialDecayLengthPenalty {
      let start = decay.start + context.promptLength
      append(EndDecay(start: start, factor: decay.factor, tokens: options.eosTokenIds))
    }
    if !options.suppressTokens.isEmpty { append(TokenBan(tokens: options.suppressTokens, when: .always)) }
    if !options.beginSuppressTokens.isEmpty {
      let isShifted = context.promptLength <= 1 && options.forcedBosTokenId != nil
      append(
        TokenBan(tokens: options.beginSuppressTokens, when: .at(length: context.promptLength + (isShifted ? 1 : 0))))
    }
  }

  private mutating func addTruncation(_ options: GenerationConfiguration) {
    // A beam needs a token that does not end it.
    let kept = options.numBeams > 1 ? max(2, options.eosTokenIds.count + 1) : 1
    if options.temperature != 1 { append(Temperature(temperature: Float(options.temperature))) }
    if let topH = options.topH { append(TopH(part: Float(topH))) }
    if options.topK > 0 { append(TopK(count: max(options.topK, kept))) }
    if options.topP < 1 { append(TopP(mass: options.topP, kept: kept)) }
    if let minP = options.minP { append(MinP(part: Float(minP), kept: kept)) }
    if options.typicalP < 1 { append(TypicalP(mass: Float(options.typicalP), kept: kept)) }
    if options.epsilonCutoff > 0, options.epsilonCutoff < 1 {
      append(EpsilonCutoff(epsilon: Float(options.epsilonCutoff), kept: kept))
    }
    if options.etaCutoff > 0, options.etaCutoff < 1 {
      append(EtaCutoff(epsilon: Float(options.etaCutoff), kept: kept))
    }
  }

  private func check(_ ids: [Int], _ name: String, _ context: ScoreContext) throws(TensorError) {
    if let wrong = ids.first(where: { !(0..<context.vocabulary).contains($0) }) {
      throw TensorError(
        .value, "generate", "\(name) names the token \(wrong), and there are \(context.vocabulary)")
    }
  }
}
