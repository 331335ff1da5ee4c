import ApusCore

// The linear layer and its form for two inputs.

/// `x @ weight^T + bias` with `x` of shape `[..., in]` and `weight` `[out, in]`.
package struct LinearProduct: SemiringOperation, Hashable {
  /// What is applied to the product in the same pass; put there by the compiler, after gradients are taken.
  package var epilogue = Epilogue.none

  package init(epilogue: Epilogue = .none) { self.epilogue = epilogue }

  package var name: String { epilogue == .none ? "Linear" : "Linear+\(epilogue)" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireEqualTypes(inputs, "linear")
    let (x, weight) = (inputs[0].shape, inputs[1].shape)
    guard weight.count == 2, let features = x.last, features == weight[1] else {
      throw TensorError(
        .shape, "linear",
        "a weight of shape \(weight) takes inputs of shape [..., \(weight.last ?? 0)], and found \(x)")
    }
    if inputs.count == 3, inputs[2].shape != [weight[0]] {
      throw TensorError(
        .shape, "linear",
        "a weight of shape \(weight) needs a bias of shape [\(weight[0])], and found \(inputs[2].shape)")
    }
    return [TensorType(x.dropLast() + [weight[0]], inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = inputs[0].body
    let features = x.shape[x.shape.count - 1]
    let rows = features == 0 ? elementCount(Array(x.shape.dropLast())) : x.count / features
    let flat = try perform(
      Reshape(shape: [rows, features]), [inputs[0]], types: [TensorType([rows, features], x.dtype)])[0]
    let weight = inputs[1].body
    let transposed = inputs[1].view(
      [weight.shape[1], weight.shape[0]], strides: [weight.strides[1], weight.strides[0]])
    let bias = inputs.count == 3 ? Tensor(try inputs[2].dense()) : nil
    let matrix = results[0].view([rows, weight.shape[0]], strides: [weight.shape[0], 1])
    try multiply(flat, transposed, bias: bias, epilogue: epilogue, into: matrix)
  }

  package func sharedGradients(_ node: SemiringNode, _ cotangent: Tensor) throws(TensorError) -> [Tensor?] {
    let inputs = node.inputCount == 3 ? [node.input(0), node.input(1), node.input(2)] : [node.input(0), node.input(1)]
    return composedGradients(inputs, needs: inputs.indices.map(node.needs), cotangents: [cotangent]) {
      let product = matmul($0[0], $0[1].mT)
      return [$0.count == 3 ? product + $0[2] : product]
    }
  }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    2 * results[0].count * (inputs[1].shape.last ?? 0)
  }

  package func absorbing(_ epilogue: Epilogue) -> (any Primitive)? {
    self.epilogue == .none ? LinearProduct(epilogue: epilogue) : nil
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    if !isBatched.dropFirst().contains(true) { return apply(self, inputs) }
    // Weights of each sample's own.
    let x = isBatched[0] ? inputs[0] : inputs[0].unsqueeze(0)
    let features: Int = x.shape[x.rank - 1]
    let middle: [Int] = Array(x.shape[1..<(x.rank - 1)])
    let rows = x.reshape([x.shape[0], elementCount(middle), features])
    var result = matmul(rows, inputs[1].mT)
    if inputs.count == 3 { result = result + (isBatched[2] ? inputs[2].unsqueeze(1) : inputs[2]) }
    var shape = [size]
    shape += middle
    shape.append(result.shape[2])
    return [result.reshape(shape)]
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, weight, y) = (inputs[0], inputs[1], outputs[0])
    let (columns, depth) = (weight.type.shape[0], weight.type.shape[1])
    let hasPlainBias = inputs.count < 3 || inputs[2].strides == [1] || columns == 1
    if y.type.dtype == .float32, weight.strides == [depth, 1], hasPlainBias, columns > 0 {
      let dense = cRowMajor(x)
      let operands = "\(dense.name), \(weight.name), \(inputs.count == 3 ? inputs[2].name : "0"), \(y.name)"
      let sizes = "\(y.type.count / columns), \(columns), \(depth)"
      let call = "apus_dots(team, \(sizes), \(operands), \(epilogue == .relu ? 1 : 0));"
      return "\(dense.text)\(call)\n\(cEpilogue(epilogue, y))"
    }
    return cLoops(y.type.shape) { i in
      let (rows, j) = (Array(i.dropLast()), i[i.count - 1])
      return """
        \(y.element) sum = \(inputs.count == 3 ? inputs[2](j) : "0");
        for (long k = 0; k < \(depth); k++) sum += \(x(rows + ["k"])) * \(weight(j, "k"));
        \(y(i)) = \(epilogue.source("sum", y.type.dtype));
        """
    }
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let plain = LinearProduct()
    var sum = tangents[0].map { apply(plain, $0, inputs[1]) }
    if let t = tangents[1] { sum = added(sum, apply(plain, inputs[0], t)) }
    if tangents.count == 3, let t = tangents[2] { sum = added(sum, t.expand(outputs[0].shape)) }
    return [sum]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let (x, weight) = (node.inputType(0).shape, node.inputType(1).shape)
    let rows = elementCount(Array(x.dropLast()))
    let flat = g.reshape([rows, weight[0]])
    var result: [Tensor?] = [nil, nil]
    if node.needs(0) { result[0] = apply(MatrixProduct(), flat, node.input(1).conj()).reshape(x) }
    if node.needs(1) { result[1] = apply(MatrixProduct(), flat.mT, node.input(0).conj().reshape([rows, weight[1]])) }
    if node.inputCount == 3 { result.append(node.needs(2) ? flat.sum([0]) : nil) }
    return result
  }
}

/// The linear layer, PyTorch's `nn.functional.linear`: `x @ weight^T + bias`.
///
/// - Parameters:
///   - x: `[..., in]`.
///   - weight: `[out, in]`, or `[in]` for a result without the last dimension.
///   - bias: `[out]`.
/// - Returns: `[..., out]`.
public func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
  if let autocast = Autocast.active { return autocast.run(.lowerPrecision, x, weight, bias) { linear($0, $1, $2) } }
  if weight.rank == 1 && !weight.hasFailed && !x.hasFailed {
    let product = matmul(x, weight)
    return bias.map { product + $0 } ?? product
  }
  // PyTorch's names: of matrices that of the product, of others that of the reshape behind it.
  let isMatrix = x.rank == 2
  guard let bias else {
    return apply(LinearProduct(), x, weight).titled(isMatrix ? "MmBackward0" : "UnsafeViewBackward0")
  }
  if bias.shape != [weight.shape.first ?? 0] && !bias.hasFailed && !x.hasFailed && !weight.hasFailed {
    // PyTorch broadcasts a bias of another shape.
    return apply(LinearProduct(), x, weight) + bias
  }
  return apply(LinearProduct(), x, weight, bias).titled(isMatrix ? "AddmmBackward0" : "UnsafeViewBackward0")
}

/// `y[o] = a @ weight[o] @ b + bias[o]`, PyTorch's `nn.functional.bilinear`.
///
/// - Parameters:
///   - a: `[..., in1]`; b: `[..., in2]` with the same leading dimensions.
///   - weight: `[out, in1, in2]`.
///   - bias: `[out]`.
public func bilinear(_ a: Tensor, _ b: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
  attempt(a, b, weight, bias) { () throws(TensorError) in
    if let type = narrowType(a, b, weight, bias) {
      return bilinear(a.widened, b.widened, weight.widened, bias?.widened).to(type)
    }
    guard weight.rank == 3, let first = a.shape.last, let second = b.shape.last,
      a.shape.dropLast() == b.shape.dropLast(), [first, second] == Array(weight.shape[1...])
    else {
      throw TensorError(
        .shape, "bilinear",
        "a weight of shape \(weight.shape) takes inputs [..., in1] and [..., in2] that agree but for the last "
          + "dimension, and found \(a.shape) and \(b.shape)")
    }
    let out = weight.shape[0]
    let rows = a.shape.dropLast().reduce(1, *)
    // a @ weight as one product over all outputs, then the sums with b.
    let left = matmul(a.reshape([rows, first]), weight.permute([1, 0, 2]).reshape([first, out * second]))
    let products = left.reshape([rows, out, second]) * b.reshape([rows, 1, second])
    let sums = products.sum([2], dtype: products.dtype)
    let result = sums.reshape(Array(a.shape.dropLast()) + [out])
    return bias.map { result + $0 } ?? result
  }
}

extension Registry {
  /// Layers that are a product with a weight.
  static let linearLayers: [Operation] = [
    .tensor("nn.functional.linear", "input, weight, bias=None") {
      try linear($0.tensor("input"), $0.tensor("weight"), $0.optionalTensor("bias"))
    },
    .tensor("nn.functional.bilinear", "input1, input2, weight, bias=None") {
      try bilinear($0.tensor("input1"), $0.tensor("input2"), $0.tensor("weight"), $0.optionalTensor("bias"))
    },
  ]
}
