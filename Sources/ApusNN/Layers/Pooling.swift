import ApusCore
import ApusFunctional

// Pooling layers. The stride is the kernel's size unless given.

/// The maxima of windows.
public final class MaxPooling<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let dilation: [Int]
  public let ceilMode: Bool
  public static var typeName: String { "MaxPool\(Spatial.rank)d" }

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
    switch Spatial.rank {
    case 1: maxPool1d(x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    case 2: maxPool2d(x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    default: maxPool3d(x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
  }
}

/// The maxima of windows of `[N, C, L]`.
public typealias MaxPool1d = MaxPooling<Spatial1d>
/// The maxima of windows of `[N, C, H, W]`.
public typealias MaxPool2d = MaxPooling<Spatial2d>
/// The maxima of windows of `[N, C, D, H, W]`.
public typealias MaxPool3d = MaxPooling<Spatial3d>

/// The means of windows.
public final class AveragePooling<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let ceilMode: Bool
  public let countIncludePad: Bool
  public let divisorOverride: Int?
  public static var typeName: String { "AvgPool\(Spatial.rank)d" }

  /// - Parameters:
  ///   - countIncludePad: whether zeros of the padding count in a mean.
  ///   - divisorOverride: what to divide sums of images and volumes by in place of the number of elements.
  public init(
    _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
    ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    if Spatial.rank == 1, divisorOverride != nil {
      report(TensorError(.unsupported, Self.typeName, "has no divisorOverride; divide the result, or use AvgPool2d"))
    }
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
    self.divisorOverride = divisorOverride
  }

  public func forward(_ x: Tensor) -> Tensor {
    switch Spatial.rank {
    case 1:
      avgPool1d(
        x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad)
    case 2:
      avgPool2d(
        x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad,
        divisorOverride: divisorOverride)
    default:
      avgPool3d(
        x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad,
        divisorOverride: divisorOverride)
    }
  }
}

/// The means of windows of `[N, C, L]`.
public typealias AvgPool1d = AveragePooling<Spatial1d>
/// The means of windows of `[N, C, H, W]`.
public typealias AvgPool2d = AveragePooling<Spatial2d>
/// The means of windows of `[N, C, D, H, W]`.
public typealias AvgPool3d = AveragePooling<Spatial3d>

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveAveragePooling<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  public let outputSize: [Int]
  public static var typeName: String { "AdaptiveAvgPool\(Spatial.rank)d" }

  public init(_ outputSize: some SpatialSize) { self.outputSize = outputSize.spatialSizes }

  public func forward(_ x: Tensor) -> Tensor {
    switch Spatial.rank {
    case 1: adaptiveAvgPool1d(x, outputSize)
    case 2: adaptiveAvgPool2d(x, outputSize)
    default: adaptiveAvgPool3d(x, outputSize)
    }
  }
}

/// Means over windows of `[N, C, L]`, as many as asked for.
public typealias AdaptiveAvgPool1d = AdaptiveAveragePooling<Spatial1d>
/// Means over windows of `[N, C, H, W]`, as many as asked for.
public typealias AdaptiveAvgPool2d = AdaptiveAveragePooling<Spatial2d>
/// Means over windows of `[N, C, D, H, W]`, as many as asked for.
public typealias AdaptiveAvgPool3d = AdaptiveAveragePooling<Spatial3d>

/// Maxima over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveMaxPooling<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  public let outputSize: [Int]
  public static var typeName: String { "AdaptiveMaxPool\(Spatial.rank)d" }

  public init(_ outputSize: some SpatialSize) { self.outputSize = outputSize.spatialSizes }

  public func forward(_ x: Tensor) -> Tensor {
    switch Spatial.rank {
    case 1: adaptiveMaxPool1d(x, outputSize)
    case 2: adaptiveMaxPool2d(x, outputSize)
    default: adaptiveMaxPool3d(x, outputSize)
    }
  }
}

/// Maxima over windows of `[N, C, L]`, as many as asked for.
public typealias AdaptiveMaxPool1d = AdaptiveMaxPooling<Spatial1d>
/// Maxima over windows of `[N, C, H, W]`, as many as asked for.
public typealias AdaptiveMaxPool2d = AdaptiveMaxPooling<Spatial2d>
/// Maxima over windows of `[N, C, D, H, W]`, as many as asked for.
public typealias AdaptiveMaxPool3d = AdaptiveMaxPooling<Spatial3d>

/// The p-norms of windows: `(sum of x^p)^(1/p)`.
public final class NormPooling<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  public let normType: Double
  public let kernelSize: [Int]
  public let stride: [Int]
  public let ceilMode: Bool
  public static var typeName: String { "LPPool\(Spatial.rank)d" }

  public init(
    _ normType: Double, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, ceilMode: Bool = false
  ) {
    self.normType = normType
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    switch Spatial.rank {
    case 1: lpPool1d(x, normType, kernelSize, stride: stride, ceilMode: ceilMode)
    case 2: lpPool2d(x, normType, kernelSize, stride: stride, ceilMode: ceilMode)
    default: lpPool3d(x, normType, kernelSize, stride: stride, ceilMode: ceilMode)
    }
  }
}

/// The p-norms of windows of `[N, C, L]`.
public typealias LPPool1d = NormPooling<Spatial1d>
/// The p-norms of windows of `[N, C, H, W]`.
public typealias LPPool2d = NormPooling<Spatial2d>
/// The p-norms of windows of `[N, C, D, H, W]`.
public typealias LPPool3d = NormPooling<Spatial3d>

/// The inverse of max pooling as far as there is one, called as `unpool(x, indices)`: zeros with each element placed where
/// `indices` says it came from.
public final class MaxUnpooling<Spatial: SpatialRank>: BinaryLayer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public static var typeName: String { "MaxUnpool\(Spatial.rank)d" }

  public init(_ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0) {
    self.kernelSize = kernelSize.spatialSizes
    self.stride = stride?.spatialSizes ?? kernelSize.spatialSizes
    self.padding = padding.spatialSizes
  }

  public func forward(_ x: Tensor, _ indices: Tensor) -> Tensor {
    switch Spatial.rank {
    case 1: maxUnpool1d(x, indices, kernelSize, stride: stride, padding: padding)
    case 2: maxUnpool2d(x, indices, kernelSize, stride: stride, padding: padding)
    default: maxUnpool3d(x, indices, kernelSize, stride: stride, padding: padding)
    }
  }
}

/// The inverse of max pooling of `[N, C, L]`.
public typealias MaxUnpool1d = MaxUnpooling<Spatial1d>
/// The inverse of max pooling of `[N, C, H, W]`.
public typealias MaxUnpool2d = MaxUnpooling<Spatial2d>
/// The inverse of max pooling of `[N, C, D, H, W]`.
public typealias MaxUnpool3d = MaxUnpooling<Spatial3d>
