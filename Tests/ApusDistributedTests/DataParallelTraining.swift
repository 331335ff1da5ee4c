import Apus
import ApusDistributed
import Foundation
import Testing

// Trainers on several processes against one trainer on one process, which every rank runs beside it.

extension Cases {
  private static func network(_ seed: Int) -> Sequential {
    let net = Sequential(Linear(5, 8), Tanh(), Linear(8, 3))
    net.double()
    fill(net)
    for p in net.parameters() { set(p, to: p.rank == 1 ? ripple(p.shape, 0.4, 0.1) : p.detach() + Double(seed)) }
    return net
  }

  private static func data(_ count: Int) -> TensorDataset {
    let classes = Tensor((0..<count).map { ($0 * 7 + $0 / 3) % 3 }, dtype: .int64)
    return TensorDataset(ripple([count, 5], 0.77), classes)
  }

  /// A trainer with what the comparison needs.
  private static func trainer(_ net: Sequential, _ change: (Trainer<(Tensor, Tensor)>) -> Void) -> Trainer<
    (Tensor, Tensor)
  > {
    let trainer = Trainer(net, optimizer: SGD(net.parameters(), lr: 0.3, momentum: 0.5), loss: CrossEntropyLoss())
    trainer.metrics = [.accuracy, MulticlassF1Score(numClasses: 3)]
    trainer.showsProgress = false
    trainer.onInterrupt = .ignore
    change(trainer)
    return trainer
  }

  static func dataParallelTrainer() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (rank, size) = (world.rank, world.size)
    // The folder of rank 0.
    let folder = try world.broadcastObject(
      FileManager.default.temporaryDirectory.appendingPathComponent("ddp-\(UUID().uuidString)").path, from: 0)
    defer { if rank == 0 { try? FileManager.default.removeItem(atPath: folder) } }
    // 41 examples in batches of 4 for each rank: the last ones are not full, and on some ranks there are none.
    let (training, validation) = (data(41), data(13))
    func loader(_ batch: Int) -> DataLoader<(Tensor, Tensor)> {
      DataLoader(training, batchSize: batch, shuffle: true, generator: Generator(seed: 7))
    }
    func compare(_ title: String, _ change: (Trainer<(Tensor, Tensor)>) -> Void) throws {
      let single = trainer(network(0), change)
      let expected = try single.fit(loader(4 * size), validation: DataLoader(validation, batchSize: 5), epochs: 4)
      let shared = trainer(network(rank), change)
      shared.strategy = .dataParallel
      let found = try shared.fit(loader(4), validation: DataLoader(validation, batchSize: 5), epochs: 4)
      #expect(found.count == 4 && shared.step == single.step, "\(title)")
      for (a, b) in zip(found, expected) {
        #expect(Set(a.names) == Set(b.names))
        for name in b.names {
          let (x, y) = (a[name] ?? .nan, b[name] ?? .nan)
          #expect(abs(x - y) <= 1e-6 * abs(y), "\(title): \(name) \(x) \(y)")
        }
      }
      for (p, q) in zip(shared.model.parameters(), single.model.parameters()) {
        #expect((p.detach() - q.detach()).abs().max().item() < 1e-9, "\(title)")
      }
    }
    try compare("plain") { _ in }
    try compare("clipped, accumulated") {
      $0.accumulatedBatches = 2
      $0.maxGradNorm = 0.05
    }
    try compare("compiled") { $0.compiles = true }

    // One writes, all go on from there.
    func run(_ change: (Trainer<(Tensor, Tensor)>) -> Void) -> Trainer<(Tensor, Tensor)> {
      let made = trainer(network(0), change)
      made.strategy = .dataParallel
      return made
    }
    let whole = run { _ in }
    let curve = try whole.fit(loader(4), validation: DataLoader(validation, batchSize: 5), epochs: 4)
    let first = run {
      let last = whole.step / 2 + 1
      $0.callbacks = [Callback(onStep: { step, _ in if step > last { throw TensorError(.state, "test", "over") } })]
      $0.checkpoints = CheckpointPlan(folder: folder, everySteps: 1)
    }
    do { try first.fit(loader(4), validation: DataLoader(validation, batchSize: 5), epochs: 4) } catch {}
    try world.barrier()
    let second = run { _ in }
    try second.resume(from: folder + "/last.safetensors")
    let rest = try second.fit(loader(4), validation: DataLoader(validation, batchSize: 5), epochs: 4)
    #expect(rest.count == 4)
    for (a, b) in zip(rest, curve) {
      for name in b.names {
        #expect(abs((a[name] ?? .nan) - (b[name] ?? .nan)) <= 1e-9, "resumed: epoch \(a.epoch) \(name)")
      }
    }
    // All stop where one wants to, and where early stopping does.
    let stopping = run { trainer in
      trainer.callbacks = [Callback(onStep: { step, _ in if step == 3, rank == size - 1 { trainer.stop() } })]
    }
    try stopping.fit(loader(4), epochs: 4)
    let steps = try world.allGatherObject(stopping.step)
    #expect(Set(steps).count == 1 && stopping.step < whole.step)
    let early = run { $0.callbacks = [EarlyStopping(monitor: "loss", patience: 1, minDelta: 10)] }
    #expect(try early.fit(loader(4), epochs: 4).count == 2)
    try destroyProcessGroup()
  }

  static func dataParallelMistakes() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let rank = world.rank
    // A mistake of one rank, before its backward pass.
    let net = network(0)
    let failing = Trainer(net, optimizer: SGD(net.parameters(), lr: 0.1)) { (batch: (Tensor, Tensor)) in
      if rank == 1 { throw TensorError(.value, "reading", "the third picture is damaged") }
      let output = net(batch.0)
      return .init(loss: crossEntropy(output, batch.1), count: batch.0.shape[0])
    }
    failing.strategy = .dataParallel
    failing.showsProgress = false
    do {
      try failing.fit(DataLoader(data(24), batchSize: 4), epochs: 1)
      Issue.record("a mistake did not end the run")
    } catch { #expect("\(error)".contains("the third picture is damaged"), "\(error)") }
    // A loss that is no number on one rank.
    let other = network(0)
    let infinite = Trainer(other, optimizer: SGD(other.parameters(), lr: 0.1)) { (batch: (Tensor, Tensor)) in
      let loss = crossEntropy(other(batch.0), batch.1)
      return .init(loss: rank == 0 ? loss * Double.nan : loss, count: batch.0.shape[0])
    }
    infinite.strategy = .dataParallel
    infinite.showsProgress = false
    do {
      try infinite.fit(DataLoader(data(24), batchSize: 4), epochs: 1)
      Issue.record("a loss that is no number did not end the run")
    } catch { #expect("\(error)".contains("the loss is nan"), "\(error)") }
    // A loss that not all parameters take part in.
    let partial = network(0)
    let missing = Trainer(partial, optimizer: SGD(partial.parameters(), lr: 0.1)) { (batch: (Tensor, Tensor)) in
      .init(loss: partial[2](ripple([2, 8], 0.1)).sum(), count: 1)
    }
    missing.strategy = .dataParallel
    missing.showsProgress = false
    do {
      try missing.fit(DataLoader(data(24), batchSize: 4), epochs: 1)
      Issue.record("parameters without gradients were accepted")
    } catch { #expect("\(error)".contains("brought no gradient"), "\(error)") }
    // Processes without data cannot take part in the statistics of all.
    let normed = Sequential(Linear(5, 4), BatchNorm1d(4), Linear(4, 3))
    let uneven = Trainer(normed, optimizer: SGD(normed.parameters(), lr: 0.1), loss: CrossEntropyLoss())
    uneven.strategy = .dataParallel(syncBatchNorm: true)
    uneven.showsProgress = false
    uneven.precision = .float64
    do {
      try uneven.fit(DataLoader(data(13), batchSize: 4), epochs: 1)
      Issue.record("a process without data was accepted")
    } catch { #expect("\(error)".contains("dropLast: true"), "\(error)") }
    try uneven.fit(DataLoader(data(13), batchSize: 4, dropLast: true), epochs: 1)
    // A step of 12 examples each time.
    #expect(uneven.step == 2)
    try destroyProcessGroup()
  }
}
