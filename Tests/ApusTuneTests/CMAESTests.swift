import ApusCore
import ApusFormats
import ApusTrain
import ApusTune
import Testing

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The sampler CMA-ES: where it converges, and how studies go on.
@Suite struct CMAESTests {
  private func ellipsoid(_ trial: Trial, _ n: Int) throws -> Double {
    try (0..<n).reduce(0) { sum, i in
      let x = try trial.suggest("x\(i)", -5...5.0) - 1 - 0.25 * Double(i)
      return sum + Double(1 + 10 * i) * x * x
    }
  }

  @Test(arguments: [CMAESSampler.Variant.full, .separable, .withMargin, .learningRateAdaptation])
  func everyVariantFindsAMinimum(variant: CMAESSampler.Variant) throws {
    let values = try (1...5).map { seed in
      let study = try Study(
        direction: .maximize, sampler: CMAESSampler(variant: variant, seed: UInt32(seed)), pruner: NopPruner())
      try study.optimize(trials: 500) { try -ellipsoid($0, 3) }
      return try -study.bestValue
    }
    // Adapted rates are slow ones at first: of 24 runs of Optuna half end below 4e-4, and the last at 6e-3.
    #expect(values.sorted()[2] < 1e-3)
    #expect(variant == .learningRateAdaptation || values.allSatisfy { $0 < 1e-3 })
  }

  @Test func stepsAndWholeNumbersKeepMovingWithAMargin() throws {
    let study = try Study(sampler: CMAESSampler(variant: .withMargin, seed: 1), pruner: NopPruner())
    try study.optimize(trials: 400) { trial in
      let i = Double(try trial.suggest("i", 0...40))
      let x = try trial.suggest("x", 0...1.0)
      let s = try trial.suggest("s", 0...8.0, step: 0.5)
      return (i - 31) * (i - 31) + 10 * (x - 0.3) * (x - 0.3) + (s - 7.5) * (s - 7.5)
    }
    #expect(try study.bestValue < 1e-3)
    #expect(try study.bestParams["i"] == .int(31))
    // At the optimum other values are still tried.
    #expect(try Set(study.trials.suffix(100).map { $0.params["i"]?.json ?? "" }).count > 1)
  }

  /// Every ten trials another sampler: were the distribution lost each time, the values would stay large.
  @Test(arguments: [CMAESSampler.Variant.full, .separable, .withMargin])
  func aStudyGoesOnInOtherPrograms(variant: CMAESSampler.Variant) throws {
    let storage = MemoryStorage()
    for part in 0..<50 {
      let study = try Study(
        "s", storage: storage, sampler: CMAESSampler(variant: variant, seed: UInt32(part)), pruner: NopPruner(),
        ifExists: .resume)
      try study.optimize(trials: 10) { try ellipsoid($0, 3) }
    }
    let study = try Study(loading: "s", from: storage)
    #expect(try study.bestValue < 1e-4)
    let key = variant == .full ? "cma:generation" : variant == .separable ? "sepcma:generation" : "cmawm:generation"
    let generations = try study.trials.map { $0.systemAttributes[key]?.json ?? "none" }
    #expect(generations == ["none"] + (1..<500).map { "\(($0 - 1) / 7)" })
  }

  /// The distribution that follows from the notes of a study that Optuna wrote is that of its own state.
  @Test func aStudyThatOptunaBeganGoesOn() throws {
    for run in try (recorded("cma_studies.json").array ?? []).dropLast() {
      let variant: CMAESSampler.Variant =
        switch run["kind"]?.string {
        case "separable": .separable
        case "withMargin": .withMargin
        default: .full
        }
      let prefix = variant == .full ? "cma:" : variant == .separable ? "sepcma:" : "cmawm:"
      let study = try Study(sampler: CMAESSampler(variant: variant, seed: 1), pruner: NopPruner())
      let space: [(String, ParameterDistribution)] = [
        ("x", .float(low: -5, high: 5)), ("y", .float(low: 1e-4, high: 1, log: true)), ("k", .int(low: 0, high: 30)),
      ]
      for trial in run["trials"]?.array ?? [] {
        var record = TrialRecord(state: .complete, values: [trial["value"]?.double ?? 0])
        for ((name, distribution), value) in zip(space, trial["values"]?.array ?? []) {
          record.parameters[name] = .init(internal: value.double ?? 0, distribution: distribution)
        }
        if let generation = trial["generation"]?.int {
          record.systemAttributes[prefix + "generation"] = .int(generation)
        }
        if let raw = trial["raw"]?.array {
          record.systemAttributes["x_for_tell"] = .list(raw.map { .double($0.double ?? 0) })
        }
        try study.add(record)
      }
      let mean = (run["mean"]?.array ?? []).compactMap(\.double)
      let deviation = (run["deviation"]?.array ?? []).compactMap(\.double)
      let count = 400
      let trials = try study.ask(count: count).map { trial in
        for (name, distribution) in space { _ = try trial.suggest(name, distribution) }
        return trial.current
      }
      let generation = try study.trials[64].systemAttributes[prefix + "generation"]
      #expect(generation == .int(run["generation"]?.int ?? -1))
      // k, x, y by name, in the unit cube.
      let low = log(1e-4)
      let points = trials.map { trial in
        [
          (trial.parameters["x"]?.internal ?? 0) * 0.1 + 0.5, (log(trial.parameters["y"]?.internal ?? 1) - low) / -low,
        ]
      }
      for axis in 0..<2 {
        let values = points.map { $0[axis] }
        let centre = values.reduce(0, +) / Double(count)
        let spread = (values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(count)).squareRoot()
        #expect(abs(centre - mean[axis + 1]) < 4 * deviation[axis + 1] / Double(count).squareRoot())
        #expect(abs(spread / deviation[axis + 1] - 1) < 4 / Double(2 * count).squareRoot())
      }
    }
  }

  @Test func theFirstGenerationIsThatOfOptuna() throws {
    let run = try recorded("cma_studies.json").array?.last
    let study = try Study(sampler: CMAESSampler(seed: 21), pruner: NopPruner())
    try study.optimize(trials: 9) { trial in
      try (0..<5).reduce(0) { sum, i in
        let x = try trial.suggest("x\(i)", -5...5.0) - 1
        return sum + x * x
      }
    }
    for (trial, expected) in zip(try study.trials, run?["trials"]?.array ?? []) {
      let found = (0..<5).map { trial.parameters["x\($0)"]?.internal ?? .nan }
      #expect(zip(found, expected.array ?? []).allSatisfy { abs($0 - ($1.double ?? 0)) < 1e-12 })
    }
  }

  @Test func restartsLeaveALocalMinimum() throws {
    func objective(_ trial: Trial) throws -> Double {
      let x = try trial.suggest("x", -5...5.0)
      let y = try trial.suggest("y", -5...5.0)
      // The middle of the space belongs to the less deep basin.
      return min((x + 1) * (x + 1) + (y + 1) * (y + 1), (x - 3) * (x - 3) + (y - 3) * (y - 3) - 1)
    }
    for restarts in [CMAESSampler.Restarts.ipop(), .bipop()] {
      let study = try Study(sampler: CMAESSampler(restarts: restarts, seed: 3), pruner: NopPruner())
      try study.optimize(trials: 6000) { try objective($0) }
      #expect(try study.bestValue < -0.99)
    }
  }

  @Test func similarTasksWarmTheStart() throws {
    let source = try Study(sampler: RandomTrialSampler(seed: 5), pruner: NopPruner())
    try source.optimize(trials: 200) { try ellipsoid($0, 3) }
    let trials = Array(try source.trials)
    let study = try Study(sampler: CMAESSampler(sourceTrials: trials, seed: 1), pruner: NopPruner())
    let cold = try Study(sampler: CMAESSampler(seed: 1), pruner: NopPruner())
    try study.optimize(trials: 20) { try ellipsoid($0, 3) }
    try cold.optimize(trials: 20) { try ellipsoid($0, 3) }
    #expect(try study.bestValue < cold.bestValue)
    #expect(throws: TensorError.self) { try CMAESSampler(sigma0: 0.1, sourceTrials: trials) }
  }

  @Test func choicesAreDrawnByAnotherSampler() throws {
    let study = try Study(sampler: CMAESSampler(seed: 2), pruner: NopPruner())
    try study.optimize(trials: 200) { trial in
      let kind = try trial.suggest("kind", ["a", "b"])
      return try ellipsoid(trial, 2) + (kind == "a" ? 0 : 1)
    }
    #expect(try study.bestValue < 0.01)
    let several = try Study(directions: [.minimize, .minimize], sampler: CMAESSampler(seed: 2), pruner: NopPruner())
    #expect(throws: TensorError.self) { try several.ask() }
  }
}
