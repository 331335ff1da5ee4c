import Apus
import Synchronization
import Testing

@Suite(.serialized) struct TrainerProfilerTests {
  private func trained(_ profiler: TrainerProfiler, batches: Int = 30) throws -> String {
    let model = Sequential(Linear(4, 8), ReLU(), Linear(8, 2))
    let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 0.01), loss: CrossEntropyLoss())
    let data = TensorDataset(randn(2 * batches, 4), randint(0, 2, [2 * batches]))
    let loader = DataLoader(data, batchSize: 2)
    trainer.profiler = profiler
    trainer.showsProgress = false
    try trainer.fit(loader, validation: loader, epochs: 2)
    return try #require(trainer.profilerReport)
  }

  @Test func simpleTellsTheActions() throws {
    let report = try trained("simple")
    let calls = Dictionary(
      report.split(separator: "\n").compactMap { line -> (String, String)? in
        let cells = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        return cells.count == 5 ? (cells[0], cells[2]) : nil
      }, uniquingKeysWith: { first, _ in first })
    #expect(calls["run_training_epoch"] == "2" && calls["run_validation"] == "2")
    #expect(calls["training_step"] == "60" && calls["backward"] == "60" && calls["optimizer_step"] == "60")
    // The end of each epoch is asked for too.
    #expect(calls["train_dataloader_next"] == "62")
    #expect(!report.contains("Self CPU"))
  }

  @Test func advancedTellsOperationsModulesAndCosts() throws {
    let report = try trained("advanced")
    for part in [
      "Self CPU time total", "AddmmBackward0", "Operations of steps 3 to 22", "Sequential", "0 (Linear)", "1. ",
    ] {
      #expect(report.contains(part), "\(part)")
    }
    #expect(try trained("advanced", batches: 1).contains("too short"))
  }

  @Test func aProfilerOfOnesOwnSeesTheSteps() throws {
    let ready = Mutex(0)
    let profiler = Profiler(
      schedule: schedule(wait: 2, warmup: 1, active: 3, repeat: 2),
      onTraceReady: { profiler in
        ready.withLock { $0 += 1 }
        #expect(profiler.keyAverages()["Optimizer.step#AdamW.step"]?.count == 3)
      })
    _ = try trained(.profiler(profiler))
    #expect(ready.withLock { $0 } == 2)
  }

  @Test func unknownNamesAreRefused() {
    let error = #expect(throws: TensorError.self) { try withErrors { _ = "cprofile" as TrainerProfiler } }
    #expect(error?.message.contains("\"advanced\"") == true)
  }
}
