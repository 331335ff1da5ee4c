import ApusCore

/// Writes formulas as C: one expression a line, with the functions of the math prelude.
struct CExpressions {
  /// The statements that compute the outputs of a formula from `x0`, `x1` ... of one element.
  let statements: [String]
  /// The C expression of each output.
  let results: [String]

  /// For kernels of float32: nil where the formula has a function that these leave to the engine of eager mode.
  init?(_ formula: Formula) {
    self.init(formula, .float, []) { name, kernel in kernel.map { "\($0)" } }
  }

  /// For programs that stand alone; nil where the formula has a function that C has not.
  init?(_ formula: Formula, in number: CNumber, scalars: [Scalar]) {
    self.init(formula, number, scalars) { name, kernel in number.text(name, kernel: kernel) }
  }

  private init?(
    _ formula: Formula, _ number: CNumber, _ scalars: [Scalar], _ function: (String, StaticString?) -> String?
  ) {
    var names: [Expression: String] = [:]
    var statements: [String] = []
    for e in Expression.topological(formula.outputs) {
      switch e.kind {
      case .input(let i): names[e] = "x\(i)"
      case .constant(let value): names[e] = number.literal(value)
      case .parameter(let p):
        guard scalars.indices.contains(p) else { return nil }
        names[e] = number.literal(scalars[p])
      default:
        let x = e.children.compactMap { names[$0] }
        let text: String? =
          switch e.kind {
          case .unary(let f, _): function(f.name, f.c)?.replacing("$x", with: x[0])
          case .binary(let f, _, _): function(f.name, f.c)?.replacing("$x", with: x[0]).replacing("$y", with: x[1])
          case .select: "\(x[0]) != 0 ? \(x[1]) : \(x[2])"
          default: nil
          }
        guard let text else { return nil }
        let name = "t\(statements.count)"
        names[e] = name
        statements.append("\(number.name) \(name) = \(text);")
      }
    }
    self.statements = statements
    results = formula.outputs.compactMap { names[$0] }
  }

  /// Whether a formula has only functions that integers have.
  static func isOfIntegers(_ formula: Formula) -> Bool {
    Expression.topological(formula.outputs).allSatisfy { e in
      switch e.kind {
      case .unary(let f, _): CNumber.isOfIntegers(f.name)
      case .binary(let f, _, _): CNumber.isOfIntegers(f.name)
      case .constant(let value): value == value.rounded()
      case .input, .parameter, .select: true
      }
    }
  }
}
