import Apus
import TestSupport
import Testing

@Suite struct TrainingCode {
  @Test func trainer() throws {
    let folder = TemporaryFolder()
    let run = folder.path

    manualSeed(0)
    let model = Sequential(Flatten(), Linear(64, 64), ReLU(), Linear(64, 10))
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let test = DataLoader(Digits(train: false), batchSize: 360)

    let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 3e-3), loss: CrossEntropyLoss())
    trainer.metrics = [.accuracy]
    trainer.checkpoints = CheckpointPlan(folder: run)
    trainer.loggers = [try TensorBoardLogger(logDir: run), CSVLogger(path: run + "/values.csv")]
    trainer.showsProgress = false
    try trainer.fit(loader, validation: test, epochs: 2)
    print(trainer.history.last?["validation accuracy"] ?? 0)
    #expect((trainer.history.last?["validation accuracy"] ?? 0) > 0.6)
  }
}
