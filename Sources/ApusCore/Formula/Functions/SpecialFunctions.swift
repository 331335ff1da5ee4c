// Error functions, the gamma function and its relatives.

extension UnaryFunction {
  /// The error function, 2 / sqrt(π) times the integral of exp(-t²) from 0 to x.
  public static let erf: UnaryFunction = .init(
    "erf", c: "ckm_erf_f32($x)",
    derivative: { x, _, g in g * (1.12837916709551257390 * (-x.squared)(.exp)) })
  /// 1 - erf(x), accurate for large x.
  public static let erfc: UnaryFunction = .init(
    "erfc", c: "ckm_erfc_f32($x)",
    derivative: { x, _, g in -(g * (1.12837916709551257390 * (-x.squared)(.exp))) },
    composition: { x in 1 - x(.erf) })
  /// The inverse of the error function.
  public static let erfinv: UnaryFunction = .init(
    "erfinv",
    derivative: { _, y, g in g * (0.88622692545275801365 * y.squared(.exp)) })
  /// exp(x²) erfc(x).
  public static let erfcx: UnaryFunction = .init(
    "erfcx",
    derivative: { x, y, g in g * (2 * x * y - 1.12837916709551257390) })
  /// The quantile of the normal distribution.
  public static let ndtri: UnaryFunction = .init(
    "ndtri",
    derivative: { _, y, g in g * (2.50662827463100050242 * (0.5 * y.squared)(.exp)) })
  /// log |Γ(x)|.
  public static let lgamma: UnaryFunction = .init(
    "lgamma",
    derivative: { x, _, g in g * x(.digamma) })
  /// The derivative of the logarithm of the gamma function.
  public static let digamma: UnaryFunction = .init(
    "digamma",
    derivative: { x, _, g in g * .binary(.polygamma, .one, x) })
}

// The first argument (an exponent, an order, a shape) has no derivative in closed form: formulas refuse it.
extension BinaryFunction {
  /// The zeta function of Hurwitz.
  public static let zeta: BinaryFunction = .init(
    "zeta",
    derivative: { x, y, _, g in (nil, -(g * x * .binary(.zeta, x + 1, y))) })
  /// The derivative of order x of ``UnaryFunction/digamma`` at y.
  public static let polygamma: BinaryFunction = .init(
    "polygamma",
    derivative: { x, y, _, g in (nil, g * .binary(.polygamma, x + 1, y)) })
  /// The lower incomplete gamma function, divided by Γ(x).
  public static let igamma: BinaryFunction = .init(
    "igamma",
    derivative: { x, y, _, g in (nil, g * ((x - 1) * y(.log) - y - x(.lgamma))(.exp)) })
  /// The upper one.
  public static let igammac: BinaryFunction = .init(
    "igammac",
    derivative: { x, y, _, g in (nil, -(g * ((x - 1) * y(.log) - y - x(.lgamma))(.exp))) })
}

// Orthogonal polynomials, of x and the degree.
extension BinaryFunction {
  /// The Chebyshev polynomial of the first kind of degree y at x.
  public static let chebyshevT: BinaryFunction = .init("chebyshevT")
  /// The Chebyshev polynomial of the second kind of degree y at x.
  public static let chebyshevU: BinaryFunction = .init("chebyshevU")
  /// The Chebyshev polynomial of the third kind of degree y at x.
  public static let chebyshevV: BinaryFunction = .init("chebyshevV")
  /// The Chebyshev polynomial of the fourth kind of degree y at x.
  public static let chebyshevW: BinaryFunction = .init("chebyshevW")
  /// The physicists' Hermite polynomial of degree y at x.
  public static let hermiteH: BinaryFunction = .init("hermiteH")
  /// The probabilists' Hermite polynomial of degree y at x.
  public static let hermiteHe: BinaryFunction = .init("hermiteHe")
  /// The Laguerre polynomial of degree y at x.
  public static let laguerre: BinaryFunction = .init("laguerre")
  /// The Legendre polynomial of degree y at x.
  public static let legendre: BinaryFunction = .init("legendre")
}
