import Apus
import ApusFeatures
import ApusFormats

extension Pipeline {
  /// Statistics of all splits of examples: TensorFlow Extended's `StatisticsGen`, whose files its tools read. Each split has a page beside them,
  /// `statistics.html`.
  /// - Parameter weights: the column with the weight of each row.
  public mutating func statistics(
    of examples: StepOutput<Examples>, weights: String? = nil, named name: String = "statistics"
  ) -> StepOutput<ExampleStatistics> {
    add(
      PipelineStep(
        name, type: "StatisticsGen", version: "1", inputs: [StepInput("examples", examples)],
        outputs: [OutputDescription("statistics", ExampleStatistics.self)],
        parameters: ["weights": .string(weights ?? "")]
      ) { step in
        let examples = try step.input("examples")
        let folder = try step.output("statistics")
        var options = StatisticsOptions()
        options.weightColumn = weights
        let splits = ExampleReader.splits(of: examples)
        for split in splits {
          let collector = StatisticsCollector(options: options)
          var reader = try ExampleReader(examples, split: split)
          while let part = try reader.nextBatch() { try collector.add(part) }
          try makeFolders("\(folder)/\(split)")
          try collector.statistics.write(to: "\(folder)/\(split)/FeatureStats.pb")
          try collector.statistics.writePage(to: "\(folder)/\(split)/statistics.html", name: split)
        }
        try step.describe("statistics", ["split_names": .string(SettingValue.list(splits.map { .string($0) }).json)])
      }, giving: "statistics", ExampleStatistics.self)
  }

  /// The schema that the statistics of a split fit: TensorFlow Extended's `SchemaGen`. Read it, change what is not meant so, keep it as a file
  /// beside the pipeline, and take that from then on with ``schema(file:named:)``.
  public mutating func inferSchema(
    from statistics: StepOutput<ExampleStatistics>, split: String = "train", named name: String = "schema"
  ) -> StepOutput<SchemaArtifact> {
    add(
      PipelineStep(
        name, type: "SchemaGen", version: "1", inputs: [StepInput("statistics", statistics)],
        outputs: [OutputDescription("schema", SchemaArtifact.self)], parameters: ["split": .string(split)]
      ) { step in
        let statistics = try TableStatistics(contentsOf: step.input("statistics").path("\(split)/FeatureStats.pb"))
        try TableSchema(inferredFrom: statistics).write(to: try step.output("schema") + "/schema.pbtxt")
      }, giving: "schema", SchemaArtifact.self)
  }

  /// A schema from a file, as people have edited it: TensorFlow Extended's `ImportSchemaGen`.
  /// - Parameter file: TensorFlow Metadata's `Schema`, as text (`.pbtxt`) or bytes.
  public mutating func schema(file: String, named name: String = "schema") -> StepOutput<SchemaArtifact> {
    add(
      PipelineStep(
        name, type: "ImportSchemaGen", version: "1", outputs: [OutputDescription("schema", SchemaArtifact.self)],
        files: [file]
      ) { step in
        try TableSchema(contentsOf: expandedPath(file)).write(to: try step.output("schema") + "/schema.pbtxt")
      }, giving: "schema", SchemaArtifact.self)
  }

  /// Holds statistics against a schema: TensorFlow Extended's `ExampleValidator`. Features whose schema has a drift comparator are compared with the
  /// statistics that this pipeline validated before.
  /// - Parameters:
  ///   - environment: one of the schema's environments.
  ///   - failsOnAnomalies: whether the step fails where something is wrong, so that nothing is trained on such data.
  @discardableResult
  public mutating func validate(
    _ statistics: StepOutput<ExampleStatistics>, against schema: StepOutput<SchemaArtifact>,
    environment: String? = nil, failsOnAnomalies: Bool = true, named name: String = "validation"
  ) -> StepOutput<ExampleAnomalies> {
    add(
      PipelineStep(
        name, type: "ExampleValidator", version: "1",
        inputs: [
          StepInput("statistics", statistics), StepInput("schema", schema),
          StepInput("previous", latest: ExampleAnomalies.self, where: ["accepted": 1]),
        ],
        outputs: [OutputDescription("anomalies", ExampleAnomalies.self)],
        parameters: ["environment": .string(environment ?? ""), "fails": .bool(failsOnAnomalies)]
      ) { step in
        try validateExamples(environment: environment, fails: failsOnAnomalies, step)
      }, giving: "anomalies", ExampleAnomalies.self)
  }
}

private func validateExamples(environment: String?, fails: Bool, _ step: StepRun) throws {
  let statistics = try step.input("statistics")
  let schema = try TableSchema(contentsOf: step.input("schema").path("schema.pbtxt"))
  let before = try step.inputs("previous").first
  let folder = try step.output("anomalies")
  var wrong: [String] = []
  for split in folderContents(statistics.path) where isFolder(statistics.path(split)) {
    let present = try TableStatistics(contentsOf: statistics.path("\(split)/FeatureStats.pb"))
    // What was accepted is kept beside the anomalies, for the comparison with what comes next.
    let kept = before.map { $0.path("\(split)/FeatureStats.pb") }
    let previous = try kept.flatMap { fileExists($0) ? try TableStatistics(contentsOf: $0) : nil }
    let anomalies = try schema.validate(present, previous: previous, environment: environment)
    try makeFolders("\(folder)/\(split)")
    try anomalies.write(to: "\(folder)/\(split)/SchemaDiff.pb")
    try anomalies.write(to: "\(folder)/\(split)/anomalies.pbtxt")
    try present.write(to: "\(folder)/\(split)/FeatureStats.pb")
    try present.writePage(
      to: "\(folder)/\(split)/anomalies.html", title: "Anomalies", name: split, other: previous, otherName: "before",
      anomalies: anomalies)
    if !anomalies.isEmpty { step.log("\(split): \(anomalies)") }
    if anomalies.hasErrors { wrong.append("\(split): \(anomalies)") }
  }
  guard wrong.isEmpty || !fails else {
    throw TensorError(
      .value, "step \(step.step)",
      "the data do not fit the schema; correct the data, or the schema where such values are right\n"
        + wrong.joined(separator: "\n"))
  }
  try step.describe("anomalies", ["accepted": .int(wrong.isEmpty ? 1 : 0)])
  step.note(["anomalies": .bool(!wrong.isEmpty)])
}
