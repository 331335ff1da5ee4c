#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What Whisper may write when it tells times: a first one, pairs around what is said, never back in time; and a time where all
/// times together are likelier than any other token (Radford et al. 2022; `WhisperTimeStampLogitsProcessor`).
public struct TimestampRules: ScoreProcessor {
  /// The token of 0 seconds; later ones follow it.
  public let first: Int
  /// The token that ends a text; tokens below it are text.
  public let end: Int
  /// The token that says that there are no times.
  public let none: Int
  /// How many steps of 0.02 seconds the first time may be away from 0.
  public let latestStart: Int?

  /// - Parameters:
  ///   - none: the token that says that there are no times, in front of that of 0 seconds.
  ///   - end: the token that ends a text.
  ///   - latestStart: how many steps of 0.02 seconds the first time may be away from 0.
  public init(none: Int, end: Int, latestStart: Int? = 50) {
    (self.none, self.end, self.latestStart) = (none, end, latestStart)
    first = none + 1
  }

  public func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    guard (0..<scores.count).contains(first), (0..<scores.count).contains(end) else { return }
    let written = text.ids.dropFirst(text.promptLength)
    forbid(scores, none..<first)
    let isTime = written.last.map { $0 >= first } ?? false
    let wasTime = written.count < 2 || written[written.endIndex - 2] >= first
    if isTime {
      // The first of a pair is followed by text, the second one by another pair or the end.
      forbid(scores, wasTime ? first..<scores.count : 0..<end)
    }
    if let last = written.last(where: { $0 >= first }) {
      forbid(scores, first..<min(scores.count, isTime && !wasTime ? last : last + 1))
    }
    if written.isEmpty {
      forbid(scores, 0..<first)
      if let latestStart, first + latestStart + 1 < scores.count {
        forbid(scores, first + latestStart + 1..<scores.count)
      }
    }
    let highest = scores[first...].max() ?? -.infinity
    guard highest > -.infinity else { return }
    var sum: Float = 0
    for score in scores[first...] { sum += expf(score - highest) }
    if highest + logf(sum) > scores[..<first].max() ?? -.infinity { forbid(scores, 0..<first) }
  }

  private func forbid(_ scores: UnsafeMutableBufferPointer<Float>, _ tokens: Range<Int>) {
    for token in tokens { scores[token] = -.infinity }
  }
}
