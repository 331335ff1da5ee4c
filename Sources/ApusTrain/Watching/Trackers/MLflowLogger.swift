import ApusCore

/// Writes a run into a file store of MLflow, which `mlflow ui --backend-store-uri ./mlruns` shows:
///
///     trainer.loggers = [try MLflowLogger(trackingURI: "file:./mlruns", experiment: "digits", params: ["lr": 0.003])]
///
/// Names are those of the epochs' values with a slash: `train/loss`, `validation/accuracy`, at the number of the epoch; those of
/// steps are `step/loss`, at the number of the step.
public final class MLflowLogger: TrainingLogger {
  /// The number of the experiment.
  public let experimentID: String
  /// The id of the run.
  public let runID: String
  /// The folder of the run.
  public let folder: String
  private let run: MLflowRun
  private let everySteps: Int

  /// - Parameters:
  ///   - trackingURI: the store: a folder, or `file:` and a folder.
  ///   - experiment: the name of the experiment, which is made where the store has none of this name.
  ///   - runName: the run's name, for people; nil for the beginning of its id.
  ///   - params: settings of the run, such as hyperparameters.
  ///   - tags: texts by name.
  ///   - everySteps: how many training steps lie between two that are recorded; 0 for none.
  /// - Throws: `TensorError` when folders or files cannot be made, of kind `unsupported` for a store that is no folder.
  public init(
    trackingURI: String = "file:./mlruns", experiment: String = "Default", runName: String? = nil,
    params: [String: SettingValue] = [:], tags: [String: String] = [:], everySteps: Int = 10
  ) throws {
    run = try MLflowRun(trackingURI: trackingURI, experiment: experiment, name: runName)
    (experimentID, runID, folder) = (run.experimentID, run.id, run.folder)
    self.everySteps = everySteps
    for (name, value) in params { try run.setParam(name, value) }
    for (name, value) in tags { try run.setTag(name, value) }
  }

  public func log(step: Int, values: [(name: String, value: Double)]) throws {
    guard everySteps > 0, step % everySteps == 0 else { return }
    for (name, value) in values { try logMetric("step/" + name, value, step: step) }
  }

  public func log(epoch: EpochValues, step: Int) throws {
    for name in epoch.names { try logMetric(runTag(name), epoch[name] ?? .nan, step: epoch.epoch) }
  }

  /// Records a value, as `mlflow.log_metric`.
  /// - Throws: `TensorError` of kind `value` for a name that MLflow does not take, of kind `file` when writing fails.
  public func logMetric(_ name: String, _ value: Double, step: Int) throws {
    try run.logMetric(name, value, step: step)
  }

  /// Sets a parameter, as `mlflow.log_param`.
  /// - Throws: as ``logMetric(_:_:step:)``.
  public func logParam(_ name: String, _ value: SettingValue) throws { try run.setParam(name, value) }

  /// Sets a tag, as `mlflow.set_tag`.
  /// - Throws: as ``logMetric(_:_:step:)``.
  public func setTag(_ name: String, _ value: String) throws { try run.setTag(name, value) }

  /// Copies a file, such as a checkpoint, into the run, as `mlflow.log_artifact`.
  /// - Parameter artifactPath: the folder among the artifacts.
  /// - Throws: `TensorError` when that is not possible.
  public func logArtifact(_ path: String, artifactPath: String = "") throws {
    try run.logArtifact(path, artifactPath: artifactPath)
  }

  public func close() throws { try run.writeState(.finished, end: MLflowRun.now()) }
}
