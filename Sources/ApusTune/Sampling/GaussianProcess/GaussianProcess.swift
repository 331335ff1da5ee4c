/// A Gaussian process that has seen values, and possibly several guesses of values that are being computed.
package struct GaussianProcess: Sendable {
  /// What the process says of a point: a mean for each guess, and a variance.
  package struct Prediction: Sendable {
    package var means: [Double]
    package var variance: Double
  }

  package let parameters: KernelParameters
  private let points: ProcessPoints
  /// The inverse of the lower Cholesky factor, row by row.
  private let whitening: [Double]
  /// K⁻¹ y of each guess.
  private let weights: [[Double]]
  /// The guessed values of the last points; one empty list where there are none.
  package let guesses: [[Double]]

  /// - Parameters:
  ///   - points: the points with values, and after them those that are guessed.
  ///   - values: of the first points.
  ///   - normals: of each guess a standard normal number for every further point; values are guessed by them from what the process
  ///     says of all these points together.
  /// - Returns: nil where the kernel's matrix is not positive definite.
  package init?(_ points: ProcessPoints, _ values: [Double], _ parameters: KernelParameters, normals: [[Double]] = [[]])
  {
    let n = points.count
    (self.points, self.parameters) = (points, parameters)
    var factor = [Double](repeating: 0, count: n * n)
    var whitening = factor
    for a in 0..<n {
      factor[a * n + a] = parameters.scale + parameters.noise
      for b in (a + 1)..<max(n, a + 1) {
        var square = 0.0
        for axis in 0..<points.axes {
          let difference = points.coordinates[axis * n + a] - points.coordinates[axis * n + b]
          square +=
            parameters.inverseSquares[axis]
            * (points.isChoice[axis] ? (difference != 0 ? 1 : 0) : difference * difference)
        }
        factor[a * n + b] = parameters.scale * KernelParameters.matern(square).value
      }
    }
    let isPositive = factor.withUnsafeMutableBufferPointer { factor in
      whitening.withUnsafeMutableBufferPointer { whitening in
        guard let factor = factor.baseAddress, let whitening = whitening.baseAddress else { return false }
        guard Triangular.factor(factor, n) else { return false }
        Triangular.inverseOfTransposed(factor, n, into: whitening)
        return true
      }
    }
    guard isPositive else { return nil }
    let known = values.count
    let z = (0..<known).map { i in (0...i).reduce(0.0) { $0 + whitening[i * n + $1] * values[$1] } }
    // With the factor L, the guessed values are those whose whitened form continues z by the normals.
    guesses = normals.map { normals in
      let whole = z + normals
      return (known..<n).map { i in (0...i).reduce(0.0) { $0 + factor[$1 * n + i] * whole[$1] } }
    }
    weights = normals.map { normals in
      let whole = z + normals
      var weight = [Double](repeating: 0, count: n)
      for i in 0..<n { for c in 0...i { weight[c] += whitening[i * n + c] * whole[i] } }
      return weight
    }
    self.whitening = whitening
  }

  package var guessCount: Int { weights.count }

  /// How far along each coordinate values depend on each other.
  var lengths: [Double] { parameters.inverseSquares.map { 1 / $0.squareRoot() } }

  /// What is known of eight points at once.
  private func predict(_ eight: ArraySlice<[Double]>, into predictions: inout [Prediction]) {
    typealias Eight = SIMD8<Double>
    let n = points.count
    var coordinates = [Eight](repeating: .zero, count: points.axes)
    for (lane, point) in eight.enumerated() { for axis in 0..<points.axes { coordinates[axis][lane] = point[axis] } }
    withUnsafeTemporaryAllocation(of: Eight.self, capacity: n) { kernel in
      points.coordinates.withUnsafeBufferPointer { x in
        for j in 0..<n {
          var square = Eight.zero
          for axis in 0..<points.axes {
            let difference = coordinates[axis] - x[axis * n + j]
            let part =
              points.isChoice[axis]
              ? Eight.zero.replacing(with: 1, where: difference .!= 0) : difference * difference
            square += parameters.inverseSquares[axis] * part
          }
          for lane in 0..<eight.count { square[lane] = KernelParameters.matern(square[lane]).value }
          kernel[j] = parameters.scale * square
        }
      }
      var variance = Eight(repeating: parameters.scale)
      whitening.withUnsafeBufferPointer { v in
        var i = 0
        while i < n {
          // Two rows at a time, the second one longer by its last number.
          var (first, second) = (Eight.zero, Eight.zero)
          let isPair = i + 1 < n
          let (row, next) = (i * n, isPair ? (i + 1) * n : i * n)
          for j in 0...i {
            first += v[row + j] * kernel[j]
            second += v[next + j] * kernel[j]
          }
          variance -= first * first
          if isPair {
            second += v[next + i + 1] * kernel[i + 1]
            variance -= second * second
          }
          i += 2
        }
      }
      let means = weights.map { weight in
        var mean = Eight.zero
        for j in 0..<n { mean += weight[j] * kernel[j] }
        return mean
      }
      for lane in 0..<eight.count {
        predictions.append(Prediction(means: means.map { $0[lane] }, variance: max(variance[lane], 0)))
      }
    }
  }

  /// What the process says of points.
  package func predictions(_ points: [[Double]]) -> [Prediction] {
    var predictions: [Prediction] = []
    predictions.reserveCapacity(points.count)
    for start in stride(from: 0, to: points.count, by: 8) {
      predict(points[start..<min(start + 8, points.count)], into: &predictions)
    }
    return predictions
  }

  /// What the process says of a point, and how that changes with it.
  package struct Local {
    package let prediction: Prediction
    /// ∂k/∂r² for every seen point, and K⁻¹ k.
    fileprivate let slopes: [Double]
    fileprivate let solved: [Double]
    fileprivate let point: [Double]
  }

  package func local(_ point: [Double]) -> Local {
    let n = points.count
    var kernel = [Double](repeating: 0, count: n)
    var slopes = kernel
    var whitened = kernel
    var solved = kernel
    points.coordinates.withUnsafeBufferPointer { x in
      for axis in 0..<points.axes {
        let (weight, own) = (parameters.inverseSquares[axis], point[axis])
        let column = axis * n
        if points.isChoice[axis] {
          for j in 0..<n where x[column + j] != own { kernel[j] += weight }
        } else {
          for j in 0..<n {
            let difference = x[column + j] - own
            kernel[j] += weight * difference * difference
          }
        }
      }
    }
    for j in 0..<n {
      let (value, slope) = KernelParameters.matern(kernel[j])
      kernel[j] = parameters.scale * value
      slopes[j] = parameters.scale * slope
    }
    var variance = parameters.scale
    var means: [Double] = []
    whitening.withUnsafeBufferPointer { v in
      kernel.withUnsafeBufferPointer { kernel in
        whitened.withUnsafeMutableBufferPointer { whitened in
          solved.withUnsafeMutableBufferPointer { solved in
            guard let v = v.baseAddress, let kernel = kernel.baseAddress, let whitened = whitened.baseAddress,
              let solved = solved.baseAddress
            else { return }
            Triangular.times(v, n, kernel, into: whitened)
            variance -= Triangular.dot(whitened, whitened, n)
            Triangular.transposedTimes(v, n, whitened, into: solved)
            means = weights.map { weight in
              weight.withUnsafeBufferPointer { $0.baseAddress.map { Triangular.dot($0, kernel, n) } ?? 0 }
            }
          }
        }
      }
    }
    return Local(
      prediction: Prediction(means: means, variance: max(variance, 0)), slopes: slopes, solved: solved, point: point)
  }

  /// The gradient by the coordinates of what has these derivatives by the means and the variance; 0 for choices.
  package func gradient(_ local: Local, byMeans: [Double], byVariance: Double) -> [Double] {
    let n = points.count
    var factors = local.solved
    let isConstant = local.prediction.variance == 0
    for j in 0..<n { factors[j] *= isConstant ? 0 : -2 * byVariance }
    for (weight, slope) in zip(weights, byMeans) where slope != 0 {
      for j in 0..<n { factors[j] += slope * weight[j] }
    }
    for j in 0..<n { factors[j] *= local.slopes[j] }
    return (0..<points.axes).map { axis in
      guard !points.isChoice[axis] else { return 0 }
      var sum = 0.0
      for j in 0..<n { sum += factors[j] * (local.point[axis] - points.coordinates[axis * n + j]) }
      return 2 * parameters.inverseSquares[axis] * sum
    }
  }
}
