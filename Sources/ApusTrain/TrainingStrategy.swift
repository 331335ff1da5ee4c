import ApusCore
import ApusData
import ApusMetrics
import ApusNN
import ApusOptim

/// How a training run is spread over processes: ``Trainer/strategy``. `ApusDistributed` brings `.dataParallel`, `.zero(stage:)` and
/// `.fullySharded`.
public struct TrainingStrategy: Sendable {
  let join: @Sendable (any Module) throws -> (any TrainingProcesses)?

  /// - Parameter join: makes a model part of the run of all processes; all of them call it at the beginning of a run.
  public init(_ join: @escaping @Sendable (any Module) throws -> any TrainingProcesses) { self.join = join }

  private init(alone: Void) { join = { _ in nil } }

  /// This process alone.
  public static let single = TrainingStrategy(alone: ())
}

/// What a ``Trainer`` asks of the processes that it trains with. All of them call the same, in the same order.
public protocol TrainingProcesses: AnyObject {
  /// The number of this process, from 0 on. That of number 0 writes.
  var rank: Int { get }
  /// The number of processes.
  var size: Int { get }
  /// Whether forward passes need all processes, so that none may be without data.
  var needsAllInForward: Bool { get }

  /// How many backward passes of this process have brought the gradients of all.
  var reducedPasses: Int { get }

  /// What comes before each forward pass.
  func beginForward() throws
  /// Runs `body`, whose backward passes keep their gradients to this process, where they add up.
  func withoutReducing<Result>(_ body: () throws -> Result) rethrows -> Result
  /// Replaces the gradients by their means over the processes: where no backward pass has done so, or this process
  /// has none.
  func reduceCollected() throws
  /// Ends a pass in which this process has failed, so that the others do not wait for it.
  func completeFailedPass() throws
  /// Ends the run on all processes, since this one has come upon a mistake where the others wait for it: what they call next throws it.
  func fail(_ mistake: any Error)
  /// The sums of numbers over the processes.
  func sum(_ numbers: [Double]) throws -> [Double]
  /// The values of all processes, by their numbers.
  func gather<Value: Codable & Sendable>(_ value: Value) throws -> [Value]
  /// The tensors of all processes, by their numbers; they may have any shapes and numbers.
  func gather(_ tensors: [Tensor]) throws -> [[Tensor]]

  // What those say whose processes each have a part of the parameters or of what optimisers keep.

  /// Whether checkpoints are written and read by all processes together, each its part.
  var isDivided: Bool { get }
  /// Whether each forward and backward pass waits for all processes, so that a mistake of one ends all.
  var needsAllInPasses: Bool { get }
  /// Whether forward and backward pass may be a compiled function.
  var canCompile: Bool { get }
  /// Makes the optimisers, which may have states already, those of what this process has.
  func adopt(_ optimizers: [Optimizer]) throws
  /// Scales gradients down so that the norm of all of them, those of other processes too, is at most `maxNorm`.
  /// - Returns: the norm before.
  func clipGradNorm(_ parameters: [Tensor], maxNorm: Double) throws -> Double
  /// Has all processes leave out the step where the gradients of one are not finite.
  func shareOverflow(_ parameters: [Tensor]) throws
  /// What comes before the optimisers' steps.
  func beginStep(_ optimizers: [Optimizer]) throws
  /// What comes behind them.
  func endStep(_ optimizers: [Optimizer]) throws
  /// The state of the whole model, on all processes.
  func stateDict(of model: any Module) throws -> StateDict
  /// Writes a checkpoint into a folder: what the first process has in `state`, and of model and optimisers what each has.
  func save(
    _ state: StateDict, texts: [String: String], model: any Module, optimizers: [(name: String, optimizer: Optimizer)],
    to folder: String) throws
  /// Reads what `save` has written beside model and optimisers.
  func load(from folder: String) throws -> (state: StateDict, texts: [String: String])
  /// Stores of a checkpoint what this process has of model and optimisers.
  func load(
    model: any Module, optimizers: [(name: String, optimizer: Optimizer)], from folder: String) throws
}

extension TrainingProcesses {
  public var isDivided: Bool { false }
  public var needsAllInPasses: Bool { false }
  public var canCompile: Bool { true }
  public func adopt(_ optimizers: [Optimizer]) throws {}
  public func clipGradNorm(_ parameters: [Tensor], maxNorm: Double) throws -> Double {
    ApusOptim.clipGradNorm(parameters, maxNorm: maxNorm).item()
  }
  public func shareOverflow(_ parameters: [Tensor]) throws {}
  public func beginStep(_ optimizers: [Optimizer]) throws {}
  public func endStep(_ optimizers: [Optimizer]) throws {}
  public func stateDict(of model: any Module) throws -> StateDict { model.stateDict() }
  public func save(
    _ state: StateDict, texts: [String: String], model: any Module, optimizers: [(name: String, optimizer: Optimizer)],
    to folder: String
  ) throws {
    throw TensorError(.unsupported, "Trainer", "these processes write no checkpoints in parts; isDivided must be false")
  }
  public func load(from folder: String) throws -> (state: StateDict, texts: [String: String]) {
    throw TensorError(
      .unsupported, folder,
      "this is a folder, and the strategy of the run reads files; give one that a trainer has written")
  }
  public func load(
    model: any Module, optimizers: [(name: String, optimizer: Optimizer)], from folder: String
  ) throws {
    _ = try load(from: folder)
  }
}

extension Trainer {
  /// Whether this process writes files and shows progress.
  public var isMain: Bool { processes.map { $0.rank == 0 } ?? true }

  /// Whether passes are a compiled function: where it is wanted, and the strategy leaves parameters where they are.
  var isCompiling: Bool { compiles && processes?.canCompile != false }

  /// The loggers of the process that writes.
  var activeLoggers: [any TrainingLogger] { isMain ? loggers : [] }

  /// Joins the other processes, once.
  func joinProcesses() throws {
    if processes == nil, let joined = try strategy.join(model) {
      try joined.adopt(optimizers)
      processes = joined
      if compiles, !joined.canCompile {
        say(
          "passes run eagerly, though compiles is set: the strategy divides the parameters, which come from other processes in each pass"
        )
      }
    }
    if processes != nil, isManual, accumulatedBatches > 1 {
      throw TensorError(
        .value, "Trainer", "accumulatedBatches has no meaning for a function that makes the steps itself")
    }
  }

  /// The part of `loader` that this process reads.
  func ownPart(_ loader: DataLoader<Batch>) -> DataLoader<Batch> {
    processes.map { loader.part($0.rank, of: $0.size) } ?? loader
  }

  /// Has all processes draw the same order of the data in the pass that begins, from the states of the first one;
  /// afterwards the default generators go different ways.
  func shareStates() throws {
    guard let processes else { return }
    let states = try processes.gather(processes.rank == 0 ? sources.map { $0.getState() } : [])[0]
    guard states.count == sources.count else { return }
    for (source, state) in zip(sources, states) { try source.setState(state) }
  }

  /// Has the default generator of each process but the first go its own way.
  func separateStates() {
    guard let processes, processes.rank > 0 else { return }
    let generator = Generator.default
    generator.manualSeed(Int(generator.random64() >> 1) &+ processes.rank &* 0x9E37_79B9)
  }

  /// Whether the condition is met in any process.
  func anywhere(_ condition: Bool) throws -> Bool {
    guard let processes else { return condition }
    return try processes.sum([condition ? 1 : 0])[0] > 0
  }

  /// Throws on all processes what one has come upon.
  func throwTogether(_ mistake: (any Error)?) throws {
    guard let processes else {
      if let mistake { throw mistake }
      return
    }
    let all = try processes.gather(mistake.map { "\($0)" })
    if let mistake { throw mistake }
    guard let rank = all.firstIndex(where: { $0 != nil }) else { return }
    throw TensorError(.state, "Trainer", "process \(rank) has ended the run: \(all[rank] ?? "")")
  }

  /// Runs `body` with what the metrics of all processes have gathered; afterwards they have their own again.
  func merged<Result>(_ means: Means, _ body: (Means) throws -> Result) throws -> Result {
    guard let processes else { return try body(means) }
    let own = metrics.map(\.snapshots)
    defer { for (metric, snapshots) in zip(metrics, own) { metric.snapshots = snapshots } }
    for metric in metrics {
      let writes = try processes.gather(metric.snapshots.map(\.writes))
      let counts = try processes.gather(metric.snapshots.map(\.pieces.count))
      let tensors = try processes.gather(metric.snapshots.flatMap(\.pieces))
      metric.reset()
      for rank in 0..<processes.size {
        var rest = tensors[rank][...]
        let snapshots = zip(writes[rank], counts[rank]).map { writes, count in
          defer { rest = rest.dropFirst(count) }
          return MetricState.Snapshot(pieces: Array(rest.prefix(count)), writes: writes)
        }
        metric.merge(snapshots)
      }
    }
    return try body(means.summed(try processes.sum(means.sums)))
  }

  /// The means of named values over the examples of all processes.
  func merged(_ means: NamedMeans) throws -> NamedMeans {
    guard let processes else { return means }
    var all = NamedMeans()
    let sums = try processes.gather(means.sums.map { NamedSum(name: $0.name, sum: $0.sum, count: $0.count) })
    for sum in sums.joined() { all.add(sum.name, sum: sum.sum, count: sum.count) }
    return all
  }

  /// The values that the first process has, in all: what decides is the same everywhere.
  func common(_ values: EpochValues) throws -> EpochValues {
    guard let processes else { return values }
    let mine = processes.rank == 0 ? values.names.map { NamedSum(name: $0, sum: values[$0] ?? .nan, count: 0) } : []
    var common = EpochValues(epoch: values.epoch)
    for value in try processes.gather(mine)[0] { common[value.name] = value.sum }
    return common
  }
}

/// A named number on its way to another process.
private struct NamedSum: Codable, Sendable {
  var name: String
  var sum: Double
  var count: Int
}
