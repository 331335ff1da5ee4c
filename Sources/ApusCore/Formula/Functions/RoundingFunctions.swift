// Rounding, and the parts of which a floating-point number is made.

extension UnaryFunction {
  /// The greatest integer that is at most x.
  public static let floor: UnaryFunction = .init("floor", c: "__builtin_floorf($x)")
  /// The least integer that is at least x.
  public static let ceil: UnaryFunction = .init("ceil", c: "__builtin_ceilf($x)")
  /// To the nearest, halves to even.
  public static let round: UnaryFunction = .init("round", c: "__builtin_rintf($x)")
  /// x without its fraction.
  public static let trunc: UnaryFunction = .init("trunc", c: "__builtin_truncf($x)")
  /// The fraction of x, with its sign.
  public static let frac: UnaryFunction = .init(
    "frac", c: "$x - __builtin_truncf($x)",
    derivative: { _, _, g in g },
    composition: { x in .binary(.sub, x, x(.trunc)) })
  /// x = mantissa * 2^exponent, the mantissa from 1/2 up to 1.
  public static let mantissa: UnaryFunction = .init(
    "mantissa",
    derivative: { x, _, g in g * (-x(.exponent))(.exp2) })
  /// The exponent of x as `frexp` has it: x = m 2^e with |m| in 0.5 ..< 1.
  public static let exponent: UnaryFunction = .init("exponent")
}

extension BinaryFunction {
  /// |x| with the sign of y.
  public static let copysign: BinaryFunction = .init(
    "copysign", c: "__builtin_copysignf($x, $y)",
    derivative: { x, y, _, g in
      let sign = Expression.binary(.copysign, .one, x) * .binary(.copysign, .one, y)
      return (.select(.binary(.eq, x, .zero), .zero, g * sign), nil)
    })
  /// The next number of the type from x towards y.
  public static let nextafter: BinaryFunction = .init(
    "nextafter",
    derivative: { x, y, _, g in
      // A step of the last digit: the derivative of x itself, except where x is already there.
      let arrived = Expression.binary(.eq, x, y)
      return (.select(arrived, .zero, g), .select(arrived, g, .zero))
    })
}
