import ApusCore
import ApusFunctional
import ApusNumerics

/// How images are compared by their structure.
private struct StructureOptions {
  var gaussianKernel: Bool
  var sigma: PerDimension<Double>
  var kernelSize: PerDimension<Int>
  var dataRange: DataRange?
  var k1: Double
  var k2: Double

  /// The similarity of each position, and the part of it that tells contrast, without the margin.
  func similarity(
    _ preds: Tensor, _ target: Tensor, _ name: String
  ) throws(TensorError) -> (full: Tensor, contrast: Tensor) {
    let dimensions = preds.rank - 2
    let sizes = try kernelSize.resolved(dimensions, "kernelSize", name)
    let sigmas = try sigma.resolved(dimensions, "sigma", name)
    guard sizes.allSatisfy({ $0 > 0 && $0 % 2 == 1 }) else {
      throw TensorError(.value, name, "kernel sizes are odd and positive, and found \(sizes)")
    }
    guard sigmas.allSatisfy({ $0 > 0 }) else {
      throw TensorError(.value, name, "deviations sigma are positive, and found \(sigmas)")
    }
    let taps = gaussianKernel ? sigmas.map { Int(3.5 * $0 + 0.5) * 2 + 1 } : sizes
    var margins = taps.map { ($0 - 1) / 2 }
    // Of volumes the last dimension is padded by the kernel's size, as in torchmetrics.
    if dimensions == 3 { margins[2] = (sizes[2] - 1) / 2 }
    guard zip(preds.shape.dropFirst(2), margins).allSatisfy({ $0 > $1 }) else {
      throw TensorError(
        .shape, name, "images of \(Array(preds.shape.dropFirst(2))) are too small for a kernel of \(taps)")
    }
    var (x, y) = (preds, target)
    let width: Tensor
    if let dataRange {
      (x, y) = (dataRange.clamped(x), dataRange.clamped(y))
      width = Tensor(dataRange.width, dtype: x.dtype)
    } else {
      width = (x.amax() - x.amin()).maximum(y.amax() - y.amin())
    }
    let (c1, c2) = ((width * k1).square(), (width * k2).square())
    let padding = margins.reversed().flatMap { [$0, $0] }
    (x, y) = (x.pad(padding, mode: .reflect), y.pad(padding, mode: .reflect))
    let channels = x.shape[1]
    let weights =
      gaussianKernel
      ? zip(taps, sigmas).map { gaussian($0, $1, x.dtype) }
      : taps.map { Tensor.full([$0], 1 / Double($0), dtype: x.dtype) }
    let kernel = filter(weights, channels: channels)
    let inputs = cat([x, y, x * x, y * y, x * y])
    let means = dimensions == 3 ? conv3d(inputs, kernel, groups: channels) : conv2d(inputs, kernel, groups: channels)
    let parts = means.split(preds.shape[0])
    let (xx, yy, xy) = (parts[0].square(), parts[1].square(), parts[0] * parts[1])
    let (varX, varY) = ((parts[2] - xx).clamp(min: 0), (parts[3] - yy).clamp(min: 0))
    let upper = 2 * (parts[4] - xy) + c2
    let lower = varX + varY + c2
    let full = (2 * xy + c1) * upper / ((xx + yy + c1) * lower)
    var contrast = upper / lower
    for (i, margin) in margins.enumerated() where margin > 0 { contrast = contrast.slice(i + 2, margin, -margin) }
    return (full, contrast)
  }
}

/// The mean of each image.
private func imageMeans(_ x: Tensor) -> Tensor { x.reshape([x.shape[0], -1]).mean([1]) }

extension Metric {
  fileprivate func requireVolumes(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> (Tensor, Tensor) {
    try requireSameShape(preds, target, name)
    guard preds.rank == 4 || preds.rank == 5 else {
      throw mistake(.shape, "needs images [N, C, H, W] or volumes [N, C, D, H, W], and found \(preds.shape)")
    }
    return (preds.floating, target.to(preds.floating.dtype))
  }
}

/// The structural similarity of images: of luminance, contrast and structure in windows. Can be differentiated.
///
/// Wang and others, 2004: Image quality assessment, from error visibility to structural similarity.
public final class StructuralSimilarityIndexMeasure: ImageValuesMetric, PairMetric {
  private let options: StructureOptions
  private let returnFullImage: Bool
  private let returnContrastSensitivity: Bool
  private let imageReturn = MetricState.list()

  /// - Parameters:
  ///   - gaussianKernel: whether windows are weighted by a normal distribution; else evenly.
  ///   - sigma: its deviation, from which the size of the window follows.
  ///   - kernelSize: the size of even windows.
  ///   - reduction: how the values of images are reduced.
  ///   - dataRange: the range of the values; nil for that of each batch.
  ///   - k1: the constant of the luminance.
  ///   - k2: the constant of the contrast.
  ///   - returnFullImage: whether ``image`` has the similarity of each position.
  ///   - returnContrastSensitivity: whether ``image`` has the contrast of each image.
  public init(
    gaussianKernel: Bool = true, sigma: PerDimension<Double> = 1.5, kernelSize: PerDimension<Int> = 11,
    reduction: MetricReduction = .elementwiseMean, dataRange: DataRange? = nil, k1: Double = 0.01, k2: Double = 0.03,
    returnFullImage: Bool = false, returnContrastSensitivity: Bool = false
  ) {
    options = StructureOptions(
      gaussianKernel: gaussianKernel, sigma: sigma, kernelSize: kernelSize, dataRange: dataRange, k1: k1, k2: k2)
    self.returnFullImage = returnFullImage
    self.returnContrastSensitivity = returnContrastSensitivity
    super.init(reduction)
    expect(
      !(returnFullImage && returnContrastSensitivity), "gives the full image or the contrast, and both were asked for")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds images `[N, C, H, W]` or volumes `[N, C, D, H, W]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      let (x, y) = try requireVolumes(preds, target)
      let (full, contrast) = try options.similarity(x, y, name)
      if returnFullImage {
        imageReturn.append(full)
      } else if returnContrastSensitivity {
        imageReturn.append(imageMeans(contrast))
      }
      add(imageMeans(full))
    }
  }

  /// The similarity of each position, or the contrast of each image; nil unless one was asked for.
  public var image: Tensor? { imageReturn.isEmpty ? nil : imageReturn.value }

  public var erasedValue: MetricValue {
    image.map { .list([.tensor(compute()), .tensor($0)]) } ?? .tensor(compute())
  }
}

/// The structural similarity at several scales, the product of powers. Can be differentiated.
///
/// Wang, Simoncelli and Bovik, 2003: Multi-scale structural similarity for image quality assessment.
public final class MultiScaleStructuralSimilarityIndexMeasure: ImageValuesMetric, PairMetric {
  /// What keeps the similarities from being negative.
  public enum Normalization: String, Sendable, Hashable, NamedChoice {
    /// Negative ones count as 0; they are moved to between 0 and 1.
    case relu, simple
  }

  private let options: StructureOptions
  private let betas: [Double]
  private let normalize: Normalization?

  /// - Parameters:
  ///   - gaussianKernel: whether windows are weighted by a normal distribution; else evenly.
  ///   - kernelSize: the size of even windows.
  ///   - sigma: the deviation of the distribution.
  ///   - reduction: how the values of images are reduced.
  ///   - dataRange: the range of the values; nil for that of each batch.
  ///   - k1: the constant of the luminance.
  ///   - k2: the constant of the contrast.
  ///   - betas: the powers of the scales, the finest first.
  ///   - normalize: what keeps the similarities from being negative.
  public init(
    gaussianKernel: Bool = true, kernelSize: PerDimension<Int> = 11, sigma: PerDimension<Double> = 1.5,
    reduction: MetricReduction = .elementwiseMean, dataRange: DataRange? = nil, k1: Double = 0.01, k2: Double = 0.03,
    betas: [Double] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333], normalize: Normalization? = .relu
  ) {
    options = StructureOptions(
      gaussianKernel: gaussianKernel, sigma: sigma, kernelSize: kernelSize, dataRange: dataRange, k1: k1, k2: k2)
    self.betas = betas.isEmpty ? [1] : betas
    self.normalize = normalize
    super.init(reduction)
    expect(!betas.isEmpty, "needs the power of at least one scale, and found none")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds images `[N, C, H, W]` or volumes `[N, C, D, H, W]`, large enough to be halved for each scale after the first.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      var (x, y) = try requireVolumes(preds, target)
      let sizes = try options.kernelSize.resolved(x.rank - 2, "kernelSize", name)
      let (height, width) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
      let halvings = max(1, betas.count - 1) * max(1, betas.count - 1)
      guard min(height, width) >= 1 << betas.count, height / halvings > sizes[0] - 1, width / halvings > sizes[1] - 1
      else {
        throw mistake(
          .shape,
          "images of \(height) x \(width) are too small for \(betas.count) scales and a kernel of \(sizes); take larger "
            + "ones, fewer betas or a smaller kernel")
      }
      var scales: [Tensor] = []
      for i in betas.indices {
        let (full, contrast) = try options.similarity(x, y, name)
        let value = imageMeans(i == betas.count - 1 ? full : contrast)
        scales.append(normalize == .relu ? value.relu() : value)
        if i == betas.count - 1 { break }
        (x, y) = x.rank == 5 ? (avgPool3d(x, 2), avgPool3d(y, 2)) : (avgPool2d(x, 2), avgPool2d(y, 2))
      }
      var values = stack(scales, dim: 0)
      if normalize == .simple { values = (values + 1) / 2 }
      let powers = Tensor(betas, shape: [betas.count, 1], dtype: values.dtype)
      add(values.pow(powers).prod(0))
    }
  }
}
