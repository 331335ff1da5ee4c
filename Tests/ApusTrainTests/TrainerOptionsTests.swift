import Apus
import TestSupport
import Testing

private final class Net: Layer {
  let fc1 = Linear(64, 16)
  let norm = BatchNorm1d(16)
  let fc2 = Linear(16, 10)
  func forward(_ x: Tensor) -> Tensor { fc2(norm(fc1(x.flatten(1))).relu()) }
}

/// Without layers whose result for an example depends on the others.
private final class Plain: Layer {
  let fc1 = Linear(64, 16)
  let fc2 = Linear(16, 10)
  func forward(_ x: Tensor) -> Tensor { fc2(fc1(x.flatten(1)).relu()) }
}

/// Writes down what it is told.
private final class CallRecorder: TrainingCallback {
  var calls: [String] = []
  func runStarted(_ run: any TrainingRun) { calls.append("run") }
  func runEnded(_ run: any TrainingRun, error: (any Error)?) { calls.append(error == nil ? "end" : "error") }
  func epochStarted(_ epoch: Int, of run: any TrainingRun) { calls.append("epoch \(epoch)") }
  func epochEnded(_ values: EpochValues, of run: any TrainingRun) -> Bool {
    calls.append("values \(values.epoch)")
    return true
  }
  func gradientsReady(_ run: any TrainingRun) { calls.append("gradients") }
  func stepEnded(_ step: Int, loss: Double, of run: any TrainingRun) { calls.append("step \(step)") }
  func validationStarted(_ run: any TrainingRun) { calls.append("validation") }
  func validationEnded(_ run: any TrainingRun) { calls.append("validated") }
}

/// Keeps the values of steps.
private final class StepLogger: TrainingLogger {
  var steps: [(step: Int, values: [String: Double])] = []
  func log(step: Int, values: [(name: String, value: Double)]) {
    steps.append((step, Dictionary(values, uniquingKeysWith: { $1 })))
  }
  func log(epoch: EpochValues, step: Int) {}
  func close() {}
}

/// Tests that seed the default generator follow one another.
@Suite(.serialized) struct TrainerOptionsTests {
  private func trainer(_ model: any Layer, lr: Double = 0.1) -> Trainer<(Tensor, Tensor)> {
    let trainer = Trainer(model, optimizer: SGD(model.parameters(), lr: lr), loss: CrossEntropyLoss())
    trainer.showsProgress = false
    return trainer
  }

  private func loader(_ count: Int, batchSize: Int, shuffle: Bool = false) -> DataLoader<(Tensor, Tensor)> {
    DataLoader(Digits(train: true).subset(0..<count), batchSize: batchSize, shuffle: shuffle)
  }

  @Test func accumulatedGradientsAreThoseOfTheWholeBatch() throws {
    // 100 examples as batches of 30, 30, 30, 10 in steps of 3 and 1 batches, and as batches of 90 and 10.
    manualSeed(3)
    let one = Plain()
    manualSeed(3)
    let two = Plain()
    let accumulating = trainer(one)
    accumulating.accumulatedBatches = 3
    try accumulating.fit(loader(100, batchSize: 30), epochs: 2)
    let steps = [0..<90, 90..<100].map { Digits(train: true).subset($0) }
    let whole = SGD(two.parameters(), lr: 0.1)
    for _ in 0..<2 {
      for part in steps {
        for (x, y) in DataLoader(part, batchSize: 100) {
          whole.zeroGrad()
          crossEntropy(two(x), y).backward()
          whole.step()
        }
      }
    }
    #expect(accumulating.step == 4)
    for (a, b) in zip(one.parameters(), two.parameters()) { #expect(allclose(a, b, rtol: 1e-5, atol: 1e-6)) }
  }

  @Test func compiledPassesTrainAlike() throws {
    var histories: [[Double]] = []
    for isCompiled in [false, true] {
      for accumulated in [1, 2] {
        manualSeed(5)
        let trainer = trainer(Net())
        trainer.compiles = isCompiled
        trainer.accumulatedBatches = accumulated
        trainer.maxGradNorm = 1
        let history = try trainer.fit(loader(192, batchSize: 32, shuffle: true), epochs: 3)
        histories.append(history.map { $0["loss"] ?? .nan })
      }
    }
    for (a, b) in zip(histories[0] + histories[1], histories[2] + histories[3]) { #expect(abs(a - b) < 1e-4 * a) }
    let own = Trainer(Net(), optimizer: SGD(Net().parameters(), lr: 0.1)) { (batch: (Tensor, Tensor)) in
      .init(loss: batch.0.sum(), count: 1)
    }
    own.compiles = true
    own.showsProgress = false
    let error = #expect(throws: TensorError.self) { try own.fit(loader(32, batchSize: 32), epochs: 1) }
    #expect(error?.message.contains("made with a model and its loss") == true)
  }

  @Test func callbacksAreToldInOrder() throws {
    let recorder = CallRecorder()
    let trainer = trainer(Net())
    trainer.callbacks = [recorder]
    trainer.accumulatedBatches = 2
    try trainer.fit(loader(64, batchSize: 16), validation: loader(32, batchSize: 32), epochs: 1)
    #expect(
      recorder.calls == [
        "run", "epoch 1", "gradients", "step 1", "gradients", "step 2", "validation", "validated", "values 1", "end",
      ])
    let bad = DataLoader(TensorDataset(Tensor.zeros([4, 3]), Tensor([0, 1, 2, 3])), batchSize: 4)
    recorder.calls = []
    #expect(throws: TensorError.self) { try trainer.fit(bad, epochs: 2) }
    #expect(recorder.calls == ["run", "epoch 2", "error"])
  }

  @Test func bounds() throws {
    let bounded = trainer(Net())
    bounded.maxSteps = 5
    try bounded.fit(loader(96, batchSize: 32), epochs: 10)
    #expect(bounded.step == 5)

    let short = trainer(Net())
    short.maxTrainBatches = 2
    try short.fit(loader(96, batchSize: 16), epochs: 3)
    #expect(short.step == 6)

    let dev = trainer(Net())
    let recorder = CallRecorder()
    dev.callbacks = [recorder]
    dev.fastDevRun = true
    try dev.fit(loader(96, batchSize: 16), validation: loader(32, batchSize: 8), epochs: 3)
    #expect(dev.step == 1 && recorder.calls.isEmpty && dev.history.isEmpty && dev.fastDevRun)

    let timed = trainer(Net())
    timed.callbacks = [Timer(seconds: 0)]
    try timed.fit(loader(96, batchSize: 16), epochs: 3)
    #expect(timed.step == 1)
  }

  @Test func fewBatchesAreLearntByHeart() throws {
    manualSeed(1)
    let trainer = trainer(Net())
    trainer.overfitBatches = 2
    let history = try trainer.fit(loader(320, batchSize: 16, shuffle: true), epochs: 40)
    #expect(trainer.step == 80)
    #expect((history.last?["loss"] ?? 9) < 0.2)
  }

  @Test func validationInsideEpochsAndEverySecondOne() throws {
    let logger = StepLogger()
    let trainer = trainer(Net())
    trainer.loggers = [logger]
    trainer.callbacks = [LearningRateMonitor(logMomentum: true), GradientNormMonitor()]
    trainer.validateEverySteps = 2
    trainer.validateEveryEpochs = 2
    let history = try trainer.fit(loader(64, batchSize: 16), validation: loader(32, batchSize: 32), epochs: 2)
    #expect(history[0]["validation loss"] == nil && history[1]["validation loss"] != nil)
    #expect(logger.steps.filter { $0.values["validation loss"] != nil }.map(\.step) == [2, 4, 6, 8])
    #expect(logger.steps[0].values["lr"] == 0.1 && (logger.steps[0].values["gradient norm"] ?? 0) > 0)
    #expect(
      history[1]["gradient norm"] == logger.steps.last { $0.values["gradient norm"] != nil }?.values["gradient norm"])
  }

  @Test func theBestEpochsAreKept() throws {
    let folder = TemporaryFolder()
    let trainer = trainer(Net())
    // Values that are known beforehand: best are 3, 5, 2.
    let values = [5.0, 2, 1, 4, 1.5, 3]
    trainer.callbacks = [Given("score", values)]
    trainer.checkpoints = CheckpointPlan(folder: folder.path, everyEpochs: 6, monitor: "score", topK: 3)
    try trainer.fit(loader(32, batchSize: 32), epochs: 3)
    #expect(folder.names == ["best.safetensors", "epoch-1.safetensors", "epoch-2.safetensors", "epoch-3.safetensors"])
    try trainer.save(to: folder.file("middle.safetensors"))

    let rest = self.trainer(Net())
    rest.callbacks = [Given("score", values)]
    rest.checkpoints = trainer.checkpoints
    try rest.resume(from: folder.file("middle.safetensors"))
    try rest.fit(loader(32, batchSize: 32), epochs: 6)
    #expect(
      folder.names == [
        "best.safetensors", "epoch-2.safetensors", "epoch-3.safetensors", "epoch-5.safetensors", "last.safetensors",
        "middle.safetensors",
      ])
    let best = try loadSafetensors(folder.file("best.safetensors"))
    let third = try loadSafetensors(folder.file("epoch-3.safetensors"))
    #expect(best["fc1.weight"]?.array() == third["fc1.weight"]?.array())
  }

  @Test func averagesOfWeights() throws {
    manualSeed(7)
    let model = Net()
    let trainer = trainer(model)
    let kept = Lock<[[Tensor]]>([])
    trainer.callbacks = [
      EMAWeights(decay: 0.5),
      Callback(onStep: { _, _ in kept.withLock { $0.append(model.parameters().map { $0.detach().clone() }) } }),
    ]
    try trainer.fit(loader(64, batchSize: 16), validation: loader(32, batchSize: 32), epochs: 2)
    let steps = kept.withLock { $0 }
    for (i, parameter) in model.parameters().enumerated() {
      var average = steps[0][i]
      for step in steps.dropFirst() { average = average * 0.5 + step[i] * 0.5 }
      #expect(allclose(parameter, average, rtol: 1e-5, atol: 1e-6))
    }
  }

  @Test func stochasticWeightAveraging() throws {
    manualSeed(8)
    let model = Net()
    let trainer = trainer(model)
    let kept = Lock<[[Tensor]]>([])
    let rates = Lock<[Double]>([])
    trainer.callbacks = [
      StochasticWeightAveraging(swaLR: 0.02, from: 2, annealEpochs: 2),
      Callback(
        onEpoch: { values in
          rates.withLock { $0.append(values["lr"] ?? 0) }
          if values.epoch >= 2 { kept.withLock { $0.append(model.parameters().map { $0.detach().clone() }) } }
          return true
        }),
    ]
    try trainer.fit(loader(64, batchSize: 16), epochs: 4)
    #expect(zip(rates.withLock { $0 }, [0.1, 0.06, 0.02, 0.02]).allSatisfy { abs($0 - $1) < 1e-12 })
    let epochs = kept.withLock { $0 }
    for (i, parameter) in model.parameters().enumerated() {
      let mean = epochs.dropFirst().reduce(epochs[0][i]) { $0 + $1[i] } / Double(epochs.count)
      #expect(allclose(parameter, mean, rtol: 1e-5, atol: 1e-6))
    }
    // The statistics are those of the averaged weights over the batches.
    let again = deepCopy(model)
    updateBN(loader(64, batchSize: 16), again)
    #expect(allclose(model.norm.runningMean, again.norm.runningMean, rtol: 1e-5, atol: 1e-6))
  }

  @Test func averagesGoThroughCheckpoints() throws {
    let folder = TemporaryFolder()
    let path = folder.file("c.safetensors")
    func run() -> (Trainer<(Tensor, Tensor)>, Net) {
      manualSeed(9)
      let model = Net()
      let trainer = trainer(model)
      trainer.callbacks = [
        EMAWeights(decay: 0.8), EarlyStopping(monitor: "loss", patience: 9, restoreBestWeights: true),
      ]
      return (trainer, model)
    }
    let (whole, one) = run()
    try whole.fit(loader(64, batchSize: 16), epochs: 4)
    let (start, _) = run()
    start.callbacks.append(Callback(onStep: { step, _ in if step == 6 { try start.save(to: path) } }))
    try start.fit(loader(64, batchSize: 16), epochs: 2)
    let (rest, two) = run()
    try rest.resume(from: path)
    try rest.fit(loader(64, batchSize: 16), epochs: 4)
    for (a, b) in zip(one.parameters(), two.parameters()) { #expect(a.array() == b.array()) }
  }

  @Test func severalOptimizers() throws {
    manualSeed(2)
    let model = ModuleDict(["a": Linear(2, 1), "b": Linear(2, 1)])
    let first = SGD(model["a"]!.parameters(), lr: 0.1)
    let second = SGD(model["b"]!.parameters(), lr: 0.2)
    let a = model["a"] as! Linear
    let b = model["b"] as! Linear
    let trainer = Trainer(model, optimizers: [first, second]) { (batch: (Tensor, Tensor)) in
      let (x, y) = batch
      let lossA = mseLoss(a(x), y)
      let lossB = mseLoss(b(x), -y)
      if model.isTraining {
        for (optimizer, loss) in [(first, lossA), (second, lossB)] {
          optimizer.zeroGrad()
          loss.backward()
          optimizer.step()
        }
      }
      return .init(loss: lossA.detach(), count: x.size(0), values: [("loss b", lossB.detach())])
    }
    trainer.showsProgress = false
    let x = randn([64, 2])
    let data = DataLoader(TensorDataset(x, x.sum(1, keepdim: true)), batchSize: 16)
    let history = try trainer.fit(data, validation: data, epochs: 30)
    #expect((history.last?["loss"] ?? 9) < 0.02 && (history.last?["loss b"] ?? 9) < 0.02)
    #expect((history.last?["validation loss b"] ?? 9) < 0.02)
  }

  @Test func testsAndPredictions() throws {
    let trainer = trainer(Net())
    let logger = StepLogger()
    trainer.loggers = [logger]
    let data = loader(70, batchSize: 32)
    let tested = try trainer.test(data)
    #expect(tested.map(\.name) == ["test loss"] && logger.steps.count == 1)
    let outputs = try trainer.predict(data)
    #expect(outputs.shape == [70, 10] && !outputs.requiresGrad)
    let direct = try trainer.predict(Digits(train: true).images[..<70], batchSize: 50)
    #expect(allclose(outputs, direct, rtol: 1e-5, atol: 1e-6))
    #expect(trainer.model.isTraining)
  }
}

/// Gives the epochs values that are known beforehand.
private final class Given: TrainingCallback {
  let name: String
  let values: [Double]
  init(_ name: String, _ values: [Double]) { (self.name, self.values) = (name, values) }
  func epochStarted(_ epoch: Int, of run: any TrainingRun) { run.log(name, values[epoch - 1]) }
}

/// What is tried beforehand leaves no trace.
@Suite(.serialized) struct FindingTests {
  private func trainer() -> Trainer<(Tensor, Tensor)> {
    manualSeed(12)
    let model = Sequential(Flatten(), Linear(64, 32), BatchNorm1d(32), ReLU(), Dropout(0.1), Linear(32, 10))
    let trainer = Trainer(model, optimizer: Adam(model.parameters(), lr: 3e-3), loss: CrossEntropyLoss())
    trainer.showsProgress = false
    return trainer
  }
  private let loader = DataLoader(Digits(train: true), batchSize: 32, shuffle: true)

  @Test func findsALearningRate() throws {
    let trainer = trainer()
    let before = trainer.model.stateDict()
    let test = try trainer.findLearningRate(loader, from: 1e-6, to: 10)
    #expect(test.rates.count == test.losses.count && test.rates.count > 50)
    #expect(abs(test.rates[0] - 1e-6) < 1e-12 && test.rates[1] > test.rates[0])
    let rate = try #require(test.suggestion)
    #expect((1e-4...1).contains(rate))
    // What comes after is as if nothing had been.
    for (name, tensor) in trainer.model.stateDict() { #expect(tensor.array() == before[name]?.array()) }
    #expect(trainer.optimizer.lr == 3e-3 && trainer.step == 0 && trainer.history.isEmpty)
    try trainer.fit(loader, epochs: 1)
    let other = self.trainer()
    try other.fit(loader, epochs: 1)
    #expect(trainer.history == other.history)
    #expect(throws: TensorError.self) { try trainer.findLearningRate(loader, from: 1, to: 0.1) }
  }

  @Test func triesBatchSizes() throws {
    let trainer = trainer()
    let test = try trainer.findBatchSize([8, 16, 32, 4096], steps: 2) { size in
      DataLoader(Digits(train: true), batchSize: size, shuffle: true)
    }
    #expect(test.trials.map(\.batchSize) == [8, 16, 32] && test.largest == 32)
    #expect(test.trials.allSatisfy { $0.examplesPerSecond > 0 } && trainer.step == 0)
    let bounded = try trainer.findBatchSize([8, 16], steps: 2, memoryLimit: 1) { size in
      DataLoader(Digits(train: true), batchSize: size)
    }
    #expect(bounded.trials.count == 1)
  }
}
