// Pointwise operations in files: a formula as the list of its steps.

extension UnaryFunction {
  /// The functions that files know, by their names.
  private static let stored: [String: UnaryFunction] = Dictionary(
    uniqueKeysWithValues: [
      exp, exp2, expm1, log, log2, log10, log1p, sigmoid, relu, gelu, geluTanh, silu, softplus, isnan, isinf,
      isfinite, signbit, not, bitnot, conj, real, imag, angle, sgn, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh,
      asinh, acosh, atanh, neg, abs, sign, reciprocal, square, sqrt, rsqrt, i0, i0e, i1, i1e, k0, k0e, k1, k1e, j0, j1,
      y0, y1, sphericalJ0, airy, erf, erfc, erfinv, erfcx, ndtri, lgamma, digamma, floor, ceil, round, trunc, frac,
      mantissa, exponent,
    ].map { ($0.name, $0) })

  /// The function that files call by `name`.
  package init?(stored name: String) {
    guard let found = Self.stored[name] else { return nil }
    self = found
  }

  /// Whether files know the function.
  package var isStored: Bool { Self.stored[name] == self }
}

extension BinaryFunction {
  /// The functions that files know, by their names.
  private static let stored: [String: BinaryFunction] = Dictionary(
    uniqueKeysWithValues: [
      xlogy, sigmoidGrad, reluGrad, geluGrad, geluTanhGrad, siluGrad, eq, ne, lt, le, gt, ge, and, or, xor, max, min,
      fmax, fmin, bitand, bitor, bitxor, shl, shr, complex, atan2, tanhGrad, add, sub, mul, div, floorDiv, truncDiv,
      fmod, remainder, pow, hypot, gcd, zeta, polygamma, igamma, igammac, chebyshevT, chebyshevU, chebyshevV,
      chebyshevW, hermiteH, hermiteHe, laguerre, legendre, copysign, nextafter,
    ].map { ($0.name, $0) })

  /// The function that files call by `name`.
  package init?(stored name: String) {
    guard let found = Self.stored[name] else { return nil }
    self = found
  }

  /// Whether files know the function.
  package var isStored: Bool { Self.stored[name] == self }
}

extension Formula.Typing: AttributeValue {
  private static let named: [(String, Formula.Typing)] = [
    ("arithmetic", .arithmetic), ("numeric", .numeric), ("floating", .floating), ("predicate", .predicate),
    ("integral", .integral), ("real", .real), ("complex", .complex),
  ]

  package var attribute: Attribute {
    if case .fixed(let dtype) = self { return .record(["fixed": dtype.attribute]) }
    return .string(Self.named.first { $0.1 == self }?.0 ?? "")
  }

  package init(_ attribute: Attribute) throws(TensorError) {
    switch attribute {
    case .string(let name):
      guard let found = Self.named.first(where: { $0.0 == name }) else { throw attribute.isNot("a rule of types") }
      self = found.1
    case .record(let parts):
      guard let dtype = parts["fixed"] else { throw attribute.isNot("a rule of types") }
      self = .fixed(try DType(dtype))
    default: throw attribute.isNot("a rule of types")
    }
  }
}

/// Expressions as a list of steps, each of which names earlier ones by their numbers: `["input", 0]`, `["constant", 0.5]`,
/// `["number", 0]` (given with the operation), `["select", condition, a, b]`, or a function with its operands,
/// `["mul", 0, 1]`. Equal steps occur once.
private struct StoredExpressions {
  /// More steps than any formula of the library has.
  static let mostSteps = 256
  static let mostInputs = 12

  private(set) var steps: [Attribute] = []
  private var places: [Expression: Int] = [:]

  mutating func add(_ expressions: [Expression]) -> [Int] {
    for expression in Expression.topological(expressions) where places[expression] == nil {
      let operands = expression.children.map { Attribute.int(places[$0] ?? 0) }
      let head: [Attribute] =
        switch expression.kind {
        case .input(let i): [.string("input"), .int(i)]
        case .constant(let value): [.string("constant"), value.attribute]
        case .parameter(let i): [.string("number"), .int(i)]
        case .unary(let function, _): [.string(function.name)]
        case .binary(let function, _, _): [.string(function.name)]
        case .select: [.string("select")]
        }
      places[expression] = steps.count
      steps.append(.list(head + operands))
    }
    return expressions.map { places[$0] ?? 0 }
  }

  /// The expressions of the steps.
  static func read(_ steps: [[Attribute]], inputs: Int, numbers: Int) throws(TensorError) -> [Expression] {
    guard steps.count <= mostSteps else {
      throw TensorError(.format, "", "a formula has \(steps.count) steps; at most \(mostSteps) are possible")
    }
    var made: [Expression] = []
    // Equal expressions must be one: comparing large ones that are not takes time without end.
    var known: [[Attribute]: Expression] = [:]
    var first: [ObjectIdentifier: Int] = [:]
    for step in steps {
      guard case .string(let name) = step.first else {
        throw Attribute.list(step).isNot("the name of a function first")
      }
      func operand(_ i: Int) throws(TensorError) -> Expression {
        guard i + 1 < step.count, case .int(let k) = step[i + 1], made.indices.contains(k) else {
          throw Attribute.list(step).isNot("\(name) with the numbers of earlier steps")
        }
        return made[k]
      }
      func index(below limit: Int) throws(TensorError) -> Int {
        guard step.count == 2, case .int(let k) = step[1], (0..<limit).contains(k) else {
          throw Attribute.list(step).isNot("\(name) and a number below \(limit)")
        }
        return k
      }
      let kind: Expression.Kind
      let count: Int
      switch name {
      case "input": (kind, count) = (.input(try index(below: inputs)), 1)
      case "number": (kind, count) = (.parameter(try index(below: numbers)), 1)
      case "constant":
        guard step.count == 2 else { throw Attribute.list(step).isNot("constant and a number") }
        (kind, count) = (.constant(try Double(step[1])), 1)
      case "select": (kind, count) = (.select(try operand(0), try operand(1), try operand(2)), 3)
      default:
        if let function = UnaryFunction(stored: name) {
          (kind, count) = (.unary(function, try operand(0)), 1)
        } else if let function = BinaryFunction(stored: name) {
          (kind, count) = (.binary(function, try operand(0), try operand(1)), 2)
        } else {
          throw TensorError(.unsupported, "", "the function '\(name)' of a formula is unknown")
        }
      }
      guard step.count == count + 1 else { throw Attribute.list(step).isNot("\(name) with \(count) operands") }
      // The step in terms of the first of equal ones.
      var key = step
      if name != "input" && name != "number" && name != "constant" {
        for i in 1..<step.count {
          guard case .int(let k) = step[i] else { continue }
          key[i] = .int(first[ObjectIdentifier(made[k])] ?? k)
        }
      }
      let expression = known[key] ?? Expression(kind)
      known[key] = expression
      if first[ObjectIdentifier(expression)] == nil { first[ObjectIdentifier(expression)] = made.count }
      made.append(expression)
    }
    return made
  }
}

extension Formula {
  /// The formulas that have a loop of their own (see `whole`): a file says what a formula computes, and such a formula is
  /// computed as it is here.
  package static let storedLoops = Lock<[Formula]>([
    Activation.leakyRelu, Activation.hardtanh, Activation.hardsigmoid, Activation.hardswish, Activation.hardshrink,
    Activation.softshrink, Activation.threshold, Activation.prelu, Elementary.angle, Limits.clamp, Limits.nanToNum,
    Binary.addcmul, Binary.addcdiv, StatisticFormula.noNaN,
  ])

  /// What makes the formula, apart from the numbers given with it.
  var stored: [(String, Attribute)] {
    var expressions = StoredExpressions()
    let results = expressions.add(outputs).attribute
    let slopes = slopes.map { expressions.add($0) }.attribute
    return [
      ("name", name.attribute), ("inputs", inputCount.attribute), ("typing", typing.attribute),
      ("steps", .list(expressions.steps)), ("results", results), ("slopes", slopes),
      ("without_gradient", (0..<min(inputCount, 64)).filter { withoutGradient >> UInt64($0) & 1 == 1 }.attribute),
    ]
  }

  /// The formula that a file describes, one of the library's where it is the same.
  static func read(_ attributes: StoredAttributes, numbers: Int) throws(TensorError) -> Formula {
    let name: String = try attributes["name"]
    let inputs: Int = try attributes["inputs"]
    guard (1...StoredExpressions.mostInputs).contains(inputs) else {
      throw TensorError(
        .format, "", "a formula takes 1 to \(StoredExpressions.mostInputs) inputs, and this one \(inputs)")
    }
    let typing: Typing = try attributes["typing"]
    let steps: StoredSteps = try attributes["steps"]
    let expressions = try StoredExpressions.read(steps.all, inputs: inputs, numbers: numbers)
    func chosen(_ places: [Int], _ what: String) throws(TensorError) -> [Expression] {
      guard places.allSatisfy(expressions.indices.contains) else {
        throw TensorError(.format, "", "the \(what) \(places.prefix(8)) of a formula are no numbers of its steps")
      }
      return places.map { expressions[$0] }
    }
    let outputs = try chosen(try attributes["results"], "results")
    let slopes: [Int]? = try attributes["slopes", default: nil]
    let ways = try slopes.map { (places) throws(TensorError) in try chosen(places, "slopes") }
    guard (1...4).contains(outputs.count), ways == nil || ways?.count == inputs else {
      throw TensorError(.format, "", "a formula needs one to four results, and a slope for each input or none")
    }
    var without: UInt64 = 0
    for input in try attributes["without_gradient", default: [Int]()] {
      guard (0..<inputs).contains(input) else { throw TensorError(.format, "", "there is no input \(input)") }
      without |= 1 << UInt64(input)
    }
    let own = storedLoops.withLock { $0 }.first {
      $0.name == name && $0.inputCount == inputs && $0.typing == typing && $0.outputs == outputs
    }
    return own
      ?? Formula(name, inputs: inputs, typing, withoutGradient: without, slopes: ways, outputs: outputs)
  }
}

/// The steps of a formula as they stand in a file.
private struct StoredSteps: AttributeValue {
  let all: [[Attribute]]
  var attribute: Attribute { .list(all.map { .list($0) }) }

  init(_ attribute: Attribute) throws(TensorError) {
    guard case .list(let items) = attribute else { throw attribute.isNot("a list of steps") }
    var all: [[Attribute]] = []
    for item in items {
      guard case .list(let step) = item else { throw item.isNot("a step") }
      all.append(step)
    }
    self.all = all
  }
}

extension Attribute: AttributeValue {
  package var attribute: Attribute { self }
  package init(_ attribute: Attribute) throws(TensorError) { self = attribute }
}

extension Pointwise: StoredPrimitive {
  package var attribute: Attribute {
    .record(Dictionary(formula.stored + [("numbers", scalars.attribute)]) { first, _ in first })
  }

  package var attributes: KeyValuePairs<String, any AttributeValue> { ["formula": attribute] }

  package init(_ attributes: StoredAttributes) throws(TensorError) {
    let scalars: [Scalar] = try attributes["numbers"]
    self.init(formula: try Formula.read(attributes, numbers: scalars.count), scalars: scalars)
  }

  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(formula.inputCount)
  }

  /// Whether files can hold the formula: its functions are known to them.
  package var isStorable: Bool {
    let all = Expression.topological(formula.outputs + (formula.slopes ?? []))
    return all.count <= StoredExpressions.mostSteps && formula.inputCount <= StoredExpressions.mostInputs
      && all.allSatisfy {
        switch $0.kind {
        case .unary(let function, _): function.isStored
        case .binary(let function, _, _): function.isStored
        case .input, .constant, .parameter, .select: true
        }
      }
  }
}
