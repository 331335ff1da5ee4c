import ApusCore

/// The 256 values that a byte stands for in the dynamic data type of bitsandbytes: a sign if it is ``signed``, a number of zeros that is
/// a power of ten, and a fraction that has the more bits the larger the number is (Dettmers, 2015, "8-Bit Approximations for
/// Parallelism in Deep Learning"; Dettmers and others, 2021, "8-bit Optimizers via Block-wise Quantization").
///
/// A block of numbers is kept as their sizes relative to the largest, each as the number of the nearest value; of the unsigned values the
/// least positive one for all that are smaller. A mean of squares that became zero would make the step of an element whose gradient is
/// gone, as those of the rows of an embedding are at most times, as large as its mean over eps.
package struct DynamicCode: Sendable {
  /// Values from -0.993 to 1.
  package static let signed = DynamicCode(isSigned: true)
  /// Values from 0 to 1.
  package static let unsigned = DynamicCode(isSigned: false)

  /// The values in ascending order.
  package let values: [Float]
  /// The largest number that becomes value i, for all but the last.
  private let limits: [Float]
  /// The number of the value of the least number of each bucket: numbers that share sign, exponent and seven bits of the fraction.
  private let starts: [UInt8]

  /// Buckets of sizes from 2^-27, below which all is zero, to 1.
  private static let (least, most): (UInt32, UInt32) = ((127 - 27) << 7, 127 << 7)

  private init(isSigned: Bool) {
    let values = Self.table(isSigned: isSigned)
    var limits = (0..<255).map { Self.limit(values[$0], values[$0 + 1]) } + [.infinity]
    // What is divided by must not become zero, however small.
    if !isSigned { limits[0] = 0 }
    func number(_ x: Float) -> UInt8 { UInt8(limits.firstIndex { x <= $0 } ?? 255) }
    var starts: [UInt8] = []
    for bucket in Self.least...Self.most {
      starts.append(bucket == Self.least ? number(0) : number(Float(bitPattern: bucket << 16)))
    }
    for bucket in Self.least...Self.most { starts.append(number(-Float(bitPattern: bucket << 16 | 0xffff))) }
    (self.values, self.limits, self.starts) = (values, limits, starts)
  }

  /// Seven decades, each cut evenly between 0.1 and 1 into twice as many parts as the one below it, their middles; 0 and 1.
  private static func table(isSigned: Bool) -> [Float] {
    var values: [Float] = [0, 1]
    for (decade, scale) in [Float(1e-6), 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1].enumerated() {
      let parts = (isSigned ? 1 : 2) << decade
      let step = (Float(1) - Float(0.1)) / Float(parts)
      // Counted from the nearer end and rounded once, as `torch.linspace` does.
      let edges = (0...parts).map { i in
        i < (parts + 1) / 2
          ? Float(0.1).addingProduct(step, Float(i)) : Float(1).addingProduct(-step, Float(parts - i))
      }
      for i in 0..<parts {
        let value = scale * ((edges[i] + edges[i + 1]) / 2)
        values.append(value)
        if isSigned { values.append(-value) }
      }
    }
    return values.sorted()
  }

  /// The largest number that is not nearer to `upper` than to `lower`, distances being rounded to float32.
  private static func limit(_ lower: Float, _ upper: Float) -> Float {
    func isLower(_ x: Float) -> Bool { !((x - upper).magnitude < (x - lower).magnitude) }
    var x = (lower + upper) / 2
    while isLower(x.nextUp) { x = x.nextUp }
    while !isLower(x) { x = x.nextDown }
    return x
  }

  /// Quantises a block: `x[i]` becomes the number of the value nearest to `x[i] / absmax`, absmax being the largest size, which is
  /// returned. A block of zeros becomes zeros.
  @inline(__always)
  package func quantize(
    _ x: UnsafePointer<Float>, _ count: Int, into codes: UnsafeMutablePointer<UInt8>
  ) -> Float {
    var most: Float = 0
    for i in 0..<count { most = max(most, x[i].magnitude) }
    if most == 0 {
      codes.update(repeating: 0, count: count)
      return 0
    }
    let inverse = 1 / most
    let negatives = Int(Self.most - Self.least + 1)
    limits.withUnsafeBufferPointer { limits in
      starts.withUnsafeBufferPointer { starts in
        for i in 0..<count {
          let value = x[i] * inverse
          let bits = value.bitPattern
          let bucket = Int(min(max((bits & 0x7fff_ffff) >> 16, Self.least), Self.most) - Self.least)
          var code = starts[bits >> 31 == 0 ? bucket : negatives + bucket]
          while value > limits[Int(code)] { code += 1 }
          codes[i] = code
        }
      }
    }
    return most
  }

  /// The numbers of a block: `values[codes[i]] * absmax`.
  @inline(__always)
  package func dequantize(
    _ codes: UnsafePointer<UInt8>, _ count: Int, absmax: Float, into x: UnsafeMutablePointer<Float>
  ) {
    values.withUnsafeBufferPointer { values in
      for i in 0..<count { x[i] = values[Int(codes[i])] * absmax }
    }
  }
}
