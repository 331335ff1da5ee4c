import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Draws that PyTorch takes one by one in double precision: a 64-bit draw each, cast to the element type at the end.
extension Generator {
  /// Fills `count` elements with 1 at probability `p` and 0 else, as `bernoulli_(p)` and the mask of dropout.
  package func fillBernoulli(_ out: UnsafeMutableRawPointer, count: Int, dtype: DType, p: Double) throws {
    try dtype.requireRealNumbers("bernoulli_")
    guard p >= 0, p <= 1 else {
      throw TensorError(.value, "bernoulli_", "expected a probability from 0 to 1, got \(p)")
    }
    // A uniform m / 2^53 is below p exactly if the integer m is below p 2^53 rounded up.
    let threshold = UInt64((p * 0x1p53).rounded(.up))
    withEngine { engine in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: MersenneTwister.chunkWords) { coins in
        guard let coins = coins.baseAddress else { return }
        engine.forEachChunk(count: count, wordsPerItem: 2) { words, start, items in
          ck_coin_u8(words, coins, items, threshold)
          dtype.store(coins, count: items, to: out, at: start)
        }
      }
    }
  }

  /// The coins of ``fillBernoulli(_:count:dtype:p:)`` for `matrices` matrices `[rows, columns]`, as bits: a 16-bit word
  /// `[rows / 16, columns]` for each 16 rows.
  package func fillCoinPanels(
    _ out: UnsafeMutableRawPointer, matrices: Int, rows: Int, columns: Int, p: Double
  ) throws {
    guard p >= 0, p <= 1 else {
      throw TensorError(.value, "bernoulli_", "expected a probability from 0 to 1, got \(p)")
    }
    let threshold = UInt64((p * 0x1p53).rounded(.up))
    let words = matrices * ((rows + 15) / 16) * columns
    let panels = out.assumingMemoryBound(to: UInt16.self)
    panels.update(repeating: 0, count: words)
    withEngine { engine in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: MersenneTwister.chunkWords) { coins in
        guard let coins = coins.baseAddress else { return }
        engine.forEachChunk(count: matrices * rows * columns, wordsPerItem: 2) { words, start, items in
          ck_coin_u8(words, coins, items, threshold)
          ck_coin_panels(coins, panels, start, items, rows, columns)
        }
      }
    }
  }

  /// Fills `count` elements with 1 at probability `probability(index)`, as `torch.bernoulli(p)`.
  ///
  /// float64 probabilities take a 64-bit draw each, all others a 24-bit one compared in float32.
  package func fillBernoulli(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, probabilityDType: DType,
    probability: (Int) -> Double
  ) throws {
    try probabilityDType.requireFloatingPoint("bernoulli")
    let isWide = probabilityDType == .float64
    // The first index with a bad probability: its draw is not taken.
    let bad: Int? = withEngine { engine in
      var index = 0
      var bad: Int?
      engine.drawEach(out, count, dtype) { engine -> Int64 in
        defer { index += 1 }
        let p = probability(index)
        guard p >= 0, p <= 1, bad == nil else {
          bad = bad ?? index
          return 0
        }
        return (isWide ? engine.uniform() < p : engine.uniformFloat() < Float(p)) ? 1 : 0
      }
      return bad
    }
    if let bad {
      throw TensorError(
        .value, "bernoulli", "expected probabilities from 0 to 1, got \(probability(bad)) at flat index \(bad)")
    }
  }

  /// Fills with exponential numbers of rate `lambda`, as `exponential_`: -log(1 - u) / lambda.
  package func fillExponential(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, lambda: Double = 1
  ) throws {
    try dtype.requireFloatingPoint("exponential_")
    guard lambda > 0 else {
      throw TensorError(.value, "exponential_", "expected a rate lambda greater than 0, got \(lambda)")
    }
    drawEach(out, count, dtype) { $0.exponential(lambda: lambda) }
  }

  /// Fills with the number of the first success at probability `p`, as `geometric_`: ceil(log u / log(1 - p)).
  package func fillGeometric(_ out: UnsafeMutableRawPointer, count: Int, dtype: DType, p: Double) throws {
    try dtype.requireRealNumbers("geometric_")
    guard p > 0, p < 1 else {
      throw TensorError(.value, "geometric_", "expected a probability between 0 and 1, got \(p)")
    }
    guard dtype != .bool else {
      throw TensorError(.dtype, "geometric_", "expected a number type, got bool: draw int64 and convert")
    }
    let scale = log1p(-p)
    drawEach(out, count, dtype) { (log($0.uniform()) / scale).rounded(.up) }
  }

  /// Fills with log-normal numbers, as `log_normal_`: exp of normals with `mean` and `std`.
  package func fillLogNormal(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, mean: Double = 1, std: Double = 2
  ) throws {
    try dtype.requireFloatingPoint("log_normal_")
    guard std > 0 else {
      throw TensorError(.value, "log_normal_", "expected a standard deviation greater than 0, got \(std)")
    }
    drawEach(out, count, dtype) { exp($0.normal(mean: mean, std: std)) }
  }

  /// Fills with Cauchy numbers, as `cauchy_`: median + sigma tan(pi (u - 1/2)).
  package func fillCauchy(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, median: Double = 0, sigma: Double = 1
  ) throws {
    try dtype.requireFloatingPoint("cauchy_")
    guard sigma > 0 else {
      throw TensorError(.value, "cauchy_", "expected a sigma greater than 0, got \(sigma)")
    }
    drawEach(out, count, dtype) { median.addingProduct(sigma, tan(Double.pi * ($0.uniform() - 0.5))) }
  }

  @inline(__always)
  private func drawEach(
    _ out: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType,
    _ draw: (inout MersenneTwister) -> Double
  ) {
    withEngine { engine in engine.drawEach(out, count, dtype, draw) }
  }
}

extension MersenneTwister {
  /// Draws `count` values in order and casts them to `dtype`, a run at a time.
  @inline(__always)
  mutating func drawEach<Value: DrawnValue>(
    _ out: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType, _ draw: (inout MersenneTwister) -> Value
  ) {
    let run = 1024
    withUnsafeTemporaryAllocation(of: Value.self, capacity: run) { values in
      guard let values = values.baseAddress else { return }
      var start = 0
      while start < count {
        let items = min(run, count - start)
        for i in 0..<items { values[i] = draw(&self) }
        dtype.store(values, count: items, to: out, at: start)
        start += items
      }
    }
  }

  /// One exponential number of rate `lambda`.
  package mutating func exponential(lambda: Double = 1) -> Double {
    -1 / lambda * log1p(-uniform())
  }
}
