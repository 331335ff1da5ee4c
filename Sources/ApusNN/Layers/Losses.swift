import ApusCore

// Losses as layers, called as `loss(input, target)`.

/// ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)`` between logits and targets.
public final class CrossEntropyLoss: BinaryLayer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let ignoreIndex: Int
  public let reduction: LossReduction
  public let labelSmoothing: Double

  public init(
    weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean, labelSmoothing: Double = 0
  ) {
    self.weight = weight.map { buffer($0) }
    self.ignoreIndex = ignoreIndex
    self.reduction = reduction
    self.labelSmoothing = labelSmoothing
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    crossEntropy(
      input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }
}

/// ``nllLoss(_:_:weight:ignoreIndex:reduction:)`` of log-probabilities.
public final class NLLLoss: BinaryLayer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let ignoreIndex: Int
  public let reduction: LossReduction

  public init(weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean) {
    self.weight = weight.map { buffer($0) }
    self.ignoreIndex = ignoreIndex
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    nllLoss(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
  }
}

/// ``mseLoss(_:_:reduction:)``: the squares of the differences.
public final class MSELoss: BinaryLayer {
  public let state = ModuleState()
  public let reduction: LossReduction
  public init(reduction: LossReduction = .mean) { self.reduction = reduction }
  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor { mseLoss(input, target, reduction: reduction) }
}
