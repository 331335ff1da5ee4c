#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A Halton sequence: number `d` of a point is its index in the base of the d-th prime with the digits behind the point in reversed
/// order (Halton, On the efficiency of certain quasi-random sequences of points in evaluating multi-dimensional integrals, 1960).
///
/// Scrambled by a permutation for each digit (Owen, A randomized Halton algorithm in R, 2017), drawn as `scipy.stats.qmc.Halton`
/// draws them: the same seed gives the same points.
package struct HaltonSequence: Sendable {
  package let bases: [Int]
  /// Of each base the permutations of the first digits; nil where they are not scrambled.
  package let permutations: [[[Int]]]?

  /// - Parameter seed: of the scrambling; nil for none.
  package init(dimensions: Int, seed: UInt64? = nil) {
    bases = Self.primes(dimensions)
    guard let seed else {
      permutations = nil
      return
    }
    var generator = PermutedCongruential(seed: seed)
    permutations = bases.map { base in
      (0..<Int((54 / log2(Double(base))).rounded(.up)) - 1).map { _ in
        var digits = Array(0..<base)
        generator.shuffle(&digits)
        return digits
      }
    }
  }

  package var dimensions: Int { bases.count }

  package func point(_ index: Int) -> [Double] {
    bases.indices.map { d in
      let base = bases[d]
      var left = index
      var weight = 1 / Double(base)
      var value = 0.0
      if let permutations {
        for permutation in permutations[d] {
          value += Double(permutation[left % base]) * weight
          weight /= Double(base)
          left /= base
        }
      } else {
        while left > 0 {
          value += Double(left % base) * weight
          weight /= Double(base)
          left /= base
        }
      }
      return value
    }
  }

  private static func primes(_ count: Int) -> [Int] {
    var found: [Int] = []
    var candidate = 2
    while found.count < count {
      if found.prefix(while: { $0 * $0 <= candidate }).allSatisfy({ candidate % $0 != 0 }) { found.append(candidate) }
      candidate += 1
    }
    return found
  }
}
