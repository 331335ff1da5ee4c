import ApusCore

// Layers of convolutions. Sizes take one number for all spatial dimensions or an array with one for each.

/// The parameters that convolutions of any rank have.
private func convolutionParameters(
  _ first: Int, _ second: Int, _ outChannels: Int, _ kernel: [Int], bias: Bool, _ dtype: DType
) -> (weight: Tensor, bias: Tensor?) {
  let weight = initialWeight([first, second] + kernel, dtype)
  let fanIn = second * kernel.reduce(1, *)
  return (weight, bias ? initialBias([outChannels], fanIn: fanIn, dtype) : nil)
}

/// Reports groups that do not divide the channels.
private func checkGroups(_ inChannels: Int, _ outChannels: Int, _ groups: Int, _ name: String) {
  if groups <= 0 || inChannels % groups != 0 || outChannels % groups != 0 {
    report(
      TensorError(
        .value, name, "\(inChannels) input and \(outChannels) output channels cannot be divided into \(groups) groups"))
  }
}

/// Padding as numbers for both ends of each dimension, the last dimension first.
private func margins(_ padding: ConvolutionPaddingMode, _ kernel: [Int], _ dilation: [Int], _ rank: Int) -> [Int] {
  var result: [Int] = []
  for d in (0..<rank).reversed() {
    switch padding {
    case .none: result += [0, 0]
    case .each(let numbers):
      let n = numbers.count == 1 ? numbers[0] : d < numbers.count ? numbers[d] : 0
      result += [n, n]
    case .keepSize:
      let total = (dilation.count == 1 ? dilation[0] : dilation[d]) * (kernel[d] - 1)
      result += [total / 2, total - total / 2]
    }
  }
  return result
}

/// Sizes for every dimension, or those given where their number is wrong: the functions report that.
private func sizes(_ values: [Int], _ rank: Int) -> [Int] {
  values.count == 1 ? [Int](repeating: values[0], count: rank) : values
}

/// Convolution of sequences `[N, C, L]` (or `[C, L]`): every output channel is a sum of windows of input channels times a kernel.
public final class Conv1d: Layer {
  public let state = ModuleState()
  /// `[outChannels, inChannels / groups, K]`.
  public let weight: Tensor
  /// `[outChannels]`.
  public let bias: Tensor?
  public let stride: [Int]
  public let padding: ConvolutionPaddingMode
  public let dilation: [Int]
  public let groups: Int
  /// What stands beyond the borders: zeros (`constant`), or the image continued.
  public let paddingMode: PadMode

  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some SpatialSize, stride: some SpatialSize = 1,
    padding: some ConvolutionPadding = 0, dilation: some SpatialSize = 1, groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .constant, dtype: DType = .float32
  ) {
    self.paddingMode = paddingMode
    checkGroups(inChannels, outChannels, groups, "Conv1d")
    let kernel = sizes(kernelSize.spatialSizes, 1)
    (weight, self.bias) = convolutionParameters(
      outChannels, inChannels / max(1, groups), outChannels, kernel, bias: bias, dtype)
    self.stride = stride.spatialSizes
    self.padding = padding.paddingMode
    self.dilation = dilation.spatialSizes
    self.groups = groups
  }

  public func forward(_ x: Tensor) -> Tensor {
    if paddingMode != .constant {
      let margins = margins(padding, Array(weight.shape[2...]), dilation, 1)
      let padded = x.pad(margins, mode: paddingMode)
      return conv1d(padded, weight, bias, stride: stride, padding: 0, dilation: dilation, groups: groups)
    }
    return conv1d(x, weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}

/// Convolution of images `[N, C, H, W]` (or `[C, H, W]`): every output channel is a sum of windows of input channels times a kernel.
public final class Conv2d: Layer {
  public let state = ModuleState()
  /// `[outChannels, inChannels / groups, kH, kW]`.
  public let weight: Tensor
  /// `[outChannels]`.
  public let bias: Tensor?
  public let stride: [Int]
  public let padding: ConvolutionPaddingMode
  public let dilation: [Int]
  public let groups: Int
  /// What stands beyond the borders: zeros (`constant`), or the image continued.
  public let paddingMode: PadMode

  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some SpatialSize, stride: some SpatialSize = 1,
    padding: some ConvolutionPadding = 0, dilation: some SpatialSize = 1, groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .constant, dtype: DType = .float32
  ) {
    self.paddingMode = paddingMode
    checkGroups(inChannels, outChannels, groups, "Conv2d")
    let kernel = sizes(kernelSize.spatialSizes, 2)
    (weight, self.bias) = convolutionParameters(
      outChannels, inChannels / max(1, groups), outChannels, kernel, bias: bias, dtype)
    self.stride = stride.spatialSizes
    self.padding = padding.paddingMode
    self.dilation = dilation.spatialSizes
    self.groups = groups
  }

  public func forward(_ x: Tensor) -> Tensor {
    if paddingMode != .constant {
      let margins = margins(padding, Array(weight.shape[2...]), dilation, 2)
      let padded = x.pad(margins, mode: paddingMode)
      return conv2d(padded, weight, bias, stride: stride, padding: 0, dilation: dilation, groups: groups)
    }
    return conv2d(x, weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}

/// Convolution of volumes `[N, C, D, H, W]` (or `[C, D, H, W]`): every output channel is a sum of windows of input channels times a kernel.
public final class Conv3d: Layer {
  public let state = ModuleState()
  /// `[outChannels, inChannels / groups, kD, kH, kW]`.
  public let weight: Tensor
  /// `[outChannels]`.
  public let bias: Tensor?
  public let stride: [Int]
  public let padding: ConvolutionPaddingMode
  public let dilation: [Int]
  public let groups: Int
  /// What stands beyond the borders: zeros (`constant`), or the image continued.
  public let paddingMode: PadMode

  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some SpatialSize, stride: some SpatialSize = 1,
    padding: some ConvolutionPadding = 0, dilation: some SpatialSize = 1, groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .constant, dtype: DType = .float32
  ) {
    self.paddingMode = paddingMode
    checkGroups(inChannels, outChannels, groups, "Conv3d")
    let kernel = sizes(kernelSize.spatialSizes, 3)
    (weight, self.bias) = convolutionParameters(
      outChannels, inChannels / max(1, groups), outChannels, kernel, bias: bias, dtype)
    self.stride = stride.spatialSizes
    self.padding = padding.paddingMode
    self.dilation = dilation.spatialSizes
    self.groups = groups
  }

  public func forward(_ x: Tensor) -> Tensor {
    if paddingMode != .constant {
      let margins = margins(padding, Array(weight.shape[2...]), dilation, 3)
      let padded = x.pad(margins, mode: paddingMode)
      return conv3d(padded, weight, bias, stride: stride, padding: 0, dilation: dilation, groups: groups)
    }
    return conv3d(x, weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}

/// The transposed convolution of sequences `[N, C, L]` (or `[C, L]`): the gradient of a convolution for its input.
public final class ConvTranspose1d: Layer {
  public let state = ModuleState()
  /// `[inChannels, outChannels / groups, K]`.
  public let weight: Tensor
  /// `[outChannels]`.
  public let bias: Tensor?
  public let stride: [Int]
  public let padding: [Int]
  public let outputPadding: [Int]
  public let groups: Int
  public let dilation: [Int]

  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some SpatialSize, stride: some SpatialSize = 1,
    padding: some SpatialSize = 0, outputPadding: some SpatialSize = 0, groups: Int = 1, bias: Bool = true,
    dilation: some SpatialSize = 1, dtype: DType = .float32
  ) {
    checkGroups(inChannels, outChannels, groups, "ConvTranspose1d")
    let kernel = sizes(kernelSize.spatialSizes, 1)
    (weight, self.bias) = convolutionParameters(
      inChannels, outChannels / max(1, groups), outChannels, kernel, bias: bias, dtype)
    self.stride = stride.spatialSizes
    self.padding = padding.spatialSizes
    self.outputPadding = outputPadding.spatialSizes
    self.groups = groups
    self.dilation = dilation.spatialSizes
  }

  public func forward(_ x: Tensor) -> Tensor {
    convTranspose1d(
      x, weight, bias, stride: stride, padding: padding, outputPadding: outputPadding, groups: groups,
      dilation: dilation)
  }
}

/// The transposed convolution of images `[N, C, H, W]` (or `[C, H, W]`): the gradient of a convolution for its input.
public final class ConvTranspose2d: Layer {
  public let state = ModuleState()
  /// `[inChannels, outChannels / groups, kH, kW]`.
  public let weight: Tensor
  /// `[outChannels]`.
  public let bias: Tensor?
  public let stride: [Int]
  public let padding: [Int]
  public let outputPadding: [Int]
  public let groups: Int
  public let dilation: [Int]

  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some SpatialSize, stride: some SpatialSize = 1,
    padding: some SpatialSize = 0, outputPadding: some SpatialSize = 0, groups: Int = 1, bias: Bool = true,
    dilation: some SpatialSize = 1, dtype: DType = .float32
  ) {
    checkGroups(inChannels, outChannels, groups, "ConvTranspose2d")
    let kernel = sizes(kernelSize.spatialSizes, 2)
    (weight, self.bias) = convolutionParameters(
      inChannels, outChannels / max(1, groups), outChannels, kernel, bias: bias, dtype)
    self.stride = stride.spatialSizes
    self.padding = padding.spatialSizes
    self.outputPadding = outputPadding.spatialSizes
    self.groups = groups
    self.dilation = dilation.spatialSizes
  }

  public func forward(_ x: Tensor) -> Tensor {
    convTranspose2d(
      x, weight, bias, stride: stride, padding: padding, outputPadding: outputPadding, groups: groups,
      dilation: dilation)
  }
}

/// The transposed convolution of volumes `[N, C, D, H, W]` (or `[C, D, H, W]`): the gradient of a convolution for its input.
public final class ConvTranspose3d: Layer {
  public let state = ModuleState()
  /// `[inChannels, outChannels / groups, kD, kH, kW]`.
  public let weight: Tensor
  /// `[outChannels]`.
  public let bias: Tensor?
  public let stride: [Int]
  public let padding: [Int]
  public let outputPadding: [Int]
  public let groups: Int
  public let dilation: [Int]

  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some SpatialSize, stride: some SpatialSize = 1,
    padding: some SpatialSize = 0, outputPadding: some SpatialSize = 0, groups: Int = 1, bias: Bool = true,
    dilation: some SpatialSize = 1, dtype: DType = .float32
  ) {
    checkGroups(inChannels, outChannels, groups, "ConvTranspose3d")
    let kernel = sizes(kernelSize.spatialSizes, 3)
    (weight, self.bias) = convolutionParameters(
      inChannels, outChannels / max(1, groups), outChannels, kernel, bias: bias, dtype)
    self.stride = stride.spatialSizes
    self.padding = padding.spatialSizes
    self.outputPadding = outputPadding.spatialSizes
    self.groups = groups
    self.dilation = dilation.spatialSizes
  }

  public func forward(_ x: Tensor) -> Tensor {
    convTranspose3d(
      x, weight, bias, stride: stride, padding: padding, outputPadding: outputPadding, groups: groups,
      dilation: dilation)
  }
}
