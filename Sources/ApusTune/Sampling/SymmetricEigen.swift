/// The eigenvalues and eigenvectors of a symmetric matrix: Householder reflections to three diagonals, then implicit QL or QR steps with
/// Wilkinson's shift, whichever goes towards the larger end (Golub and Van Loan, Matrix computations, chapter 8). Reflections,
/// rotations and order are those of LAPACK's `dsytd2` and `dsteqr`, so that eigenvectors have the same signs as there: a search that
/// samples along them takes the same way. Complexity: some ten times n³.
package struct SymmetricEigen {
  /// Ascending.
  package private(set) var values: [Double]
  /// Row by row; column j belongs to value j.
  package private(set) var vectors: [Double]

  /// - Parameter matrix: n by n, row by row; only its lower half counts.
  package init(_ matrix: [Double], _ n: Int) {
    var form = Tridiagonal(matrix, n)
    form.diagonalize()
    form.turnBack()
    // The smallest of the rest is exchanged with the first of it.
    var order = Array(0..<n)
    for i in 0..<n {
      let least = (i..<n).min { form.diagonal[order[$0]] < form.diagonal[order[$1]] } ?? i
      order.swapAt(i, least)
    }
    values = order.map { form.diagonal[$0] }
    vectors = [Double](repeating: 0, count: n * n)
    for (j, column) in order.enumerated() { for i in 0..<n { vectors[i * n + j] = form.columns[column][i] } }
  }
}

/// A symmetric matrix as three diagonals, and what turned it into them.
private struct Tridiagonal {
  private let n: Int
  private(set) var diagonal: [Double]
  private var beside: [Double]
  private var reflections: [(vector: [Double], factor: Double)] = []
  /// Eigenvectors of the three diagonals.
  private(set) var columns: [[Double]]

  private static let epsilon = 0x1p-53
  private static let smallest = Double.leastNormalMagnitude

  init(_ matrix: [Double], _ n: Int) {
    self.n = n
    var a = (0..<n).map { i in (0..<n).map { j in matrix[max(i, j) * n + min(i, j)] } }
    diagonal = [Double](repeating: 0, count: n)
    beside = [Double](repeating: 0, count: max(0, n - 1))
    columns = (0..<n).map { j in (0..<n).map { $0 == j ? 1 : 0 } }
    for i in 0..<max(0, n - 1) {
      let head = a[i + 1][i]
      let tail = ((i + 1)..<n).dropFirst().reduce(0.0) { $0 + a[$1][i] * a[$1][i] }
      var mirror = [Double](repeating: 0, count: n)
      mirror[i + 1] = 1
      beside[i] = head
      var factor = 0.0
      if tail > 0 {
        let norm = (head * head + tail).squareRoot()
        let beta = head >= 0 ? -norm : norm
        factor = (beta - head) / beta
        for k in ((i + 1)..<n).dropFirst() { mirror[k] = a[k][i] / (head - beta) }
        beside[i] = beta
        var image = ((i + 1)..<n).map { row in factor * ((i + 1)..<n).reduce(0.0) { $0 + a[row][$1] * mirror[$1] } }
        let share = -0.5 * factor * image.indices.reduce(0.0) { $0 + image[$1] * mirror[i + 1 + $1] }
        for k in image.indices { image[k] += share * mirror[i + 1 + k] }
        for row in (i + 1)..<n {
          for column in (i + 1)..<n {
            a[row][column] -= mirror[row] * image[column - i - 1] + image[row - i - 1] * mirror[column]
          }
        }
      }
      reflections.append((mirror, factor))
      diagonal[i] = a[i][i]
    }
    if n > 0 { diagonal[n - 1] = a[n - 1][n - 1] }
  }

  /// Turns the eigenvectors into those of the matrix.
  mutating func turnBack() {
    for (mirror, factor) in reflections.reversed() where factor != 0 {
      for j in columns.indices {
        let share = factor * (0..<n).reduce(0.0) { $0 + mirror[$1] * columns[j][$1] }
        for i in 0..<n { columns[j][i] -= share * mirror[i] }
      }
    }
  }

  mutating func diagonalize() {
    var start = 0
    var stepsLeft = 30 * n
    while start < n {
      if start > 0 { beside[start - 1] = 0 }
      // A block ends where what lies beside the diagonal is nothing to it.
      var end = start
      while end < n - 1 {
        let size = abs(beside[end])
        if size == 0 { break }
        if size <= abs(diagonal[end]).squareRoot() * abs(diagonal[end + 1]).squareRoot() * Self.epsilon {
          beside[end] = 0
          break
        }
        end += 1
      }
      if end > start {
        if abs(diagonal[end]) < abs(diagonal[start]) {
          solveUpwards(from: end, to: start, &stepsLeft)
        } else {
          solveDownwards(from: start, to: end, &stepsLeft)
        }
        // What steps did not finish is looked at again.
        if stepsLeft > 0, (start..<end).contains(where: { beside[$0] != 0 }) { continue }
      }
      start = end + 1
    }
  }

  private func isNothing(_ i: Int) -> Bool {
    beside[i] * beside[i] <= (Self.epsilon * Self.epsilon * abs(diagonal[i])) * abs(diagonal[i + 1]) + Self.smallest
  }

  /// QL steps, which find the values from the first one on.
  private mutating func solveDownwards(from first: Int, to last: Int, _ stepsLeft: inout Int) {
    var l = first
    while l <= last, stepsLeft > 0 {
      let m = (l..<last).first { isNothing($0) } ?? last
      if m < last { beside[m] = 0 }
      if m == l {
        l += 1
        continue
      }
      if m == l + 1 {
        let pair = Self.pair(diagonal[l], beside[l], diagonal[l + 1])
        rotate(l, pair.cosine, pair.sine)
        (diagonal[l], diagonal[l + 1], beside[l]) = (pair.larger, pair.smaller, 0)
        l += 2
        continue
      }
      stepsLeft -= 1
      var p = diagonal[l]
      var g = (diagonal[l + 1] - p) / (2 * beside[l])
      let root = (g * g + 1).squareRoot()
      g = diagonal[m] - p + beside[l] / (g + (g >= 0 ? root : -root))
      var (s, c) = (1.0, 1.0)
      p = 0
      var rotations: [(place: Int, cosine: Double, sine: Double)] = []
      for i in stride(from: m - 1, through: l, by: -1) {
        let b = c * beside[i]
        let rotation = Self.rotation(g, s * beside[i])
        (c, s) = (rotation.cosine, rotation.sine)
        if i != m - 1 { beside[i + 1] = rotation.length }
        g = diagonal[i + 1] - p
        let r = (diagonal[i] - g) * s + 2 * c * b
        p = s * r
        diagonal[i + 1] = g + p
        g = c * r - b
        rotations.append((i, c, -s))
      }
      for rotation in rotations { rotate(rotation.place, rotation.cosine, rotation.sine) }
      diagonal[l] -= p
      beside[l] = g
    }
  }

  /// QR steps, which find the values from the last one on.
  private mutating func solveUpwards(from last: Int, to first: Int, _ stepsLeft: inout Int) {
    var l = last
    while l >= first, stepsLeft > 0 {
      let m = stride(from: l, to: first, by: -1).first { isNothing($0 - 1) } ?? first
      if m > first { beside[m - 1] = 0 }
      if m == l {
        l -= 1
        continue
      }
      if m == l - 1 {
        let pair = Self.pair(diagonal[l - 1], beside[l - 1], diagonal[l])
        rotate(m, pair.cosine, pair.sine)
        (diagonal[l - 1], diagonal[l], beside[l - 1]) = (pair.larger, pair.smaller, 0)
        l -= 2
        continue
      }
      stepsLeft -= 1
      var p = diagonal[l]
      var g = (diagonal[l - 1] - p) / (2 * beside[l - 1])
      let root = (g * g + 1).squareRoot()
      g = diagonal[m] - p + beside[l - 1] / (g + (g >= 0 ? root : -root))
      var (s, c) = (1.0, 1.0)
      p = 0
      for i in m..<l {
        let b = c * beside[i]
        let rotation = Self.rotation(g, s * beside[i])
        (c, s) = (rotation.cosine, rotation.sine)
        if i != m { beside[i - 1] = rotation.length }
        g = diagonal[i] - p
        let r = (diagonal[i + 1] - g) * s + 2 * c * b
        p = s * r
        diagonal[i] = g + p
        g = c * r - b
        rotate(i, c, s)
      }
      diagonal[l] -= p
      beside[l - 1] = g
    }
  }

  /// Turns two neighbouring columns.
  private mutating func rotate(_ j: Int, _ cosine: Double, _ sine: Double) {
    for i in 0..<n {
      let (left, right) = (columns[j][i], columns[j + 1][i])
      columns[j + 1][i] = cosine * right - sine * left
      columns[j][i] = sine * right + cosine * left
    }
  }

  /// The rotation that makes (f, g) into (length, 0).
  private static func rotation(_ f: Double, _ g: Double) -> (cosine: Double, sine: Double, length: Double) {
    if g == 0 { return (1, 0, f) }
    if f == 0 { return (0, g < 0 ? -1 : 1, abs(g)) }
    let size = (f * f + g * g).squareRoot()
    let length = f < 0 ? -size : size
    return (abs(f) / size, g / length, length)
  }

  /// The eigenvalues of a symmetric matrix of two rows, the one of larger size first, and its direction.
  private static func pair(
    _ a: Double, _ b: Double, _ c: Double
  ) -> (larger: Double, smaller: Double, cosine: Double, sine: Double) {
    let (sum, difference, twice) = (a + c, a - c, 2 * b)
    let root = (difference * difference + twice * twice).squareRoot()
    let (most, least) = abs(a) > abs(c) ? (a, c) : (c, a)
    let larger: Double
    let smaller: Double
    if sum == 0 {
      (larger, smaller) = (0.5 * root, -0.5 * root)
    } else {
      larger = 0.5 * (sum < 0 ? sum - root : sum + root)
      smaller = (most / larger) * least - (b / larger) * b
    }
    let isFirst = (sum >= 0) == (difference >= 0)
    let part = difference >= 0 ? difference + root : difference - root
    var (cosine, sine) = (1.0, 0.0)
    if abs(part) > abs(twice) {
      let cotangent = -twice / part
      sine = 1 / (1 + cotangent * cotangent).squareRoot()
      cosine = cotangent * sine
    } else if twice != 0 {
      let tangent = -part / twice
      cosine = 1 / (1 + tangent * tangent).squareRoot()
      sine = tangent * cosine
    }
    return isFirst ? (larger, smaller, -sine, cosine) : (larger, smaller, cosine, sine)
  }
}
