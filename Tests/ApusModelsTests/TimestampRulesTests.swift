import ApusModels
import Testing

/// A vocabulary of four words, the end, a token for no times and five times.
@Suite struct TimestampRulesTests {
  private let rules = TimestampRules(none: 5, end: 4, latestStart: 2)

  private func allowed(behind written: [Int], _ scores: [Float] = [Float](repeating: 0, count: 11)) -> [Int] {
    var scores = scores
    scores.withUnsafeMutableBufferPointer { rules.process($0, TextSoFar(ids: [9] + written, promptLength: 1)) }
    return scores.indices.filter { scores[$0] > -.infinity }
  }

  @Test func timesComeInPairsAndNeverGoBack() {
    #expect(allowed(behind: []) == [6, 7, 8])
    // Words where they are likelier than all times together.
    var scores = [Float](repeating: 0, count: 11)
    scores[1] = 9
    #expect(allowed(behind: [7], scores) == [0, 1, 2, 3, 4])
    #expect(allowed(behind: [7, 1], scores) == [0, 1, 2, 3, 4, 8, 9, 10])
    #expect(allowed(behind: [7, 1, 9], scores) == [9, 10])
    #expect(allowed(behind: [7, 1, 9, 9], scores) == [0, 1, 2, 3, 4])
  }

  @Test func whatFollowsTheLastPairIsHeardAgain() {
    let (pieces, seen) = SpeechTranscriber.pieces([6, 1, 2, 8, 8, 3, 9, 9, 1], rules, length: 100)
    #expect(pieces.map(\.tokens) == [[1, 2], [3]])
    #expect(pieces.map(\.start) == [0, 2] && pieces.map(\.end) == [2, 3])
    #expect(seen == 3)
    #expect(SpeechTranscriber.pieces([6, 1, 8, 8, 3, 9, 4], rules, length: 100).seen == 100)
    #expect(SpeechTranscriber.pieces([6, 1], rules, length: 7).seen == 7)
  }
}
