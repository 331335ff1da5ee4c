import ApusCore
import ApusFunctional

// Layer, RMS, group and instance normalisation.

/// The parameters that normalised numbers are scaled and shifted by, or none.
private func scaleAndShift(
  _ shape: [Int], _ isAffine: Bool, _ isShifted: Bool, _ dtype: DType
) -> (weight: Tensor?, bias: Tensor?) {
  guard isAffine else { return (nil, nil) }
  return (parameter(Tensor.ones(shape, dtype: dtype)), isShifted ? parameter(Tensor.zeros(shape, dtype: dtype)) : nil)
}

/// What batch and instance normalisation hold for each channel: parameters, and running statistics.
public class ChannelNormalization: @unchecked Sendable {
  public let state = ModuleState()
  public let weight: Tensor?
  public let bias: Tensor?
  public let runningMean: Tensor?
  public let runningVar: Tensor?
  public let numBatchesTracked: Tensor?
  public let eps: Double

  init(_ channels: Int, _ eps: Double, _ isAffine: Bool, _ isTracking: Bool, _ isShifted: Bool, _ dtype: DType) {
    (weight, bias) = scaleAndShift([channels], isAffine, isShifted, dtype)
    runningMean = isTracking ? buffer(Tensor.zeros([channels], dtype: dtype)) : nil
    runningVar = isTracking ? buffer(Tensor.ones([channels], dtype: dtype)) : nil
    numBatchesTracked = isTracking ? buffer(Tensor.zeros([], dtype: .int64)) : nil
    self.eps = eps
  }
}

/// Normalisation over the last dimensions: `(x - mean) / sqrt(variance + eps) * weight + bias` (Ba et al., 2016).
public final class LayerNorm: Layer {
  public let state = ModuleState()
  public let normalizedShape: [Int]
  public let eps: Double
  /// Of shape `normalizedShape`.
  public let weight: Tensor?
  /// Of shape `normalizedShape`.
  public let bias: Tensor?

  public init(
    _ normalizedShape: some SpatialSize, eps: Double = 1e-5, elementwiseAffine: Bool = true, bias: Bool = true,
    dtype: DType = .float32
  ) {
    self.normalizedShape = normalizedShape.spatialSizes
    self.eps = eps
    (weight, self.bias) = scaleAndShift(normalizedShape.spatialSizes, elementwiseAffine, bias, dtype)
  }

  public func forward(_ x: Tensor) -> Tensor {
    layerNorm(x, normalizedShape, weight: weight, bias: bias, eps: eps)
  }
}

/// Normalisation by the root of the mean square over the last dimensions (Zhang and Sennrich, 2019).
public final class RMSNorm: Layer {
  public let state = ModuleState()
  public let normalizedShape: [Int]
  /// Nil: the machine epsilon of the input's type.
  public let eps: Double?
  /// Of shape `normalizedShape`.
  public let weight: Tensor?

  public init(
    _ normalizedShape: some SpatialSize, eps: Double? = nil, elementwiseAffine: Bool = true, dtype: DType = .float32
  ) {
    self.normalizedShape = normalizedShape.spatialSizes
    self.eps = eps
    weight = elementwiseAffine ? parameter(Tensor.ones(normalizedShape.spatialSizes, dtype: dtype)) : nil
  }

  public func forward(_ x: Tensor) -> Tensor { rmsNorm(x, normalizedShape, weight: weight, eps: eps) }
}

/// Normalisation of groups of channels of `[N, C, ...]` for each image (Wu and He, 2018).
public final class GroupNorm: Layer {
  public let state = ModuleState()
  public let numGroups: Int
  public let eps: Double
  /// `[C]`.
  public let weight: Tensor?
  /// `[C]`.
  public let bias: Tensor?

  public init(
    _ numGroups: Int, _ numChannels: Int, eps: Double = 1e-5, affine: Bool = true, bias: Bool = true,
    dtype: DType = .float32
  ) {
    if numGroups <= 0 || numChannels % numGroups != 0 {
      report(
        TensorError(.value, "GroupNorm", "\(numChannels) channels cannot be divided into \(numGroups) groups"))
    }
    self.numGroups = numGroups
    self.eps = eps
    (weight, self.bias) = scaleAndShift([numChannels], affine, bias, dtype)
  }

  public func forward(_ x: Tensor) -> Tensor { groupNorm(x, numGroups, weight: weight, bias: bias, eps: eps) }
}

/// Division by a power of a running sum of squares over neighbouring channels (Krizhevsky et al., 2012).
public final class LocalResponseNorm: Layer {
  public let state = ModuleState()
  public let size: Int
  public let alpha: Double
  public let beta: Double
  public let k: Double

  public init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  public func forward(_ x: Tensor) -> Tensor { localResponseNorm(x, size, alpha: alpha, beta: beta, k: k) }
}

/// Normalisation of every channel of every example with its own statistics (Ulyanov et al., 2016). The input may lack the
/// batch.
public final class InstanceNormalization<Spatial: SpatialRank>: ChannelNormalization, Layer, @unchecked Sendable {
  public let momentum: Double
  public static var typeName: String { "InstanceNorm\(Spatial.rank)d" }

  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    trackRunningStats: Bool = false, bias: Bool = true, dtype: DType = .float32
  ) {
    self.momentum = momentum
    super.init(numFeatures, eps, affine, trackRunningStats, bias, dtype)
  }

  public func forward(_ x: Tensor) -> Tensor {
    guard !x.hasFailed, Spatial.takes(x, Self.typeName) else { return x }
    let isSingle = x.rank == Spatial.rank + 1
    let result = instanceNorm(
      isSingle ? x.unsqueeze(0) : x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias,
      useInputStats: isTraining || runningMean == nil, momentum: momentum, eps: eps)
    return isSingle && !result.hasFailed ? result.squeeze([0]) : result
  }
}

/// Instance normalisation of sequences `[N, C, L]` or `[C, L]`.
public typealias InstanceNorm1d = InstanceNormalization<Spatial1d>
/// Instance normalisation of images `[N, C, H, W]` or `[C, H, W]`.
public typealias InstanceNorm2d = InstanceNormalization<Spatial2d>
/// Instance normalisation of volumes `[N, C, D, H, W]` or `[C, D, H, W]`.
public typealias InstanceNorm3d = InstanceNormalization<Spatial3d>
