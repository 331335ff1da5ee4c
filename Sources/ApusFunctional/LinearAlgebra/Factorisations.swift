import ApusCore

// LU, Cholesky and QR factorisations of tensors, with their gradients.

/// Operations of linear algebra, PyTorch's `torch.linalg`: on matrices in the last two dimensions, `[..., m, n]`, the leading
/// ones of which are a batch. Elements are float32, float64 or complex; results are computed in double precision.
///
///     let (u, s, vh) = linalg.svd(x, fullMatrices: false)
///     let solution = linalg.solve(a, b)
///     print(linalg.eigh(a).eigenvalues)
public enum linalg {}

/// L and U of P L U in one matrix, the rows that were exchanged (counted from 1), and where a pivot is 0.
struct LUFactors: MatrixPrimitive {
  let operation: String
  var pivoting = true
  var name: String { "LinalgLuFactorEx" }
  var saves: Saves { .outputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    [items[0], TensorType([items[0].shape.min() ?? 0], .int32), TensorType([], .int32)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let (pivots, zeroPivot) = items[0].factorLU(pivoting: pivoting)
    return [.matrix(items[0]), .integers(pivots.map { $0 + 1 }), .integers([zeroPivot])]
  }

  var isInLAPACK: Bool { pivoting }
  var gainsFromThreads: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) {
    let (m, n) = (item.rows, item.columns)
    if item.isSmall {
      let packed = item.result(0, of: Number.self)
      packed.update(from: item.input(), count: m * n)
      item.result(2, of: Int32.self)[0] = Int32(packed.factorSmallLU(m, n, item.result(1)))
      return
    }
    let a = item.columnCopy()
    item.result(2, of: Int32.self)[0] = Int32(item.caller.getrf(m, n, a, item.result(1)))
    transpose(a, rows: n, columns: m, into: item.result(0))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (packed, g) = (node.output(0), single(node, cotangents))
    let (m, n) = (packed.size(-2), packed.size(-1))
    let k = min(m, n)
    let (lower, upper) = triangles(packed)
    let (gl, gu) = (g.narrow(-1, 0, k).tril(-1), g.narrow(-2, 0, k).triu())
    let (l1, u1) = (lower.narrow(-2, 0, k), upper.narrow(-1, 0, k))
    let difference = matmul(gu, upper.mH) - matmul(lower.mH, gl)
    var a: Tensor
    if m <= n {
      // L^-H (gU + [tril(L^H gL - gU U^H, -1) U1^-H | 0])
      let part = triangularSolution(u1.mH, (-difference).tril(-1), upper: false, left: false)
      let padded = n > m ? cat([part, zerosLike(g.narrow(-1, k, n - k))], dim: -1) : part
      a = triangularSolution(l1.mH, gu + padded, upper: true, unit: true)
    } else {
      // (gL + [L1^-H triu(gU U^H - L^H gL); 0]) U^-H
      let part = triangularSolution(l1.mH, difference.triu(), upper: true, unit: true)
      let padded = cat([part, zerosLike(g.narrow(-2, k, m - k))], dim: -2)
      a = triangularSolution(u1.mH, gl + padded, upper: false, left: false)
    }
    if pivoting { a = matmul(permutation(node.output(1), m, like: a), a) }
    return [a]
  }
}

/// L, whose diagonal is 1, and U of a packed factorisation.
private func triangles(_ packed: Tensor) -> (Tensor, Tensor) {
  let (m, n) = (packed.size(-2), packed.size(-1))
  let k = min(m, n)
  let unit = noGrad { eye(m, k, dtype: packed.dtype) }
  return (packed.narrow(-1, 0, k).tril(-1) + unit, packed.narrow(-2, 0, k).triu())
}

/// The permutation matrix P of `P L U`, from the exchanges of rows.
private func permutation(_ pivots: Tensor, _ m: Int, like: Tensor) -> Tensor {
  let order = apply(RowOrder(rows: m), pivots)
  return noGrad { order.unsqueeze(-2).eq(arange(m).placed(with: order).unsqueeze(-1)).to(like.dtype) }
}

/// The order of rows that a list of exchanges leads to.
struct RowOrder: Primitive, Hashable {
  let rows: Int
  var name: String { "RowOrder" }

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType(inputs[0].shape.dropLast() + [rows], .int64)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let pivots = try inputs[0].dense(.int64)
    let exchanges = inputs[0].size(-1)
    let from = pivots.data.assumingMemoryBound(to: Int64.self)
    for i in 0..<pivots.count where !(1...Int64(max(rows, 1))).contains(from[i]) {
      throw TensorError(.index, "lu_unpack", "pivots must be rows in 1...\(rows), and found \(from[i])")
    }
    try results[0].fill(as: .int64) { (out) throws(TensorError) in
      let target = out.data.assumingMemoryBound(to: Int64.self)
      withExtendedLifetime(pivots) {
        for item in 0..<(rows == 0 ? 0 : out.count / rows) {
          let order = target + item * rows
          for i in 0..<rows { order[i] = Int64(i) }
          for i in 0..<exchanges { swap(&order[i], &order[Int(from[item * exchanges + i]) - 1]) }
        }
      }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }
}

/// L of L L^H, and the order of the first minor that is not positive.
struct CholeskyFactor: MatrixPrimitive {
  let operation: String
  /// Whether a matrix that is not positive definite is an error.
  var isChecked = true
  /// Whether the upper triangle is read, as that of the conjugate transpose.
  var isUpper = false
  var name: String { "LinalgCholeskyEx" }
  var saves: Saves { .outputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[0], TensorType([], .int32)] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let factor = isUpper ? items[0].conjugateTranspose : items[0]
    let failed = factor.factorCholesky()
    guard failed == 0 || !isChecked else { throw notPositive(failed) }
    return [.matrix(factor), .integers([failed])]
  }

  private func notPositive(_ order: Int) -> TensorError {
    TensorError(
      .value, operation,
      "the matrix is not positive definite: its leading minor of order \(order) is not positive; choleskyEx tells where"
    )
  }

  var isInLAPACK: Bool { true }
  var gainsFromThreads: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    let n = item.rows
    let (a, l) = (item.input(), item.result(0, of: Number.self))
    if isUpper {
      transpose(a, rows: n, columns: n, into: l, conjugated: true)
    } else {
      l.update(from: a, count: n * n)
    }
    // The lower triangle L, row by row, is the upper one of A^T = L^* L^T, column by column.
    var failed = item.isSmall ? l.factorSmallCholesky(n) : item.caller.potrf("U", n, l)
    for i in 0..<n {
      (l + i * n + i + 1).update(repeating: .zero, count: n - i - 1)
      if failed == 0, l[i * n + i].complex.real.isNaN { failed = i + 1 }
    }
    guard failed == 0 || !isChecked else { throw notPositive(failed) }
    item.result(1, of: Int32.self)[0] = Int32(failed)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let l = node.output(0)
    let phi = matmul(l.mH, single(node, cotangents)).tril()
    let symmetric = phi + phi.tril(-1).mH
    let right = triangularSolution(l, symmetric, upper: false, left: false)
    return [0.5 * triangularSolution(l.mH, right, upper: true)]
  }
}

/// Q and R.
struct QRFactors: MatrixPrimitive {
  /// Whether Q is square.
  let isComplete: Bool
  var operation: String { "linalg.qr" }
  var name: String { "LinalgQr" }
  var saves: Saves { .outputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    let (m, n, dtype) = (items[0].shape[0], items[0].shape[1], items[0].dtype)
    let width = isComplete ? m : min(m, n)
    return [TensorType([m, width], dtype), TensorType([width, n], dtype)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let a = items[0]
    let width = isComplete ? a.rows : min(a.rows, a.columns)
    let factors = a.factorQR()
    return [.matrix(a.orthogonalFactor(factors, width: width)), .matrix(a.upperTriangle(width))]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) {
    let (m, n) = (item.rows, item.columns)
    let (depth, width) = (min(m, n), isComplete ? m : min(m, n))
    let tau = item.room(.third, depth)
    let r = item.result(1, of: Number.self)
    if item.isSmall, item.isModerate {
      let a = item.copy()
      a.factorSmallQR(m, n, tau)
      for i in 0..<width { for j in 0..<n { r[i * n + j] = j < i ? .zero : a[i * n + j] } }
      item.result(0, of: Number.self).unfoldSmallQR(a, n, tau, m, width, depth)
      return
    }
    let a = item.columnCopy(room: m * max(n, width))
    item.caller.geqrf(m, n, a, tau)
    transpose(a, rows: n, columns: width, step: m, into: r, stride: n)
    for i in 1..<max(width, 1) { (r + i * n).update(repeating: .zero, count: min(i, n)) }
    item.caller.orgqr(m, width, depth, a, tau)
    transpose(a, rows: width, columns: m, into: item.result(0))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (q, r) = (node.output(0), node.output(1))
    guard q.size(-1) <= r.size(-1), r.size(-2) == r.size(-1) else {
      throw TensorError(
        .autograd, operation,
        "a complete Q of a tall matrix has no gradient; use the reduced mode for \(node.inputType(0))")
    }
    var inner: Tensor?
    if let gr = cotangents[1] { inner = matmul(r, gr.mH).mH }
    if let gq = cotangents[0] {
      let part = matmul(q.mH, gq)
      inner = inner.map { $0 - part } ?? -part
    }
    guard let inner else { return [nil] }
    let upper = inner.triu()
    let whole = upper + upper.mH
    // The diagonal stands in both.
    let symmetric = whole - complexDiagonal(upper.matrixDiagonal.real, like: whole)
    let sum = matmul(q, symmetric)
    return [triangularSolution(r.mH, cotangents[0].map { sum + $0 } ?? sum, upper: false, left: false)]
  }

  private func complexDiagonal(_ diagonal: Tensor, like: Tensor) -> Tensor { diagonal.to(like.dtype).asDiagonal }
}

/// How much of Q ``linalg/qr(_:mode:)`` gives.
public enum QRMode: String, Sendable, Hashable, NamedChoice {
  /// Q `[..., m, k]` and R `[..., k, n]` with k = min(m, n).
  case reduced
  /// Q `[..., m, m]` and R `[..., m, n]`.
  case complete
  /// R `[..., k, n]`, and no elements of Q.
  case r
}

extension linalg {
  /// L and U in one matrix (L below the diagonal, its own diagonal is 1), and the exchanges of rows, counted from 1.
  /// - Parameter pivot: whether rows are exchanged; without, elements 0 on the diagonal give infinities.
  public static func luFactor(_ a: Tensor, pivot: Bool = true) -> (LU: Tensor, pivots: Tensor) {
    let found = luFactorEx(a, pivot: pivot, operation: "linalg.lu_factor")
    return (found.LU, found.pivots)
  }

  /// ``luFactor(_:pivot:)`` and, as `info`, the first column (from 1) whose pivot is 0, or 0.
  public static func luFactorEx(_ a: Tensor, pivot: Bool = true) -> (LU: Tensor, pivots: Tensor, info: Tensor) {
    luFactorEx(a, pivot: pivot, operation: "linalg.lu_factor_ex")
  }

  private static func luFactorEx(
    _ a: Tensor, pivot: Bool, operation: String
  ) -> (LU: Tensor, pivots: Tensor, info: Tensor) {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a) {
        luFactorEx($0, pivot: pivot, operation: operation)
      }
    }
    let found = attempt(a) { () throws(TensorError) in
      try requireMatrices(a, operation)
      return apply(LUFactors(operation: operation, pivoting: pivot), [a])
    }
    let all = results(found, 3)
    return (all[0], all[1], all[2])
  }

  /// P, L and U, whose product is the matrix. Without pivots P has no elements.
  public static func lu(_ a: Tensor, pivot: Bool = true) -> (P: Tensor, L: Tensor, U: Tensor) {
    let (packed, pivots, _) = luFactorEx(a, pivot: pivot, operation: "linalg.lu")
    if packed.hasFailed { return (packed, packed, packed) }
    let (p, l, u) = luUnpack(packed, pivots)
    return (pivot ? p : noGrad { Tensor.zeros([0], dtype: a.dtype) }, l, u)
  }

  /// The lower triangular L with A = L L^H of Hermitian positive definite matrices, of which the lower triangles are read; or
  /// the upper triangular U with A = U^H U, from the upper ones.
  public static func cholesky(_ a: Tensor, upper: Bool = false) -> Tensor {
    choleskyFactor(a, upper: upper, "linalg.cholesky", isChecked: true).L
  }

  /// ``cholesky(_:upper:)`` without the check, and as `info` the order of the first leading minor that is not positive, or 0.
  public static func choleskyEx(
    _ a: Tensor, upper: Bool = false, checkErrors: Bool = false
  ) -> (L: Tensor, info: Tensor) {
    choleskyFactor(a, upper: upper, "linalg.cholesky_ex", isChecked: checkErrors)
  }

  static func choleskyFactor(
    _ a: Tensor, upper: Bool, _ operation: String, isChecked: Bool
  ) -> (L: Tensor, info: Tensor) {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a) {
        choleskyFactor($0, upper: upper, operation, isChecked: isChecked)
      }
    }
    let found = attempt(a) { () throws(TensorError) in
      try requireMatrices(a, operation, square: true)
      return apply(CholeskyFactor(operation: operation, isChecked: isChecked, isUpper: upper), [a])
    }
    let all = results(found, 2)
    return (upper && !all[0].hasFailed ? all[0].mH : all[0], all[1])
  }

  /// Q with orthonormal columns and upper triangular R, whose product is the matrix. The diagonal of R is not made positive.
  public static func qr(_ a: Tensor, mode: QRMode = .reduced) -> (Q: Tensor, R: Tensor) {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { qr($0, mode: mode) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.qr")
      let (m, n) = (a.size(-2), a.size(-1))
      if mode == .r {
        guard !(a.requiresGrad && Context.isGradientEnabled) else {
          throw TensorError(
            .autograd, "linalg.qr", "the gradient of R needs Q, which mode r does not give; use reduced")
        }
        return (noGrad { Tensor.zeros([0], dtype: a.dtype) }, qr(a).R)
      }
      if m < n {
        // Columns behind the square part follow from its Q.
        let (q, r) = qr(a.narrow(-1, 0, m), mode: mode)
        return (q, cat([r, matmul(q.mH, a.narrow(-1, m, n - m))], dim: -1))
      }
      let all = results(apply(QRFactors(isComplete: mode == .complete && m > n), [a]), 2)
      return (all[0], all[1])
    }
  }

}

/// P, L and U of a packed factorisation and its exchanges of rows, as ``linalg/luFactor(_:pivot:)`` gives them.
/// - Parameters:
///   - unpackData: whether L and U are made; else they have no elements.
///   - unpackPivots: whether P is made; else it has no elements.
public func luUnpack(
  _ packed: Tensor, _ pivots: Tensor, unpackData: Bool = true, unpackPivots: Bool = true
) -> (P: Tensor, L: Tensor, U: Tensor) {
  let all = attempt(packed, pivots) { () throws(TensorError) in
    try requireMatrices(packed, "lu_unpack")
    guard !pivots.dtype.isInexact,
      !unpackPivots || pivots.shape == packed.shape.dropLast(2) + [min(packed.size(-2), packed.size(-1))]
    else {
      throw TensorError(.shape, "lu_unpack", "pivots of \(pivots.type) do not fit factors of \(packed.type)")
    }
    let nothing = noGrad { Tensor.zeros([0], dtype: packed.dtype) }
    let p = unpackPivots ? permutation(pivots, packed.size(-2), like: packed) : nothing
    let (l, u) = unpackData ? triangles(packed) : (nothing, nothing)
    return [p, l, u]
  }
  let parts = results(all, 3)
  return (parts[0], parts[1], parts[2])
}

extension Registry {
  /// LU, Cholesky and QR.
  static let factorisations: [Operation] = [
    .tensors("linalg.lu_factor", "A, *, pivot=True") {
      let found = try linalg.luFactor($0.tensor("A"), pivot: $0.bool("pivot"))
      return [found.LU, found.pivots]
    },
    .tensors("linalg.lu_factor_ex", "A, *, pivot=True, check_errors=False") {
      let found = try linalg.luFactorEx($0.tensor("A"), pivot: $0.bool("pivot"))
      return [found.LU, found.pivots, found.info]
    },
    .tensors("lu", "input, pivot=True, get_infos=False") {
      let found = try linalg.luFactorEx($0.tensor("input"), pivot: $0.bool("pivot"))
      return try $0.bool("get_infos") ? [found.LU, found.pivots, found.info] : [found.LU, found.pivots]
    },
    .tensors("linalg.lu", "A, *, pivot=True") {
      let found = try linalg.lu($0.tensor("A"), pivot: $0.bool("pivot"))
      return [found.P, found.L, found.U]
    },
    .tensors("lu_unpack", "LU_data, LU_pivots, unpack_data=True, unpack_pivots=True") {
      let found = try luUnpack(
        $0.tensor("LU_data"), $0.tensor("LU_pivots"), unpackData: $0.bool("unpack_data"),
        unpackPivots: $0.bool("unpack_pivots"))
      return [found.P, found.L, found.U]
    },
    .tensor("linalg.cholesky", "A, *, upper=False") {
      try linalg.cholesky($0.tensor("A"), upper: $0.bool("upper"))
    },
    .tensor("cholesky", "input, upper=False") { try linalg.cholesky($0.tensor("input"), upper: $0.bool("upper")) },
    .tensors("linalg.cholesky_ex", "A, *, upper=False, check_errors=False") {
      let found = try linalg.choleskyEx(
        $0.tensor("A"), upper: $0.bool("upper"), checkErrors: $0.bool("check_errors"))
      return [found.L, found.info]
    },
    .tensors("linalg.qr", "A, mode='reduced'") {
      guard let mode = QRMode(rawValue: try $0.string("mode")) else {
        throw $0.mismatch("mode", "'reduced', 'complete' or 'r'")
      }
      let found = try linalg.qr($0.tensor("A"), mode: mode)
      return [found.Q, found.R]
    },
    .tensors("qr", "input, some=True") {
      let found = try linalg.qr($0.tensor("input"), mode: $0.bool("some") ? .reduced : .complete)
      return [found.Q, found.R]
    },
  ]
}
