import Apus
import TestSupport
import Testing

/// Loggers make the folders that their files lie in, as those of checkpoints are made.
@Suite struct LoggerFolderTests {
  @Test func foldersAreMade() throws {
    let folder = TemporaryFolder()
    let run = folder.path + "/runs/first"
    let model = Linear(4, 2)
    let trainer = Trainer(model, optimizer: SGD(model.parameters(), lr: 0.1), loss: CrossEntropyLoss())
    trainer.showsProgress = false
    trainer.loggers = [
      CSVLogger(path: run + "/csv/values.csv"), JSONLinesLogger(path: run + "/lines/values.jsonl"),
      ReportLogger(path: run + "/report/report.html", title: "Run"),
    ]
    let loader = DataLoader(TensorDataset(rand([8, 4]), randint(0, 2, [8])), batchSize: 4)
    try trainer.fit(loader, epochs: 1)
    for file in ["csv/values.csv", "lines/values.jsonl", "report/report.html"] {
      #expect(!contents(of: "\(run)/\(file)").isEmpty, "\(file)")
    }
  }
}
