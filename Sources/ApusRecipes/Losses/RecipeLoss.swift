import ApusCore
import ApusTrain

/// What a step of a recipe gives: the loss, and what is told of it beside.
public struct RecipeLoss: Sendable {
  /// What is minimised, a number.
  public var loss: Tensor
  /// How many examples it is a mean of.
  public var count: Int
  /// Further numbers under the names that TRL logs them by, constants.
  public var values: [(name: String, value: Tensor)]

  /// A loss that is the mean over `count` examples.
  public init(_ loss: Tensor, count: Int, values: [(name: String, value: Tensor)] = []) {
    (self.loss, self.count, self.values) = (loss, count, values)
  }

  /// As a ``Trainer`` takes it.
  public func result<Batch: Sendable>() -> Trainer<Batch>.Result {
    Trainer<Batch>.Result(loss: loss, count: count, values: values)
  }

  /// The number under `name`; nil where there is none.
  public subscript(name: String) -> Double? { values.first { $0.name == name }?.value.item() }
}

/// What is told of rewards of chosen and rejected answers, `[pairs]` each.
func rewardValues(_ chosen: Tensor, _ rejected: Tensor) -> [(name: String, value: Tensor)] {
  noGrad {
    let (chosen, rejected) = (chosen.detach(), rejected.detach())
    return [
      ("rewards/chosen", chosen.mean()), ("rewards/rejected", rejected.mean()),
      ("rewards/accuracies", chosen.gt(rejected).to(.float32).mean()),
      ("rewards/margins", (chosen - rejected).mean()),
    ]
  }
}

/// The loss of a yes that is a no with a probability of `smoothing`: `-(1 - s) log sigmoid(x) - s log sigmoid(-x)`.
func smoothedLogistic(_ x: Tensor, _ smoothing: Double) -> Tensor {
  let right = -x.logSigmoid()
  return smoothing == 0 ? right : right * (1 - smoothing) - (-x).logSigmoid() * smoothing
}
