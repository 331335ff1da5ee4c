import ApusCore
import ApusFormats
import ApusNN

/// Saves the model after epochs, as Keras' callback of that name. ``Trainer/checkpoints`` keeps runs that can be resumed.
///
///     ModelCheckpoint("runs/{epoch}-{val_loss}.safetensors", saveBestOnly: true)
public final class ModelCheckpoint: TrainingCallback {
  private let path: String
  private let monitor: String
  private let isLoss: Bool
  private let saveBestOnly: Bool
  private let saveWeightsOnly: Bool
  private let everyEpochs: Int
  private var best: Double?

  /// - Parameters:
  ///   - path: where to; `{epoch}` stands for the epoch's number, `{NAME}` for a value.
  ///   - monitor: the value that says which epoch is best.
  ///   - isLoss: whether less of it is better.
  ///   - saveBestOnly: save epochs alone that are better than all before.
  ///   - saveWeightsOnly: save parameters and buffers, else all that resuming needs.
  public init(
    _ path: String, monitor: String = "val_loss", isLoss: Bool = true, saveBestOnly: Bool = false,
    saveWeightsOnly: Bool = true, everyEpochs: Int = 1
  ) {
    self.path = path
    self.monitor = monitor
    self.isLoss = isLoss
    self.saveBestOnly = saveBestOnly
    self.saveWeightsOnly = saveWeightsOnly
    self.everyEpochs = max(1, everyEpochs)
  }

  public func epochEnded(_ values: EpochValues, of run: any TrainingRun) throws -> Bool {
    guard values.epoch % everyEpochs == 0 else { return true }
    if saveBestOnly {
      let value = try values.watched(monitor, by: "ModelCheckpoint")
      guard isBetter(value, than: best, isLoss: isLoss) else { return true }
      best = value
    }
    let path = try filled(values)
    if run.isMain, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeFolders(String(path[..<slash]))
    }
    if saveWeightsOnly {
      let weights = try run.weights()
      if run.isMain { try save(weights, to: path, metadata: ["format": "pt"]) }
    } else {
      try run.save(to: path)
    }
    return true
  }

  /// The path of an epoch.
  private func filled(_ values: EpochValues) throws -> String {
    var text = ""
    var rest = path[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      text += rest[..<open]
      text += name == "epoch" ? "\(values.epoch)" : NumberText.steady(try values.watched(name, by: "ModelCheckpoint"))
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }

  public var state: [Double] {
    get { best.map { [$0] } ?? [] }
    set { best = newValue.first }
  }
}

/// Sets the learning rate of every group before each epoch, as Keras' callback of that name.
public final class LearningRateScheduler: TrainingCallback {
  private let rate: (_ epoch: Int, _ rate: Double) -> Double

  /// - Parameter rate: the rate of an epoch, from 1, given the present one.
  public init(_ rate: @escaping (_ epoch: Int, _ rate: Double) -> Double) { self.rate = rate }

  public func epochStarted(_ epoch: Int, of run: any TrainingRun) throws {
    for optimizer in run.optimizers { optimizer.learningRates = optimizer.learningRates.map { rate(epoch, $0) } }
  }
}
