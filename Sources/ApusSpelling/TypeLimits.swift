import ApusCore

/// The limits of a floating point type, as PyTorch's `torch.finfo`: `finfo(.float32).eps`.
public struct finfo: Sendable, Hashable, CustomStringConvertible {
  public let dtype: DType
  /// Bits of one element.
  public let bits: Int
  /// The distance from 1 to the next larger number.
  public let eps: Double
  /// The largest finite number.
  public let max: Double
  /// The smallest positive number with all its digits.
  public let smallestNormal: Double
  /// The decimal digits that are kept, as a power of 10.
  public let resolution: Double

  /// The smallest finite number.
  public var min: Double { -max }
  /// ``smallestNormal``.
  public var tiny: Double { smallestNormal }

  /// - Parameter dtype: float16, bfloat16, float32 or float64, or a complex type, whose parts are meant.
  public init(_ dtype: DType = .default) {
    let part = dtype.realType
    let (digits, exponent, decimals): (Int, Int, Double) =
      switch part {
      case .float16: (10, 15, 1e-3)
      case .bfloat16: (7, 127, 1e-2)
      case .float32: (23, 127, 1e-6)
      default: (52, 1023, 1e-15)
      }
    if ![.float16, .bfloat16, .float32, .float64].contains(part) {
      report(
        TensorError(
          .dtype, "finfo",
          "needs one of float16, bfloat16, float32, float64 and the complex types, and found \(dtype); "
            + "iinfo gives the limits of integers"))
    }
    self.dtype = part
    bits = part.size * 8
    eps = Double(sign: .plus, exponent: -digits, significand: 1)
    max = Double(sign: .plus, exponent: exponent, significand: 2 - eps)
    smallestNormal = Double(sign: .plus, exponent: 1 - exponent, significand: 1)
    resolution = decimals
  }

  public var description: String {
    "finfo(resolution=\(resolution), min=\(min), max=\(max), eps=\(eps), smallest_normal=\(tiny), tiny=\(tiny), dtype=\(dtype))"
  }
}

/// The limits of a type of integers, as PyTorch's `torch.iinfo`: `iinfo(.int32).max`.
public struct iinfo: Sendable, Hashable, CustomStringConvertible {
  public let dtype: DType
  /// Bits of one element.
  public let bits: Int
  /// The smallest number.
  public let min: Int
  /// The largest number; of uint64 the largest Int.
  public let max: Int

  /// - Parameter dtype: a type of integers.
  public init(_ dtype: DType) {
    if !dtype.isInteger {
      report(
        TensorError(
          .dtype, "iinfo",
          "needs a type of integers, and found \(dtype); finfo gives the limits of floating point types"))
    }
    self.dtype = dtype
    bits = dtype.size * 8
    min = dtype.kind == .signed ? Int.min >> (64 - bits) : 0
    max = dtype.kind == .signed || bits >= 64 ? Int.max >> (64 - Swift.min(bits, 64)) : 1 << bits - 1
  }

  public var description: String { "iinfo(min=\(min), max=\(max), dtype=\(dtype))" }
}

/// The type of `a + b`, as PyTorch's `torch.result_type`: tensors of no dimensions and numbers change the kind only.
public func resultType(_ a: Tensor, _ b: Tensor) -> DType { resultType([a.type, b.type]) }
/// The type of `a + b` with a number.
public func resultType(_ a: Tensor, _ b: some ScalarConvertible) -> DType { resultType([a.type], scalars: [b.scalar]) }
/// The type of `a + b` with a number.
public func resultType(_ a: some ScalarConvertible, _ b: Tensor) -> DType { resultType(b, a) }
