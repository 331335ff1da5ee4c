extension Generator {
  /// Fills `count` elements with integers in [low, high), as `random_(low, high)` and `torch.randint`.
  ///
  /// Ranges below 2^28 take one 32-bit draw modulo the range each, larger ones a 64-bit draw. In a floating point type
  /// the bounds first move inwards to integers that the type can hold.
  package func fillRandom(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, low: Int64, high: Int64
  ) throws {
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
      if dtype == .int64 || dtype == .float64 {
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
  /// The greatest value of an integer type; 1 for bool.
  var greatestInteger: Int {
    switch self {
    case .uint8: Int(UInt8.max)
    case .int8: Int(Int8.max)
    case .int16: Int(Int16.max)
    case .int32: Int(Int32.max)
    case .int64: Int.max
    default: 1
    }
  }

  fileprivate func requireIntegersInRange(_ low: Int64, _ last: Int64) throws {
    let (least, greatest): (Double, Double)
    switch self {
    case .float16: (least, greatest) = (-65504, 65504)
    case .bfloat16, .float32, .float64: return  // their range exceeds that of int64
    case .bool, .uint8: (least, greatest) = (0, Double(greatestInteger))
    case .int64: return
    default: (least, greatest) = (-Double(greatestInteger) - 1, Double(greatestInteger))
    }
    guard Double(low) >= least, Double(last) <= greatest else {
      throw TensorError(
        .value, "random_", "\(self) holds integers from \(Int(least)) to \(Int(greatest)), asked for \(low) to \(last)")
    }
  }

  /// Moves the bounds inwards where rounding an integer next to them to this floating point type would leave [low, high).
  fileprivate func representableBounds(_ low: Int64, _ high: Int64) -> (Int64, Int64) {
    func rounded(_ value: Int64) -> Int64 {
      let nearest: Double
      switch self {
      case .float64: nearest = Double(value)
      case .float32: nearest = Double(Float(value))
      case .float16: nearest = Double(Float16(Float(value)))
      default: nearest = Double(Float(bitPattern: UInt32(BrainCell(drawn: value).bits) << 16))
      }
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
