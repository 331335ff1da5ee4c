import ApusCore
import ApusTrain
import ApusTune
import Testing

/// Pruners whose decisions follow from their definition; recorded decisions are compared by the conformance runner.
@Suite struct PruningTests {
  /// A study with complete trials that reported these values at steps 0, 1 ..., and a running trial after them.
  private func study(
    _ directions: [StudyDirection], _ trials: [[[Double]]], running: [[Double]], _ pruner: any TrialPruner
  ) throws -> (study: Study, trial: Trial) {
    let study = try Study("pruned", directions: directions, sampler: RandomTrialSampler(seed: 1), pruner: pruner)
    for lists in trials {
      let trial = try study.ask()
      for (step, values) in lists.enumerated() { try trial.report(values, step: step) }
      try study.tell(trial, lists[lists.count - 1])
    }
    let trial = try study.ask()
    for (step, values) in running.enumerated() { try trial.report(values, step: step) }
    return (study, trial)
  }

  @Test func aTrialWorseThanTheMedianEnds() throws {
    let others = [[1.0], [2], [3]].map { [[$0[0]]] }
    let pruner = try MedianPruner(nStartupTrials: 3)
    #expect(try study([.minimize], others, running: [[2.5]], pruner).trial.shouldPrune())
    #expect(try !study([.minimize], others, running: [[2]], pruner).trial.shouldPrune())
    #expect(try study([.maximize], others, running: [[1.5]], pruner).trial.shouldPrune())
    #expect(try study([.minimize], others, running: [[.nan]], pruner).trial.shouldPrune())
  }

  @Test func withSeveralObjectivesRanksAreCompared() throws {
    // Two on the front, two behind it.
    let others: [[[Double]]] = [[[0, 1]], [[1, 0]], [[2, 2]], [[2, 3]]]
    let pruner = try MedianPruner(nStartupTrials: 4)
    let both: [StudyDirection] = [.minimize, .minimize]
    #expect(try study(both, others, running: [[3, 3]], pruner).trial.shouldPrune())
    // Nobody dominates it, however bad it is in the first objective.
    #expect(try !study(both, others, running: [[9, -1]], pruner).trial.shouldPrune())
    // An earlier report counts as much as the last one.
    #expect(try !study(both, others.map { [$0[0], $0[0]] }, running: [[0, 0], [9, 9]], pruner).trial.shouldPrune())
    #expect(
      try study([.maximize, .minimize], [[[2, 0]], [[1, 0]]], running: [[0, 1]], MedianPruner(nStartupTrials: 1))
        .trial.shouldPrune())
  }

  /// One objective told twice gives the decisions of one objective, where no value lies between two that are interpolated.
  @Test func anObjectiveTwiceDecidesAsOnce() throws {
    let generator = Generator(seed: 5)
    func number() -> Double { Double(generator.random() % 8) }
    for _ in 0..<200 {
      let others = (0..<5).map { _ in (0..<4).map { _ in number() } }
      let own = (0..<4).map { _ in number() }
      let makers: [() throws -> any TrialPruner] = [
        { try PercentilePruner(50, nStartupTrials: 1) }, { try PatientPruner(nil, patience: 1, minDelta: 1) },
        { try SuccessiveHalvingPruner(minResource: 1, reductionFactor: 2) },
        { try HyperbandPruner(minResource: 1, maxResource: 4, reductionFactor: 2) },
      ]
      for make in makers {
        let once = try study([.minimize], others.map { $0.map { [$0] } }, running: own.map { [$0] }, make())
        let twice = try study(
          [.minimize, .minimize], others.map { $0.map { [$0, $0] } }, running: own.map { [$0, $0] }, make())
        #expect(try once.trial.shouldPrune() == twice.trial.shouldPrune())
      }
    }
  }

  @Test func successiveHalvingKeepsTheBestHalfAndNotesItsRungs() throws {
    let study = try Study(
      sampler: RandomTrialSampler(seed: 1), pruner: SuccessiveHalvingPruner(minResource: 1, reductionFactor: 2))
    var ended: [Int] = []
    for (number, value) in [3.0, 2, 1, 4].enumerated() {
      let trial = try study.ask()
      try trial.report(value, step: 1)
      if try trial.shouldPrune() { ended.append(number) }
    }
    #expect(ended == [3])
    #expect(try study.trials.map { $0.systemAttributes["completed_rung_0"] } == [3.0, 2, 1, 4].map { .double($0) })
  }

  @Test func hyperbandShowsSamplersOneBracketOnly() throws {
    let pruner = try HyperbandPruner(minResource: 1, maxResource: 9, reductionFactor: 3)
    let study = try Study("brackets", sampler: RandomTrialSampler(seed: 1), pruner: pruner)
    try study.optimize(trials: 40) { try $0.suggest("x", 0...1.0) }
    var seen: Set<[Int]> = []
    for trial in try study.trials {
      let visible = try pruner.visible(study.view(), for: trial).trials.map(\.number)
      #expect(visible.contains(trial.number))
      seen.insert(visible)
    }
    #expect(seen.count == 3)
    #expect(seen.reduce(0) { $0 + $1.count } == 40)
  }

  /// Were they read anew at each trial, a long study would take the square of its length.
  @Test func trialsOfABracketAreReadOnce() throws {
    let pruner = try HyperbandPruner(minResource: 1, maxResource: 9, reductionFactor: 3)
    let study = try Study("brackets", sampler: RandomTrialSampler(seed: 1), pruner: pruner)
    let waiting = try study.ask()
    var reader = FinishedTrialReader()
    var read: [Int] = []
    for i in 0..<60 {
      try study.optimize(trials: 1) { try $0.suggest("x", 0...1.0) }
      let found = try reader.read(pruner.visible(study.view(), for: study.trials[0]))
      #expect(found.areAll == (i == 0))
      read += found.trials.map(\.number)
    }
    try study.tell(waiting, 0.5)
    let view = try pruner.visible(study.view(), for: study.trials[0])
    read += try reader.read(view).trials.map(\.number)
    #expect(try read.sorted() == view.trials.map(\.number))
    #expect(read.count < 60)
    // Another bracket is another study.
    let other = try study.trials.first { trial in try !view.trials.contains { $0.number == trial.number } }
    #expect(try reader.read(pruner.visible(study.view(), for: #require(other))).areAll)
  }

  /// Each bracket has a distribution of its own, which goes on although trials of the brackets alternate.
  @Test func bracketsFollowGenerationsOfTheirOwn() throws {
    let pruner = try HyperbandPruner(minResource: 1, maxResource: 9, reductionFactor: 3)
    let study = try Study(
      "brackets", sampler: CMAESSampler(considerPrunedTrials: true, seed: 1), pruner: pruner)
    try study.optimize(trials: 900) { trial in
      let value = try (0..<3).reduce(0) { sum, i in
        let x = try trial.suggest("x\(i)", -5...5.0) - 1
        return sum + Double(1 + i) * x * x
      }
      for step in [1, 3, 9] { try trial.reportOrPrune(value, step: step) }
      return value
    }
    var brackets: Set<[Int]> = []
    for trial in try study.trials {
      let seen = try pruner.visible(study.view(), for: trial).trials
      guard brackets.insert(seen.map(\.number)).inserted else { continue }
      let generations = seen.compactMap { $0.systemAttributes["cma:generation"]?.json }.compactMap { Int($0) }
      // Seven trials each: 4 + the whole part of 3 ln 3.
      #expect(generations == generations.sorted())
      #expect(try #require(generations.max()) >= seen.count / 7 - 2)
      // The smallest bracket has some 160 trials, of which one drawn evenly would be there in 120 studies.
      #expect(try #require(seen.compactMap { $0.report(at: 1) }.min()) < 0.1)
    }
    #expect(brackets.count == 3)
  }

  @Test func theSignedRankTestEndsWhatIsWorseOnNearlyAllFolds() throws {
    let best: [[Double]] = (0..<8).map { [Double($0)] }
    let worse: [[Double]] = (0..<8).map { [Double($0) + 1 + 0.1 * Double($0)] }
    let pruner = try WilcoxonPruner(pThreshold: 0.05)
    #expect(try study([.minimize], [best], running: worse, pruner).trial.shouldPrune())
    #expect(try !study([.maximize], [best], running: worse, pruner).trial.shouldPrune())
    let pairs = zip(best, worse).map { [$0[0], $1[0]] }
    // Worse in both objectives, or in one only.
    #expect(
      try study(
        [.minimize, .minimize], [best.map { [$0[0], 0.5 * $0[0]] }], running: worse.map { [$0[0], $0[0]] }, pruner
      )
      .trial.shouldPrune())
    #expect(
      try !study([.minimize, .maximize], [best.map { [$0[0], $0[0]] }], running: pairs, pruner).trial.shouldPrune())
  }

  @Test func listsOfReportsSurviveInNotes() throws {
    let study = try Study(directions: [.minimize, .maximize], sampler: RandomTrialSampler(seed: 1))
    let trial = try study.ask()
    try trial.report([1, 2], step: 3)
    try trial.report([5, 6], step: 3)
    let record = try study.trials[0]
    #expect(record.reportedValues(at: 3) == [1, 2])
    #expect(record.reportedValues.map(\.step) == [3])
    #expect(record.reports.isEmpty)
    #expect(throws: TensorError.self) { try trial.report([1], step: 4) }
    #expect(throws: TensorError.self) { try trial.report(1, step: 4) }
  }

  @Test func argumentsOutOfRangeAreRefused() {
    #expect(throws: TensorError.self) { try PercentilePruner(101) }
    #expect(throws: TensorError.self) { try MedianPruner(intervalSteps: 0) }
    #expect(throws: TensorError.self) { try ThresholdPruner() }
    #expect(throws: TensorError.self) { try ThresholdPruner(lower: 1, upper: 0) }
    #expect(throws: TensorError.self) { try ThresholdPruner(lower: .nan) }
    #expect(throws: TensorError.self) { try SuccessiveHalvingPruner(reductionFactor: 1) }
    #expect(throws: TensorError.self) { try SuccessiveHalvingPruner(bootstrapCount: 1) }
    #expect(throws: TensorError.self) { try HyperbandPruner(minResource: 0) }
    #expect(throws: TensorError.self) { try PatientPruner(nil, patience: -1) }
    #expect(throws: TensorError.self) { try WilcoxonPruner(pThreshold: 2) }
  }

  @Test func hugeResourcesDoNotOverflow() throws {
    let pruner = try HyperbandPruner(minResource: 1, maxResource: .max, reductionFactor: 2)
    let trial = try study([.minimize], [], running: [[1], [1]], pruner).trial
    #expect(try !trial.shouldPrune())
    let halving = try SuccessiveHalvingPruner(minResource: .max, reductionFactor: 4, minEarlyStoppingRate: 60)
    #expect(try !study([.minimize], [], running: [[1]], halving).trial.shouldPrune())
  }
}
