import ApusCore
import ApusFunctional

/// Boxes told in another format, torchvision's `ConvertBoundingBoxFormat`.
public struct ConvertBoundingBoxFormat: Transform {
  public let format: BoundingBoxFormat
  /// - Parameter format: the format.
  public init(_ format: BoundingBoxFormat) { self.format = format }
  /// ``init(_:)`` with a label.
  public init(format: BoundingBoxFormat) { self.format = format }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    guard case .boundingBoxes(let boxes) = input else { return input }
    return .boundingBoxes(try boxes.converted(to: format, dtype: boxes.tensor.dtype))
  }
  public var extraRepresentation: String { settings(("format", "BoundingBoxFormat.\(format.rawValue)")) }
}

/// Boxes kept inside of the picture, torchvision's `ClampBoundingBoxes`.
public struct ClampBoundingBoxes: Transform {
  public let clampingMode: ClampingMode?
  /// - Parameter clampingMode: nil for that of the boxes.
  public init(clampingMode: ClampingMode? = nil) { self.clampingMode = clampingMode }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    guard case .boundingBoxes(let boxes) = input else { return input }
    return .boundingBoxes(try boxes.clamped(clampingMode ?? boxes.clampingMode))
  }
  public var extraRepresentation: String {
    settings(("clamping_mode", clampingMode == ClampingMode.none ? nil : clampingMode?.rawValue ?? "auto"))
  }
}

/// Points kept inside of the picture, torchvision's `ClampKeyPoints`.
public struct ClampKeyPoints: Transform {
  /// No settings.
  public init() {}
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue {
    guard case .keyPoints(let points) = input else { return input }
    return .keyPoints(TF.clampKeyPoints(points))
  }
}

/// How boxes are kept inside from then on, torchvision's `SetClampingMode`.
public struct SetClampingMode: Transform {
  public let clampingMode: ClampingMode
  /// - Parameter clampingMode: the mode.
  public init(_ clampingMode: ClampingMode) { self.clampingMode = clampingMode }
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue {
    guard case .boundingBoxes(var boxes) = input else { return input }
    boxes.clampingMode = clampingMode
    return .boundingBoxes(boxes)
  }
  public var extraRepresentation: String {
    settings(("clamping_mode", clampingMode == .none ? nil : clampingMode.rawValue))
  }
}

/// Boxes left out that do not lie in the picture or are too small, with their masks and labels, torchvision's `SanitizeBoundingBoxes`.
/// Labels are the plain tensors behind the first value of the sample that have as many rows as there are boxes; where a sample is a
/// dictionary, those under a name with "label" in it would be torchvision's.
public struct SanitizeBoundingBoxes: Transform {
  public let minSize: Double
  public let minArea: Double
  /// Whether labels are looked for.
  public let keepsLabels: Bool

  /// - Parameters:
  ///   - minSize: the least side, 1 or more.
  ///   - minArea: the least area, 1 or more.
  ///   - keepsLabels: whether all labels stay as they are.
  public init(minSize: Double = 1, minArea: Double = 1, keepsLabels: Bool = false) {
    if minSize < 1 { report(TensorError(.value, "SanitizeBoundingBoxes", "min_size must be >= 1, got \(minSize).")) }
    if minArea < 1 { report(TensorError(.value, "SanitizeBoundingBoxes", "min_area must be >= 1, got \(minArea).")) }
    self.minSize = minSize
    self.minArea = minArea
    self.keepsLabels = keepsLabels
  }

  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { input }
  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    var found: BoundingBoxes?
    for case .boundingBoxes(let boxes) in inputs where found == nil { found = boxes }
    guard let boxes = found else {
      throw TensorError(.value, "SanitizeBoundingBoxes", "No bounding boxes were found in the sample")
    }
    let valid = try boxes.valid(minSize: minSize, minArea: minArea)
    return inputs.enumerated().map { i, input in
      switch input {
      case .boundingBoxes(let boxes): .boundingBoxes(boxes.with(boxes.tensor.chosen(valid)))
      // One mask for each object; others are of the whole picture.
      case .mask(let mask) where mask.tensor.shape.first == boxes.count:
        .mask(Mask(mask.tensor.chosen(valid)))
      case .tensor(let x) where !keepsLabels && x.ndim >= 1 && x.ndim < 3 && x.shape[0] == boxes.count:
        .tensor(x.chosen(valid))
      default: input
      }
    }
  }
  public var extraRepresentation: String {
    settings(
      ("min_size", python(minSize)), ("min_area", python(minArea)), ("labels_getter", keepsLabels ? nil : "default"))
  }
}

/// Points left out that do not lie in the picture, torchvision's `SanitizeKeyPoints`.
public struct SanitizeKeyPoints: Transform {
  /// No settings.
  public init() {}
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue {
    guard case .keyPoints(let points) = input else { return input }
    return .keyPoints(TF.sanitizeKeyPoints(points).0)
  }
}

/// A part of the picture with at least one box in it, as for SSD (Liu et al., 2016), torchvision's `RandomIoUCrop`. Boxes whose centre is
/// outside become 0, for ``SanitizeBoundingBoxes`` to leave out.
public struct RandomIoUCrop: Transform {
  public let minScale: Double
  public let maxScale: Double
  public let minAspectRatio: Double
  public let maxAspectRatio: Double
  /// Overlaps of which one is drawn.
  public let options: [Double]
  public let trials: Int

  /// - Parameters:
  ///   - minScale: the least part of width and height.
  ///   - maxScale: the largest.
  ///   - minAspectRatio: the least width over height.
  ///   - maxAspectRatio: the largest.
  ///   - samplerOptions: overlaps of which one is drawn, which a box must have with the part; 1 and more leaves the picture as it is.
  ///   - trials: how often a part is drawn before another overlap is.
  public init(
    minScale: Double = 0.3, maxScale: Double = 1, minAspectRatio: Double = 0.5, maxAspectRatio: Double = 2,
    samplerOptions: [Double] = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1], trials: Int = 40
  ) {
    self.minScale = minScale
    self.maxScale = maxScale
    self.minAspectRatio = minAspectRatio
    self.maxAspectRatio = maxAspectRatio
    options = samplerOptions
    self.trials = trials
    if samplerOptions.isEmpty {
      report(TensorError(.value, "RandomIoUCrop", "there are no samplerOptions to draw from"))
    }
  }

  /// A part, and which boxes have their centre in it; nil where all stays.
  public struct Params: Sendable {
    let crop: Crop?
    let isInside: [Bool]
  }

  public func checkInputs(_ inputs: [TransformValue]) throws(TensorError) {
    guard inputs.contains(where: { $0.kind == .boundingBoxes }), inputs.contains(where: \.isPicture) else {
      throw TensorError(
        .value, "RandomIoUCrop",
        "requires input sample to contain tensor or PIL images and bounding boxes. Sample can also contain masks.")
    }
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    let (height, width) = try inputs.size("RandomIoUCrop")
    var found: BoundingBoxes?
    for case .boundingBoxes(let boxes) in inputs where found == nil { found = boxes }
    guard let found else { return Params(crop: nil, isInside: []) }
    let corners = try converted(found.tensor, from: found.format, to: .xyxy).array(as: Double.self)
    let boxes = stride(from: 0, to: corners.count, by: 4).map { Array(corners[$0..<($0 + 4)]) }
    // Overlaps that no part can have would be drawn for ever.
    for _ in 0..<10_000 where !options.isEmpty {
      let least = options[Draws.integer(0, options.count)]
      if least >= 1 { return Params(crop: nil, isInside: []) }
      for _ in 0..<max(trials, 0) {
        let sizes = Draws.two()
        let (low, span) = (Float(minScale), Float(maxScale - minScale))
        let (w, h) = (whole(Float(width) * (low + span * sizes.0)), whole(Float(height) * (low + span * sizes.1)))
        let shape = Double(w) / Double(h)
        guard shape >= minAspectRatio, shape <= maxAspectRatio else { continue }
        let place = Draws.two()
        let (left, top) = (whole(Float(width - w) * place.0), whole(Float(height - h) * place.1))
        if w == 0 || h == 0 { continue }
        let part = [left, top, left + w, top + h].map { Double($0) }
        let isInside = boxes.map { box in
          let (x, y) = (0.5 * (box[0] + box[2]), 0.5 * (box[1] + box[3]))
          return part[0] < x && x < part[2] && part[1] < y && y < part[3]
        }
        let overlaps = zip(boxes, isInside).filter(\.1).map { overlap($0.0, part) }
        guard let most = overlaps.max(), most >= least else { continue }
        return Params(crop: Crop(top: top, left: left, height: h, width: w), isInside: isInside)
      }
    }
    return Params(crop: nil, isInside: [])
  }

  /// The shared area of two boxes over that of both.
  private func overlap(_ a: [Double], _ b: [Double]) -> Double {
    func area(_ box: [Double]) -> Double { max(0, box[2] - box[0]) * max(0, box[3] - box[1]) }
    let shared = area([max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])])
    return shared / (area(a) + area(b) - shared)
  }

  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    guard let crop = params.crop else { return input }
    let result = try applied(input, crop)
    guard case .boundingBoxes(let boxes) = result, boxes.count == params.isInside.count else { return result }
    let outside = Tensor(params.isInside.map { !$0 }).unsqueeze(1)
    return .boundingBoxes(boxes.with(boxes.tensor.maskedFill(outside, 0)))
  }
  public var extraRepresentation: String {
    settings(
      ("min_scale", python(minScale)), ("max_scale", python(maxScale)), ("min_aspect_ratio", python(minAspectRatio)),
      ("max_aspect_ratio", python(maxAspectRatio)), ("options", pythonList(options)), ("trials", "\(trials)"))
  }
}
