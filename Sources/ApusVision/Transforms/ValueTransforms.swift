import ApusCore
import ApusFunctional

/// Each channel less its mean and over its deviation, torchvision's `Normalize`. The picture is floating point.
public struct Normalize: Transform {
  public let mean: [Double]
  public let std: [Double]
  /// - Parameters:
  ///   - mean: a number for each channel.
  ///   - std: likewise, none of them 0.
  public init(mean: [Double], std: [Double]) {
    self.mean = mean
    self.std = std
  }
  /// ``init(mean:std:)`` without labels.
  public init(_ mean: [Double], _ std: [Double]) { self.init(mean: mean, std: std) }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, NormalizeKernel(mean: mean, std: std))
  }
  public var extraRepresentation: String {
    settings(("mean", pythonList(mean)), ("std", pythonList(std)), ("inplace", python(false)))
  }
}

/// Another type of elements, torchvision's `ToDtype`.
///
///     ToDtype(.float32, scale: true)                          // pictures from 0 to 1
///     ToDtype([.image: .float32, .mask: .int64, .others: nil], scale: true)
public struct ToDtype: Transform {
  private let kinds: [VisionKind: DType?]
  private let all: DType?
  public let scale: Bool

  /// Pictures as `dtype`; masks, boxes and points stay.
  /// - Parameter scale: whether values are brought from the range of one type to that of the other.
  public init(_ dtype: DType, scale: Bool = false) {
    all = dtype
    kinds = [:]
    self.scale = scale
  }
  /// ``init(_:scale:)`` with a label.
  public init(dtype: DType, scale: Bool = false) { self.init(dtype, scale: scale) }
  /// Each kind as its own type, nil for those that stay. A kind that is not named takes that of ``VisionKind/others``, which must be
  /// there then.
  public init(_ kinds: [VisionKind: DType?], scale: Bool = false) {
    all = nil
    self.kinds = kinds
    self.scale = scale
  }

  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    if let all { return input.isPicture ? try applied(input, TypeKernel(dtype: all, scale: scale)) : input }
    guard let dtype = kinds[input.kind] ?? kinds[.others] else {
      throw TensorError(
        .value, "ToDtype",
        "No dtype was specified for type \(input.kind.rawValue); name .others as a catch-all, with nil for what stays")
    }
    return try dtype.map { dtype throws(TensorError) in try applied(input, TypeKernel(dtype: dtype, scale: scale)) }
      ?? input
  }
  public var extraRepresentation: String { settings(("scale", python(scale))) }
}

/// Pictures in another type and its range, torchvision's `ConvertImageDtype`.
public struct ConvertImageDtype: Transform {
  public let dtype: DType
  /// - Parameter dtype: the type.
  public init(_ dtype: DType = .float32) { self.dtype = dtype }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    input.isPicture ? try applied(input, TypeKernel(dtype: dtype, scale: true)) : input
  }
}

/// Plain tensors as an ``Image``, torchvision's `ToImage`: all of a sample, so that each of them is a picture.
public struct ToImage: Transform {
  /// No settings.
  public init() {}
  public func takes(_ value: TransformValue) -> Bool { value.isPureTensor || value.kind == .pilImage }
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { .image(Image(input.stacked)) }
}

/// Values without what they are: plain tensors, torchvision's `ToPureTensor`.
public struct ToPureTensor: Transform {
  /// No settings.
  public init() {}
  public func takes(_ value: TransformValue) -> Bool { value.tensor != nil && !value.isPureTensor }
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { .tensor(input.stacked) }
}

/// Blurred, as much as is drawn, torchvision's `GaussianBlur`.
public struct GaussianBlur: Transform {
  public let kernelSize: [Int]
  public let sigma: [Double]

  /// - Parameters:
  ///   - kernelSize: the odd width and height of the surroundings, or one number for both.
  ///   - sigma: the least and the largest width of the bell, or one number.
  public init<each Size: SpatialSize, each Width: NumberList>(
    kernelSize: (repeat each Size), sigma: (repeat each Width) = ()
  ) {
    let name = "GaussianBlur"
    self.kernelSize = settledSize(sizes(repeat each kernelSize), name)
    if self.kernelSize.contains(where: { $0 <= 0 || $0 % 2 == 0 }) {
      report(
        TensorError(
          .value, name, "Kernel size value should be an odd and positive number, and found \(self.kernelSize)"))
    }
    let widths = numbers(repeat each sigma)
    self.sigma = settledPair(widths.isEmpty ? [0.1, 2] : widths, "sigma", name)
    if !(self.sigma[0] > 0 && self.sigma[0] <= self.sigma[1]) {
      report(
        TensorError(.value, name, "sigma values should be positive and of the form (min, max). Got \(self.sigma)"))
    }
  }
  /// ``init(kernelSize:sigma:)`` without the first label.
  public init<each Width: NumberList>(_ kernelSize: some SpatialSize, sigma: (repeat each Width) = ()) {
    self.init(kernelSize: kernelSize.spatialSizes, sigma: numbers(repeat each sigma))
  }

  /// The width of the bell.
  public struct Params: Sendable {
    let sigma: Double
  }
  public func makeParams(_ inputs: [TransformValue]) -> Params { Params(sigma: Draws.uniform(sigma[0], sigma[1])) }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(input, BlurKernel(size: kernelSize, sigma: [params.sigma, params.sigma]))
  }
  public var extraRepresentation: String {
    settings(("kernel_size", pythonTuple(kernelSize)), ("sigma", pythonList(sigma)))
  }
}

/// With normal noise, torchvision's `GaussianNoise`.
public struct GaussianNoise: Transform {
  public let mean: Double
  public let sigma: Double
  public let clip: Bool
  /// - Parameters:
  ///   - sigma: the standard deviation, in values from 0 to 1.
  ///   - clip: whether results stay within the values of pictures.
  public init(mean: Double = 0, sigma: Double = 0.1, clip: Bool = true) {
    self.mean = mean
    self.sigma = sigma
    self.clip = clip
  }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, NoiseKernel(mean: mean, sigma: sigma, clip: clip))
  }
  public var extraRepresentation: String {
    settings(("mean", python(mean)), ("sigma", python(sigma)), ("clip", python(clip)))
  }
}

/// The pixels of a picture as one row, less a mean and times a matrix, torchvision's `LinearTransformation`: whitening.
public struct LinearTransformation: Transform {
  public let transformationMatrix: Tensor
  public let meanVector: Tensor

  /// - Parameters:
  ///   - transformationMatrix: `[C H W, C H W]`.
  ///   - meanVector: `[C H W]`.
  public init(transformationMatrix: Tensor, meanVector: Tensor) {
    let name = "LinearTransformation"
    if !transformationMatrix.hasFailed, !meanVector.hasFailed {
      if transformationMatrix.ndim != 2 || transformationMatrix.shape[0] != transformationMatrix.shape[1] {
        report(
          TensorError(
            .shape, name,
            "transformation_matrix should be square. Got \(transformationMatrix.shape) rectangular matrix."))
      } else if meanVector.shape != [transformationMatrix.shape[0]] {
        report(
          TensorError(
            .shape, name,
            "mean_vector should have the same length \(meanVector.shape) as any one of the dimensions of the "
              + "transformation_matrix \(transformationMatrix.shape)"))
      } else if transformationMatrix.dtype != meanVector.dtype {
        report(
          TensorError(
            .dtype, name,
            "Input tensors should have the same dtype. Got \(transformationMatrix.dtype) and \(meanVector.dtype)"))
      }
    }
    self.transformationMatrix = transformationMatrix
    self.meanVector = meanVector
  }

  public func takes(_ value: TransformValue) -> Bool { value.isPicture && value.kind != .pilImage }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    let x = input.stacked
    let pixels = x.shape.suffix(3).reduce(1, *)
    guard x.ndim >= 3, pixels == transformationMatrix.shape[0] else {
      throw TensorError(
        .shape, "LinearTransformation",
        "Input tensor and transformation matrix have incompatible shape: \(x.shape.suffix(3)) has \(pixels) elements, and the "
          + "matrix takes \(transformationMatrix.shape[0])")
    }
    let flat = x.reshape([-1, pixels]) - meanVector
    return input.with(matmul(flat, transformationMatrix.to(flat.dtype)).reshape(x.shape))
  }
}

/// A function of your own as a transform, torchvision's `Lambda`.
///
///     Lambda { (x: Tensor) in x * 2 }
///     Lambda { (crops: [Tensor]) in stack(crops) }           // after FiveCrop
public struct Lambda: Transform, TakingCrops {
  private let change: @Sendable (TransformValue) -> TransformValue?

  /// Calls `function` with each value of that type.
  public init<Input: VisionTensor>(_ function: @escaping @Sendable (Input) -> Input) {
    change = { value in
      let isTaken: Bool
      switch value {
      case .tensor: isTaken = Input.self == Tensor.self
      case .image: isTaken = Input.self == Image.self || Input.self == Tensor.self
      case .video: isTaken = Input.self == Video.self || Input.self == Tensor.self
      case .pilImage: isTaken = Input.self == PILImage.self
      case .mask: isTaken = Input.self == Mask.self
      case .boundingBoxes: isTaken = Input.self == BoundingBoxes.self
      case .keyPoints: isTaken = Input.self == KeyPoints.self
      case .crops, .other: isTaken = false
      }
      guard isTaken else { return nil }
      let result = function(Input(value)).transformValue
      return result.isPureTensor ? value.with(result.stacked) : result
    }
  }

  /// Calls `function` with the pictures that ``FiveCrop`` or ``TenCrop`` made of one.
  public init(_ function: @escaping @Sendable ([Tensor]) -> Tensor) {
    change = { value in
      guard case .crops(let crops) = value else { return nil }
      return .tensor(function(crops.map(\.stacked)))
    }
  }

  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    inputs.map { change($0) ?? $0 }
  }
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { change(input) ?? input }
  public var extraRepresentation: String { "<lambda>, types=['object']" }
}

/// Nothing changes, torchvision's `Identity`, `v2.Identity` here.
public struct IdentityTransform: Transform {
  /// No settings.
  public init() {}
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { input }
  public var description: String { "Identity()" }
}

/// Pictures of a video, evenly spaced, torchvision's `UniformTemporalSubsample`.
public struct UniformTemporalSubsample: Transform {
  public let numSamples: Int
  /// - Parameter numSamples: how many.
  public init(numSamples: Int) { self.numSamples = numSamples }
  /// ``init(numSamples:)`` without the label.
  public init(_ numSamples: Int) { self.init(numSamples: numSamples) }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    switch input {
    case .tensor, .video: try applied(input, SubsampleKernel(count: numSamples))
    default: input
    }
  }
  public var extraRepresentation: String { settings(("num_samples", "\(numSamples)")) }
}

/// As out of a JPEG file of a quality that is drawn, torchvision's `JPEG`. Pictures are bytes.
public struct JPEG: Transform {
  /// The least and the largest quality.
  public let quality: [Int]

  /// - Parameter quality: 1 to 100, or the least and the largest.
  public init<each Quality: SpatialSize>(_ quality: (repeat each Quality)) {
    let values = sizes(repeat each quality) ?? []
    if values.isEmpty || values.count > 2 || values[0] < 1 || values[values.count - 1] > 100
      || values[0] > values[values.count - 1]
    {
      report(TensorError(.value, "JPEG", "quality must be an integer from 1 to 100, got \(values)"))
      self.quality = [75, 75]
    } else {
      self.quality = [values[0], values[values.count - 1]]
    }
  }
  /// ``init(_:)`` with a label.
  public init(quality: some SpatialSize) { self.init(quality.spatialSizes) }

  /// A quality.
  public struct Params: Sendable {
    let quality: Int
  }
  public func makeParams(_ inputs: [TransformValue]) -> Params {
    Params(quality: Draws.integer(quality[0], quality[1] + 1))
  }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(input, JPEGKernel(quality: params.quality))
  }
  public var extraRepresentation: String { settings(("quality", pythonList(quality))) }
}

/// A random part replaced (Zhong et al., 2017), with a probability, torchvision's `RandomErasing`.
public struct RandomErasing: RandomTransform {
  public let p: Double
  public let scale: (Double, Double)
  public let ratio: (Double, Double)
  /// What stands there: one number, one for each channel, or nil for normal noise.
  public let value: [Double]?

  /// - Parameters:
  ///   - p: the probability.
  ///   - scale: the least and the largest part of the area, from 0 to 1.
  ///   - ratio: the least and the largest height over width.
  ///   - value: one number, or one for each channel.
  public init<each Number: NumberList>(
    p: Double = 0.5, scale: (Double, Double) = (0.02, 0.33), ratio: (Double, Double) = (0.3, 3.3),
    value: (repeat each Number) = ()
  ) {
    let values = numbers(repeat each value)
    self.init(p: p, scale: scale, ratio: ratio, values: values.isEmpty ? [0] : values)
  }
  /// ``init(p:scale:ratio:value:)`` with `"random"`, for normal noise.
  public init(
    p: Double = 0.5, scale: (Double, Double) = (0.02, 0.33), ratio: (Double, Double) = (0.3, 3.3), value: String
  ) {
    if value != "random" {
      report(TensorError(.value, "RandomErasing", "If value is str, it should be 'random', and found '\(value)'"))
    }
    self.init(p: p, scale: scale, ratio: ratio, values: nil)
  }
  private init(p: Double, scale: (Double, Double), ratio: (Double, Double), values: [Double]?) {
    self.p = checkedProbability(p, "RandomErasing")
    self.scale = scale
    self.ratio = ratio
    value = values
    warnUnlessRising(scale, ratio, in: "RandomErasing")
    if scale.0 < 0 || scale.1 > 1 {
      report(TensorError(.value, "RandomErasing", "Scale should be between 0 and 1, and found \(scale)"))
    }
  }

  /// A part and what stands there; nil for none.
  public struct Params: Sendable {
    let kernel: EraseKernel?
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    let (channels, height, width) = try inputs.dimensions("RandomErasing")
    if let value, value.count != 1, value.count != channels {
      throw TensorError(
        .value, "RandomErasing",
        "If value is a sequence, it should have either a single value or \(channels) (number of inpt channels)")
    }
    let area = Double(height * width)
    for _ in 0..<10 {
      let part = area * Draws.uniform(scale.0, scale.1)
      let shape = Draws.ratio(ratio.0, ratio.1)
      let h = whole((part * shape).squareRoot().rounded(.toNearestOrEven))
      let w = whole((part / shape).squareRoot().rounded(.toNearestOrEven))
      guard h < height, w < width, h >= 0, w >= 0 else { continue }
      let fill =
        value.map { Tensor($0, shape: [$0.count, 1, 1], dtype: .float32) } ?? randn([channels, h, w], dtype: .float32)
      let top = Draws.integer(0, height - h + 1)
      return Params(
        kernel: EraseKernel(top: top, left: Draws.integer(0, width - w + 1), height: h, width: w, value: fill))
    }
    return Params(kernel: nil)
  }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try params.kernel.map { kernel throws(TensorError) in try applied(input, kernel) } ?? input
  }
  public var extraRepresentation: String {
    settings(
      ("p", python(p)), ("scale", pythonTuple([scale.0, scale.1])), ("ratio", pythonTuple([ratio.0, ratio.1])),
      ("value", value.map(pythonList)), ("inplace", python(false)))
  }
}
