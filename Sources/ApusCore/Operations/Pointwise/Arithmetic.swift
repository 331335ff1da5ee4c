// Arithmetic, comparison and logic: operators and their named forms. PyTorch's names in Swift spelling.

// Operands are consumed: one that ends with the operation, such as a product inside a sum, gives its memory to the result.

enum Arithmetic {
  static let add = Formula("Add") { x, y in x + y }
  static let sub = Formula("Sub", .numeric) { x, y in x - y }
  static let mul = Formula("Mul") { x, y in x * y }
  static let div = Formula("Div", .floating) { x, y in .binary(.div, x, y) }
  static let addScalar = Formula("Add") { x in x + .parameter(0) }
  static let mulScalar = Formula("Mul") { x in x * .parameter(0) }
  static let subScalar = Formula("Sub", .numeric) { x in x - .parameter(0) }
  static let rsubScalar = Formula("Rsub", .numeric) { x in .parameter(0) - x }
  static let divScalar = Formula("Div", .floating) { x in .binary(.div, x, .parameter(0)) }
  static let rdivScalar = Formula("Div", .floating) { x in .binary(.div, .parameter(0), x) }
  static let neg = Formula("Neg", .numeric) { x in x(.neg) }
}

extension Tensor {
  /// Elementwise sum, with broadcasting and PyTorch's type promotion.
  public static func + (a: consuming Tensor, b: consuming Tensor) -> Tensor { pointwise(Arithmetic.add, a, b) }
  /// Elementwise difference.
  public static func - (a: consuming Tensor, b: consuming Tensor) -> Tensor { pointwise(Arithmetic.sub, a, b) }
  /// Elementwise product; ``matmul(_:)`` is the matrix product.
  public static func * (a: consuming Tensor, b: consuming Tensor) -> Tensor { pointwise(Arithmetic.mul, a, b) }
  /// Elementwise true quotient; integers give float32.
  public static func / (a: consuming Tensor, b: consuming Tensor) -> Tensor { pointwise(Arithmetic.div, a, b) }
  /// Elementwise negation.
  public static prefix func - (a: consuming Tensor) -> Tensor { pointwise(Arithmetic.neg, a) }

  /// The sum of each element and `b`; the number takes part in promotion by its kind only.
  public static func + <S: ScalarConvertible>(a: consuming Tensor, b: S) -> Tensor {
    pointwise(Arithmetic.addScalar, a, scalar: b.scalar)
  }
  /// The sum of `a` and each element; the number takes part in promotion by its kind only.
  public static func + <S: ScalarConvertible>(a: S, b: consuming Tensor) -> Tensor {
    pointwise(Arithmetic.addScalar, b, scalar: a.scalar)
  }
  /// Each element minus `b`; the number takes part in promotion by its kind only.
  public static func - <S: ScalarConvertible>(a: consuming Tensor, b: S) -> Tensor {
    pointwise(Arithmetic.subScalar, a, scalar: b.scalar)
  }
  /// `a` minus each element; the number takes part in promotion by its kind only.
  public static func - <S: ScalarConvertible>(a: S, b: consuming Tensor) -> Tensor {
    pointwise(Arithmetic.rsubScalar, b, scalar: a.scalar).titled("RsubBackward1")
  }
  /// Each element times `b`; the number takes part in promotion by its kind only.
  public static func * <S: ScalarConvertible>(a: consuming Tensor, b: S) -> Tensor {
    pointwise(Arithmetic.mulScalar, a, scalar: b.scalar)
  }
  /// `a` times each element; the number takes part in promotion by its kind only.
  public static func * <S: ScalarConvertible>(a: S, b: consuming Tensor) -> Tensor {
    pointwise(Arithmetic.mulScalar, b, scalar: a.scalar)
  }
  /// Each element divided by `b`; integers give floating point numbers.
  public static func / <S: ScalarConvertible>(a: consuming Tensor, b: S) -> Tensor {
    pointwise(Arithmetic.divScalar, a, scalar: b.scalar)
  }
  /// `a` divided by each element; integers give floating point numbers.
  public static func / <S: ScalarConvertible>(a: S, b: consuming Tensor) -> Tensor {
    pointwise(Arithmetic.rdivScalar, b, scalar: a.scalar).titled("MulBackward0")
  }

  /// Adds in place: the elements are written where they lie if nobody else holds them.
  public static func += (a: inout Tensor, b: Tensor) { updateInPlace(&a, Arithmetic.add, b) }
  /// Subtracts `b`, broadcast to the shape of `a`; the type of `a` stays.
  public static func -= (a: inout Tensor, b: Tensor) { updateInPlace(&a, Arithmetic.sub, b) }
  /// Multiplies by `b`, broadcast to the shape of `a`; the type of `a` stays.
  public static func *= (a: inout Tensor, b: Tensor) { updateInPlace(&a, Arithmetic.mul, b) }
  /// Divides by `b`, broadcast to the shape of `a`; the type of `a` stays, and must be a floating point one.
  public static func /= (a: inout Tensor, b: Tensor) { updateInPlace(&a, Arithmetic.div, b) }
  /// Adds `b` to each element; the type of `a` stays.
  public static func += <S: ScalarConvertible>(a: inout Tensor, b: S) {
    updateInPlace(&a, Arithmetic.addScalar, scalar: b.scalar)
  }
  /// Subtracts `b` from each element; the type of `a` stays.
  public static func -= <S: ScalarConvertible>(a: inout Tensor, b: S) {
    updateInPlace(&a, Arithmetic.subScalar, scalar: b.scalar)
  }
  /// Multiplies each element by `b`; the type of `a` stays.
  public static func *= <S: ScalarConvertible>(a: inout Tensor, b: S) {
    updateInPlace(&a, Arithmetic.mulScalar, scalar: b.scalar)
  }
  /// Divides each element by `b`; the type of `a` stays, and must be a floating point one.
  public static func /= <S: ScalarConvertible>(a: inout Tensor, b: S) {
    updateInPlace(&a, Arithmetic.divScalar, scalar: b.scalar)
  }
}

/// Binds tighter than products, from the right, as in Python. A sign in front binds tighter still: `-x ** 2` is `(-x) ** 2`.
precedencegroup PowerPrecedence {
  associativity: right
  higherThan: MultiplicationPrecedence
}
infix operator ** : PowerPrecedence
infix operator **= : AssignmentPrecedence

extension Tensor {
  /// Elementwise power: ``pow(_:)-(Tensor)``.
  public static func ** (a: Tensor, b: Tensor) -> Tensor { a.pow(b) }
  public static func ** <S: ScalarConvertible>(a: Tensor, b: S) -> Tensor { a.pow(b) }
  public static func ** <S: ScalarConvertible>(a: S, b: Tensor) -> Tensor { Tensor.pow(a, b) }
  /// The power in place.
  public static func **= (a: inout Tensor, b: Tensor) { a.change("pow") { $0.pow(b) } }
  public static func **= <S: ScalarConvertible>(a: inout Tensor, b: S) { a.change("pow") { $0.pow(b) } }

  /// Elementwise remainder with the sign of the divisor, as in Python: ``remainder(_:)-(Tensor)``.
  public static func % (a: Tensor, b: Tensor) -> Tensor { a.remainder(b) }
  public static func % <S: ScalarConvertible>(a: Tensor, b: S) -> Tensor { a.remainder(b) }
  public static func % <S: ScalarConvertible>(a: S, b: Tensor) -> Tensor { b.operand(a.scalar).remainder(b) }
  /// The remainder in place.
  public static func %= (a: inout Tensor, b: Tensor) { a.change("remainder") { $0.remainder(b) } }
  public static func %= <S: ScalarConvertible>(a: inout Tensor, b: S) { a.change("remainder") { $0.remainder(b) } }
}

extension Registry {
  /// The operators.
  static let arithmetic: [Operation] = [
    .tensor("add", "input, other, *, alpha=1") { a in
      try sum(a, { $0 + $1 }, { $0 + $1 }) { $0.add($1, alpha: $2) }
    },
    .tensor("sub subtract", "input, other, *, alpha=1") { a in
      try sum(a, { $0 - $1 }, { $0 - $1 }) { $0.sub($1, alpha: $2) }
    },
    .tensor("rsub", "input, other, *, alpha=1") { a in
      let input = try a.tensor("input")
      let other: Tensor
      switch try a.operand("other") {
      case .tensor(let t): other = t
      case .scalar(let s): other = input.operand(s)
      }
      return other.sub(input, alpha: try a.scalar("alpha"))
    },
    .arithmetic("mul multiply", left: .anything, { $0 * $1 }, { $0 * $1 }),
    .arithmetic("__radd__", { $1 + $0 }, { $1 + $0 }),
    .arithmetic("__rmul__", { $1 * $0 }, { $1 * $0 }),
    .arithmetic("__rsub__", left: .tensorOrNumber, { $1 - $0 }, { $1 - $0 }),
    .arithmetic("__rdiv__ __rtruediv__", { $1 / $0 }, { $1 / $0 }),
    .arithmetic("true_divide", left: .anything, { $0 / $1 }, { $0 / $1 }),
  ]

  /// `input + alpha * other`, the plain operator where alpha is 1.
  private static func sum(
    _ a: OperationArguments, _ tensors: (Tensor, Tensor) -> Tensor, _ number: (Tensor, Scalar) -> Tensor,
    _ scaled: (Tensor, Tensor, Scalar) -> Tensor
  ) throws -> Tensor {
    let alpha = try a.scalar("alpha")
    let other = try a.operand("other")
    guard case .tensor(let input) = try a.value("input") else {
      // A number and a tensor: `1 + x`.
      guard let left = try a.value("input").scalar else { throw a.mismatch("input", "a tensor") }
      let right = other.asTensor
      return scaled(right.operand(left), right, alpha)
    }
    switch other {
    case .tensor(let t): return alpha == .int(1) ? tensors(input, t) : scaled(input, t, alpha)
    case .scalar(let s): return alpha == .int(1) ? number(input, s) : scaled(input, input.operand(s), alpha)
    }
  }
}
