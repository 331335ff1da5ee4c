/// An argument or a result of an operation that is called by name.
package enum OperationValue: Sendable {
  case tensor(Tensor)
  case int(Int)
  case float(Double)
  case bool(Bool)
  case complex(Complex)
  case string(String)
  case none
  case list([OperationValue])
  case dtype(DType)
  /// `start:stop:step` of an index.
  case slice(Int?, Int?, Int?)
  /// `...` of an index.
  case ellipsis
  /// Named values: the settings of an operation that has many.
  case record([String: OperationValue])
  /// A function of tensors, such as a distance.
  case function(@Sendable ([Tensor]) -> Tensor)
  /// What has no counterpart here (modules, devices ...), with its description.
  case unsupported(String)

  package var isTensor: Bool {
    if case .tensor = self { return true }
    return false
  }

  package var isNone: Bool {
    if case .none = self { return true }
    return false
  }

  /// The kind in messages.
  package var kind: String {
    switch self {
    case .tensor(let t): "a tensor of \(t.type)"
    case .int(let v): "the int \(v)"
    case .float(let v): "the float \(v)"
    case .bool(let v): "\(v)"
    case .complex(let v): "the complex \(v)"
    case .string(let v): "'\(v)'"
    case .none: "none"
    case .list(let v): "a list of \(v.count)"
    case .dtype(let v): "the type \(v)"
    case .slice: "a slice"
    case .ellipsis: "an ellipsis"
    case .record(let v): "the settings \(v.keys.sorted().joined(separator: ", "))"
    case .function: "a function"
    case .unsupported(let what): what
    }
  }

  /// The number that a bool, an int or a float is as an operand.
  package var scalar: Scalar? {
    switch self {
    case .int(let v): .int(v)
    case .float(let v): .float(v)
    case .bool(let v): .bool(v)
    case .complex(let v): .complex(v)
    default: nil
    }
  }
}

/// The arguments of one call, bound to the parameters of the operation. The readers throw for an argument of another
/// kind, naming operation and parameter.
package struct OperationArguments {
  package let operation: String
  package let parameters: [OperationParameter]
  /// One for each parameter.
  package var values: [OperationValue]

  /// The argument called `name`.
  package func value(_ name: String) throws -> OperationValue {
    guard let i = parameters.firstIndex(where: { $0.name == name }) else {
      throw TensorError(.state, operation, "the operation's entry has no parameter '\(name)'")
    }
    return values[i]
  }

  /// An error for an argument of the wrong kind.
  package func mismatch(_ name: String, _ expected: String) -> TensorError {
    guard let found = try? value(name) else { return TensorError(.state, operation, "no parameter '\(name)'") }
    if case .unsupported(let what) = found {
      return TensorError(.unsupported, operation, "\(name): \(what) is not supported")
    }
    return TensorError(.value, operation, "\(name): expected \(expected), and found \(found.kind)")
  }

  package func isNone(_ name: String) throws -> Bool { try value(name).isNone }
  package func isTensor(_ name: String) throws -> Bool { try value(name).isTensor }

  package func tensor(_ name: String) throws -> Tensor {
    guard case .tensor(let t) = try value(name) else { throw mismatch(name, "a tensor") }
    return t
  }

  package func optionalTensor(_ name: String) throws -> Tensor? { try isNone(name) ? nil : try tensor(name) }

  package func tensors(_ name: String) throws -> [Tensor] {
    try list(name, of: "tensors") { if case .tensor(let t) = $0 { t } else { nil } }
  }

  /// A list of what `element` finds in values; a single one is a list of one.
  private func list<Element>(
    _ name: String, of kind: String, _ element: (OperationValue) -> Element?
  ) throws -> [Element] {
    let value = try value(name)
    if let single = element(value) { return [single] }
    guard case .list(let items) = value else { throw mismatch(name, "a list of \(kind)") }
    return try items.map {
      guard let found = element($0) else { throw mismatch(name, "a list of \(kind)") }
      return found
    }
  }

  /// A tensor, or a number that takes part in promotion as one: a tensor of rank 0 will not do.
  package func operand(_ name: String) throws -> Operand {
    let v = try value(name)
    if case .tensor(let t) = v { return .tensor(t) }
    if let s = v.scalar { return .scalar(s) }
    throw mismatch(name, "a tensor or a number")
  }

  /// What a binary operation has on its other side.
  package enum Operand {
    case tensor(Tensor)
    case scalar(Scalar)
  }

  /// A bool, int or float, as it is.
  package func scalar(_ name: String) throws -> Scalar {
    let v = try value(name)
    if let s = v.scalar { return s }
    if case .tensor(let t) = v, t.count == 1 { return t.itemScalar() }
    throw mismatch(name, "a number")
  }

  package func optionalScalar(_ name: String) throws -> Scalar? { try isNone(name) ? nil : try scalar(name) }

  package func double(_ name: String) throws -> Double {
    let value = try scalar(name)
    guard !value.isComplex else { throw mismatch(name, "a real number") }
    return value.double
  }
  package func optionalDouble(_ name: String) throws -> Double? { try isNone(name) ? nil : try double(name) }

  /// An int (or a bool, or a tensor of one integer); a float is an error.
  package func int(_ name: String) throws -> Int {
    switch try scalar(name) {
    case .int(let v): return v
    case .bool(let v): return v ? 1 : 0
    case .float, .complex: throw mismatch(name, "an int")
    }
  }

  package func optionalInt(_ name: String) throws -> Int? { try isNone(name) ? nil : try int(name) }

  package func bool(_ name: String) throws -> Bool {
    switch try scalar(name) {
    case .int(let v): return v != 0
    case .bool(let v): return v
    case .float, .complex: throw mismatch(name, "a bool")
    }
  }

  package func string(_ name: String) throws -> String {
    guard case .string(let v) = try value(name) else { throw mismatch(name, "a string") }
    return v
  }

  package func optionalString(_ name: String) throws -> String? { try isNone(name) ? nil : try string(name) }

  package func dtype(_ name: String) throws -> DType {
    guard case .dtype(let v) = try value(name) else { throw mismatch(name, "an element type") }
    return v
  }

  package func optionalDType(_ name: String) throws -> DType? { try isNone(name) ? nil : try dtype(name) }

  /// A list of ints; a single int is a list of one.
  package func ints(_ name: String) throws -> [Int] {
    if case .tensor(let t) = try value(name), !t.dtype.isInexact, t.rank <= 1 { return t.array(as: Int.self) }
    return try list(name, of: "ints") {
      switch $0 {
      case .int(let v): v
      case .bool(let v): v ? 1 : 0
      case .tensor(let t) where t.count == 1 && !t.dtype.isInexact: t.itemScalar().int
      default: nil
      }
    }
  }

  package func optionalInts(_ name: String) throws -> [Int]? { try isNone(name) ? nil : try ints(name) }

  /// A list of numbers; a single one is a list of one.
  package func doubles(_ name: String) throws -> [Double] {
    try list(name, of: "numbers") {
      guard let s = $0.scalar, !s.isComplex else { return nil }
      return s.double
    }
  }
}
