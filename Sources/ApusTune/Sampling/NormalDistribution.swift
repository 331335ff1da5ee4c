#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The standard normal distribution.
package enum StandardNormal {
  /// ½ ln 2π.
  static let halfLogTwoPi = 0.918938533204672741780329736406

  static func density(_ x: Double) -> Double { exp(-0.5 * x * x - halfLogTwoPi) }

  /// The probability of at most `x`, exact to the last digits in both tails.
  static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }

  /// The logarithm of ``cumulative(_:)``, also where that is too small for a number.
  package static func logCumulative(_ x: Double) -> Double {
    if x > -5 { return x > 5 ? log1p(-cumulative(-x)) : log(cumulative(x)) }
    return log(0.5 * scaledErfc(-x * 0.5.squareRoot())) - 0.5 * x * x
  }

  /// exp(x²) erfc(x) for x ≥ 0.
  static func scaledErfc(_ x: Double) -> Double {
    if x < 25 { return exp(x * x) * erfc(x) }
    // The asymptotic series; what follows is below 1e-16.
    let t = 0.5 / (x * x)
    return (1 - t * (1 - 3 * t * (1 - 5 * t * (1 - 7 * t * (1 - 9 * t * (1 - 11 * t)))))) / (x * Double.pi.squareRoot())
  }

  /// The logarithm of E max(0, x + z) for a standard normal x: of φ(z) + z Φ(z), also where that is too small for a number (Ament et
  /// al., Unexpected improvements to expected improvement for Bayesian optimization, 2023).
  package static func logImprovement(_ z: Double) -> Double {
    if z > -25 { return log(density(z) + z * cumulative(z)) }
    // For very small z the bracket is 1/z².
    let bracket =
      z > -1e4 ? log1p((0.5 * Double.pi).squareRoot() * z * scaledErfc(-z * 0.5.squareRoot())) : -2 * log(-z)
    return -0.5 * z * z - halfLogTwoPi + bracket
  }

  /// The number of which `probability` lies below: Acklam's rational approximation and a step of Halley's.
  package static func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return probability == 0 ? -.infinity : .nan }
    guard probability < 1 else { return probability == 1 ? .infinity : .nan }
    if probability > 0.5 { return -quantile(1 - probability) }
    var x: Double
    if probability < 0.02425 {
      let q = (-2 * log(probability)).squareRoot()
      let top = polynomial(
        q,
        [
          -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
          2.938163982698783,
        ])
      x = top / polynomial(q, [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1])
    } else {
      let q = probability - 0.5
      let top = polynomial(
        q * q,
        [
          -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.383577518672690e2, -3.066479806614716e1,
          2.506628277459239,
        ])
      let bottom = polynomial(
        q * q,
        [
          -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
        ])
      x = q * top / bottom
    }
    let step = (cumulative(x) - probability) / density(x)
    if step.isFinite { x -= step / (1 + 0.5 * x * step) }
    return x
  }

  /// Coefficients of the highest power first.
  private static func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
    coefficients.reduce(0) { $0 * x + $1 }
  }
}
