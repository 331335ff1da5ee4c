import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Generator {
  /// Fills `count` elements with uniform numbers in [from, to), as `uniform_`.
  ///
  /// Complex numbers are drawn part by part. float32 takes the low 24 bits of one 32-bit draw each, float64 the low 53 of a 64-bit draw; the 16-bit types are
  /// drawn as float32 and rounded, and a value that rounds up to `to` becomes `from`.
  package func fillUniform(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, from: Double = 0, to: Double = 1
  ) throws {
    if dtype.isComplex {
      return try fillUniform(out, count: 2 * count, dtype: dtype.realType, from: from, to: to)
    }
    try dtype.requireFloatingPoint("uniform_")
    guard from <= to, to - from <= .greatestFiniteMagnitude else {
      throw TensorError(
        .value, "uniform_", "expected from <= to and a finite range, got from \(from) and to \(to)")
    }
    withEngine { engine in
      switch dtype {
      case .float64:
        let out = out.assumingMemoryBound(to: Double.self)
        engine.forEachChunk(count: count, wordsPerItem: 2) { words, start, items in
          ck_uniform_f64(words, out + start, items, from, to)
        }
      case .float32:
        let out = out.assumingMemoryBound(to: Float.self)
        engine.forEachChunk(count: count, wordsPerItem: 1) { words, start, items in
          ck_uniform_f32(words, out + start, items, Float(from), Float(to))
        }
      case .float16: engine.roundedUniform(out.assumingMemoryBound(to: Float16.self), count, from, to) { Float16($0) }
      case .bfloat16:
        engine.roundedUniform(out.assumingMemoryBound(to: UInt16.self), count, from, to) { BrainCell(drawn: $0).bits }
      // Refused before anything is drawn.
      default: break
      }
    }
  }

  /// Fills `count` elements with normal numbers, as `normal_`.
  ///
  /// Fewer than 16 are drawn one by one in double precision, two from each Box-Muller pair, the second kept for the next
  /// call. From 16 on, blocks of 16 uniforms become 16 normals in place, and if `count` is no multiple of 16 the last
  /// 16 elements are drawn anew.
  package func fillNormal(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, mean: Double = 0, std: Double = 1
  ) throws {
    if dtype.isComplex {
      // Each part has half of the variance.
      return try fillNormal(
        out, count: 2 * count, dtype: dtype.realType, mean: mean, std: std * 0.5.squareRoot())
    }
    try dtype.requireFloatingPoint("normal_")
    guard std >= 0 else {
      throw TensorError(.value, "normal_", "expected a standard deviation of 0 or more, got \(std)")
    }
    withEngine { engine in
      switch dtype {
      case .float64: engine.fillNormal(out.assumingMemoryBound(to: Double.self), count, mean, std)
      case .float32: engine.fillNormal(out.assumingMemoryBound(to: Float.self), count, mean, std)
      case .float16: engine.fillNormal(out.assumingMemoryBound(to: HalfCell.self), count, mean, std)
      case .bfloat16: engine.fillNormal(out.assumingMemoryBound(to: BrainCell.self), count, mean, std)
      // Refused before anything is drawn.
      default: break
      }
    }
  }

  /// `torch.normal` with a mean and a standard deviation for each element: standard normals, scaled and shifted.
  ///
  /// `mean` and `std` are read at the element's index; the product and the sum are rounded apart, in `dtype` float32 or
  /// float64.
  package func fillNormal(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, mean: (Int) -> Double, std: (Int) -> Double
  ) throws {
    try fillNormal(out, count: count, dtype: dtype)
    switch dtype {
    case .float64:
      let out = out.assumingMemoryBound(to: Double.self)
      for i in 0..<count { out[i] = out[i] * std(i) + mean(i) }
    case .float32:
      let out = out.assumingMemoryBound(to: Float.self)
      for i in 0..<count { out[i] = out[i] * Float(std(i)) + Float(mean(i)) }
    default:
      throw TensorError(
        .unsupported, "normal", "per-element mean and std are drawn in float32 or float64, got \(dtype)")
    }
  }
}

extension MersenneTwister {
  /// One normal number: the second of the last pair, or the first of a new one.
  package mutating func normal(mean: Double, std: Double) -> Double {
    if let cached = cachedNormal {
      cachedNormal = nil
      return mean.addingProduct(cached, std)
    }
    let angle = 2 * Double.pi * uniform()
    let radius = (-2 * log1p(-uniform())).squareRoot()
    cachedNormal = radius * sin(angle)
    return mean.addingProduct(radius * cos(angle), std)
  }

  fileprivate mutating func roundedUniform<Stored: Equatable>(
    _ out: UnsafeMutablePointer<Stored>, _ count: Int, _ from: Double, _ to: Double, _ round: (Float) -> Stored
  ) {
    let low = Float(from)
    let span = Float(to) - low
    let lowest = round(low)
    let limit = round(Float(to))
    for i in 0..<count {
      let value = round(low.addingProduct(uniformFloat(), span))
      out[i] = value == limit ? lowest : value
    }
  }

  private mutating func drawSingly<Cell: RandomCell>(
    _ out: UnsafeMutablePointer<Cell>, _ count: Int, _ mean: Double, _ std: Double
  ) {
    for i in 0..<count { out[i] = Cell(drawn: normal(mean: mean, std: std)) }
  }

  fileprivate mutating func fillNormal(
    _ out: UnsafeMutablePointer<Float>, _ count: Int, _ mean: Double, _ std: Double
  ) {
    guard count >= 16 else { return drawSingly(out, count, mean, std) }
    forEachChunk(count: count, wordsPerItem: 1) { words, start, items in
      ck_uniform_f32(words, out + start, items, 0, 1)
      // A chunk is a multiple of 16 words, so blocks never straddle two of them.
      ck_normal16_f32(out + start, items / 16, Float(mean), Float(std))
    }
    if count % 16 != 0 {
      let tail = out + (count - 16)
      for i in 0..<16 { tail[i] = uniformFloat() }
      ck_normal16_f32(tail, 1, Float(mean), Float(std))
    }
  }

  fileprivate mutating func fillNormal(
    _ out: UnsafeMutablePointer<Double>, _ count: Int, _ mean: Double, _ std: Double
  ) {
    guard count >= 16 else { return drawSingly(out, count, mean, std) }
    func transform(_ block: UnsafeMutablePointer<Double>) {
      for j in 0..<8 {
        let radius = (-2 * log(1 - block[j])).squareRoot()
        let angle = 2 * Double.pi * block[j + 8]
        block[j] = mean.addingProduct(radius * cos(angle), std)
        block[j + 8] = mean.addingProduct(radius * sin(angle), std)
      }
    }
    forEachChunk(count: count, wordsPerItem: 2) { words, start, items in
      ck_uniform_f64(words, out + start, items, 0, 1)
      for block in 0..<items / 16 { transform(out + (start + 16 * block)) }
    }
    if count % 16 != 0 {
      let tail = out + (count - 16)
      for i in 0..<16 { tail[i] = uniform() }
      transform(tail)
    }
  }

  /// The 16-bit types: blocks in float32, rounded. Unlike the wide types, no draws are spent on the part of a last block.
  fileprivate mutating func fillNormal<Cell: RandomCell>(
    _ out: UnsafeMutablePointer<Cell>, _ count: Int, _ mean: Double, _ std: Double
  ) {
    guard count >= 16 else { return drawSingly(out, count, mean, std) }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 16) { block in
      guard let values = block.baseAddress else { return }
      var start = 0
      while start < count {
        if start + 16 > count { start = count - 16 }
        for i in 0..<16 { values[i] = uniformFloat() }
        ck_normal16_f32(values, 1, Float(mean), Float(std))
        for i in 0..<16 { out[start + i] = Cell(drawn: values[i]) }
        start += 16
      }
    }
  }
}
