import ApusCore
import ApusFunctional

/// Another size, torchvision's `Resize`.
///
///     Resize(256)                                    // the shorter side
///     Resize([224, 224], interpolation: .bicubic)
public struct Resize: Transform {
  let kernel: ResizeKernel

  /// - Parameters:
  ///   - size: height and width, or the length of the shorter side.
  ///   - interpolation: masks take the nearest pixel whatever it is.
  ///   - maxSize: the most that the longer side may have, where `size` is one number.
  ///   - antialias: whether a smaller picture averages what its pixels cover.
  public init<each Size: SpatialSize>(
    _ size: (repeat each Size), interpolation: ImageInterpolation = .bilinear, maxSize: Int? = nil,
    antialias: Bool = true
  ) {
    self.init(
      size: sizes(repeat each size), interpolation: interpolation, maxSize: maxSize, antialias: antialias)
  }

  /// ``init(_:interpolation:maxSize:antialias:)``; without a size the longer side becomes `maxSize`.
  public init(
    size: [Int]?, interpolation: ImageInterpolation = .bilinear, maxSize: Int? = nil, antialias: Bool = true
  ) {
    if size == nil ? maxSize == nil : !(1...2).contains(size?.count ?? 0) {
      report(
        TensorError(
          .value, "Resize",
          "size can be an integer, a sequence of one or two integers, or nil with a maxSize, and found \(size ?? [])"))
    }
    kernel = ResizeKernel(size: size, maxSize: maxSize, interpolation: interpolation, antialias: antialias)
  }

  /// ``init(_:interpolation:maxSize:antialias:)`` with a label.
  public init(
    size: Int, interpolation: ImageInterpolation = .bilinear, maxSize: Int? = nil, antialias: Bool = true
  ) {
    self.init(size: [size], interpolation: interpolation, maxSize: maxSize, antialias: antialias)
  }

  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, kernel)
  }
  public var extraRepresentation: String {
    settings(
      ("size", kernel.size.map(pythonList)), ("interpolation", kernel.interpolation.rawValue),
      ("max_size", kernel.maxSize.map { "\($0)" }), ("antialias", python(kernel.antialias)))
  }
}

/// A part of random size and shape, in the size that is asked for, torchvision's `RandomResizedCrop`.
public struct RandomResizedCrop: Transform {
  public let size: [Int]
  public let scale: (Double, Double)
  public let ratio: (Double, Double)
  public let interpolation: ImageInterpolation
  public let antialias: Bool

  /// - Parameters:
  ///   - size: height and width, or one number for both.
  ///   - scale: the least and the largest part of the picture's area.
  ///   - ratio: the least and the largest width over height.
  public init<each Size: SpatialSize>(
    _ size: (repeat each Size), scale: (Double, Double) = (0.08, 1), ratio: (Double, Double) = (3.0 / 4, 4.0 / 3),
    interpolation: ImageInterpolation = .bilinear, antialias: Bool = true
  ) {
    self.size = settledSize(sizes(repeat each size), "RandomResizedCrop")
    self.scale = scale
    self.ratio = ratio
    self.interpolation = interpolation
    self.antialias = antialias
    warnUnlessRising(scale, ratio, in: "RandomResizedCrop")
  }

  /// ``init(_:scale:ratio:interpolation:antialias:)`` with a label.
  public init(
    size: some SpatialSize, scale: (Double, Double) = (0.08, 1), ratio: (Double, Double) = (3.0 / 4, 4.0 / 3),
    interpolation: ImageInterpolation = .bilinear, antialias: Bool = true
  ) {
    self.init(size.spatialSizes, scale: scale, ratio: ratio, interpolation: interpolation, antialias: antialias)
  }

  /// A part of a picture: top, left, height and width.
  public struct Params: Sendable {
    let crop: Crop
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    let (height, width) = try inputs.size("RandomResizedCrop")
    let area = Double(height * width)
    for _ in 0..<10 {
      let target = area * Draws.uniform(scale.0, scale.1)
      let shape = Draws.ratio(ratio.0, ratio.1)
      let w = whole((target * shape).squareRoot().rounded(.toNearestOrEven))
      let h = whole((target / shape).squareRoot().rounded(.toNearestOrEven))
      if w > 0, w <= width, h > 0, h <= height {
        let top = Draws.integer(0, height - h + 1)
        return Params(crop: Crop(top: top, left: Draws.integer(0, width - w + 1), height: h, width: w))
      }
    }
    // The middle of the picture.
    var (h, w) = (height, width)
    let shape = Double(width) / Double(height)
    let (least, most) = (min(ratio.0, ratio.1), max(ratio.0, ratio.1))
    if shape < least {
      h = whole((Double(w) / least).rounded(.toNearestOrEven))
    } else if shape > most {
      w = whole((Double(h) * most).rounded(.toNearestOrEven))
    }
    return Params(crop: Crop(top: (height - h) / 2, left: (width - w) / 2, height: h, width: w))
  }

  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(
      input,
      ResizedCrop(
        crop: params.crop,
        resize: ResizeKernel(size: size, maxSize: nil, interpolation: interpolation, antialias: antialias)))
  }
  public var extraRepresentation: String {
    settings(
      ("size", pythonTuple(size)), ("scale", pythonTuple([scale.0, scale.1])),
      ("ratio", pythonTuple([ratio.0, ratio.1])), ("interpolation", interpolation.rawValue),
      ("antialias", python(antialias)))
  }
}

/// A size that was drawn.
public struct SizeParams: Sendable {
  let size: [Int]
}

/// A random size around one, torchvision's `ScaleJitter`.
public struct ScaleJitter: Transform {
  public let targetSize: (Int, Int)
  public let scaleRange: (Double, Double)
  public let interpolation: ImageInterpolation
  public let antialias: Bool

  /// - Parameters:
  ///   - targetSize: the size that a scale of 1 fits the picture into.
  ///   - scaleRange: the least and the largest scale.
  public init(
    targetSize: (Int, Int), scaleRange: (Double, Double) = (0.1, 2), interpolation: ImageInterpolation = .bilinear,
    antialias: Bool = true
  ) {
    self.targetSize = targetSize
    self.scaleRange = scaleRange
    self.interpolation = interpolation
    self.antialias = antialias
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> SizeParams {
    let (height, width) = try inputs.size("ScaleJitter")
    let scale = Float(scaleRange.0) + Draws.uniform() * Float(scaleRange.1 - scaleRange.0)
    // In float32, as the number that was drawn.
    let factor =
      Float(min(Double(targetSize.1) / Double(height), Double(targetSize.0) / Double(width))) * scale
    return SizeParams(size: [whole(Float(height) * factor), whole(Float(width) * factor)])
  }
  public func transform(_ input: TransformValue, _ params: SizeParams) throws(TensorError) -> TransformValue {
    try applied(
      input, ResizeKernel(size: params.size, maxSize: nil, interpolation: interpolation, antialias: antialias))
  }
  public var extraRepresentation: String {
    settings(
      ("target_size", pythonTuple([targetSize.0, targetSize.1])),
      ("scale_range", pythonTuple([scaleRange.0, scaleRange.1])), ("interpolation", interpolation.rawValue),
      ("antialias", python(antialias)))
  }
}

/// One of several lengths of the shorter side, torchvision's `RandomShortestSize`.
public struct RandomShortestSize: Transform {
  public let minSize: [Int]
  public let maxSize: Int?
  public let interpolation: ImageInterpolation
  public let antialias: Bool

  /// - Parameters:
  ///   - minSize: a length of the shorter side, or several of which one is drawn.
  ///   - maxSize: the most that the longer side may have.
  public init(
    minSize: some SpatialSize, maxSize: Int? = nil, interpolation: ImageInterpolation = .bilinear,
    antialias: Bool = true
  ) {
    self.minSize = minSize.spatialSizes
    self.maxSize = maxSize
    self.interpolation = interpolation
    self.antialias = antialias
    if self.minSize.isEmpty { report(TensorError(.value, "RandomShortestSize", "minSize has no number")) }
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> SizeParams {
    let (height, width) = try inputs.size("RandomShortestSize")
    guard !minSize.isEmpty else { throw TensorError(.value, "RandomShortestSize", "minSize has no number") }
    let shortest = minSize[Draws.integer(0, minSize.count)]
    var factor = Double(shortest) / Double(min(height, width))
    if let maxSize { factor = min(factor, Double(maxSize) / Double(max(height, width))) }
    return SizeParams(size: [whole(Double(height) * factor), whole(Double(width) * factor)])
  }
  public func transform(_ input: TransformValue, _ params: SizeParams) throws(TensorError) -> TransformValue {
    try applied(
      input, ResizeKernel(size: params.size, maxSize: nil, interpolation: interpolation, antialias: antialias))
  }
  public var extraRepresentation: String {
    settings(
      ("min_size", pythonList(minSize)), ("max_size", maxSize.map { "\($0)" }),
      ("interpolation", interpolation.rawValue), ("antialias", python(antialias)))
  }
}

/// A length of the shorter side between two, torchvision's `RandomResize`.
public struct RandomResize: Transform {
  public let minSize: Int
  public let maxSize: Int
  public let interpolation: ImageInterpolation
  public let antialias: Bool

  /// - Parameters:
  ///   - minSize: the least length.
  ///   - maxSize: a length above all.
  public init(minSize: Int, maxSize: Int, interpolation: ImageInterpolation = .bilinear, antialias: Bool = true) {
    self.minSize = minSize
    self.maxSize = maxSize
    self.interpolation = interpolation
    self.antialias = antialias
  }
  /// ``init(minSize:maxSize:interpolation:antialias:)`` without labels.
  public init(_ minSize: Int, _ maxSize: Int, interpolation: ImageInterpolation = .bilinear, antialias: Bool = true) {
    self.init(minSize: minSize, maxSize: maxSize, interpolation: interpolation, antialias: antialias)
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> SizeParams {
    SizeParams(size: [Draws.integer(minSize, maxSize)])
  }
  public func transform(_ input: TransformValue, _ params: SizeParams) throws(TensorError) -> TransformValue {
    try applied(
      input, ResizeKernel(size: params.size, maxSize: nil, interpolation: interpolation, antialias: antialias))
  }
  public var extraRepresentation: String {
    settings(
      ("min_size", "\(minSize)"), ("max_size", "\(maxSize)"), ("interpolation", interpolation.rawValue),
      ("antialias", python(antialias)))
  }
}
