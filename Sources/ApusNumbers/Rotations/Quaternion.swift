import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A quaternion `real + i i + j j + k k`, with Hamilton's product: i² = j² = k² = ijk = -1.
///
/// Quaternions of length 1 are rotations of space, and products of them (the right one first) rotations one after the other; see
/// ``rotated(_:)`` and `Tensor.quaternion(axis:angle:)`.
///
///     let turn = Tensor.quaternion(axis: Tensor([0.0, 0.0, 1.0]), angle: Tensor(Double.pi / 2))
///     print(turn * turn)  // half a turn
///
/// Products do not commute, so the derivative of a product is not what the rules of calculus for numbers say: tensors of
/// quaternions have no gradient. What learns computes with the four parts as real numbers: the functions of ``quaternion`` take
/// and give tensors `[..., 4]` of these, have gradients, and agree with the products here. ``Tensor/quaternionParts`` and
/// ``Tensor/quaternion(parts:)`` go from one to the other.
public struct Quaternion<Part: QuaternionPart>: FieldElement, Hashable, CustomStringConvertible {
  /// The real part.
  public var real: Part
  /// The imaginary parts: of a rotation about the axis u by the angle t they are u sin(t / 2).
  public var (i, j, k): (Part, Part, Part)

  @inlinable
  public init(_ real: Part, _ i: Part, _ j: Part, _ k: Part) {
    self.real = real
    (self.i, self.j, self.k) = (i, j, k)
  }

  /// A real number.
  @inlinable public init(_ value: Double) { self.init(Part(value), 0, 0, 0) }

  /// The real part.
  @inlinable public var double: Double { Double(real) }

  public static var elementName: String { Part.quaternionName }
  @inlinable public static var zero: Quaternion { Quaternion(0, 0, 0, 0) }
  @inlinable public static var one: Quaternion { Quaternion(1, 0, 0, 0) }
  public static var kernels: CustomKernels { Part.quaternionKernels }
  public static var fields: [ElementField] {
    ["real", "i", "j", "k"].enumerated().map {
      ElementField($1, Part.quaternionPartType, offset: $0 * MemoryLayout<Part>.size)
    }
  }

  public static func == (a: Quaternion, b: Quaternion) -> Bool {
    a.real == b.real && a.i == b.i && a.j == b.j && a.k == b.k
  }

  public func hash(into hasher: inout Hasher) {
    for part in [real, i, j, k] { hasher.combine(part) }
  }

  @inlinable public static func sum(_ a: Quaternion, _ b: Quaternion) -> Quaternion {
    Quaternion(a.real + b.real, a.i + b.i, a.j + b.j, a.k + b.k)
  }
  /// The difference of all parts.
  @inlinable public static func difference(_ a: Quaternion, _ b: Quaternion) -> Quaternion {
    Quaternion(a.real - b.real, a.i - b.i, a.j - b.j, a.k - b.k)
  }
  /// The negative of all parts.
  @inlinable public static func negative(_ a: Quaternion) -> Quaternion { Quaternion(-a.real, -a.i, -a.j, -a.k) }
  @inlinable public static func product(_ a: Quaternion, _ b: Quaternion) -> Quaternion {
    let real = a.real * b.real - a.i * b.i - a.j * b.j - a.k * b.k
    let i = a.real * b.i + a.i * b.real + a.j * b.k - a.k * b.j
    let j = a.real * b.j - a.i * b.k + a.j * b.real + a.k * b.i
    let k = a.real * b.k + a.i * b.j - a.j * b.i + a.k * b.real
    return Quaternion(real, i, j, k)
  }
  /// a times the inverse of b.
  @inlinable public static func quotient(_ a: Quaternion, _ b: Quaternion) -> Quaternion { a * b.inverse }

  /// The same real part with the imaginary parts negated: of a rotation, the one back.
  @inlinable public var conjugate: Quaternion { Quaternion(real, -i, -j, -k) }
  /// The sum of the squares of the parts.
  @inlinable public var squaredLength: Part { real * real + i * i + j * j + k * k }
  /// The length.
  @inlinable public var length: Part { squaredLength.squareRoot() }
  /// What gives 1 with this one, on both sides.
  @inlinable public var inverse: Quaternion {
    let square = squaredLength
    return Quaternion(real / square, -i / square, -j / square, -k / square)
  }

  /// The vector that a rotation (a quaternion of length 1) turns `v` to: q v q̄.
  @inlinable
  public func rotated(_ v: (Part, Part, Part)) -> (Part, Part, Part) {
    let turned = self * Quaternion(0, v.0, v.1, v.2) * conjugate
    return (turned.i, turned.j, turned.k)
  }

  /// With the real part and the length of the imaginary one given, in the direction of this one's.
  @usableFromInline
  func along(_ real: Double, _ imaginary: Double, _ length: Double) -> Quaternion {
    let scale = length == 0 ? 0 : Part(imaginary / length)
    return Quaternion(Part(real), i * scale, j * scale, k * scale)
  }

  @usableFromInline
  func apply(transcendental function: UnaryFunction) -> Quaternion? {
    let imaginary = (Double(i) * Double(i) + Double(j) * Double(j) + Double(k) * Double(k)).squareRoot()
    switch function {
    case .exp:
      let size = exp(Double(real))
      // Where there is no imaginary part sin(x) / x is 1, and nothing to multiply.
      return along(size * cos(imaginary), size * sin(imaginary), imaginary)
    case .log:
      let size = (Double(real) * Double(real) + imaginary * imaginary).squareRoot()
      return along(log(size), atan2(imaginary, Double(real)), imaginary)
    case .sqrt:
      let size = (Double(real) * Double(real) + imaginary * imaginary).squareRoot()
      return along(((size + Double(real)) / 2).squareRoot(), max((size - Double(real)) / 2, 0).squareRoot(), imaginary)
    default: return nil
    }
  }

  @inlinable
  public func apply(_ function: UnaryFunction) -> Quaternion? {
    switch function {
    case .neg: -self
    case .conj: conjugate
    case .abs: Quaternion(length, 0, 0, 0)
    case .real: Quaternion(real, 0, 0, 0)
    case .reciprocal: inverse
    default: apply(transcendental: function)
    }
  }

  @inlinable
  public func apply(_ function: BinaryFunction, _ other: Quaternion) -> Quaternion? {
    switch function {
    case .sub: self - other
    case .div: self / other
    default: nil
    }
  }

  public func text(precision: Int) -> String {
    func part(_ x: Part, _ unit: String) -> String {
      "\(x.sign == .minus ? "-" : "+")\(decimalText(Double(x).magnitude, precision))\(unit)"
    }
    return "\(decimalText(Double(real), precision))\(part(i, "i"))\(part(j, "j"))\(part(k, "k"))"
  }
  public var description: String { text(precision: 4) }
}

/// What the parts of a quaternion can be: Float and Double.
public protocol QuaternionPart: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// The name of the element type.
  static var quaternionName: String { get }
  /// The loops of the element type.
  static var quaternionKernels: CustomKernels { get }
  /// The element type of one part.
  static var quaternionPartType: DType { get }
}

extension Float: QuaternionPart {
  public static var quaternionName: String { "quaternion32" }
  public static var quaternionKernels: CustomKernels { CustomKernels(Quaternion<Float>.self) }
  public static var quaternionPartType: DType { .float32 }
}

extension Double: QuaternionPart {
  public static var quaternionName: String { "quaternion64" }
  public static var quaternionKernels: CustomKernels { CustomKernels(Quaternion<Double>.self) }
  public static var quaternionPartType: DType { .float64 }
}

extension DType {
  /// Quaternions of four Floats, see ``Quaternion``.
  public static var quaternion32: DType { Quaternion<Float>.dtype }
  /// Quaternions of four Doubles, see ``Quaternion``.
  public static var quaternion64: DType { Quaternion<Double>.dtype }
}
