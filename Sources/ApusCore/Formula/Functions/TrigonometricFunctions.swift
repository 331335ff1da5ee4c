// Trigonometric and hyperbolic functions and their inverses.

extension UnaryFunction {
  /// The sine of x, an angle in radians.
  public static let sin: UnaryFunction = .init(
    "sin", c: "ckm_sin_f32($x)",
    derivative: { x, _, g in g * x(.cos) })
  /// The cosine of x, an angle in radians.
  public static let cos: UnaryFunction = .init(
    "cos", c: "ckm_cos_f32($x)",
    derivative: { x, _, g in -(g * x(.sin)) })
  /// The tangent of x, an angle in radians.
  public static let tan: UnaryFunction = .init(
    "tan", c: "ckm_tan_f32($x)",
    derivative: { _, y, g in g * (1 + y.squared) },
    composition: { x in .binary(.div, x(.sin), x(.cos)) })
  /// The angle whose sine is x, in -π/2 ... π/2.
  public static let asin: UnaryFunction = .init(
    "asin",
    derivative: { x, _, g in g * (1 - x.squared)(.rsqrt) })
  /// The angle whose cosine is x, in 0 ... π.
  public static let acos: UnaryFunction = .init(
    "acos",
    derivative: { x, _, g in -(g * (1 - x.squared)(.rsqrt)) })
  /// The angle whose tangent is x, in -π/2 ... π/2.
  public static let atan: UnaryFunction = .init(
    "atan",
    derivative: { x, _, g in g / (x.squared + 1) })
  /// (exp(x) - exp(-x)) / 2.
  public static let sinh: UnaryFunction = .init(
    "sinh",
    derivative: { x, _, g in g * x(.cosh) },
    composition: { x in (x(.exp) - .unary(.neg, x)(.exp)) * 0.5 })
  /// (exp(x) + exp(-x)) / 2.
  public static let cosh: UnaryFunction = .init(
    "cosh",
    derivative: { x, _, g in g * x(.sinh) },
    composition: { x in (x(.exp) + .unary(.neg, x)(.exp)) * 0.5 })
  /// sinh(x) / cosh(x).
  public static let tanh: UnaryFunction = .init(
    "tanh", c: "ckm_tanh_f32($x)",
    derivative: { _, y, g in .binary(.tanhGrad, g, y) },
    composition: { x in 1 - 2 / ((2 * x)(.exp) + 1) })
  /// The number whose sinh is x.
  public static let asinh: UnaryFunction = .init(
    "asinh",
    // sqrt(x² + 1) without the square, which overflows.
    derivative: { _, y, g in g / y(.cosh) })
  /// The number, at least 0, whose cosh is x; NaN below 1.
  public static let acosh: UnaryFunction = .init(
    "acosh",
    derivative: { x, _, g in g * ((x - 1)(.rsqrt) * (x + 1)(.rsqrt)) })
  /// The number whose tanh is x; NaN beyond -1 ... 1.
  public static let atanh: UnaryFunction = .init(
    "atanh",
    derivative: { x, _, g in g / (1 - x.squared) })
}

extension BinaryFunction {
  /// The angle of the point (y, x), with the first argument as its height: in -π ... π.
  public static let atan2: BinaryFunction = .init(
    "atan2",
    derivative: { x, y, _, g in
      // Through the distance, whose square may overflow or vanish; at the origin there is no direction to turn.
      let distance = Expression.binary(.hypot, x, y)
      func turned(_ other: Expression) -> Expression {
        .select(.binary(.eq, distance, .zero), .zero, g * (other / distance / distance))
      }
      return (turned(y), turned(-x))
    })
  /// The gradient of ``UnaryFunction/tanh`` in one pass, of (cotangent, value).
  public static let tanhGrad: BinaryFunction = .init(
    "tanhGrad", c: "$x * (1.0f - $y * $y)", definition: { g, y in g * (1 - y.squared) })
}
