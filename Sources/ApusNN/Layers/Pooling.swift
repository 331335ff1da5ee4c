import ApusCore

// Pooling layers. The stride is the kernel's size unless given.

/// The maxima of windows of `[N, C, L]`.
public final class MaxPool1d: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let dilation: [Int]
  public let ceilMode: Bool

  public init(
    _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
    dilation: some SpatialSize = 1, ceilMode: Bool = false
  ) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
    self.dilation = dilation.spatialSizes
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    maxPool1d(
      x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
  }
}

/// The maxima of windows of `[N, C, H, W]`.
public final class MaxPool2d: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let dilation: [Int]
  public let ceilMode: Bool

  public init(
    _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
    dilation: some SpatialSize = 1, ceilMode: Bool = false
  ) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
    self.dilation = dilation.spatialSizes
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    maxPool2d(
      x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
  }
}

/// The maxima of windows of `[N, C, D, H, W]`.
public final class MaxPool3d: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let dilation: [Int]
  public let ceilMode: Bool

  public init(
    _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
    dilation: some SpatialSize = 1, ceilMode: Bool = false
  ) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
    self.dilation = dilation.spatialSizes
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    maxPool3d(
      x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
  }
}

/// The means of windows of `[N, C, L]`.
public final class AvgPool1d: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let ceilMode: Bool
  public let countIncludePad: Bool

  public init(
    _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
    ceilMode: Bool = false, countIncludePad: Bool = true
  ) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
  }

  public func forward(_ x: Tensor) -> Tensor {
    avgPool1d(
      x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }
}

/// The means of windows of `[N, C, H, W]`.
public final class AvgPool2d: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let ceilMode: Bool
  public let countIncludePad: Bool
  public let divisorOverride: Int?

  public init(
    _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
    ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
    self.divisorOverride = divisorOverride
  }

  public func forward(_ x: Tensor) -> Tensor {
    avgPool2d(
      x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
}

/// The means of windows of `[N, C, D, H, W]`.
public final class AvgPool3d: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let ceilMode: Bool
  public let countIncludePad: Bool
  public let divisorOverride: Int?

  public init(
    _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
    ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
    self.divisorOverride = divisorOverride
  }

  public func forward(_ x: Tensor) -> Tensor {
    avgPool3d(
      x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
}

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveAvgPool1d: Layer {
  public let state = ModuleState()
  public let outputSize: [Int]

  public init(_ outputSize: some SpatialSize) { self.outputSize = outputSize.spatialSizes }

  public func forward(_ x: Tensor) -> Tensor { adaptiveAvgPool1d(x, outputSize) }
}

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveAvgPool2d: Layer {
  public let state = ModuleState()
  public let outputSize: [Int]

  public init(_ outputSize: some SpatialSize) { self.outputSize = outputSize.spatialSizes }

  public func forward(_ x: Tensor) -> Tensor { adaptiveAvgPool2d(x, outputSize) }
}

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveAvgPool3d: Layer {
  public let state = ModuleState()
  public let outputSize: [Int]

  public init(_ outputSize: some SpatialSize) { self.outputSize = outputSize.spatialSizes }

  public func forward(_ x: Tensor) -> Tensor { adaptiveAvgPool3d(x, outputSize) }
}

/// Maxima over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveMaxPool1d: Layer {
  public let state = ModuleState()
  public let outputSize: [Int]

  public init(_ outputSize: some SpatialSize) { self.outputSize = outputSize.spatialSizes }

  public func forward(_ x: Tensor) -> Tensor { adaptiveMaxPool1d(x, outputSize) }
}

/// Maxima over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveMaxPool2d: Layer {
  public let state = ModuleState()
  public let outputSize: [Int]

  public init(_ outputSize: some SpatialSize) { self.outputSize = outputSize.spatialSizes }

  public func forward(_ x: Tensor) -> Tensor { adaptiveMaxPool2d(x, outputSize) }
}

/// Maxima over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveMaxPool3d: Layer {
  public let state = ModuleState()
  public let outputSize: [Int]

  public init(_ outputSize: some SpatialSize) { self.outputSize = outputSize.spatialSizes }

  public func forward(_ x: Tensor) -> Tensor { adaptiveMaxPool3d(x, outputSize) }
}

/// The p-norms of windows: `(sum of x^p)^(1/p)`.
public final class LPPool1d: Layer {
  public let state = ModuleState()
  public let normType: Double
  public let kernelSize: [Int]
  public let stride: [Int]
  public let ceilMode: Bool

  public init(
    _ normType: Double, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, ceilMode: Bool = false
  ) {
    self.normType = normType
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    lpPool1d(x, normType, kernelSize, stride: stride, ceilMode: ceilMode)
  }
}

/// The p-norms of windows: `(sum of x^p)^(1/p)`.
public final class LPPool2d: Layer {
  public let state = ModuleState()
  public let normType: Double
  public let kernelSize: [Int]
  public let stride: [Int]
  public let ceilMode: Bool

  public init(
    _ normType: Double, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, ceilMode: Bool = false
  ) {
    self.normType = normType
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    lpPool2d(x, normType, kernelSize, stride: stride, ceilMode: ceilMode)
  }
}

/// The p-norms of windows: `(sum of x^p)^(1/p)`.
public final class LPPool3d: Layer {
  public let state = ModuleState()
  public let normType: Double
  public let kernelSize: [Int]
  public let stride: [Int]
  public let ceilMode: Bool

  public init(
    _ normType: Double, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, ceilMode: Bool = false
  ) {
    self.normType = normType
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    lpPool3d(x, normType, kernelSize, stride: stride, ceilMode: ceilMode)
  }
}

/// The inverse of max pooling as far as there is one, called as `unpool(x, indices)`: zeros with each element placed where
/// `indices` says it came from.
public final class MaxUnpool1d: BinaryLayer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]

  public init(_ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
  }

  public func forward(_ x: Tensor, _ indices: Tensor) -> Tensor {
    maxUnpool1d(x, indices, kernelSize, stride: stride, padding: padding)
  }
}

/// The inverse of max pooling as far as there is one, called as `unpool(x, indices)`: zeros with each element placed where
/// `indices` says it came from.
public final class MaxUnpool2d: BinaryLayer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]

  public init(_ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
  }

  public func forward(_ x: Tensor, _ indices: Tensor) -> Tensor {
    maxUnpool2d(x, indices, kernelSize, stride: stride, padding: padding)
  }
}

/// The inverse of max pooling as far as there is one, called as `unpool(x, indices)`: zeros with each element placed where
/// `indices` says it came from.
public final class MaxUnpool3d: BinaryLayer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]

  public init(_ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
  }

  public func forward(_ x: Tensor, _ indices: Tensor) -> Tensor {
    maxUnpool3d(x, indices, kernelSize, stride: stride, padding: padding)
  }
}
