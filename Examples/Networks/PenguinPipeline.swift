import Apus
import ApusPipeline
import Foundation

// From a table to a served model and back out of trouble: a pipeline of penguins runs three times. The first model goes into service. The second
// is trained without some of the columns: in whole it is good enough, on one island it is not, so it does not go into service. The third is the
// first again, which costs nothing, as all of it is known.
//
//   swift run -c release examples penguins --folder penguins
//   swift run -c release apus serve penguins/serving

/// The species of a penguin from its measures, as a pipeline.
public struct PenguinPipeline: Example {
  public static let name = "penguins"
  public static let summary = "a pipeline from a table to a served model, which keeps a worse one out of service"
  public static var options: [Option<Self>] {
    [
      Option("folder", \Self.folder, "where runs and the served model are kept; a temporary folder if empty"),
      Option("epochs", \Self.epochs, "passes over the penguins"),
    ]
  }
  public var folder = ""
  public var epochs = 30

  public init() {}

  /// What became of the three runs.
  public struct Outcome: Sendable {
    /// Whether the model of each run was put into service.
    public let pushed: [Bool]
    /// The accuracy of each run's model, and of the one in service on the island of Dream.
    public let accuracies: [Double]
    /// How many steps of the third run had to be done.
    public let doneAgain: Int
    /// The folder of the served model.
    public let served: String
  }

  public func run() throws -> Outcome {
    let folder =
      folder.isEmpty
      ? FileManager.default.temporaryDirectory.appendingPathComponent("penguins-\(UUID().uuidString)").path : folder
    defer { if self.folder.isEmpty { try? FileManager.default.removeItem(atPath: folder) } }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try penguinRows.write(toFile: folder + "/penguins.csv", atomically: true, encoding: .utf8)
    var runner = try PipelineRunner(root: folder + "/runs")
    runner.onEvent = { event in
      switch event {
      case .line(let step, let line): print("  \(step): \(line)")
      case .ended(let result): print("  \(result.name) (\(result.state.rawValue))")
      default: break
      }
    }
    let measures = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    let few = ["bill_length_mm", "flipper_length_mm", "body_mass_g"]
    var pushed: [Bool] = []
    var accuracies: [Double] = []
    var doneAgain = 0
    for (title, measures, categories) in [
      ("all columns", measures, ["island", "sex"]), ("fewer columns", few, []),
      ("all again", measures, ["island", "sex"]),
    ] {
      print(title)
      let pipeline = pipeline(folder, measures: measures, categories: categories)
      let run = try runner.run(pipeline)
      let steps = Dictionary(uniqueKeysWithValues: run.steps.map { ($0.name, $0) })
      pushed.append(steps["pusher"]?.properties["pushed"] == true)
      if case .double(let value)? = steps["evaluator"]?.properties["accuracy"] { accuracies.append(value) }
      doneAgain = run.steps.count { $0.state == .made }
    }
    let predictor = try BatchPredictor(folder: folder + "/serving/penguins")
    let birds = try Table(csv: folder + "/penguins.csv")
    print(try predictor(birds.selecting(birds.names), keeping: ["species"])["species predicted"][0])
    return Outcome(pushed: pushed, accuracies: accuracies, doneAgain: doneAgain, served: folder + "/serving/penguins")
  }

  private func pipeline(_ folder: String, measures: [String], categories: [String]) -> Pipeline {
    var penguins = Pipeline("penguins")
    let examples = penguins.ingest([folder + "/penguins.csv"], splits: ["train": 7, "validation": 1, "evaluation": 2])
    let statistics = penguins.statistics(of: examples)
    let schema = penguins.inferSchema(from: statistics)
    penguins.validate(statistics, against: schema, failsOnAnomalies: false)

    var columns = TableTransform()
    for name in measures { columns.numeric(name, .standardised, missing: .mean) }
    for name in categories { columns.category(name, missing: .ownCategory) }
    columns.category("species", role: .label)
    let transform = penguins.transform(examples, columns)

    let epochs = epochs
    let model = penguins.train(examples, with: transform, parameters: ["epochs": .int(epochs)], version: "1") {
      data, step in
      manualSeed(0)
      let (features, species) = try data.tensors("train")
      let model = Sequential(Linear(features.shape[1], 32), ReLU(), Linear(32, data.transform.classNames.count))
      let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 0.01), loss: CrossEntropyLoss())
      trainer.progress = .none
      let loader = DataLoader(TensorDataset(features, species), batchSize: 32, shuffle: true)
      let last = try trainer.fit(loader, epochs: epochs).last
      if let loss = last?["loss"] { step.note(["loss": .double(loss)]) }
      return model
    }
    let (_, blessing) = penguins.evaluate(
      model, on: examples, metrics: [.accuracy, .logLoss], slices: [.whole, .column("island"), .column("sex")],
      thresholds: [
        .bounds("accuracy", from: 0.9),
        .change("accuracy", absolute: -0.06, slices: .all, leastExamples: 10),
      ])
    let serving = penguins.checkServing(model, with: examples)
    penguins.push(model, if: [blessing, serving], to: folder + "/serving/penguins")
    return penguins
  }
}
