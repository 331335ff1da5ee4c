import ApusCore
import CKernels

/// A greedy search or sampling under way: each step gives every row a token.
final class Decoding {
  private let batch: DecodingBatch
  private let configuration: GenerationConfiguration
  private let chooser: TokenChooser
  private let stops: StopRules
  private let promptLength: Int
  private let padding: [Int]
  /// Which prompt each row goes on from.
  private let prompts: [Int]
  /// How many rows each prompt has.
  private let copies: Int
  private var result: GenerationOutput
  /// Why each row has ended; nil: it has not.
  private var reasons: [FinishReason?]

  init(
    _ model: any GenerativeModel, _ inputs: ModelInputs, _ configuration: GenerationConfiguration,
    _ extras: GenerationExtras
  ) throws(TensorError) {
    self.configuration = configuration
    let prompt = try GenerationPrompt(inputs, isEncoderDecoder: model.isEncoderDecoder, configuration)
    promptLength = prompt.ids[0].count
    try configuration.check(promptLength: promptLength)
    copies = configuration.doSample ? configuration.numReturnSequences : 1
    let copies = copies
    prompts = prompt.ids.indices.flatMap { Array(repeating: $0, count: copies) }
    let padding = prompt.padding
    self.padding = prompts.map { padding[$0] }
    batch = DecodingBatch(
      model, prompt, configuration, capacity: configuration.finalLength(promptLength: promptLength))
    stops = StopRules(configuration, promptLength: promptLength, extras.stopping)
    chooser = TokenChooser(
      configuration, extras, promptLength: promptLength, sources: prompt.sources, rows: prompts.count)
    reasons = Array(repeating: nil, count: prompts.count)
    result = GenerationOutput(sequences: [], promptLength: promptLength)
    result.lengths = Array(repeating: promptLength, count: prompts.count)
    if configuration.outputLogits { result.logits = [] }
    if configuration.outputScores { result.scores = [] }
    if configuration.logProbabilities != nil { result.logProbabilities = Array(repeating: [], count: prompts.count) }
  }

  /// Gives every row a token; nil once all have ended.
  func step() throws(TensorError) -> [Int]? {
    guard reasons.contains(nil) else { return nil }
    var logits = try lastLogits(try batch.advance())
    if result.steps == 0, copies > 1 {
      batch.reorder(prompts)
      logits = logits.repeatInterleave(copies, dim: 0)
    }
    result.steps += 1
    result.logits?.append(logits)
    var tokens = try chooser.choose(logits, text)
    for row in tokens.indices where reasons[row] != nil { tokens[row] = configuration.paddingToken }
    record(tokens)
    batch.append(tokens)
    for row in tokens.indices where reasons[row] == nil {
      result.lengths[row] += 1
      reasons[row] = chooser.advance(row, tokens[row]) ?? stops.reason(text(row))
    }
    return tokens
  }

  /// Why a row has ended; nil while it goes on.
  func finishReason(_ row: Int) -> FinishReason? { reasons[row] }

  /// Ends all rows that have not ended.
  func cancel() { for row in reasons.indices where reasons[row] == nil { reasons[row] = .cancelled } }

  /// Runs to the end.
  func finish() throws(TensorError) -> GenerationOutput {
    while try step() != nil { if Task.isCancelled { cancel() } }
    return output
  }

  /// What was generated up to now.
  var output: GenerationOutput {
    var output = result
    output.sequences = batch.ids
    output.finishReasons = reasons.map { $0 ?? .cancelled }
    return output
  }

  /// The logarithm of the probability of each row's last token, if they are recorded.
  func lastLogProbability(_ row: Int) -> TokenLogProbability? { result.logProbabilities?[row].last }

  private func record(_ tokens: [Int]) {
    if result.scores != nil { result.scores?.append(chooser.scores.tensor()) }
    guard result.logProbabilities != nil else { return }
    for row in tokens.indices where reasons[row] == nil {
      result.logProbabilities?[row].append(chooser.logProbability(tokens[row], row))
    }
  }

  private func text(_ row: Int) -> TextSoFar {
    TextSoFar(ids: batch.ids[row], promptLength: promptLength, padding: padding[row], prompt: prompts[row])
  }
}
