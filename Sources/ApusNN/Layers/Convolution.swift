import ApusCore
import ApusNumerics
import ApusFunctional

// Layers of convolutions. Sizes take one number for all spatial dimensions or an array with one for each.

/// The parameters that convolutions of any rank have: a weight `[outer, inner / groups] + kernel`. Groups that do not divide
/// the channels are reported.
private func convolutionParameters(
  _ outer: Int, _ inner: Int, _ outChannels: Int, _ kernel: [Int], _ groups: Int, _ bias: Bool, _ device: Device?,
  _ dtype: DType, _ name: String
) -> (weight: Tensor, bias: Tensor?) {
  if groups <= 0 || inner % groups != 0 || outer % groups != 0 {
    let inChannels = outer + inner - outChannels
    report(
      TensorError(
        .value, name, "\(inChannels) input and \(outChannels) output channels cannot be divided into \(groups) groups"))
  }
  let width = inner / max(1, groups)
  let weight = initialWeight([outer, width] + kernel, device, dtype)
  let shift = bias ? initialBias([outChannels], fanIn: width * kernel.reduce(1, *), device, dtype) : nil
  return (weight, shift)
}

/// What the text of a convolution has behind its channels: those of these settings that are not the usual ones.
private func convolutionText(
  _ kernel: [Int], _ stride: [Int], padding: String?, dilation: [Int], outputPadding: [Int] = [], groups: Int,
  hasBias: Bool, paddingMode: PadMode = .zeros
) -> String {
  func changed(_ name: String, _ sizes: [Int], _ usual: Int) -> String {
    sizes.allSatisfy { $0 == usual } ? "" : ", \(name)=\(pythonTuple(sizes))"
  }
  return "kernel_size=\(pythonTuple(kernel)), stride=\(pythonTuple(stride))" + (padding.map { ", padding=\($0)" } ?? "")
    + changed("dilation", dilation, 1) + changed("output_padding", outputPadding, 0)
    + (groups == 1 ? "" : ", groups=\(groups)") + (hasBias ? "" : ", bias=False")
    + (paddingMode == .zeros ? "" : ", padding_mode=\(paddingMode.rawValue)")
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
  @Changeable public var weight: Tensor
  /// `[outChannels]`, or nil.
  @Changeable public var bias: Tensor!
  /// 0 before the first call of a lazy one.
  @Changeable public internal(set) var inChannels: Int
  public let outChannels: Int
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: ConvolutionPaddingMode
  public let dilation: [Int]
  public let groups: Int
  /// What stands beyond the borders: zeros (`constant`), or the image continued.
  public let paddingMode: PadMode
  public static var typeName: String { "Conv\(Spatial.rank)d" }

  /// Sizes are a number for all dimensions or a tuple: `stride` and `dilation` are 1 unless given, `padding` is 0,
  /// sizes, "same" or "valid". `groups` divides both channel counts. The parameters are drawn uniformly from ±1 /
  /// sqrt(inChannels / groups · elements of the kernel).
  public init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize
  >(
    inChannels: Int, outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1, bias: Bool = true,
    paddingMode: PadMode = .zeros, device: Device? = nil, dtype: DType = .default
  ) {
    self.inChannels = inChannels
    (self.outChannels, self.groups) = (outChannels, groups)
    self.kernelSize = Spatial.each(sizes(repeat each kernelSize) ?? [])
    self.stride = sizes(repeat each stride) ?? [1]
    self.padding = ApusFunctional.paddingMode(repeat each padding)
    self.dilation = sizes(repeat each dilation) ?? [1]
    self.paddingMode = paddingMode
    let parameters = convolutionParameters(
      outChannels, inChannels, outChannels, self.kernelSize, groups, bias, device, dtype, Self.typeName)
    weight = parameters.weight
    self.bias = parameters.bias
  }

  /// Without parameters, which the first call makes: `sizes` are the kernel's, the stride and the dilation.
  init(
    lazyOutChannels: Int, _ sizes: (kernel: [Int], stride: [Int], dilation: [Int]), _ padding: ConvolutionPaddingMode,
    _ groups: Int, hasBias: Bool, _ paddingMode: PadMode, _ device: Device?, _ dtype: DType
  ) {
    inChannels = 0
    (outChannels, self.groups) = (lazyOutChannels, groups)
    (kernelSize, stride, dilation) = (Spatial.each(sizes.kernel), sizes.stride, sizes.dilation)
    (self.padding, self.paddingMode) = (padding, paddingMode)
    weight = Tensor.zeros([0])
    bias = nil
    let name = "Lazy\(Self.typeName)"
    _weight.source = Uninitialised(name, "weight")
    if hasBias { _bias.source = Uninitialised(name, "bias") }
    state.initialisation = Initialisation(
      name, device, dtype, tellers: [("weight", 1, groups)],
      channels: { (x) throws(TensorError) in try channelCount(x, Spatial.self, name) },
      make: { (module, count, device, dtype) throws(TensorError) in
        guard let layer = module as? Convolution<Spatial> else { return }
        let made = convolutionParameters(
          layer.outChannels, count, layer.outChannels, layer.kernelSize, layer.groups, hasBias, device, dtype, name)
        layer.inChannels = count
        fill(layer._weight, layer._bias, made)
      })
  }

  public func forward(_ x: Tensor) -> Tensor {
    if paddingMode == .constant { return convolved(x, padding) }
    return convolved(x.pad(margins(padding, kernelSize, dilation), mode: paddingMode), .none)
  }

  private func convolved(_ x: Tensor, _ padding: ConvolutionPaddingMode) -> Tensor {
    convolution(
      Spatial.rank, x, weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }

  public var extraRepresentation: String {
    let margin: String? =
      switch padding {
      case .keepSize: "same"
      case .none: "valid"
      case .each(let sizes): sizes.allSatisfy { $0 == 0 } ? nil : pythonTuple(Spatial.each(sizes))
      }
    return "\(inChannels), \(outChannels), "
      + convolutionText(
        kernelSize, Spatial.each(stride), padding: margin, dilation: Spatial.each(dilation), groups: groups,
        hasBias: _bias.source != nil || bias != nil, paddingMode: paddingMode)
  }
}

/// Convolution of sequences `[N, C, L]` or `[C, L]`.
public typealias Conv1d = Convolution<Spatial1d>
/// Convolution of images `[N, C, H, W]` or `[C, H, W]`.
public typealias Conv2d = Convolution<Spatial2d>
/// Convolution of volumes `[N, C, D, H, W]` or `[C, D, H, W]`.
public typealias Conv3d = Convolution<Spatial3d>

/// The transposed convolution: the gradient of a convolution for its input. The input may lack the batch.
public final class TransposedConvolution<Spatial: SpatialRank>: Layer, ResultsInSecondDimension {
  public let state = ModuleState()
  /// `[inChannels, outChannels / groups] + kernelSize`.
  @Changeable public var weight: Tensor
  /// `[outChannels]`, or nil.
  @Changeable public var bias: Tensor!
  /// 0 before the first call of a lazy one.
  @Changeable public internal(set) var inChannels: Int
  public let outChannels: Int
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let outputPadding: [Int]
  public let groups: Int
  public let dilation: [Int]
  public static var typeName: String { "ConvTranspose\(Spatial.rank)d" }

  /// Sizes are a number for all dimensions or a tuple: `stride` and `dilation` are 1 unless given, `padding` and
  /// `outputPadding` 0. A dimension of size n becomes (n - 1) stride - 2 padding + dilation (kernelSize - 1) +
  /// outputPadding + 1.
  public init<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize,
    each Dilation: SpatialSize
  >(
    inChannels: Int, outChannels: Int, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1, bias: Bool = true,
    dilation: (repeat each Dilation) = (), device: Device? = nil, dtype: DType = .default
  ) {
    self.inChannels = inChannels
    (self.outChannels, self.groups) = (outChannels, groups)
    self.kernelSize = Spatial.each(sizes(repeat each kernelSize) ?? [])
    self.stride = sizes(repeat each stride) ?? [1]
    self.padding = sizes(repeat each padding) ?? [0]
    self.outputPadding = sizes(repeat each outputPadding) ?? [0]
    self.dilation = sizes(repeat each dilation) ?? [1]
    let parameters = convolutionParameters(
      inChannels, outChannels, outChannels, self.kernelSize, groups, bias, device, dtype, Self.typeName)
    weight = parameters.weight
    self.bias = parameters.bias
  }

  /// Without parameters, which the first call makes: `sizes` are the kernel's, the stride, both paddings and the dilation.
  init(
    lazyOutChannels: Int,
    _ sizes: (kernel: [Int], stride: [Int], padding: [Int], outputPadding: [Int], dilation: [Int]), _ groups: Int,
    hasBias: Bool, _ device: Device?, _ dtype: DType
  ) {
    inChannels = 0
    (outChannels, self.groups) = (lazyOutChannels, groups)
    (kernelSize, stride, dilation) = (Spatial.each(sizes.kernel), sizes.stride, sizes.dilation)
    (padding, outputPadding) = (sizes.padding, sizes.outputPadding)
    weight = Tensor.zeros([0])
    bias = nil
    let name = "Lazy\(Self.typeName)"
    _weight.source = Uninitialised(name, "weight")
    if hasBias { _bias.source = Uninitialised(name, "bias") }
    state.initialisation = Initialisation(
      name, device, dtype, tellers: [("weight", 0, 1)],
      channels: { (x) throws(TensorError) in try channelCount(x, Spatial.self, name) },
      make: { (module, count, device, dtype) throws(TensorError) in
        guard let layer = module as? TransposedConvolution<Spatial> else { return }
        let made = convolutionParameters(
          count, layer.outChannels, layer.outChannels, layer.kernelSize, layer.groups, hasBias, device, dtype, name)
        layer.inChannels = count
        fill(layer._weight, layer._bias, made)
      })
  }

  public func forward(_ x: Tensor) -> Tensor {
    transposedConvolution(
      Spatial.rank, x, weight, bias, stride: stride, padding: padding, outputPadding: outputPadding, groups: groups,
      dilation: dilation)
  }

  public var extraRepresentation: String {
    "\(inChannels), \(outChannels), "
      + convolutionText(
        kernelSize, Spatial.each(stride),
        padding: padding.allSatisfy { $0 == 0 } ? nil : pythonTuple(Spatial.each(padding)),
        dilation: Spatial.each(dilation), outputPadding: Spatial.each(outputPadding), groups: groups,
        hasBias: _bias.source != nil || bias != nil)
  }
}

/// Transposed convolution of sequences `[N, C, L]` or `[C, L]`.
public typealias ConvTranspose1d = TransposedConvolution<Spatial1d>
/// Transposed convolution of images `[N, C, H, W]` or `[C, H, W]`.
public typealias ConvTranspose2d = TransposedConvolution<Spatial2d>
/// Transposed convolution of volumes `[N, C, D, H, W]` or `[C, D, H, W]`.
public typealias ConvTranspose3d = TransposedConvolution<Spatial3d>
