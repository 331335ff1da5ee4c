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
/// What shall change is declared as `var` in a class with ``Module()-macro`` in front, or as a property with ``Changeable()`` in
/// front: reads and writes pass a lock then.
public protocol Module: AnyObject, Sendable, CustomStringConvertible {
  /// Training mode, name and hooks. There is one without being declared; a module that reads it at every call declares
  /// `let state = ModuleState()` to find it faster.
  var state: ModuleState { get }

  /// Names in the state dictionary for properties whose name is not to be written in snake case: `["qkv": "c_attn"]`.
  /// The empty name leaves out the level: the entries of an array so named are `0`, `1`, ...
  static var stateNames: [String: String] { get }

  /// The name of the type in messages and tables.
  static var typeName: String { get }

  /// What stands between the parentheses when the module is printed: `in_features=4, out_features=2, bias=True`.
  var extraRepresentation: String { get }
}

extension Module {
  public var state: ModuleState { ModuleStates.shared.state(of: self) }
  public static var stateNames: [String: String] { [:] }
  public static var typeName: String { "\(self)" }
  public var extraRepresentation: String { "" }

  /// Whether it is in training mode, which matters to dropout and batch normalisation.
  public var isTraining: Bool { state.isTraining }

  /// ``isTraining`` under PyTorch's name; setting it changes this module alone, ``train(_:)`` all inside it too.
  public var training: Bool {
    get { state.isTraining }
    set { state.isTraining = newValue }
  }

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

  /// The modules that this one holds, in order of declaration; each once.
  public func children() -> [any Module] { namedChildren().map(\.module) }

  /// ``children()`` with their names.
  public func namedChildren() -> [(name: String, module: any Module)] {
    let contents = ModuleContents(of: self)
    if !contents.unnamed.isEmpty { _ = ModuleTree(self).checked() }
    return directChildren(contents)
  }

  private func directChildren(_ contents: ModuleContents) -> [(name: String, module: any Module)] {
    var seen: Set<ObjectIdentifier> = []
    return contents.children.filter { seen.insert(ObjectIdentifier($0.module)).inserted }
  }

  /// This module and all inside it, outer before inner; each once.
  public func modules() -> [any Module] { namedModules().map(\.module) }

  /// ``modules()`` with their names, the empty one for this module.
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

  /// The module of that name inside this one: `layers.0.attention`; the empty name is this module.
  /// - Precondition: there is one; a mistake is reported with the name that is nearest to it.
  public func getSubmodule(_ name: String) -> any Module {
    let all = namedModules()
    if let found = all.first(where: { $0.name == name }) { return found.module }
    report(absent("module", name, all.map(\.name)))
    return self
  }

  /// The parameter of that name in the state dictionary.
  /// - Precondition: there is one; a mistake is reported with the name that is nearest to it.
  public func getParameter(_ name: String) -> Tensor {
    let all = namedParameters()
    return all.first { $0.name == name }?.tensor ?? fail(absent("parameter", name, all.map(\.name)))
  }

  /// The buffer of that name in the state dictionary.
  /// - Precondition: there is one; a mistake is reported with the name that is nearest to it.
  public func getBuffer(_ name: String) -> Tensor {
    let all = namedBuffers()
    return all.first { $0.name == name }?.tensor ?? fail(absent("buffer", name, all.map(\.name)))
  }

  private func absent(_ kind: String, _ name: String, _ names: [String]) -> TensorError {
    let hint = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    return TensorError(.state, Self.typeName, "there is no \(kind) '\(name)'\(hint)")
  }

  /// Forgets the gradients of all parameters; without `setToNone` those that there are become zeros.
  public func zeroGrad(setToNone: Bool = true) {
    for parameter in parameters() {
      parameter.grad = setToNone ? nil : parameter.grad.map { Tensor.zeros($0.shape, dtype: $0.dtype) }
    }
  }

  /// Moves all parameters and buffers, and the gradients collected so far, to `device`, as PyTorch's `Module.to`.
  @discardableResult
  public func to(_ device: Device) -> Self {
    for tensor in parameters() + buffers() { tensor.moveVariable(to: device) }
    if Hooks.areAny { for module in modules() { module.state.initialisation?.move(to: device) } }
    return self
  }

  /// Converts all floating point parameters and buffers, and the gradients collected so far, to `dtype`, as PyTorch's
  /// `Module.to`: optimisers go on with them.
  @discardableResult
  public func to(_ dtype: DType) -> Self {
    guard dtype.isInexact else {
      report(
        TensorError(
          .dtype, "to",
          "a module's parameters can be floating point or complex numbers only, and \(dtype) was asked for"))
      return self
    }
    for tensor in parameters() + buffers() where tensor.dtype.isInexact { tensor.convertVariable(to: dtype) }
    if Hooks.areAny { for module in modules() { module.state.initialisation?.convert(to: dtype) } }
    return self
  }

  /// ``to(_:)-(Device)`` and ``to(_:)-(DType)`` at once.
  @discardableResult
  public func to(_ device: Device, _ dtype: DType) -> Self { to(dtype).to(device) }

  /// ``to(_:)-(Device)`` with PyTorch's label.
  @discardableResult
  public func to(device: Device) -> Self { to(device) }

  /// ``to(_:)-(DType)`` with PyTorch's label.
  @discardableResult
  public func to(dtype: DType) -> Self { to(dtype) }

  /// ``to(_:_:)`` with PyTorch's labels.
  @discardableResult
  public func to(device: Device, dtype: DType) -> Self { to(dtype).to(device) }

  /// Converts parameters and buffers to float16.
  @discardableResult
  public func half() -> Self { to(.float16) }
  /// Converts parameters and buffers to bfloat16.
  @discardableResult
  public func bfloat16() -> Self { to(.bfloat16) }
  /// Converts parameters and buffers to float32.
  @discardableResult
  public func float() -> Self { to(.float32) }
  /// Converts parameters and buffers to float64.
  @discardableResult
  public func double() -> Self { to(.float64) }
  /// Moves parameters and buffers to the host.
  @discardableResult
  public func cpu() -> Self { to(.cpu) }

  /// Switches whether the parameters ask for gradients: `requiresGrad(false)` freezes them.
  @discardableResult
  public func requiresGrad(_ value: Bool) -> Self {
    for parameter in parameters() { parameter.setRequiresGrad(value) }
    return self
  }

  /// ``requiresGrad(_:)`` under PyTorch's name.
  @discardableResult
  public func requiresGrad_(_ value: Bool = true) -> Self { requiresGrad(value) }

  /// The parameter or buffer `weight` of a module whose type the compiler does not know: `model[0].weight`.
  /// - Precondition: the module has one. Setting needs a property that can change.
  public var weight: Tensor {
    get {
      variable("weight")
        ?? fail(TensorError(.state, Self.typeName, "the module has no weight; namedParameters() lists what there is"))
    }
    set { setVariable("weight", newValue) }
  }

  /// The parameter or buffer `bias` of a module whose type the compiler does not know, `model[0].bias`; nil where it has none.
  /// Setting needs a property that can change.
  public var bias: Tensor! {
    get { variable("bias") }
    set { setVariable("bias", newValue) }
  }

  private func variable(_ name: String) -> Tensor? {
    if let source = changeable(name)?.place.source { return source.value() }
    let contents = ModuleContents(of: self)
    return (contents.parameters + contents.buffers).first { $0.name == name }?.tensor
  }

  private func setVariable(_ name: String, _ value: Tensor?) {
    var place = Mirror(reflecting: self) as Mirror?
    while let mirror = place {
      for case ("_" + name, let held as any AnyChangeable) in mirror.children.map({ ($0.label ?? "", $0.value) })
      where held.setCurrentValue(value as Any) {
        return
      }
      place = mirror.superclassMirror
    }
    report(
      TensorError(
        .state, Self.typeName,
        "'\(name)' cannot be replaced: declare it as `@Changeable var`, or store the elements with \(name).assign(_:)"))
  }
}

/// A path in a state dictionary: either part may be empty.
func joined(_ path: String, _ name: String) -> String {
  path.isEmpty ? name : name.isEmpty ? path : path + "." + name
}

// swift-format-ignore: AlwaysUseLowerCamelCase
/// A tensor that a module trains, under PyTorch's name: see ``parameter(_:requiresGrad:)``.
public func Parameter(_ data: Tensor, requiresGrad: Bool = true) -> Tensor {
  parameter(data, requiresGrad: requiresGrad)
}
