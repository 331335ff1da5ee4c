import ApusNN
import ApusOptim

/// What callbacks see of a ``Trainer`` that is training, whatever its batches are.
public protocol TrainingRun: AnyObject {
  /// The model that is trained.
  var model: any Module { get }
  /// What changes its parameters, mostly one.
  var optimizers: [Optimizer] { get }
  /// The number of epochs that are over.
  var epoch: Int { get }
  /// The number of training steps so far.
  var step: Int { get }
  /// The values of the epochs so far.
  var history: [EpochValues] { get }

  /// Ends the run after this step, as if all epochs had been made.
  func stop()

  /// Gives the loggers a value with those of this step; the last one of an epoch also stands among the epoch's values.
  func log(_ name: String, _ value: Double)

  /// Writes a line above the progress.
  func say(_ line: String)

  /// Writes all that is needed to resume. Of several processes that train together all call it, and one writes.
  func save(to path: String) throws

  /// Computes the running statistics of batch normalisations anew over the training batches, which weights that were not
  /// trained themselves, such as averages, need: ``updateBN(_:_:device:)``.
  func updateBatchStatistics() throws

  /// Whether this process writes files: of several that train together, one does.
  var isMain: Bool { get }

  /// The parameters and buffers of the whole model. Of several processes that train together all call it, for each may have parts.
  func weights() throws -> StateDict
}

extension TrainingRun {
  public func weights() throws -> StateDict { model.stateDict() }
  public var isMain: Bool { true }
}
