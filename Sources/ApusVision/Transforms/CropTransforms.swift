import ApusCore
import ApusFunctional

/// The middle, torchvision's `CenterCrop`.
public struct CenterCrop: Transform {
  public let size: [Int]
  /// - Parameter size: height and width, or one number for both.
  public init<each Size: SpatialSize>(_ size: (repeat each Size)) {
    self.size = settledSize(sizes(repeat each size), "CenterCrop")
  }
  /// ``init(_:)`` with a label.
  public init(size: some SpatialSize) { self.init(size.spatialSizes) }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, CentreCrop(size: size))
  }
  public var extraRepresentation: String { settings(("size", pythonTuple(size))) }
}

/// A part at a random place, torchvision's `RandomCrop`.
public struct RandomCrop: Transform {
  public let size: [Int]
  /// Left, right, top, bottom.
  public let padding: [Int]?
  public let padIfNeeded: Bool
  public let fill: Fill
  public let paddingMode: PaddingMode

  /// - Parameters:
  ///   - size: height and width, or one number for both.
  ///   - padding: a margin before the part is taken, as of ``Pad``.
  ///   - padIfNeeded: whether a picture that is too small gets a margin; else it is a mistake.
  ///   - fill: what stands in the margin.
  public init<each Size: SpatialSize, each Margin: SpatialSize>(
    _ size: (repeat each Size), padding: (repeat each Margin) = (), padIfNeeded: Bool = false, fill: Fill = 0,
    paddingMode: PaddingMode = .constant
  ) {
    self.size = settledSize(sizes(repeat each size), "RandomCrop")
    var margin: [Int]?
    if let given = sizes(repeat each padding), given != [0] {
      do throws(TensorError) { margin = try sides(given, "RandomCrop") } catch { report(error) }
    }
    self.padding = margin
    self.padIfNeeded = padIfNeeded
    self.fill = fill
    self.paddingMode = paddingMode
  }

  /// ``init(_:padding:padIfNeeded:fill:paddingMode:)`` with a label.
  public init<each Margin: SpatialSize>(
    size: some SpatialSize, padding: (repeat each Margin) = (), padIfNeeded: Bool = false, fill: Fill = 0,
    paddingMode: PaddingMode = .constant
  ) {
    self.init(
      size.spatialSizes, padding: sizes(repeat each padding) ?? [0], padIfNeeded: padIfNeeded, fill: fill,
      paddingMode: paddingMode)
  }

  /// A margin, and a part of what comes of it.
  public struct Params: Sendable {
    /// Left, top, right, bottom; nil for none.
    let padding: [Int]?
    let crop: Crop?
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    var (height, width) = try inputs.size("RandomCrop")
    var sides = padding ?? [0, 0, 0, 0]
    width += sides[0] + sides[1]
    height += sides[2] + sides[3]
    if padIfNeeded {
      if height < size[0] {
        let missing = size[0] - height
        sides[2] += missing
        sides[3] += missing
        height += 2 * missing
      }
      if width < size[1] {
        let missing = size[1] - width
        sides[0] += missing
        sides[1] += missing
        width += 2 * missing
      }
    }
    guard height >= size[0], width >= size[1] else {
      throw TensorError(
        .shape, "RandomCrop",
        "Required crop size (\(size[0]), \(size[1])) is larger than \(padding != nil ? "padded " : "")input image size "
          + "(\(height), \(width)); padIfNeeded: true gives a margin")
    }
    let top = height > size[0] ? Draws.integer(0, height - size[0] + 1) : nil
    let left = width > size[1] ? Draws.integer(0, width - size[1] + 1) : nil
    let crop =
      top == nil && left == nil ? nil : Crop(top: top ?? 0, left: left ?? 0, height: size[0], width: size[1])
    return Params(
      padding: sides.contains { $0 != 0 } ? [sides[0], sides[2], sides[1], sides[3]] : nil, crop: crop)
  }

  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    var value = input
    if let padding = params.padding {
      value = try applied(value, PadKernel(padding: padding, fill: fill, mode: paddingMode))
    }
    if let crop = params.crop { value = try applied(value, crop) }
    return value
  }
  public var extraRepresentation: String {
    settings(
      ("size", pythonTuple(size)), ("padding", padding.map(pythonList)), ("pad_if_needed", python(padIfNeeded)),
      ("fill", fill.setting), ("padding_mode", paddingMode.rawValue))
  }
}

/// The four corners and the middle, as five pictures, torchvision's `FiveCrop`. Called with a tensor it gives a stack `[5, ..., C, h, w]`
/// of them; ``Lambda`` after it, or ``TF/fiveCrop(_:_:)``, sees them apart.
public struct FiveCrop: Transform {
  public let size: [Int]
  /// - Parameter size: height and width, or one number for both.
  public init<each Size: SpatialSize>(_ size: (repeat each Size)) {
    self.size = settledSize(sizes(repeat each size), "FiveCrop")
  }
  public func checkInputs(_ inputs: [TransformValue]) throws(TensorError) { try refusePlaces(inputs, "FiveCrop") }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    input.isPicture ? .crops(try Crops(size: size, flips: nil, name: "FiveCrop").parts(input)) : input
  }
  public var extraRepresentation: String { settings(("size", pythonTuple(size))) }
}

/// ``FiveCrop`` of the picture and of its mirror image, torchvision's `TenCrop`.
public struct TenCrop: Transform {
  public let size: [Int]
  public let verticalFlip: Bool
  /// - Parameters:
  ///   - size: height and width, or one number for both.
  ///   - verticalFlip: whether top and bottom are exchanged instead of left and right.
  public init<each Size: SpatialSize>(_ size: (repeat each Size), verticalFlip: Bool = false) {
    self.size = settledSize(sizes(repeat each size), "TenCrop")
    self.verticalFlip = verticalFlip
  }
  public func checkInputs(_ inputs: [TransformValue]) throws(TensorError) { try refusePlaces(inputs, "TenCrop") }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    input.isPicture ? .crops(try Crops(size: size, flips: verticalFlip, name: "TenCrop").parts(input)) : input
  }
  public var extraRepresentation: String {
    settings(("size", pythonTuple(size)), ("vertical_flip", python(verticalFlip)))
  }
}

/// Refuses boxes and masks.
func refusePlaces(_ inputs: [TransformValue], _ name: String) throws(TensorError) {
  for input in inputs {
    switch input {
    case .boundingBoxes, .mask:
      throw TensorError(.unsupported, name, "BoundingBoxes'es and Mask's are not supported by \(name)()")
    default: continue
    }
  }
}

/// A margin, torchvision's `Pad`.
public struct Pad: Transform {
  let kernel: PadKernel
  private let text: String

  /// - Parameters:
  ///   - padding: one number for all sides, two for left and right, top and bottom, or four for left, top, right, bottom.
  ///   - fill: what stands there.
  public init<each Size: SpatialSize>(
    _ padding: (repeat each Size), fill: Fill = 0, paddingMode: PaddingMode = .constant
  ) {
    let numbers = sizes(repeat each padding) ?? []
    if ![1, 2, 4].contains(numbers.count) {
      report(
        TensorError(.value, "Pad", "Padding must be an int or a 1, 2, or 4 element of tuple or list, got \(numbers)."))
    }
    kernel = PadKernel(padding: numbers, fill: fill, mode: paddingMode)
    text = numbers.count == 1 ? "\(numbers[0])" : pythonList(numbers)
  }
  /// ``init(_:fill:paddingMode:)`` with a label.
  public init(padding: some SpatialSize, fill: Fill = 0, paddingMode: PaddingMode = .constant) {
    self.init(padding.spatialSizes, fill: fill, paddingMode: paddingMode)
  }

  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, kernel)
  }
  public var extraRepresentation: String {
    settings(("padding", text), ("fill", kernel.fill.setting), ("padding_mode", kernel.mode.rawValue))
  }
}

/// A margin of random width on all sides, torchvision's `RandomZoomOut`.
public struct RandomZoomOut: RandomTransform {
  public let fill: Fill
  public let sideRange: (Double, Double)
  public let p: Double

  /// - Parameters:
  ///   - fill: what stands in the margin.
  ///   - sideRange: how many times as large the picture becomes, 1 or more.
  ///   - p: the probability.
  public init(fill: Fill = 0, sideRange: (Double, Double) = (1, 4), p: Double = 0.5) {
    self.fill = fill
    self.sideRange = sideRange
    self.p = checkedProbability(p, "RandomZoomOut")
    if sideRange.0 < 1 || sideRange.0 > sideRange.1 {
      report(TensorError(.value, "RandomZoomOut", "Invalid side range provided \(sideRange)."))
    }
  }

  /// A margin: left, top, right, bottom.
  public struct Params: Sendable {
    let padding: [Int]
  }

  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params {
    let (height, width) = try inputs.size("RandomZoomOut")
    let factor = Float(sideRange.0) + Draws.uniform() * Float(sideRange.1 - sideRange.0)
    let (newWidth, newHeight) = (whole(Float(width) * factor), whole(Float(height) * factor))
    let place = Draws.two()
    let left = whole(Float(newWidth - width) * place.0)
    let top = whole(Float(newHeight - height) * place.1)
    return Params(padding: [left, top, newWidth - left - width, newHeight - top - height])
  }
  public func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue {
    try applied(input, PadKernel(padding: params.padding, fill: fill, mode: .constant))
  }
  public var extraRepresentation: String {
    settings(("p", python(p)), ("fill", fill.setting), ("side_range", pythonTuple([sideRange.0, sideRange.1])))
  }
}
