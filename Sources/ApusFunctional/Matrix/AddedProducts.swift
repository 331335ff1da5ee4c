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

extension Registry {
  /// Products added to a tensor.
  static let addedProducts: [Operation] = [
    .tensor("addmm", "input, mat1, mat2, *, beta=1, alpha=1") {
      try addmm(
        $0.tensor("input"), $0.tensor("mat1"), $0.tensor("mat2"), beta: $0.scalar("beta"), alpha: $0.scalar("alpha"))
    },
    .tensor("addmv", "input, mat, vec, *, beta=1, alpha=1") {
      try addmv(
        $0.tensor("input"), $0.tensor("mat"), $0.tensor("vec"), beta: $0.scalar("beta"), alpha: $0.scalar("alpha"))
    },
    .tensor("addbmm", "input, batch1, batch2, *, beta=1, alpha=1") {
      try addbmm(
        $0.tensor("input"), $0.tensor("batch1"), $0.tensor("batch2"), beta: $0.scalar("beta"),
        alpha: $0.scalar("alpha"))
    },
    .tensor("baddbmm", "input, batch1, batch2, *, beta=1, alpha=1") {
      try baddbmm(
        $0.tensor("input"), $0.tensor("batch1"), $0.tensor("batch2"), beta: $0.scalar("beta"),
        alpha: $0.scalar("alpha"))
    },
    .tensor("addr", "input, vec1, vec2, *, beta=1, alpha=1") {
      try addr(
        $0.tensor("input"), $0.tensor("vec1"), $0.tensor("vec2"), beta: $0.scalar("beta"), alpha: $0.scalar("alpha"))
    },
  ]
}
