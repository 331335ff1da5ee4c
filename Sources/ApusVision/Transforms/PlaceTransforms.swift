import ApusCore
import ApusFunctional

/// Turned by a random angle, torchvision's `RandomRotation`.
public struct RandomRotation: Transform {
  /// The least and the largest angle.
  public let degrees: [Double]
  public let interpolation: ImageInterpolation
  public let expand: Bool
  public let center: [Double]?
  public let fill: Fill

  /// - Parameters:
  ///   - degrees: the least and the largest angle, against the clock; one number stands for its negative and itself.
  ///   - expand: whether the result is as large as the turned picture.
  ///   - center: the point (x, y) that stays; left out it is the middle.
  ///   - fill: what lies outside.
  public init<each Degree: NumberList, each Centre: NumberList>(
    _ degrees: (repeat each Degree), interpolation: ImageInterpolation = .nearest, expand: Bool = false,
    center: (repeat each Centre) = (), fill: Fill = 0
  ) {
    self.degrees = settledAngles(numbers(repeat each degrees), "degrees", "RandomRotation")
    self.interpolation = interpolation
    self.expand = expand
    self.center = settledCentre(numbers(repeat each center), "RandomRotation")
    self.fill = fill
  }
  /// ``init(_:interpolation:expand:center:fill:)`` with a label.
  public init<each Degree: NumberList, each Centre: NumberList>(
    degrees: (repeat each Degree), interpolation: ImageInterpolation = .nearest, expand: Bool = false,
    center: (repeat each Centre) = (), fill: Fill = 0
  ) {
    self.init(
      numbers(repeat each degrees), interpolation: interpolation, expand: expand, center: numbers(repeat each center),
      fill: fill)
  }

  /// An angle in degrees.
  public struct Params: Sendable {
    let angle: Double
  }
  public func makeParams(_ inputs: [TransformValue]) -> Params {
    Params(angle: Draws.uniform(degrees[0], degrees[1]))
  }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(
      input,
      RotateKernel(angle: params.angle, interpolation: interpolation, expand: expand, centre: center, fill: fill))
  }
  public var extraRepresentation: String {
    settings(
      ("degrees", pythonList(degrees)), ("interpolation", interpolation.rawValue), ("expand", python(expand)),
      ("fill", fill.setting), ("center", center.map(pythonPoint)))
  }
}

/// Turned, moved, scaled and sheared at random, torchvision's `RandomAffine`.
public struct RandomAffine: Transform {
  public let degrees: [Double]
  public let translate: (Double, Double)?
  public let scale: (Double, Double)?
  public let shear: [Double]?
  public let interpolation: ImageInterpolation
  public let fill: Fill
  public let center: [Double]?

  /// - Parameters:
  ///   - degrees: the least and the largest angle, with the clock; one number stands for its negative and itself.
  ///   - translate: the largest part of width and height that the picture moves by, 0 to 1.
  ///   - scale: the least and the largest factor, above 0.
  ///   - shear: the least and the largest angle along x, and along y if there are four; one number stands for its negative and itself.
  ///   - fill: what lies outside.
  ///   - center: the point (x, y) that stays; left out it is the middle.
  public init<each Degree: NumberList, each Shear: NumberList, each Centre: NumberList>(
    degrees: (repeat each Degree), translate: (Double, Double)? = nil, scale: (Double, Double)? = nil,
    shear: (repeat each Shear) = (), interpolation: ImageInterpolation = .nearest, fill: Fill = 0,
    center: (repeat each Centre) = ()
  ) {
    let name = "RandomAffine"
    self.degrees = settledAngles(numbers(repeat each degrees), "degrees", name)
    if let translate, !(0...1).contains(translate.0) || !(0...1).contains(translate.1) {
      report(TensorError(.value, name, "translation values should be between 0 and 1, and found \(translate)"))
    }
    self.translate = translate
    if let scale, scale.0 <= 0 || scale.1 <= 0 {
      report(TensorError(.value, name, "scale values should be positive, and found \(scale)"))
    }
    self.scale = scale
    let angles = numbers(repeat each shear)
    self.shear = angles.isEmpty ? nil : settledAngles(angles, "shear", name, counts: [2, 4])
    self.interpolation = interpolation
    self.fill = fill
    self.center = settledCentre(numbers(repeat each center), name)
  }
  /// ``init(degrees:translate:scale:shear:interpolation:fill:center:)`` without the first label.
  public init<each Shear: NumberList, each Centre: NumberList>(
    _ degrees: some NumberList, translate: (Double, Double)? = nil, scale: (Double, Double)? = nil,
    shear: (repeat each Shear) = (), interpolation: ImageInterpolation = .nearest, fill: Fill = 0,
    center: (repeat each Centre) = ()
  ) {
    self.init(
      degrees: degrees.numberList, translate: translate, scale: scale, shear: numbers(repeat each shear),
      interpolation: interpolation, fill: fill, center: numbers(repeat each center))
  }

  /// An angle, a step, a factor and two angles of shear.
  public struct Params: Sendable {
    let angle: Double
    let translate: [Double]
    let scale: Double
    let shear: [Double]
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    let (height, width) = try inputs.size("RandomAffine")
    let angle = Draws.uniform(degrees[0], degrees[1])
    var step = [0.0, 0.0]
    if let translate {
      let (x, y) = (translate.0 * Double(width), translate.1 * Double(height))
      step[0] = Draws.uniform(-x, x).rounded(.toNearestOrEven)
      step[1] = Draws.uniform(-y, y).rounded(.toNearestOrEven)
    }
    let factor = scale.map { Draws.uniform($0.0, $0.1) } ?? 1
    var slant = [0.0, 0.0]
    if let shear {
      slant[0] = Draws.uniform(shear[0], shear[1])
      if shear.count == 4 { slant[1] = Draws.uniform(shear[2], shear[3]) }
    }
    return Params(angle: angle, translate: step, scale: factor, shear: slant)
  }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(
      input,
      AffineKernel(
        angle: params.angle, translate: params.translate, scale: params.scale, shear: params.shear,
        interpolation: interpolation, fill: fill, centre: center))
  }
  public var extraRepresentation: String {
    settings(
      ("degrees", pythonList(degrees)), ("translate", translate.map { pythonTuple([$0.0, $0.1]) }),
      ("scale", scale.map { pythonTuple([$0.0, $0.1]) }), ("shear", shear.map(pythonList)),
      ("interpolation", interpolation.rawValue), ("fill", fill.setting), ("center", center.map(pythonPoint)))
  }
}

/// Seen from a random side, torchvision's `RandomPerspective`.
public struct RandomPerspective: RandomTransform {
  public let distortionScale: Double
  public let p: Double
  public let interpolation: ImageInterpolation
  public let fill: Fill

  /// - Parameters:
  ///   - distortionScale: how far corners move, 0 to 1 of half the picture.
  ///   - p: the probability.
  ///   - fill: what lies outside.
  public init(
    distortionScale: Double = 0.5, p: Double = 0.5, interpolation: ImageInterpolation = .bilinear, fill: Fill = 0
  ) {
    self.distortionScale = distortionScale
    self.p = checkedProbability(p, "RandomPerspective")
    self.interpolation = interpolation
    self.fill = fill
    if !(0...1).contains(distortionScale) {
      report(
        TensorError(
          .value, "RandomPerspective",
          "Argument distortion_scale value should be between 0 and 1, and found \(distortionScale)"))
    }
  }

  /// The eight numbers of a perspective.
  public struct Params: Sendable {
    let coefficients: [Double]
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    let (height, width) = try inputs.size("RandomPerspective")
    let boundY = whole(distortionScale * Double(height / 2)) + 1
    let boundX = whole(distortionScale * Double(width / 2)) + 1
    func near(_ bound: Int) -> Int { Draws.integer(0, bound) }
    func far(_ bound: Int, _ size: Int) -> Int { Draws.integer(size - bound, size) }
    var ends = [[near(boundX), near(boundY)]]
    ends.append([far(boundX, width), near(boundY)])
    ends.append([far(boundX, width), far(boundY, height)])
    ends.append([near(boundX), far(boundY, height)])
    let starts = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    return Params(coefficients: try perspectiveCoefficients(starts, ends))
  }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(
      input, PerspectiveKernel(coefficients: params.coefficients, interpolation: interpolation, fill: fill))
  }
  public var extraRepresentation: String {
    settings(
      ("p", python(p)), ("distortion_scale", python(distortionScale)), ("interpolation", interpolation.rawValue),
      ("fill", fill.setting))
  }
}

/// Each pixel moved a little, as through water, torchvision's `ElasticTransform`.
public struct ElasticTransform: Transform {
  public let alpha: [Double]
  public let sigma: [Double]
  public let interpolation: ImageInterpolation
  public let fill: Fill

  /// - Parameters:
  ///   - alpha: how far pixels move, along x and y or one number for both.
  ///   - sigma: how smoothly, likewise.
  ///   - fill: what lies outside.
  public init<each Distance: NumberList, each Width: NumberList>(
    alpha: (repeat each Distance) = (), sigma: (repeat each Width) = (), interpolation: ImageInterpolation = .bilinear,
    fill: Fill = 0
  ) {
    let (distances, widths) = (numbers(repeat each alpha), numbers(repeat each sigma))
    self.alpha = settledPair(distances.isEmpty ? [50] : distances, "alpha", "ElasticTransform")
    self.sigma = settledPair(widths.isEmpty ? [5] : widths, "sigma", "ElasticTransform")
    self.interpolation = interpolation
    self.fill = fill
  }

  /// Where pixels move to.
  public struct Params: Sendable {
    let displacement: Tensor
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    let (height, width) = try inputs.size("ElasticTransform")
    func drawn(_ sigma: Double, _ alpha: Double, _ size: Int) throws(TensorError) -> Tensor {
      var step = rand([1, 1, height, width]) * 2 - 1
      if sigma > 0 {
        var kernel = whole(8 * sigma + 1)
        if kernel % 2 == 0 { kernel += 1 }
        step = try BlurKernel(size: [kernel, kernel], sigma: self.sigma).image(step)
      }
      return step * alpha / size
    }
    let x = try drawn(sigma[0], alpha[0], width)
    let y = try drawn(sigma[1], alpha[1], height)
    return Params(displacement: cat([x, y], dim: 1).permute([0, 2, 3, 1]))
  }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(
      input, ElasticKernel(displacement: params.displacement, interpolation: interpolation, fill: fill))
  }
  public var extraRepresentation: String {
    settings(
      ("alpha", pythonList(alpha)), ("sigma", pythonList(sigma)), ("interpolation", interpolation.rawValue),
      ("fill", fill.setting))
  }
}
