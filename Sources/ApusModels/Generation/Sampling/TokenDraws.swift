import ApusCore
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import CKernels

extension Generator {
  /// Draws a token from each row of `scores`, `[rows, vocabulary]`, with the probabilities of its softmax: PyTorch's
  /// `multinomial(softmax(scores), 1)`, which divides each probability by an exponential number and takes the greatest.
  ///
  /// Every score costs one draw, as in PyTorch, but only tokens that can still win cost a logarithm.
  func drawTokens(_ scores: UnsafeMutableBufferPointer<Float>, rows: Int) -> [Int] {
    let count = rows > 0 ? scores.count / rows : 0
    guard count > 0, let start = scores.baseAddress else { return [] }
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { probabilities in
      (0..<rows).map { row in
        ck_softmax_f32(probabilities.baseAddress, start + row * count, 1, count)
        return withExponentials(count) { words in race(probabilities, words) }
      }
    }
  }

  /// The places of `count` different numbers of `weights`, drawn with these as probabilities: PyTorch's `multinomial`
  /// without replacement.
  func drawPlaces(_ weights: UnsafeMutableBufferPointer<Float>, _ count: Int) -> [Int] {
    withExponentials(weights.count) { words in
      for i in weights.indices { weights[i] /= words.exponential(i) }
      return topIndices(UnsafeBufferPointer(weights), count)
    }
  }

  /// The place of the greatest quotient.
  private func race(_ probabilities: UnsafeMutableBufferPointer<Float>, _ draws: ExponentialDraws) -> Int {
    var best = 0
    var most: Float = -1
    for i in probabilities.indices where probabilities[i] > 0 {
      // An exponential number is no less than the uniform one that it is made of: most tokens cost no logarithm.
      if probabilities[i] / draws.uniform(i) <= most { continue }
      let quotient = probabilities[i] / draws.exponential(i)
      if quotient > most { (best, most) = (i, quotient) }
    }
    return best
  }

  /// Takes the words of `count` numbers from the stream.
  private func withExponentials<Result: Sendable>(_ count: Int, _ body: (ExponentialDraws) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * count) { words in
      if let start = words.baseAddress {
        withEngine { $0.fill(start, count: 2 * count) }
      }
      return body(ExponentialDraws(words: UnsafePointer(words.baseAddress)))
    }
  }

  /// A uniform number in [0, 1), PyTorch's `rand` in float32.
  func uniform() -> Float { withEngine { $0.uniformFloat() } }
}

/// Exponential numbers of rate 1 as PyTorch draws them, made from their words when they are asked for.
private struct ExponentialDraws {
  let words: UnsafePointer<UInt32>?

  @inline(__always)
  func exponential(_ i: Int) -> Float { words == nil ? 1 : Float(-log1p(-number(i))) }

  /// The uniform number that ``exponential(_:)`` is made of, rounded.
  @inline(__always)
  func uniform(_ i: Int) -> Float { Float(number(i)) }

  /// Of 53 bits, in [0, 1).
  @inline(__always)
  private func number(_ i: Int) -> Double {
    guard let words else { return 0 }
    let bits = UInt64(words[2 * i]) << 32 | UInt64(words[2 * i + 1])
    return Double(bits & (1 << 53 - 1)) * 0x1p-53
  }
}
