/// The operations that can be called by name, each family contributed by a file of its own.
package struct Registry: Sendable {
  /// Entries of one name are tried in order: the overloads of PyTorch.
  private let byName: [String: [Operation]]

  package init(_ families: [[Operation]]) {
    var byName: [String: [Operation]] = [:]
    for operation in families.joined() {
      for name in operation.names { byName[name, default: []].append(operation) }
    }
    self.byName = byName
  }

  /// All names, sorted.
  package var names: [String] { byName.keys.sorted() }

  /// The overloads of `name`, empty if it is not known.
  package func operations(named name: String) -> [Operation] { byName[name] ?? [] }

  /// Calls the first overload of `name` that accepts the arguments.
  ///
  /// - Throws: `TensorError` of kind `unsupported` if the name or every form of its arguments is unknown.
  package func call(
    _ name: String, _ positional: [OperationValue], _ keywords: [String: OperationValue] = [:]
  ) throws -> [OperationValue] {
    let overloads = operations(named: name)
    guard let last = overloads.last else {
      throw TensorError(.unsupported, name, "there is no operation of this name")
    }
    for operation in overloads.dropLast() {
      guard let arguments = try? operation.bind(positional, keywords), operation.accepts(arguments) else { continue }
      return try operation.body(arguments)
    }
    return try last(positional, keywords)
  }
}

extension Operation {
  /// Whether `arguments` have the kinds that the signature asks for.
  fileprivate func accepts(_ arguments: OperationArguments) -> Bool {
    zip(arguments.parameters, arguments.values).allSatisfy { parameter, value in
      switch (parameter.type, value) {
      case (nil, _), (.tensor, .tensor), (.int, .int), (.list, .list), (.string, .string), (.bool, .bool): true
      case (.number, _): value.scalar != nil
      default: value.isNone && parameter.standard == "None"
      }
    }
  }
}
