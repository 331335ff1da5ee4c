import ApusCore

/// A dual number `value + derivative ε` with ε² = 0: a number that carries its derivative in one direction along.
///
/// Any computation on dual numbers computes that derivative too, which is forward-mode differentiation: seed one input
/// with derivative 1 and read the derivatives of the results. As an element type of tensors it does so for whole networks:
///
///     let x = Tensor([Dual(2.0, 1.0)])        // x, and dx/dx = 1
///     print((x * x * x).item(as: Dual<Double>.self))  // 8 + 12ε
///
/// Dual numbers are ordered by value, and conditions on tensors of them (`x.eq(y)`) ask for the value alone. In Swift two are
/// equal (`==`) if value and derivative are.
public struct Dual<Part: DualPart>: FieldElement, Hashable {
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
  public static var fields: [ElementField] {
    [
      ElementField("value", Part.partType),
      ElementField("derivative", Part.partType, offset: MemoryLayout<Part>.size),
    ]
  }
  public static var zero: Dual { Dual(0, 0) }
  public static var one: Dual { Dual(1, 0) }
  public static var kernels: CustomKernels { Part.dualKernels }
  /// The rules of calculus hold: the gradient of a network on dual numbers carries a directional second derivative.
  public static var gradient: ElementGradient { .calculus }

  @inlinable public static func sum(_ a: Dual, _ b: Dual) -> Dual {
    Dual(a.value + b.value, a.derivative + b.derivative)
  }
  /// The difference, with the difference of the derivatives.
  @inlinable public static func difference(_ a: Dual, _ b: Dual) -> Dual {
    Dual(a.value - b.value, a.derivative - b.derivative)
  }
  /// The negative of both parts.
  @inlinable public static func negative(_ a: Dual) -> Dual { Dual(-a.value, -a.derivative) }
  @inlinable public static func product(_ a: Dual, _ b: Dual) -> Dual {
    Dual(a.value * b.value, a.value * b.derivative + a.derivative * b.value)
  }
  /// The quotient, with (a' - q b') / b as its derivative.
  @inlinable public static func quotient(_ a: Dual, _ b: Dual) -> Dual {
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
  /// The name of the element type of hyper-dual numbers.
  static var hyperDualName: String { get }
  /// The loops of the element type of hyper-dual numbers.
  static var hyperDualKernels: CustomKernels { get }
  /// The element type of one part.
  static var partType: DType { get }
}

extension Float: DualPart {
  public static var dualName: String { "dual32" }
  public static var dualKernels: CustomKernels {
    CustomKernels(Dual<Float>.self).comparing { (x: Dual<Float>) in x.value }
  }
  public static var hyperDualName: String { "hyperdual32" }
  public static var hyperDualKernels: CustomKernels {
    CustomKernels(HyperDual<Float>.self).comparing { (x: HyperDual<Float>) in x.value }
  }
  public static var partType: DType { .float32 }
}

extension Double: DualPart {
  public static var dualName: String { "dual64" }
  public static var dualKernels: CustomKernels {
    CustomKernels(Dual<Double>.self).comparing { (x: Dual<Double>) in x.value }
  }
  public static var hyperDualName: String { "hyperdual64" }
  public static var hyperDualKernels: CustomKernels {
    CustomKernels(HyperDual<Double>.self).comparing { (x: HyperDual<Double>) in x.value }
  }
  public static var partType: DType { .float64 }
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
    case .frac: return Dual(value - value.rounded(.towardZero), derivative)
    default: return realJet(function, x).map { chain($0.value, $0.first) }
    }
  }

  @inlinable var isNegative: Bool { value < 0 }

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
    case .copysign:
      Dual(
        value.sign == other.value.sign ? value : -value, value.sign == other.value.sign ? derivative : -derivative)
    default: realJet(function, Double(value), Double(other.value)).map { chain($0, other) }
    }
  }

  /// What arrives at an extreme of two equal numbers: half of each, as for gradients.
  @inlinable func mean(_ other: Dual) -> Part { (derivative + other.derivative) / 2 }

  /// A function of this number and another by its partial derivatives.
  @usableFromInline
  func chain(_ jet: RealJet2, _ other: Dual) -> Dual {
    var slope: Part = 0
    if derivative != 0 { slope += derivative * Part(jet.x) }
    if other.derivative != 0 { slope += other.derivative * Part(jet.y) }
    return Dual(Part(jet.value), slope)
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
  /// The values of a tensor of dual or hyper-dual numbers, in the floating point type of their parts.
  public var primal: Tensor {
    attempt(self) { () throws(TensorError) in to(try derivativePart("primal")) }
  }

  /// The derivatives that a tensor of dual numbers carries (of hyper-dual numbers those in the first direction), in the floating
  /// point type of their parts.
  public var tangent: Tensor {
    attempt(self) { () throws(TensorError) in
      try elementPart(1, of: self, try derivativePart("tangent"), "tangent")
    }
  }

  /// The floating point type of the parts of dual and hyper-dual numbers.
  func derivativePart(_ operation: String) throws(TensorError) -> DType {
    if dtype == .dual32 || dtype == .hyperDual32 { return .float32 }
    if dtype == .dual64 || dtype == .hyperDual64 { return .float64 }
    throw TensorError(.dtype, operation, "needs a tensor of dual numbers, and found \(dtype); make one with makeDual")
  }
}
