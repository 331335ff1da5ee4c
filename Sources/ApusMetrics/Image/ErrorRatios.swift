import ApusCore
import ApusFunctional
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Errors of images against their range, their bands and their neighbourhoods.

/// The ratio of the peak signal to noise, in decibels: `10 log10(range^2 / mean squared error)`.
public final class PeakSignalNoiseRatio: Metric, PairMetric {
  private let dataRange: DataRange
  private let base: Double
  private let reduction: MetricReduction
  private let dim: [Int]?
  private let sumSquaredError: MetricState
  private let total: MetricState

  /// - Parameters:
  ///   - dataRange: the range of the values.
  ///   - base: the base of the logarithm.
  ///   - reduction: how the values along other dimensions than `dim` are reduced.
  ///   - dim: the dimensions over which errors are averaged; nil for all, over all batches.
  public init(
    dataRange: DataRange, base: Double = 10, reduction: MetricReduction = .elementwiseMean, dim: [Int]? = nil
  ) {
    self.dataRange = dataRange
    self.base = base
    self.reduction = reduction
    self.dim = dim
    (sumSquaredError, total) = dim == nil ? (MetricState(0), MetricState(0)) : (.list(), .list())
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds images of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      let errors = (dataRange.clamped(preds.floating) - dataRange.clamped(target.floating)).square()
      guard let dim else {
        sumSquaredError.add(errors.sum())
        total.add(errors.count)
        return
      }
      let dims = dim.map { $0 < 0 ? $0 + errors.rank : $0 }
      guard dims.allSatisfy(errors.shape.indices.contains) else {
        throw mistake(.dimension, "there are no dimensions \(dim) in the shape \(errors.shape)")
      }
      let sums = errors.sum(dims).reshape([-1])
      sumSquaredError.append(sums)
      total.append(fullLike(sums, Double(dims.map { errors.shape[$0] }.reduce(1, *))))
    }
  }

  public func compute() -> Tensor {
    let logs = 2 * log(dataRange.width) - (sumSquaredError.value / total.value).log()
    return reduction(logs * (10 / log(base)))
  }
}

/// The ratio of the peak signal to noise, in decibels, with a penalty for steps at the borders of blocks; of gray images.
///
/// Yim and Bovik, 2011: Quality assessment of deblocked images.
public final class PeakSignalNoiseRatioWithBlockedEffect: Metric, PairMetric {
  private let dataRange: DataRange
  private let blockSize: Int
  private let sumSquaredError = MetricState(0)
  private let total = MetricState(0)
  private let bef = MetricState(0)

  /// - Parameters:
  ///   - dataRange: the range of the values.
  ///   - blockSize: the size of the blocks.
  public init(dataRange: DataRange, blockSize: Int = 8) {
    self.dataRange = dataRange
    self.blockSize = max(1, blockSize)
    super.init()
    expect(blockSize >= 1, "needs blocks of 1 or more, and found \(blockSize)")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds gray images `[N, 1, H, W]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard preds.rank == 4, preds.shape[1] == 1 else {
        throw mistake(.shape, "needs gray images [N, 1, H, W], and found \(preds.shape)")
      }
      let (x, y) = (dataRange.clamped(preds.floating), dataRange.clamped(target.floating))
      sumSquaredError.add((x - y).square().sum())
      total.add(y.count)
      bef.add(blocking(x))
    }
  }

  /// How much larger steps at the borders of blocks are than others.
  private func blocking(_ x: Tensor) -> Double {
    let (height, width) = (x.shape[2], x.shape[3])
    func steps(_ dim: Int) -> (border: Double, inside: Double) {
      let n = x.shape[dim] - 1
      guard n > 0 else { return (0, 0) }
      let squares = (x.narrow(dim, 0, n) - x.narrow(dim, 1, n)).square()
      let sums = squares.sum([0, 1, dim == 2 ? 3 : 2]).doubles
      var (border, inside) = (0.0, 0.0)
      for (i, sum) in sums.enumerated() { if i % blockSize == blockSize - 1 { border += sum } else { inside += sum } }
      return (border, inside)
    }
    let ((bx, ix), (by, iy)) = (steps(3), steps(2))
    let (h, w, b) = (Double(height), Double(width), Double(blockSize))
    let (horizontal, vertical) = (h * (w / b) - 1, w * (h / b) - 1)
    let border = (bx + by) / (horizontal + vertical)
    let inside = (ix + iy) / (h * (w - 1) - horizontal + w * (h - 1) - vertical)
    return border > inside ? log2(b) / log2(min(h, w)) * (border - inside) : 0
  }

  public func compute() -> Tensor {
    let error = sumSquaredError.value / total.value + bef.value
    return 10 * (dataRange.width * dataRange.width / error).log10()
  }
}

/// ERGAS: the root of the mean over bands of the squared relative errors, in percent, over the ratio of the resolutions.
public final class ErrorRelativeGlobalDimensionlessSynthesis: ImageValuesMetric, PairMetric {
  private let ratio: Double

  /// - Parameters:
  ///   - ratio: of the resolutions.
  ///   - reduction: how the values of images are reduced.
  public init(ratio: Double = 4, reduction: MetricReduction = .elementwiseMean) {
    self.ratio = ratio
    super.init(reduction)
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds images `[N, C, H, W]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireImages(preds, target, name)
      let (x, y) = (preds.floating.flatten(2), target.floating.flatten(2))
      let errors = (x - y).square().mean([2]).sqrt() / y.mean([2])
      add(100 / ratio * errors.square().mean([1]).sqrt())
    }
  }
}

/// The angle between the spectra of each position, in radians.
public final class SpectralAngleMapper: Metric, PairMetric {
  private let reduction: MetricReduction
  private let sumSam: MetricState
  private let numel = MetricState(0)

  /// - Parameter reduction: how the angles are reduced.
  public init(reduction: MetricReduction = .elementwiseMean) {
    self.reduction = reduction
    sumSam = reduction == .none ? .list() : MetricState(0)
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds images `[N, C, H, W]` of two channels or more.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireImages(preds, target, name)
      guard preds.shape[1] > 1 else { throw mistake(.shape, "needs two or more channels, and found \(preds.shape)") }
      let (x, y) = (preds.floating, target.floating)
      let cosine = (x * y).sum([1]) / (x.norm(2, [1]) * y.norm(2, [1]))
      let angles = cosine.clamp(min: -1, max: 1).acos()
      if reduction == .none { sumSam.append(angles) } else { sumSam.add(angles.sum()) }
      numel.add(angles.count)
    }
  }

  public func compute() -> Tensor {
    reduction == .none || reduction == .sum ? sumSam.value : sumSam.value / numel.value
  }
}

/// The width of the margin that windows of a size leave out; halves go to the even number, as Python rounds.
private func margin(_ window: Int) -> Int { Int((Double(window) / 2).rounded(.toNearestOrEven)) }

/// The root of the mean squared error in windows around each position.
public final class RootMeanSquaredErrorUsingSlidingWindow: Metric, PairMetric {
  private let windowSize: Int
  private let rmseValSum = MetricState(0)
  private let totalImages = MetricState(0)

  /// - Parameter windowSize: the size of the windows.
  public init(windowSize: Int = 8) {
    self.windowSize = max(1, windowSize)
    super.init()
    expect(windowSize >= 1, "needs windows of 1 or more, and found \(windowSize)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds images `[N, C, H, W]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireWindows(preds, target, windowSize)
      let errors = uniformFilter((target.floating - preds.floating).square(), windowSize).sqrt()
      rmseValSum.add(errors.cropped(margin(windowSize)).sum([0]).mean())
      totalImages.add(target.shape[0])
    }
  }

  public func compute() -> Tensor { rmseValSum.value / totalImages.value }
}

extension Metric {
  fileprivate func requireWindows(_ preds: Tensor, _ target: Tensor, _ window: Int) throws(TensorError) {
    try requireImages(preds, target, name)
    guard margin(window) < min(target.shape[2], target.shape[3]) else {
      throw mistake(.shape, "windows of \(window) need larger images, and found \(target.shape)")
    }
  }
}

/// RASE: the errors in windows over the mean of the targets, in percent.
public final class RelativeAverageSpectralError: Metric, PairMetric {
  private let windowSize: Int
  private let rmseMap = MetricState(0)
  private let targetSum = MetricState(0)
  private let totalImages = MetricState(0)

  /// - Parameter windowSize: the size of the windows.
  public init(windowSize: Int = 8) {
    self.windowSize = max(1, windowSize)
    super.init()
    expect(windowSize >= 1, "needs windows of 1 or more, and found \(windowSize)")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds images `[N, C, H, W]`, of one size in all batches.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireWindows(preds, target, windowSize)
      let (x, y) = (preds.floating, target.floating)
      let errors = uniformFilter((y - x).square(), windowSize).sqrt().sum([0])
      guard rmseMap.value.rank == 0 || rmseMap.value.shape == errors.shape else {
        throw mistake(.shape, "needs images of one size, and found \(rmseMap.value.shape) and \(errors.shape)")
      }
      rmseMap.add(errors)
      targetSum.add((uniformFilter(y, windowSize) / Double(windowSize * windowSize)).sum([0]))
      totalImages.add(y.shape[0])
    }
  }

  public func compute() -> Tensor {
    guard rmseMap.value.rank == 3 else {
      return fail(mistake(.state, "has seen no samples; call update before compute"))
    }
    let n = totalImages.value
    let mean = (targetSum.value / n).mean([0])
    let errors = (100 / mean) * (rmseMap.value / n).square().mean([0]).sqrt()
    return errors.cropped(margin(windowSize)).mean()
  }
}

/// The total variation: the sum of the differences of neighbours.
public final class TotalVariation: ImageValuesMetric, ValueMetric {
  /// - Parameter reduction: how the values of images are reduced.
  public init(reduction: MetricReduction = .sum) { super.init(reduction) }

  public override var higherIsBetter: Bool? { false }

  /// Adds images `[N, C, H, W]`.
  public func update(_ img: Tensor) {
    updating(img) { () throws(TensorError) in
      guard img.rank == 4 else { throw mistake(.shape, "needs images [N, C, H, W], and found \(img.shape)") }
      func variation(_ dim: Int) -> Tensor {
        let n = max(0, img.shape[dim] - 1)
        return (img.narrow(dim, img.shape[dim] - n, n) - img.narrow(dim, 0, n)).abs().sum([1, 2, 3])
      }
      add(variation(2) + variation(3))
    }
  }
}
