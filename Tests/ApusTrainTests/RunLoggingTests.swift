import Apus
import Foundation
import TestSupport
import Testing

@Suite struct RunLoggingTests {
  private func epoch(_ number: Int, _ values: [(String, Double)]) -> EpochValues {
    var epoch = EpochValues(epoch: number)
    for (name, value) in values { epoch[name] = value }
    return epoch
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  /// A small trainer and a logger of every step, which it does not use yet.
  private func loggedTrainer(
    _ folder: TemporaryFolder
  ) throws -> (logger: TensorBoardLogger, trainer: Trainer<(Tensor, Tensor)>) {
    let model = Linear(2, 2)
    let trainer = Trainer(model, optimizer: SGD(model.parameters(), lr: 0.1), loss: CrossEntropyLoss())
    trainer.showsProgress = false
    return (try TensorBoardLogger(logDir: folder.path, everySteps: 1), trainer)
  }

  @Test func tablesGoOnAfterAResume() throws {
    let folder = TemporaryFolder()
    let path = folder.file("log.csv")
    let first = CSVLogger(path: path)
    for i in 1...4 { try first.log(epoch: epoch(i, [("loss", Double(i) / 4), ("a \"b\", c", .nan)]), step: i) }
    // Another process goes on from the checkpoint of epoch 2 and measures something more.
    let second = CSVLogger(path: path)
    try second.log(epoch: epoch(3, [("loss", 9), ("lr", 0.1)]), step: 3)
    #expect(
      try text(path) == """
        epoch,loss,"a ""b"", c",lr
        1,0.25,nan,
        2,0.5,nan,
        3,9.0,,0.1

        """)
    // A new run replaces the table.
    try CSVLogger(path: path).log(epoch: epoch(1, [("loss", 5)]), step: 1)
    #expect(try text(path) == "epoch,loss\n1,5.0\n")
  }

  @Test func otherFilesAreNotReplacedByAResumedRun() throws {
    let folder = TemporaryFolder()
    let path = folder.file("log.csv")
    try "name;value\nx;1\n".write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: TensorError.self) {
      try CSVLogger(path: path).log(epoch: epoch(2, [("loss", 5)]), step: 1)
    }
    #expect(error?.kind == .format)
    #expect(try text(path) == "name;value\nx;1\n")
  }

  @Test func aSecondFitIsLoggedToo() throws {
    let folder = TemporaryFolder()
    let (logger, trainer) = try loggedTrainer(folder)
    trainer.loggers = [logger, CSVLogger(path: folder.file("log.csv"))]
    let loader = DataLoader(TensorDataset(Tensor.ones([4, 2]), Tensor([0, 1, 0, 1])), batchSize: 2)
    try trainer.fit(loader, epochs: 1)
    let size = try Data(contentsOf: URL(fileURLWithPath: logger.writer.path)).count
    try trainer.fit(loader, epochs: 3)
    #expect(try Data(contentsOf: URL(fileURLWithPath: logger.writer.path)).count > size)
    #expect(try text(folder.file("log.csv")).split(separator: "\n").count == 4)
  }

  @Test func valuesBeforeAMistakeAreKept() throws {
    let folder = TemporaryFolder()
    let (logger, trainer) = try loggedTrainer(folder)
    trainer.loggers = [logger]
    let empty = try Data(contentsOf: URL(fileURLWithPath: logger.writer.path)).count
    let inputs = Tensor([1, 1, Double.nan, 1], shape: [2, 2], dtype: .float32)
    #expect(throws: TensorError.self) {
      try trainer.fit(DataLoader(TensorDataset(inputs, Tensor([0, 1]))), epochs: 1)
    }
    #expect(trainer.step == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: logger.writer.path)).count > empty)
  }
}
