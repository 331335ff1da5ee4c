import ApusCore
import ApusNumerics
import ApusFunctional

// Layers of convolutions. Sizes take one number for all spatial dimensions or an array with one for each.

/// The parameters that convolutions of any rank have: a weight `[outer, inner / groups] + kernel`. Groups that do not divide
/// the channels are reported.
private func convolutionParameters(
  _ outer: Int, _ inner: Int, _ outChannels: Int, _ kernel: [Int], _ groups: Int, _ bias: Bool, _ dtype: DType,
  _ name: String
) -> (weight: Tensor, bias: Tensor?) {
  if groups <= 0 || inner % groups != 0 || outer % groups != 0 {
    let inChannels = outer + inner - outChannels
    report(
      TensorError(
        .value, name, "\(inChannels) input and \(outChannels) output channels cannot be divided into \(groups) groups"))
  }
  let width = inner / max(1, groups)
  let weight = initialWeight([outer, width] + kernel, dtype)
  return (weight, bias ? initialBias([outChannels], fanIn: width * kernel.reduce(1, *), dtype) : nil)
}

/// Padding as numbers for both ends of each dimension, the last dimension first.
private func margins(_ padding: ConvolutionPaddingMode, _ kernel: [Int], _ dilation: [Int]) -> [Int] {
  var result: [Int] = []
  for d in kernel.indices.reversed() {
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

/// Convolution: every output channel is a sum of windows of input channels times a kernel. The input may lack the batch.
public final class Convolution<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  /// `[outChannels, inChannels / groups] + kernelSize`.
  public let weight: Tensor
  /// `[outChannels]`.
  public let bias: Tensor?
  public let stride: [Int]
  public let padding: ConvolutionPaddingMode
  public let dilation: [Int]
  public let groups: Int
  /// What stands beyond the borders: zeros (`constant`), or the image continued.
  public let paddingMode: PadMode
  public static var typeName: String { "Conv\(Spatial.rank)d" }

  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some SpatialSize, stride: some SpatialSize = 1,
    padding: some ConvolutionPadding = 0, dilation: some SpatialSize = 1, groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .constant, dtype: DType = .float32
  ) {
    self.paddingMode = paddingMode
    (weight, self.bias) = convolutionParameters(
      outChannels, inChannels, outChannels, Spatial.each(kernelSize.spatialSizes), groups, bias, dtype, Self.typeName)
    self.stride = stride.spatialSizes
    self.padding = padding.paddingMode
    self.dilation = dilation.spatialSizes
    self.groups = groups
  }

  public func forward(_ x: Tensor) -> Tensor {
    if paddingMode == .constant { return convolved(x, padding) }
    return convolved(x.pad(margins(padding, Array(weight.shape[2...]), dilation), mode: paddingMode), .none)
  }

  private func convolved(_ x: Tensor, _ padding: ConvolutionPaddingMode) -> Tensor {
    Spatial.pick(conv1d, conv2d, conv3d)(x, weight, bias, stride, padding, dilation, groups)
  }
}

/// Convolution of sequences `[N, C, L]` or `[C, L]`.
public typealias Conv1d = Convolution<Spatial1d>
/// Convolution of images `[N, C, H, W]` or `[C, H, W]`.
public typealias Conv2d = Convolution<Spatial2d>
/// Convolution of volumes `[N, C, D, H, W]` or `[C, D, H, W]`.
public typealias Conv3d = Convolution<Spatial3d>

/// The transposed convolution: the gradient of a convolution for its input. The input may lack the batch.
public final class TransposedConvolution<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  /// `[inChannels, outChannels / groups] + kernelSize`.
  public let weight: Tensor
  /// `[outChannels]`.
  public let bias: Tensor?
  public let stride: [Int]
  public let padding: [Int]
  public let outputPadding: [Int]
  public let groups: Int
  public let dilation: [Int]
  public static var typeName: String { "ConvTranspose\(Spatial.rank)d" }

  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some SpatialSize, stride: some SpatialSize = 1,
    padding: some SpatialSize = 0, outputPadding: some SpatialSize = 0, groups: Int = 1, bias: Bool = true,
    dilation: some SpatialSize = 1, dtype: DType = .float32
  ) {
    (weight, self.bias) = convolutionParameters(
      inChannels, outChannels, outChannels, Spatial.each(kernelSize.spatialSizes), groups, bias, dtype, Self.typeName)
    self.stride = stride.spatialSizes
    self.padding = padding.spatialSizes
    self.outputPadding = outputPadding.spatialSizes
    self.dilation = dilation.spatialSizes
    self.groups = groups
  }

  public func forward(_ x: Tensor) -> Tensor {
    Spatial.pick(convTranspose1d, convTranspose2d, convTranspose3d)(
      x, weight, bias, stride, padding, outputPadding, groups, dilation)
  }
}

/// Transposed convolution of sequences `[N, C, L]` or `[C, L]`.
public typealias ConvTranspose1d = TransposedConvolution<Spatial1d>
/// Transposed convolution of images `[N, C, H, W]` or `[C, H, W]`.
public typealias ConvTranspose2d = TransposedConvolution<Spatial2d>
/// Transposed convolution of volumes `[N, C, D, H, W]` or `[C, D, H, W]`.
public typealias ConvTranspose3d = TransposedConvolution<Spatial3d>
