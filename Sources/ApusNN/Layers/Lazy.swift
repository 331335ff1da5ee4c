import ApusCore
import ApusFunctional
import ApusNumerics

// Layers that learn the number of their inputs from the first call. `LazyLinear(10)` gives a `Linear` whose parameters the
// first call makes, or a state that is loaded before it; until then it prints as `LazyLinear` and lists no parameters, so that an
// optimiser is to be made afterwards, as in PyTorch.

/// The channels of `x`, which may lack the batch.
func channelCount(
  _ x: Tensor, _ spatial: (some SpatialRank).Type, _ name: String
) throws(TensorError) -> Int {
  let rank = spatial.rank
  guard (rank + 1...rank + 2).contains(x.rank) else {
    throw TensorError(.shape, name, "needs an input of \(rank + 1) or \(rank + 2) dimensions, and found \(x.shape)")
  }
  return x.shape[x.rank - rank - 1]
}

/// Stores what has been made in the places that waited for it.
func fill<First, Second>(
  _ first: Changeable<First>, _ second: Changeable<Second>, _ made: (First, Second)
) {
  (first.source, second.source) = (nil, nil)
  (first.value, second.value) = made
}

/// Makes a ``Linear`` that learns `inFeatures` from the first call: `LazyLinear(10)`.
public struct LazyLinearMaker: Sendable {
  package init() {}

  /// A linear layer of `outFeatures` results, whose parameters are drawn at the first call.
  public func callAsFunction(
    outFeatures: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) -> Linear {
    Linear(lazyOutFeatures: outFeatures, hasBias: bias, device: device, dtype: dtype)
  }
  /// The same without the first label.
  public func callAsFunction(
    _ outFeatures: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) -> Linear {
    Linear(lazyOutFeatures: outFeatures, hasBias: bias, device: device, dtype: dtype)
  }
}

/// Makes convolutions that learn `inChannels` from the first call: `LazyConv2d(16, 3)`.
public struct LazyConvolutionMaker<Spatial: SpatialRank>: Sendable {
  package init() {}

  /// A convolution to `outChannels`; arguments as ``Convolution`` has them.
  public func callAsFunction<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) -> Convolution<Spatial> {
    let given = (sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each dilation))
    return Convolution(
      lazyOutChannels: outChannels, (given.0, given.1 ?? [1], given.2 ?? [1]),
      ApusFunctional.paddingMode(repeat each padding), groups, hasBias: bias, paddingMode, device, dtype)
  }
  /// The same without the first labels.
  public func callAsFunction<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ outChannels: Int, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) -> Convolution<Spatial> {
    callAsFunction(
      outChannels: outChannels, kernelSize: (repeat each kernelSize), stride: (repeat each stride),
      padding: (repeat each padding), dilation: (repeat each dilation), groups: groups, bias: bias,
      paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The same with the kernel's size labelled.
  public func callAsFunction<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) -> Convolution<Spatial> {
    callAsFunction(
      outChannels: outChannels, kernelSize: (repeat each kernelSize), stride: (repeat each stride),
      padding: (repeat each padding), dilation: (repeat each dilation), groups: groups, bias: bias,
      paddingMode: paddingMode, device: device, dtype: dtype)
  }
}

/// Makes transposed convolutions that learn `inChannels` from the first call: `LazyConvTranspose2d(16, 3)`.
public struct LazyTransposedConvolutionMaker<Spatial: SpatialRank>: Sendable {
  package init() {}

  /// A transposed convolution to `outChannels`; arguments as ``TransposedConvolution`` has them.
  public func callAsFunction<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) -> TransposedConvolution<Spatial> {
    let kernel = sizes(repeat each kernelSize) ?? []
    let (step, margin) = (sizes(repeat each stride) ?? [1], sizes(repeat each padding) ?? [0])
    let (extra, spread) = (sizes(repeat each outputPadding) ?? [0], sizes(repeat each dilation) ?? [1])
    return TransposedConvolution(
      lazyOutChannels: outChannels, (kernel, step, margin, extra, spread), groups, hasBias: bias, device, dtype)
  }
  /// The same without the first labels.
  public func callAsFunction<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ outChannels: Int, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) -> TransposedConvolution<Spatial> {
    callAsFunction(
      outChannels: outChannels, kernelSize: (repeat each kernelSize), stride: (repeat each stride),
      padding: (repeat each padding), outputPadding: (repeat each outputPadding), groups: groups, bias: bias,
      dilation: (repeat each dilation), device: device, dtype: dtype)
  }
  /// The same with the kernel's size labelled.
  public func callAsFunction<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) -> TransposedConvolution<Spatial> {
    callAsFunction(
      outChannels: outChannels, kernelSize: (repeat each kernelSize), stride: (repeat each stride),
      padding: (repeat each padding), outputPadding: (repeat each outputPadding), groups: groups, bias: bias,
      dilation: (repeat each dilation), device: device, dtype: dtype)
  }
}

/// Makes batch normalisations that learn `numFeatures` from the first call: `LazyBatchNorm2d()`.
public struct LazyBatchNormMaker<Spatial: SpatialRank>: Sendable {
  package init() {}

  /// A batch normalisation; arguments as ``BatchNormalization`` has them.
  public func callAsFunction(
    eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true, trackRunningStats: Bool = true,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) -> BatchNormalization<Spatial> {
    BatchNormalization(lazyEps: eps, momentum, affine, trackRunningStats, bias, device, dtype)
  }
}

/// Makes instance normalisations that learn `numFeatures` from the first call: `LazyInstanceNorm2d()`.
public struct LazyInstanceNormMaker<Spatial: SpatialRank>: Sendable {
  package init() {}

  /// An instance normalisation; arguments as ``InstanceNormalization`` has them, with parameters and statistics unless said
  /// otherwise.
  public func callAsFunction(
    eps: Double = 1e-5, momentum: Double = 0.1, affine: Bool = true, trackRunningStats: Bool = true,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) -> InstanceNormalization<Spatial> {
    InstanceNormalization(lazyEps: eps, momentum, affine, trackRunningStats, bias, device, dtype)
  }
}

// The names are PyTorch's, called as if they were types.

// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``Linear`` that learns the number of its inputs from the first call.
public let LazyLinear = LazyLinearMaker()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``Conv1d`` that learns the number of its inputs from the first call.
public let LazyConv1d = LazyConvolutionMaker<Spatial1d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``Conv2d`` that learns the number of its inputs from the first call.
public let LazyConv2d = LazyConvolutionMaker<Spatial2d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``Conv3d`` that learns the number of its inputs from the first call.
public let LazyConv3d = LazyConvolutionMaker<Spatial3d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``ConvTranspose1d`` that learns the number of its inputs from the first call.
public let LazyConvTranspose1d = LazyTransposedConvolutionMaker<Spatial1d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``ConvTranspose2d`` that learns the number of its inputs from the first call.
public let LazyConvTranspose2d = LazyTransposedConvolutionMaker<Spatial2d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``ConvTranspose3d`` that learns the number of its inputs from the first call.
public let LazyConvTranspose3d = LazyTransposedConvolutionMaker<Spatial3d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``BatchNorm1d`` that learns the number of its channels from the first call.
public let LazyBatchNorm1d = LazyBatchNormMaker<Spatial1d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``BatchNorm2d`` that learns the number of its channels from the first call.
public let LazyBatchNorm2d = LazyBatchNormMaker<Spatial2d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A ``BatchNorm3d`` that learns the number of its channels from the first call.
public let LazyBatchNorm3d = LazyBatchNormMaker<Spatial3d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// An ``InstanceNorm1d`` that learns the number of its channels from the first call.
public let LazyInstanceNorm1d = LazyInstanceNormMaker<Spatial1d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// An ``InstanceNorm2d`` that learns the number of its channels from the first call.
public let LazyInstanceNorm2d = LazyInstanceNormMaker<Spatial2d>()
// swift-format-ignore: AlwaysUseLowerCamelCase
/// An ``InstanceNorm3d`` that learns the number of its channels from the first call.
public let LazyInstanceNorm3d = LazyInstanceNormMaker<Spatial3d>()

extension nn {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyLinear``.
  public static var LazyLinear: LazyLinearMaker { ApusNN.LazyLinear }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyConv1d``.
  public static var LazyConv1d: LazyConvolutionMaker<Spatial1d> { ApusNN.LazyConv1d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyConv2d``.
  public static var LazyConv2d: LazyConvolutionMaker<Spatial2d> { ApusNN.LazyConv2d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyConv3d``.
  public static var LazyConv3d: LazyConvolutionMaker<Spatial3d> { ApusNN.LazyConv3d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyConvTranspose1d``.
  public static var LazyConvTranspose1d: LazyTransposedConvolutionMaker<Spatial1d> { ApusNN.LazyConvTranspose1d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyConvTranspose2d``.
  public static var LazyConvTranspose2d: LazyTransposedConvolutionMaker<Spatial2d> { ApusNN.LazyConvTranspose2d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyConvTranspose3d``.
  public static var LazyConvTranspose3d: LazyTransposedConvolutionMaker<Spatial3d> { ApusNN.LazyConvTranspose3d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyBatchNorm1d``.
  public static var LazyBatchNorm1d: LazyBatchNormMaker<Spatial1d> { ApusNN.LazyBatchNorm1d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyBatchNorm2d``.
  public static var LazyBatchNorm2d: LazyBatchNormMaker<Spatial2d> { ApusNN.LazyBatchNorm2d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyBatchNorm3d``.
  public static var LazyBatchNorm3d: LazyBatchNormMaker<Spatial3d> { ApusNN.LazyBatchNorm3d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyInstanceNorm1d``.
  public static var LazyInstanceNorm1d: LazyInstanceNormMaker<Spatial1d> { ApusNN.LazyInstanceNorm1d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyInstanceNorm2d``.
  public static var LazyInstanceNorm2d: LazyInstanceNormMaker<Spatial2d> { ApusNN.LazyInstanceNorm2d }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// ``ApusNN/LazyInstanceNorm3d``.
  public static var LazyInstanceNorm3d: LazyInstanceNormMaker<Spatial3d> { ApusNN.LazyInstanceNorm3d }
}
