import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Systems of equations, inverses and determinants.

/// X of A X = B.
private struct Solution: MatrixPrimitive {
  let operation: String
  var name: String { "LinalgSolve" }
  var ranks: [Int] { [2, 2] }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[1]] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let (pivots, zeroPivot) = items[0].factorLU()
    guard zeroPivot == 0 else { throw singular(operation, zeroPivot) }
    items[1].solveLU(items[0], pivots)
    return [.matrix(items[1])]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = apply(self, node.input(0).mH, single(node, cotangents))
    return [node.needs(0) ? -matmul(g, node.output(0).mH) : nil, g]
  }
}

/// A^-1.
private struct Inverse: MatrixPrimitive {
  let operation: String
  var name: String { "LinalgInvEx" }
  var saves: Saves { .outputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[0]] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let (pivots, zeroPivot) = items[0].factorLU()
    guard zeroPivot == 0 else { throw singular(operation, zeroPivot) }
    let inverse = Matrix<Number>.identity(items[0].rows)
    inverse.solveLU(items[0], pivots)
    return [.matrix(inverse)]
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
private struct TriangularSolution: MatrixPrimitive {
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
private struct CholeskySolution: MatrixPrimitive {
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

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let factor = node.input(0)
    let g = apply(self, factor, single(node, cotangents))
    guard node.needs(0) else { return [nil, g] }
    let whole = -matmul(g, node.output(0).mH)
    let symmetric = whole + whole.mH
    return [isUpper ? matmul(factor, symmetric) : matmul(symmetric, factor), g]
  }
}

/// The determinant as its sign and the logarithm of its size.
private struct SignedDeterminant: MatrixPrimitive {
  var operation: String { "linalg.slogdet" }
  var name: String { "LinalgSlogdet" }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    [TensorType([], items[0].dtype), TensorType([], items[0].dtype.realType)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let a = items[0]
    let (pivots, zeroPivot) = a.factorLU()
    if zeroPivot != 0 { return [.numbers([.zero]), .reals([-.infinity])] }
    var sign = Number.one
    var logarithm = 0.0
    for (i, other) in pivots.enumerated() {
      sign = (i == other ? sign : -sign) * a[i, i].direction
      logarithm += log(a[i, i].size)
    }
    return [.numbers([sign]), .reals([logarithm])]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (a, sign) = (node.input(0), node.output(0))
    var g = cotangents[1] ?? zerosLike(sign.real)
    if a.isComplex {
      let turn = cotangents[0].map { -($0.conj() * sign).imag } ?? zerosLike(g)
      g = complex(g, turn)
    }
    let diagonal = g.unsqueeze(-1).expand(Array(a.shape.dropLast())).asDiagonal
    return [apply(Solution(operation: operation), a.mH, diagonal)]
  }
}

/// The determinant.
private struct Determinant: MatrixPrimitive {
  var operation: String { "linalg.det" }
  var name: String { "LinalgDet" }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [TensorType([], items[0].dtype)] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let (pivots, _) = items[0].factorLU()
    var product = Number.one
    for (i, other) in pivots.enumerated() { product = (i == other ? product : -product) * items[0][i, i] }
    return [.numbers([product])]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents).unsqueeze(-1).unsqueeze(-1)
    return [g * apply(Cofactors(), node.input(0))]
  }
}

/// The conjugates of the cofactors: the gradient of a determinant, for singular matrices too.
private struct Cofactors: MatrixPrimitive {
  var operation: String { "linalg.det" }
  var name: String { "LinalgDetBackward" }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[0]] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    // adj(A)^H = conj(det(U) det(V^H)) U adj(S) V^H
    let n = items[0].rows
    let (u, values, vh) = items[0].singularFactors(isFull: true)
    let turned = u.times(vh)
    let (pivots, _) = turned.factorLU()
    var turn = Number.one
    for (i, other) in pivots.enumerated() { turn = (i == other ? turn : -turn) * turned[i, i] }
    for j in 0..<n {
      let product = values.indices.reduce(1.0) { $1 == j ? $0 : $0 * values[$1] }
      for i in 0..<n { u[i, j] = product * (u[i, j] * turn.conjugate) }
    }
    return [.matrix(u.times(vh))]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    // Where the matrix is regular the cofactors are conj(det) A^-H.
    composedGradients([node.input(0)], needs: [true], cotangents: cotangents) { inputs in
      let determinant = linalg.det(inputs[0]).conj().unsqueeze(-1).unsqueeze(-1)
      return [determinant * linalg.inv(inputs[0]).mH]
    }
  }
}

/// The pseudoinverse, singular values up to max(atol, rtol * largest) taken for 0.
private struct PseudoInverse: MatrixPrimitive {
  let isHermitian: Bool
  var operation: String { "linalg.pinv" }
  var name: String { "LinalgPinv" }
  var ranks: [Int] { [2, 0, 0] }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [TensorType(items[0].shape.reversed(), items[0].dtype)] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let a = isHermitian ? items[0].lowerCompleted : items[0]
    let (u, values, vh) = a.singularFactors(isFull: false)
    let limit = max(items[1][0, 0].realPart, items[2][0, 0].realPart * (values.first ?? 0))
    let v = vh.conjugateTranspose
    for j in values.indices {
      let factor = values[j] > limit ? 1 / values[j] : 0
      for i in 0..<v.rows { v[i, j] = factor * v[i, j] }
    }
    return [.matrix(v.times(u.conjugateTranspose))]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    // Golub and Pereyra, 1973.
    let (a, p) = (node.input(0), node.output(0))
    let (ph, gh) = (p.mH, single(node, cotangents).mH)
    if a.size(-2) <= a.size(-1) {
      let k = matmul(gh, p)
      let kp = matmul(k, ph)
      let part = kp - matmul(matmul(a, p), kp) + matmul(matmul(ph, p), gh - matmul(k, a))
      return [part - matmul(p, k).mH, nil, nil]
    }
    let k = matmul(p, gh)
    let pk = matmul(ph, k)
    let part = matmul(matmul(gh - matmul(a, k), p), ph) + pk - matmul(matmul(pk, p), a)
    return [part - matmul(k, p).mH, nil, nil]
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

/// A number, or one for each matrix of a batch, below which singular values count as 0; nil: see the operation.
struct RankTolerance {
  let absolute: Tensor
  let relative: Tensor

  /// - Parameter given: what stands for a relative tolerance that nobody gave, where there is no absolute one either.
  init(_ a: Tensor, atol: Tensor?, rtol: Tensor?, given: Double? = nil, _ operation: String) throws(TensorError) {
    let batch = Array(a.shape.dropLast(2))
    let type = a.dtype.realType
    for tolerance in [atol, rtol] {
      guard let tolerance, tolerance.isComplex else { continue }
      throw TensorError(.dtype, operation, "tolerances are real numbers, and found \(tolerance.dtype)")
    }
    let shape = try broadcastShapes([batch] + [atol, rtol].compactMap { $0?.shape }, operation)
    func spread(_ x: Tensor) -> Tensor { noGrad { x.detach().to(.float64).placed(with: a).expand(shape) } }
    let roundoff = type == .float64 ? 0x1p-52 : 0x1p-23
    let automatic = given ?? roundoff * Double(max(a.size(-2), a.size(-1)))
    let zero = Tensor(0.0, dtype: .float64)
    absolute = spread(atol ?? zero)
    if let rtol {
      relative = spread(rtol)
    } else if let atol {
      // An absolute tolerance above 0 replaces the relative one that nobody gave.
      relative = noGrad { spread(atol).gt(0).logicalNot().to(.float64) * automatic }
    } else {
      relative = spread(Tensor(automatic, dtype: .float64))
    }
  }
}

extension linalg {
  /// X of A X = B (or X A = B), with A `[..., n, n]` and B `[..., n, k]`; B can be vectors `[..., n]`.
  /// - Parameter left: whether A stands on the left of X.
  public static func solve(_ a: Tensor, _ b: Tensor, left: Bool = true) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a, b) { solve($0, $1, left: left) } }
    return attempt(a, b) { () throws(TensorError) in
      try requireMatrices(a, "linalg.solve", square: true)
      let isVector = b.rank == 1 || (b.rank == a.rank - 1 && b.shape == Array(a.shape.dropLast()))
      let columns = isVector ? b.unsqueeze(-1) : b
      guard left || !isVector else {
        throw TensorError(
          .shape, "linalg.solve", "vectors \(b.shape) can be solved for on the right of the matrix only")
      }
      let (m, c) = left ? (a, columns) : (a.mT, columns.mT)
      guard c.size(-2) == a.size(-1) else {
        throw TensorError(.shape, "linalg.solve", "matrices \(a.shape) do not fit right-hand sides of shape \(b.shape)")
      }
      let both = try withCommonBatch([m, c], "linalg.solve")
      let x = apply(Solution(operation: "linalg.solve"), both[0], both[1])
      return isVector ? x.squeeze([x.rank - 1]) : left ? x : x.mT
    }
  }

  /// ``solve(_:_:left:)`` and, as `info`, the first pivot that is 0, or 0. A singular matrix is no error: its X holds no numbers.
  public static func solveEx(
    _ a: Tensor, _ b: Tensor, left: Bool = true, checkErrors: Bool = false
  ) -> (result: Tensor, info: Tensor) {
    let info = noGrad { luFactorEx(a.detach()).info }
    if info.hasFailed { return (info, info) }
    if checkErrors || info.eq(0).all().item() != 0 { return (solve(a, b, left: left), info) }
    return (regularised(a, info) { solve($0, b, left: left) }, info)
  }

  /// The inverses of square matrices. A singular one is an error.
  public static func inv(_ a: Tensor) -> Tensor { inverse(a, "linalg.inv") }

  static func inverse(_ a: Tensor, _ operation: String) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { inverse($0, operation) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, operation, square: true)
      return apply(Inverse(operation: operation), a)
    }
  }

  /// ``inv(_:)`` and, as `info`, the first pivot that is 0, or 0. A singular matrix is no error: its inverse holds no numbers.
  public static func invEx(_ a: Tensor, checkErrors: Bool = false) -> (inverse: Tensor, info: Tensor) {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { invEx($0, checkErrors: checkErrors) } }
    let info = noGrad { luFactorEx(a.detach()).info }
    if info.hasFailed { return (info, info) }
    if checkErrors || info.eq(0).all().item() != 0 { return (inv(a), info) }
    return (regularised(a, info) { inv($0) }, info)
  }

  /// What `body` makes of the matrices that are regular, and NaN for the others.
  private static func regularised(_ a: Tensor, _ info: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
    let isSingular = noGrad { info.ne(0).unsqueeze(-1).unsqueeze(-1) }
    let unit = noGrad { eye(a.size(-1), dtype: a.dtype) }
    return body(`where`(isSingular, unit, a)).maskedFill(isSingular, Double.nan)
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

  /// The determinants of square matrices; of matrices without elements 1. The gradient exists for singular matrices too.
  public static func det(_ a: Tensor) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { det($0) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.det", square: true)
      return apply(Determinant(), a)
    }
  }

  /// The determinants as signs (numbers of size 1, or 0) and logarithms of their sizes, which do not overflow.
  public static func slogdet(_ a: Tensor) -> (sign: Tensor, logabsdet: Tensor) {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { slogdet($0) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.slogdet", square: true)
      let all = results(apply(SignedDeterminant(), [a]), 2)
      return (all[0], all[1])
    }
  }

  /// The pseudoinverses (Moore-Penrose) of matrices of any shape.
  /// - Parameters:
  ///   - atol: singular values up to this count as 0.
  ///   - rtol: singular values up to this part of the largest count as 0; the larger limit holds. Where neither is given, the
  ///     distance between 1 and the next number, times the larger size of the matrix.
  ///   - hermitian: whether the matrices are Hermitian; their lower triangles are read.
  public static func pinv(
    _ a: Tensor, atol: Tensor?, rtol: Tensor?, hermitian: Bool = false
  ) -> Tensor {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a) {
        pinv($0, atol: atol, rtol: rtol, hermitian: hermitian)
      }
    }
    return attempt(a, atol, rtol) { () throws(TensorError) in
      try requireMatrices(a, "linalg.pinv", square: hermitian)
      let tolerance = try RankTolerance(a, atol: atol, rtol: rtol, "linalg.pinv")
      let operands = try withCommonBatch(
        [a, tolerance.absolute.to(a.dtype), tolerance.relative.to(a.dtype)], ranks: [2, 0, 0], "linalg.pinv")
      return apply(PseudoInverse(isHermitian: hermitian), operands)[0]
    }
  }

  /// ``pinv(_:atol:rtol:hermitian:)-(_,Tensor?,_,_)`` with numbers for all matrices.
  public static func pinv(
    _ a: Tensor, atol: Double? = nil, rtol: Double? = nil, hermitian: Bool = false
  ) -> Tensor {
    pinv(a, atol: tolerance(atol), rtol: tolerance(rtol), hermitian: hermitian)
  }

  /// A tolerance as a tensor.
  static func tolerance(_ value: Double?) -> Tensor? { value.map { Tensor($0, dtype: .float64) } }

  /// The X that minimise |A X - B|, with A `[..., m, n]` and B `[..., m, k]` (or vectors `[..., m]`); of several the shortest.
  ///
  /// - Parameters:
  ///   - rcond: singular values up to this part of the largest count as 0.
  ///   - driver: the method of LAPACK whose results are given. `gels` takes it that A has full rank.
  /// - Returns: the solution; the sums of the squared residuals, where m > n and A has full rank, but for `gelsy`; the ranks of A,
  ///   but for `gels`; and its singular values, for `gelsd` and `gelss`. What is not given has no elements.
  public static func lstsq(
    _ a: Tensor, _ b: Tensor, rcond: Double? = nil, driver: LeastSquaresDriver = .gelsy
  ) -> (solution: Tensor, residuals: Tensor, rank: Tensor, singularValues: Tensor) {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a, b) {
        lstsq($0, $1, rcond: rcond, driver: driver)
      }
    }
    let all = attempt(a, b) { () throws(TensorError) in
      try requireMatrices(a, "linalg.lstsq")
      let isVector = b.rank == a.rank - 1 && b.shape == Array(a.shape.dropLast())
      let columns = isVector ? b.unsqueeze(-1) : b
      guard columns.rank >= 2, columns.size(-2) == a.size(-2), columns.dtype == a.dtype else {
        throw TensorError(.shape, "linalg.lstsq", "matrices \(a.type) do not fit right-hand sides \(b.type)")
      }
      let both = try withCommonBatch([a, columns], "linalg.lstsq")
      let (m, n) = (a.size(-2), a.size(-1))
      let solution = matmul(pinv(both[0], rtol: rcond), both[1])
      let values = noGrad { svdvals(both[0].detach()) }
      let limit = rcond ?? (a.dtype.realType == .float64 ? 0x1p-52 : 0x1p-23) * Double(max(m, n))
      let rank = noGrad {
        let largest = values.shape.last == 0 ? values : values.narrow(-1, 0, 1)
        return values.gt(largest * limit).sum([-1])
      }
      let isFull = driver == .gels || rank.eq(n).all().item() != 0
      let nothing = noGrad { Tensor.zeros([0], dtype: a.dtype.realType) }
      // No residuals, which still belong to the operands.
      let unknown = solution.real.reshape([solution.count]).narrow(0, 0, 0)
      let residuals =
        m > n && isFull && driver != .gelsy
        ? (matmul(both[0], solution) - both[1]).abs().square().sum([-2]) : unknown
      let hasValues = driver == .gelsd || driver == .gelss
      return [
        isVector ? solution.squeeze([solution.rank - 1]) : solution,
        residuals,
        driver == .gels ? noGrad { Tensor.zeros([0], dtype: .int64) } : rank,
        hasValues ? values : nothing,
      ]
    }
    let found = results(all, 4)
    return (found[0], found[1], found[2], found[3])
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

/// A method of LAPACK for ``linalg/lstsq(_:_:rcond:driver:)``.
public enum LeastSquaresDriver: String, Sendable, Hashable, NamedChoice {
  /// LAPACK's names: QR for full rank, QR with pivots, singular values by divide and conquer, singular values.
  case gels, gelsy, gelsd, gelss
}

extension Tensor {
  /// The determinants of the matrices in the last two dimensions.
  public func det() -> Tensor { linalg.det(self) }
  /// The logarithms of the determinants; NaN where one is negative.
  public func logdet() -> Tensor {
    let (sign, logarithm) = linalg.slogdet(self)
    if sign.hasFailed { return sign }
    if isComplex { return logarithm + sign.log() }
    return logarithm.maskedFill(noGrad { sign.detach().lt(0) }, Double.nan)
  }
  /// The determinants as signs and logarithms of sizes.
  public func slogdet() -> (sign: Tensor, logabsdet: Tensor) { linalg.slogdet(self) }
  /// The inverses of square matrices.
  public func inverse() -> Tensor { linalg.inv(self) }
  /// The pseudoinverses, singular values up to `rcond` times the largest taken for 0.
  public func pinverse(rcond: Double = 1e-15) -> Tensor { linalg.pinv(self, rtol: rcond) }
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

extension OperationArguments {
  /// A tolerance, as a number or one for each matrix.
  func tolerance(_ name: String) throws -> Tensor? {
    if try isNone(name) { return nil }
    return try isTensor(name) ? tensor(name) : Tensor(double(name), dtype: .float64)
  }
}

extension Registry {
  /// Systems of equations, inverses and determinants.
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
    .unary("linalg.det det") { linalg.det($0) },
    .tensors("linalg.slogdet slogdet", "input") {
      let found = try linalg.slogdet($0.tensor("input"))
      return [found.sign, found.logabsdet]
    },
    .unary("logdet") { $0.logdet() },
    .tensor("linalg.pinv", "input, rcond=None, hermitian=False, *, atol=None, rtol=None") {
      try linalg.pinv(
        $0.tensor("input"), atol: $0.tolerance("atol"), rtol: $0.tolerance("rtol") ?? $0.tolerance("rcond"),
        hermitian: $0.bool("hermitian"))
    },
    .tensor("pinverse", "input, rcond=1e-15") { try $0.tensor("input").pinverse(rcond: $0.double("rcond")) },
    .tensors("linalg.lstsq", "input, B, rcond=None, *, driver=None") {
      guard let driver = LeastSquaresDriver(rawValue: try $0.optionalString("driver") ?? "gelsy") else {
        throw $0.mismatch("driver", "'gels', 'gelsy', 'gelsd' or 'gelss'")
      }
      let found = try linalg.lstsq(
        $0.tensor("input"), $0.tensor("B"), rcond: $0.optionalDouble("rcond"), driver: driver)
      return [found.solution, found.residuals, found.rank, found.singularValues]
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
