import Apus
import ApusDistributed
import Foundation
import Testing

// Trainers whose states, or parameters, are divided among processes, against one trainer on one process.

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct DividedTrainerTests {
  @Test(arguments: [2, 3, 4]) func curvesAreThoseOfOneProcess(_ ranks: Int) throws {
    let ended = try Launcher.all[0].run("divided trainers", ranks: ranks)
    #expect(ended.status == 0, "\(ended.output)")
  }
}

extension Cases {
  private static func network() -> Sequential {
    let net = Sequential(Linear(5, 8), Tanh(), Linear(8, 3))
    net.double()
    fill(net)
    for p in net.parameters() where p.rank == 1 { set(p, to: ripple(p.shape, 0.4, 0.1)) }
    return net
  }

  private static func data(_ count: Int) -> TensorDataset {
    let classes = Tensor((0..<count).map { ($0 * 7 + $0 / 3) % 3 }, dtype: .int64)
    return TensorDataset(ripple([count, 5], 0.77), classes)
  }

  static func dividedTrainers() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let size = world.size
    let folder = try world.broadcastObject(
      FileManager.default.temporaryDirectory.appendingPathComponent("divided-\(UUID().uuidString)").path, from: 0)
    defer { if world.rank == 0 { try? FileManager.default.removeItem(atPath: folder) } }
    let (training, validation) = (data(49), data(13))
    func loader(_ batch: Int) -> DataLoader<(Tensor, Tensor)> {
      DataLoader(training, batchSize: batch, shuffle: true, dropLast: true, generator: Generator(seed: 7))
    }
    func trainer(_ strategy: TrainingStrategy, _ change: (Trainer<(Tensor, Tensor)>) -> Void = { _ in })
      -> Trainer<(Tensor, Tensor)>
    {
      let net = network()
      let trainer = Trainer(net, optimizer: AdamW(net.parameters(), lr: 0.02), loss: CrossEntropyLoss())
      trainer.metrics = [.accuracy]
      trainer.showsProgress = false
      trainer.onInterrupt = .ignore
      trainer.maxGradNorm = 0.3
      trainer.strategy = strategy
      change(trainer)
      return trainer
    }
    func fit(_ trainer: Trainer<(Tensor, Tensor)>, _ batch: Int = 4, epochs: Int = 4) throws -> [EpochValues] {
      try trainer.fit(loader(batch), validation: DataLoader(validation, batchSize: 5), epochs: epochs)
    }
    func expectSame(_ found: [EpochValues], _ expected: [EpochValues], _ title: String) {
      #expect(found.count == expected.count, "\(title)")
      for (a, b) in zip(found, expected) {
        for name in b.names {
          let (x, y) = (a[name] ?? .nan, b[name] ?? .nan)
          #expect(abs(x - y) <= 1e-6 * max(abs(y), 1e-3), "\(title): epoch \(b.epoch), \(name) \(x) \(y)")
        }
      }
    }
    let single = trainer(.single)
    let curve = try fit(single, 4 * size)
    let expected = single.model.stateDict()
    let isUnit = { @Sendable (module: any Module) in (module as? Linear)?.outFeatures == 8 }
    let strategies: [(String, TrainingStrategy)] =
      size == 4
      ? [("hybrid", .fullySharded(units: isUnit, replicas: .count(2)))]
      : [("zero 1", .zero(stage: 1)), ("zero 2", .zero(stage: 2)), ("sharded", .fullySharded(units: isUnit))]
    for (title, strategy) in strategies {
      let whole = trainer(strategy)
      expectSame(try fit(whole), curve, title)
      for (name, tensor) in try whole.weights() {
        #expect(expected[name].map { close(tensor, $0, 1e-8) } ?? false, "\(title): \(name)")
      }
      // What each keeps of the optimiser's states.
      let kept = whole.optimizer.stateDict().filter { $0.name.hasSuffix("exp_avg") }.reduce(0) { $0 + $1.tensor.count }
      #expect(kept < single.model.parameters().reduce(0) { $0 + $1.count }, "\(title)")
      // A run that ends in the second epoch, and others that go on from there.
      let path = "\(folder)/\(title.replacing(" ", with: "-"))"
      let first = trainer(strategy) {
        $0.callbacks = [Callback(onStep: { step, _ in if step > 7 { throw TensorError(.state, "test", "over") } })]
        $0.checkpoints = CheckpointPlan(folder: path, everySteps: 1, monitor: "loss")
      }
      do { _ = try fit(first) } catch {}
      try world.barrier()
      #expect(FileManager.default.fileExists(atPath: path + "/last/checkpoint.json"), "\(title)")
      let second = trainer(strategy)
      try second.resume(from: path + "/last.safetensors")
      #expect(second.step == 7)
      expectSame(try fit(second), curve, "\(title), resumed")
      let other = trainer(title == "sharded" ? .zero(stage: 1) : .fullySharded)
      try other.resume(from: path + "/last")
      expectSame(try fit(other), curve, "\(title), resumed otherwise")
      let best = try load(path + "/best.safetensors")
      #expect(Set(best.names) == Set(expected.names) && best.allSatisfy { expected[$0.name]?.shape == $0.tensor.shape })
    }
    if size == 4 { return try destroyProcessGroup() }
    // From one process's file into parts.
    let alone = trainer(.single) { $0.maxSteps = 2 }
    _ = try fit(alone, 4 * size)
    if world.rank == 0 {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try alone.save(to: folder + "/alone.safetensors")
    }
    try world.barrier()
    let parted = trainer(.fullySharded)
    try parted.resume(from: folder + "/alone.safetensors")
    #expect(parted.optimizer.stateDict().names.contains("state.0.exp_avg"))
    // Gradients of several batches make one step, also where the last of an epoch are fewer.
    let several = trainer(.single) { $0.accumulatedBatches = 2 }
    let accumulated = try fit(several, 4 * size)
    expectSame(try fit(trainer(.fullySharded) { $0.accumulatedBatches = 2 }), accumulated, "accumulated")
    // Passes of divided parameters run eagerly.
    expectSame(try fit(trainer(.fullySharded) { $0.compiles = true }), curve, "compiled")
    #expect(throws: TensorError.self) { try fit(trainer(.zero(stage: 4))) }
    try destroyProcessGroup()
  }
}
