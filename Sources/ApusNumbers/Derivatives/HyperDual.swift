import ApusCore

/// A hyper-dual number `value + first ε₁ + second ε₂ + mixed ε₁ε₂` with ε₁² = ε₂² = 0: a number that carries its derivatives
/// in two directions along, and the second derivative in both (Fike and Alonso, 2011).
///
/// Second derivatives come out exactly, without steps and without a tape: seed an input with 1 in both directions and `mixed` is
/// its second derivative.
///
///     let x = makeHyperDual(Tensor([2.0]), Tensor([1.0]), Tensor([1.0]))
///     print((x * x * x).mixedTangent)  // tensor([12.])
///
/// With one-hot directions i and j, `mixed` is the entry (i, j) of the Hessian; with a direction v in place of j, the entry i of
/// the Hessian times v. Numbers are ordered by value; conditions ask for the value, and in Swift two are equal if all parts are.
public struct HyperDual<Part: DualPart>: FieldElement, Hashable, CustomStringConvertible {
  /// The number itself.
  public var value: Part
  /// Its derivative in the first direction.
  public var first: Part
  /// Its derivative in the second direction.
  public var second: Part
  /// Its second derivative in both.
  public var mixed: Part

  @inlinable
  public init(_ value: Part, _ first: Part, _ second: Part, _ mixed: Part) {
    (self.value, self.first, self.second, self.mixed) = (value, first, second, mixed)
  }

  /// A constant.
  @inlinable public init(_ value: Double) { self.init(Part(value), 0, 0, 0) }

  @inlinable public var double: Double { Double(value) }

  public static var elementName: String { Part.hyperDualName }
  @inlinable public static var zero: HyperDual { HyperDual(0, 0, 0, 0) }
  @inlinable public static var one: HyperDual { HyperDual(1, 0, 0, 0) }
  public static var kernels: CustomKernels { Part.hyperDualKernels }
  /// The rules of calculus hold: gradients carry third derivatives.
  public static var gradient: ElementGradient { .calculus }
  public static var fields: [ElementField] {
    ["value", "first", "second", "mixed"].enumerated().map {
      ElementField($1, Part.partType, offset: $0 * MemoryLayout<Part>.size)
    }
  }

  @inlinable public static func sum(_ a: HyperDual, _ b: HyperDual) -> HyperDual {
    HyperDual(a.value + b.value, a.first + b.first, a.second + b.second, a.mixed + b.mixed)
  }
  /// The difference of all parts.
  @inlinable public static func difference(_ a: HyperDual, _ b: HyperDual) -> HyperDual {
    HyperDual(a.value - b.value, a.first - b.first, a.second - b.second, a.mixed - b.mixed)
  }
  /// The negative of all parts.
  @inlinable public static func negative(_ a: HyperDual) -> HyperDual {
    HyperDual(-a.value, -a.first, -a.second, -a.mixed)
  }
  @inlinable public static func product(_ a: HyperDual, _ b: HyperDual) -> HyperDual {
    HyperDual(
      a.value * b.value, a.value * b.first + a.first * b.value, a.value * b.second + a.second * b.value,
      a.value * b.mixed + a.first * b.second + a.second * b.first + a.mixed * b.value)
  }
  /// The quotient q, from a = q b.
  @inlinable public static func quotient(_ a: HyperDual, _ b: HyperDual) -> HyperDual {
    let q = a.value / b.value
    let (first, second) = ((a.first - q * b.first) / b.value, (a.second - q * b.second) / b.value)
    let mixed = (a.mixed - first * b.second - second * b.first - q * b.mixed) / b.value
    return HyperDual(q, first, second, mixed)
  }

  @inlinable public static var isOrdered: Bool { true }
  @inlinable public static func isLess(_ a: HyperDual, _ b: HyperDual) -> Bool { a.value < b.value }

  public func text(precision: Int) -> String {
    func part(_ x: Part, _ unit: String) -> String {
      "\(x.sign == .minus ? "-" : "+")\(decimalText(Double(x).magnitude, precision))\(unit)"
    }
    return "\(decimalText(Double(value), precision))\(part(first, "ε₁"))\(part(second, "ε₂"))\(part(mixed, "ε₁ε₂"))"
  }
  public var description: String { text(precision: 4) }
}

// Functions by their derivatives: f(a + h) = f(a) + f'(a) h + f''(a) h² / 2 with h² = 2 first second ε₁ε₂.
extension HyperDual {
  /// A constant step, as that of a rounding function.
  @inlinable static func constant(_ value: Part) -> HyperDual { HyperDual(value, 0, 0, 0) }

  @usableFromInline
  func chain(_ jet: RealJet) -> HyperDual {
    // Where nothing is carried nothing arrives, also at points without a finite slope.
    func times(_ slope: Double, _ part: Part) -> Part { part == 0 ? 0 : part * Part(slope) }
    return HyperDual(
      Part(jet.value), times(jet.first, first), times(jet.first, second),
      times(jet.first, mixed) + times(jet.second, first * second))
  }

  @usableFromInline
  func chain(_ jet: RealJet2, _ other: HyperDual) -> HyperDual {
    func times(_ slope: Double, _ part: Part) -> Part { part == 0 ? 0 : part * Part(slope) }
    let along = times(jet.xx, first * second) + times(jet.yy, other.first * other.second)
    let across = times(jet.xy, first * other.second + second * other.first)
    return HyperDual(
      Part(jet.value), times(jet.x, first) + times(jet.y, other.first),
      times(jet.x, second) + times(jet.y, other.second),
      times(jet.x, mixed) + times(jet.y, other.mixed) + along + across)
  }

  @inlinable
  public func apply(_ function: UnaryFunction) -> HyperDual? {
    switch function {
    case .neg: -self
    case .abs: value < 0 ? -self : value == 0 ? .zero : self
    case .sign: .constant(value > 0 ? 1 : value < 0 ? -1 : 0)
    case .relu: value > 0 ? self : .constant(value.isNaN ? value : 0)
    case .floor: .constant(value.rounded(.down))
    case .ceil: .constant(value.rounded(.up))
    case .round: .constant(value.rounded(.toNearestOrEven))
    case .trunc: .constant(value.rounded(.towardZero))
    case .frac: HyperDual(value - value.rounded(.towardZero), first, second, mixed)
    case .isnan: .constant(value.isNaN ? 1 : 0)
    case .isinf: .constant(value.isInfinite ? 1 : 0)
    case .isfinite: .constant(value.isFinite ? 1 : 0)
    case .signbit: .constant(value.sign == .minus ? 1 : 0)
    default: realJet(function, Double(value)).map { chain($0) }
    }
  }

  @inlinable
  public func apply(_ function: BinaryFunction, _ other: HyperDual) -> HyperDual? {
    switch function {
    case .sub: self - other
    case .div: self / other
    case .max:
      value.isNaN || (!other.value.isNaN && value > other.value) ? self : value == other.value ? mean(other) : other
    case .min:
      value.isNaN || (!other.value.isNaN && value < other.value) ? self : value == other.value ? mean(other) : other
    case .fmax: other.value.isNaN || value >= other.value ? self : other
    case .fmin: other.value.isNaN || value <= other.value ? self : other
    case .lt: .constant(value < other.value ? 1 : 0)
    case .le: .constant(value <= other.value ? 1 : 0)
    case .gt: .constant(value > other.value ? 1 : 0)
    case .ge: .constant(value >= other.value ? 1 : 0)
    case .copysign: value.sign == other.value.sign ? self : -self
    default: realJet(function, Double(value), Double(other.value)).map { chain($0, other) }
    }
  }

  /// What arrives at an extreme of two equal numbers: half of each, as for gradients.
  @inlinable
  func mean(_ other: HyperDual) -> HyperDual {
    HyperDual(value, (first + other.first) / 2, (second + other.second) / 2, (mixed + other.mixed) / 2)
  }
}

extension DType {
  /// Hyper-dual numbers of four Floats, see ``HyperDual``.
  public static var hyperDual32: DType { HyperDual<Float>.dtype }
  /// Hyper-dual numbers of four Doubles, see ``HyperDual``.
  public static var hyperDual64: DType { HyperDual<Double>.dtype }
}

/// Hyper-dual numbers of a floating point tensor and two directions: the seed of exact second derivatives. There is no gradient to
/// the parts.
///
///     let y = f(makeHyperDual(x, u, v))
///     print(y.primal, y.tangent, y.secondTangent, y.mixedTangent)  // f, Df u, Df v, uᵀ D²f v
///
/// - Parameters: `first` and `second` of the shape of `primal`, or broadcast to it.
public func makeHyperDual(_ primal: Tensor, _ first: Tensor, _ second: Tensor) -> Tensor {
  attempt(primal, first, second) { () throws(TensorError) in
    let isDouble = primal.dtype == .float64
    let parts = [primal, first, second, Tensor(0.0)]
    let result = try joinedParts(
      parts, isDouble ? .float64 : .float32, as: isDouble ? .hyperDual64 : .hyperDual32, "makeHyperDual")
    guard result.shape == primal.shape else {
      throw TensorError(
        .shape, "makeHyperDual",
        "directions of shape \(first.shape) and \(second.shape) cannot be broadcast to the shape \(primal.shape)")
    }
    return result
  }
}

extension Tensor {
  /// The derivatives in the second direction that a tensor of hyper-dual numbers carries.
  public var secondTangent: Tensor { hyperPart(2, "secondTangent") }

  /// The second derivatives in both directions that a tensor of hyper-dual numbers carries.
  public var mixedTangent: Tensor { hyperPart(3, "mixedTangent") }

  private func hyperPart(_ i: Int, _ operation: String) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard dtype == .hyperDual32 || dtype == .hyperDual64 else {
        throw TensorError(
          .dtype, operation, "needs a tensor of hyper-dual numbers, and found \(dtype); make one with makeHyperDual")
      }
      return try elementPart(i, of: self, derivativePart(operation), operation)
    }
  }
}
