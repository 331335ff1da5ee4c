import ApusCore

// Factorisations of matrices of a few rows, for which a call of LAPACK costs more than the work. Matrices lie row by row.

/// Up to so many rows and columns matrices are factorised here.
let smallMatrixSize = 8

extension UnsafeMutablePointer where Pointee: LAPACKNumber {
  /// Replaces a matrix by L and U of P L U, as `getrf` does.
  /// - Returns: the first column (from 1) whose pivot is 0, or 0.
  func factorSmallLU(_ rows: Int, _ columns: Int, _ pivots: UnsafeMutablePointer<Int32>) -> Int {
    var zeroPivot = 0
    for k in 0..<Swift.min(rows, columns) {
      var best = k
      for i in k + 1..<Swift.max(rows, k + 1)
      where self[i * columns + k].pivotSize > self[best * columns + k].pivotSize { best = i }
      pivots[k] = Int32(best + 1)
      if best != k {
        for j in 0..<columns { Swift.swap(&self[k * columns + j], &self[best * columns + j]) }
      }
      let pivot = self[k * columns + k]
      if pivot.pivotSize == 0 {
        if zeroPivot == 0 { zeroPivot = k + 1 }
        continue
      }
      for i in k + 1..<Swift.max(rows, k + 1) {
        let factor = self[i * columns + k] / pivot
        self[i * columns + k] = factor
        for j in k + 1..<Swift.max(columns, k + 1) {
          self[i * columns + j] = self[i * columns + j] - factor * self[k * columns + j]
        }
      }
    }
    return zeroPivot
  }

  /// Replaces the right-hand sides B `[n, k]` by the X of A X = B, from the L and U of A and the exchanges of rows.
  func solveSmallLU(_ factors: UnsafeMutablePointer, _ n: Int, _ k: Int, _ pivots: UnsafeMutablePointer<Int32>) {
    for i in 0..<n where Int(pivots[i]) != i + 1 {
      let other = Int(pivots[i]) - 1
      for j in 0..<k { Swift.swap(&self[i * k + j], &self[other * k + j]) }
    }
    for i in 0..<n {
      for l in 0..<i { addRow(i, -factors[i * n + l], l, k) }
    }
    for i in (0..<n).reversed() {
      for l in i + 1..<Swift.max(n, i + 1) { addRow(i, -factors[i * n + l], l, k) }
      let pivot = factors[i * n + i]
      for j in 0..<k { self[i * k + j] = self[i * k + j] / pivot }
    }
  }

  @inline(__always)
  private func addRow(_ target: Int, _ factor: Pointee, _ source: Int, _ width: Int) {
    for j in 0..<width { self[target * width + j] = self[target * width + j] + factor * self[source * width + j] }
  }

  /// Replaces a matrix, of which the lower triangle is read, by the L of L L^H; what lies above it is left.
  /// - Returns: the order (from 1) of the first leading minor that is not positive, or 0.
  func factorSmallCholesky(_ n: Int) -> Int {
    for i in 0..<n {
      for j in 0...i {
        var sum = self[i * n + j]
        for k in 0..<j { sum = sum - self[i * n + k] * self[j * n + k].conjugate }
        if i != j {
          self[i * n + j] = sum / self[j * n + j]
          continue
        }
        let pivot = sum.realPart
        guard pivot > 0 else { return i + 1 }
        self[i * n + i] = Pointee(part: pivot.squareRoot())
      }
    }
    return 0
  }

  /// Replaces a matrix by R and the reflections of its QR factorisation, as `geqrf` does.
  func factorSmallQR(_ rows: Int, _ columns: Int, _ tau: UnsafeMutablePointer) {
    for k in 0..<Swift.min(rows, columns) {
      var rest = Pointee.Part.zero
      for i in k + 1..<Swift.max(rows, k + 1) { rest += self[i * columns + k].sizeSquared }
      let alpha = self[k * columns + k]
      tau[k] = .zero
      guard rest > 0 || alpha.complex.imaginary != 0 else { continue }
      let norm = (alpha.sizeSquared + rest).squareRoot()
      let beta = alpha.realPart.sign == .minus ? norm : -norm
      tau[k] = Pointee(part: 1 / beta) * (Pointee(part: beta) - alpha)
      let scale = Pointee.one / (alpha - Pointee(part: beta))
      for i in k + 1..<Swift.max(rows, k + 1) { self[i * columns + k] = self[i * columns + k] * scale }
      self[k * columns + k] = .one
      reflect(self, columns, k, tau[k].conjugate, rows, columns, from: k + 1)
      self[k * columns + k] = Pointee(part: beta)
    }
  }

  /// Makes of this memory the first `width` columns of the product of `depth` reflections in `source` `[rows, columns]`.
  func unfoldSmallQR(
    _ source: UnsafeMutablePointer, _ columns: Int, _ tau: UnsafeMutablePointer, _ rows: Int, _ width: Int, _ depth: Int
  ) {
    for i in 0..<rows { for j in 0..<width { self[i * width + j] = i == j ? .one : .zero } }
    for k in (0..<depth).reversed() {
      let kept = source[k * columns + k]
      source[k * columns + k] = .one
      reflect(source, columns, k, tau[k], rows, width, from: 0)
      source[k * columns + k] = kept
    }
  }

  /// Applies I - tau v v^H, with v in column `k` of `source` from row `k` on, to columns of this matrix.
  @inline(__always)
  private func reflect(
    _ source: UnsafeMutablePointer, _ sourceColumns: Int, _ k: Int, _ tau: Pointee, _ rows: Int, _ columns: Int,
    from first: Int
  ) {
    for j in first..<Swift.max(columns, first) {
      var sum = Pointee.zero
      for i in k..<rows { sum = sum + source[i * sourceColumns + k].conjugate * self[i * columns + j] }
      sum = tau * sum
      for i in k..<rows { self[i * columns + j] = self[i * columns + j] - sum * source[i * sourceColumns + k] }
    }
  }
}
