#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The normal distribution cut to a range, in arithmetic that holds far out in its tails.
enum TruncatedNormal {
  /// log √2π
  static let logRoot = 0.918938533204672742

  /// Φ(x) = ½ + ½ erf(x / √2).
  static func cumulative(_ x: Double) -> Double { 0.5 + 0.5 * erf(x / 2.0.squareRoot()) }

  /// log Φ(x).
  static func logCumulative(_ x: Double) -> Double {
    if x > 6 { return -0.5 * erfc(x / 2.0.squareRoot()) }
    if x > -20 { return log(0.5 * erfc(-x / 2.0.squareRoot())) }
    // The asymptotic series of Mills' ratio: φ(x)/|x| · (1 - 1/x² + 3/x⁴ - ...).
    var sum = 1.0
    var term = 1.0
    for i in 1... {
      let next = -term * Double(2 * i - 1) / (x * x)
      guard abs(next) < abs(term), sum + next != sum else { break }
      term = next
      sum += term
    }
    return -0.5 * x * x - log(-x) - logRoot + log(sum)
  }

  /// log(Φ(b) - Φ(a)), for a ≤ b.
  static func logMass(_ a: Double, _ b: Double) -> Double {
    // Differences of numbers near 1 lose their digits: what lies to the right is mirrored to the left.
    if b <= 0 { return logDifference(logCumulative(b), logCumulative(a)) }
    if a > 0 { return logDifference(logCumulative(-a), logCumulative(-b)) }
    return log1p(-cumulative(a) - cumulative(-b))
  }

  /// log(eᵖ - eᑫ)
  private static func logDifference(_ p: Double, _ q: Double) -> Double {
    q == -.infinity ? p : p + log1p(-exp(q - p))
  }

  /// log(eᵖ + eᑫ)
  static func logSum(_ p: Double, _ q: Double) -> Double {
    let (large, small) = (max(p, q), min(p, q))
    return large == -.infinity ? large : large + log1p(exp(small - large))
  }

  /// The x of log Φ(x) = y, by Newton's method.
  static func inverseLogCumulative(_ y: Double) -> Double {
    // Close to 0 the mirrored value has the digits.
    let isMirrored = y > -1e-2
    let z = isMirrored ? log(-expm1(y)) : y
    // The tail's first term far out; else the logistic distribution, which is close.
    var x =
      z < -5 ? -(-2 * (z + logRoot)).squareRoot() : -(3.0.squareRoot() / Double.pi) * log(expm1(-z))
    for _ in 0..<100 {
      let current = logCumulative(x)
      let step = (current - z) * exp(current + 0.5 * x * x + logRoot)
      x -= step
      if !(abs(step) >= 1e-8 * abs(x)) { break }
    }
    return isMirrored ? -x : x
  }

  /// The number below which the share `q` of the mass between `a` and `b` lies.
  static func quantile(_ q: Double, _ a: Double, _ b: Double) -> Double {
    if q == 0 { return a }
    if q == 1 { return b }
    let mass = logMass(a, b)
    if a < 0 { return inverseLogCumulative(logSum(logCumulative(a), log(q) + mass)) }
    return -inverseLogCumulative(logSum(logCumulative(-b), log1p(-q) + mass))
  }
}
