/// Loops over the rows of n by n matrices, row by row. Sums run along rows, so that they use the whole width of the machine.
enum Triangular {
  /// Replaces the upper half of a positive definite matrix by U with Uᵀ U the matrix.
  /// - Returns: false where it is not positive definite.
  static func factor(_ a: UnsafeMutablePointer<Double>, _ n: Int) -> Bool {
    for k in 0..<n {
      let row = a + k * n
      subtractRows(row, a, k, n, from: k) { a[$0 * n + k] }
      let pivot = row[k]
      guard pivot > 0, pivot.isFinite else { return false }
      let root = pivot.squareRoot()
      let inverse = 1 / root
      row[k] = root
      for c in (k + 1)..<max(n, k + 1) { row[c] *= inverse }
    }
    return true
  }

  /// row[from..<n] -= Σ factor(j) · a[j][from..<n] over the first `count` rows.
  @inline(__always)
  private static func subtractRows(
    _ row: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int, _ n: Int, from: Int,
    _ factor: (Int) -> Double
  ) {
    var j = 0
    while j + 4 <= count {
      let (f0, f1, f2, f3) = (factor(j), factor(j + 1), factor(j + 2), factor(j + 3))
      let (r0, r1, r2, r3) = (a + j * n, a + (j + 1) * n, a + (j + 2) * n, a + (j + 3) * n)
      for c in from..<n { row[c] -= f0 * r0[c] + f1 * r1[c] + f2 * r2[c] + f3 * r3[c] }
      j += 4
    }
    while j < count {
      let f = factor(j)
      let r = a + j * n
      for c in from..<n { row[c] -= f * r[c] }
      j += 1
    }
  }

  /// The inverse of Uᵀ, lower triangular; what lies above is zero.
  static func inverseOfTransposed(_ u: UnsafePointer<Double>, _ n: Int, into v: UnsafeMutablePointer<Double>) {
    for i in 0..<n {
      let row = v + i * n
      for c in 0..<n { row[c] = 0 }
      var j = 0
      // Row j reaches to j only, so that short rows come first.
      while j + 4 <= i {
        let (f0, f1, f2, f3) = (u[j * n + i], u[(j + 1) * n + i], u[(j + 2) * n + i], u[(j + 3) * n + i])
        let (r0, r1, r2, r3) = (v + j * n, v + (j + 1) * n, v + (j + 2) * n, v + (j + 3) * n)
        for c in 0...(j + 3) { row[c] -= f0 * r0[c] + f1 * r1[c] + f2 * r2[c] + f3 * r3[c] }
        j += 4
      }
      while j < i {
        let f = u[j * n + i]
        let r = v + j * n
        for c in 0...j { row[c] -= f * r[c] }
        j += 1
      }
      let inverse = 1 / u[i * n + i]
      for c in 0..<i { row[c] *= inverse }
      row[i] = inverse
    }
  }

  /// The upper half of Vᵀ V for a lower triangular V.
  static func gram(_ v: UnsafePointer<Double>, _ n: Int, into k: UnsafeMutablePointer<Double>) {
    for a in 0..<n {
      let row = k + a * n
      for c in a..<n { row[c] = 0 }
      var i = a
      while i + 4 <= n {
        let (r0, r1, r2, r3) = (v + i * n, v + (i + 1) * n, v + (i + 2) * n, v + (i + 3) * n)
        let (f0, f1, f2, f3) = (r0[a], r1[a], r2[a], r3[a])
        for c in a...(i + 3) { row[c] += f0 * r0[c] + f1 * r1[c] + f2 * r2[c] + f3 * r3[c] }
        i += 4
      }
      while i < n {
        let r = v + i * n
        let f = r[a]
        for c in a...i { row[c] += f * r[c] }
        i += 1
      }
    }
  }

  /// V x for a lower triangular V.
  static func times(
    _ v: UnsafePointer<Double>, _ n: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<n { y[i] = dot(v + i * n, x, i + 1) }
  }

  /// Vᵀ x for a lower triangular V.
  static func transposedTimes(
    _ v: UnsafePointer<Double>, _ n: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<n {
      y[i] = 0
      let r = v + i * n
      let f = x[i]
      for c in 0...i { y[c] += f * r[c] }
    }
  }

  static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = SIMD4<Double>.zero
    var i = 0
    while i + 4 <= count {
      sums += quad(a + i) * quad(b + i)
      i += 4
    }
    var rest = sums.sum()
    while i < count {
      rest += a[i] * b[i]
      i += 1
    }
    return rest
  }

  /// Σ w (x - centre)².
  static func weightedSquares(
    _ w: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ centre: Double, _ count: Int
  ) -> Double {
    var sums = SIMD4<Double>.zero
    var i = 0
    while i + 4 <= count {
      let difference = quad(x + i) - SIMD4(repeating: centre)
      sums += quad(w + i) * difference * difference
      i += 4
    }
    var rest = sums.sum()
    while i < count {
      rest += w[i] * (x[i] - centre) * (x[i] - centre)
      i += 1
    }
    return rest
  }

  private static func quad(_ pointer: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Double>.self)
  }
}
