#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A complex number.
///
/// As an operand beside a tensor it makes the result complex; tensors of complex numbers are made from it and read as it:
///
///     let z = Tensor([Complex(1, 2), Complex(0, -1)])    // complex64
///     print(z * Complex.i)                               // tensor([-2.+1.j,  1.+0.j])
///     print(z.array(as: Complex.self)[1].imaginary)      // -1.0
public struct Complex: Sendable, Hashable, BitwiseCopyable {
  public var real: Double
  public var imaginary: Double

  /// `real + imaginary i`.
  @inlinable
  public init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  /// The number of this magnitude at this angle from the positive real axis.
  public init(magnitude: Double, angle: Double) { self.init(magnitude * cos(angle), magnitude * sin(angle)) }

  /// The imaginary unit.
  @inlinable public static var i: Complex { Complex(0, 1) }

  /// The distance from 0, without overflow between.
  public var magnitude: Double { hypot(real, imaginary) }
  /// The angle from the positive real axis, in -pi...pi.
  public var angle: Double { atan2(imaginary, real) }
  /// The number with the other sign of the imaginary part.
  @inlinable public var conjugate: Complex { Complex(real, -imaginary) }

  @inlinable public static func + (a: Complex, b: Complex) -> Complex {
    Complex(a.real + b.real, a.imaginary + b.imaginary)
  }
  @inlinable public static func - (a: Complex, b: Complex) -> Complex {
    Complex(a.real - b.real, a.imaginary - b.imaginary)
  }
  @inlinable public static prefix func - (a: Complex) -> Complex { Complex(-a.real, -a.imaginary) }
  @inlinable public static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  /// The quotient, by Smith's method: no square overflows between.
  public static func / (a: Complex, b: Complex) -> Complex {
    if b.real.magnitude >= b.imaginary.magnitude {
      if b.real == 0 && b.imaginary == 0 { return Complex(a.real / b.real.magnitude, a.imaginary / b.real.magnitude) }
      let ratio = b.imaginary / b.real
      let scale = 1 / (b.real + b.imaginary * ratio)
      return Complex((a.real + a.imaginary * ratio) * scale, (a.imaginary - a.real * ratio) * scale)
    }
    let ratio = b.real / b.imaginary
    let scale = 1 / (b.real * ratio + b.imaginary)
    return Complex((a.real * ratio + a.imaginary) * scale, (a.imaginary * ratio - a.real) * scale)
  }
}

extension Complex: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }
}

extension Complex: CustomStringConvertible {
  /// As Python writes it: `1.0-2.0j`.
  public var description: String {
    "\(real)\(imaginary.sign == .minus ? "-" : "+")\(imaginary.magnitude)j"
  }
}

extension Complex: TensorScalarLiteral, ArrayElement {
  @inlinable public var scalar: Scalar { .complex(self) }
  public static var tensorDType: DType { .defaultComplex }
  public static var dtype: DType { .complex128 }
}
