import Apus
import ApusFeatures
import ApusFormats
import ApusTune

extension Pipeline {
  /// Reads a pipeline from a file of JSON: a name and a list of steps, each behind those that it takes something from.
  ///
  ///     {"name": "penguins", "steps": [
  ///       {"name": "examples", "type": "ingest", "files": ["penguins.csv"], "splits": {"train": 8, "evaluation": 2}},
  ///       {"name": "transform", "type": "transform", "examples": "examples", "columns": [
  ///         {"column": "body_mass_g", "type": "numeric", "steps": ["standardised"], "missing": "mean"},
  ///         {"column": "species", "type": "category", "role": "label"}]},
  ///       {"name": "trainer", "type": "train", "examples": "examples", "transform": "transform", "hidden": [32], "epochs": 40},
  ///       {"name": "evaluator", "type": "evaluate", "model": "trainer", "examples": "examples", "metrics": ["accuracy"],
  ///         "slices": ["whole", "island"], "thresholds": [{"metric": "accuracy", "from": 0.9}]},
  ///       {"name": "pusher", "type": "push", "model": "trainer", "if": ["evaluator"], "to": "serving/penguins"}]}
  ///
  /// docs/pipelines.md lists the types of steps and their fields. Paths are those of the folder in which the pipeline is started.
  /// - Throws: `TensorError` of kind `format` that names the step and the field which is missing, misspelt or wrong.
  public init(file path: String) throws(TensorError) {
    var fields = try StepFields(try SettingValue(file: expandedPath(path)), path)
    self.init(try fields.need("name", "a text") { $0.asString })
    let steps = try fields.need("steps", "a list of steps") { $0.asList }
    try fields.finish()
    for (i, step) in steps.enumerated() {
      let name = step["name"]?.asString.map { "step '\($0)'" } ?? "step \(i + 1)"
      var fields = try StepFields(step, "\(path), \(name)")
      try addStep(&fields)
      try fields.finish()
      try check()
    }
  }

  private mutating func addStep(_ fields: inout StepFields) throws(TensorError) {
    let name = try fields.need("name", "a text") { $0.asString }
    let type = try fields.need("type", "one of \(Self.types.map(\.0).joined(separator: ", "))") { value in
      value.asString.flatMap { text in Self.types.first { $0.0 == text }?.1 }
    }
    let retries = try fields.whole("retries", in: 0...100) ?? 0
    let after = try fields.texts("after") ?? []
    let resources = try resources(&fields)
    try type(&self, name, &fields)
    change(name) { step in
      step.retries = retries
      step.after += after
      if let resources { step.resources = resources }
    }
  }

  private typealias Adding = @Sendable (inout Pipeline, String, inout StepFields) throws(TensorError) -> Void

  private static var types: [(String, Adding)] {
    [
      ("ingest", addIngest), ("statistics", addStatistics), ("schema", addSchema), ("validate", addValidate),
      ("transform", addTransform), ("tune", addTune), ("train", addTrain), ("evaluate", addEvaluate),
      ("check_serving", addServingCheck), ("push", addPush), ("predict", addPredict), ("command", addCommand),
    ]
  }

  private func resources(_ fields: inout StepFields) throws(TensorError) -> StepResources? {
    guard let value = try fields.take("resources", "an object", { $0.asDictionary }) else { return nil }
    var inner = try StepFields(.dictionary(value), "\(fields.place), resources")
    let resources = StepResources(
      processors: try inner.number("processors"), memory: try inner.whole("memory", in: 1...1 << 30),
      accelerators: try inner.whole("accelerators", in: 0...1024), timeout: try inner.whole("timeout", in: 1...1 << 30))
    try inner.finish()
    return resources
  }

  // MARK: References

  /// What `STEP` or `STEP.KEY` names, of a kind.
  private func output<Kind>(
    _ field: String, _ kind: Kind.Type, _ fields: inout StepFields
  ) throws(TensorError) -> StepOutput<Kind> {
    let text = try fields.need(field, "the name of a step") { $0.asString }
    return try reference(text, kind, "\(fields.place), '\(field)'")
  }

  private func optionalOutput<Kind>(
    _ field: String, _ kind: Kind.Type, _ fields: inout StepFields
  ) throws(TensorError) -> StepOutput<Kind>? {
    guard let text = try fields.text(field) else { return nil }
    return try reference(text, kind, "\(fields.place), '\(field)'")
  }

  private func reference<Kind>(_ text: String, _ kind: Kind.Type, _ place: String) throws(TensorError) -> StepOutput<
    Kind
  > {
    let (step, key) = try find(text, type: kind.name, place)
    return StepOutput(step: step, key: key)
  }

  /// The step and the key that a text names, the output being of a type (nil: any).
  private func find(_ text: String, type: String?, _ place: String) throws(TensorError) -> (step: String, key: String) {
    // A name may have points itself.
    let outputs = steps.flatMap { step in step.outputs.map { (step: step.name, output: $0) } }.filter {
      type == nil || $0.output.type == type
    }
    let candidates = outputs.filter { text == $0.step || text == "\($0.step).\($0.output.key)" }
    if candidates.count == 1 { return (candidates[0].step, candidates[0].output.key) }
    let known = outputs.map { "\($0.step).\($0.output.key)" }
    let what = type.map { "of type \($0)" } ?? ""
    throw TensorError(
      .format, place,
      candidates.isEmpty
        ? "'\(text)' names no output \(what) of a step before; there are \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        : "'\(text)' names several outputs \(what): \(candidates.map { "\($0.step).\($0.output.key)" }.joined(separator: ", "))"
    )
  }

  // MARK: Steps

  private static let addIngest: Adding = { (pipeline, name, fields) throws(TensorError) in
    guard let files = try fields.texts("files") else { throw fields.mistake("files", "a list of paths") }
    let splits = try fields.take("splits", "an object of names with whole numbers") { value in
      value.asDictionary.flatMap { all in
        let numbers = all.compactMapValues(\.asInt)
        return numbers.count == all.count ? numbers : nil
      }
    }
    _ = pipeline.ingest(
      files, splits: splits ?? ["train": 2, "evaluation": 1], groups: try fields.texts("groups"), named: name)
  }

  private static let addStatistics: Adding = { (pipeline, name, fields) throws(TensorError) in
    _ = pipeline.statistics(
      of: try pipeline.output("examples", Examples.self, &fields), weights: try fields.text("weights"), named: name)
  }

  private static let addSchema: Adding = { (pipeline, name, fields) throws(TensorError) in
    if let file = try fields.text("file") {
      _ = pipeline.schema(file: file, named: name)
    } else {
      _ = pipeline.inferSchema(
        from: try pipeline.output("statistics", ExampleStatistics.self, &fields),
        split: try fields.text("split") ?? "train",
        named: name)
    }
  }

  private static let addValidate: Adding = { (pipeline, name, fields) throws(TensorError) in
    _ = pipeline.validate(
      try pipeline.output("statistics", ExampleStatistics.self, &fields),
      against: try pipeline.output("schema", SchemaArtifact.self, &fields),
      environment: try fields.text("environment"), failsOnAnomalies: try fields.flag("fails") ?? true, named: name)
  }

  private static let addTransform: Adding = { (pipeline, name, fields) throws(TensorError) in
    let columns = try fields.need("columns", "a list of columns") { $0.asList }
    var transform = TableTransform()
    for (i, column) in columns.enumerated() {
      var inner = try StepFields(column, "\(fields.place), column \(i + 1)")
      try transform.add(&inner)
      try inner.finish()
    }
    _ = pipeline.transform(
      try pipeline.output("examples", Examples.self, &fields), split: try fields.text("split") ?? "train", transform,
      named: name)
  }

  private static let addTrain: Adding = { (pipeline, name, fields) throws(TensorError) in
    let examples = try pipeline.output("examples", Examples.self, &fields)
    let transform = try pipeline.output("transform", TransformGraph.self, &fields)
    let settings = try pipeline.optionalOutput("settings", HyperParameters.self, &fields)
    let plan = try TableTraining(&fields)
    _ = pipeline.train(
      examples, with: transform, settings: settings, parameters: plan.parameters, outputName: "output", version: "1",
      named: name
    ) { data, step in
      try plan.merging(data.settings, "the settings of '\(step.step)'").train(data, step)
    }
  }

  private static let addTune: Adding = { (pipeline, name, fields) throws(TensorError) in
    let examples = try pipeline.output("examples", Examples.self, &fields)
    let transform = try pipeline.output("transform", TransformGraph.self, &fields)
    let trials = try fields.whole("trials", in: 1...1_000_000) ?? 20
    let space = try fields.need("space", "an object of parameters") { $0.asDictionary == nil ? nil : $0 }
    let plan = try TableTraining(&fields)
    let read: SpaceFile
    do { read = try SpaceFile(json: space.json) } catch {
      throw TensorError(.format, "\(fields.place), 'space'", "\((error as? TensorError)?.message ?? "\(error)")")
    }
    var parameters = plan.parameters
    parameters["space"] = space
    _ = pipeline.tune(
      examples, with: transform, trials: trials, parameters: parameters, version: "1", named: name
    ) { trial, data, step in
      let settings = try read.settings(of: trial).dictionary
      return try plan.merging(settings, "trial \(trial.number) of '\(step.step)'").validationLoss(data, step)
    }
  }

  private static let addEvaluate: Adding = { (pipeline, name, fields) throws(TensorError) in
    let names = try fields.texts("metrics") ?? ["accuracy"]
    var metrics: [EvaluationMetric] = []
    for name in names {
      guard let metric = EvaluationMetric.weighted.first(where: { $0.name == name }) else {
        let known = EvaluationMetric.weighted.map(\.name).joined(separator: ", ")
        throw TensorError(.format, fields.place, "'\(name)' is no metric; there are \(known)")
      }
      metrics.append(metric)
    }
    var slices: [SliceSpecification] = []
    for slice in try fields.list("slices") ?? ["whole"] {
      slices.append(try SliceSpecification(slice, fields.place))
    }
    var thresholds: [MetricThreshold] = []
    for (i, threshold) in (try fields.list("thresholds") ?? []).enumerated() {
      var inner = try StepFields(threshold, "\(fields.place), threshold \(i + 1)")
      thresholds.append(try MetricThreshold(&inner))
      try inner.finish()
    }
    let output = try fields.choice(
      "output", [("logits", ModelOutputKind.logits), ("probabilities", .probabilities), ("value", .value)])
    _ = pipeline.evaluate(
      try pipeline.output("model", ModelArtifact.self, &fields),
      on: try pipeline.output("examples", Examples.self, &fields), split: try fields.text("split") ?? "evaluation",
      metrics: metrics, slices: slices, thresholds: thresholds, output: output ?? .logits,
      confidence: try fields.whole("jackknife", in: 2...1000).map { .jackknife(parts: $0) },
      weights: try fields.text("weights"), named: name)
  }

  private static let addServingCheck: Adding = { (pipeline, name, fields) throws(TensorError) in
    _ = pipeline.checkServing(
      try pipeline.output("model", ModelArtifact.self, &fields),
      with: try pipeline.output("examples", Examples.self, &fields), split: try fields.text("split") ?? "evaluation",
      rows: try fields.whole("rows", in: 1...10_000) ?? 10, named: name)
  }

  private static let addPush: Adding = { (pipeline, name, fields) throws(TensorError) in
    var blessings: [StepOutput<ModelBlessing>] = []
    for text in try fields.texts("if") ?? [] {
      blessings.append(try pipeline.reference(text, ModelBlessing.self, "\(fields.place), 'if'"))
    }
    let model = try pipeline.output("model", ModelArtifact.self, &fields)
    let folder = try fields.need("to", "a folder") { $0.asString }
    pipeline.push(model, if: blessings, to: folder, named: name)
  }

  private static let addPredict: Adding = { (pipeline, name, fields) throws(TensorError) in
    _ = pipeline.predict(
      try pipeline.output("examples", Examples.self, &fields),
      with: try pipeline.output("model", ModelArtifact.self, &fields),
      split: try fields.text("split") ?? "evaluation", keeping: try fields.texts("keep") ?? [],
      if: try pipeline.optionalOutput("if", ModelBlessing.self, &fields), named: name)
  }

  private static let addCommand: Adding = { (pipeline, name, fields) throws(TensorError) in
    let words = try fields.need("command", "a list of words") { value -> [String]? in
      guard let list = value.asList, !list.isEmpty else { return nil }
      let texts = list.compactMap(\.asString)
      return texts.count == list.count ? texts : nil
    }
    var inputs: [StepInput] = []
    for (key, value) in (try fields.take("inputs", "an object of names of outputs") { $0.asDictionary } ?? [:]).sorted(
      by: { $0.key < $1.key })
    {
      guard let text = value.asString else { throw fields.mistake("inputs", "an object of names of outputs") }
      let (step, output) = try pipeline.find(text, type: nil, "\(fields.place), input '\(key)'")
      let type = try pipeline.step(step).outputs.first { $0.key == output }?.type ?? OtherFile.name
      inputs.append(StepInput(key: key, type: type, source: .output(step: step, key: output)))
    }
    var outputs: [OutputDescription] = []
    for (key, value) in (try fields.take("outputs", "an object of types") { $0.asDictionary } ?? [:]).sorted(by: {
      $0.key < $1.key
    }) {
      guard let type = value.asString else { throw fields.mistake("outputs", "an object of types") }
      outputs.append(OutputDescription(key: key, type: type))
    }
    pipeline.command(
      name, words, inputs: inputs, outputs: outputs,
      parameters: try fields.take("parameters", "an object") { $0.asDictionary } ?? [:],
      files: try fields.texts("files") ?? [], version: try fields.text("version") ?? "1",
      isCached: try fields.flag("cached") ?? true)
  }
}
