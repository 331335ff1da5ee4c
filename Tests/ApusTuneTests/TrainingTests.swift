import ApusCore
import ApusData
import ApusFormats
import ApusFunctional
import ApusNN
import ApusOptim
import ApusTrain
import ApusTune
import TestSupport
import Testing

/// Trials beside training.
@Suite struct TrainingTests {
  /// A line through points, and a trainer of it.
  private func trainer(lr: Double) -> (Trainer<(Tensor, Tensor)>, DataLoader<(Tensor, Tensor)>) {
    manualSeed(0)
    let x = linspace(-1, 1, 64).unsqueeze(1)
    let data = TensorDataset(x, 3 * x + 1)
    let model = Linear(1, 1)
    let trainer = Trainer(model, optimizer: SGD(model.parameters(), lr: lr), loss: MSELoss())
    trainer.progress = .none
    return (trainer, DataLoader(data, batchSize: 16))
  }

  @Test func epochsAreReported() throws {
    let study = try Study(sampler: RandomTrialSampler(seed: 0), pruner: NopPruner())
    try study.optimize(trials: 2) { trial in
      let (trainer, loader) = trainer(lr: try trial.suggest("lr", 0.01...0.2))
      try trial.observe(trainer)
      let history = try trainer.fit(loader, validation: loader, epochs: 3)
      return try #require(history.last?["validation loss"])
    }
    for trial in try study.trials {
      #expect(trial.reports.map(\.step) == [1, 2, 3])
      #expect(trial.reports.last?.value == trial.value)
      #expect(trial.reports[0].value > trial.reports[2].value)
    }
  }

  @Test func aRunThatIsNotWorthItEnds() throws {
    let study = try Study(sampler: RandomTrialSampler(seed: 0), pruner: MedianPruner(nStartupTrials: 1))
    for lr in [0.2, 1e-4] { try study.enqueue(["lr": .double(lr)]) }
    try study.optimize(trials: 2) { trial in
      let (trainer, loader) = trainer(lr: try trial.suggest("lr", 1e-4...1, log: true))
      try trial.observe(trainer)
      return try #require(trainer.fit(loader, validation: loader, epochs: 4).last?["validation loss"])
    }
    #expect(try study.trials.map(\.state) == [.complete, .pruned])
    #expect(try study.trials[1].reports.count == 1)
  }

  @Test func anInterruptedTrialGoesOnInsideItsEpoch() throws {
    struct Interrupted: Error {}
    do {
      let temporary = TemporaryFolder()
      let folder = temporary.path
      func run(_ trial: Trial, stoppingAt last: Int?) throws -> Double {
        let (trainer, loader) = trainer(lr: 0.1)
        try trial.observe(trainer, folder: folder, everySteps: 1)
        if let last {
          trainer.callbacks.append(Callback(onStep: { step, _ in if step == last { throw Interrupted() } }))
        }
        return try #require(trainer.fit(loader, validation: loader, epochs: 3).last?["validation loss"])
      }
      let whole = try Study(pruner: NopPruner()).ask()
      let wanted = try run(whole, stoppingAt: nil)
      let study = try Study(pruner: NopPruner())
      for _ in 0..<5 { try study.tell(study.ask(), state: .failed) }
      let first = try study.ask()
      #expect(throws: Interrupted.self) { try run(first, stoppingAt: 6) }
      try study.tell(first, state: .failed)
      // Tried again, as the storage does with trials whose process has died.
      var template = TrialRecord(state: .waiting)
      template.systemAttributes["failed_trial"] = .int(first.number)
      try study.add(template)
      let second = try study.ask()
      #expect(second.originalNumber == first.number && second.number == first.number + 1)
      #expect(try run(second, stoppingAt: nil) == wanted)
    }
  }

  @Test func severalObjectivesAreNotObserved() throws {
    let study = try Study(
      directions: [.minimize, .maximize], sampler: RandomTrialSampler(seed: 0), pruner: NopPruner())
    let (trainer, _) = trainer(lr: 0.1)
    #expect(throws: TensorError.self) { try study.ask().observe(trainer) }
  }

  struct Rate: SearchSpace, Sendable {
    @Tuned(1e-3...1, log: true) var lr = 0.01
    @Tuned([1, 2, 4]) var factor = 1
  }

  @Test func aPopulationPassesOnWhatIsGood() throws {
    do {
      let temporary = TemporaryFolder()
      let folder = temporary.path
      // A value that falls by the rate in each round: what has been lost by a small rate early is lost, unless it is passed on.
      @Sendable func train(_ settings: Rate, _ round: PopulationTraining<Rate>.Round) throws -> Double {
        let before = try round.source.map { try #require(loadSafetensors($0)["value"]).item() } ?? 1.0
        let after = before * (1 - min(settings.lr, 0.5))
        try save(["value": Tensor(after, dtype: .float64)], to: round.target)
        return after
      }
      let study = try Study(sampler: RandomTrialSampler(seed: 7), pruner: NopPruner())
      var population = PopulationTraining(study, Rate.self, folder: folder, seed: 1)
      population.members = 6
      population.parallel = 2
      let (settings, checkpoint, value) = try population.run(rounds: 6, train)
      #expect(fileExists(checkpoint))
      #expect(try loadSafetensors(checkpoint)["value"]?.item() == value)
      let first = try study.trials.prefix(6).compactMap(\.value)
      let last = try study.trials.suffix(6).compactMap(\.value)
      #expect(try study.trials.count == 36)
      #expect(settings.lr > 0.1)
      // Without passing on, the member of the smallest rate would have stayed near 1.
      #expect(try #require(first.max()) > 0.9 && #require(last.max()) < 0.5)
      // Another run finds that nothing is left to do.
      let again = try population.run(rounds: 6) { _, _ in throw TrialPruned() }
      #expect(again.value == value)
      #expect(try study.trials.count == 36)
    }
  }

  @Test func populationsThatCannotBeAreMistakes() throws {
    let study = try Study(sampler: RandomTrialSampler(seed: 7), pruner: NopPruner())
    var population = PopulationTraining(study, Rate.self, folder: "unused")
    population.members = 1
    #expect(throws: TensorError.self) { try population.run(rounds: 2) { _, _ in 0 } }
  }
}
