import ApusCore
import ApusFunctional

extension TF {
  /// A part of the picture, torchvision's `crop`. What lies outside of the picture is 0.
  /// - Parameters:
  ///   - top: the first row, which may be negative.
  ///   - left: the first column, which may be negative.
  public static func crop<Input: VisionTensor>(
    _ input: Input, top: Int, left: Int, height: Int, width: Int
  ) -> Input {
    Crop(top: top, left: left, height: height, width: width).run(input)
  }

  /// ``crop(_:top:left:height:width:)`` without labels.
  public static func crop<Input: VisionTensor>(
    _ input: Input, _ top: Int, _ left: Int, _ height: Int, _ width: Int
  ) -> Input {
    crop(input, top: top, left: left, height: height, width: width)
  }

  /// The middle of the picture, torchvision's `center_crop`; a smaller picture gets a margin of 0.
  /// - Parameter outputSize: height and width, or one number for both.
  public static func centerCrop<Input: VisionTensor, each Size: SpatialSize>(
    _ input: Input, _ outputSize: (repeat each Size)
  ) -> Input {
    CentreCrop(size: sizes(repeat each outputSize) ?? []).run(input)
  }

  /// ``centerCrop(_:_:)`` with a label.
  public static func centerCrop<Input: VisionTensor, each Size: SpatialSize>(
    _ input: Input, outputSize: (repeat each Size)
  ) -> Input {
    CentreCrop(size: sizes(repeat each outputSize) ?? []).run(input)
  }

  /// A part of the picture in another size, torchvision's `resized_crop`.
  /// - Parameters: as ``crop(_:top:left:height:width:)`` and ``resize(_:_:interpolation:maxSize:antialias:)``.
  public static func resizedCrop<Input: VisionTensor, each Size: SpatialSize>(
    _ input: Input, top: Int, left: Int, height: Int, width: Int, size: (repeat each Size),
    interpolation: ImageInterpolation = .bilinear, antialias: Bool = true
  ) -> Input {
    ResizedCrop(
      crop: Crop(top: top, left: left, height: height, width: width),
      resize: ResizeKernel(
        size: sizes(repeat each size), maxSize: nil, interpolation: interpolation, antialias: antialias)
    ).run(input)
  }

  /// The four corners and the middle of a picture, torchvision's `five_crop`: top left, top right, bottom left, bottom right, middle.
  public static func fiveCrop<Input: VisionTensor, each Size: SpatialSize>(
    _ input: Input, _ size: (repeat each Size)
  ) -> [Input] {
    crops(input, Crops(size: sizes(repeat each size) ?? [], flips: nil, name: "fiveCrop"))
  }

  /// ``fiveCrop(_:_:)`` of the picture and of its mirror image, torchvision's `ten_crop`.
  /// - Parameter verticalFlip: whether top and bottom are exchanged instead of left and right.
  public static func tenCrop<Input: VisionTensor, each Size: SpatialSize>(
    _ input: Input, _ size: (repeat each Size), verticalFlip: Bool = false
  ) -> [Input] {
    crops(input, Crops(size: sizes(repeat each size) ?? [], flips: verticalFlip, name: "tenCrop"))
  }

  private static func crops<Input: VisionTensor>(_ input: Input, _ cut: Crops) -> [Input] {
    do throws(TensorError) { return try cut.parts(input.transformValue).map { Input($0) } } catch {
      return [Input(input.transformValue.with(fail(error)))]
    }
  }
}

struct Crop: Kernel {
  let top: Int
  let left: Int
  let height: Int
  let width: Int
  var name: String { "crop" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard height >= 0, width >= 0, [top, left, height, width].allSatisfy({ $0.magnitude <= mostPixels }) else {
      throw TensorError(
        .value, name,
        "height and width are not negative, and no number is beyond \(mostPixels), and found \([top, left, height, width])"
      )
    }
    let (rows, columns) = (x.height, x.width)
    let (bottom, right) = (top + height, left + width)
    if top >= 0, left >= 0, bottom <= rows, right <= columns { return x.window(top, left, height, width) }
    func part(_ start: Int, _ end: Int, _ count: Int) -> Range<Int> {
      let first = min(max(start, 0), count)
      return first..<max(first, min(max(end, 0), count))
    }
    let (ys, xs) = (part(top, bottom, rows), part(left, right, columns))
    return try padded(
      x.window(ys.lowerBound, xs.lowerBound, ys.count, xs.count),
      [
        max(min(right, 0) - left, 0), max(right - max(columns, left), 0), max(min(bottom, 0) - top, 0),
        max(bottom - max(rows, top), 0),
      ], 0)
  }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? { try image(x) }

  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? {
    var boxes = x.with(x.moved(-left, -top), canvasSize: (height, width))
    if x.format == .xyxyxyxy { boxes = boxes.with(rectangles(boxes.tensor)) }
    return try boxes.clamped(x.clampingMode)
  }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    x.with(x.tensor - Tensor([left, top]).to(x.tensor.dtype), canvasSize: (height, width))
  }
}

extension BoundingBoxes {
  /// The boxes so many pixels on.
  func moved(_ x: Int, _ y: Int) -> Tensor {
    let steps =
      switch format {
      case .xyxyxyxy: [x, y, x, y, x, y, x, y]
      case .xywhr, .cxcywhr: [x, y, 0, 0, 0]
      case .xyxy: [x, y, x, y]
      case .xywh, .cxcywh: [x, y, 0, 0]
      }
    return tensor.count == 0 ? tensor : tensor + Tensor(steps).to(tensor.dtype)
  }
}

struct CentreCrop: Kernel {
  let size: [Int]
  var name: String { "centerCrop" }

  private func output() throws(TensorError) -> (height: Int, width: Int) {
    guard size.count == 1 || size.count == 2, size.allSatisfy({ (0...mostPixels).contains($0) }) else {
      throw TensorError(.value, name, "the size is one number or height and width, and found \(size)")
    }
    return (size[0], size[size.count - 1])
  }

  /// Where the part begins; halves go to the even row.
  private func anchor(_ output: (height: Int, width: Int), _ rows: Int, _ columns: Int) -> (top: Int, left: Int) {
    (
      Int((Double(rows - output.height) / 2).rounded(.toNearestOrEven)),
      Int((Double(columns - output.width) / 2).rounded(.toNearestOrEven))
    )
  }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    let output = try output()
    var x = x
    if x.count == 0 { return Tensor.zeros(x.shape.dropLast(2) + [output.height, output.width], dtype: x.dtype) }
    if output.height > x.height || output.width > x.width {
      let (across, down) = (max(output.width - x.width, 0), max(output.height - x.height, 0))
      x = try padded(x, [across / 2, (across + 1) / 2, down / 2, (down + 1) / 2], 0)
      if (x.height, x.width) == output { return x }
    }
    let (top, left) = anchor(output, x.height, x.width)
    return x.window(top, left, output.height, output.width)
  }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? { try image(x) }

  private func crop(_ canvas: (height: Int, width: Int)) throws(TensorError) -> Crop {
    let output = try output()
    let (top, left) = anchor(output, canvas.height, canvas.width)
    return Crop(top: top, left: left, height: output.height, width: output.width)
  }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? { try crop(x.canvasSize).boxes(x) }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? { try crop(x.canvasSize).points(x) }
}

struct ResizedCrop: Kernel {
  let crop: Crop
  let resize: ResizeKernel
  var name: String { "resizedCrop" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor { try resize.image(crop.image(x)) }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor { try resize.pil(crop.image(x)) }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? { try resize.mask(crop.image(x)) }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? {
    guard let part = try crop.boxes(x) else { return nil }
    return try resize.boxes(part)
  }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    guard let part = try crop.points(x) else { return nil }
    return try resize.points(part)
  }
}

/// Corners and middle.
struct Crops: Sendable {
  let size: [Int]
  /// Whether the mirror image follows, and whether it is one of top and bottom.
  let flips: Bool?
  let name: String

  func parts(_ value: TransformValue) throws(TensorError) -> [TransformValue] {
    guard value.isPicture else {
      throw TensorError(.unsupported, name, "does not change values of kind \(value.kind.rawValue)")
    }
    var crops = try five(value)
    if let flips {
      let mirrored = flips ? try VerticalFlip().result(of: value) : try HorizontalFlip().result(of: value)
      crops += try five(mirrored ?? value)
    }
    return crops
  }

  private func five(_ value: TransformValue) throws(TensorError) -> [TransformValue] {
    guard size.count == 1 || size.count == 2, let x = value.tensor, x.ndim >= 3 else {
      throw TensorError(.value, name, "needs a picture [..., C, H, W] and a size (h, w), and found \(size)")
    }
    let (height, width) = (size[0], size[size.count - 1])
    guard height <= x.height, width <= x.width else {
      throw TensorError(
        .value, name,
        "Requested crop size \(pythonList([height, width])) is bigger than input size (\(x.height), \(x.width))")
    }
    var parts: [TransformValue] = []
    for top in [0, x.height - height] {
      for left in [0, x.width - width] {
        parts.append(value.with(x.window(top, left, height, width)))
      }
    }
    parts.append(value.with(try CentreCrop(size: size).image(x)))
    return parts
  }
}
