import ApusFormats
import ApusTune
import Testing

/// The distribution of CMA-ES, beside recorded generations of the Python library cmaes.
@Suite struct EvolutionStrategyTests {
  private func numbers(_ json: ByteJSON?) -> [Double] { (json?.array ?? []).compactMap(\.double) }

  /// The largest difference, relative where numbers are large.
  private func difference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) / max(1e-3, abs($1)) }.max() ?? 0 : .infinity
  }

  @Test func generationsMoveTheDistributionAsRecorded() throws {
    for run in try recorded("cma.json").array ?? [] {
      let kind = run["kind"]?.string ?? ""
      let n = run["dimensions"]?.int ?? 0
      let shape: EvolutionStrategy.Shape =
        switch kind {
        case "separable": .separable
        case "adaptive": .adaptive
        default: .full
        }
      let population = run["population"]?.int ?? 0
      var strategy = EvolutionStrategy(
        mean: [Double](repeating: 0.5, count: n), sigma: 1 / 6.0, population: population, shape: shape)
      var margin = kind == "margin" ? Margin(steps: numbers(run["steps"]), population: population) : nil
      for (i, generation) in (run["generations"]?.array ?? []).enumerated() {
        let points = (generation["points"]?.array ?? []).map { numbers($0) }
        if let margin {
          for (point, stepped) in zip(points, generation["stepped"]?.array ?? []) {
            #expect(difference(margin.stepped(point, strategy), numbers(stepped)) < 1e-9)
          }
        }
        strategy.tell(zip(points, numbers(generation["values"])).map { (point: $0, value: $1) })
        margin?.correct(&strategy)
        let label = "\(kind), \(n) parameters, generation \(i)"
        #expect(difference(strategy.mean, numbers(generation["mean"])) < 1e-7, "\(label)")
        #expect(difference([strategy.sigma], [generation["sigma"]?.double ?? 0]) < 1e-7, "\(label)")
        #expect(difference(strategy.covariance, numbers(generation["covariance"])) < 1e-6, "\(label)")
      }
      #expect(strategy.shouldStop == run["stops"]?.bool)
    }
  }

  /// Values, vectors and their signs are those that LAPACK gave.
  @Test func eigenvectorsAreThoseOfLAPACK() throws {
    for run in try recorded("eigen.json").array ?? [] {
      let eigen = SymmetricEigen(numbers(run["matrix"]), run["n"]?.int ?? 0)
      #expect(difference(eigen.values, numbers(run["values"])) < 1e-9)
      #expect(difference(eigen.vectors, numbers(run["vectors"])) < 1e-8)
    }
  }

  @Test(arguments: [1, 2, 7, 20]) func eigenvectorsAreOrthogonalAndGiveTheMatrix(n: Int) {
    let generator = NumPyGenerator(seed: UInt32(n))
    let half = (0..<n * n).map { _ in generator.normal() }
    let matrix = (0..<n * n).map { half[$0] + half[$0 % n * n + $0 / n] }
    let eigen = SymmetricEigen(matrix, n)
    for i in 0..<n {
      for j in 0..<n {
        let product = (0..<n).reduce(0) {
          $0 + eigen.vectors[i * n + $1] * eigen.values[$1] * eigen.vectors[j * n + $1]
        }
        let dot = (0..<n).reduce(0) { $0 + eigen.vectors[$1 * n + i] * eigen.vectors[$1 * n + j] }
        #expect(abs(product - matrix[i * n + j]) < 1e-12 * Double(n))
        #expect(abs(dot - (i == j ? 1 : 0)) < 1e-13 * Double(n))
      }
    }
    #expect(eigen.values == eigen.values.sorted())
  }

  /// Numbers of SciPy's `log_ndtr` and `ndtri`.
  @Test func tailsOfTheNormalDistribution() {
    let logarithms: [(Double, Double)] = [
      (-40.0, -804.6084420137539), (-10.0, -53.23128515051248), (-5.5, -17.779376352625263),
      (-1.0, -1.8410216450092634), (0.0, -0.6931471805599453), (3.0, -0.0013508099647481925),
      (8.0, -6.220960574271742e-16),
    ]
    for (x, expected) in logarithms { #expect(abs(StandardNormal.logCumulative(x) / expected - 1) < 1e-13, "\(x)") }
    let quantiles: [(Double, Double)] = [
      (1e-300, -37.0470962993612), (1e-12, -7.034483825301131), (0.001, -3.090232306167813), (0.02, -2.053748910631823),
      (0.3, -0.5244005127080409), (0.5, 0.0), (0.9, 1.2815515655446004), (0.9999999999, 6.361340889697422),
    ]
    for (p, expected) in quantiles {
      #expect(abs(StandardNormal.quantile(p) - expected) < 1e-13 * max(1, abs(expected)), "\(p)")
    }
  }
}
