import ApusCore

/// The field GF(p) of the whole numbers modulo a prime p below 2³¹: exact arithmetic, in which every number but 0 can be
/// divided by.
///
/// Products of matrices are formed in 64 bits and reduced rarely; `Exact.solve`, `Exact.inverse` and the like solve
/// equations. Error-correcting codes, secret sharing and hashing by polynomials are made of it.
///
///     typealias F = GaloisField<257>
///     let x = Tensor([3, 5, 250]).to(F.dtype)
///     print(x * x, 1 / x)
///
/// There is no order and no gradient. The quotient by 0 is 0. A `p` that is no prime below 2³¹ is reported when the element
/// type is asked for.
public struct GaloisField<let p: Int>: FieldElement, Hashable, CustomStringConvertible {
  /// The remainder, from 0 to p - 1.
  public private(set) var value: UInt32

  static var modulus: ModularArithmetic { ModularArithmetic(p) }

  /// The remainder of a whole number.
  public init(_ value: Int) { self.value = Self.modulus.remainder(value) }

  /// The remainder of the whole number that `value` rounds to; 0 for what is no number.
  public init(_ value: Double) { self.value = Self.modulus.element(value) }

  private init(reduced: UInt32) { value = reduced }

  public var double: Double { Double(value) }
  public static var zero: GaloisField { GaloisField(reduced: 0) }
  public static var one: GaloisField { GaloisField(1) }

  public static func sum(_ a: GaloisField, _ b: GaloisField) -> GaloisField {
    GaloisField(reduced: modulus.sum(a.value, b.value))
  }
  public static func product(_ a: GaloisField, _ b: GaloisField) -> GaloisField {
    GaloisField(reduced: modulus.product(a.value, b.value))
  }
  /// The difference.
  public static func difference(_ a: GaloisField, _ b: GaloisField) -> GaloisField {
    GaloisField(reduced: modulus.difference(a.value, b.value))
  }
  /// The number that gives 0 with this one.
  public static func negative(_ a: GaloisField) -> GaloisField { zero - a }
  /// The quotient; 0 where `b` is 0.
  public static func quotient(_ a: GaloisField, _ b: GaloisField) -> GaloisField {
    GaloisField(reduced: modulus.quotient(a.value, b.value))
  }

  /// The number whose product with this one is 1; nil for 0.
  public var inverse: GaloisField? {
    Self.modulus.inverse(value).map { GaloisField(reduced: $0) }
  }

  /// This number times itself; a negative `exponent` takes the inverse, of which that of 0 is 0.
  public func power(_ exponent: Int) -> GaloisField {
    let base = exponent < 0 ? inverse ?? .zero : self
    return GaloisField(reduced: Self.modulus.power(base.value, exponent.magnitude))
  }

  public static var emptySum: UInt64 { 0 }
  public static func add(_ x: GaloisField, to sum: inout UInt64) { modulus.add(x.value, to: &sum) }
  public static func addProduct(_ a: GaloisField, _ b: GaloisField, to sum: inout UInt64) {
    modulus.addProduct(a.value, b.value, to: &sum)
  }
  public init(rounding sum: UInt64) { value = Self.modulus.element(sum) }

  public func apply(_ function: UnaryFunction) -> GaloisField? {
    switch function {
    case .neg: -self
    case .square: self * self
    case .reciprocal: inverse ?? .zero
    default: nil
    }
  }

  public func apply(_ function: BinaryFunction, _ other: GaloisField) -> GaloisField? {
    switch function {
    case .sub: self - other
    case .div: self / other
    default: nil
    }
  }

  public static var elementName: String { "gf\(p)" }
  public static var range: ClosedRange<Double> { 0...Double(Swift.max(p - 1, 0)) }
  public static var fields: [ElementField] { [ElementField("value", .uint32)] }
  public static var kernels: CustomKernels {
    var kernels = CustomKernels(Self.self)
    modulus.replaceLoops(of: &kernels)
    return kernels
  }

  /// The element type; a `p` that is no prime below 2³¹ is reported.
  public static var dtype: DType {
    guard ModularArithmetic.isPrime(p) else {
      report(
        TensorError(
          .dtype, "GaloisField", "\(p) is not a prime below 2147483648; other numbers have no inverses modulo it"))
      return .float32
    }
    return DType.register(Self.self)
  }

  public func text(precision: Int) -> String { "\(value)" }
  public var description: String { "\(value)" }
}

/// The primes that were asked for: the type of every tensor is looked up by them.
private let knownPrimes = Lock(Set<Int>())

/// Arithmetic modulo a number below 2³¹.
struct ModularArithmetic: ValueArithmetic {
  private let p: UInt64
  /// What is taken off sums that reach 2⁶³: the greatest multiple of p that is not above.
  private let excess: UInt64

  init(_ p: Int) {
    // Another modulus gives no numbers to compute with; the element type is reported.
    self.p = UInt64(Swift.min(Swift.max(p, 1), 1 << 31))
    excess = (1 << 63) / self.p * self.p
  }

  static func isPrime(_ p: Int) -> Bool {
    guard p >= 2, p < 1 << 31 else { return false }
    return knownPrimes.withLock { known in
      if known.contains(p) { return true }
      var divisor = 2
      while divisor * divisor <= p {
        if p % divisor == 0 { return false }
        divisor += divisor == 2 ? 1 : 2
      }
      known.insert(p)
      return true
    }
  }

  @inline(__always)
  private func reduced(_ x: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: x % p) }

  func remainder(_ x: Int) -> UInt32 { reduced(x < 0 ? p - UInt64(x.magnitude) % p : UInt64(x)) }

  @inline(__always)
  func sum(_ a: UInt32, _ b: UInt32) -> UInt32 {
    let sum = UInt64(a) + UInt64(b)
    return UInt32(truncatingIfNeeded: sum >= p ? sum - p : sum)
  }

  @inline(__always)
  func difference(_ a: UInt32, _ b: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: a >= b ? UInt64(a) - UInt64(b) : UInt64(a) + p - UInt64(b))
  }

  @inline(__always)
  func product(_ a: UInt32, _ b: UInt32) -> UInt32 { reduced(UInt64(a) * UInt64(b)) }

  func quotient(_ a: UInt32, _ b: UInt32) -> UInt32 { inverse(b).map { product(a, $0) } ?? 0 }

  /// By Euclid's algorithm; nil where there is none.
  func inverse(_ x: UInt32) -> UInt32? {
    var (a, b) = (Int64(p), Int64(x))
    var (u, v): (Int64, Int64) = (0, 1)
    while b != 0 {
      let quotient = a / b
      (a, b) = (b, a - quotient * b)
      (u, v) = (v, u - quotient * v)
    }
    return a == 1 ? remainder(Int(u)) : nil
  }

  func power(_ x: UInt32, _ exponent: UInt) -> UInt32 {
    var (result, base, rest) = (reduced(1), x, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = product(result, base) }
      base = product(base, base)
      rest >>= 1
    }
    return result
  }

  var emptySum: UInt64 { 0 }

  @inline(__always)
  func add(_ x: UInt32, to sum: inout UInt64) { addProduct(x, 1, to: &sum) }

  /// Products are below 2⁶², and sums stay below 2⁶³.
  @inline(__always)
  func addProduct(_ a: UInt32, _ b: UInt32, to sum: inout UInt64) {
    let next = sum &+ UInt64(a) &* UInt64(b)
    sum = next >= 1 << 63 ? next &- excess : next
  }

  @inline(__always)
  func element(_ sum: UInt64) -> UInt32 { reduced(sum) }

  func element(_ value: Double) -> UInt32 {
    let rest = value.rounded().truncatingRemainder(dividingBy: Double(p))
    return rest.isNaN ? 0 : remainder(Int(rest))
  }

  @inline(__always)
  func double(_ x: UInt32) -> Double { Double(x) }
}
