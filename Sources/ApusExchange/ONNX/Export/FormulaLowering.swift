import ApusCore
import ApusFormats
import ApusNN

/// Writes a pointwise operation node by node from its formula: each function of the formula language is an operator of ONNX or a few.
struct FormulaLowering {
  /// A value on the way: conditions are bool in ONNX and numbers in formulas.
  enum Term {
    case number(String)
    case condition(String)
  }

  let operation: ExportedOperation
  private let formula: Formula
  private let scalars: [[Scalar]]
  /// The type that the formula is computed in.
  let compute: DType
  private let result: DType

  init(_ operation: ExportedOperation, _ formula: Formula) throws {
    self.operation = operation
    self.formula = formula
    scalars = operation.primitives.map { $0.pointwiseForm?.scalars ?? [] }
    result = operation.outputTypes[0].dtype
    let promoted = resultType(operation.inputTypes, scalars: scalars[0])
    let type = promoted.isInexact || !result.isInexact ? promoted : result
    // ONNX's operators have few types of integers, and small floating-point numbers are computed in float32 here as everywhere.
    compute = type.isFloatingPoint ? type.computeType : .int64
    guard compute == .float32 || compute == .float64 || compute == .int64 else {
      throw operation.refusal("ONNX's operators take no elements of type \(promoted)")
    }
  }

  func lowered() throws -> [String] {
    if let known = try asOperator() { return [known] }
    var inputs: [String] = []
    for (name, type) in zip(operation.inputs, operation.inputTypes) {
      inputs.append(try operation.cast(name, from: type.dtype, to: compute))
    }
    var terms: [Expression: Term] = [:]
    for expression in Expression.topological(formula.outputs) {
      terms[expression] = try term(expression, inputs) { terms[$0] }
    }
    return try formula.outputs.map { output in
      guard let term = terms[output] else { throw operation.refusal("its formula has no value") }
      switch term {
      case .condition(let name): return try broadcast(operation.cast(name, from: .bool, to: result), output)
      case .number(let name):
        let made = try result == .bool ? truth(term) : operation.cast(name, from: compute, to: result)
        return try broadcast(made, output)
      }
    }
  }

  /// Where a formula does not read an input, its result has that one's shape all the same.
  private func broadcast(_ name: String, _ output: Expression) throws -> String {
    let read = Expression.topological([output]).compactMap { expression -> Int? in
      if case .input(let i) = expression.kind { i } else { nil }
    }
    let sizes = operation.outputSizes[0]
    let isWhole = read.contains { operation.inputSizes[$0] == sizes } || sizes.isEmpty
    let covers = sizes.indices.allSatisfy { d in
      read.contains { i in
        let own = operation.inputSizes[i]
        let place = d - (sizes.count - own.count)
        return place >= 0 && own[place] == sizes[d]
      }
    }
    let isLeaf = output.children.isEmpty
    if isWhole && !isLeaf || covers && !read.isEmpty && !isLeaf { return name }
    if isLeaf, isWhole, !read.isEmpty { return name }
    return try operation.expand(name, sizes)
  }

  private func term(_ expression: Expression, _ inputs: [String], _ known: (Expression) -> Term?) throws -> Term {
    func value(_ child: Expression) throws -> Term {
      guard let term = known(child) else { throw operation.refusal("its formula has no value") }
      return term
    }
    switch expression.kind {
    case .input(let i): return .number(inputs[i])
    case .constant(let number): return .number(try constant(number))
    case .parameter(let p): return .number(try parameter(p))
    case .unary(let function, let x): return try unary(function, try value(x))
    case .binary(let function, let x, let y): return try binary(function, try value(x), try value(y))
    case .select(let c, let x, let y):
      return .number(
        operation.add("Where", [try truth(try value(c)), try number(try value(x)), try number(try value(y))]))
    }
  }

  func constant(_ number: Double) throws -> String { try operation.scalar(number, compute) }

  /// A number of the call; it may depend on the size of an open dimension.
  private func parameter(_ p: Int) throws -> String {
    let numbers = scalars.map { $0[p].double }
    if numbers.allSatisfy({ $0.bitPattern == numbers[0].bitPattern }) { return try constant(numbers[0]) }
    if let size = ExportedGraph.size(of: numbers) { return try operation.number(size, compute) }
    if compute != .int64, let size = ExportedGraph.size(of: numbers.map { 1 / $0 }) {
      return operation.add("Reciprocal", [try operation.number(size, compute)])
    }
    throw operation.refusal(
      "a number of it, \(numbers), depends on the size of an open dimension in a way that is not known")
  }

  /// The term as a number.
  func number(_ term: Term) throws -> String {
    switch term {
    case .number(let name): name
    case .condition(let name): try operation.cast(name, compute)
    }
  }

  /// The term as a truth value: whether it is not 0.
  func truth(_ term: Term) throws -> String {
    switch term {
    case .condition(let name): name
    case .number(let name): try operation.cast(name, .bool)
    }
  }

  /// Formulas that are one operator, which others know how to run quickly.
  private func asOperator() throws -> String? {
    guard operation.inputs.count == 1, compute == .float32, result == .float32, operation.dtype == .float32,
      scalars.allSatisfy({ zip($0, scalars[0]).allSatisfy { $0.double == $1.double } })
    else { return nil }
    let numbers = scalars[0].map { Float($0.double) }
    let x = operation.inputs
    switch (formula.name, numbers.count) {
    case ("LeakyRelu", 1): return operation.add("LeakyRelu", x, [("alpha", .float(numbers[0]))])
    case ("Hardtanh", 2):
      return operation.add("Clip", x + [try constant(Double(numbers[0])), try constant(Double(numbers[1]))])
    case ("Hardswish", 0): return operation.add("HardSwish", x)
    case ("Mish", 0) where operation.opset >= 18: return operation.add("Mish", x)
    default: return nil
    }
  }
}
