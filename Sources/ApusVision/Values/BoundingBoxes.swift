import ApusCore

/// How boxes are told: by two corners, by a corner, a width and a height, or by the centre, in pixels; of rotated ones with an angle
/// in degrees against the clock, or by four corners.
public enum BoundingBoxFormat: String, NamedChoice, Sendable, Hashable {
  /// Left, top, right, bottom.
  case xyxy = "XYXY"
  /// Left, top, width, height.
  case xywh = "XYWH"
  /// Centre, width, height.
  case cxcywh = "CXCYWH"
  /// Top left corner, width, height and rotation around it.
  case xywhr = "XYWHR"
  /// Centre, width, height and rotation around it.
  case cxcywhr = "CXCYWHR"
  /// Four corners: top left, top right, bottom right, bottom left.
  case xyxyxyxy = "XYXYXYXY"

  public init(stringLiteral name: String) { self.init(named: name.uppercased()) }

  /// PyTorch's capital spellings.
  public static var XYXY: Self { .xyxy }
  /// Left, top, width, height.
  public static var XYWH: Self { .xywh }
  /// Centre, width, height.
  public static var CXCYWH: Self { .cxcywh }
  /// Rotated: top left corner, width, height, rotation.
  public static var XYWHR: Self { .xywhr }
  /// Rotated: centre, width, height, rotation.
  public static var CXCYWHR: Self { .cxcywhr }
  /// Rotated: four corners.
  public static var XYXYXYXY: Self { .xyxyxyxy }

  /// Whether boxes may be rotated.
  public var isRotated: Bool { self == .xywhr || self == .cxcywhr || self == .xyxyxyxy }

  /// The numbers of one box.
  var width: Int { self == .xyxyxyxy ? 8 : isRotated ? 5 : 4 }
}

/// How boxes are kept inside the picture: only differs for rotated ones.
public enum ClampingMode: String, NamedChoice, Sendable, Hashable {
  /// The part of the box that is visible may be larger than what is inside, so that no part of the object is lost.
  case soft
  /// The box shrinks until all of it is inside.
  case hard
  /// Boxes stay as they are.
  case none
}

/// Boxes `[N, 4]` (rotated ones `[N, 5]` or `[N, 8]`) in a picture of a certain size: torchvision's `tv_tensors.BoundingBoxes`.
///
///     let boxes = BoundingBoxes([[10, 20, 60, 80]], format: .xyxy, canvasSize: (100, 120))
public struct BoundingBoxes: VisionTensor {
  public var tensor: Tensor
  public var format: BoundingBoxFormat
  /// Height and width of the picture.
  public var canvasSize: (height: Int, width: Int)
  public var clampingMode: ClampingMode

  /// Boxes; a single one may have one dimension. Rotated ones are floating point.
  public init(
    _ tensor: Tensor, format: BoundingBoxFormat, canvasSize: (height: Int, width: Int),
    clampingMode: ClampingMode = .soft
  ) {
    self.format = format
    self.canvasSize = canvasSize
    self.clampingMode = clampingMode
    var tensor = tensor
    if !tensor.isPoisoned {
      if tensor.ndim == 1 { tensor = tensor.unsqueeze(0) }
      if tensor.ndim != 2 || (tensor.count > 0 && tensor.shape[1] != format.width) {
        tensor = fail(
          TensorError(
            .shape, "BoundingBoxes",
            "expects boxes [N, \(format.width)] for the format \(format.rawValue), and found \(tensor.shape)"))
      } else if format.isRotated, !tensor.dtype.isFloatingPoint {
        tensor = fail(
          TensorError(
            .dtype, "BoundingBoxes", "rotated boxes are floating point tensors, and this is \(tensor.dtype)"))
      }
    }
    self.tensor = tensor
  }

  /// Boxes of numbers.
  public init(
    _ boxes: [[Double]], format: BoundingBoxFormat, canvasSize: (height: Int, width: Int),
    clampingMode: ClampingMode = .soft,
    dtype: DType = .float32
  ) {
    self.init(
      Tensor(boxes.flatMap { $0 }, shape: [boxes.count, boxes.first?.count ?? format.width], dtype: dtype),
      format: format,
      canvasSize: canvasSize, clampingMode: clampingMode)
  }

  public init(_ value: TransformValue) {
    if case .boundingBoxes(let boxes) = value {
      self = boxes
    } else {
      let failed = fail(TensorError(.value, "transform", "expected bounding boxes, and found \(value.kind.rawValue)"))
      self.init(failed, format: .xyxy, canvasSize: (0, 0))
    }
  }

  public var transformValue: TransformValue { .boundingBoxes(self) }

  /// The number of boxes.
  public var count: Int { tensor.shape.first ?? 0 }

  /// Other boxes in the same picture.
  func with(
    _ tensor: Tensor, format: BoundingBoxFormat? = nil, canvasSize: (height: Int, width: Int)? = nil
  ) -> BoundingBoxes {
    BoundingBoxes(
      tensor, format: format ?? self.format, canvasSize: canvasSize ?? self.canvasSize, clampingMode: clampingMode)
  }
}

extension BoundingBoxes: CustomStringConvertible {
  public var description: String {
    let mode = clampingMode == .none ? "None" : clampingMode.rawValue
    return
      "BoundingBoxes(\(tensor), format=BoundingBoxFormat.\(format.rawValue), canvas_size=(\(canvasSize.height), "
      + "\(canvasSize.width)), clamping_mode=\(mode))"
  }
}

/// Points `[..., 2]` (x, y) in a picture of a certain size: torchvision's `tv_tensors.KeyPoints`.
public struct KeyPoints: VisionTensor {
  public var tensor: Tensor
  /// Height and width of the picture.
  public var canvasSize: (height: Int, width: Int)

  /// Points; a single one may have one dimension.
  public init(_ tensor: Tensor, canvasSize: (height: Int, width: Int)) {
    self.canvasSize = canvasSize
    var tensor = tensor
    if !tensor.isPoisoned {
      if tensor.ndim == 1 { tensor = tensor.unsqueeze(0) }
      if tensor.ndim == 0 || tensor.shape.last != 2 {
        tensor = fail(TensorError(.shape, "KeyPoints", "expects points [..., 2], and found \(tensor.shape)"))
      }
    }
    self.tensor = tensor
  }

  /// Points of numbers.
  public init(_ points: [[Double]], canvasSize: (height: Int, width: Int), dtype: DType = .float32) {
    self.init(Tensor(points.flatMap { $0 }, shape: [points.count, 2], dtype: dtype), canvasSize: canvasSize)
  }

  public init(_ value: TransformValue) {
    if case .keyPoints(let points) = value {
      self = points
    } else {
      let failed = fail(TensorError(.value, "transform", "expected key points, and found \(value.kind.rawValue)"))
      self.init(failed, canvasSize: (0, 0))
    }
  }

  public var transformValue: TransformValue { .keyPoints(self) }

  /// Other points in the same picture.
  func with(_ tensor: Tensor, canvasSize: (height: Int, width: Int)? = nil) -> KeyPoints {
    KeyPoints(tensor, canvasSize: canvasSize ?? self.canvasSize)
  }
}

extension KeyPoints: CustomStringConvertible {
  public var description: String { "KeyPoints(\(tensor), canvas_size=(\(canvasSize.height), \(canvasSize.width)))" }
}
