import Apus
import ApusCore
import Synchronization
import TestSupport
import Testing

private final class Net: Layer {
  let fc1 = Linear(64, 32)
  let dropout = Dropout(0.2)
  let fc2 = Linear(32, 10)
  func forward(_ x: Tensor) -> Tensor { fc2(dropout(fc1(x.flatten(1)).relu())) }
}

/// Tests that seed the default generator follow one another.
@Suite(.serialized) struct TrainerTests {
  private func makeTrainer(folder: TemporaryFolder?, seed: Int = 1) -> Trainer<(Tensor, Tensor)> {
    manualSeed(seed)
    let model = Net()
    let optimizer = AdamW(model.parameters(), lr: 5e-3)
    let trainer = Trainer(model, optimizer: optimizer, loss: CrossEntropyLoss())
    trainer.metrics = [.accuracy]
    trainer.showsProgress = false
    trainer.schedule = CosineAnnealingLR(optimizer, tMax: 4 * 12)
    trainer.scheduleUnit = .step
    trainer.callbacks = [EarlyStopping(patience: 10)]
    if let folder { trainer.checkpoints = CheckpointPlan(folder: folder.path, monitor: "validation loss") }
    return trainer
  }

  private let batches = DataLoader(Digits(train: true).subset(0..<384), batchSize: 32, shuffle: true)
  private let tests = DataLoader(Digits(train: false), batchSize: 120)

  @Test func learns() throws {
    let trainer = makeTrainer(folder: nil)
    let history = try trainer.fit(batches, validation: tests, epochs: 4)
    #expect(history.count == 4 && trainer.step == 48)
    #expect(history[0].names == ["loss", "accuracy", "validation loss", "validation accuracy", "lr"])
    #expect((history[3]["loss"] ?? 9) < (history[0]["loss"] ?? 0))
    #expect((history[3]["validation accuracy"] ?? 0) > 0.5)
    #expect(trainer.model.isTraining)
  }

  @Test func resumedRunsAreThoseWithoutABreak() throws {
    let (one, two) = (TemporaryFolder(), TemporaryFolder())
    let whole = makeTrainer(folder: one)
    try whole.fit(batches, validation: tests, epochs: 4)

    let start = makeTrainer(folder: two)
    try start.fit(batches, validation: tests, epochs: 2)
    let rest = makeTrainer(folder: two, seed: 99)
    try rest.resume(from: two.file("last.safetensors"))
    #expect(rest.epoch == 2 && rest.step == 24)
    try rest.fit(batches, validation: tests, epochs: 4)

    #expect(rest.history == whole.history)
    for ((name, a), (_, b)) in zip(whole.model.stateDict(), rest.model.stateDict()) {
      #expect(a.array() == b.array(), "\(name)")
    }
    #expect(one.names == ["best.safetensors", "last.safetensors"])
    try Net().loadStateDict(loadSafetensors(one.file("best.safetensors")))
  }

  @Test func wrongCheckpointsAreErrors() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.safetensors")
    try save(["a": Tensor([1.0])], to: path)
    let trainer = makeTrainer(folder: nil)
    let error = #expect(throws: TensorError.self) { try trainer.resume(from: path) }
    #expect(error?.message.contains("no checkpoint of a trainer") == true)
    #expect(throws: TensorError.self) { try trainer.resume(from: folder.file("none.safetensors")) }
    // A number of epochs that no history has must not be believed.
    try save(["trainer.epoch": Tensor(1e11), "trainer.step": Tensor(1.0)], to: path)
    #expect(throws: TensorError.self) { try trainer.resume(from: path) }
  }

  @Test func tensorsGoThroughFiles() throws {
    let folder = TemporaryFolder()
    let path = folder.file("t.safetensors")
    let model = Net()
    try save(model.stateDict(), to: path)
    let read = try loadSafetensors(path)
    #expect(Set(read.names) == Set(model.stateDict().names))
    #expect(read["fc1.weight"]?.array() == model.fc1.weight.array())
    try save(["t": Tensor([[1.0, 2.0], [3.0, 4.0]]).t()], to: path)
    #expect(try loadSafetensors(path)["t"]?.array() == [1, 3, 2, 4])
    let error = #expect(throws: TensorError.self) { try save(["t": Tensor([1.0])], to: "/proc/none/t.safetensors") }
    #expect(error?.kind == .file)
  }

  @Test func stopsEarlyAndLogs() throws {
    let folder = TemporaryFolder()
    let trainer = makeTrainer(folder: nil)
    trainer.optimizer.lr = 0
    trainer.schedule = nil
    trainer.callbacks = [EarlyStopping(monitor: "validation loss", patience: 1)]
    trainer.loggers = [CSVLogger(path: folder.file("log.csv")), try TensorBoardLogger(logDir: folder.path)]
    try trainer.fit(batches, validation: tests, epochs: 20)
    // Nothing moves, so the second epoch is no better than the first.
    #expect(trainer.epoch == 2)
    #expect(folder.names.count == 2)
    let error = #expect(throws: TensorError.self) {
      trainer.loggers = []
      trainer.callbacks = [EarlyStopping(monitor: "speed")]
      try trainer.fit(batches, validation: tests, epochs: 21)
    }
    #expect(error?.message.contains("no value 'speed'") == true)
  }

  @Test func mistakesEndTheRun() throws {
    let trainer = makeTrainer(folder: nil)
    let wrong = DataLoader(TensorDataset(Tensor.zeros([8, 65]), Tensor(Array(repeating: 1, count: 8))), batchSize: 4)
    let error = #expect(throws: TensorError.self) { try trainer.fit(wrong, epochs: 1) }
    #expect(error?.message.contains("(in module Net.fc1)") == true)
    let bad = DataLoader(
      TensorDataset(Tensor.full([8, 64], Double.infinity), Tensor(Array(repeating: 1, count: 8))), batchSize: 4)
    let infinite = #expect(throws: TensorError.self) { try trainer.fit(bad, epochs: 1) }
    #expect(infinite?.message.contains("in epoch 1, step 1") == true)
    let empty = DataLoader(Digits(train: true).subset(0..<4), batchSize: 8, dropLast: true)
    #expect(throws: TensorError.self) { try trainer.fit(empty, epochs: 1) }
  }
}
