/// A floating-point type of at most eight bits that tensors lack, as ONNX and the papers of the field define it: the values of
/// its codes, and the code nearest to a number.
package struct NarrowFloat: Sendable {
  /// What the codes beyond the largest finite number mean.
  package enum Special: Sendable {
    /// All codes are finite numbers.
    case none
    /// The last code of either sign is no number.
    case lastIsNaN
    /// The code of minus zero is no number, and there is no minus zero.
    case minusZeroIsNaN
    /// The highest exponent stands for infinity and no number, as IEEE 754 has it.
    case ieee
  }

  package let exponentBits: Int
  package let mantissaBits: Int
  package let bias: Int
  package let special: Special
  package let isSigned: Bool
  /// The value of each code.
  package let values: [Float]
  /// The largest finite value.
  package let largest: Float

  package init(exponentBits: Int, mantissaBits: Int, bias: Int, special: Special, isSigned: Bool = true) {
    self.exponentBits = exponentBits
    self.mantissaBits = mantissaBits
    self.bias = bias
    self.special = special
    self.isSigned = isSigned
    let magnitudes = 1 << (exponentBits + mantissaBits)
    var values: [Float] = []
    for code in 0..<(isSigned ? 2 * magnitudes : magnitudes) {
      let (exponent, mantissa) = ((code % magnitudes) >> mantissaBits, code % (1 << mantissaBits))
      let fraction = Double(mantissa) / Double(1 << mantissaBits)
      let isLow = exponent == 0 && isSigned
      let power = Self.power((isLow ? 1 : exponent) - bias)
      var value = (isLow ? fraction : 1 + fraction) * power
      switch special {
      case .none: break
      case .lastIsNaN: if code % magnitudes == magnitudes - 1 { value = .nan }
      case .minusZeroIsNaN: if code == magnitudes { value = .nan }
      case .ieee: if exponent == (1 << exponentBits) - 1 { value = mantissa == 0 ? .infinity : .nan }
      }
      values.append(Float(code >= magnitudes ? -value : value))
    }
    self.values = values
    largest = values.lazy.filter(\.isFinite).max() ?? 0
  }

  private static func power(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// The value of the type that is nearest to `x`, of two the one with the even code. What is too large becomes the largest
  /// value if `saturate`, and infinity or no number otherwise, whichever the type has. A type without either saturates.
  package func rounded(_ x: Float, saturate: Bool) -> Float {
    let beyond: Float =
      switch special {
      case .none: largest
      case .lastIsNaN, .minusZeroIsNaN: .nan
      case .ieee: .infinity
      }
    // A type of finite numbers only has nothing for no number; by custom it is minus zero.
    guard !x.isNaN else { return special == .none ? -0.0 : .nan }
    // A type with infinities keeps them, one with no number only has nothing else for them.
    guard x.isFinite else { return (saturate ? largest : beyond) * (x < 0 ? -1 : 1) }
    let magnitude = Double(x.magnitude)
    // The distance of neighbours is that of the exponent, which has an end below.
    let exponent = max(x == 0 ? 1 - bias : Int(x.exponent), 1 - bias)
    let step = Self.power(exponent - mantissaBits)
    let nearest = (magnitude / step).rounded(.toNearestOrEven) * step
    guard nearest <= Double(largest) else { return (saturate ? largest : beyond) * (x < 0 ? -1 : 1) }
    let result = Float(nearest) * (x.sign == .minus ? -1 : 1)
    return special == .minusZeroIsNaN && result == 0 ? 0 : result
  }

  /// The code of a value of the type; that of zero for what is none.
  package func code(_ value: Float) -> UInt8 {
    if value.isNaN { return UInt8(values.firstIndex { $0.isNaN } ?? 0) }
    return UInt8(values.firstIndex { $0 == value && $0.sign == value.sign } ?? 0)
  }
}

extension ONNX.DataType {
  /// The floating-point types that tensors lack.
  package var narrowFloat: NarrowFloat? {
    switch self {
    case .float8e4m3fnuz: Self.e4m3fnuz
    case .float8e5m2fnuz: Self.e5m2fnuz
    case .float4e2m1: Self.e2m1
    case .float6e2m3: Self.e2m3
    case .float6e3m2: Self.e3m2
    case .float8e8m0: Self.e8m0
    default: nil
    }
  }

  /// The type of eight bits that tensors have, with the rules of its rounding.
  package static let e4m3fn = NarrowFloat(exponentBits: 4, mantissaBits: 3, bias: 7, special: .lastIsNaN)
  private static let e4m3fnuz = NarrowFloat(exponentBits: 4, mantissaBits: 3, bias: 8, special: .minusZeroIsNaN)
  private static let e5m2fnuz = NarrowFloat(exponentBits: 5, mantissaBits: 2, bias: 16, special: .minusZeroIsNaN)
  private static let e2m1 = NarrowFloat(exponentBits: 2, mantissaBits: 1, bias: 1, special: .none)
  private static let e2m3 = NarrowFloat(exponentBits: 2, mantissaBits: 3, bias: 1, special: .none)
  private static let e3m2 = NarrowFloat(exponentBits: 3, mantissaBits: 2, bias: 3, special: .none)
  private static let e8m0 = NarrowFloat(
    exponentBits: 8, mantissaBits: 0, bias: 127, special: .lastIsNaN, isSigned: false)

  /// The smallest and largest value of an integer type of fewer bits than a byte.
  package var narrowIntegers: ClosedRange<Int>? {
    switch self {
    case .uint2: 0...3
    case .int2: -2...1
    case .uint4: 0...15
    case .int4: -8...7
    default: nil
    }
  }
}
