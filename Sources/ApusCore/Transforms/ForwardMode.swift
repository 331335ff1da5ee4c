// Forward-mode differentiation: tensors that carry their derivative along a direction.

/// A tensor with its derivative along the direction of one call of ``jvp(_:primals:tangents:)``.
private final class Tangent: TensorMark, @unchecked Sendable {
  /// The tensor itself, as transformations around this one see it.
  let primal: Tensor
  let tangent: Tensor

  init(level: UInt64, primal: Tensor, tangent: Tensor) {
    self.primal = primal
    self.tangent = tangent
    super.init(level: level)
  }

  override func evaluate(
    _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType]
  ) throws(TensorError) -> [Tensor] {
    let parts = inputs.map { Self.parts($0, level) }
    let primals = parts.map(\.primal)
    let outputs = apply(primitive, primals)
    guard outputs.count == types.count, !outputs.contains(where: \.hasFailed) else { return outputs }
    // The rules of derivatives are those of calculus, which need not be those of a registered type.
    for output in outputs where parts.contains(where: { $0.tangent != nil }) {
      try ElementCapability.calculus.require(of: output.dtype, primitive.name)
    }
    let tangents = try primitive.jvp(primals, outputs: outputs, tangents: parts.map(\.tangent))
    return zip(outputs, tangents).map { output, tangent in
      guard let tangent, output.dtype.isInexact else { return output }
      return Self.dual(output, tangent, level)
    }
  }

  override func call(_ rule: FunctionRule, _ inputs: [Tensor]) throws(TensorError) -> FunctionRule.Run {
    let parts = inputs.map { Self.parts($0, level) }
    let primals = parts.map(\.primal)
    var run = try rule.run(primals)
    if run.outputs.contains(where: \.isPoisoned) { return run }
    let tangents = try rule.tangents(run, primals, parts.map(\.tangent))
    run.outputs = zip(run.outputs, tangents).map { output, tangent in
      tangent.map { Self.dual(output, $0, level) } ?? Tensor(TensorBody(sharing: output.body))
    }
    return run
  }

  override var parts: [Tensor] { [primal, tangent] }

  // Reading the elements of the tensor itself is right: the derivative of a number of the host is nothing.

  /// `primal` with `tangent` at a level.
  static func dual(_ primal: Tensor, _ tangent: Tensor, _ level: UInt64) -> Tensor {
    let body = TensorBody(sharing: primal.resolved.body, marked: false)
    body.setMark(Tangent(level: level, primal: primal, tangent: tangent))
    return Tensor(body)
  }

  /// What `tensor` is at a level: itself and no derivative, if it does not depend on the direction.
  static func parts(_ tensor: Tensor, _ level: UInt64) -> (primal: Tensor, tangent: Tensor?) {
    guard let mark = tensor.resolved.body.mark as? Tangent, mark.level == level else { return (tensor, nil) }
    return (mark.primal, mark.tangent)
  }
}

extension Tensor {
  /// Whether it carries a derivative of forward mode, seen through other transformations too.
  var hasTangent: Bool {
    guard let mark = resolved.body.mark else { return false }
    return mark is Tangent || mark.parts.contains(where: \.hasTangent)
  }

  /// The same tensor as a constant of forward mode.
  var withoutTangent: Tensor {
    guard let mark = body.mark as? Tangent else { return self }
    return mark.primal.detach()
  }
}

/// The value of `function` and its derivative along a direction, in one pass forward: PyTorch's `torch.func.jvp`.
///
///     let (y, dy) = jvp({ x in x.sin() }, primals: x, tangents: direction)  // dy = cos(x) * direction
///
/// Derivatives nest: `function` may use ``grad(_:)``, ``vmap(inDims:outDim:_:)`` or `jvp` itself.
///
/// - Parameters:
///   - primals: the arguments.
///   - tangents: the direction, trees of the same form with tensors of the same shapes.
/// - Returns: the value, and its derivative: zeros where it does not depend on the arguments.
public func jvp<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, primals: repeat each Argument, tangents: repeat each Argument
) -> (value: Output, tangent: Output) {
  let level = TensorMark.nextLevel()
  var directions: [Tensor] = []
  func collect<T: TensorTree>(_ tree: T) {
    _ = tree.mapTensors {
      directions.append($0)
      return $0
    }
  }
  repeat collect(each tangents)
  var next = 0
  func attach<T: TensorTree>(_ tree: T) -> T {
    tree.mapTensors { primal in
      guard next < directions.count else {
        return fail(TensorError(.value, "jvp", "there are fewer tangents than primals: \(directions.count)"))
      }
      let tangent = directions[next]
      defer { next += 1 }
      if let failed = primal.failed ?? tangent.failed { return failed }
      guard tangent.shape == primal.shape, tangent.dtype == primal.dtype else {
        return fail(
          TensorError(
            .shape, "jvp",
            "tangent \(next) is \(tangent.type), and must have the shape and type of its primal, \(primal.type)"))
      }
      return Tangent.dual(primal, tangent, level)
    }
  }
  let output = function(repeat attach(each primals))
  let value = output.mapTensors { Tangent.parts($0, level).primal }
  let tangent = output.mapTensors { result in
    let parts = Tangent.parts(result, level)
    return parts.tangent ?? zerosLike(parts.primal)
  }
  return (value, tangent)
}

/// The directional derivatives of an operation by transposing its gradient rule: the rule is linear in the cotangents, so
/// its own gradient for them along the tangents is the derivative.
func transposedGradient(
  _ primitive: any Primitive, _ inputs: [Tensor], _ outputs: [Tensor], _ tangents: [Tensor?],
  saving: SmallArray<Tensor> = SmallArray()
) throws(TensorError) -> [Tensor?] {
  var required: UInt64 = 0
  for (i, tangent) in tangents.enumerated() where tangent != nil { required |= i < 64 ? 1 << UInt64(i) : ~0 }
  let isRecording = Context.isGradientEnabled
  let wanted = outputs.indices.filter { outputs[$0].dtype.isInexact }
  var result = [Tensor?](repeating: nil, count: outputs.count)
  if wanted.isEmpty || required == 0 { return result }
  let cotangents = wanted.map { Tensor(Tensor.zeros(outputs[$0].shape, dtype: outputs[$0].dtype), requiresGrad: true) }
  var given = [Tensor?](repeating: nil, count: outputs.count)
  for (k, i) in wanted.enumerated() { given[i] = cotangents[k] }
  let allGiven = given
  let rows = try enableGrad { () throws(TensorError) -> [Tensor?] in
    let plain = inputs.map(\.resolved)
    let node = Node(primitive, inputs: SmallArray(plain), outputs: SmallArray(outputs), saving: saving)
    let saved = try node.unpacked(node.saved.withLock { $0 })
    return try primitive.vjp(
      Recorded(node: node, saved: saved, required: required, isCollecting: false, inputCount: inputs.count),
      cotangents: allGiven)
  }
  var roots: [(Tensor, Tensor)] = []
  for (row, tangent) in zip(rows, tangents) {
    if let row, let tangent, row.requiresGrad { roots.append((row, tangent)) }
  }
  if roots.isEmpty { return result }
  let found = gradients(
    of: roots.map(\.0), wrt: cotangents, cotangents: roots.map(\.1), createGraph: isRecording, allowUnused: true)
  for (k, i) in wanted.enumerated() { result[i] = found[k] }
  return result
}

extension Primitive {
  /// The derivative of an operation with one result that is linear in all inputs taken together but the one of `positions`.
  package func linear(_ inputs: [Tensor], _ tangents: [Tensor?], positions: Int) -> [Tensor?] {
    let moved = inputs.indices.map { i in
      i == positions ? inputs[i] : tangents[i] ?? Tensor.zeros(inputs[i].shape, dtype: inputs[i].dtype)
    }
    return [apply(self, moved)[0]]
  }
}

/// The sum of two parts of a derivative, of which the first may be zero (nil).
package func added(_ a: Tensor?, _ b: Tensor) -> Tensor { a.map { $0 + b } ?? b }
