#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Numbers of the gamma distribution of rate 1 with these shapes, in the form and type of `concentration`: PyTorch's for a seed. They
/// have no gradient.
package func drawStandardGamma(_ concentration: Tensor, generator: Generator = .default) -> Tensor {
  if concentration.hasFailed { return concentration }
  let shapes = concentration.detach().array(as: Double.self)
  let fill: @Sendable (UnsafeMutableRawPointer, Int, DType) throws -> Void = { out, count, dtype in
    try dtype.requireFloatingPoint("standard_gamma")
    let tiny = smallestNormal(dtype)
    generator.withEngine { engine in
      var index = 0
      engine.drawEach(out, count, dtype) { engine -> Double in
        defer { index += 1 }
        return max(tiny, engine.standardGamma(shapes[index], isWide: dtype == .float64))
      }
    }
  }
  return Draw.tensor("standard_gamma", concentration.type, on: concentration.deviceIfUsed, fill)
}

/// Numbers of the Dirichlet distribution: gamma numbers, drawn in double precision, over their sums in the last dimension.
package func drawDirichlet(_ concentration: Tensor, generator: Generator = .default) -> Tensor {
  if concentration.hasFailed { return concentration }
  let parts = concentration.shape.last ?? 1
  let shapes = concentration.detach().array(as: Double.self)
  let fill: @Sendable (UnsafeMutableRawPointer, Int, DType) throws -> Void = { out, count, dtype in
    try dtype.requireFloatingPoint("dirichlet")
    let (tiny, least) = (smallestNormal(dtype), Double.leastNormalMagnitude)
    let most = dtype == .float64 ? 1.0.nextDown : 1 - dtype.finfoEps / 2
    generator.withEngine { engine in
      var values = [Double](repeating: 0, count: count)
      for i in 0..<count { values[i] = max(least, engine.standardGamma(shapes[i], isWide: true)) }
      if parts > 0 {
        for row in stride(from: 0, to: count, by: parts) {
          var sum = 0.0
          for i in row..<row + parts { sum += values[i] }
          for i in row..<row + parts { values[i] = min(most, max(tiny, values[i] / sum)) }
        }
      }
      var index = 0
      engine.drawEach(out, count, dtype) { _ -> Double in
        defer { index += 1 }
        return values[index]
      }
    }
  }
  return Draw.tensor("dirichlet", concentration.type, on: concentration.deviceIfUsed, fill)
}

private func smallestNormal(_ dtype: DType) -> Double {
  switch dtype {
  case .float64: Double.leastNormalMagnitude
  case .float16: 0x1p-14
  default: Double(Float.leastNormalMagnitude)
  }
}

extension DType {
  /// The distance between 1 and the next larger number.
  fileprivate var finfoEps: Double {
    switch self {
    case .float64: 0x1p-52
    case .float16: 0x1p-10
    case .bfloat16: 0x1p-7
    default: 0x1p-23
    }
  }
}

extension MersenneTwister {
  /// One number of the gamma distribution of rate 1: the rejection of Marsaglia and Tsang (2000), and for shapes below 1 that of the
  /// shape plus 1, times a power of a uniform number. Narrow element types keep their shape in float, as PyTorch does.
  mutating func standardGamma(_ shape: Double, isWide: Bool) -> Double {
    guard shape > 0 else { return shape == 0 ? 0 : .nan }
    guard shape.isFinite else { return shape }
    var (shape, scale) = (shape, 1.0)
    if shape < 1 {
      let power = isWide ? 1 / shape : Double(1 / Float(shape))
      scale = pow(1 - uniform(), power)
      shape = isWide ? shape + 1 : Double(Float(shape) + 1)
    }
    let third = Float(1) / 3
    let d = isWide ? shape - Double(third) : Double(Float(shape) - third)
    let c = 1 / (9 * d).squareRoot()
    while true {
      var (x, y) = (0.0, 0.0)
      repeat {
        x = normal(mean: 0, std: 1)
        y = 1 + c * x
      } while y <= 0
      let cube = y * y * y
      let u = 1 - uniform()
      let square = x * x
      if u < 1 - Double(Float(0.0331)) * square * square { return scale * d * cube }
      if log(u) < 0.5 * square + d * (1 - cube + log(cube)) { return scale * d * cube }
    }
  }
}
