import Apus
import ApusTrain
import Foundation
import TestSupport
import Testing

/// What loggers write is read back by `apus runs`; the formats themselves were compared with what TensorBoard, wandb and mlflow
/// read and write.
@Suite struct LoggedRunTests {
  private static let settings: [String: SettingValue] = [
    "lr": 0.1, "optimizer": "ad\"am", "layers": [64, 32], "nested": ["a": true], "none": nil,
  ]

  private func epoch(_ number: Int, _ values: [(String, Double)]) -> EpochValues {
    var epoch = EpochValues(epoch: number)
    for (name, value) in values { epoch[name] = value }
    return epoch
  }

  /// Hands three epochs to a logger.
  private func write(_ logger: any TrainingLogger) throws {
    for i in 1...3 {
      try logger.log(step: 10 * i, values: [("loss", 1 / Double(i))])
      try logger.log(
        epoch: epoch(i, [("loss", 1 / Double(i)), ("validation loss", i == 2 ? 0.25 : 0.75), ("lr", .nan)]),
        step: 10 * i)
    }
    try logger.close()
  }

  @Test func everyLoggerIsReadBack() throws {
    let folder = TemporaryFolder()
    let loggers: [any TrainingLogger] = [
      CSVLogger(path: folder.path + "/csv.csv"),
      JSONLinesLogger(path: folder.path + "/jsonl/a/log.jsonl", config: Self.settings),
      try TensorBoardLogger(logDir: folder.path + "/board"),
      try WandbLogger(project: "p", name: "wandb run", config: Self.settings, dir: folder.path + "/w", tags: ["x"]),
      try MLflowLogger(
        trackingURI: "file:" + folder.path + "/mlruns", experiment: "e x", runName: "r: 1", params: Self.settings),
    ]
    for logger in loggers { try write(logger) }
    let (runs, problems) = recordedRuns(under: folder.path)
    #expect(problems.isEmpty, "\(problems)")
    #expect(Set(runs.flatMap(\.kinds)) == ["csv", "jsonl", "tensorboard", "wandb", "mlflow"])
    #expect(runs.count == 5)
    for run in runs {
      #expect(run["train/loss"]?.points.count == 3, "\(run.kinds)")
      #expect(run["validation/loss"]?.best?.value == 0.25 && run["validation/loss"]?.best?.step == 2, "\(run.kinds)")
      #expect(run["validation/loss"]?.last == 0.75)
      if run.kinds != ["csv"] { #expect(run["step/loss"] != nil, "\(run.kinds)") }
      if run.kinds == ["wandb"] { #expect(run.name == "wandb run") }
      if run.kinds == ["mlflow"] { #expect(run.name == "r: 1") }
      guard !run.settings.isEmpty else { continue }
      #expect(run.settings["lr"] == "0.1" && run.settings["optimizer"] == "ad\"am", "\(run.kinds)")
      #expect(run.settings["layers"] == "[64, 32]" && run.settings["nested"] == "{\"a\": true}")
    }
  }

  @Test func recordsCrossBlocks() throws {
    let folder = TemporaryFolder()
    let logger = try WandbLogger(dir: folder.path, everySteps: 0)
    // Records of all lengths, some longer than a block of 32 KiB.
    for i in 0..<300 {
      try logger.log((0...(i % 7)).map { (name: "value \($0)", value: Double(i)) })
    }
    try logger.setSummary(["long": .string(String(repeating: "x", count: 100_000))])
    try logger.log([(name: "after", value: 1)])
    try logger.close()
    let run = try #require(recordedRuns(under: folder.path).runs.first)
    #expect(run["value 0"]?.points.count == 300)
    #expect(run["after"]?.last == 1)
    // What was cut off is left out, what lies before is not.
    let path = "\(logger.folder)/run-\(logger.id).wandb"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.prefix(bytes.count / 20).write(to: URL(fileURLWithPath: path))
    #expect(recordedRuns(under: folder.path).problems.isEmpty)
    #expect((recordedRuns(under: folder.path).runs.first?["value 0"]?.points.count ?? 0) > 10)
  }

  @Test func foldersAreThoseOfTheTools() throws {
    let folder = TemporaryFolder()
    let wandb = try WandbLogger(project: "p", config: Self.settings, dir: folder.path, id: "abc")
    try write(wandb)
    for file in ["run-abc.wandb", "files/config.yaml", "files/wandb-metadata.json", "files/wandb-summary.json"] {
      #expect(FileManager.default.fileExists(atPath: wandb.folder + "/" + file), "\(file)")
    }
    #expect(wandb.folder.contains("/wandb/offline-run-") && wandb.folder.hasSuffix("-abc"))
    let mlflow = try MLflowLogger(trackingURI: folder.path + "/mlruns", experiment: "Default")
    try write(mlflow)
    #expect(mlflow.experimentID == "0")
    let lines = try String(contentsOfFile: mlflow.folder + "/metrics/validation/loss", encoding: .utf8)
    #expect(
      lines.split(separator: "\n").map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
        == ["0.75 1", "0.25 2", "0.75 3"])
    try mlflow.logArtifact(mlflow.folder + "/meta.yaml", artifactPath: "files")
    #expect(FileManager.default.fileExists(atPath: mlflow.folder + "/artifacts/files/meta.yaml"))
  }

  @Test func mistakesAreTold() throws {
    let folder = TemporaryFolder()
    #expect(throws: TensorError.self) { try MLflowLogger(trackingURI: "http://localhost:5000") }
    let mlflow = try MLflowLogger(trackingURI: folder.path)
    #expect(throws: TensorError.self) { try mlflow.logMetric("../outside", 1, step: 1) }
    #expect(throws: TensorError.self) { try WandbLogger(dir: folder.path, id: "a/b") }
    try "no table".write(toFile: folder.path + "/other.csv", atomically: true, encoding: .utf8)
    try "broken".write(toFile: folder.path + "/run-x.wandb", atomically: true, encoding: .utf8)
    #expect(recordedRuns(under: folder.path).problems.count == 1)
  }
}
