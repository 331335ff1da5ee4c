import ApusCore

/// Takes part in a training run.
public protocol TrainingCallback: AnyObject {
  /// An epoch is over, its values are known; also those of earlier epochs are in `trainer.history`.
  /// - Returns: whether training goes on.
  func epochEnded(_ values: EpochValues) throws -> Bool

  /// A training step is over.
  func stepEnded(step: Int, loss: Double) throws

  /// Numbers that a checkpoint keeps, so that a resumed run goes on as it was.
  var state: [Double] { get set }
}

extension TrainingCallback {
  public func epochEnded(_ values: EpochValues) throws -> Bool { true }
  public func stepEnded(step: Int, loss: Double) throws {}
  public var state: [Double] {
    get { [] }
    set {}
  }
}

/// Ends training when a value has not become better for `patience` epochs in a row. A value that is not a number is not
/// better than any.
public final class EarlyStopping: TrainingCallback {
  public let monitor: String
  public let patience: Int
  public let minDelta: Double
  public let isLoss: Bool
  /// The best value so far.
  public private(set) var best: Double?
  private var badEpochs = 0

  /// - Parameters:
  ///   - monitor: the name of the value.
  ///   - isLoss: whether less is better.
  ///   - minDelta: how much better counts.
  public init(monitor: String = "validation loss", isLoss: Bool = true, patience: Int = 5, minDelta: Double = 0) {
    self.monitor = monitor
    self.isLoss = isLoss
    self.patience = patience
    self.minDelta = minDelta
  }

  public func epochEnded(_ values: EpochValues) throws -> Bool {
    guard let value = values[monitor] else {
      throw TensorError(
        .value, "EarlyStopping",
        "there is no value '\(monitor)' to watch; this run has \(values.names.joined(separator: ", "))")
    }
    if isBetter(value, than: best, isLoss: isLoss, by: minDelta) {
      best = value
      badEpochs = 0
      return true
    }
    badEpochs += 1
    return badEpochs < patience
  }

  public var state: [Double] {
    get { [best ?? .nan, Double(badEpochs)] }
    set {
      guard newValue.count == 2 else { return }
      best = newValue[0].isNaN ? nil : newValue[0]
      badEpochs = newValue[1].magnitude < 1e9 ? Int(newValue[1]) : 0
    }
  }
}

/// Whether `value` is better than the best one so far. One that is not a number never is.
func isBetter(_ value: Double, than best: Double?, isLoss: Bool, by minDelta: Double = 0) -> Bool {
  guard let best else { return !value.isNaN }
  return isLoss ? value < best - minDelta : value > best + minDelta
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
