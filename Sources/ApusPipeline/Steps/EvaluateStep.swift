import Apus
import ApusFeatures
import ApusFormats

/// What the first output of a model is, for measures that take probabilities.
public enum ModelOutputKind: String, Sendable {
  /// Numbers whose softmax (or logistic function, of a single one) are probabilities.
  case logits
  /// Probabilities of classes, or of the second one of two.
  case probabilities
  /// A number.
  case value
}

extension Pipeline {
  /// Measures a model on a split, in whole and by slices, and decides whether it may serve: TensorFlow Extended's `Evaluator`.
  ///
  ///     let (evaluation, blessing) = penguins.evaluate(
  ///       model, on: examples, metrics: [.accuracy], slices: [.whole, .column("island")],
  ///       thresholds: [
  ///         .bounds("accuracy", from: 0.9),
  ///         .change("accuracy", absolute: -0.02, slices: .all, leastExamples: 20),
  ///       ])
  ///
  /// Changes are measured against the model that is in service: the newest that this pipeline pushed. Where there is none yet, only bounds count.
  /// - Parameters:
  ///   - model: written by ``train(_:with:settings:parameters:outputName:version:named:_:)``, or as `exportServed` writes it.
  ///   - output: what the model's first output is.
  ///   - confidence: how intervals are estimated; nil for none.
  ///   - weights: the column of weights.
  /// - Returns: the measures, and the decision, by which ``push(_:if:to:named:)`` goes.
  public mutating func evaluate(
    _ model: StepOutput<ModelArtifact>, on examples: StepOutput<Examples>, split: String = "evaluation",
    metrics: [EvaluationMetric], slices: [SliceSpecification] = [.whole], thresholds: [MetricThreshold] = [],
    output: ModelOutputKind = .logits, confidence: SlicedEvaluation.Confidence? = nil, weights: String? = nil,
    named name: String = "evaluator"
  ) -> (evaluation: StepOutput<ModelEvaluation>, blessing: StepOutput<ModelBlessing>) {
    var evaluation = SlicedEvaluation(metrics: metrics, slices: slices)
    evaluation.confidence = confidence
    evaluation.weights = weights
    return addEvaluator(
      name, model, examples, split, evaluation, thresholds, version: "1", output: output.rawValue
    ) { folder in
      let predictor = try BatchPredictor(folder: folder)
      return { part in
        (output.predictions(try predictor.outputs(part)[0]), try predictor.transform.targets(of: part))
      }
    }
  }

  /// Measures a model of any kind, as the other one does those of tables.
  ///
  ///     let (evaluation, blessing) = digits.evaluate(
  ///       model, on: examples, metrics: [.accuracy], slices: [.whole, .column("digit")]) { folder in
  ///       let program = try Program.load(folder + "/1/model.apus")
  ///       return { part in (try program(part["image"].tensor())[0], try part["digit"].tensor()) }
  ///     }
  /// - Parameters:
  ///   - version: the version of the code in `reading`; without one the step runs again after each build that changed the program.
  ///   - reading: reads the model in a folder, and gives what tells predictions ([rows] or [rows, classes]) and targets ([rows]) of rows.
  public mutating func evaluate(
    _ model: StepOutput<ModelArtifact>, on examples: StepOutput<Examples>, split: String = "evaluation",
    metrics: [EvaluationMetric], slices: [SliceSpecification] = [.whole], thresholds: [MetricThreshold] = [],
    confidence: SlicedEvaluation.Confidence? = nil, weights: String? = nil, version: String? = nil,
    named name: String = "evaluator",
    reading: @escaping @Sendable (String) throws -> (Table) throws -> (predictions: Tensor, targets: Tensor)
  ) -> (evaluation: StepOutput<ModelEvaluation>, blessing: StepOutput<ModelBlessing>) {
    var evaluation = SlicedEvaluation(metrics: metrics, slices: slices)
    evaluation.confidence = confidence
    evaluation.weights = weights
    return addEvaluator(name, model, examples, split, evaluation, thresholds, version: version, output: "", reading)
  }

  private mutating func addEvaluator(
    _ name: String, _ model: StepOutput<ModelArtifact>, _ examples: StepOutput<Examples>, _ split: String,
    _ evaluation: SlicedEvaluation, _ thresholds: [MetricThreshold], version: String?, output: String,
    _ reading: @escaping @Sendable (String) throws -> (Table) throws -> (predictions: Tensor, targets: Tensor)
  ) -> (evaluation: StepOutput<ModelEvaluation>, blessing: StepOutput<ModelBlessing>) {
    add(
      PipelineStep(
        name, type: "Evaluator", version: version,
        inputs: [
          StepInput("examples", examples), StepInput("model", model),
          StepInput("baseline_model", latest: PushedModel.self, where: ["pushed": 1]),
        ],
        outputs: [
          OutputDescription("evaluation", ModelEvaluation.self), OutputDescription("blessing", ModelBlessing.self),
        ],
        parameters: [
          "split": .string(split), "metrics": .list(evaluation.metrics.map { .string($0.name) }),
          "slices": .string("\(evaluation.slices)"), "thresholds": .string("\(thresholds)"), "output": .string(output),
          "confidence": .string("\(evaluation.confidence.map { "\($0)" } ?? "none")"),
          "weights": .string(evaluation.weights ?? ""),
        ]
      ) { step in
        try judge(evaluation, thresholds, split: split, step, reading)
      })
    return (StepOutput(step: name, key: "evaluation"), StepOutput(step: name, key: "blessing"))
  }
}

private func judge(
  _ evaluation: SlicedEvaluation, _ thresholds: [MetricThreshold], split: String, _ step: StepRun,
  _ reading: (String) throws -> (Table) throws -> (predictions: Tensor, targets: Tensor)
) throws {
  let examples = try step.input("examples")
  func measure(_ model: Artifact) throws -> EvaluationResults {
    let predict = try reading(model.path)
    var reader = try ExampleReader(examples, split: split)
    return try evaluation.run(next: { try reader.nextBatch() }, predict)
  }
  let results = try measure(step.input("model"))
  let before = try step.inputs("baseline_model").first.map { try measure($0) }
  let folder = try step.output("evaluation")
  try results.write(to: "\(folder)/evaluation.json")
  try before?.write(to: "\(folder)/baseline.json")
  // Without a model in service there is nothing that a change could be measured against.
  let validation = try results.validate(thresholds.filter { before != nil || !$0.isChange }, baseline: before)
  try validation.write(to: "\(folder)/validation.json")
  try results.write(page: "\(folder)/evaluation.html", baseline: before, validation: validation)
  try validation.write(to: "\(try step.output("blessing"))/validation.json")
  try step.describe("blessing", ["blessed": .int(validation.isOK ? 1 : 0)])
  var said: [String: SettingValue] = ["blessed": .bool(validation.isOK)]
  for metric in results.metrics {
    if let value = results.value(metric.name) { said[metric.name] = .double(value) }
    if let value = before?.value(metric.name) { said["baseline_\(metric.name)"] = .double(value) }
  }
  step.note(said)
  step.log("\(validation)")
}

extension ModelOutputKind {
  /// Predictions as measures take them: [rows] or [rows, classes].
  fileprivate func predictions(_ output: Tensor) -> Tensor {
    let isSingle = output.rank == 2 && output.shape[1] == 1
    let flat = isSingle ? output.squeeze(1) : output
    guard self == .logits else { return flat }
    return flat.rank == 1 ? flat.sigmoid() : flat.softmax(-1)
  }
}
