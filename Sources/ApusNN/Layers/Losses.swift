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
  /// One number for each class or element, or nil.
  @Changeable public var weight: Tensor!

  private let weighted: @Sendable (_ input: Tensor, _ target: Tensor, _ weight: Tensor?) -> Tensor

  init(
    _ weight: Tensor?, _ reduction: LossReduction,
    _ function: @escaping @Sendable (_ input: Tensor, _ target: Tensor, _ weight: Tensor?) -> Tensor
  ) {
    weighted = function
    super.init(reduction) { function($0, $1, nil) }
    self.weight = weight.map { buffer($0) }
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor { weighted(input, target, weight) }
}

/// ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)`` between logits and targets.
public final class CrossEntropyLoss: WeightedLoss, @unchecked Sendable {
  public let ignoreIndex: Int
  public let labelSmoothing: Double

  /// `weight` has a factor for each class, targets `ignoreIndex` do not count, `labelSmoothing` in 0 ... 1 is shared
  /// among all classes.
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

/// The cross entropy of a linear layer's results, whose logits need not exist all at once: the head of a language model.
public final class LinearCrossEntropyLoss: BinaryLayer {
  public let state = ModuleState()
  /// A factor for each class, or nil.
  public let weight: Tensor!
  /// From features to classes times `outFeatures`.
  public let linear: Linear
  public let numClasses: Int
  public let outFeatures: [Int]
  public let reduction: LossReduction
  public let ignoreIndex: Int?
  public let labelSmoothing: Double
  public let options: LinearCrossEntropyOptions?

  /// Logits of `numClasses`, for each of the places that `outFeatures` counts; other arguments as
  /// ``linearCrossEntropy(_:_:_:linearBias:weight:reduction:ignoreIndex:labelSmoothing:options:)`` has them.
  public init(
    inFeatures: Int, numClasses: Int, outFeatures: [Int] = [], bias: Bool = false, device: Device? = nil,
    dtype: DType = .default, reduction: LossReduction = .mean, weight: Tensor? = nil, ignoreIndex: Int? = nil,
    labelSmoothing: Double = 0, options: LinearCrossEntropyOptions? = nil
  ) {
    if let weight, !weight.hasFailed, weight.shape != [numClasses] {
      report(
        TensorError(
          .shape, "LinearCrossEntropyLoss",
          "needs a weight for each of \(numClasses) classes, and found a tensor of shape \(weight.shape)"))
    }
    if !(labelSmoothing >= 0 && labelSmoothing <= 1) {
      report(
        TensorError(
          .value, "LinearCrossEntropyLoss", "labelSmoothing must be from 0 to 1, and found \(labelSmoothing)"))
    }
    (self.numClasses, self.outFeatures, self.reduction) = (numClasses, outFeatures, reduction)
    (self.ignoreIndex, self.labelSmoothing, self.options) = (ignoreIndex, labelSmoothing, options)
    self.weight = weight.map { buffer($0) }
    let count = outFeatures.reduce(numClasses) { $0.clampedMultiplying($1) }
    linear = Linear(inFeatures: inFeatures, outFeatures: count, bias: bias, device: device, dtype: dtype)
  }

  public func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    let places = [numClasses] + outFeatures
    return linearCrossEntropy(
      input, linear.weight.reshape(places + [linear.inFeatures]), target, linearBias: linear.bias?.reshape(places),
      weight: weight, reduction: reduction, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing, options: options)
  }

  public var extraRepresentation: String {
    "in_features=\(linear.inFeatures), num_classes=\(numClasses), out_features=\(pythonTuple(outFeatures)), "
      + "bias=\(python(linear.bias != nil)), reduction=\(reduction.rawValue), "
      + "ignore_index=\(ignoreIndex.map { "\($0)" } ?? "None"), label_smoothing=\(labelSmoothing), "
      + "options=\(options.map { "\($0)" } ?? "None")"
  }
}

/// ``nllLoss(_:_:weight:ignoreIndex:reduction:)`` of log-probabilities.
public final class NLLLoss: WeightedLoss, @unchecked Sendable {
  public let ignoreIndex: Int

  /// `weight` has a factor for each class, targets `ignoreIndex` do not count.
  public init(weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean) {
    self.ignoreIndex = ignoreIndex
    super.init(weight, reduction) {
      nllLoss($0, $1, weight: $2, ignoreIndex: ignoreIndex, reduction: reduction)
    }
  }
}

/// ``mseLoss(_:_:reduction:weight:)``: the squares of the differences.
public final class MSELoss: PairLoss, @unchecked Sendable {
  /// (input - target)², and of all of them the mean, the sum or each, as `reduction` says.
  public init(reduction: LossReduction = .mean) {
    super.init(reduction) { mseLoss($0, $1, reduction: reduction) }
  }
}

/// ``l1Loss(_:_:reduction:weight:)``: the absolute differences.
public final class L1Loss: PairLoss, @unchecked Sendable {
  /// |input - target|, and of all of them the mean, the sum or each, as `reduction` says.
  public init(reduction: LossReduction = .mean) {
    super.init(reduction) { l1Loss($0, $1, reduction: reduction) }
  }
}

/// ``smoothL1Loss(_:_:reduction:beta:)``: square near 0, straight far away.
public final class SmoothL1Loss: PairLoss, @unchecked Sendable {
  public let beta: Double

  /// 0.5 d² / beta where the distance d is less than `beta`, d - 0.5 beta elsewhere.
  public init(reduction: LossReduction = .mean, beta: Double = 1) {
    self.beta = beta
    super.init(reduction) { smoothL1Loss($0, $1, reduction: reduction, beta: beta) }
  }
}

/// ``huberLoss(_:_:reduction:delta:weight:)``: square near 0, straight far away.
public final class HuberLoss: PairLoss, @unchecked Sendable {
  public let delta: Double

  /// 0.5 d² where the distance d is at most `delta`, delta (d - 0.5 delta) elsewhere.
  public init(reduction: LossReduction = .mean, delta: Double = 1) {
    self.delta = delta
    super.init(reduction) { huberLoss($0, $1, reduction: reduction, delta: delta) }
  }
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)`` of probabilities.
public final class BCELoss: WeightedLoss, @unchecked Sendable {
  /// -(y log(p) + (1 - y) log(1 - p)) of probabilities p and targets y in 0 ... 1, times `weight`.
  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    super.init(weight, reduction) { binaryCrossEntropy($0, $1, weight: $2, reduction: reduction) }
  }
}

/// ``binaryCrossEntropyWithLogits(_:_:weight:reduction:posWeight:)`` of logits.
public final class BCEWithLogitsLoss: WeightedLoss, @unchecked Sendable {
  public let posWeight: Tensor!

  /// The binary cross entropy of sigmoid(x), computed without overflow; `posWeight` is a factor of the positive
  /// targets of each class.
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

  /// target (log(target) - input), with `logTarget` of targets that are logarithms too. `.batchMean` divides the sum
  /// by the batch.
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

  /// exp(x) - y x of logarithms x, with `logInput` false x - y log(x + eps); `full` adds Stirling's approximation of
  /// log(y!).
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

  /// x where the target is 1, max(0, margin - x) where it is -1.
  public init(margin: Double = 1, reduction: LossReduction = .mean) {
    self.margin = margin
    super.init(reduction) { hingeEmbeddingLoss($0, $1, margin: margin, reduction: reduction) }
  }
}

/// ``softMarginLoss(_:_:reduction:)`` of scores.
public final class SoftMarginLoss: PairLoss, @unchecked Sendable {
  /// log(1 + exp(-y x)) of scores x and targets y of 1 or -1.
  public init(reduction: LossReduction = .mean) {
    super.init(reduction) { softMarginLoss($0, $1, reduction: reduction) }
  }
}

/// ``multiMarginLoss(_:_:p:margin:weight:reduction:)`` of scores.
public final class MultiMarginLoss: WeightedLoss, @unchecked Sendable {
  public let p: Int
  public let margin: Double

  /// The sum over all wrong classes of max(0, margin - x[y] + x[i])^p, divided by the number of classes; `p` is 1 or 2.
  public init(p: Int = 1, margin: Double = 1, weight: Tensor? = nil, reduction: LossReduction = .mean) {
    (self.p, self.margin) = (p, margin)
    super.init(weight, reduction) {
      multiMarginLoss($0, $1, p: p, margin: margin, weight: $2, reduction: reduction)
    }
  }
}

/// ``multilabelMarginLoss(_:_:reduction:)`` of scores.
public final class MultiLabelMarginLoss: PairLoss, @unchecked Sendable {
  /// The sum of max(0, 1 - (x[y] - x[i])) over all classes y of an example and i that are none, divided by the number of
  /// classes; targets are lists of classes, ended by -1.
  public init(reduction: LossReduction = .mean) {
    super.init(reduction) { multilabelMarginLoss($0, $1, reduction: reduction) }
  }
}

/// ``multilabelSoftMarginLoss(_:_:weight:reduction:)`` of logits.
public final class MultiLabelSoftMarginLoss: WeightedLoss, @unchecked Sendable {
  /// The mean over the classes of the binary cross entropy with logits, each times its `weight`.
  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    super.init(weight, reduction) { multilabelSoftMarginLoss($0, $1, weight: $2, reduction: reduction) }
  }
}

/// The cosine of the angle between vectors along a dimension, called as `similarity(a, b)`.
public final class CosineSimilarity: BinaryLayer {
  public let state = ModuleState()
  public let dim: Int
  public let eps: Double

  /// a b / (max(|a|, eps) max(|b|, eps)) along `dim`.
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

  /// The `p`-norm of a - b + eps along the last dimension, which stays with size 1 if `keepDim`.
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
  /// max(0, -y (x1 - x2) + margin), with targets y of 1 or -1.
  public init(margin: Double = 0, reduction: LossReduction = .mean) {
    super.init(margin, reduction) {
      marginRankingLoss($0, $1, $2, margin: margin, reduction: reduction)
    }
  }
}

/// ``cosineEmbeddingLoss(_:_:_:margin:reduction:)``, called as `loss(x1, x2, target)`.
public final class CosineEmbeddingLoss: MarginLoss, @unchecked Sendable {
  /// 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1.
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

  /// 0.5 (log(v) + (x - y)² / v), with variances v of at least `eps`; `full` adds 0.5 log(2π).
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

  /// max(0, d(anchor, positive) - d(anchor, negative) + margin), with `p`-norms of differences, to which `eps` is
  /// added, as distances.
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
  /// Whether the negative's distance from the positive counts if it is the smaller one.
  public let swap: Bool

  /// max(0, d(anchor, positive) - d(anchor, negative) + margin) with a distance of one's own.
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
