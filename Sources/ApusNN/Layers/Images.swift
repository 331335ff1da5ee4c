import ApusCore
import ApusFunctional

// Layers that rearrange, resize and pad images.

/// Channels become pixels: `[..., C r r, H, W]` to `[..., C, H r, W r]`.
public final class PixelShuffle: Layer {
  public let state = ModuleState()
  public let upscaleFactor: Int
  /// `[N, C r², H, W]` becomes `[N, C, H r, W r]`, with r the `upscaleFactor`.
  public init(upscaleFactor: Int) { self.upscaleFactor = upscaleFactor }
  public func forward(_ x: Tensor) -> Tensor { pixelShuffle(x, upscaleFactor) }
  public var extraRepresentation: String { "upscale_factor=\(upscaleFactor)" }
}

/// Pixels become channels: `[..., C, H r, W r]` to `[..., C r r, H, W]`.
public final class PixelUnshuffle: Layer {
  public let state = ModuleState()
  public let downscaleFactor: Int
  /// `[N, C, H r, W r]` becomes `[N, C r², H, W]`, with r the `downscaleFactor`.
  public init(downscaleFactor: Int) { self.downscaleFactor = downscaleFactor }
  public func forward(_ x: Tensor) -> Tensor { pixelUnshuffle(x, downscaleFactor) }
  public var extraRepresentation: String { "downscale_factor=\(downscaleFactor)" }
}

/// Blocks of channels dealt out in turn.
public final class ChannelShuffle: Layer {
  public let state = ModuleState()
  public let groups: Int
  /// Mixes the channels of `groups` groups, whose number must divide that of the channels.
  public init(groups: Int) { self.groups = groups }
  public func forward(_ x: Tensor) -> Tensor { channelShuffle(x, groups) }
  public var extraRepresentation: String { "groups=\(groups)" }
}

/// Resizes `[N, C, ...]` in its spatial dimensions, to sizes or by factors.
public final class Upsample: Layer {
  public let state = ModuleState()
  public let size: [Int]?
  public let scaleFactor: [Double]?
  public let mode: InterpolationMode
  public let alignCorners: Bool?

  /// To `size`, or by `scaleFactor`: one of the two, a number for all dimensions or a tuple. `alignCorners` is for
  /// linear and cubic modes.
  public init<each Size: SpatialSize, each Scale: ScaleFactor>(
    size: (repeat each Size) = (), scaleFactor: (repeat each Scale) = (), mode: InterpolationMode = .nearest,
    alignCorners: Bool? = nil
  ) {
    self.size = sizes(repeat each size)
    self.scaleFactor = factors(repeat each scaleFactor)
    self.mode = mode
    self.alignCorners = alignCorners
  }

  public func forward(_ x: Tensor) -> Tensor {
    interpolate(x, size: size ?? [], scaleFactor: scaleFactor ?? [], mode: mode, alignCorners: alignCorners)
  }

  public var extraRepresentation: String {
    let what = scaleFactor.map { factors in
      "scale_factor=" + (factors.count == 1 ? "\(factors[0])" : "(\(factors.map { "\($0)" }.joined(separator: ", ")))")
    }
    return "\(what ?? "size=\(python(size))"), mode='\(mode.rawValue)'"
  }
}

/// Windows of images as columns: `[N, C, H, W]` to `[N, C kH kW, L]`.
public final class Unfold: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let dilation: [Int]
  public let padding: [Int]
  public let stride: [Int]

  /// Windows of `kernelSize`, `stride` (1) apart over the image with `padding` (0) zeros around; elements of a window
  /// are `dilation` (1) apart.
  public init<each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize, each Stride: SpatialSize>(
    kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (), padding: (repeat each Margin) = (),
    stride: (repeat each Stride) = ()
  ) {
    self.kernelSize = sizes(repeat each kernelSize) ?? []
    self.dilation = sizes(repeat each dilation) ?? [1]
    self.padding = sizes(repeat each padding) ?? [0]
    self.stride = sizes(repeat each stride) ?? [1]
  }

  public func forward(_ x: Tensor) -> Tensor {
    unfold(x, kernelSize, dilation: dilation, padding: padding, stride: stride)
  }

  public var extraRepresentation: String {
    "kernel_size=\(python(kernelSize)), dilation=\(python(dilation)), padding=\(python(padding)), stride=\(python(stride))"
  }
}

/// Columns added up as windows of an image: `[N, C kH kW, L]` to `[N, C, H, W]`.
public final class Fold: Layer {
  public let state = ModuleState()
  public let outputSize: [Int]
  public let kernelSize: [Int]
  public let dilation: [Int]
  public let padding: [Int]
  public let stride: [Int]

  /// An image of `outputSize` from windows as ``Unfold`` makes them with the same sizes.
  public init<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Margin: SpatialSize,
    each Stride: SpatialSize
  >(
    outputSize: (repeat each Size), kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (),
    padding: (repeat each Margin) = (), stride: (repeat each Stride) = ()
  ) {
    self.outputSize = sizes(repeat each outputSize) ?? []
    self.kernelSize = sizes(repeat each kernelSize) ?? []
    self.dilation = sizes(repeat each dilation) ?? [1]
    self.padding = sizes(repeat each padding) ?? [0]
    self.stride = sizes(repeat each stride) ?? [1]
  }

  public func forward(_ x: Tensor) -> Tensor {
    fold(x, outputSize, kernelSize, dilation: dilation, padding: padding, stride: stride)
  }

  public var extraRepresentation: String {
    "output_size=\(python(outputSize)), kernel_size=\(python(kernelSize)), dilation=\(python(dilation)), "
      + "padding=\(python(padding)), stride=\(python(stride))"
  }
}
