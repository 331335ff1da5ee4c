import ApusCore
import ApusMedia
import ApusFunctional

extension TF {
  /// The picture with a part replaced, torchvision's `erase`.
  /// - Parameters:
  ///   - i: the first row.
  ///   - j: the first column.
  ///   - v: what stands there, broadcast to `[..., C, h, w]`.
  public static func erase<Input: VisionTensor>(_ input: Input, i: Int, j: Int, h: Int, w: Int, v: Tensor) -> Input {
    EraseKernel(top: i, left: j, height: h, width: w, value: v).run(input)
  }

  /// ``erase(_:i:j:h:w:v:)`` with a number.
  public static func erase<Input: VisionTensor>(_ input: Input, i: Int, j: Int, h: Int, w: Int, v: Double) -> Input {
    EraseKernel(top: i, left: j, height: h, width: w, value: Tensor(v)).run(input)
  }

  /// ``erase(_:i:j:h:w:v:)`` without labels.
  public static func erase<Input: VisionTensor>(_ input: Input, _ i: Int, _ j: Int, _ h: Int, _ w: Int, _ v: Tensor)
    -> Input
  {
    EraseKernel(top: i, left: j, height: h, width: w, value: v).run(input)
  }

  /// The picture as it comes out of a JPEG file, torchvision's `jpeg`.
  /// - Parameters:
  ///   - input: bytes `[..., 1 or 3, H, W]`.
  ///   - quality: 1 to 100.
  public static func jpeg<Input: VisionTensor>(_ input: Input, quality: Int) -> Input {
    JPEGKernel(quality: quality).run(input)
  }

  /// ``jpeg(_:quality:)`` without the label.
  public static func jpeg<Input: VisionTensor>(_ input: Input, _ quality: Int) -> Input {
    JPEGKernel(quality: quality).run(input)
  }

  /// `numSamples` pictures of a video, evenly spaced, torchvision's `uniform_temporal_subsample`.
  /// - Parameter input: `[..., T, C, H, W]`.
  public static func uniformTemporalSubsample<Input: VisionTensor>(_ input: Input, numSamples: Int) -> Input {
    SubsampleKernel(count: numSamples).run(input)
  }

  /// ``uniformTemporalSubsample(_:numSamples:)`` without the label.
  public static func uniformTemporalSubsample<Input: VisionTensor>(_ input: Input, _ numSamples: Int) -> Input {
    SubsampleKernel(count: numSamples).run(input)
  }

  /// Each picture of a batch mixed with the one before it: `lam` of its own, the rest of the other. What ``MixUp`` does with pictures.
  public static func mixup(_ batch: Tensor, lam: Double) -> Tensor {
    attempt(batch) { () throws(TensorError) in mixed(batch, lam) }
  }

  /// Each picture of a batch with a window of the one before it. What ``CutMix`` does with pictures.
  /// - Parameter box: x1, y1, x2, y2.
  public static func cutmix(_ batch: Tensor, box: [Int]) -> Tensor {
    attempt(batch) { () throws(TensorError) in
      guard box.count == 4, batch.ndim >= 3 else {
        throw TensorError(.value, "cutmix", "needs pictures [N, ..., H, W] and a box x1, y1, x2, y2, and found \(box)")
      }
      let (left, right) = (max(0, min(box[0], batch.width)), max(0, min(box[2], batch.width)))
      let (top, bottom) = (max(0, min(box[1], batch.height)), max(0, min(box[3], batch.height)))
      if left >= right || top >= bottom { return batch }
      return replaced(batch, top, left, batch.roll(1, 0).window(top, left, bottom - top, right - left))
    }
  }
}

/// `lam` of each sample and the rest of the one before it, in the type of the batch.
func mixed(_ batch: Tensor, _ lam: Double) -> Tensor {
  // PyTorch rounds to the type of the batch after each step.
  (batch.roll(1, 0) * (1 - lam)).to(batch.dtype) + (batch * lam).to(batch.dtype)
}

/// `x` with `part` in a window of the last two dimensions.
func replaced(_ x: Tensor, _ top: Int, _ left: Int, _ part: Tensor) -> Tensor {
  var result = x
  result[..., top..<(top + part.height), left..<(left + part.width)] = part
  return result
}

struct EraseKernel: Kernel {
  let top: Int
  let left: Int
  let height: Int
  let width: Int
  let value: Tensor
  var name: String { "erase" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard top >= 0, left >= 0, height >= 0, width >= 0 else {
      throw TensorError(.value, name, "the part [\(top), \(left), \(height), \(width)] has negative numbers")
    }
    // What reaches beyond the picture is left out, as of a slice.
    let (rows, columns) = (min(height, max(0, x.height - top)), min(width, max(0, x.width - left)))
    if rows == 0 || columns == 0 { return x }
    let shape = x.shape.dropLast(2) + [rows, columns]
    guard value.ndim <= x.ndim, zip(value.shape.reversed(), shape.reversed()).allSatisfy({ $0 == 1 || $0 == $1 }) else {
      throw TensorError(.shape, name, "a value of shape \(value.shape) does not fit a part of shape \(Array(shape))")
    }
    var result = x
    result[..., top..<(top + rows), left..<(left + columns)] = value.to(x.dtype).expand(Array(shape))
    return result
  }
}

struct JPEGKernel: Kernel {
  let quality: Int
  var name: String { "jpeg" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    if x.count == 0 { return x }
    let batch = x.asBatch
    var pictures: [Tensor] = []
    for i in 0..<batch.shape[0] {
      pictures.append(try decodeImage(try encodeJPEG(batch.select(0, i), quality: quality)))
    }
    return stack(pictures, dim: 0).reshape(x.shape)
  }
}

struct SubsampleKernel: Kernel {
  let count: Int
  var name: String { "uniformTemporalSubsample" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard x.ndim >= 4 else {
      throw TensorError(.shape, name, "expects a video [..., T, C, H, W], and found \(x.shape)")
    }
    guard count >= 0 else {
      throw TensorError(.value, name, "number of steps must be non-negative, and found \(count)")
    }
    let last = x.shape[x.ndim - 4] - 1
    return x.indexSelect(x.ndim - 4, linspace(0, Double(last), count).to(.int64))
  }
}
