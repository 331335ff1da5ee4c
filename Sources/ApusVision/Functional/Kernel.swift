import ApusCore

/// What one operation does to each kind of value. A function of ``TF`` runs it on one value, a transform on those of a sample.
protocol Kernel: Sendable {
  /// The function's name, for messages.
  var name: String { get }
  /// The operation with the settings for values of that kind.
  func settled(for kind: VisionKind) -> Self
  /// Of plain tensors, images and videos: `[..., C, H, W]`.
  func image(_ x: Tensor) throws(TensorError) -> Tensor
  /// Of pictures of bytes, as Pillow has it; the same as of tensors unless said otherwise.
  func pil(_ x: Tensor) throws(TensorError) -> Tensor
  /// Of masks `[..., H, W]` of 3 dimensions at least; nil where masks are not changed.
  func mask(_ x: Tensor) throws(TensorError) -> Tensor?
  /// Of boxes; nil where they are not changed.
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes?
  /// Of points; nil where they are not changed.
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints?
}

extension Kernel {
  func settled(for kind: VisionKind) -> Self { self }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor { try image(x) }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? { nil }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? { nil }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? { nil }

  /// What it makes of `value`; nil where it does not change values of that kind.
  func result(of value: TransformValue) throws(TensorError) -> TransformValue? {
    if let tensor = value.tensor, tensor.hasFailed { return value }
    return try settled(for: value.kind).changed(value)
  }

  private func changed(_ value: TransformValue) throws(TensorError) -> TransformValue? {
    try besideTensor(value.tensor) { () throws(TensorError) -> TransformValue? in
      switch value {
      case .tensor(let x): return .tensor(try image(checked(x)))
      case .image(let x): return .image(Image(try image(checked(x.tensor))))
      case .video(let x): return .video(Video(try image(checked(x.tensor))))
      case .pilImage(let x): return .pilImage(PILImage(try pil(x.tensor)))
      case .mask(let x):
        let flat = x.tensor.ndim < 3
        guard let result = try mask(flat ? x.tensor.unsqueeze(0) : x.tensor) else { return nil }
        return .mask(Mask(flat ? result.squeeze(0) : result))
      case .boundingBoxes(let x): return try boxes(x).map { .boundingBoxes($0) }
      case .keyPoints(let x): return try points(x).map { .keyPoints($0) }
      case .crops, .other: return nil
      }
    }
  }

  /// What it makes of `value`, which it must change.
  func run<Input: VisionTensor>(_ input: Input) -> Input {
    do throws(TensorError) {
      guard let result = try result(of: input.transformValue) else {
        throw TensorError(.unsupported, name, "does not change values of kind \(input.transformValue.kind.rawValue)")
      }
      return Input(result)
    } catch {
      return Input(input.transformValue.with(fail(error)))
    }
  }

  private func checked(_ x: Tensor) throws(TensorError) -> Tensor {
    guard x.ndim >= 3 else {
      throw TensorError(.shape, name, "expects a picture [..., C, H, W], and found \(x.shape)")
    }
    return x
  }
}

private func besideTensor<R>(_ tensor: Tensor?, _ body: () throws(TensorError) -> R) throws(TensorError) -> R {
  guard let tensor else { return try body() }
  return try beside(tensor, body)
}

/// Functions on pictures and what belongs to them, torchvision's `torchvision.transforms.v2.functional`.
///
///     let small = TF.resize(picture, [224, 224])
///     let turned = TF.rotate(boxes, 30, expand: true)
///
/// A plain tensor is a picture `[..., C, H, W]`. Mistakes are reported as those of operations on tensors; a kind of value that a
/// function does not change is one.
public enum TF {}

/// The whole part of a number; 0 where no Int can hold it.
func whole(_ value: some BinaryFloatingPoint) -> Int { Int(exactly: value.rounded(.towardZero)) ?? 0 }

/// The largest number of pixels that an argument may tell: sums of such numbers cannot overflow.
let mostPixels = 1 << 40

/// Refuses numbers that are none.
func checkFinite(_ numbers: [Double]?, _ label: String, _ name: String) throws(TensorError) {
  guard numbers?.allSatisfy(\.isFinite) ?? true else {
    throw TensorError(.value, name, "\(label) is a finite number, and found \(numbers ?? [])")
  }
}

extension Tensor {
  /// The sizes of a picture.
  var height: Int { shape[ndim - 2] }
  var width: Int { shape[ndim - 1] }
  var channels: Int { ndim > 2 ? shape[ndim - 3] : 1 }

  /// A part of the last two dimensions.
  func window(_ top: Int, _ left: Int, _ height: Int, _ width: Int) -> Tensor {
    narrow(ndim - 2, top, height).narrow(ndim - 1, left, width)
  }

  /// As pictures `[N, C, H, W]`.
  var asBatch: Tensor {
    ndim == 4 ? self : reshape([shape.dropLast(3).reduce(1, *)] + shape.suffix(3))
  }
}
