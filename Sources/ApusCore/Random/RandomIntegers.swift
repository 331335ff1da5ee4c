extension Generator {
  /// Fills `count` elements with integers in [low, high), as `random_(low, high)` and `torch.randint`.
  ///
  /// Ranges below 2^28 take one 32-bit draw modulo the range each, larger ones a 64-bit draw. In a floating point type
  /// the bounds first move inwards to integers that the type can hold.
  package func fillRandom(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, low: Int64, high: Int64
  ) throws {
    try dtype.requireRealNumbers("random_")
    guard low < high else {
      throw TensorError(
        .value, "random_", "expected low to be less than high, got low \(low) and high \(high)")
    }
    var low = low
    var high = high
    if dtype.isFloatingPoint { (low, high) = dtype.representableBounds(low, high) }
    try dtype.requireIntegersInRange(low, high &- 1)
    guard low < high else {
      throw TensorError(
        .value, "random_", "\(dtype) holds no integer in [\(low), \(high)) without rounding out of it")
    }
    let range = UInt64(bitPattern: high) &- UInt64(bitPattern: low)
    fillRandom(out, count: count, dtype: dtype, base: low, range: range)
  }

  /// Fills `count` elements with integers from 0 up to the type's greatest (floating point: up to 2^digits), as
  /// `random_()`.
  package func fillRandom(_ out: UnsafeMutableRawPointer, count: Int, dtype: DType) {
    let modulus: UInt64 =
      dtype.isFloatingPoint ? 1 << UInt64(dtype.significandDigits) + 1 : UInt64(dtype.greatestInteger) + 1
    withEngine { engine in
      if modulus > UInt64(UInt32.max) {
        engine.drawEach(out, count, dtype) { Int64($0.random64() % modulus) }
      } else {
        let narrow = UInt32(truncatingIfNeeded: modulus)
        engine.drawEach(out, count, dtype) { Int64($0.random() % narrow) }
      }
    }
  }

  private func fillRandom(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, base: Int64, range: UInt64
  ) {
    withEngine { engine in
      if range >= 1 << 28 {
        engine.drawEach(out, count, dtype) { Int64(bitPattern: $0.random64() % range) &+ base }
      } else {
        let narrow = UInt32(range)
        engine.drawEach(out, count, dtype) { Int64($0.random() % narrow) &+ base }
      }
    }
  }

  /// From this length on PyTorch shuffles with 64-bit draws, inside out.
  private static let wideShuffleLength = Int(UInt32.max / 20)

  /// Writes a random permutation of 0 ..< count, as `torch.randperm`: a Fisher-Yates shuffle from the front.
  package func fillPermutation(_ out: UnsafeMutableRawPointer, count: Int, dtype: DType) throws {
    try dtype.requireRealNumbers("randperm")
    let limit = dtype.isFloatingPoint ? 1 << dtype.significandDigits + 1 : dtype.greatestInteger
    guard count >= 0, dtype != .bool, count <= limit else {
      throw TensorError(
        .value, "randperm", "\(dtype) cannot hold each of 0 ..< \(count) exactly: choose int64, or a smaller length")
    }
    guard dtype != .int64 else {
      shuffle(out.assumingMemoryBound(to: Int64.self), count)
      return
    }
    let indices = UnsafeMutablePointer<Int64>.allocate(capacity: max(count, 1))
    defer { indices.deallocate() }
    shuffle(indices, count)
    dtype.store(indices, count: count, to: out, at: 0)
  }

  private func shuffle(_ out: UnsafeMutablePointer<Int64>, _ count: Int) {
    for i in 0..<count { out[i] = Int64(i) }
    withEngine { engine in
      if count < Self.wideShuffleLength {
        for i in 0..<max(count - 1, 0) {
          let other = i + Int(engine.random() % UInt32(count - i))
          let kept = out[i]
          out[i] = out[other]
          out[other] = kept
        }
      } else {
        for i in 0..<count {
          let other = Int(engine.random64() % UInt64(i + 1))
          let kept = out[i]
          out[i] = out[other]
          out[other] = kept
        }
      }
    }
  }

  /// A random permutation of 0 ..< count, the indices that `torch.randperm(count)` draws. A count that is negative or
  /// beyond all memory is reported, and gives none.
  public func permutation(_ count: Int) -> [Int] {
    do throws(TensorError) {
      try checkedCount(count, "the length", "randperm")
    } catch {
      report(error)
      return []
    }
    return Array(unsafeUninitializedCapacity: count) { buffer, filled in
      let indices = UnsafeMutableRawBufferPointer(buffer).bindMemory(to: Int64.self)
      if let base = indices.baseAddress { shuffle(base, count) }
      filled = count
    }
  }
}

extension DType {
  fileprivate func requireIntegersInRange(_ low: Int64, _ last: Int64) throws {
    // The range of wide floating point types exceeds that of Int, to which these are clamped.
    let (least, greatest) =
      isFloatingPoint
      ? (Int(exactly: -largestFinite) ?? .min, Int(exactly: largestFinite) ?? .max) : (leastInteger, greatestInteger)
    guard low >= least, last <= greatest else {
      throw TensorError(
        .value, "random_", "\(self) holds integers from \(least) to \(greatest), asked for \(low) to \(last)")
    }
  }

  /// Moves the bounds inwards where rounding an integer next to them to this floating point type would leave [low, high).
  fileprivate func representableBounds(_ low: Int64, _ high: Int64) -> (Int64, Int64) {
    func rounded(_ value: Int64) -> Int64 {
      var (value, stored, nearest) = (value, 0.0, 0.0)
      convert(&value, .int64, &stored, self, 1)
      convert(&stored, self, &nearest, .float64, 1)
      return Int64(exactly: nearest) ?? (nearest > 0 ? Int64.max : Int64.min)
    }
    func step(_ value: Int64) -> Int64 {
      let exponent = 63 - value.magnitude.leadingZeroBitCount
      return 1 << max(exponent - significandDigits + 1, 0)
    }
    var bounds = (low, high)
    if low < Int64.max, rounded(low + 1) < low { bounds.0 = rounded(low + 1) + step(low + 1) }
    if rounded(high - 1) >= high { bounds.1 = rounded(high - 1) - step(high - 1) }
    return bounds
  }
}
