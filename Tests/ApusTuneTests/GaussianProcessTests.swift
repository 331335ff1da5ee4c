import ApusCore
import ApusFormats
import ApusTrain
import ApusTune
import Testing

/// Gaussian processes beside scikit-learn's and Optuna's, and the sampler of them.
@Suite struct GaussianProcessTests {
  private func numbers(_ json: ByteJSON?) -> [Double] { (json?.array ?? []).compactMap(\.double) }
  private func points(_ json: ByteJSON?) -> [[Double]] { (json?.array ?? []).map { numbers($0) } }

  @Test func thePosteriorIsThatOfScikitLearn() throws {
    let case1 = try recorded("gaussian_process.json")["posterior"]
    let parameters = KernelParameters(
      inverseSquares: numbers(case1?["inverse"]), scale: case1?["scale"]?.double ?? 0,
      noise: case1?["noise"]?.double ?? 0)
    let seen = ProcessPoints(points(case1?["points"]), isChoice: [false, false, false])
    let process = try #require(GaussianProcess(seen, numbers(case1?["values"]), parameters))
    let queries = points(case1?["queries"])
    let predictions = process.predictions(queries)
    for (i, (mean, variance)) in zip(numbers(case1?["means"]), numbers(case1?["variances"])).enumerated() {
      #expect(abs(predictions[i].means[0] - mean) < 1e-9)
      #expect(abs(predictions[i].variance - variance) < 1e-9)
      let local = process.local(queries[i])
      #expect(abs(local.prediction.means[0] - mean) < 1e-9)
      #expect(abs(local.prediction.variance - variance) < 1e-9)
    }
  }

  @Test func gradientsOfThePosteriorAreItsSlopes() throws {
    let case1 = try recorded("gaussian_process.json")["posterior"]
    let parameters = KernelParameters(inverseSquares: [4, 0.7, 0.2], scale: 1.7, noise: 1e-3)
    let all = points(case1?["points"])
    let values = numbers(case1?["values"])
    // The last three are guessed, in two ways.
    let process = try #require(
      GaussianProcess(
        ProcessPoints(all, isChoice: [false, false, false]), Array(values.dropLast(3)), parameters,
        normals: [[0.3, -1, 2], [-0.5, 0.2, 0.1]]))
    for point in points(case1?["queries"]) {
      let local = process.local(point)
      let gradient = process.gradient(local, byMeans: [0.7, -0.4], byVariance: 1.3)
      for axis in 0..<3 {
        func value(_ step: Double) -> Double {
          var moved = point
          moved[axis] += step
          let prediction = process.predictions([moved])[0]
          return 0.7 * prediction.means[0] - 0.4 * prediction.means[1] + 1.3 * prediction.variance
        }
        #expect(abs((value(1e-5) - value(-1e-5)) / 2e-5 - gradient[axis]) < 1e-6)
      }
    }
  }

  /// A process with guesses is the process of the same values: at points without noise the means go through the guesses.
  @Test func guessedValuesAreConditionedOn() throws {
    let case1 = try recorded("gaussian_process.json")["posterior"]
    let parameters = KernelParameters(inverseSquares: [4, 0.7, 0.2], scale: 1.7, noise: 1e-3)
    let all = ProcessPoints(points(case1?["points"]), isChoice: [false, false, false])
    let values = Array(numbers(case1?["values"]).dropLast(3))
    let guessed = try #require(GaussianProcess(all, values, parameters, normals: [[0.3, -1, 2], [0, 0, 0]]))
    let queries = points(case1?["queries"])
    for guess in 0..<2 {
      let told = try #require(GaussianProcess(all, values + guessed.guesses[guess], parameters))
      for (a, b) in zip(guessed.predictions(queries), told.predictions(queries)) {
        #expect(abs(a.means[guess] - b.means[0]) < 1e-9)
        #expect(abs(a.variance - b.variance) < 1e-12)
      }
    }
    // Normals of zero guess the means.
    let few = ProcessPoints(Array(points(case1?["points"]).dropLast(3)), isChoice: [false, false, false])
    let before = try #require(GaussianProcess(few, values, parameters))
    for (prediction, guess) in zip(before.predictions(Array(points(case1?["points"]).suffix(3))), guessed.guesses[1]) {
      #expect(abs(prediction.means[0] - guess) < 1e-9)
    }
  }

  @Test func kernelsAreFittedAsOptunaFitsThem() throws {
    let case1 = try recorded("gaussian_process.json")["fit"]
    let fit = KernelFit(
      ProcessPoints(points(case1?["points"]), isChoice: [false, false, true]), numbers(case1?["values"]))
    for ((raw, loss), gradient) in zip(
      zip(points(case1?["raws"]), numbers(case1?["losses"])), points(case1?["gradients"]))
    {
      let (value, slopes) = fit.loss(raw)
      #expect(abs(value - loss) < 1e-9 * abs(loss))
      for (a, b) in zip(slopes, gradient) { #expect(abs(a - b) < 1e-8 * max(1, abs(b))) }
    }
    let found = fit.parameters(from: nil)
    let best = case1?["best"]?.double ?? 0
    #expect(fit.loss(fit.raw(found)).value < best + 1e-3)
    #expect(abs(found.scale / (case1?["scale"]?.double ?? 0) - 1) < 0.05)
    // The choice alone says much of the values, the second number nothing.
    #expect(found.inverseSquares[2] > found.inverseSquares[1])
  }

  @Test func improvementsFarFromTheBestStayFinite() throws {
    let case1 = try recorded("gaussian_process.json")["improvement"]
    for (z, expected) in zip(numbers(case1?["z"]), numbers(case1?["values"])) where expected.isFinite {
      #expect(abs(StandardNormal.logImprovement(z) - expected) < 1e-7 * max(1, abs(expected)), "\(z)")
    }
    #expect(StandardNormal.logImprovement(-1e8).isFinite)
  }

  @Test func aBoundedMinimumIsFoundAtAnEnd() {
    // Rosenbrock's function, whose minimum at (1, 1) lies outside: on the edge x = 0.5 it is at y = 0.25.
    let found = minimized(from: [-0.3, 0.8], bounds: [-1...0.5, -1...1], gradientTolerance: 1e-8, iterations: 500) {
      p in
      let (x, y) = (p[0], p[1])
      return (
        100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x), [-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)]
      )
    }
    // It ends where a step falls by less than 2e-9: of 100 y² that is 5e-6.
    #expect(abs(found.point[0] - 0.5) < 1e-5)
    #expect(abs(found.point[1] - 0.25) < 1e-5)
  }

  @Test(arguments: 2...4) func boxesAndDominatedVolumeFillTheSpace(objectives: Int) {
    let generator = NumPyGenerator(seed: UInt32(objectives))
    let points = (0..<14).map { _ in (0..<objectives).map { _ in (generator.uniform() * 8).rounded() / 8 } }
    let reference = [Double](repeating: 0.9, count: objectives)
    let boxes = nonDominatedBoxes(points, reference: reference)
    let low = [Double](repeating: -0.5, count: objectives)
    let free = boxes.reduce(0.0) { sum, box in
      sum + (0..<objectives).reduce(1.0) { $0 * max(0, box.upper[$1] - max(box.lower[$1], low[$1])) }
    }
    let whole = (0..<objectives).reduce(1.0) { $0 * (reference[$1] - low[$1]) }
    #expect(abs(free + hypervolume(points, reference: reference) - whole) < 1e-12)
    for _ in 0..<200 {
      let point = (0..<objectives).map { _ in -0.5 + 1.4 * generator.uniform() }
      let holders = boxes.filter { box in
        (0..<objectives).allSatisfy { box.lower[$0] < point[$0] && point[$0] < box.upper[$0] }
      }
      let isDominated = points.contains { zip($0, point).allSatisfy { $0 <= $1 } }
      #expect(holders.count == (isDominated ? 0 : 1))
    }
  }

  @Test func theSamplerFindsMinimaInFewTrials() throws {
    let study = try Study(direction: .maximize, sampler: GPSampler(seed: 1), pruner: NopPruner())
    try study.optimize(trials: 40) { trial in
      let x = try trial.suggest("x", -5...5.0)
      let y = try trial.suggest("y", 1e-3...10, log: true)
      let logarithm = (y > 1 ? y - 1 : 1 / y - 1) * 0.1
      return -(x - 2) * (x - 2) - logarithm
    }
    #expect(try study.bestValue > -1e-2)
    let mixed = try Study(sampler: GPSampler(deterministicObjective: true, seed: 2), pruner: NopPruner())
    try mixed.optimize(trials: 45) { trial in
      let kind = try trial.suggest("kind", ["a", "b", "c"])
      let i = Double(try trial.suggest("i", 0...200))
      let s = try trial.suggest("s", 0...1.0, step: 0.25)
      let x = try trial.suggest("x", 0...1.0)
      return (kind == "b" ? 0 : 1) + (i - 137) * (i - 137) / 1000 + (s - 0.75) * (s - 0.75) + (x - 0.4) * (x - 0.4)
    }
    #expect(try mixed.bestValue < 0.05)
  }

  @Test func constraintsAreMet() throws {
    let study = try Study(sampler: GPSampler(seed: 3), pruner: NopPruner())
    try study.optimize(trials: 40) { trial in
      let x = try trial.suggest("x", 0...1.0)
      let y = try trial.suggest("y", 0...1.0)
      try trial.setConstraint("sum", 1.5 - x - y)
      return x + 2 * y
    }
    // The best feasible point is (1, 0.5).
    #expect(try study.bestTrial.isFeasible)
    #expect(try study.bestValue < 2.05)
  }

  @Test func severalObjectivesSpreadAlongTheirFront() throws {
    for isConstrained in [false, true] {
      let study = try Study(directions: [.minimize, .maximize], sampler: GPSampler(seed: 4), pruner: NopPruner())
      try study.optimizeAll(trials: 40) { trial in
        let x = try trial.suggest("x", 0...1.0)
        let y = try trial.suggest("y", 0...1.0)
        if isConstrained { try trial.setConstraint("x", x - 0.9) }
        return [x * x + y, -(x - 1) * (x - 1) - y]
      }
      let losses = try study.trials.filter(\.isFeasible).map { [$0.values[0], -$0.values[1]] }
      // With both ends the front of y = 0 leaves 1/6 below itself.
      #expect(hypervolume(losses, reference: [1, 1]) > 0.8)
    }
  }

  /// Trials that run at once get different proposals, as each takes the others into account; also in another process.
  @Test func trialsThatRunAtOnceAreApart() throws {
    let storage = MemoryStorage()
    let study = try Study("s", storage: storage, sampler: GPSampler(seed: 5), pruner: NopPruner())
    let objective: (Trial) throws -> Double = { trial in
      let x = try trial.suggest("x", 0...1.0)
      return (x - 0.3) * (x - 0.3)
    }
    try study.optimize(trials: 12) { try objective($0) }
    let other = try Study(loading: "s", from: storage, sampler: GPSampler(seed: 6), pruner: NopPruner())
    var running = try study.ask(count: 3)
    running += try other.ask(count: 3)
    let values = try running.map { try $0.suggest("x", 0...1.0) }.sorted()
    #expect(zip(values, values.dropFirst()).allSatisfy { $1 - $0 > 1e-6 })
    for trial in running { try study.tell(trial, try objective(trial)) }
    #expect(try study.bestValue < 1e-3)
  }

  @Test func equalAndInfiniteValuesDoNotStopASearch() throws {
    let study = try Study(sampler: GPSampler(startupTrials: 3, seed: 7), pruner: NopPruner())
    try study.optimize(trials: 20) { trial in
      let x = try trial.suggest("x", 0...1.0)
      return trial.number % 4 == 0 ? .infinity : x < 0.5 ? 1 : 1
    }
    #expect(try study.trials.count == 20)
    let choices = try Study(sampler: GPSampler(startupTrials: 3, seed: 8), pruner: NopPruner())
    try choices.optimize(trials: 20) { trial in Double(try trial.suggest("i", [3, 1, 2])) }
    #expect(try choices.bestValue == 1)
  }
}
