// Logic, bits and predicates.

enum Logic {
  static let and = BinaryFormula("LogicalAnd", .predicate) { x, y in x.and(y) }
  static let or = BinaryFormula("LogicalOr", .predicate) { x, y in x.or(y) }
  static let xor = BinaryFormula("LogicalXor", .predicate) { x, y in .binary(.xor, x, y) }
  static let bitAnd = BinaryFormula("BitwiseAnd", .integral) { x, y in .binary(.bitand, x, y) }
  static let bitOr = BinaryFormula("BitwiseOr", .integral) { x, y in .binary(.bitor, x, y) }
  static let bitXor = BinaryFormula("BitwiseXor", .integral) { x, y in .binary(.bitxor, x, y) }
  static let bitNot = Formula("BitwiseNot", .integral) { x in x(.bitnot) }
  static let shiftLeft = BinaryFormula("LeftShift", .integral) { x, y in .binary(.shl, x, y) }
  static let shiftRight = BinaryFormula("RightShift", .integral) { x, y in .binary(.shr, x, y) }
  static let infinite = Formula("Isinf", .predicate) { x in x(.abs).isEqual(.constant(.infinity)) }
  static let positiveInfinite = Formula("Isposinf", .predicate) { x in x.isEqual(.constant(.infinity)) }
  static let negativeInfinite = Formula("Isneginf", .predicate) { x in x.isEqual(.constant(-.infinity)) }
  static let finite = Formula("Isfinite", .predicate) { x in x(.abs).isLess(.constant(.infinity)) }
  static let infiniteParts = Formula("Isinf", .predicate) { z in z(.isinf) }
  static let finiteParts = Formula("Isfinite", .predicate) { z in z(.isfinite) }
  static let signbit = Formula("Signbit", .predicate) { x in x(.signbit) }
  static let close = Formula("Isclose", inputs: 2, .predicate, outputs: [close(nanIsEqual: false)])
  static let closeOrNaN = Formula("Isclose", inputs: 2, .predicate, outputs: [close(nanIsEqual: true)])

  /// Equal, or within parameter 0 (relative) and 1 (absolute) of a finite number.
  private static func close(nanIsEqual: Bool) -> Expression {
    let (x, y) = (Expression.input(0), Expression.input(1))
    let distance = (x - y)(.abs)
    let allowed = .parameter(1) + (.parameter(0) * y)(.abs)
    let near = distance.isLess(.constant(.infinity)).and(distance.isAtMost(allowed)).and(
      y(.abs).isLess(.constant(.infinity)))
    let same = x.isEqual(y).or(near)
    return nanIsEqual ? same.or(Expression.binary(.ne, x, x).and(.binary(.ne, y, y))) : same
  }
}

extension Tensor {
  /// Whether both are not zero.
  public func logicalAnd(_ other: Tensor) -> Tensor { Logic.and(self, other) }
  /// Whether one of them is not zero.
  public func logicalOr(_ other: Tensor) -> Tensor { Logic.or(self, other) }
  /// Whether exactly one of them is not zero.
  public func logicalXor(_ other: Tensor) -> Tensor { Logic.xor(self, other) }

  /// The bits of integers, or the logic of bool tensors.
  public static func & (a: Tensor, b: Tensor) -> Tensor { Logic.bitAnd(a, b) }
  public static func & (a: Tensor, b: some ScalarConvertible) -> Tensor { Logic.bitAnd(a, b) }
  /// The bits that either has, of integers; of bools, whether either is true.
  public static func | (a: Tensor, b: Tensor) -> Tensor { Logic.bitOr(a, b) }
  /// The bits that elements or the number have, of integers; of bools, whether either is true.
  public static func | (a: Tensor, b: some ScalarConvertible) -> Tensor { Logic.bitOr(a, b) }
  /// The bits that just one has, of integers; of bools, whether they differ.
  public static func ^ (a: Tensor, b: Tensor) -> Tensor { Logic.bitXor(a, b) }
  /// The bits that either elements or the number have, not both, of integers; of bools, whether they differ.
  public static func ^ (a: Tensor, b: some ScalarConvertible) -> Tensor { Logic.bitXor(a, b) }
  /// The same as `&`, under the name of Swift's masks.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { Logic.bitAnd(a, b) }
  /// The same as `|`, under the name of Swift's masks.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { Logic.bitOr(a, b) }
  /// The same as `^`, under the name of Swift's masks.
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { Logic.bitXor(a, b) }
  /// In place.
  public static func &= (a: inout Tensor, b: Tensor) { a.change("bitwiseAnd") { Logic.bitAnd($0, b) } }
  /// Stores `a | b` in `a`.
  public static func |= (a: inout Tensor, b: Tensor) { a.change("bitwiseOr") { Logic.bitOr($0, b) } }
  /// Stores `a ^ b` in `a`.
  public static func ^= (a: inout Tensor, b: Tensor) { a.change("bitwiseXor") { Logic.bitXor($0, b) } }
  /// Where there is zero or false: ``logicalNot()``.
  public static prefix func ! (a: Tensor) -> Tensor { a.logicalNot() }
  /// All bits flipped; of a bool tensor the opposite.
  public static prefix func ~ (a: Tensor) -> Tensor { a.dtype == .bool ? a.logicalNot() : pointwise(Logic.bitNot, a) }
  /// The bits moved up; a shift out of range gives 0.
  public static func << (a: Tensor, b: Tensor) -> Tensor { Logic.shiftLeft(a, b) }
  public static func << (a: Tensor, b: some ScalarConvertible) -> Tensor { Logic.shiftLeft(a, b) }
  /// The bits moved down, the sign kept; a shift out of range leaves the sign.
  public static func >> (a: Tensor, b: Tensor) -> Tensor { Logic.shiftRight(a, b) }
  public static func >> (a: Tensor, b: some ScalarConvertible) -> Tensor { Logic.shiftRight(a, b) }

  /// Whether each element is infinite: a bool tensor.
  public func isinf() -> Tensor {
    if isComplex { return pointwise(Logic.infiniteParts, self) }
    return dtype.isFloatingPoint ? pointwise(Logic.infinite, self) : never()
  }
  /// Whether each element is positive infinity: a bool tensor.
  public func isposinf() -> Tensor { signed("isposinf", Logic.positiveInfinite) { never() } }
  /// Whether each element is negative infinity: a bool tensor.
  public func isneginf() -> Tensor { signed("isneginf", Logic.negativeInfinite) { never() } }
  /// Whether each element is a number and not infinite: a bool tensor.
  public func isfinite() -> Tensor {
    if isComplex { return pointwise(Logic.finiteParts, self) }
    return dtype.isFloatingPoint ? pointwise(Logic.finite, self) : never().logicalNot()
  }
  /// Whether the sign bit is set: also of -0.
  public func signbit() -> Tensor {
    signed("signbit", Logic.signbit) { dtype == .bool ? never() : lt(0) }
  }

  /// A question about signs, which complex numbers do not have.
  private func signed(_ operation: String, _ formula: Formula, whole: () -> Tensor) -> Tensor {
    guard !isComplex else {
      return fail(TensorError(.dtype, operation, "is not defined for \(dtype) tensors, which have no sign"))
    }
    return dtype.isFloatingPoint ? pointwise(formula, self) : whole()
  }

  /// False everywhere.
  private func never() -> Tensor { zerosLike(self, dtype: .bool) }

  /// Whether |self - other| <= atol + rtol * |other|, or both are equal.
  public func isclose(_ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNan: Bool = false) -> Tensor {
    if let failed = failed ?? other.failed { return failed }
    guard dtype == other.dtype else {
      return fail(TensorError(.dtype, "isclose", "needs tensors of one type, and found \(dtype) and \(other.dtype)"))
    }
    guard rtol >= 0, atol >= 0 else {
      return fail(
        TensorError(.value, "isclose", "tolerances must not be negative, and found rtol \(rtol), atol \(atol)"))
    }
    if isComplex {
      let (distance, size) = ((self - other).abs(), other.abs())
      let near = distance.le(size * rtol + atol).logicalAnd(distance.isfinite()).logicalAnd(other.isfinite())
      let same = eq(other).logicalOr(near)
      return equalNan ? same.logicalOr(isnan().logicalAnd(other.isnan())) : same
    }
    return pointwise(equalNan ? Logic.closeOrNaN : Logic.close, [self, other], [.float(rtol), .float(atol)])
  }

  /// Whether all elements are close: see ``isclose(_:rtol:atol:equalNan:)``.
  public func allclose(_ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNan: Bool = false) -> Bool {
    let close = isclose(other, rtol: rtol, atol: atol, equalNan: equalNan)
    return !close.hasFailed && !close.array(as: Bool.self).contains(false)
  }
}

extension Registry {
  /// Logic, bits and questions about elements.
  static let logic: [Operation] = [
    .unary("bitwise_not __invert__") { ~$0 },
    .unary("isfinite") { $0.isfinite() },
    .unary("isinf") { $0.isinf() },
    .unary("isneginf") { $0.isneginf() },
    .unary("isposinf") { $0.isposinf() },
    .unary("signbit") { $0.signbit() },
    .arithmetic("__rand__", { $1 & $0 }, { $0 & $1 }),
    .arithmetic("__ror__", { $1 | $0 }, { $0 | $1 }),
    .arithmetic("__rxor__", { $1 ^ $0 }, { $0 ^ $1 }),
    .binary("logical_and") { $0.logicalAnd($1) },
    .binary("logical_or") { $0.logicalOr($1) },
    .binary("logical_xor") { $0.logicalXor($1) },
    .arithmetic("bitwise_and __and__", left: .tensorOrNumber, { $0 & $1 }, { $0 & $1 }),
    .arithmetic("bitwise_or __or__", left: .tensorOrNumber, { $0 | $1 }, { $0 | $1 }),
    .arithmetic("bitwise_xor __xor__", left: .tensorOrNumber, { $0 ^ $1 }, { $0 ^ $1 }),
    .arithmetic("bitwise_left_shift __lshift__", left: .tensorOrNumber, { $0 << $1 }, { $0 << $1 }),
    .arithmetic("bitwise_right_shift __rshift__", left: .tensorOrNumber, { $0 >> $1 }, { $0 >> $1 }),
    .tensor("isclose", "input, other, rtol=1e-05, atol=1e-08, equal_nan=False") {
      try $0.tensor("input").isclose(
        $0.tensor("other"), rtol: $0.double("rtol"), atol: $0.double("atol"), equalNan: $0.bool("equal_nan"))
    },
    Operation("allclose", "input, other, rtol=1e-05, atol=1e-08, equal_nan=False") {
      [
        .bool(
          try $0.tensor("input").allclose(
            $0.tensor("other"), rtol: $0.double("rtol"), atol: $0.double("atol"), equalNan: $0.bool("equal_nan")))
      ]
    },
  ]
}
