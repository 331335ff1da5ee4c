#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Points of the unit cube, coordinate by coordinate, with which of them are choices: these are only equal or not.
package struct ProcessPoints: Sendable {
  let count: Int
  let axes: Int
  /// Coordinate i of point j at i · count + j.
  let coordinates: [Double]
  let isChoice: [Bool]

  package init(_ points: [[Double]], isChoice: [Bool]) {
    (count, axes, self.isChoice) = (points.count, isChoice.count, isChoice)
    coordinates = isChoice.indices.flatMap { axis in points.map { $0[axis] } }
  }
}

/// What a Gaussian process is made of: a Matérn 5/2 kernel with a length for each parameter.
package struct KernelParameters: Sendable, Equatable {
  /// One over the square of each length.
  package var inverseSquares: [Double]
  /// Variance of the function.
  package var scale: Double
  /// Variance of the noise.
  package var noise: Double

  package init(inverseSquares: [Double], scale: Double = 1, noise: Double = 1) {
    (self.inverseSquares, self.scale, self.noise) = (inverseSquares, scale, noise)
  }

  /// (1 + √5 r + 5/3 r²) exp(-√5 r) for r², and its derivative by r².
  @inline(__always)
  static func matern(_ square: Double) -> (value: Double, slope: Double) {
    let root = (5 * square).squareRoot()
    let decay = exp(-root)
    return (decay * (5.0 / 3 * square + root + 1), -5.0 / 6 * (root + 1) * decay)
  }
}

/// Finds the parameters of a kernel that are most probable for some values: the logarithm of the marginal likelihood and of a prior is
/// made large by its gradient. The prior keeps lengths near 1 (it is that of Optuna's `GPSampler`): -0.1 (λ + 1/λ) for each inverse
/// square λ, gamma distributions of shape 2 and rate 1 for the scale, of shape 1.1 and rate 30 for the noise.
package struct KernelFit {
  private let points: ProcessPoints
  private let values: [Double]
  /// nil where the objective is said to be without noise.
  private let isNoisy: Bool
  package static let leastNoise = 1e-6
  /// How small the largest slope must be; parameters need not be found exactly.
  private static let tolerance = 1e-2

  package init(_ points: ProcessPoints, _ values: [Double], isNoisy: Bool = true) {
    (self.points, self.values, self.isNoisy) = (points, values, isNoisy)
  }

  /// The most probable parameters that are found from `start` on.
  package func parameters(from start: KernelParameters?) -> KernelParameters {
    let plain = KernelParameters(inverseSquares: [Double](repeating: 1, count: points.axes))
    for first in [start ?? plain, plain] {
      var first = first
      if !isNoisy { first.noise = Self.leastNoise }
      let bounds = [ClosedRange<Double>](repeating: -.infinity ... .infinity, count: points.axes + 2)
      let found = minimized(from: raw(first), bounds: bounds, gradientTolerance: Self.tolerance, iterations: 200, loss)
      if found.value.isFinite { return parameters(found.point) }
    }
    return plain
  }

  /// Logarithms, in which the search runs.
  package func raw(_ parameters: KernelParameters) -> [Double] {
    parameters.inverseSquares.map { log($0) } + [
      log(parameters.scale), log(max(parameters.noise - 0.99 * Self.leastNoise, 1e-300)),
    ]
  }

  private func parameters(_ raw: [Double]) -> KernelParameters {
    KernelParameters(
      inverseSquares: raw.prefix(points.axes).map { exp($0) }, scale: exp(raw[points.axes]),
      noise: isNoisy ? exp(raw[points.axes + 1]) + Self.leastNoise : Self.leastNoise)
  }

  /// The negative logarithm of likelihood and prior, without constants, and its gradient by the logarithms.
  package func loss(_ raw: [Double]) -> (value: Double, gradient: [Double]) {
    let parameters = parameters(raw)
    let (n, axes) = (points.count, points.axes)
    let failure = (Double.infinity, [Double](repeating: 0, count: axes + 2))
    guard (parameters.inverseSquares + [parameters.scale, parameters.noise]).allSatisfy({ $0.isFinite && $0 > 0 })
    else {
      return failure
    }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * n * n + 3 * n) { memory in
      guard let base = memory.baseAddress else { return failure }
      let (kernel, slopes, factor, inverse) = (base, base + n * n, base + 2 * n * n, base + 3 * n * n)
      let (z, alpha, row) = (base + 4 * n * n, base + 4 * n * n + n, base + 4 * n * n + 2 * n)
      fill(kernel, slopes, row, parameters)
      factor.update(from: kernel, count: n * n)
      for i in 0..<n { factor[i * n + i] += parameters.noise }
      guard Triangular.factor(factor, n) else { return failure }
      Triangular.inverseOfTransposed(factor, n, into: inverse)
      values.withUnsafeBufferPointer { values in
        if let values = values.baseAddress { Triangular.times(inverse, n, values, into: z) }
      }
      Triangular.transposedTimes(inverse, n, z, into: alpha)
      var value = 0.5 * Triangular.dot(z, z, n)
      for i in 0..<n { value += log(factor[i * n + i]) }
      // The factor is not needed any more.
      Triangular.gram(inverse, n, into: factor)
      var gradient = slopesOfLikelihood(kernel, slopes, factor, alpha, row, parameters)
      for (i, square) in parameters.inverseSquares.enumerated() {
        value += 0.1 / square + 0.1 * square
        gradient[i] = gradient[i] * square - 0.1 / square + 0.1 * square
      }
      let (scale, noise) = (parameters.scale, parameters.noise)
      value -= log(scale) - scale + 0.1 * log(noise) - 30 * noise
      gradient[axes] = gradient[axes] * scale - 1 + scale
      gradient[axes + 1] = isNoisy ? (gradient[axes + 1] - 0.1 / noise + 30) * (noise - Self.leastNoise) : 0
      return (value, gradient)
    }
  }

  /// The upper halves of the kernel without noise and of its derivatives by the squared distances.
  private func fill(
    _ kernel: UnsafeMutablePointer<Double>, _ slopes: UnsafeMutablePointer<Double>, _ row: UnsafeMutablePointer<Double>,
    _ parameters: KernelParameters
  ) {
    let n = points.count
    points.coordinates.withUnsafeBufferPointer { x in
      for a in 0..<n {
        kernel[a * n + a] = parameters.scale
        guard a + 1 < n else { continue }
        for b in (a + 1)..<n { row[b] = 0 }
        for axis in 0..<points.axes {
          let weight = parameters.inverseSquares[axis]
          let own = x[axis * n + a]
          if points.isChoice[axis] {
            for b in (a + 1)..<n where x[axis * n + b] != own { row[b] += weight }
          } else {
            for b in (a + 1)..<n {
              let difference = x[axis * n + b] - own
              row[b] += weight * difference * difference
            }
          }
        }
        for b in (a + 1)..<n {
          let (value, slope) = KernelParameters.matern(row[b])
          kernel[a * n + b] = parameters.scale * value
          slopes[a * n + b] = parameters.scale * slope
        }
      }
    }
  }

  /// ½ tr((K⁻¹ - α αᵀ) ∂K) for every parameter itself.
  private func slopesOfLikelihood(
    _ kernel: UnsafePointer<Double>, _ slopes: UnsafePointer<Double>, _ inverse: UnsafePointer<Double>,
    _ alpha: UnsafePointer<Double>, _ row: UnsafeMutablePointer<Double>, _ parameters: KernelParameters
  ) -> [Double] {
    let (n, axes) = (points.count, points.axes)
    var gradient = [Double](repeating: 0, count: axes + 2)
    var scaleSlope = 0.0
    points.coordinates.withUnsafeBufferPointer { x in
      guard let x = x.baseAddress else { return }
      for a in 0..<n {
        let own = 0.5 * (inverse[a * n + a] - alpha[a] * alpha[a])
        gradient[axes + 1] += own
        scaleSlope += own * parameters.scale
        guard a + 1 < n else { continue }
        for b in (a + 1)..<n {
          let weight = inverse[a * n + b] - alpha[a] * alpha[b]
          scaleSlope += weight * kernel[a * n + b]
          row[b] = weight * slopes[a * n + b]
        }
        for axis in 0..<axes {
          let column = x + axis * n
          if points.isChoice[axis] {
            for b in (a + 1)..<n where column[b] != column[a] { gradient[axis] += row[b] }
          } else {
            gradient[axis] += Triangular.weightedSquares(row + a + 1, column + a + 1, column[a], n - a - 1)
          }
        }
      }
    }
    gradient[axes] = scaleSlope / parameters.scale
    return gradient
  }
}
