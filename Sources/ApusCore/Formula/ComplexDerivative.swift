// Symbolic derivatives of formulas over complex numbers, with PyTorch's convention: what flows back is the gradient
// dL/d(real) + i dL/d(imaginary) of the real loss.
//
// The rules of functions are L(g; x, y), linear in g. A holomorphic function takes g to conj(L(conj(g); x, y)) =
// g conj(f'(x)); the functions that are not holomorphic have rules for it in their rows (`parts`).

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
        add(x, f.parts?.gradient(x, e, g) ?? f.derivative?(x, e, g.conjugate).conjugate)
      case .binary(let f, let x, let y):
        if let parts = f.parts {
          let (dx, dy) = parts.gradient(g)
          add(x, dx)
          add(y, dy)
        } else if let (dx, dy) = (f.complexDerivative ?? f.derivative)?(x, y, e, g.conjugate) {
          add(x, dx?.conjugate)
          add(y, dy?.conjugate)
        }
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
        add(f.parts?.tangent(x, e, t) ?? f.derivative?(x, e, t))
      case .binary(let f, let x, let y):
        if let parts = f.parts {
          guard known[x] != nil || known[y] != nil else { break }
          add(parts.tangent(known[x] ?? .zero, known[y] ?? .zero))
        } else if let rule = f.complexDerivative ?? f.derivative {
          if let t = known[x] { add(rule(x, y, e, t).0) }
          if let t = known[y] { add(rule(x, y, e, t).1) }
        }
      case .select(let c, let x, let y):
        guard known[x] != nil || known[y] != nil else { break }
        add(.select(c, known[x] ?? .zero, known[y] ?? .zero))
      }
      if let sum { known[e] = sum }
    }
    return known[self]
  }

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
      case .unary(let f, _): f.parts != nil
      case .binary(let f, _, _): f.parts != nil
      default: false
      }
    }
  }
}
