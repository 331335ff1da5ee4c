import Apus
import ApusFeatures
import ApusFormats

/// How a network for tables is trained, as a file tells it: linear layers with ReLU between, a class or a number as the label.
struct TableTraining: Sendable {
  private var hidden = [64]
  private var dropout = 0.0
  private var epochs = 50
  private var batchSize = 32
  private var rate = 1e-3
  private var decay = 0.01
  private var seed = 0
  private var train = "train"
  private var validation: String?
  private var patience: Int?

  init(_ fields: inout StepFields) throws(TensorError) {
    hidden =
      try fields.take("hidden", "a list of sizes from 1 to \(1 << 20)") { value in
        value.asList.flatMap { list in
          let sizes = list.compactMap(\.asInt).filter { (1...1 << 20).contains($0) }
          return sizes.count == list.count ? sizes : nil
        }
      } ?? hidden
    dropout = try fields.number("dropout") ?? dropout
    epochs = try fields.whole("epochs", in: 1...1_000_000) ?? epochs
    batchSize = try fields.whole("batch_size", in: 1...1 << 24) ?? batchSize
    rate = try fields.number("lr") ?? rate
    decay = try fields.number("weight_decay") ?? decay
    seed = try fields.whole("seed", in: 0...Int.max) ?? seed
    train = try fields.text("split") ?? train
    validation = try fields.text("validation")
    patience = try fields.whole("patience", in: 1...1_000_000)
    guard (0..<1).contains(dropout) else { throw fields.mistake("dropout", "a number from 0 and below 1") }
    guard rate > 0, rate.isFinite else { throw fields.mistake("lr", "a number above 0") }
    guard decay >= 0, decay.isFinite else { throw fields.mistake("weight_decay", "a number from 0") }
  }

  /// All of it, as the lineage keeps it.
  var parameters: [String: SettingValue] {
    [
      "hidden": .list(hidden.map { .int($0) }), "dropout": .double(dropout), "epochs": .int(epochs),
      "batch_size": .int(batchSize), "lr": .double(rate), "weight_decay": .double(decay), "seed": .int(seed),
      "split": .string(train), "validation": validation.map { .string($0) } ?? .none,
      "patience": patience.map { .int($0) } ?? .none,
    ]
  }

  /// The same with settings that a search found.
  func merging(_ settings: [String: SettingValue], _ place: String) throws(TensorError) -> TableTraining {
    guard !settings.isEmpty else { return self }
    var all = settings
    // A search has numbers, and no lists of them.
    if let layers = settings["layers"]?.asInt ?? (settings["width"] == nil ? nil : hidden.count) {
      let width = settings["width"]?.asInt ?? hidden.first ?? 64
      guard (0...1000).contains(layers) else {
        throw TensorError(.value, place, "'layers' must be a whole number from 0 to 1000, and is \(layers)")
      }
      all["hidden"] = .list([SettingValue](repeating: .int(width), count: layers))
    }
    all["layers"] = nil
    all["width"] = nil
    var fields = try StepFields(.dictionary(parameters.merging(all) { $1 }), place)
    let merged = try TableTraining(&fields)
    try fields.finish()
    return merged
  }

  /// Trains a network.
  func train(_ data: TrainingData, _ step: StepRun) throws -> Sequential {
    let (model, values) = try fit(data, step, folder: step.scratch)
    for name in values?.names ?? [] {
      if let value = values?[name], value.isFinite { step.note([name.replacing(" ", with: "_"): .double(value)]) }
    }
    return model
  }

  /// The loss of a trained network on the split for validation.
  func validationLoss(_ data: TrainingData, _ step: StepRun) throws -> Double {
    guard validation != nil else {
      throw TensorError(.value, "tune", "'validation' is missing: the name of the split whose loss is to become small")
    }
    return try fit(data, step, folder: nil).values?["validation loss"] ?? .nan
  }

  private func fit(_ data: TrainingData, _ step: StepRun, folder: String?) throws -> (
    model: Sequential, values: EpochValues?
  ) {
    manualSeed(seed)
    let (features, targets) = try data.tensors(train)
    let classes = data.transform.classNames.count
    let isClass = classes > 0
    var layers: [any Layer] = []
    var width = features.shape[1]
    for size in hidden {
      layers += [Linear(width, size), ReLU()]
      if dropout > 0 { layers.append(Dropout(dropout)) }
      width = size
    }
    layers.append(Linear(width, isClass ? classes : 1))
    if !isClass {
      layers.append(Flatten(startDim: 0))
      layers.append(TargetScale(mean: targets.mean().item(), deviation: max(targets.std().item(), 1e-12)))
    }
    let model = Sequential(layers)
    let loader = DataLoader(TensorDataset(features, targets), batchSize: batchSize, shuffle: true)
    let held = try validation.map { split in
      let (features, targets) = try data.tensors(split)
      return DataLoader(TensorDataset(features, targets), batchSize: 1024, shuffle: false)
    }
    let optimizer = AdamW(model.parameters(), lr: rate, weightDecay: decay)
    let trainer =
      isClass
      ? Trainer(model, optimizer: optimizer, loss: CrossEntropyLoss())
      : Trainer(model, optimizer: optimizer, loss: MSELoss())
    trainer.progress = .none
    if isClass { trainer.metrics = [.accuracy] }
    if let patience, held != nil {
      trainer.callbacks.append(EarlyStopping(patience: patience, restoreBestWeights: true))
    }
    if let folder {
      trainer.checkpoints = CheckpointPlan(folder: folder)
      let last = "\(folder)/last.safetensors"
      if fileExists(last) {
        try trainer.resume(from: last)
        step.log("goes on from \(last)")
      }
    }
    let values = try trainer.fit(loader, validation: held, epochs: epochs).last
    return (model, values)
  }
}

/// Brings a number of mean 0 and deviation 1 to those of the targets.
private final class TargetScale: Layer {
  private let mean: Double, deviation: Double

  init(mean: Double, deviation: Double) { (self.mean, self.deviation) = (mean, deviation) }

  func forward(_ x: Tensor) -> Tensor { x * deviation + mean }
}
