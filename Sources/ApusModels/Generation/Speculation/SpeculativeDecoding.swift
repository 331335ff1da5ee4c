import ApusCore
import CKernels

/// Generation in which tokens are said ahead and checked many at once (Leviathan et al., 2023). A greedy search gives exactly the
/// tokens that it gives without; drawn tokens have exactly the model's probabilities.
final class SpeculativeDecoding {
  private let batch: DecodingBatch
  private let drafter: any Drafter
  private let configuration: GenerationConfiguration
  private let chooser: TokenChooser
  private let stops: StopRules
  private let generator: Generator
  private let promptLength: Int
  private let padding: Int
  private let most: Int
  private var result: GenerationOutput
  private var reason: FinishReason?
  /// A cache of a window can be taken back so far.
  private static let mostDrafted = 32

  init(
    _ model: any GenerativeModel, _ inputs: ModelInputs, _ configuration: GenerationConfiguration,
    _ extras: GenerationExtras, assistant: (any GenerativeModel)?
  ) throws(TensorError) {
    var configuration = configuration
    let prompt = try GenerationPrompt(inputs, isEncoderDecoder: model.isEncoderDecoder, configuration)
    guard prompt.ids.count == 1, configuration.numBeams == 1, configuration.numReturnSequences == 1 else {
      throw TensorError(
        .unsupported, "generate",
        "tokens are said ahead for one text at a time: give one prompt, one beam and one sequence")
    }
    promptLength = prompt.ids[0].count
    padding = prompt.padding[0]
    try configuration.check(promptLength: promptLength)
    let generator = configuration.seed.map { Generator(seed: 0).manualSeed($0) } ?? .default
    self.generator = generator
    configuration.seed = nil
    if let assistant {
      most = min(max(1, configuration.numAssistantTokens), Self.mostDrafted)
      let own = try GenerationPrompt(inputs, isEncoderDecoder: assistant.isEncoderDecoder, configuration)
      drafter = ModelDrafter(assistant, own, configuration, extras, generator)
    } else {
      most = min(max(1, configuration.promptLookupNumTokens ?? 10), Self.mostDrafted)
      drafter = PromptLookup(longest: configuration.maxMatchingNgramSize)
    }
    self.configuration = configuration
    batch = DecodingBatch(
      model, prompt, configuration, capacity: configuration.finalLength(promptLength: promptLength))
    if batch.cache is MambaCache {
      throw TensorError(
        .unsupported, "generate", "this model keeps states, which cannot be taken back: nothing can be said ahead")
    }
    chooser = TokenChooser(
      configuration, extras, promptLength: promptLength, sources: prompt.sources, rows: 1)
    stops = StopRules(configuration, promptLength: promptLength, extras.stopping)
    result = GenerationOutput(sequences: [], promptLength: promptLength)
  }

  /// Runs to the end.
  func finish() throws(TensorError) -> GenerationOutput {
    while reason == nil { try step() }
    result.sequences = batch.ids
    result.lengths = batch.ids.map(\.count)
    result.finishReasons = [reason ?? .cancelled]
    return result
  }

  /// Says some tokens ahead, runs the model over them and takes what it agrees with and one token more.
  private func step() throws(TensorError) {
    if Task.isCancelled {
      reason = .cancelled
      return
    }
    let before = batch.ids[0]
    let room = configuration.finalLength(promptLength: promptLength) - before.count - 1
    let draft = room > 0 ? try drafter.draft(before, min(most, room)) : Draft()
    for token in draft.tokens { batch.append([token]) }
    let count = draft.tokens.count + 1
    let logits = try batch.advance(keeping: count).to(.float32)
    guard logits.rank == 3, logits.size(1) >= count else {
      throw TensorError(.shape, "generate", "the model gave logits \(logits.shape) where \(count) positions are needed")
    }
    result.steps += 1
    result.drafted += draft.tokens.count
    var text = before
    for place in 0..<count {
      let row = logits.select(1, logits.size(1) - count + place).contiguous()
      let now = TextSoFar(ids: text, promptLength: promptLength, padding: padding)
      try chooser.process(row) { _ in now }
      let said = place < draft.tokens.count ? draft.tokens[place] : nil
      let token = choose(said, place < draft.probabilities.count ? draft.probabilities[place] : nil)
      text.append(token)
      reason =
        chooser.advance(0, token) ?? stops.reason(TextSoFar(ids: text, promptLength: promptLength, padding: padding))
      if token == said { result.accepted += 1 }
      if reason != nil || token != said { break }
    }
    // The last token has not been run, be it one that was said.
    batch.truncate(to: text.count - 1)
    batch.append([text[text.count - 1]])
    drafter.accepted(text.count - 1)
  }

  /// The token at a place where `said` was said ahead with `probabilities`, by the scores there.
  private func choose(_ said: Int?, _ probabilities: [Float]?) -> Int {
    let scores = chooser.scores[0]
    guard configuration.doSample else { return chooser.scores.best()[0] }
    guard let said, let probabilities, said < scores.count else {
      return generator.drawTokens(scores, rows: 1).first ?? 0
    }
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: scores.count) { rest in
      ck_softmax_f32(rest.baseAddress, scores.baseAddress, 1, scores.count)
      if generator.uniform() * probabilities[said] <= rest[said] { return said }
      // Rejected: what the model has more of than the draft is drawn from.
      for i in rest.indices { rest[i] = max(0, rest[i] - probabilities[i]) }
      return generator.drawPlaces(rest, 1).first ?? said
    }
  }
}

extension GenerativeModel {
  /// Continues a row of inputs with the help of a small model of the same vocabulary, which says tokens ahead: the tokens are those
  /// of ``generate(_:_:_:)-(ModelInputs,_,_)``, sooner where the small model is often right.
  public func generate(
    _ inputs: ModelInputs, _ configuration: GenerationConfiguration, assistant: any GenerativeModel,
    _ extras: GenerationExtras = GenerationExtras()
  ) throws -> GenerationOutput {
    try withErrors {
      try SpeculativeDecoding(self, inputs, configuration, extras, assistant: assistant).finish()
    }
  }

  /// ``generate(_:_:assistant:_:)-(ModelInputs,_,_,_)`` of one prompt.
  public func generate(
    _ ids: [Int], _ configuration: GenerationConfiguration, assistant: any GenerativeModel,
    _ extras: GenerationExtras = GenerationExtras()
  ) throws -> [Int] {
    let inputs = GenerationPrompt.inputs([ids], padding: configuration.paddingToken)
    return try generate(inputs, configuration, assistant: assistant, extras).sequences.first ?? []
  }
}
