extension UnaryFunction {
  /// e to the power of x.
  public static let exp: UnaryFunction = .init(
    "exp", c: "ckm_exp_f32($x)",
    derivative: { _, y, g in g * y })
  /// 2 to the power of x.
  public static let exp2: UnaryFunction = .init(
    "exp2", c: "ckm_exp2_f32($x)",
    derivative: { _, y, g in g * y * 0.693147180559945309417 },
    composition: { x in (x * 0.693147180559945309417)(.exp) })
  /// exp(x) - 1, accurate near 0.
  public static let expm1: UnaryFunction = .init(
    "expm1", c: "ckm_expm1_f32($x)",
    derivative: { _, y, g in g * (y + 1) },
    composition: { x in x(.exp) - 1 })
  /// The natural logarithm.
  public static let log: UnaryFunction = .init(
    "log", c: "ckm_log_f32($x)",
    derivative: { x, _, g in g / x })
  /// The logarithm to base 2.
  public static let log2: UnaryFunction = .init(
    "log2", c: "ckm_log2_f32($x)",
    derivative: { x, _, g in g / (x * 0.693147180559945309417) },
    composition: { x in x(.log) * 1.442695040888963407360 })
  /// The logarithm to base 10.
  public static let log10: UnaryFunction = .init(
    "log10", c: "ckm_log10_f32($x)",
    derivative: { x, _, g in g / (x * 2.302585092994045684018) },
    composition: { x in x(.log) * 0.434294481903251827651 })
  /// log(1 + x), accurate near 0.
  public static let log1p: UnaryFunction = .init(
    "log1p", c: "ckm_log1p_f32($x)",
    derivative: { x, _, g in g / (x + 1) },
    composition: { x in (x + 1)(.log) })
}

extension BinaryFunction {
  /// x log(y), 0 where x is 0.
  public static let xlogy: BinaryFunction = .init(
    "xlogy",
    derivative: { x, y, _, g in
      let dx = Expression.select(
        .binary(.and, .binary(.eq, x, .zero), .binary(.le, y, .zero)), .zero, g * y(.log))
      return (dx, g * x / y)
    },
    composition: { x, y in .select(x.isEqual(.zero), .zero, x * y(.log)) })
}
