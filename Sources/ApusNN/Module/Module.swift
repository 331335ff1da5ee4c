import ApusCore

/// A part of a model that holds parameters, buffers and other modules: PyTorch's `nn.Module`.
///
/// Nothing has to be registered: what a module holds is found in its stored properties, in their order. A property is a
/// parameter or buffer if its tensor was made by ``parameter(_:requiresGrad:)`` or ``buffer(_:)``, and a child if it is
/// a module. They are also found in optionals, arrays, dictionaries, tuples, structs and the values of enums, at any depth:
/// `blocks.0.weight`, `heads.left.weight`, and for `case dense(Linear)` of a property `head`: `head.dense.weight`. A set has no
/// order to name its elements by, and an object that is no module no names: parameters held only there are reported as a
/// mistake. What a closure, a lock or an atomic value holds cannot be seen.
///
///     final class Net: Layer {
///       let fc1 = Linear(64, 128)
///       let fc2 = Linear(128, 10)
///       func forward(_ x: Tensor) -> Tensor { fc2(fc1(x).relu()) }
///     }
///
/// A module may be shared between tasks: its properties are constants, and parameters and buffers are variables with a
/// lock of their own.
public protocol Module: AnyObject, Sendable {
  /// Training mode, name and hooks. There is one without being declared; a module that reads it at every call declares
  /// `let state = ModuleState()` to find it faster.
  var state: ModuleState { get }

  /// Names in the state dictionary for properties whose name is not to be written in snake case: `["qkv": "c_attn"]`.
  /// The empty name leaves out the level: the entries of an array so named are `0`, `1`, ...
  static var stateNames: [String: String] { get }

  /// The name of the type in messages and tables.
  static var typeName: String { get }

  /// What stands between the brackets after the type's name when a model is printed: PyTorch's `extra_repr`.
  var extraRepresentation: String { get }
}

extension Module {
  public var state: ModuleState { ModuleStates.shared.state(of: self) }
  public static var stateNames: [String: String] { [:] }
  public static var typeName: String { "\(self)" }
  public var extraRepresentation: String { "" }

  /// Whether it is in training mode, which matters to dropout and batch normalisation.
  public var isTraining: Bool { state.isTraining }

  /// Puts this module and all inside it in training mode, or with `false` in evaluation mode.
  @discardableResult
  public func train(_ mode: Bool = true) -> Self {
    for (_, module) in namedModules() { module.state.isTraining = mode }
    return self
  }

  /// Puts this module and all inside it in evaluation mode.
  @discardableResult
  public func eval() -> Self { train(false) }

  /// Calls `body` with every module inside this one, children first, and then with itself.
  @discardableResult
  public func apply(_ body: (any Module) throws -> Void) rethrows -> Self {
    _ = ModuleTree(self).checked()
    var outer: Set<ObjectIdentifier> = []
    try visitInside(&outer, body)
    return self
  }

  /// `outer`: the modules around this one, which are not inside it even if it refers to them.
  private func visitInside(
    _ outer: inout Set<ObjectIdentifier>, _ body: (any Module) throws -> Void
  ) rethrows {
    guard outer.insert(ObjectIdentifier(self)).inserted else { return }
    for (_, child) in directChildren(ModuleContents(of: self)) { try child.visitInside(&outer, body) }
    outer.remove(ObjectIdentifier(self))
    try body(self)
  }

  // Inside a module the name `apply` finds the method above first: these two let a layer run a primitive all the same.

  /// ``ApusCore/apply(_:_:)`` inside a module.
  public func apply(_ primitive: some Primitive, _ inputs: [Tensor]) -> [Tensor] { ApusCore.apply(primitive, inputs) }
  /// ``ApusCore/apply(_:_:)`` inside a module, for a primitive with one result.
  public func apply(_ primitive: some Primitive, _ inputs: Tensor...) -> Tensor { ApusCore.apply(primitive, inputs)[0] }

  /// The modules that this one holds, with their names, in order of declaration; each once.
  public func children() -> [(name: String, module: any Module)] {
    let contents = ModuleContents(of: self)
    if !contents.unnamed.isEmpty { _ = ModuleTree(self).checked() }
    return directChildren(contents)
  }

  private func directChildren(_ contents: ModuleContents) -> [(name: String, module: any Module)] {
    var seen: Set<ObjectIdentifier> = []
    return contents.children.filter { seen.insert(ObjectIdentifier($0.module)).inserted }
  }

  /// This module (with the empty name) and all inside it, outer before inner; each once.
  public func namedModules() -> [(name: String, module: any Module)] {
    ModuleTree(self).checked().entries.map { ($0.name, $0.module) }
  }

  /// The parameters of this module and of all inside it, in PyTorch's order; a shared one once.
  public func parameters() -> [Tensor] { namedParameters().map(\.tensor) }

  /// ``parameters()`` with their names in the state dictionary.
  public func namedParameters() -> [(name: String, tensor: Tensor)] {
    ModuleTree(self).checked().variables(\.parameters)
  }

  /// The buffers of this module and of all inside it, with their names; a shared one once.
  public func namedBuffers() -> [(name: String, tensor: Tensor)] { ModuleTree(self).checked().variables(\.buffers) }

  /// The buffers of this module and of all inside it.
  public func buffers() -> [Tensor] { namedBuffers().map(\.tensor) }

  /// Forgets the gradients of all parameters.
  public func zeroGrad() {
    for parameter in parameters() { parameter.grad = nil }
  }

  /// Moves all parameters and buffers, and the gradients collected so far, to `device`, as PyTorch's `Module.to`.
  @discardableResult
  public func to(_ device: Device) -> Self {
    for tensor in parameters() + buffers() { tensor.moveVariable(to: device) }
    return self
  }

  /// Switches whether the parameters ask for gradients: `requiresGrad(false)` freezes them.
  @discardableResult
  public func requiresGrad(_ value: Bool) -> Self {
    for parameter in parameters() { parameter.setRequiresGrad(value) }
    return self
  }
}

/// A path in a state dictionary: either part may be empty.
func joined(_ path: String, _ name: String) -> String {
  path.isEmpty ? name : name.isEmpty ? path : path + "." + name
}
