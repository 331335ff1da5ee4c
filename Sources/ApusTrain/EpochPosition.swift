import ApusCore
import ApusData
import ApusMetrics

/// Where in an epoch a run is.
struct EpochPosition {
  /// Batches that have been trained on.
  var done: Int
  /// ``DataLoader/sizes`` of the loader.
  var loader: [Int]
  /// The states of the generators before the pass began, from which the order of its batches follows.
  var start: [[UInt8]]
  var means: Means
}

extension DataLoader {
  /// What tells apart loaders whose batches cannot be the same ones: batches of a pass (0: only reading tells), their size,
  /// examples.
  var sizes: [Int] { [knownCount ?? 0, batchSize, datasetCount] }
}

/// What a checkpoint tells the next fit: random states and the position in an epoch.
struct Resumption {
  /// The states of the default generator, of the loaders' and of the trainer's own.
  var states: [[UInt8]]
  var inside: Inside?

  /// An ``EpochPosition`` in a file, whose metrics are not known yet.
  struct Inside {
    var done: Int
    var loader: [Int]
    var start: [[UInt8]]
    var means: [Double]
    var metrics: [[String: Tensor]]
    var pass: DataLoaderState?

    init(_ position: EpochPosition, _ pass: DataLoaderState?) {
      (done, loader, start) = (position.done, position.loader, position.start)
      (means, metrics) = (position.means.state, position.means.metricStates)
      self.pass = pass
    }

    init(
      done: Int, loader: [Int], start: [[UInt8]], means: [Double], metrics: [[String: Tensor]], pass: DataLoaderState?
    ) {
      (self.done, self.loader, self.start) = (done, loader, start)
      (self.means, self.metrics, self.pass) = (means, metrics, pass)
    }

    /// The position for a loader of these sizes and for these metrics.
    /// - Throws: `TensorError` if they are not those of the interrupted epoch.
    func position(_ sizes: [Int], _ metrics: [Metric]) throws(TensorError) -> EpochPosition {
      guard sizes == loader else {
        throw TensorError(
          .state, "Trainer",
          "the checkpoint lies after batch \(done) of an epoch of \(loader[0]) batches of \(loader[1]), \(loader[2]) examples, "
            + "and this loader has \(sizes[0]) batches of \(sizes[1]), \(sizes[2]) examples; give fit the loader of the "
            + "interrupted run, or resume from a checkpoint of an epoch's end")
      }
      guard let restored = Means(metrics, state: means, self.metrics) else {
        throw TensorError(
          .state, "Trainer",
          "the checkpoint was saved inside an epoch with \(self.metrics.count) metrics, which are not the \(metrics.count) of "
            + "the trainer; give it those of the interrupted run")
      }
      return EpochPosition(done: done, loader: loader, start: start, means: restored)
    }
  }

  init(states: [[UInt8]], inside: Inside?) {
    self.states = states
    self.inside = inside
  }

  /// - Throws: `TensorError` where the checkpoint says what cannot be.
  init(_ checkpoint: Checkpoint, path: String) throws {
    func bytes(_ name: String) -> [[UInt8]] {
      var found: [[UInt8]] = []
      while let tensor = checkpoint.state["\(name).\(found.count)"] { found.append(tensor.array(as: UInt8.self)) }
      return found
    }
    guard let random = checkpoint.state["trainer.random"] else {
      throw TensorError(.state, path, "the checkpoint has no trainer.random, the state of the default generator")
    }
    states = [random.array(as: UInt8.self)] + bytes("trainer.generator")
    guard let position = checkpoint.state["trainer.position"]?.array(as: Double.self) else { return }
    let start = bytes("trainer.start")
    let means = checkpoint.state["trainer.means"]?.array(as: Double.self) ?? []
    guard position.count == 4, position.allSatisfy({ (0..<1e15).contains($0) }),
      position[1] == 0 || position[0] <= position[1],
      start.count == states.count, means.count == 3, (0..<1e6).contains(means[2])
    else {
      throw TensorError(.state, path, "the position in an epoch that the checkpoint tells is none")
    }
    let metrics = (0..<Int(means[2])).map { i in
      Dictionary(checkpoint.state.part("trainer.metric.\(i)").map { ($0.name, $0.tensor) }) { $1 }
    }
    let pass = try checkpoint.state["trainer.pass"].map { try DataLoaderState(bytes: $0.array(as: UInt8.self)) }
    inside = Inside(
      done: Int(position[0]), loader: position[1...].map { Int($0) }, start: start, means: means, metrics: metrics,
      pass: pass)
  }

  func write(to checkpoint: inout Checkpoint) {
    checkpoint.set("trainer.random", states[0])
    for (i, state) in states.dropFirst().enumerated() { checkpoint.set("trainer.generator.\(i)", state) }
    guard let inside else { return }
    checkpoint.set("trainer.position", ([inside.done] + inside.loader).map { Double($0) })
    checkpoint.set("trainer.means", inside.means)
    if let pass = inside.pass { checkpoint.set("trainer.pass", pass.bytes) }
    for (i, states) in inside.metrics.enumerated() {
      for (name, tensor) in states.sorted(by: { $0.key < $1.key }) {
        checkpoint.state["trainer.metric.\(i).\(name)"] = tensor
      }
    }
    for (i, state) in inside.start.enumerated() { checkpoint.set("trainer.start.\(i)", state) }
  }

  /// - Throws: `TensorError` unless there is a state for each of the generators.
  func checkSources(_ sources: [Generator]) throws(TensorError) {
    guard sources.count == states.count else {
      throw TensorError(
        .state, "Trainer",
        "the checkpoint has the states of \(states.count - 1) generators besides the default one, and the loaders and "
          + "trainer.generators have \(sources.count - 1); make them as they were in the interrupted run")
    }
  }

  /// Sets the generators to the states at the checkpoint.
  func restore(_ sources: [Generator]) throws {
    for (source, state) in zip(sources, states) { try source.setState(state) }
  }
}
