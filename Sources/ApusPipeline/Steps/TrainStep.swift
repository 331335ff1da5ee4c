import Apus
import ApusFeatures
import ApusFormats

extension Pipeline {
  /// Trains a model on features that a transform makes of examples: TensorFlow Extended's `Trainer`. The model is written with its
  /// transform, so that it serves raw rows.
  ///
  ///     let model = penguins.train(examples, with: transform, parameters: ["epochs": 20]) { data, step in
  ///       let (features, classes) = try data.tensors("train")
  ///       let model = Sequential(Linear(features.shape[1], 32), ReLU(), Linear(32, data.transform.classNames.count))
  ///       ...
  ///       return model
  ///     }
  /// - Parameters:
  ///   - settings: what ``tune(_:with:trials:direction:version:named:_:)`` found; ``TrainingData/settings`` has it.
  ///   - parameters: further settings, which the step's ``StepRun/parameters`` has.
  ///   - outputName: what the served model calls its output.
  ///   - version: the version of the code in `body`. Without one, the step runs again after each build that changed the program.
  ///   - body: gives the model, which takes the features of rows, shape [rows, features]. In ``StepRun/scratch`` it may keep checkpoints, which are
  ///     there when the step was ended before its end.
  public mutating func train<Model: Layer>(
    _ examples: StepOutput<Examples>, with transform: StepOutput<TransformGraph>,
    settings: StepOutput<HyperParameters>? = nil, parameters: [String: SettingValue] = [:],
    outputName: String = "output", version: String? = nil, named name: String = "trainer",
    _ body: @escaping @Sendable (TrainingData, StepRun) throws -> Model
  ) -> StepOutput<ModelArtifact> {
    var inputs = [StepInput("examples", examples), StepInput("transform_graph", transform)]
    if let settings { inputs.append(StepInput("hyperparameters", settings)) }
    let hasSettings = settings != nil
    return add(
      PipelineStep(
        name, type: "Trainer", version: version, inputs: inputs,
        outputs: [OutputDescription("model", ModelArtifact.self)],
        parameters: parameters
      ) { step in
        let data = try TrainingData(step, hasSettings: hasSettings)
        let model = try body(data, step)
        _ = model.eval()
        try exportServed(model, transform: data.transform, to: try step.output("model"), outputName: outputName)
      }, giving: "model", ModelArtifact.self)
  }

  /// Trains a model in any way; `body` writes it to the folder of the output `model`, as `1/model.apus` with a configuration beside it if there is
  /// one.
  public mutating func train(
    _ examples: StepOutput<Examples>? = nil, files: [String] = [], parameters: [String: SettingValue] = [:],
    version: String? = nil, named name: String = "trainer", writing body: @escaping @Sendable (StepRun) throws -> Void
  ) -> StepOutput<ModelArtifact> {
    add(
      PipelineStep(
        name, type: "Trainer", version: version, inputs: examples.map { [StepInput("examples", $0)] } ?? [],
        outputs: [OutputDescription("model", ModelArtifact.self)], parameters: parameters, files: files, body: body),
      giving: "model", ModelArtifact.self)
  }

  /// Searches for settings: TensorFlow Extended's `Tuner`. The study lies in the step's scratch folder, so that a search which was ended goes on.
  ///
  ///     let settings = penguins.tune(examples, with: transform, trials: 30, direction: .maximize) { trial, data, step in
  ///       let rate = try trial.suggest("lr", 1e-4...1e-1, log: true)
  ///       ...
  ///       return accuracy
  ///     }
  /// - Parameters:
  ///   - trials: how many settings are tried.
  ///   - direction: whether the value of `body` is to become small or large.
  public mutating func tune(
    _ examples: StepOutput<Examples>, with transform: StepOutput<TransformGraph>, trials: Int,
    direction: StudyDirection = .minimize, parameters: [String: SettingValue] = [:], version: String? = nil,
    named name: String = "tuner", _ body: @escaping @Sendable (Trial, TrainingData, StepRun) throws -> Double
  ) -> StepOutput<HyperParameters> {
    var all = parameters
    all["trials"] = .int(trials)
    all["direction"] = .string(direction.rawValue)
    return add(
      PipelineStep(
        name, type: "Tuner", version: version,
        inputs: [StepInput("examples", examples), StepInput("transform_graph", transform)],
        outputs: [OutputDescription("best_hyperparameters", HyperParameters.self)], parameters: all
      ) { step in
        let data = try TrainingData(step, hasSettings: false)
        let study = try Study(
          "tuner", storage: openStudyStorage("journal:///\(step.scratch)/study.log"), direction: direction,
          ifExists: .resume)
        let done = try study.trials(.complete, .pruned).count
        if done < trials { try study.optimize(trials: trials - done) { try body($0, data, step) } }
        let best = try study.bestParams
        let folder = try step.output("best_hyperparameters")
        try writeText(SettingValue.dictionary(best).json + "\n", to: "\(folder)/best_hyperparameters.txt")
        step.note(["best_value": .double(try study.bestValue), "trials": .int(try study.trials.count)])
      }, giving: "best_hyperparameters", HyperParameters.self)
  }
}

/// What a training step has: examples, the transform fitted on them, and settings.
public struct TrainingData: Sendable {
  /// The transform.
  public let transform: FittedTransform
  /// What a search found; empty where there was none.
  public let settings: [String: SettingValue]
  private let examples: Artifact

  init(_ step: StepRun, hasSettings: Bool) throws {
    examples = try step.input("examples")
    transform = try FittedTransform.load(try step.input("transform_graph").path)
    settings =
      try hasSettings
      ? SettingValue(file: step.input("hyperparameters").path("best_hyperparameters.txt")).asDictionary ?? [:] : [:]
  }

  /// The raw rows of a split, part by part.
  /// - Throws: `TensorError` of kind `file` that names the splits which there are.
  public func rows(_ split: String) throws -> ExampleReader { try ExampleReader(examples, split: split) }

  /// The raw rows of a split as one table.
  public func table(_ split: String) throws -> Table { try ExampleReader.table(examples, split: split) }

  /// The features of a split, shape [rows, features], and the targets, shape [rows].
  /// - Throws: `TensorError` where the transform has no label.
  public func tensors(_ split: String) throws -> (features: Tensor, targets: Tensor) {
    let table = try table(split)
    return (try transform(table).dense, try transform.targets(of: table))
  }
}
