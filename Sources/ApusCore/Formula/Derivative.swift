// Symbolic derivatives of formulas: the backward of any formula is itself a formula.

extension Expression {
  /// The contributions to each of `inputs` (nil: none) of `seed` arriving at this expression: reverse mode, symbolic.
  /// Where a rule is best written with the value itself (exp, tanh, sigmoid), it is, so that the result can be reused.
  func adjoints(of inputs: [Int], seed: Expression) -> [Expression?] {
    var adjoint: [Expression: Expression] = [self: seed]
    func add(_ e: Expression, _ value: Expression) {
      if value.constant == 0 { return }
      adjoint[e] = adjoint[e].map { $0 + value } ?? value
    }
    for e in Expression.topological([self]).reversed() {
      guard let g = adjoint[e] else { continue }
      switch e.kind {
      case .input, .constant, .parameter: break
      case .unary(let f, let x):
        if let d = Expression.derivative(f, x: x, y: e, g: g) { add(x, d) }
      case .binary(let f, let x, let y):
        let (dx, dy) = Expression.derivative(f, x: x, y: y, result: e, g: g)
        if let dx { add(x, dx) }
        if let dy { add(y, dy) }
      case .select(let c, let x, let y):
        add(x, .select(c, g, .constant(0)))
        add(y, .select(c, .constant(0), g))
      }
    }
    return inputs.map { adjoint[.input($0)] }
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
    case .asinh: g * (x.squared + 1)(.rsqrt)
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
    case .i1: g * (x(.i0) - .select(.binary(.eq, x, .constant(0)), .constant(0.5), y / x))
    case .i1e:
      g
        * .select(
          .binary(.eq, x, .constant(0)), .constant(0.5), x(.i0e) - y * (x(.sign) + x(.reciprocal)))
    case .k0: -(g * x(.k1))
    case .k0e: g * (y - x(.k1e))
    case .k1: -(g * (x(.k0) + y / x))
    case .k1e: g * (y - x(.k0e) - y / x)
    case .j0: -(g * x(.j1))
    case .j1: g * (x(.j0) - .select(.binary(.eq, x, .constant(0)), .constant(0.5), y / x))
    case .y0: -(g * x(.y1))
    case .y1: g * (x(.y0) - y / x)
    case .sphericalJ0: g * .select(.binary(.eq, x, .constant(0)), .constant(0), (x(.cos) - y) / x)
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
    func half(_ condition: BinaryFunction) -> Expression {
      .select(.binary(.eq, x, y), g * 0.5, .select(.binary(condition, x, y), g, zero))
    }
    switch f {
    case .add: return (g, g)
    case .sub: return (g, -g)
    case .mul: return (g * y, g * x)
    case .div: return (g / y, -(g * result / y))
    case .pow:
      // At exponent 0 the derivative is 0, also for base 0; the logarithm counts only where the result is not 0.
      let dx = Expression.select(.binary(.eq, y, zero), zero, g * y * .binary(.pow, x, y - 1))
      let dy = Expression.select(
        .binary(.and, .binary(.eq, x, zero), .binary(.ge, y, zero)), zero, g * result * x(.log))
      return (dx, dy)
    case .fmod: return (g, -(g * .binary(.truncDiv, x, y)))
    case .remainder: return (g, -(g * .binary(.floorDiv, x, y)))
    case .atan2:
      let d = x.squared + y.squared
      return (g * y / d, -(g * x / d))
    case .max: return (half(.gt), half(.lt))
    case .min: return (half(.lt), half(.gt))
    case .fmax:
      let first = Expression.binary(.or, .binary(.ge, x, y), y(.isnan))
      return (.select(first, g, zero), .select(first, zero, g))
    case .fmin:
      let first = Expression.binary(.or, .binary(.le, x, y), y(.isnan))
      return (.select(first, g, zero), .select(first, zero, g))
    case .copysign:
      return (
        g
          * .select(
            .binary(.eq, x, zero), zero, .binary(.copysign, .constant(1), x) * .binary(.copysign, .constant(1), y)), nil
      )
    case .hypot: return (g * x / result, g * y / result)
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

  /// The definition of a fused gradient function in elementary ones.
  var expansion: ((Expression, Expression) -> Expression)? {
    guard case .binary(let f, _, _) = kind else { return nil }
    switch f {
    case .tanhGrad: return { g, y in g * (1 - y.squared) }
    case .sigmoidGrad: return { g, y in g * (y * (1 - y)) }
    case .reluGrad: return { g, y in .select(.binary(.gt, y, .constant(0)), g, .constant(0)) }
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
