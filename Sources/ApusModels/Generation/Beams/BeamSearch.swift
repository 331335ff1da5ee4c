import ApusCore
import CKernels

/// A beam search: for each prompt the likeliest few texts are followed, and the best finished ones kept (Graves, 2012; the
/// bookkeeping is that of Hugging Face's `generate`). With sampling, continuations are drawn.
final class BeamSearch {
  private let batch: DecodingBatch
  private let configuration: GenerationConfiguration
  private let chooser: TokenChooser
  private let stops: StopRules
  private let promptLength: Int
  private let padding: [Int]
  private let beams: Int
  /// So many continuations are looked at that enough of them go on, whatever ends.
  private let candidates: Int
  private var searches: [PromptSearch]
  private var steps = 0

  init(
    _ model: any GenerativeModel, _ inputs: ModelInputs, _ configuration: GenerationConfiguration,
    _ extras: GenerationExtras
  ) throws(TensorError) {
    self.configuration = configuration
    let prompt = try GenerationPrompt(inputs, isEncoderDecoder: model.isEncoderDecoder, configuration)
    promptLength = prompt.ids[0].count
    try configuration.check(promptLength: promptLength)
    padding = prompt.padding
    beams = configuration.numBeams
    candidates = max(2, 1 + configuration.eosTokenIds.count) * beams
    batch = DecodingBatch(
      model, prompt, configuration, capacity: configuration.finalLength(promptLength: promptLength))
    stops = StopRules(configuration, promptLength: promptLength, extras.stopping)
    chooser = TokenChooser(
      configuration, extras, promptLength: promptLength, sources: prompt.sources, rows: prompt.ids.count * beams)
    searches = Array(repeating: PromptSearch(beams: beams, configuration), count: prompt.ids.count)
  }

  /// Runs to the end.
  func finish() throws(TensorError) -> GenerationOutput {
    while try step() {}
    return output
  }

  /// One token for every beam; false once nothing better can come.
  private func step() throws(TensorError) -> Bool {
    var logits = try lastLogits(try batch.advance())
    if steps == 0 {
      // All beams of a prompt begin alike.
      batch.reorder(searches.indices.flatMap { Array(repeating: $0, count: beams) })
      logits = logits.repeatInterleave(beams, dim: 0)
    }
    steps += 1
    try chooser.process(logits, logProbabilities: true, text)
    var parents: [Int] = []
    var tokens: [Int] = []
    var canGoOn = false
    for index in searches.indices {
      let found = continuations(index)
      let ended = found.map { stops.reason(text(index, $0)) }
      if ended.contains(where: { $0 == nil }) { canGoOn = true }
      let texts = Array(batch.ids[index * beams..<(index + 1) * beams])
      searches[index].finish(texts, found, ended, length: steps)
      let running = searches[index].goOn(found, ended)
      parents += running.map { index * beams + $0.beam }
      tokens += running.map(\.token)
    }
    batch.reorder(parents)
    batch.append(tokens)
    chooser.reorder(parents)
    for (row, token) in tokens.enumerated() { _ = chooser.advance(row, token) }
    let limit = configuration.finalLength(promptLength: promptLength) - promptLength
    for index in searches.indices { searches[index].checkHope(length: steps, limit: limit) }
    let isFull = configuration.earlyStopping == .whenFull && searches.allSatisfy(\.isFull)
    return canGoOn && !isFull && searches.contains(where: \.hasHope) && !Task.isCancelled
  }

  /// The best continuations of all beams of a prompt, or drawn ones; the best first.
  private func continuations(_ index: Int) -> [Continuation] {
    let vocabulary = chooser.scores.vocabulary
    let running = searches[index].running
    if configuration.doSample { return drawn(index, running) }
    var best = LargestFew(count: min(candidates, beams * vocabulary))
    for (beam, score) in running.enumerated() {
      best.add(
        UnsafeBufferPointer(chooser.scores[index * beams + beam]), offset: score, indexOffset: beam * vocabulary)
    }
    return best.ranked.map { Continuation(score: $0.value, beam: $0.index / vocabulary, token: $0.index % vocabulary) }
  }

  private func drawn(_ index: Int, _ scores: [Float]) -> [Continuation] {
    let vocabulary = chooser.scores.vocabulary
    let count = beams * vocabulary
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { memory in
      let sums = UnsafeMutableBufferPointer(rebasing: memory[..<count])
      let weights = UnsafeMutableBufferPointer(rebasing: memory[count...])
      for (beam, score) in scores.enumerated() {
        let row = chooser.scores[index * beams + beam]
        for i in row.indices { sums[beam * vocabulary + i] = row[i] + score }
      }
      ck_softmax_f32(weights.baseAddress, sums.baseAddress, 1, count)
      return chooser.drawPlaces(weights, min(candidates, count))
        .map { Continuation(score: sums[$0], beam: $0 / vocabulary, token: $0 % vocabulary) }
        .sorted { $0.score > $1.score }
    }
  }

  private func text(_ row: Int) -> TextSoFar {
    let prompt = row / beams
    return TextSoFar(ids: batch.ids[row], promptLength: promptLength, padding: padding[prompt], prompt: prompt)
  }

  private func text(_ index: Int, _ continuation: Continuation) -> TextSoFar {
    var text = text(index * beams + continuation.beam)
    text.ids.append(continuation.token)
    return text
  }

  private var output: GenerationOutput {
    let best = searches.flatMap { $0.finished.prefix(configuration.numReturnSequences) }
    let length = best.map(\.ids.count).max() ?? promptLength
    let pad = configuration.padTokenId ?? 0
    // The library takes a padding token of 0 for none.
    let filler = configuration.eosTokenIds.isEmpty || pad > 0 ? pad : configuration.eosTokenIds[0]
    var output = GenerationOutput(
      sequences: best.map { $0.ids + Array(repeating: filler, count: length - $0.ids.count) },
      promptLength: promptLength, finishReasons: best.map(\.reason))
    output.lengths = best.map(\.ids.count)
    output.sequencesScores = best.map(\.score)
    output.steps = steps
    return output
  }
}

/// A token behind one of a prompt's beams.
struct Continuation {
  /// The sum of logarithms of probabilities.
  var score: Float
  var beam: Int
  var token: Int
}
