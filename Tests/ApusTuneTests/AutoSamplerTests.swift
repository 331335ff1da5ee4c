import ApusTune
import Testing

/// The sampler that picks others by what a study is.
@Suite struct AutoSamplerTests {
  @Test func numbersGoFromProcessesToAnEvolutionStrategy() throws {
    let study = try Study(sampler: AutoSampler(seed: 1), pruner: NopPruner())
    // As if 245 trials had been computed elsewhere.
    let generator = NumPyGenerator(seed: 3)
    for _ in 0..<245 {
      let (x, y) = (10 * generator.uniform() - 5, 10 * generator.uniform() - 5)
      var trial = TrialRecord(state: .complete, values: [(x - 1) * (x - 1) + (y + 2) * (y + 2)])
      trial.parameters["x"] = .init(internal: x, distribution: .float(low: -5, high: 5))
      trial.parameters["y"] = .init(internal: y, distribution: .float(low: -5, high: 5))
      try study.add(trial)
    }
    try study.optimize(trials: 15) { trial in
      let x = try trial.suggest("x", -5...5.0)
      let y = try trial.suggest("y", -5...5.0)
      return (x - 1) * (x - 1) + (y + 2) * (y + 2)
    }
    let trials = try study.trials
    #expect(trials[245].systemAttributes["gp:relative_params:0"] != nil)
    #expect(trials[250].systemAttributes["cmawm:generation"] != nil)
    #expect(trials[250].systemAttributes["gp:relative_params:0"] == nil)
    // It begins near the best, not in the middle.
    #expect(trials.suffix(10).allSatisfy { $0.values[0] < 9 })
  }

  @Test func parametersOfSomeTrialsAndSeveralObjectivesWork() throws {
    let conditional = try Study(sampler: AutoSampler(seed: 2), pruner: NopPruner())
    try conditional.optimize(trials: 60) { trial in
      let kind = try trial.suggest("kind", ["a", "b"])
      let x = try trial.suggest(kind == "a" ? "xa" : "xb", 0...1.0)
      let distance = x - 0.25
      return kind == "a" ? 0.5 + distance * distance : distance * distance
    }
    #expect(try conditional.bestValue < 0.05)
    #expect(try conditional.trials.suffix(20).allSatisfy { $0.systemAttributes["gp:relative_params:0"] == nil })

    for objectives in [2, 5] {
      let several = try Study(
        directions: [StudyDirection](repeating: .minimize, count: objectives), sampler: AutoSampler(seed: 3),
        pruner: NopPruner())
      try several.optimizeAll(trials: 16) { trial in
        let x = try trial.suggest("x", 0...1.0)
        return (0..<objectives).map { i in
          let distance = x - 0.2 * Double(i)
          return distance * distance
        }
      }
      let isProcess = try several.trials[15].systemAttributes["gp:relative_params:0"] != nil
      #expect(isProcess == (objectives == 2))
    }
  }

  /// Of 60 settings 50 are tried: once the first ten trials have been drawn evenly, none is tried again. A processes' sampler or
  /// TPE alone would come back to the best ones.
  @Test(arguments: [false, true])
  func settingsAreNotTriedAgain(isConditional: Bool) throws {
    let study = try Study(sampler: AutoSampler(seed: 4), pruner: NopPruner())
    try study.optimize(trials: 50) { trial in
      let a = try trial.suggest("a", 0...4)
      let b = try trial.suggest("b", 0...0.5, step: 0.1)
      let kind = try trial.suggest("kind", ["p", "q"])
      let c = kind == "p" && isConditional ? try trial.suggest("c", 0...1) : 0
      return Double(abs(a - 2) + c) + b + (kind == "p" ? 0 : 0.5)
    }
    let settings = try study.trials.map { "\($0.params.sorted { $0.key < $1.key })" }
    #expect(Set(settings).count == Set(settings.prefix(10)).count + 40)
    #expect(try study.bestValue == 0)
  }
}
