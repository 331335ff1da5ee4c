import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Functions of intervals: from the bounds where a function is monotone, and from its extremes where it is not.

/// How far functions of the C library, and a few operations on their results, can be off, in units of the last place: more
/// than twice the greatest errors that are known of the double functions of glibc and musl.
let libraryError = 8.0

extension Interval {
  /// The range of a growing function that is defined from `domain.lowerBound` to `domain.upperBound` and whose values stay
  /// within `values`.
  func growing(
    _ f: (Double) -> Double, domain: ClosedRange<Double> = -.infinity ... .infinity,
    values: ClosedRange<Double> = -.infinity ... .infinity, ulps: Double = libraryError
  ) -> Interval {
    guard lower <= domain.upperBound, upper >= domain.lowerBound else { return Interval(.nan) }
    return Interval(
      max(lowered(f(max(lower, domain.lowerBound)), ulps), values.lowerBound),
      min(raised(f(min(upper, domain.upperBound)), ulps), values.upperBound))
  }

  /// The range of a falling function.
  func falling(
    _ f: (Double) -> Double, domain: ClosedRange<Double> = -.infinity ... .infinity,
    values: ClosedRange<Double> = -.infinity ... .infinity
  ) -> Interval {
    -growing({ -f($0) }, domain: domain, values: -values.upperBound ... -values.lowerBound)
  }

  /// The range of an exact function that does not fall.
  func steps(_ f: (Double) -> Double) -> Interval { Interval(f(lower), f(upper)) }

  /// The distances from 0.
  @inlinable
  public var magnitude: Interval {
    lower >= 0 ? self : upper <= 0 ? -self : isNaN ? self : Interval(0, max(-lower, upper))
  }

  /// The range of an activation function that falls to its least value at a point and grows from there on.
  func valley(_ f: (Double) -> Double, at point: Double, least: Double, ulps: (Double) -> Double) -> Interval {
    if isNaN { return self }
    let (atLower, atUpper) = (f(lower), f(upper))
    let high = max(raised(atLower, ulps(lower)), raised(atUpper, ulps(upper)))
    // The point itself is rounded: near it both sides count.
    if lower > point + 1e-9 { return Interval(max(lowered(atLower, ulps(lower)), least), high) }
    if upper < point - 1e-9 { return Interval(max(lowered(atUpper, ulps(upper)), least), min(high, 0)) }
    return Interval(least, high)
  }

  /// A function of x and the values at both ends where the function takes its extremes -1 and 1 at `least` and `greatest`
  /// plus multiples of 2π.
  func wave(_ f: (Double) -> Double, greatest: Double, least: Double) -> Interval {
    if isNaN { return self }
    let turn = 2 * Double.pi
    // Multiples of 2π are off by too much beyond, as is the count of turns.
    guard upper - lower < turn, max(-lower, upper) < 1e6 else { return Interval(-1, 1) }
    func meets(_ place: Double) -> Bool {
      ((lower - place) / turn - 1e-9).rounded(.up) <= ((upper - place) / turn + 1e-9).rounded(.down)
    }
    let (a, b) = (f(lower), f(upper))
    return Interval(
      meets(least) ? -1 : max(lowered(min(a, b), libraryError), -1),
      meets(greatest) ? 1 : min(raised(max(a, b), libraryError), 1))
  }

  public func apply(_ function: UnaryFunction) -> Interval? {
    switch function {
    case .neg: -self
    case .abs: magnitude
    case .sign: steps { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    case .relu: steps { $0 > 0 ? $0 : $0 == $0 ? 0 : $0 }
    case .floor: steps { $0.rounded(.down) }
    case .ceil: steps { $0.rounded(.up) }
    case .round: steps { $0.rounded(.toNearestOrEven) }
    case .trunc: steps { $0.rounded(.towardZero) }
    case .isnan: isNaN ? .one : .zero
    case .square: squared
    case .sqrt: growing({ $0.squareRoot() }, domain: 0 ... .infinity, values: 0 ... .infinity, ulps: 1)
    case .exp: growing(exp, values: 0 ... .infinity)
    case .exp2: growing(exp2, values: 0 ... .infinity)
    case .expm1: growing(expm1, values: -1 ... .infinity)
    case .log: growing(log, domain: 0 ... .infinity)
    case .log2: growing(log2, domain: 0 ... .infinity)
    case .log10: growing(log10, domain: 0 ... .infinity)
    case .log1p: growing(log1p, domain: -1 ... .infinity)
    case .sinh: growing(sinh)
    case .tanh: growing(tanh, values: -1...1)
    case .asinh: growing(asinh)
    case .atan: growing(atan)
    case .asin: growing(asin, domain: -1...1)
    case .acos: falling(acos, domain: -1...1, values: 0...Double.pi.nextUp)
    case .acosh: growing(acosh, domain: 1 ... .infinity, values: 0 ... .infinity)
    case .atanh: growing(atanh, domain: -1...1)
    case .erf: growing(erf, values: -1...1)
    case .erfc: falling(erfc, values: 0...2)
    case .cosh: magnitude.growing(cosh, values: 1 ... .infinity)
    case .sin: wave(sin, greatest: .pi / 2, least: -.pi / 2)
    case .cos: wave(cos, greatest: 0, least: .pi)
    case .tan: tangent
    case .sigmoid: growing({ 1 / (1 + exp(-$0)) }, values: 0...1)
    case .softplus: growing({ max($0, 0) + log1p(exp(-$0.magnitude)) }, values: 0 ... .infinity)
    // x exp(-x²/2) makes the error of the argument count for 2 x² of its own.
    case .gelu:
      valley(
        { $0 == -.infinity ? 0 : 0.5 * $0 * erfc($0 * -0.70710678118654752440) }, at: -0.7517915246935645,
        least: -0.1699712074799038, ulps: { 2 * libraryError + 4 * min($0 * $0, 2000) })
    case .geluTanh:
      valley(
        { x in x == -.infinity ? 0 : x / (1 + exp(-1.59576912160573071176 * (x + 0.044715 * x * x * x))) },
        at: -0.7524614220710163, least: -0.1700407505712541,
        ulps: { x in 2 * libraryError + min(16 * (x.magnitude + 0.045 * x.magnitude * x * x), 20000) })
    case .silu:
      valley(
        { $0 == -.infinity ? 0 : $0 / (1 + exp(-$0)) }, at: -1.2784645427610738, least: -0.2784645427610739,
        ulps: { _ in libraryError })
    default: nil
    }
  }

  @usableFromInline
  var squared: Interval {
    let x = magnitude
    return Interval(
      x.lower == 0 ? 0 : max(roundedDown(x.lower * x.lower), 0), x.upper == 0 ? 0 : roundedUp(x.upper * x.upper))
  }

  private var tangent: Interval {
    if isNaN { return self }
    // The number of poles to the left of each end; near one the sign of the error decides.
    func poles(_ x: Double, _ margin: Double) -> Double { (x / .pi + 0.5 + margin).rounded(.down) }
    guard max(-lower, upper) < 1e6, poles(lower, -1e-9) == poles(upper, 1e-9) else { return .whole }
    return growing(tan)
  }

  /// x^y. A whole number as exponent, if it is one number, takes any x; other exponents take x of 0 or more.
  @usableFromInline
  func power(_ exponent: Interval) -> Interval {
    if isNaN || exponent.isNaN { return Interval(.nan) }
    let n = exponent.lower
    if exponent.upper == n, n == n.rounded(), n.magnitude < 1e6 {
      if n == 0 { return .one }
      if n < 0 { return Interval.one / power(-exponent) }
      if n == 1 { return self }
      if n == 2 { return squared }
      // One rounding a factor at most, as if multiplied out.
      func raise(_ x: Double) -> Double { pow(x, n) }
      if n.remainder(dividingBy: 2) == 0 { return magnitude.growing(raise, values: 0 ... .infinity) }
      return growing(raise)
    }
    guard upper >= 0 else { return Interval(.nan) }
    let x = Interval(max(lower, 0), upper)
    let corners = [pow(x.lower, n), pow(x.lower, exponent.upper), pow(x.upper, n), pow(x.upper, exponent.upper)]
    // y log x grows or falls with each of the two, so its extremes lie at corners.
    let range = corners.reduce(Interval(corners[0])) { $0.hull(Interval($1)) }
    return Interval(max(lowered(range.lower, libraryError), 0), raised(range.upper, libraryError))
  }

  @inlinable
  public func apply(_ function: BinaryFunction, _ other: Interval) -> Interval? {
    switch function {
    case .sub: self - other
    case .div: self / other
    case .max: isNaN || other.isNaN ? Interval(.nan) : Interval(max(lower, other.lower), max(upper, other.upper))
    case .min: isNaN || other.isNaN ? Interval(.nan) : Interval(min(lower, other.lower), min(upper, other.upper))
    case .fmax: isNaN ? other : other.isNaN ? self : Interval(max(lower, other.lower), max(upper, other.upper))
    case .fmin: isNaN ? other : other.isNaN ? self : Interval(min(lower, other.lower), min(upper, other.upper))
    case .lt: decided(upper < other.lower, not: lower >= other.upper)
    case .le: decided(upper <= other.lower, not: lower > other.upper)
    case .gt: decided(lower > other.upper, not: upper <= other.lower)
    case .ge: decided(lower >= other.upper, not: upper < other.lower)
    case .pow: power(other)
    default: nil
    }
  }

  /// What a comparison gives: of something that is not a number none holds.
  @inlinable
  func decided(_ holds: Bool, not fails: Bool) -> Interval {
    holds ? .one : fails || lower != lower ? .zero : Interval(0, 1)
  }
}
