import ApusCore

extension TF {
  /// Left and right exchanged, torchvision's `horizontal_flip`.
  public static func horizontalFlip<Input: VisionTensor>(_ input: Input) -> Input { HorizontalFlip().run(input) }

  /// Top and bottom exchanged, torchvision's `vertical_flip`.
  public static func verticalFlip<Input: VisionTensor>(_ input: Input) -> Input { VerticalFlip().run(input) }

  /// ``horizontalFlip(_:)``.
  public static func hflip<Input: VisionTensor>(_ input: Input) -> Input { horizontalFlip(input) }

  /// ``verticalFlip(_:)``.
  public static func vflip<Input: VisionTensor>(_ input: Input) -> Input { verticalFlip(input) }
}

struct HorizontalFlip: Kernel {
  var name: String { "horizontalFlip" }
  func image(_ x: Tensor) throws(TensorError) -> Tensor { x.flip([-1]) }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? { x.flip([-1]) }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? { x.with(x.mirrored(horizontally: true)) }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    let last = x.tensor.ndim - 1
    return x.with(
      cat([(x.tensor.narrow(last, 0, 1) - (x.canvasSize.width - 1)) * -1, x.tensor.narrow(last, 1, 1)], dim: -1))
  }
}

struct VerticalFlip: Kernel {
  var name: String { "verticalFlip" }
  func image(_ x: Tensor) throws(TensorError) -> Tensor { x.flip([-2]) }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? { x.flip([-2]) }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? { x.with(x.mirrored(horizontally: false)) }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    let last = x.tensor.ndim - 1
    return x.with(
      cat([x.tensor.narrow(last, 0, 1), (x.tensor.narrow(last, 1, 1) - (x.canvasSize.height - 1)) * -1], dim: -1))
  }
}

extension BoundingBoxes {
  /// The boxes in the picture with left and right, or top and bottom, exchanged.
  fileprivate func mirrored(horizontally: Bool) -> Tensor {
    if tensor.count == 0 { return tensor }
    let size = horizontally ? canvasSize.width : canvasSize.height
    var columns = tensor.unbind(-1)
    func reflected(_ x: Tensor) -> Tensor { (x - size) * -1 }
    let axis = horizontally ? 0 : 1
    switch format {
    case .xyxy: (columns[axis], columns[axis + 2]) = (reflected(columns[axis + 2]), reflected(columns[axis]))
    case .xywh: columns[axis] = reflected(columns[axis] + columns[axis + 2])
    case .cxcywh: columns[axis] = reflected(columns[axis])
    case .xyxyxyxy:
      for k in stride(from: axis, to: 8, by: 2) { columns[k] = reflected(columns[k]) }
      columns = [2, 3, 0, 1, 6, 7, 4, 5].map { columns[$0] }
    case .xywhr:
      let angle = columns[4] * Double.pi / 180
      let (across, along) = (columns[2] * angle.cos(), columns[2] * angle.sin())
      columns[0] = columns[0] + across
      columns[1] = columns[1] - along
      columns[axis] = reflected(columns[axis])
      columns[4] = horizontally ? columns[4] * -1 : columns[4] * -1 + 180
    case .cxcywhr:
      columns[axis] = reflected(columns[axis])
      columns[4] = horizontally ? columns[4] * -1 : columns[4] * -1 + 180
    }
    return stack(columns, dim: -1)
  }
}
