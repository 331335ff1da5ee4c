import Apus
import TestSupport
import Testing

private struct Interruption: Error {}

/// Inputs with noise that is drawn when they are read.
private struct Noisy: Dataset {
  let base = Digits(train: true).subset(0..<96)
  /// Draws from this one, or from the default one of the thread.
  let generator: Generator?
  var count: Int { base.count }
  subscript(i: Int) -> (Tensor, Int) {
    get throws {
      let (image, label) = try base[i]
      let source = generator ?? .default
      return (image + randn(image.shape, generator: source) * 0.1, Int(label.item()))
    }
  }
}

private final class Net: Layer {
  let fc1 = Linear(64, 16)
  let norm = BatchNorm1d(16)
  let dropout = Dropout(0.3)
  let fc2 = Linear(16, 10)
  func forward(_ x: Tensor) -> Tensor { fc2(dropout(norm(fc1(x.flatten(1))).relu())) }
}

/// All that one process would make.
private final class Run {
  let trainer: Trainer<(Tensor, Tensor)>
  let loader: DataLoader<(Tensor, Tensor)>
  let validation: DataLoader<(Tensor, Tensor)>
  var losses: [Double] = []

  enum Kind: CaseIterable, Sendable { case plain, ownGenerator, workers, sampler, ownNoise, stream, streamWorkers }

  init(_ kind: Kind, seed: Int) {
    manualSeed(seed)
    let own = Generator(seed: UInt64(seed))
    let model = Net()
    trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 1e-2), loss: CrossEntropyLoss())
    trainer.metrics = [.accuracy, .topAccuracy(3)]
    trainer.showsProgress = false
    trainer.schedule = CosineAnnealingLR(trainer.optimizer, tMax: 24)
    trainer.scheduleUnit = .step
    if kind == .ownNoise { trainer.generators = [own] }
    let data = Noisy(generator: kind == .ownNoise ? own : nil)
    loader =
      switch kind {
      case .plain, .ownNoise: DataLoader(data, batchSize: 16, shuffle: true)
      case .ownGenerator: DataLoader(data, batchSize: 16, shuffle: true, generator: own)
      case .workers: DataLoader(data, batchSize: 16, shuffle: true, numWorkers: 2, generator: own)
      case .sampler:
        DataLoader(data, batchSize: 16, sampler: SubsetRandomSampler(Array(0..<96).reversed(), generator: own))
      case .stream: DataLoader(Self.stream(data), batchSize: 16, generator: own)
      case .streamWorkers: DataLoader(Self.stream(data), batchSize: 16, numWorkers: 2, generator: own)
      }
    validation = DataLoader(Digits(train: false).subset(0..<64), batchSize: 32, shuffle: true, generator: own)
  }

  /// The same examples in four shards, mixed.
  private static func stream(_ data: Noisy) -> DerivedStream<Noisy.Element> {
    ShardedStream((0..<4).map { "\($0)" }, shuffle: true) { shard in
      let first = 24 * (Int(shard) ?? 0)
      return ListStream(first..<first + 24).begin()
    }
    .shuffled(bufferSize: 10).map { try data[$0] }
  }

  /// Trains to the end of epoch 4; saves to `path` after step `saveAt` and stops after step `stopAt`.
  func train(saveAt: Int = 0, path: String = "", stopAt: Int = .max) throws {
    trainer.callbacks = [
      Callback(onStep: { [unowned self] step, loss in
        losses.append(loss)
        if step == saveAt { try trainer.save(to: path) }
        if step == stopAt { throw Interruption() }
      })
    ]
    try trainer.fit(loader, validation: validation, epochs: 4)
  }
}

/// Tests that seed the default generator follow one another.
@Suite(.serialized) struct ResumeTests {
  @Test(arguments: Run.Kind.allCases, [1, 4, 6, 12, 15])
  private func resumedInsideAnEpoch(kind: Run.Kind, at step: Int) throws {
    let folder = TemporaryFolder()
    let path = folder.file("inside.safetensors")
    let whole = Run(kind, seed: 1)
    try whole.train()
    #expect(whole.trainer.step == 24)

    let start = Run(kind, seed: 1)
    #expect(throws: Interruption.self) { try start.train(saveAt: step, path: path, stopAt: step + 2) }
    let rest = Run(kind, seed: 77)
    try rest.trainer.resume(from: path)
    #expect(rest.trainer.step == step && rest.trainer.epoch == (step - 1) / 6)
    try rest.train()

    #expect(rest.losses == Array(whole.losses[step...]))
    #expect(rest.trainer.history == whole.trainer.history)
    for ((name, a), (_, b)) in zip(whole.trainer.model.stateDict(), rest.trainer.model.stateDict()) {
      #expect(a.array() == b.array(), "\(name)")
    }
  }

  @Test func resumedAtTheEndOfAnEpochWithGeneratorsOfLoaders() throws {
    for kind in Run.Kind.allCases {
      let folder = TemporaryFolder()
      let whole = Run(kind, seed: 2)
      whole.trainer.checkpoints = CheckpointPlan(folder: folder.path, everyEpochs: 3)
      try whole.train()
      let rest = Run(kind, seed: 78)
      try rest.trainer.resume(from: folder.file("last.safetensors"))
      #expect(rest.trainer.epoch == 3)
      try rest.train()
      #expect(rest.losses == Array(whole.losses[18...]) && rest.trainer.history == whole.trainer.history)
    }
  }

  @Test func savedAfterAnInterruptionAndOnceMoreBeforeTheNextFit() throws {
    let folder = TemporaryFolder()
    let (one, two) = (folder.file("one.safetensors"), folder.file("two.safetensors"))
    let whole = Run(.ownGenerator, seed: 3)
    try whole.train()
    let start = Run(.ownGenerator, seed: 3)
    #expect(throws: Interruption.self) { try start.train(stopAt: 9) }
    try start.trainer.save(to: one)
    let between = Run(.ownGenerator, seed: 4)
    try between.trainer.resume(from: one)
    try between.trainer.save(to: two)
    let rest = Run(.ownGenerator, seed: 5)
    try rest.trainer.resume(from: two)
    try rest.train()
    #expect(rest.losses == Array(whole.losses[9...]) && rest.trainer.history == whole.trainer.history)
  }

  @Test func whatDoesNotFitIsAnError() throws {
    let folder = TemporaryFolder()
    let path = folder.file("inside.safetensors")
    #expect(throws: Interruption.self) { try Run(.plain, seed: 6).train(saveAt: 3, path: path, stopAt: 3) }

    let other = Run(.plain, seed: 6)
    try other.trainer.resume(from: path)
    let longer = DataLoader(Noisy(generator: nil), batchSize: 8, shuffle: true)
    let size = #expect(throws: TensorError.self) {
      try other.trainer.fit(longer, validation: other.validation, epochs: 4)
    }
    #expect(size?.message.contains("after batch 3 of an epoch of 6 batches of 16") == true)
    // The position is not forgotten by the mistake.
    try other.train()
    #expect(other.losses.count == 21)

    let fewer = Run(.plain, seed: 6)
    try fewer.trainer.resume(from: path)
    fewer.trainer.metrics = []
    #expect(throws: TensorError.self) { try fewer.train() }

    let own = Run(.plain, seed: 6)
    try own.trainer.resume(from: path)
    own.trainer.generators = [Generator(seed: 1)]
    let generators = #expect(throws: TensorError.self) { try own.train() }
    #expect(generators?.message.contains("1 generators besides the default one") == true)
  }

  @Test func whatIsNotANumberIsNotKeptAsTheBest() throws {
    let folder = TemporaryFolder()
    let model = Linear(2, 2)
    let trainer = Trainer(model, optimizer: SGD(model.parameters(), lr: 0), loss: CrossEntropyLoss())
    trainer.showsProgress = false
    trainer.checkpoints = CheckpointPlan(folder: folder.path, monitor: "validation loss")
    let loader = DataLoader(TensorDataset(Tensor.ones([2, 2]), Tensor([0, 1])))
    let broken = DataLoader(TensorDataset(Tensor.full([2, 2], Double.nan), Tensor([0, 1])))
    try trainer.fit(loader, validation: broken, epochs: 1)
    #expect(folder.names == ["last.safetensors"])
    try trainer.fit(loader, validation: loader, epochs: 2)
    #expect(folder.names == ["best.safetensors", "last.safetensors"])
    // An epoch without validation has no such value; one whose value is not a number has.
    trainer.checkpoints = nil
    try trainer.fit(loader, epochs: 3)
    try trainer.save(to: folder.file("third.safetensors"))
    let later = Trainer(model, optimizer: SGD(model.parameters(), lr: 0), loss: CrossEntropyLoss())
    try later.resume(from: folder.file("third.safetensors"))
    let validation = later.history.map { $0["validation loss"] }
    #expect(validation.count == 3 && validation[0]?.isNaN == true && validation[1] != nil && validation[2] == nil)
  }

  @Test func aFailedBackwardPassChangesNothing() throws {
    let model = Linear(2, 2)
    let before = model.stateDict()
    let trainer = Trainer<(Tensor, Tensor)>(model, optimizer: SGD(model.parameters(), lr: 1)) { x, y in
      // The loss is fine; on the way back the graph of the second part has been given up.
      let part = (model.weight * model.weight).sum()
      part.backward()
      return .init(loss: model(x).sum() + part, count: 1)
    }
    trainer.showsProgress = false
    let loader = DataLoader(TensorDataset(Tensor.ones([2, 2]), Tensor([0, 1])))
    #expect(throws: TensorError.self) { try trainer.fit(loader, epochs: 1) }
    for (name, tensor) in model.stateDict() { #expect(tensor.array() == before[name]?.array(), "\(name)") }
  }
}
