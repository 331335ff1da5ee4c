import ApusCore
import ApusData
import ApusFormats
import ApusNN
import ApusTrain

extension Trial {
  /// Reports an epoch's value of a training run after each epoch and ends the run when the pruner says so: `fit` then throws
  /// ``TrialPruned``, which the objective lets pass.
  ///
  /// With a folder the run is saved in `folder/trial-N`, the weights of its best epoch as `best.safetensors`, and a trial that was
  /// interrupted and is tried again goes on from its last checkpoint, also inside an epoch. Call it when the trainer is ready for
  /// `fit`.
  /// - Parameters:
  ///   - monitor: the name of the value; whether less of it is better is the study's direction.
  ///   - folder: where checkpoints go; nil to keep none.
  ///   - everySteps: steps between two checkpoints inside epochs; nil for none.
  /// - Throws: what resuming throws; `TensorError` of kind `state` with several objectives.
  public func observe<Batch>(
    _ trainer: Trainer<Batch>, monitor: String = "validation loss", folder: String? = nil, everySteps: Int? = nil
  ) throws {
    guard study.directions.count == 1 else {
      throw TensorError(
        .state, "observe",
        "the study '\(study.name)' has \(study.directions.count) objectives; report a value of each from a callback")
    }
    trainer.callbacks.append(TrialObserver(self, monitor: monitor))
    guard let folder else { return }
    let plan = CheckpointPlan(
      folder: "\(folder)/trial-\(originalNumber)", everySteps: everySteps, monitor: monitor,
      isLoss: study.directions[0] != .maximize)
    trainer.checkpoints = plan
    if originalNumber != number, fileExists(plan.lastPath) { try trainer.resume(from: plan.lastPath) }
  }

  /// The number of the trial that this one tries again, as it was first; its own otherwise.
  public var originalNumber: Int { current.retriedTrial ?? number }
}

/// Tells a trial the values of epochs.
private final class TrialObserver: TrainingCallback {
  private let trial: Trial
  private let monitor: String

  init(_ trial: Trial, monitor: String) {
    self.trial = trial
    self.monitor = monitor
  }

  func epochEnded(_ values: EpochValues) throws -> Bool {
    try trial.reportOrPrune(values.watched(monitor, by: "observe"), step: values.epoch)
    return true
  }
}
