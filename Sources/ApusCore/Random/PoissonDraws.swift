#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Generator {
  /// Fills `count` elements with counts of the Poisson distributions whose means `rate` gives.
  package func fillPoisson(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, rate: (Int) -> Double
  ) throws {
    // The first index with a bad rate: its draw is not taken.
    let bad: Int? = withEngine { engine in
      var index = 0
      var bad: Int?
      engine.drawEach(out, count, dtype) { engine -> Double in
        defer { index += 1 }
        let mean = rate(index)
        guard mean >= 0, bad == nil else {
          bad = bad ?? index
          return 0
        }
        return engine.poisson(mean)
      }
      return bad
    }
    if let bad {
      throw TensorError(.value, "poisson", "expected rates of at least 0, got \(rate(bad)) at flat index \(bad)")
    }
  }
}

extension MersenneTwister {
  /// One count of the Poisson distribution of that mean: Knuth's product of uniform numbers below 10, from there on
  /// Hörmann's transformed rejection with a squeeze (1993).
  fileprivate mutating func poisson(_ mean: Double) -> Double {
    if mean == 0 { return 0 }
    if mean < 10 {
      let limit = exp(-mean)
      var count = 0.0
      var product = uniform()
      while product > limit {
        count += 1
        product *= uniform()
      }
      return count
    }
    let root = mean.squareRoot()
    let logMean = log(mean)
    let b = 0.931 + 2.53 * root
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let squeeze = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let us = 0.5 - abs(u)
      let count = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07, v <= squeeze { return count }
      if count < 0 || (us < 0.013 && v > us) { continue }
      let accepted = log(v) + log(inverseAlpha) - log(a / (us * us) + b)
      if accepted <= -mean + count * logMean - lgamma(count + 1) { return count }
    }
  }
}
