import ApusCore
import CKernels

// Matrix products: matmul and its special cases.

func requireEqualTypes(_ inputs: [TensorType], _ operation: String) throws(TensorError) {
  for input in inputs where input.dtype != inputs[0].dtype {
    throw TensorError(
      .dtype, operation,
      "the operands must have one element type, and found \(inputs[0].dtype) and \(input.dtype); convert one with .to")
  }
  if inputs[0].dtype == .bool {
    throw TensorError(.dtype, operation, "needs numbers, and found bool tensors; convert them with .to first")
  }
}

/// The product in the types that the kernels have; other types go through a wider one.
package func multiply(
  _ a: Tensor, _ b: Tensor, bias: Tensor? = nil, epilogue: Epilogue = .none, into result: Tensor
) throws(TensorError) {
  let dtype = result.dtype
  if dtype == .float32, result.count == 1, bias == nil, a.count == b.count, a.isContiguous, b.isContiguous,
    epilogue == .none
  {
    return result.fill(with: Tensor(dotProduct(a, b), dtype: .float32).reshape(result.shape))
  }
  if dtype.isCustom {
    return result.fill(with: epilogue.applied(to: multiplyCustom(a, b, bias: bias, type: result.type)))
  }
  if dtype.isComplex { return try multiplyComplex(a, b, bias: bias, into: result) }
  let compute = dtype.accumulateType
  if compute == dtype || dtype.isFloatingPoint,
    try multiplyMatrices(a, b, into: result.body, bias: bias?.body, epilogue: epilogue)
  {
    return
  }
  try result.fill(as: compute) { (wide) throws(TensorError) in
    _ = try multiplyMatrices(
      a.to(compute), b.to(compute), into: wide, bias: try bias?.dense(compute), epilogue: epilogue)
  }
}

/// The sum of the products of the elements of two contiguous float32 tensors.
private func dotProduct(_ a: Tensor, _ b: Tensor) -> Double {
  let (x, y) = (a.body.data.assumingMemoryBound(to: Float.self), b.body.data.assumingMemoryBound(to: Float.self))
  let (count, size) = (a.count, 1 << 15)
  let parts = (count + size - 1) / size
  if parts <= 1 { return ck_vector_dot_f32(x, y, count) }
  // Parts are the same for any number of threads, and so is the sum.
  return withUnsafeTemporaryAllocation(of: Double.self, capacity: parts) { sums in
    parallelFor(parts, grain: 2) { range in
      for part in range {
        sums[part] = ck_vector_dot_f32(x + part * size, y + part * size, min(size, count - part * size))
      }
    }
    return withExtendedLifetime((a, b)) { sums.reduce(0, +) }
  }
}

/// The product of complex matrices as one of their parts: real ones above imaginary ones, times real ones beside imaginary ones.
private func multiplyComplex(_ a: Tensor, _ b: Tensor, bias: Tensor?, into result: Tensor) throws(TensorError) {
  let real = result.dtype.realType
  func parts(_ x: Tensor, dim: Int) -> Tensor {
    func part(_ offset: Int) -> Tensor {
      x.part(at: offset * real.size, TensorType(x.shape, real), strides: x.body.strides.map { 2 * $0 })
    }
    return cat([part(0), part(1)], dim: dim)
  }
  let (m, n) = (result.size(-2), result.size(-1))
  let found = try noGrad { () throws(TensorError) in
    let product = Tensor.uninitialized(result.shape.dropLast(2) + [2 * m, 2 * n], real)
    try multiply(parts(a, dim: -2), parts(b, dim: -1), into: product)
    let (upper, lower) = (product.narrow(-2, 0, m), product.narrow(-2, m, m))
    let re = upper.narrow(-1, 0, n) - lower.narrow(-1, n, n)
    let im = upper.narrow(-1, n, n) + lower.narrow(-1, 0, n)
    return bias.map { complex(re, im) + $0 } ?? complex(re, im)
  }
  result.fill(with: found)
}

/// `[..., m, k] @ [..., k, n]` with the leading dimensions broadcast.
package struct MatrixProduct: SemiringOperation, Hashable {
  package var name: String { "Mm" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
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

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try multiply(inputs[0], inputs[1], into: results[0])
  }

  package func sharedGradients(_ node: SemiringNode, _ cotangent: Tensor) throws(TensorError) -> [Tensor?] {
    try multiplySharedGradients(node, cotangent)
  }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    2 * results[0].count * (inputs[0].shape.last ?? 0)
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    if isBatched == [true, false] && inputs[1].rank == 2 { return apply(self, inputs) }
    return apply(self, alignedSamples(inputs, isBatched))
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (a, b, c) = (inputs[0], inputs[1], outputs[0])
    let (rows, columns, rank) = (
      c.type.shape[c.type.shape.count - 2], c.type.shape[c.type.shape.count - 1], c.type.shape.count
    )
    let depth = a.type.shape[a.type.shape.count - 1]
    func operand(_ array: CArray, _ batch: [String], _ row: String, _ column: String) -> String {
      let own = batch.suffix(array.type.shape.count - 2)
      let indices = zip(own, array.type.shape).map { $1 == 1 ? "0" : $0 }
      return array(indices + [row, column])
    }
    if c.type.dtype == .float32, a.strides.last == 1 || depth == 1, c.strides[rank - 1] == 1 || columns == 1, rows > 1 {
      let strides = b.strides.suffix(2)
      return """
        float *panels = \(cScratch((columns + 31) / 32 * 32 * depth * 4));
        \(cLoops(Array(c.type.shape.dropLast(2))) { batch in
          """
          apus_panels(\(depth), \(columns), &\(operand(b, batch, "0", "0")), \(strides[strides.startIndex]), \(strides[strides.endIndex - 1]), panels);
          apus_product(team, \(rows), \(columns), \(depth), &\(operand(a, batch, "0", "0")), \(a.strides[a.strides.count - 2]), panels, 0, &\(operand(c, batch, "0", "0")), \(c.strides[rank - 2]), 0);
          """
        })
        """
    }
    return cLoops(c.type.shape) { i in
      let (batch, row, column) = (Array(i.dropLast(2)), i[i.count - 2], i[i.count - 1])
      return """
        \(c.element) sum = 0;
        for (long k = 0; k < \(depth); k++) sum += \(operand(a, batch, row, "k")) * \(operand(b, batch, "k", column));
        \(c(i)) = sum;
        """
    }
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let first = tangents[0].map { apply(self, $0, inputs[1]) }
    return [tangents[1].map { added(first, apply(self, inputs[0], $0)) } ?? first]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
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

/// The matrix product, PyTorch's `torch.matmul`.
///
/// Two vectors give their dot product, a matrix and a vector the vector of row products, a vector and a matrix that of
/// the columns; otherwise the last two dimensions are multiplied as matrices and the leading ones are broadcast.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  if let autocast = Autocast.active { return autocast.run(.lowerPrecision, a, b) { matmul($0, $1) } }
  if let failed = a.failed ?? b.failed { return failed }
  guard a.rank > 0, b.rank > 0 else {
    return fail(
      TensorError(
        .shape, "matmul",
        "both operands need at least one dimension, and found \(a.shape) and \(b.shape); use * to multiply by a scalar")
    )
  }
  if a.rank > 1 && b.rank > 1 {
    return apply(MatrixProduct(), a, b).titled(
      a.rank == 2 && b.rank == 2 ? "MmBackward0" : "UnsafeViewBackward0")
  }
  if a.rank == 1 && b.rank == 1 {
    guard a.shape == b.shape else {
      return fail(
        TensorError(.shape, "matmul", "cannot multiply \(a.shape) by \(b.shape): the vectors have different lengths"))
    }
    return apply(MatrixProduct(), a.reshape([1, a.count]), b.reshape([b.count, 1])).reshape([]).titled(
      "DotBackward0")
  }
  if a.rank == 1 {
    let result = apply(MatrixProduct(), a.reshape([1, a.count]), b)
    return result.hasFailed ? result : result.squeeze([result.rank - 2])
  }
  let result = apply(MatrixProduct(), a, b.reshape([b.count, 1]))
  return result.hasFailed
    ? result : result.squeeze([result.rank - 1]).titled(a.rank == 2 ? "MvBackward0" : "UnsafeViewBackward0")
}

/// Checks the ranks of operands that a special case of ``matmul(_:_:)`` demands.
func requireRanks(
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

/// ``matmul(_:_:)`` of two tensors of one rank.
private func product(_ a: Tensor, _ b: Tensor, _ operation: String, rank: Int) -> Tensor {
  attempt(a, b) { () throws(TensorError) in
    try requireRanks([("the first operand", a, rank), ("the second operand", b, rank)], operation)
    return matmul(a, b)
  }
}

/// The product of two matrices, `[m, k]` and `[k, n]`.
public func mm(_ a: Tensor, _ b: Tensor) -> Tensor { product(a, b, "mm", rank: 2) }

/// The products of two batches of matrices, `[b, m, k]` and `[b, k, n]`.
public func bmm(_ a: Tensor, _ b: Tensor) -> Tensor {
  attempt(a, b) { () throws(TensorError) in
    try requireRanks([("the first operand", a, 3), ("the second operand", b, 3)], "bmm")
    if a.shape[0] != b.shape[0] {
      throw TensorError(.shape, "bmm", "the batches \(a.shape) and \(b.shape) differ in size; matmul broadcasts them")
    }
    return matmul(a, b).titled("BmmBackward0")
  }
}

/// The product of a matrix `[m, k]` and a vector `[k]`.
public func mv(_ matrix: Tensor, _ vector: Tensor) -> Tensor {
  attempt(matrix, vector) { () throws(TensorError) in
    try requireRanks([("the matrix", matrix, 2), ("the vector", vector, 1)], "mv")
    // Unlike matmul these two are none of autocast's products.
    return Autocast.with(nil) { matmul(matrix, vector) }
  }
}

/// The sum of the products of two vectors of equal length.
public func dot(_ a: Tensor, _ b: Tensor) -> Tensor { Autocast.with(nil) { product(a, b, "dot", rank: 1) } }

/// The sum of the products of the conjugates of `a` and the elements of `b`; of real vectors the same as ``dot(_:_:)``.
public func vdot(_ a: Tensor, _ b: Tensor) -> Tensor { dot(a.conj(), b) }

extension Registry {
  /// Products of matrices and vectors.
  static let matrixProducts: [Operation] = [
    .binary("matmul linalg.matmul") { matmul($0, $1) },
    .binary("__rmatmul__") { matmul($1, $0) },
    .tensor("mm", "input, mat2") { try mm($0.tensor("input"), $0.tensor("mat2")) },
    .tensor("bmm", "input, mat2") { try bmm($0.tensor("input"), $0.tensor("mat2")) },
    .tensor("mv", "input, vec") { try mv($0.tensor("input"), $0.tensor("vec")) },
    .tensor("dot", "input, tensor") { try dot($0.tensor("input"), $0.tensor("tensor")) },
    .tensor("vdot", "input, tensor") { try vdot($0.tensor("input"), $0.tensor("tensor")) },
    .tensor(
      "_scaled_mm",
      "input, mat2, scale_a, scale_b, bias=None, scale_result=None, out_dtype=None, use_fast_accum=False"
    ) {
      let (a, b) = (try $0.tensor("input"), try $0.tensor("mat2"))
      let (rows, columns) = (try $0.tensor("scale_a"), try $0.tensor("scale_b"))
      for factor in [rows, columns] where factor.dtype != .float32 {
        throw TensorError(.dtype, "_scaled_mm", "the scales must be float32, and found \(factor.dtype)")
      }
      var product = mm(a.to(.float32), b.to(.float32)) * rows * columns
      if let bias = try $0.optionalTensor("bias") { product = product + bias.to(.float32) }
      if let scale = try $0.optionalTensor("scale_result") { product = product * scale }
      return product.to(try $0.optionalDType("out_dtype") ?? a.dtype)
    },
  ]
}
