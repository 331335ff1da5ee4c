import Apus
import TestSupport
import Testing

/// The share of right answers, as a user writes a metric.
private final class Share: Metric, PairMetric {
  private let hits = MetricState(0)
  private let total = MetricState(0)
  func update(_ preds: Tensor, _ target: Tensor) {
    hits.value = hits.value + preds.eq(target).sum()
    total.value = total.value + target.count
  }
  func compute() -> Tensor { hits.value / total.value }
}

@Suite struct MetricTests {
  private let preds = Tensor([0, 2, 1, 0, 0, 1])
  private let target = Tensor([0, 1, 2, 0, 1, 2])

  @Test func gathersBatchesAndGivesTheirValues() {
    let metric = Share()
    #expect(metric(Tensor([1, 2]), Tensor([1, 0])).item() == 0.5)
    #expect(metric(Tensor([1, 2]), Tensor([1, 2])).item() == 1)
    #expect(metric.compute().item() == 0.75)
    #expect(metric.updateCount == 2)
    metric.reset()
    #expect(metric.updateCount == 0)
    metric.update(Tensor([1]), Tensor([0]))
    #expect(metric.compute().item() == 0)
  }

  @Test func mergesAsIfOneHadSeenAll() throws {
    let generator = Generator(seed: 3)
    let makers: [() -> any PairMetric] = [
      { MulticlassF1Score(numClasses: 4) }, { PearsonCorrCoef() }, { MeanSquaredError() },
      { NormalizedRootMeanSquaredError(normalization: .std) }, { SpearmanCorrCoef() },
    ]
    for make in makers {
      let (first, second, all) = (make(), make(), make())
      for (i, metric) in [first, second, second].enumerated() {
        let isClasses = metric.name.hasPrefix("Multiclass")
        let x = isClasses ? randint(0, 4, [9], generator: generator) : randn([9], generator: generator)
        let y = isClasses ? randint(0, 4, [9], generator: generator) : x * 0.5 + randn([9], generator: generator)
        metric.update(x, y)
        all.update(x, y)
        #expect(metric.updateCount > 0, "batch \(i)")
      }
      first.merge(second)
      let (found, wanted) = (first.computedValue?.number ?? .nan, all.computedValue?.number ?? .nan)
      #expect(abs(found - wanted) < 1e-5, "\(first.name): \(found) instead of \(wanted)")
    }
    #expect(throws: TensorError.self) { try withErrors { Share().merge(MeanSquaredError()) } }
  }

  @Test func stateComesBack() throws {
    let metric = MulticlassAUROC(numClasses: 3)
    metric.update(Tensor([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.1, 0.1, 0.8]]), Tensor([0, 1, 2]))
    metric.update(Tensor([[0.2, 0.7, 0.1]]), Tensor([0]))
    let other = MulticlassAUROC(numClasses: 3)
    try other.loadStateDict(metric.stateDict)
    #expect(other.compute().item() == metric.compute().item())
    #expect(throws: TensorError.self) { try MeanMetric().loadStateDict(metric.stateDict) }
  }

  @Test func aMistakeLeavesTheStateAsItWas() throws {
    let metric = MulticlassAccuracy(numClasses: 3, average: .micro)
    metric.update(preds, target)
    let before = metric.compute().item()
    #expect(throws: TensorError.self) { try withErrors { metric.update(Tensor([0, 1]), Tensor([0])) } }
    #expect(throws: TensorError.self) {
      try withErrors { metric.update(Tensor([0, 1, 2, 3]), Tensor([4, 5, 6, 7])) }
    }
    #expect(metric.compute().item() == before)
  }

  @Test func collectionsUpdateGroupsOnce() {
    let metrics = MetricCollection(
      [
        MulticlassAccuracy(numClasses: 3, average: .micro), MulticlassPrecision(numClasses: 3),
        MulticlassRecall(numClasses: 3), MulticlassConfusionMatrix(numClasses: 3),
      ], prefix: "val_")
    metrics.update(preds, target)
    metrics.update(preds, target)
    let values = metrics.compute()
    #expect(metrics.keys.first == "val_MulticlassAccuracy")
    #expect(abs((values["val_MulticlassAccuracy"]?.number ?? 0) - 2.0 / 6) < 1e-6)
    // sklearn's precision and recall of these labels.
    #expect(abs((values["val_MulticlassPrecision"]?.number ?? 0) - 2.0 / 9) < 1e-6)
    #expect(abs((values["val_MulticlassRecall"]?.number ?? 0) - 1.0 / 3) < 1e-6)
    #expect(values["val_MulticlassConfusionMatrix"]?.tensor?.sum().item() == 12)
    metrics.reset()
    metrics.update(target, target)
    #expect(metrics.compute()["val_MulticlassPrecision"]?.number == 1)
  }

  @Test func wrappersFollowTheirMetric() {
    let range = MinMaxMetric(MeanAbsoluteError())
    range.update(Tensor([1.0]), Tensor([3.0]))
    #expect(range.compute()["max"]?.item() == 2)
    range.update(Tensor([1.0]), Tensor([1.0]))
    let values = range.compute()
    #expect(values["raw"]?.item() == 1 && values["min"]?.item() == 1 && values["max"]?.item() == 2)

    let each = ClasswiseWrapper(MulticlassRecall(numClasses: 3, average: .none), labels: ["cat", "dog", "fox"])
    #expect(each(preds, target)["multiclassrecall_cat"]?.item() == 1)

    let outputs = MultioutputWrapper(numOutputs: 2) { MeanSquaredError() }
    outputs.update(Tensor([[1.0, 2.0], [.nan, 4.0]]), Tensor([[3.0, 2.0], [1.0, 2.0]]))
    #expect(outputs.compute().array() == [4, 2])

    let tracker = MetricTracker(MulticlassAccuracy(numClasses: 3, average: .micro))
    for labels in [preds, target, preds] {
      tracker.increment()
      tracker.update(labels, target)
    }
    #expect(tracker.bestMetric?.value == 1 && tracker.bestMetric?.step == 1 && tracker.nSteps == 3)

    let running = Running(MeanMetric(), window: 2)
    for value in [1.0, 2, 6] { running.update(value) }
    #expect(running.compute().item() == 4)

    let sure = BootStrapper(numBootstraps: 8, quantile: [0.5], raw: true, generator: Generator(seed: 1)) {
      MeanSquaredError()
    }
    sure.update(Tensor.full([30], 1.0), Tensor.full([30], 2.0))
    let drawn = sure.compute()
    #expect(drawn["raw"]?.shape == [8] && drawn["mean"]?.item() == 1 && drawn["std"]?.item() == 0)
  }

  @Test func tasksAndNamesMakeMetrics() throws {
    let accuracy = Accuracy(task: .multiclass, numClasses: 3)
    accuracy.update(preds, target)
    #expect(abs(accuracy.item() - 2.0 / 6) < 1e-6)
    let matrix = ConfusionMatrix(task: "multiclass", numClasses: 3)
    #expect(matrix(preds, target).tensor?.shape == [3, 3])
    let named = try Metric.named("MulticlassFBetaScore", ["beta": 2, "num_classes": 3, "average": nil])
    #expect(named.name == "MulticlassFBetaScore")
    #expect(throws: TensorError.self) { try Metric.named("MulticlassFBetaScore", ["beta": 2, "classes": 3]) }
    #expect(throws: TensorError.self) { try Metric.named("NoMetric") }
    #expect(Metric.names.count > 150)
  }

  @Test func structuralSimilarityHasAGradient() {
    let x = Tensor(rand([1, 1, 16, 16], generator: Generator(seed: 5)), requiresGrad: true)
    let y = rand([1, 1, 16, 16], generator: Generator(seed: 6))
    StructuralSimilarityIndexMeasure(dataRange: 1.0)(x, y).backward()
    #expect((x.grad?.abs().sum().item() ?? 0) > 0)
  }

  @Test func trainersTakeMetrics() throws {
    manualSeed(0)
    let model = Sequential(Flatten(), Linear(64, 10))
    let trainer = Trainer(model, optimizer: SGD(model.parameters(), lr: 0.1), loss: CrossEntropyLoss())
    trainer.metrics = [.accuracy, MulticlassAccuracy(numClasses: 10, average: .micro), MulticlassAUROC(numClasses: 10)]
    trainer.showsProgress = false
    let loader = DataLoader(Digits(train: false), batchSize: 100)
    let values = try trainer.fit(loader, validation: loader, epochs: 1)[0]
    let found = values["validation MulticlassAccuracy"] ?? 0
    #expect(found > 0 && abs(found - (values["validation accuracy"] ?? 0)) < 1e-6)
    #expect((values["validation MulticlassAUROC"] ?? 0) > 0.5)
  }
}
