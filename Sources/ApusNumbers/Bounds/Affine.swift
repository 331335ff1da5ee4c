import ApusCore

/// An affine form `center + Σ aᵢ εᵢ ± rest`: a number whose uncertainty is a sum of shared ones, the noise symbols εᵢ in
/// [-1, 1], 16 in all, and of one of its own.
///
/// Where intervals forget that two numbers depend on the same inputs, affine forms remember: x - x is 0, and bounds of
/// networks are tighter, layer after layer (de Figueiredo and Stolfi, Self-Validated Numerical Methods, 1997). Products and other
/// functions are linear functions with an error, which goes to the rest, as what rounding does. Each form carries an interval
/// as well, so its bounds are never wider than those of ``Interval``.
///
///     let x = Tensor.affine(around: image, radius: 0.1)
///     let bounds = model(x)
///     print(bounds.lower, bounds.upper)
///
/// Comparisons, undecided conditions and gradients are as for ``Interval``.
public struct Affine: FieldElement, CustomStringConvertible {
  /// The number of noise symbols.
  public static var symbolCount: Int { 16 }
  /// The place of the bounds among the parts in memory.
  static var boundsPart: Int { 18 }

  /// The number where all noise is 0.
  public private(set) var center: Double
  /// How much of each noise symbol is in the number.
  public private(set) var coefficients: InlineArray<16, Double>
  /// What else the number can differ by.
  public private(set) var rest: Double
  /// The number is at least this.
  public private(set) var lower: Double
  /// The number is at most this.
  public private(set) var upper: Double

  /// Bounds of the number.
  @inline(__always) public var bounds: Interval { Interval(lower, upper) }

  /// A form that is known to lie within bounds as well.
  @inline(__always)
  private init(_ center: Double, _ coefficients: InlineArray<16, Double>, _ rest: Double, within bounds: Interval) {
    var radius = rest
    for i in 0..<16 { radius += coefficients[i].magnitude }
    guard center.magnitude < .infinity, radius < .infinity else {
      self = Affine(bounds: bounds)
      return
    }
    // Sixteen sums, each rounded.
    radius *= 1 + 0x1p-48
    (self.center, self.coefficients, self.rest) = (center, coefficients, rest)
    let isExact = radius == 0
    lower = max(isExact ? center : roundedDown(center - radius), bounds.lower)
    upper = min(isExact ? center : roundedUp(center + radius), bounds.upper)
    // A NaN among bounds is one of both.
    if !(lower <= upper) { self = Affine(bounds: Interval(.nan)) }
  }

  /// What is only known to lie within bounds.
  init(bounds: Interval) {
    (lower, upper) = (bounds.lower, bounds.upper)
    coefficients = InlineArray(repeating: 0)
    let middle = bounds.double
    let radius = lower == upper ? 0 : roundedUp(max(upper - middle, middle - lower))
    let isFinite = radius < .infinity
    (center, rest) = (isFinite ? middle : 0, isFinite ? radius : .infinity)
  }

  /// One number.
  public init(_ value: Double) { self.init(bounds: Interval(value)) }

  /// The number center + radius εₛ for the noise symbol `symbol`, from 0 to 15; any other is a noise of its own.
  public init(center: Double, radius: Double, symbol: Int) {
    var coefficients = InlineArray<16, Double>(repeating: 0)
    let isShared = (0..<16).contains(symbol)
    if isShared { coefficients[symbol] = radius }
    self.init(center, coefficients, isShared ? 0 : radius.magnitude, within: .whole)
  }

  public var double: Double { bounds.double }
  public static var elementName: String { "affine" }
  public static var zero: Affine { Affine(0) }
  public static var one: Affine { Affine(1) }
  public static var gradient: ElementGradient { .calculus }
  public static var fields: [ElementField] {
    (["center"] + (0..<16).map { "noise\($0)" } + ["rest", "lower", "upper"]).enumerated().map {
      ElementField($1, .float64, offset: 8 * $0)
    }
  }
  public static var kernels: CustomKernels {
    var kernels = CustomKernels(Affine.self)
    takeUndecidedConditions(in: &kernels)
    return kernels
  }

  public static func == (a: Affine, b: Affine) -> Bool {
    for i in 0..<16 where a.coefficients[i] != b.coefficients[i] { return false }
    return a.center == b.center && a.rest == b.rest && a.lower == b.lower && a.upper == b.upper
  }

  public func text(precision: Int) -> String { bounds.text(precision: precision) }
  public var description: String { text(precision: 4) }

  // MARK: Arithmetic

  /// Half a unit in the last place of 1, with what forming a sum of such errors can be off by itself.
  @inline(__always) private static var rounding: Double { 0x1.00001p-53 }

  /// k₁ a + k₂ b + [offset] for constants, each rounded into the rest.
  @inline(__always)
  private static func combined(
    _ a: Affine, _ k1: Double, _ b: Affine, _ k2: Double, _ offset: Interval, within bounds: Interval
  ) -> Affine {
    let middle = offset.double
    let spread = offset.lower == offset.upper ? 0 : max(offset.upper - middle, middle - offset.lower) * (1 + 0x1p-50)
    let (first, second) = (k1 * a.center, k2 * b.center)
    let center = first + second + middle
    // Products by 1 are exact, but count as the others.
    var size = first.magnitude + second.magnitude + center.magnitude + (first + second).magnitude
    var coefficients = InlineArray<16, Double>(repeating: 0)
    for i in 0..<16 {
      let (x, y) = (k1 * a.coefficients[i], k2 * b.coefficients[i])
      coefficients[i] = x + y
      size += x.magnitude + y.magnitude + coefficients[i].magnitude
    }
    if a.rest == 0, b.rest == 0, offset == .zero, isExact(a, k1, b, k2, center, coefficients) {
      return Affine(center, coefficients, 0, within: bounds)
    }
    let rest = k1.magnitude * a.rest + k2.magnitude * b.rest + spread
    return Affine(center, coefficients, rest * (1 + 0x1p-50) + size * rounding + 0x1p-1000, within: bounds)
  }

  /// Whether a sum or difference is that of the same numbers or with nothing, so that no rounding was done.
  @inline(__always)
  private static func isExact(
    _ a: Affine, _ k1: Double, _ b: Affine, _ k2: Double, _ center: Double, _ coefficients: InlineArray<16, Double>
  ) -> Bool {
    guard k1.magnitude == 1, k2.magnitude == 1 || k2 == 0 else { return false }
    func exact(_ x: Double, _ y: Double, _ sum: Double) -> Bool { sum == 0 || x == 0 || y == 0 }
    guard exact(a.center, k2 * b.center, center) else { return false }
    for i in 0..<16 where !exact(a.coefficients[i], k2 * b.coefficients[i], coefficients[i]) { return false }
    return true
  }

  public static func sum(_ a: Affine, _ b: Affine) -> Affine {
    combined(a, 1, b, 1, .zero, within: a.bounds + b.bounds)
  }
  /// The difference, in which shared noise cancels.
  public static func difference(_ a: Affine, _ b: Affine) -> Affine {
    combined(a, 1, b, -1, .zero, within: a.bounds - b.bounds)
  }
  /// The negative, which is exact.
  public static func negative(_ a: Affine) -> Affine {
    var coefficients = a.coefficients
    for i in 0..<16 { coefficients[i] = -coefficients[i] }
    return Affine(-a.center, coefficients, a.rest, within: -a.bounds)
  }

  public static func product(_ a: Affine, _ b: Affine) -> Affine {
    let bounds = a.bounds * b.bounds
    var (left, right, both, halves) = (a.rest, b.rest, 0.0, 0.0)
    for i in 0..<16 {
      left += a.coefficients[i].magnitude
      right += b.coefficients[i].magnitude
      let product = a.coefficients[i] * b.coefficients[i]
      both += product.magnitude
      halves += product
    }
    if left == 0, a.rest == 0, a.lower == a.upper { return b.scaled(a.center, within: bounds) }
    if right == 0, b.rest == 0, b.lower == b.upper { return a.scaled(b.center, within: bounds) }
    // εᵢ² lies in [0, 1]: half of these products is in the center, and the other half in the rest.
    let product = a.center * b.center
    let center = product + halves / 2
    var size = product.magnitude + center.magnitude + 20 * both
    var coefficients = InlineArray<16, Double>(repeating: 0)
    for i in 0..<16 {
      let (x, y) = (a.center * b.coefficients[i], b.center * a.coefficients[i])
      coefficients[i] = x + y
      size += x.magnitude + y.magnitude + coefficients[i].magnitude
    }
    let square = max(left * right * (1 + 0x1p-46) - both / 2 * (1 - 0x1p-46), 0)
    let rest = a.center.magnitude * b.rest + b.center.magnitude * a.rest + square
    return Affine(center, coefficients, rest * (1 + 0x1p-48) + size * rounding + 0x1p-1000, within: bounds)
  }

  /// k times the form, within bounds.
  @inline(__always)
  private func scaled(_ k: Double, within bounds: Interval) -> Affine {
    k == 0 && bounds == .zero ? .zero : Affine.combined(self, k, .zero, 0, .zero, within: bounds)
  }

  public static func quotient(_ a: Affine, _ b: Affine) -> Affine {
    let product = a * (b.apply(.reciprocal) ?? .one)
    return product.narrowed(to: a.bounds / b.bounds)
  }

  /// The same form within more bounds.
  private func narrowed(to bounds: Interval) -> Affine {
    Affine(center, coefficients, rest, within: self.bounds.intersection(bounds))
  }

  /// What is one of two: what their noise has in common stays.
  func hull(_ other: Affine) -> Affine {
    if bounds.isNaN { return other }
    if other.bounds.isNaN { return self }
    var common = Affine.zero
    for i in 0..<16 {
      let (x, y) = (coefficients[i], other.coefficients[i])
      common.coefficients[i] = x * y <= 0 ? 0 : x.magnitude < y.magnitude ? x : y
    }
    let (first, second) = (difference(common), other.difference(common))
    return Affine.combined(common, 1, .zero, 0, first.hull(second), within: bounds.hull(other.bounds))
  }

  /// Bounds of this form less another, as forms alone.
  private func difference(_ other: Affine) -> Interval {
    let whole = Affine.combined(self, 1, other, -1, .zero, within: .whole)
    return whole.bounds
  }

  // MARK: Sums of many

  /// A sum on the way: a form rounded to nearest, and the sizes of what was added, from which follows how far it can be off.
  public struct Accumulator: BitwiseCopyable, Sendable {
    fileprivate var center = 0.0
    fileprivate var coefficients = InlineArray<16, Double>(repeating: 0)
    fileprivate var (rest, size) = (0.0, 0.0)
    fileprivate var bounds = Interval.emptySum

    /// Adds k times a form, without bounds.
    @inline(__always)
    fileprivate mutating func add(_ x: Affine, _ k: Double) {
      let term = k * x.center
      center += term
      var added = term.magnitude
      for i in 0..<16 {
        let part = k * x.coefficients[i]
        coefficients[i] += part
        added += part.magnitude
      }
      rest += k.magnitude * x.rest
      size += added + (k == 0 ? 0 : 0x1p-1000)
    }
  }

  public static var emptySum: Accumulator { Accumulator() }

  public static func add(_ x: Affine, to sum: inout Accumulator) {
    sum.add(x, 1)
    Interval.add(x.bounds, to: &sum.bounds)
  }

  /// A constant, as the weight of a network is one, only scales the other factor.
  public static func addProduct(_ a: Affine, _ b: Affine, to sum: inout Accumulator) {
    Interval.addProduct(a.bounds, b.bounds, to: &sum.bounds)
    if a.lower == a.upper {
      sum.add(b, a.lower)
    } else if b.lower == b.upper {
      sum.add(a, b.lower)
    } else {
      sum.add(a * b, 1)
    }
  }

  public init(rounding sum: Accumulator) {
    let bounds = Interval(rounding: sum.bounds)
    if sum.size == 0, sum.rest == 0 {
      self.init(bounds: bounds)
      return
    }
    // As for intervals: each of n terms is rounded once as a product and at most n times in the sum.
    let factor = (sum.bounds.count + 4) * 0x1.0001p-53
    let rest = sum.rest * (1 + 2 * factor) + sum.size * factor
    self = Affine(sum.center, sum.coefficients, rest, within: bounds)
  }

  // MARK: Functions

  /// slope x + [offset] for what is between `bounds`.
  func linear(_ slope: Double, _ offset: Interval, within bounds: Interval) -> Affine {
    Affine.combined(self, slope, .zero, 0, offset, within: bounds)
  }
}

extension DType {
  /// Affine forms, see ``Affine``.
  public static var affine: DType { Affine.dtype }
}
