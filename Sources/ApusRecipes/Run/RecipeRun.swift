import ApusCore
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import ApusOptim
import ApusTrain

/// What all recipes can be told.
public protocol FinetuneSettings: RecipeSettings {
  /// The model, and what of it is trained.
  var model: ModelSettings { get set }
  /// Its adapters.
  var lora: LoraSettings { get set }
  /// What is learned from.
  var data: DataSettings { get set }
  /// What memory is spent on.
  var memory: MemorySettings { get set }
  /// How weights are changed.
  var optimizer: OptimizerSettings { get set }
  /// How long, and what happens on the way.
  var loop: LoopSettings { get set }
  /// What is left at the end.
  var output: OutputSettings { get set }
}

/// The way that all recipes go once they have a model, data and a loss: optimiser, course of the learning rate, trainer, checkpoints, curves,
/// samples of text, the result in the forms asked for.
///
///     let run = RecipeRun(tuned, settings) { (batch: TokenBatch) in .init(loss: ..., count: batch.answerTokens) }
///     let report = try run.fit(loader, validation: validation)
public final class RecipeRun<Batch: Sendable> {
  public let tuned: TunedModel
  public let settings: any FinetuneSettings
  /// What trains; recipes may change it before ``fit(_:validation:)``.
  public let trainer: Trainer<Batch>

  /// - Parameter forward: the loss of a batch: its mean over what the result's count tells.
  public init(
    _ tuned: TunedModel, _ settings: any FinetuneSettings,
    forward: @escaping (Batch) throws -> Trainer<Batch>.Result
  ) throws {
    (self.tuned, self.settings) = (tuned, settings)
    let parameters = tuned.parameters.filter(\.requiresGrad)
    guard !parameters.isEmpty else { throw TensorError(.value, "RecipeRun", "nothing of the model is trained") }
    try makeFolders(expandedPath(settings.output.folder))
    let optimizer = try settings.optimizer.make(parameters, folder: expandedPath(settings.output.folder))
    let file = settings.memory.offload ? try SavedTensorFile(folder: expandedPath(settings.output.folder)) : nil
    trainer = Trainer(tuned.trained, optimizer: optimizer) { batch in
      tuned.follow()
      return try file.map { file in try file.saving { try forward(batch) } } ?? forward(batch)
    }
    let loop = settings.loop
    trainer.precision = loop.precision.precision
    trainer.accumulatedBatches = loop.accumulate
    trainer.maxGradNorm = settings.optimizer.maxGradNorm > 0 ? settings.optimizer.maxGradNorm : nil
    trainer.validateEverySteps = loop.validateEverySteps
    trainer.maxSteps = loop.maxSteps
    if loop.quiet { trainer.progress = .none }
  }

  /// Says something of the run where it may speak.
  public func say(_ text: some CustomStringConvertible) {
    if !settings.loop.quiet { trainer.write("\(text)\n") }
  }

  /// A step with the gradients that are there, for recipes that make several of one batch.
  public func stepNow() {
    let bound = settings.optimizer.maxGradNorm
    if bound > 0 { clipGradNorm(trainer.optimizer.parameters, maxNorm: bound) }
    trainer.optimizer.step()
    trainer.optimizer.zeroGrad()
  }

  /// How many steps a run over so many batches is.
  public func steps(batches: Int) -> Int {
    let loop = settings.loop
    let all = (batches + loop.accumulate - 1) / max(1, loop.accumulate) * loop.epochs
    return max(1, min(all, loop.maxSteps ?? .max))
  }

  /// Says what the data are, and trains on them: ``fit(_:validation:resumes:)`` with loaders that `loader` makes.
  /// - Parameters:
  ///   - plan: what memory it will need, which is said before it begins; a plan that cannot be made holds no run up.
  ///   - loader: batches of examples, in an order that is drawn where they are learned from.
  public func fit<Examples: Collection>(
    _ data: TrainingData<Examples>, resumes: Bool, plan: ((Examples) throws -> MemoryPlan)? = nil,
    _ loader: (Examples, _ shuffles: Bool) -> DataLoader<Batch>
  ) throws -> RecipeReport {
    say(data.report)
    let foreseen = try? plan?(data.train).peak
    if let foreseen { say("about \((foreseen + (1 << 19)) >> 20) MB of memory will be needed") }
    var report = try fit(
      loader(data.train, true), validation: data.validation.isEmpty ? nil : loader(data.validation, false),
      resumes: resumes)
    report.foreseenBytes = foreseen
    return report
  }

  /// Trains, goes on with the checkpoint in the output's folder where there is one, and writes the result.
  /// - Parameter resumes: whether a checkpoint that is there is gone on with; else it is an error, so that nothing is lost.
  public func fit(_ loader: DataLoader<Batch>, validation: DataLoader<Batch>? = nil, resumes: Bool = false) throws
    -> RecipeReport
  {
    let (loop, folder) = (settings.loop, expandedPath(settings.output.folder))
    let hasValidation = validation != nil
    let plan = CheckpointPlan(
      folder: folder, everySteps: loop.saveEverySteps, monitor: hasValidation ? "validation loss" : nil)
    if fileExists(plan.lastPath), !resumes {
      throw TensorError(
        .state, folder, "there is a run in this folder: resume it (--resume), or name another by output.folder")
    }
    let total = steps(batches: loader.count)
    let course = settings.optimizer.course(steps: total)
    trainer.schedule = LambdaLR(trainer.optimizer) { course($0) }
    trainer.scheduleUnit = .step
    trainer.checkpoints = plan
    if let patience = loop.patience {
      guard hasValidation else {
        throw TensorError(
          .value, "loop.patience",
          "a run can end early by the validation loss alone: set data.validationShare or data.validationFiles")
      }
      trainer.callbacks.append(EarlyStopping(patience: patience, restoreBestWeights: true))
    }
    if !loop.samples.isEmpty { trainer.callbacks.append(TextSamples(tuned, loop)) }
    try makeFolders(folder)
    try writeText(settings.values.description + "\n", to: "\(folder)/settings.json")
    trainer.loggers.append(CSVLogger(path: "\(folder)/epochs.csv"))
    trainer.loggers.append(StepLines(path: "\(folder)/steps.csv"))
    if settings.output.tensorBoard { trainer.loggers.append(try TensorBoardLogger(logDir: folder, everySteps: 1)) }
    if fileExists(plan.lastPath) { try trainer.resume(from: plan.lastPath) }
    let start = Clock.seconds
    let history = try trainer.fit(loader, validation: validation, epochs: loop.epochs)
    let seconds = Clock.seconds - start
    _ = tuned.model.eval()
    let written = try tuned.save(settings.output)
    return RecipeReport(
      steps: trainer.step, seconds: seconds, history: history, written: written, peakBytes: ProcessMemory.peak)
  }
}

/// What a run came to.
public struct RecipeReport: Sendable {
  /// Steps, those before a break too.
  public let steps: Int
  /// How long the training took, since it began or went on.
  public let seconds: Double
  /// The values of the epochs.
  public let history: [EpochValues]
  /// The files and folders that were written.
  public let written: [String]
  /// The most memory that the process has held, in bytes; 0 where the system does not say.
  public let peakBytes: Int
  /// What of it was foreseen before the run; nil where nothing was.
  public fileprivate(set) var foreseenBytes: Int?
}

/// A line for each step: its number and its values.
private final class StepLines: TrainingLogger {
  private let path: String
  private var lines: [(step: Int, text: String)] = []
  private var names: [String] = []

  init(path: String) {
    self.path = path
    guard let text = try? readText(path) else { return }
    let rows = text.split(separator: "\n").map(String.init)
    names = rows.first.map { $0.split(separator: ",").dropFirst().map(String.init) } ?? []
    lines = rows.dropFirst().compactMap { row in
      row.split(separator: ",").first.flatMap { Int($0) }.map { ($0, row) }
    }
  }

  func log(step: Int, values: [(name: String, value: Double)]) throws {
    for (name, _) in values where !names.contains(name) { names.append(name) }
    // Steps after the checkpoint that a run goes on with are made again.
    while let last = lines.last, last.step >= step { lines.removeLast() }
    let cells = names.map { name in values.first { $0.name == name }.map { "\($0.value)" } ?? "" }
    lines.append((step, "\(step)," + cells.joined(separator: ",")))
    if step % 20 == 0 { try write() }
  }

  func log(epoch: EpochValues, step: Int) throws { try write() }
  func close() throws { try write() }

  private func write() throws {
    let heading = "step," + names.joined(separator: ",")
    try writeText(([heading] + lines.map(\.text)).joined(separator: "\n") + "\n", to: path)
  }
}
