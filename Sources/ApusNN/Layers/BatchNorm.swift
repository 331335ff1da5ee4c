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

  public var extraRepresentation: String { representation(momentum) }
}

/// Batch normalisation of `[N, C]` or `[N, C, L]`.
public typealias BatchNorm1d = BatchNormalization<Spatial1d>
/// Batch normalisation of `[N, C, H, W]`.
public typealias BatchNorm2d = BatchNormalization<Spatial2d>
/// Batch normalisation of `[N, C, D, H, W]`.
public typealias BatchNorm3d = BatchNormalization<Spatial3d>
