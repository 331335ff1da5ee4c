import ApusCore
import ApusFunctional
import ApusNumerics

// Quality of fused and restored images: correlation, information, distortion.

/// The universal image quality index of each position, without the margin: `[N, C, H', W']`.
func qualityIndex(
  _ preds: Tensor, _ target: Tensor, kernelSize: [Int] = [11, 11], sigma: [Double] = [1.5, 1.5]
) -> Tensor {
  // Differences of means of squares lose digits.
  let (dtype, channels) = (preds.floating.dtype, preds.shape[1])
  let margins = kernelSize.map { ($0 - 1) / 2 }
  let padding = [margins[0], margins[0], margins[1], margins[1]]
  let x = preds.to(.float64).pad(padding, mode: .reflect)
  let y = target.to(.float64).pad(padding, mode: .reflect)
  let kernel = filter(zip(kernelSize, sigma).map { gaussian($0, $1, .float64) }, channels: channels)
  let parts = conv2d(cat([x, y, x * x, y * y, x * y]), kernel, groups: channels).split(preds.shape[0])
  let (xx, yy, xy) = (parts[0].square(), parts[1].square(), parts[0] * parts[1])
  let (varX, varY) = ((parts[2] - xx).clamp(min: 0), (parts[3] - yy).clamp(min: 0))
  let eps = dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
  var index = 2 * xy * (2 * (parts[4] - xy)) / ((xx + yy) * (varX + varY) + eps)
  if margins[0] > 0 { index = index.slice(2, margins[0], -margins[0]) }
  if margins[1] > 0 { index = index.slice(3, margins[1], -margins[1]) }
  return index.to(dtype)
}

/// The universal image quality index: correlation, luminance and contrast in windows.
///
/// Wang and Bovik, 2002: A universal image quality index.
public final class UniversalImageQualityIndex: Metric, PairMetric {
  private let kernelSize: [Int]
  private let sigma: [Double]
  private let reduction: MetricReduction
  private let sumUqi: MetricState
  private let numel = MetricState(0)

  /// - Parameters:
  ///   - kernelSize: the size of the windows, height and width.
  ///   - sigma: the deviations of their weights.
  ///   - reduction: how the values of positions are reduced.
  public init(
    kernelSize: [Int] = [11, 11], sigma: [Double] = [1.5, 1.5], reduction: MetricReduction = .elementwiseMean
  ) {
    let isRight =
      kernelSize.count == 2 && sigma.count == 2 && kernelSize.allSatisfy { $0 > 0 && $0 % 2 == 1 }
      && sigma.allSatisfy { $0 > 0 }
    self.kernelSize = isRight ? kernelSize : [11, 11]
    self.sigma = isRight ? sigma : [1.5, 1.5]
    self.reduction = reduction
    sumUqi = reduction == .none ? .list() : MetricState(0)
    super.init()
    expect(isRight, "needs two odd kernel sizes and two positive deviations, and found \(kernelSize) and \(sigma)")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds images `[N, C, H, W]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireImages(preds, target, name)
      guard zip(preds.shape.dropFirst(2), kernelSize).allSatisfy({ $0 >= $1 }) else {
        throw mistake(.shape, "windows of \(kernelSize) need larger images, and found \(preds.shape)")
      }
      let index = qualityIndex(preds, target, kernelSize: kernelSize, sigma: sigma)
      if reduction == .none { sumUqi.append(index) } else { sumUqi.add(index.sum()) }
      let sizes = zip(preds.shape.dropFirst(2), kernelSize).map { $0 - $1 + 1 }
      numel.add(preds.shape[0] * preds.shape[1] * sizes[0] * sizes[1])
    }
  }

  public func compute() -> Tensor {
    reduction == .none || reduction == .sum ? sumUqi.value : sumUqi.value / numel.value
  }
}

/// The correlation of the fine details of images, in windows.
///
/// Zhou, Civco and Silander, 1998: A wavelet transform method to merge Landsat TM and SPOT panchromatic data.
public final class SpatialCorrelationCoefficient: Metric, PairMetric {
  private let highPassFilter: Tensor
  private let windowSize: Int
  private let sccScore = MetricState(0)
  private let total = MetricState(0)

  /// - Parameters:
  ///   - highPassFilter: what leaves fine details, `[h, w]`; nil for the Laplacian.
  ///   - windowSize: the size of the windows.
  public init(highPassFilter: Tensor? = nil, windowSize: Int = 8) {
    self.highPassFilter =
      (highPassFilter ?? Tensor([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]])).to(.float64)
    self.windowSize = max(1, windowSize)
    super.init()
    expect(windowSize >= 1, "needs windows of 1 or more, and found \(windowSize)")
    expect(self.highPassFilter.rank == 2, "needs a filter [h, w], and found \(self.highPassFilter.shape)")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds images `[N, C, H, W]` or gray ones `[N, H, W]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard preds.rank == 3 || preds.rank == 4 else {
        throw mistake(.shape, "needs images [N, C, H, W] or [N, H, W], and found \(preds.shape)")
      }
      let (height, width) = (preds.shape[preds.rank - 2], preds.shape[preds.rank - 1])
      guard windowSize <= min(height, width) else {
        throw mistake(.shape, "windows of \(windowSize) need larger images, and found \(preds.shape)")
      }
      // Every channel is an image of its own.
      let shape = [-1, 1, height, width]
      let (x, y) = (details(preds.to(.float64).reshape(shape)), details(target.to(.float64).reshape(shape)))
      let window = Tensor.full([1, 1, windowSize, windowSize], 1 / Double(windowSize * windowSize), dtype: .float64)
      let (before, after) = (windowSize / 2, (windowSize - 1) / 2)
      func mean(_ x: Tensor) -> Tensor { conv2d(x.constantPadNd([before, after, before, after]), window) }
      let (mx, my) = (mean(x), mean(y))
      let varX = (mean(x.square()) - mx.square()).clamp(min: 0)
      let varY = (mean(y.square()) - my.square()).clamp(min: 0)
      let scale = varX.sqrt() * varY.sqrt()
      // What is 0 but for rounding in single precision is 0 there.
      let correlation = `where`(scale.le(1e-12), zerosLike(scale), (mean(x * y) - mx * my) / scale)
      sccScore.add((correlation.mean() * preds.shape[0]).to(.float32))
      total.add(preds.shape[0])
    }
  }

  /// Twice the convolution with the filter, of images mirrored at their border.
  private func details(_ x: Tensor) -> Tensor {
    let (h, w) = (highPassFilter.shape[0], highPassFilter.shape[1])
    func mirrored(_ x: Tensor, _ dim: Int, _ before: Int, _ after: Int) -> Tensor {
      let n = x.shape[dim]
      var parts = [x]
      if before > 0 { parts.insert(x.narrow(dim, 0, min(n, before)).flip([dim]), at: 0) }
      if after > 0 { parts.append(x.narrow(dim, max(0, n - after), min(n, after)).flip([dim])) }
      return cat(parts, dim: dim)
    }
    let padded = mirrored(mirrored(x, 3, (w - 1) / 2, w / 2), 2, (h - 1) / 2, h / 2)
    return 2 * conv2d(padded, highPassFilter.flip([0, 1]).reshape([1, 1, h, w]))
  }

  public func compute() -> Tensor { sccScore.value / total.value }
}

/// The visual information fidelity: what an image tells of its original, over what that tells itself.
///
/// Sheikh and Bovik, 2006: Image information and visual quality; in the form of pixels.
public final class VisualInformationFidelity: ImageValuesMetric, PairMetric {
  private let sigmaNSq: Double

  /// - Parameters:
  ///   - sigmaNSq: the variance of the noise of seeing.
  ///   - reduction: how the values of images are reduced.
  public init(sigmaNSq: Double = 2, reduction: MetricReduction = .mean) {
    self.sigmaNSq = sigmaNSq
    super.init(reduction)
    expect(sigmaNSq >= 0, "needs a variance of 0 or more, and found \(sigmaNSq)")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds images `[N, C, H, W]` of at least 41 x 41.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard preds.rank == 4, min(preds.shape[2], preds.shape[3]) >= 41 else {
        throw mistake(.shape, "needs images [N, C, H, W] of at least 41 x 41, and found \(preds.shape)")
      }
      let (n, c) = (preds.shape[0], preds.shape[1])
      let shape = [n * c, 1] + Array(preds.shape.dropFirst(2))
      let values = fidelity(preds.to(.float64).reshape(shape), target.to(.float64).reshape(shape))
      add(values.reshape([n, c]).mean([1]).to(preds.floating.dtype))
    }
  }

  private func fidelity(_ preds: Tensor, _ target: Tensor) -> Tensor {
    let eps = 1e-10
    var (x, y) = (preds, target)
    var (told, known) = (Tensor.zeros([x.shape[0]], dtype: .float64), Tensor.zeros([x.shape[0]], dtype: .float64))
    for scale in 0..<4 {
      let n = 1 << (4 - scale) + 1
      let weights = gaussian(n, Double(n) / 5, .float64)
      let kernel = filter([weights, weights], channels: 1)
      func mean(_ x: Tensor) -> Tensor { conv2d(x, kernel) }
      if scale > 0 {
        (x, y) = (
          mean(x).slice(2, nil, nil, 2).slice(3, nil, nil, 2), mean(y).slice(2, nil, nil, 2).slice(3, nil, nil, 2)
        )
      }
      let (mx, my) = (mean(x), mean(y))
      var varY = (mean(y.square()) - my.square()).clamp(min: 0)
      let varX = (mean(x.square()) - mx.square()).clamp(min: 0)
      let covariance = mean(x * y) - mx * my
      var gain = covariance / (varY + eps)
      var rest = varX - gain * covariance
      let (isFlatY, isFlatX) = (varY.lt(eps), varX.lt(eps))
      gain = gain.maskedFill(isFlatY, 0)
      rest = `where`(isFlatY, varX, rest)
      varY = varY.maskedFill(isFlatY, 0)
      gain = gain.maskedFill(isFlatX, 0)
      rest = rest.maskedFill(isFlatX, 0)
      rest = `where`(gain.lt(0), varX, rest).clamp(min: eps)
      gain = gain.clamp(min: 0)
      told = told + (1 + gain.square() * varY / (rest + sigmaNSq)).log10().sum([1, 2, 3])
      known = known + (1 + varY / sigmaNSq).log10().sum([1, 2, 3])
    }
    return told / known
  }
}

/// How much the quality indices between bands differ from those of a reference: `[N, C, H, W]` each.
private func spectralDistortion(_ preds: Tensor, _ target: Tensor, _ p: Int) -> Tensor {
  let bands = preds.shape[1]
  func indices(_ x: Tensor) -> [Tensor] {
    (0..<bands).flatMap { i in
      (i + 1..<max(i + 1, bands)).map { qualityIndex(x.narrow(1, i, 1), x.narrow(1, $0, 1)).mean() }
    }
  }
  if bands == 1 { return Tensor.zeros([1, 1], dtype: preds.dtype) }
  // Each pair counts twice.
  let differences = zip(indices(target), indices(preds)).map { ($0 - $1).abs().pow(p) }
  let sum = 2 * stack(differences, dim: 0).sum()
  return (sum / Double(bands * (bands - 1))).pow(1 / Double(p))
}

/// The spectral distortion of fused images: how the relations between bands have changed.
public final class SpectralDistortionIndex: Metric, PairMetric {
  private let p: Int
  private let reduction: MetricReduction
  private let preds = MetricState.list()
  private let target = MetricState.list()

  /// - Parameters:
  ///   - p: the power of the differences.
  ///   - reduction: how the value of a single band is reduced.
  public init(p: Int = 1, reduction: MetricReduction = .elementwiseMean) {
    self.p = max(1, p)
    self.reduction = reduction
    super.init()
    expect(p >= 1, "needs a power of 1 or more, and found \(p)")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds fused images and those of low resolution, `[N, C, H, W]` with as many bands; sizes may differ.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireBands(preds, target)
      self.preds.append(preds)
      self.target.append(target)
    }
  }

  public func compute() -> Tensor {
    let (preds, target) = (preds.value, target.value)
    return preds.failed ?? target.failed ?? reduction(spectralDistortion(preds, target, p))
  }
}

extension Metric {
  fileprivate func requireBands(_ preds: Tensor, _ target: Tensor) throws(TensorError) {
    guard preds.rank == 4, target.rank == 4, preds.shape.prefix(2) == target.shape.prefix(2) else {
      throw mistake(
        .shape, "needs images [N, C, H, W] with as many bands, and found \(preds.shape) and \(target.shape)")
    }
    guard preds.dtype == target.dtype else {
      throw mistake(.dtype, "needs images of one type, and found \(preds.dtype) and \(target.dtype)")
    }
    guard min(preds.shape[2], preds.shape[3], target.shape[2], target.shape[3]) >= 11 else {
      throw mistake(.shape, "needs images of at least 11 x 11, and found \(preds.shape) and \(target.shape)")
    }
  }
}

/// A metric of fused images `preds`, `[N, C, H, W]`, against the multispectral ones of low resolution `ms`, the panchromatic ones
/// of high resolution `pan`, `[N, C, H, W]`, and these in low resolution, `panLr`, if they are given.
public protocol FusionMetric: ComputedMetric {
  /// Adds a batch.
  func update(_ preds: Tensor, ms: Tensor, pan: Tensor, panLr: Tensor?)
}

extension FusionMetric {
  /// Adds a batch and gives its value alone.
  @discardableResult
  public func callAsFunction(_ preds: Tensor, ms: Tensor, pan: Tensor, panLr: Tensor? = nil) -> Value {
    forward { update(preds, ms: ms, pan: pan, panLr: panLr) }
  }
}

/// What the metrics of fused images share.
public class FusedImageMetric: Metric {
  fileprivate let normOrder: Int
  fileprivate let windowSize: Int
  fileprivate let reduction: MetricReduction
  fileprivate let preds = MetricState.list()
  fileprivate let ms = MetricState.list()
  private let pan = MetricState.list()
  private let panLr = MetricState.list()

  fileprivate init(_ normOrder: Int, _ windowSize: Int, _ reduction: MetricReduction) {
    self.normOrder = max(1, normOrder)
    self.windowSize = max(1, windowSize)
    self.reduction = reduction
    super.init()
    expect(normOrder >= 1, "needs a norm order of 1 or more, and found \(normOrder)")
    expect(windowSize >= 1, "needs a window of 1 or more, and found \(windowSize)")
  }

  /// Adds a batch; sizes of `preds` are multiples of those of `ms`.
  public func update(_ preds: Tensor, ms: Tensor, pan: Tensor, panLr: Tensor? = nil) {
    updating(preds, ms, pan, panLr) { () throws(TensorError) in
      try requireBands(preds, ms)
      try requireSameShape(preds, pan, name)
      guard preds.shape[2] % ms.shape[2] == 0, preds.shape[3] % ms.shape[3] == 0 else {
        throw mistake(.shape, "sizes must be multiples of those of ms, and found \(preds.shape) and \(ms.shape)")
      }
      guard panLr == nil || panLr?.shape == ms.shape else {
        throw mistake(.shape, "panLr has the shape of ms, and found \(panLr?.shape ?? []) and \(ms.shape)")
      }
      guard windowSize < min(ms.shape[2], ms.shape[3]) else {
        throw mistake(.shape, "the window, \(windowSize), must be smaller than ms, and found \(ms.shape)")
      }
      self.preds.append(preds)
      self.ms.append(ms)
      self.pan.append(pan)
      if let panLr { self.panLr.append(panLr) }
    }
  }

  /// How the relations between bands and the panchromatic image have changed.
  fileprivate var spatialDistortion: Tensor {
    let (preds, ms, pan) = (preds.value, ms.value, pan.value)
    if let failed = preds.failed { return failed }
    let degraded =
      panLr.isEmpty
      ? interpolate(
        uniformFilter(pan, windowSize), size: (ms.shape[2], ms.shape[3]), mode: .bilinear, alignCorners: false)
      : panLr.value
    let differences = (0..<preds.shape[1]).map { i in
      let low = qualityIndex(ms.narrow(1, i, 1), degraded.narrow(1, i, 1)).mean()
      return (low - qualityIndex(preds.narrow(1, i, 1), pan.narrow(1, i, 1)).mean()).abs().pow(normOrder)
    }
    return reduction(stack(differences, dim: 0)).pow(1 / Double(normOrder))
  }
}

/// The spatial distortion of fused images: how the relations between bands and the panchromatic image have changed.
public final class SpatialDistortionIndex: FusedImageMetric, FusionMetric {
  /// - Parameters:
  ///   - normOrder: the power of the differences.
  ///   - windowSize: of the filter that makes the panchromatic image one of low resolution.
  ///   - reduction: how the values of bands are reduced.
  public init(normOrder: Int = 1, windowSize: Int = 7, reduction: MetricReduction = .elementwiseMean) {
    super.init(normOrder, windowSize, reduction)
  }

  public override var higherIsBetter: Bool? { false }
  public func compute() -> Tensor { spatialDistortion }
}

/// Quality with no reference: `(1 - spectral distortion)^alpha (1 - spatial distortion)^beta`.
public final class QualityWithNoReference: FusedImageMetric, FusionMetric {
  private let alpha: Double
  private let beta: Double

  /// - Parameters:
  ///   - alpha: the power of the spectral part.
  ///   - beta: the power of the spatial part.
  ///   - normOrder: the power of the differences.
  ///   - windowSize: of the filter that makes the panchromatic image one of low resolution.
  ///   - reduction: how the values of bands are reduced.
  public init(
    alpha: Double = 1, beta: Double = 1, normOrder: Int = 1, windowSize: Int = 7,
    reduction: MetricReduction = .elementwiseMean
  ) {
    self.alpha = alpha
    self.beta = beta
    super.init(normOrder, windowSize, reduction)
    expect(alpha >= 0 && beta >= 0, "needs powers of 0 or more, and found \(alpha) and \(beta)")
  }

  public override var higherIsBetter: Bool? { true }

  public func compute() -> Tensor {
    let (preds, ms) = (preds.value, ms.value)
    if let failed = preds.failed { return failed }
    let spectral = reduction(spectralDistortion(preds, ms, normOrder))
    return (1 - spectral).pow(alpha) * (1 - spatialDistortion).pow(beta)
  }
}
