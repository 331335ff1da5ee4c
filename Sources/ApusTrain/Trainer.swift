import ApusCore
import ApusData
import ApusFormats
import ApusMetrics
import ApusNN
import ApusOptim

/// The training loop: epochs, validation, metrics, progress, checkpoints.
///
///     let trainer = Trainer(model, optimizer: AdamW(model.parameters()), loss: CrossEntropyLoss())
///     trainer.metrics = [.accuracy]
///     trainer.checkpoints = CheckpointPlan(folder: "runs/first")
///     try trainer.fit(trainLoader, validation: testLoader, epochs: 10)
///
/// A mistake in the model, in the data or while writing ends the run with an error. A run that has been cut off goes on
/// from its last checkpoint with ``resume(from:)`` and gives the same curve as one without a break, also from one that was
/// saved inside an epoch: it goes on with the next batch.
public final class Trainer<Batch: Sendable> {
  /// What the model makes of a batch.
  public struct Result {
    /// The loss to be minimised: a tensor with one element.
    public var loss: Tensor
    /// The number of examples.
    public var count: Int
    /// What metrics compare.
    public var output: Tensor?
    public var target: Tensor?

    /// `output` and `target` are what metrics compare; without them only the loss is reported.
    public init(loss: Tensor, count: Int, output: Tensor? = nil, target: Tensor? = nil) {
      self.loss = loss
      self.count = count
      self.output = output
      self.target = target
    }
  }

  /// When the schedule makes its step.
  public enum ScheduleUnit: Sendable { case step, epoch }

  public let model: any Module
  public let optimizer: Optimizer
  private let forward: (Batch) throws -> Result

  /// Changes the learning rate, after every step or every epoch as ``scheduleUnit`` says.
  public var schedule: LRScheduler?
  /// After every epoch, unless set to `.step`.
  public var scheduleUnit = ScheduleUnit.epoch
  /// What ``ReduceLROnPlateau`` watches.
  public var scheduleMonitor = "validation loss"
  /// What is measured beside the loss, in training and validation: `.accuracy`, or any metric of predictions and targets,
  /// `MulticlassF1Score(numClasses: 10)`. The trainer sets them back at each epoch; a validation leaves what training has gathered.
  public var metrics: [Metric] = []
  /// Bounds the norm of all gradients together.
  public var maxGradNorm: Double?
  /// Where the values of steps and epochs go.
  public var loggers: [any TrainingLogger] = []
  /// What is called after each step and epoch; one that gives false ends the run.
  public var callbacks: [any TrainingCallback] = []
  /// Where and when the state is saved; nil to save nothing.
  public var checkpoints: CheckpointPlan?
  /// Generators that layers or datasets draw from, besides the default one and those of the loaders: checkpoints keep their
  /// states too.
  public var generators: [Generator] = []
  /// Whether progress is shown; `terminal` and `write` say how and where.
  public var showsProgress = true
  /// What the progress is shown on.
  public var terminal = Terminal.standardOutput
  /// Writes the text of the progress.
  public var write: @Sendable (String) -> Void = Terminal.write

  /// The values of the epochs so far.
  public private(set) var history: [EpochValues] = []
  /// The number of training steps so far.
  public private(set) var step = 0
  private var best: Double?
  /// The generators that the last ``fit(_:validation:epochs:)`` drew from, the default one first.
  private var sources: [Generator] = [.default]
  /// Where in an epoch the run is; nil between epochs.
  private var position: EpochPosition?
  /// What a checkpoint tells the next ``fit(_:validation:epochs:)``.
  private var resumption: Resumption?

  /// - Parameter forward: applies the model to a batch and computes the loss; called in training and in validation.
  public init(_ model: any Module, optimizer: Optimizer, forward: @escaping (Batch) throws -> Result) {
    self.model = model
    self.optimizer = optimizer
    self.forward = forward
  }

  /// The number of epochs so far.
  public var epoch: Int { history.last?.epoch ?? 0 }

  /// Trains until `epochs` epochs have been made in all, earlier ones included.
  ///
  /// - Returns: the values of all epochs: `loss`, the metrics, the same as `validation loss` ..., and `lr`.
  /// - Throws: `TensorError` for mistakes in model, data and files, and where the loss is no finite number.
  @discardableResult
  public func fit(
    _ loader: DataLoader<Batch>, validation: DataLoader<Batch>? = nil, epochs: Int
  ) throws -> [EpochValues] {
    let progress =
      showsProgress
      ? ProgressBar(epochs: epochs, stepsPerEpoch: loader.count, terminal: terminal, write: write) : nil
    defer { progress?.finish() }
    sources = randomSources([loader] + (validation.map { [$0] } ?? []))
    position = nil
    try resumption?.checkSources(sources)
    do {
      try makeEpochs(loader, validation, epochs, progress)
    } catch {
      // What was logged until then is worth keeping; the mistake itself is what counts.
      for logger in loggers { try? logger.close() }
      throw error
    }
    for logger in loggers { try logger.close() }
    return history
  }

  private func makeEpochs(
    _ loader: DataLoader<Batch>, _ validation: DataLoader<Batch>?, _ epochs: Int, _ progress: ProgressBar?
  ) throws {
    var goesOn = true
    while goesOn && epoch < epochs {
      let number = epoch + 1
      var values = EpochValues(epoch: number)
      let means = try trainEpoch(loader, number, progress)
      for (name, value) in try withErrors({ means.values }) { values[name] = value }
      if let validation {
        for (name, value) in try evaluate(validation) { values["validation " + name] = value }
      }
      values["lr"] = optimizer.lr
      if scheduleUnit == .epoch { try stepSchedule(values) }
      history.append(values)
      position = nil
      progress?.endEpoch(number, items: means.count, values: shown(values))
      for logger in loggers { try logger.log(epoch: values, step: step) }
      for callback in callbacks where try !callback.epochEnded(values) { goesOn = false }
      try saveCheckpoint(values)
    }
  }

  /// The default generator, those of the loaders and ``generators``, each once.
  private func randomSources(_ loaders: [DataLoader<Batch>]) -> [Generator] {
    var seen: Set<ObjectIdentifier> = []
    return ([.default] + loaders.flatMap(\.generators) + generators).filter {
      seen.insert(ObjectIdentifier($0)).inserted
    }
  }

  /// Begins a pass over `loader`, or goes on with the one in which the checkpoint was saved.
  private func beginEpoch(_ loader: DataLoader<Batch>) throws -> (DataLoader<Batch>.Iterator, EpochPosition) {
    guard let resumed = resumption, let inside = resumed.inside else {
      try resumption?.restore(sources)
      resumption = nil
      let position = EpochPosition(
        done: 0, loader: loader.sizes, start: sources.map { $0.getState() }, means: Means(metrics))
      return (loader.makeIterator(), position)
    }
    let position = try inside.position(loader.sizes, metrics)
    // The order of the batches is drawn once more, then the draws go on where they were.
    for (source, state) in zip(sources, position.start) { try source.setState(state) }
    var batches = loader.makeIterator()
    batches.skip(position.done)
    try resumed.restore(sources)
    resumption = nil
    return (batches, position)
  }

  private func trainEpoch(_ loader: DataLoader<Batch>, _ number: Int, _ progress: ProgressBar?) throws -> Means {
    model.train()
    var (batches, position) = try beginEpoch(loader)
    self.position = position
    while let batch = try batches.nextBatch() {
      // A mistake in the passes ends the run here, before the step.
      let (result, loss) = try withErrors { () throws -> (Result, Double) in
        optimizer.zeroGrad()
        let result = try forward(batch)
        result.loss.backward()
        let loss = result.loss.isPoisoned ? .nan : result.loss.item()
        if !result.loss.isPoisoned && !loss.isFinite {
          throw TensorError(
            .value, "Trainer",
            "the loss is \(loss) in epoch \(number), step \(position.done + 1); try a smaller learning rate or maxGradNorm, "
              + "and check the data for values that are not finite")
        }
        return (result, loss)
      }
      try withErrors {
        if let maxGradNorm { clipGradNorm(optimizer.parameters, maxNorm: maxGradNorm) }
        optimizer.step()
        noGrad { position.means.add(loss: loss, count: result.count, output: result.output, target: result.target) }
      }
      step += 1
      position.done += 1
      self.position = position
      for logger in loggers { try logger.log(step: step, values: [("loss", loss), ("lr", optimizer.lr)]) }
      if scheduleUnit == .step { schedule?.step() }
      for callback in callbacks { try callback.stepEnded(step: step, loss: loss) }
      progress?.update(
        epoch: number, step: position.done, items: position.means.count,
        values: position.means.quickValues.map { .init($0.name, $0.value) })
    }
    guard position.done > 0 else {
      throw TensorError(.value, "Trainer", "the loader gave no batches; the dataset is empty or smaller than a batch")
    }
    return position.means
  }

  /// The mean loss and metrics over `loader`, in evaluation mode and without gradients. The mode is set back afterwards.
  public func evaluate(_ loader: DataLoader<Batch>) throws -> [(name: String, value: Double)] {
    let wasTraining = model.isTraining
    model.eval()
    // What training has gathered so far stays.
    let gathered = metrics.map(\.snapshots)
    defer {
      model.train(wasTraining)
      for (metric, snapshots) in zip(metrics, gathered) { metric.snapshots = snapshots }
    }
    var means = Means(metrics)
    var batches = loader.makeIterator()
    while let batch = try batches.nextBatch() {
      try withErrors {
        try noGrad {
          let result = try forward(batch)
          if result.loss.hasFailed { return }
          means.add(loss: result.loss.item(), count: result.count, output: result.output, target: result.target)
        }
      }
    }
    return try withErrors { means.values }
  }

  private func stepSchedule(_ values: EpochValues) throws {
    guard let plateau = schedule as? ReduceLROnPlateau else {
      schedule?.step()
      return
    }
    guard let value = values[scheduleMonitor] else {
      throw TensorError(
        .value, "Trainer",
        "ReduceLROnPlateau watches '\(scheduleMonitor)', and this run has \(values.names.joined(separator: ", "))")
    }
    plateau.step(value)
  }

  /// What the line of an epoch shows: everything but the rate.
  private func shown(_ values: EpochValues) -> [ProgressBar.Value] {
    values.names.compactMap { name in name == "lr" ? nil : values[name].map { .init(name, $0) } }
  }
}

// MARK: Checkpoints

extension Trainer {
  private func saveCheckpoint(_ values: EpochValues) throws {
    guard let plan = checkpoints else { return }
    try makeFolders(plan.folder)
    if let monitor = plan.monitor {
      guard let value = values[monitor] else {
        throw TensorError(
          .value, "Trainer",
          "the checkpoint plan watches '\(monitor)', and this run has \(values.names.joined(separator: ", "))")
      }
      if isBetter(value, than: best, isLoss: plan.isLoss) {
        best = value
        try ApusTrain.save(model.stateDict(), to: plan.bestPath, metadata: ["format": "pt"])
      }
    }
    if values.epoch % plan.everyEpochs == 0 { try save(to: plan.lastPath) }
  }

  /// Writes all that ``resume(from:)`` needs: model, optimiser, schedule, random states, history, and inside an epoch (in
  /// a callback's ``TrainingCallback/stepEnded(step:loss:)``) the position in it.
  /// - Throws: `TensorError` when the file cannot be written.
  public func save(to path: String) throws {
    var checkpoint = Checkpoint()
    checkpoint.state.add(model.stateDict(), prefix: "model")
    checkpoint.state.add(optimizer.stateDict(), prefix: "optimizer")
    if let schedule { checkpoint.state.add(schedule.stateDict(), prefix: "schedule") }
    checkpoint.set("trainer.epoch", Double(epoch))
    checkpoint.set("trainer.step", Double(step))
    checkpoint.set("trainer.best", best ?? .nan)
    for (i, callback) in callbacks.enumerated() { checkpoint.set("trainer.callback.\(i)", callback.state) }
    let pending =
      resumption
      ?? Resumption(states: sources.map { $0.getState() }, inside: position.map { .init($0) })
    pending.write(to: &checkpoint)
    for name in Set(history.flatMap(\.names)).sorted() {
      checkpoint.set("history.\(name)", history.map { $0[name] ?? .nan })
      // A value that is not a number is one all the same.
      let missing = history.indices.filter { history[$0][name] == nil }
      if !missing.isEmpty { checkpoint.set("missing.\(name)", missing.map { Double($0) }) }
    }
    let names = history.last?.names ?? []
    try ApusTrain.save(checkpoint.state, to: path, metadata: ["history": names.joined(separator: "\n")])
  }

  /// Goes back to a state that ``save(to:)`` or the checkpoint plan has written. Model, optimiser, schedule, callbacks and
  /// the loaders that ``fit(_:validation:epochs:)`` is given must be made as they were.
  /// - Throws: `TensorError` when the file cannot be read or does not fit.
  public func resume(from path: String) throws {
    let checkpoint = try Checkpoint(path: path)
    let epochs = try checkpoint.number("trainer.epoch", path: path)
    let steps = try checkpoint.number("trainer.step", path: path)
    let recorded = checkpoint.state.part("history")
    guard epochs == Double(recorded["loss"]?.count ?? 0), (0..<1e15).contains(steps) else {
      throw TensorError(.state, path, "the history of 'loss' does not have the \(epochs) epochs of the run")
    }
    var order =
      try SafetensorsFile(path: path).metadata["history"].map { $0.split(separator: "\n").map(String.init) } ?? []
    order += recorded.names.filter { !order.contains($0) }
    var past = (0..<Int(epochs)).map { EpochValues(epoch: $0 + 1) }
    for name in order {
      guard let column = recorded[name]?.array(as: Double.self), column.count == past.count else {
        throw TensorError(.state, path, "the history of '\(name)' does not have \(past.count) epochs")
      }
      let missing = Set(checkpoint.state["missing.\(name)"]?.array(as: Double.self) ?? [])
      for (i, value) in column.enumerated() where !missing.contains(Double(i)) { past[i][name] = value }
    }
    let pending = try Resumption(checkpoint, path: path)
    try model.loadStateDict(checkpoint.state.part("model"))
    try optimizer.loadStateDict(checkpoint.state.part("optimizer"))
    if let schedule { try schedule.loadStateDict(checkpoint.state.part("schedule")) }
    for (i, callback) in callbacks.enumerated() {
      if let numbers = checkpoint.state["trainer.callback.\(i)"] { callback.state = numbers.array(as: Double.self) }
    }
    try Generator.default.setState(pending.states[0])
    let value = try checkpoint.number("trainer.best", path: path)
    best = value.isNaN ? nil : value
    history = past
    step = Int(steps)
    position = nil
    resumption = pending
  }
}

extension Trainer where Batch == (Tensor, Tensor) {
  /// For a model of one input and batches of inputs and targets.
  public convenience init(
    _ model: any Layer, optimizer: Optimizer, loss: @escaping (_ output: Tensor, _ target: Tensor) -> Tensor
  ) {
    self.init(model, optimizer: optimizer) { inputs, targets in
      let output = model(inputs)
      return Result(
        loss: loss(output, targets), count: inputs.shape.first ?? 1, output: output.detach(), target: targets)
    }
  }

  /// For a model of one input, batches of inputs and targets, and a loss of the library: `loss: CrossEntropyLoss()`.
  public convenience init(_ model: any Layer, optimizer: Optimizer, loss: any BinaryLayer) {
    self.init(model, optimizer: optimizer) { loss($0, $1) }
  }
}
