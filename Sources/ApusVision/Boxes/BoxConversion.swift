import ApusCore
import ApusFunctional

extension TF {
  /// The boxes told in another format, torchvision's `convert_bounding_box_format`. Rotated and plain boxes are no forms of each other.
  public static func convertBoundingBoxFormat(_ boxes: BoundingBoxes, newFormat: BoundingBoxFormat) -> BoundingBoxes {
    do throws(TensorError) {
      return boxes.with(try converted(boxes.tensor, from: boxes.format, to: newFormat), format: newFormat)
    } catch {
      return boxes.with(fail(error))
    }
  }

  /// ``convertBoundingBoxFormat(_:newFormat:)`` of boxes in a plain tensor `[..., 4]` (rotated ones `[..., 5]` or `[..., 8]`).
  public static func convertBoundingBoxFormat(
    _ boxes: Tensor, oldFormat: BoundingBoxFormat, newFormat: BoundingBoxFormat
  ) -> Tensor {
    attempt(boxes) { () throws(TensorError) in try converted(boxes, from: oldFormat, to: newFormat) }
  }
}

/// Boxes `[..., n]` in another format. Whole numbers stay so, rounded as torchvision rounds them.
func converted(_ boxes: Tensor, from old: BoundingBoxFormat, to new: BoundingBoxFormat) throws(TensorError) -> Tensor {
  if old == new || boxes.count == 0 && old.width == new.width { return boxes }
  guard old.isRotated == new.isRotated else {
    throw TensorError(
      .value, "convertBoundingBoxFormat",
      "Cannot convert between rotated and unrotated bounding boxes: \(old.rawValue) to \(new.rawValue)")
  }
  guard boxes.shape.last == old.width else {
    throw TensorError(
      .shape, "convertBoundingBoxFormat",
      "boxes of the format \(old.rawValue) are [..., \(old.width)], and these are \(boxes.shape)")
  }
  if old.isRotated { return fromRotated(toRotated(boxes, old), new) }
  let dtype = boxes.dtype
  let isWhole = !dtype.isFloatingPoint
  let c = boxes.unbind(-1)
  func half(_ x: Tensor) -> Tensor { isWhole ? floorHalf(x) : x / 2 }
  switch (old, new) {
  case (.xywh, .cxcywh): return stack([c[0] + half(c[2]), c[1] + half(c[3]), c[2], c[3]], dim: -1)
  case (.cxcywh, .xywh), (.cxcywh, .xyxy):
    let f = isWhole ? c.map { $0.to(.float32) } : c
    let (left, top) = (f[0] - f[2] / 2, f[1] - f[3] / 2)
    if new == .xyxy { return stack([left, top, f[2] + left, f[3] + top], dim: -1).to(dtype) }
    guard isWhole else { return stack([left, top, f[2], f[3]], dim: -1) }
    // The corners are rounded, and what lies between them follows.
    let (x, y) = (left.to(dtype), top.to(dtype))
    return stack([x, y, (left + f[2]).to(dtype) - x, (top + f[3]).to(dtype) - y], dim: -1)
  case (.xywh, .xyxy): return stack([c[0], c[1], c[2] + c[0], c[3] + c[1]], dim: -1)
  case (.xyxy, .xywh): return stack([c[0], c[1], c[2] - c[0], c[3] - c[1]], dim: -1)
  default:
    let (w, h) = (c[2] - c[0], c[3] - c[1])
    return stack([half(c[0] * 2 + w), half(c[1] * 2 + h), w, h], dim: -1)
  }
}

/// Half of whole numbers, rounded down.
private func floorHalf(_ x: Tensor) -> Tensor { x.to(.int64) >> 1 }

/// Rotated boxes as corner, width, height and angle.
private func toRotated(_ boxes: Tensor, _ old: BoundingBoxFormat) -> Tensor {
  let c = boxes.unbind(-1)
  switch old {
  case .cxcywhr:
    let (cosine, sine) = turn(c[4])
    let (w, h) = (c[2] / 2, c[3] / 2)
    return stack([c[0] - w * cosine - h * sine, c[1] + w * sine - h * cosine, c[2], c[3], c[4]], dim: -1)
  case .xyxyxyxy:
    let angle = (c[1] - c[3]).atan2(c[2] - c[0])
    let width = ((c[2] - c[0]).square() + (c[3] - c[1]).square()).sqrt()
    let height = ((c[4] - c[2]).square() + (c[5] - c[3]).square()).sqrt()
    return stack([c[0], c[1], width, height, angle / Double.pi * 180], dim: -1)
  default: return boxes
  }
}

private func fromRotated(_ boxes: Tensor, _ new: BoundingBoxFormat) -> Tensor {
  let c = boxes.unbind(-1)
  let (cosine, sine) = turn(c[4])
  switch new {
  case .cxcywhr:
    let (w, h) = (c[2] / 2, c[3] / 2)
    return stack([c[0] + w * cosine + h * sine, c[1] - w * sine + h * cosine, c[2], c[3], c[4]], dim: -1)
  case .xyxyxyxy:
    let (wx, wy, hx, hy) = (c[2] * cosine, c[2] * sine, c[3] * sine, c[3] * cosine)
    return stack(
      [c[0], c[1], c[0] + wx, c[1] - wy, c[0] + (wx + hx), c[1] - (wy - hy), c[0] + hx, c[1] + hy], dim: -1)
  default: return boxes
  }
}

private func turn(_ degrees: Tensor) -> (Tensor, Tensor) {
  let angle = degrees * Double.pi / 180
  return (angle.cos(), angle.sin())
}

// MARK: Corners

extension BoundingBoxes {
  /// The four corners of all boxes, `[4 N, 2]`.
  func corners(_ dtype: DType) throws(TensorError) -> Tensor {
    let boxes = try ApusVision.converted(tensor.to(dtype), from: format, to: format.isRotated ? .xyxyxyxy : .xyxy)
    if format.isRotated { return boxes.reshape([-1, 2]) }
    let c = boxes.unbind(-1)
    return stack([c[0], c[1], c[2], c[1], c[2], c[3], c[0], c[3]], dim: -1).reshape([-1, 2])
  }

  /// The boxes around four points each, `[4 N, 2]`, by corners.
  func boxes(around points: Tensor, _ canvas: (height: Int, width: Int), dtype: DType? = nil) -> BoundingBoxes {
    if format.isRotated {
      return with(rectangles(points.reshape([-1, 8])), format: .xyxyxyxy, canvasSize: canvas)
    }
    let corners = points.reshape([-1, 4, 2])
    let boxes = cat([corners.amin([1]), corners.amax([1])], dim: 1)
    return with(dtype.map { boxes.to($0) } ?? boxes, format: .xyxy, canvasSize: canvas)
  }

  /// The boxes in another format and type.
  func converted(to format: BoundingBoxFormat, dtype: DType) throws(TensorError) -> BoundingBoxes {
    with(try ApusVision.converted(tensor, from: self.format, to: format).to(dtype), format: format)
  }
}

/// The rectangles around parallelograms `[N, 8]`, along their longer sides.
func rectangles(_ boxes: Tensor) -> Tensor {
  let c = (boxes.dtype.isFloatingPoint ? boxes : boxes.to(.float32)).unbind(-1)
  let (centreX, centreY) = ((c[0] + c[4]) / 2, (c[1] + c[5]) / 2)
  let width = ((c[2] - c[0]).square() + (c[3] - c[1]).square()).sqrt()
  let height = ((c[6] - c[0]).square() + (c[7] - c[1]).square()).sqrt()
  let along = (c[1] - c[3]).atan2(c[2] - c[0])
  let down = (c[1] - c[7]).atan2(c[6] - c[0])
  let between = along - down
  let ones = Tensor.ones(between.shape, dtype: between.dtype)
  let sign = `where`(between.gt(Double.pi / 2), ones * -1, ones)
  let (cosine, sine) = (between.cos(), between.sin())
  let w = `where`(width.lt(height), width * sine, width + height * cosine * sign)
  let h = `where`(width.gt(height), height * sine, height + width * cosine * sign)
  let angle = `where`(height.gt(width), down + Double.pi / 2, along)
  let (wx, wy) = (w / 2 * angle.cos(), w / 2 * angle.sin())
  let (hx, hy) = (h / 2 * angle.sin(), h / 2 * angle.cos())
  let corners = [
    centreX - wx - hx, centreY - hy + wy, centreX + wx - hx, centreY - hy - wy, centreX + wx + hx, centreY + hy - wy,
    centreX - wx + hx, centreY + hy + wy,
  ]
  return stack(corners, dim: -1).reshape(boxes.shape).to(boxes.dtype)
}
