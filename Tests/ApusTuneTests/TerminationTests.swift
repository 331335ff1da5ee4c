import ApusCore
import ApusTune
import Testing

/// When a search has little to gain.
@Suite struct TerminationTests {
  @Test func aSearchThatStagnatesEnds() throws {
    let study = try Study(sampler: RandomTrialSampler(seed: 1))
    let terminator = Terminator(improvement: BestValueStagnationEvaluator(maxStagnationTrials: 5), minTrials: 3)
    // The best value comes at trial 7; after five more none is left, and one later it is below zero.
    try study.optimize(trials: 100, afterTrial: terminator.afterTrial) { trial in
      _ = try trial.suggest("x", 0...1.0)
      return trial.number <= 7 ? -Double(trial.number) : 0
    }
    #expect(try study.trials.count == 14)
  }

  @Test func theErrorOfCrossValidationIsThatOfItsScores() throws {
    let study = try Study(direction: .maximize, sampler: RandomTrialSampler(seed: 1))
    for scores in [[0.5, 0.5], [0.7, 0.9, 0.8]] {
      let trial = try study.ask()
      try trial.reportCrossValidation(scores)
      try study.tell(trial, scores.reduce(0, +) / Double(scores.count))
    }
    let trials = try Array(study.trials)
    // (1/3 + 1/2) of the variance 0.02 / 3.
    let wanted = (5 / 6.0 * 0.02 / 3).squareRoot()
    let error = CrossValidationErrorEvaluator()
    #expect(abs(try error.error(trials, direction: .maximize) - wanted) < 1e-12)
    #expect(abs(try error.error(trials, direction: .minimize)) < 1e-12)
    let trial = try study.ask()
    #expect(throws: TensorError.self) { try trial.reportCrossValidation([1]) }
    try study.tell(trial, 2)
    #expect(throws: TensorError.self) { try error.error(Array(study.trials), direction: .maximize) }
  }

  /// The bound lies above the regret, shrinks as a search goes on and scales with the objective.
  @Test func theRegretBoundFollowsTheSearch() throws {
    func bound(_ count: Int, scale: Double, _ direction: StudyDirection) throws -> Double {
      let study = try Study(direction: direction, sampler: QMCSampler(seed: 1))
      try study.optimize(trials: count) { trial in
        let x = try trial.suggest("x", -2...2.0)
        let y = try trial.suggest("y", -2...2.0)
        return scale * (x * x + y * y)
      }
      return try RegretBoundEvaluator().improvement(Array(study.trials), direction: direction)
    }
    let early = try bound(25, scale: 1, .minimize)
    let late = try bound(120, scale: 1, .minimize)
    #expect(early > 0 && late > 0 && late < early)
    #expect(abs(try bound(25, scale: 10, .minimize) - 10 * early) < 1e-3 * early)
    #expect(abs(try bound(25, scale: -1, .maximize) - early) < 1e-6 * early)
  }

  @Test func theMedianOfEarlyImprovementsIsAThreshold() throws {
    let study = try Study(sampler: RandomTrialSampler(seed: 1))
    try study.optimize(trials: 8) { trial in -Double(trial.number) }
    let trials = try Array(study.trials)
    let stagnation = BestValueStagnationEvaluator(maxStagnationTrials: 10)
    let evaluator = try MedianErrorEvaluator(stagnation, warmUpTrials: 2, nInitialTrials: 4, thresholdRatio: 0.5)
    #expect(try evaluator.error(Array(trials.prefix(5)), direction: .minimize) < 0)
    #expect(try evaluator.error(trials, direction: .minimize) == 5)
    #expect(throws: TensorError.self) { try MedianErrorEvaluator(stagnation, thresholdRatio: 0) }
  }

  @Test func whatCannotBeJudgedIsSaid() throws {
    let two = try Study(directions: [.minimize, .minimize], sampler: RandomTrialSampler(seed: 1))
    #expect(throws: TensorError.self) { try Terminator().shouldTerminate(two) }
    let none = try Study(sampler: RandomTrialSampler(seed: 1))
    try none.optimize(trials: 25) { _ in 0 }
    #expect(throws: TensorError.self) { try Terminator().shouldTerminate(none) }
  }
}
