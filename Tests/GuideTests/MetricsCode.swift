import Apus
import TestSupport
import Testing

private final class Share: Metric, PairMetric {
  private let hits = MetricState(0)
  private let total = MetricState(0)
  func update(_ preds: Tensor, _ target: Tensor) {
    hits.value = hits.value + preds.eq(target).sum()
    total.value = total.value + target.count
  }
  func compute() -> Tensor { hits.value / total.value }
}

@Suite struct MetricsCode {
  @Test func training() throws {
    manualSeed(0)
    let model = Sequential(Flatten(), Linear(64, 10))
    let loader = DataLoader(Digits(train: true), batchSize: 256)
    let test = DataLoader(Digits(train: false), batchSize: 360)

    let accuracy = MulticlassAccuracy(numClasses: 10)
    for (images, labels) in loader { accuracy.update(model(images), labels) }
    print(accuracy.compute())  // of all batches
    accuracy.reset()

    // A call updates it and gives the value of this batch alone.
    let value = accuracy(Tensor([3, 1, 4]), Tensor([3, 1, 5]))

    #expect(abs(value.item() - 0.5) < 1e-6)

    let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 3e-3), loss: CrossEntropyLoss())
    trainer.metrics = [.accuracy, MulticlassF1Score(numClasses: 10)]
    trainer.showsProgress = false
    let epochs = try trainer.fit(loader, validation: test, epochs: 1)
    print(epochs[0]["validation MulticlassF1Score"] ?? 0)
    #expect(epochs[0]["validation MulticlassF1Score"] != nil)
  }

  @Test func arguments() throws {
    let curve = BinaryROC()
    curve.update(Tensor([0.1, 0.4, 0.35, 0.8]), Tensor([0, 0, 1, 1]))
    let (fpr, tpr, thresholds) = curve.compute()

    let score = AUROC(task: .multiclass, numClasses: 3, thresholds: 50)
    let bleu = BLEUScore()(["the cat is on the mat"], [["there is a cat on the mat", "a cat is on the mat"]])

    let configured = try Metric.named("MulticlassFBetaScore", ["beta": 2.0, "num_classes": 10, "average": "macro"])

    #expect(fpr.count == 5 && tpr.count == 5 && thresholds.count == 5)
    #expect(score.name == "MulticlassAUROC" && configured.name == "MulticlassFBetaScore")
    #expect(abs(bleu.item() - 0.7598) < 1e-4)
  }

  @Test func several() {
    let metrics = MetricCollection(
      [MulticlassAccuracy(numClasses: 10), MulticlassPrecision(numClasses: 10), MulticlassRecall(numClasses: 10)],
      prefix: "test_")
    metrics.update(Tensor([3, 1, 4]), Tensor([3, 1, 5]))
    print(metrics.compute()["test_MulticlassRecall"]?.number ?? 0)
    #expect(metrics.keys.count == 3)
  }

  @Test func own() {
    let (here, there) = (Share(), Share())
    here.update(Tensor([1, 2]), Tensor([1, 0]))
    there.update(Tensor([1, 2]), Tensor([1, 2]))
    here.merge(there)
    print(here.compute())  // 0.75
    #expect(here.compute().item() == 0.75)
  }
}
