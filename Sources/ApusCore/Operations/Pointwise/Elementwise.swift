// Elementary functions of one tensor, comparisons, and functions of two.

enum Elementary {
  static let abs = Formula("Abs", .real) { x in x(.abs) }
  static let sign = Formula("Sign") { x in x(.sign) }
  static let floor = Formula("Floor") { x in x(.floor) }
  static let ceil = Formula("Ceil") { x in x(.ceil) }
  static let round = Formula("Round") { x in x(.round) }
  static let trunc = Formula("Trunc") { x in x(.trunc) }
  static let frac = Formula("Frac") { x in x(.frac) }
  static let square = Formula("Pow") { x in x(.square) }
  static let relu = Formula("Relu") { x in x(.relu) }
  static let sqrt = Formula("Sqrt", .floating) { x in x(.sqrt) }
  static let rsqrt = Formula("Rsqrt", .floating) { x in x(.rsqrt) }
  static let reciprocal = Formula("Reciprocal", .floating) { x in x(.reciprocal) }
  static let exp = Formula("Exp", .floating) { x in x(.exp) }
  static let exp2 = Formula("Exp2", .floating) { x in x(.exp2) }
  static let expm1 = Formula("Expm1", .floating) { x in x(.expm1) }
  static let log = Formula("Log", .floating) { x in x(.log) }
  static let log2 = Formula("Log2", .floating) { x in x(.log2) }
  static let log10 = Formula("Log10", .floating) { x in x(.log10) }
  static let log1p = Formula("Log1P", .floating) { x in x(.log1p) }
  static let sin = Formula("Sin", .floating) { x in x(.sin) }
  static let cos = Formula("Cos", .floating) { x in x(.cos) }
  static let tan = Formula("Tan", .floating) { x in x(.tan) }
  static let asin = Formula("Asin", .floating) { x in x(.asin) }
  static let acos = Formula("Acos", .floating) { x in x(.acos) }
  static let atan = Formula("Atan", .floating) { x in x(.atan) }
  static let sinh = Formula("Sinh", .floating) { x in x(.sinh) }
  static let cosh = Formula("Cosh", .floating) { x in x(.cosh) }
  static let tanh = Formula("Tanh", .floating) { x in x(.tanh) }
  static let asinh = Formula("Asinh", .floating) { x in x(.asinh) }
  static let acosh = Formula("Acosh", .floating) { x in x(.acosh) }
  static let atanh = Formula("Atanh", .floating) { x in x(.atanh) }
  static let erf = Formula("Erf", .floating) { x in x(.erf) }
  static let erfc = Formula("Erfc", .floating) { x in x(.erfc) }
  static let erfinv = Formula("Erfinv", .floating) { x in x(.erfinv) }
  static let lgamma = Formula("Lgamma", .floating) { x in x(.lgamma) }
  static let digamma = Formula("Digamma", .floating) { x in x(.digamma) }
  static let sigmoid = Formula("Sigmoid", .floating) { x in x(.sigmoid) }
  static let gelu = Formula("Gelu", .floating) { x in x(.gelu) }
  static let geluTanh = Formula("Gelu", .floating) { x in x(.geluTanh) }
  static let silu = Formula("Silu", .floating) { x in x(.silu) }
  static let isnan = Formula("Isnan", .predicate) { x in .binary(.ne, x, x) }
  /// Of a registered type, which may have elements that are not numbers and equal themselves.
  static let isnanOfRegistered = Formula("Isnan", .predicate) { x in x(.isnan) }
  static let signbit = Formula("Signbit", .predicate) { x in .binary(.lt, x, .constant(0)) }
  static let logicalNot = Formula("LogicalNot", .predicate) { x in x(.not) }
}

extension Tensor {
  /// The absolute value; of complex numbers the distance from 0, a real tensor.
  public consuming func abs() -> Tensor { pointwise(Elementary.abs, self) }
  /// -1, 0 or 1.
  public consuming func sign() -> Tensor { pointwise(Elementary.sign, self) }
  /// The greatest integer that is at most x.
  public consuming func floor() -> Tensor { pointwise(Elementary.floor, self) }
  /// The least integer that is at least x.
  public consuming func ceil() -> Tensor { pointwise(Elementary.ceil, self) }
  /// To the nearest integer, halves to the even one.
  public consuming func round() -> Tensor { pointwise(Elementary.round, self) }
  /// x without its fraction.
  public consuming func trunc() -> Tensor { pointwise(Elementary.trunc, self) }
  /// What is left without the integer part, with the sign of the element.
  public consuming func frac() -> Tensor { pointwise(Elementary.frac, self) }
  /// x * x; of a bool tensor in int64.
  public func square() -> Tensor { pointwise(Elementary.square, dtype == .bool ? to(.int64) : self) }
  /// The square root; NaN below 0.
  public consuming func sqrt() -> Tensor { pointwise(Elementary.sqrt, self) }
  /// 1 / sqrt(x).
  public consuming func rsqrt() -> Tensor { pointwise(Elementary.rsqrt, self) }
  /// 1 / x; integers give floating point numbers.
  public consuming func reciprocal() -> Tensor { pointwise(Elementary.reciprocal, self) }
  /// e to the power of x.
  public consuming func exp() -> Tensor { pointwise(Elementary.exp, self) }
  /// 2 to the power of x.
  public consuming func exp2() -> Tensor { pointwise(Elementary.exp2, self) }
  /// exp(x) - 1, accurate near 0.
  public consuming func expm1() -> Tensor { pointwise(Elementary.expm1, self) }
  /// The natural logarithm; NaN below 0.
  public consuming func log() -> Tensor { pointwise(Elementary.log, self) }
  /// The logarithm to base 2; NaN below 0.
  public consuming func log2() -> Tensor { pointwise(Elementary.log2, self) }
  /// The logarithm to base 10; NaN below 0.
  public consuming func log10() -> Tensor { pointwise(Elementary.log10, self) }
  /// log(1 + x), accurate near 0.
  public consuming func log1p() -> Tensor { pointwise(Elementary.log1p, self) }
  /// The sine of x, an angle in radians.
  public consuming func sin() -> Tensor { pointwise(Elementary.sin, self) }
  /// The cosine of x, an angle in radians.
  public consuming func cos() -> Tensor { pointwise(Elementary.cos, self) }
  /// The tangent of x, an angle in radians.
  public consuming func tan() -> Tensor { pointwise(Elementary.tan, self) }
  /// The angle whose sine is x, in -π/2 ... π/2; NaN beyond -1 ... 1.
  public consuming func asin() -> Tensor { pointwise(Elementary.asin, self) }
  /// The angle whose cosine is x, in 0 ... π; NaN beyond -1 ... 1.
  public consuming func acos() -> Tensor { pointwise(Elementary.acos, self) }
  /// The angle whose tangent is x, in -π/2 ... π/2.
  public consuming func atan() -> Tensor { pointwise(Elementary.atan, self) }
  /// (exp(x) - exp(-x)) / 2.
  public consuming func sinh() -> Tensor { pointwise(Elementary.sinh, self) }
  /// (exp(x) + exp(-x)) / 2.
  public consuming func cosh() -> Tensor { pointwise(Elementary.cosh, self) }
  /// sinh(x) / cosh(x), in -1 ... 1.
  public consuming func tanh() -> Tensor { pointwise(Elementary.tanh, self) }
  /// The number whose sinh is x.
  public consuming func asinh() -> Tensor { pointwise(Elementary.asinh, self) }
  /// The number, at least 0, whose cosh is x; NaN below 1.
  public consuming func acosh() -> Tensor { pointwise(Elementary.acosh, self) }
  /// The number whose tanh is x; NaN beyond -1 ... 1.
  public consuming func atanh() -> Tensor { pointwise(Elementary.atanh, self) }
  /// The error function.
  public consuming func erf() -> Tensor { pointwise(Elementary.erf, self) }
  /// 1 - erf(x), accurate for large x.
  public consuming func erfc() -> Tensor { pointwise(Elementary.erfc, self) }
  /// The number whose erf is x; NaN beyond -1 ... 1.
  public consuming func erfinv() -> Tensor { pointwise(Elementary.erfinv, self) }
  /// The logarithm of the absolute value of the gamma function.
  public consuming func lgamma() -> Tensor { pointwise(Elementary.lgamma, self) }
  /// The derivative of ``lgamma()``.
  public consuming func digamma() -> Tensor { pointwise(Elementary.digamma, self) }
  /// x Φ(x), with the normal distribution function Φ.
  public consuming func gelu() -> Tensor { pointwise(Elementary.gelu, self) }
  /// 1 / (1 + exp(-x)).
  public consuming func sigmoid() -> Tensor { pointwise(Elementary.sigmoid, self) }
  /// max(x, 0).
  public consuming func relu() -> Tensor { pointwise(Elementary.relu, self) }
  /// Whether each element is not a number: a bool tensor.
  public consuming func isnan() -> Tensor {
    let formula = dtype.isCustom ? Elementary.isnanOfRegistered : Elementary.isnan
    return pointwise(formula, self)
  }
  /// Whether each element is 0: a bool tensor.
  public consuming func logicalNot() -> Tensor { pointwise(Elementary.logicalNot, self) }
}

enum Comparison {
  static let eq = Formula("Eq", .predicate) { x, y in .binary(.eq, x, y) }
  static let ne = Formula("Ne", .predicate) { x, y in .binary(.ne, x, y) }
  static let lt = Formula("Lt", .predicate) { x, y in .binary(.lt, x, y) }
  static let le = Formula("Le", .predicate) { x, y in .binary(.le, x, y) }
  static let gt = Formula("Gt", .predicate) { x, y in .binary(.gt, x, y) }
  static let ge = Formula("Ge", .predicate) { x, y in .binary(.ge, x, y) }
  static let eqScalar = Formula("Eq", .predicate) { x in .binary(.eq, x, .parameter(0)) }
  static let neScalar = Formula("Ne", .predicate) { x in .binary(.ne, x, .parameter(0)) }
  static let ltScalar = Formula("Lt", .predicate) { x in .binary(.lt, x, .parameter(0)) }
  static let leScalar = Formula("Le", .predicate) { x in .binary(.le, x, .parameter(0)) }
  static let gtScalar = Formula("Gt", .predicate) { x in .binary(.gt, x, .parameter(0)) }
  static let geScalar = Formula("Ge", .predicate) { x in .binary(.ge, x, .parameter(0)) }
}

extension Tensor {
  /// Elementwise comparisons, giving bool tensors.
  public func eq(_ other: Tensor) -> Tensor { pointwise(Comparison.eq, [self, other]) }
  /// Whether elements differ: a bool tensor of the broadcast shape.
  public func ne(_ other: Tensor) -> Tensor { pointwise(Comparison.ne, [self, other]) }
  /// Whether elements are less than those of `other`: a bool tensor of the broadcast shape.
  public func lt(_ other: Tensor) -> Tensor { pointwise(Comparison.lt, [self, other]) }
  /// Whether elements are at most those of `other`: a bool tensor of the broadcast shape.
  public func le(_ other: Tensor) -> Tensor { pointwise(Comparison.le, [self, other]) }
  /// Whether elements are greater than those of `other`: a bool tensor of the broadcast shape.
  public func gt(_ other: Tensor) -> Tensor { pointwise(Comparison.gt, [self, other]) }
  /// Whether elements are at least those of `other`: a bool tensor of the broadcast shape.
  public func ge(_ other: Tensor) -> Tensor { pointwise(Comparison.ge, [self, other]) }
  /// Whether each element equals a number: a bool tensor.
  public func eq(_ other: some ScalarConvertible) -> Tensor { compared(Comparison.eqScalar, other) }
  /// Whether each element differs from a number: a bool tensor.
  public func ne(_ other: some ScalarConvertible) -> Tensor { compared(Comparison.neScalar, other) }
  /// Whether each element is less than a number: a bool tensor.
  public func lt(_ other: some ScalarConvertible) -> Tensor { compared(Comparison.ltScalar, other) }
  /// Whether each element is at most a number: a bool tensor.
  public func le(_ other: some ScalarConvertible) -> Tensor { compared(Comparison.leScalar, other) }
  /// Whether each element is greater than a number: a bool tensor.
  public func gt(_ other: some ScalarConvertible) -> Tensor { compared(Comparison.gtScalar, other) }
  /// Whether each element is at least a number: a bool tensor.
  public func ge(_ other: some ScalarConvertible) -> Tensor { compared(Comparison.geScalar, other) }

  private func compared(_ formula: Formula, _ other: some ScalarConvertible) -> Tensor {
    pointwise(formula, self, scalar: other.scalar)
  }

  /// Where `a` is less than `b`: PyTorch's `a < b`, a bool tensor of the broadcast shape.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { a.lt(b) }
  /// Where `a` is at most `b`: PyTorch's `a <= b`, a bool tensor of the broadcast shape.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { a.le(b) }
  /// Where `a` is greater than `b`: PyTorch's `a > b`, a bool tensor of the broadcast shape.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { a.gt(b) }
  /// Where `a` is at least `b`: PyTorch's `a >= b`, a bool tensor of the broadcast shape.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { a.ge(b) }
  /// Where `a` equals `b`: PyTorch's `a == b`, a bool tensor of the broadcast shape.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { a.eq(b) }
  /// Where `a` differs from `b`: PyTorch's `a != b`, a bool tensor of the broadcast shape.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { a.ne(b) }
  /// Where elements are less than a number: a bool tensor.
  public static func .< (a: Tensor, b: some ScalarConvertible) -> Tensor { a.lt(b) }
  /// Where elements are at most a number: a bool tensor.
  public static func .<= (a: Tensor, b: some ScalarConvertible) -> Tensor { a.le(b) }
  /// Where elements are greater than a number: a bool tensor.
  public static func .> (a: Tensor, b: some ScalarConvertible) -> Tensor { a.gt(b) }
  /// Where elements are at least a number: a bool tensor.
  public static func .>= (a: Tensor, b: some ScalarConvertible) -> Tensor { a.ge(b) }
  /// Where elements equal a number: a bool tensor.
  public static func .== (a: Tensor, b: some ScalarConvertible) -> Tensor { a.eq(b) }
  /// Where elements differ from a number: a bool tensor.
  public static func .!= (a: Tensor, b: some ScalarConvertible) -> Tensor { a.ne(b) }
  /// Where a number is less than elements: a bool tensor.
  public static func .< (a: some ScalarConvertible, b: Tensor) -> Tensor { b.gt(a) }
  /// Where a number is at most elements: a bool tensor.
  public static func .<= (a: some ScalarConvertible, b: Tensor) -> Tensor { b.ge(a) }
  /// Where a number is greater than elements: a bool tensor.
  public static func .> (a: some ScalarConvertible, b: Tensor) -> Tensor { b.lt(a) }
  /// Where a number is at least elements: a bool tensor.
  public static func .>= (a: some ScalarConvertible, b: Tensor) -> Tensor { b.le(a) }
  /// Where a number equals elements: a bool tensor.
  public static func .== (a: some ScalarConvertible, b: Tensor) -> Tensor { b.eq(a) }
  /// Where a number differs from elements: a bool tensor.
  public static func .!= (a: some ScalarConvertible, b: Tensor) -> Tensor { b.ne(a) }
}

package let whereFormula = Formula("Where") { c, x, y in .select(c, x, y) }

/// `x` where `condition` holds, `y` elsewhere, with broadcasting: PyTorch's `torch.where`.
public func `where`(_ condition: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
  if condition.dtype == .uint8 {
    warn("where", "received a uint8 condition tensor. This behavior is deprecated. Use a boolean condition instead.")
  }
  return apply(Where(), condition, x, y)
}

/// Selection by a bool tensor, whose type takes no part in promotion.
package struct Where: Primitive, Hashable, ElementMove {
  package var name: String { "Where" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard inputs[0].dtype == .bool || inputs[0].dtype == .uint8 else {
      throw TensorError(
        .dtype, "where",
        "the condition must be a bool tensor, and found \(inputs[0].dtype); compare it, or convert it with .to(.bool)")
    }
    let shape = try broadcastShapes(inputs.map(\.shape), "where")
    return [TensorType(shape, resultType([inputs[1], inputs[2]]))]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .kept(inputs, type.shape) }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try Pointwise(formula: whereFormula, scalars: []).evaluate(inputs, into: results, compute: results[0].dtype)
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, alignedSamples(inputs, isBatched))
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    guard tangents[1] != nil || tangents[2] != nil else { return [nil] }
    let zero = Tensor.zeros([], dtype: outputs[0].dtype)
    let made = `where`(inputs[0], tangents[1] ?? zero, tangents[2] ?? zero).to(outputs[0].dtype)
    return [made.shape == outputs[0].shape ? made : made.expand(outputs[0].shape)]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let zero = Tensor.zeros([], dtype: g.dtype)
    let condition = node.input(0)
    return [
      nil,
      node.needs(1)
        ? `where`(condition, g, zero).sum(toShape: node.inputType(1).shape).to(node.inputType(1).dtype) : nil,
      node.needs(2)
        ? `where`(condition, zero, g).sum(toShape: node.inputType(2).shape).to(node.inputType(2).dtype) : nil,
    ]
  }
}

extension Elementary {
  static let deg2rad = Formula("Deg2Rad", .floating) { x in x * 0.017453292519943295769 }
  static let rad2deg = Formula("Rad2Deg", .floating) { x in x * 57.295779513082320877 }
  static let angle: Formula = {
    let x = Expression.input(0)
    let value = x.when(.binary(.ne, x, x), else: .constant(Double.pi).when(x.isLess(.zero), else: .zero))
    return Formula("Angle", inputs: 1, .floating, slopes: [.zero], whole: "angle", outputs: [value])
  }()
  static let roundScaled = Formula("Round") { x in (x * .parameter(0))(.round) / .parameter(0) }
  static let roundTens = Formula("Round") { x in (x / .parameter(0))(.round) * .parameter(0) }
  static let mantissa = Formula("Frexp") { x in x(.mantissa) }
  static let exponent = Formula("Frexp", .fixed(.int32)) { x in x(.exponent) }
}

extension Tensor {
  /// Degrees in radians: x π / 180.
  public consuming func deg2rad() -> Tensor { pointwise(Elementary.deg2rad, self) }
  /// Radians in degrees: x 180 / π.
  public consuming func rad2deg() -> Tensor { pointwise(Elementary.rad2deg, self) }
  /// The angle of a number in the complex plane, a real tensor: of real numbers pi for negative ones, else 0.
  public func angle() -> Tensor { pointwise(isComplex ? ComplexFormula.angle : Elementary.angle, self) }
  /// Rounded to `decimals` digits behind the point; negative ones count in front of it.
  public func round(decimals: Int) -> Tensor {
    if decimals == 0 || hasFailed { return round() }
    guard dtype.isFloatingPoint else {
      return fail(TensorError(.dtype, "round", "decimals need a floating point tensor, and found \(dtype)"))
    }
    var tens = 1.0
    for _ in 0..<Swift.min(decimals.magnitude, 400) { tens *= 10 }
    return pointwise(decimals > 0 ? Elementary.roundScaled : Elementary.roundTens, self, scalar: .float(tens))
  }
  /// Mantissas in [0.5, 1) and int32 exponents: self = mantissa * 2^exponent.
  public func frexp() -> (mantissa: Tensor, exponent: Tensor) {
    guard dtype.isFloatingPoint else {
      let failed =
        hasFailed
        ? self : fail(TensorError(.dtype, "frexp", "needs a floating point tensor, and found \(dtype)"))
      return (failed, failed)
    }
    return (pointwise(Elementary.mantissa, self), pointwise(Elementary.exponent, self))
  }
}

extension Registry {
  /// Elementary functions of one tensor, comparisons and choices.
  static let elementary: [Operation] = [
    .unary("abs absolute __abs__") { $0.abs() },
    .unary("acos arccos") { $0.acos() },
    .unary("acosh arccosh") { $0.acosh() },
    .unary("asin arcsin") { $0.asin() },
    .unary("asinh arcsinh") { $0.asinh() },
    .unary("atan arctan") { $0.atan() },
    .unary("atanh arctanh") { $0.atanh() },
    .unary("ceil") { $0.ceil() },
    .unary("cos") { $0.cos() },
    .unary("cosh") { $0.cosh() },
    .unary("erf special.erf") { $0.erf() },
    .unary("erfc special.erfc") { $0.erfc() },
    .unary("erfinv special.erfinv") { $0.erfinv() },
    .unary("exp") { $0.exp() },
    .unary("exp2 special.exp2") { $0.exp2() },
    .unary("expm1 special.expm1") { $0.expm1() },
    .unary("floor") { $0.floor() },
    .unary("frac") { $0.frac() },
    .unary("isnan") { $0.isnan() },
    .unary("lgamma special.gammaln") { $0.lgamma() },
    .unary("digamma special.digamma special.psi") { $0.digamma() },
    .unary("log") { $0.log() },
    .unary("log10") { $0.log10() },
    .unary("log1p special.log1p") { $0.log1p() },
    .unary("log2") { $0.log2() },
    .unary("logical_not") { $0.logicalNot() },
    .unary("neg negative") { -$0 },
    .unary("reciprocal") { $0.reciprocal() },
    .unary("rsqrt") { $0.rsqrt() },
    .unary("sigmoid special.expit nn.functional.sigmoid") { $0.sigmoid() },
    .unary("sign") { $0.sign() },
    .unary("sin") { $0.sin() },
    .unary("sinh") { $0.sinh() },
    .unary("sqrt") { $0.sqrt() },
    .unary("square") { $0.square() },
    .unary("tan") { $0.tan() },
    .unary("tanh nn.functional.tanh") { $0.tanh() },
    .unary("trunc fix") { $0.trunc() },
    .unary("angle") { $0.angle() },
    .unary("deg2rad") { $0.deg2rad() },
    .unary("rad2deg") { $0.rad2deg() },
    .tensor("round special.round", "input, *, decimals=0") {
      let decimals = try $0.int("decimals")
      return try decimals == 0 ? $0.tensor("input").round() : $0.tensor("input").round(decimals: decimals)
    },
    .tensors("frexp", "input") {
      let (mantissa, exponent) = try $0.tensor("input").frexp()
      return [mantissa, exponent]
    },
    .arithmetic("eq", { $0.eq($1) }, { $0.eq($1) }),
    .arithmetic("ne not_equal", { $0.ne($1) }, { $0.ne($1) }),
    .arithmetic("lt less", { $0.lt($1) }, { $0.lt($1) }),
    .arithmetic("le less_equal", { $0.le($1) }, { $0.le($1) }),
    .arithmetic("gt greater", { $0.gt($1) }, { $0.gt($1) }),
    .arithmetic("ge greater_equal", { $0.ge($1) }, { $0.ge($1) }),
    .tensor("where", "condition, input, other") { try select($0, $0.value("input"), $0.value("other")) },
    .tensor("Tensor.where", "input, condition, other") { try select($0, $0.value("input"), $0.value("other")) },
  ]

  private static func select(
    _ a: OperationArguments, _ input: OperationValue, _ other: OperationValue
  ) throws -> Tensor {
    let condition = try a.tensor("condition")
    switch (input, other) {
    case (.tensor(let x), .tensor(let y)): return `where`(condition, x, y)
    case (.tensor(let x), _):
      guard let s = other.scalar else { throw a.mismatch("other", "a tensor or a number") }
      return `where`(condition, x, x.operand(s))
    case (_, .tensor(let y)):
      guard let s = input.scalar else { throw a.mismatch("input", "a tensor or a number") }
      return `where`(condition, y.operand(s), y)
    default:
      guard let x = input.scalar, let y = other.scalar else { throw a.mismatch("other", "a tensor or a number") }
      let dtype = promoteTypes(x.dtype, y.dtype)
      return `where`(condition, Tensor.full([], x, dtype: dtype), Tensor.full([], y, dtype: dtype))
    }
  }
}
