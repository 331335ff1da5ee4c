import ApusCore
import ApusFormats

extension ProgramFile {
  /// A header whose values have the types that its operations give: what somebody would write who wants a changed operation to be
  /// run. As far as operations can be built; for tests with damaged files.
  package static func retyped(_ header: JSON) -> JSON? {
    guard let contents = try? ProgramContents(Attribute(header)), contents.sizes.isEmpty else { return nil }
    var types: [TensorType] = []
    for value in contents.values {
      guard let type = try? value.type([:]) else { return nil }
      types.append(type)
    }
    var changed = contents
    var next = contents.inputs.count + contents.constants.count
    for operation in contents.operations {
      guard let type = OperationTable.type(operation.name), let made = try? type.init(operation.attributes),
        let found = try? ProgramPlan.resultTypes(made, operation.name, operation.inputs.map { types[$0] }),
        found.count == operation.resultCount, found.allSatisfy({ StoredOperands.isPossible($0.shape) })
      else { break }
      for type in found {
        types[next] = type
        changed.values[next] = .init(dtype: type.dtype, shape: type.shape.map { .number($0) })
        next += 1
      }
    }
    return JSON(changed.attribute)
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
