import ApusCore
import ApusFormats

extension ProgramFile {
  /// A header whose values have the types that its operations give: what somebody would write who wants a changed operation to be
  /// run. As far as operations can be built; for tests with damaged files.
  package static func retyped(_ header: JSON) -> JSON? {
    guard var contents = try? ProgramContents(Attribute(header)), contents.sizes.isEmpty else { return nil }
    let first = contents.inputs.count + contents.constants.count
    retype(&contents.operations, &contents.values, first: first)
    return JSON(contents.attribute)
  }

  /// Gives the results of operations, the first of which is the value `first`, the types that they have.
  private static func retype(
    _ operations: inout [ProgramContents.Operation], _ values: inout [ProgramContents.ValueType], first: Int
  ) {
    func types(_ numbers: [Int]) -> [TensorType]? {
      let found = numbers.compactMap { try? values[$0].type([:]) }
      return found.count == numbers.count ? found : nil
    }
    var next = first
    for i in operations.indices {
      let operation = operations[i]
      if ControlName(operation.name) != nil {
        for key in operation.graphs.keys {
          guard var graph = operation.graphs[key] else { continue }
          retype(&graph.operations, &graph.values, first: graph.inputCount)
          operations[i].graphs[key] = graph
        }
        next += operation.resultCount
        continue
      }
      guard let type = OperationTable.type(operation.name), let made = try? type.init(operation.attributes),
        let given = types(operation.inputs),
        let found = try? PlannedStep.resultTypes(made, operation.name, given), found.count == operation.resultCount,
        found.allSatisfy({ StoredOperands.isPossible($0.shape) })
      else { return }
      for type in found {
        values[next] = .init(dtype: type.dtype, shape: type.shape.map { .number($0) })
        next += 1
      }
    }
  }
}

extension Attribute {
  /// A value of a header.
  fileprivate init(_ json: JSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .array(let items): self = .list(items.map { Attribute($0) })
    case .object(let members): self = .record(members.mapValues { Attribute($0) })
    }
  }
}
