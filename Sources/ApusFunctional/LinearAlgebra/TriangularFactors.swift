import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Factors with zeros on one side: LU, Cholesky, QR; and systems of equations with them.

extension Matrix {
  /// Replaces the elements by L (below the diagonal, which is 1) and U of P L U by Gaussian elimination.
  /// - Returns: the row that each row was exchanged with, and the first column (from 1) whose pivot is 0; 0: none.
  func factorLU(pivoting: Bool = true) -> (pivots: [Int], zeroPivot: Int) {
    let depth = Swift.min(rows, columns)
    var pivots = Array(0..<depth)
    var zeroPivot = 0
    for k in 0..<depth {
      if pivoting {
        var best = k
        for i in stride(from: k + 1, to: rows, by: 1) where self[i, k].pivotSize > self[best, k].pivotSize { best = i }
        pivots[k] = best
        if best != k { swapRows(k, best) }
      }
      let pivot = self[k, k]
      if pivot.pivotSize == 0 {
        if zeroPivot == 0 { zeroPivot = k + 1 }
        if pivoting { continue }
      }
      for i in stride(from: k + 1, to: rows, by: 1) where self[i, k].pivotSize != 0 || pivot.pivotSize == 0 {
        let factor = self[i, k] / pivot
        self[i, k] = factor
        addRow(row(i) + k + 1, -factor, row(k) + k + 1, columns - k - 1)
      }
    }
    return (pivots, zeroPivot)
  }

  func swapRows(_ i: Int, _ j: Int) {
    let (a, b) = (row(i), row(j))
    for c in 0..<columns { swap(&a[c], &b[c]) }
  }

  /// Replaces these right-hand sides B by the X of T X = B.
  func solveTriangular(_ t: Matrix, isUpper: Bool, hasUnitDiagonal: Bool) {
    let n = t.rows
    for step in 0..<n {
      let i = isUpper ? n - 1 - step : step
      for k in isUpper ? (i + 1)..<n : 0..<i { addRow(row(i), -t[i, k], row(k), columns) }
      if !hasUnitDiagonal {
        let pivot = t[i, i]
        for j in 0..<columns { self[i, j] = self[i, j] / pivot }
      }
    }
  }

  /// Replaces these right-hand sides B by the X of A X = B, where `factors` is the LU factorisation of A.
  func solveLU(_ factors: Matrix, _ pivots: [Int]) {
    for (i, other) in pivots.enumerated() where i != other { swapRows(i, other) }
    solveTriangular(factors, isUpper: false, hasUnitDiagonal: true)
    solveTriangular(factors, isUpper: true, hasUnitDiagonal: false)
  }

  /// Replaces the matrix, of which the lower triangle is read, by L of L L^H, zeros above.
  /// - Returns: the order (from 1) of the first leading minor that is not positive; 0: none.
  func factorCholesky() -> Int {
    for i in 0..<rows {
      for j in 0...i {
        var sum = self[i, j]
        for k in 0..<j { sum -= self[i, k] * self[j, k].conjugate }
        if i == j {
          guard sum.realPart > 0 else { return i + 1 }
          self[i, i] = Number(real: sum.realPart.squareRoot())
        } else {
          self[i, j] = sum / self[j, j]
        }
      }
      for j in stride(from: i + 1, to: columns, by: 1) { self[i, j] = .zero }
    }
    return 0
  }

  /// Replaces the matrix by R (on and above the diagonal) and the reflections whose product is Q, in LAPACK's form.
  /// - Returns: the factors tau of the reflections I - tau v v^H.
  func factorQR() -> [Number] {
    var factors: [Number] = []
    for k in 0..<Swift.min(rows, columns) {
      let tail = (k + 1..<Swift.max(rows, k + 1)).map { self[$0, k] }
      let rest = length(tail, tail.count)
      let alpha = self[k, k]
      guard rest > 0 || alpha.complex.imaginary != 0 else {
        factors.append(.zero)
        continue
      }
      let beta = -copysign(hypot(alpha.size, rest), alpha.realPart)
      let tau = Number(real: 1) - (1 / beta) * alpha
      let scale = .one / (alpha - Number(real: beta))
      for i in k + 1..<Swift.max(rows, k + 1) { self[i, k] = self[i, k] * scale }
      self[k, k] = .one
      reflect(self, k, tau.conjugate, from: k + 1)
      self[k, k] = Number(real: beta)
      factors.append(tau)
    }
    return factors
  }

  /// Applies I - tau v v^H, where v stands in column `k` of `source` from row `k` on, to the columns from `first` on.
  private func reflect(_ source: Matrix, _ k: Int, _ tau: Number, from first: Int) {
    let width = columns - first
    if width <= 0 { return }
    var sums = [Number](repeating: .zero, count: width)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      for i in k..<rows { addRow(sums, source[i, k].conjugate, row(i) + first, width) }
      for i in k..<rows { addRow(row(i) + first, -(tau * source[i, k]), sums, width) }
    }
  }

  /// Multiplies a matrix from the left by the product of the reflections that ``factorQR()`` left here, or by its adjoint.
  func applyReflections(_ factors: [Number], to target: Matrix, isAdjoint: Bool) {
    for step in factors.indices {
      let k = isAdjoint ? step : factors.count - 1 - step
      let kept = self[k, k]
      self[k, k] = .one
      target.reflect(self, k, isAdjoint ? factors[k].conjugate : factors[k], from: 0)
      self[k, k] = kept
    }
  }

  /// The first `width` columns of the product of the reflections that ``factorQR()`` left here.
  func orthogonalFactor(_ factors: [Number], width: Int) -> Matrix {
    let q = Matrix.identity(rows, columns: width)
    for k in factors.indices.reversed() {
      let kept = self[k, k]
      self[k, k] = .one
      q.reflect(self, k, factors[k], from: 0)
      self[k, k] = kept
    }
    return q
  }

  /// The part on and above the diagonal of the first `height` rows.
  func upperTriangle(_ height: Int) -> Matrix {
    let made = Matrix(height, columns)
    for i in 0..<Swift.min(height, rows) { for j in stride(from: i, to: columns, by: 1) { made[i, j] = self[i, j] } }
    return made
  }
}
