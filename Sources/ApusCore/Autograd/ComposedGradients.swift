// Second derivatives of fused primitives.

/// The gradients of a function that is given in tensor operations: how a fused primitive differentiates its own gradient
/// rule. `needs` tells which inputs' gradients are wanted. The gradients depend on the others, too: where they are recorded, they
/// stay connected to them.
package func composedGradients(
  _ inputs: [Tensor], needs: [Bool], cotangents: [Tensor?], _ function: ([Tensor]) -> [Tensor]
) -> [Tensor?] {
  let isRecording = Context.isGradientEnabled
  let leaves = zip(inputs, needs).map { input, needed in
    guard needed else { return isRecording ? input : input.detach() }
    return isRecording && input.requiresGrad ? alias(input) : Tensor(input, requiresGrad: true)
  }
  let outputs = enableGrad { function(leaves) }
  let wanted = leaves.indices.filter { needs[$0] }
  let used = outputs.indices.filter { cotangents[$0] != nil && outputs[$0].requiresGrad }
  var result = [Tensor?](repeating: nil, count: inputs.count)
  if used.isEmpty || wanted.isEmpty { return result }
  let found = gradients(
    of: used.map { outputs[$0] }, wrt: wanted.map { leaves[$0] }, cotangents: used.map { cotangents[$0] },
    createGraph: isRecording, allowUnused: true)
  for (i, gradient) in zip(wanted, found) { result[i] = gradient }
  return result
}

/// The gradient rule of an operation that is given in tensor operations: ``composedGradients(_:needs:cotangents:_:)`` of its
/// inputs.
package func composedGradients(
  _ node: Recorded, cotangents: [Tensor?], _ function: ([Tensor]) -> [Tensor]
) -> [Tensor?] {
  let inputs = (0..<node.inputCount).map { node.input($0) }
  let needs = inputs.indices.map { node.needs($0) && inputs[$0].dtype.isInexact }
  return composedGradients(inputs, needs: needs, cotangents: cotangents, function)
}
