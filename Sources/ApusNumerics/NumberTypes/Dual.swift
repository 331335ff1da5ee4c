import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A dual number `value + derivative ε` with ε² = 0: a number that carries its derivative in one direction along.
///
/// Any computation on dual numbers computes that derivative too, which is forward-mode differentiation: seed one input
/// with derivative 1 and read the derivatives of the results. As an element type of tensors it does so for whole networks:
///
///     let x = Tensor([Dual(2.0, 1.0)])        // x, and dx/dx = 1
///     print((x * x * x).item(as: Dual<Double>.self))  // 8 + 12ε
///
/// Dual numbers are ordered by value. Two are equal if value and derivative are: a condition on a value alone would drop
/// the derivative.
public struct Dual<Part: DualPart>: CustomElement, Hashable {
  /// The number itself.
  public var value: Part
  /// Its derivative in the direction that was seeded.
  public var derivative: Part

  @inlinable
  public init(_ value: Part, _ derivative: Part) {
    self.value = value
    self.derivative = derivative
  }

  /// A constant.
  @inlinable public init(_ value: Double) { self.init(Part(value), 0) }

  @inlinable public var double: Double { Double(value) }

  public static var elementName: String { Part.dualName }
  public static var zero: Dual { Dual(0, 0) }
  public static var one: Dual { Dual(1, 0) }
  public static var kernels: CustomKernels { Part.dualKernels }
  /// The rules of calculus hold: the gradient of a network on dual numbers carries a directional second derivative.
  public static var isDifferentiable: Bool { true }

  @inlinable public static func + (a: Dual, b: Dual) -> Dual { Dual(a.value + b.value, a.derivative + b.derivative) }
  /// The difference, with the difference of the derivatives.
  @inlinable public static func - (a: Dual, b: Dual) -> Dual { Dual(a.value - b.value, a.derivative - b.derivative) }
  /// The negative of both parts.
  @inlinable public static prefix func - (a: Dual) -> Dual { Dual(-a.value, -a.derivative) }
  @inlinable public static func * (a: Dual, b: Dual) -> Dual {
    Dual(a.value * b.value, a.value * b.derivative + a.derivative * b.value)
  }
  /// The quotient, with (a' - q b') / b as its derivative.
  @inlinable public static func / (a: Dual, b: Dual) -> Dual {
    let quotient = a.value / b.value
    return Dual(quotient, (a.derivative - quotient * b.derivative) / b.value)
  }

  @inlinable public static var isOrdered: Bool { true }
  @inlinable public static func isLess(_ a: Dual, _ b: Dual) -> Bool { a.value < b.value }
}

/// What the two parts of a dual number can be: Float and Double.
public protocol DualPart: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// The name of the element type.
  static var dualName: String { get }
  /// The loops of the element type.
  static var dualKernels: CustomKernels { get }
}

extension Float: DualPart {
  public static var dualName: String { "dual32" }
  public static var dualKernels: CustomKernels { CustomKernels(Dual<Float>.self) }
}

extension Double: DualPart {
  public static var dualName: String { "dual64" }
  public static var dualKernels: CustomKernels { CustomKernels(Dual<Double>.self) }
}

extension DType {
  /// Dual numbers of two Floats, see ``Dual``.
  public static var dual32: DType { Dual<Float>.dtype }
  /// Dual numbers of two Doubles, see ``Dual``.
  public static var dual64: DType { Dual<Double>.dtype }
}

// Functions by the chain rule: f(a + bε) = f(a) + b f'(a) ε.
extension Dual {
  @inlinable
  func chain(_ value: Double, _ slope: Double) -> Dual {
    // Where nothing is carried nothing arrives, also at points without a finite slope.
    Dual(Part(value), derivative == 0 ? 0 : derivative * Part(slope))
  }

  @inlinable
  public func apply(_ function: UnaryFunction) -> Dual? {
    let x = Double(value)
    switch function {
    case .neg: return -self
    case .abs: return isNegative ? -self : value == 0 ? Dual(0, 0) : self
    case .sign: return Dual(value > 0 ? 1 : value < 0 ? -1 : 0, 0)
    case .relu: return value > 0 ? self : Dual(value.isNaN ? value : 0, 0)
    case .floor: return Dual(value.rounded(.down), 0)
    case .ceil: return Dual(value.rounded(.up), 0)
    case .round: return Dual(value.rounded(.toNearestOrEven), 0)
    case .trunc: return Dual(value.rounded(.towardZero), 0)
    case .isnan: return Dual(value.isNaN ? 1 : 0, 0)
    case .isinf: return Dual(value.isInfinite ? 1 : 0, 0)
    case .isfinite: return Dual(value.isFinite ? 1 : 0, 0)
    case .signbit: return Dual(value.sign == .minus ? 1 : 0, 0)
    case .square: return self * self
    case .sqrt:
      let y = value.squareRoot()
      return Dual(y, derivative == 0 ? 0 : derivative / (2 * y))
    default: return transcendental(function, x)
    }
  }

  @inlinable var isNegative: Bool { value < 0 }

  @usableFromInline
  func transcendental(_ function: UnaryFunction, _ x: Double) -> Dual? {
    switch function {
    case .exp:
      let y = exp(x)
      return chain(y, y)
    case .exp2:
      let y = exp2(x)
      return chain(y, y * 0.693147180559945309417)
    case .expm1: return chain(expm1(x), exp(x))
    case .log: return chain(log(x), 1 / x)
    case .log2: return chain(log2(x), 1.442695040888963407360 / x)
    case .log10: return chain(log10(x), 0.434294481903251827651 / x)
    case .log1p: return chain(log1p(x), 1 / (1 + x))
    case .sin: return chain(sin(x), cos(x))
    case .cos: return chain(cos(x), -sin(x))
    case .tan:
      let y = tan(x)
      return chain(y, 1 + y * y)
    case .asin: return chain(asin(x), 1 / (1 - x * x).squareRoot())
    case .acos: return chain(acos(x), -1 / (1 - x * x).squareRoot())
    case .atan: return chain(atan(x), 1 / (1 + x * x))
    case .sinh: return chain(sinh(x), cosh(x))
    case .cosh: return chain(cosh(x), sinh(x))
    case .tanh:
      let y = tanh(x)
      return chain(y, 1 - y * y)
    case .asinh: return chain(asinh(x), 1 / (x * x + 1).squareRoot())
    case .acosh: return chain(acosh(x), 1 / ((x - 1).squareRoot() * (x + 1).squareRoot()))
    case .atanh: return chain(atanh(x), 1 / (1 - x * x))
    case .erf: return chain(erf(x), 1.12837916709551257390 * exp(-x * x))
    case .erfc: return chain(erfc(x), -1.12837916709551257390 * exp(-x * x))
    case .sigmoid:
      let y = 1 / (1 + exp(-x))
      return chain(y, y * (1 - y))
    default: return nil
    }
  }

  @inlinable
  public func apply(_ function: BinaryFunction, _ other: Dual) -> Dual? {
    switch function {
    case .sub: self - other
    case .div: self / other
    case .max:
      value.isNaN || (!other.value.isNaN && value > other.value)
        ? self : value == other.value ? Dual(value, mean(other)) : other
    case .min:
      value.isNaN || (!other.value.isNaN && value < other.value)
        ? self : value == other.value ? Dual(value, mean(other)) : other
    case .fmax: other.value.isNaN || value >= other.value ? self : other
    case .fmin: other.value.isNaN || value <= other.value ? self : other
    case .lt: Dual(value < other.value ? 1 : 0, 0)
    case .le: Dual(value <= other.value ? 1 : 0, 0)
    case .gt: Dual(value > other.value ? 1 : 0, 0)
    case .ge: Dual(value >= other.value ? 1 : 0, 0)
    case .pow: power(other)
    case .atan2: arcTangent(other)
    case .copysign:
      Dual(
        value.sign == other.value.sign ? value : -value, value.sign == other.value.sign ? derivative : -derivative)
    default: nil
    }
  }

  /// What arrives at an extreme of two equal numbers: half of each, as for gradients.
  @inlinable func mean(_ other: Dual) -> Part { (derivative + other.derivative) / 2 }

  @usableFromInline
  func power(_ exponent: Dual) -> Dual {
    let (x, y) = (Double(value), Double(exponent.value))
    let result = pow(x, y)
    var slope = 0.0
    if derivative != 0 && y != 0 { slope += Double(derivative) * y * pow(x, y - 1) }
    if exponent.derivative != 0 && !(x == 0 && y >= 0) { slope += Double(exponent.derivative) * result * log(x) }
    return Dual(Part(result), Part(slope))
  }

  @usableFromInline
  func arcTangent(_ other: Dual) -> Dual {
    let (y, x) = (Double(value), Double(other.value))
    let squares = x * x + y * y
    let slope = (x * Double(derivative) - y * Double(other.derivative)) / squares
    return Dual(Part(atan2(y, x)), derivative == 0 && other.derivative == 0 ? 0 : Part(slope))
  }
}

extension Dual: CustomStringConvertible {
  public var description: String { text(precision: 4) }

  public func text(precision: Int) -> String {
    let sign = derivative.sign == .minus ? "-" : "+"
    return "\(decimalText(Double(value), precision))\(sign)\(decimalText(Double(derivative).magnitude, precision))ε"
  }
}

/// Dual numbers of a floating point tensor and its derivatives in one direction, as
/// `torch.autograd.forward_ad.make_dual`: the seed of forward-mode differentiation.
///
///     let y = f(makeDual(x, Tensor.ones([3])))
///     print(y.primal, y.tangent)
///
/// - Parameter tangent: of the shape of `primal`, or broadcast to it.
public func makeDual(_ primal: Tensor, _ tangent: Tensor) -> Tensor {
  if let bad = poisoned(among: [primal, tangent]) { return bad }
  let isDouble = primal.dtype == .float64
  let target: DType = isDouble ? .dual64 : .dual32
  // primal + tangent * ε, where ε is an element like any other.
  let epsilon = isDouble ? Tensor(Dual<Double>(0, 1)) : Tensor(Dual<Float>(0, 1))
  let result = primal.to(target) + tangent.to(target) * epsilon
  guard result.hasFailed || result.shape == primal.shape else {
    return fail(
      TensorError(
        .shape, "makeDual", "a tangent of shape \(tangent.shape) cannot be broadcast to the shape \(primal.shape)"))
  }
  return result
}

extension Tensor {
  /// The values of a tensor of dual numbers, in the floating point type of their parts.
  public var primal: Tensor {
    attempt(self) { () throws(TensorError) in to(try partType("primal")) }
  }

  /// The derivatives that a tensor of dual numbers carries, in the floating point type of their parts.
  public var tangent: Tensor {
    attempt(self) { () throws(TensorError) in
      let type = try partType("tangent")
      guard !(requiresGrad && Context.isGradientEnabled) else {
        throw TensorError(.autograd, "tangent", "there is no gradient through the tangent; use detach() first")
      }
      let dense = contiguousBody()
      // A dual number lies in memory as its two parts.
      let strides = rowMajorStrides(shape).map { $0 * 2 }
      return Tensor(dense).part(at: type.size, TensorType(shape, type), strides: strides).contiguousCopy()
    }
  }

  private func partType(_ operation: String) throws(TensorError) -> DType {
    if dtype == .dual32 { return .float32 }
    if dtype == .dual64 { return .float64 }
    throw TensorError(.dtype, operation, "needs a tensor of dual numbers, and found \(dtype); make one with makeDual")
  }
}
