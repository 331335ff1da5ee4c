import ApusCore

// Batch normalisation layers.

/// The tensors of a batch normalisation, and what it does with them.
private func normalise(
  _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ runningMean: Tensor?, _ runningVar: Tensor?,
  _ numBatchesTracked: Tensor?, isTraining: Bool, momentum: Double?, eps: Double
) -> Tensor {
  var factor = momentum ?? 0
  if isTraining, var tracked = numBatchesTracked {
    tracked += 1
    // Without a momentum the running statistics are plain averages over all batches.
    if momentum == nil { factor = 1 / tracked.item() }
  }
  return batchNorm(
    x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias,
    training: isTraining || runningMean == nil, momentum: factor, eps: eps)
}

/// Reports an input whose number of dimensions the layer does not take.
private func checkRank(_ x: Tensor, _ ranks: ClosedRange<Int>, _ name: String) -> Bool {
  if ranks.contains(x.rank) || x.isPoisoned { return true }
  let asked =
    ranks.lowerBound == ranks.upperBound ? "\(ranks.lowerBound)" : "\(ranks.lowerBound) or \(ranks.upperBound)"
  report(TensorError(.shape, name, "needs an input of \(asked) dimensions, and found \(x.shape)"))
  return false
}

/// Normalisation of every channel of `[N, C]` or `[N, C, L]` with the statistics of the batch in training, with running averages of
/// them in evaluation (Ioffe and Szegedy, 2015).
public final class BatchNorm1d: Layer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let bias: Tensor?
  public let runningMean: Tensor?
  public let runningVar: Tensor?
  public let numBatchesTracked: Tensor?
  public let eps: Double
  public let momentum: Double?

  /// - Parameters:
  ///   - momentum: how far running statistics move towards each batch's; nil: their average over all batches.
  ///   - affine: whether to scale and shift by weight and bias.
  ///   - trackRunningStats: whether to keep running statistics; else those of the batch serve in evaluation too.
  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    trackRunningStats: Bool = true, bias: Bool = true, dtype: DType = .float32
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
    guard checkRank(x, 2...3, "BatchNorm1d") else { return x }
    return normalise(
      x, weight, bias, runningMean, runningVar, numBatchesTracked, isTraining: isTraining, momentum: momentum,
      eps: eps)
  }
}

/// Normalisation of every channel of `[N, C, H, W]` with the statistics of the batch in training, with running averages of
/// them in evaluation (Ioffe and Szegedy, 2015).
public final class BatchNorm2d: Layer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let bias: Tensor?
  public let runningMean: Tensor?
  public let runningVar: Tensor?
  public let numBatchesTracked: Tensor?
  public let eps: Double
  public let momentum: Double?

  /// - Parameters:
  ///   - momentum: how far running statistics move towards each batch's; nil: their average over all batches.
  ///   - affine: whether to scale and shift by weight and bias.
  ///   - trackRunningStats: whether to keep running statistics; else those of the batch serve in evaluation too.
  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    trackRunningStats: Bool = true, bias: Bool = true, dtype: DType = .float32
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
    guard checkRank(x, 4...4, "BatchNorm2d") else { return x }
    return normalise(
      x, weight, bias, runningMean, runningVar, numBatchesTracked, isTraining: isTraining, momentum: momentum,
      eps: eps)
  }
}

/// Normalisation of every channel of `[N, C, D, H, W]` with the statistics of the batch in training, with running averages of
/// them in evaluation (Ioffe and Szegedy, 2015).
public final class BatchNorm3d: Layer {
  public let state = ModuleState()
  public let weight: Tensor?
  public let bias: Tensor?
  public let runningMean: Tensor?
  public let runningVar: Tensor?
  public let numBatchesTracked: Tensor?
  public let eps: Double
  public let momentum: Double?

  /// - Parameters:
  ///   - momentum: how far running statistics move towards each batch's; nil: their average over all batches.
  ///   - affine: whether to scale and shift by weight and bias.
  ///   - trackRunningStats: whether to keep running statistics; else those of the batch serve in evaluation too.
  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    trackRunningStats: Bool = true, bias: Bool = true, dtype: DType = .float32
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
    guard checkRank(x, 5...5, "BatchNorm3d") else { return x }
    return normalise(
      x, weight, bias, runningMean, runningVar, numBatchesTracked, isTraining: isTraining, momentum: momentum,
      eps: eps)
  }
}
