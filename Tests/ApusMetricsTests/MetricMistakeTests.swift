import Apus
import TestSupport
import Testing

@Suite struct MetricMistakeTests {
  @Test func badInputIsAnErrorWithWords() throws {
    let mistakes: [(String, () -> Void)] = [
      ("one shape", { MeanSquaredError().update(Tensor([1.0]), Tensor([1.0, 2.0])) }),
      ("between 0 and 1", { _ = BinaryAccuracy(threshold: 2) }),
      ("2 or more classes", { _ = MulticlassConfusionMatrix(numClasses: 1) }),
      ("numClasses", { _ = MulticlassAccuracy() }),
      ("topK", { _ = MulticlassAccuracy(numClasses: 3, topK: 4) }),
      ("0 and 1", { BinaryF1Score().update(Tensor([0.5, 0.2]), Tensor([0, 3])) }),
      ("labels", { MultilabelRecall(numLabels: 3).update(Tensor([[0.5, 0.2]]), Tensor([[0, 1]])) }),
      ("floating point", { BinaryAUROC().update(Tensor([0, 1]), Tensor([0, 1])) }),
      ("2 or more thresholds", { _ = BinaryROC(thresholds: 1) }),
      (
        "two samples",
        {
          let score = R2Score()
          score.update(Tensor([1.0]), Tensor([1.0]))
          _ = score.compute().item()
        }
      ),
      ("no samples", { _ = BinaryAUROC().compute().item() }),
      ("power between 0 and 1", { _ = TweedieDevianceScore(power: 0.5) }),
      ("as many targets", { WordErrorRate().update(["a"], ["a", "b"]) }),
      ("no key", { _ = ROUGEScore(rougeKeys: ["rougeX"]) }),
      (
        "too small",
        {
          StructuralSimilarityIndexMeasure(dataRange: 1.0).update(
            Tensor.zeros([1, 1, 4, 4]), Tensor.zeros([1, 1, 4, 4]))
        }
      ),
      ("have one dimension", { RandScore().update(Tensor([[1]]), Tensor([[1]])) }),
      ("share no category", { _ = PanopticQuality(things: [1], stuffs: [1]) }),
      (
        "needs boxes",
        {
          IntersectionOverUnion().update([Detections(labels: Tensor([0]))], [Detections(labels: Tensor([0]))])
        }
      ),
      (
        "without targets",
        {
          let metric = RetrievalMAP(emptyTargetAction: .error)
          metric.update(Tensor([0.5]), Tensor([0]), indexes: Tensor([0]))
          _ = metric.compute().item()
        }
      ),
      ("not a number", { MeanMetric(nanStrategy: .error).update(Tensor([Double.nan])) }),
    ]
    for (words, make) in mistakes {
      do {
        try withErrors { make() }
        Issue.record("no error about '\(words)'")
      } catch {
        #expect("\(error)".contains(words), "'\(error)' lacks '\(words)'")
      }
    }
  }
}
