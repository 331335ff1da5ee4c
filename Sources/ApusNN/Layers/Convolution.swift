import ApusCore
import ApusNumerics
import ApusFunctional

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
    checkGroups(inChannels, outChannels, groups, Self.typeName)
    (weight, self.bias) = convolutionParameters(
      outChannels, inChannels / max(1, groups), outChannels, Spatial.each(kernelSize.spatialSizes), bias: bias, dtype)
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
    switch Spatial.rank {
    case 1: conv1d(x, weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    case 2: conv2d(x, weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    default: conv3d(x, weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
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
    checkGroups(inChannels, outChannels, groups, Self.typeName)
    (weight, self.bias) = convolutionParameters(
      inChannels, outChannels / max(1, groups), outChannels, Spatial.each(kernelSize.spatialSizes), bias: bias, dtype)
    self.stride = stride.spatialSizes
    self.padding = padding.spatialSizes
    self.outputPadding = outputPadding.spatialSizes
    self.groups = groups
    self.dilation = dilation.spatialSizes
  }

  public func forward(_ x: Tensor) -> Tensor {
    switch Spatial.rank {
    case 1:
      convTranspose1d(
        x, weight, bias, stride: stride, padding: padding, outputPadding: outputPadding, groups: groups,
        dilation: dilation)
    case 2:
      convTranspose2d(
        x, weight, bias, stride: stride, padding: padding, outputPadding: outputPadding, groups: groups,
        dilation: dilation)
    default:
      convTranspose3d(
        x, weight, bias, stride: stride, padding: padding, outputPadding: outputPadding, groups: groups,
        dilation: dilation)
    }
  }
}

/// Transposed convolution of sequences `[N, C, L]` or `[C, L]`.
public typealias ConvTranspose1d = TransposedConvolution<Spatial1d>
/// Transposed convolution of images `[N, C, H, W]` or `[C, H, W]`.
public typealias ConvTranspose2d = TransposedConvolution<Spatial2d>
/// Transposed convolution of volumes `[N, C, D, H, W]` or `[C, D, H, W]`.
public typealias ConvTranspose3d = TransposedConvolution<Spatial3d>
