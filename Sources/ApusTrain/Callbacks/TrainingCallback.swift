import ApusCore
import ApusNN

/// Takes part in a training run. Every method has a default that does nothing.
///
/// In an epoch the order is: ``epochStarted(_:of:)``, for each step ``gradientsReady(_:)`` and ``stepEnded(_:loss:of:)``, then
/// ``validationStarted(_:)`` and ``validationEnded(_:)``, then ``epochEnded(_:of:)``. What a method throws ends the run.
public protocol TrainingCallback: AnyObject {
  /// A call of `fit` begins, after a checkpoint has been loaded.
  func runStarted(_ run: any TrainingRun) throws
  /// A call of `fit` ends, by the error if it is not nil.
  func runEnded(_ run: any TrainingRun, error: (any Error)?) throws

  /// Epoch `epoch`, from 1, begins or goes on after a checkpoint inside it.
  func epochStarted(_ epoch: Int, of run: any TrainingRun) throws
  /// An epoch is over, its values are known; those of earlier epochs are in `run.history`.
  /// - Returns: whether training goes on.
  func epochEnded(_ values: EpochValues, of run: any TrainingRun) throws -> Bool
  /// ``epochEnded(_:of:)`` for callbacks that need nothing of the run.
  func epochEnded(_ values: EpochValues) throws -> Bool

  /// The gradients of a step are there, neither bounded nor used yet.
  func gradientsReady(_ run: any TrainingRun) throws
  /// A training step is over.
  func stepEnded(_ step: Int, loss: Double, of run: any TrainingRun) throws
  /// ``stepEnded(_:loss:of:)`` for callbacks that need nothing of the run.
  func stepEnded(step: Int, loss: Double) throws

  /// The validation batches come next.
  func validationStarted(_ run: any TrainingRun) throws
  /// The validation batches are over.
  func validationEnded(_ run: any TrainingRun) throws

  /// Numbers that a checkpoint keeps, so that a resumed run goes on as it was.
  var state: [Double] { get set }
  /// Tensors that a checkpoint keeps. They are set before ``runStarted(_:)``.
  var tensors: StateDict { get set }
}

extension TrainingCallback {
  public func runStarted(_ run: any TrainingRun) throws {}
  public func runEnded(_ run: any TrainingRun, error: (any Error)?) throws {}
  public func epochStarted(_ epoch: Int, of run: any TrainingRun) throws {}
  public func epochEnded(_ values: EpochValues, of run: any TrainingRun) throws -> Bool { try epochEnded(values) }
  public func epochEnded(_ values: EpochValues) throws -> Bool { true }
  public func gradientsReady(_ run: any TrainingRun) throws {}
  public func stepEnded(_ step: Int, loss: Double, of run: any TrainingRun) throws {
    try stepEnded(step: step, loss: loss)
  }
  public func stepEnded(step: Int, loss: Double) throws {}
  public func validationStarted(_ run: any TrainingRun) throws {}
  public func validationEnded(_ run: any TrainingRun) throws {}
  public var state: [Double] {
    get { [] }
    set {}
  }
  public var tensors: StateDict {
    get { StateDict() }
    set {}
  }
}

/// A callback made of functions.
public final class Callback: TrainingCallback {
  private let onEpoch: (EpochValues) throws -> Bool
  private let onStep: (Int, Double) throws -> Void

  /// `onEpoch` gets the values of each epoch and says whether to go on; `onStep` the number and loss of each step.
  public init(
    onEpoch: @escaping (EpochValues) throws -> Bool = { _ in true },
    onStep: @escaping (_ step: Int, _ loss: Double) throws -> Void = { _, _ in }
  ) {
    self.onEpoch = onEpoch
    self.onStep = onStep
  }

  public func epochEnded(_ values: EpochValues) throws -> Bool { try onEpoch(values) }
  public func stepEnded(step: Int, loss: Double) throws { try onStep(step, loss) }
}
