#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// Processors that move scores up and down.

/// Sets the scores of `tokens`, each once however often it is named, to what `change` makes of them.
private func changeOnce(
  _ tokens: some Sequence<Int>, _ scores: UnsafeMutableBufferPointer<Float>, _ change: (Float) -> Float
) {
  // Of all tokens first: one that is named twice is read before it is changed.
  let changed = tokens.map { scores.indices.contains($0) ? change(scores[$0]) : 0 }
  for (token, score) in zip(tokens, changed) where scores.indices.contains(token) { scores[token] = score }
}

/// Adds to the last token of a sequence whose other tokens stand at the end of the text.
struct SequenceBiases: ScoreProcessor {
  private let single: [(token: Int, bias: Float)]
  private let longer: [GenerationConfiguration.SequenceBias]

  init(_ biases: [GenerationConfiguration.SequenceBias]) {
    // Of equal sequences the last one counts.
    var last: [[Int]: Float] = [:]
    for bias in biases { last[bias.ids] = bias.bias }
    single = last.filter { $0.key.count == 1 }.map { ($0.key[0], $0.value) }.sorted { $0.token < $1.token }
    longer = last.filter { $0.key.count > 1 }.map { .init($0.key, $0.value) }
      .sorted { $0.ids.lexicographicallyPrecedes($1.ids) }
  }

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    var sums: [Int: Float] = [:]
    for (token, bias) in single { sums[token, default: 0] += bias }
    for sequence in longer where text.ids.count >= sequence.ids.count - 1 {
      guard text.ids.suffix(sequence.ids.count - 1).elementsEqual(sequence.ids.dropLast()) else { continue }
      sums[sequence.ids[sequence.ids.count - 1], default: 0] += sequence.bias
    }
    for (token, bias) in sums where token < scores.count { scores[token] += bias }
  }
}

/// Scores of tokens in the text come nearer to those of unlikely tokens (Keskar et al., 2019). Padding does not count.
struct RepetitionPenalty: ScoreProcessor {
  let penalty: Double

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    let penalty = Float(penalty)
    changeOnce(text.ids.dropFirst(text.padding), scores) { $0 < 0 ? $0 * penalty : $0 / penalty }
  }
}

/// Scores of tokens of the source come away from those of unlikely tokens.
struct EncoderRepetitionPenalty: ScoreProcessor {
  let penalty: Double
  let sources: [[Int]]

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    guard sources.indices.contains(text.prompt) else { return }
    let penalty = Float(penalty)
    changeOnce(sources[text.prompt], scores) { $0 < 0 ? $0 * penalty : $0 / penalty }
  }
}

/// Subtracts from generated tokens, once and for each time: `score - presence [count > 0] - frequency count`.
struct CountPenalty: ScoreProcessor {
  let presence: Float
  let frequency: Float

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    let generated = text.ids.dropFirst(text.promptLength)
    for token in generated where scores.indices.contains(token) { scores[token] -= frequency }
    changeOnce(generated, scores) { $0 - presence }
  }
}

/// The end becomes likelier the longer a text is: `|score| (factor^n - 1)` is added after the first `start` tokens.
struct EndDecay: ScoreProcessor {
  let start: Int
  let factor: Double
  let tokens: [Int]

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    guard text.ids.count > start else { return }
    let growth = Float(pow(factor, Double(text.ids.count - start)) - 1)
    changeOnce(tokens, scores) { $0.isFinite ? $0 + abs($0) * growth : $0 }
  }
}

/// Replaces what is no number by 0, and infinities by the greatest and smallest numbers.
struct InvalidValues: ScoreProcessor {
  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    for i in scores.indices where !scores[i].isFinite {
      scores[i] =
        scores[i].isNaN ? 0 : scores[i] > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude
    }
  }
}
