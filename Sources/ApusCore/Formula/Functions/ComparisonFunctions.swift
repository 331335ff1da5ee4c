// Conditions, 1 or 0, and what follows from an order.

extension UnaryFunction {
  /// 1 where x is not a number, 0 elsewhere.
  public static let isnan: UnaryFunction = .init("isnan", c: "(float)($x != $x)")
  /// 1 where x is infinite, 0 elsewhere.
  public static let isinf: UnaryFunction = .init("isinf", c: "(float)(__builtin_fabsf($x) == __builtin_inff())")
  /// 1 where x is a number and not infinite, 0 elsewhere.
  public static let isfinite: UnaryFunction = .init("isfinite", c: "(float)(__builtin_fabsf($x) < __builtin_inff())")
  /// 1 where the sign bit of x is set, that of -0 too, 0 elsewhere.
  public static let signbit: UnaryFunction = .init("signbit", c: "(float)(__builtin_copysignf(1.0f, $x) < 0.0f)")
  /// 1 where x is 0.
  public static let not: UnaryFunction = .init("not", c: "(float)($x == 0.0f)")
}

extension BinaryFunction {
  /// 1 where x = y, 0 elsewhere.
  public static let eq: BinaryFunction = .init("eq", sign: "==", c: "(float)($x == $y)")
  /// 1 where x ≠ y, 0 elsewhere.
  public static let ne: BinaryFunction = .init("ne", sign: "!=", c: "(float)($x != $y)")
  /// 1 where x < y, 0 elsewhere.
  public static let lt: BinaryFunction = .init("lt", sign: "<", c: "(float)($x < $y)")
  /// 1 where x ≤ y, 0 elsewhere.
  public static let le: BinaryFunction = .init("le", sign: "<=", c: "(float)($x <= $y)")
  /// 1 where x > y, 0 elsewhere.
  public static let gt: BinaryFunction = .init("gt", sign: ">", c: "(float)($x > $y)")
  /// 1 where x ≥ y, 0 elsewhere.
  public static let ge: BinaryFunction = .init("ge", sign: ">=", c: "(float)($x >= $y)")
  /// 1 where neither is 0, 0 elsewhere.
  public static let and: BinaryFunction = .init("and", c: "(float)(($x != 0.0f) & ($y != 0.0f))")
  /// 1 where one or both are not 0, 0 elsewhere.
  public static let or: BinaryFunction = .init("or", c: "(float)(($x != 0.0f) | ($y != 0.0f))")
  /// 1 where just one is not 0, 0 elsewhere.
  public static let xor: BinaryFunction = .init("xor", c: "(float)(($x != 0.0f) ^ ($y != 0.0f))")

  /// The larger one; NaN if one of them is.
  public static let max: BinaryFunction = .init(
    "max", c: "(($x > $y) | ($x != $x)) ? $x : $y",
    derivative: { x, y, _, g in extreme(x, y, g, notFirst: .lt, notSecond: .gt) })
  /// The smaller one; NaN if one of them is.
  public static let min: BinaryFunction = .init(
    "min", c: "(($x < $y) | ($x != $x)) ? $x : $y",
    derivative: { x, y, _, g in extreme(x, y, g, notFirst: .gt, notSecond: .lt) })
  /// The larger one; the other one beside NaN.
  public static let fmax: BinaryFunction = .init(
    "fmax", c: "(($x >= $y) | ($y != $y)) ? $x : $y",
    derivative: { x, y, _, g in numberExtreme(x, y, g, isFirst: .gt) })
  /// The smaller one; the other one beside NaN.
  public static let fmin: BinaryFunction = .init(
    "fmin", c: "(($x <= $y) | ($y != $y)) ? $x : $y",
    derivative: { x, y, _, g in numberExtreme(x, y, g, isFirst: .lt) })
}

/// Both operands take the gradient beside NaN, as in PyTorch.
private func extreme(
  _ x: Expression, _ y: Expression, _ g: Expression, notFirst: BinaryFunction, notSecond: BinaryFunction
) -> (Expression?, Expression?) {
  (
    shared(x, y, g, .select(.binary(notFirst, x, y), .zero, g)),
    shared(x, y, g, .select(.binary(notSecond, x, y), .zero, g))
  )
}

private func numberExtreme(
  _ x: Expression, _ y: Expression, _ g: Expression, isFirst: BinaryFunction
) -> (Expression?, Expression?) {
  let first = Expression.binary(.or, .binary(isFirst, x, y), y(.isnan))
  return (shared(x, y, g, .select(first, g, .zero)), shared(x, y, g, .select(first, .zero, g)))
}

/// Equal operands share g; `others` is what one of them takes elsewhere.
private func shared(_ x: Expression, _ y: Expression, _ g: Expression, _ others: Expression) -> Expression {
  .select(.binary(.eq, x, y), g * 0.5, others)
}
