import ApusCore
import ApusFunctional
import ApusNumerics

extension TF {
  /// The boxes kept inside of the picture, torchvision's `clamp_bounding_boxes`.
  /// - Parameter clampingMode: nil for that of the boxes.
  public static func clampBoundingBoxes(_ boxes: BoundingBoxes, clampingMode: ClampingMode? = nil) -> BoundingBoxes {
    do throws(TensorError) { return try boxes.clamped(clampingMode ?? boxes.clampingMode) } catch {
      return boxes.with(fail(error))
    }
  }

  /// ``clampBoundingBoxes(_:clampingMode:)`` of boxes in a plain tensor.
  public static func clampBoundingBoxes(
    _ boxes: Tensor, format: BoundingBoxFormat, canvasSize: (height: Int, width: Int),
    clampingMode: ClampingMode = .soft
  ) -> Tensor {
    clampBoundingBoxes(BoundingBoxes(boxes, format: format, canvasSize: canvasSize, clampingMode: clampingMode)).tensor
  }

  /// The points kept inside of the picture, torchvision's `clamp_keypoints`.
  public static func clampKeyPoints(_ points: KeyPoints) -> KeyPoints {
    if points.tensor.count == 0 { return points }
    let dtype = points.tensor.dtype
    let x = dtype.isFloatingPoint ? points.tensor : points.tensor.to(.float32)
    let last = x.ndim - 1
    return points.with(
      cat(
        [
          x.narrow(last, 0, 1).clamp(min: 0, max: points.canvasSize.width - 1),
          x.narrow(last, 1, 1).clamp(min: 0, max: points.canvasSize.height - 1),
        ], dim: -1
      ).to(dtype))
  }

  /// ``clampKeyPoints(_:)``.
  public static func clampKeypoints(_ points: KeyPoints) -> KeyPoints { clampKeyPoints(points) }
}

extension BoundingBoxes {
  /// The boxes inside of their picture.
  func clamped(_ mode: ClampingMode) throws(TensorError) -> BoundingBoxes {
    if mode == .none || tensor.count == 0 { return self }
    if format.isRotated { return with(try RotatedClamping(boxes: self, isHard: mode == .hard).result()) }
    let dtype = tensor.dtype
    let boxes = try ApusVision.converted(dtype.isFloatingPoint ? tensor : tensor.to(.float32), from: format, to: .xyxy)
    let c = boxes.unbind(-1)
    let inside = (0..<4).map { c[$0].clamp(min: 0, max: $0 % 2 == 0 ? canvasSize.width : canvasSize.height) }
    return with(try ApusVision.converted(stack(inside, dim: -1), from: .xyxy, to: format).to(dtype))
  }
}

/// Rotated boxes kept inside, one side of the picture after the other: the picture is turned by a quarter four times, and each time
/// corners left of it move along their sides.
private struct RotatedClamping {
  let boxes: BoundingBoxes
  let isHard: Bool

  func result() throws(TensorError) -> Tensor {
    let corners = try converted(boxes.tensor, from: boxes.format, to: .xyxyxyxy).reshape([-1, 8])
    var (inside, original) = (corners, corners)
    var canvas = boxes.canvasSize
    for _ in 0..<4 {
      let order = Self.order(inside)
      inside = along(inside.gather(1, order), original.gather(1, order), canvas)
      // The order is its own inverse or is turned on by the next side: as torchvision applies it twice.
      inside = inside.gather(1, order)
      original = original.gather(1, order).gather(1, order)
      inside = turned(inside, canvas.width)
      original = turned(original, canvas.width)
      canvas = (canvas.width, canvas.height)
    }
    return try converted(inside, from: .xyxyxyxy, to: boxes.format).reshape(boxes.tensor.shape)
  }

  /// The places of the coordinates, from the corner that lies furthest to the left on.
  private static func order(_ boxes: Tensor) -> Tensor {
    let (x, y) = split(boxes)
    let far = (y / y.abs().amax([1], keepDim: true) + x / x.abs().amax([1], keepDim: true) * 100)
    let first = far.argmin(1, keepDim: true) * 2
    return (first + arange(8).to(.int64).unsqueeze(0)).remainder(8).to(.int64)
  }

  private static func split(_ boxes: Tensor) -> (x: Tensor, y: Tensor) {
    let pairs = boxes.reshape([-1, 4, 2])
    return (pairs.select(2, 0), pairs.select(2, 1))
  }

  private func turned(_ boxes: Tensor, _ width: Int) -> Tensor {
    let (x, y) = Self.split(boxes)
    return stack([y, x * -1 + width], dim: -1).reshape([-1, 8])
  }

  /// The lines y = a x + b through neighbouring corners.
  private func lines(_ boxes: Tensor) -> (slope: Tensor, height: Tensor) {
    let (x, y) = Self.split(boxes)
    func step(_ v: Tensor) -> Tensor { v.roll(-1, 1) - v }
    let slope = step(y) / step(x)
    return (slope, y - slope * x)
  }

  private func along(_ boxes: Tensor, _ original: Tensor, _ canvas: (height: Int, width: Int)) -> Tensor {
    let (slope, _) = lines(boxes)
    let height = heights(boxes, original, canvas)
    // Each corner is where two lines meet.
    let x = (height - height.roll(1, 1)) * -1 / (slope - slope.roll(1, 1))
    let met = stack([x, slope * x + height], dim: -1).reshape([-1, 8])
    let c = boxes.unbind(1)
    var kept = c
    kept[0] = kept[0].clamp(min: 0)
    kept[6] = kept[6].clamp(min: 0)
    let flat = stack(kept, dim: 1)
    let crosses = c[0].lt(0) & met.isnan().any([1]).logicalNot()
    let level = c[1].isclose(c[3]) | c[5].isclose(c[7])
    var isOutside = c[0].le(0) & c[2].le(0)
    isOutside = isOutside & c[4].le(0) & c[6].le(0)
    isOutside = isOutside | c[1].isclose(c[7]) | c[3].isclose(c[5])
    isOutside = isOutside | (level & c[0].isclose(c[2]))
    var result = boxes
    for (condition, value) in [
      (crosses, met), (level, flat), (isOutside, Tensor.zeros(boxes.shape, dtype: boxes.dtype)),
    ] {
      result = `where`(condition.unsqueeze(1).expand(boxes.shape), value, result)
    }
    return result
  }

  /// Where the four lines cross the left side, moved so that the corners come inside.
  private func heights(_ boxes: Tensor, _ original: Tensor, _ canvas: (height: Int, width: Int)) -> Tensor {
    let (slope, height) = lines(boxes)
    let (a, b) = (slope.unbind(1), height.unbind(1))
    let limits = lines(original).height.unbind(1)
    let (rows, columns) = (Double(canvas.height), Double(canvas.width))
    var b1 = b[1].clamp(min: b[0], max: b[2]).clamp(min: 0, max: rows)
    var b4 = b[2].clamp(min: b[1], max: b[3]).clamp(min: 0, max: rows)
    var (b2, b3) = (b[1], b[2])
    if isHard {
      b1 = (b1 + b4) / 2
      b4 = b1
      let above = stack(
        [b1 * a[1] / a[0], b3 * a[1] / a[2], (a[0] - a[1]) * columns + b1, (a[2] - a[1]) * columns + b3], dim: 1)
      b2 = above.amax([1]).clamp(min: nil, max: b2)
      let below = stack(
        [
          (a[2] / a[3] * -1 + 1) * rows + b4 * a[2] / a[3], (a[2] / a[1] * -1 + 1) * rows + b2 * a[2] / a[1],
          (a[1] - a[2]) * columns + b2, (a[3] - a[2]) * columns + b4,
        ], dim: 1)
      b3 = below.amin([1]).clamp(min: b3, max: nil)
    }
    b1 = b1.clamp(min: limits[0], max: limits[2])
    // In torchvision both are one tensor then, which is limited twice.
    if isHard { b4 = b1 }
    b4 = b4.clamp(min: limits[1], max: limits[3])
    return stack(
      [
        isHard ? b4 : b1, b2.clamp(min: limits[1], max: limits[3]),
        b3.clamp(min: limits[0], max: limits[2]), b4,
      ], dim: 1)
  }
}
