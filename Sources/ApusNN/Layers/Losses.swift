import ApusCore
import ApusFunctional

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

/// ``mseLoss(_:_:reduction:weight:)``: the squares of the differences.
public final class MSELoss: BinaryLayer {
  public let state = ModuleState()
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) {
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    mseLoss(input, target, reduction: reduction)
  }
}

/// ``l1Loss(_:_:reduction:weight:)``: the absolute differences.
public final class L1Loss: BinaryLayer {
  public let state = ModuleState()
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) {
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    l1Loss(input, target, reduction: reduction)
  }
}

/// ``smoothL1Loss(_:_:reduction:beta:)``: square near 0, straight far away.
public final class SmoothL1Loss: BinaryLayer {
  public let state = ModuleState()
  public let reduction: LossReduction
  public let beta: Double

  public init(reduction: LossReduction = .mean, beta: Double = 1) {
    self.reduction = reduction
    self.beta = beta
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    smoothL1Loss(input, target, reduction: reduction, beta: beta)
  }
}

/// ``huberLoss(_:_:reduction:delta:weight:)``: square near 0, straight far away.
public final class HuberLoss: BinaryLayer {
  public let state = ModuleState()
  public let reduction: LossReduction
  public let delta: Double

  public init(reduction: LossReduction = .mean, delta: Double = 1) {
    self.reduction = reduction
    self.delta = delta
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    huberLoss(input, target, reduction: reduction, delta: delta)
  }
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)`` of probabilities.
public final class BCELoss: BinaryLayer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let reduction: LossReduction

  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    self.weight = weight.map { buffer($0) }
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    binaryCrossEntropy(input, target, weight: weight, reduction: reduction)
  }
}

/// ``binaryCrossEntropyWithLogits(_:_:weight:reduction:posWeight:)`` of logits.
public final class BCEWithLogitsLoss: BinaryLayer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let reduction: LossReduction
  public let posWeight: Tensor?

  public init(weight: Tensor? = nil, reduction: LossReduction = .mean, posWeight: Tensor? = nil) {
    self.weight = weight.map { buffer($0) }
    self.reduction = reduction
    self.posWeight = posWeight.map { buffer($0) }
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    binaryCrossEntropyWithLogits(input, target, weight: weight, reduction: reduction, posWeight: posWeight)
  }
}

/// ``klDiv(_:_:reduction:logTarget:)`` of log-probabilities.
public final class KLDivLoss: BinaryLayer {
  public let state = ModuleState()
  public let reduction: LossReduction
  public let logTarget: Bool

  public init(reduction: LossReduction = .mean, logTarget: Bool = false) {
    self.reduction = reduction
    self.logTarget = logTarget
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    klDiv(input, target, reduction: reduction, logTarget: logTarget)
  }
}

/// ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)`` of counts.
public final class PoissonNLLLoss: BinaryLayer {
  public let state = ModuleState()
  public let logInput: Bool
  public let full: Bool
  public let eps: Double
  public let reduction: LossReduction

  public init(logInput: Bool = true, full: Bool = false, eps: Double = 1e-8, reduction: LossReduction = .mean) {
    self.logInput = logInput
    self.full = full
    self.eps = eps
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
}

/// ``hingeEmbeddingLoss(_:_:margin:reduction:)`` of distances.
public final class HingeEmbeddingLoss: BinaryLayer {
  public let state = ModuleState()
  public let margin: Double
  public let reduction: LossReduction

  public init(margin: Double = 1, reduction: LossReduction = .mean) {
    self.margin = margin
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    hingeEmbeddingLoss(input, target, margin: margin, reduction: reduction)
  }
}

/// ``softMarginLoss(_:_:reduction:)`` of scores.
public final class SoftMarginLoss: BinaryLayer {
  public let state = ModuleState()
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) {
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    softMarginLoss(input, target, reduction: reduction)
  }
}

/// ``multiMarginLoss(_:_:p:margin:weight:reduction:)`` of scores.
public final class MultiMarginLoss: BinaryLayer {
  public let state = ModuleState()
  public let p: Int
  public let margin: Double
  public let weight: Tensor?
  public let reduction: LossReduction

  public init(p: Int = 1, margin: Double = 1, weight: Tensor? = nil, reduction: LossReduction = .mean) {
    self.p = p
    self.margin = margin
    self.weight = weight.map { buffer($0) }
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    multiMarginLoss(input, target, p: p, margin: margin, weight: weight, reduction: reduction)
  }
}

/// ``multilabelMarginLoss(_:_:reduction:)`` of scores.
public final class MultiLabelMarginLoss: BinaryLayer {
  public let state = ModuleState()
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) {
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    multilabelMarginLoss(input, target, reduction: reduction)
  }
}

/// ``multilabelSoftMarginLoss(_:_:weight:reduction:)`` of logits.
public final class MultiLabelSoftMarginLoss: BinaryLayer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let reduction: LossReduction

  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    self.weight = weight.map { buffer($0) }
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    multilabelSoftMarginLoss(input, target, weight: weight, reduction: reduction)
  }
}

/// The cosine of the angle between vectors along a dimension, called as `similarity(a, b)`.
public final class CosineSimilarity: BinaryLayer {
  public let state = ModuleState()
  public let dim: Int
  public let eps: Double

  public init(dim: Int = 1, eps: Double = 1e-8) {
    self.dim = dim
    self.eps = eps
  }

  public func forward(_ a: Tensor, _ b: Tensor) -> Tensor { cosineSimilarity(a, b, dim: dim, eps: eps) }
}

/// The p-norms of the differences of rows, called as `distance(a, b)`.
public final class PairwiseDistance: BinaryLayer {
  public let state = ModuleState()
  public let p: Double
  public let eps: Double
  public let keepDim: Bool

  public init(p: Double = 2, eps: Double = 1e-6, keepDim: Bool = false) {
    self.p = p
    self.eps = eps
    self.keepDim = keepDim
  }

  public func forward(_ a: Tensor, _ b: Tensor) -> Tensor {
    pairwiseDistance(a, b, p: p, eps: eps, keepDim: keepDim)
  }
}

/// A module that makes a tensor from three.
public protocol TernaryLayer: Module {
  func forward(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor
}

extension TernaryLayer {
  /// Runs ``forward(_:_:_:)`` with hooks and module path.
  public func callAsFunction(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor {
    var frame = ModuleFrame(self, describe: modulePath)
    return withUnsafeMutablePointer(to: &frame) { frame in
      ModuleFrame.enter(frame)
      defer { ModuleFrame.leave(frame) }
      let output = forward(a, b, c)
      return ModuleState.hookCount.load(ordering: .relaxed) == 0 ? output : runHooks(self, [a, b, c], output)
    }
  }
}

/// ``marginRankingLoss(_:_:_:margin:reduction:)``, called as `loss(x1, x2, target)`.
public final class MarginRankingLoss: TernaryLayer {
  public let state = ModuleState()
  public let margin: Double
  public let reduction: LossReduction

  public init(margin: Double = 0, reduction: LossReduction = .mean) {
    self.margin = margin
    self.reduction = reduction
  }

  public func forward(_ x1: Tensor, _ x2: Tensor, _ target: Tensor) -> Tensor {
    marginRankingLoss(x1, x2, target, margin: margin, reduction: reduction)
  }
}

/// ``cosineEmbeddingLoss(_:_:_:margin:reduction:)``, called as `loss(x1, x2, target)`.
public final class CosineEmbeddingLoss: TernaryLayer {
  public let state = ModuleState()
  public let margin: Double
  public let reduction: LossReduction

  public init(margin: Double = 0, reduction: LossReduction = .mean) {
    self.margin = margin
    self.reduction = reduction
  }

  public func forward(_ x1: Tensor, _ x2: Tensor, _ target: Tensor) -> Tensor {
    cosineEmbeddingLoss(x1, x2, target, margin: margin, reduction: reduction)
  }
}

/// ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``, called as `loss(input, target, variance)`.
public final class GaussianNLLLoss: TernaryLayer {
  public let state = ModuleState()
  public let full: Bool
  public let eps: Double
  public let reduction: LossReduction

  public init(full: Bool = false, eps: Double = 1e-6, reduction: LossReduction = .mean) {
    self.full = full
    self.eps = eps
    self.reduction = reduction
  }

  public func forward(_ input: Tensor, _ target: Tensor, _ variance: Tensor) -> Tensor {
    gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction)
  }
}

/// ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``, called as `loss(anchor, positive, negative)`.
public final class TripletMarginLoss: TernaryLayer {
  public let state = ModuleState()
  public let margin: Double
  public let p: Double
  public let eps: Double
  public let swap: Bool
  public let reduction: LossReduction

  public init(
    margin: Double = 1, p: Double = 2, eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean
  ) {
    self.margin = margin
    self.p = p
    self.eps = eps
    self.swap = swap
    self.reduction = reduction
  }

  public func forward(_ anchor: Tensor, _ positive: Tensor, _ negative: Tensor) -> Tensor {
    tripletMarginLoss(
      anchor, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
  }
}

/// ``tripletMarginWithDistanceLoss(_:_:_:distanceFunction:margin:swap:reduction:)``, called as
/// `loss(anchor, positive, negative)`.
public final class TripletMarginWithDistanceLoss: TernaryLayer {
  public let state = ModuleState()
  public let distanceFunction: @Sendable (Tensor, Tensor) -> Tensor
  public let margin: Double
  public let swap: Bool
  public let reduction: LossReduction

  public init(
    distanceFunction: @escaping @Sendable (Tensor, Tensor) -> Tensor = { pairwiseDistance($0, $1) },
    margin: Double = 1, swap: Bool = false, reduction: LossReduction = .mean
  ) {
    self.distanceFunction = distanceFunction
    self.margin = margin
    self.swap = swap
    self.reduction = reduction
  }

  public func forward(_ anchor: Tensor, _ positive: Tensor, _ negative: Tensor) -> Tensor {
    tripletMarginWithDistanceLoss(
      anchor, positive, negative, distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction)
  }
}
