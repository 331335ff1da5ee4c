import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Eigenvalues and singular values, by rotations and shifts.

private let unitRoundoff = 0x1p-53

/// A rotation in the plane of two vectors p and q: p becomes c p - s q', q becomes s p + c q', where q' is q turned by a phase.
private struct Rotation<Number: LinearScalar> {
  let cosine: Double
  let sine: Double
  let phase: Number
  /// The tangent of the angle.
  let tangent: Double

  /// What makes the Hermitian matrix [[p, inner], [conj(inner), q]] diagonal.
  init(_ p: Double, _ q: Double, _ inner: Number) {
    let theta = (q - p) / (2 * inner.size)
    let t = (theta < 0 ? -1 : 1) / (abs(theta) + hypot(theta, 1))
    cosine = 1 / hypot(t, 1)
    sine = t * cosine
    tangent = t
    phase = inner.direction
  }

  @inline(__always)
  func turn(_ p: UnsafeMutablePointer<Number>, _ q: UnsafeMutablePointer<Number>, _ count: Int, _ phase: Number) {
    for j in 0..<count {
      let (a, b) = (p[j], phase * q[j])
      p[j] = cosine * a - sine * b
      q[j] = sine * a + cosine * b
    }
  }
}

extension Matrix {
  /// U, S in descending order and V^H of U S V^H, by one-sided Jacobi rotations.
  /// - Parameter isFull: whether U and V are square.
  func singularFactors(isFull: Bool) -> (u: Matrix, values: [Double], vh: Matrix) {
    if rows < columns {
      let (v, values, uh) = conjugateTranspose.singularFactors(isFull: isFull)
      return (uh.conjugateTranspose, values, v.conjugateTranspose)
    }
    let (m, n) = (rows, columns)
    // A tall matrix is first reduced to its triangular factor.
    let work = copy()
    let reflections = work.factorQR()
    let q = work.orthogonalFactor(reflections, width: isFull ? m : n)
    // Columns lie in rows, where they are together in memory.
    let columnsOfR = work.upperTriangle(n).transposed
    let v = Matrix.identity(n)
    for _ in 0..<64 {
      var hasTurned = false
      for p in 0..<n {
        for j in p + 1..<Swift.max(n, p + 1) {
          let (a, b) = (columnsOfR.row(p), columnsOfR.row(j))
          let (alpha, beta) = (innerProduct(a, a, n).realPart, innerProduct(b, b, n).realPart)
          let inner = innerProduct(a, b, n)
          if inner.size <= 4 * unitRoundoff * (alpha * beta).squareRoot() || inner.size < 1e-300 { continue }
          hasTurned = true
          let rotation = Rotation(alpha, beta, inner)
          rotation.turn(a, b, n, rotation.phase.conjugate)
          rotation.turn(v.row(p), v.row(j), n, rotation.phase.conjugate)
        }
      }
      if !hasTurned { break }
    }
    let lengths = (0..<n).map { length(columnsOfR.row($0), n) }
    let order = (0..<n).sorted { lengths[$0] > lengths[$1] }
    let vh = Matrix(n, n)
    let left = Matrix(n, n)
    var rank = 0
    // What is left of a column that depends on others is rounding, which is orthogonal to nothing.
    let smallest = 4 * unitRoundoff * (lengths.max() ?? 0)
    for (i, from) in order.enumerated() {
      for j in 0..<n { vh[i, j] = v[from, j].conjugate }
      if lengths[from] > smallest {
        for j in 0..<n { left[j, i] = (1 / lengths[from]) * columnsOfR[from, j] }
        rank = i + 1
      }
    }
    if rank < n { left.completeBasis(rank) }
    let values = order.map { lengths[$0] }
    let turned = isFull ? q.corner(m, n).times(left) : q.times(left)
    guard isFull, m > n else { return (turned, values, vh) }
    let u = q.copy()
    for i in 0..<m { u.row(i).update(from: turned.row(i), count: n) }
    return (u, values, vh)
  }

  private var transposed: Matrix {
    let made = Matrix(columns, rows)
    for i in 0..<rows { for j in 0..<columns { made[j, i] = self[i, j] } }
    return made
  }

  /// Fills the columns behind the first `known` ones, which are orthonormal, to an orthonormal basis.
  private func completeBasis(_ known: Int) {
    let work = corner(rows, known)
    let reflections = work.factorQR()
    let basis = work.orthogonalFactor(reflections, width: columns)
    for i in 0..<rows { for j in known..<columns { self[i, j] = basis[i, j] } }
  }
}

extension Matrix where Number == Complex {
  /// The eigenvalues of this matrix and, as columns of length 1, its eigenvectors: the QR algorithm on a Hessenberg matrix.
  /// - Returns: nil where it does not converge.
  func spectrum() -> (values: [Complex], vectors: Matrix)? {
    let n = rows
    let h = copy()
    let basis = h.reduceToHessenberg()
    let norm = length(h.elements, h.count)
    var high = n - 1
    var steps = 0
    while high > 0 {
      var low = high
      while low > 0 {
        let scale = h[low, low].pivotSize + h[low - 1, low - 1].pivotSize
        if h[low, low - 1].pivotSize <= unitRoundoff * (scale == 0 ? norm : scale) {
          h[low, low - 1] = .zero
          break
        }
        low -= 1
      }
      if low == high {
        high -= 1
        steps = 0
        continue
      }
      steps += 1
      if steps > 60 { return nil }
      h.shiftedStep(low, high, basis, isExceptional: steps % 10 == 0)
    }
    let values = (0..<n).map { h[$0, $0] }
    let vectors = basis.times(h.triangularVectors(norm))
    for j in 0..<n {
      let column = (0..<n).map { vectors[$0, j] }
      let size = length(column, n)
      // LAPACK turns a vector so that its largest element is real.
      let largest = column.max { $0.size < $1.size } ?? .one
      let factor = Complex(1 / size) * largest.direction.conjugate
      for i in 0..<n { vectors[i, j] = vectors[i, j] * factor }
    }
    return (values, vectors)
  }

  /// Makes of eigenvalues of a real matrix and their vectors, the columns of this one, what they are but for rounding: real ones,
  /// and pairs of conjugates, that with the positive imaginary part first.
  func pairConjugates(_ values: inout [Complex], rounding: Double) {
    for i in values.indices {
      if abs(values[i].imaginary) <= rounding { values[i] = Complex(values[i].real) }
    }
    var isPaired = [Bool](repeating: false, count: values.count)
    for i in values.indices where values[i].imaginary != 0 && !isPaired[i] {
      let partner = values[i].conjugate
      let others = values.indices.filter { $0 > i && !isPaired[$0] && values[$0].imaginary * partner.imaginary > 0 }
      guard let j = others.min(by: { (values[$0] - partner).size < (values[$1] - partner).size }) else { continue }
      (isPaired[i], isPaired[j]) = (true, true)
      let isPositive = values[i].imaginary > 0
      let value = isPositive ? values[i] : values[j]
      (values[i], values[j]) = (value, value.conjugate)
      for row in 0..<rows {
        let element = isPositive ? self[row, i] : self[row, j]
        (self[row, i], self[row, j]) = (element, element.conjugate)
      }
    }
  }

  /// Replaces the matrix A by H of A = Q H Q^H, which has one diagonal below the main one, and gives Q.
  private func reduceToHessenberg() -> Matrix {
    let n = rows
    let basis = Matrix.identity(n)
    for k in 0..<Swift.max(n - 2, 0) {
      var v = (k + 1..<n).map { self[$0, k] }
      let size = length(v, v.count)
      if size == 0 { continue }
      v[0] += Number(real: size) * v[0].direction
      let scale = length(v, v.count)
      for i in v.indices { v[i] = (1 / scale) * v[i] }
      for j in 0..<n {
        var sum = Number.zero
        for i in v.indices { sum += v[i].conjugate * self[k + 1 + i, j] }
        for i in v.indices { self[k + 1 + i, j] -= 2 * (v[i] * sum) }
      }
      for target in [self, basis] {
        for i in 0..<n {
          var sum = Number.zero
          for j in v.indices { sum += target[i, k + 1 + j] * v[j] }
          for j in v.indices { target[i, k + 1 + j] -= 2 * (sum * v[j].conjugate) }
        }
      }
      for i in k + 2..<n { self[i, k] = .zero }
    }
    return basis
  }

  /// One step of the QR algorithm on rows and columns `low...high`, with Wilkinson's shift.
  private func shiftedStep(_ low: Int, _ high: Int, _ basis: Matrix, isExceptional: Bool) {
    let n = rows
    let (a, b, c, d) = (
      self[high - 1, high - 1], self[high - 1, high], self[high, high - 1], self[high, high]
    )
    let half = 0.5 * (a - d)
    let root = (half * half + b * c).squareRoot
    let (first, second) = (half + root, half - root)
    let larger = first.size > second.size ? first : second
    var shift = larger.size == 0 ? d : d - b * c / larger
    if isExceptional { shift = d + Complex(c.size) }
    for i in low...high { self[i, i] -= shift }
    var turns: [(cosine: Double, sine: Complex)] = []
    for k in low..<high {
      let (x, y) = (self[k, k], self[k + 1, k])
      let size = hypot(x.size, y.size)
      let cosine = size == 0 ? 1 : x.size / size
      let sine = size == 0 ? .zero : Complex(1 / size) * (x.direction * y.conjugate)
      turns.append((cosine, sine))
      for j in k..<n {
        let (p, q) = (self[k, j], self[k + 1, j])
        self[k, j] = cosine * p + sine * q
        self[k + 1, j] = cosine * q - sine.conjugate * p
      }
    }
    for (k, turn) in zip(low..<high, turns) {
      for (target, end) in [(self, Swift.min(k + 2, high + 1)), (basis, n)] {
        for i in 0..<end {
          let (p, q) = (target[i, k], target[i, k + 1])
          target[i, k] = turn.cosine * p + turn.sine.conjugate * q
          target[i, k + 1] = turn.cosine * q - turn.sine * p
        }
      }
    }
    for i in low...high { self[i, i] += shift }
  }

  /// The eigenvectors of the upper triangle, as columns.
  private func triangularVectors(_ norm: Double) -> Matrix {
    let n = rows
    let smallest = Swift.max(unitRoundoff * norm, 1e-300)
    let vectors = Matrix.identity(n)
    for j in 0..<n {
      for i in (0..<j).reversed() {
        var sum = self[i, j]
        for k in i + 1..<Swift.max(j, i + 1) { sum += self[i, k] * vectors[k, j] }
        var gap = self[j, j] - self[i, i]
        // Equal eigenvalues are moved apart by what rounding leaves open.
        if gap.size < smallest { gap = Complex(smallest) }
        vectors[i, j] = sum / gap
      }
    }
    return vectors
  }
}

extension Complex {
  /// The square root with a real part that is not negative.
  fileprivate var squareRoot: Complex {
    Complex(magnitude: magnitude.squareRoot(), angle: angle / 2)
  }
}
