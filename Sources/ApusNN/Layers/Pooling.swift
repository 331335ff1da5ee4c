import ApusCore
import ApusFunctional

// Pooling layers.

/// The sizes of windows and their strides, which are the sizes unless given.
private func windows(_ kernelSize: any SpatialSize, _ stride: (any SpatialSize)?) -> (size: [Int], stride: [Int]) {
  (kernelSize.spatialSizes, (stride ?? kernelSize).spatialSizes)
}

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
    (self.kernelSize, self.stride) = windows(kernelSize, stride)
    self.padding = padding.spatialSizes
    self.dilation = dilation.spatialSizes
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    Spatial.pick(maxPool1d, maxPool2d, maxPool3d)(x, kernelSize, stride, padding, dilation, ceilMode)
  }
}

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
    (self.kernelSize, self.stride) = windows(kernelSize, stride)
    self.padding = padding.spatialSizes
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
    self.divisorOverride = divisorOverride
  }

  public func forward(_ x: Tensor) -> Tensor {
    if Spatial.rank == 1 {
      return avgPool1d(
        x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad)
    }
    return Spatial.pick(avgPool2d, avgPool2d, avgPool3d)(
      x, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride)
  }
}

/// What makes as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public class AdaptivePooling<Spatial: SpatialRank>: Layer, @unchecked Sendable {
  public let state = ModuleState()
  public let outputSize: [Int]
  private let pool: @Sendable (Tensor, [Int]) -> Tensor
  public class var typeName: String { "AdaptivePool\(Spatial.rank)d" }

  init(_ outputSize: any SpatialSize, _ pool: @escaping @Sendable (Tensor, [Int]) -> Tensor) {
    self.outputSize = outputSize.spatialSizes
    self.pool = pool
  }

  public func forward(_ x: Tensor) -> Tensor { pool(x, outputSize) }
}

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveAveragePooling<Spatial: SpatialRank>: AdaptivePooling<Spatial>, @unchecked Sendable {
  public override class var typeName: String { "AdaptiveAvgPool\(Spatial.rank)d" }

  public init(_ outputSize: some SpatialSize) {
    super.init(outputSize, Spatial.pick(adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d))
  }
}

/// Maxima over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveMaxPooling<Spatial: SpatialRank>: AdaptivePooling<Spatial>, @unchecked Sendable {
  public override class var typeName: String { "AdaptiveMaxPool\(Spatial.rank)d" }

  public init(_ outputSize: some SpatialSize) {
    super.init(outputSize, Spatial.pick(adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d))
  }
}

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
    (self.kernelSize, self.stride) = windows(kernelSize, stride)
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    Spatial.pick(lpPool1d, lpPool2d, lpPool3d)(x, normType, kernelSize, stride, ceilMode)
  }
}

/// The inverse of max pooling as far as there is one, called as `unpool(x, indices)`: zeros with each element placed where
/// `indices` says it came from.
public final class MaxUnpooling<Spatial: SpatialRank>: BinaryLayer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public static var typeName: String { "MaxUnpool\(Spatial.rank)d" }

  public init(_ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0) {
    (self.kernelSize, self.stride) = windows(kernelSize, stride)
    self.padding = padding.spatialSizes
  }

  public func forward(_ x: Tensor, _ indices: Tensor) -> Tensor {
    Spatial.pick(maxUnpool1d, maxUnpool2d, maxUnpool3d)(x, indices, kernelSize, stride, padding, nil)
  }
}

/// The maxima of windows of `[N, C, L]`.
public typealias MaxPool1d = MaxPooling<Spatial1d>
/// The maxima of windows of `[N, C, H, W]`.
public typealias MaxPool2d = MaxPooling<Spatial2d>
/// The maxima of windows of `[N, C, D, H, W]`.
public typealias MaxPool3d = MaxPooling<Spatial3d>
/// The means of windows of `[N, C, L]`.
public typealias AvgPool1d = AveragePooling<Spatial1d>
/// The means of windows of `[N, C, H, W]`.
public typealias AvgPool2d = AveragePooling<Spatial2d>
/// The means of windows of `[N, C, D, H, W]`.
public typealias AvgPool3d = AveragePooling<Spatial3d>
/// Means over windows of `[N, C, L]`, as many as asked for.
public typealias AdaptiveAvgPool1d = AdaptiveAveragePooling<Spatial1d>
/// Means over windows of `[N, C, H, W]`, as many as asked for.
public typealias AdaptiveAvgPool2d = AdaptiveAveragePooling<Spatial2d>
/// Means over windows of `[N, C, D, H, W]`, as many as asked for.
public typealias AdaptiveAvgPool3d = AdaptiveAveragePooling<Spatial3d>
/// Maxima over windows of `[N, C, L]`, as many as asked for.
public typealias AdaptiveMaxPool1d = AdaptiveMaxPooling<Spatial1d>
/// Maxima over windows of `[N, C, H, W]`, as many as asked for.
public typealias AdaptiveMaxPool2d = AdaptiveMaxPooling<Spatial2d>
/// Maxima over windows of `[N, C, D, H, W]`, as many as asked for.
public typealias AdaptiveMaxPool3d = AdaptiveMaxPooling<Spatial3d>
/// The p-norms of windows of `[N, C, L]`.
public typealias LPPool1d = NormPooling<Spatial1d>
/// The p-norms of windows of `[N, C, H, W]`.
public typealias LPPool2d = NormPooling<Spatial2d>
/// The p-norms of windows of `[N, C, D, H, W]`.
public typealias LPPool3d = NormPooling<Spatial3d>
/// The inverse of max pooling of `[N, C, L]`.
public typealias MaxUnpool1d = MaxUnpooling<Spatial1d>
/// The inverse of max pooling of `[N, C, H, W]`.
public typealias MaxUnpool2d = MaxUnpooling<Spatial2d>
/// The inverse of max pooling of `[N, C, D, H, W]`.
public typealias MaxUnpool3d = MaxUnpooling<Spatial3d>
