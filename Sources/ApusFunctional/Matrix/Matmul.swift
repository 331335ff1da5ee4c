import ApusCore

// Matrix products: matmul and its special cases, and the linear layer.

private func requireEqualTypes(_ inputs: [TensorType], _ operation: String) throws(TensorError) {
  for input in inputs where input.dtype != inputs[0].dtype {
    throw TensorError(
      .dtype, operation,
      "the operands must have one element type, and found \(inputs[0].dtype) and \(input.dtype); convert one with .to")
  }
  if inputs[0].dtype == .bool {
    throw TensorError(.dtype, operation, "needs numbers, and found bool tensors; convert them with .to first")
  }
}

/// The product in the types that the kernels have; other types go through a wider one. `target` takes the result if it
/// is computed in its own type.
private func product(
  _ a: Tensor, _ b: Tensor, bias: Tensor?, type: TensorType, epilogue: Epilogue = .none,
  into target: Tensor? = nil
) -> Tensor {
  let dtype = type.dtype
  if dtype.isCustom { return epilogue.applied(to: multiplyCustom(a, b, bias: bias, type: type)) }
  if dtype.isComplex { return multiplyComplex(a, b, bias: bias, type: type) }
  let compute = dtype.accumulateType
  if compute == dtype || dtype.isFloatingPoint {
    let result = target ?? Tensor.uninitialized(type.shape, dtype)
    if multiplyMatrices(a, b, into: result.body, bias: bias?.body, epilogue: epilogue) { return result }
  }
  let wide = Tensor.uninitialized(type.shape, compute)
  let bias = bias?.to(compute)
  _ = multiplyMatrices(a.to(compute), b.to(compute), into: wide.body, bias: bias?.body, epilogue: epilogue)
  return wide.to(dtype)
}

/// The product of complex matrices as four products of their parts.
private func multiplyComplex(_ a: Tensor, _ b: Tensor, bias: Tensor?, type: TensorType) -> Tensor {
  let real = TensorType(type.shape, type.dtype.realType)
  func parts(_ x: Tensor) -> (re: Tensor, im: Tensor) {
    let body = x.body
    func part(_ offset: Int) -> Tensor {
      Tensor(
        TensorBody(
          storage: body.storage, data: body.data + offset * real.dtype.size, shape: body.shape,
          strides: body.strides.map { 2 * $0 }, dtype: real.dtype))
    }
    return (part(0), part(1))
  }
  let ((ar, ai), (br, bi)) = (parts(a), parts(b))
  func times(_ x: Tensor, _ y: Tensor) -> Tensor { product(x, y, bias: nil, type: real) }
  return noGrad {
    let result = complex(times(ar, br) - times(ai, bi), times(ar, bi) + times(ai, br))
    return bias.map { result + $0 } ?? result
  }
}

/// `[..., m, k] @ [..., k, n]` with the leading dimensions broadcast.
struct MatrixProduct: Primitive, Hashable {
  var name: String { "Mm" }
  var takesCustomElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireEqualTypes(inputs, "matmul")
    let (a, b) = (inputs[0].shape, inputs[1].shape)
    guard a[a.count - 1] == b[b.count - 2] else {
      throw TensorError(
        .shape, "matmul",
        "cannot multiply \(a) by \(b): the inner dimensions \(a[a.count - 1]) and \(b[b.count - 2]) differ")
    }
    guard let batch = broadcastShapes(Array(a.dropLast(2)), Array(b.dropLast(2))) else {
      throw TensorError(
        .shape, "matmul", "cannot multiply \(a) by \(b): the leading dimensions do not broadcast to one shape")
    }
    return [TensorType(batch + [a[a.count - 2], b[b.count - 1]], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] {
    [product(inputs[0], inputs[1], bias: nil, type: types[0])]
  }

  var takesDestination: Bool { true }

  func evaluate(_ inputs: [Tensor], into result: Tensor) throws(TensorError) -> Bool {
    guard result.dtype.accumulateType == result.dtype, result.dtype.flags.isEmpty else { return false }
    return product(inputs[0], inputs[1], bias: nil, type: result.type, into: result).body === result.body
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    if isBatched == [true, false] && inputs[1].rank == 2 { return apply(self, inputs) }
    return apply(self, alignedSamples(inputs, isBatched))
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (a, b, c) = (inputs[0], inputs[1], outputs[0])
    let depth = a.type.shape[a.type.shape.count - 1]
    func operand(_ array: CArray, _ batch: [String], _ row: String, _ column: String) -> String {
      let own = batch.suffix(array.type.shape.count - 2)
      let indices = zip(own, array.type.shape).map { $1 == 1 ? "0" : $0 }
      return array(indices + [row, column])
    }
    return cLoops(c.type.shape) { i in
      let (batch, row, column) = (Array(i.dropLast(2)), i[i.count - 2], i[i.count - 1])
      return """
        float sum = 0;
        for (long k = 0; k < \(depth); k++) sum += \(operand(a, batch, row, "k")) * \(operand(b, batch, "k", column));
        \(c(i)) = sum;
        """
    }
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let first = tangents[0].map { apply(self, $0, inputs[1]) }
    return [tangents[1].map { added(first, apply(self, inputs[0], $0)) } ?? first]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let (a, b) = (node.inputType(0).shape, node.inputType(1).shape)
    var (da, db): (Tensor?, Tensor?)
    if node.needs(0) { da = apply(MatrixProduct(), g, node.input(1).conj().mT).sum(toShape: a) }
    if node.needs(1) {
      if b.count == 2 && a.count > 2 {
        // One matrix for the whole batch: its gradient is one tall product.
        let rows = elementCount(Array(a.dropLast()))
        db = apply(
          MatrixProduct(), node.input(0).conj().reshape([rows, a[a.count - 1]]).mT, g.reshape([rows, b[1]]))
      } else {
        db = apply(MatrixProduct(), node.input(0).conj().mT, g).sum(toShape: b)
      }
    }
    return [da, db]
  }
}

/// `x @ weight^T + bias` with `x` of shape `[..., in]` and `weight` `[out, in]`.
struct Linear: Primitive, Hashable {
  /// What is applied to the product in the same pass; put there by the compiler, after gradients are taken.
  var epilogue = Epilogue.none
  var name: String { epilogue == .none ? "Linear" : "Linear+\(epilogue)" }
  var takesCustomElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
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

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] {
    [try run(inputs, types[0], into: nil)]
  }

  var takesDestination: Bool { true }

  func evaluate(_ inputs: [Tensor], into result: Tensor) throws(TensorError) -> Bool {
    guard result.dtype.accumulateType == result.dtype, result.dtype.flags.isEmpty else { return false }
    return try run(inputs, result.type, into: result).body.data == result.body.data
  }

  func absorbing(_ epilogue: Epilogue) -> (any Primitive)? {
    self.epilogue == .none ? Linear(epilogue: epilogue) : nil
  }

  private func run(_ inputs: [Tensor], _ type: TensorType, into target: Tensor?) throws(TensorError) -> Tensor {
    let x = inputs[0].body
    let features = x.shape[x.shape.count - 1]
    let rows = features == 0 ? elementCount(Array(x.shape.dropLast())) : x.count / features
    let flat = try Reshape(shape: [rows, features]).evaluate(
      [inputs[0]], types: [TensorType([rows, features], x.dtype)])
    let weight = inputs[1].body
    let transposed = inputs[1].view(
      [weight.shape[1], weight.shape[0]], strides: [weight.strides[1], weight.strides[0]])
    let bias = inputs.count == 3 ? Tensor(inputs[2].contiguousBody()) : nil
    let matrix = [rows, weight.shape[0]]
    let result = product(
      flat[0], transposed, bias: bias, type: TensorType(matrix, type.dtype), epilogue: epilogue,
      into: target.map { $0.view(matrix, strides: rowMajorStrides(matrix)) })
    return result.view(type.shape, strides: rowMajorStrides(type.shape))
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
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

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, weight, y) = (inputs[0], inputs[1], outputs[0])
    return cLoops(y.type.shape) { i in
      let (rows, j) = (Array(i.dropLast()), i[i.count - 1])
      return """
        float sum = \(inputs.count == 3 ? inputs[2](j) : "0");
        for (long k = 0; k < \(weight.type.shape[1]); k++) sum += \(x(rows + ["k"])) * \(weight(j, "k"));
        \(y(i)) = \(epilogue.source("sum"));
        """
    }
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let plain = Linear()
    var sum = tangents[0].map { apply(plain, $0, inputs[1]) }
    if let t = tangents[1] { sum = added(sum, apply(plain, inputs[0], t)) }
    if tangents.count == 3, let t = tangents[2] { sum = added(sum, t.expand(outputs[0].shape)) }
    return [sum]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
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
  if weight.rank == 1 && !weight.hasFailed && !x.hasFailed {
    let product = matmul(x, weight)
    return bias.map { product + $0 } ?? product
  }
  guard let bias else { return apply(Linear(), x, weight) }
  if bias.shape != [weight.shape.first ?? 0] && !bias.hasFailed && !x.hasFailed && !weight.hasFailed {
    // PyTorch broadcasts a bias of another shape.
    return apply(Linear(), x, weight) + bias
  }
  return apply(Linear(), x, weight, bias)
}

/// The matrix product, PyTorch's `torch.matmul`.
///
/// Two vectors give their dot product, a matrix and a vector the vector of row products, a vector and a matrix that of
/// the columns; otherwise the last two dimensions are multiplied as matrices and the leading ones are broadcast.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  if let failed = a.failed ?? b.failed { return failed }
  guard a.rank > 0, b.rank > 0 else {
    return fail(
      TensorError(
        .shape, "matmul",
        "both operands need at least one dimension, and found \(a.shape) and \(b.shape); use * to multiply by a scalar")
    )
  }
  if a.rank > 1 && b.rank > 1 { return apply(MatrixProduct(), a, b) }
  if a.rank == 1 && b.rank == 1 {
    guard a.shape == b.shape else {
      return fail(
        TensorError(.shape, "matmul", "cannot multiply \(a.shape) by \(b.shape): the vectors have different lengths"))
    }
    return apply(MatrixProduct(), a.reshape([1, a.count]), b.reshape([b.count, 1])).reshape([])
  }
  if a.rank == 1 {
    let result = apply(MatrixProduct(), a.reshape([1, a.count]), b)
    return result.hasFailed ? result : result.squeeze([result.rank - 2])
  }
  let result = apply(MatrixProduct(), a, b.reshape([b.count, 1]))
  return result.hasFailed ? result : result.squeeze([result.rank - 1])
}

/// Checks the ranks of operands that a special case of ``matmul(_:_:)`` demands.
private func require(
  _ tensors: [(name: String, tensor: Tensor, rank: Int)], _ operation: String
) throws(TensorError) {
  for (name, tensor, rank) in tensors where tensor.rank != rank {
    throw TensorError(
      .shape, operation, "\(name) must have \(rank) dimensions, and found \(tensor.shape); matmul takes other ranks")
  }
}

extension Tensor {
  /// The matrix product, PyTorch's `@`.
  public func matmul(_ other: Tensor) -> Tensor { ApusFunctional.matmul(self, other) }
  /// The product of two matrices.
  public func mm(_ other: Tensor) -> Tensor { ApusFunctional.mm(self, other) }
  /// The products of two batches of matrices.
  public func bmm(_ other: Tensor) -> Tensor { ApusFunctional.bmm(self, other) }
  /// The product of a matrix and a vector.
  public func mv(_ vector: Tensor) -> Tensor { ApusFunctional.mv(self, vector) }
  /// The sum of the products of two vectors.
  public func dot(_ other: Tensor) -> Tensor { ApusFunctional.dot(self, other) }
  /// The sum of the products of two vectors, the conjugate of this one taken.
  public func vdot(_ other: Tensor) -> Tensor { ApusFunctional.vdot(self, other) }
}

/// The product of two matrices, `[m, k]` and `[k, n]`.
public func mm(_ a: Tensor, _ b: Tensor) -> Tensor {
  attempt(a, b) { () throws(TensorError) in
    try require([("the first operand", a, 2), ("the second operand", b, 2)], "mm")
    return matmul(a, b)
  }
}

/// The products of two batches of matrices, `[b, m, k]` and `[b, k, n]`.
public func bmm(_ a: Tensor, _ b: Tensor) -> Tensor {
  attempt(a, b) { () throws(TensorError) in
    try require([("the first operand", a, 3), ("the second operand", b, 3)], "bmm")
    if a.shape[0] != b.shape[0] {
      throw TensorError(.shape, "bmm", "the batches \(a.shape) and \(b.shape) differ in size; matmul broadcasts them")
    }
    return matmul(a, b)
  }
}

/// The product of a matrix `[m, k]` and a vector `[k]`.
public func mv(_ matrix: Tensor, _ vector: Tensor) -> Tensor {
  attempt(matrix, vector) { () throws(TensorError) in
    try require([("the matrix", matrix, 2), ("the vector", vector, 1)], "mv")
    return matmul(matrix, vector)
  }
}

/// The sum of the products of two vectors of equal length.
public func dot(_ a: Tensor, _ b: Tensor) -> Tensor {
  attempt(a, b) { () throws(TensorError) in
    try require([("the first operand", a, 1), ("the second operand", b, 1)], "dot")
    return matmul(a, b)
  }
}

/// The sum of the products of the conjugates of `a` and the elements of `b`; of real vectors the same as ``dot(_:_:)``.
public func vdot(_ a: Tensor, _ b: Tensor) -> Tensor { dot(a.conj(), b) }

/// `beta * input + alpha * product`, where a factor of 0 leaves its part out and 1 needs no multiplication.
private func combine(
  _ input: Tensor, _ product: Tensor, _ beta: Scalar, _ alpha: Scalar, _ operation: String
) -> Tensor {
  if let failed = input.failed ?? product.failed { return failed }
  guard broadcastShapes(input.shape, product.shape) == product.shape else {
    return fail(
      TensorError(
        .shape, operation, "an input of shape \(input.shape) cannot be added to a product of shape \(product.shape)"))
  }
  guard input.dtype == product.dtype else {
    return fail(
      TensorError(
        .dtype, operation,
        "the operands must have one element type, and found \(input.dtype) and \(product.dtype); convert one with .to"))
  }
  var (alpha, beta) = (alpha, beta)
  if !product.dtype.isComplex, alpha.isComplex || beta.isComplex {
    return fail(
      TensorError(.dtype, operation, "complex factors alpha and beta need complex tensors, and found \(product.dtype)"))
  }
  if !product.dtype.isInexact {
    let isFractional = [alpha, beta].contains { if case .float = $0 { true } else { false } }
    if isFractional && (operation == "addmm" || operation == "addr") {
      return fail(TensorError(.dtype, operation, "integer tensors need integer factors alpha and beta"))
    }
    // As in PyTorch, the others cut fractions off; factors of bool tensors are true or false.
    let isBool = product.dtype == .bool
    alpha = isBool ? .bool(alpha.double != 0) : .int(alpha.int)
    beta = isBool ? .bool(beta.double != 0) : .int(beta.int)
  }
  let scaled = alpha.isOne ? product : product * alpha
  if beta.isZero { return scaled }
  return (beta.isOne ? input : input * beta) + scaled
}

/// `beta * input + alpha * (mat1 @ mat2)` for matrices; `input` is broadcast. With beta 0, `input` is not read.
public func addmm(
  _ input: Tensor, _ mat1: Tensor, _ mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1
) -> Tensor {
  if let type = narrowType(input, mat1, mat2) {
    return addmm(input.widened, mat1.widened, mat2.widened, beta: beta, alpha: alpha).to(type)
  }
  return combine(input, mm(mat1, mat2), beta.scalar, alpha.scalar, "addmm")
}

/// `beta * input + alpha * (matrix @ vector)`; `input` is broadcast.
public func addmv(
  _ input: Tensor, _ matrix: Tensor, _ vector: Tensor, beta: some ScalarConvertible = 1,
  alpha: some ScalarConvertible = 1
) -> Tensor {
  if let type = narrowType(input, matrix, vector) {
    return addmv(input.widened, matrix.widened, vector.widened, beta: beta, alpha: alpha).to(type)
  }
  return combine(input, mv(matrix, vector), beta.scalar, alpha.scalar, "addmv")
}

/// `beta * input + alpha * (batch1 @ batch2)` for batches of matrices; `input` is broadcast.
public func baddbmm(
  _ input: Tensor, _ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1,
  alpha: some ScalarConvertible = 1
) -> Tensor {
  if let type = narrowType(input, batch1, batch2) {
    return baddbmm(input.widened, batch1.widened, batch2.widened, beta: beta, alpha: alpha).to(type)
  }
  return combine(input, bmm(batch1, batch2), beta.scalar, alpha.scalar, "baddbmm")
}

/// `beta * input + alpha * sum of (batch1[i] @ batch2[i])`; `input` is broadcast to a matrix.
public func addbmm(
  _ input: Tensor, _ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1,
  alpha: some ScalarConvertible = 1
) -> Tensor {
  if let type = narrowType(input, batch1, batch2) {
    return addbmm(input.widened, batch1.widened, batch2.widened, beta: beta, alpha: alpha).to(type)
  }
  let products = bmm(batch1, batch2)
  return combine(
    input, products.hasFailed ? products : products.sum([0], dtype: products.dtype), beta.scalar, alpha.scalar,
    "addbmm")
}

/// `beta * input + alpha * outer(vec1, vec2)`; `input` is broadcast.
public func addr(
  _ input: Tensor, _ vec1: Tensor, _ vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1
) -> Tensor {
  if let type = narrowType(input, vec1, vec2) {
    return addr(input.widened, vec1.widened, vec2.widened, beta: beta, alpha: alpha).to(type)
  }
  return combine(input, outer(vec1, vec2), beta.scalar, alpha.scalar, "addr")
}

/// All products of an element of `a` with one of `b`: `[n]` and `[m]` give `[n, m]`.
public func outer(_ a: Tensor, _ b: Tensor) -> Tensor {
  attempt(a, b) { () throws(TensorError) in
    try require([("the first operand", a, 1), ("the second operand", b, 1)], "outer")
    return a.unsqueeze(1) * b
  }
}

/// The sums of products over the last dimension of both: `[..., k]` and `[..., k]` give the leading dimensions of both.
public func inner(_ a: Tensor, _ b: Tensor) -> Tensor {
  if let failed = a.failed ?? b.failed { return failed }
  if a.rank == 0 || b.rank == 0 { return a * b }
  return tensordot(a, b, dims: ([a.rank - 1], [b.rank - 1]))
}

/// Sums of products over pairs of dimensions: `dims.0` of `a` with `dims.1` of `b`. What is left of `a` comes first.
public func tensordot(_ a: Tensor, _ b: Tensor, dims: ([Int], [Int])) -> Tensor {
  attempt(a, b) { () throws(TensorError) in
    let left = dims.0.isEmpty ? [] : try normalize(dims: dims.0, rank: a.rank, "tensordot")
    let right = dims.1.isEmpty ? [] : try normalize(dims: dims.1, rank: b.rank, "tensordot")
    guard left.count == right.count else {
      throw TensorError(.dimension, "tensordot", "pairs of dimensions are needed, and found \(dims.0) and \(dims.1)")
    }
    // A summed dimension of size 1 is broadcast.
    var (a, b) = (a, b)
    for (x, y) in zip(left, right) where a.shape[x] != b.shape[y] {
      if a.shape[x] == 1 {
        b = b.sum([y], keepDim: true, dtype: b.dtype)
      } else if b.shape[y] == 1 {
        a = a.sum([x], keepDim: true, dtype: a.dtype)
      }
    }
    for (x, y) in zip(left, right) where a.shape[x] != b.shape[y] {
      throw TensorError(
        .shape, "tensordot",
        "dimension \(x) of \(a.shape) and \(y) of \(b.shape) are summed together and must have one size")
    }
    let (keptA, keptB) = (
      (0..<a.rank).filter { !left.contains($0) }, (0..<b.rank).filter { !right.contains($0) }
    )
    let summed = left.reduce(1) { $0 * a.shape[$1] }
    let (m, n) = (keptA.reduce(1) { $0 * a.shape[$1] }, keptB.reduce(1) { $0 * b.shape[$1] })
    let product = apply(
      MatrixProduct(), a.permute(keptA + left).reshape([m, summed]), b.permute(right + keptB).reshape([summed, n]))
    return product.reshape(keptA.map { a.shape[$0] } + keptB.map { b.shape[$0] })
  }
}

/// Sums of products over the last `dims` dimensions of `a` and the first of `b`.
public func tensordot(_ a: Tensor, _ b: Tensor, dims: Int = 2) -> Tensor {
  if let failed = a.failed ?? b.failed { return failed }
  guard dims >= 0, dims <= a.rank, dims <= b.rank else {
    return fail(
      TensorError(
        .dimension, "tensordot", "cannot sum over \(dims) dimensions of tensors of shape \(a.shape) and \(b.shape)"))
  }
  return tensordot(a, b, dims: (Array(a.rank - dims..<a.rank), Array(0..<dims)))
}

/// The Kronecker product: every element of `a` times the whole of `b`.
public func kron(_ a: Tensor, _ b: Tensor) -> Tensor {
  if let failed = a.failed ?? b.failed { return failed }
  let rank = max(a.rank, b.rank)
  let x = [Int](repeating: 1, count: rank - a.rank) + a.shape
  let y = [Int](repeating: 1, count: rank - b.rank) + b.shape
  let spread = a.reshape(x.flatMap { [$0, 1] }) * b.reshape(y.flatMap { [1, $0] })
  return spread.reshape(zip(x, y).map { $0 * $1 })
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
    let sums = (left.reshape([rows, out, second]) * b.reshape([rows, 1, second])).sum([2])
    let result = sums.reshape(Array(a.shape.dropLast()) + [out])
    return bias.map { result + $0 } ?? result
  }
}
