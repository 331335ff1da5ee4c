import ApusCore
import ApusFunctional

/// Grey, torchvision's `Grayscale`.
public struct Grayscale: Transform {
  public let numOutputChannels: Int
  /// - Parameter numOutputChannels: 1, or 3 equal ones.
  public init(numOutputChannels: Int = 1) { self.numOutputChannels = numOutputChannels }
  /// ``init(numOutputChannels:)`` without the label.
  public init(_ numOutputChannels: Int) { self.init(numOutputChannels: numOutputChannels) }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, GreyKernel(channels: numOutputChannels))
  }
  public var extraRepresentation: String { settings(("num_output_channels", "\(numOutputChannels)")) }
}

/// Grey with a probability, with as many channels as before, torchvision's `RandomGrayscale`.
public struct RandomGrayscale: RandomTransform {
  public let p: Double
  /// - Parameter p: the probability.
  public init(p: Double = 0.1) { self.p = checkedProbability(p, "RandomGrayscale") }
  /// ``init(p:)`` without the label.
  public init(_ p: Double) { self.init(p: p) }

  /// The channels.
  public struct Params: Sendable {
    let channels: Int
  }
  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    Params(channels: try inputs.dimensions("RandomGrayscale").channels)
  }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(input, GreyKernel(channels: params.channels))
  }
  public var extraRepresentation: String { settings(("p", python(p))) }
}

/// Three channels of one, torchvision's `RGB`.
public struct RGB: Transform {
  /// Pictures of three channels and more stay.
  public init() {}
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, ColoursKernel())
  }
}

/// Brightness, contrast, saturation and hue changed at random and in random order, torchvision's `ColorJitter`.
///
///     ColorJitter(brightness: 0.4, contrast: 0.4, saturation: (0.8, 1.2), hue: 0.1)
public struct ColorJitter: Transform {
  /// The least and the largest factor; nil where it does not change.
  public let brightness: (Double, Double)?
  public let contrast: (Double, Double)?
  public let saturation: (Double, Double)?
  public let hue: (Double, Double)?

  /// - Parameters:
  ///   - brightness: the least and the largest factor, not negative; one number x stands for 1 - x and 1 + x.
  ///   - contrast: likewise.
  ///   - saturation: likewise.
  ///   - hue: the least and the largest turn, from -0.5 to 0.5; one number stands for its negative and itself.
  public init<each A: NumberList, each B: NumberList, each C: NumberList, each D: NumberList>(
    brightness: (repeat each A) = (), contrast: (repeat each B) = (), saturation: (repeat each C) = (),
    hue: (repeat each D) = ()
  ) {
    self.brightness = Self.range(numbers(repeat each brightness), "brightness", centre: 1, 0...(.infinity))
    self.contrast = Self.range(numbers(repeat each contrast), "contrast", centre: 1, 0...(.infinity))
    self.saturation = Self.range(numbers(repeat each saturation), "saturation", centre: 1, 0...(.infinity))
    self.hue = Self.range(numbers(repeat each hue), "hue", centre: 0, -0.5...0.5)
  }

  /// ``init(brightness:contrast:saturation:hue:)`` without labels.
  public init(
    _ brightness: some NumberList, _ contrast: some NumberList = 0, _ saturation: some NumberList = 0,
    _ hue: some NumberList = 0
  ) {
    self.init(
      brightness: brightness.numberList, contrast: contrast.numberList, saturation: saturation.numberList,
      hue: hue.numberList)
  }

  private static func range(
    _ values: [Double], _ label: String, centre: Double, _ bounds: ClosedRange<Double>
  ) -> (Double, Double)? {
    if values.isEmpty { return nil }
    var (low, high) = (values[0], values[values.count - 1])
    if values.count == 1 {
      if low < 0 {
        report(
          TensorError(
            .value, "ColorJitter", "If \(label) is a single number, it must be non negative, and found \(low)"))
        return nil
      }
      (low, high) = (centre - low, centre + high)
      if centre == 1 { low = max(low, 0) }
    }
    guard values.count <= 2, bounds.contains(low), bounds.contains(high), low <= high else {
      report(
        TensorError(
          .value, "ColorJitter",
          "\(label) values should be between (\(bounds.lowerBound), \(bounds.upperBound)) and increasing, but got \(values)."
        ))
      return nil
    }
    return low == centre && high == centre ? nil : (low, high)
  }

  /// An order and four factors.
  public struct Params: Sendable {
    let order: [Int]
    let brightness: Double?
    let contrast: Double?
    let saturation: Double?
    let hue: Double?
  }

  public func makeParams(_ inputs: [TransformValue]) -> Params {
    func drawn(_ range: (Double, Double)?) -> Double? { range.map { Draws.uniform($0.0, $0.1) } }
    let order = Generator.default.permutation(4)
    let (b, c) = (drawn(brightness), drawn(contrast))
    let s = drawn(saturation)
    return Params(order: order, brightness: b, contrast: c, saturation: s, hue: drawn(hue))
  }

  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    var value = input
    for step in params.order {
      switch step {
      case 0: if let factor = params.brightness { value = try applied(value, BrightnessKernel(factor: factor)) }
      case 1: if let factor = params.contrast { value = try applied(value, ContrastKernel(factor: factor)) }
      case 2: if let factor = params.saturation { value = try applied(value, SaturationKernel(factor: factor)) }
      default: if let factor = params.hue { value = try applied(value, HueKernel(factor: factor)) }
      }
    }
    return value
  }
  public var extraRepresentation: String {
    func text(_ range: (Double, Double)?) -> String? { range.map { pythonTuple([$0.0, $0.1]) } }
    return settings(
      ("brightness", text(brightness)), ("contrast", text(contrast)), ("saturation", text(saturation)),
      ("hue", text(hue)))
  }
}

/// The channels in random order, torchvision's `RandomChannelPermutation`.
public struct RandomChannelPermutation: Transform {
  /// No settings.
  public init() {}
  /// An order of channels.
  public struct Params: Sendable {
    let permutation: [Int]
  }
  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    Params(permutation: Generator.default.permutation(try inputs.dimensions("RandomChannelPermutation").channels))
  }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(input, ChannelKernel(permutation: params.permutation))
  }
}

/// Colours changed as for SSD (Liu et al., 2016), each change with a probability, torchvision's `RandomPhotometricDistort`.
public struct RandomPhotometricDistort: Transform {
  public let brightness: (Double, Double)
  public let contrast: (Double, Double)
  public let saturation: (Double, Double)
  public let hue: (Double, Double)
  public let p: Double

  /// - Parameters:
  ///   - brightness: the least and the largest factor.
  ///   - contrast: likewise.
  ///   - saturation: likewise.
  ///   - hue: the least and the largest turn.
  ///   - p: the probability of each change.
  public init(
    brightness: (Double, Double) = (0.875, 1.125), contrast: (Double, Double) = (0.5, 1.5),
    saturation: (Double, Double) = (0.5, 1.5), hue: (Double, Double) = (-0.05, 0.05), p: Double = 0.5
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
    self.p = p
  }

  /// Factors, and which changes are made.
  public struct Params: Sendable {
    var brightness: Double?
    var contrast: Double?
    var saturation: Double?
    var hue: Double?
    var contrastComesFirst = false
    var permutation: [Int]?
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    let channels = try inputs.dimensions("RandomPhotometricDistort").channels
    func drawn(_ range: (Double, Double)) -> Double? {
      Draws.uniform() < Float(p) ? Draws.uniform(range.0, range.1) : nil
    }
    var params = Params()
    params.brightness = drawn(brightness)
    params.contrast = drawn(contrast)
    params.saturation = drawn(saturation)
    params.hue = drawn(hue)
    params.contrastComesFirst = Draws.uniform() < 0.5
    params.permutation = Draws.uniform() < Float(p) ? Generator.default.permutation(channels) : nil
    return params
  }

  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    var value = input
    if let factor = params.brightness { value = try applied(value, BrightnessKernel(factor: factor)) }
    if let factor = params.contrast, params.contrastComesFirst {
      value = try applied(value, ContrastKernel(factor: factor))
    }
    if let factor = params.saturation { value = try applied(value, SaturationKernel(factor: factor)) }
    if let factor = params.hue { value = try applied(value, HueKernel(factor: factor)) }
    if let factor = params.contrast, !params.contrastComesFirst {
      value = try applied(value, ContrastKernel(factor: factor))
    }
    if let order = params.permutation { value = try applied(value, ChannelKernel(permutation: order)) }
    return value
  }
  public var extraRepresentation: String {
    settings(
      ("brightness", pythonTuple([brightness.0, brightness.1])), ("contrast", pythonTuple([contrast.0, contrast.1])),
      ("hue", pythonTuple([hue.0, hue.1])), ("saturation", pythonTuple([saturation.0, saturation.1])), ("p", python(p)))
  }
}

/// All values about equally often, with a probability, torchvision's `RandomEqualize`.
public struct RandomEqualize: RandomTransform {
  public let p: Double
  /// - Parameter p: the probability.
  public init(p: Double = 0.5) { self.p = checkedProbability(p, "RandomEqualize") }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, EqualizeKernel())
  }
  public var extraRepresentation: String { settings(("p", python(p))) }
}

/// Colours inverted with a probability, torchvision's `RandomInvert`.
public struct RandomInvert: RandomTransform {
  public let p: Double
  /// - Parameter p: the probability.
  public init(p: Double = 0.5) { self.p = checkedProbability(p, "RandomInvert") }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, InvertKernel())
  }
  public var extraRepresentation: String { settings(("p", python(p))) }
}

/// Values less their lower bits, with a probability, torchvision's `RandomPosterize`.
public struct RandomPosterize: RandomTransform {
  public let bits: Int
  public let p: Double
  /// - Parameters:
  ///   - bits: how many are kept, 0 to 8.
  ///   - p: the probability.
  public init(bits: Int, p: Double = 0.5) {
    self.bits = bits
    self.p = checkedProbability(p, "RandomPosterize")
  }
  /// ``init(bits:p:)`` without the label.
  public init(_ bits: Int, p: Double = 0.5) { self.init(bits: bits, p: p) }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, PosterKernel(bits: bits))
  }
  public var extraRepresentation: String { settings(("p", python(p)), ("bits", "\(bits)")) }
}

/// Values of a threshold and above inverted, with a probability, torchvision's `RandomSolarize`.
public struct RandomSolarize: RandomTransform {
  public let threshold: Double
  public let p: Double
  /// - Parameters:
  ///   - threshold: the least value that is inverted.
  ///   - p: the probability.
  public init(threshold: Double, p: Double = 0.5) {
    self.threshold = threshold
    self.p = checkedProbability(p, "RandomSolarize")
  }
  /// ``init(threshold:p:)`` without the label.
  public init(_ threshold: Double, p: Double = 0.5) { self.init(threshold: threshold, p: p) }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, SolarKernel(threshold: threshold))
  }
  public var extraRepresentation: String { settings(("p", python(p)), ("threshold", python(threshold))) }
}

/// Each channel stretched to all values, with a probability, torchvision's `RandomAutocontrast`.
public struct RandomAutocontrast: RandomTransform {
  public let p: Double
  /// - Parameter p: the probability.
  public init(p: Double = 0.5) { self.p = checkedProbability(p, "RandomAutocontrast") }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, AutocontrastKernel())
  }
  public var extraRepresentation: String { settings(("p", python(p))) }
}

/// Sharper or less so, with a probability, torchvision's `RandomAdjustSharpness`.
public struct RandomAdjustSharpness: RandomTransform {
  public let sharpnessFactor: Double
  public let p: Double
  /// - Parameters:
  ///   - sharpnessFactor: 0 is blurred, 1 changes nothing, 2 is sharper.
  ///   - p: the probability.
  public init(sharpnessFactor: Double, p: Double = 0.5) {
    self.sharpnessFactor = sharpnessFactor
    self.p = checkedProbability(p, "RandomAdjustSharpness")
  }
  /// ``init(sharpnessFactor:p:)`` without the label.
  public init(_ sharpnessFactor: Double, p: Double = 0.5) { self.init(sharpnessFactor: sharpnessFactor, p: p) }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, SharpnessKernel(factor: sharpnessFactor))
  }
  public var extraRepresentation: String { settings(("p", python(p)), ("sharpness_factor", python(sharpnessFactor))) }
}
