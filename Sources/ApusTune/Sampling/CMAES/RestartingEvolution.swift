#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A strategy that may start anew, with a margin for steps. All it does follows from what it is told, so that every process that is
/// told the same has the same.
struct RestartingEvolution: Sendable {
  private var strategy: EvolutionStrategy
  private var margin: Margin?
  /// Generations of all starts.
  private(set) var generation = 0

  private let firstPopulation: Int
  private let sigma: Double
  private let steps: [Double]?
  private let restarts: CMAESSampler.Restarts
  /// Starts with larger populations, and samples of these and of the others.
  private var largeStarts = 0
  private var isLarge = true
  private var largeSamples = 0
  private var smallSamples = 0

  init(
    first: EvolutionStrategy, sigma: Double, steps: [Double]?, restarts: CMAESSampler.Restarts
  ) {
    (strategy, self.sigma, self.steps, self.restarts) = (first, sigma, steps, restarts)
    firstPopulation = first.population
    margin = steps.map { Margin(steps: $0, population: first.population) }
  }

  var population: Int { strategy.population }

  /// A sample as it is to be told, and as it is to be evaluated.
  func sample(_ generator: NumPyGenerator) -> (raw: [Double], point: [Double]) {
    if let margin { return margin.sample(strategy, generator) }
    let point = strategy.sampleInside(generator)
    return (point, point)
  }

  mutating func tell(_ solutions: [(point: [Double], value: Double)]) {
    generation += 1
    strategy.tell(solutions)
    margin?.correct(&strategy)
    if isLarge { largeSamples += solutions.count } else { smallSamples += solutions.count }
    guard strategy.shouldStop else { return }
    switch restarts {
    case .none:
      // Numbers that have overflowed say nothing any more.
      if !strategy.sigma.isFinite || !strategy.mean.allSatisfy(\.isFinite) {
        restart(population: population, solutions)
      }
    case .ipop(let factor):
      largeStarts += 1
      restart(population: grown(factor), solutions)
    case .bipop(let factor):
      isLarge = largeSamples <= smallSamples
      if isLarge { largeStarts += 1 }
      let random = Self.draws(of: solutions).uniform()
      let small = Double(firstPopulation) * pow(pow(Double(factor), Double(largeStarts)), random * random)
      restart(population: isLarge ? grown(factor) : max(2, Int(small)), solutions)
    }
  }

  /// The first population times the factor for each large start, as long as it is a reasonable number of trials.
  private func grown(_ factor: Int) -> Int {
    Int(min(Double(firstPopulation) * pow(Double(factor), Double(largeStarts)), 1e6))
  }

  private mutating func restart(population: Int, _ solutions: [(point: [Double], value: Double)]) {
    let generator = Self.draws(of: solutions)
    _ = generator.uniform()
    let mean = strategy.mean.map { _ in generator.uniform() }
    strategy = EvolutionStrategy(mean: mean, sigma: sigma, population: population, shape: strategy.shape)
    margin = steps.map { Margin(steps: $0, population: population) }
  }

  /// Draws that are the same wherever these samples are told.
  private static func draws(of solutions: [(point: [Double], value: Double)]) -> NumPyGenerator {
    var bits: UInt64 = 0
    for solution in solutions {
      for number in solution.point + [solution.value] { bits = (bits ^ number.bitPattern) &* 0x9E37_79B9_7F4A_7C15 }
    }
    return NumPyGenerator(seed: UInt32(truncatingIfNeeded: bits >> 32))
  }
}

/// The normal distribution of the best tenth of samples, widened by a tenth of the range (Nomura et al., Warm starting CMA-ES for
/// hyperparameter optimization, 2021): its mean, and its covariance as a deviation and a matrix of determinant 1.
func warmStart(_ solutions: [(point: [Double], value: Double)]) -> (mean: [Double], sigma: Double, covariance: [Double])
{
  let best = stablySorted(solutions) { $0.value }.prefix(max(1, solutions.count / 10)).map(\.point)
  let n = best[0].count
  let count = Double(best.count)
  let mean = (0..<n).map { j in best.reduce(0) { $0 + $1[j] } / count }
  let covariance = (0..<n * n).map { place -> Double in
    let (i, j) = (place / n, place % n)
    return (i == j ? 0.01 : 0) + best.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) } / count
  }
  let logDeterminant = SymmetricEigen(covariance, n).values.reduce(0) { $0 + log($1) }
  let sigma = exp(logDeterminant / 2 / Double(n))
  return (mean, sigma, covariance.map { $0 / (sigma * sigma) })
}
