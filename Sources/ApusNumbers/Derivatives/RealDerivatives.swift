import ApusCore
import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The value of a function of one number, and its first and second derivative there.
@usableFromInline
struct RealJet {
  @usableFromInline let (value, first, second): (Double, Double, Double)

  @inline(__always)
  init(_ value: Double, _ first: Double, _ second: Double) {
    (self.value, self.first, self.second) = (value, first, second)
  }
}

/// The functions of formulas that have derivatives in closed form, at `x`: what numbers that carry derivatives compute with.
/// Nil for the others. A formula's composition gives `gelu`, `silu`, `softplus` and the like from these.
@usableFromInline
func realJet(_ function: UnaryFunction, _ x: Double) -> RealJet? {
  switch function {
  case .exp:
    let y = exp(x)
    return RealJet(y, y, y)
  case .exp2:
    let (y, k) = (exp2(x), 0.693147180559945309417)
    return RealJet(y, y * k, y * k * k)
  case .expm1:
    let y = exp(x)
    return RealJet(expm1(x), y, y)
  case .log: return RealJet(log(x), 1 / x, -1 / (x * x))
  case .log2:
    let k = 1.442695040888963407360
    return RealJet(log2(x), k / x, -k / (x * x))
  case .log10:
    let k = 0.434294481903251827651
    return RealJet(log10(x), k / x, -k / (x * x))
  case .log1p:
    let r = 1 / (1 + x)
    return RealJet(log1p(x), r, -r * r)
  case .sqrt:
    let y = x.squareRoot()
    return RealJet(y, 0.5 / y, -0.25 / (x * y))
  case .reciprocal:
    let r = 1 / x
    return RealJet(r, -r * r, 2 * r * r * r)
  case .rsqrt:
    let r = 1 / x.squareRoot()
    return RealJet(r, -0.5 * r / x, 0.75 * r / (x * x))
  case .square: return RealJet(x * x, 2 * x, 2)
  case .sin:
    let y = sin(x)
    return RealJet(y, cos(x), -y)
  case .cos:
    let y = cos(x)
    return RealJet(y, -sin(x), -y)
  case .tan:
    let y = tan(x)
    return RealJet(y, 1 + y * y, 2 * y * (1 + y * y))
  case .asin:
    let r = 1 / (1 - x * x)
    return RealJet(asin(x), r.squareRoot(), x * r * r.squareRoot())
  case .acos:
    let r = 1 / (1 - x * x)
    return RealJet(acos(x), -r.squareRoot(), -x * r * r.squareRoot())
  case .atan:
    let r = 1 / (1 + x * x)
    return RealJet(atan(x), r, -2 * x * r * r)
  case .sinh:
    let y = sinh(x)
    return RealJet(y, cosh(x), y)
  case .cosh:
    let y = cosh(x)
    return RealJet(y, sinh(x), y)
  case .tanh:
    let y = tanh(x)
    return RealJet(y, 1 - y * y, -2 * y * (1 - y * y))
  case .asinh:
    let r = 1 / (x * x + 1)
    return RealJet(asinh(x), r.squareRoot(), -x * r * r.squareRoot())
  case .acosh:
    let (low, high) = (x - 1, x + 1)
    let r = 1 / (low.squareRoot() * high.squareRoot())
    return RealJet(acosh(x), r, -x * r / (low * high))
  case .atanh:
    let r = 1 / (1 - x * x)
    return RealJet(atanh(x), r, 2 * x * r * r)
  case .erf:
    let slope = 1.12837916709551257390 * exp(-x * x)
    return RealJet(erf(x), slope, -2 * x * slope)
  case .erfc:
    let slope = -1.12837916709551257390 * exp(-x * x)
    return RealJet(erfc(x), slope, -2 * x * slope)
  case .sigmoid:
    let y = 1 / (1 + exp(-x))
    return RealJet(y, y * (1 - y), y * (1 - y) * (1 - 2 * y))
  case .lgamma: return RealJet(special(ck_lgamma_f64, x), special(ck_digamma_f64, x), polygamma(1, x))
  case .digamma: return RealJet(special(ck_digamma_f64, x), polygamma(1, x), polygamma(2, x))
  case .erfinv:
    let y = special(ck_erfinv_f64, x)
    let slope = 0.88622692545275801365 * exp(y * y)
    return RealJet(y, slope, 2 * y * slope * slope)
  case .erfcx:
    let y = special(ck_erfcx_f64, x)
    let slope = 2 * x * y - 1.12837916709551257390
    return RealJet(y, slope, 2 * y + 2 * x * slope)
  case .ndtri:
    let y = special(ck_ndtri_f64, x)
    let slope = 2.50662827463100050242 * exp(0.5 * y * y)
    return RealJet(y, slope, y * slope * slope)
  case .sphericalJ0:
    if x == 0 { return RealJet(1, 0, -1.0 / 3) }
    let y = special(ck_spherical_j0_f64, x)
    let slope = (cos(x) - y) / x
    return RealJet(y, slope, -y - 2 * slope / x)
  default: return besselJet(function, x)
  }
}

// MARK: Bessel functions

/// Functions of order 0 and 1 of one kind: y₀' = s y₁ and y₁' = c y₀ - y₁ / x, from which y'' follows by the equation
/// x² y'' + x y' = (n² - r x²) y.
private func besselJet(_ function: UnaryFunction, _ x: Double) -> RealJet? {
  switch function {
  case .j0: bessel(0, x, ck_j0_f64, ck_j1_f64, -1, 1)
  case .j1: bessel(1, x, ck_j0_f64, ck_j1_f64, -1, 1)
  case .y0: bessel(0, x, ck_y0_f64, ck_y1_f64, -1, 1)
  case .y1: bessel(1, x, ck_y0_f64, ck_y1_f64, -1, 1)
  case .i0: bessel(0, x, ck_i0_f64, ck_i1_f64, 1, 1)
  case .i1: bessel(1, x, ck_i0_f64, ck_i1_f64, 1, 1)
  case .k0: bessel(0, x, ck_k0_f64, ck_k1_f64, -1, -1)
  case .k1: bessel(1, x, ck_k0_f64, ck_k1_f64, -1, -1)
  // The same times exp(-|x|), and times exp(x).
  case .i0e: scaled(bessel(0, x, ck_i0e_f64, ck_i1e_f64, 1, 1), x < 0 ? 1 : -1)
  case .i1e: scaled(bessel(1, x, ck_i0e_f64, ck_i1e_f64, 1, 1), x < 0 ? 1 : -1)
  case .k0e: scaled(bessel(0, x, ck_k0e_f64, ck_k1e_f64, -1, -1), 1)
  case .k1e: scaled(bessel(1, x, ck_k0e_f64, ck_k1e_f64, -1, -1), 1)
  default: nil
  }
}

private func bessel(
  _ order: Int, _ x: Double, _ zeroth: SpecialLoop, _ first: SpecialLoop, _ s: Double, _ c: Double
) -> RealJet {
  let (y0, y1) = (special(zeroth, x), special(first, x))
  // The limits at 0 of functions that are smooth there.
  if x == 0, y0 == 1 { return order == 0 ? RealJet(1, 0, s * c / 2) : RealJet(0, c / 2, 0) }
  let slope = c * y0 - y1 / x
  return order == 0 ? RealJet(y0, s * y1, s * slope) : RealJet(y1, slope, c * s * y1 - slope / x + y1 / (x * x))
}

/// exp(k x) times a function, where the values of `jet` are multiplied already.
private func scaled(_ jet: RealJet, _ k: Double) -> RealJet {
  RealJet(jet.value, jet.first + k * jet.value, jet.second + 2 * k * jet.first + jet.value)
}

/// A loop of the library over doubles.
private typealias SpecialLoop = (UnsafeMutablePointer<Double>, UnsafePointer<Double>, Int) -> Void

private func special(_ loop: SpecialLoop, _ x: Double) -> Double {
  var (result, x) = (0.0, x)
  loop(&result, &x, 1)
  return result
}

/// A loop of the library over two rows of doubles.
private typealias SpecialLoop2 = (
  UnsafeMutablePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>, Int
) -> Void

private func special(_ loop: SpecialLoop2, _ x: Double, _ y: Double) -> Double {
  var (result, x, y) = (0.0, x, y)
  loop(&result, &x, &y, 1)
  return result
}

private func polygamma(_ order: Double, _ x: Double) -> Double { special(ck_polygamma_f64, order, x) }

// MARK: Two numbers

/// The value of a function of two numbers and its partial derivatives there.
@usableFromInline
struct RealJet2 {
  @usableFromInline let (value, x, y, xx, xy, yy): (Double, Double, Double, Double, Double, Double)

  @inline(__always)
  init(_ value: Double, _ x: Double, _ y: Double, _ xx: Double = 0, _ xy: Double = 0, _ yy: Double = 0) {
    (self.value, self.x, self.y) = (value, x, y)
    (self.xx, self.xy, self.yy) = (xx, xy, yy)
  }
}

/// The functions of two numbers that have derivatives in closed form, at (x, y), beside sums, products and extremes.
@usableFromInline
func realJet(_ function: BinaryFunction, _ x: Double, _ y: Double) -> RealJet2? {
  switch function {
  case .pow:
    let value = pow(x, y)
    let (below, twiceBelow) = (pow(x, y - 1), pow(x, y - 2))
    // 0 to a positive power does not change with the power.
    let logarithm = x == 0 && y >= 0 ? 0 : log(x)
    return RealJet2(
      value, y == 0 ? 0 : y * below, value * logarithm, y == 0 || y == 1 ? 0 : y * (y - 1) * twiceBelow,
      below * (1 + y * logarithm), value * logarithm * logarithm)
  case .atan2:
    // The first is the ordinate.
    let r = 1 / (x * x + y * y)
    return RealJet2(
      atan2(x, y), y * r, -x * r, -2 * x * y * r * r, (x * x - y * y) * r * r, 2 * x * y * r * r)
  case .hypot:
    let value = hypot(x, y)
    let (u, v) = (x / value, y / value)
    return RealJet2(value, u, v, v * v / value, -u * v / value, u * u / value)
  case .fmod: return RealJet2(fmod(x, y), 1, -(x / y).rounded(.towardZero))
  case .remainder:
    let rest = fmod(x, y)
    return RealJet2(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest, 1, -(x / y).rounded(.down))
  case .floorDiv: return RealJet2((x / y).rounded(.down), 0, 0)
  case .truncDiv: return RealJet2((x / y).rounded(.towardZero), 0, 0)
  case .xlogy:
    return x == 0 && !y.isNaN
      ? RealJet2(0, log(y), 0, 0, 1 / y) : RealJet2(x * log(y), log(y), x / y, 0, 1 / y, -x / (y * y))
  // Of these the first number, an order or a shape, has no derivative in closed form: what is carried there gives NaN.
  case .polygamma:
    return RealJet2(polygamma(x, y), .nan, polygamma(x + 1, y), .nan, .nan, polygamma(x + 2, y))
  case .zeta:
    let (first, second) = (special(ck_zeta_f64, x + 1, y), special(ck_zeta_f64, x + 2, y))
    return RealJet2(special(ck_zeta_f64, x, y), .nan, -x * first, .nan, .nan, x * (x + 1) * second)
  case .igamma, .igammac:
    let isLower = function == .igamma
    let density = exp((x - 1) * log(y) - y - special(ck_lgamma_f64, x)) * (isLower ? 1 : -1)
    let value = special(isLower ? ck_igamma_f64 : ck_igammac_f64, x, y)
    return RealJet2(value, .nan, density, .nan, .nan, density * ((x - 1) / y - 1))
  default: return nil
  }
}
