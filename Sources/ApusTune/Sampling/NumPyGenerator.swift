import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

func logarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }

/// The draws of NumPy's `RandomState`: the mt19937 engine seeded by one word.
package final class NumPyGenerator: Sendable {
  private let engine: Generator
  /// The second normal of the last pair.
  private let spare = Lock<Double?>(nil)

  /// - Parameter seed: nil for one of the system's.
  package init(seed: UInt32?) {
    engine = Generator(seed: UInt64(seed ?? UInt32.random(in: 0...UInt32.max)))
  }

  /// 32 random bits.
  func word() -> UInt32 { engine.random() }

  /// A number in [0, 1) of 53 bits: 27 of one word and 26 of the next.
  package func uniform() -> Double {
    let high = Double(engine.random() >> 5)
    let low = Double(engine.random() >> 6)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /// A number from `low` to `high`.
  func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  /// A number of the standard normal distribution, by Marsaglia's polar method.
  package func normal() -> Double {
    spare.withLock { spare in
      if let value = spare {
        spare = nil
        return value
      }
      while true {
        let x = 2 * uniform() - 1
        let y = 2 * uniform() - 1
        let square = x * x + y * y
        guard square < 1, square != 0 else { continue }
        let factor = (-2 * log(square) / square).squareRoot()
        spare = factor * x
        return factor * y
      }
    }
  }

  /// A whole number from 0 to `most`: words masked to its bits, the first that is not larger.
  func integer(upTo most: UInt32) -> UInt32 {
    guard most > 0 else { return 0 }
    let mask = UInt32.max >> UInt32(most.leadingZeroBitCount)
    while true {
      let value = engine.random() & mask
      if value <= most { return value }
    }
  }

  /// Puts the items into a random order (`RandomState.shuffle`).
  func shuffle<Item>(_ items: inout [Item]) {
    guard items.count > 1 else { return }
    for i in stride(from: items.count - 1, to: 0, by: -1) {
      items.swapAt(i, Int(integer(upTo: UInt32(i))))
    }
  }

  /// A position drawn by cumulated probabilities that end at 1 (`RandomState.choice` with `p`).
  func position(cumulated: [Double]) -> Int {
    let drawn = uniform()
    // The first entry above the number.
    var low = 0
    var high = cumulated.count
    while low < high {
      let middle = (low + high) / 2
      if cumulated[middle] <= drawn { low = middle + 1 } else { high = middle }
    }
    return min(low, cumulated.count - 1)
  }
}
