// The gradients of registered types that are of another type than their tensors: of numbers that elements stand for, and of
// semirings.

/// Conversion of numbers to a type whose elements stand for real numbers and round them: the gradient goes straight through,
/// and is zero beyond the range of the type.
struct Encode: Primitive, Hashable {
  let dtype: DType

  var name: String { "ToCopy" }
  var takesCustomElements: Bool { true }
  var takesComplexElements: Bool { false }

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] { [TensorType(inputs[0].shape, dtype)] }
  func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .kept(inputs, type.shape) }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) { results[0].fill(with: inputs[0]) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let x = node.input(0)
    let type = x.dtype.gradientType ?? x.dtype
    return [withinRange(x.detach().to(type), dtype, single(node, cotangents)).to(type)]
  }
}

/// `gradient` where the numbers `x` can be elements of `dtype`, zero elsewhere.
private func withinRange(_ x: Tensor, _ dtype: DType, _ gradient: Tensor) -> Tensor {
  let range = dtype.custom.loops.range
  if range == -.infinity ... .infinity { return gradient }
  let inside = x.ge(range.lowerBound) & x.le(range.upperBound)
  return gradient * inside.to(gradient.dtype)
}

/// An operation that says itself of which type its result is.
protocol TypedPrimitive: Primitive {
  /// The same with a result of type `dtype`.
  func typed(_ dtype: DType) -> any Primitive
}

extension Reduce: TypedPrimitive {
  func typed(_ dtype: DType) -> any Primitive {
    var typed = Reduce(reduction: reduction, dims: dims, keepDim: keepDim, dtype: dtype)
    typed.sharesAmongNaN = sharesAmongNaN
    return typed
  }
}

/// An operation with sums and products that have derivatives of their own in a semiring (``ElementGradient/shares(_:)``).
package protocol SemiringOperation: Primitive {
  /// The gradients of the inputs, which are of a registered type with shares, as those of the result are of their type of
  /// gradients. The node has saved inputs and results.
  func sharedGradients(_ node: SemiringNode, _ cotangent: Tensor) throws(TensorError) -> [Tensor?]
}

/// What a gradient rule of a semiring reads.
package struct SemiringNode {
  let recorded: Recorded
  /// The registered type.
  package let dtype: DType
  /// The element type of gradients.
  package let gradientType: DType

  /// Number of inputs.
  package var inputCount: Int { recorded.inputCount }
  /// Whether the gradient of input `i` is asked for.
  package func needs(_ i: Int) -> Bool { recorded.needs(i) }
  /// Input `i`, of the registered type.
  package func input(_ i: Int) -> Tensor {
    let x = recorded.saved.inputs[i].detach()
    return x.dtype == dtype ? x : x.to(dtype)
  }
  /// The shape of input `i`.
  package func shape(_ i: Int) -> [Int] { recorded.node.edges[i].type.shape }
  /// The result.
  package var output: Tensor { Tensor(recorded.saved.outputs[0]) }
  /// The type of the loops.
  package var loops: CustomKernels { dtype.custom.loops }

  /// The shares of `terms` in `sums`, which are of one shape.
  package func shares(_ terms: Tensor, _ sums: Tensor) -> Tensor {
    let (terms, sums) = (terms.contiguousBody(), sums.contiguousBody())
    return elementwise(terms.shape, 1) { out, start, n in
      loops.shares(out[0] + start, terms.data + start * loops.size, sums.data + start * loops.size, n)
    }[0]
  }

  /// The slopes of the products of `a` and `b`, which are of one shape.
  package func slopes(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
    let (a, b) = (a.contiguousBody(), b.contiguousBody())
    let found = elementwise(a.shape, 2) { out, start, n in
      loops.slopes(
        out[0] + start, out[1] + start, a.data + start * loops.size, b.data + start * loops.size, n)
    }
    return (found[0], found[1])
  }

  private func elementwise(
    _ shape: [Int], _ count: Int, _ body: ([UnsafeMutablePointer<Double>], _ start: Int, _ n: Int) -> Void
  ) -> [Tensor] {
    let results = (0..<count).map { _ in Tensor.uninitialized(shape, .float64) }
    let addresses = results.map { $0.body.data.assumingMemoryBound(to: Double.self) }
    parallelFor(results[0].count, grain: parallelGrain) { range in
      if !range.isEmpty { body(addresses, range.lowerBound, range.count) }
    }
    return results.map { $0.to(gradientType) }
  }
}

extension Pointwise: SemiringOperation {
  package func sharedGradients(_ node: SemiringNode, _ cotangent: Tensor) throws(TensorError) -> [Tensor?] {
    let shape = node.output.shape
    guard formula.outputs.count == 1, case .binary(let f, let x, let y) = formula.outputs[0].kind,
      case .input(let i) = x.kind, case .input(let j) = y.kind, i != j, f == .add || f == .mul
    else {
      throw ElementCapability.calculus.lacking(node.dtype, name)
    }
    let (a, b) = (node.input(i).expand(shape), node.input(j).expand(shape))
    var weights: (Tensor, Tensor)
    if f == .add {
      weights = (node.shares(a, node.output), node.shares(b, node.output))
      let total = (weights.0 + weights.1).clamp(min: 1)
      weights = (weights.0 / total, weights.1 / total)
    } else {
      weights = node.slopes(a, b)
    }
    var gradients: [Tensor?] = [nil, nil]
    for (k, weight) in [(i, weights.0), (j, weights.1)] where node.needs(k) {
      gradients[k] = (cotangent * weight).sumToSize(node.shape(k))
    }
    return gradients
  }
}

extension Reduce: SemiringOperation {
  package func sharedGradients(_ node: SemiringNode, _ cotangent: Tensor) throws(TensorError) -> [Tensor?] {
    guard reduction == .sum else { throw ElementCapability.calculus.lacking(node.dtype, name) }
    let shape = node.shape(0)
    func whole(_ x: Tensor) -> Tensor { x.reshape(reducedShape(shape, dims, keepDim: true)).expand(shape) }
    let weights = node.shares(node.input(0), whole(node.output))
    let total = weights.sum(dims, keepDim: true).clamp(min: 1)
    return [whole(cotangent) * weights / total]
  }
}

/// How the gradients of an operation on registered types are formed, where they are of another element type.
struct TangentRule: Sendable {
  private enum Kind { case straightThrough, shares }
  private let kind: Kind
  private let dtype: DType
  private let gradientType: DType

  /// Inputs and results, whatever the operation itself reads: its numbers are formed anew, or its shares.
  var saves: Saves { [.inputs, .outputs] }

  /// The rule for an operation of these inputs and results; nil where all gradients are of the types of their tensors, and
  /// for conversions to and from other types, whose own rule serves.
  init?(_ inputs: SmallArray<Tensor>, _ outputs: SmallArray<Tensor>) {
    guard outputs[0].body.dtype.isCustom,
      (0..<inputs.count).contains(where: { inputs[$0].body.dtype == outputs[0].body.dtype })
    else { return nil }
    dtype = outputs[0].body.dtype
    switch dtype.custom.loops.gradient {
    case .none, .calculus: return nil
    case .straightThrough(let type): (kind, gradientType) = (.straightThrough, type)
    case .shares(let type): (kind, gradientType) = (.shares, type)
    }
  }

  func gradients(
    of primitive: any Primitive, _ node: Recorded, _ cotangents: [Tensor?]
  ) throws(TensorError) -> [Tensor?] {
    switch kind {
    case .straightThrough: return try straightThrough(primitive, node, cotangents)
    case .shares:
      if let operation = primitive as? any SemiringOperation {
        guard let cotangent = cotangents[0] else { return Array(repeating: nil, count: node.inputCount) }
        return try operation.sharedGradients(
          SemiringNode(recorded: node, dtype: dtype, gradientType: gradientType), cotangent)
      }
      // What moves elements moves gradients.
      guard primitive is any ElementMove else { throw ElementCapability.calculus.lacking(dtype, primitive.name) }
      return try primitive.vjp(node, cotangents: cotangents)
    }
  }

  /// The rule of the operation on the numbers that elements stand for. Where a result is beyond the range it has been cut, and
  /// nothing comes back from there.
  private func straightThrough(
    _ primitive: any Primitive, _ node: Recorded, _ cotangents: [Tensor?]
  ) throws(TensorError) -> [Tensor?] {
    var decoded = node
    var inputs: [Tensor] = []
    for i in 0..<node.inputCount {
      let x = node.saved.inputs[i]
      inputs.append(x.dtype == dtype ? x.to(gradientType) : x)
    }
    let primitive = (primitive as? any TypedPrimitive)?.typed(gradientType) ?? primitive
    let outputs = apply(primitive, inputs)
    if let bad = poisoned(among: outputs) { return Array(repeating: bad, count: node.inputCount) }
    decoded.saved.inputs = SmallArray(inputs)
    decoded.saved.outputs = SmallArray(outputs).map { $0.body }
    let inside = zip(cotangents, outputs).map { cotangent, output in
      cotangent.map { withinRange(output.detach(), dtype, $0) }
    }
    return try primitive.vjp(decoded, cotangents: inside)
  }
}
