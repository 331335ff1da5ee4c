#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The beams of one prompt: those that go on, and the best finished texts.
struct PromptSearch {
  /// A finished text.
  struct Finished {
    var ids: [Int]
    /// The sum divided by a power of the length.
    var score: Float
    var reason: FinishReason
  }

  /// The sums of logarithms of probabilities of the texts under way.
  private(set) var running: [Float]
  private(set) var finished: [Finished] = []
  /// Whether a text under way may still be better than the finished ones.
  private(set) var hasHope = true
  private let beams: Int
  private let lengthPenalty: Double
  private let earlyStopping: GenerationConfiguration.EarlyStopping
  /// What cannot be chosen.
  private static let never: Float = -1e9

  init(beams: Int, _ configuration: GenerationConfiguration) {
    self.beams = beams
    lengthPenalty = configuration.lengthPenalty
    earlyStopping = configuration.earlyStopping
    // All beams begin alike: only the first counts in the first step.
    running = (0..<beams).map { $0 == 0 ? 0 : Self.never }
  }

  /// Whether there are as many finished texts as beams.
  var isFull: Bool { finished.count == beams }

  /// Takes finished ones among the best continuations of `texts`, of `length` new tokens, where they are better than those there
  /// are.
  mutating func finish(_ texts: [[Int]], _ found: [Continuation], _ ended: [FinishReason?], length: Int) {
    if !hasHope || (isFull && earlyStopping == .whenFull) { return }
    for (continuation, reason) in zip(found, ended).prefix(beams) {
      guard let reason else { continue }
      let score = continuation.score / Float(pow(Double(length), lengthPenalty))
      guard score > Self.never else { continue }
      finished.append(
        Finished(ids: texts[continuation.beam] + [continuation.token], score: score, reason: reason))
    }
    // Stable: of equal scores the earlier text stays.
    finished = finished.enumerated()
      .sorted { $0.element.score > $1.element.score || ($0.element.score == $1.element.score && $0.offset < $1.offset) }
      .prefix(beams).map(\.element)
  }

  /// Goes on with the best continuations that have not ended.
  mutating func goOn(_ found: [Continuation], _ ended: [FinishReason?]) -> [Continuation] {
    var open = zip(found, ended).filter { $0.1 == nil }.map(\.0)
    // At the greatest length all have ended; rows stay as many as they are.
    for (continuation, reason) in zip(found, ended) where open.count < beams && reason != nil {
      open.append(
        Continuation(score: continuation.score + Self.never, beam: continuation.beam, token: continuation.token))
    }
    let next = Array(open.prefix(beams))
    running = next.map(\.score)
    return next
  }

  /// Whether the best text under way, of `length` new tokens, could be better than the worst finished one.
  mutating func checkHope(length: Int, limit: Int) {
    guard hasHope, isFull, let worst = finished.last, let best = running.first else { return }
    let reached = earlyStopping == .never && lengthPenalty > 0 ? limit : length
    hasHope = best / Float(pow(Double(reached), lengthPenalty)) > worst.score
  }
}
