import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Systems of equations and inverses.

/// X of A X = B, and the first pivot that is 0.
struct Solution: MatrixPrimitive {
  let operation: String
  /// Whether a singular matrix is an error; else its X holds no numbers.
  var isChecked = true
  var name: String { "LinalgSolveEx" }
  var ranks: [Int] { [2, 2] }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[1], TensorType([], .int32)] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let (pivots, zeroPivot) = items[0].factorLU()
    guard zeroPivot == 0 || !isChecked else { throw singular(operation, zeroPivot) }
    items[1].solveLU(items[0], pivots)
    if zeroPivot != 0 { items[1].elements.update(repeating: Number(real: .nan), count: items[1].count) }
    return [.matrix(items[1]), .integers([zeroPivot])]
  }

  var isInLAPACK: Bool { true }
  var gainsFromThreads: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    let (n, k) = item.sizes[1]
    let factors = item.copy()
    let pivots = item.caller.room(.pivots, n, of: Int32.self)
    // A^T = P L U, and so X^T = B^T U^-1 L^-1 P^T.
    let zeroPivot =
      item.isSmall ? factors.factorSmallLU(n, n, pivots) : item.caller.getrf(n, n, factors, pivots)
    guard zeroPivot == 0 || !isChecked else { throw singular(operation, zeroPivot) }
    item.result(1, of: Int32.self)[0] = Int32(zeroPivot)
    let x = item.result(0, of: Number.self)
    guard zeroPivot == 0 else { return x.update(repeating: Number(real: .nan), count: n * k) }
    x.update(from: item.input(1), count: n * k)
    if item.isSmall { return x.solveSmallLU(factors, n, k, pivots) }
    item.caller.trsm("U", "N", unit: false, k, n, factors, x)
    item.caller.trsm("L", "N", unit: true, k, n, factors, x)
    for i in (0..<n).reversed() {
      let other = Int(pivots[i]) - 1
      if other != i { for j in 0..<k { swap(&x[i * k + j], &x[other * k + j]) } }
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = apply(self, [node.input(0).mH, single(node, cotangents)])[0]
    return [node.needs(0) ? -matmul(g, node.output(0).mH) : nil, g]
  }
}

/// A^-1, and the first pivot that is 0.
struct Inverse: MatrixPrimitive {
  let operation: String
  /// Whether a singular matrix is an error; else its inverse holds no numbers.
  var isChecked = true
  var name: String { "LinalgInvEx" }
  var saves: Saves { .outputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[0], TensorType([], .int32)] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let (pivots, zeroPivot) = items[0].factorLU()
    guard zeroPivot == 0 || !isChecked else { throw singular(operation, zeroPivot) }
    let inverse = Matrix<Number>.identity(items[0].rows)
    inverse.solveLU(items[0], pivots)
    if zeroPivot != 0 { inverse.elements.update(repeating: Number(real: .nan), count: inverse.count) }
    return [.matrix(inverse), .integers([zeroPivot])]
  }

  var isInLAPACK: Bool { true }
  var gainsFromThreads: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    let n = item.rows
    let inverse = item.result(0, of: Number.self)
    let pivots = item.caller.room(.pivots, n, of: Int32.self)
    let factors = item.isSmall ? item.room(.first, n * n) : inverse
    factors.update(from: item.input(), count: n * n)
    // The inverse of the transposed matrix is the transposed inverse.
    let zeroPivot =
      item.isSmall ? factors.factorSmallLU(n, n, pivots) : item.caller.getrf(n, n, inverse, pivots)
    guard zeroPivot == 0 || !isChecked else { throw singular(operation, zeroPivot) }
    item.result(1, of: Int32.self)[0] = Int32(zeroPivot)
    guard zeroPivot == 0 else { return inverse.update(repeating: Number(real: .nan), count: n * n) }
    guard item.isSmall else {
      _ = item.caller.getri(n, inverse, pivots)
      return
    }
    for i in 0..<n { for j in 0..<n { inverse[i * n + j] = i == j ? .one : .zero } }
    inverse.solveSmallLU(factors, n, n, pivots)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let adjoint = node.output(0).mH
    return [-matmul(adjoint, matmul(single(node, cotangents), adjoint))]
  }
}

private func singular(_ operation: String, _ pivot: Int) -> TensorError {
  TensorError(
    .value, operation,
    "the matrix is singular: pivot \(pivot) of its elimination is 0; linalg.pinv and linalg.lstsq take such matrices")
}

/// X of T X = B with a triangle T.
struct TriangularSolution: MatrixPrimitive {
  let isUpper: Bool
  let hasUnitDiagonal: Bool
  var operation: String { "linalg.solve_triangular" }
  var name: String { "LinalgSolveTriangular" }
  var ranks: [Int] { [2, 2] }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[1]] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    items[1].solveTriangular(items[0], isUpper: isUpper, hasUnitDiagonal: hasUnitDiagonal)
    return [.matrix(items[1])]
  }

  var isInLAPACK: Bool { true }
  var gainsFromThreads: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) {
    let (n, k) = item.sizes[1]
    let x = item.result(0, of: Number.self)
    x.update(from: item.input(1), count: n * k)
    // X^T = B^T (T^T)^-1; the routine does not change the triangle.
    item.caller.trsm(
      isUpper ? "L" : "U", "N", unit: hasUnitDiagonal, k, n, UnsafeMutablePointer(mutating: item.input()), x)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let adjoint = TriangularSolution(isUpper: !isUpper, hasUnitDiagonal: hasUnitDiagonal)
    let g = apply(adjoint, node.input(0).mH, single(node, cotangents))
    guard node.needs(0) else { return [nil, g] }
    let whole = -matmul(g, node.output(0).mH)
    let edge = hasUnitDiagonal ? 1 : 0
    return [isUpper ? whole.triu(edge) : whole.tril(-edge), g]
  }
}

/// X of T X = B, or of X T = B, with batches that broadcast.
func triangularSolution(
  _ t: Tensor, _ b: Tensor, upper: Bool, left: Bool = true, unit: Bool = false
) -> Tensor {
  attempt(t, b) { () throws(TensorError) in
    if !left { return triangularSolution(t.mT, b.mT, upper: !upper, unit: unit).mT }
    let both = try withCommonBatch([t, b], "linalg.solve_triangular")
    return apply(TriangularSolution(isUpper: upper, hasUnitDiagonal: unit), both[0], both[1])
  }
}

/// X of L L^H X = B (or U^H U X = B).
struct CholeskySolution: MatrixPrimitive {
  let isUpper: Bool
  var operation: String { "cholesky_solve" }
  var name: String { "CholeskySolve" }
  var ranks: [Int] { [2, 2] }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[1]] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let (factor, adjoint) = (items[0], items[0].conjugateTranspose)
    items[1].solveTriangular(isUpper ? adjoint : factor, isUpper: false, hasUnitDiagonal: false)
    items[1].solveTriangular(isUpper ? factor : adjoint, isUpper: true, hasUnitDiagonal: false)
    return [.matrix(items[1])]
  }

  var isInLAPACK: Bool { true }
  var gainsFromThreads: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) {
    let (n, k) = item.sizes[1]
    let x = item.result(0, of: Number.self)
    x.update(from: item.input(1), count: n * k)
    let factor = UnsafeMutablePointer(mutating: item.input())
    // X^T = B^T (L^T)^-1 (L^*)^-1, where L^T is what LAPACK sees; or B^T (U^*)^-1 (U^T)^-1.
    item.caller.trsm(isUpper ? "L" : "U", isUpper ? "C" : "N", unit: false, k, n, factor, x)
    item.caller.trsm(isUpper ? "L" : "U", isUpper ? "N" : "C", unit: false, k, n, factor, x)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let factor = node.input(0)
    let g = apply(self, factor, single(node, cotangents))
    guard node.needs(0) else { return [nil, g] }
    let whole = -matmul(g, node.output(0).mH)
    let symmetric = whole + whole.mH
    return [isUpper ? matmul(factor, symmetric) : matmul(symmetric, factor), g]
  }
}

extension Matrix {
  /// The Hermitian matrix whose lower triangle this one has.
  var lowerCompleted: Matrix {
    let made = copy()
    for i in 0..<rows {
      made[i, i] = Number(real: self[i, i].realPart)
      for j in i + 1..<Swift.max(columns, i + 1) { made[i, j] = self[j, i].conjugate }
    }
    return made
  }
}

extension linalg {
  /// X of A X = B (or X A = B), with A `[..., n, n]` and B `[..., n, k]`; B can be vectors `[..., n]`.
  /// - Parameter left: whether A stands on the left of X.
  public static func solve(_ a: Tensor, _ b: Tensor, left: Bool = true) -> Tensor {
    solution(a, b, left: left, isChecked: true, "linalg.solve").result
  }

  private static func solution(
    _ a: Tensor, _ b: Tensor, left: Bool, isChecked: Bool, _ operation: String
  ) -> (result: Tensor, info: Tensor) {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a, b) { solution($0, $1, left: left, isChecked: isChecked, operation) }
    }
    let all = attempt(a, b) { () throws(TensorError) in
      try requireMatrices(a, operation, square: true)
      guard b.rank > 0 else {
        throw TensorError(.shape, operation, "the right-hand side must be a vector or a matrix, and found []")
      }
      let isVector = b.rank == 1 || (b.rank == a.rank - 1 && b.shape == Array(a.shape.dropLast()))
      let columns = isVector ? b.unsqueeze(-1) : b
      guard left || !isVector else {
        throw TensorError(
          .shape, operation, "vectors \(b.shape) can be solved for on the right of the matrix only")
      }
      let (m, c) = left ? (a, columns) : (a.mT, columns.mT)
      guard c.size(-2) == a.size(-1) else {
        throw TensorError(.shape, operation, "matrices \(a.shape) do not fit right-hand sides of shape \(b.shape)")
      }
      let both = try withCommonBatch([m, c], operation)
      let found = results(apply(Solution(operation: operation, isChecked: isChecked), both), 2)
      let x = found[0]
      return [isVector ? x.squeeze([x.rank - 1]) : left ? x : x.mT, found[1]]
    }
    let found = results(all, 2)
    return (found[0], found[1])
  }

  /// ``solve(_:_:left:)`` of matrices that fit, for another operation.
  static func solved(_ a: Tensor, _ b: Tensor, _ operation: String) -> Tensor {
    apply(Solution(operation: operation), [a, b])[0]
  }

  /// ``solve(_:_:left:)`` and, as `info`, the first pivot that is 0, or 0. A singular matrix is no error: its X holds no numbers.
  public static func solveEx(
    _ a: Tensor, _ b: Tensor, left: Bool = true, checkErrors: Bool = false
  ) -> (result: Tensor, info: Tensor) {
    solution(a, b, left: left, isChecked: checkErrors, "linalg.solve_ex")
  }

  /// The inverses of square matrices. A singular one is an error.
  public static func inv(_ a: Tensor) -> Tensor { inverse(a, "linalg.inv") }

  static func inverse(_ a: Tensor, _ operation: String) -> Tensor {
    inverse(a, operation, isChecked: true).inverse
  }

  private static func inverse(
    _ a: Tensor, _ operation: String, isChecked: Bool
  ) -> (inverse: Tensor, info: Tensor) {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a) { inverse($0, operation, isChecked: isChecked) }
    }
    let all = attempt(a) { () throws(TensorError) in
      try requireMatrices(a, operation, square: true)
      return apply(Inverse(operation: operation, isChecked: isChecked), [a])
    }
    let found = results(all, 2)
    return (found[0], found[1])
  }

  /// ``inv(_:)`` and, as `info`, the first pivot that is 0, or 0. A singular matrix is no error: its inverse holds no numbers.
  public static func invEx(_ a: Tensor, checkErrors: Bool = false) -> (inverse: Tensor, info: Tensor) {
    inverse(a, "linalg.inv_ex", isChecked: checkErrors)
  }

  /// X of T X = B, or of X T = B, with triangular matrices T, whose other half is not read.
  /// - Parameters:
  ///   - upper: whether T is an upper triangle.
  ///   - left: whether T stands on the left of X.
  ///   - unitriangular: whether the diagonal of T is taken for ones and not read.
  public static func solveTriangular(
    _ t: Tensor, _ b: Tensor, upper: Bool, left: Bool = true, unitriangular: Bool = false
  ) -> Tensor {
    if let autocast = Autocast.active {
      return autocast.run(.float32, t, b) {
        solveTriangular($0, $1, upper: upper, left: left, unitriangular: unitriangular)
      }
    }
    return attempt(t, b) { () throws(TensorError) in
      try requireMatrices(t, "linalg.solve_triangular", square: true)
      try requireMatrices(b, "linalg.solve_triangular")
      guard (left ? b.size(-2) : b.size(-1)) == t.size(-1) else {
        throw TensorError(
          .shape, "linalg.solve_triangular", "triangles \(t.shape) do not fit right-hand sides of shape \(b.shape)")
      }
      return triangularSolution(t, b, upper: upper, left: left, unit: unitriangular)
    }
  }

  /// The inverse of a tensor as a matrix from its last dimensions to its first `ind` ones.
  public static func tensorinv(_ a: Tensor, ind: Int = 2) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { tensorinv($0, ind: ind) } }
    return attempt(a) { () throws(TensorError) in
      guard ind > 0, ind <= a.rank else {
        throw TensorError(.value, "linalg.tensorinv", "ind must lie in 1...\(a.rank), and found \(ind)")
      }
      let (first, rest) = (Array(a.shape[..<ind]), Array(a.shape[ind...]))
      guard elementCount(first) == elementCount(rest) else {
        throw TensorError(
          .shape, "linalg.tensorinv", "the products of the sizes \(first) and \(rest) of \(a.shape) must be equal")
      }
      return inverse(a.reshape([elementCount(first), elementCount(rest)]), "linalg.tensorinv").reshape(rest + first)
    }
  }

  /// X with `tensordot(A, X, dims: X.rank) == B`.
  /// - Parameter dims: dimensions of A that are moved to its end first.
  public static func tensorsolve(_ a: Tensor, _ b: Tensor, dims: [Int]? = nil) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a, b) { tensorsolve($0, $1, dims: dims) } }
    return attempt(a, b) { () throws(TensorError) in
      var a = a
      if let dims {
        let chosen = try normalize(dims: dims, rank: a.rank, "linalg.tensorsolve")
        a = a.permute((0..<a.rank).filter { !chosen.contains($0) } + chosen)
      }
      guard b.rank <= a.rank, elementCount(Array(a.shape[..<b.rank])) == elementCount(Array(a.shape[b.rank...])),
        elementCount(Array(a.shape[..<b.rank])) == b.count
      else {
        throw TensorError(.shape, "linalg.tensorsolve", "\(a.shape) is no square system for \(b.shape)")
      }
      return solve(a.reshape([b.count, b.count]), b.reshape([b.count])).reshape(Array(a.shape[b.rank...]))
    }
  }
}

extension Tensor {
  /// The inverses of square matrices.
  public func inverse() -> Tensor { linalg.inv(self) }
  /// The Cholesky factors of Hermitian positive definite matrices.
  public func cholesky(upper: Bool = false) -> Tensor { linalg.cholesky(self, upper: upper) }

  /// X of A X = B for these right-hand sides B, from the Cholesky factor of A.
  public func choleskySolve(_ factor: Tensor, upper: Bool = false) -> Tensor {
    if let autocast = Autocast.active {
      return autocast.run(.float32, self, factor) {
        $0.choleskySolve($1, upper: upper)
      }
    }
    return attempt(self, factor) { () throws(TensorError) in
      try requireMatrices(self, "cholesky_solve")
      try requireMatrices(factor, "cholesky_solve", square: true)
      guard size(-2) == factor.size(-1) else {
        throw TensorError(.shape, "cholesky_solve", "factors \(factor.shape) do not fit right-hand sides \(shape)")
      }
      let both = try withCommonBatch([factor, self], "cholesky_solve")
      return apply(CholeskySolution(isUpper: upper), both[0], both[1])
    }
  }

  /// The inverse of A from its Cholesky factor, this one.
  public func choleskyInverse(upper: Bool = false) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, self) { $0.choleskyInverse(upper: upper) } }
    return attempt(self) { () throws(TensorError) in
      try requireMatrices(self, "cholesky_inverse", square: true)
      let unit = noGrad { eye(size(-1), dtype: dtype).expand(shape) }
      return unit.choleskySolve(self, upper: upper)
    }
  }

  /// X of A X = B for these right-hand sides B, from the LU factorisation of A.
  public func luSolve(_ factors: Tensor, _ pivots: Tensor) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, self, factors) { $0.luSolve($1, pivots) } }
    return attempt(self, factors, pivots) { () throws(TensorError) in
      try requireMatrices(self, "lu_solve")
      try requireMatrices(factors, "lu_solve", square: true)
      guard size(-2) == factors.size(-1) else {
        throw TensorError(.shape, "lu_solve", "factors \(factors.shape) do not fit right-hand sides \(shape)")
      }
      let (p, l, u) = luUnpack(factors, pivots)
      return triangularSolution(
        u, triangularSolution(l, ApusFunctional.matmul(p.mT, self), upper: false, unit: true), upper: true)
    }
  }

  /// X of T X = B for these right-hand sides B and the triangles `a`, which are given back too.
  public func triangularSolve(
    _ a: Tensor, upper: Bool = true, transpose: Bool = false, unitriangular: Bool = false
  ) -> (solution: Tensor, clonedCoefficient: Tensor) {
    if let autocast = Autocast.active {
      return autocast.run(.float32, self, a) {
        $0.triangularSolve($1, upper: upper, transpose: transpose, unitriangular: unitriangular)
      }
    }
    let both = attempt(self, a) { () throws(TensorError) in
      try requireMatrices(self, "triangular_solve")
      try requireMatrices(a, "triangular_solve", square: true)
      let t = transpose ? a.mT : a
      return [
        linalg.solveTriangular(t, self, upper: upper != transpose, unitriangular: unitriangular),
        try withCommonBatch([a, self], "triangular_solve")[0].clone(),
      ]
    }
    let found = results(both, 2)
    return (found[0], found[1])
  }
}

extension linalg {
  /// X of A X = B (or X A = B) from the LU factorisation of A.
  /// - Parameters:
  ///   - left: whether A stands on the left of X.
  ///   - adjoint: whether A^H stands in the place of A.
  public static func luSolve(
    _ factors: Tensor, _ pivots: Tensor, _ b: Tensor, left: Bool = true, adjoint: Bool = false
  ) -> Tensor {
    if let autocast = Autocast.active {
      return autocast.run(.float32, factors, b) {
        luSolve($0, pivots, $1, left: left, adjoint: adjoint)
      }
    }
    return attempt(factors, pivots, b) { () throws(TensorError) in
      if !left { return luSolve(factors, pivots, b.mH, adjoint: !adjoint).mH }
      if !adjoint { return b.luSolve(factors, pivots) }
      try requireMatrices(b, "linalg.lu_solve")
      try requireMatrices(factors, "linalg.lu_solve", square: true)
      let (p, l, u) = luUnpack(factors, pivots)
      let inner = triangularSolution(u.mH, b, upper: false)
      return matmul(p, triangularSolution(l.mH, inner, upper: true, unit: true))
    }
  }
}

extension Registry {
  /// Systems of equations and inverses.
  static let linearSystems: [Operation] = [
    .tensor("linalg.solve", "A, B, *, left=True") {
      try linalg.solve($0.tensor("A"), $0.tensor("B"), left: $0.bool("left"))
    },
    .tensors("linalg.solve_ex", "A, B, *, left=True, check_errors=False") {
      let found = try linalg.solveEx(
        $0.tensor("A"), $0.tensor("B"), left: $0.bool("left"), checkErrors: $0.bool("check_errors"))
      return [found.result, found.info]
    },
    .tensor("linalg.inv inverse", "input") { try linalg.inv($0.tensor("input")) },
    .tensors("linalg.inv_ex", "A, *, check_errors=False") {
      let found = try linalg.invEx($0.tensor("A"), checkErrors: $0.bool("check_errors"))
      return [found.inverse, found.info]
    },
    .tensor("linalg.solve_triangular", "A, B, *, upper, left=True, unitriangular=False") {
      try linalg.solveTriangular(
        $0.tensor("A"), $0.tensor("B"), upper: $0.bool("upper"), left: $0.bool("left"),
        unitriangular: $0.bool("unitriangular"))
    },
    .tensors("triangular_solve", "b, A, upper=True, transpose=False, unitriangular=False") {
      let found = try $0.tensor("b").triangularSolve(
        $0.tensor("A"), upper: $0.bool("upper"), transpose: $0.bool("transpose"),
        unitriangular: $0.bool("unitriangular"))
      return [found.solution, found.clonedCoefficient]
    },
    .tensor("linalg.tensorinv", "A, ind=2") { try linalg.tensorinv($0.tensor("A"), ind: $0.int("ind")) },
    .tensor("linalg.tensorsolve", "A, B, dims=None") {
      try linalg.tensorsolve($0.tensor("A"), $0.tensor("B"), dims: $0.optionalInts("dims"))
    },
    .tensor("cholesky_solve", "B, L, upper=False") {
      try $0.tensor("B").choleskySolve($0.tensor("L"), upper: $0.bool("upper"))
    },
    .tensor("cholesky_inverse", "L, upper=False") { try $0.tensor("L").choleskyInverse(upper: $0.bool("upper")) },
    .tensor("lu_solve", "b, LU_data, LU_pivots") {
      try $0.tensor("b").luSolve($0.tensor("LU_data"), $0.tensor("LU_pivots"))
    },
    .tensor("linalg.lu_solve", "LU, pivots, B, *, left=True, adjoint=False") {
      try linalg.luSolve(
        $0.tensor("LU"), $0.tensor("pivots"), $0.tensor("B"), left: $0.bool("left"), adjoint: $0.bool("adjoint"))
    },
  ]
}
