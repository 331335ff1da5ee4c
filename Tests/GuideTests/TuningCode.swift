import Apus
import TestSupport
import Testing

/// The code of docs/tuning.md.
@Suite struct TuningCode {
  struct Settings: SearchSpace, Sendable {
    @Tuned(1e-4...1e-1, log: true, "learning rate") var lr = 3e-3
    @Tuned(8...64, log: true, "width of the first layer") var width = 32
    @Tuned(0...0.5, step: 0.1, "share that is dropped") var dropout = 0.1
    @Tuned(["sgd", "adam"], "optimizer") var optimizer = "adam"
  }

  @Test func aStudy() throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path
    let study = try Study("line", storage: openStudyStorage(folder + "/tune.db"))
    try study.optimize(trials: 40) { trial in
      let x = try trial.suggest("x", -10...10.0)
      let rate = try trial.suggest("rate", 1e-5...1e-1, log: true)
      let layers = try trial.suggest("layers", 1...4)
      let kind = try trial.suggest("kind", ["relu", "gelu"])
      return (x - 2) * (x - 2) + rate + Double(layers) + (kind == "relu" ? 0 : 1)
    }
    print(try study.bestValue, try study.bestParams)
    #expect(try study.trials.count == 40)

    print(try study.paramImportances())
    try StudyReport(study).write(to: folder + "/report.html")
    #expect(temporary.names.contains("report.html"))
  }

  @Test func besideTraining() throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let test = DataLoader(Digits(train: false), batchSize: 360)
    let study = try Study(direction: .maximize)
    try study.optimize(Settings.self, trials: 3) { settings, trial in
      manualSeed(0)
      let model = Sequential(
        Flatten(), Linear(64, settings.width), ReLU(), Dropout(settings.dropout), Linear(settings.width, 10))
      let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: settings.lr), loss: CrossEntropyLoss())
      trainer.metrics = [.accuracy]
      trainer.progress = .none
      try trial.observe(trainer, monitor: "validation accuracy", folder: folder + "/runs", everySteps: 50)
      return try trainer.fit(loader, validation: test, epochs: 2).last?["validation accuracy"] ?? .nan
    }
    #expect(try study.bestValue > 0.5)
  }

  @Test func severalObjectives() throws {
    let front = try Study(directions: [.maximize, .minimize])
    try front.optimizeAll(trials: 30) { trial in
      let width = try trial.suggest("width", 1...64)
      return [1 - 1 / Double(width), Double(width * width)]
    }
    print(try front.bestTrials.count)
    #expect(try front.bestTrials.count > 1)
  }
}
