// Processors that take tokens out, or leave only one.

/// Takes tokens out.
struct TokenBan: ScoreProcessor {
  enum Moment: Sendable {
    case always
    /// In texts shorter than that.
    case before(length: Int)
    /// In texts of that length.
    case at(length: Int)
  }

  let tokens: [Int]
  let when: Moment

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    switch when {
    case .before(let length) where text.ids.count >= length: return
    case .at(let length) where text.ids.count != length: return
    default: break
    }
    for token in tokens where scores.indices.contains(token) { scores[token] = -.infinity }
  }
}

/// In a text of `length`, leaves only some tokens.
struct ForcedTokens: ScoreProcessor {
  let tokens: [Int]
  let length: Int

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    guard text.ids.count == length else { return }
    scores.update(repeating: -.infinity)
    for token in tokens where scores.indices.contains(token) { scores[token] = 0 }
  }
}

/// Takes out tokens that would complete a sequence of `size` tokens that the text has already.
struct NgramBan: ScoreProcessor {
  let size: Int

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    text.ids.withUnsafeBufferPointer { ban(size, after: $0, in: $0, scores) }
  }
}

/// Takes out tokens that would complete a sequence of `size` tokens of the source.
struct EncoderNgramBan: ScoreProcessor {
  let size: Int
  let sources: [[Int]]

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    guard sources.indices.contains(text.prompt) else { return }
    text.ids.withUnsafeBufferPointer { ids in
      sources[text.prompt].withUnsafeBufferPointer { ban(size, after: ids, in: $0, scores) }
    }
  }
}

/// Takes out what follows in `source` wherever it has the last `size - 1` tokens of `ids`.
private func ban(
  _ size: Int, after ids: UnsafeBufferPointer<Int>, in source: UnsafeBufferPointer<Int>,
  _ scores: UnsafeMutableBufferPointer<Float>
) {
  let prefix = size - 1
  guard ids.count >= prefix, source.count >= size else { return }
  for start in 0...(source.count - size) {
    var matched = 0
    while matched < prefix, source[start + matched] == ids[ids.count - prefix + matched] { matched += 1 }
    guard matched == prefix else { continue }
    let token = source[start + prefix]
    if scores.indices.contains(token) { scores[token] = -.infinity }
  }
}
