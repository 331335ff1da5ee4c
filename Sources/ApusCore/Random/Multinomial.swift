import CKernels

extension Generator {
  /// Draws `samples` category indices a row from unnormalised weights, as `torch.multinomial`.
  ///
  /// Without replacement, or for a single sample, every weight is divided by an exponential number and the greatest
  /// quotients win (PyTorch's race of exponentials, one draw a weight). With replacement, each sample is one uniform
  /// double looked up in the row's cumulative weights.
  ///
  /// - Parameters:
  ///   - out: rows x samples int64 indices, row-major.
  ///   - dtype: the weights' floating point type: sums and quotients are rounded to it.
  ///   - weights: rows x categories, row-major.
  package func fillMultinomial(
    _ out: UnsafeMutablePointer<Int64>, rows: Int, categories: Int, samples: Int, replacement: Bool, dtype: DType,
    weights: UnsafePointer<Double>
  ) throws {
    try dtype.requireFloatingPoint("multinomial")
    guard samples > 0 else {
      throw TensorError(.value, "multinomial", "expected to draw 1 sample or more, asked for \(samples)")
    }
    guard replacement || samples <= categories else {
      throw TensorError(
        .value, "multinomial",
        "cannot draw \(samples) samples from \(categories) categories without replacement: draw fewer, or with it")
    }
    for row in 0..<rows {
      let first = weights + row * categories
      // All are finite and none is negative, and one is positive: seen by the least, the greatest and whether any is NaN.
      let (least, greatest) = (ck_reduce_min_f64(first, categories), ck_reduce_max_f64(first, categories))
      guard least >= 0, greatest < .infinity else {
        let i = (0..<categories).first { !(first[$0] >= 0 && first[$0] < .infinity) } ?? 0
        throw TensorError(
          .value, "multinomial",
          "expected finite weights of 0 or more, got \(first[i]) at flat index \(row * categories + i)")
      }
      guard greatest > 0 else {
        throw TensorError(.value, "multinomial", "the weights of row \(row) sum to 0: one at least must be positive")
      }
    }
    let sampler = MultinomialSampler(rows: rows, categories: categories, samples: samples)
    withEngine { engine in
      // Cumulative weights of the 16-bit types stay in float; only their quotients are rounded.
      switch (dtype, replacement && samples > 1) {
      case (.float64, true): sampler.lookUp(out, &engine, weights, in: Double.self)
      case (_, true): sampler.lookUp(out, &engine, weights, in: Float.self)
      case (.float64, _): sampler.race(out, &engine, weights) { (value: Double) in value }
      case (.float32, _): sampler.race(out, &engine, weights) { (value: Float) in value }
      case (.float16, _): sampler.race(out, &engine, weights) { Float(Float16($0 as Float)) }
      case (.bfloat16, _): sampler.race(out, &engine, weights) { BrainCell(drawn: $0 as Float).widened }
      // Refused before anything is drawn.
      default: break
      }
    }
  }
}

/// The two algorithms, in a working type `Real`.
private struct MultinomialSampler {
  let rows: Int
  let categories: Int
  let samples: Int

  func race<Real: BinaryFloatingPoint>(
    _ out: UnsafeMutablePointer<Int64>, _ engine: inout MersenneTwister, _ weights: UnsafePointer<Double>,
    _ round: (Real) -> Real
  ) {
    var quotients = [Real](repeating: 0, count: categories)
    for row in 0..<rows {
      for i in 0..<categories {
        let handicap = round(Real(engine.exponential()))
        quotients[i] = round(Real(weights[row * categories + i]) / handicap)
      }
      let target = out + row * samples
      if samples == 1 {
        var best = 0
        for i in 1..<max(categories, 1) where quotients[i] > quotients[best] { best = i }
        target[0] = Int64(best)
      } else {
        let order = quotients.indices.sorted { (quotients[$0], $1) > (quotients[$1], $0) }
        for i in 0..<samples { target[i] = Int64(order[i]) }
      }
    }
  }

  func lookUp<Real: BinaryFloatingPoint>(
    _ out: UnsafeMutablePointer<Int64>, _ engine: inout MersenneTwister, _ weights: UnsafePointer<Double>,
    in _: Real.Type
  ) {
    let all = UnsafeMutablePointer<Real>.allocate(capacity: rows * categories)
    defer { all.deallocate() }
    // The draws follow each other, the sums of the rows need not.
    parallelFor(rows, grain: max(1, parallelGrain / max(1, categories))) { range in
      for row in range {
        let (cumulative, weights) = (all + row * categories, weights + row * categories)
        var sum: Real = 0
        for i in 0..<categories {
          sum += Real(weights[i])
          cumulative[i] = sum
        }
        for i in 0..<categories { cumulative[i] /= sum }
        cumulative[categories - 1] = 1
      }
    }
    for row in 0..<rows {
      let cumulative = all + row * categories
      for sample in 0..<samples {
        let point = engine.uniform()
        var low = 0
        var high = categories
        while low < high {
          let middle = low + (high - low) / 2
          if Double(cumulative[middle]) < point { low = middle + 1 } else { high = middle }
        }
        out[row * samples + sample] = Int64(low)
      }
    }
  }
}

extension BrainCell {
  fileprivate var widened: Float { Float(bitPattern: UInt32(bits) << 16) }
}
