/// What an operation needs of the elements of a registered type, beside what every such type has.
package enum ElementCapability: Sendable {
  /// One element comes before another.
  case order
  /// A function of an element.
  case unary(UnaryFunction)
  /// A function of two elements.
  case binary(BinaryFunction)
  /// A gradient of any kind.
  case gradient
  /// The rules of calculus, where those of sums and products (``ElementGradient/shares(_:)``) are not enough.
  case calculus

  /// What a message calls it.
  private var text: String {
    switch self {
    case .order: "an order of its elements"
    case .unary(let f): "\(f.name) of its elements"
    case .binary(let f): "\(f.name) of two of its elements"
    case .gradient: "the gradient of its elements"
    case .calculus: "a gradient by the rules of calculus"
    }
  }

  /// What the type, called `name`, has to say.
  private func signature(_ name: String) -> String {
    switch self {
    case .order:
      "static var isOrdered: Bool { true } and static func isLess(_ a: \(name), _ b: \(name)) -> Bool { ... }"
    case .unary(let f):
      "case .\(f.name): return ... in func apply(_ function: UnaryFunction) -> \(name)?"
    case .binary(let f):
      "case .\(f.name): return ... in func apply(_ function: BinaryFunction, _ other: \(name)) -> \(name)?"
    case .gradient:
      "static var gradient: ElementGradient { .calculus }, or .straightThrough(.float32), or .shares(.float32); "
        + "detach() and noGrad { } do without"
    case .calculus: "static var gradient: ElementGradient { .calculus }, or .straightThrough(.float32)"
    }
  }

  /// Whether elements of `dtype` have it; those of built-in types do.
  package func isThere(in dtype: DType) -> Bool {
    guard dtype.isCustom else { return true }
    let loops = dtype.custom.loops
    return switch self {
    case .order: loops.isOrdered
    case .unary(let f): loops.hasUnary(f)
    case .binary(let f): loops.hasBinary(f)
    case .gradient: loops.gradient != .none
    case .calculus:
      switch loops.gradient {
      case .calculus, .straightThrough: true
      case .none, .shares: false
      }
    }
  }

  /// That `operation` needs it and elements of `dtype` do not have it, with what the type has to say.
  package func lacking(_ dtype: DType, _ operation: String) -> TensorError {
    let type = dtype.isCustom ? dtype.custom.loops.type.map { "\($0)" } ?? dtype.name : dtype.name
    let kind: TensorError.Kind =
      switch self {
      case .order, .unary, .binary: .dtype
      case .gradient, .calculus: .autograd
      }
    return TensorError(kind, operation, "needs \(text); \(dtype) declares none. Write: \(signature(type))")
  }

  /// Refuses `operation` for elements that do not have it.
  package func require(of dtype: DType, _ operation: String) throws(TensorError) {
    guard isThere(in: dtype) else { throw lacking(dtype, operation) }
  }
}

extension BinaryFunction {
  /// What a type without this function lacks: extremes and comparisons follow from an order.
  var capability: ElementCapability {
    switch self {
    case .max, .min, .fmax, .fmin, .lt, .le, .gt, .ge: .order
    default: .binary(self)
    }
  }
}
