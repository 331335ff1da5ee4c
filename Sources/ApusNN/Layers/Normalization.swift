import ApusCore
import ApusFunctional

// Layer, RMS, group and instance normalisation.

/// The parameters that normalised numbers are scaled and shifted by, or none.
private func scaleAndShift(
  _ shape: [Int], _ isAffine: Bool, _ isShifted: Bool, _ device: Device?, _ dtype: DType
) -> (weight: Tensor?, bias: Tensor?) {
  func filled(_ value: Double, _ isPresent: Bool) -> Tensor? {
    isPresent ? parameter(Tensor.full(shape, value, dtype: dtype).placed(on: device)) : nil
  }
  return (filled(1, isAffine), filled(0, isAffine && isShifted))
}

/// What batch and instance normalisation hold for each channel: parameters, and running statistics.
public class ChannelNormalization: @unchecked Sendable {
  /// Whether it trains, and its hooks.
  public let state = ModuleState()
  /// `[numFeatures]`, or nil.
  @Changeable public var weight: Tensor!
  /// `[numFeatures]`, or nil.
  @Changeable public var bias: Tensor!
  /// The running mean `[numFeatures]`, or nil where none is kept.
  @Changeable public internal(set) var runningMean: Tensor!
  /// The running variance `[numFeatures]`, or nil where none is kept.
  @Changeable public internal(set) var runningVar: Tensor!
  /// The number of batches that the running statistics have seen, or nil where none are kept.
  public let numBatchesTracked: Tensor!
  /// The number of channels: 0 before the first call of a lazy one.
  @Changeable public internal(set) var numFeatures: Int
  public let eps: Double

  init(
    _ channels: Int, _ eps: Double, _ isAffine: Bool, _ isTracking: Bool, _ isShifted: Bool, _ device: Device?,
    _ dtype: DType
  ) {
    let parameters = scaleAndShift([channels], isAffine, isShifted, device, dtype)
    weight = parameters.weight
    self.bias = parameters.bias
    func tracked(_ value: Double, _ shape: [Int], _ dtype: DType) -> Tensor? {
      isTracking ? buffer(Tensor.full(shape, value, dtype: dtype).placed(on: device)) : nil
    }
    runningMean = tracked(0, [channels], dtype)
    runningVar = tracked(1, [channels], dtype)
    numBatchesTracked = tracked(0, [], .int64)
    numFeatures = channels
    self.eps = eps
  }

  /// Without parameters and statistics, which the first call makes.
  init(
    lazy name: String, _ eps: Double, _ isAffine: Bool, _ isTracking: Bool, _ isShifted: Bool, _ device: Device?,
    _ dtype: DType, channels: @escaping @Sendable (Tensor) throws(TensorError) -> Int
  ) {
    weight = nil
    bias = nil
    runningMean = nil
    runningVar = nil
    numBatchesTracked = isTracking ? buffer(Tensor.full([], 0, dtype: .int64).placed(on: device)) : nil
    numFeatures = 0
    self.eps = eps
    if isAffine { _weight.source = Uninitialised(name, "weight") }
    if isAffine && isShifted { _bias.source = Uninitialised(name, "bias") }
    if isTracking {
      _runningMean.source = Uninitialised(name, "running_mean")
      _runningVar.source = Uninitialised(name, "running_var")
    }
    state.initialisation = Initialisation(
      name, device, dtype, tellers: [("weight", 0, 1), ("running_mean", 0, 1)], channels: channels,
      make: { (module, count, device, dtype) throws(TensorError) in
        guard let norm = module as? ChannelNormalization else { return }
        norm.numFeatures = count
        let made = scaleAndShift([count], isAffine, isShifted, device, dtype)
        fill(norm._weight, norm._bias, made)
        guard isTracking else { return }
        func tracked(_ value: Double) -> Tensor { buffer(Tensor.full([count], value, dtype: dtype).placed(on: device)) }
        fill(norm._runningMean, norm._runningVar, (tracked(0), tracked(1)))
      })
  }

  func representation(_ momentum: Double?) -> String {
    "\(numFeatures), eps=\(eps), momentum=\(python(momentum)), affine=\(python(has(_weight))), "
      + "bias=\(python(has(_bias))), track_running_stats=\(python(has(_runningMean)))"
  }

  private func has(_ place: Changeable<Tensor?>) -> Bool { place.source != nil || place.value != nil }
}

/// Normalisation over the last dimensions: `(x - mean) / sqrt(variance + eps) * weight + bias` (Ba et al., 2016).
public final class LayerNorm: Layer {
  public let state = ModuleState()
  public let normalizedShape: [Int]
  public let eps: Double
  /// Of shape `normalizedShape`, or nil.
  @Changeable public var weight: Tensor!
  /// Of shape `normalizedShape`, or nil.
  @Changeable public var bias: Tensor!

  /// Over the last dimensions of sizes `normalizedShape`, a number or a tuple; a scale of ones, and a shift of zeros,
  /// unless `elementwiseAffine` or `bias` is false.
  public init<each Shape: SpatialSize>(
    normalizedShape: (repeat each Shape), eps: Double = 1e-5, elementwiseAffine: Bool = true, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.normalizedShape = sizes(repeat each normalizedShape) ?? []
    self.eps = eps
    let parameters = scaleAndShift(self.normalizedShape, elementwiseAffine, bias, device, dtype)
    weight = parameters.weight
    self.bias = parameters.bias
  }

  public func forward(_ x: Tensor) -> Tensor {
    layerNorm(x, normalizedShape, weight: weight, bias: bias, eps: eps)
  }

  public var extraRepresentation: String {
    "\(pythonTuple(normalizedShape)), eps=\(eps), elementwise_affine=\(python(weight != nil)), bias=\(python(bias != nil))"
  }
}

/// Normalisation by the root of the mean square over the last dimensions (Zhang and Sennrich, 2019).
public final class RMSNorm: Layer {
  public let state = ModuleState()
  public let normalizedShape: [Int]
  /// Nil: the machine epsilon of the input's type.
  public let eps: Double?
  /// Of shape `normalizedShape`, or nil.
  @Changeable public var weight: Tensor!

  /// x / sqrt(mean(x²) + eps) · weight over the last dimensions of sizes `normalizedShape`; without `eps` that of the
  /// input's type.
  public init<each Shape: SpatialSize>(
    normalizedShape: (repeat each Shape), eps: Double? = nil, elementwiseAffine: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.normalizedShape = sizes(repeat each normalizedShape) ?? []
    self.eps = eps
    weight = scaleAndShift(self.normalizedShape, elementwiseAffine, false, device, dtype).weight
  }

  public func forward(_ x: Tensor) -> Tensor { rmsNorm(x, normalizedShape, weight: weight, eps: eps) }

  public var extraRepresentation: String {
    "\(pythonTuple(normalizedShape)), eps=\(python(eps)), elementwise_affine=\(python(weight != nil))"
  }
}

/// Normalisation of groups of channels of `[N, C, ...]` for each image (Wu and He, 2018).
public final class GroupNorm: Layer {
  public let state = ModuleState()
  public let numGroups: Int
  public let numChannels: Int
  public let eps: Double
  /// `[numChannels]`, or nil.
  @Changeable public var weight: Tensor!
  /// `[numChannels]`, or nil.
  @Changeable public var bias: Tensor!

  /// `numGroups` must divide `numChannels`; scale and shift of each channel start as ones and zeros, unless `affine`
  /// or `bias` is false.
  public init(
    numGroups: Int, numChannels: Int, eps: Double = 1e-5, affine: Bool = true, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    if numGroups <= 0 || numChannels % numGroups != 0 {
      report(
        TensorError(.value, "GroupNorm", "\(numChannels) channels cannot be divided into \(numGroups) groups"))
    }
    self.numGroups = numGroups
    self.numChannels = numChannels
    self.eps = eps
    let parameters = scaleAndShift([numChannels], affine, bias, device, dtype)
    weight = parameters.weight
    self.bias = parameters.bias
  }

  public func forward(_ x: Tensor) -> Tensor { groupNorm(x, numGroups, weight: weight, bias: bias, eps: eps) }

  public var extraRepresentation: String {
    "\(numGroups), \(numChannels), eps=\(eps), affine=\(python(weight != nil)), bias=\(python(bias != nil))"
  }
}

/// Division by a power of a running sum of squares over neighbouring channels (Krizhevsky et al., 2012).
public final class LocalResponseNorm: Layer {
  public let state = ModuleState()
  public let size: Int
  public let alpha: Double
  public let beta: Double
  public let k: Double

  /// x / (k + alpha / size · sum of x² over `size` neighbouring channels)^beta.
  public init(size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  public func forward(_ x: Tensor) -> Tensor { localResponseNorm(x, size, alpha: alpha, beta: beta, k: k) }

  public var extraRepresentation: String { "\(size), alpha=\(alpha), beta=\(beta), k=\(k)" }
}

/// ``LocalResponseNorm`` of images `[N, C, H, W]`, under the name that PyTorch has it a second time.
public final class CrossMapLRN2d: Layer {
  public let state = ModuleState()
  public let size: Int
  public let alpha: Double
  public let beta: Double
  public let k: Double

  /// x / (k + alpha / size · sum of x² over neighbouring channels)^beta, of as many to each side: `size` if that is odd.
  public init(size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
    (self.size, self.alpha, self.beta, self.k) = (size, alpha, beta, k)
  }

  public func forward(_ x: Tensor) -> Tensor { crossMapNorm(x, size, alpha: alpha, beta: beta, k: k) }

  public var extraRepresentation: String { "\(size), alpha=\(alpha), beta=\(beta), k=\(k == 1 ? "1" : "\(k)")" }
}

/// Normalisation of every channel of every example with its own statistics (Ulyanov et al., 2016). The input may lack the
/// batch.
public final class InstanceNormalization<Spatial: SpatialRank>: ChannelNormalization, Layer, @unchecked Sendable {
  public let momentum: Double
  public static var typeName: String { "InstanceNorm\(Spatial.rank)d" }

  /// Over channels of `numFeatures`, each by itself. `affine` adds a scale and a shift; with `trackRunningStats`
  /// evaluation uses running statistics, which move by `momentum`.
  public init(
    numFeatures: Int, eps: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    trackRunningStats: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.momentum = momentum
    super.init(numFeatures, eps, affine, trackRunningStats, bias, device, dtype)
  }

  /// Without parameters and statistics, which the first call makes.
  init(
    lazyEps: Double, _ momentum: Double, _ affine: Bool, _ trackRunningStats: Bool, _ bias: Bool, _ device: Device?,
    _ dtype: DType
  ) {
    self.momentum = momentum
    let name = "Lazy\(Self.typeName)"
    super.init(lazy: name, lazyEps, affine, trackRunningStats, bias, device, dtype) { (x) throws(TensorError) in
      try channelCount(x, Spatial.self, name)
    }
  }

  public func forward(_ x: Tensor) -> Tensor {
    guard !x.hasFailed, Spatial.takes(x, Self.typeName) else { return x }
    let isSingle = x.rank == Spatial.rank + 1
    let result = instanceNorm(
      isSingle ? x.unsqueeze(0) : x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias,
      useInputStats: isTraining || runningMean == nil, momentum: momentum, eps: eps)
    return isSingle && !result.hasFailed ? result.squeeze([0]) : result
  }

  public var extraRepresentation: String { representation(momentum) }
}

/// Instance normalisation of sequences `[N, C, L]` or `[C, L]`.
public typealias InstanceNorm1d = InstanceNormalization<Spatial1d>
/// Instance normalisation of images `[N, C, H, W]` or `[C, H, W]`.
public typealias InstanceNorm2d = InstanceNormalization<Spatial2d>
/// Instance normalisation of volumes `[N, C, D, H, W]` or `[C, D, H, W]`.
public typealias InstanceNorm3d = InstanceNormalization<Spatial3d>
