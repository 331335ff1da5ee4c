import CKernels
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// Processors of sampling: which tokens take part.

/// Divides scores.
struct Temperature: ScoreProcessor {
  let temperature: Float

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    for i in scores.indices { scores[i] /= temperature }
  }
}

/// Keeps tokens whose score is not below the `count`th.
struct TopK: ScoreProcessor {
  let count: Int

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    guard count < scores.count else { return }
    let least = kthLargest(UnsafeBufferPointer(scores), count)
    for i in scores.indices where scores[i] < least { scores[i] = -.infinity }
  }
}

/// Keeps the likeliest tokens until their probabilities reach `mass` (Holtzman et al., 2019).
struct TopP: ScoreProcessor {
  let mass: Double
  let kept: Int

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    let best = kept > 1 ? topIndices(UnsafeBufferPointer(scores), kept) : []
    let values = best.map { scores[$0] }
    let limit = Float(1 - mass)
    let first = withProbabilities(scores) { probabilities in
      crossing(UnsafeBufferPointer(scores), probabilities) { $0 > limit }
    }
    let place = first ?? (ck_argmax_f32(scores.baseAddress, scores.count))
    let least = scores[place]
    for i in scores.indices where scores[i] < least || (scores[i] == least && i < place) {
      scores[i] = -.infinity
    }
    for (i, value) in zip(best, values) { scores[i] = value }
  }
}

/// Keeps tokens of at least `part` of the greatest probability (Nguyen et al., 2024).
struct MinP: ScoreProcessor {
  let part: Float
  let kept: Int

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    keepBest(kept, scores) {
      withProbabilities(scores) { probabilities in
        let least = part * ck_reduce_max_f32(probabilities.baseAddress, probabilities.count)
        for i in scores.indices where probabilities[i] < least { scores[i] = -.infinity }
      }
    }
  }
}

/// Keeps tokens whose information is nearest to the expected one, until their probabilities reach `mass` (Meister et al., 2022).
struct TypicalP: ScoreProcessor {
  let mass: Float
  let kept: Int

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: scores.count) { distances in
      withProbabilities(scores) { probabilities in
        ck_log_softmax_f32(distances.baseAddress, scores.baseAddress, 1, scores.count)
        var entropy: Double = 0
        for i in scores.indices where probabilities[i] > 0 { entropy -= Double(distances[i] * probabilities[i]) }
        let expected = Float(entropy)
        for i in scores.indices { distances[i] = abs(-distances[i] - expected) }
        guard let last = crossing(UnsafeBufferPointer(distances), probabilities, where: { $0 >= mass }) else { return }
        let farthest = distances[last]
        if kept > 1 {
          // The nearest stay whatever they are.
          for i in scores.indices { distances[i] = -distances[i] }
          let nearest = topIndices(UnsafeBufferPointer(distances), kept)
          for i in nearest { distances[i] = 0 }
          for i in scores.indices where -distances[i] > farthest { scores[i] = -.infinity }
        } else {
          for i in scores.indices where distances[i] > farthest { scores[i] = -.infinity }
        }
      }
    }
  }
}

/// Keeps tokens of a probability of at least `epsilon` (Hewitt et al., 2022).
struct EpsilonCutoff: ScoreProcessor {
  let epsilon: Float
  let kept: Int

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    withProbabilities(scores) { cut(scores, $0, below: epsilon, kept: kept) }
  }
}

/// Keeps tokens of a probability of at least `epsilon`, or `sqrt(epsilon) exp(-entropy)` where that is less (Hewitt et al., 2022).
struct EtaCutoff: ScoreProcessor {
  let epsilon: Float
  let kept: Int

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    withProbabilities(scores) { probabilities in
      let least = epsilon.squareRoot() * exp(-Float(entropy(probabilities)))
      cut(scores, probabilities, below: min(epsilon, least), kept: kept)
    }
  }
}

/// Keeps the likeliest tokens while their part of the entropy stays below `part` (Potraghloo et al., 2025).
struct TopH: ScoreProcessor {
  let part: Float
  /// More tokens than these do not take part.
  private static let candidates = 100

  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    let best = topIndices(UnsafeBufferPointer(scores), min(Self.candidates, scores.count))
    var kept = best.map { scores[$0] }
    kept.withUnsafeMutableBufferPointer { top in
      withProbabilities(top) { probabilities in
        let most = part * Float(entropy(probabilities))
        scores.update(repeating: -.infinity)
        var sum: Float = 0
        for (rank, token) in best.enumerated() {
          let p = probabilities[rank]
          if p > 0 { sum -= p * log(p) }
          if rank == 0 || sum <= most { scores[token] = top[rank] }
        }
      }
    }
  }
}

/// Makes logarithms of probabilities.
struct Renormalisation: ScoreProcessor {
  func process(_ scores: UnsafeMutableBufferPointer<Float>, _ text: TextSoFar) {
    ck_log_softmax_f32(scores.baseAddress, scores.baseAddress, 1, scores.count)
  }
}

private func entropy(_ probabilities: UnsafeBufferPointer<Float>) -> Double {
  var sum = 0.0
  for p in probabilities where p > 0 { sum -= Double(p * log(p)) }
  return sum
}

/// Takes out what is less likely than `least`, but for the scores that are not below the `kept`th.
private func cut(
  _ scores: UnsafeMutableBufferPointer<Float>, _ probabilities: UnsafeBufferPointer<Float>, below least: Float,
  kept: Int
) {
  let bound = kthLargest(UnsafeBufferPointer(scores), min(kept, scores.count))
  for i in scores.indices where probabilities[i] < least && scores[i] < bound { scores[i] = -.infinity }
}

/// Runs `body`, which takes scores out, and puts the `kept` best ones back.
private func keepBest(_ kept: Int, _ scores: UnsafeMutableBufferPointer<Float>, _ body: () -> Void) {
  let best = topIndices(UnsafeBufferPointer(scores), min(kept, scores.count))
  let values = best.map { scores[$0] }
  body()
  for (i, value) in zip(best, values) { scores[i] = value }
}
