import ApusCore

// Products over other dimensions than matmul's: outer, inner, tensordot, Kronecker.

/// All products of an element of `a` with one of `b`: `[n]` and `[m]` give `[n, m]`.
public func outer(_ a: Tensor, _ b: Tensor) -> Tensor {
  attempt(a, b) { () throws(TensorError) in
    try requireRanks([("the first operand", a, 1), ("the second operand", b, 1)], "outer")
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
  let shape = zip(x, y).map { $0 * $1 }
  // Along the last dimension each operand is spread to the product of both sizes first, where it repeats along the others: rows
  // of the product are long then.
  if let (m, n) = zip(x, y).map({ ($0, $1) }).last, m > 1, n > 1, a.count > m, b.count > n {
    let left = a.reshape(x + [1]).expand(x + [n]).reshape(x.dropLast().flatMap { [$0, 1] } + [m * n])
    let right = b.reshape(Array(y.dropLast()) + [1, n]).expand(Array(y.dropLast()) + [m, n])
    return (left * right.reshape(y.dropLast().flatMap { [1, $0] } + [m * n])).reshape(shape)
  }
  return (a.reshape(x.flatMap { [$0, 1] }) * b.reshape(y.flatMap { [1, $0] })).reshape(shape)
}

extension Registry {
  /// Products of tensors of any rank.
  static let tensorProducts: [Operation] = [
    .tensor("outer ger", "input, vec2") { try outer($0.tensor("input"), $0.tensor("vec2")) },
    .binary("inner") { inner($0, $1) },
    .binary("kron") { kron($0, $1) },
    .tensor("tensordot", "a, b, dims=2") {
      let (a, b) = (try $0.tensor("a"), try $0.tensor("b"))
      guard case .list(let pair) = try $0.value("dims") else { return tensordot(a, b, dims: try $0.int("dims")) }
      func numbers(_ value: OperationValue) -> [Int] {
        switch value {
        case .int(let v): [v]
        case .list(let items): items.flatMap(numbers)
        default: []
        }
      }
      guard pair.count == 2 else { throw $0.mismatch("dims", "two lists of dimensions") }
      return tensordot(a, b, dims: (numbers(pair[0]), numbers(pair[1])))
    },
  ]
}
