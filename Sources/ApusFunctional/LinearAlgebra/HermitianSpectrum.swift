#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Eigenvalues of Hermitian matrices: reflections to three diagonals, and the QL algorithm on these (Martin, Reinsch and Wilkinson,
// Householder's tridiagonalization of a symmetric matrix, 1968; Bowdler et al., The QR and QL algorithms for symmetric matrices, 1968).

extension Matrix {
  /// The eigenvalues of this Hermitian matrix in ascending order and, as columns, its eigenvectors.
  func hermitianSpectrum() -> (values: [Double], vectors: Matrix) {
    let n = rows
    let work = copy()
    var (diagonal, besides, turned) = work.reduceToThreeDiagonals()
    turned.diagonaliseRows(&diagonal, &besides)
    let order = (0..<n).sorted { diagonal[$0] < diagonal[$1] }
    let sorted = Matrix(n, n)
    for (j, from) in order.enumerated() { for i in 0..<n { sorted[i, j] = turned[from, i] } }
    return (order.map { diagonal[$0] }, sorted)
  }

  /// Replaces this Hermitian matrix A by the reflections of A = Q T Q^H.
  /// - Returns: the diagonal of T, the elements below it, which are real, and the transposed Q.
  private func reduceToThreeDiagonals() -> (diagonal: [Double], besides: [Double], turned: Matrix) {
    let n = rows
    var factors: [Number] = []
    var besides = [Double](repeating: 0, count: n)
    for k in 0..<Swift.max(n - 1, 0) {
      let first = k + 1
      var v = (first..<n).map { self[$0, k] }
      let alpha = v[0]
      v[0] = .zero
      let rest = length(v, v.count)
      guard rest > 0 || alpha.complex.imaginary != 0 else {
        besides[k] = alpha.realPart
        factors.append(.zero)
        continue
      }
      let beta = -copysign(hypot(alpha.size, rest), alpha.realPart)
      let tau = Number(real: 1) - (1 / beta) * alpha
      let scale = .one / (alpha - Number(real: beta))
      for i in v.indices { v[i] = v[i] * scale }
      v[0] = .one
      (besides[k], self[first, k]) = (beta, .zero)
      for i in v.indices.dropFirst() { self[first + i, k] = v[i] }
      factors.append(tau)
      // H^H A H = A - v w^H - w v^H, with H = I - tau v v^H.
      var w = v.indices.map { i in
        var sum = Number.zero
        let row = self.row(first + i) + first
        for j in v.indices { sum += row[j] * v[j] }
        return tau * sum
      }
      var inner = Number.zero
      for i in v.indices { inner += w[i].conjugate * v[i] }
      let half = 0.5 * (tau * inner)
      for i in v.indices { w[i] -= half * v[i] }
      for i in v.indices {
        let row = self.row(first + i) + first
        let (a, b) = (v[i], w[i])
        for j in v.indices { row[j] = row[j] - a * w[j].conjugate - b * v[j].conjugate }
      }
    }
    let diagonal = (0..<n).map { self[$0, $0].realPart }
    let turned = Matrix.identity(n)
    // Q = H1 H2 ..., applied to the rows of the transposed identity.
    for k in factors.indices.reversed() {
      let first = k + 1
      let v = [Number.one] + (first + 1..<Swift.max(n, first + 1)).map { self[$0, k] }
      for r in 0..<n {
        let row = turned.row(r) + first
        var sum = Number.zero
        for j in v.indices { sum += v[j].conjugate * row[j] }
        sum = factors[k] * sum
        for j in v.indices { row[j] -= sum * v[j] }
      }
    }
    return (diagonal, besides, turned)
  }

  /// Makes the matrix of a diagonal and the elements beside it diagonal by rotations, which turn the rows of this one too.
  private func diagonaliseRows(_ d: inout [Double], _ e: inout [Double]) {
    let n = d.count
    for l in 0..<n {
      // Two or three steps are enough for almost all eigenvalues.
      for _ in 0..<60 {
        var m = l
        while m < n - 1, abs(e[m]) > 0x1p-53 * (abs(d[m]) + abs(d[m + 1])), abs(e[m]) > 1e-300 { m += 1 }
        if m == l { break }
        var g = (d[l + 1] - d[l]) / (2 * e[l])
        g = d[m] - d[l] + e[l] / (g + copysign(hypot(g, 1), g))
        var (sine, cosine, moved) = (1.0, 1.0, 0.0)
        var isSplit = false
        for i in (l..<m).reversed() {
          let (f, b) = (sine * e[i], cosine * e[i])
          var r = hypot(f, g)
          e[i + 1] = r
          if r == 0 {
            d[i + 1] -= moved
            e[m] = 0
            isSplit = true
            break
          }
          (sine, cosine) = (f / r, g / r)
          g = d[i + 1] - moved
          r = (d[i] - g) * sine + 2 * cosine * b
          moved = sine * r
          d[i + 1] = g + moved
          g = cosine * r - b
          let (p, q) = (row(i), row(i + 1))
          for j in 0..<columns {
            let (x, y) = (p[j], q[j])
            q[j] = sine * x + cosine * y
            p[j] = cosine * x - sine * y
          }
        }
        if isSplit { continue }
        d[l] -= moved
        e[l] = g
        e[m] = 0
      }
    }
  }
}
