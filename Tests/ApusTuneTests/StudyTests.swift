import ApusCore
import ApusTrain
import ApusTune
import Testing

/// Studies, trials and what they keep.
@Suite struct StudyTests {
  private func study(_ direction: StudyDirection = .minimize) throws -> Study {
    try Study(direction: direction, sampler: RandomTrialSampler(seed: 1), pruner: NopPruner())
  }

  @Test func aStudyFindsAMinimum() throws {
    let study = try study()
    try study.optimize(trials: 200) { trial in
      let x = try trial.suggest("x", -10...10.0)
      return (x - 2) * (x - 2)
    }
    #expect(try study.bestValue < 0.1)
    #expect(try study.trials.count == 200)
    #expect(try study.trials.map(\.number) == Array(0..<200))
  }

  @Test func spacesFollowTheCode() throws {
    let study = try study(.maximize)
    try study.optimize(trials: 50) { trial in
      let kind = try trial.suggest("kind", ["line", "circle"])
      return kind == "line" ? try trial.suggest("slope", -1...1.0) : Double(try trial.suggest("radius", 1...9, step: 2))
    }
    for trial in try study.trials {
      let names = Set(trial.params.keys)
      #expect(names == (trial.params["kind"] == .string("line") ? ["kind", "slope"] : ["kind", "radius"]))
    }
    #expect(try study.bestValue == 9)
  }

  @Test func aParameterIsDrawnOnce() throws {
    let trial = try study().ask()
    let first = try trial.suggest("x", 0...1.0)
    #expect(try trial.suggest("x", 0...1.0) == first)
    #expect(throws: TensorError.self) { try trial.suggest("x", 0...1) }
    #expect(throws: TensorError.self) { try trial.suggest("x", 0.1...1.0, log: true) }
  }

  @Test func choicesOfAnyKindAreKept() throws {
    struct Optimizer: Codable, Equatable { var name: String, momentum: Double, betas: [Double] }
    let choices = [
      Optimizer(name: "sgd", momentum: 0.9, betas: []), Optimizer(name: "adam", momentum: 0, betas: [0.9, 0.99]),
    ]
    let trial = try study().ask()
    let chosen = try trial.suggest("optimizer", choices)
    #expect(choices.contains(chosen))
    guard case .categorical(let kept)? = trial.current.parameters["optimizer"]?.distribution else {
      Issue.record("it is no choice")
      return
    }
    #expect(
      kept[1]
        == .dictionary([
          "name": .string("adam"), "momentum": .double(0), "betas": .list([.double(0.9), .double(0.99)]),
        ]))
    #expect(try trial.suggest("maybe", [1, nil, 3]) == (try trial.suggest("maybe", [1, nil, 3])))
  }

  @Test func endsOfRangesAreLoweredToTheLastStep() throws {
    let trial = try study().ask()
    _ = try trial.suggest("a", 0...0.35, step: 0.1)
    _ = try trial.suggest("b", 1...10, step: 4)
    #expect(trial.current.parameters["a"]?.distribution == .float(low: 0, high: 0.3, step: 0.1))
    #expect(trial.current.parameters["b"]?.distribution == .int(low: 1, high: 9, step: 4))
  }

  @Test(arguments: [
    ParameterDistribution.float(low: 1, high: 0), .float(low: 0, high: 1, log: true), .float(low: 0, high: .infinity),
    .float(low: 0, high: 1, step: -1), .int(low: 0, high: 8, log: true), .int(low: 1, high: 8, log: true, step: 2),
    .categorical([]),
  ])
  func rangesThatAreNoneAreMistakes(_ distribution: ParameterDistribution) throws {
    let trial = try study().ask()
    #expect(throws: TensorError.self) { try trial.suggest("x", distribution) }
  }

  @Test func failuresAndNumbersThatAreNoneFailTheirTrial() throws {
    struct Mistake: Error {}
    let study = try study()
    try study.optimize(trials: 3, onError: .failTrial) { trial in
      switch trial.number {
      case 0: return .nan
      case 1: throw Mistake()
      default: return 1
      }
    }
    #expect(try study.trials.map(\.state) == [.failed, .failed, .complete])
    #expect(try study.trials[1].userAttributes["error"] == .string("Mistake()"))
    #expect(throws: Mistake.self) { try study.optimize(trials: 3) { _ in throw Mistake() } }
    #expect(try study.trials.count == 4)
  }

  @Test func prunedTrialsKeepTheirLastReport() throws {
    let study = try study()
    try study.optimize(trials: 1) { trial in
      try trial.report(3, step: 0)
      try trial.report(2, step: 1)
      try trial.report(9, step: 1)
      throw TrialPruned()
    }
    let trial = try study.trials[0]
    #expect(trial.state == .pruned && trial.values == [2] && trial.lastStep == 1)
  }

  @Test func enqueuedTrialsComeFirst() throws {
    let study = try study()
    try study.enqueue(["x": 0.25], attributes: ["from": "hand"])
    try study.enqueue(["x": 0.25], skipIfExists: true)
    try study.enqueue(["x": 0.5])
    try study.optimize(trials: 3) { try $0.suggest("x", 0...1.0) }
    #expect(try study.trials.count == 3)
    #expect(try study.trials.prefix(2).map { $0.values } == [[0.25], [0.5]])
    #expect(try study.trials[0].userAttributes["from"] == .string("hand"))
  }

  @Test func toldTrialsDoNotChange() throws {
    let study = try study()
    let trials = try study.ask(count: 3)
    #expect(try study.tell(trials[1], 2) == .complete)
    try study.tell(trials[0], state: .failed)
    #expect(throws: TensorError.self) { try study.tell(trials[1], 3) }
    #expect(throws: TensorError.self) { try trials[1].suggest("late", 0...1.0) }
    #expect(throws: TensorError.self) { try study.tell(trials[2], [1, 2]) }
    #expect(try study.trials.map(\.state) == [.failed, .complete, .failed])
  }

  @Test func constraintsDecideWhatIsBest() throws {
    let study = try study()
    try study.optimize(trials: 40) { trial in
      let x = try trial.suggest("x", 0...1.0)
      try trial.setConstraint("at least a half", 0.5 - x)
      return x
    }
    #expect(try study.bestValue >= 0.5)
    let least = try #require(try study.trials.flatMap { $0.values }.filter { $0 >= 0.5 }.min())
    #expect(try study.bestValue == least)
  }

  @Test func theFrontIsOfTrialsThatNoneDominates() throws {
    let study = try Study(
      directions: [.minimize, .maximize], sampler: RandomTrialSampler(seed: 0), pruner: NopPruner())
    try study.optimizeAll(trials: 60) { trial in
      let x = try trial.suggest("x", 0...1.0)
      let y = try trial.suggest("y", 0...1.0)
      return [x, x * y]
    }
    let all = try study.trials.map(\.values)
    let front = all.filter { a in !all.contains { b in b != a && b[0] <= a[0] && b[1] >= a[1] } }
    #expect(try study.bestTrials.map(\.values) == front)
    #expect(throws: TensorError.self) { try study.bestTrial }
  }

  @Test func severalTrialsAtOnceAreAllCounted() throws {
    let study = try study()
    try study.optimize(trials: 100, parallel: 8) { trial in try trial.suggest("x", -1...1.0) }
    #expect(try study.trials.count == 100)
    #expect(try study.trials.map(\.number) == Array(0..<100))
    #expect(try study.trials.allSatisfy { $0.state == .complete })
  }

  @Test func aRunEndsWhenItIsAskedTo() throws {
    let study = try study()
    try study.optimize(
      afterTrial: { study, trial in if trial.number == 6 { study.stop() } }, { try $0.suggest("x", 0...1.0) })
    #expect(try study.trials.count == 7)
    try study.optimize(timeout: 0) { try $0.suggest("x", 0...1.0) }
    #expect(try study.trials.count == 7)
  }

  @Test func studiesAreCopied() throws {
    let (here, there) = (MemoryStorage(), MemoryStorage())
    let study = try Study("a", storage: here, sampler: RandomTrialSampler(seed: 2), pruner: NopPruner())
    try study.setAttribute("note", [1, 2])
    try study.optimize(trials: 5) { try $0.suggest("x", 0...1.0) }
    try Study.copy("a", from: here, to: there, as: "b")
    let copy = try Study(loading: "b", from: there)
    #expect(try copy.trials.map(\.values) == study.trials.map(\.values))
    #expect(try copy.userAttributes["note"] == [1, 2])
    #expect(throws: TensorError.self) { try Study("a", storage: here) }
    #expect(throws: TensorError.self) { try Study("a", storage: here, direction: .maximize, ifExists: .resume) }
    #expect(try Study("a", storage: here, ifExists: .resume).trials.count == 5)
    try Study.delete("a", from: here)
    do { _ = try Study(loading: "a", from: here) } catch { #expect("\(error)".contains("has no study 'a'")) }
  }
}
