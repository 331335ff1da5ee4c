// What the compiler asks of formulas: joining them, and showing them.

extension Primitive {
  /// The formula and numbers of a pointwise operation, nil for any other.
  package var pointwiseForm: (formula: Formula, scalars: [Scalar])? {
    switch self {
    case let pointwise as Pointwise: (pointwise.formula, pointwise.scalars)
    case is Where: (whereFormula, [])
    case let cast as Cast where cast.dtype == .float32: (identityFormula, [])
    default: nil
    }
  }

  /// The dimensions of a sum, nil for any other operation.
  package var sumDims: [Int]? {
    guard let reduce = self as? Reduce, reduce.reduction == .sum else { return nil }
    return reduce.dims
  }

  /// Whether it gives the elements that it gets, perhaps elsewhere in memory.
  package var isIdentity: Bool {
    switch self {
    case is Alias, is Contiguous, is Reshape, is Expand: true
    case let cast as Permute: cast.order == Array(cast.order.indices)
    default: false
    }
  }
}

private let identityFormula = Formula("ToCopy") { x in x }

/// Whether every element has a place of its own and none is left out.
package func isDense(_ shape: [Int], _ strides: [Int]) -> Bool { memoryOrder(shape, strides) != nil }

extension Expression {
  /// This expression with other expressions for inputs and numbers for parameters.
  package func substituting(_ inputs: [Expression], _ scalars: [Scalar]) -> Expression {
    rewritten { e in
      switch e.kind {
      case .input(let i): inputs[i]
      case .parameter(let p): .constant(scalars[p].double)
      default: nil
      }
    }
  }

  /// Steps on the longest way from an input.
  package var depth: Int {
    var memo: [Expression: Int] = [:]
    for e in Expression.topological([self]) {
      memo[e] = e.children.isEmpty ? 0 : 1 + (e.children.compactMap { memo[$0] }.max() ?? 0)
    }
    return memo[self] ?? 0
  }

  /// As a person would write it: `gelu(in0 * in1 + in2)`.
  package var text: String {
    switch kind {
    case .input(let i): "in\(i)"
    case .constant(let c): "\(c)"
    case .parameter(let p): "p\(p)"
    case .unary(.neg, let x): "-\(x.nested)"
    case .unary(let f, let x): "\(f.name)(\(x.text))"
    case .binary(let f, let x, let y):
      if let sign = f.sign { "\(x.nested) \(sign) \(y.nested)" } else { "\(f.name)(\(x.text), \(y.text))" }
    case .select(let c, let x, let y): "select(\(c.text), \(x.text), \(y.text))"
    }
  }

  private var nested: String {
    if case .binary(let f, _, _) = kind, f.sign != nil { return "(\(text))" }
    return text
  }
}
