import ApusCore

/// An interval [lower, upper] of real numbers, one of which it stands for.
///
/// Every operation gives an interval that contains the result for all numbers of its operands: bounds are rounded outwards,
/// and functions of the C library are widened by more than their errors (Moore, Interval Analysis, 1966). So a network that
/// is evaluated on intervals has guaranteed bounds of its outputs for all inputs within theirs:
///
///     let x = Tensor.interval(around: image, radius: 0.1)
///     let bounds = model(x)
///     print(bounds.lower, bounds.upper)
///
/// - Comparisons give [1, 1] where they hold for all numbers of both, [0, 0] where they hold for none, and [0, 1] otherwise;
///   a formula that depends on an undecided one takes both ways (``UnaryFunction/relu``, `where`, `clamp` ...). As truth values,
///   in bool tensors, comparisons hold only where they certainly do: neither `x.lt(y)` nor `x.ge(y)` holds of intervals that
///   overlap, nor `x.eq(x)` of one that is not a point. There is no order beyond that: sorting and `argmax` refuse intervals.
/// - Of a function that is not defined everywhere the defined part counts: sqrt([-1, 4]) is [0, 2]. Where nothing is defined
///   both bounds are NaN. Division by an interval that contains 0 gives the whole line.
/// - Gradients are bounds of the gradients.
public struct Interval: FieldElement, Hashable, CustomStringConvertible {
  /// The lower bound.
  public var lower: Double
  /// The upper bound.
  public var upper: Double

  /// The interval from `lower` to `upper`. Bounds in the wrong order, or NaN, make one that contains nothing: NaN.
  @inlinable
  public init(lower: Double, upper: Double) {
    let isValid = lower <= upper
    self.lower = isValid ? lower : .nan
    self.upper = isValid ? upper : .nan
  }

  /// Bounds that are known to be in order, or both NaN.
  @inlinable
  init(_ lower: Double, _ upper: Double) { (self.lower, self.upper) = (lower, upper) }

  /// One number.
  @inlinable public init(_ value: Double) { self.init(value, value) }

  /// All numbers.
  @inlinable public static var whole: Interval { Interval(-.infinity, .infinity) }

  /// The number in the middle.
  @inlinable public var double: Double {
    lower == upper ? lower : lower == -.infinity && upper == .infinity ? 0 : lower / 2 + upper / 2
  }
  /// The distance of the bounds, rounded up.
  public var width: Double { lower == upper ? 0 : sumRoundedUp(upper, -lower) }
  /// Whether a number lies within the bounds.
  @inlinable public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
  /// The smallest interval that contains this one and another.
  @inlinable public func hull(_ other: Interval) -> Interval {
    isNaN ? other : other.isNaN ? self : Interval(min(lower, other.lower), max(upper, other.upper))
  }
  /// What the two have in common; NaN bounds where that is nothing.
  @inlinable public func intersection(_ other: Interval) -> Interval {
    Interval(lower: max(lower, other.lower), upper: min(upper, other.upper))
  }
  /// Whether it contains nothing.
  @inlinable var isNaN: Bool { lower != lower }

  public static var elementName: String { "interval" }
  @inlinable public static var zero: Interval { Interval(0, 0) }
  @inlinable public static var one: Interval { Interval(1, 1) }
  public static var fields: [ElementField] {
    [ElementField("lower", .float64), ElementField("upper", .float64, offset: 8)]
  }
  /// Rules of calculus evaluated on intervals contain the derivatives.
  public static var gradient: ElementGradient { .calculus }

  public func text(precision: Int) -> String {
    lower == upper
      ? decimalText(lower, precision) : "⟨\(decimalText(lower, precision)), \(decimalText(upper, precision))⟩"
  }
  public var description: String { text(precision: 4) }

  // MARK: Arithmetic

  @inlinable public static func sum(_ a: Interval, _ b: Interval) -> Interval {
    Interval(sumRoundedDown(a.lower, b.lower), sumRoundedUp(a.upper, b.upper))
  }
  /// All differences of numbers of the two.
  @inlinable public static func difference(_ a: Interval, _ b: Interval) -> Interval { a + -b }
  /// The negatives.
  @inlinable public static func negative(_ a: Interval) -> Interval { Interval(-a.upper, -a.lower) }

  @inlinable public static func product(_ a: Interval, _ b: Interval) -> Interval {
    let (low, high) = products(a, b)
    // A bound of 0 is exact unless a product of the other sign was rounded to it.
    let isNegative = (a.lower < 0 && b.upper > 0) || (a.upper > 0 && b.lower < 0)
    let isPositive = (a.lower < 0 && b.lower < 0) || (a.upper > 0 && b.upper > 0)
    return Interval(
      low == 0 && !isNegative ? 0 : roundedDown(low), high == 0 && !isPositive ? 0 : roundedUp(high))
  }

  /// The smallest and the greatest product of bounds, rounded to nearest.
  @inlinable
  static func products(_ a: Interval, _ b: Interval) -> (Double, Double) {
    let (p, q) = (boundProduct(a.lower, b.lower), boundProduct(a.lower, b.upper))
    let (r, s) = (boundProduct(a.upper, b.lower), boundProduct(a.upper, b.upper))
    return (min(min(p, q), min(r, s)), max(max(p, q), max(r, s)))
  }

  /// All quotients of numbers of the two; the whole line where `b` contains 0.
  @inlinable public static func quotient(_ a: Interval, _ b: Interval) -> Interval {
    if a.isNaN || b.isNaN { return Interval(.nan) }
    if b.contains(0) { return .whole }
    // The sign of b says which bounds meet; a quotient of infinities is that of limits, 0 at least.
    func quotient(_ x: Double, _ y: Double) -> Double { x.isInfinite && y.isInfinite ? 0 : x / y }
    let (p, q) = (quotient(a.lower, b.lower), quotient(a.lower, b.upper))
    let (r, s) = (quotient(a.upper, b.lower), quotient(a.upper, b.upper))
    let (low, high) = (min(min(p, q), min(r, s)), max(max(p, q), max(r, s)))
    if a.lower == 0 && a.upper == 0 { return .zero }
    return Interval(roundedDown(low), roundedUp(high))
  }

  // MARK: Sums of many

  /// A sum on the way: its bounds, rounded to nearest, and the sizes of what was added, from which follows how far they can be
  /// off (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
  public struct Accumulator: BitwiseCopyable, Sendable {
    @usableFromInline var (lower, upper): (Double, Double)
    @usableFromInline var (lowerSize, upperSize): (Double, Double)
    @usableFromInline var count: Double

    @inlinable
    init() {
      (lower, upper) = (0, 0)
      (lowerSize, upperSize) = (0, 0)
      count = 0
    }
  }

  @inlinable public static var emptySum: Accumulator { Accumulator() }

  @inlinable
  public static func add(_ x: Interval, to sum: inout Accumulator) {
    sum.lower += x.lower
    sum.upper += x.upper
    sum.lowerSize += x.lower.magnitude
    sum.upperSize += x.upper.magnitude
    sum.count += 1
  }

  @inlinable
  public static func addProduct(_ a: Interval, _ b: Interval, to sum: inout Accumulator) {
    let (low, high) = products(a, b)
    // Products may underflow, but those with 0 are exact.
    let isZero = (a.lower == 0 && a.upper == 0) || (b.lower == 0 && b.upper == 0)
    let least = isZero ? 0 : 0x1p-1000
    sum.lower += low
    sum.upper += high
    sum.lowerSize += low.magnitude + least
    sum.upperSize += high.magnitude + least
    sum.count += 1
  }

  @inlinable
  public init(rounding sum: Accumulator) {
    // Each of n terms is rounded once as a product and at most n times in the sum.
    let factor = (sum.count + 4) * 0x1.0001p-53
    let low = sum.lower == .infinity ? .greatestFiniteMagnitude : sum.lower
    let high = sum.upper == -.infinity ? -.greatestFiniteMagnitude : sum.upper
    self.init(low - sum.lowerSize * factor, high + sum.upperSize * factor)
    // A sum of infinities of both signs on one side has no bound there.
    if lower != lower, upper == upper || sum.lowerSize == .infinity { lower = -.infinity }
    if upper != upper, sum.upperSize == .infinity { upper = .infinity }
  }
}

extension DType {
  /// Intervals of real numbers, see ``Interval``.
  public static var interval: DType { Interval.dtype }
}
