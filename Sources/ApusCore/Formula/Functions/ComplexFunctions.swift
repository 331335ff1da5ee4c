// Parts of complex numbers, of which `abs` is one too. Over real numbers `conj` and `real` are the number itself.

extension UnaryFunction {
  /// The number with the imaginary part negated.
  public static let conj: UnaryFunction = .init(
    "conj",
    derivative: { _, _, g in g },
    parts: (gradient: { _, _, g in g.conjugate }, tangent: { _, _, t in t.conjugate }))
  /// The real part.
  public static let real: UnaryFunction = .init(
    "real",
    derivative: { _, _, g in g },
    parts: (gradient: { _, _, g in g(.real) }, tangent: { _, _, t in t(.real) }))
  /// The imaginary part; 0 of real numbers.
  public static let imag: UnaryFunction = .init(
    "imag",
    parts: (gradient: { _, _, g in .binary(.complex, .zero, g(.real)) }, tangent: { _, _, t in t(.imag) }))
  /// The angle to the positive real axis, in -π ... π.
  public static let angle: UnaryFunction = .init(
    "angle",
    parts: (
      gradient: { x, _, g in x.unlessZero(.binary(.complex, .zero, g(.real)) / x.conjugate) },
      tangent: { x, _, t in x.unlessZero((t / x)(.imag)) }
    ))
  /// z / |z|, 0 at 0.
  public static let sgn: UnaryFunction = .init(
    "sgn",
    parts: (gradient: { x, y, g in y.turn(by: g, from: x) }, tangent: { x, y, t in y.turn(by: t, from: x) }))
}

extension BinaryFunction {
  /// The complex number of two real parts.
  public static let complex: BinaryFunction = .init(
    "complex",
    derivative: { _, _, _, g in (g, nil) },
    parts: (gradient: { g in (g(.real), g(.imag)) }, tangent: { x, y in .binary(.complex, x, y) }))
}

extension Expression {
  /// Where self is sgn(x): what a change `t` of x does to it, the part of t across the direction of x. The rule of the
  /// gradient is the same.
  fileprivate func turn(by t: Expression, from x: Expression) -> Expression {
    x.unlessZero((t - self * (self.conjugate * t)(.real)) / x(.abs))
  }

  fileprivate func unlessZero(_ value: Expression) -> Expression { .select(isEqual(.zero), .zero, value) }
}
