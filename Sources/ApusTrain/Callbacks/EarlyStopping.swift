import ApusCore
import ApusNN

/// Ends training when a value has not become better for `patience` epochs in a row. A value that is not a number is not
/// better than any.
public final class EarlyStopping: TrainingCallback {
  public let monitor: String
  public let patience: Int
  public let minDelta: Double
  public let isLoss: Bool
  /// Training also ends as soon as the value is this good.
  public let stoppingThreshold: Double?
  /// Training also ends as soon as the value is worse than this.
  public let divergenceThreshold: Double?
  /// Whether the model has the weights of the best epoch at the end.
  public let restoreBestWeights: Bool
  /// The best value so far.
  public private(set) var best: Double?
  private var bestWeights: StateDict?
  private var badEpochs = 0

  /// - Parameters:
  ///   - monitor: the name of the value.
  ///   - isLoss: whether less is better.
  ///   - minDelta: how much better counts.
  ///   - stoppingThreshold: a value that is good enough.
  ///   - divergenceThreshold: a value that is beyond hope.
  ///   - restoreBestWeights: give the model the weights of the best epoch at the end.
  public init(
    monitor: String = "validation loss", isLoss: Bool = true, patience: Int = 5, minDelta: Double = 0,
    stoppingThreshold: Double? = nil, divergenceThreshold: Double? = nil, restoreBestWeights: Bool = false
  ) {
    self.monitor = monitor
    self.isLoss = isLoss
    self.patience = patience
    self.minDelta = minDelta
    self.stoppingThreshold = stoppingThreshold
    self.divergenceThreshold = divergenceThreshold
    self.restoreBestWeights = restoreBestWeights
  }

  public func epochEnded(_ values: EpochValues) throws -> Bool {
    let value = try values.watched(monitor, by: "EarlyStopping")
    if let stoppingThreshold, isBetter(value, than: stoppingThreshold, isLoss: isLoss) { return false }
    if let divergenceThreshold, isBetter(divergenceThreshold, than: value, isLoss: isLoss) { return false }
    if isBetter(value, than: best, isLoss: isLoss, by: minDelta) {
      best = value
      badEpochs = 0
      return true
    }
    badEpochs += 1
    return badEpochs < patience
  }

  public func epochEnded(_ values: EpochValues, of run: any TrainingRun) throws -> Bool {
    let goesOn = try epochEnded(values)
    if restoreBestWeights && badEpochs == 0 { bestWeights = run.model.stateDict() }
    return goesOn
  }

  public func runEnded(_ run: any TrainingRun, error: (any Error)?) throws {
    if error == nil, let bestWeights { try run.model.loadStateDict(bestWeights) }
  }

  public var tensors: StateDict {
    get { bestWeights ?? StateDict() }
    set { bestWeights = newValue.isEmpty ? nil : newValue }
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

extension EpochValues {
  /// The value of a name that `watcher` was told to watch.
  /// - Throws: `TensorError` with the names that there are.
  package func watched(_ name: String, by watcher: String) throws(TensorError) -> Double {
    // Keras' names are understood too.
    let other = name.hasPrefix("val_") ? "validation " + name.dropFirst(4) : name
    if let value = self[name] ?? self[other] { return value }
    throw TensorError(
      .value, watcher, "there is no value '\(name)' to watch; this run has \(names.joined(separator: ", "))")
  }
}
