// Bessel functions, plain (j, y), modified (i, k) and scaled by an exponential (i0e, k0e, ...).

extension UnaryFunction {
  /// The modified Bessel function of the first kind, order 0.
  public static let i0: UnaryFunction = .init(
    "i0",
    derivative: { x, _, g in g * x(.i1) })
  /// exp(-|x|) times ``i0``.
  public static let i0e: UnaryFunction = .init(
    "i0e",
    derivative: { x, y, g in g * (x(.i1e) - x(.sign) * y) })
  /// The modified Bessel function of the first kind, order 1.
  public static let i1: UnaryFunction = .init(
    "i1",
    derivative: { x, y, g in g * (x(.i0) - x.nearZero(x.besselQuotient(1), else: y / x)) })
  /// exp(-|x|) times ``i1``.
  public static let i1e: UnaryFunction = .init(
    "i1e",
    derivative: { x, y, g in
      g * (x(.i0e) - y * x(.sign) - x.nearZero(x.besselQuotient(1) * (-x(.abs))(.exp), else: y / x))
    })
  /// The modified Bessel function of the second kind, order 0.
  public static let k0: UnaryFunction = .init(
    "k0",
    derivative: { x, _, g in -(g * x(.k1)) })
  /// exp(x) times ``k0``.
  public static let k0e: UnaryFunction = .init(
    "k0e",
    derivative: { x, y, g in g * (y - x(.k1e)) })
  /// The modified Bessel function of the second kind, order 1.
  public static let k1: UnaryFunction = .init(
    "k1",
    derivative: { x, y, g in -(g * (x(.k0) + y / x)) })
  /// exp(x) times ``k1``.
  public static let k1e: UnaryFunction = .init(
    "k1e",
    derivative: { x, y, g in g * (y - x(.k0e) - y / x) })
  /// The Bessel function of the first kind, order 0.
  public static let j0: UnaryFunction = .init(
    "j0",
    derivative: { x, _, g in -(g * x(.j1)) })
  /// The Bessel function of the first kind, order 1.
  public static let j1: UnaryFunction = .init(
    "j1",
    derivative: { x, y, g in g * (x(.j0) - x.nearZero(x.besselQuotient(-1), else: y / x)) })
  /// The Bessel function of the second kind, order 0.
  public static let y0: UnaryFunction = .init(
    "y0",
    derivative: { x, _, g in -(g * x(.y1)) })
  /// The Bessel function of the second kind, order 1.
  public static let y1: UnaryFunction = .init(
    "y1",
    derivative: { x, y, g in g * (x(.y0) - y / x) })
  /// sin(x) / x.
  public static let sphericalJ0: UnaryFunction = .init(
    "sphericalJ0",
    derivative: { x, y, g in g * x.sphericalSlope(y) })
  /// The Airy function Ai.
  public static let airy: UnaryFunction = .init("airy")
}

extension Expression {
  /// `series` where |x| < 1/2, `other` elsewhere: for quotients with a removable 0 / 0, whose derivatives near 0 would be
  /// differences of nearly equal numbers.
  fileprivate func nearZero(_ series: Expression, else other: Expression) -> Expression {
    .select(.binary(.lt, self(.abs), .constant(0.5)), series, other)
  }

  /// The sum of coefficient k times the power k of the square.
  fileprivate func evenSeries(_ coefficients: [Double]) -> Expression {
    let square = squared
    return coefficients.dropLast().reversed().reduce(.constant(coefficients.last ?? 0)) { .constant($1) + $0 * square }
  }

  /// I1(x) / x (sign 1) or J1(x) / x (sign -1) as the sum of (sign x² / 4)^k / (2 k! (k + 1)!), exact where |x| < 1/2.
  fileprivate func besselQuotient(_ sign: Double) -> Expression {
    var coefficients = [0.5]
    for k in 1...7 { coefficients.append(coefficients[k - 1] * sign / (4 * Double(k) * Double(k + 1))) }
    return evenSeries(coefficients)
  }

  /// The derivative of `value`, which is sin(x) / x: near 0 the sum of (-1)^k 2 k x^(2k - 1) / (2k + 1)!.
  func sphericalSlope(_ value: Expression) -> Expression {
    var inverseFactorial = 1.0
    var coefficients: [Double] = []
    for k in 1...7 {
      inverseFactorial /= -Double(2 * k * (2 * k + 1))
      coefficients.append(inverseFactorial * Double(2 * k))
    }
    return nearZero(self * evenSeries(coefficients), else: (self(.cos) - value) / self)
  }
}
