import ApusCore

// Layer, RMS, group and instance normalisation.

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
    weight = elementwiseAffine ? parameter(Tensor.ones(normalizedShape.spatialSizes, dtype: dtype)) : nil
    self.bias = elementwiseAffine && bias ? parameter(Tensor.zeros(normalizedShape.spatialSizes, dtype: dtype)) : nil
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
    weight = affine ? parameter(Tensor.ones([numChannels], dtype: dtype)) : nil
    self.bias = affine && bias ? parameter(Tensor.zeros([numChannels], dtype: dtype)) : nil
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

/// Runs an instance normalisation on an input that may lack the batch dimension.
private func normaliseInstances(
  _ x: Tensor, rank: Int, _ weight: Tensor?, _ bias: Tensor?, _ runningMean: Tensor?, _ runningVar: Tensor?,
  useInputStats: Bool, momentum: Double, eps: Double
) -> Tensor {
  if x.isPoisoned { return x }
  guard x.rank == rank + 1 || x.rank == rank + 2 else {
    report(
      TensorError(
        .shape, "InstanceNorm\(rank)d", "needs an input of \(rank + 1) or \(rank + 2) dimensions, and found \(x.shape)")
    )
    return x
  }
  let batched = x.rank == rank + 1 ? x.unsqueeze(0) : x
  let result = instanceNorm(
    batched, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias,
    useInputStats: useInputStats, momentum: momentum, eps: eps)
  return x.rank == rank + 1 && !result.isPoisoned ? result.squeeze([0]) : result
}

/// Normalisation of every channel of every sequence with its own statistics (Ulyanov et al., 2016).
public final class InstanceNorm1d: Layer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let bias: Tensor?
  public let runningMean: Tensor?
  public let runningVar: Tensor?
  public let numBatchesTracked: Tensor?
  public let eps: Double
  public let momentum: Double

  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    trackRunningStats: Bool = false, bias: Bool = true, dtype: DType = .float32
  ) {
    weight = affine ? parameter(Tensor.ones([numFeatures], dtype: dtype)) : nil
    self.bias = affine && bias ? parameter(Tensor.zeros([numFeatures], dtype: dtype)) : nil
    runningMean = trackRunningStats ? buffer(Tensor.zeros([numFeatures], dtype: dtype)) : nil
    runningVar = trackRunningStats ? buffer(Tensor.ones([numFeatures], dtype: dtype)) : nil
    numBatchesTracked = trackRunningStats ? buffer(Tensor.zeros([], dtype: .int64)) : nil
    self.eps = eps
    self.momentum = momentum
  }

  public func forward(_ x: Tensor) -> Tensor {
    normaliseInstances(
      x, rank: 1, weight, bias, runningMean, runningVar, useInputStats: isTraining || runningMean == nil,
      momentum: momentum, eps: eps)
  }
}

/// Normalisation of every channel of every image with its own statistics (Ulyanov et al., 2016).
public final class InstanceNorm2d: Layer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let bias: Tensor?
  public let runningMean: Tensor?
  public let runningVar: Tensor?
  public let numBatchesTracked: Tensor?
  public let eps: Double
  public let momentum: Double

  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    trackRunningStats: Bool = false, bias: Bool = true, dtype: DType = .float32
  ) {
    weight = affine ? parameter(Tensor.ones([numFeatures], dtype: dtype)) : nil
    self.bias = affine && bias ? parameter(Tensor.zeros([numFeatures], dtype: dtype)) : nil
    runningMean = trackRunningStats ? buffer(Tensor.zeros([numFeatures], dtype: dtype)) : nil
    runningVar = trackRunningStats ? buffer(Tensor.ones([numFeatures], dtype: dtype)) : nil
    numBatchesTracked = trackRunningStats ? buffer(Tensor.zeros([], dtype: .int64)) : nil
    self.eps = eps
    self.momentum = momentum
  }

  public func forward(_ x: Tensor) -> Tensor {
    normaliseInstances(
      x, rank: 2, weight, bias, runningMean, runningVar, useInputStats: isTraining || runningMean == nil,
      momentum: momentum, eps: eps)
  }
}

/// Normalisation of every channel of every volume with its own statistics (Ulyanov et al., 2016).
public final class InstanceNorm3d: Layer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let bias: Tensor?
  public let runningMean: Tensor?
  public let runningVar: Tensor?
  public let numBatchesTracked: Tensor?
  public let eps: Double
  public let momentum: Double

  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    trackRunningStats: Bool = false, bias: Bool = true, dtype: DType = .float32
  ) {
    weight = affine ? parameter(Tensor.ones([numFeatures], dtype: dtype)) : nil
    self.bias = affine && bias ? parameter(Tensor.zeros([numFeatures], dtype: dtype)) : nil
    runningMean = trackRunningStats ? buffer(Tensor.zeros([numFeatures], dtype: dtype)) : nil
    runningVar = trackRunningStats ? buffer(Tensor.ones([numFeatures], dtype: dtype)) : nil
    numBatchesTracked = trackRunningStats ? buffer(Tensor.zeros([], dtype: .int64)) : nil
    self.eps = eps
    self.momentum = momentum
  }

  public func forward(_ x: Tensor) -> Tensor {
    normaliseInstances(
      x, rank: 3, weight, bias, runningMean, runningVar, useInputStats: isTraining || runningMean == nil,
      momentum: momentum, eps: eps)
  }
}
