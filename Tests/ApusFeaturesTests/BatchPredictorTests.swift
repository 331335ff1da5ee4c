import Apus
import ApusFeatures
import Foundation
import TestSupport
import Testing

@Suite struct BatchPredictorTests {
  private let folder = TemporaryFolder()
  private let table: Table
  private let fitted: FittedTransform
  private let model: Linear

  init() throws {
    table = try penguins()
    fitted = try penguinTransform().fit(table)
    manualSeed(3)
    model = Linear(fitted.featureNames.count, 3)
    try exportServed(model, transform: fitted, to: folder.file("penguins"), version: 2, outputName: "logits")
  }

  @Test func tables() throws {
    var predictor = try BatchPredictor(folder: folder.file("penguins"))
    predictor.batchSize = 100
    let predictions = try predictor(table, keeping: ["island", "year"])
    #expect(
      predictions.names == [
        "island", "year", "logits=Adelie", "logits=Chinstrap", "logits=Gentoo", "species predicted",
      ])
    let expected = model(try fitted(table).dense)
    let found = try predictions.tensor(["logits=Adelie", "logits=Chinstrap", "logits=Gentoo"])
    #expect(allclose(found, expected, rtol: 1e-5, atol: 1e-5))
    let best = expected.argmax(1).array(as: Int.self).map { fitted.classNames[$0] }
    #expect(try predictions["species predicted"].strings() == best)
    #expect(throws: TensorError.self) { try predictor(table, keeping: ["wing"]) }
    #expect(throws: TensorError.self) { try BatchPredictor(folder: folder.file("nowhere")) }
    #expect(throws: TensorError.self) { try BatchPredictor(folder: folder.file("penguins"), version: 1) }
    let names = String(decoding: contents(of: Recorded.path("penguins.csv")), as: UTF8.self).prefix { $0 != "\n" }
    let empty = try Table(csv: Array(names.utf8))
    #expect(try predictor(empty).rows == 0)
  }

  @Test(arguments: [("csv", BatchPredictor.Format.parquet), ("parquet", .jsonLines), ("jsonl", .csv), ("arrow", .csv)])
  func filesInParts(_ ending: String, _ format: BatchPredictor.Format) throws {
    var predictor = try BatchPredictor(folder: folder.file("penguins/2"))
    predictor.batchSize = 60
    let input = folder.file("birds.\(ending)")
    switch ending {
    case "csv": put(contents(of: Recorded.path("penguins.csv")), at: input)
    case "parquet": try table.write(parquet: input)
    case "arrow": try table.write(arrow: input)
    default: try table.write(jsonLines: input)
    }
    var options = CSVOptions()
    options.blockSize = 2000
    let output = folder.file("out")
    #expect(
      try predictor.predict(file: input, to: output, format: format, keeping: ["sex"], partRows: 100, options: options)
        == 344)
    let parts = try FileManager.default.contentsOfDirectory(atPath: output).sorted().filter { $0.hasPrefix("part-") }
    #expect(ending != "csv" || parts.count > 1)
    let whole = try predictor(table, keeping: ["sex"])
    var rows: [ColumnValue] = []
    var numbers: [Double] = []
    for part in parts {
      let read: Table
      switch format {
      case .csv: read = try Table(csv: "\(output)/\(part)")
      case .jsonLines: read = try Table(jsonLines: "\(output)/\(part)")
      case .parquet: read = try Table(parquet: "\(output)/\(part)")
      }
      #expect(read.names == whole.names)
      rows += try read["species predicted"].values
      numbers += try read["logits=Gentoo"].tensor(.float64).array(as: Double.self)
    }
    #expect(rows == (try whole["species predicted"].values))
    let expected = try whole["logits=Gentoo"].tensor(.float64).array(as: Double.self)
    #expect(zip(numbers, expected).allSatisfy { abs($0 - $1) < 1e-5 } && numbers.count == 344)

    // A part that is lost is made again, and nothing else; what is finished is not.
    let progress = "\(output)/predictions.json"
    let kept = contents(of: "\(output)/\(parts[0])")
    let lost = contents(of: "\(output)/\(parts[parts.count - 1])")
    try FileManager.default.removeItem(atPath: "\(output)/\(parts[parts.count - 1])")
    put(
      Array(
        String(decoding: contents(of: progress), as: UTF8.self).replacingOccurrences(of: "true", with: "false").utf8),
      at: progress)
    put([1, 2, 3], at: "\(output)/\(parts[0])")
    if parts.count > 1 {
      #expect(
        try predictor.predict(
          file: input, to: output, format: format, keeping: ["sex"], partRows: 100, options: options) == 344)
      #expect(
        contents(of: "\(output)/\(parts[0])") == [1, 2, 3]
          && contents(of: "\(output)/\(parts[parts.count - 1])") == lost)
    }
    #expect(!kept.isEmpty)
    // One file of all parts.
    let single = folder.file("all.\(format == .csv ? "csv" : "jsonl")")
    #expect(
      try predictor.predict(file: input, toFile: single, keeping: ["sex"], partRows: 100, options: options) == 344)
    let all = try format == .csv ? Table(csv: single) : Table(jsonLines: single)
    #expect(all.names == whole.names)
    #expect(try all["species predicted"].values == rows)
    #expect(!FileManager.default.fileExists(atPath: single + ".parts"))
    #expect(throws: TensorError.self) { try predictor.predict(file: input, toFile: folder.file("all.parquet")) }
    // Other settings do not go into the same folder.
    #expect(throws: TensorError.self) { try predictor.predict(file: input, to: output, format: format, partRows: 7) }
    #expect(throws: TensorError.self) { try predictor.predict(file: folder.file("birds.xls"), to: output) }
  }
}
