// Mutation: in place when nobody else holds the elements, a copy otherwise.

/// `a = formula(a, b)`, where the result must keep shape and type of `a`.
func updateInPlace(_ a: inout Tensor, _ formula: Formula, _ b: Tensor) {
  // The short path: float32 tensors of one shape, written where they lie.
  if let kernel = formula.directBinary, a.body.flags.isEmpty, b.body.flags.isEmpty,
    a.body.dtype == .float32, b.body.dtype == .float32, a.body.isContiguous, b.body.isContiguous,
    a.body.shape == b.body.shape, a.body.storage !== b.body.storage, TensorBody.isUnique(&a.body),
    !ResultChecks.areOn
  {
    let start = Profiling.begin()
    let (x, y, n) = (a.body.data, b.body.data, a.body.count)
    if n < parallelGrain {
      kernel(x, x, y, n)
    } else {
      parallelFor(n, grain: parallelGrain) { range in
        let offset = range.lowerBound * 4
        kernel(x + offset, x + offset, y + offset, range.count)
      }
    }
    if start != 0 { log(formula, start, a, [a, b]) }
    return
  }
  mutate(&a, formula, [b], [])
}

/// `a = formula(a)` with a number.
func updateInPlace(_ a: inout Tensor, _ formula: Formula, scalar: Scalar) {
  mutate(&a, formula, [], [scalar])
}

private func mutate(_ a: inout Tensor, _ formula: Formula, _ others: [Tensor], _ scalars: [Scalar]) {
  var flags = others.reduce(into: a.body.flags) { $0.formUnion($1.body.flags) }
  if !Context.isPlain, Context.tracer != nil { flags.insert(.marked) }
  if flags.contains(.poisoned), let failed = poisoned(among: [a] + others) {
    a = failed
    return
  }
  let primitive = Pointwise(formula: formula, scalars: scalars)
  do throws(TensorError) {
    let types = [a.type] + others.map(\.type)
    let type = try primitive.outputTypes(types)[0]
    try checkMemory(type, formula.name)
    guard type.shape == a.shape else {
      throw TensorError(
        .shape, formula.name,
        "cannot store a result of shape \(type.shape) in a tensor of shape \(a.shape); only the other operand may be "
          + "broadcast in an in-place operation")
    }
    guard type.dtype == a.dtype || canCast(type.dtype, to: a.dtype) else {
      throw TensorError(
        .dtype, formula.name,
        "the result is \(type.dtype) and cannot be stored in a \(a.dtype) tensor; convert the tensor with .to first")
    }
    if a.body.flags.contains(.variable) {
      try a.checkChangeable(formula.name)
      let variable = a.variable
      let others = others.map(\.resolved)
      for other in others { flags.formUnion(other.body.flags) }
      if !flags.isDisjoint(with: .interpreted) || variable.engine != nil || variable.substitute != nil {
        let result = noGrad { pointwise(formula, [Tensor(variable.snapshot())] + others, scalars) }
        variable.replace(with: result)
        return
      }
      let start = Profiling.begin()
      try variable.update { value throws(TensorError) in
        try store(&value, primitive, others)
      }
      if start != 0 { log(formula, start, a, [a] + others) }
      return
    }
    let resolvedOthers = others.map(\.resolved)
    for other in resolvedOthers { flags.formUnion(other.body.flags) }
    if !flags.isDisjoint(with: .interpreted) || (flags.contains(.requiresGrad) && Context.isGradientEnabled)
      || ResultChecks.areOn
    {
      let result = pointwise(formula, [a] + others, scalars)
      a = result.dtype == a.dtype ? result : result.to(a.dtype)
      return
    }
    let start = Profiling.begin()
    try store(&a.body, primitive, resolvedOthers)
    if start != 0 { log(formula, start, a, [a] + resolvedOthers) }
  } catch {
    a = fail(error)
  }
}

/// Whether PyTorch stores a result of type `from` in a tensor of type `to` (its `can_cast`).
package func canCast(_ from: DType, to: DType) -> Bool {
  if from.isCustom { return from == to }
  if from.isComplex && !to.isComplex { return false }
  if from.isFloatingPoint && !to.isInexact { return false }
  if from != .bool && to == .bool { return false }
  return true
}

/// `body = primitive(body, others)`, in place if it is dense and unique.
private func store(_ body: inout TensorBody, _ primitive: Pointwise, _ others: [Tensor]) throws(TensorError) {
  let compute = try primitive.resultDTypes([body.type] + others.map(\.type)).compute
  let isUnique = TensorBody.isUnique(&body)
  let overlaps = others.contains { $0.body.storage === body.storage }
  if isUnique && !overlaps && memoryOrder(body.shape, body.strides) != nil
    && body.flags.subtracting(.element).isEmpty
  {
    let bodies = [body] + others.map(\.body)
    let iteration = Iteration(shape: body.shape, inputs: bodies)
    if hasSameLayout(body.shape, iteration.resultStrides, body.strides) {
      let target = [(data: body.data, dtype: body.dtype)]
      try primitive.run(iteration, target, compute: compute)
      return
    }
  }
  body = try perform(primitive, [Tensor(body)] + others, types: [body.type])[0].body
}

extension Variable {
  /// Changes the elements under the variable's lock.
  func update(_ change: (inout TensorBody) throws(TensorError) -> Void) throws(TensorError) {
    var failure: TensorError?
    state.withLock { state in
      do throws(TensorError) {
        try change(&state.value)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}

extension Tensor {
  /// `self = operation(self)`, which keeps the element type, and the shape too unless it `reshapes`: what all names with an
  /// underscore at the end do. Of a variable the elements change for all its handles; another tensor takes the new value,
  /// and its own memory may serve for the result.
  @discardableResult
  package mutating func change(
    _ name: String, reshapes: Bool = false, _ operation: (consuming Tensor) -> Tensor
  ) -> Tensor {
    if hasFailed { return self }
    let (shape, dtype, isVariable) = (self.shape, self.dtype, body.flags.contains(.variable))
    do throws(TensorError) { try checkChangeable(name) } catch {
      self = fail(error)
      return self
    }
    let result: Tensor
    if isVariable {
      let value = self
      result = noGrad { operation(value) }
    } else {
      let value = self
      body = noElements
      result = operation(value)
    }
    if result.hasFailed {
      self = result
      return self
    }
    guard result.shape == shape || (reshapes && !isVariable) else {
      let hint =
        isVariable && reshapes
        ? "a variable keeps its shape; make a new one of the result"
        : "only the other operand may be broadcast in an in-place operation"
      self = fail(
        TensorError(
          .shape, name, "cannot store a result of shape \(result.shape) in a tensor of shape \(shape); \(hint)"))
      return self
    }
    guard result.dtype == dtype || canCast(result.dtype, to: dtype) else {
      self = fail(
        TensorError(
          .dtype, name,
          "the result is \(result.dtype) and cannot be stored in a \(dtype) tensor; convert the tensor with .to first"))
      return self
    }
    if isVariable {
      variable.replace(with: result)
    } else {
      self = result.dtype == dtype ? result : result.to(dtype)
    }
    return self
  }

  /// Lets `change` store in this tensor, and gives it back.
  @discardableResult
  package mutating func stored(_ change: (inout Tensor) -> Void) -> Tensor {
    change(&self)
    return self
  }

  /// ``change(_:reshapes:_:)`` of a tensor that is no `var`: of a variable, which all handles see. Anything else is a constant.
  @discardableResult
  package func changeVariable(_ name: String, _ change: (inout Tensor) -> Void) -> Tensor {
    if hasFailed { return self }
    guard body.flags.contains(.variable) else {
      return fail(
        TensorError(
          .value, name,
          "this tensor is a constant or the result of an expression, which nobody would see change; declare it with var, "
            + "and write x.mul_(a); x.add_(b) for x.mul_(a).add_(b), which only variables (parameters, buffers) take"))
    }
    var handle = self
    change(&handle)
    return handle
  }

  /// The elements without gradients, as PyTorch's `data`: of a variable a handle of the same one, through which it can be
  /// written anywhere without a record; of another tensor ``detach()``. What is stored in it must have the tensor's shape
  /// where that is a variable.
  public var data: Tensor {
    get {
      guard body.flags.contains(.variable) else { return detach() }
      return Tensor(unrecordedHandleOf: self)
    }
    set {
      if body.flags.contains(.variable) { storeData(newValue) } else { self = newValue.detach() }
    }
  }

  /// Stores `value` in a variable, whatever is recorded.
  package func storeData(_ value: Tensor) {
    if hasFailed || value.hasFailed { return }
    guard body.flags.contains(.variable) else {
      return report(
        TensorError(.value, "data", "this tensor is a constant; declare it with var, or make it with parameter(_:)"))
    }
    // What was changed through the handle itself has arrived already.
    if value.variableIdentity == variableIdentity { return }
    guard value.shape == shape else {
      return report(
        TensorError(
          .shape, "data",
          "a variable of shape \(shape) keeps its shape, and found a value of shape \(value.shape); make a new parameter of it"
        ))
    }
    do throws(TensorError) { try checkStored(value, "data") } catch { return report(error) }
    variable.replace(with: value)
  }

  /// Throws where this is a variable whose elements take part in what is being recorded.
  func checkChangeable(_ operation: String) throws(TensorError) {
    guard body.flags.contains(.variable), Context.isGradientEnabled, requiresGrad else { return }
    throw TensorError(
      .autograd, operation,
      "a variable that requires a gradient cannot be changed in place while gradients are recorded; "
        + "use noGrad { } around the update")
  }

  /// Stores `value` (broadcast and converted) in this tensor, as PyTorch's `copy_`: in a variable all its copies see it. One
  /// that requires a gradient can be changed inside of ``noGrad(_:)`` only.
  public mutating func assign(_ value: Tensor) {
    if let failed = failed ?? value.failed {
      self = failed
      return
    }
    guard broadcastShapes(shape, value.shape) == shape else {
      report(TensorError(.shape, "assign", "cannot store a tensor of shape \(value.shape) in one of shape \(shape)"))
      return
    }
    guard fitsMemory("assign") else { return }
    do throws(TensorError) {
      try checkChangeable("assign")
      try checkStored(value, "assign")
    } catch { return report(error) }
    if body.flags.contains(.variable) {
      variable.replace(with: value)
    } else if Context.isGradientEnabled && (requiresGrad || value.requiresGrad) {
      self = value.expand(shape).to(dtype)
    } else {
      let value = value.resolved.to(device).expand(shape).to(dtype)
      self = value.body.flags.contains(.marked) ? value.contiguous() : value.contiguousCopy()
    }
  }
}

extension Variable {
  /// Stores a copy of `value`, broadcast and converted to the type of the variable.
  func replace(with value: Tensor) {
    if value.hasFailed { return }
    if let given = substitute {
      var new = noGrad { value.detach().placed(with: given).expand(type.shape).to(type.dtype).contiguous() }
      // As a variable that is written to stays what gradients are for, so does what stands in its place.
      if given.dtype.isInexact, given.requiresGrad || given.hasTangent {
        let step = noGrad { new - given.detach() }
        new = enableGrad { given + step }
      }
      Context.current?.substitutes?.store(new, in: self)
      return
    }
    if value.isOneOfSamples {
      report(
        TensorError(
          .value, "vmap",
          "a variable of shape \(type.shape) cannot take a value that differs from sample to sample; "
            + "normalise without running statistics, and return what is to be kept"))
      return
    }
    if !Context.isPlain, let tracer = Context.tracer {
      if tracer.refuses("a store in a variable") { return }
      let copy = noGrad { value.detach().to(device).expand(type.shape).to(type.dtype).contiguous() }
      state.withLock { $0.value = TensorBody(sharing: copy.body, marked: false) }
      tracer.store(copy, in: self)
      return
    }
    let copy = noGrad { value.detach().to(device).expand(type.shape).to(type.dtype).contiguousCopy() }
    state.withLock { $0.value = copy.body }
  }

  /// Who computes with its elements; nil: the host.
  var engine: (any DeviceEngine)? { state.withLock { $0.value }.engine }
  /// Where its elements lie.
  var device: Device { engine?.device ?? .cpu }

  /// Moves its elements, and the gradient that it has collected, to `device`.
  func move(to device: Device) {
    if self.device == device { return }
    noGrad {
      let value = Tensor(snapshot()).detach().to(device)
      let gradient = storedGradient?.to(device)
      if value.isPoisoned { return }
      state.withLock { state in
        state.value = value.body
        state.gradient = gradient
      }
    }
  }
}
