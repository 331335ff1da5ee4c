import ApusCore
import ApusFunctional

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One of the changes that automatic augmentation chooses from.
enum AugmentationStep: String, Sendable {
  case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness, posterize,
    solarize
  case autoContrast, equalize, invert

  /// Whether it goes to either side.
  var isSigned: Bool {
    switch self {
    case .shearX, .shearY, .translateX, .translateY, .rotate, .brightness, .color, .contrast, .sharpness: true
    case .identity, .posterize, .solarize, .autoContrast, .equalize, .invert: false
    }
  }
}

/// How far changes go at most: what differs between the ways of augmentation.
struct AugmentationRange: Sendable {
  let shear: Double
  /// The most pixels of a picture of that width or height.
  let translate: @Sendable (Int) -> Double
  let rotate: Double
  let colour: Double
  /// From how many bits, and by how many less.
  let posterize: (from: Double, by: Double)

  /// The strength of `step` at place `bin` of `bins`, in float32 as torchvision's tables; nil where a step has none.
  func magnitude(_ step: AugmentationStep, _ bin: Int, of bins: Int, height: Int, width: Int) -> Double? {
    func place(_ low: Double, _ high: Double) -> Double { Double(spaced(low, high, bins, as: Float.self)[bin]) }
    switch step {
    case .shearX, .shearY: return place(0, shear)
    case .translateX: return place(0, translate(width))
    case .translateY: return place(0, translate(height))
    case .rotate: return place(0, rotate)
    case .brightness, .color, .contrast, .sharpness: return place(0, colour)
    case .posterize:
      let less = Float(bin) / Float(Double(bins - 1) / posterize.by)
      return Double((Float(posterize.from) - less).rounded(.toNearestOrEven))
    case .solarize: return place(1, 0)
    case .identity, .autoContrast, .equalize, .invert: return nil
    }
  }
}

/// Transforms that change one picture by steps which they choose.
protocol Augmenting: Transform {
  var interpolation: ImageInterpolation { get }
  var fill: Fill { get }
  /// The picture, changed.
  func augmented(_ picture: TransformValue, _ height: Int, _ width: Int) throws(TensorError) -> TransformValue
}

extension Augmenting {
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { input }

  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    let name = "\(Self.self)"
    let isChanged = needsTransform(inputs)
    var place: Int?
    for (i, input) in inputs.enumerated() {
      switch input {
      case .boundingBoxes, .mask, .keyPoints:
        throw TensorError(.unsupported, name, "Inputs of type \(input.kind.rawValue) are not supported by \(name)()")
      default: break
      }
      guard isChanged[i], input.isPicture else { continue }
      if place != nil {
        throw TensorError(
          .value, name,
          "Auto augment transformations are only properly defined for a single image or video, and the sample has several."
        )
      }
      place = i
    }
    guard let place, let x = inputs[place].tensor, x.ndim >= 3 else {
      throw TensorError(.value, name, "Found no image in the sample.")
    }
    var results = inputs
    results[place] = try augmented(inputs[place], x.height, x.width)
    return results
  }

  /// One of `steps` as it is drawn.
  func drawn(_ steps: [AugmentationStep]) -> AugmentationStep { steps[Draws.integer(0, steps.count)] }

  /// The strength, to one side or the other.
  func signed(_ magnitude: Double?, _ step: AugmentationStep) -> Double {
    guard let magnitude else { return 0 }
    return step.isSigned && Draws.uniform() <= 0.5 ? -magnitude : magnitude
  }

  func taken(
    _ step: AugmentationStep, _ magnitude: Double, to picture: TransformValue
  ) throws(TensorError) -> TransformValue {
    func moved(_ translate: [Double], _ shear: [Double], _ centre: [Double]?) throws(TensorError) -> TransformValue {
      try applied(
        picture,
        AffineKernel(
          angle: 0, translate: translate, scale: 1, shear: shear, interpolation: interpolation, fill: fill,
          centre: centre))
    }
    let slant = atan(magnitude) * 180 / .pi
    switch step {
    case .identity: return picture
    case .shearX: return try moved([0, 0], [slant, 0], [0, 0])
    case .shearY: return try moved([0, 0], [0, slant], [0, 0])
    case .translateX: return try moved([magnitude.rounded(.towardZero), 0], [0, 0], nil)
    case .translateY: return try moved([0, magnitude.rounded(.towardZero)], [0, 0], nil)
    case .rotate:
      return try applied(
        picture,
        RotateKernel(angle: magnitude, interpolation: interpolation, expand: false, centre: nil, fill: fill))
    case .brightness: return try applied(picture, BrightnessKernel(factor: 1 + magnitude))
    case .color: return try applied(picture, SaturationKernel(factor: 1 + magnitude))
    case .contrast: return try applied(picture, ContrastKernel(factor: 1 + magnitude))
    case .sharpness: return try applied(picture, SharpnessKernel(factor: 1 + magnitude))
    case .posterize: return try applied(picture, PosterKernel(bits: whole(magnitude)))
    case .solarize:
      let most = try largestValue(picture.tensor?.dtype ?? .uint8)
      return try applied(picture, SolarKernel(threshold: most * magnitude))
    case .autoContrast: return try applied(picture, AutocontrastKernel())
    case .equalize: return try applied(picture, EqualizeKernel())
    case .invert: return try applied(picture, InvertKernel())
    }
  }
}

/// Steps of most ways, in torchvision's order.
private let geometricSteps: [AugmentationStep] = [.shearX, .shearY, .translateX, .translateY, .rotate]
private let colourSteps: [AugmentationStep] = [.brightness, .color, .contrast, .sharpness]
private let toneSteps: [AugmentationStep] = [.posterize, .solarize, .autoContrast, .equalize]

private let moderateRange = AugmentationRange(
  shear: 0.3, translate: { 150.0 / 331.0 * Double($0) }, rotate: 30, colour: 0.9, posterize: (8, 4))

/// Pairs of changes that were learned for a data set (Cubuk et al., 2019), torchvision's `AutoAugment`. Pictures are bytes or floating
/// point.
public struct AutoAugment: Augmenting {
  public let policy: AutoAugmentPolicy
  public let interpolation: ImageInterpolation
  public let fill: Fill

  /// - Parameters:
  ///   - policy: the data set.
  ///   - interpolation: nearest or bilinear.
  ///   - fill: what lies outside.
  public init(
    policy: AutoAugmentPolicy = .imagenet, interpolation: ImageInterpolation = .nearest, fill: Fill = nil
  ) {
    self.policy = policy
    self.interpolation = interpolation
    self.fill = fill
  }
  /// ``init(policy:interpolation:fill:)`` without the label.
  public init(_ policy: AutoAugmentPolicy, interpolation: ImageInterpolation = .nearest, fill: Fill = nil) {
    self.init(policy: policy, interpolation: interpolation, fill: fill)
  }

  func augmented(_ picture: TransformValue, _ height: Int, _ width: Int) throws(TensorError) -> TransformValue {
    let pairs = policy.pairs
    var value = picture
    for choice in pairs[Draws.integer(0, pairs.count)] {
      guard Draws.uniform() <= Float(choice.probability) else { continue }
      let magnitude = moderateRange.magnitude(choice.step, choice.bin, of: 10, height: height, width: width)
      value = try taken(choice.step, signed(magnitude, choice.step), to: value)
    }
    return value
  }
  public var extraRepresentation: String {
    settings(
      ("interpolation", interpolation.rawValue), ("fill", fill.setting),
      ("policy", "AutoAugmentPolicy.\(policy.rawValue.uppercased())"))
  }
}

/// Changes of one strength (Cubuk et al., 2020), torchvision's `RandAugment`.
public struct RandAugment: Augmenting {
  public let numOps: Int
  public let magnitude: Int
  public let numMagnitudeBins: Int
  public let interpolation: ImageInterpolation
  public let fill: Fill

  /// - Parameters:
  ///   - numOps: how many changes follow each other.
  ///   - magnitude: their strength, below `numMagnitudeBins`.
  ///   - interpolation: nearest or bilinear.
  ///   - fill: what lies outside.
  public init(
    numOps: Int = 2, magnitude: Int = 9, numMagnitudeBins: Int = 31, interpolation: ImageInterpolation = .nearest,
    fill: Fill = nil
  ) {
    if numOps < 0 {
      report(
        TensorError(.value, "RandAugment", "num_ops should be a non-negative integer, but got \(numOps) instead."))
    }
    if magnitude < 0 || magnitude >= numMagnitudeBins {
      report(
        TensorError(
          .value, "RandAugment", "the magnitude is a number from 0 to \(numMagnitudeBins - 1), and found \(magnitude)"))
    }
    self.numOps = max(numOps, 0)
    self.numMagnitudeBins = max(numMagnitudeBins, 1)
    self.magnitude = min(max(magnitude, 0), self.numMagnitudeBins - 1)
    self.interpolation = interpolation
    self.fill = fill
  }

  func augmented(_ picture: TransformValue, _ height: Int, _ width: Int) throws(TensorError) -> TransformValue {
    var value = picture
    for _ in 0..<numOps {
      let step = drawn([.identity] + geometricSteps + colourSteps + toneSteps)
      let strength = moderateRange.magnitude(step, magnitude, of: numMagnitudeBins, height: height, width: width)
      value = try taken(step, signed(strength, step), to: value)
    }
    return value
  }
  public var extraRepresentation: String {
    settings(
      ("interpolation", interpolation.rawValue), ("fill", fill.setting), ("num_ops", "\(numOps)"),
      ("magnitude", "\(magnitude)"), ("num_magnitude_bins", "\(numMagnitudeBins)"))
  }
}

/// One change of any strength (Müller and Hutter, 2021), torchvision's `TrivialAugmentWide`.
public struct TrivialAugmentWide: Augmenting {
  public let numMagnitudeBins: Int
  public let interpolation: ImageInterpolation
  public let fill: Fill

  /// - Parameters:
  ///   - numMagnitudeBins: how many strengths there are.
  ///   - interpolation: nearest or bilinear.
  ///   - fill: what lies outside.
  public init(numMagnitudeBins: Int = 31, interpolation: ImageInterpolation = .nearest, fill: Fill = nil) {
    if numMagnitudeBins < 1 {
      report(TensorError(.value, "TrivialAugmentWide", "needs at least one strength, and found \(numMagnitudeBins)"))
    }
    self.numMagnitudeBins = max(numMagnitudeBins, 1)
    self.interpolation = interpolation
    self.fill = fill
  }

  private static let range = AugmentationRange(
    shear: 0.99, translate: { _ in 32 }, rotate: 135, colour: 0.99, posterize: (8, 6))

  func augmented(_ picture: TransformValue, _ height: Int, _ width: Int) throws(TensorError) -> TransformValue {
    let step = drawn([.identity] + geometricSteps + colourSteps + toneSteps)
    guard Self.range.magnitude(step, 0, of: numMagnitudeBins, height: height, width: width) != nil else {
      return try taken(step, 0, to: picture)
    }
    let bin = Draws.integer(0, numMagnitudeBins)
    let strength = Self.range.magnitude(step, bin, of: numMagnitudeBins, height: height, width: width)
    return try taken(step, signed(strength, step), to: picture)
  }
  public var extraRepresentation: String {
    settings(
      ("interpolation", interpolation.rawValue), ("fill", fill.setting), ("num_magnitude_bins", "\(numMagnitudeBins)"))
  }
}

/// Chains of changes mixed with the picture (Hendrycks et al., 2020), torchvision's `AugMix`.
public struct AugMix: Augmenting {
  public let severity: Int
  public let mixtureWidth: Int
  public let chainDepth: Int
  public let alpha: Double
  public let allOps: Bool
  public let interpolation: ImageInterpolation
  public let fill: Fill

  /// - Parameters:
  ///   - severity: how strong changes may be, 1 to 10.
  ///   - mixtureWidth: how many chains there are.
  ///   - chainDepth: how many changes a chain has; -1 for 1 to 3.
  ///   - alpha: the parameter of the distributions of shares.
  ///   - allOps: whether brightness, colour, contrast and sharpness change too.
  ///   - interpolation: nearest or bilinear.
  ///   - fill: what lies outside.
  public init(
    severity: Int = 3, mixtureWidth: Int = 3, chainDepth: Int = -1, alpha: Double = 1, allOps: Bool = true,
    interpolation: ImageInterpolation = .bilinear, fill: Fill = nil
  ) {
    if !(1...10).contains(severity) {
      report(TensorError(.value, "AugMix", "The severity must be between [1, 10]. Got \(severity) instead."))
    }
    self.severity = min(max(severity, 1), 10)
    if mixtureWidth < 1 {
      report(TensorError(.value, "AugMix", "needs at least one chain, and found a mixtureWidth of \(mixtureWidth)"))
    }
    self.mixtureWidth = max(mixtureWidth, 1)
    self.chainDepth = chainDepth
    self.alpha = alpha
    self.allOps = allOps
    self.interpolation = interpolation
    self.fill = fill
  }

  private static let range = AugmentationRange(
    shear: 0.3, translate: { Double($0) / 3 }, rotate: 30, colour: 0.9, posterize: (4, 4))

  func augmented(_ picture: TransformValue, _ height: Int, _ width: Int) throws(TensorError) -> TransformValue {
    let x = picture.stacked
    let steps = geometricSteps + toneSteps + (allOps ? colourSteps : [])
    // Shares for each picture of a batch.
    let dimensions = picture.kind == .video ? 5 : 4
    let shape = [Int](repeating: 1, count: max(dimensions - x.ndim, 0)) + x.shape
    let batch = x.reshape(shape)
    let count = shape[0]
    func shares(_ parts: Int) -> Tensor {
      drawDirichlet(Tensor.full([count, parts], alpha, dtype: .float32))
    }
    let each = [count] + [Int](repeating: 1, count: shape.count - 1)
    let own = shares(2)
    let chains = shares(mixtureWidth) * own.select(1, 1).reshape([count, 1])
    var mix = own.select(1, 0).reshape(each) * batch
    for chain in 0..<mixtureWidth {
      var value = TransformValue.tensor(batch)
      let depth = chainDepth > 0 ? chainDepth : Draws.integer(1, 4)
      for _ in 0..<depth {
        let step = drawn(steps)
        var strength = 0.0
        if Self.range.magnitude(step, 0, of: 10, height: height, width: width) != nil {
          let bin = Draws.integer(0, severity)
          strength = signed(Self.range.magnitude(step, bin, of: 10, height: height, width: width), step)
        }
        value = try taken(step, strength, to: value)
      }
      mix = mix + chains.select(1, chain).reshape(each) * value.stacked
    }
    return picture.with(mix.reshape(x.shape).to(x.dtype))
  }
  public var extraRepresentation: String {
    settings(
      ("interpolation", interpolation.rawValue), ("fill", fill.setting), ("severity", "\(severity)"),
      ("mixture_width", "\(mixtureWidth)"), ("chain_depth", "\(chainDepth)"), ("alpha", python(alpha)),
      ("all_ops", python(allOps)))
  }
}
