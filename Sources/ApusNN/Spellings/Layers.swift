// Written by scripts/make-layer-spellings.py.

import ApusCore
import ApusFunctional
import ApusNumerics

extension ReLU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ inplace: Bool) { self.init(inplace: inplace) }
}

extension ReLU6 {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ inplace: Bool) { self.init(inplace: inplace) }
}

extension SELU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ inplace: Bool) { self.init(inplace: inplace) }
}

extension SiLU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ inplace: Bool) { self.init(inplace: inplace) }
}

extension Mish {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ inplace: Bool) { self.init(inplace: inplace) }
}

extension Hardsigmoid {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ inplace: Bool) { self.init(inplace: inplace) }
}

extension Hardswish {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ inplace: Bool) { self.init(inplace: inplace) }
}

extension LeakyReLU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ negativeSlope: Double, inplace: Bool = false) {
    self.init(negativeSlope: negativeSlope, inplace: inplace)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ negativeSlope: Double, _ inplace: Bool) {
    self.init(negativeSlope: negativeSlope, inplace: inplace)
  }
}

extension ELU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ alpha: Double, inplace: Bool = false) { self.init(alpha: alpha, inplace: inplace) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ alpha: Double, _ inplace: Bool) { self.init(alpha: alpha, inplace: inplace) }
}

extension CELU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ alpha: Double, inplace: Bool = false) { self.init(alpha: alpha, inplace: inplace) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ alpha: Double, _ inplace: Bool) { self.init(alpha: alpha, inplace: inplace) }
}

extension Softplus {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ beta: Double, threshold: Double = 20) { self.init(beta: beta, threshold: threshold) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ beta: Double, _ threshold: Double) { self.init(beta: beta, threshold: threshold) }
}

extension GELU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ approximate: GELUApproximation) { self.init(approximate: approximate) }
}

extension RReLU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ lower: Double, upper: Double = 1.0 / 3, inplace: Bool = false) {
    self.init(lower: lower, upper: upper, inplace: inplace)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ lower: Double, _ upper: Double, inplace: Bool = false) {
    self.init(lower: lower, upper: upper, inplace: inplace)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ lower: Double, _ upper: Double, _ inplace: Bool) {
    self.init(lower: lower, upper: upper, inplace: inplace)
  }
}

extension Hardtanh {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ minVal: Double, maxVal: Double = 1, inplace: Bool = false) {
    self.init(minVal: minVal, maxVal: maxVal, inplace: inplace)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ minVal: Double, _ maxVal: Double, inplace: Bool = false) {
    self.init(minVal: minVal, maxVal: maxVal, inplace: inplace)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ minVal: Double, _ maxVal: Double, _ inplace: Bool) {
    self.init(minVal: minVal, maxVal: maxVal, inplace: inplace)
  }
}

extension Hardshrink {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ lambd: Double) { self.init(lambd: lambd) }
}

extension Softshrink {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ lambd: Double) { self.init(lambd: lambd) }
}

extension Threshold {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ threshold: Double, value: Double, inplace: Bool = false) {
    self.init(threshold: threshold, value: value, inplace: inplace)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ threshold: Double, _ value: Double, inplace: Bool = false) {
    self.init(threshold: threshold, value: value, inplace: inplace)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ threshold: Double, _ value: Double, _ inplace: Bool) {
    self.init(threshold: threshold, value: value, inplace: inplace)
  }
}

extension Softmax {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ dim: Int?) { self.init(dim: dim) }
}

extension LogSoftmax {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ dim: Int?) { self.init(dim: dim) }
}

extension Softmin {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ dim: Int?) { self.init(dim: dim) }
}

extension GLU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ dim: Int) { self.init(dim: dim) }
}

extension PReLU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numParameters: Int, init slope: Double = 0.25, device: Device? = nil, dtype: DType = .default
  ) { self.init(numParameters: numParameters, init: slope, device: device, dtype: dtype) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ numParameters: Int, _ slope: Double, device: Device? = nil, dtype: DType = .default) {
    self.init(numParameters: numParameters, init: slope, device: device, dtype: dtype)
  }
}

extension AdaptiveLogSoftmaxWithLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, nClasses: Int, cutoffs: [Int], divValue: Double = 4, headBias: Bool = false,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ nClasses: Int, cutoffs: [Int], divValue: Double = 4, headBias: Bool = false,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ nClasses: Int, _ cutoffs: [Int], divValue: Double = 4, headBias: Bool = false,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ nClasses: Int, _ cutoffs: [Int], _ divValue: Double, headBias: Bool = false,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ nClasses: Int, _ cutoffs: [Int], _ divValue: Double, _ headBias: Bool, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      device: device, dtype: dtype)
  }
}

extension BatchNormalization {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    trackRunningStats: Bool = true, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, momentum: Double? = 0.1, affine: Bool = true, trackRunningStats: Bool = true,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, _ momentum: Double?, affine: Bool = true, trackRunningStats: Bool = true,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, _ momentum: Double?, _ affine: Bool, trackRunningStats: Bool = true,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, _ momentum: Double?, _ affine: Bool, _ trackRunningStats: Bool,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, _ momentum: Double?, _ affine: Bool, _ trackRunningStats: Bool, _ bias: Bool,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
}

extension CTCLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ blank: Int, reduction: LossReduction = .mean, zeroInfinity: Bool = false) {
    self.init(blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ blank: Int, _ reduction: LossReduction, zeroInfinity: Bool = false) {
    self.init(blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ blank: Int, _ reduction: LossReduction, _ zeroInfinity: Bool) {
    self.init(blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
}

extension Convolution {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ inChannels: Int, outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), _ dilation: (repeat each Dilation), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), _ dilation: (repeat each Dilation), _ groups: Int, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), _ dilation: (repeat each Dilation), _ groups: Int, _ bias: Bool,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), _ dilation: (repeat each Dilation), _ groups: Int, _ bias: Bool,
    _ paddingMode: PadMode, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    inChannels: Int, outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: PaddingName, dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ inChannels: Int, outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: PaddingName, dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ inChannels: Int, _ outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: PaddingName, dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: PaddingName, dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: PaddingName, dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: PaddingName, dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: PaddingName, _ dilation: (repeat each Dilation), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: PaddingName, _ dilation: (repeat each Dilation), _ groups: Int, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: PaddingName, _ dilation: (repeat each Dilation), _ groups: Int, _ bias: Bool,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: PaddingName, _ dilation: (repeat each Dilation), _ groups: Int, _ bias: Bool, _ paddingMode: PadMode,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation), groups: groups,
      bias: bias, paddingMode: paddingMode, device: device, dtype: dtype)
  }
}

extension TransposedConvolution {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ inChannels: Int, outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), outputPadding: (repeat each outputPadding),
      groups: groups, bias: bias, dilation: (repeat each dilation), device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), outputPadding: (repeat each outputPadding),
      groups: groups, bias: bias, dilation: (repeat each dilation), device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), outputPadding: (repeat each outputPadding),
      groups: groups, bias: bias, dilation: (repeat each dilation), device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), outputPadding: (repeat each outputPadding),
      groups: groups, bias: bias, dilation: (repeat each dilation), device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), outputPadding: (repeat each Extra) = (), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), outputPadding: (repeat each outputPadding),
      groups: groups, bias: bias, dilation: (repeat each dilation), device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), _ outputPadding: (repeat each Extra), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), outputPadding: (repeat each outputPadding),
      groups: groups, bias: bias, dilation: (repeat each dilation), device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), _ outputPadding: (repeat each Extra), _ groups: Int, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), outputPadding: (repeat each outputPadding),
      groups: groups, bias: bias, dilation: (repeat each dilation), device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), _ outputPadding: (repeat each Extra), _ groups: Int, _ bias: Bool,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), outputPadding: (repeat each outputPadding),
      groups: groups, bias: bias, dilation: (repeat each dilation), device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Margin), _ outputPadding: (repeat each Extra), _ groups: Int, _ bias: Bool,
    _ dilation: (repeat each Dilation), device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inChannels: inChannels, outChannels: outChannels, kernelSize: (repeat each kernelSize),
      stride: (repeat each stride), padding: (repeat each padding), outputPadding: (repeat each outputPadding),
      groups: groups, bias: bias, dilation: (repeat each dilation), device: device, dtype: dtype)
  }
}

extension Dropout {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, inplace: Bool = false) { self.init(p: p, inplace: inplace) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, _ inplace: Bool) { self.init(p: p, inplace: inplace) }
}

extension ChannelDropout {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, inplace: Bool = false) { self.init(p: p, inplace: inplace) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, _ inplace: Bool) { self.init(p: p, inplace: inplace) }
}

extension AlphaDropout {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, inplace: Bool = false) { self.init(p: p, inplace: inplace) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, _ inplace: Bool) { self.init(p: p, inplace: inplace) }
}

extension FeatureAlphaDropout {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, inplace: Bool = false) { self.init(p: p, inplace: inplace) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, _ inplace: Bool) { self.init(p: p, inplace: inplace) }
}

extension Embedding {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, embeddingDim: Int, paddingIdx: Int? = nil, maxNorm: Double? = nil, normType: Double = 2,
    scaleGradByFreq: Bool = false, sparse: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, paddingIdx: paddingIdx, maxNorm: maxNorm,
      normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, paddingIdx: Int? = nil, maxNorm: Double? = nil, normType: Double = 2,
    scaleGradByFreq: Bool = false, sparse: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, paddingIdx: paddingIdx, maxNorm: maxNorm,
      normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ paddingIdx: Int?, maxNorm: Double? = nil, normType: Double = 2,
    scaleGradByFreq: Bool = false, sparse: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, paddingIdx: paddingIdx, maxNorm: maxNorm,
      normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ paddingIdx: Int?, _ maxNorm: Double?, normType: Double = 2,
    scaleGradByFreq: Bool = false, sparse: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, paddingIdx: paddingIdx, maxNorm: maxNorm,
      normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ paddingIdx: Int?, _ maxNorm: Double?, _ normType: Double,
    scaleGradByFreq: Bool = false, sparse: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, paddingIdx: paddingIdx, maxNorm: maxNorm,
      normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ paddingIdx: Int?, _ maxNorm: Double?, _ normType: Double,
    _ scaleGradByFreq: Bool, sparse: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, paddingIdx: paddingIdx, maxNorm: maxNorm,
      normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ paddingIdx: Int?, _ maxNorm: Double?, _ normType: Double,
    _ scaleGradByFreq: Bool, _ sparse: Bool, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, paddingIdx: paddingIdx, maxNorm: maxNorm,
      normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse, device: device, dtype: dtype)
  }
}

extension EmbeddingBag {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, embeddingDim: Int, maxNorm: Double? = nil, normType: Double = 2,
    scaleGradByFreq: Bool = false, mode: EmbeddingBagMode = .mean, sparse: Bool = false,
    includeLastOffset: Bool = false, paddingIdx: Int? = nil, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, maxNorm: maxNorm, normType: normType,
      scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, includeLastOffset: includeLastOffset,
      paddingIdx: paddingIdx, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, maxNorm: Double? = nil, normType: Double = 2,
    scaleGradByFreq: Bool = false, mode: EmbeddingBagMode = .mean, sparse: Bool = false,
    includeLastOffset: Bool = false, paddingIdx: Int? = nil, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, maxNorm: maxNorm, normType: normType,
      scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, includeLastOffset: includeLastOffset,
      paddingIdx: paddingIdx, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ maxNorm: Double?, normType: Double = 2, scaleGradByFreq: Bool = false,
    mode: EmbeddingBagMode = .mean, sparse: Bool = false, includeLastOffset: Bool = false, paddingIdx: Int? = nil,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, maxNorm: maxNorm, normType: normType,
      scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, includeLastOffset: includeLastOffset,
      paddingIdx: paddingIdx, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ maxNorm: Double?, _ normType: Double, scaleGradByFreq: Bool = false,
    mode: EmbeddingBagMode = .mean, sparse: Bool = false, includeLastOffset: Bool = false, paddingIdx: Int? = nil,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, maxNorm: maxNorm, normType: normType,
      scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, includeLastOffset: includeLastOffset,
      paddingIdx: paddingIdx, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool,
    mode: EmbeddingBagMode = .mean, sparse: Bool = false, includeLastOffset: Bool = false, paddingIdx: Int? = nil,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, maxNorm: maxNorm, normType: normType,
      scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, includeLastOffset: includeLastOffset,
      paddingIdx: paddingIdx, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool,
    _ mode: EmbeddingBagMode, sparse: Bool = false, includeLastOffset: Bool = false, paddingIdx: Int? = nil,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, maxNorm: maxNorm, normType: normType,
      scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, includeLastOffset: includeLastOffset,
      paddingIdx: paddingIdx, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool,
    _ mode: EmbeddingBagMode, _ sparse: Bool, includeLastOffset: Bool = false, paddingIdx: Int? = nil,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, maxNorm: maxNorm, normType: normType,
      scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, includeLastOffset: includeLastOffset,
      paddingIdx: paddingIdx, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool,
    _ mode: EmbeddingBagMode, _ sparse: Bool, _ includeLastOffset: Bool, paddingIdx: Int? = nil, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, maxNorm: maxNorm, normType: normType,
      scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, includeLastOffset: includeLastOffset,
      paddingIdx: paddingIdx, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool,
    _ mode: EmbeddingBagMode, _ sparse: Bool, _ includeLastOffset: Bool, _ paddingIdx: Int?, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      numEmbeddings: numEmbeddings, embeddingDim: embeddingDim, maxNorm: maxNorm, normType: normType,
      scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, includeLastOffset: includeLastOffset,
      paddingIdx: paddingIdx, device: device, dtype: dtype)
  }
}

extension PixelShuffle {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ upscaleFactor: Int) { self.init(upscaleFactor: upscaleFactor) }
}

extension PixelUnshuffle {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ downscaleFactor: Int) { self.init(downscaleFactor: downscaleFactor) }
}

extension ChannelShuffle {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ groups: Int) { self.init(groups: groups) }
}

extension Upsample {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ size: (repeat each Size), scaleFactor: (repeat each Scale) = (), mode: InterpolationMode = .nearest,
    alignCorners: Bool? = nil
  ) {
    self.init(size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), mode: InterpolationMode = .nearest,
    alignCorners: Bool? = nil
  ) {
    self.init(size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode, alignCorners: Bool? = nil
  ) {
    self.init(size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode, _ alignCorners: Bool?
  ) {
    self.init(size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners)
  }
}

extension Unfold {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize, each Stride: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (), padding: (repeat each Margin) = (),
    stride: (repeat each Stride) = ()
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
      stride: (repeat each stride))
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize, each Stride: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation), padding: (repeat each Margin) = (),
    stride: (repeat each Stride) = ()
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
      stride: (repeat each stride))
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize, each Stride: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation), _ padding: (repeat each Margin),
    stride: (repeat each Stride) = ()
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
      stride: (repeat each stride))
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize, each Stride: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation), _ padding: (repeat each Margin),
    _ stride: (repeat each Stride)
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
      stride: (repeat each stride))
  }
}

extension Fold {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize,
    each Stride: SpatialSize
  >(
    _ outputSize: (repeat each Size), kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (),
    padding: (repeat each Margin) = (), stride: (repeat each Stride) = ()
  ) {
    self.init(
      outputSize: (repeat each outputSize), kernelSize: (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize,
    each Stride: SpatialSize
  >(
    _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (),
    padding: (repeat each Margin) = (), stride: (repeat each Stride) = ()
  ) {
    self.init(
      outputSize: (repeat each outputSize), kernelSize: (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize,
    each Stride: SpatialSize
  >(
    _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
    padding: (repeat each Margin) = (), stride: (repeat each Stride) = ()
  ) {
    self.init(
      outputSize: (repeat each outputSize), kernelSize: (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize,
    each Stride: SpatialSize
  >(
    _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
    _ padding: (repeat each Margin), stride: (repeat each Stride) = ()
  ) {
    self.init(
      outputSize: (repeat each outputSize), kernelSize: (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize,
    each Stride: SpatialSize
  >(
    _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
    _ padding: (repeat each Margin), _ stride: (repeat each Stride)
  ) {
    self.init(
      outputSize: (repeat each outputSize), kernelSize: (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
}

extension Linear {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, outFeatures: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) { self.init(inFeatures: inFeatures, outFeatures: outFeatures, bias: bias, device: device, dtype: dtype) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) { self.init(inFeatures: inFeatures, outFeatures: outFeatures, bias: bias, device: device, dtype: dtype) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ outFeatures: Int, _ bias: Bool, device: Device? = nil, dtype: DType = .default
  ) { self.init(inFeatures: inFeatures, outFeatures: outFeatures, bias: bias, device: device, dtype: dtype) }
}

extension Bilinear {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ in1Features: Int, in2Features: Int, outFeatures: Int, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      in1Features: in1Features, in2Features: in2Features, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ in1Features: Int, _ in2Features: Int, outFeatures: Int, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      in1Features: in1Features, in2Features: in2Features, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ in1Features: Int, _ in2Features: Int, _ outFeatures: Int, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      in1Features: in1Features, in2Features: in2Features, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ in1Features: Int, _ in2Features: Int, _ outFeatures: Int, _ bias: Bool, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      in1Features: in1Features, in2Features: in2Features, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype)
  }
}

extension Flatten {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ startDim: Int, endDim: Int = -1) { self.init(startDim: startDim, endDim: endDim) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ startDim: Int, _ endDim: Int) { self.init(startDim: startDim, endDim: endDim) }
}

extension Unflatten {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Size: SpatialSize>(_ dim: Int, unflattenedSize: (repeat each Size)) {
    self.init(dim: dim, unflattenedSize: (repeat each unflattenedSize))
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Size: SpatialSize>(_ dim: Int, _ unflattenedSize: (repeat each Size)) {
    self.init(dim: dim, unflattenedSize: (repeat each unflattenedSize))
  }
}

extension CrossEntropyLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ weight: Tensor?, ignoreIndex: Int = -100, reduction: LossReduction = .mean, labelSmoothing: Double = 0
  ) { self.init(weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ weight: Tensor?, _ ignoreIndex: Int, reduction: LossReduction = .mean, labelSmoothing: Double = 0
  ) { self.init(weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction, labelSmoothing: Double = 0)
  { self.init(weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction, _ labelSmoothing: Double) {
    self.init(weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }
}

extension LinearCrossEntropyLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, numClasses: Int, outFeatures: [Int] = [], bias: Bool = false, device: Device? = nil,
    dtype: DType = .default, reduction: LossReduction = .mean, weight: Tensor? = nil, ignoreIndex: Int? = nil,
    labelSmoothing: Double = 0, options: LinearCrossEntropyOptions? = nil
  ) {
    self.init(
      inFeatures: inFeatures, numClasses: numClasses, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype, reduction: reduction, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      options: options)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ numClasses: Int, outFeatures: [Int] = [], bias: Bool = false, device: Device? = nil,
    dtype: DType = .default, reduction: LossReduction = .mean, weight: Tensor? = nil, ignoreIndex: Int? = nil,
    labelSmoothing: Double = 0, options: LinearCrossEntropyOptions? = nil
  ) {
    self.init(
      inFeatures: inFeatures, numClasses: numClasses, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype, reduction: reduction, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      options: options)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ numClasses: Int, _ outFeatures: [Int], bias: Bool = false, device: Device? = nil,
    dtype: DType = .default, reduction: LossReduction = .mean, weight: Tensor? = nil, ignoreIndex: Int? = nil,
    labelSmoothing: Double = 0, options: LinearCrossEntropyOptions? = nil
  ) {
    self.init(
      inFeatures: inFeatures, numClasses: numClasses, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype, reduction: reduction, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      options: options)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ numClasses: Int, _ outFeatures: [Int], _ bias: Bool, device: Device? = nil,
    dtype: DType = .default, reduction: LossReduction = .mean, weight: Tensor? = nil, ignoreIndex: Int? = nil,
    labelSmoothing: Double = 0, options: LinearCrossEntropyOptions? = nil
  ) {
    self.init(
      inFeatures: inFeatures, numClasses: numClasses, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype, reduction: reduction, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      options: options)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ numClasses: Int, _ outFeatures: [Int], _ bias: Bool, _ device: Device?,
    dtype: DType = .default, reduction: LossReduction = .mean, weight: Tensor? = nil, ignoreIndex: Int? = nil,
    labelSmoothing: Double = 0, options: LinearCrossEntropyOptions? = nil
  ) {
    self.init(
      inFeatures: inFeatures, numClasses: numClasses, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype, reduction: reduction, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      options: options)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ numClasses: Int, _ outFeatures: [Int], _ bias: Bool, _ device: Device?, _ dtype: DType,
    reduction: LossReduction = .mean, weight: Tensor? = nil, ignoreIndex: Int? = nil, labelSmoothing: Double = 0,
    options: LinearCrossEntropyOptions? = nil
  ) {
    self.init(
      inFeatures: inFeatures, numClasses: numClasses, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype, reduction: reduction, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      options: options)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ numClasses: Int, _ outFeatures: [Int], _ bias: Bool, _ device: Device?, _ dtype: DType,
    _ reduction: LossReduction, weight: Tensor? = nil, ignoreIndex: Int? = nil, labelSmoothing: Double = 0,
    options: LinearCrossEntropyOptions? = nil
  ) {
    self.init(
      inFeatures: inFeatures, numClasses: numClasses, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype, reduction: reduction, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      options: options)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ numClasses: Int, _ outFeatures: [Int], _ bias: Bool, _ device: Device?, _ dtype: DType,
    _ reduction: LossReduction, _ weight: Tensor?, ignoreIndex: Int? = nil, labelSmoothing: Double = 0,
    options: LinearCrossEntropyOptions? = nil
  ) {
    self.init(
      inFeatures: inFeatures, numClasses: numClasses, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype, reduction: reduction, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      options: options)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inFeatures: Int, _ numClasses: Int, _ outFeatures: [Int], _ bias: Bool, _ device: Device?, _ dtype: DType,
    _ reduction: LossReduction, _ weight: Tensor?, _ ignoreIndex: Int?, labelSmoothing: Double = 0,
    options: LinearCrossEntropyOptions? = nil
  ) {
    self.init(
      inFeatures: inFeatures, numClasses: numClasses, outFeatures: outFeatures, bias: bias, device: device,
      dtype: dtype, reduction: reduction, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      options: options)
  }
}

extension NLLLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, ignoreIndex: Int = -100, reduction: LossReduction = .mean) {
    self.init(weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, _ ignoreIndex: Int, reduction: LossReduction = .mean) {
    self.init(weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction) {
    self.init(weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
  }
}

extension MSELoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction) { self.init(reduction: reduction) }
}

extension L1Loss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction) { self.init(reduction: reduction) }
}

extension SmoothL1Loss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction, beta: Double = 1) { self.init(reduction: reduction, beta: beta) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction, _ beta: Double) { self.init(reduction: reduction, beta: beta) }
}

extension HuberLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction, delta: Double = 1) {
    self.init(reduction: reduction, delta: delta)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction, _ delta: Double) { self.init(reduction: reduction, delta: delta) }
}

extension BCELoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, reduction: LossReduction = .mean) {
    self.init(weight: weight, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, _ reduction: LossReduction) {
    self.init(weight: weight, reduction: reduction)
  }
}

extension BCEWithLogitsLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, reduction: LossReduction = .mean, posWeight: Tensor? = nil) {
    self.init(weight: weight, reduction: reduction, posWeight: posWeight)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, _ reduction: LossReduction, posWeight: Tensor? = nil) {
    self.init(weight: weight, reduction: reduction, posWeight: posWeight)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, _ reduction: LossReduction, _ posWeight: Tensor?) {
    self.init(weight: weight, reduction: reduction, posWeight: posWeight)
  }
}

extension KLDivLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction, logTarget: Bool = false) {
    self.init(reduction: reduction, logTarget: logTarget)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction, _ logTarget: Bool) {
    self.init(reduction: reduction, logTarget: logTarget)
  }
}

extension PoissonNLLLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ logInput: Bool, full: Bool = false, eps: Double = 1e-8, reduction: LossReduction = .mean) {
    self.init(logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ logInput: Bool, _ full: Bool, eps: Double = 1e-8, reduction: LossReduction = .mean) {
    self.init(logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ logInput: Bool, _ full: Bool, _ eps: Double, reduction: LossReduction = .mean) {
    self.init(logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ logInput: Bool, _ full: Bool, _ eps: Double, _ reduction: LossReduction) {
    self.init(logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
}

extension HingeEmbeddingLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ margin: Double, reduction: LossReduction = .mean) {
    self.init(margin: margin, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ margin: Double, _ reduction: LossReduction) {
    self.init(margin: margin, reduction: reduction)
  }
}

extension SoftMarginLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction) { self.init(reduction: reduction) }
}

extension MultiMarginLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Int, margin: Double = 1, weight: Tensor? = nil, reduction: LossReduction = .mean) {
    self.init(p: p, margin: margin, weight: weight, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Int, _ margin: Double, weight: Tensor? = nil, reduction: LossReduction = .mean) {
    self.init(p: p, margin: margin, weight: weight, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Int, _ margin: Double, _ weight: Tensor?, reduction: LossReduction = .mean) {
    self.init(p: p, margin: margin, weight: weight, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Int, _ margin: Double, _ weight: Tensor?, _ reduction: LossReduction) {
    self.init(p: p, margin: margin, weight: weight, reduction: reduction)
  }
}

extension MultiLabelMarginLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ reduction: LossReduction) { self.init(reduction: reduction) }
}

extension MultiLabelSoftMarginLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, reduction: LossReduction = .mean) {
    self.init(weight: weight, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ weight: Tensor?, _ reduction: LossReduction) {
    self.init(weight: weight, reduction: reduction)
  }
}

extension CosineSimilarity {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ dim: Int, eps: Double = 1e-8) { self.init(dim: dim, eps: eps) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ dim: Int, _ eps: Double) { self.init(dim: dim, eps: eps) }
}

extension PairwiseDistance {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, eps: Double = 1e-6, keepDim: Bool = false) {
    self.init(p: p, eps: eps, keepDim: keepDim)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, _ eps: Double, keepDim: Bool = false) {
    self.init(p: p, eps: eps, keepDim: keepDim)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ p: Double, _ eps: Double, _ keepDim: Bool) { self.init(p: p, eps: eps, keepDim: keepDim) }
}

extension MarginRankingLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ margin: Double, reduction: LossReduction = .mean) {
    self.init(margin: margin, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ margin: Double, _ reduction: LossReduction) {
    self.init(margin: margin, reduction: reduction)
  }
}

extension CosineEmbeddingLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ margin: Double, reduction: LossReduction = .mean) {
    self.init(margin: margin, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ margin: Double, _ reduction: LossReduction) {
    self.init(margin: margin, reduction: reduction)
  }
}

extension GaussianNLLLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ full: Bool, eps: Double = 1e-6, reduction: LossReduction = .mean) {
    self.init(full: full, eps: eps, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ full: Bool, _ eps: Double, reduction: LossReduction = .mean) {
    self.init(full: full, eps: eps, reduction: reduction)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ full: Bool, _ eps: Double, _ reduction: LossReduction) {
    self.init(full: full, eps: eps, reduction: reduction)
  }
}

extension TripletMarginLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ margin: Double, p: Double = 2, eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean
  ) { self.init(margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ margin: Double, _ p: Double, eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean
  ) { self.init(margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ margin: Double, _ p: Double, _ eps: Double, swap: Bool = false, reduction: LossReduction = .mean
  ) { self.init(margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ margin: Double, _ p: Double, _ eps: Double, _ swap: Bool, reduction: LossReduction = .mean)
  { self.init(margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ margin: Double, _ p: Double, _ eps: Double, _ swap: Bool, _ reduction: LossReduction) {
    self.init(margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
  }
}

extension TripletMarginWithDistanceLoss {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ distanceFunction: @escaping @Sendable (Tensor, Tensor) -> Tensor, margin: Double = 1, swap: Bool = false,
    reduction: LossReduction = .mean
  ) { self.init(distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ distanceFunction: @escaping @Sendable (Tensor, Tensor) -> Tensor, _ margin: Double, swap: Bool = false,
    reduction: LossReduction = .mean
  ) { self.init(distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ distanceFunction: @escaping @Sendable (Tensor, Tensor) -> Tensor, _ margin: Double, _ swap: Bool,
    reduction: LossReduction = .mean
  ) { self.init(distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction) }
}

extension MultiheadAttention {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ embedDim: Int, numHeads: Int, dropout: Double = 0, bias: Bool = true, addBiasKv: Bool = false,
    addZeroAttn: Bool = false, kdim: Int? = nil, vdim: Int? = nil, batchFirst: Bool = false, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      embedDim: embedDim, numHeads: numHeads, dropout: dropout, bias: bias, addBiasKv: addBiasKv,
      addZeroAttn: addZeroAttn, kdim: kdim, vdim: vdim, batchFirst: batchFirst, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ embedDim: Int, _ numHeads: Int, dropout: Double = 0, bias: Bool = true, addBiasKv: Bool = false,
    addZeroAttn: Bool = false, kdim: Int? = nil, vdim: Int? = nil, batchFirst: Bool = false, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      embedDim: embedDim, numHeads: numHeads, dropout: dropout, bias: bias, addBiasKv: addBiasKv,
      addZeroAttn: addZeroAttn, kdim: kdim, vdim: vdim, batchFirst: batchFirst, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ embedDim: Int, _ numHeads: Int, _ dropout: Double, bias: Bool = true, addBiasKv: Bool = false,
    addZeroAttn: Bool = false, kdim: Int? = nil, vdim: Int? = nil, batchFirst: Bool = false, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      embedDim: embedDim, numHeads: numHeads, dropout: dropout, bias: bias, addBiasKv: addBiasKv,
      addZeroAttn: addZeroAttn, kdim: kdim, vdim: vdim, batchFirst: batchFirst, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ embedDim: Int, _ numHeads: Int, _ dropout: Double, _ bias: Bool, addBiasKv: Bool = false,
    addZeroAttn: Bool = false, kdim: Int? = nil, vdim: Int? = nil, batchFirst: Bool = false, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      embedDim: embedDim, numHeads: numHeads, dropout: dropout, bias: bias, addBiasKv: addBiasKv,
      addZeroAttn: addZeroAttn, kdim: kdim, vdim: vdim, batchFirst: batchFirst, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ embedDim: Int, _ numHeads: Int, _ dropout: Double, _ bias: Bool, _ addBiasKv: Bool, addZeroAttn: Bool = false,
    kdim: Int? = nil, vdim: Int? = nil, batchFirst: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      embedDim: embedDim, numHeads: numHeads, dropout: dropout, bias: bias, addBiasKv: addBiasKv,
      addZeroAttn: addZeroAttn, kdim: kdim, vdim: vdim, batchFirst: batchFirst, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ embedDim: Int, _ numHeads: Int, _ dropout: Double, _ bias: Bool, _ addBiasKv: Bool, _ addZeroAttn: Bool,
    kdim: Int? = nil, vdim: Int? = nil, batchFirst: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      embedDim: embedDim, numHeads: numHeads, dropout: dropout, bias: bias, addBiasKv: addBiasKv,
      addZeroAttn: addZeroAttn, kdim: kdim, vdim: vdim, batchFirst: batchFirst, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ embedDim: Int, _ numHeads: Int, _ dropout: Double, _ bias: Bool, _ addBiasKv: Bool, _ addZeroAttn: Bool,
    _ kdim: Int?, vdim: Int? = nil, batchFirst: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      embedDim: embedDim, numHeads: numHeads, dropout: dropout, bias: bias, addBiasKv: addBiasKv,
      addZeroAttn: addZeroAttn, kdim: kdim, vdim: vdim, batchFirst: batchFirst, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ embedDim: Int, _ numHeads: Int, _ dropout: Double, _ bias: Bool, _ addBiasKv: Bool, _ addZeroAttn: Bool,
    _ kdim: Int?, _ vdim: Int?, batchFirst: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      embedDim: embedDim, numHeads: numHeads, dropout: dropout, bias: bias, addBiasKv: addBiasKv,
      addZeroAttn: addZeroAttn, kdim: kdim, vdim: vdim, batchFirst: batchFirst, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ embedDim: Int, _ numHeads: Int, _ dropout: Double, _ bias: Bool, _ addBiasKv: Bool, _ addZeroAttn: Bool,
    _ kdim: Int?, _ vdim: Int?, _ batchFirst: Bool, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      embedDim: embedDim, numHeads: numHeads, dropout: dropout, bias: bias, addBiasKv: addBiasKv,
      addZeroAttn: addZeroAttn, kdim: kdim, vdim: vdim, batchFirst: batchFirst, device: device, dtype: dtype)
  }
}

extension LayerNorm {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Shape: SpatialSize>(
    _ normalizedShape: (repeat each Shape), eps: Double = 1e-5, elementwiseAffine: Bool = true, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      normalizedShape: (repeat each normalizedShape), eps: eps, elementwiseAffine: elementwiseAffine, bias: bias,
      device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Shape: SpatialSize>(
    _ normalizedShape: (repeat each Shape), _ eps: Double, elementwiseAffine: Bool = true, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      normalizedShape: (repeat each normalizedShape), eps: eps, elementwiseAffine: elementwiseAffine, bias: bias,
      device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Shape: SpatialSize>(
    _ normalizedShape: (repeat each Shape), _ eps: Double, _ elementwiseAffine: Bool, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      normalizedShape: (repeat each normalizedShape), eps: eps, elementwiseAffine: elementwiseAffine, bias: bias,
      device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Shape: SpatialSize>(
    _ normalizedShape: (repeat each Shape), _ eps: Double, _ elementwiseAffine: Bool, _ bias: Bool,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      normalizedShape: (repeat each normalizedShape), eps: eps, elementwiseAffine: elementwiseAffine, bias: bias,
      device: device, dtype: dtype)
  }
}

extension RMSNorm {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Shape: SpatialSize>(
    _ normalizedShape: (repeat each Shape), eps: Double? = nil, elementwiseAffine: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      normalizedShape: (repeat each normalizedShape), eps: eps, elementwiseAffine: elementwiseAffine, device: device,
      dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Shape: SpatialSize>(
    _ normalizedShape: (repeat each Shape), _ eps: Double?, elementwiseAffine: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      normalizedShape: (repeat each normalizedShape), eps: eps, elementwiseAffine: elementwiseAffine, device: device,
      dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Shape: SpatialSize>(
    _ normalizedShape: (repeat each Shape), _ eps: Double?, _ elementwiseAffine: Bool, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      normalizedShape: (repeat each normalizedShape), eps: eps, elementwiseAffine: elementwiseAffine, device: device,
      dtype: dtype)
  }
}

extension GroupNorm {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numGroups: Int, numChannels: Int, eps: Double = 1e-5, affine: Bool = true, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numGroups: numGroups, numChannels: numChannels, eps: eps, affine: affine, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numGroups: Int, _ numChannels: Int, eps: Double = 1e-5, affine: Bool = true, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numGroups: numGroups, numChannels: numChannels, eps: eps, affine: affine, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numGroups: Int, _ numChannels: Int, _ eps: Double, affine: Bool = true, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      numGroups: numGroups, numChannels: numChannels, eps: eps, affine: affine, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numGroups: Int, _ numChannels: Int, _ eps: Double, _ affine: Bool, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      numGroups: numGroups, numChannels: numChannels, eps: eps, affine: affine, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numGroups: Int, _ numChannels: Int, _ eps: Double, _ affine: Bool, _ bias: Bool, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      numGroups: numGroups, numChannels: numChannels, eps: eps, affine: affine, bias: bias, device: device, dtype: dtype
    )
  }
}

extension LocalResponseNorm {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
    self.init(size: size, alpha: alpha, beta: beta, k: k)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ size: Int, _ alpha: Double, beta: Double = 0.75, k: Double = 1) {
    self.init(size: size, alpha: alpha, beta: beta, k: k)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ size: Int, _ alpha: Double, _ beta: Double, k: Double = 1) {
    self.init(size: size, alpha: alpha, beta: beta, k: k)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ size: Int, _ alpha: Double, _ beta: Double, _ k: Double) {
    self.init(size: size, alpha: alpha, beta: beta, k: k)
  }
}

extension CrossMapLRN2d {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
    self.init(size: size, alpha: alpha, beta: beta, k: k)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ size: Int, _ alpha: Double, beta: Double = 0.75, k: Double = 1) {
    self.init(size: size, alpha: alpha, beta: beta, k: k)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ size: Int, _ alpha: Double, _ beta: Double, k: Double = 1) {
    self.init(size: size, alpha: alpha, beta: beta, k: k)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ size: Int, _ alpha: Double, _ beta: Double, _ k: Double) {
    self.init(size: size, alpha: alpha, beta: beta, k: k)
  }
}

extension InstanceNormalization {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    trackRunningStats: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, momentum: Double = 0.1, affine: Bool = false, trackRunningStats: Bool = false,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, _ momentum: Double, affine: Bool = false, trackRunningStats: Bool = false,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, _ momentum: Double, _ affine: Bool, trackRunningStats: Bool = false,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, _ momentum: Double, _ affine: Bool, _ trackRunningStats: Bool, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ numFeatures: Int, _ eps: Double, _ momentum: Double, _ affine: Bool, _ trackRunningStats: Bool, _ bias: Bool,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      numFeatures: numFeatures, eps: eps, momentum: momentum, affine: affine, trackRunningStats: trackRunningStats,
      bias: bias, device: device, dtype: dtype)
  }
}

extension Padding {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Ends: SpatialSize>(_ padding: (repeat each Ends)) {
    self.init(padding: (repeat each padding))
  }
}

extension ConstantPadding {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Ends: SpatialSize>(_ padding: (repeat each Ends), value: Double) {
    self.init(padding: (repeat each padding), value: value)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Ends: SpatialSize>(_ padding: (repeat each Ends), _ value: Double) {
    self.init(padding: (repeat each padding), value: value)
  }
}

extension MaxPooling {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Dilation: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
    dilation: (repeat each Dilation) = (), returnIndices: Bool = false, ceilMode: Bool = false
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), returnIndices: returnIndices, ceilMode: ceilMode)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Dilation: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
    dilation: (repeat each Dilation) = (), returnIndices: Bool = false, ceilMode: Bool = false
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), returnIndices: returnIndices, ceilMode: ceilMode)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Dilation: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    dilation: (repeat each Dilation) = (), returnIndices: Bool = false, ceilMode: Bool = false
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), returnIndices: returnIndices, ceilMode: ceilMode)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Dilation: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ dilation: (repeat each Dilation), returnIndices: Bool = false, ceilMode: Bool = false
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), returnIndices: returnIndices, ceilMode: ceilMode)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Dilation: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ dilation: (repeat each Dilation), _ returnIndices: Bool, ceilMode: Bool = false
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), returnIndices: returnIndices, ceilMode: ceilMode)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Dilation: SpatialSize
  >(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ dilation: (repeat each Dilation), _ returnIndices: Bool, _ ceilMode: Bool
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), returnIndices: returnIndices, ceilMode: ceilMode)
  }
}

extension AveragePooling {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
    ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      ceilMode: ceilMode, countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
    ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      ceilMode: ceilMode, countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      ceilMode: ceilMode, countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ ceilMode: Bool, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      ceilMode: ceilMode, countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ ceilMode: Bool, _ countIncludePad: Bool, divisorOverride: Int? = nil
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      ceilMode: ceilMode, countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ ceilMode: Bool, _ countIncludePad: Bool, _ divisorOverride: Int?
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      ceilMode: ceilMode, countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
}

extension AdaptiveAveragePooling {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Size: SpatialSize>(_ outputSize: (repeat each Size)) {
    self.init(outputSize: (repeat each outputSize))
  }
}

extension AdaptiveMaxPooling {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Size: SpatialSize>(_ outputSize: (repeat each Size), returnIndices: Bool = false) {
    self.init(outputSize: (repeat each outputSize), returnIndices: returnIndices)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Size: SpatialSize>(_ outputSize: (repeat each Size), _ returnIndices: Bool) {
    self.init(outputSize: (repeat each outputSize), returnIndices: returnIndices)
  }
}

extension NormPooling {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), ceilMode: Bool = false
  ) {
    self.init(
      normType: normType, kernelSize: (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ normType: Double, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), ceilMode: Bool = false
  ) {
    self.init(
      normType: normType, kernelSize: (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), ceilMode: Bool = false
  ) {
    self.init(
      normType: normType, kernelSize: (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ ceilMode: Bool
  ) {
    self.init(
      normType: normType, kernelSize: (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
}

extension MaxUnpooling {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Margin) = ()
  ) { self.init(kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding)) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Margin) = ()
  ) { self.init(kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding)) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Margin)
  ) { self.init(kernelSize: (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding)) }
}

extension FractionalMaxPooling {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Size: SpatialSize>(
    _ kernelSize: (repeat each Kernel), outputSize: (repeat each Size) = (), outputRatio: [Double]? = nil,
    returnIndices: Bool = false, randomSamples: Tensor? = nil
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), outputSize: (repeat each outputSize), outputRatio: outputRatio,
      returnIndices: returnIndices, randomSamples: randomSamples)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Size: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ outputSize: (repeat each Size), outputRatio: [Double]? = nil,
    returnIndices: Bool = false, randomSamples: Tensor? = nil
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), outputSize: (repeat each outputSize), outputRatio: outputRatio,
      returnIndices: returnIndices, randomSamples: randomSamples)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Size: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ outputSize: (repeat each Size), _ outputRatio: [Double]?,
    returnIndices: Bool = false, randomSamples: Tensor? = nil
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), outputSize: (repeat each outputSize), outputRatio: outputRatio,
      returnIndices: returnIndices, randomSamples: randomSamples)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Size: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ outputSize: (repeat each Size), _ outputRatio: [Double]?,
    _ returnIndices: Bool, randomSamples: Tensor? = nil
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), outputSize: (repeat each outputSize), outputRatio: outputRatio,
      returnIndices: returnIndices, randomSamples: randomSamples)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init<each Kernel: SpatialSize, each Size: SpatialSize>(
    _ kernelSize: (repeat each Kernel), _ outputSize: (repeat each Size), _ outputRatio: [Double]?,
    _ returnIndices: Bool, _ randomSamples: Tensor?
  ) {
    self.init(
      kernelSize: (repeat each kernelSize), outputSize: (repeat each outputSize), outputRatio: outputRatio,
      returnIndices: returnIndices, randomSamples: randomSamples)
  }
}

extension RNN {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, hiddenSize: Int, numLayers: Int = 1, nonlinearity: RecurrentNonlinearity = .tanh,
    bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0.0, bidirectional: Bool = false,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, nonlinearity: nonlinearity, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int = 1, nonlinearity: RecurrentNonlinearity = .tanh,
    bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0.0, bidirectional: Bool = false,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, nonlinearity: nonlinearity, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, nonlinearity: RecurrentNonlinearity = .tanh,
    bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0.0, bidirectional: Bool = false,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, nonlinearity: nonlinearity, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ nonlinearity: RecurrentNonlinearity, bias: Bool = true,
    batchFirst: Bool = false, dropout: Double = 0.0, bidirectional: Bool = false, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, nonlinearity: nonlinearity, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ nonlinearity: RecurrentNonlinearity, _ bias: Bool,
    batchFirst: Bool = false, dropout: Double = 0.0, bidirectional: Bool = false, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, nonlinearity: nonlinearity, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ nonlinearity: RecurrentNonlinearity, _ bias: Bool,
    _ batchFirst: Bool, dropout: Double = 0.0, bidirectional: Bool = false, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, nonlinearity: nonlinearity, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ nonlinearity: RecurrentNonlinearity, _ bias: Bool,
    _ batchFirst: Bool, _ dropout: Double, bidirectional: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, nonlinearity: nonlinearity, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ nonlinearity: RecurrentNonlinearity, _ bias: Bool,
    _ batchFirst: Bool, _ dropout: Double, _ bidirectional: Bool, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, nonlinearity: nonlinearity, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
}

extension LSTM {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, hiddenSize: Int, numLayers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, projSize: Int = 0, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, projSize: projSize, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, projSize: Int = 0, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, projSize: projSize, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, bias: Bool = true, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, projSize: Int = 0, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, projSize: projSize, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ bias: Bool, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, projSize: Int = 0, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, projSize: projSize, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ bias: Bool, _ batchFirst: Bool, dropout: Double = 0.0,
    bidirectional: Bool = false, projSize: Int = 0, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, projSize: projSize, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ bias: Bool, _ batchFirst: Bool, _ dropout: Double,
    bidirectional: Bool = false, projSize: Int = 0, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, projSize: projSize, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ bias: Bool, _ batchFirst: Bool, _ dropout: Double,
    _ bidirectional: Bool, projSize: Int = 0, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, projSize: projSize, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ bias: Bool, _ batchFirst: Bool, _ dropout: Double,
    _ bidirectional: Bool, _ projSize: Int, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, projSize: projSize, device: device, dtype: dtype)
  }
}

extension GRU {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, hiddenSize: Int, numLayers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, bias: Bool = true, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ bias: Bool, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ bias: Bool, _ batchFirst: Bool, dropout: Double = 0.0,
    bidirectional: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ bias: Bool, _ batchFirst: Bool, _ dropout: Double,
    bidirectional: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ numLayers: Int, _ bias: Bool, _ batchFirst: Bool, _ dropout: Double,
    _ bidirectional: Bool, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, device: device, dtype: dtype)
  }
}

extension RNNCell {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, hiddenSize: Int, bias: Bool = true, nonlinearity: RecurrentNonlinearity = .tanh,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, nonlinearity: nonlinearity, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, nonlinearity: RecurrentNonlinearity = .tanh,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, nonlinearity: nonlinearity, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ bias: Bool, nonlinearity: RecurrentNonlinearity = .tanh,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, nonlinearity: nonlinearity, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ bias: Bool, _ nonlinearity: RecurrentNonlinearity, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, nonlinearity: nonlinearity, device: device, dtype: dtype
    )
  }
}

extension LSTMCell {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, hiddenSize: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) { self.init(inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, device: device, dtype: dtype) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) { self.init(inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, device: device, dtype: dtype) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ bias: Bool, device: Device? = nil, dtype: DType = .default
  ) { self.init(inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, device: device, dtype: dtype) }
}

extension GRUCell {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, hiddenSize: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) { self.init(inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, device: device, dtype: dtype) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) { self.init(inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, device: device, dtype: dtype) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ inputSize: Int, _ hiddenSize: Int, _ bias: Bool, device: Device? = nil, dtype: DType = .default
  ) { self.init(inputSize: inputSize, hiddenSize: hiddenSize, bias: bias, device: device, dtype: dtype) }
}

extension Transformer {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, nhead: Int = 8, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: TransformerActivation = .relu, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: TransformerActivation = .relu, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: TransformerActivation = .relu, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: TransformerActivation = .relu, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    dropout: Double = 0.1, activation: TransformerActivation = .relu, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, activation: TransformerActivation = .relu, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, _ activation: TransformerActivation, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, _ activation: TransformerActivation, _ customEncoder: (any TransformerEncoding)?,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, _ activation: TransformerActivation, _ customEncoder: (any TransformerEncoding)?,
    _ customDecoder: (any TransformerDecoding)?, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, _ activation: TransformerActivation, _ customEncoder: (any TransformerEncoding)?,
    _ customDecoder: (any TransformerDecoding)?, _ layerNormEps: Double, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, _ activation: TransformerActivation, _ customEncoder: (any TransformerEncoding)?,
    _ customDecoder: (any TransformerDecoding)?, _ layerNormEps: Double, _ batchFirst: Bool, normFirst: Bool = false,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, _ activation: TransformerActivation, _ customEncoder: (any TransformerEncoding)?,
    _ customDecoder: (any TransformerDecoding)?, _ layerNormEps: Double, _ batchFirst: Bool, _ normFirst: Bool,
    bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, _ activation: TransformerActivation, _ customEncoder: (any TransformerEncoding)?,
    _ customDecoder: (any TransformerDecoding)?, _ layerNormEps: Double, _ batchFirst: Bool, _ normFirst: Bool,
    _ bias: Bool, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: activation, customEncoder: customEncoder,
      customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst,
      bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    dModel: Int = 512, nhead: Int = 8, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: @escaping @Sendable (Tensor) -> Tensor,
    customEncoder: (any TransformerEncoding)? = nil, customDecoder: (any TransformerDecoding)? = nil,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, nhead: Int = 8, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: @escaping @Sendable (Tensor) -> Tensor,
    customEncoder: (any TransformerEncoding)? = nil, customDecoder: (any TransformerDecoding)? = nil,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: @escaping @Sendable (Tensor) -> Tensor,
    customEncoder: (any TransformerEncoding)? = nil, customDecoder: (any TransformerDecoding)? = nil,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: @escaping @Sendable (Tensor) -> Tensor,
    customEncoder: (any TransformerEncoding)? = nil, customDecoder: (any TransformerDecoding)? = nil,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: @escaping @Sendable (Tensor) -> Tensor,
    customEncoder: (any TransformerEncoding)? = nil, customDecoder: (any TransformerDecoding)? = nil,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    dropout: Double = 0.1, activation: @escaping @Sendable (Tensor) -> Tensor,
    customEncoder: (any TransformerEncoding)? = nil, customDecoder: (any TransformerDecoding)? = nil,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, activation: @escaping @Sendable (Tensor) -> Tensor,
    customEncoder: (any TransformerEncoding)? = nil, customDecoder: (any TransformerDecoding)? = nil,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, _ activation: @escaping @Sendable (Tensor) -> Tensor,
    customEncoder: (any TransformerEncoding)? = nil, customDecoder: (any TransformerDecoding)? = nil,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    dModel: Int = 512, nhead: Int = 8, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: any Layer, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, nhead: Int = 8, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: any Layer, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: any Layer, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, numDecoderLayers: Int = 6, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: any Layer, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, dimFeedforward: Int = 2048,
    dropout: Double = 0.1, activation: any Layer, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    dropout: Double = 0.1, activation: any Layer, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, activation: any Layer, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ numEncoderLayers: Int, _ numDecoderLayers: Int, _ dimFeedforward: Int,
    _ dropout: Double, _ activation: any Layer, customEncoder: (any TransformerEncoding)? = nil,
    customDecoder: (any TransformerDecoding)? = nil, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, numEncoderLayers: numEncoderLayers, numDecoderLayers: numDecoderLayers,
      dimFeedforward: dimFeedforward, dropout: dropout, activation: TransformerActivation(activation),
      customEncoder: customEncoder, customDecoder: customDecoder, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
}

extension TransformerDecoderLayer {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, activation: TransformerActivation = .relu,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    _ layerNormEps: Double, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    _ layerNormEps: Double, _ batchFirst: Bool, normFirst: Bool = false, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    _ layerNormEps: Double, _ batchFirst: Bool, _ normFirst: Bool, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    _ layerNormEps: Double, _ batchFirst: Bool, _ normFirst: Bool, _ bias: Bool, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// With a function between the linear layers.
  public convenience init(
    dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, dropout: Double = 0.1,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double,
    _ activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, dropout: Double = 0.1, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
}

extension TransformerDecoder {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ decoderLayer: TransformerDecoderLayer, numLayers: Int, norm: (any Layer)? = nil) {
    self.init(decoderLayer: decoderLayer, numLayers: numLayers, norm: norm)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ decoderLayer: TransformerDecoderLayer, _ numLayers: Int, norm: (any Layer)? = nil) {
    self.init(decoderLayer: decoderLayer, numLayers: numLayers, norm: norm)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(_ decoderLayer: TransformerDecoderLayer, _ numLayers: Int, _ norm: (any Layer)?) {
    self.init(decoderLayer: decoderLayer, numLayers: numLayers, norm: norm)
  }
}

extension TransformerEncoderLayer {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, activation: TransformerActivation = .relu,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    _ layerNormEps: Double, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    _ layerNormEps: Double, _ batchFirst: Bool, normFirst: Bool = false, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    _ layerNormEps: Double, _ batchFirst: Bool, _ normFirst: Bool, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: TransformerActivation,
    _ layerNormEps: Double, _ batchFirst: Bool, _ normFirst: Bool, _ bias: Bool, device: Device? = nil,
    dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
      layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device, dtype: dtype
    )
  }
  /// With a function between the linear layers.
  public convenience init(
    dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, dropout: Double = 0.1,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double,
    activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a function between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double,
    _ activation: @escaping @Sendable (Tensor) -> Tensor, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, dropout: Double = 0.1, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
  /// With a layer between the linear layers.
  public convenience init(
    _ dModel: Int, _ nhead: Int, _ dimFeedforward: Int, _ dropout: Double, _ activation: any Layer,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.init(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: TransformerActivation(activation), layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, device: device, dtype: dtype)
  }
}

extension TransformerEncoder {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ encoderLayer: TransformerEncoderLayer, numLayers: Int, norm: (any Layer)? = nil, enableNestedTensor: Bool = true,
    maskCheck: Bool = true
  ) {
    self.init(
      encoderLayer: encoderLayer, numLayers: numLayers, norm: norm, enableNestedTensor: enableNestedTensor,
      maskCheck: maskCheck)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ encoderLayer: TransformerEncoderLayer, _ numLayers: Int, norm: (any Layer)? = nil,
    enableNestedTensor: Bool = true, maskCheck: Bool = true
  ) {
    self.init(
      encoderLayer: encoderLayer, numLayers: numLayers, norm: norm, enableNestedTensor: enableNestedTensor,
      maskCheck: maskCheck)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ encoderLayer: TransformerEncoderLayer, _ numLayers: Int, _ norm: (any Layer)?, enableNestedTensor: Bool = true,
    maskCheck: Bool = true
  ) {
    self.init(
      encoderLayer: encoderLayer, numLayers: numLayers, norm: norm, enableNestedTensor: enableNestedTensor,
      maskCheck: maskCheck)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ encoderLayer: TransformerEncoderLayer, _ numLayers: Int, _ norm: (any Layer)?, _ enableNestedTensor: Bool,
    maskCheck: Bool = true
  ) {
    self.init(
      encoderLayer: encoderLayer, numLayers: numLayers, norm: norm, enableNestedTensor: enableNestedTensor,
      maskCheck: maskCheck)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ encoderLayer: TransformerEncoderLayer, _ numLayers: Int, _ norm: (any Layer)?, _ enableNestedTensor: Bool,
    _ maskCheck: Bool
  ) {
    self.init(
      encoderLayer: encoderLayer, numLayers: numLayers, norm: norm, enableNestedTensor: enableNestedTensor,
      maskCheck: maskCheck)
  }
}
