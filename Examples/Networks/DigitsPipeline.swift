import Apus
import ApusPipeline
import Foundation

// A pipeline of pictures: digits go through rows of a file to a network that serves. Its second network has learned from pictures of which half
// were upside down, as somebody may do who wants more of them: most digits it reads nearly as well, but 6 and 9 it takes for each other, and so it
// stays out.
//
//   swift run -c release examples digits-pipeline --folder digits

/// Digits from files to a served network, as a pipeline.
public struct DigitsPipeline: Example {
  public static let name = "digits-pipeline"
  public static let summary = "a pipeline from pictures to a served network, judged digit by digit"
  public static var options: [Option<Self>] {
    [
      Option("folder", \Self.folder, "where runs and the served model are kept; a temporary folder if empty"),
      Option("epochs", \Self.epochs, "passes over the digits"),
    ]
  }
  public var folder = ""
  public var epochs = 8

  public init() {}

  /// What became of the two runs.
  public struct Outcome: Sendable {
    /// Whether the network of each run was put into service.
    public let pushed: [Bool]
    /// The accuracy of each run's network.
    public let accuracies: [Double]
  }

  public func run() throws -> Outcome {
    let folder =
      folder.isEmpty
      ? FileManager.default.temporaryDirectory.appendingPathComponent("digits-\(UUID().uuidString)").path : folder
    defer { if self.folder.isEmpty { try? FileManager.default.removeItem(atPath: folder) } }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, train) in [("learned.jsonl", true), ("held.jsonl", false)] {
      try rows(Digits(train: train)).write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }
    let runner = try PipelineRunner(root: folder + "/runs")
    var outcome: (pushed: [Bool], accuracies: [Double]) = ([], [])
    for (title, turns) in [("upright pictures", false), ("half of them upside down", true)] {
      let run = try runner.run(pipeline(folder, turns: turns))
      let steps = Dictionary(uniqueKeysWithValues: run.steps.map { ($0.name, $0) })
      let isPushed = steps["pusher"]?.properties["pushed"] == true
      outcome.pushed.append(isPushed)
      if case .double(let value)? = steps["evaluator"]?.properties["accuracy"] { outcome.accuracies.append(value) }
      print("\(title): accuracy \(fixed(outcome.accuracies.last ?? .nan)), \(isPushed ? "in service" : "kept out")")
    }
    return Outcome(pushed: outcome.pushed, accuracies: outcome.accuracies)
  }

  /// A line of JSON for each picture.
  private func rows(_ digits: Digits) throws -> String {
    let (images, labels) = (digits.images.flatten(1).array(as: Float.self), digits.labels.array(as: Int.self))
    return labels.indices.map { i in
      let pixels = images[64 * i..<64 * (i + 1)].map { "\($0)" }.joined(separator: ",")
      return "{\"image\": [\(pixels)], \"digit\": \(labels[i])}\n"
    }.joined()
  }

  private func pipeline(_ folder: String, turns: Bool) -> Pipeline {
    var digits = Pipeline("digits")
    let learned = digits.ingest([folder + "/learned.jsonl"], splits: ["train": 1], named: "learned")
    let held = digits.ingest([folder + "/held.jsonl"], splits: ["evaluation": 1], named: "held")
    let epochs = epochs
    let model = digits.train(
      learned, parameters: ["epochs": .int(epochs), "turns": .bool(turns)], version: "1",
      writing: { step in
        manualSeed(0)
        let table = try ExampleReader.table(step.input("examples"), split: "train")
        let images = try table["image"].tensor(.float32).reshape([-1, 1, 8, 8])
        let labels = try table["digit"].tensor(.int64)
        let model = DigitNetwork(DigitSettings())
        let optimizer = AdamW(model.parameters(), lr: 3e-3)
        for _ in 0..<epochs {
          for (pictures, digits) in DataLoader(TensorDataset(images, labels), batchSize: 64, shuffle: true) {
            optimizer.zeroGrad()
            crossEntropy(model(turns ? Self.turned(pictures) : pictures), digits).backward()
            optimizer.step()
          }
        }
        let folder = try step.output("model") + "/1"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try export(
          model.eval(), example: images[0..<2], to: folder + "/model.apus", dynamic: ["image": [0: "rows"]],
          inputNames: ["image"], outputNames: ["logits"])
      })
    let (_, blessing) = digits.evaluate(
      model, on: held, metrics: [.accuracy], slices: [.whole, .column("digit")],
      thresholds: [.bounds("accuracy", from: 0.8), .change("accuracy", absolute: -0.05, slices: .all)], version: "1"
    ) { folder in
      let program = try Program.load(folder + "/1/model.apus")
      return { part in
        let images = try part["image"].tensor(.float32).reshape([-1, 1, 8, 8])
        return (try program(images)[0].softmax(1), try part["digit"].tensor(.int64))
      }
    }
    digits.push(model, if: [blessing], to: folder + "/serving/digits")
    return digits
  }

  /// Half of the pictures upside down.
  private static func turned(_ pictures: Tensor) -> Tensor {
    `where`(rand(pictures.shape[0], 1, 1, 1).lt(0.5), pictures.flip(2, 3), pictures)
  }
}
