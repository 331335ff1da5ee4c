/// A scalar expression over the inputs of a pointwise operation: an immutable node of a shared graph. Expressions are made
/// with operators and functions, `x * x(.sigmoid)`; see ``Formula``.
public final class Expression: Sendable, Hashable {
  package enum Kind: Sendable {
    case input(Int)
    case constant(Double)
    /// A number given at the call: the exponent in `x ** 3`, a learning rate.
    case parameter(Int)
    case unary(UnaryFunction, Expression)
    case binary(BinaryFunction, Expression, Expression)
    /// The second where the first is not zero, else the third.
    case select(Expression, Expression, Expression)
  }

  package let kind: Kind
  private let hash: Int

  package init(_ kind: Kind) {
    self.kind = kind
    self.hash = kind.hashValue
  }

  public static func == (a: Expression, b: Expression) -> Bool { a === b || (a.hash == b.hash && a.kind == b.kind) }
  public func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  package var constant: Double? {
    if case .constant(let value) = kind { return value }
    return nil
  }

  /// Whether it is this number, bit for bit.
  private func isConstant(_ value: Double) -> Bool { constant?.bitPattern == value.bitPattern }

  package var children: [Expression] {
    switch kind {
    case .input, .constant, .parameter: []
    case .unary(_, let x): [x]
    case .binary(_, let x, let y): [x, y]
    case .select(let c, let x, let y): [c, x, y]
    }
  }
}

extension Expression.Kind: Hashable {
  /// Numbers are told apart by their bits: -0 is not 0, and NaN is itself.
  package static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.input(let i), .input(let j)), (.parameter(let i), .parameter(let j)): i == j
    case (.constant(let x), .constant(let y)): x.bitPattern == y.bitPattern
    case (.unary(let f, let x), .unary(let g, let y)): f == g && x == y
    case (.binary(let f, let x, let y), .binary(let g, let z, let w)): f == g && x == z && y == w
    case (.select(let c, let x, let y), .select(let d, let z, let w)): c == d && x == z && y == w
    case (.input, _), (.parameter, _), (.constant, _), (.unary, _), (.binary, _), (.select, _): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .input(let i):
      hasher.combine(0)
      hasher.combine(i)
    case .constant(let value):
      hasher.combine(1)
      hasher.combine(value.bitPattern)
    case .parameter(let i):
      hasher.combine(2)
      hasher.combine(i)
    case .unary(let f, let x):
      hasher.combine(f)
      hasher.combine(x)
    case .binary(let f, let x, let y):
      hasher.combine(f)
      hasher.combine(x)
      hasher.combine(y)
    case .select(let c, let x, let y):
      hasher.combine(c)
      hasher.combine(x)
      hasher.combine(y)
    }
  }
}

// Building: the operators simplify what can be seen at once, where every number gives the same bits: x * 0 is NaN for an
// infinite x, and x + 0 is 0 for x = -0.
extension Expression {
  package static func input(_ i: Int) -> Expression { Expression(.input(i)) }
  package static func constant(_ value: Double) -> Expression { Expression(.constant(value)) }
  package static func parameter(_ i: Int) -> Expression { Expression(.parameter(i)) }
  package static func unary(_ f: UnaryFunction, _ x: Expression) -> Expression { Expression(.unary(f, x)) }
  package static func binary(_ f: BinaryFunction, _ x: Expression, _ y: Expression) -> Expression {
    Expression(.binary(f, x, y))
  }
  package static func select(_ c: Expression, _ x: Expression, _ y: Expression) -> Expression {
    if x == y { return x }
    return Expression(.select(c, x, y))
  }

  /// x + y.
  public static func + (x: Expression, y: Expression) -> Expression {
    if x.isConstant(-0.0) { return y }
    if y.isConstant(-0.0) { return x }
    if let a = x.constant, let b = y.constant { return .constant(a + b) }
    return .binary(.add, x, y)
  }
  /// x - y.
  public static func - (x: Expression, y: Expression) -> Expression {
    if y.isConstant(0.0) { return x }
    if x.isConstant(-0.0) { return -y }
    if let a = x.constant, let b = y.constant { return .constant(a - b) }
    return .binary(.sub, x, y)
  }
  /// x * y.
  public static func * (x: Expression, y: Expression) -> Expression {
    if x.constant == 1 { return y }
    if y.constant == 1 { return x }
    if x.constant == -1 { return -y }
    if y.constant == -1 { return -x }
    if let a = x.constant, let b = y.constant { return .constant(a * b) }
    return .binary(.mul, x, y)
  }
  /// x / y.
  public static func / (x: Expression, y: Expression) -> Expression {
    if y.constant == 1 { return x }
    return .binary(.div, x, y)
  }
  /// -x.
  public static prefix func - (x: Expression) -> Expression {
    if let a = x.constant { return .constant(-a) }
    if case .unary(.neg, let inner) = x.kind { return inner }
    return .unary(.neg, x)
  }
  /// x + y, with a constant.
  public static func + (x: Expression, y: Double) -> Expression { x + .constant(y) }
  /// x + y, with a constant.
  public static func + (x: Double, y: Expression) -> Expression { .constant(x) + y }
  /// x - y, with a constant.
  public static func - (x: Expression, y: Double) -> Expression { x - .constant(y) }
  /// x - y, with a constant.
  public static func - (x: Double, y: Expression) -> Expression { .constant(x) - y }
  /// x * y, with a constant.
  public static func * (x: Expression, y: Double) -> Expression { x * .constant(y) }
  /// x * y, with a constant.
  public static func * (x: Double, y: Expression) -> Expression { .constant(x) * y }
  /// x / y, with a constant.
  public static func / (x: Expression, y: Double) -> Expression { x / .constant(y) }
  /// x / y, with a constant.
  public static func / (x: Double, y: Expression) -> Expression { .constant(x) / y }

  /// The square.
  public var squared: Expression { .unary(.square, self) }
  /// A function of this expression: `x(.exp)`.
  public func callAsFunction(_ f: UnaryFunction) -> Expression { .unary(f, self) }
  /// A function of this expression and another: `x(.max, y)`.
  public func callAsFunction(_ f: BinaryFunction, _ y: Expression) -> Expression { .binary(f, self, y) }
  /// A number as an expression.
  public static func number(_ value: Double) -> Expression { .constant(value) }
}

extension Expression {
  /// This expression with `replace` applied to every node from the leaves up; nil keeps a node.
  func rewritten(_ replace: (Expression) -> Expression?) -> Expression {
    var memo: [Expression: Expression] = [:]
    func visit(_ e: Expression) -> Expression {
      if let known = memo[e] { return known }
      let result: Expression
      if let replacement = replace(e) {
        result = replacement
      } else {
        switch e.kind {
        case .input, .constant, .parameter: result = e
        case .unary(let f, let x): result = .unary(f, visit(x))
        case .binary(let f, let x, let y): result = .binary(f, visit(x), visit(y))
        case .select(let c, let x, let y): result = .select(visit(c), visit(x), visit(y))
        }
      }
      memo[e] = result
      return result
    }
    return visit(self)
  }

  /// Every node once, operands before their users.
  package static func topological(_ roots: [Expression]) -> [Expression] {
    var seen: Set<Expression> = []
    var order: [Expression] = []
    func visit(_ e: Expression) {
      if !seen.insert(e).inserted { return }
      for child in e.children { visit(child) }
      order.append(e)
    }
    for root in roots { visit(root) }
    return order
  }
}

// Conditions, 1 or 0.
extension Expression {
  /// 1 where both are equal, 0 elsewhere; the others likewise.
  public func isEqual(_ y: Expression) -> Expression { .binary(.eq, self, y) }
  /// 1 where it is less than `y`, 0 elsewhere.
  public func isLess(_ y: Expression) -> Expression { .binary(.lt, self, y) }
  /// 1 where it is at most `y`, 0 elsewhere.
  public func isAtMost(_ y: Expression) -> Expression { .binary(.le, self, y) }
  /// 1 where it is greater than `y`, 0 elsewhere.
  public func isGreater(_ y: Expression) -> Expression { .binary(.gt, self, y) }
  /// 1 where it is at least `y`, 0 elsewhere.
  public func isAtLeast(_ y: Expression) -> Expression { .binary(.ge, self, y) }
  /// 1 where neither it nor `y` is 0, 0 elsewhere.
  public func and(_ y: Expression) -> Expression { .binary(.and, self, y) }
  /// 1 where it or `y` is not 0, 0 elsewhere.
  public func or(_ y: Expression) -> Expression { .binary(.or, self, y) }
  /// This where `condition` holds, else `other`.
  public func when(_ condition: Expression, else other: Expression) -> Expression { .select(condition, self, other) }
  static let zero = Expression.constant(0)
  static let one = Expression.constant(1)
}
