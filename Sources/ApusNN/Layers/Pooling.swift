import ApusCore
import ApusFunctional

// Pooling layers.

/// The maxima of windows.
public final class MaxPooling<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let dilation: [Int]
  public let ceilMode: Bool
  public let returnIndices: Bool
  public static var typeName: String { "MaxPool\(Spatial.rank)d" }

  /// Windows of `kernelSize`, `stride` apart (that of the window unless given), with `padding` (0) elements of -∞
  /// around; elements of a window are `dilation` (1) apart. `ceilMode` lets windows begin inside and end outside. The places
  /// of the maxima come with `let (output, indices) = pool(x)`, whatever `returnIndices` is.
  public init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize, each Dilation: SpatialSize>(
    kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
    dilation: (repeat each Dilation) = (), returnIndices: Bool = false, ceilMode: Bool = false
  ) {
    self.kernelSize = sizes(repeat each kernelSize) ?? []
    self.stride = sizes(repeat each stride) ?? self.kernelSize
    self.padding = sizes(repeat each padding) ?? [0]
    self.dilation = sizes(repeat each dilation) ?? [1]
    self.ceilMode = ceilMode
    self.returnIndices = returnIndices
  }

  public func forward(_ x: Tensor) -> Tensor {
    maxPool(Spatial.rank, x, kernelSize, stride, padding, dilation, ceilMode, returnsIndices: false).output
  }

  /// The maxima, and their places (int64) among the elements of each channel.
  public func forwardWithIndices(_ x: Tensor) -> (output: Tensor, indices: Tensor) {
    maxPool(Spatial.rank, x, kernelSize, stride, padding, dilation, ceilMode, returnsIndices: true)
  }

  /// ``forwardWithIndices(_:)`` with hooks and module path.
  @_disfavoredOverload
  public func callAsFunction(_ x: Tensor) -> (output: Tensor, indices: Tensor) {
    callModule(self, x, forward: forwardWithIndices)
  }

  public var extraRepresentation: String {
    "kernel_size=\(python(kernelSize)), stride=\(python(stride)), padding=\(python(padding)), "
      + "dilation=\(python(dilation)), ceil_mode=\(python(ceilMode))"
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
  public init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
    ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    if Spatial.rank == 1, divisorOverride != nil {
      report(TensorError(.unsupported, Self.typeName, "has no divisorOverride; divide the result, or use AvgPool2d"))
    }
    self.kernelSize = sizes(repeat each kernelSize) ?? []
    self.stride = sizes(repeat each stride) ?? self.kernelSize
    self.padding = sizes(repeat each padding) ?? [0]
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
    self.divisorOverride = divisorOverride
  }

  public func forward(_ x: Tensor) -> Tensor {
    averagePool(Spatial.rank, x, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride)
  }

  public var extraRepresentation: String {
    // PyTorch keeps the numbers of one dimension as tuples.
    let text: ([Int]) -> String = Spatial.rank == 1 ? { pythonTuple($0) } : { python($0) }
    return "kernel_size=\(text(kernelSize)), stride=\(text(stride)), padding=\(text(padding))"
  }
}

/// What makes as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public class AdaptivePooling<Spatial: SpatialRank>: Layer, @unchecked Sendable {
  public let state = ModuleState()
  public let outputSize: [Int]
  private let pool: @Sendable (Tensor, [Int]) -> Tensor
  public class var typeName: String { "AdaptivePool\(Spatial.rank)d" }

  init(_ outputSize: [Int], _ pool: @escaping @Sendable (Tensor, [Int]) -> Tensor) {
    self.outputSize = outputSize
    self.pool = pool
  }

  public func forward(_ x: Tensor) -> Tensor { pool(x, outputSize) }

  public var extraRepresentation: String { "output_size=\(python(outputSize))" }
}

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveAveragePooling<Spatial: SpatialRank>: AdaptivePooling<Spatial>, @unchecked Sendable {
  public override class var typeName: String { "AdaptiveAvgPool\(Spatial.rank)d" }

  /// `outputSize` is a number for all dimensions or a tuple.
  public init<each Size: SpatialSize>(outputSize: (repeat each Size)) {
    super.init(sizes(repeat each outputSize) ?? []) { adaptiveAveragePool(Spatial.rank, $0, $1) }
  }
}

/// Maxima over as many windows of about equal size as `outputSize` says; -1 keeps the input's size.
public final class AdaptiveMaxPooling<Spatial: SpatialRank>: AdaptivePooling<Spatial>, @unchecked Sendable {
  public override class var typeName: String { "AdaptiveMaxPool\(Spatial.rank)d" }

  public let returnIndices: Bool

  /// `outputSize` is a number for all dimensions or a tuple. The places of the maxima come with
  /// `let (output, indices) = pool(x)`, whatever `returnIndices` is.
  public init<each Size: SpatialSize>(outputSize: (repeat each Size), returnIndices: Bool = false) {
    self.returnIndices = returnIndices
    super.init(sizes(repeat each outputSize) ?? []) { adaptiveMaximumPool(Spatial.rank, $0, $1).output }
  }

  /// The maxima, and their places (int64) among the elements of each channel.
  public func forwardWithIndices(_ x: Tensor) -> (output: Tensor, indices: Tensor) {
    adaptiveMaximumPool(Spatial.rank, x, outputSize)
  }

  /// ``forwardWithIndices(_:)`` with hooks and module path.
  @_disfavoredOverload
  public func callAsFunction(_ x: Tensor) -> (output: Tensor, indices: Tensor) {
    callModule(self, x, forward: forwardWithIndices)
  }
}

/// The p-norms of windows: `(sum of x^p)^(1/p)`.
public final class NormPooling<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  public let normType: Double
  public let kernelSize: [Int]
  /// Nil: that of the windows' sizes.
  public let stride: [Int]?
  public let ceilMode: Bool
  public static var typeName: String { "LPPool\(Spatial.rank)d" }

  /// The `normType`-norms of windows of `kernelSize`, `stride` apart (that of the window unless given).
  public init<each Kernel: SpatialSize, each Stride: SpatialSize>(
    normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), ceilMode: Bool = false
  ) {
    self.normType = normType
    self.kernelSize = sizes(repeat each kernelSize) ?? []
    self.stride = sizes(repeat each stride)
    self.ceilMode = ceilMode
  }

  public func forward(_ x: Tensor) -> Tensor {
    lpPool(Spatial.rank, x, normType, kernelSize, stride, ceilMode)
  }

  public var extraRepresentation: String {
    "norm_type=\(normType), kernel_size=\(python(kernelSize)), stride=\(python(stride)), ceil_mode=\(python(ceilMode))"
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

  /// The sizes of the pooling that is undone: `kernelSize`, `stride` (that of the window unless given), `padding`
  /// (0).
  public init<each Kernel: SpatialSize, each Stride: SpatialSize, each Margin: SpatialSize>(
    kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Margin) = ()
  ) {
    self.kernelSize = Spatial.each(sizes(repeat each kernelSize) ?? [])
    self.stride = sizes(repeat each stride).map(Spatial.each) ?? self.kernelSize
    self.padding = Spatial.each(sizes(repeat each padding) ?? [0])
  }

  public func forward(_ x: Tensor, _ indices: Tensor) -> Tensor {
    maxUnpool(Spatial.rank, x, indices, kernelSize, stride, padding, nil)
  }

  /// The same with the sizes of the result, where several would fit.
  public func callAsFunction(_ x: Tensor, _ indices: Tensor, outputSize: [Int]?) -> Tensor {
    callModule(self, x, indices) { maxUnpool(Spatial.rank, $0, $1, kernelSize, stride, padding, outputSize) }
  }

  public var extraRepresentation: String {
    "kernel_size=\(pythonTuple(kernelSize)), stride=\(pythonTuple(stride)), padding=\(pythonTuple(padding))"
  }
}

/// The maxima of windows whose distances vary at random (Graham, 2014).
public final class FractionalMaxPooling<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  public let kernelSize: [Int]
  public let outputSize: [Int]?
  public let outputRatio: [Double]?
  public let returnIndices: Bool
  /// Numbers from 0 to 1, `[N, C]` and the number of dimensions, or nil where each call draws some.
  public let randomSamples: Tensor?
  public static var typeName: String { "FractionalMaxPool\(Spatial.rank)d" }
  public static var stateNames: [String: String] { ["randomSamples": "_random_samples"] }

  /// Windows of `kernelSize`, as many as `outputSize` says, or `outputRatio`, the share of the input's size, from 0 to 1. The
  /// places of the maxima come with `let (output, indices) = pool(x)`, whatever `returnIndices` is.
  public init<each Kernel: SpatialSize, each Size: SpatialSize>(
    kernelSize: (repeat each Kernel), outputSize: (repeat each Size) = (), outputRatio: [Double]? = nil,
    returnIndices: Bool = false, randomSamples: Tensor? = nil
  ) {
    let outputSize = sizes(repeat each outputSize)
    self.kernelSize = Spatial.each(sizes(repeat each kernelSize) ?? [])
    self.outputSize = outputSize.map(Spatial.each)
    self.outputRatio = outputRatio.map { $0.count == 1 ? [Double](repeating: $0[0], count: Spatial.rank) : $0 }
    self.returnIndices = returnIndices
    self.randomSamples = randomSamples.map { buffer($0) }
    if (outputSize == nil) == (outputRatio == nil) {
      report(TensorError(.value, Self.typeName, "needs either an outputSize or an outputRatio"))
    }
    if let outputRatio, !outputRatio.allSatisfy({ $0 > 0 && $0 < 1 }) {
      report(TensorError(.value, Self.typeName, "outputRatio must lie between 0 and 1, and found \(outputRatio)"))
    }
  }

  public func forward(_ x: Tensor) -> Tensor { forwardWithIndices(x).output }

  /// The maxima, and their places (int64) among the elements of each channel.
  public func forwardWithIndices(_ x: Tensor) -> (output: Tensor, indices: Tensor) {
    fractionalMaxPool(Spatial.rank, x, kernelSize, outputSize, outputRatio, randomSamples?.detach(), .default)
  }

  /// ``forwardWithIndices(_:)`` with hooks and module path.
  @_disfavoredOverload
  public func callAsFunction(_ x: Tensor) -> (output: Tensor, indices: Tensor) {
    callModule(self, x, forward: forwardWithIndices)
  }
}

/// The maxima of windows of `[N, C, H, W]` whose distances vary at random.
public typealias FractionalMaxPool2d = FractionalMaxPooling<Spatial2d>
/// The maxima of windows of `[N, C, D, H, W]` whose distances vary at random.
public typealias FractionalMaxPool3d = FractionalMaxPooling<Spatial3d>
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
