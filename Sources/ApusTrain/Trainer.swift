import ApusCompiler
import ApusCore
import ApusData
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
public final class Trainer<Batch: Sendable>: TrainingRun {
  /// What the model makes of a batch.
  public struct Result {
    /// The loss to be minimised: a tensor with one element.
    public var loss: Tensor
    /// The number of examples.
    public var count: Int
    /// What metrics compare.
    public var output: Tensor?
    public var target: Tensor?
    /// Further values of the batch, means over its examples, that are reported beside the loss.
    public var values: [(name: String, value: Tensor)]

    /// `output` and `target` are what metrics compare; without them only the loss is reported.
    public init(
      loss: Tensor, count: Int, output: Tensor? = nil, target: Tensor? = nil,
      values: [(name: String, value: Tensor)] = []
    ) {
      self.loss = loss
      self.count = count
      self.output = output
      self.target = target
      self.values = values
    }
  }

  /// When the schedule makes its step.
  public enum ScheduleUnit: Sendable { case step, epoch }

  public let model: any Module
  public let optimizers: [Optimizer]
  /// The first optimiser.
  public var optimizer: Optimizer { optimizers[0] }
  let forward: (Batch) throws -> Result
  /// Whether `forward` makes the optimisers' steps itself.
  let isManual: Bool
  /// Forward and backward pass as a compiled function, where the model and its loss are known. The gradients are those of the
  /// loss, or of the loss times the number of examples, times `scale`.
  var compiledPasses: ((_ batch: Batch, _ isWeighted: Bool, _ scale: Double) -> Result)?

  // What a step does.

  /// Changes the learning rate, after every step or every epoch as ``scheduleUnit`` says.
  public var schedule: LRScheduler?
  /// After every epoch, unless set to `.step`.
  public var scheduleUnit = ScheduleUnit.epoch
  /// What ``ReduceLROnPlateau`` watches.
  public var scheduleMonitor = "validation loss"
  /// Bounds the norm of all gradients together.
  public var maxGradNorm: Double?
  /// Bounds the magnitude of each element of the gradients.
  public var maxGradValue: Double?
  /// The number of batches whose gradients make one step: their mean over all their examples, also where batches differ in
  /// size or the last step of an epoch has fewer of them.
  public var accumulatedBatches = 1
  /// Whether forward and backward pass run as a compiled function (``compile(executor:_:)``). It needs the initialiser with
  /// a model and a loss.
  public var compiles = false

  /// Whether passes run with ``ApusCore/detectAnomaly(checkNaN:checkInfinity:_:)``, as Lightning's `detect_anomaly`: a gradient
  /// that is not a number ends the run with the operation, its line and its module, also where ``compiles`` is set.
  public var detectAnomaly = false
  /// The numbers that are computed with, by Lightning's names: `"32-true"`, `"bf16-mixed"` ... The `true` ones convert the model when
  /// a run begins.
  public var precision = TrainingPrecision.float32
  /// What scales the loss in `"16-mixed"`, from the beginning of a run; one of one's own may be set before.
  public var scaler: GradScaler?

  // How far a run goes.

  /// Ends the run after so many steps in all, those before a break included.
  public var maxSteps: Int?
  /// Ends every epoch after so many batches.
  public var maxTrainBatches: Int?
  /// Ends every validation after so many batches.
  public var maxValidationBatches: Int?
  /// Trains on the first so many batches of the loader alone, the same ones in every epoch: a model that cannot learn these
  /// by heart has a fault.
  public var overfitBatches: Int?
  /// Runs one batch of training and of validation, once, without loggers, callbacks and checkpoints: whether all of it
  /// works.
  public var fastDevRun = false
  /// Epochs between two validations.
  public var validateEveryEpochs = 1
  /// Validates inside epochs too, after every so many steps; loggers get the values.
  public var validateEverySteps: Int?
  /// What happens on Ctrl-C and SIGTERM.
  public var onInterrupt = InterruptAction.exit

  // What is seen and kept of it.

  /// What is measured beside the loss, in training and validation: `.accuracy`, or any metric of predictions and targets,
  /// `MulticlassF1Score(numClasses: 10)`. The trainer sets them back at each epoch; a validation leaves what training has gathered.
  public var metrics: [Metric] = []
  /// Where the values of steps and epochs go.
  public var loggers: [any TrainingLogger] = []
  /// What takes part in the run; one whose ``TrainingCallback/epochEnded(_:of:)`` gives false ends it.
  public var callbacks: [any TrainingCallback] = []
  /// Where and when the state is saved; nil to save nothing.
  public var checkpoints: CheckpointPlan?
  /// Generators that layers or datasets draw from, besides the default one and those of the loaders: checkpoints keep their
  /// states too.
  public var generators: [Generator] = []
  /// How progress is shown: the whole screen of a terminal, a bar, lines, or nothing.
  public var progress = ProgressForm.automatic
  /// Whether progress is shown at all.
  public var showsProgress: Bool {
    get { progress != .none }
    set { progress = newValue ? (progress == .none ? .automatic : progress) : .none }
  }
  /// What the progress is shown on.
  public var terminal = Terminal.standardOutput
  /// What is measured of a run and told at its end: `"simple"`, `"advanced"`, or a ``Profiler``.
  public var profiler: TrainerProfiler?
  /// What the ``profiler`` told at the end of the last run.
  public internal(set) var profilerReport: String?
  /// Writes the text of the progress.
  public var write: @Sendable (String) -> Void = Terminal.write

  /// The values of the epochs so far.
  public internal(set) var history: [EpochValues] = []
  /// The number of training steps so far.
  public internal(set) var step = 0
  /// The best epochs so far, the best one first, as the checkpoint plan ranks them.
  var ranking: [CheckpointPlan.Ranked] = []
  /// The generators that the last ``fit(_:validation:epochs:)`` drew from, the default one first.
  var sources: [Generator] = [.default]
  /// Where in an epoch the run is; nil between epochs.
  var position: EpochPosition?
  /// The pass over the loader until its next batch is read: what a checkpoint takes the place in the data from.
  var passAtStep: DataLoader<Batch>.Iterator?
  /// What a checkpoint tells the next ``fit(_:validation:epochs:)``.
  var resumption: Resumption?

  /// What one call of fit knows.
  var isStopped = false
  var actionTimes: ActionTimes?
  var display: (any TrainingDisplay)?
  /// The norm of the step's gradients, where somebody has computed it.
  var gradientNorm: Double?
  /// When the display wants to know the norm again.
  var nextGradientNorm = 0.0
  /// Values that callbacks have logged: since the last step, and since the epoch began.
  var loggedInStep: [(name: String, value: Double)] = []
  var loggedInEpoch: [(name: String, value: Double)] = []
  /// The means of ``Result/values`` over the epoch.
  var batchValues = NamedMeans()
  /// What ``overfitBatches`` trains on.
  var fixedBatches: [Batch] = []
  var trainingLoader: DataLoader<Batch>?
  /// Ends the process.
  var leave: (Int32) -> Void = { Interruption.leave($0) }

  /// How the run is spread over processes: `.dataParallel`, after `import ApusDistributed`. All processes then run the
  /// same program with the same data: each trains on its part, losses and metrics are those of all parts, and the first
  /// process alone writes and shows progress. `batchSize` of a loader is that of each process. What callbacks decide is
  /// decided together.
  public var strategy = TrainingStrategy.single
  /// The processes that the run has joined.
  var processes: (any TrainingProcesses)?
  /// The signal that one of the processes got.
  var sharedSignal: Int32?

  init(
    _ model: any Module, _ optimizers: [Optimizer], isManual: Bool, forward: @escaping (Batch) throws -> Result
  ) {
    self.model = model
    self.optimizers = optimizers
    self.isManual = isManual
    self.forward = forward
    if optimizers.isEmpty { report(TensorError(.value, "Trainer", "a trainer needs at least one optimizer")) }
  }

  /// - Parameter forward: applies the model to a batch and computes the loss; called in training and in validation.
  public convenience init(
    _ model: any Module, optimizer: Optimizer, forward: @escaping (Batch) throws -> Result
  ) {
    self.init(model, [optimizer], isManual: false, forward: forward)
  }

  /// For what is more than one loss and one optimiser, such as the two of a generative adversarial network: `step` computes
  /// the losses, calls `backward` and makes the steps itself.
  ///
  ///     let trainer = Trainer(gan, optimizers: [ofGenerator, ofDiscriminator]) { (images: Tensor) in
  ///       ofDiscriminator.zeroGrad()
  ///       ...
  ///       return .init(loss: lossG, count: images.size(0), values: [("discriminator loss", lossD)])
  ///     }
  ///
  /// In validation `step` is called without gradients: ask `model.isTraining` there.
  public convenience init(
    _ model: any Module, optimizers: [Optimizer], step: @escaping (Batch) throws -> Result
  ) {
    self.init(model, optimizers, isManual: true, forward: step)
  }

  /// The number of epochs so far.
  public var epoch: Int { history.last?.epoch ?? 0 }

  public func stop() { isStopped = true }

  public func log(_ name: String, _ value: Double) {
    loggedInStep.append((name, value))
    if let i = loggedInEpoch.firstIndex(where: { $0.name == name }) {
      loggedInEpoch[i].value = value
    } else {
      loggedInEpoch.append((name, value))
    }
  }

  public func say(_ line: String) {
    if let display { display.log(line) } else if showsProgress, isMain { write(line + "\n") }
  }

  public func updateBatchStatistics() throws {
    guard let trainingLoader else { return }
    func update(_ model: some Module) throws {
      try updateBN(trainingLoader, model) { _, batch in _ = try inPrecision { try forward(converted(batch)) } }
    }
    try update(model)
  }
}

extension Trainer where Batch == (Tensor, Tensor) {
  /// For a model of one input and batches of inputs and targets.
  public convenience init(
    _ model: any Layer, optimizer: Optimizer, loss: @escaping @Sendable (_ output: Tensor, _ target: Tensor) -> Tensor
  ) {
    self.init(model, optimizer: optimizer) { inputs, targets in
      let output = model(inputs)
      return Result(
        loss: loss(output, targets), count: inputs.shape.first ?? 1, output: output.detach(), target: targets)
    }
    let passes = compile { (inputs: Tensor, targets: Tensor, weight: Tensor) in
      let output = model(inputs)
      let value = loss(output, targets)
      (value * weight).backward()
      return (value.detach(), output.detach())
    }
    compiledPasses = { batch, isWeighted, scale in
      let count = batch.0.shape.first ?? 1
      let (value, output) = passes(batch.0, batch.1, Tensor((isWeighted ? Double(count) : 1) * scale))
      return Result(loss: value, count: count, output: output, target: batch.1)
    }
  }

  /// For a model of one input, batches of inputs and targets, and a loss of the library: `loss: CrossEntropyLoss()`.
  public convenience init(_ model: any Layer, optimizer: Optimizer, loss: any BinaryLayer) {
    self.init(model, optimizer: optimizer) { loss($0, $1) }
  }
}
