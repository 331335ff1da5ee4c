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
}
