import ApusCore

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

/// One number for all ends of `rank` dimensions, or one for each end, the last dimension first.
private func ends(_ padding: [Int], _ rank: Int) -> [Int] {
  padding.count == 1 ? [Int](repeating: padding[0], count: 2 * rank) : padding
}

/// Reports an input whose number of dimensions a padding does not take.
private func checked(_ x: Tensor, _ rank: Int, _ name: String) -> Bool {
  if x.isPoisoned || x.rank == rank + 1 || x.rank == rank + 2 { return true }
  report(
    TensorError(.shape, name, "needs an input of \(rank + 1) or \(rank + 2) dimensions, and found \(x.shape)"))
  return false
}

/// Mirrored at the borders, which are not repeated. `padding`: one number for all ends of the 1 spatial dimension, or one for each end, the last dimension first.
public final class ReflectionPad1d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 1) }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 1, "ReflectionPad1d") ? x.pad(padding, mode: .reflect) : x }
}

/// The border elements repeated. `padding`: one number for all ends of the 1 spatial dimension, or one for each end, the last dimension first.
public final class ReplicationPad1d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 1) }
  public func forward(_ x: Tensor) -> Tensor {
    checked(x, 1, "ReplicationPad1d") ? x.pad(padding, mode: .replicate) : x
  }
}

/// Continued from the other end. `padding`: one number for all ends of the 1 spatial dimension, or one for each end, the last dimension first.
public final class CircularPad1d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 1) }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 1, "CircularPad1d") ? x.pad(padding, mode: .circular) : x }
}

/// Zeros around. `padding`: one number for all ends of the 1 spatial dimension, or one for each end, the last dimension first.
public final class ZeroPad1d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 1) }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 1, "ZeroPad1d") ? x.constantPadNd(padding) : x }
}

/// A constant around. `padding`: one number for all ends of the 1 spatial dimension, or one for each end, the last dimension first.
public final class ConstantPad1d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public let value: Double
  public init(_ padding: some SpatialSize, _ value: Double) {
    self.padding = ends(padding.spatialSizes, 1)
    self.value = value
  }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 1, "ConstantPad1d") ? x.constantPadNd(padding, value) : x }
}

/// Mirrored at the borders, which are not repeated. `padding`: one number for all ends of the 2 spatial dimensions, or one for each end, the last dimension first.
public final class ReflectionPad2d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 2) }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 2, "ReflectionPad2d") ? x.pad(padding, mode: .reflect) : x }
}

/// The border elements repeated. `padding`: one number for all ends of the 2 spatial dimensions, or one for each end, the last dimension first.
public final class ReplicationPad2d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 2) }
  public func forward(_ x: Tensor) -> Tensor {
    checked(x, 2, "ReplicationPad2d") ? x.pad(padding, mode: .replicate) : x
  }
}

/// Continued from the other end. `padding`: one number for all ends of the 2 spatial dimensions, or one for each end, the last dimension first.
public final class CircularPad2d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 2) }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 2, "CircularPad2d") ? x.pad(padding, mode: .circular) : x }
}

/// Zeros around. `padding`: one number for all ends of the 2 spatial dimensions, or one for each end, the last dimension first.
public final class ZeroPad2d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 2) }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 2, "ZeroPad2d") ? x.constantPadNd(padding) : x }
}

/// A constant around. `padding`: one number for all ends of the 2 spatial dimensions, or one for each end, the last dimension first.
public final class ConstantPad2d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public let value: Double
  public init(_ padding: some SpatialSize, _ value: Double) {
    self.padding = ends(padding.spatialSizes, 2)
    self.value = value
  }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 2, "ConstantPad2d") ? x.constantPadNd(padding, value) : x }
}

/// Mirrored at the borders, which are not repeated. `padding`: one number for all ends of the 3 spatial dimensions, or one for each end, the last dimension first.
public final class ReflectionPad3d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 3) }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 3, "ReflectionPad3d") ? x.pad(padding, mode: .reflect) : x }
}

/// The border elements repeated. `padding`: one number for all ends of the 3 spatial dimensions, or one for each end, the last dimension first.
public final class ReplicationPad3d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 3) }
  public func forward(_ x: Tensor) -> Tensor {
    checked(x, 3, "ReplicationPad3d") ? x.pad(padding, mode: .replicate) : x
  }
}

/// Continued from the other end. `padding`: one number for all ends of the 3 spatial dimensions, or one for each end, the last dimension first.
public final class CircularPad3d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 3) }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 3, "CircularPad3d") ? x.pad(padding, mode: .circular) : x }
}

/// Zeros around. `padding`: one number for all ends of the 3 spatial dimensions, or one for each end, the last dimension first.
public final class ZeroPad3d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public init(_ padding: some SpatialSize) { self.padding = ends(padding.spatialSizes, 3) }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 3, "ZeroPad3d") ? x.constantPadNd(padding) : x }
}

/// A constant around. `padding`: one number for all ends of the 3 spatial dimensions, or one for each end, the last dimension first.
public final class ConstantPad3d: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public let value: Double
  public init(_ padding: some SpatialSize, _ value: Double) {
    self.padding = ends(padding.spatialSizes, 3)
    self.value = value
  }
  public func forward(_ x: Tensor) -> Tensor { checked(x, 3, "ConstantPad3d") ? x.constantPadNd(padding, value) : x }
}
