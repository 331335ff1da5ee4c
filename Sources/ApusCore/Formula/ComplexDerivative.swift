// Symbolic derivatives of formulas over complex numbers, with PyTorch's convention: what flows back is the gradient
// dL/d(real) + i dL/d(imaginary) of the real loss.
//
// The rules of `Derivative.swift` are L(g; x, y), linear in g. A holomorphic function takes g to conj(L(conj(g); x, y)) =
// g conj(f'(x)); the functions that are not holomorphic have rules here.

extension Expression {
  /// ``adjoints(of:seed:)`` over complex numbers. What arrives at a real input is its real part.
  func complexAdjoints(of inputs: [Int], seed: Expression) -> [Expression?] {
    var adjoint: [Expression: Expression] = [self: seed]
    func add(_ e: Expression, _ value: Expression?) {
      guard let value, value.constant != 0 else { return }
      adjoint[e] = adjoint[e].map { $0 + value } ?? value
    }
    for e in Expression.topological([self]).reversed() {
      guard let g = adjoint[e] else { continue }
      switch e.kind {
      case .input, .constant, .parameter: break
      case .unary(let f, let x):
        switch f {
        case .conj: add(x, g.conjugate)
        case .real: add(x, g(.real))
        case .imag: add(x, .binary(.complex, .zero, g(.real)))
        case .abs: add(x, g(.real) * x(.sgn))
        case .angle: add(x, x.unlessZero(.binary(.complex, .zero, g(.real)) / x.conjugate))
        case .sgn: add(x, e.turn(by: g, from: x))
        default: add(x, Expression.derivative(f, x: x, y: e, g: g.conjugate)?.conjugate)
        }
      case .binary(.complex, let x, let y):
        add(x, g(.real))
        add(y, g(.imag))
      case .binary(let f, let x, let y):
        let (dx, dy) = Expression.complexDerivative(f, x: x, y: y, result: e, g: g.conjugate)
        add(x, dx?.conjugate)
        add(y, dy?.conjugate)
      case .select(let c, let x, let y):
        add(x, .select(c, g, .zero))
        add(y, .select(c, .zero, g))
      }
    }
    return inputs.map { adjoint[.input($0)] }
  }

  /// The derivative along a direction over complex numbers, from the tangents of inputs; nil where it is zero.
  func complexTangent(_ tangents: [Int: Expression]) -> Expression? {
    var known: [Expression: Expression] = [:]
    for e in Expression.topological([self]) {
      var sum: Expression?
      func add(_ value: Expression?) {
        guard let value, value.constant != 0 else { return }
        sum = sum.map { $0 + value } ?? value
      }
      switch e.kind {
      case .constant, .parameter: break
      case .input(let i): sum = tangents[i]
      case .unary(let f, let x):
        guard let t = known[x] else { break }
        switch f {
        case .conj: add(t.conjugate)
        case .real: add(t(.real))
        case .imag: add(t(.imag))
        case .abs: add((x(.sgn).conjugate * t)(.real))
        case .angle: add(x.unlessZero((t / x)(.imag)))
        case .sgn: add(e.turn(by: t, from: x))
        default: add(Expression.derivative(f, x: x, y: e, g: t))
        }
      case .binary(.complex, let x, let y):
        guard known[x] != nil || known[y] != nil else { break }
        add(.binary(.complex, known[x] ?? .zero, known[y] ?? .zero))
      case .binary(let f, let x, let y):
        if let t = known[x] { add(Expression.complexDerivative(f, x: x, y: y, result: e, g: t).0) }
        if let t = known[y] { add(Expression.complexDerivative(f, x: x, y: y, result: e, g: t).1) }
      case .select(let c, let x, let y):
        guard known[x] != nil || known[y] != nil else { break }
        add(.select(c, known[x] ?? .zero, known[y] ?? .zero))
      }
      if let sum { known[e] = sum }
    }
    return known[self]
  }

  /// The rules whose conditions compare: complex numbers have no order.
  private static func complexDerivative(
    _ f: BinaryFunction, x: Expression, y: Expression, result: Expression, g: Expression
  ) -> (Expression?, Expression?) {
    guard f == .pow else { return derivative(f, x: x, y: y, result: result, g: g) }
    let power = y(.real)
    let dx = Expression.select(y.isEqual(.zero), .zero, g * y * .binary(.pow, x, y - 1))
    let dy = Expression.select(x.isEqual(.zero).and(power.isEqual(power(.abs))), .zero, g * result * x(.log))
    return (dx, dy)
  }

  /// Where self is sgn(x): what a change `t` of x does to it, the part of t across the direction of x. The rule of the
  /// gradient is the same.
  private func turn(by t: Expression, from x: Expression) -> Expression {
    x.unlessZero((t - self * (self.conjugate * t)(.real)) / x(.abs))
  }

  private func unlessZero(_ value: Expression) -> Expression { .select(isEqual(.zero), .zero, value) }

  /// The conjugate, moved to where it costs least: through arithmetic, which it does not change.
  var conjugate: Expression {
    switch kind {
    case .constant: return self
    case .unary(.conj, let x): return x
    case .unary(.real, _), .unary(.imag, _), .unary(.abs, _), .unary(.angle, _): return self
    case .unary(.neg, let x): return -x.conjugate
    case .unary(.square, let x): return x.conjugate.squared
    case .binary(.add, let x, let y): return x.conjugate + y.conjugate
    case .binary(.sub, let x, let y): return x.conjugate - y.conjugate
    case .binary(.mul, let x, let y): return x.conjugate * y.conjugate
    case .binary(.div, let x, let y): return x.conjugate / y.conjugate
    case .binary(.tanhGrad, let x, let y): return .binary(.tanhGrad, x.conjugate, y.conjugate)
    case .binary(.sigmoidGrad, let x, let y): return .binary(.sigmoidGrad, x.conjugate, y.conjugate)
    case .select(let c, let x, let y): return .select(c, x.conjugate, y.conjugate)
    default: return self(.conj)
    }
  }

  /// Whether a function of complex numbers is among its steps that is not holomorphic.
  var hasParts: Bool {
    Expression.topological([self]).contains { e in
      switch e.kind {
      case .unary(let f, _): [.sgn, .abs, .angle, .real, .imag, .conj].contains(f)
      case .binary(let f, _, _): f == .complex
      default: false
      }
    }
  }
}
