import Apus
import TestSupport
import Testing

@Suite struct TrainingCode {
  @Test func trainer() throws {
    let folder = TemporaryFolder()
    let run = folder.path

    manualSeed(0)
    let model = Sequential(Flatten(), Linear(64, 64), ReLU(), Linear(64, 10))
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let test = DataLoader(Digits(train: false), batchSize: 360)

    let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 3e-3), loss: CrossEntropyLoss())
    trainer.metrics = [.accuracy]
    trainer.checkpoints = CheckpointPlan(folder: run)
    trainer.loggers = [try TensorBoardLogger(logDir: run), CSVLogger(path: run + "/values.csv")]
    trainer.showsProgress = false
    try trainer.fit(loader, validation: test, epochs: 2)
    print(trainer.history.last?["validation accuracy"] ?? 0)
    #expect((trainer.history.last?["validation accuracy"] ?? 0) > 0.6)
  }

  @Test func options() throws {
    let folder = TemporaryFolder()
    let run = folder.path
    let model = Sequential(Flatten(), Linear(64, 10))
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let test = DataLoader(Digits(train: false), batchSize: 360)
    let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 3e-3), loss: CrossEntropyLoss())
    trainer.showsProgress = false
    trainer.accumulatedBatches = 4  // a step for every four batches: the mean over all their examples
    trainer.maxGradNorm = 1
    trainer.compiles = true  // forward and backward pass as a compiled function
    trainer.validateEverySteps = 10
    trainer.checkpoints = CheckpointPlan(folder: run, everySteps: 20, monitor: "validation loss", topK: 3)
    trainer.callbacks = [
      EarlyStopping(patience: 5, restoreBestWeights: true), EMAWeights(decay: 0.99), LearningRateMonitor(),
      GradientNormMonitor(everySteps: 5), Timer(seconds: 600),
    ]
    try trainer.fit(loader, validation: test, epochs: 2)
    #expect(folder.names.contains("last.safetensors"))
  }

  @Test func precision() throws {
    let model = Sequential(Flatten(), Linear(64, 10))
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 3e-3), loss: CrossEntropyLoss())
    trainer.precision = "bf16-mixed"
    trainer.progress = .lines
    trainer.showsProgress = false
    try trainer.fit(loader, epochs: 1)
    #expect(model.parameters().allSatisfy { $0.dtype == .float32 })
  }

  @Test func scaledLoss() {
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let classifier = Sequential(Flatten(), Linear(64, 64), ReLU(), Linear(64, 10))
    let optimizer = SGD(classifier.parameters(), lr: 0.1, momentum: 0.9)
    let scaler = GradScaler()
    for (images, labels) in loader {
      optimizer.zeroGrad()
      let loss = autocast(.float16) { crossEntropy(classifier(images), labels) }
      scaler.scale(loss).backward()
      scaler.unscale_(optimizer)  // only to see or to bound the gradients
      clipGradNorm(classifier.parameters(), maxNorm: 1)
      scaler.step(optimizer)
      scaler.update()
    }
    #expect(scaler.getScale() > 0)
  }

  @Test func keras() throws {
    let folder = TemporaryFolder()
    let run = folder.path
    let digits = Digits(train: true)
    let keras = Sequential(Flatten(), Linear(64, 64), ReLU(), Linear(64, 10), Softmax(dim: -1))
    keras.compile(optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"])
    let history = try keras.fit(
      digits.images, digits.labels, batchSize: 64, epochs: 2,
      callbacks: [EarlyStopping(monitor: "val_loss", patience: 3)], validationSplit: 0.1)
    print(history["val_accuracy"], try keras.evaluate(digits.images, digits.labels))
    let classes = try keras.predict(digits.images).argmax(-1)
    try history.chart().write(to: run + "/keras.svg")
    #expect(classes.shape == [digits.count])
  }

  @Test func loops() {
    let folder = TemporaryFolder()
    let run = folder.path
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let classifier = Sequential(Flatten(), Linear(64, 64), ReLU(), Linear(64, 10))
    let optimizer = SGD(classifier.parameters(), lr: 0.1, momentum: 0.9)
    let scheduler = StepLR(optimizer, stepSize: 10, gamma: 0.5)
    let averaged = AveragedModel(classifier, multiAvgFn: getEmaMultiAvgFn(0.99))
    let writer = SummaryWriter(run)
    for epoch in 1...2 {
      let bar = progress(loader, description: "epoch \(epoch)")
      for (images, labels) in bar {
        optimizer.zeroGrad()
        let loss = crossEntropy(classifier(images), labels)
        loss.backward()
        clipGradNorm(classifier.parameters(), 1.0)
        optimizer.step()
        averaged.updateParameters(classifier)
        bar.setPostfix(loss: loss.item())
      }
      scheduler.step()
      writer.addScalar("lr", scheduler.getLastLR()[0], epoch)
    }
    writer.close()
    #expect(scheduler.lastEpoch == 2 && averaged.nAveraged == 2 * loader.count)
  }

  @Test func sequences() throws {
    struct Sentences: Dataset {
      let lengths = (0..<64).map { 5 + ($0 * 7) % 30 }
      var count: Int { lengths.count }
      subscript(i: Int) -> (Tensor, Int) { (Tensor(Array(1...lengths[i])), i % 2) }
    }
    let texts = Sentences()
    let buckets = BucketBatchSampler(lengths: texts.lengths, batchSize: 16)
    let sentences = DataLoader(texts, batchSampler: buckets, collateFn: PadCollate(multipleOf: 8).classes)
    for (tokens, lengths, classes) in sentences {
      print(tokens.shape, lengths.max().item(), classes.shape)  // [16, 24] 23.0 [16]
    }
    #expect(sentences.allSatisfy { $0.0.size(1) % 8 == 0 })
  }

  @Test func manualUpdates() throws {
    let folder = TemporaryFolder()
    let run = folder.path
    manualSeed(0)
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let classifier = Sequential(Flatten(), Linear(64, 64), ReLU(), Linear(64, 10))
    var losses: [Double] = []
    for (images, labels) in loader {
      let loss = crossEntropy(classifier(images), labels)
      loss.backward()
      noGrad {
        for p in classifier.parameters() { if let grad = p.grad { p.sub_(grad, alpha: 0.1) } }
      }
      classifier.zeroGrad()
      losses.append(loss.item())
    }
    #expect(losses[losses.count - 1] < losses[0])

    let test = Digits(train: false)
    let predicted = noGrad { classifier(test.images).argmax(1) }
    var confusion = ConfusionMatrix(classes: 10)
    try confusion.add(actual: test.labels.array(), predicted: predicted.array())
    print(confusion.text())
    let curve = Chart.Series(name: "training", y: losses)
    try Chart(title: "Digits", xLabel: "step", yLabel: "loss", series: [curve]).write(to: run + "/loss.svg")
    try saveImage(test.images[..<16], run + "/digits.png", nrow: 4)
    print(try drawImage(test.images[0].array(), width: 8, height: 8))
    #expect(confusion.total == test.count)
  }

  @Test func data() {
    struct Noisy: Dataset {
      let digits = Digits(train: true).subset(0..<100)
      var count: Int { digits.count }
      subscript(i: Int) -> (Tensor, Int) {
        get throws {
          let (image, label) = try digits[i]
          return (image + 0.1 * randn([1, 8, 8]), Int(label.item()))
        }
      }
    }

    let (train, held) = randomSplit(Noisy(), [0.8, 0.2], generator: Generator(seed: 42))
    for (i, (images, labels)) in DataLoader(train, batchSize: 32, shuffle: true, numWorkers: 2).enumerated() {
      print(i, images.shape, labels.dtype)  // 0 [32, 1, 8, 8] int64 ...
    }
    #expect(train.count == 80 && held.count == 20)
  }

  @Test func groups() {
    let body = Linear(64, 32)
    let head = Linear(32, 10)
    let adamW = AdamW(
      [ParameterGroup(body.parameters(), lr: 1e-4), ParameterGroup(head.parameters(), weightDecay: 0)], lr: 1e-3)
    for group in adamW.paramGroups { group.lr *= 0.9 }
    print(adamW)  // PyTorch's text, with the options of both groups
    #expect(adamW.paramGroups.map(\.weightDecay) == [0.01, 0])
  }

  @Test func closures() {
    let curve = Linear(1, 1)
    let inputs = linspace(0, 1, 16).reshape([16, 1])
    let lbfgs = LBFGS(curve.parameters(), lineSearchFn: .strongWolfe)
    lbfgs.registerStepPostHook { optimizer in print("rate", optimizer.lr) }
    let firstLoss = lbfgs.step {
      lbfgs.zeroGrad()
      let loss = F.mseLoss(curve(inputs), inputs * 3 - 1)
      loss.backward()
      return loss
    }
    #expect(firstLoss.item() > 0)
    #expect(F.mseLoss(curve(inputs), inputs * 3 - 1).item() < 1e-6)
  }
}
