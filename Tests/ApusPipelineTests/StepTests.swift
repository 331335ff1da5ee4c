import Apus
import ApusFeatures
import ApusFormats
import ApusPipeline
import TestSupport
import Testing

/// The steps of the library.
@Suite struct StepTests {
  /// Rows of two classes that a line tells apart, with a text beside.
  private static func rows(_ range: Range<Int>) -> String {
    "id,x,kind,label\n"
      + range.map { i in
        let x = Double(i % 17) - 8
        return "\(i),\(x),\(i % 3 == 0 ? "a" : "b"),\(x > 0 ? "high" : "low")\n"
      }.joined()
  }

  private static func columns() -> TableTransform {
    var columns = TableTransform()
    columns.numeric("x", .standardised)
    columns.category("kind")
    columns.category("label", role: .label)
    return columns
  }

  private func ingest(_ folder: TemporaryFolder, _ files: [String], groups: [String]? = nil) throws -> [String: Set<
    Int
  >] {
    var pipeline = Pipeline("rows")
    let examples = pipeline.ingest(files.map { folder.file($0) }, splits: ["train": 3, "test": 1], groups: groups)
    let artifact = try PipelineRunner(root: folder.file("runs")).run(pipeline).artifact(examples)
    var ids: [String: Set<Int>] = [:]
    for split in ExampleReader.splits(of: artifact) {
      ids[split] = Set(try ExampleReader.table(artifact, split: split)["id"].tensor().array(as: Int.self))
    }
    return ids
  }

  @Test func rowsStayInTheirSplitsWhenOthersCome() throws {
    let folder = TemporaryFolder()
    try writeText(Self.rows(0..<400), to: folder.file("a.csv"))
    try writeText(Self.rows(400..<600), to: folder.file("b.csv"))
    let first = try ingest(folder, ["a.csv"])
    let both = try ingest(folder, ["a.csv", "b.csv"])
    let train = try #require(first["train"]), test = try #require(first["test"])
    #expect(train.union(test) == Set(0..<400) && train.isDisjoint(with: test))
    #expect((60...140).contains(test.count))
    #expect(both["train"]?.filter { $0 < 400 } == train)
    #expect(both["test"]?.filter { $0 < 400 } == test)
    // Of a group all rows go to one split.
    let grouped = try ingest(folder, ["a.csv"], groups: ["x"])
    let places = Set((grouped["test"] ?? []).map { $0 % 17 })
    #expect(Set((grouped["train"] ?? []).map { $0 % 17 }).isDisjoint(with: places))
  }

  @Test func filesThatDoNotFitAreNamed() throws {
    let folder = TemporaryFolder()
    try writeText(Self.rows(0..<40), to: folder.file("a.csv"))
    try writeText("id,y\n1,2\n", to: folder.file("other.csv"))
    let columns = try #require(throws: TensorError.self) { try ingest(folder, ["a.csv", "other.csv"]) }
    #expect(columns.message.contains(#"its columns are ["id", "y"]"#))
    let missing = try #require(throws: TensorError.self) { try ingest(folder, ["none.csv"]) }
    #expect(missing.message.contains("none.csv: the step 'examples' needs this file, which is not there"))
  }

  @Test func dataThatDoNotFitStopThePipeline() throws {
    let folder = TemporaryFolder()
    try writeText(Self.rows(0..<200), to: folder.file("rows.csv"))
    func pipeline() -> Pipeline {
      var pipeline = Pipeline("checked")
      let examples = pipeline.ingest([folder.file("rows.csv")], splits: ["train": 1])
      let statistics = pipeline.statistics(of: examples)
      let schema = pipeline.schema(file: folder.file("schema.pbtxt"))
      pipeline.validate(statistics, against: schema)
      return pipeline
    }
    let collector = StatisticsCollector()
    try collector.add(Table(csv: folder.file("rows.csv")))
    var schema = try TableSchema(inferredFrom: collector.statistics)
    try schema.write(to: folder.file("schema.pbtxt"))
    let runner = try PipelineRunner(root: folder.file("runs"))
    try runner.run(pipeline())
    try writeText(Self.rows(0..<200).replacing(",b,", with: ",c,"), to: folder.file("rows.csv"))
    let error = try #require(throws: TensorError.self) { try runner.run(pipeline(), run: "second") }
    #expect(error.message.contains("step 'validation'"))
    #expect(error.message.contains("'kind': Unexpected string values"))
    // Drift is measured against what was accepted before.
    schema = try schema.updated(from: TableStatistics(of: Table(csv: folder.file("rows.csv"))))
    schema["kind"]?.driftComparator = FeatureComparator(infinityNorm: 0.1)
    try schema.write(to: folder.file("schema.pbtxt"))
    let drift = try #require(throws: TensorError.self) { try runner.run(pipeline(), run: "third") }
    #expect(drift.message.contains("The Linfty distance between current and previous"))
  }

  @Test func aSearchGoesOnAndItsSettingsAreUsed() throws {
    let folder = TemporaryFolder()
    try writeText(Self.rows(0..<300), to: folder.file("rows.csv"))
    var pipeline = Pipeline("tuned")
    let examples = pipeline.ingest([folder.file("rows.csv")], splits: ["train": 3, "test": 1])
    let transform = pipeline.transform(examples, Self.columns())
    let tried = Tally()
    let settings = pipeline.tune(examples, with: transform, trials: 5, direction: .maximize, version: "1") {
      trial, data, _ in
      let x = try trial.suggest("x", 0...1.0)
      // The first process ends in the middle of its third trial.
      if tried.names.count == 2 {
        tried.add("ended")
        throw TensorError(.state, "process", "ended")
      }
      tried.add("trial")
      return x
    }
    let model = pipeline.train(examples, with: transform, settings: settings, version: "1") { data, step in
      if case .double(let x)? = data.settings["x"] { step.note(["x": .double(x)]) }
      return Linear(try data.tensors("train").features.shape[1], 2)
    }
    let runner = try PipelineRunner(root: folder.file("runs"))
    #expect(throws: TensorError.self) { try runner.run(pipeline, run: "a") }
    let run = try runner.run(pipeline, run: "a")
    #expect(tried.names == ["trial", "trial", "ended", "trial", "trial", "trial"])
    guard case .double(let best)? = run.steps.first(where: { $0.name == "tuner" })?.properties["best_value"],
      case .double(let used)? = run.steps.first(where: { $0.name == "trainer" })?.properties["x"]
    else {
      Issue.record("the values are missing")
      return
    }
    #expect(best == used)
    #expect(try folderContents(run.artifact(model).path("1")).contains("transform.json"))
  }

  @Test func predictionsOfASplit() throws {
    let folder = TemporaryFolder()
    try writeText(Self.rows(0..<300), to: folder.file("rows.csv"))
    var pipeline = Pipeline("predicted")
    let examples = pipeline.ingest([folder.file("rows.csv")], splits: ["train": 3, "test": 1])
    let transform = pipeline.transform(examples, Self.columns())
    let model = pipeline.train(examples, with: transform, outputName: "score", version: "1") { data, _ in
      Linear(try data.tensors("train").features.shape[1], 2)
    }
    let predictions = pipeline.predict(examples, with: model, split: "test", keeping: ["id"], format: .csv)
    let check = pipeline.checkServing(model, with: examples, split: "test", rows: 5)
    let run = try PipelineRunner(root: folder.file("runs")).run(pipeline)
    let part = try run.artifact(predictions).path("0")
    let file = try #require(folderContents(part).first { $0.hasSuffix(".csv") })
    let table = try Table(csv: "\(part)/\(file)")
    #expect(table.names == ["id", "score=high", "score=low", "label predicted"])
    let rows = try ExampleReader.table(run.artifact(examples), split: "test")
    #expect(try table["id"].tensor().array(as: Int.self) == rows["id"].tensor().array(as: Int.self))
    #expect(try run.artifact(check).properties["blessed"] == 1)
  }

  @Test func programsOfOtherLanguages() throws {
    let folder = TemporaryFolder()
    var pipeline = Pipeline("programs")
    pipeline.command(
      "words",
      ["sh", "-c", "cat > {file}/settings.json; echo property file length=3; echo note share=0.5; echo hello"],
      outputs: [OutputDescription("file", OtherFile.self)], parameters: ["size": 3])
    pipeline.command(
      "failing", ["sh", "-c", "echo about to fail; exit 3"],
      inputs: [StepInput("file", StepOutput<OtherFile>(step: "words", key: "file"))])
    let lines = Tally()
    var runner = try PipelineRunner(root: folder.file("runs"))
    runner.onEvent = { if case .line(_, let line) = $0 { lines.add(line) } }
    let error = try #require(throws: TensorError.self) { try runner.run(pipeline) }
    #expect(error.message.contains("the program ended with status 3; its last lines:\nabout to fail"))
    #expect(lines.names.contains("hello"))
    let run = try runner.run(pipeline, until: ["words"])
    let file = try run.artifact(StepOutput<OtherFile>(step: "words", key: "file"))
    #expect(file.properties["length"] == 3)
    #expect(run.steps[0].properties["share"] == 0.5)
    #expect(try readText(file.path("settings.json")).contains("\"size\": 3"))
  }

  @Test func filesOfPipelinesNameTheirMistakes() throws {
    let folder = TemporaryFolder()
    func message(_ steps: String) throws -> String {
      try writeText("{\"name\": \"p\", \"steps\": [\(steps)]}", to: folder.file("p.json"))
      return try #require(throws: TensorError.self) { try Pipeline(file: folder.file("p.json")) }.description
    }
    let ingest = #"{"name": "examples", "type": "ingest", "files": ["a.csv"]}"#
    #expect(
      try message(#"{"name": "a", "type": "ingst"}"#).contains("step 'a': 'type' must be one of ingest, statistics"))
    #expect(
      try message(#"{"name": "a", "type": "ingest", "files": ["a.csv"], "split": {"x": 1}}"#).contains(
        "'split' is no field here"))
    #expect(
      try message(ingest + #", {"name": "s", "type": "statistics", "examples": "exmples"}"#).contains(
        "'exmples' names no output of type Examples of a step before; there are examples.examples"))
    #expect(
      try message(
        ingest + #", {"name": "t", "type": "transform", "examples": "examples", "columns": [{"column": "x"}]}"#
      )
      .contains("column 1: 'type' must be one of numeric, category, crossed, text, and is missing"))
    let transform = ingest + #", {"name": "t", "type": "transform", "examples": "examples", "columns": []}"#
    for (field, text) in [("hidden", "[1e300]"), ("hidden", "[1.5]"), ("hidden", "[-1]")] {
      let train = #", {"name": "m", "type": "train", "examples": "examples", "transform": "t", "\#(field)": \#(text)}"#
      #expect(try message(transform + train).contains("'hidden' must be a list of sizes from 1"))
    }
    #expect(try message(#"{"name": "a", "type": "ingest", "files": ["a.csv", 3]}"#).contains("'files' must be"))
    #expect(try message("3").contains("step 1: this must be an object, and is 3"))
    try writeText("[", to: folder.file("p.json"))
    #expect(throws: TensorError.self) { try Pipeline(file: folder.file("p.json")) }
  }
}
