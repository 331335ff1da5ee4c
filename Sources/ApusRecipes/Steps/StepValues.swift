import ApusCore
import ApusTrain

/// Gives loggers what steps tell beside the loss: means over the batches of a step.
public final class StepValues: TrainingCallback {
  private var sums: [(name: String, sum: Double, count: Int)] = []

  /// Nothing is kept yet.
  public init() {}

  /// Keeps what a batch of training has told, and gives it on.
  public func keep(_ result: RecipeLoss) -> RecipeLoss {
    guard isGradEnabled else { return result }
    for (name, value) in result.values {
      let number = value.item() * Double(result.count)
      if let i = sums.firstIndex(where: { $0.name == name }) {
        (sums[i].sum, sums[i].count) = (sums[i].sum + number, sums[i].count + result.count)
      } else {
        sums.append((name, number, result.count))
      }
    }
    return result
  }

  public func gradientsReady(_ run: any TrainingRun) {
    for (name, sum, count) in sums { run.log(name, sum / Double(max(1, count))) }
    sums = []
  }
}
