import ApusCore

extension ProgramContents {
  /// The graph of a step of a branch or loop: values with numbers of their own, inputs first, then the results of its operations. It has
  /// no constants: what it uses is given to it.
  struct Graph: Sendable {
    /// All values by their numbers.
    var values: [ValueType] = []
    var inputCount = 0
    var operations: [Operation] = []
    /// The values that it gives.
    var outputs: [Int] = []
  }

  /// The operations, each with those of its graphs behind it.
  var allOperations: [Operation] {
    func all(_ operations: [Operation]) -> [Operation] {
      operations.flatMap { operation in
        [operation] + operation.graphs.keys.sorted().flatMap { all(operation.graphs[$0]?.operations ?? []) }
      }
    }
    return all(operations)
  }

  /// Graphs in each other: no program of this library comes near.
  static let deepestGraphs = 8

  /// A value with its type as data.
  static func typed(_ value: Int, _ type: ValueType) -> [String: Attribute] {
    [
      "value": .int(value), "dtype": type.dtype.attribute,
      "shape": .list(type.shape.map { Attribute.open($0) }),
    ]
  }

  /// Operations as data, whose first result is the value `first`.
  static func attributes(_ operations: [Operation], _ values: [ValueType], first: Int) -> Attribute {
    var next = first
    return .list(
      operations.map { operation -> Attribute in
        defer { next += operation.resultCount }
        var parts: [String: Attribute] = [
          "op": .string(operation.name), "path": .string(operation.path), "inputs": operation.inputs.attribute,
          "attributes": operation.attributes,
          "results": .list((next..<next + operation.resultCount).map { .record(typed($0, values[$0])) }),
        ]
        if !operation.graphs.isEmpty { parts["graphs"] = .record(operation.graphs.mapValues(\.attribute)) }
        return .record(parts)
      })
  }
}

extension ProgramContents.Graph {
  var attribute: Attribute {
    .record([
      "inputs": .list((0..<inputCount).map { .record(ProgramContents.typed($0, values[$0])) }),
      "operations": ProgramContents.attributes(operations, values, first: inputCount),
      "outputs": outputs.attribute,
    ])
  }
}

/// Reads the values and operations of a header, counting the values of all graphs together.
struct ProgramReader {
  private var count = 0

  /// Adds the value that `members` describe.
  mutating func addValue(
    _ members: StoredAttributes, to values: inout [ProgramContents.ValueType]
  ) throws(TensorError) {
    let number: Int = try members["value"]
    guard number == values.count, count < ProgramContents.mostValues else {
      throw TensorError(.format, "", "value \(number) is the \(values.count)th to be made; they are numbered in order")
    }
    var shape: [ProgramContents.Dimension] = []
    for size in try members["shape"] as [Attribute] {
      if case .int(let fixed) = size {
        shape.append(.number(fixed))
      } else if let opening = size.opening, opening.kind == nil {
        shape.append(try SizeExpression(opening.expression))
      } else {
        throw size.isNot("a size")
      }
    }
    guard shape.count <= StoredOperands.mostDimensions else {
      throw TensorError(.format, "", "value \(number) has \(shape.count) dimensions")
    }
    count += 1
    values.append(.init(dtype: try members["dtype"], shape: shape))
  }

  /// The operations of a graph `depth` graphs deep, whose results become values.
  mutating func operations(
    _ items: [Attribute], _ values: inout [ProgramContents.ValueType], depth: Int
  ) throws(TensorError) -> [ProgramContents.Operation] {
    var operations: [ProgramContents.Operation] = []
    for item in items {
      let operation = try item.members("an operation")
      let name: String = try operation["op"]
      let path: String = try operation["path", default: ""]
      let inputs: [Int] = try operation["inputs"]
      guard inputs.allSatisfy(values.indices.contains) else {
        throw TensorError(
          .format, "", "operation \(operations.count) ('\(name)') reads a value that no earlier one makes")
      }
      var graphs: [String: ProgramContents.Graph] = [:]
      let given = try operation["graphs", default: Attribute.record([:])]
      guard case .record(let found) = given else { throw given.isNot("graphs by their names") }
      for key in found.keys.sorted() {
        do { graphs[key] = try graph(found[key] ?? .none, depth: depth + 1) } catch {
          throw TensorError(
            error.kind, "", "operation \(operations.count) ('\(name)'), its graph '\(key)': \(error.message)")
        }
      }
      let results: [Attribute] = try operation["results"]
      for result in results { try addValue(try result.members("a result"), to: &values) }
      operations.append(
        .init(
          name: name, path: path, inputs: inputs, attributes: try operation["attributes"], graphs: graphs,
          resultCount: results.count))
    }
    return operations
  }

  private mutating func graph(_ attribute: Attribute, depth: Int) throws(TensorError) -> ProgramContents.Graph {
    guard depth <= ProgramContents.deepestGraphs else {
      throw TensorError(.format, "", "more than \(ProgramContents.deepestGraphs) graphs stand in each other")
    }
    let members = try attribute.members("a graph")
    var made = ProgramContents.Graph()
    for input in try members["inputs"] as [Attribute] {
      try addValue(try input.members("an input of a graph"), to: &made.values)
    }
    made.inputCount = made.values.count
    made.operations = try operations(try members["operations"], &made.values, depth: depth)
    made.outputs = try members["outputs"]
    if let wrong = made.outputs.first(where: { !made.values.indices.contains($0) }) {
      throw TensorError(.format, "", "it gives value \(wrong), which nothing makes")
    }
    return made
  }
}

extension Attribute {
  /// The members of a record.
  func members(_ what: String) throws(TensorError) -> StoredAttributes {
    guard case .record(let parts) = self else { throw isNot(what) }
    return StoredAttributes(parts)
  }
}
