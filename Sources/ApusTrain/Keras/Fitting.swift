import ApusCompiler
import ApusCore
import ApusData
import ApusFormats
import ApusMedia
import ApusNN
import ApusOptim

/// What `fit` shows.
public enum Verbosity: Int, Sendable {
  /// Nothing.
  case silent = 0
  /// A live bar in a terminal, lines elsewhere.
  case progress = 1
  /// A line for each epoch.
  case lines = 2
}

/// What `fit` gives back: the values of each epoch.
public struct History: Sendable, CustomStringConvertible {
  /// The epochs in order.
  public let epochs: [EpochValues]

  /// The values of one name over the epochs, nan where there is none. Keras' names, `val_loss`, stand for those of the
  /// library, `validation loss`.
  public subscript(name: String) -> [Double] {
    epochs.map { (try? $0.watched(name, by: "History")) ?? .nan }
  }

  /// The values by Keras' names.
  public var history: [String: [Double]] {
    Dictionary(uniqueKeysWithValues: names.map { (Self.kerasName($0), self[$0]) })
  }

  /// The names in the order in which they came up.
  public var names: [String] {
    var found: [String] = []
    for name in epochs.flatMap(\.names) where !found.contains(name) { found.append(name) }
    return found
  }

  /// A chart of the loss, in training and in validation, or of another value.
  public func chart(_ name: String = "loss") -> Chart {
    let series = [name, "validation " + name].filter { names.contains($0) }.map {
      Chart.Series(name: $0 == name ? "training" : "validation", y: self[$0])
    }
    return Chart(title: name, xLabel: "epoch", yLabel: name, series: series)
  }

  public var description: String {
    epochs.map { epoch in
      (["epoch \(epoch.epoch)"] + epoch.names.map { "\(Self.kerasName($0)): \(epoch[$0] ?? .nan)" })
        .joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private static func kerasName(_ name: String) -> String {
    name.hasPrefix("validation ") ? "val_" + name.dropFirst(11) : name
  }
}

extension Layer {
  /// Trains the model as `compile` has set it: Keras' `fit`.
  ///
  /// - Parameters:
  ///   - x: inputs, an example a row.
  ///   - y: targets, a row each.
  ///   - validationSplit: the share of the examples, from the end and before shuffling, that is kept for validation.
  ///   - validationData: inputs and targets for validation; goes before `validationSplit`.
  ///   - classWeight: how much the loss of an example of a class counts; classes that are not named count once.
  ///   - sampleWeight: how much the loss of each example counts, `[n]`.
  /// - Returns: the values of the epochs.
  /// - Throws: `TensorError` for mistakes in model, data and weights, and where the loss is no finite number.
  @discardableResult
  public func fit(
    _ x: Tensor, _ y: Tensor, batchSize: Int = 32, epochs: Int = 1, verbose: Verbosity = .progress,
    callbacks: [any TrainingCallback] = [], validationSplit: Double = 0, validationData: (Tensor, Tensor)? = nil,
    shuffle: Bool = true, classWeight: [Int: Double]? = nil, sampleWeight: Tensor? = nil
  ) throws -> History {
    let plan = try FittingPlan.required(self, for: "fit")
    let weights = try exampleWeights(y, classWeight, sampleWeight, plan)
    let count = x.shape.first ?? 0
    guard (0..<1).contains(validationSplit) else {
      throw TensorError(.value, "fit", "validationSplit must be in 0 ..< 1, and is \(validationSplit)")
    }
    let kept = validationData == nil ? Int((Double(count) * (1 - validationSplit)).rounded(.down)) : count
    let data = try withErrors { TensorDataset(x[..<kept], y[..<kept], weights[..<kept]) }
    var validation: DataLoader<(Tensor, Tensor, Tensor)>?
    if let (inputs, targets) = validationData {
      let ones = Tensor.ones([inputs.shape.first ?? 0])
      validation = DataLoader(try withErrors { TensorDataset(inputs, targets, ones) }, batchSize: batchSize)
    } else if kept < count {
      validation = DataLoader(TensorDataset(x[kept...], y[kept...], weights[kept...]), batchSize: batchSize)
    }
    let trainer = trainer(plan, isWeighted: classWeight != nil || sampleWeight != nil)
    trainer.callbacks = callbacks
    show(trainer, verbose)
    let loader = DataLoader(data, batchSize: batchSize, shuffle: shuffle)
    return History(epochs: try trainer.fit(loader, validation: validation, epochs: epochs))
  }

  /// ``fit(_:_:batchSize:epochs:verbose:callbacks:validationSplit:validationData:shuffle:classWeight:sampleWeight:)`` with batches
  /// of a loader.
  @discardableResult
  public func fit(
    _ loader: DataLoader<(Tensor, Tensor)>, epochs: Int = 1, verbose: Verbosity = .progress,
    callbacks: [any TrainingCallback] = [], validationData: DataLoader<(Tensor, Tensor)>? = nil
  ) throws -> History {
    let plan = try FittingPlan.required(self, for: "fit")
    let mean = plan.loss.mean
    let trainer = Trainer(self, optimizer: plan.optimizer) { output, target in mean(output, target) }
    trainer.compiles = plan.jitCompile
    trainer.precision = plan.precision
    trainer.metrics = plan.metrics
    trainer.callbacks = callbacks
    show(trainer, verbose)
    return History(epochs: try trainer.fit(loader, validation: validationData, epochs: epochs))
  }

  /// The loss and the metrics over examples, the loss first: Keras' `evaluate`.
  public func evaluate(
    _ x: Tensor, _ y: Tensor, batchSize: Int = 32, sampleWeight: Tensor? = nil
  ) throws -> [(name: String, value: Double)] {
    let plan = try FittingPlan.required(self, for: "evaluate")
    let weights = try exampleWeights(y, nil, sampleWeight, plan)
    let data = try withErrors { TensorDataset(x, y, weights) }
    return try trainer(plan, isWeighted: sampleWeight != nil).evaluate(DataLoader(data, batchSize: batchSize))
  }

  /// The model's outputs for `x` in evaluation mode and without gradients, batch by batch: Keras' `predict`.
  public func predict(_ x: Tensor, batchSize: Int = 32) throws -> Tensor {
    let precision = FittingPlan.of(self)?.precision ?? .float32
    return try precision.forward { try predictions(of: self, precision.input(x), batchSize: batchSize) }
  }

  private func trainer(_ plan: FittingPlan, isWeighted: Bool) -> Trainer<(Tensor, Tensor, Tensor)> {
    let named = plan.loss
    let loss: @Sendable (Tensor, Tensor, Tensor) -> Tensor = { output, target, weight in
      guard isWeighted, let each = named.each else { return named.mean(output, target) }
      let losses = each(output, target)
      return (losses.reshape([weight.count, -1]).mean(-1) * weight).mean()
    }
    let checked = Lock(false)
    let trainer = Trainer<(Tensor, Tensor, Tensor)>(self, optimizer: plan.optimizer) { x, y, weight in
      let output = self(x)
      if checked.withLock({ checked in
        defer { checked = true }; return !checked
      }) {
        try plan.loss.check(output)
      }
      return .init(
        loss: loss(output, y, weight), count: x.shape.first ?? 1, output: output.detach(), target: y)
    }
    trainer.metrics = plan.metrics
    trainer.compiles = plan.jitCompile
    trainer.precision = plan.precision
    let passes = ApusCompiler.compile { (x: Tensor, y: Tensor, weight: Tensor, factor: Tensor) in
      let output = self(x)
      let value = loss(output, y, weight)
      (value * factor).backward()
      return (value.detach(), output.detach())
    }
    trainer.compiledPasses = { batch, _, scale in
      let (value, output) = passes(batch.0, batch.1, batch.2, Tensor(scale))
      return .init(loss: value, count: batch.0.shape.first ?? 1, output: output, target: batch.1)
    }
    return trainer
  }

  private func show<Batch>(_ trainer: Trainer<Batch>, _ verbose: Verbosity) {
    trainer.showsProgress = verbose != .silent
    if verbose == .lines { trainer.terminal = .plain }
  }
}

/// The weight of each example: its class's times its own.
private func exampleWeights(
  _ y: Tensor, _ classWeight: [Int: Double]?, _ sampleWeight: Tensor?, _ plan: FittingPlan
) throws -> Tensor {
  let count = y.shape.first ?? 0
  if (classWeight != nil || sampleWeight != nil) && plan.loss.each == nil {
    throw TensorError(
      .value, "fit",
      "weights of classes and examples need a loss given by its name, such as \"sparse_categorical_crossentropy\"; others are means "
        + "already (CrossEntropyLoss(weight:) has weights of classes itself)")
  }
  var weights = Tensor.ones([count])
  if let sampleWeight {
    guard sampleWeight.shape == [count] else {
      throw TensorError(
        .shape, "fit", "sampleWeight must be [\(count)], a number for each example, and is \(sampleWeight.shape)")
    }
    weights = sampleWeight.to(.float32)
  }
  if let classWeight {
    let isOneHot = y.rank > 1 && (y.shape.last ?? 1) > 1
    let classes: [Int] = (isOneHot ? y.argmax(-1) : y.reshape([count])).to(.int64).array()
    weights = weights * Tensor(classes.map { Float(classWeight[$0] ?? 1) })
  }
  return weights
}
