import ApusCore
import ApusFunctional

/// Normalisation of every channel with the statistics of the batch in training, with running averages of them in
/// evaluation (Ioffe and Szegedy, 2015).
public final class BatchNormalization<Spatial: SpatialRank>: ChannelNormalization, Layer, @unchecked Sendable {
  public let momentum: Double?
  public static var typeName: String { "BatchNorm\(Spatial.rank)d" }

  /// - Parameters:
  ///   - momentum: how far running statistics move towards each batch's; nil: their average over all batches.
  ///   - affine: whether to scale and shift by weight and bias.
  ///   - trackRunningStats: whether to keep running statistics; else those of the batch serve in evaluation too.
  public init(
    numFeatures: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    trackRunningStats: Bool = true, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.momentum = momentum
    super.init(numFeatures, eps, affine, trackRunningStats, bias, device, dtype)
  }

  /// Without parameters and statistics, which the first call makes.
  init(
    lazyEps: Double, _ momentum: Double?, _ affine: Bool, _ trackRunningStats: Bool, _ bias: Bool, _ device: Device?,
    _ dtype: DType
  ) {
    self.momentum = momentum
    let name = "Lazy\(Self.typeName)"
    super.init(lazy: name, lazyEps, affine, trackRunningStats, bias, device, dtype) { (x) throws(TensorError) in
      guard x.rank >= 2 else {
        throw TensorError(.shape, name, "needs an input of shape [N, C, ...], and found \(x.shape)")
      }
      return x.shape[1]
    }
  }

  public func forward(_ x: Tensor) -> Tensor {
    // Sequences may be single elements.
    let least = Spatial.rank == 1 ? 2 : Spatial.rank + 2
    guard hasRank(x, least...Spatial.rank + 2, Self.typeName) else { return x }
    if isTraining, var tracked = numBatchesTracked {
      tracked += 1
      if let shared = state.sharedStatistics { return normalised(x, by: shared) }
      if momentum == nil {
        return batchNorm(
          x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, averagedOver: tracked,
          eps: eps)
      }
    }
    return batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias,
      training: isTraining || runningMean == nil, momentum: momentum ?? 0, eps: eps)
  }

  /// With the statistics of all processes, which move the running ones.
  private func normalised(_ x: Tensor, by shared: any SharedStatistics) -> Tensor {
    let result = shared.normalise(x, weight: weight, bias: bias, eps: eps)
    if result.output.hasFailed { return result.output }
    noGrad {
      let share = momentum.map { Tensor($0, dtype: .float64) } ?? numBatchesTracked.to(.float64).reciprocal()
      for (running, new) in [(runningMean, result.mean), (runningVar, result.variance)] {
        guard var running = running else { continue }
        running.assign((running.to(.float64) * (1 - share) + new.to(.float64) * share).to(running.dtype))
      }
    }
    return result.output
  }

  public var extraRepresentation: String { representation(momentum) }
}

/// What normalises by statistics that several processes gather together.
package protocol SharedStatistics: AnyObject, Sendable {
  /// `x` `[N, C, ...]` normalised over all processes' batches, scaled and shifted; the mean, and the variance without
  /// bias, `[C]`.
  func normalise(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, eps: Double
  ) -> (output: Tensor, mean: Tensor, variance: Tensor)
}

/// Batch normalisation of any rank.
package protocol BatchNormalizing: Module {
  /// Whether it has running statistics.
  var isTracking: Bool { get }
}

extension BatchNormalization: BatchNormalizing {
  package var isTracking: Bool { numBatchesTracked != nil }
}

/// Batch normalisation of `[N, C]` or `[N, C, L]`.
public typealias BatchNorm1d = BatchNormalization<Spatial1d>
/// Batch normalisation of `[N, C, H, W]`.
public typealias BatchNorm2d = BatchNormalization<Spatial2d>
/// Batch normalisation of `[N, C, D, H, W]`.
public typealias BatchNorm3d = BatchNormalization<Spatial3d>
