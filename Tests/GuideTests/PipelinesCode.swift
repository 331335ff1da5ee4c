import Apus
import ApusPipeline
import Foundation
import TestSupport
import Testing

/// The code of docs/pipelines.md.
@Suite struct PipelinesCode {
  enum Report: ArtifactKind { static let name = "Report" }

  @Test func aPipeline() throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path
    try rows().write(toFile: folder + "/penguins.csv", atomically: true, encoding: .utf8)
    var penguins = Pipeline("penguins")
    let examples = penguins.ingest([folder + "/penguins.csv"], splits: ["train": 8, "evaluation": 2])
    let statistics = penguins.statistics(of: examples)
    let schema = penguins.inferSchema(from: statistics)
    penguins.validate(statistics, against: schema, failsOnAnomalies: false)

    var columns = TableTransform()
    columns.numeric("bill_length_mm", .standardised, missing: .mean)
    columns.numeric("flipper_length_mm", .standardised, missing: .mean)
    columns.category("island")
    columns.category("species", role: .label)
    let transform = penguins.transform(examples, columns)

    let model = penguins.train(examples, with: transform, version: "1") { data, step in
      let (features, species) = try data.tensors("train")
      let model = Sequential(Linear(features.shape[1], 16), ReLU(), Linear(16, data.transform.classNames.count))
      let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 0.01), loss: CrossEntropyLoss())
      trainer.progress = .none
      try trainer.fit(DataLoader(TensorDataset(features, species), batchSize: 32, shuffle: true), epochs: 20)
      return model
    }
    let (_, blessing) = penguins.evaluate(
      model, on: examples, metrics: [.accuracy], slices: [.whole, .column("island")],
      thresholds: [
        .bounds("accuracy", from: 0.8),
        .change("accuracy", absolute: -0.05, slices: .all, leastExamples: 10),
      ])
    penguins.push(model, if: [blessing], to: folder + "/serving/penguins")

    let run = try PipelineRunner(root: folder + "/runs").run(penguins)
    print(try run.artifact(model).path)
    #expect(try BatchPredictor(folder: folder + "/serving/penguins").transform.classNames == ["Adelie", "Gentoo"])

    let report = penguins.add(
      PipelineStep(
        "report", type: "Reporter", version: "1", inputs: [StepInput("model", model)],
        outputs: [OutputDescription("page", Report.self)]
      ) { step in
        let program = try Program.load(step.input("model").path("1/model.apus"))
        try "\(program.inputs)".write(toFile: step.output("page") + "/inputs.txt", atomically: true, encoding: .utf8)
        step.note(["inputs": .int(program.inputs.count)])
        step.log("written")
      }, giving: "page", Report.self)
    penguins.command(
      "lines", ["sh", "-c", "wc -l < {page}/inputs.txt > {count}/lines.txt"], inputs: [StepInput("page", report)],
      outputs: [OutputDescription("count", OtherFile.self)])
    let longer = try PipelineRunner(root: folder + "/runs").run(penguins)
    let count = StepOutput<OtherFile>(step: "lines", key: "count")
    let text = try String(contentsOfFile: longer.artifact(count).path("lines.txt"), encoding: .utf8)
    #expect(text.hasPrefix("0"))
  }

  /// Penguins of two species, apart by their measures.
  private func rows() -> String {
    var random = SystemRandomNumberGenerator()
    let lines = (0..<200).map { i in
      let isGentoo = i % 2 == 0
      let bill = (isGentoo ? 47 : 38) + Double.random(in: -3...3, using: &random)
      let flipper = (isGentoo ? 217 : 190) + Double.random(in: -8...8, using: &random)
      return "\(isGentoo ? "Gentoo" : "Adelie"),\(i % 3 == 0 ? "Biscoe" : "Dream"),\(bill),\(flipper)"
    }
    return "species,island,bill_length_mm,flipper_length_mm\n" + lines.joined(separator: "\n") + "\n"
  }

  /// The file of the guide, as it stands there.
  @Test func aFile() throws {
    let temporary = TemporaryFolder()
    let guide = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../docs/pipelines.md").standardized
    let text = try String(contentsOf: guide, encoding: .utf8)
    let start = try #require(text.range(of: "```json\n")).upperBound
    let end = try #require(text[start...].range(of: "```")).lowerBound
    let path = temporary.file("penguins.json")
    try text[start..<end].write(toFile: path, atomically: true, encoding: .utf8)
    let pipeline = try Pipeline(file: path)
    #expect(
      pipeline.steps.map(\.name) == [
        "examples", "statistics", "schema", "transform", "tuner", "trainer", "evaluator", "pusher",
      ])
  }
}
