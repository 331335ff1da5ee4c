// Symbolic derivatives of formulas: the backward of any formula is itself a formula.

extension Expression {
  /// The contributions to each of `inputs` (nil: none) of `seed` arriving at this expression: reverse mode, symbolic.
  /// Where a rule is best written with the value itself (exp, tanh, sigmoid), it is, so that the result can be reused.
  func adjoints(of inputs: [Int], seed: Expression) -> [Expression?] {
    var adjoint: [Expression: Expression] = [self: seed]
    func add(_ e: Expression, _ value: Expression?) {
      guard let value, value.constant != 0 else { return }
      adjoint[e] = adjoint[e].map { Expression.sum($0, value) } ?? value
    }
    for e in Expression.topological([self]).reversed() {
      guard let g = adjoint[e] else { continue }
      switch e.kind {
      case .input, .constant, .parameter: break
      case .unary(let f, let x):
        add(x, g.wherePresent { Expression.derivative(f, x: x, y: e, g: $0) })
      case .binary(let f, let x, let y):
        add(x, g.wherePresent { Expression.derivative(f, x: x, y: y, result: e, g: $0).0 })
        add(y, g.wherePresent { Expression.derivative(f, x: x, y: y, result: e, g: $0).1 })
      case .select(let c, let x, let y):
        add(x, .select(c, g, .constant(0)))
        add(y, .select(c, .constant(0), g))
      }
    }
    return inputs.map { adjoint[.input($0)] }
  }

  /// `rule`, which is linear, applied to an adjoint; nil where that is nothing. It goes into the branches of a selection
  /// that has an empty one: what a branch not taken would contribute is exactly nothing, also where the derivative
  /// behind it is infinite, and not its product with zero.
  func wherePresent(_ rule: (Expression) -> Expression?) -> Expression? {
    if constant == 0 { return self }
    guard mayVanish else { return rule(self) }
    switch kind {
    case .select(let c, let x, let y):
      guard let x = x.wherePresent(rule), let y = y.wherePresent(rule) else { return nil }
      return .select(c, x, y)
    case .binary(.add, let x, let y):
      guard let x = x.wherePresent(rule), let y = y.wherePresent(rule) else { return nil }
      return Expression.sum(x, y)
    case .binary(.reluGrad, let g, let y): return g.wherePresent(rule).map { .binary(.reluGrad, $0, y) }
    default: return rule(self)
    }
  }

  /// Whether an adjoint is empty where some branches are not taken.
  private var mayVanish: Bool {
    switch kind {
    case .constant(let value): value == 0
    case .select(_, let x, let y): x.mayVanish || y.mayVanish
    case .binary(.add, let x, let y): x.mayVanish && y.mayVanish
    case .binary(.reluGrad, _, _): true
    default: false
    }
  }

  /// The sum of two adjoints: branches of one condition meet inside one selection.
  static func sum(_ a: Expression, _ b: Expression) -> Expression {
    if a.constant == 0 { return b }
    if b.constant == 0 { return a }
    if case .select(let c, let a1, let a2) = a.kind, case .select(let d, let b1, let b2) = b.kind, c == d {
      return .select(c, sum(a1, b1), sum(a2, b2))
    }
    return a + b
  }

  /// g times the derivative of f at x, where y = f(x); nil where it is zero everywhere.
  static func derivative(_ f: UnaryFunction, x: Expression, y: Expression, g: Expression) -> Expression? {
    switch f {
    case .neg: -g
    case .abs: g * x(.sign)
    case .sign, .floor, .ceil, .round, .trunc, .isnan, .isinf, .isfinite, .signbit, .not, .bitnot: nil
    case .frac: g
    case .sqrt: g / (2 * y)
    case .rsqrt: -0.5 * g * y * y * y
    case .reciprocal: -(g * y * y)
    case .square: g * (2 * x)
    case .exp: g * y
    case .exp2: g * y * 0.693147180559945309417
    case .expm1: g * (y + 1)
    case .log: g / x
    case .log2: g / (x * 0.693147180559945309417)
    case .log10: g / (x * 2.302585092994045684018)
    case .log1p: g / (x + 1)
    case .sin: g * x(.cos)
    case .cos: -(g * x(.sin))
    case .tan: g * (1 + y.squared)
    case .asin: g * (1 - x.squared)(.rsqrt)
    case .acos: -(g * (1 - x.squared)(.rsqrt))
    case .atan: g / (x.squared + 1)
    case .sinh: g * x(.cosh)
    case .cosh: g * x(.sinh)
    case .tanh: .binary(.tanhGrad, g, y)
    // sqrt(x² + 1) without the square, which overflows.
    case .asinh: g / y(.cosh)
    case .acosh: g * ((x - 1)(.rsqrt) * (x + 1)(.rsqrt))
    case .atanh: g / (1 - x.squared)
    case .erf: g * (1.12837916709551257390 * (-x.squared)(.exp))
    case .erfc: -(g * (1.12837916709551257390 * (-x.squared)(.exp)))
    case .erfinv: g * (0.88622692545275801365 * y.squared(.exp))
    case .lgamma: g * x(.digamma)
    case .digamma: g * .binary(.polygamma, .constant(1), x)
    case .sigmoid: .binary(.sigmoidGrad, g, y)
    case .relu: .binary(.reluGrad, g, y)
    case .gelu: .binary(.geluGrad, g, x)
    case .geluTanh: .binary(.geluTanhGrad, g, x)
    case .silu: .binary(.siluGrad, g, x)
    case .softplus: g * x(.sigmoid)
    case .exponent: nil
    case .mantissa: g * (-x(.exponent))(.exp2)
    case .i0: g * x(.i1)
    case .i0e: g * (x(.i1e) - x(.sign) * y)
    case .i1: g * (x(.i0) - x.nearZero(x.besselQuotient(1), else: y / x))
    case .i1e:
      g * (x(.i0e) - y * x(.sign) - x.nearZero(x.besselQuotient(1) * (-x(.abs))(.exp), else: y / x))
    case .k0: -(g * x(.k1))
    case .k0e: g * (y - x(.k1e))
    case .k1: -(g * (x(.k0) + y / x))
    case .k1e: g * (y - x(.k0e) - y / x)
    case .j0: -(g * x(.j1))
    case .j1: g * (x(.j0) - x.nearZero(x.besselQuotient(-1), else: y / x))
    case .y0: -(g * x(.y1))
    case .y1: g * (x(.y0) - y / x)
    case .sphericalJ0: g * x.sphericalSlope(y)
    case .airy: nil
    case .erfcx: g * (2 * x * y - 1.12837916709551257390)
    case .ndtri: g * (2.50662827463100050242 * (0.5 * y.squared)(.exp))
    case .conj, .real: g
    case .imag, .angle, .sgn: nil
    }
  }

  /// g times the partial derivatives of f; nil where one is zero everywhere.
  static func derivative(
    _ f: BinaryFunction, x: Expression, y: Expression, result: Expression, g: Expression
  ) -> (Expression?, Expression?) {
    let zero = Expression.constant(0)
    /// Equal operands share g; `others` is what one of them takes elsewhere.
    func shared(_ others: Expression) -> Expression { .select(.binary(.eq, x, y), g * 0.5, others) }
    switch f {
    case .add: return (g, g)
    case .sub: return (g, -g)
    case .mul: return (g * y, g * x)
    case .div: return (g / y, -(g * (result / y)))
    case .pow:
      // At exponent 0 the derivative is 0, also for base 0; the logarithm counts only where the result is not 0.
      let dx = Expression.select(.binary(.eq, y, zero), zero, g * y * .binary(.pow, x, y - 1))
      let dy = Expression.select(
        .binary(.and, .binary(.eq, x, zero), .binary(.ge, y, zero)), zero, g * result * x(.log))
      return (dx, dy)
    case .fmod: return (g, -(g * .binary(.truncDiv, x, y)))
    case .remainder: return (g, -(g * .binary(.floorDiv, x, y)))
    case .atan2:
      // Through the distance, whose square may overflow or vanish; at the origin there is no direction to turn.
      let distance = Expression.binary(.hypot, x, y)
      func turned(_ other: Expression) -> Expression {
        .select(.binary(.eq, distance, zero), zero, g * (other / distance / distance))
      }
      return (turned(y), turned(-x))
    // Both take it beside NaN, as in PyTorch.
    case .max, .min:
      let (first, second) = f == .max ? (BinaryFunction.lt, BinaryFunction.gt) : (.gt, .lt)
      return (shared(.select(.binary(first, x, y), zero, g)), shared(.select(.binary(second, x, y), zero, g)))
    case .fmax, .fmin:
      let first = Expression.binary(.or, .binary(f == .fmax ? .gt : .lt, x, y), y(.isnan))
      return (shared(.select(first, g, zero)), shared(.select(first, zero, g)))
    case .copysign:
      let sign = Expression.binary(.copysign, .constant(1), x) * .binary(.copysign, .constant(1), y)
      return (.select(.binary(.eq, x, zero), zero, g * sign), nil)
    case .hypot: return (g * (x / result), g * (y / result))
    case .xlogy:
      let dx = Expression.select(.binary(.and, .binary(.eq, x, zero), .binary(.le, y, zero)), zero, g * y(.log))
      return (dx, g * x / y)
    case .floorDiv, .truncDiv, .eq, .ne, .lt, .le, .gt, .ge, .and, .or, .xor, .bitand, .bitor, .bitxor,
      .shl, .shr, .gcd, .chebyshevT, .chebyshevU, .chebyshevV, .chebyshevW, .hermiteH, .hermiteHe, .laguerre,
      .legendre:
      return (nil, nil)
    // A step of the last digit: the derivative of x itself, except where x is already there.
    case .nextafter:
      let arrived = Expression.binary(.eq, x, y)
      return (.select(arrived, zero, g), .select(arrived, g, zero))
    // The first argument (an exponent, an order, a shape) has no derivative in closed form: formulas refuse it.
    case .complex: return (g, nil)
    case .zeta: return (nil, -(g * x * .binary(.zeta, x + 1, y)))
    case .polygamma: return (nil, g * .binary(.polygamma, x + 1, y))
    case .igamma: return (nil, g * ((x - 1) * y(.log) - y - x(.lgamma))(.exp))
    case .igammac: return (nil, -(g * ((x - 1) * y(.log) - y - x(.lgamma))(.exp)))
    case .geluGrad, .geluTanhGrad, .siluGrad, .reluGrad, .sigmoidGrad, .tanhGrad:
      guard let expansion = result.expansion else { return (nil, nil) }
      // x and y may be whole expressions: differentiate the definition over two fresh inputs, then put them back.
      let plain = expansion(.input(0), .input(1))
      let parts = plain.adjoints(of: [0, 1], seed: .input(2))
      let substituted = parts.map { part in
        part?.rewritten { e in
          switch e.kind {
          case .input(0): x
          case .input(1): y
          case .input(2): g
          default: nil
          }
        }
      }
      return (substituted[0], substituted[1])
    }
  }

  /// `series` where |x| < 1/2, `other` elsewhere: for quotients with a removable 0 / 0, whose derivatives near 0 would be
  /// differences of nearly equal numbers.
  private func nearZero(_ series: Expression, else other: Expression) -> Expression {
    .select(.binary(.lt, self(.abs), .constant(0.5)), series, other)
  }

  /// The sum of coefficient k times the power k of the square.
  private func evenSeries(_ coefficients: [Double]) -> Expression {
    let square = squared
    return coefficients.dropLast().reversed().reduce(.constant(coefficients.last ?? 0)) { .constant($1) + $0 * square }
  }

  /// I1(x) / x (sign 1) or J1(x) / x (sign -1) as the sum of (sign x² / 4)^k / (2 k! (k + 1)!), exact where |x| < 1/2.
  private func besselQuotient(_ sign: Double) -> Expression {
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

  /// The definition of a fused gradient function in elementary ones.
  var expansion: ((Expression, Expression) -> Expression)? {
    guard case .binary(let f, _, _) = kind else { return nil }
    switch f {
    case .tanhGrad: return { g, y in g * (1 - y.squared) }
    case .sigmoidGrad: return { g, y in g * (y * (1 - y)) }
    case .reluGrad: return { g, y in .select(.binary(.le, y, .constant(0)), .constant(0), g) }
    case .siluGrad: return { g, x in g * (x(.sigmoid) * (1 + x * (1 - x(.sigmoid)))) }
    case .geluGrad:
      return { g, x in
        g
          * (0.5 * (1 + (x * 0.70710678118654752440)(.erf))
            + x * (0.39894228040143267794 * (-0.5 * x.squared)(.exp)))
      }
    case .geluTanhGrad:
      return { g, x in
        let k = 0.79788456080286535588
        let t = (k * (x + 0.044715 * x * x.squared))(.tanh)
        return g * (0.5 * (1 + t) + 0.5 * x * (1 - t.squared) * (k * (1 + 0.134145 * x.squared)))
      }
    default: return nil
    }
  }
}
