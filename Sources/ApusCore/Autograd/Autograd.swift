// What a user says about gradients.

extension Tensor {
  /// Whether it is recorded for gradients.
  ///
  /// Setting it freezes a parameter (`p.requiresGrad = false`) or lets it train again. Setting it to true on a plain tensor makes
  /// that tensor, and all copies of it, one variable, as `x.requires_grad = True` does: do so before other tasks use it. A result
  /// of recorded operations cannot be switched off; ``detach()`` gives the same elements without the graph.
  public var requiresGrad: Bool {
    get {
      body.flags.contains(.variable)
        ? !isUnrecordedHandle && variable.state.withLock { $0.requiresGrad } : body.flags.contains(.requiresGrad)
    }
    nonmutating set {
      if hasFailed { return }
      do throws(TensorError) { try switchRequiresGrad(newValue) } catch { report(error) }
    }
  }

  /// Sets ``requiresGrad`` and gives the tensor: `let w = randn(3).requiresGrad_()`.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  @discardableResult
  public func requiresGrad_(_ value: Bool = true) -> Tensor {
    requiresGrad = value
    return self
  }

  private func switchRequiresGrad(_ value: Bool) throws(TensorError) {
    if requiresGrad == value { return }
    if body.flags.contains(.variable) {
      // What checks that its type has gradients.
      if value && Tensor.variable(self, kind: .leaf, requiresGrad: true).isPoisoned { return }
      return setRequiresGrad(value)
    }
    guard value else {
      throw TensorError(
        .autograd, "requiresGrad",
        "can be switched off for leaves of the graph only, and this tensor is a result (\(gradFn?.name ?? "")); detach() "
          + "gives the same elements without the graph")
    }
    guard !body.flags.contains(.marked) else {
      throw TensorError(
        .autograd, "requiresGrad",
        "cannot be switched for an argument of a function that is transformed or compiled; make a variable of it with "
          + "Tensor(x, requiresGrad: true)")
    }
    let new = Tensor.variable(self, kind: .leaf, requiresGrad: true)
    if new.isPoisoned { return }
    // The body becomes the handle: whoever holds it holds the variable, which alone keeps the elements.
    body.record = new.body.record
    body.flags.formUnion(new.body.flags)
    body.storage = .none
  }

  /// Whether it is a leaf of the graph: not the result of a recorded operation.
  public var isLeaf: Bool { !body.flags.contains(.requiresGrad) || (origin?.record.sequence ?? 0) == 0 }

  /// The record that its gradient belongs to, and the result of it that it is: an argument of a function that is being
  /// captured is the tensor that was given.
  var origin: (record: GradientRecord, output: Int)? {
    guard var record = body.record else { return nil }
    var output = body.outputIndex
    while record.sequence != 0 {
      let node = unsafeDowncast(record, to: Node.self)
      guard node.primitive is Argument, let given = node.edges[0].record else { break }
      (record, output) = (given, node.edges[0].outputIndex)
    }
    return (record, Int(output))
  }

  /// The gradient that backward passes have collected: nil before the first one.
  public var grad: Tensor? {
    get {
      guard let (record, output) = origin else { return nil }
      if record.sequence == 0 {
        return unsafeDowncast(record, to: Variable.self).gradient
      }
      let node = unsafeDowncast(record, to: Node.self)
      guard let holder = node.saved.withLock({ $0.retained[output] }) else {
        warn(
          "grad",
          "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
            + "populated during backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use "
            + "retainGrad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the "
            + "leaf Tensor instead.")
        return nil
      }
      return holder.state.withLock { $0.gradient }
    }
    nonmutating set {
      if hasFailed || newValue?.hasFailed == true { return }
      guard let record = origin?.record, record.sequence == 0 else {
        report(TensorError(.autograd, "grad", "only a tensor with requiresGrad: true holds a gradient"))
        return
      }
      if let newValue, newValue.shape != shape {
        report(
          TensorError(
            .shape, "grad", "cannot store a gradient of shape \(newValue.shape) on a tensor of shape \(shape)"))
        return
      }
      unsafeDowncast(record, to: Variable.self).gradient = newValue
    }
  }

  /// Keeps the gradient of this intermediate result for ``grad``, as `retain_grad()`.
  public func retainGrad() {
    guard let (record, output) = origin, record.sequence != 0 else { return }
    Tracer.current?.fail("the gradient of an intermediate result is kept (retainGrad)")
    let node = unsafeDowncast(record, to: Node.self)
    let holder = Variable(TensorBody(sharing: body), kind: .leaf, requiresGrad: false)
    node.saved.withLock { saved in
      if saved.retained[output] == nil { saved.retained[output] = holder }
    }
  }

  /// Calls `hook` with the gradient of this tensor in every backward pass; what it returns replaces the gradient.
  /// - Returns: a handle that takes the hook off again.
  @discardableResult
  public func registerHook(_ hook: @escaping GradientHook) -> GradientHookHandle {
    let handle = GradientHookHandle(hook)
    register { handle.call($0) }
    return handle
  }

  /// ``registerHook(_:)`` for a hook that only looks.
  @discardableResult
  public func registerHook(_ hook: @escaping @Sendable (Tensor) -> Void) -> GradientHookHandle {
    registerHook { (gradient: Tensor) -> Tensor? in
      hook(gradient)
      return nil
    }
  }

  private func register(_ hook: @escaping GradientHook) {
    if hasFailed { return }
    guard let (record, index) = origin, body.flags.contains(.requiresGrad) else {
      report(TensorError(.autograd, "registerHook", "the tensor does not require a gradient, so no hook would run"))
      return
    }
    // It would hold tensors of the call that is being captured.
    Tracer.current?.fail("a hook is registered (registerHook)")
    if record.sequence == 0 {
      unsafeDowncast(record, to: Variable.self).state.withLock { $0.hooks.append(hook) }
    } else {
      unsafeDowncast(record, to: Node.self).saved.withLock { $0.hooks[index, default: []].append(hook) }
    }
  }

  /// The same elements, cut from the graph.
  public func detach() -> Tensor {
    if body.flags.isEmpty { return self }
    return Tensor(TensorBody(sharing: resolved.body)).withoutTangent
  }

  /// Computes the gradient of this tensor for every variable that it was made from, and adds it to their ``grad``.
  ///
  /// - Parameters:
  ///   - gradient: the cotangent; may be left out for a tensor with one element (1 then).
  ///   - retainGraph: keep what the graph has saved, so that backward can run again.
  ///   - createGraph: record the backward pass itself, for higher derivatives. Retains the graph too.
  ///   - inputs: the only tensors whose ``grad`` is to be added to; nil: all variables.
  public func backward(
    _ gradient: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false, inputs: [Tensor]? = nil
  ) {
    if createGraph {
      warn(
        "backward",
        "Using backward() with createGraph: true will create a reference cycle between the parameter and its gradient "
          + "which can cause a memory leak. We recommend using gradients(of:wrt:) when creating the graph to avoid this. "
          + "If you have to use this function, make sure to reset the .grad fields of your parameters to nil after use to "
          + "break the cycle and avoid the leak.")
    }
    ApusCore.backward([self], [gradient], retainGraph: retainGraph, createGraph: createGraph, inputs: inputs)
  }

  /// ``backward(_:retainGraph:createGraph:inputs:)`` with a label for the gradient.
  public func backward(
    gradient: Tensor?, retainGraph: Bool = false, createGraph: Bool = false, inputs: [Tensor]? = nil
  ) {
    backward(gradient, retainGraph: retainGraph, createGraph: createGraph, inputs: inputs)
  }

  fileprivate func rootCotangent(_ gradient: Tensor?, _ operation: String) throws(TensorError) -> Tensor {
    guard body.flags.contains(.requiresGrad), body.record != nil else {
      throw TensorError(
        .autograd, operation,
        "the tensor does not require a gradient and was not made from one that does; "
          + "create an input with requiresGrad: true, and check for noGrad or detach on the way")
    }
    if let gradient {
      guard gradient.shape == shape else {
        throw TensorError(
          .shape, operation, "the gradient has shape \(gradient.shape), but the tensor has \(shape)")
      }
      guard dtype.isComplex || !gradient.dtype.isComplex else {
        throw TensorError(
          .dtype, operation, "the gradient of a \(dtype) tensor is real, and found a \(gradient.dtype) one")
      }
      // Not a variable itself: gradients are added up in place.
      let type = dtype.gradientType ?? dtype
      return gradient.dtype == type ? gradient.resolved : gradient.to(type)
    }
    guard !dtype.isComplex else {
      throw TensorError(
        .autograd, operation,
        "a gradient can be left out only for a real tensor, and this one is \(dtype); take abs() or real of it, or pass "
          + "the gradient")
    }
    guard count == 1 else {
      throw TensorError(
        .autograd, operation,
        "a gradient can be left out only for a tensor with one element, and this one has shape \(shape); "
          + "reduce it (sum, mean) or pass the gradient")
    }
    return Tensor.ones(shape, dtype: dtype.gradientType ?? dtype, device: deviceIfUsed)
  }
}

/// The gradients of several tensors together, added to the ``Tensor/grad`` of every variable that they were made from: PyTorch's
/// `torch.autograd.backward`.
///
/// - Parameters:
///   - gradients: a cotangent for each; may be left out, or be nil, for a tensor with one element.
///   - inputs: the only tensors whose ``Tensor/grad`` is to be added to; nil: all variables.
public func backward(
  _ tensors: [Tensor], _ gradients: [Tensor?]? = nil, retainGraph: Bool = false, createGraph: Bool = false,
  inputs: [Tensor]? = nil
) {
  if poisoned(among: tensors + (gradients ?? []).compactMap { $0 } + (inputs ?? [])) != nil { return }
  do throws(TensorError) {
    if let gradients, gradients.count != tensors.count {
      throw TensorError(
        .value, "backward", "\(tensors.count) tensors need as many gradients, and there are \(gradients.count)")
    }
    var roots: [(tensor: Tensor, cotangent: Tensor)] = []
    for (i, tensor) in tensors.enumerated() {
      roots.append((tensor, try tensor.rootCotangent(gradients?[i], "backward")))
    }
    for (i, input) in (inputs ?? []).enumerated() where !input.requiresGrad {
      throw TensorError(.autograd, "backward", "input \(i) does not require a gradient, so it cannot collect one")
    }
    try withGradientMode(createGraph) { () throws(TensorError) in
      let watched = WatchedPass(tensors, inputs: inputs)
      var pass = BackwardPass(to: inputs)
      pass.retainsGraph = retainGraph || createGraph
      pass.watched = watched
      try pass.run(roots)
      for (input, gradient) in zip(inputs ?? [], pass.results) {
        if let gradient { input.collect(gradient) }
      }
      watched?.advance(to: nil)
      try watched?.end()
    }
  } catch {
    report(error)
  }
}

/// The gradient of `tensor`, added to the ``Tensor/grad`` of every variable that it was made from.
public func backward(
  _ tensor: Tensor, _ gradient: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false,
  inputs: [Tensor]? = nil
) {
  backward([tensor], [gradient], retainGraph: retainGraph, createGraph: createGraph, inputs: inputs)
}

extension Tensor {
  /// Adds to the collected gradient, which an intermediate result keeps from now on.
  fileprivate func collect(_ gradient: Tensor) {
    guard let (record, output) = origin else { return }
    if record.sequence == 0 { return unsafeDowncast(record, to: Variable.self).accumulate(gradient) }
    retainGrad()
    unsafeDowncast(record, to: Node.self).saved.withLock { $0.retained[output] }?.accumulate(gradient)
  }
}

/// A registered hook of a gradient, to take it off again.
public final class GradientHookHandle: Sendable {
  private let hook: Lock<GradientHook?>

  fileprivate init(_ hook: @escaping GradientHook) { self.hook = Lock(hook) }

  fileprivate func call(_ gradient: Tensor) -> Tensor? { hook.withLock { $0 }?(gradient) }

  /// Takes the hook off. Doing so twice is harmless.
  public func remove() { hook.withLock { $0 = nil } }
}

/// Runs a backward pass, which is recorded itself where `enabled`.
func withGradientMode<R, E: Error>(_ enabled: Bool, _ body: () throws(E) -> R) throws(E) -> R {
  // Gradients are computed in the types of the forward pass.
  try Context.forGradients(gradientEnabled: enabled, autocast: Autocast.active.map { _ in .off }, body)
}

/// The gradients of `outputs` for `inputs`, without touching any ``Tensor/grad``: PyTorch's `torch.autograd.grad`.
///
/// - Parameters:
///   - cotangents: one for each output; may be left out where outputs have one element.
///   - createGraph: record the backward pass, so that the result can be differentiated again.
///   - allowUnused: give nil for an input that no output depends on, where this is an error otherwise.
public func gradients(
  of outputs: [Tensor], wrt inputs: [Tensor], cotangents: [Tensor?]? = nil, retainGraph: Bool? = nil,
  createGraph: Bool = false, allowUnused: Bool = false
) -> [Tensor?] {
  do throws(TensorError) {
    if let failed = poisoned(among: outputs + inputs + (cotangents ?? []).compactMap { $0 }) {
      return inputs.map { _ in failed }
    }
    var roots: [(Tensor, Tensor)] = []
    for (i, output) in outputs.enumerated() {
      roots.append((output, try output.rootCotangent(cotangents?[i], "gradients")))
    }
    for (i, input) in inputs.enumerated() where !input.requiresGrad {
      throw TensorError(
        .autograd, "gradients", "input \(i) does not require a gradient; create it with requiresGrad: true")
    }
    let results = try withGradientMode(createGraph) { () throws(TensorError) in
      var pass = BackwardPass(to: inputs)
      pass.retainsGraph = retainGraph ?? createGraph
      try pass.run(roots)
      return pass.results
    }
    if !allowUnused, let missing = results.firstIndex(where: { $0 == nil }) {
      throw TensorError(
        .autograd, "gradients",
        "no output depends on input \(missing); pass allowUnused: true to get nil for it")
    }
    return results
  } catch {
    let failed = fail(error)
    return inputs.map { _ in failed }
  }
}

/// The gradients that `outputs` with these cotangents bring to the places of the graph that `ends` stand for, of which no hook
/// runs: a part of a backward pass.
func gradientsWithin(
  _ outputs: [(tensor: Tensor, cotangent: Tensor)], to ends: [Tensor], createGraph: Bool
) throws(TensorError) -> [Tensor?] {
  try withGradientMode(createGraph) { () throws(TensorError) in
    var pass = BackwardPass(to: ends)
    pass.retainsGraph = createGraph
    pass.endsAtTargets = true
    try pass.run(outputs)
    return pass.results
  }
}
