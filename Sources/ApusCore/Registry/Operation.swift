/// A parameter of an operation under PyTorch's name.
package struct OperationParameter: Sendable, Hashable {
  enum Kind: Sendable { case ordinary, keywordOnly, variadic }
  enum ArgumentType: String, Sendable { case tensor, int, number, list, string, bool }
  package let name: String
  let kind: Kind
  /// Tells overloads of one name apart: the argument must be of this kind. Nil: it may be anything.
  let type: ArgumentType?
  /// The literal that stands for an argument that is left out; nil: it must be given.
  package let standard: String?
}

/// An operation that can be called by PyTorch's name: for conformance runs, program files and importers.
package struct Operation: Sendable {
  /// PyTorch's name without `torch.`, then its aliases: `add`, `nn.functional.relu`, `special.expit`.
  package let names: [String]
  package let parameters: [OperationParameter]
  package let body: @Sendable (OperationArguments) throws -> [OperationValue]

  /// - Parameters:
  ///   - names: the name and its aliases, separated by spaces. A method whose parameters differ from those of the
  ///     function is an entry of its own: `Tensor.where`.
  ///   - signature: the parameters as in Python: `"input, dim=None, *, keepdim=False"`. `*size` takes any number of
  ///     positional arguments, or one list. `dim: int` asks for a kind of argument and tells overloads apart.
  ///   - body: computes the results.
  package init(
    _ names: String, _ signature: String, _ body: @escaping @Sendable (OperationArguments) throws -> [OperationValue]
  ) {
    self.names = names.split(separator: " ").map(String.init)
    var parameters: [OperationParameter] = []
    var isKeywordOnly = false
    for part in signature.split(separator: ",") {
      let words = part.split(separator: "=", maxSplits: 1)
      var name = trimmed(words[0])
      if name == "*" {
        isKeywordOnly = true
        continue
      }
      var kind = isKeywordOnly ? OperationParameter.Kind.keywordOnly : .ordinary
      if name.hasPrefix("*") {
        name.removeFirst()
        kind = .variadic
        isKeywordOnly = true
      }
      let parts = name.split(separator: ":")
      parameters.append(
        OperationParameter(
          name: parts[0].description, kind: kind,
          type: parts.count == 2 ? OperationParameter.ArgumentType(rawValue: trimmed(parts[1])) : nil,
          standard: words.count == 2 ? trimmed(words[1]) : nil))
    }
    self.parameters = parameters
    self.body = body
  }

  /// An operation with one tensor as its result.
  package static func tensor(
    _ names: String, _ signature: String, _ body: @escaping @Sendable (OperationArguments) throws -> Tensor
  ) -> Operation {
    Operation(names, signature) { [.tensor(try body($0))] }
  }

  /// An operation with several tensors as its results.
  package static func tensors(
    _ names: String, _ signature: String, _ body: @escaping @Sendable (OperationArguments) throws -> [Tensor]
  ) -> Operation {
    Operation(names, signature) { try body($0).map { .tensor($0) } }
  }

  /// A function of one tensor.
  package static func unary(_ names: String, _ body: @escaping @Sendable (Tensor) -> Tensor) -> Operation {
    tensor(names, "input") { body(try $0.tensor("input")) }
  }

  /// A function of two tensors.
  package static func binary(_ names: String, _ body: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Operation {
    tensor(names, "input, other") { body(try $0.tensor("input"), try $0.tensor("other")) }
  }

  /// A function of two tensors, the second of which may be a number.
  package static func binary(
    _ names: String, _ body: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    scalar: @escaping @Sendable (Tensor, Scalar) -> Tensor
  ) -> Operation {
    tensor(names, "input, other") {
      let input = try $0.tensor("input")
      switch try $0.operand("other") {
      case .tensor(let other): return body(input, other)
      case .scalar(let other): return scalar(input, other)
      }
    }
  }
}

private func trimmed(_ text: Substring) -> String {
  var text = text
  while text.first == " " { text.removeFirst() }
  while text.last == " " { text.removeLast() }
  return String(text)
}

extension Operation {
  /// Parameters that creation functions of PyTorch have and that say nothing here: elements lie on the CPU, strided.
  private static let ignored: Set<String> = ["device", "layout", "pin_memory", "memory_format", "requires_grad"]

  /// Calls the operation.
  /// - Throws: `TensorError` of kind `unsupported` for an argument that has no counterpart here; of kind `value` for
  ///   arguments that do not fit the parameters.
  package func callAsFunction(
    _ positional: [OperationValue], _ keywords: [String: OperationValue] = [:]
  ) throws -> [OperationValue] {
    let arguments = try bind(positional, keywords)
    return try body(arguments)
  }

  /// Gives each parameter its argument, as Python does.
  package func bind(
    _ positional: [OperationValue], _ keywords: [String: OperationValue]
  ) throws -> OperationArguments {
    var values = [OperationValue?](repeating: nil, count: parameters.count)
    var next = 0
    for (i, parameter) in parameters.enumerated() where next < positional.count {
      switch parameter.kind {
      case .keywordOnly: continue
      case .ordinary:
        values[i] = positional[next]
        next += 1
      case .variadic:
        let rest = Array(positional[next...])
        if rest.count == 1, case .list = rest[0] { values[i] = rest[0] } else { values[i] = .list(rest) }
        next = positional.count
      }
    }
    guard next == positional.count else {
      throw TensorError(
        .value, names[0], "takes \(parameters.count) arguments (\(parameterNames)), and found \(positional.count)")
    }
    for (name, value) in keywords {
      if let i = parameters.firstIndex(where: { $0.name == name || Operation.isAlias(name, of: $0.name) }) {
        guard values[i] == nil else { throw TensorError(.value, names[0], "got two values for '\(name)'") }
        values[i] = value
      } else if Operation.ignored.contains(name) {
        if case .unsupported(let what) = value {
          throw TensorError(.unsupported, names[0], "\(name): \(what) is not supported")
        }
        if name == "layout", case .string(let layout) = value, layout != "strided" {
          throw TensorError(
            .value, names[0],
            "gives strided tensors only, and the layout \(layout) was asked for; convert the result with toSparse()")
        }
      } else {
        throw TensorError(.value, names[0], "has no parameter '\(name)'; it has \(parameterNames)")
      }
    }
    let bound = try values.enumerated().map { i, value in
      if let value { return value }
      if let standard = parameters[i].standard { return Operation.literal(standard) }
      if parameters[i].kind == .variadic { return .list([]) }
      throw TensorError(.value, names[0], "the argument '\(parameters[i].name)' is missing")
    }
    return OperationArguments(operation: names[0], parameters: parameters, values: bound)
  }

  private var parameterNames: String { parameters.map(\.name).joined(separator: ", ") }

  /// PyTorch knows a tensor operand as `input` in functions and `self` in methods, and accepts NumPy's names.
  private static func isAlias(_ name: String, of parameter: String) -> Bool {
    switch parameter {
    case "input": name == "self" || name == "x"
    case "dim": name == "axis"
    case "keepdim": name == "keepdims"
    default: false
    }
  }

  private static func literal(_ text: String) -> OperationValue {
    switch text {
    case "None": .none
    case "True": .bool(true)
    case "False": .bool(false)
    case "inf": .float(.infinity)
    case "[]", "()": .list([])
    default:
      if let int = Int(text) {
        .int(int)
      } else if let double = Double(text) {
        .float(double)
      } else if let type = DType(name: text) {
        .dtype(type)
      } else {
        .string(text.filter { $0 != "'" })
      }
    }
  }
}
