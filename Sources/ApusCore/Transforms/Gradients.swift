// Functions that give the gradients of functions, by the backward pass.

/// A function of tensors that was run with its operations recorded: what can go backward through it.
struct Pullback {
  let outputs: [Tensor]
  private let leaves: [Tensor]
  private let inputs: [Tensor]
  /// Whether gradients are differentiated again by somebody around.
  let isWatched: Bool

  /// Runs `function` on leaves in place of `inputs`.
  init(_ inputs: [Tensor], _ operation: String, _ function: ([Tensor]) -> [Tensor]) {
    self.inputs = inputs
    let isRecording = isGradEnabled
    let isNested = isRecording && inputs.contains(where: \.isWatched)
    let leaves = inputs.map { x in
      if x.isPoisoned || !x.dtype.isInexact { return x }
      return isNested && x.requiresGrad ? enableGrad { alias(x) } : Tensor(x, requiresGrad: true)
    }
    self.leaves = leaves
    outputs = enableGrad { function(leaves) }
    isWatched = isNested || (isRecording && outputs.contains { readsOthers($0, besides: leaves) })
  }

  /// A result as the caller gets it: without the graph, unless somebody around differentiates again.
  func seen(_ output: Tensor) -> Tensor {
    isWatched || output.isPoisoned ? output : Tensor(TensorBody(sharing: output.resolved.body))
  }

  /// The gradient of each input; zeros where no result depends on it.
  func callAsFunction(_ cotangents: [Tensor?], retainGraph: Bool = true) -> [Tensor] {
    var roots: [(output: Tensor, cotangent: Tensor)] = []
    for (output, cotangent) in zip(outputs, cotangents) {
      if let cotangent, output.requiresGrad { roots.append((output, cotangent)) }
    }
    let wanted = leaves.indices.filter { leaves[$0].requiresGrad }
    let createGraph = isGradEnabled && (isWatched || roots.contains { $0.cotangent.isWatched })
    let found =
      roots.isEmpty
      ? wanted.map { _ in nil }
      : gradients(
        of: roots.map(\.output), wrt: wanted.map { leaves[$0] }, cotangents: roots.map(\.cotangent),
        retainGraph: retainGraph, createGraph: createGraph, allowUnused: true)
    var result = inputs.map { $0.isPoisoned ? $0 : zerosLike($0) }
    for (place, gradient) in zip(wanted, found) {
      if let gradient { result[place] = gradient }
    }
    return result
  }
}

/// Whether the gradient of `output` depends on anything recorded but `own`.
private func readsOthers(_ output: Tensor, besides own: [Tensor]) -> Bool {
  guard let root = output.body.record else { return false }
  var seen = Set(own.compactMap { $0.body.record.map { ObjectIdentifier($0) } })
  var stack = [root]
  while let record = stack.popLast() {
    guard seen.insert(ObjectIdentifier(record)).inserted else { continue }
    guard record.sequence != 0 else { return true }
    let node = unsafeDowncast(record, to: Node.self)
    // What the rule reads may be seen through a transformation around which it is recorded.
    let saved = node.saved.withLock { $0.inputs }
    for i in 0..<saved.count {
      if let mark = saved[i].body.mark, mark.parts.contains(where: \.isWatched) { return true }
    }
    for i in 0..<node.edges.count {
      if let next = node.edges[i].record { stack.append(next) }
    }
  }
  return false
}

/// Value, gradients and what else `function` gives, at `inputs`.
func differentiated<Extra>(
  _ inputs: [Tensor], _ operation: String, _ function: ([Tensor]) -> (Tensor, Extra)
) -> (value: Tensor, extra: Extra, gradients: [Tensor]) {
  var extra: Extra?
  let pullback = Pullback(inputs, operation) { leaves in
    let (value, more) = function(leaves)
    extra = more
    return [value]
  }
  let value = pullback.outputs[0]
  var gradients: [Tensor]
  if let failed = (poisoned(among: inputs) ?? value.failed) {
    gradients = inputs.map { _ in failed }
  } else if value.count != 1 || value.dtype.isComplex {
    let failed = fail(
      TensorError(
        .shape, operation,
        "the function gives \(value.type), and a gradient is that of one real number: reduce it (sum, mean), or take vjp or "
          + "jacrev"))
    gradients = inputs.map { _ in failed }
  } else {
    for (i, input) in inputs.enumerated() where !input.dtype.isInexact {
      let failed = fail(
        TensorError(.dtype, operation, "tensor \(i) of the arguments is \(input.dtype), which has no gradient"))
      return (value, extra.unsafelyUnwrapped, inputs.map { _ in failed })
    }
    gradients = pullback([onesLike(value)], retainGraph: pullback.isWatched)
  }
  var seen = extra.unsafelyUnwrapped
  if let tree = seen as? any TensorTree, let detached = tree.mapTensors(pullback.seen) as? Extra { seen = detached }
  return (pullback.seen(value), seen, gradients)
}

/// The function that gives the derivative of a scalar-valued `function` of one tensor.
///
///     let derivative = grad { x in (x * x * x).sum() }
///     derivative(Tensor(2.0))  // tensor(12.)
public func grad(_ function: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
  { x in differentiated([x], "grad") { (function($0[0]), ()) }.gradients[0] }
}

/// The function that gives the value and the derivative of a scalar-valued `function` of one tensor. Inside another
/// `grad` the result can be differentiated again.
public func valueAndGrad(
  _ function: @escaping (Tensor) -> Tensor
) -> (Tensor) -> (value: Tensor, gradient: Tensor) {
  { x in
    let result = differentiated([x], "valueAndGrad") { (function($0[0]), ()) }
    return (result.value, result.gradients[0])
  }
}

/// The function that gives the value of a scalar-valued `function` of several tensors and its gradient for each.
public func valueAndGrad(
  _ function: @escaping ([Tensor]) -> Tensor
) -> ([Tensor]) -> (value: Tensor, gradients: [Tensor]) {
  { xs in
    let result = differentiated(xs, "valueAndGrad") { (function($0), ()) }
    return (result.value, result.gradients)
  }
}
