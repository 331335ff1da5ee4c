/// The calls of modules that are going on while a function is captured.
package final class ModuleCalls: Sendable {
  /// The addresses of the modules, the innermost first.
  package let modules: [UInt]
  /// The type of the outermost one, then the names of the properties on the way: `Sequential.0`.
  package let path: String

  init(_ modules: [UInt], _ path: String) { (self.modules, self.path) = (modules, path) }
}

/// What a function did with tensors, in order: operations, readings and stores of variables and gradients, and what the
/// host did in between. Values are numbered; every one is made once.
package struct Trace {
  /// What is known of a value before any call.
  package struct Value {
    package var type: TensorType
    package var strides: [Int]
    /// The value whose memory it lies in, and how many elements behind that one's first it starts: views.
    package var view: (of: Int, offset: Int)?
    /// Whether it lies on a device.
    package var isOnDevice = false
    /// The calls of modules in which it was made.
    package var calls: ModuleCalls?

    package init(type: TensorType, strides: [Int]) {
      self.type = type
      self.strides = strides
    }
  }

  package enum Instruction {
    case operation(any Primitive, inputs: [Int], outputs: [Int])
    case readVariable(Variable, Int)
    case writeVariable(Variable, Int)
    case readGradient(Variable, Int)
    /// Stores the value as the gradient, or none.
    case writeGradient(Variable, Int?)
    case perform(String, () -> Void)
    /// What the hooks of a variable make of a gradient.
    case hooks((Tensor) -> Tensor, Int, Int)
  }

  /// What must hold for a call to be served by this trace.
  package enum Guard {
    case requiresGrad(Variable, Bool)
    case gradient(Variable, isThere: Bool)
    case hooks(Variable, count: Int)
    case host(String, () -> Bool)
  }

  package var values: [Value] = []
  package var instructions: [Instruction] = []
  package var inputs: [Int] = []
  package var constants: [(value: Int, tensor: Tensor)] = []
  package var guards: [Guard] = []
  /// Inputs whose place in their storage the function depends on, in elements from its start.
  package var places: [Int: Int] = [:]
  var kept: [Tensor] = []

  package init() {}

  package var hasActions: Bool {
    instructions.contains { if case .perform = $0 { true } else { false } }
  }

  mutating func newValue(_ body: TensorBody, viewOf: (value: Int, body: TensorBody)? = nil) -> Int {
    var value = Value(type: body.type, strides: body.strides)
    value.isOnDevice = body.flags.contains(.device)
    if let viewOf { value.view = (viewOf.value, (body.address - viewOf.body.address) / body.dtype.size) }
    values.append(value)
    return values.count - 1
  }
}

extension Trace.Guard {
  /// Whether it holds now.
  package var holds: Bool {
    switch self {
    case .requiresGrad(let variable, let expected): variable.state.withLock { $0.requiresGrad } == expected
    case .gradient(let variable, let expected): (variable.state.withLock { $0.gradient } != nil) == expected
    case .hooks(let variable, let count): variable.state.withLock { $0.hooks.count } == count
    case .host(_, let check): check()
    }
  }

  /// What changed when it no longer holds.
  package var description: String {
    switch self {
    case .requiresGrad(let variable, let expected):
      "requiresGrad of a variable of shape \(variable.type.shape) was \(expected)"
    case .gradient(let variable, let expected):
      "a variable of shape \(variable.type.shape) had \(expected ? "a" : "no") gradient"
    case .hooks(let variable, let count): "a variable of shape \(variable.type.shape) had \(count) hooks"
    case .host(let description, _): description
    }
  }
}

extension Trace.Instruction {
  package var inputs: [Int] {
    switch self {
    case .operation(_, let inputs, _): inputs
    case .hooks(_, let value, _): [value]
    case .writeVariable(_, let value): [value]
    case .writeGradient(_, let value): value.map { [$0] } ?? []
    case .readVariable, .readGradient, .perform: []
    }
  }

  package var outputs: [Int] {
    switch self {
    case .operation(_, _, let outputs): outputs
    case .readVariable(_, let value), .readGradient(_, let value), .hooks(_, _, let value): [value]
    case .writeVariable, .writeGradient, .perform: []
    }
  }
}

extension Variable {
  /// A tensor that stands for it.
  package var handle: Tensor {
    let requiresGrad = state.withLock { $0.requiresGrad }
    return Tensor(
      TensorBody(handle: type, flags: requiresGrad ? [.variable, .requiresGrad] : .variable, record: self))
  }

  /// The present elements, without a connection to it.
  package var elements: Tensor { Tensor(state.withLock { TensorBody(sharing: $0.value) }) }

  /// Takes `tensor` as its elements: shape and type are those that it has.
  package func setElements(_ tensor: Tensor) {
    let body = tensor.contiguousBody()
    state.withLock { $0.value = body }
  }

  /// The gradient past any tracer.
  package var storedGradient: Tensor? {
    get { state.withLock { $0.gradient } }
    set { state.withLock { $0.gradient = newValue } }
  }
}

extension Tensor {
  /// Whether it is the handle of a variable.
  package var isVariable: Bool { body.flags.contains(.variable) }

  /// Whether the backward pass has gone through it and given its graph up.
  package var isGraphReleased: Bool {
    guard let node = body.record as? Node else { return false }
    return node.saved.withLock { $0.isReleased }
  }

  /// Makes this tensor, which nobody else has seen, a result of `primitive` in the graph.
  package static func record(_ primitive: some Primitive, inputs: [Tensor], outputs: [Tensor]) {
    ApusCore.record(primitive, inputs: inputs.map(\.resolved), outputs: outputs)
  }
}

extension Tensor {
  /// The present elements alone: no variable, no record, no mark.
  package var elementsOnly: Tensor {
    if isVariable { return variable.elements }
    return body.flags.isEmpty ? self : detachedCopy
  }

  /// A tensor of its own with the same elements in the same memory: no record, no mark.
  package var detachedCopy: Tensor { Tensor(TensorBody(sharing: body, marked: false)) }
}
