import CKernels

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Complex numbers as elements: what the engines ask of the types of CKernels.

/// A complex number as it lies in memory.
struct ComplexPair<Part: ComplexPart>: Sendable, BitwiseCopyable {
  var re: Part
  var im: Part

  @inline(__always) init(_ re: Part, _ im: Part) { (self.re, self.im) = (re, im) }
  @inline(__always) init(_ z: ComplexPair<Double>) { self.init(Part(z.re), Part(z.im)) }
  @inline(__always) var wide: ComplexPair<Double> { ComplexPair<Double>(Double(re), Double(im)) }
}

/// The parts of a complex element type.
protocol ComplexPart: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  static var pairType: DType { get }
  /// The kernel of a name on pairs.
  static func findPair(_ name: String) -> CkKernel?
}

extension Float: ComplexPart {
  static var pairType: DType { .complex64 }
  static func findPair(_ name: String) -> CkKernel? { ck_kernel_c64(name) }
}

extension Double: ComplexPart {
  static var pairType: DType { .complex128 }
  static func findPair(_ name: String) -> CkKernel? { ck_kernel_c128(name) }
}

extension ComplexPair: ExpressibleByIntegerLiteral {
  init(integerLiteral value: Int) { self.init(Part(value), 0) }
}

extension ComplexPair: NamedKernels {
  package static var computeType: DType { Part.pairType }
  static func find(_ name: String) -> CkKernel? { Part.findPair(name) }
  package static var fillKernel: Kernel<Self>.Fill {
    { out, value, count in
      let out = out.assumingMemoryBound(to: Self.self)
      for i in 0..<count { out[i] = value }
    }
  }
  package static func value(_ scalar: Scalar) -> Self {
    if case .complex(let z) = scalar { return Self(ComplexPair<Double>(z.real, z.imaginary)) }
    return value(scalar.double)
  }
  package static func value(_ constant: Double) -> Self { Self(Part(constant), 0) }
}

extension ComplexPair: ScanElement {
  @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }
  @inline(__always) static func product(_ a: Self, _ b: Self) -> Self {
    Self(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
  }
  // Complex numbers have no order: operations that need one refuse them before they come here.
  static func larger(_ a: Self, _ b: Self) -> Self { a }
  static func smaller(_ a: Self, _ b: Self) -> Self { a }

  static func identity(_ r: Reduction) -> Self { Self(r == .prod ? 1 : 0, 0) }

  static func reduce(_ r: Reduction, _ a: UnsafePointer<Self>, _ n: Int) -> Self {
    var total = identity(r).wide
    if r == .prod {
      for i in 0..<n { total = ComplexPair<Double>.product(total, a[i].wide) }
    } else {
      for i in 0..<n { total = ComplexPair<Double>.sum(total, a[i].wide) }
    }
    return Self(total)
  }

  static func accumulate(_ r: Reduction, _ acc: UnsafeMutablePointer<Self>, _ a: UnsafePointer<Self>, _ n: Int) {
    if r == .prod {
      for i in 0..<n { acc[i] = product(acc[i], a[i]) }
    } else {
      for i in 0..<n { acc[i] = sum(acc[i], a[i]) }
    }
  }

  static func start(_ kind: Scan.Kind) -> ComplexPair<Double> {
    switch kind {
    case .sum: 0
    case .prod: 1
    case .logSumExp: ComplexPair<Double>(-.infinity, 0)
    }
  }

  private static func step(_ kind: Scan.Kind, _ carry: inout ComplexPair<Double>, _ x: Self) -> Self {
    carry =
      switch kind {
      case .sum: ComplexPair<Double>.sum(carry, x.wide)
      case .prod: ComplexPair<Double>.product(carry, x.wide)
      case .logSumExp: logAddExp(carry, x.wide)
      }
    return Self(carry)
  }

  static func scan(
    _ kind: Scan.Kind, _ out: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ n: Int,
    from carry: ComplexPair<Double>
  ) {
    var carry = carry
    for i in 0..<n { out[i] = step(kind, &carry, x[i]) }
  }

  static func combine(
    _ kind: Scan.Kind, _ out: UnsafeMutablePointer<Self>, _ carry: UnsafeMutablePointer<ComplexPair<Double>>,
    _ x: UnsafePointer<Self>, _ n: Int
  ) {
    for i in 0..<n { out[i] = step(kind, &carry[i], x[i]) }
  }

  static func wideSum(_ x: UnsafePointer<Self>, _ n: Int) -> ComplexPair<Double> {
    var total = ComplexPair<Double>(0, 0)
    for i in 0..<n { total = ComplexPair<Double>.sum(total, x[i].wide) }
    return total
  }
  static func add(_ a: ComplexPair<Double>, _ b: ComplexPair<Double>) -> ComplexPair<Double> {
    ComplexPair<Double>.sum(a, b)
  }
}

/// log(exp(a) + exp(b)), from the one with the larger real part.
private func logAddExp(_ a: ComplexPair<Double>, _ b: ComplexPair<Double>) -> ComplexPair<Double> {
  if a.re.isNaN || a.im.isNaN || b.re.isNaN || b.im.isNaN { return ComplexPair(.nan, .nan) }
  let (high, low) = a.re >= b.re ? (a, b) : (b, a)
  if high.re == low.re, high.re.isInfinite {
    if high.re < 0 { return low }
    // Two infinities of one sign have no difference to take: log(exp(low) + exp(high)) by its parts.
    let re = exp(low.re) * cos(low.im) + exp(high.re) * cos(high.im)
    let im = exp(low.re) * sin(low.im) + exp(high.re) * sin(high.im)
    return ComplexPair(log(hypot(re, im)), atan2(im, re))
  }
  let (size, angle) = (exp(low.re - high.re), low.im - high.im)
  let (re, im) = (size * cos(angle), size * sin(angle))
  // |1 + z|^2 - 1 without the 1, which would swallow a small z.
  return ComplexPair(high.re + 0.5 * log1p(re * (2 + re) + im * im), high.im + atan2(im, 1 + re))
}
