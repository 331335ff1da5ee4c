// Matrices of derivatives of tensor-valued functions, and products with them.

/// The derivatives of every result for every input: for result `k` and input `i` a tensor with the shape of the result followed
/// by that of the input, row by row backward.
private func backwardRows(
  _ inputs: [Tensor], _ operation: String, together: Bool = true, chunkSize: Int? = nil,
  _ function: ([Tensor]) -> [Tensor]
) -> [[Tensor]] {
  let pullback = Pullback(inputs, operation, function)
  if let failed = poisoned(among: inputs + pullback.outputs) {
    return pullback.outputs.map { _ in inputs.map { _ in failed } }
  }
  return pullback.outputs.indices.map { k in
    let output = pullback.outputs[k]
    func row(_ cotangent: Tensor) -> [Tensor] {
      pullback(pullback.outputs.indices.map { $0 == k ? cotangent : nil })
    }
    let rows = basisRows(of: output, together: together, chunkSize: chunkSize, row)
    return zip(inputs, rows ?? []).map { input, rows in rows.reshape(output.shape + input.shape) }
      .orZeros(inputs.map { output.shape + $0.shape }, like: output)
  }
}

/// The derivatives as ``backwardRows(_:_:together:chunkSize:_:)`` has them, column by column forward.
private func forwardColumns(
  _ inputs: [Tensor], chunkSize: Int? = nil, _ function: @escaping ([Tensor]) -> [Tensor]
) -> [[Tensor]] {
  if inputs.isEmpty { return [[]] }
  var result: [[Tensor]] = []
  for (i, input) in inputs.enumerated() {
    if let failed = input.failed { return [inputs.map { _ in failed }] }
    let columns = basisRows(of: input, together: true, chunkSize: chunkSize) { direction in
      let tangents = inputs.indices.map { $0 == i ? direction : zerosLike(inputs[$0]) }
      return jvp(function, primals: inputs, tangents: tangents).tangent
    }
    // Nothing to differentiate for: the results tell the shapes.
    let made = columns ?? function(inputs).map { Tensor.zeros([0] + $0.shape, dtype: $0.dtype) }
    for (k, column) in made.enumerated() {
      if result.count == k { result.append([]) }
      result[k].append(column.movedim(0, -1).reshape(Array(column.shape.dropFirst()) + input.shape))
    }
  }
  return result
}

/// `function` of every tensor that is one at one place and zero elsewhere, in the shape of `tensor`; nil if it has no elements.
private func basisRows(
  of tensor: Tensor, together: Bool, chunkSize: Int?, _ function: @escaping (Tensor) -> [Tensor]
) -> [Tensor]? {
  let count = tensor.count
  if count == 0 { return nil }
  let basis = eye(count, dtype: tensor.dtype).placed(with: tensor).reshape([count] + tensor.shape)
  if !together {
    let rows = (0..<count).map { function(basis[$0]) }
    return rows[0].indices.map { i in stack(rows.map { $0[i] }, dim: 0) }
  }
  let mapped = vmap { (row: Tensor) in function(row) }
  guard let chunkSize, chunkSize > 0, chunkSize < count else { return mapped(basis) }
  let chunks = stride(from: 0, to: count, by: chunkSize).map { mapped(basis.narrow(0, $0, min(chunkSize, count - $0))) }
  return chunks[0].indices.map { i in cat(chunks.map { $0[i] }, dim: 0) }
}

extension [Tensor] {
  /// These tensors, or zeros of `shapes` where there are none.
  fileprivate func orZeros(_ shapes: [[Int]], like tensor: Tensor) -> [Tensor] {
    isEmpty ? shapes.map { Tensor.zeros($0, dtype: tensor.dtype) } : self
  }
}

/// The function that gives the matrix of derivatives of a `function` of one tensor, PyTorch's `torch.func.jacrev`.
public func jacrev(_ function: @escaping (Tensor) -> Tensor, chunkSize: Int? = nil) -> (Tensor) -> Tensor {
  { x in backwardRows([x], "jacrev", chunkSize: chunkSize) { [function($0[0])] }[0][0] }
}

/// The function that gives the matrix of derivatives of a `function` of one argument, computed backward: the shape of the
/// result followed by that of the argument, for each tensor of the argument.
///
/// - Parameters:
///   - argnums: for which argument, the first if not given; another one is of the first one's type.
///   - chunkSize: how many rows are computed at once; all if nil.
@_disfavoredOverload
public func jacrev<A: TensorTree>(
  _ function: @escaping (A) -> Tensor, argnums: Int = 0, chunkSize: Int? = nil
) -> (A) -> A {
  { (a: A) -> A in
    let leaves = Leaves([argnums], a)
    let made = backwardRows(leaves.tensors, "jacrev", chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a))]
    }
    return leaves.part(argnums, of: made[0], like: a, among: a, in: "jacrev")
  }
}

/// The function that gives the matrix of derivatives of a `function` of two arguments, computed backward: the shape of the
/// result followed by that of the argument, for each tensor of the argument.
///
/// - Parameters:
///   - argnums: for which argument, the first if not given; another one is of the first one's type.
///   - chunkSize: how many rows are computed at once; all if nil.
@_disfavoredOverload
public func jacrev<A: TensorTree, B: TensorTree>(
  _ function: @escaping (A, B) -> Tensor, argnums: Int = 0, chunkSize: Int? = nil
) -> (A, B) -> A {
  { (a: A, b: B) -> A in
    let leaves = Leaves([argnums], a, b)
    let made = backwardRows(leaves.tensors, "jacrev", chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a), handed.take(b))]
    }
    return leaves.part(argnums, of: made[0], like: a, among: a, b, in: "jacrev")
  }
}

/// ``jacrev(_:argnums:chunkSize:)-swift.function`` for two of the arguments.
public func jacrev<A: TensorTree, B: TensorTree>(
  _ function: @escaping (A, B) -> Tensor, argnums: (Int, Int), chunkSize: Int? = nil
) -> (A, B) -> (A, B) {
  { (a: A, b: B) -> (A, B) in
    let leaves = Leaves([argnums.0, argnums.1], a, b)
    let made = backwardRows(leaves.tensors, "jacrev", chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a), handed.take(b))]
    }
    return (
      leaves.part(argnums.0, of: made[0], like: a, among: a, b, in: "jacrev"),
      leaves.part(argnums.1, of: made[0], like: b, among: a, b, in: "jacrev")
    )
  }
}

/// The function that gives the matrix of derivatives of a `function` of three arguments, computed backward: the shape of the
/// result followed by that of the argument, for each tensor of the argument.
///
/// - Parameters:
///   - argnums: for which argument, the first if not given; another one is of the first one's type.
///   - chunkSize: how many rows are computed at once; all if nil.
@_disfavoredOverload
public func jacrev<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: Int = 0, chunkSize: Int? = nil
) -> (A, B, C) -> A {
  { (a: A, b: B, c: C) -> A in
    let leaves = Leaves([argnums], a, b, c)
    let made = backwardRows(leaves.tensors, "jacrev", chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a), handed.take(b), handed.take(c))]
    }
    return leaves.part(argnums, of: made[0], like: a, among: a, b, c, in: "jacrev")
  }
}

/// ``jacrev(_:argnums:chunkSize:)-swift.function`` for two of the arguments.
public func jacrev<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: (Int, Int), chunkSize: Int? = nil
) -> (A, B, C) -> (A, B) {
  { (a: A, b: B, c: C) -> (A, B) in
    let leaves = Leaves([argnums.0, argnums.1], a, b, c)
    let made = backwardRows(leaves.tensors, "jacrev", chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a), handed.take(b), handed.take(c))]
    }
    return (
      leaves.part(argnums.0, of: made[0], like: a, among: a, b, c, in: "jacrev"),
      leaves.part(argnums.1, of: made[0], like: b, among: a, b, c, in: "jacrev")
    )
  }
}

/// The function that gives the matrix of derivatives of a `function` of one tensor, PyTorch's `torch.func.jacfwd`.
public func jacfwd(_ function: @escaping (Tensor) -> Tensor, chunkSize: Int? = nil) -> (Tensor) -> Tensor {
  { x in forwardColumns([x], chunkSize: chunkSize) { [function($0[0])] }[0][0] }
}

/// The function that gives the matrix of derivatives of a `function` of one argument, computed forward: the shape of the
/// result followed by that of the argument, for each tensor of the argument.
///
/// - Parameters:
///   - argnums: for which argument, the first if not given; another one is of the first one's type.
///   - chunkSize: how many columns are computed at once; all if nil.
@_disfavoredOverload
public func jacfwd<A: TensorTree>(
  _ function: @escaping (A) -> Tensor, argnums: Int = 0, chunkSize: Int? = nil
) -> (A) -> A {
  { (a: A) -> A in
    let leaves = Leaves([argnums], a)
    let made = forwardColumns(leaves.tensors, chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a))]
    }
    return leaves.part(argnums, of: made[0], like: a, among: a, in: "jacfwd")
  }
}

/// The function that gives the matrix of derivatives of a `function` of two arguments, computed forward: the shape of the
/// result followed by that of the argument, for each tensor of the argument.
///
/// - Parameters:
///   - argnums: for which argument, the first if not given; another one is of the first one's type.
///   - chunkSize: how many columns are computed at once; all if nil.
@_disfavoredOverload
public func jacfwd<A: TensorTree, B: TensorTree>(
  _ function: @escaping (A, B) -> Tensor, argnums: Int = 0, chunkSize: Int? = nil
) -> (A, B) -> A {
  { (a: A, b: B) -> A in
    let leaves = Leaves([argnums], a, b)
    let made = forwardColumns(leaves.tensors, chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a), handed.take(b))]
    }
    return leaves.part(argnums, of: made[0], like: a, among: a, b, in: "jacfwd")
  }
}

/// ``jacfwd(_:argnums:chunkSize:)-swift.function`` for two of the arguments.
public func jacfwd<A: TensorTree, B: TensorTree>(
  _ function: @escaping (A, B) -> Tensor, argnums: (Int, Int), chunkSize: Int? = nil
) -> (A, B) -> (A, B) {
  { (a: A, b: B) -> (A, B) in
    let leaves = Leaves([argnums.0, argnums.1], a, b)
    let made = forwardColumns(leaves.tensors, chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a), handed.take(b))]
    }
    return (
      leaves.part(argnums.0, of: made[0], like: a, among: a, b, in: "jacfwd"),
      leaves.part(argnums.1, of: made[0], like: b, among: a, b, in: "jacfwd")
    )
  }
}

/// The function that gives the matrix of derivatives of a `function` of three arguments, computed forward: the shape of the
/// result followed by that of the argument, for each tensor of the argument.
///
/// - Parameters:
///   - argnums: for which argument, the first if not given; another one is of the first one's type.
///   - chunkSize: how many columns are computed at once; all if nil.
@_disfavoredOverload
public func jacfwd<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: Int = 0, chunkSize: Int? = nil
) -> (A, B, C) -> A {
  { (a: A, b: B, c: C) -> A in
    let leaves = Leaves([argnums], a, b, c)
    let made = forwardColumns(leaves.tensors, chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a), handed.take(b), handed.take(c))]
    }
    return leaves.part(argnums, of: made[0], like: a, among: a, b, c, in: "jacfwd")
  }
}

/// ``jacfwd(_:argnums:chunkSize:)-swift.function`` for two of the arguments.
public func jacfwd<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: (Int, Int), chunkSize: Int? = nil
) -> (A, B, C) -> (A, B) {
  { (a: A, b: B, c: C) -> (A, B) in
    let leaves = Leaves([argnums.0, argnums.1], a, b, c)
    let made = forwardColumns(leaves.tensors, chunkSize: chunkSize) { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      return [function(handed.take(a), handed.take(b), handed.take(c))]
    }
    return (
      leaves.part(argnums.0, of: made[0], like: a, among: a, b, c, in: "jacfwd"),
      leaves.part(argnums.1, of: made[0], like: b, among: a, b, c, in: "jacfwd")
    )
  }
}

/// The function that gives the second derivatives of a scalar-valued `function` of one tensor, PyTorch's `torch.func.hessian`:
/// the shape of the argument twice.
public func hessian(_ function: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor { jacfwd(jacrev(function)) }

/// The second derivatives of a scalar-valued `function` at `x`, PyTorch's `torch.autograd.functional.hessian`.
public func hessian(_ function: @escaping (Tensor) -> Tensor, _ x: Tensor) -> Tensor { hessian(function)(x) }

/// The second derivatives of a scalar-valued `function` of two tensors: for each of them those for it and then each.
public func hessian(
  _ function: @escaping (Tensor, Tensor) -> Tensor, _ inputs: (Tensor, Tensor)
) -> ((Tensor, Tensor), (Tensor, Tensor)) {
  let rows = secondDerivatives([inputs.0, inputs.1]) { function($0[0], $0[1]) }
  return ((rows[0][0], rows[0][1]), (rows[1][0], rows[1][1]))
}

/// The second derivatives of a scalar-valued `function` of named tensors: for each of them those for it and then each.
public func hessian<Key: Comparable & Hashable>(
  _ function: @escaping ([Key: Tensor]) -> Tensor
) -> ([Key: Tensor]) -> [Key: [Key: Tensor]] {
  { tree in
    let keys = tree.keys.sorted()
    let rows = secondDerivatives(tree.leaves) { function(tree.filled($0)) }
    return Dictionary(
      uniqueKeysWithValues: zip(keys, rows).map { ($0, Dictionary(uniqueKeysWithValues: zip(keys, $1))) })
  }
}

private func secondDerivatives(_ inputs: [Tensor], _ function: @escaping ([Tensor]) -> Tensor) -> [[Tensor]] {
  forwardColumns(inputs) { tensors in differentiated(tensors, "hessian") { (function($0), ()) }.gradients }
}

/// The matrix of derivatives of `function` at `inputs`, PyTorch's `torch.autograd.functional.jacobian`: the shape of the result
/// followed by that of each input.
///
///     jacobian({ x in x * x }, x)
///     let (forX, forY) = jacobian({ (x: Tensor, y: Tensor) in x * y }, (x, y))
///
/// - Parameters:
///   - inputs: the argument, or a tuple of them.
///   - vectorize: compute all rows at once by ``vmap(inDims:outDim:_:)`` instead of one after the other.
public func jacobian<each Argument: TensorTree>(
  _ function: (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), vectorize: Bool = false
) -> (repeat each Argument) {
  let leaves = Leaves(nil, repeat each inputs)
  let made = backwardRows(leaves.tensors, "jacobian", together: vectorize) { tensors in
    var handed = leaves
    handed.hand(out: tensors)
    let seen = (repeat handed.take(each inputs))
    return [function(repeat each seen)]
  }
  var results = leaves
  results.hand(out: made[0])
  return (repeat results.take(each inputs))
}

/// ``jacobian(_:_:vectorize:)-swift.function`` of one tensor.
public func jacobian(_ function: (Tensor) -> Tensor, _ x: Tensor, vectorize: Bool = false) -> Tensor {
  backwardRows([x], "jacobian", together: vectorize) { [function($0[0])] }[0][0]
}

/// The matrices of derivatives of a function with two results: for each of them those for each input.
public func jacobian<each Argument: TensorTree>(
  _ function: (repeat each Argument) -> (Tensor, Tensor), _ inputs: (repeat each Argument), vectorize: Bool = false
) -> ((repeat each Argument), (repeat each Argument)) {
  let leaves = Leaves(nil, repeat each inputs)
  let made = backwardRows(leaves.tensors, "jacobian", together: vectorize) { tensors in
    var handed = leaves
    handed.hand(out: tensors)
    let seen = (repeat handed.take(each inputs))
    let (first, second) = function(repeat each seen)
    return [first, second]
  }
  var (first, second) = (leaves, leaves)
  first.hand(out: made[0])
  second.hand(out: made[made.count - 1])
  return ((repeat first.take(each inputs)), (repeat second.take(each inputs)))
}

/// The value of a scalar-valued `function` and the product of its second derivatives with `v`, PyTorch's
/// `torch.autograd.functional.hvp`: a gradient is differentiated forward.
///
/// - Parameters:
///   - inputs: the argument, or a tuple of them.
///   - v: the direction, in the form of the inputs.
public func hvp<each Argument: TensorTree>(
  _ function: (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), _ v: (repeat each Argument)
) -> (value: Tensor, product: (repeat each Argument)) {
  let leaves = Leaves(nil, repeat each inputs)
  let made = jvp(
    { (tensors: [Tensor]) -> [Tensor] in
      let result = differentiated(tensors, "hvp") { tensors in
        var handed = leaves
        handed.hand(out: tensors)
        let seen = (repeat handed.take(each inputs))
        return (function(repeat each seen), ())
      }
      return [result.value] + result.gradients
    }, primals: leaves.tensors, tangents: Leaves(nil, repeat each v).tensors)
  var results = leaves
  results.hand(out: made.tangent.count > leaves.tensors.count ? Array(made.tangent.dropFirst()) : leaves.tensors)
  return (made.value[0], (repeat results.take(each inputs)))
}

/// The value of a scalar-valued `function` and the product of `v` with its second derivatives, PyTorch's
/// `torch.autograd.functional.vhp`: a gradient is differentiated backward.
///
/// - Parameters:
///   - inputs: the argument, or a tuple of them.
///   - v: the direction, in the form of the inputs.
public func vhp<each Argument: TensorTree>(
  _ function: (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), _ v: (repeat each Argument)
) -> (value: Tensor, product: (repeat each Argument)) {
  let leaves = Leaves(nil, repeat each inputs)
  var value: Tensor?
  let pullback = Pullback(leaves.tensors, "vhp") { tensors in
    let result = differentiated(tensors, "vhp") { tensors in
      var handed = leaves
      handed.hand(out: tensors)
      let seen = (repeat handed.take(each inputs))
      return (function(repeat each seen), ())
    }
    value = result.value
    return result.gradients
  }
  var results = leaves
  results.hand(out: pullback(Leaves(nil, repeat each v).tensors, retainGraph: false))
  return (value.map(pullback.seen) ?? Tensor(0.0), (repeat results.take(each inputs)))
}

/// The value of `function` and what takes gradients of its results to gradients of its arguments, PyTorch's `torch.func.vjp`.
///
///     let (y, pull) = vjp({ x in x.sin() }, x)
///     let gradient = pull(onesLike(y))  // cos(x)
public func vjp<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, _ primals: repeat each Argument
) -> (output: Output, vjp: (Output) -> (repeat each Argument)) {
  let inputs = (repeat each primals)
  let leaves = Leaves(nil, repeat each primals)
  var made: Output?
  let pullback = Pullback(leaves.tensors, "vjp") { tensors in
    var handed = leaves
    handed.hand(out: tensors)
    let seen = (repeat handed.take(each primals))
    let output = function(repeat each seen)
    made = output
    return output.leaves
  }
  let output = made.unsafelyUnwrapped
  return (
    output.mapTensors(pullback.seen),
    { cotangents in
      var results = leaves
      results.hand(out: pullback(cotangents.leaves))
      return (repeat results.take(each inputs))
    }
  )
}

/// The value of `function` of one tensor and what takes gradients of its result to gradients of the argument.
public func vjp(_ function: (Tensor) -> Tensor, _ x: Tensor) -> (output: Tensor, vjp: (Tensor) -> Tensor) {
  let pullback = Pullback([x], "vjp") { [function($0[0])] }
  return (pullback.seen(pullback.outputs[0]), { pullback([$0])[0] })
}

/// The value of `function` and the product of `v` with its derivatives, PyTorch's `torch.autograd.functional.vjp`.
///
/// - Parameters:
///   - inputs: the argument, or a tuple of them.
///   - v: a gradient of the result.
public func vjp<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, _ inputs: (repeat each Argument), v: Output
) -> (output: Output, vjp: (repeat each Argument)) {
  let (output, pull) = vjp(function, repeat each inputs)
  return (output, pull(v))
}

/// The value of `function` of one tensor and the product of `v` with its derivatives.
public func vjp(_ function: (Tensor) -> Tensor, _ x: Tensor, _ v: Tensor) -> (output: Tensor, vjp: Tensor) {
  let (output, pull) = vjp(function, x)
  return (output, pull(v))
}

/// The value of `function` and its derivative along a direction: ``jvp(_:primals:tangents:)`` without labels, for one argument or
/// tuples of them.
public func jvp<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, _ primals: (repeat each Argument), _ tangents: (repeat each Argument)
) -> (value: Output, tangent: Output) {
  jvp(function, primals: repeat each primals, tangents: repeat each tangents)
}
