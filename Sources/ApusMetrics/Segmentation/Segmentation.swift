import ApusCore
import ApusFunctional
import ApusNumerics

// How segmentations overlap with given ones.

/// What segmentations are given as.
public enum SegmentationFormat: String, Sendable, Hashable, NamedChoice {
  /// A plane of 0 and 1 (or scores) for each class, `[N, C, ...]`.
  case oneHot = "one-hot"
  /// Class numbers `[N, ...]`.
  case index
  /// One of them in each of the two forms.
  case mixed
}

/// What the metrics of segmentations share: predictions and targets as planes of classes.
public class SegmentationMetric: Metric {
  let numClasses: Int?
  let includeBackground: Bool
  let inputFormat: SegmentationFormat

  init(_ numClasses: Int?, _ includeBackground: Bool, _ inputFormat: SegmentationFormat) {
    self.numClasses = numClasses
    self.includeBackground = includeBackground
    self.inputFormat = inputFormat
    super.init()
    expect(numClasses ?? 1 >= 1, "needs 1 or more classes, and found \(numClasses ?? 0)")
    expect(inputFormat != .index || numClasses != nil, "needs numClasses for class numbers, and it is nil")
  }

  /// Planes `[N, C, positions]` of 0 and 1, int64, without the background if it is left out.
  func planes(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> (Tensor, Tensor) {
    var (a, b): (Tensor, Tensor)
    switch inputFormat {
    case .oneHot:
      try requireSameShape(preds, target, name)
      (a, b) = (try oneHotPlanes(preds), try oneHotPlanes(target))
    case .index:
      try requireSameShape(preds, target, name)
      (a, b) = (try indexPlanes(preds, numClasses ?? 1), try indexPlanes(target, numClasses ?? 1))
    case .mixed:
      let isPlanes = preds.rank == target.rank + 1
      let (planes, numbers) = isPlanes ? (preds, target) : (target, preds)
      guard planes.rank == numbers.rank + 1, planes.rank >= 2, planes.shape[0] == numbers.shape[0],
        planes.shape.dropFirst(2) == numbers.shape.dropFirst(1)
      else {
        throw mistake(
          .shape, "needs planes [N, C, ...] and class numbers [N, ...], and found \(preds.shape) and \(target.shape)")
      }
      let (first, second) = (try oneHotPlanes(planes), try indexPlanes(numbers, numClasses ?? planes.shape[1]))
      (a, b) = isPlanes ? (first, second) : (second, first)
    }
    guard a.rank >= 3, a.shape == b.shape else {
      throw mistake(.shape, "needs planes [N, C, ...] of one shape, and found \(a.shape) and \(b.shape)")
    }
    if !includeBackground, a.shape[1] > 1 {
      (a, b) = (a.narrow(1, 1, a.shape[1] - 1), b.narrow(1, 1, b.shape[1] - 1))
    }
    return (a, b)
  }

  /// Planes as they are; of scores the largest is 1.
  private func oneHotPlanes(_ x: Tensor) throws(TensorError) -> Tensor {
    guard x.rank >= 2 else { throw mistake(.shape, "needs planes [N, C, ...], and found \(x.shape)") }
    guard x.dtype.isFloatingPoint else { return x.to(.int64) }
    return try indexPlanes(x.argmax(1), numClasses ?? x.shape[1])
  }

  private func indexPlanes(_ x: Tensor, _ classes: Int) throws(TensorError) -> Tensor {
    guard !x.dtype.isFloatingPoint else { throw mistake(.dtype, "class numbers are integers, and found \(x.dtype)") }
    let numbers = x.to(.int64)
    try requireRange(numbers.reshape([-1]), nil, classes, "class numbers", name)
    return numbers.unsqueeze(-1).eq(arange(0, classes, 1)).to(.int64).movedim(-1, 1)
  }

  /// The sums over positions of the overlap, the predictions and the targets: `[N, C]`.
  func overlaps(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> (both: Tensor, preds: Tensor, target: Tensor)
  {
    let (a, b) = try planes(preds, target)
    let positions = Array(2..<a.rank)
    return ((a * b).sum(positions), a.sum(positions), b.sum(positions))
  }
}

/// The Dice score: `2 |A and B| / (|A| + |B|)`.
public final class DiceScore: SegmentationMetric, PairMetric {
  /// Over what the overlaps are added.
  public enum Aggregation: String, Sendable, Hashable, NamedChoice {
    /// Nothing: the scores of samples are averaged; all samples together.
    case samplewise, global
  }

  private let average: MetricAverage
  private let aggregationLevel: Aggregation
  private let numerator = MetricState.list()
  private let denominator = MetricState.list()
  private let support = MetricState.list()

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - includeBackground: whether class 0 counts.
  ///   - average: how the scores of classes become one.
  ///   - aggregationLevel: over what the overlaps are added.
  ///   - inputFormat: what segmentations are given as.
  public init(
    numClasses: Int, includeBackground: Bool = true, average: MetricAverage = .macro,
    aggregationLevel: Aggregation = .samplewise, inputFormat: SegmentationFormat = .oneHot
  ) {
    self.average = average
    self.aggregationLevel = aggregationLevel
    super.init(numClasses, includeBackground, inputFormat)
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds segmentations.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      let sums = try overlaps(preds, target)
      numerator.append(2 * sums.both)
      denominator.append(sums.preds + sums.target)
      support.append(sums.target)
    }
  }

  public func compute() -> Tensor {
    var (top, bottom, support) = (numerator.value, denominator.value, support.value)
    if let failed = top.failed { return failed }
    if aggregationLevel == .global {
      (top, bottom) = (top.sum([0], keepDim: true), bottom.sum([0], keepDim: true))
      support = support.sum([0])
    }
    if average == .micro { return safeDivide(top.sum([-1]), bottom.sum([-1]), nil).nanmean([0]) }
    let dice = safeDivide(top, bottom, nil)
    switch average {
    case .none: return dice.nanmean([0])
    case .weighted:
      let weights = safeDivide(support, support.sum([-1], keepDim: true), nil)
      let isMissing = dice.isnan().all(-1)
      return (dice * weights).nansum([-1]).maskedFill(isMissing, Double.nan).nanmean([0])
    default: return dice.nanmean([-1]).nanmean([0])
    }
  }
}

/// The generalised Dice score: overlaps of classes weighted by how small they are.
///
/// Sudre and others, 2017: Generalised Dice overlap as a deep learning loss function.
public final class GeneralizedDiceScore: SegmentationMetric, PairMetric {
  /// How classes are weighted.
  public enum WeightType: String, Sendable, Hashable, NamedChoice {
    /// One over the square of their size, one over it, all alike.
    case square, simple, linear
  }

  private let perClass: Bool
  private let weightType: WeightType
  private let score = MetricState(0)
  private let samples = MetricState(0)

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - includeBackground: whether class 0 counts.
  ///   - perClass: whether each class has a score of its own.
  ///   - weightType: how classes are weighted.
  ///   - inputFormat: what segmentations are given as.
  public init(
    numClasses: Int, includeBackground: Bool = true, perClass: Bool = false, weightType: WeightType = .square,
    inputFormat: SegmentationFormat = .oneHot
  ) {
    self.perClass = perClass
    self.weightType = weightType
    super.init(numClasses, includeBackground, inputFormat)
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds segmentations.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      let sums = try overlaps(preds, target)
      let size = sums.target.to(.float32)
      let raw =
        switch weightType {
        case .square: 1 / size.square()
        case .simple: 1 / size
        case .linear: onesLike(size)
        }
      // A class that a sample lacks has the largest weight of other samples; torchmetrics takes these in the order of the
      // classes where that of the samples is meant, and so does this.
      let isMissing = raw.isinf()
      let found = raw.maskedFill(isMissing, 0)
      let largest = found.amax([0]).unsqueeze(0).repeat(raw.shape[0], 1).transpose(0, 1).reshape(raw.shape)
      let weights = `where`(isMissing, largest, raw)
      var (top, bottom) = (2 * sums.both * weights, (sums.preds + sums.target) * weights)
      if !perClass { (top, bottom) = (top.sum([1]), bottom.sum([1])) }
      score.add(safeDivide(top, bottom).sum([0]))
      samples.add(preds.shape[0])
    }
  }

  public func compute() -> Tensor { (score.value / samples.value).squeezedScalar }
}

/// The mean intersection over union of classes.
public final class MeanIoU: SegmentationMetric, PairMetric {
  private let perClass: Bool
  private let score = MetricState(0)
  private let numBatches = MetricState(0)

  /// - Parameters:
  ///   - numClasses: the number of classes; may be nil unless segmentations are class numbers.
  ///   - includeBackground: whether class 0 counts.
  ///   - perClass: whether each class has a value of its own; -1 for one that does not occur.
  ///   - inputFormat: what segmentations are given as.
  public init(
    numClasses: Int? = nil, includeBackground: Bool = true, perClass: Bool = false,
    inputFormat: SegmentationFormat = .oneHot
  ) {
    self.perClass = perClass
    super.init(numClasses, includeBackground, inputFormat)
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds segmentations.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      func batched(_ x: Tensor) -> Tensor {
        if inputFormat == .oneHot { return x }
        return x.rank == 1 ? x.reshape([1, 1, -1]) : x.rank == 2 ? x.unsqueeze(0) : x
      }
      let sums = try overlaps(batched(preds), batched(target))
      let union = sums.preds + sums.target - sums.both
      let (values, occurs) = (safeDivide(sums.both, union), union.gt(0))
      let kept = values * occurs
      score.add(perClass ? kept.sum([0]) : kept.sum())
      numBatches.add(perClass ? occurs.sum([0]) : occurs.sum())
    }
  }

  public func compute() -> Tensor {
    let value = score.value / numBatches.value
    return perClass ? value.nanToNum(nan: -1) : value.nanmean()
  }
}
