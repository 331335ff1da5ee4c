import Apus
import ApusFeatures
import Foundation
import TestSupport
import Testing

@Suite struct TableModelsCode {
  private let folder = TemporaryFolder()

  @Test func fromATableToAServedModel() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("ApusFeaturesTests/Recorded/penguins.csv").path
    manualSeed(1)
    try guide(path, folder.path)
    #expect(FileManager.default.fileExists(atPath: folder.file("penguins/1/model.apus")))
    #expect(FileManager.default.fileExists(atPath: folder.file("embedded/1/island.txt")))
    #expect(FileManager.default.fileExists(atPath: folder.file("predictions/part-00000.csv")))
  }

  private func guide(_ path: String, _ folder: String) throws {
    var options = CSVOptions()
    options.stringsCanBeNull = true
    let table = try Table(csv: path, options: options)

    var transform = TableTransform()
    transform.numeric("flipper_length_mm", .standardised, missing: .mean)
    transform.numeric("body_mass_g", .standardised, missing: .mean)
    transform.numeric("bill_length_mm", .bucketised(8), missing: .median)
    transform.category("island")
    transform.category("sex", missing: .ownCategory)
    transform.category("species", role: .label)
    let fitted = try transform.fit(table)

    let data = TensorDataset(try fitted(table).dense, try fitted.targets(of: table))
    let model = Sequential(Linear(fitted.featureNames.count, 16), ReLU(), Linear(16, fitted.classNames.count))
    let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 0.02), loss: CrossEntropyLoss())
    trainer.showsProgress = false
    try trainer.fit(DataLoader(data, batchSize: 32, shuffle: true), epochs: 20)

    try exportServed(model, transform: fitted, to: "\(folder)/penguins", outputName: "logits")

    let reader = try TableReader(path: path)
    let large = try transform.fit { try reader.nextBatch() }
    #expect(large.featureNames.count >= fitted.featureNames.count - 1)

    var ids = TableTransform()
    ids.category("island", .index, unknown: .buckets(2))
    ids.numeric("body_mass_g", .standardised, missing: .mean)
    ids.category("species", role: .label)
    let withIDs = try ids.fit(table)
    let embedding = Embedding(withIDs.categoryCounts["island"] ?? 0, 4)
    let head = Linear(4 + withIDs.featureNames.count, 3)
    let both = Sequential(embedding, head)
    try exportServed(of: both, transform: withIDs, to: "\(folder)/embedded", outputNames: ["logits"]) { features in
      [head(cat([embedding(features["island"]), features.dense], dim: 1))]
    }

    var evaluation = SlicedEvaluation(
      metrics: [.accuracy, .logLoss, .metric("macro F1") { MulticlassF1Score(numClasses: 3) }],
      slices: [.whole, .column("sex"), .columns(["sex", "island"]), .ranges("body_mass_g", at: [3500, 4500])])
    evaluation.confidence = .jackknife()
    let predictor = try BatchPredictor(folder: "\(folder)/penguins")
    let results = try evaluation.run(table) { part in
      (try predictor.outputs(part)[0].softmax(1), try fitted.targets(of: part))
    }
    print(results)
    let verdict = try results.validate([
      .bounds("accuracy", from: 0.9), .bounds("log_loss", to: 0.6, slices: .columns(["sex"]), leastExamples: 50),
    ])
    print(verdict)  // ok, or each slice that fails with its value and bound
    try results.write(page: "\(folder)/evaluation.html", validation: verdict)
    #expect(verdict.isOK)

    put(
      Array(
        """
        slicing_specs {}
        slicing_specs { feature_keys: "sex" }
        metrics_specs {
          metrics { class_name: "SparseCategoricalAccuracy" threshold { value_threshold { lower_bound { value: 0.8 } } } }
        }
        """.utf8), at: "\(folder)/eval_config.pbtxt")
    let configuration = try EvaluationConfiguration(path: "\(folder)/eval_config.pbtxt")
    let again = try configuration.evaluation.run(table) { part in
      (try predictor.outputs(part)[0].softmax(1), try fitted.targets(of: part))
    }
    print(try again.validate(configuration.thresholds))

    let predictions = try predictor(table, keeping: ["island"])
    print(predictions.names)  // ["island", "logits=Adelie", ..., "species predicted"]
    try predictor.predict(file: path, to: "\(folder)/predictions", format: .csv, keeping: ["island"])
  }
}
