import ApusCore

/// The operations of a program for certain sizes, checked: ready to be applied.
struct ProgramPlan: Sendable {
  struct Step: Sendable {
    var operation: any StoredPrimitive
    var inputs: [Int]
    /// The number of the first result.
    var first: Int
    var resultCount: Int
    var path: String
  }

  let types: [TensorType]
  let steps: [Step]
  /// Constants that are made for these sizes, by their values.
  let made: [Int: Tensor]

  /// Builds every operation and follows the types of values through all of them.
  /// - Throws: what does not fit, naming the operation and its module.
  init(_ contents: ProgramContents, _ sizes: [String: Int]) throws(TensorError) {
    var types: [TensorType] = []
    types.reserveCapacity(contents.values.count)
    for (i, value) in contents.values.enumerated() {
      do { types.append(try value.type(sizes)) } catch {
        throw TensorError(.format, "", "value \(i): \(error.message)")
      }
    }
    var made: [Int: Tensor] = [:]
    for (i, constant) in contents.constants.enumerated() {
      guard case .made(let recipe) = constant.source else { continue }
      let value = contents.inputs.count + i
      do { made[value] = try recipe.tensor(types[value], sizes) } catch {
        throw TensorError(error.kind, "", "constant '\(constant.name)': \(error.message)")
      }
    }
    var steps: [Step] = []
    steps.reserveCapacity(contents.operations.count)
    var next = contents.inputs.count + contents.constants.count
    for (i, operation) in contents.operations.enumerated() {
      let results = Array(types[next..<next + operation.resultCount])
      do {
        let made = try Self.operation(operation, sizes, operation.inputs.map { types[$0] }, results)
        steps.append(
          Step(
            operation: made, inputs: operation.inputs, first: next, resultCount: operation.resultCount,
            path: operation.path))
      } catch {
        throw TensorError(error.kind, "", "operation \(i), \(operation.place): \(error.message)")
      }
      next += operation.resultCount
    }
    (self.types, self.steps, self.made) = (types, steps, made)
  }

  private static func operation(
    _ operation: ProgramContents.Operation, _ sizes: [String: Int], _ inputs: [TensorType], _ results: [TensorType]
  ) throws(TensorError) -> any StoredPrimitive {
    guard let type = OperationTable.type(operation.name) else {
      throw TensorError(.unsupported, "", "this version of Apus has no such operation")
    }
    let attributes = try operation.attributes.closed(sizes)
    let made: any StoredPrimitive =
      type == Pointwise.self ? try SharedFormulas.operation(attributes) : try type.init(attributes)
    let found = try resultTypes(made, operation.name, inputs)
    guard found.count == results.count, zip(found, results).allSatisfy({ $0 == $1 }) else {
      func text(_ types: [TensorType]) -> String { types.map { "\($0.dtype)\($0.shape)" }.joined(separator: ", ") }
      throw TensorError(.format, "", "it gives \(text(found)), and the file says \(text(results))")
    }
    return made
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
