import CKernels

/// The primitive of every pointwise operation: a formula and the numbers given at the call.
package struct Pointwise: Primitive {
  package let formula: Formula
  package let scalars: [Scalar]

  package init(formula: Formula, scalars: [Scalar]) {
    self.formula = formula
    self.scalars = scalars
  }

  package var identity: AnyHashable? { Identity(formula: ObjectIdentifier(formula), scalars: scalars) }
  private struct Identity: Hashable {
    var formula: ObjectIdentifier
    var scalars: [Scalar]
  }

  package var name: String { formula.name }
  package var takesCustomElements: Bool { true }
  package var saves: Saves { formula.saves }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    // Most often all types are the same float type, and so is the result.
    if let first = inputs.first, first.dtype == .float32, formula.typing.keepsFloats, !hasComplexScalar,
      inputs.allSatisfy({ $0 == first })
    {
      return formula.outputs.count == 1 ? [first] : formula.outputs.map { _ in first }
    }
    let shape = try broadcastShapes(inputs.map(\.shape), name)
    let dtypes = try resultDTypes(inputs)
    return formula.outputs.map { _ in TensorType(shape, dtypes.result) }
  }

  /// The type to compute in, as PyTorch promotes, and the type of the results.
  func resultDTypes(_ inputs: [TensorType]) throws(TensorError) -> (compute: DType, result: DType) {
    let promoted = resultType(inputs, scalars: scalars)
    if promoted.isCustom, hasComplexScalar {
      throw TensorError(.dtype, name, "cannot combine \(promoted) tensors and complex numbers")
    }
    switch formula.typing {
    case .arithmetic: return (promoted, promoted)
    case .numeric:
      if promoted == .bool {
        throw TensorError(
          .dtype, name, "is not defined for bool tensors; use logicalNot, ^ or a conversion with .to(.int64)")
      }
      return (promoted, promoted)
    case .floating:
      let type = promoted.isInexact ? promoted : .default
      return (type, type)
    case .predicate: return (promoted, .bool)
    case .integral:
      if promoted.isInexact {
        throw TensorError(
          .dtype, name, "needs integer or bool tensors, and found \(promoted); convert with .to(.int64) first")
      }
      return (promoted, promoted)
    case .fixed(let type): return (promoted, type)
    case .real: return (promoted, promoted.realType)
    case .complex:
      guard let type = promoted.complexType else {
        throw TensorError(.dtype, name, "there are no complex numbers of \(promoted) parts; convert with .to(.float32)")
      }
      return (type, type)
    }
  }

  /// The type that it is computed in for operands of these types.
  package func computeType(of inputs: [TensorType]) throws(TensorError) -> DType { try resultDTypes(inputs).compute }

  /// The type that it is computed in, for engines.
  package func computeType(_ inputs: [Tensor]) throws(TensorError) -> DType {
    try resultDTypes(inputs.map(\.type)).compute
  }

  private var hasComplexScalar: Bool { !scalars.isEmpty && scalars.contains(where: \.isComplex) }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .kept(inputs, type.shape) }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    if isSmall(formula, inputs), !hasComplexScalar {
      return formula.programs.f32.runSmall(inputs, results, scalars, count: results[0].count)
    }
    try evaluate(inputs, into: results, compute: resultDTypes(inputs.map(\.type)).compute)
  }

  /// Computes in the type `compute`.
  func evaluate(_ inputs: [Tensor], into results: [Tensor], compute: DType) throws(TensorError) {
    let first = results[0].body
    let iteration = Iteration(shape: first.shape, resultStrides: first.strides, inputs: inputs.map(\.body))
    if formula.joinsParts, areDense(iteration.operands, first.dtype.realType) {
      let (a, b, size) = (iteration.operands[0].data, iteration.operands[1].data, first.dtype.realType.size)
      return parallelFor(first.count, grain: parallelGrain) { range in
        let start = range.lowerBound * size
        ck_interleave(first.data + 2 * start, a + start, b + start, range.count, Int32(size))
      }
    }
    if compute == .bool, let logic = formula.logic, first.dtype == .bool, areDense(iteration.operands, .bool) {
      let (a, b) = (iteration.operands[0].data, iteration.operands[1].data)
      return parallelFor(first.count, grain: parallelGrain * 4) { range in
        let out = first.data.assumingMemoryBound(to: UInt8.self) + range.lowerBound
        func flags(_ data: UnsafeRawPointer) -> UnsafePointer<UInt8> {
          data.assumingMemoryBound(to: UInt8.self) + range.lowerBound
        }
        ck_logic_u8(out, flags(a), flags(b), logic, range.count)
      }
    }
    try run(iteration, results.map { (data: $0.body.data, dtype: $0.body.dtype) }, compute: compute)
  }

  private func areDense(_ operands: [Operand], _ dtype: DType) -> Bool {
    operands.allSatisfy { operand in
      if case .dense = operand.access { operand.dtype == dtype } else { false }
    }
  }

  /// Runs the formula in the type `compute`; result k goes to `results[k]`, dense in iteration order.
  func run(
    _ iteration: Iteration, _ results: [(data: UnsafeMutableRawPointer, dtype: DType)], compute: DType
  ) throws(TensorError) {
    if compute.isCustom { return try runCustom(iteration, results, compute: compute) }
    try compute.perform(Task(pointwise: self, iteration: iteration, results: results, compute: compute))
  }

  private struct Task: ElementTask {
    let pointwise: Pointwise
    let iteration: Iteration
    let results: [(data: UnsafeMutableRawPointer, dtype: DType)]
    let compute: DType
    func run<T: ComputeElement>(_: T.Type) throws(TensorError) {
      let program = T.program(of: pointwise.formula)
      // Functions that integers do not have are those of their float64 values.
      if program.missing != nil, !compute.isInexact {
        try pointwise.go(Double.program(of: pointwise.formula), iteration, results, compute)
      } else {
        try pointwise.go(program, iteration, results, compute)
      }
    }
  }

  private func go<T: ComputeElement>(
    _ program: Program<T>, _ iteration: Iteration, _ results: [(data: UnsafeMutableRawPointer, dtype: DType)],
    _ compute: DType
  ) throws(TensorError) {
    if let missing = program.missing {
      throw TensorError(.dtype, name, "cannot compute \(missing) on \(compute) tensors")
    }
    ApusCore.run(program, iteration, scalars: scalars, results: results)
  }

  package func jvp(
    _ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]
  ) throws(TensorError) -> [Tensor?] {
    var mask: UInt64 = 0
    for (i, tangent) in tangents.enumerated() where tangent != nil { mask |= 1 << UInt64(i) }
    guard outputs[0].dtype.isInexact else { return outputs.map { _ in nil } }
    if mask & formula.withoutGradient != 0 {
      throw TensorError(
        .autograd, name, "there is no derivative for input \((mask & formula.withoutGradient).trailingZeroBitCount)")
    }
    let isComplex = (inputs + outputs).contains { $0.dtype.isComplex }
    func tangent(_ formula: Formula, _ mask: UInt64) -> Formula? {
      isComplex ? formula.complexForward(mask: mask) : formula.forward(mask: mask)
    }
    guard formula.outputs.count > 1 else {
      return [
        tangent(formula, mask).map {
          pointwise($0, inputs + tangents.compactMap { $0 }, scalars).to(outputs[0].dtype)
        }
      ]
    }
    return zip(formula.parts, outputs).map { part, output in
      let moving = part.inputs.compactMap { tangents[$0] }
      let mask = part.inputs.enumerated().reduce(UInt64(0)) {
        tangents[$1.element] == nil ? $0 : $0 | 1 << UInt64($1.offset)
      }
      return tangent(part.formula, mask).map {
        pointwise($0, part.inputs.map { inputs[$0] } + moving, scalars).to(output.dtype)
      }
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, alignedSamples(inputs, isBatched))
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let cotangent = single(node, cotangents)
    var mask: UInt64 = 0
    for i in 0..<node.inputCount where node.needs(i) { mask |= 1 << UInt64(i) }
    if mask & formula.withoutGradient != 0 {
      throw TensorError(
        .autograd, name, "there is no derivative for input \((mask & formula.withoutGradient).trailingZeroBitCount)")
    }
    let isComplex = cotangent.dtype.isComplex || (0..<node.inputCount).contains { node.inputType($0).dtype.isComplex }
    let backward = formula.backward(mask: mask, isComplex: isComplex)
    var made: [Tensor] = []
    if let formula = backward.formula {
      let isRecorded = Context.isGradientEnabled
      let sources = backward.sources.map { source in
        switch source {
        case .input(let i): node.input(i)
        case .output: node.output(0)
        case .cotangent: cotangent
        }
      }
      if formula.outputs.count == 1 {
        made = [pointwise(formula, sources, scalars)]
      } else if !isRecorded, let small = evaluateSmall(formula, sources, scalars) {
        made = small
      } else {
        made = pointwiseMany(formula, sources, scalars)
      }
    }
    return backward.results.enumerated().map { i, result in
      guard node.needs(i) else { return nil }
      let type = node.inputType(i)
      switch result {
      case .zero: return Tensor.zeros(type.shape, dtype: type.dtype)
      case .cotangent: return cotangent.sum(toShape: type.shape).to(type.dtype)
      case .output(let k): return made[k].sum(toShape: type.shape).to(type.dtype)
      }
    }
  }
}

/// A formula with several results of one shape. Recorded as one operation per result when gradients are recorded.
func pointwiseMany(_ formula: Formula, _ inputs: [Tensor], _ scalars: [Scalar] = []) -> [Tensor] {
  let primitive = Pointwise(formula: formula, scalars: scalars)
  if Context.isGradientEnabled && inputs.contains(where: \.requiresGrad) {
    return formula.parts.map { part in pointwise(part.formula, part.inputs.map { inputs[$0] }, scalars) }
  }
  return results(apply(primitive, inputs), formula.outputs.count)
}

/// A formula with one result, through the door; small float32 tensors take a shorter way through it.
package func pointwise(_ formula: Formula, _ inputs: [Tensor], _ scalars: [Scalar] = []) -> Tensor {
  var flags: TensorFlags = []
  for input in inputs { flags.formUnion(input.body.flags) }
  let primitive = Pointwise(formula: formula, scalars: scalars)
  if flags.contains(.poisoned), let failed = poisoned(among: inputs) { return failed }
  var inputs = inputs
  if flags.contains(.variable) {
    // A variable may have been switched to ask for no gradient.
    inputs = inputs.map(\.resolved)
    flags = inputs.reduce(into: []) { $0.formUnion($1.body.flags) }
  }
  let start = Profiling.begin()
  guard flags.isDisjoint(with: .interpreted), let result = evaluateSmallOne(formula, inputs, scalars) else {
    return apply(primitive, inputs)[0]
  }
  if flags.contains(.requiresGrad) && Context.isGradientEnabled { record(primitive, SmallArray(inputs), result) }
  if start != 0 { log(formula, start, result, inputs) }
  return result
}

/// A formula of one tensor. Contiguous float32 tensors that nothing watches take the short path to their micro-kernel.
@inline(__always)
package func pointwise(_ formula: Formula, _ a: consuming Tensor) -> Tensor {
  if a.body.flags.isEmpty, a.body.dtype == .float32, a.body.isContiguous, a.body.count < Profiling.shortLimit,
    let kernel = formula.directUnary
  {
    let result = TensorBody(like: a.body, dtype: .float32)
    kernel(result.data, a.body.data, a.body.count)
    return Tensor(result)
  }
  return pointwiseLarge(formula, a, [])
}

/// A formula of two tensors, with the same short path.
@inline(__always)
package func pointwise(_ formula: Formula, _ a: consuming Tensor, _ b: consuming Tensor) -> Tensor {
  if a.body.flags.isEmpty, b.body.flags.isEmpty, a.body.dtype == .float32, b.body.dtype == .float32,
    a.body.isContiguous, b.body.isContiguous, a.body.count < Profiling.shortLimit, a.body.shape == b.body.shape,
    let kernel = formula.directBinary
  {
    let result = TensorBody(like: a.body, dtype: .float32)
    kernel(result.data, a.body.data, b.body.data, a.body.count)
    return Tensor(result)
  }
  return pointwiseWatched(formula, a, b)
}

/// Two operands of which one is a variable or recorded: the same kernel, then a node of the graph.
@inline(never)
private func pointwiseWatched(_ formula: Formula, _ a: consuming Tensor, _ b: consuming Tensor) -> Tensor {
  let start = Profiling.begin()
  if let failed = a.failed ?? b.failed { return failed }
  if a.body.count >= parallelGrain, storeInOperand(&a, formula, [b.resolved], []) { return a }
  if b.body.count >= parallelGrain, storeInOperand(&b, formula, [a.resolved], [], isSecond: true) { return b }
  let (x, y) = (a.resolved, b.resolved)
  let flags = x.body.flags.union(y.body.flags)
  guard flags.isDisjoint(with: .interpreted), let kernel = formula.directBinary, x.body.dtype == .float32,
    y.body.dtype == .float32, x.body.isContiguous, y.body.isContiguous, x.body.count < Profiling.shortLimit,
    x.body.shape == y.body.shape
  else { return pointwise(formula, [x, y]) }
  let result = Tensor(TensorBody(like: x.body, dtype: .float32))
  kernel(result.body.data, x.body.data, y.body.data, x.body.count)
  if flags.contains(.requiresGrad) && Context.isGradientEnabled {
    record(Pointwise(formula: formula, scalars: []), SmallArray(x, y), result)
  }
  if start != 0 { log(formula, start, result, [x, y]) }
  return result
}

/// A formula of a tensor and a number, with the same short path.
@inline(__always)
package func pointwise(_ formula: Formula, _ a: consuming Tensor, scalar: Scalar) -> Tensor {
  if a.body.flags.isEmpty, a.body.dtype == .float32, a.body.isContiguous, a.body.count < Profiling.shortLimit,
    let kernel = formula.directScalar, !scalar.isComplex
  {
    let result = TensorBody(like: a.body, dtype: .float32)
    var s = Float(scalar.double)
    kernel(result.data, a.body.data, &s, a.body.count)
    return Tensor(result)
  }
  return pointwiseLarge(formula, a, [scalar])
}

@inline(never)
func pointwiseLarge(_ formula: Formula, _ a: consuming Tensor, _ scalars: [Scalar]) -> Tensor {
  if Profiling.isOn, let result = pointwiseLogged(formula, a, scalars) { return result }
  if a.body.count >= parallelGrain, storeInOperand(&a, formula, [], scalars) { return a }
  return pointwise(formula, [a], scalars)
}

/// The short paths of one tensor while events are logged; nil where they are not for it.
@inline(never)
private func pointwiseLogged(_ formula: Formula, _ a: Tensor, _ scalars: [Scalar]) -> Tensor? {
  guard a.body.flags.isEmpty, a.body.dtype == .float32, a.body.isContiguous, a.body.count < parallelGrain,
    !ResultChecks.areOn
  else { return nil }
  let start = Profiling.begin()
  let result: TensorBody
  if let kernel = formula.directUnary, scalars.isEmpty {
    result = TensorBody(like: a.body, dtype: .float32)
    kernel(result.data, a.body.data, a.body.count)
  } else if let kernel = formula.directScalar, let scalar = scalars.first, !scalar.isComplex {
    result = TensorBody(like: a.body, dtype: .float32)
    var s = Float(scalar.double)
    kernel(result.data, a.body.data, &s, a.body.count)
  } else {
    return nil
  }
  if start != 0 { log(formula, start, Tensor(result), [a]) }
  return Tensor(result)
}

/// Logs a formula that has been computed since `start` past the door.
@inline(never)
func log(_ formula: Formula, _ start: UInt64, _ result: Tensor, _ inputs: @autoclosure () -> [Tensor]) {
  Profiling.end(start, formula.name, number: Int(result.body.record?.sequence ?? 0), inputs: inputs())
}

/// Computes a formula into the memory of `a`, an operand that ends with this operation: no memory is touched but that
/// of the operands. False, with nothing done, where somebody else holds `a` or the result is of another kind.
private func storeInOperand(
  _ a: inout Tensor, _ formula: Formula, _ others: [Tensor], _ scalars: [Scalar], isSecond: Bool = false
) -> Bool {
  guard a.body.flags.isEmpty, a.body.dtype == .float32, a.body.isContiguous, formula.outputs.count == 1,
    TensorBody.isUnique(&a.body), a.body.storage.owner == nil, !ResultChecks.areOn
  else { return false }
  let program = formula.programs.f32
  guard formula.typing.keepsFloats, program.missing == nil, !scalars.contains(where: \.isComplex) else {
    return false
  }
  for other in others {
    let body = other.body
    guard body.dtype == .float32, broadcastShapes(a.body.shape, body.shape) == a.body.shape,
      !(body.flags.contains(.requiresGrad) && Context.isGradientEnabled),
      body.flags.isDisjoint(with: [.poisoned, .marked, .device])
    else { return false }
  }
  let bodies = others.map(\.body)
  let iteration = Iteration(shape: a.body.shape, inputs: isSecond ? bodies + [a.body] : [a.body] + bodies)
  guard iteration.resultStrides == a.body.strides else { return false }
  let start = Profiling.begin()
  withExtendedLifetime(others) {
    run(program, iteration, scalars: scalars, results: [(data: a.body.data, dtype: .float32)])
  }
  if start != 0 { log(formula, start, a, [a] + others) }
  return true
}

/// The short path of small float32 tensors of one shape for any formula: no iteration to set up, registers on the
/// stack. Nil if the inputs are not of that kind.
private func evaluateSmall(_ formula: Formula, _ inputs: [Tensor], _ scalars: [Scalar]) -> [Tensor]? {
  guard isSmall(formula, inputs), !scalars.contains(where: \.isComplex) else { return nil }
  let first = inputs[0].body
  let outputs = formula.outputs.map { _ in Tensor(TensorBody(like: first, dtype: .float32)) }
  formula.programs.f32.runSmall(inputs, outputs, scalars, count: first.count)
  return outputs
}

/// ``evaluateSmall(_:_:_:)`` for a formula with one result.
@inline(__always)
private func evaluateSmallOne(_ formula: Formula, _ inputs: [Tensor], _ scalars: [Scalar]) -> Tensor? {
  guard isSmall(formula, inputs), !scalars.contains(where: \.isComplex) else { return nil }
  let program = formula.programs.f32
  let first = inputs[0].body
  let result = Tensor(TensorBody(like: first, dtype: .float32))
  if let kernel = formula.directBinary {
    kernel(result.body.data, first.data, inputs[1].body.data, first.count)
  } else if let kernel = formula.directUnary {
    kernel(result.body.data, first.data, first.count)
  } else {
    program.runSmall(inputs, [result], scalars, count: first.count)
  }
  return result
}

private func isSmall(_ formula: Formula, _ inputs: [Tensor]) -> Bool {
  guard formula.typing.keepsFloats, formula.programs.f32.missing == nil, let first = inputs.first?.body,
    first.count <= smallLimit, !ResultChecks.areOn
  else {
    return false
  }
  for input in inputs {
    let body = input.body
    guard body.dtype == .float32, body.isContiguous, body.shape == first.shape,
      body.flags.isDisjoint(with: .interpreted)
    else {
      return false
    }
  }
  return true
}

/// `a + b` into the memory of `a` if nobody else holds it and types agree; a new tensor otherwise.
func sumInPlace(_ a: consuming Tensor, _ b: Tensor) -> Tensor {
  var a = a
  a += b
  return a
}
