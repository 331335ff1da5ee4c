import ApusCore

// Products added to a tensor, with factors: addmm and its kin.

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

/// ``combine(_:_:_:_:_:)`` with the product of `a` and `b`, in a wide type.
private func added(
  _ input: Tensor, _ a: Tensor, _ b: Tensor, _ beta: Scalar, _ alpha: Scalar, _ operation: String,
  _ product: (Tensor, Tensor) -> Tensor
) -> Tensor {
  if let type = narrowType(input, a, b) {
    return added(input.widened, a.widened, b.widened, beta, alpha, operation, product).to(type)
  }
  return combine(input, product(a, b), beta, alpha, operation)
}

/// The sum of the products of a batch.
private func summedProducts(_ a: Tensor, _ b: Tensor) -> Tensor {
  let products = bmm(a, b)
  return products.hasFailed ? products : products.sum([0], dtype: products.dtype)
}

/// `beta * input + alpha * (mat1 @ mat2)` for matrices; `input` is broadcast. With beta 0, `input` is not read.
public func addmm(
  _ input: Tensor, _ mat1: Tensor, _ mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.lowerPrecision, input, mat1, mat2) {
      addmm($0, $1, $2, beta: beta, alpha: alpha)
    }
  }
  return added(input, mat1, mat2, beta.scalar, alpha.scalar, "addmm", mm)
}

/// `beta * input + alpha * (matrix @ vector)`; `input` is broadcast.
public func addmv(
  _ input: Tensor, _ matrix: Tensor, _ vector: Tensor, beta: some ScalarConvertible = 1,
  alpha: some ScalarConvertible = 1
) -> Tensor {
  added(input, matrix, vector, beta.scalar, alpha.scalar, "addmv", mv)
}

/// `beta * input + alpha * (batch1 @ batch2)` for batches of matrices; `input` is broadcast.
public func baddbmm(
  _ input: Tensor, _ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1,
  alpha: some ScalarConvertible = 1
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.lowerPrecision, input, batch1, batch2) {
      baddbmm($0, $1, $2, beta: beta, alpha: alpha)
    }
  }
  return added(input, batch1, batch2, beta.scalar, alpha.scalar, "baddbmm", bmm)
}

/// `beta * input + alpha * sum of (batch1[i] @ batch2[i])`; `input` is broadcast to a matrix.
public func addbmm(
  _ input: Tensor, _ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1,
  alpha: some ScalarConvertible = 1
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.lowerPrecision, input, batch1, batch2) {
      addbmm($0, $1, $2, beta: beta, alpha: alpha)
    }
  }
  return added(input, batch1, batch2, beta.scalar, alpha.scalar, "addbmm", summedProducts)
}

/// `beta * input + alpha * outer(vec1, vec2)`; `input` is broadcast.
public func addr(
  _ input: Tensor, _ vec1: Tensor, _ vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1
) -> Tensor {
  let (factor, scale) = (beta.scalar, alpha.scalar)
  // One pass, where nothing has to be converted and the sum has the shape of the product.
  if Autocast.active == nil, factor == .int(1) || factor == .float(1), !scale.isComplex, vec1.rank == 1, vec2.rank == 1,
    input.dtype == .float32 || input.dtype == .float64, vec1.dtype == input.dtype, vec2.dtype == input.dtype,
    input.shape == [vec1.count, vec2.count]
  {
    return input.addcmul(vec1.unsqueeze(1), vec2, value: scale).titled("AddrBackward0")
  }
  return added(input, vec1, vec2, factor, scale, "addr", outer)
}

extension Registry {
  /// Products added to a tensor.
  static let addedProducts: [Operation] = [
    adding("addmm", "mat1", "mat2", mm), adding("addmv", "mat", "vec", mv),
    adding("addbmm", "batch1", "batch2", summedProducts), adding("baddbmm", "batch1", "batch2", bmm),
    adding("addr", "vec1", "vec2", outer),
  ]

  private static func adding(
    _ name: String, _ a: String, _ b: String, _ product: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> Operation {
    .tensor(name, "input, \(a), \(b), *, beta=1, alpha=1") {
      try added(
        $0.tensor("input"), $0.tensor(a), $0.tensor(b), $0.scalar("beta"), $0.scalar("alpha"), name, product)
    }
  }
}
