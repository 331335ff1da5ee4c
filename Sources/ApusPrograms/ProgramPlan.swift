import ApusCore

/// The operations of a program for certain sizes, checked: ready to be applied.
struct ProgramPlan: Sendable {
  let types: [TensorType]
  let steps: [PlannedStep]
  /// Constants that are made for these sizes, by their values.
  let made: [Int: Tensor]

  /// Builds every operation and follows the types of values through all of them.
  /// - Throws: what does not fit, naming the operation and its module.
  init(_ contents: ProgramContents, _ sizes: [String: Int]) throws(TensorError) {
    types = try PlannedStep.types(contents.values, sizes)
    var made: [Int: Tensor] = [:]
    for (i, constant) in contents.constants.enumerated() {
      guard case .made(let recipe) = constant.source else { continue }
      let value = contents.inputs.count + i
      do { made[value] = try recipe.tensor(types[value], sizes) } catch {
        throw TensorError(error.kind, "", "constant '\(constant.name)': \(error.message)")
      }
    }
    self.made = made
    steps = try PlannedStep.steps(
      contents.operations, types, first: contents.inputs.count + contents.constants.count, sizes)
  }

  /// How many elements all values have together, those of steps among them.
  var elementCount: Int { PlannedStep.elementCount(types, steps) }
}

/// A step of a branch or loop for certain sizes: operations that are checked, from inputs to outputs.
struct PlannedGraph: Sendable {
  let types: [TensorType]
  let steps: [PlannedStep]
  let inputCount: Int
  let outputs: [Int]

  init(_ graph: ProgramContents.Graph, _ sizes: [String: Int]) throws(TensorError) {
    types = try PlannedStep.types(graph.values, sizes)
    steps = try PlannedStep.steps(graph.operations, types, first: graph.inputCount, sizes)
    (inputCount, outputs) = (graph.inputCount, graph.outputs)
  }

  var inputTypes: [TensorType] { Array(types[..<inputCount]) }
  var outputTypes: [TensorType] { outputs.map { types[$0] } }

  /// What it gives for these inputs, whose types were checked; poisoned tensors after a mistake.
  func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
    var values: [Tensor?] = inputs + [Tensor?](repeating: nil, count: types.count - inputCount)
    for step in steps {
      if let failed = step.run(&values) { return outputs.map { _ in failed } }
    }
    return outputs.map { values[$0] ?? fail(TensorError(.format, "", "a value is read before it is made")) }
  }
}

/// An operation of a program for certain sizes.
struct PlannedStep: Sendable {
  enum Operation: Sendable {
    case primitive(any StoredPrimitive)
    /// A branch, a loop or the gradient of one.
    case control(PlannedControl)
  }

  let operation: Operation
  let inputs: [Int]
  /// The number of the first result.
  let first: Int
  let resultCount: Int

  /// Applies it to values by their numbers, and keeps the results among them; the poisoned tensor if there is one.
  func run(_ values: inout [Tensor?]) -> Tensor? {
    var operands: [Tensor] = []
    operands.reserveCapacity(inputs.count)
    for input in inputs {
      guard let value = values[input] else {
        return fail(TensorError(.format, "", "value \(input) is read before it is made"))
      }
      operands.append(value)
    }
    let results =
      switch operation {
      case .primitive(let primitive): apply(primitive, operands)
      case .control(let control): control(operands)
      }
    if let failed = poisoned(among: results) { return failed }
    for (i, result) in results.enumerated() { values[first + i] = result }
    return nil
  }

  /// How many elements values of these types and those in the steps of branches and loops have together.
  static func elementCount(_ types: [TensorType], _ steps: [PlannedStep]) -> Int {
    let own = types.reduce(0) { $0.clampedAdding($1.count) }
    return steps.reduce(own) { sum, step in
      guard case .control(let control) = step.operation else { return sum }
      return control.graphs.reduce(sum) { $0.clampedAdding(elementCount($1.types, $1.steps)) }
    }
  }

  // MARK: Checks

  /// The types of values for certain sizes.
  static func types(
    _ values: [ProgramContents.ValueType], _ sizes: [String: Int]
  ) throws(TensorError) -> [TensorType] {
    var types: [TensorType] = []
    types.reserveCapacity(values.count)
    for (i, value) in values.enumerated() {
      do { types.append(try value.type(sizes)) } catch {
        throw TensorError(.format, "", "value \(i): \(error.message)")
      }
    }
    return types
  }

  /// Operations on values of these types, the first of which makes the value `first`.
  static func steps(
    _ operations: [ProgramContents.Operation], _ types: [TensorType], first: Int, _ sizes: [String: Int]
  ) throws(TensorError) -> [PlannedStep] {
    var steps: [PlannedStep] = []
    steps.reserveCapacity(operations.count)
    var next = first
    for (i, operation) in operations.enumerated() {
      let results = Array(types[next..<next + operation.resultCount])
      do {
        let made = try Self.operation(operation, sizes, operation.inputs.map { types[$0] }, results)
        steps.append(
          PlannedStep(
            operation: made, inputs: operation.inputs, first: next, resultCount: operation.resultCount))
      } catch {
        throw TensorError(error.kind, "", "operation \(i), \(operation.place): \(error.message)")
      }
      next += operation.resultCount
    }
    return steps
  }

  private static func operation(
    _ operation: ProgramContents.Operation, _ sizes: [String: Int], _ inputs: [TensorType], _ results: [TensorType]
  ) throws(TensorError) -> Operation {
    if let kind = ControlName(operation.name) {
      return .control(try PlannedControl(kind, operation, sizes, inputs, results))
    }
    guard let type = OperationTable.type(operation.name) else {
      throw TensorError(.unsupported, "", "this version of Apus has no such operation")
    }
    guard operation.graphs.isEmpty else { throw TensorError(.format, "", "this operation has no graphs") }
    let attributes = try operation.attributes.closed(sizes)
    let made: any StoredPrimitive =
      type == Pointwise.self ? try SharedFormulas.operation(attributes) : try type.init(attributes)
    try requireSame(try resultTypes(made, operation.name, inputs), results)
    return .primitive(made)
  }

  /// Refuses results of other types than the file says.
  static func requireSame(_ found: [TensorType], _ results: [TensorType]) throws(TensorError) {
    guard found == results else {
      throw TensorError(.format, "", "it gives \(text(found)), and the file says \(text(results))")
    }
  }

  /// Types for messages.
  static func text(_ types: [TensorType]) -> String {
    types.isEmpty ? "nothing" : types.map { "\($0.dtype)\($0.shape)" }.joined(separator: ", ")
  }

  /// The types that an operation gives, once its operands are checked.
  static func resultTypes(
    _ operation: any StoredPrimitive, _ name: String, _ inputs: [TensorType]
  ) throws(TensorError) -> [TensorType] {
    guard operation.takesComplexElements || !inputs.contains(where: { $0.dtype.isComplex }) else {
      throw TensorError(.format, "", "it does not take complex elements")
    }
    try operation.check(StoredOperands(inputs, of: name))
    // What promotion refuses is reported, not thrown.
    do { return try withErrors { try operation.outputTypes(inputs) } } catch {
      throw error as? TensorError ?? TensorError(.format, "", "\(error)")
    }
  }
}
