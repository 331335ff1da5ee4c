import ApusCore

/// A piece of what is said, and when: seconds from the beginning.
public struct SpeechSegment: Sendable, Hashable {
  /// Where it starts, in seconds.
  public var start: Double
  /// Where it ends, in seconds.
  public var end: Double
  /// What is said.
  public var text: String
}

extension SpeechTranscriber {
  /// What is said in samples of one channel at the model's rate, with times: windows of 30 seconds, each of which begins where the
  /// last whole sentence of the one before ends (Radford et al. 2022, section 3.8).
  /// - Parameters:
  ///   - language: a code such as "en"; models of many languages find it out if nil.
  ///   - translates: whether models of many languages write English, whatever is spoken.
  ///   - onSegment: called with each piece; returning false ends it there.
  /// - Throws: `TensorError` where a token that the model needs is not in the vocabulary.
  public func segments(
    _ samples: [Float], language: String? = nil, translates: Bool = false,
    onSegment: (SpeechSegment) -> Bool = { _ in true }
  ) throws -> [SpeechSegment] {
    let rules = TimestampRules(none: try number("<|notimestamps|>"), end: try number("<|endoftext|>"))
    guard !samples.isEmpty else { return [] }
    let size = extractor.frameCount
    let step = max(1, size / max(1, model.configuration["max_source_positions"]?.int ?? 1500))
    let seconds = Double(extractor.sampleCount) / Double(max(1, size)) / Double(extractor.samplingRate)
    let isLong = samples.count > extractor.sampleCount
    // Loudness counts relative to the loudest place of the whole sound.
    let features = try withErrors { try isLong ? extractor.levels(samples) : extractor(Tensor(samples)).squeeze(0) }
    let frames = isLong ? features.size(1) : extractor.frames(of: samples.count)
    var found: [SpeechSegment] = []
    var opening: [Int]?
    var start = 0
    while start < frames {
      let tokens = try withErrors {
        try noGrad {
          var window = features.narrow(1, start, min(size, features.size(1) - start))
          if window.size(1) < size { window = window.pad([0, size - window.size(1)]) }
          window = window.unsqueeze(0)
          let prompt = try opening ?? self.opening(window, language, translates)
          opening = prompt
          return try self.tokens(window, prompt, rules)
        }
      }
      let count = min(size, frames - start)
      let (pieces, seen) = Self.pieces(tokens, rules, length: (count + step - 1) / step)
      for piece in pieces {
        let text = try tokenizer.decode(piece.tokens, skipsSpecialTokens: true)
        guard !text.allSatisfy(\.isWhitespace) else { continue }
        let segment = SpeechSegment(
          start: Double(start + piece.start * step) * seconds, end: Double(start + piece.end * step) * seconds,
          text: text)
        found.append(segment)
        if !onSegment(segment) { return found }
      }
      start += min(seen * step, count)
    }
    return found
  }

  /// Divides tokens at pairs of times: tokens of text with the steps where they start and end, and how many steps are done with.
  /// What follows the last pair is heard again in the next window.
  package static func pieces(
    _ tokens: [Int], _ rules: TimestampRules, length: Int
  ) -> (pieces: [(start: Int, end: Int, tokens: [Int])], seen: Int) {
    let length = max(1, length)
    let tokens = tokens.filter { $0 != rules.end }
    func step(_ token: Int) -> Int { min(max(0, token - rules.first), length) }
    let isTime = tokens.map { $0 >= rules.first }
    var cuts = tokens.indices.dropFirst().filter { isTime[$0 - 1] && isTime[$0] }
    guard !cuts.isEmpty else {
      let last = tokens.last { $0 > rules.first }.map(step) ?? length
      return ([(0, last, tokens.filter { $0 < rules.end })], length)
    }
    // One time alone at the end: nothing is said behind it.
    let isWhole = tokens.count >= 2 && isTime[tokens.count - 1] && !isTime[tokens.count - 2]
    if isWhole { cuts.append(tokens.count) }
    var pieces: [(start: Int, end: Int, tokens: [Int])] = []
    var from = 0
    for cut in cuts {
      let part = tokens[from..<cut]
      if let first = part.first, let last = part.last {
        pieces.append((step(first), step(last), part.filter { $0 < rules.end }))
      }
      from = cut
    }
    let seen = isWhole ? length : step(tokens[from - 1])
    return (pieces, seen > 0 ? seen : length)
  }
}
