#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The covariance matrix adaptation evolution strategy: a normal distribution that moves to where samples are small (Hansen, The CMA
/// evolution strategy: a tutorial, 2016; the numbers of its equations are in the comments). Constants and order of operations are
/// those of the Python library cmaes.
package struct EvolutionStrategy: Sendable {
  package enum Shape: Sendable, Hashable {
    case full
    /// Only variances are adapted (Ros and Hansen, A simple modification in CMA-ES achieving linear time and space complexity, 2008).
    case separable
    /// The rates of learning follow the ratio of signal and noise (Nomura, Akimoto and Ono, CMA-ES with learning rate adaptation,
    /// 2023).
    case adaptive
  }

  let dimensions: Int
  let population: Int
  let shape: Shape
  private(set) var generation = 0
  package var mean: [Double]
  package private(set) var sigma: Double
  /// Row by row; of a separable one the diagonal.
  package private(set) var covariance: [Double]
  private var sigmaPath: [Double]
  private var covariancePath: [Double]

  private let parents: Int
  private let weights: [Double]
  private let parentMass: Double
  private let rankOneRate: Double
  private let rankParentsRate: Double
  private let covariancePathRate: Double
  private let sigmaPathRate: Double
  private let sigmaDamping: Double
  private let expectedNorm: Double

  private var axes: Axes
  private var learning = LearningRates()
  /// The best and worst value of the last generations, in a ring.
  private var history: [Double]
  private let smallestStep: Double

  private static let epsilon = 1e-8
  private static let largestSigma = 1e32

  /// What a population has where nothing is said: 4 + ⌊3 ln n⌋ (48).
  static func defaultPopulation(_ dimensions: Int) -> Int { 4 + Int((3 * log(Double(dimensions))).rounded(.down)) }

  /// - Parameter covariance: n by n; nil for the identity.
  package init(mean: [Double], sigma: Double, population: Int? = nil, covariance: [Double]? = nil, shape: Shape = .full)
  {
    let n = Double(mean.count)
    dimensions = mean.count
    let population = population ?? Self.defaultPopulation(mean.count)
    (self.population, self.shape, self.mean, self.sigma) = (population, shape, mean, sigma)
    let parents = population / 2
    self.parents = parents

    if shape == .separable {
      let raw = (0..<parents).map { log(Double(parents + 1)) - log(Double($0 + 1)) }
      let total = raw.reduce(0, +)
      weights = raw.map { $0 / total }
      parentMass = 1 / weights.reduce(0) { $0 + $1 * $1 }
      rankOneRate = 2 / ((n + 1.3) * (n + 1.3) + parentMass)
      let root = n + 2.0.squareRoot()
      let full =
        2 / parentMass / (root * root) + (1 - 1 / parentMass)
        * min(1, (2 * parentMass - 1) / ((n + 2) * (n + 2) + parentMass))
      rankParentsRate = (n + 2) / 3 * full
      sigmaPathRate = (parentMass + 2) / (n + parentMass + 3)
      covariancePathRate = 4 / (n + 4)
    } else {
      let raw = (0..<population).map { log(Double(population + 1) / 2) - log(Double($0 + 1)) }
      func mass(_ part: ArraySlice<Double>) -> Double {
        let sum = part.reduce(0, +)
        return sum * sum / part.reduce(0) { $0 + $1 * $1 }
      }
      let mass1 = mass(raw[..<parents])
      let mass2 = mass(raw[parents...])
      let c1 = 2 / ((n + 1.3) * (n + 1.3) + mass1)
      let cmu = min(1 - c1 - 1e-8, 2 * (mass1 - 2 + 1 / mass1) / ((n + 2) * (n + 2) + mass1))
      // (50) to (52): how much negative weights may count.
      let negative = min(1 + c1 / cmu, 1 + 2 * mass2 / (mass1 + 2), (1 - c1 - cmu) / (n * cmu))
      let positiveSum = raw.reduce(0) { $0 + max($1, 0) }
      let negativeSum = raw.reduce(0) { $0 + max(-$1, 0) }
      weights = raw.map { $0 >= 0 ? $0 / positiveSum : negative / negativeSum * $0 }
      (parentMass, rankOneRate, rankParentsRate) = (mass1, c1, cmu)
      sigmaPathRate = (mass1 + 2) / (n + mass1 + 5)
      covariancePathRate = (4 + mass1 / n) / (n + 4 + 2 * mass1 / n)
    }
    sigmaDamping = 1 + 2 * max(0, ((parentMass - 1) / (n + 1)).squareRoot() - 1) + sigmaPathRate
    expectedNorm = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
    sigmaPath = [Double](repeating: 0, count: mean.count)
    covariancePath = sigmaPath
    self.covariance =
      covariance
      ?? (shape == .separable ? [Double](repeating: 1, count: mean.count) : identity(mean.count))
    smallestStep = 1e-12 * sigma
    history = [Double](repeating: 0, count: 2 * (10 + Int((30 * n / Double(population)).rounded(.up))))
    axes = Axes(&self.covariance, mean.count, isDiagonal: shape == .separable)
  }

  /// A sample, anywhere.
  func sample(_ generator: NumPyGenerator) -> [Double] {
    let normals = mean.map { _ in generator.normal() }
    let step = axes.stretched(normals)
    return mean.indices.map { mean[$0] + sigma * step[$0] }
  }

  /// A sample in the unit cube, after a few tries the nearest point of it.
  func sampleInside(_ generator: NumPyGenerator) -> [Double] {
    for _ in 0..<(10 * dimensions) {
      let point = sample(generator)
      if point.allSatisfy({ (0...1).contains($0) }) { return point }
    }
    return sample(generator).map { $0 < 0 ? 0 : $0 > 1 ? 1 : $0 }
  }

  /// Moves the distribution by a generation of samples and their values.
  package mutating func tell(_ solutions: [(point: [Double], value: Double)]) {
    generation += 1
    let sorted = stablySorted(solutions) { $0.value }
    let place = 2 * (generation % (history.count / 2))
    history[place] = sorted[0].value
    history[place + 1] = sorted[sorted.count - 1].value
    let before = (mean: mean, sigma: sigma, covariance: covariance, axes: axes)

    let steps = sorted.map { solution in mean.indices.map { (solution.point[$0] - mean[$0]) / sigma } }
    let centre = mean.indices.map { j in (0..<parents).reduce(0) { $0 + steps[$1][j] * weights[$1] } }  // (41)
    for j in mean.indices { mean[j] += sigma * centre[j] }

    let whitened = axes.whitened(centre)
    let keep = 1 - sigmaPathRate
    let gain = (sigmaPathRate * (2 - sigmaPathRate) * parentMass).squareRoot()
    for j in mean.indices { sigmaPath[j] = keep * sigmaPath[j] + gain * whitened[j] }
    let norm = euclideanNorm(sigmaPath)
    sigma = min(sigma * exp(sigmaPathRate / sigmaDamping * (norm / expectedNorm - 1)), Self.largestSigma)

    let isShort =
      norm / (1 - pow(keep, Double(2 * (generation + 1)))).squareRoot()
      < (1.4 + 2 / (Double(dimensions) + 1)) * expectedNorm
    let pathGain = isShort ? (covariancePathRate * (2 - covariancePathRate) * parentMass).squareRoot() : 0
    for j in mean.indices {
      covariancePath[j] = (1 - covariancePathRate) * covariancePath[j] + pathGain * centre[j]
    }
    adaptCovariance(steps, isShort: isShort)
    if shape == .adaptive { adaptRates(before) }
    axes = Axes(&covariance, dimensions, isDiagonal: shape == .separable)
  }

  /// (47), with negative weights scaled by the length of their steps (46).
  private mutating func adaptCovariance(_ steps: [[Double]], isShort: Bool) {
    let n = dimensions
    let lost = isShort ? 0 : covariancePathRate * (2 - covariancePathRate)
    let scaled = zip(weights, steps).map { weight, step in
      guard weight < 0 else { return weight }
      let length = euclideanNorm(axes.whitened(step))
      return weight * Double(n) / (length * length + Self.epsilon)
    }
    let keep = 1 + rankOneRate * lost - rankOneRate - rankParentsRate * weights.reduce(0, +)
    if shape == .separable {
      for j in 0..<n {
        let rank = zip(scaled, steps).reduce(0) { $0 + $1.0 * $1.1[j] * $1.1[j] }
        covariance[j] =
          keep * covariance[j] + rankOneRate * covariancePath[j] * covariancePath[j] + rankParentsRate * rank
      }
      return
    }
    for i in 0..<n {
      for j in i..<n {
        let rank = zip(scaled, steps).reduce(0) { $0 + $1.0 * $1.1[i] * $1.1[j] }
        covariance[i * n + j] =
          keep * covariance[i * n + j] + rankOneRate * covariancePath[i] * covariancePath[j] + rankParentsRate * rank
        covariance[j * n + i] = covariance[i * n + j]
      }
    }
  }

  private mutating func adaptRates(_ before: (mean: [Double], sigma: Double, covariance: [Double], axes: Axes)) {
    let n = dimensions
    let move = zip(mean, before.mean).map { $0 - $1 }
    let old = before.covariance.map { before.sigma * before.sigma * $0 }
    let turn = zip(covariance, old).map { sigma * sigma * $0 - $1 }
    let localMove = before.axes.whitened(move).map { $0 / before.sigma }
    // C^(-½) ΔΣ C^(-½) / σ² √2: columns first, then rows.
    var local = turn
    for pass in 0..<2 {
      for i in 0..<n {
        let line = before.axes.whitened((0..<n).map { pass == 0 ? local[$0 * n + i] : local[i * n + $0] })
        for j in 0..<n { local[pass == 0 ? j * n + i : i * n + j] = line[j] / before.sigma }
      }
    }
    let factors = learning.update(localMove, local.map { $0 / 2.0.squareRoot() })
    mean = zip(before.mean, move).map { $0 + factors.mean * $1 }
    let new = zip(old, turn).map { $0 + factors.covariance * $1 }
    let logarithms = SymmetricEigen(new, n).values.reduce(0) { $0 + log($1) }
    sigma = min(exp(logarithms / 2 / Double(n)), Self.largestSigma)
    covariance = new.map { $0 / (sigma * sigma) }
    sigma *= factors.sigma
  }

  /// Whether nothing can come of more generations: values or steps have become equal, or numbers too unequal.
  package var shouldStop: Bool {
    if !sigma.isFinite || !mean.allSatisfy(\.isFinite) { return true }
    let spread = (history.max() ?? 0) - (history.min() ?? 0)
    if generation > history.count / 2, spread < 1e-12 { return true }
    let variances = (0..<dimensions).map { covariance[shape == .separable ? $0 : $0 * dimensions + $0] }
    if variances.allSatisfy({ sigma * $0 < smallestStep }), covariancePath.allSatisfy({ sigma * $0 < smallestStep }) {
      return true
    }
    let (least, most) = (axes.scales.min() ?? 1, axes.scales.max() ?? 1)
    if sigma * most > 1e4 || most / least > 1e14 { return true }
    if zip(mean, variances).contains(where: { $0 == $0 + 0.2 * sigma * $1.squareRoot() }) { return true }
    let axis = axes.axis(generation % dimensions)
    return zip(mean, axis).allSatisfy { $0 == $0 + 0.1 * sigma * $1 }
  }

  /// The principal axes of a covariance.
  private struct Axes: Sendable {
    let scales: [Double]
    /// Row by row; nil where the axes are those of the space.
    private let vectors: [Double]?

    /// Also makes the covariance exactly that of the axes.
    init(_ covariance: inout [Double], _ n: Int, isDiagonal: Bool) {
      if isDiagonal {
        vectors = nil
        scales = covariance.map { ($0 <= 0 ? epsilon : $0).squareRoot() }
        return
      }
      let eigen = SymmetricEigen(covariance, n)
      let scales = eigen.values.map { ($0 <= 0 ? epsilon : $0).squareRoot() }
      (self.scales, vectors) = (scales, eigen.vectors)
      guard eigen.values.contains(where: { $0 <= 0 }) else { return }
      let b = eigen.vectors
      for i in 0..<n {
        for j in 0..<n {
          covariance[i * n + j] = (0..<n).reduce(0) { $0 + b[i * n + $1] * scales[$1] * scales[$1] * b[j * n + $1] }
        }
      }
    }

    /// B D z.
    func stretched(_ z: [Double]) -> [Double] {
      let scaled = zip(z, scales).map { $0 * $1 }
      guard let vectors else { return scaled }
      let n = z.count
      return (0..<n).map { i in (0..<n).reduce(0) { $0 + vectors[i * n + $1] * scaled[$1] } }
    }

    /// C^(-½) y.
    func whitened(_ y: [Double]) -> [Double] {
      guard let vectors else { return zip(y, scales).map { $0 / $1 } }
      let n = y.count
      let turned = (0..<n).map { j in (0..<n).reduce(0) { $0 + vectors[$1 * n + j] * y[$1] } / scales[j] }
      return (0..<n).map { i in (0..<n).reduce(0) { $0 + vectors[i * n + $1] * turned[$1] } }
    }

    /// A principal axis with the length of its scale; of the space's own axes that length in all directions.
    func axis(_ j: Int) -> [Double] {
      let n = scales.count
      return (0..<n).map { i in scales[j] * (vectors.map { $0[i * n + j] } ?? 1) }
    }
  }

  /// Factors of the changes of mean and covariance, from how steady they are.
  private struct LearningRates: Sendable {
    private static let alpha = 1.4
    private static let gamma = 0.1
    private var mean = Rate(beta: 0.1)
    private var covariance = Rate(beta: 0.03)

    private struct Rate: Sendable {
      let beta: Double
      var average: [Double] = []
      var square = 0.0
      var value = 1.0

      init(beta: Double) { self.beta = beta }

      mutating func update(_ change: [Double]) {
        if average.isEmpty { average = change.map { _ in 0 } }
        let size = euclideanNorm(change)
        average = zip(average, change).map { (1 - beta) * $0 + beta * $1 }
        square = (1 - beta) * square + beta * size * size
        let norm = euclideanNorm(average)
        let ratio = (norm * norm - beta / (2 - beta) * square) / (square - norm * norm)
        let relative = min(max(ratio / alpha / value - 1, -1), 1)
        value = min(value * exp(min(gamma * value, beta) * relative), 1)
      }
    }

    mutating func update(
      _ move: [Double], _ turn: [Double]
    ) -> (mean: Double, covariance: Double, sigma: Double) {
      let before = mean.value
      mean.update(move)
      covariance.update(turn)
      return (mean.value, covariance.value, before / mean.value)
    }
  }
}

private func identity(_ n: Int) -> [Double] { (0..<n * n).map { $0 / n == $0 % n ? 1 : 0 } }

private func euclideanNorm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
