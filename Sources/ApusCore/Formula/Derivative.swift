// Symbolic derivatives of formulas: the backward of any formula is itself a formula. The rules of functions stand in their
// rows, see `UnaryFunction`.

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
        guard let rule = f.derivative else { continue }
        add(x, g.wherePresent { rule(x, e, $0) })
      case .binary(let f, let x, let y):
        guard let rule = f.derivative else { continue }
        add(x, g.wherePresent { rule(x, y, e, $0).0 })
        add(y, g.wherePresent { rule(x, y, e, $0).1 })
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
}
