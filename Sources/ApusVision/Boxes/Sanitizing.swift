import ApusCore
import ApusFunctional

extension TF {
  /// The boxes that lie in the picture and are no smaller than `minSize` along a side and `minArea`, and which these are: torchvision's
  /// `sanitize_bounding_boxes`.
  /// - Returns: the boxes, and a bool tensor `[N]`.
  public static func sanitizeBoundingBoxes(
    _ boxes: BoundingBoxes, minSize: Double = 1, minArea: Double = 1
  ) -> (BoundingBoxes, Tensor) {
    do throws(TensorError) {
      let valid = try boxes.valid(minSize: minSize, minArea: minArea)
      return (boxes.with(boxes.tensor.chosen(valid)), valid)
    } catch {
      let failed = fail(error)
      return (boxes.with(failed), failed)
    }
  }

  /// ``sanitizeBoundingBoxes(_:minSize:minArea:)`` of boxes in a plain tensor.
  public static func sanitizeBoundingBoxes(
    _ boxes: Tensor, format: BoundingBoxFormat, canvasSize: (height: Int, width: Int), minSize: Double = 1,
    minArea: Double = 1
  ) -> (Tensor, Tensor) {
    let (kept, valid) = sanitizeBoundingBoxes(
      BoundingBoxes(boxes, format: format, canvasSize: canvasSize), minSize: minSize, minArea: minArea)
    return (kept.tensor, valid)
  }

  /// The points that lie in the picture, of several dimensions those groups of which all do, and which these are: torchvision's
  /// `sanitize_keypoints`.
  public static func sanitizeKeyPoints(_ points: KeyPoints) -> (KeyPoints, Tensor) {
    let valid = points.valid()
    return (points.with(points.tensor.chosen(valid)), valid)
  }
}

extension Tensor {
  /// The rows for which the bool tensor `mask` says so.
  func chosen(_ mask: Tensor) -> Tensor {
    if hasFailed || mask.hasFailed { return self }
    let rows = mask.array(as: Bool.self).enumerated().filter(\.element).map(\.offset)
    return indexSelect(0, Tensor(rows.map { Int64($0) }, shape: [rows.count], dtype: .int64))
  }
}

extension BoundingBoxes {
  /// Which boxes lie in the picture and are large enough, `[N]`.
  func valid(minSize: Double, minArea: Double) throws(TensorError) -> Tensor {
    if tensor.count == 0 { return Tensor.zeros([tensor.shape[0]], dtype: .bool) }
    let corners = try ApusVision.converted(tensor, from: format, to: format.isRotated ? .xyxyxyxy : .xyxy)
    let c = corners.unbind(-1)
    let width: Tensor
    let height: Tensor
    if format.isRotated {
      width = ((c[0] - c[2]).square() + (c[1] - c[3]).square()).sqrt()
      // torchvision takes these coordinates.
      height = ((c[3] - c[5]).square() + (c[4] - c[6]).square()).sqrt()
    } else {
      (width, height) = (c[2] - c[0], c[3] - c[1])
    }
    var valid = width.ge(minSize) & height.ge(minSize)
    valid = valid & corners.ge(0).all([1])
    valid = valid & (width * height).ge(minArea)
    for (k, coordinate) in c.enumerated() {
      valid = valid & coordinate.le(k % 2 == 0 ? canvasSize.width : canvasSize.height)
    }
    return valid
  }
}

extension KeyPoints {
  /// Which points lie in the picture, `[N]`.
  func valid() -> Tensor {
    if tensor.count == 0 { return Tensor.zeros([tensor.shape[0]], dtype: .bool) }
    let (x, y) = (tensor.select(tensor.ndim - 1, 0), tensor.select(tensor.ndim - 1, 1))
    var valid = x.ge(0) & x.lt(canvasSize.width)
    valid = valid & y.ge(0) & y.lt(canvasSize.height)
    return valid.ndim > 1 ? valid.reshape([valid.shape[0], -1]).all([1]) : valid
  }
}
