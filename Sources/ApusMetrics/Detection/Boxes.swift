import ApusCore
import ApusNumerics

// Boxes around objects, and how they overlap.

/// What the four numbers of a box are.
public enum BoxFormat: String, Sendable, Hashable, NamedChoice {
  /// Two corners; a corner and the size; the centre and the size.
  case xyxy, xywh, cxcywh

  /// Boxes `[N, 4]` as corner and size.
  func cornerAndSize(_ boxes: Tensor) -> Tensor {
    let parts = boxes.split(2, dim: 1)
    return switch self {
    case .xyxy: cat([parts[0], parts[1] - parts[0]], dim: 1)
    case .xywh: boxes
    case .cxcywh: cat([parts[0] - 0.5 * parts[1], parts[1]], dim: 1)
    }
  }

  /// Boxes `[N, 4]` as two corners.
  func corners(_ boxes: Tensor) -> Tensor {
    if self == .xyxy { return boxes }
    let parts = cornerAndSize(boxes).split(2, dim: 1)
    return cat([parts[0], parts[0] + parts[1]], dim: 1)
  }
}

/// The objects of one picture, predicted or given.
public struct Detections: Sendable {
  /// Boxes `[N, 4]`.
  public var boxes: Tensor?
  /// Masks `[N, H, W]` of 0 and 1.
  public var masks: Tensor?
  /// How certain predictions are, `[N]`.
  public var scores: Tensor?
  /// Class numbers `[N]`.
  public var labels: Tensor
  /// Of targets, whether they are crowds of objects, `[N]` of 0 and 1.
  public var isCrowd: Tensor?
  /// Of targets, their areas `[N]`; where 0 or nil that of box or mask.
  public var area: Tensor?

  /// The objects of a picture: predictions have `scores`, targets may have `isCrowd` and `area`.
  public init(
    boxes: Tensor? = nil, masks: Tensor? = nil, scores: Tensor? = nil, labels: Tensor, isCrowd: Tensor? = nil,
    area: Tensor? = nil
  ) {
    self.boxes = boxes
    self.masks = masks
    self.scores = scores
    self.labels = labels
    self.isCrowd = isCrowd
    self.area = area
  }
}

/// A metric of the objects of pictures.
public protocol DetectionMetric: ComputedMetric {
  /// Adds predicted and given objects, one element for each picture.
  func update(_ preds: [Detections], _ target: [Detections])
}

extension DetectionMetric {
  /// Adds pictures and gives their values alone.
  @discardableResult
  public func callAsFunction(_ preds: [Detections], _ target: [Detections]) -> Value {
    forward { update(preds, target) }
  }
}

extension Metric {
  /// Boxes `[N, 4]`; none where an empty tensor has another shape.
  /// - Throws: `TensorError` unless there are as many labels.
  func requireBoxes(_ item: Detections, _ what: String) throws(TensorError) -> Tensor {
    guard let boxes = item.boxes else { throw mistake(.value, "needs boxes of \(what), and found none") }
    if let failed = boxes.failed ?? item.labels.failed { throw mistake(.value, "has a failed tensor \(failed.shape)") }
    let flat = boxes.count == 0 ? boxes.reshape([0, 4]) : boxes
    guard flat.rank == 2, flat.shape[1] == 4 else {
      throw mistake(.shape, "boxes of \(what) are [N, 4], and found \(boxes.shape)")
    }
    guard item.labels.rank == 1, item.labels.count == flat.shape[0] else {
      throw mistake(.shape, "\(what) have \(flat.shape[0]) boxes and labels \(item.labels.shape)")
    }
    return flat.floating
  }
}

/// The overlaps of all pairs of boxes, given as corners.
struct BoxPairs {
  let first: Tensor
  let second: Tensor

  init(_ first: Tensor, _ second: Tensor) {
    (self.first, self.second) = (first.unsqueeze(1), second.unsqueeze(0))
  }

  private func column(_ boxes: Tensor, _ i: Int) -> Tensor { boxes.select(2, i) }
  private func width(_ boxes: Tensor) -> Tensor { column(boxes, 2) - column(boxes, 0) }
  private func height(_ boxes: Tensor) -> Tensor { column(boxes, 3) - column(boxes, 1) }

  /// The size that both have in common, and that of the box around both, along an axis.
  private func extents(_ axis: Int) -> (common: Tensor, around: Tensor) {
    let (a, b) = (column(first, axis), column(second, axis))
    let (c, d) = (column(first, axis + 2), column(second, axis + 2))
    return ((c.minimum(d) - a.maximum(b)).clamp(min: 0), (c.maximum(d) - a.minimum(b)).clamp(min: 0))
  }

  private var intersection: Tensor { extents(0).common * extents(1).common }
  private var union: Tensor { width(first) * height(first) + width(second) * height(second) - intersection }

  /// Intersection over union.
  var overlap: Tensor { intersection / union }

  /// Less the share of the box around both that is in neither.
  var generalized: Tensor {
    let around = extents(0).around * extents(1).around
    return overlap - (around - union) / around
  }

  private static let eps = 1e-7

  /// Less the squared distance of the centres over that of the corners of the box around both.
  var distance: Tensor {
    let diagonal = extents(0).around.square() + extents(1).around.square() + Self.eps
    func centers(_ axis: Int) -> Tensor {
      let a = (column(first, axis) + column(first, axis + 2)) / 2
      return (a - (column(second, axis) + column(second, axis + 2)) / 2).square()
    }
    return overlap - (centers(0) + centers(1)) / diagonal
  }

  /// And less the difference of the shapes.
  var complete: Tensor {
    let angles = (width(first) / height(first)).atan() - (width(second) / height(second)).atan()
    let v = angles.square() * (4 / (Double.pi * Double.pi))
    return distance - v / (1 - overlap + v + Self.eps) * v
  }
}
