extension UnaryFunction {
  /// -x.
  public static let neg: UnaryFunction = .init(
    "neg", c: "-$x",
    derivative: { _, _, g in -g },
    composition: { x in .binary(.sub, .zero, x) })
  /// |x|.
  public static let abs: UnaryFunction = .init(
    "abs", c: "__builtin_fabsf($x)",
    derivative: { x, _, g in g * x(.sign) },
    parts: (
      gradient: { x, _, g in g(.real) * x(.sgn) },
      tangent: { x, _, t in (x(.sgn).conjugate * t)(.real) }
    ),
    composition: { x in .select(x.isLess(.zero), .unary(.neg, x), x) })
  /// -1, 0 or 1, the sign of x.
  public static let sign: UnaryFunction = .init(
    "sign", c: "(float)(($x > 0.0f) - ($x < 0.0f))",
    composition: { x in
      .select(x.isGreater(.zero), .one, .select(x.isLess(.zero), .constant(-1), .zero))
    })
  /// 1 / x.
  public static let reciprocal: UnaryFunction = .init(
    "reciprocal", c: "1.0f / $x",
    derivative: { _, y, g in -(g * y * y) },
    composition: { x in .binary(.div, .one, x) })
  /// x².
  public static let square: UnaryFunction = .init(
    "square", c: "$x * $x",
    derivative: { x, _, g in g * (2 * x) },
    composition: { x in .binary(.mul, x, x) })
  /// The square root of x; NaN below 0.
  public static let sqrt: UnaryFunction = .init(
    "sqrt", c: "__builtin_sqrtf($x)",
    derivative: { _, y, g in g / (2 * y) })
  /// 1 / sqrt(x).
  public static let rsqrt: UnaryFunction = .init(
    "rsqrt", c: "1.0f / __builtin_sqrtf($x)",
    derivative: { _, y, g in -0.5 * g * y * y * y },
    composition: { x in .binary(.div, .one, x(.sqrt)) })
}

extension BinaryFunction {
  /// x + y.
  public static let add: BinaryFunction = .init(
    "add", sign: "+", isCommutative: true, c: "$x + $y",
    derivative: { _, _, _, g in (g, g) })
  /// x - y.
  public static let sub: BinaryFunction = .init(
    "sub", sign: "-", c: "$x - $y",
    derivative: { _, _, _, g in (g, -g) })
  /// x y.
  public static let mul: BinaryFunction = .init(
    "mul", sign: "*", isCommutative: true, c: "$x * $y",
    derivative: { x, y, _, g in (g * y, g * x) })
  /// x / y.
  public static let div: BinaryFunction = .init(
    "div", sign: "/", c: "$x / $y",
    derivative: { _, y, result, g in (g / y, -(g * (result / y))) })
  /// The greatest integer that is at most x / y.
  public static let floorDiv: BinaryFunction = .init("floorDiv")
  /// x / y without its fraction.
  public static let truncDiv: BinaryFunction = .init("truncDiv", c: "__builtin_truncf($x / $y)")
  /// What is left of x after division by y, with the sign of x.
  public static let fmod: BinaryFunction = .init(
    "fmod",
    derivative: { x, y, _, g in (g, -(g * .binary(.truncDiv, x, y))) })
  /// What is left of x after division by y, with the sign of y.
  public static let remainder: BinaryFunction = .init(
    "remainder",
    derivative: { x, y, _, g in (g, -(g * .binary(.floorDiv, x, y))) })
  /// x to the power of y.
  public static let pow: BinaryFunction = .init(
    "pow",
    derivative: { x, y, result, g in
      // At exponent 0 the derivative is 0, also for base 0; the logarithm counts only where the result is not 0.
      let dx = Expression.select(.binary(.eq, y, .zero), .zero, g * y * .binary(.pow, x, y - 1))
      let dy = Expression.select(
        .binary(.and, .binary(.eq, x, .zero), .binary(.ge, y, .zero)), .zero, g * result * x(.log))
      return (dx, dy)
    },
    complexDerivative: { x, y, result, g in
      let power = y(.real)
      let dx = Expression.select(y.isEqual(.zero), .zero, g * y * .binary(.pow, x, y - 1))
      let dy = Expression.select(x.isEqual(.zero).and(power.isEqual(power(.abs))), .zero, g * result * x(.log))
      return (dx, dy)
    },
    composition: { x, y in (y * x(.log))(.exp) })
  /// sqrt(x² + y²), without overflow on the way.
  public static let hypot: BinaryFunction = .init(
    "hypot",
    derivative: { x, y, result, g in (g * (x / result), g * (y / result)) },
    composition: { x, y in (x.squared + y.squared)(.sqrt) })
  /// The greatest common divisor of two whole numbers.
  public static let gcd: BinaryFunction = .init("gcd")
}
