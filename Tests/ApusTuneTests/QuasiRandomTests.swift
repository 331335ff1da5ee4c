import ApusCore
import ApusTrain
import ApusTune
import Testing

/// Sequences that fill a space evenly, and grids. Recorded points are compared by the conformance runner.
@Suite struct QuasiRandomTests {
  /// Any 2^k successive points from a multiple of 2^k on lie one in each interval of width 2^-k, in every dimension.
  @Test(arguments: [nil, 3 as UInt64]) func sobolPointsLieEvenly(seed: UInt64?) throws {
    let sequence = try SobolSequence(dimensions: 200, seed: seed)
    let points = (64..<128).map { sequence.point($0) }
    for d in 0..<sequence.dimensions { #expect(Set(points.map { Int($0[d] * 64) }).count == 64) }
  }

  @Test(arguments: [nil, 3 as UInt64]) func haltonPointsLieEvenly(seed: UInt64?) {
    let sequence = HaltonSequence(dimensions: 3, seed: seed)
    for (d, base) in [2, 3, 5].enumerated() {
      let count = base * base
      let points = (0..<count).map { sequence.point($0)[d] }
      #expect(Set(points.map { Int($0 * Double(count) + 1e-9) }).count == count)
    }
  }

  /// From `scipy.stats.qmc.Sobol(2, seed=7).random(2)` and `Halton(1, seed=0)`.
  @Test func seedsGiveTheFieldsPoints() throws {
    let sobol = try SobolSequence(dimensions: 2, seed: 7)
    #expect(sobol.point(0) == [0.5792599907144904, 0.7402846803888679])
    #expect(sobol.point(1) == [0.04158296622335911, 0.0006920695304870605])
    #expect(HaltonSequence(dimensions: 1, seed: 0).point(0) == [0.0991217798843752])
  }

  @Test func tooManyDimensionsAreRefused() {
    #expect(throws: TensorError.self) { try SobolSequence(dimensions: 0) }
    #expect(throws: TensorError.self) { try SobolSequence(dimensions: 1112) }
  }

  @Test func processesShareOneSequence() throws {
    let storage = MemoryStorage()
    var found: [Double] = []
    _ = try Study("shared", storage: storage, sampler: RandomTrialSampler(seed: 1))
    for number in 0..<5 {
      // A sampler of its own each time, as in another process.
      let study = try Study(loading: "shared", from: storage, sampler: QMCSampler())
      try study.optimize(trials: 1) { trial in
        let x = try trial.suggest("x", 0...1.0)
        if number > 0 { found.append(x) }
        return x
      }
    }
    #expect(found == [0, 0.5, 0.75, 0.25])
  }

  @Test func aGridIsComputedOnce() throws {
    let sampler = GridSampler(["a": [1, 2, 3], "b": ["x", "y"]], seed: 4)
    let study = try Study(sampler: sampler)
    var seen: Set<[SettingValue]> = []
    try study.optimize { trial in
      let a = try trial.suggest("a", 1...3)
      let b = try trial.suggest("b", ["x", "y"])
      seen.insert([.int(a), .string(b)])
      return 0
    }
    #expect(try study.trials.count == 6)
    #expect(seen.count == 6)
    #expect(try sampler.isExhausted(study))
  }

  @Test func aGridRefusesWhatItDoesNotHave() throws {
    let study = try Study(sampler: GridSampler(["a": [1, 7]]))
    #expect(throws: TensorError.self) { try study.ask().suggest("b", 0...1.0) }
    let other = try Study(sampler: GridSampler(["a": [1, 7]]))
    #expect(throws: TensorError.self) {
      for _ in 0..<2 { _ = try other.ask().suggest("a", 1...3) }
    }
    #expect(throws: TensorError.self) { try Study(sampler: GridSampler(["a": []])).ask() }
  }
}
