import ApusCore

// L D L^T of symmetric and L D L^H of Hermitian matrices that need not be definite, by the diagonal pivoting of Bunch and Kaufman (1977), in
// the form of LAPACK's sytrf and hetrf for the lower triangle; and systems of equations with them.

extension Matrix {
  /// The bound of a pivot's size to that of its column, at which elements grow least.
  private static var growthBound: Double { (1 + 17.0.squareRoot()) / 8 }

  /// Replaces the matrix, of which the lower triangle is read, by L (below the diagonal blocks, its own diagonal is 1) and the
  /// blocks D of size 1 or 2 of P L D L^T P^T, zeros above.
  /// - Returns: for each column the row that it was exchanged with, from 1, and negative for both columns of a block of size 2, of
  ///   which the second one was exchanged; and the first column (from 1) whose block is 0; 0: none.
  func factorLDL(isHermitian: Bool) -> (pivots: [Int], zeroPivot: Int) {
    let n = rows
    var pivots = [Int](repeating: 0, count: n)
    var zeroPivot = 0
    for i in 0..<n { for j in i + 1..<Swift.max(n, i + 1) { self[i, j] = .zero } }
    if isHermitian { for i in 0..<n { self[i, i] = Number(real: self[i, i].realPart) } }
    var k = 0
    while k < n {
      let (other, isPair) = pivot(k, isHermitian)
      let last = isPair ? k + 1 : k
      if other != last { exchangeSymmetrically(k, last, other, isHermitian) }
      if isPair {
        eliminatePair(k, isHermitian)
        (pivots[k], pivots[k + 1]) = (-other - 1, -other - 1)
      } else {
        pivots[k] = other + 1
        let size = self[k, k].pivotSize
        if size == 0 || size.isNaN {
          if zeroPivot == 0 { zeroPivot = k + 1 }
        } else {
          eliminate(k, isHermitian)
        }
      }
      k = last + 1
    }
    return (pivots, zeroPivot)
  }

  /// The row to exchange with that of column `k`, or with the next one where the two make a block.
  private func pivot(_ k: Int, _ isHermitian: Bool) -> (row: Int, isPair: Bool) {
    let size = self[k, k].pivotSize
    guard k + 1 < rows else { return (k, false) }
    var best = k + 1
    for i in k + 1..<rows where self[i, k].pivotSize > self[best, k].pivotSize { best = i }
    let largest = self[best, k].pivotSize
    if Swift.max(size, largest) == 0 || size.isNaN || size >= Matrix.growthBound * largest { return (k, false) }
    // The largest element beside the diagonal in the row of the candidate.
    var inRow = 0.0
    for j in k..<best { inRow = Swift.max(inRow, self[best, j].pivotSize) }
    for i in best + 1..<Swift.max(rows, best + 1) { inRow = Swift.max(inRow, self[i, best].pivotSize) }
    if size >= Matrix.growthBound * largest * (largest / inRow) { return (k, false) }
    return (best, self[best, best].pivotSize < Matrix.growthBound * inRow)
  }

  /// Exchanges rows and columns `a` < `b` of what is left from column `k` on.
  private func exchangeSymmetrically(_ k: Int, _ a: Int, _ b: Int, _ isHermitian: Bool) {
    func seen(_ x: Number) -> Number { isHermitian ? x.conjugate : x }
    for i in b + 1..<Swift.max(rows, b + 1) { (self[i, a], self[i, b]) = (self[i, b], self[i, a]) }
    for i in a + 1..<b { (self[i, a], self[b, i]) = (seen(self[b, i]), seen(self[i, a])) }
    self[b, a] = seen(self[b, a])
    (self[a, a], self[b, b]) = (self[b, b], self[a, a])
    if a > k { (self[a, k], self[b, k]) = (self[b, k], self[a, k]) }
  }

  /// Subtracts what column `k` accounts for, and leaves its part of L.
  private func eliminate(_ k: Int, _ isHermitian: Bool) {
    let inverse = Number.one / self[k, k]
    for j in k + 1..<Swift.max(rows, k + 1) {
      let factor = inverse * (isHermitian ? self[j, k].conjugate : self[j, k])
      for i in j..<rows { self[i, j] -= self[i, k] * factor }
      if isHermitian { self[j, j] = Number(real: self[j, j].realPart) }
    }
    for i in k + 1..<Swift.max(rows, k + 1) { self[i, k] = self[i, k] * inverse }
  }

  /// The same for the columns `k` and `k + 1` of a block of size 2.
  private func eliminatePair(_ k: Int, _ isHermitian: Bool) {
    guard k + 2 < rows else { return }
    let beside = self[k + 1, k]
    let scale = isHermitian ? Number(real: beside.size) : beside
    let direction = beside / scale
    let (first, second) = (self[k + 1, k + 1] / scale, self[k, k] / scale)
    let factor = Number.one / (first * second - .one) / scale
    let back = isHermitian ? direction.conjugate : direction
    for j in k + 2..<rows {
      let left = factor * (first * self[j, k] - direction * self[j, k + 1])
      let right = factor * (second * self[j, k + 1] - back * self[j, k])
      let (x, y) = isHermitian ? (left.conjugate, right.conjugate) : (left, right)
      for i in j..<rows { self[i, j] -= self[i, k] * x + self[i, k + 1] * y }
      (self[j, k], self[j, k + 1]) = (left, right)
      if isHermitian { self[j, j] = Number(real: self[j, j].realPart) }
    }
  }

  /// Replaces these right-hand sides B by the X of A X = B, where `factors` is what ``factorLDL(isHermitian:)`` left of A.
  func solveLDL(_ factors: Matrix, _ pivots: [Int], isHermitian: Bool) {
    let n = rows
    func seen(_ x: Number) -> Number { isHermitian ? x.conjugate : x }
    var k = 0
    while k < n {
      let width = pivots[k] > 0 ? 1 : 2
      let (last, other) = (k + width - 1, Swift.abs(pivots[k]) - 1)
      if other != last { swapRows(last, other) }
      for column in k...last {
        for i in last + 1..<Swift.max(n, last + 1) { addRow(row(i), -factors[i, column], row(column), columns) }
      }
      if width == 1 {
        for j in 0..<columns { self[k, j] = self[k, j] / factors[k, k] }
      } else {
        let beside = factors[k + 1, k]
        let (first, second) = (factors[k, k] / seen(beside), factors[k + 1, k + 1] / beside)
        let divisor = first * second - .one
        for j in 0..<columns {
          let (x, y) = (self[k, j] / seen(beside), self[k + 1, j] / beside)
          self[k, j] = (second * x - y) / divisor
          self[k + 1, j] = (first * y - x) / divisor
        }
      }
      k += width
    }
    k = n - 1
    while k >= 0 {
      let width = pivots[k] > 0 ? 1 : 2
      let other = Swift.abs(pivots[k]) - 1
      for column in k - width + 1...k {
        for i in k + 1..<Swift.max(n, k + 1) { addRow(row(column), -seen(factors[i, column]), row(i), columns) }
      }
      if other != k { swapRows(k, other) }
      k -= width
    }
  }
}

/// L and D in one matrix, the exchanges, and where a block is 0.
struct LDLFactors: MatrixPrimitive {
  let operation: String
  let isHermitian: Bool
  let isChecked: Bool
  var name: String { "LinalgLdlFactorEx" }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    [items[0], TensorType([items[0].shape[0]], .int32), TensorType([], .int32)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let (pivots, zeroPivot) = items[0].factorLDL(isHermitian: isHermitian)
    guard zeroPivot == 0 || !isChecked else {
      throw TensorError(
        .value, operation, "the matrix is singular: block \(zeroPivot) of D is 0; ldlFactorEx tells where")
    }
    return [.matrix(items[0]), .integers(pivots), .integers([zeroPivot])]
  }
}

/// X of A X = B from the factors of A; the third input is the exchanges, in the type of the others.
private struct LDLSolution: MatrixPrimitive {
  let isHermitian: Bool
  var operation: String { "linalg.ldl_solve" }
  var name: String { "LinalgLdlSolve" }
  var ranks: [Int] { [2, 2, 1] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[1]] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let n = items[0].rows
    let pivots = (0..<n).map { Int(exactly: items[2].elements[$0].realPart) ?? 0 }
    var k = 0
    while k < n {
      let isPair = pivots[k] < 0
      guard pivots[k] != 0, pivots[k].magnitude <= n, !isPair || (k + 1 < n && pivots[k + 1] == pivots[k]) else {
        throw TensorError(
          .index, operation,
          "pivots must be rows in 1...\(n), negative for two columns together, and found \(pivots[k]) at \(k); take those of ldlFactor"
        )
      }
      k += isPair ? 2 : 1
    }
    items[1].solveLDL(items[0], pivots, isHermitian: isHermitian)
    return [.matrix(items[1])]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    guard !node.needs(0) else {
      throw TensorError(
        .autograd, operation, "the factors have no gradient, as in PyTorch; use linalg.solve for that of the matrix")
    }
    let (factors, pivots, g) = (node.input(0), node.input(2), single(node, cotangents))
    // A^H is A where it is Hermitian, and its conjugate where it is symmetric.
    let x = isHermitian ? apply(self, factors, g, pivots) : apply(self, factors, g.conj(), pivots).conj()
    return [nil, x, nil]
  }
}

extension linalg {
  /// L and the blocks D of size 1 or 2 of A = P L D L^T P^T (L^H where `hermitian`) in one matrix, and the exchanges, of symmetric matrices that
  /// need not be definite, of which the lower triangles are read.
  /// - Returns: `LD`, L below the blocks of D, and `pivots`, int32: the row that a column was exchanged with, from 1, and for a block of
  ///   size 2 minus that of its second column, twice, as LAPACK's sytrf gives them.
  public static func ldlFactor(_ a: Tensor, hermitian: Bool = false) -> (LD: Tensor, pivots: Tensor) {
    let found = ldlFactors(a, hermitian, isChecked: true, "linalg.ldl_factor")
    return (found.LD, found.pivots)
  }

  /// ``ldlFactor(_:hermitian:)`` and, as `info`, the first block (from 1) of D that is 0, or 0.
  /// - Parameter checkErrors: whether such a block is an error.
  public static func ldlFactorEx(
    _ a: Tensor, hermitian: Bool = false, checkErrors: Bool = false
  ) -> (LD: Tensor, pivots: Tensor, info: Tensor) {
    ldlFactors(a, hermitian, isChecked: checkErrors, "linalg.ldl_factor_ex")
  }

  private static func ldlFactors(
    _ a: Tensor, _ hermitian: Bool, isChecked: Bool, _ operation: String
  ) -> (LD: Tensor, pivots: Tensor, info: Tensor) {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a) { ldlFactors($0, hermitian, isChecked: isChecked, operation) }
    }
    let found = attempt(a) { () throws(TensorError) in
      try requireMatrices(a, operation, square: true)
      return apply(LDLFactors(operation: operation, isHermitian: hermitian, isChecked: isChecked), [a])
    }
    let all = results(found, 3)
    return (all[0], all[1], all[2])
  }

  /// X of A X = B from ``ldlFactor(_:hermitian:)`` of A, with B `[..., n, k]`. The gradient is that of B.
  public static func ldlSolve(_ LD: Tensor, _ pivots: Tensor, _ b: Tensor, hermitian: Bool = false) -> Tensor {
    if let autocast = Autocast.active {
      return autocast.run(.float32, LD, b) { ldlSolve($0, pivots, $1, hermitian: hermitian) }
    }
    return attempt(LD, pivots, b) { () throws(TensorError) in
      try requireMatrices(LD, "linalg.ldl_solve", square: true)
      try requireMatrices(b, "linalg.ldl_solve")
      guard pivots.shape == Array(LD.shape.dropLast()), pivots.dtype.kind == .signed else {
        throw TensorError(
          .shape, "linalg.ldl_solve",
          "factors \(LD.shape) go with integer pivots \(Array(LD.shape.dropLast())), and found \(pivots.type)")
      }
      guard b.size(-2) == LD.size(-1), b.dtype == LD.dtype else {
        throw TensorError(.shape, "linalg.ldl_solve", "factors \(LD.type) do not fit right-hand sides \(b.type)")
      }
      let inputs = try withCommonBatch([LD, b, pivots.to(LD.dtype)], ranks: [2, 2, 1], "linalg.ldl_solve")
      return apply(LDLSolution(isHermitian: hermitian), inputs)[0]
    }
  }
}

extension Registry {
  /// Factors of symmetric matrices.
  static let symmetricFactors: [Operation] = [
    .tensors("linalg.ldl_factor", "A, *, hermitian=False") {
      let found = try linalg.ldlFactor($0.tensor("A"), hermitian: $0.bool("hermitian"))
      return [found.LD, found.pivots]
    },
    .tensors("linalg.ldl_factor_ex", "A, *, hermitian=False, check_errors=False") {
      let found = try linalg.ldlFactorEx(
        $0.tensor("A"), hermitian: $0.bool("hermitian"), checkErrors: $0.bool("check_errors"))
      return [found.LD, found.pivots, found.info]
    },
    .tensor("linalg.ldl_solve", "LD, pivots, B, *, hermitian=False") {
      try linalg.ldlSolve(
        $0.tensor("LD"), $0.tensor("pivots"), $0.tensor("B"), hermitian: $0.bool("hermitian"))
    },
  ]
}
