// The backward pass, and what a user says about gradients.

/// One gradient on its way to an operation.
private struct Arrival {
  var sequence: UInt64
  var node: Node
  var output: Int
  var gradient: Tensor
}

/// A heap with the latest operation on top. All gradients of one operation come out together, after every later
/// operation has been handled: no marks on the shared graph, so backward passes may run side by side.
private struct ArrivalHeap {
  private var items: [Arrival] = []

  var top: UInt64? { items.first?.sequence }

  mutating func push(_ item: Arrival) {
    items.append(item)
    var i = items.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      if items[parent].sequence >= items[i].sequence { break }
      items.swapAt(parent, i)
      i = parent
    }
  }

  mutating func pop() -> Arrival {
    if items.count == 1 { return items.removeLast() }
    items.swapAt(0, items.count - 1)
    let result = items.removeLast()
    var i = 0
    while true {
      var largest = i
      for child in [2 * i + 1, 2 * i + 2] where child < items.count {
        if items[child].sequence > items[largest].sequence { largest = child }
      }
      if largest == i { return result }
      items.swapAt(i, largest)
      i = largest
    }
  }
}

/// Where ``grad(_:_:cotangents:retainGraph:createGraph:allowUnused:)`` wants gradients caught.
private struct Targets {
  struct Key: Hashable {
    var record: ObjectIdentifier
    var output: Int32
  }
  private var slots: [Key: Int] = [:]
  /// The slot of each tensor: one that is given twice has one.
  private var slotOfTensor: [Int?] = []
  private var caught: [Tensor?]
  private var reaches: [ObjectIdentifier: Bool] = [:]
  private var records: Set<ObjectIdentifier> = []

  init(_ tensors: [Tensor]) {
    caught = Array(repeating: nil, count: tensors.count)
    for (i, tensor) in tensors.enumerated() {
      guard let record = tensor.body.record else {
        slotOfTensor.append(nil)
        continue
      }
      let key = Key(record: ObjectIdentifier(record), output: tensor.body.outputIndex)
      slotOfTensor.append(slots[key] ?? i)
      if slots[key] == nil { slots[key] = i }
      records.insert(ObjectIdentifier(record))
    }
  }

  /// The gradient of each tensor.
  var results: [Tensor?] { slotOfTensor.map { $0.flatMap { caught[$0] } } }

  /// Whether a target lies at or before `record`; other branches need no work. Iterative: graphs can be deep.
  mutating func isReached(from record: GradientRecord) -> Bool {
    var stack: [(GradientRecord, Bool)] = [(record, false)]
    while let (current, expanded) = stack.popLast() {
      let id = ObjectIdentifier(current)
      if reaches[id] != nil { continue }
      if current.sequence == 0 || records.contains(id) {
        reaches[id] = records.contains(id)
        continue
      }
      let edges = unsafeDowncast(current, to: Node.self).edges
      if expanded {
        reaches[id] = (0..<edges.count).contains { i in
          edges[i].record.map { reaches[ObjectIdentifier($0)] ?? false } ?? false
        }
      } else {
        stack.append((current, true))
        for i in 0..<edges.count {
          if let next = edges[i].record, reaches[ObjectIdentifier(next)] == nil { stack.append((next, false)) }
        }
      }
    }
    return reaches[ObjectIdentifier(record)] ?? false
  }

  /// Adds `gradient` to the slot of (`record`, `output`), if it is wanted.
  @discardableResult
  mutating func catchGradient(_ gradient: Tensor, _ record: GradientRecord, _ output: Int32) -> Bool {
    guard let slot = slots[Key(record: ObjectIdentifier(record), output: output)] else { return false }
    caught[slot] = caught[slot].map { $0 + gradient } ?? gradient
    return true
  }
}

/// The gradients of variables with hooks, which see the sum of all that arrives: like an operation, a variable is visited
/// when everything behind it has been. All others add up what comes as it comes.
private struct HookedVariables {
  private var items: [(variable: Variable, gradient: Tensor?, arrivals: Int)] = []
  private var places: [ObjectIdentifier: Int] = [:]
  private var arrivals = 0

  mutating func add(_ gradient: Tensor, to variable: Variable) {
    arrivals += 1
    guard let place = places[ObjectIdentifier(variable)] else {
      places[ObjectIdentifier(variable)] = items.count
      items.append((variable, gradient, arrivals))
      return
    }
    items[place].arrivals = arrivals
    if let old = items[place].gradient {
      items[place].gradient = nil
      items[place].gradient = sumInPlace(old, gradient)
    }
  }

  /// What the hooks give, in the order in which the sums became complete.
  func forEach(_ body: (Variable, Tensor) -> Void) {
    for item in items.sorted(by: { $0.arrivals < $1.arrivals }) {
      if let gradient = item.gradient { body(item.variable, item.variable.hooked(gradient)) }
    }
  }
}

/// Runs the graph backward from `roots`. With `targets`, gradients are caught there and no variable collects any; if it ends
/// there, what lies before them and their hooks is somebody else's.
///
/// - Parameters:
///   - deferred: takes down what does not lead to a target, with the gradients that have come so far.
///   - resumed: what was taken down before, which is gone on with now.
///   - watched: is told where the pass has got to, so that it knows which gradients are complete.
private func runBackward(
  _ roots: [(tensor: Tensor, cotangent: Tensor)], targets: inout Targets?, retainGraph: Bool,
  endsAtTargets: Bool = false, deferring deferred: DeferredBackward? = nil, resuming resumed: DeferredBackward? = nil,
  watched: WatchedPass? = nil
) throws(TensorError) {
  var heap = ArrivalHeap()
  var hooked = HookedVariables()
  let tracer = Tracer.current
  let isCollecting = targets == nil && tracer == nil

  func collect(_ gradient: Tensor, _ variable: Variable, _ targets: inout Targets?) {
    if targets == nil {
      variable.accumulate(gradient)
    } else if targets?.catchGradient(gradient, variable, 0) == false {
      deferred?.gradients.append((variable, gradient))
    }
  }
  func deliver(
    _ gradient: Tensor, to record: GradientRecord, _ output: Int32, _ heap: inout ArrivalHeap,
    _ hooked: inout HookedVariables, _ targets: inout Targets?
  ) {
    if endsAtTargets, targets?.catchGradient(gradient, record, output) == true { return }
    if record.sequence == 0 {
      let variable = unsafeDowncast(record, to: Variable.self)
      // A capture has to learn that there are none.
      if variable.hasHooks || tracer != nil {
        hooked.add(gradient, to: variable)
      } else {
        collect(gradient, variable, &targets)
      }
    } else {
      let node = unsafeDowncast(record, to: Node.self)
      heap.push(Arrival(sequence: record.sequence, node: node, output: Int(output), gradient: gradient))
    }
  }

  /// The gradients that a node makes of those of its results.
  func rule(
    _ node: Node, _ saved: Node.Saved, _ cotangents: [Tensor?], near gradient: Tensor, _ required: UInt64
  ) throws(TensorError) -> [Tensor?] {
    if saved.isReleased && (node.tangents?.saves ?? node.primitive.saves) != .nothing {
      throw TensorError(
        .autograd, "backward",
        "the graph of \(node.primitive.name) was given up by an earlier backward pass; "
          + "pass retainGraph: true to the first one to go through it again")
    }
    let restored = try node.unpacked(saved)
    if !retainGraph { node.packed?.release() }
    let recorded = Recorded(
      node: node, saved: restored, required: required, isCollecting: isCollecting, inputCount: node.edges.count)
    let gradients: [Tensor?]
    let start = Profiling.begin()
    do throws(TensorError) {
      gradients = try beside(gradient) { () throws(TensorError) in
        func rule() throws(TensorError) -> [Tensor?] {
          guard let tangents = node.tangents else { return try node.primitive.vjp(recorded, cotangents: cotangents) }
          return try tangents.gradients(of: node.primitive, recorded, cotangents)
        }
        func counted() throws(TensorError) -> [Tensor?] {
          guard let counter = FLOPCounter.current else { return try rule() }
          return try counter.run(ruleOf: node.sequence) { () throws(TensorError) in try rule() }
        }
        guard Profiling.isOn else { return try rule() }
        // What is not finite is told of the gradient, by the operation of the forward pass.
        return ResultChecks.areOn
          ? try ResultChecks.onlyOfGradients { () throws(TensorError) in try counted() } : try counted()
      }
    } catch {
      throw node.anomaly(error)
    }
    if start != 0 { node.logRule(from: start) }
    try node.checkGradients(gradients)
    return gradients
  }
  /// Sends the gradients of a node on; false where one has failed.
  func deliverAll(
    _ gradients: [Tensor?], of node: Node, _ required: UInt64, _ heap: inout ArrivalHeap,
    _ hooked: inout HookedVariables, _ targets: inout Targets?
  ) -> Bool {
    for i in 0..<node.edges.count where required & (1 << UInt64(i & 63)) != 0 {
      let edge = node.edges[i]
      guard let record = edge.record, let gradient = gradients[i] else { continue }
      if gradient.hasFailed { return false }
      deliver(gradient, to: record, edge.outputIndex, &heap, &hooked, &targets)
    }
    return true
  }

  for root in roots {
    guard let record = root.tensor.body.record else { continue }
    deliver(root.cotangent, to: record, root.tensor.body.outputIndex, &heap, &hooked, &targets)
  }
  if let resumed {
    for (variable, gradient) in resumed.gradients { deliver(gradient, to: variable, 0, &heap, &hooked, &targets) }
    while !resumed.parts.isEmpty {
      let part = resumed.parts.removeFirst()
      guard let gradient = part.cotangents.lazy.compactMap({ $0 }).first else { continue }
      let saved = part.node.saved.withLock { $0 }
      let gradients = try rule(part.node, saved, part.cotangents, near: gradient, part.required)
      part.node.release()
      guard deliverAll(gradients, of: part.node, part.required, &heap, &hooked, &targets) else { return }
    }
  }

  while let top = heap.top {
    if targets == nil { watched?.advance(to: top) }
    let first = heap.pop()
    let node = first.node
    var cotangents = [Tensor?](repeating: nil, count: node.outputCount)
    cotangents[first.output] = first.gradient
    while heap.top == node.sequence {
      let next = heap.pop()
      if let old = cotangents[next.output] {
        cotangents[next.output] = nil
        cotangents[next.output] = sumInPlace(old, next.gradient)
      } else {
        cotangents[next.output] = next.gradient
      }
    }

    // What was there before a function that is being captured is no part of it.
    let isBefore = tracer?.precedes(node) ?? false
    if isBefore, tracer?.isDifferentiating == true {
      for i in cotangents.indices {
        if let gradient = cotangents[i] { targets?.catchGradient(gradient, node, Int32(i)) }
      }
      continue
    }

    let saved = node.saved.withLock { saved in
      let copy = saved
      if !retainGraph {
        saved.inputs = SmallArray()
        saved.outputs = SmallArray()
        saved.isReleased = true
      }
      return copy
    }
    if !saved.hooks.isEmpty || !saved.retained.isEmpty {
      if isBefore { leaveTrace(&cotangents) }
      for i in cotangents.indices {
        guard let gradient = cotangents[i] else { continue }
        var current = gradient
        for hook in saved.hooks[i] ?? [] { current = hook(current)?.resolved ?? current }
        cotangents[i] = current
        if targets == nil { saved.retained[i]?.accumulate(current) }
      }
    }
    if targets != nil {
      for i in cotangents.indices {
        if let gradient = cotangents[i] { targets?.catchGradient(gradient, node, Int32(i)) }
      }
    }

    // Operations have few inputs; those of very wide ones (a cat of more than 64) are all computed.
    var required: UInt64 = 0
    for i in 0..<node.edges.count {
      guard let record = node.edges[i].record else { continue }
      if targets?.isReached(from: record) ?? true { required |= i < 64 ? 1 << UInt64(i) : ~0 }
    }
    var isPutOff = false
    if let deferred {
      if required != 0, node.edges.count > 64 { required = ~0 }
      let rest = node.recordedEdges & ~required
      isPutOff = rest != 0
      if isPutOff {
        deferred.parts.append(DeferredBackward.Part(node: node, cotangents: cotangents, required: rest))
      }
    }
    guard required != 0 else {
      if !retainGraph { node.packed?.release() }
      continue
    }
    if isBefore { leaveTrace(&cotangents) }
    let gradients = try rule(node, saved, cotangents, near: first.gradient, required)
    if deferred != nil, !isPutOff { node.release() }
    guard deliverAll(gradients, of: node, required, &heap, &hooked, &targets) else { return }
  }
  hooked.forEach { collect($1, $0, &targets) }
}

extension Node {
  /// A bit for each operand that a gradient can flow to; all bits where there are more than 64 operands.
  fileprivate var recordedEdges: UInt64 {
    guard edges.count <= 64 else { return ~0 }
    var bits: UInt64 = 0
    for i in 0..<edges.count where edges[i].record != nil { bits |= 1 << UInt64(i) }
    return bits
  }

  /// Gives up what is kept for the gradients.
  fileprivate func release() {
    saved.withLock { saved in
      saved.inputs = SmallArray()
      saved.outputs = SmallArray()
      saved.isReleased = true
    }
    packed?.release()
  }
}

/// Ends the capture of a function whose own backward pass goes on into what was computed before it, which every call has to
/// do anew.
private func leaveTrace(_ cotangents: inout [Tensor?]) {
  Tracer.current?.fail("a backward pass inside the function goes on into what was computed before it")
  cotangents = cotangents.map { $0?.untraced }
}

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
    var targets = inputs.map(Targets.init)
    try withGradientMode(createGraph) { () throws(TensorError) in
      let watched = WatchedPass(tensors, inputs: inputs)
      try runBackward(roots, targets: &targets, retainGraph: retainGraph || createGraph, watched: watched)
      for (input, gradient) in zip(inputs ?? [], targets?.results ?? []) {
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

private func withGradientMode<R, E: Error>(_ enabled: Bool, _ body: () throws(E) -> R) throws(E) -> R {
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
    var targets: Targets? = Targets(inputs)
    try withGradientMode(createGraph) { () throws(TensorError) in
      try runBackward(roots, targets: &targets, retainGraph: retainGraph ?? createGraph)
    }
    let results = targets?.results ?? []
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
  var targets: Targets? = Targets(ends)
  try withGradientMode(createGraph) { () throws(TensorError) in
    try runBackward(outputs, targets: &targets, retainGraph: createGraph, endsAtTargets: true)
  }
  return targets?.results ?? []
}

/// The gradients of `ends`; what leads elsewhere is left in `rest`.
func deferredPass(
  _ outputs: [(tensor: Tensor, cotangent: Tensor)], to ends: [Tensor], _ rest: DeferredBackward
) throws(TensorError) -> [Tensor?] {
  var targets: Targets? = Targets(ends)
  try withGradientMode(false) { () throws(TensorError) in
    try runBackward(outputs, targets: &targets, retainGraph: true, deferring: rest)
  }
  return targets?.results ?? []
}

/// Goes on with what ``deferredPass(_:to:_:)`` left.
func resumedPass(_ rest: DeferredBackward) throws(TensorError) {
  var targets: Targets?
  try withGradientMode(false) { () throws(TensorError) in
    try runBackward([], targets: &targets, retainGraph: false, resuming: rest)
  }
}
