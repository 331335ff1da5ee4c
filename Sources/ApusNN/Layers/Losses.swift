import ApusCore
import ApusFunctional

// Losses as layers, called as `loss(input, target)`.

/// A loss of an input and its target.
public class PairLoss: BinaryLayer, @unchecked Sendable {
  public let state = ModuleState()
  public let reduction: LossReduction
  private let function: @Sendable (Tensor, Tensor) -> Tensor

  init(_ reduction: LossReduction, _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) {
    self.reduction = reduction
    self.function = function
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor { function(input, target) }
}

/// A loss with a weight for each class or element, a buffer.
public class WeightedLoss: PairLoss, @unchecked Sendable {
  private let _weight: Changeable<Tensor?>
  /// One number for each class or element, or nil.
  public var weight: Tensor! {
    get { _weight.value }
    set { _weight.value = newValue }
  }

  init(
    _ weight: Tensor?, _ reduction: LossReduction,
    _ function: @escaping @Sendable (_ input: Tensor, _ target: Tensor, _ weight: Tensor?) -> Tensor
  ) {
    let place = Changeable(weight.map { buffer($0) })
    _weight = place
    super.init(reduction) { function($0, $1, place.value) }
  }
}

/// ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)`` between logits and targets.
public final class CrossEntropyLoss: WeightedLoss, @unchecked Sendable {
  public let ignoreIndex: Int
  public let labelSmoothing: Double

  public init(
    weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean, labelSmoothing: Double = 0
  ) {
    (self.ignoreIndex, self.labelSmoothing) = (ignoreIndex, labelSmoothing)
    super.init(weight, reduction) {
      crossEntropy(
        $0, $1, weight: $2, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
    }
  }
}

/// ``nllLoss(_:_:weight:ignoreIndex:reduction:)`` of log-probabilities.
public final class NLLLoss: WeightedLoss, @unchecked Sendable {
  public let ignoreIndex: Int

  public init(weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean) {
    self.ignoreIndex = ignoreIndex
    super.init(weight, reduction) {
      nllLoss($0, $1, weight: $2, ignoreIndex: ignoreIndex, reduction: reduction)
    }
  }
}

/// ``mseLoss(_:_:reduction:weight:)``: the squares of the differences.
public final class MSELoss: PairLoss, @unchecked Sendable {
  public init(reduction: LossReduction = .mean) {
    super.init(reduction) { mseLoss($0, $1, reduction: reduction) }
  }
}

/// ``l1Loss(_:_:reduction:weight:)``: the absolute differences.
public final class L1Loss: PairLoss, @unchecked Sendable {
  public init(reduction: LossReduction = .mean) {
    super.init(reduction) { l1Loss($0, $1, reduction: reduction) }
  }
}

/// ``smoothL1Loss(_:_:reduction:beta:)``: square near 0, straight far away.
public final class SmoothL1Loss: PairLoss, @unchecked Sendable {
  public let beta: Double

  public init(reduction: LossReduction = .mean, beta: Double = 1) {
    self.beta = beta
    super.init(reduction) { smoothL1Loss($0, $1, reduction: reduction, beta: beta) }
  }
}

/// ``huberLoss(_:_:reduction:delta:weight:)``: square near 0, straight far away.
public final class HuberLoss: PairLoss, @unchecked Sendable {
  public let delta: Double

  public init(reduction: LossReduction = .mean, delta: Double = 1) {
    self.delta = delta
    super.init(reduction) { huberLoss($0, $1, reduction: reduction, delta: delta) }
  }
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)`` of probabilities.
public final class BCELoss: WeightedLoss, @unchecked Sendable {
  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    super.init(weight, reduction) { binaryCrossEntropy($0, $1, weight: $2, reduction: reduction) }
  }
}

/// ``binaryCrossEntropyWithLogits(_:_:weight:reduction:posWeight:)`` of logits.
public final class BCEWithLogitsLoss: WeightedLoss, @unchecked Sendable {
  public let posWeight: Tensor!

  public init(weight: Tensor? = nil, reduction: LossReduction = .mean, posWeight: Tensor? = nil) {
    let posWeight = posWeight.map { buffer($0) }
    self.posWeight = posWeight
    super.init(weight, reduction) {
      binaryCrossEntropyWithLogits($0, $1, weight: $2, reduction: reduction, posWeight: posWeight)
    }
  }
}

/// ``klDiv(_:_:reduction:logTarget:)`` of log-probabilities.
public final class KLDivLoss: PairLoss, @unchecked Sendable {
  public let logTarget: Bool

  public init(reduction: LossReduction = .mean, logTarget: Bool = false) {
    self.logTarget = logTarget
    super.init(reduction) { klDiv($0, $1, reduction: reduction, logTarget: logTarget) }
  }
}

/// ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)`` of counts.
public final class PoissonNLLLoss: PairLoss, @unchecked Sendable {
  public let logInput: Bool
  public let full: Bool
  public let eps: Double

  public init(logInput: Bool = true, full: Bool = false, eps: Double = 1e-8, reduction: LossReduction = .mean) {
    (self.logInput, self.full, self.eps) = (logInput, full, eps)
    super.init(reduction) {
      poissonNLLLoss($0, $1, logInput: logInput, full: full, eps: eps, reduction: reduction)
    }
  }
}

/// ``hingeEmbeddingLoss(_:_:margin:reduction:)`` of distances.
public final class HingeEmbeddingLoss: PairLoss, @unchecked Sendable {
  public let margin: Double

  public init(margin: Double = 1, reduction: LossReduction = .mean) {
    self.margin = margin
    super.init(reduction) { hingeEmbeddingLoss($0, $1, margin: margin, reduction: reduction) }
  }
}

/// ``softMarginLoss(_:_:reduction:)`` of scores.
public final class SoftMarginLoss: PairLoss, @unchecked Sendable {
  public init(reduction: LossReduction = .mean) {
    super.init(reduction) { softMarginLoss($0, $1, reduction: reduction) }
  }
}

/// ``multiMarginLoss(_:_:p:margin:weight:reduction:)`` of scores.
public final class MultiMarginLoss: WeightedLoss, @unchecked Sendable {
  public let p: Int
  public let margin: Double

  public init(p: Int = 1, margin: Double = 1, weight: Tensor? = nil, reduction: LossReduction = .mean) {
    (self.p, self.margin) = (p, margin)
    super.init(weight, reduction) {
      multiMarginLoss($0, $1, p: p, margin: margin, weight: $2, reduction: reduction)
    }
  }
}

/// ``multilabelMarginLoss(_:_:reduction:)`` of scores.
public final class MultiLabelMarginLoss: PairLoss, @unchecked Sendable {
  public init(reduction: LossReduction = .mean) {
    super.init(reduction) { multilabelMarginLoss($0, $1, reduction: reduction) }
  }
}

/// ``multilabelSoftMarginLoss(_:_:weight:reduction:)`` of logits.
public final class MultiLabelSoftMarginLoss: WeightedLoss, @unchecked Sendable {
  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    super.init(weight, reduction) { multilabelSoftMarginLoss($0, $1, weight: $2, reduction: reduction) }
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

/// A loss of three tensors.
public class TripleLoss: TernaryLayer, @unchecked Sendable {
  public let state = ModuleState()
  public let reduction: LossReduction
  private let function: @Sendable (Tensor, Tensor, Tensor) -> Tensor

  init(_ reduction: LossReduction, _ function: @escaping @Sendable (Tensor, Tensor, Tensor) -> Tensor) {
    (self.reduction, self.function) = (reduction, function)
  }

  public func forward(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor { function(a, b, c) }
}

/// A loss of distances, which has a margin.
public class MarginLoss: TripleLoss, @unchecked Sendable {
  public let margin: Double

  init(
    _ margin: Double, _ reduction: LossReduction, _ function: @escaping @Sendable (Tensor, Tensor, Tensor) -> Tensor
  ) {
    self.margin = margin
    super.init(reduction, function)
  }
}

/// ``marginRankingLoss(_:_:_:margin:reduction:)``, called as `loss(x1, x2, target)`.
public final class MarginRankingLoss: MarginLoss, @unchecked Sendable {
  public init(margin: Double = 0, reduction: LossReduction = .mean) {
    super.init(margin, reduction) {
      marginRankingLoss($0, $1, $2, margin: margin, reduction: reduction)
    }
  }
}

/// ``cosineEmbeddingLoss(_:_:_:margin:reduction:)``, called as `loss(x1, x2, target)`.
public final class CosineEmbeddingLoss: MarginLoss, @unchecked Sendable {
  public init(margin: Double = 0, reduction: LossReduction = .mean) {
    super.init(margin, reduction) {
      cosineEmbeddingLoss($0, $1, $2, margin: margin, reduction: reduction)
    }
  }
}

/// ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``, called as `loss(input, target, variance)`.
public final class GaussianNLLLoss: TripleLoss, @unchecked Sendable {
  public let full: Bool
  public let eps: Double

  public init(full: Bool = false, eps: Double = 1e-6, reduction: LossReduction = .mean) {
    (self.full, self.eps) = (full, eps)
    super.init(reduction) { gaussianNLLLoss($0, $1, $2, full: full, eps: eps, reduction: reduction) }
  }
}

/// ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``, called as `loss(anchor, positive, negative)`.
public final class TripletMarginLoss: MarginLoss, @unchecked Sendable {
  public let p: Double
  public let eps: Double
  public let swap: Bool

  public init(
    margin: Double = 1, p: Double = 2, eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean
  ) {
    (self.p, self.eps, self.swap) = (p, eps, swap)
    super.init(margin, reduction) {
      tripletMarginLoss($0, $1, $2, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
    }
  }
}

/// ``tripletMarginWithDistanceLoss(_:_:_:distanceFunction:margin:swap:reduction:)``, called as
/// `loss(anchor, positive, negative)`.
public final class TripletMarginWithDistanceLoss: MarginLoss, @unchecked Sendable {
  public let distanceFunction: @Sendable (Tensor, Tensor) -> Tensor
  public let swap: Bool

  public init(
    distanceFunction: @escaping @Sendable (Tensor, Tensor) -> Tensor = { pairwiseDistance($0, $1) },
    margin: Double = 1, swap: Bool = false, reduction: LossReduction = .mean
  ) {
    (self.distanceFunction, self.swap) = (distanceFunction, swap)
    super.init(margin, reduction) {
      tripletMarginWithDistanceLoss(
        $0, $1, $2, distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction)
    }
  }
}
