import ApusCore
import ApusFunctional

// Layers that rearrange, resize and pad images.

/// Channels become pixels: `[..., C r r, H, W]` to `[..., C, H r, W r]`.
public final class PixelShuffle: Layer {
  public let state = ModuleState()
  public let upscaleFactor: Int
  public init(_ upscaleFactor: Int) { self.upscaleFactor = upscaleFactor }
  public func forward(_ x: Tensor) -> Tensor { pixelShuffle(x, upscaleFactor) }
}

/// Pixels become channels: `[..., C, H r, W r]` to `[..., C r r, H, W]`.
public final class PixelUnshuffle: Layer {
  public let state = ModuleState()
  public let downscaleFactor: Int
  public init(_ downscaleFactor: Int) { self.downscaleFactor = downscaleFactor }
  public func forward(_ x: Tensor) -> Tensor { pixelUnshuffle(x, downscaleFactor) }
}

/// Blocks of channels dealt out in turn.
public final class ChannelShuffle: Layer {
  public let state = ModuleState()
  public let groups: Int
  public init(_ groups: Int) { self.groups = groups }
  public func forward(_ x: Tensor) -> Tensor { channelShuffle(x, groups) }
}

/// Resizes `[N, C, ...]` in its spatial dimensions, to sizes or by factors.
public final class Upsample: Layer {
  public let state = ModuleState()
  public let size: [Int]?
  public let scaleFactor: [Double]?
  public let mode: InterpolationMode
  public let alignCorners: Bool?

  public init(
    size: (any SpatialSize)? = nil, scaleFactor: [Double]? = nil, mode: InterpolationMode = .nearest,
    alignCorners: Bool? = nil
  ) {
    self.size = size?.spatialSizes
    self.scaleFactor = scaleFactor
    self.mode = mode
    self.alignCorners = alignCorners
  }

  public convenience init(
    scaleFactor: Double, mode: InterpolationMode = .nearest, alignCorners: Bool? = nil
  ) {
    self.init(scaleFactor: [scaleFactor], mode: mode, alignCorners: alignCorners)
  }

  public func forward(_ x: Tensor) -> Tensor {
    interpolate(x, size: size, scaleFactor: scaleFactor, mode: mode, alignCorners: alignCorners)
  }
}

/// Windows of images as columns: `[N, C, H, W]` to `[N, C kH kW, L]`.
public final class Unfold: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let dilation: [Int]
  public let padding: [Int]
  public let stride: [Int]

  public init(
    _ kernelSize: some SpatialSize, dilation: some SpatialSize = 1, padding: some SpatialSize = 0,
    stride: some SpatialSize = 1
  ) {
    self.kernelSize = kernelSize.spatialSizes
    self.dilation = dilation.spatialSizes
    self.padding = padding.spatialSizes
    self.stride = stride.spatialSizes
  }

  public func forward(_ x: Tensor) -> Tensor {
    unfold(x, kernelSize, dilation: dilation, padding: padding, stride: stride)
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

  public init(
    _ outputSize: some SpatialSize, _ kernelSize: some SpatialSize, dilation: some SpatialSize = 1,
    padding: some SpatialSize = 0, stride: some SpatialSize = 1
  ) {
    self.outputSize = outputSize.spatialSizes
    self.kernelSize = kernelSize.spatialSizes
    self.dilation = dilation.spatialSizes
    self.padding = padding.spatialSizes
    self.stride = stride.spatialSizes
  }

  public func forward(_ x: Tensor) -> Tensor {
    fold(x, outputSize, kernelSize, dilation: dilation, padding: padding, stride: stride)
  }
}
