import ApusCore
import ApusFunctional
import CVision

extension TF {
  /// The elements in another type, torchvision's `to_dtype`.
  /// - Parameter scale: whether values are brought from the range of one type to that of the other: 0 to 1 for floating point, 0 to
  ///   the largest value for whole numbers. Only those of pictures are; masks, boxes and points keep theirs.
  public static func toDtype<Input: VisionTensor>(_ input: Input, _ dtype: DType = .float32, scale: Bool = false)
    -> Input
  {
    TypeKernel(dtype: dtype, scale: scale).run(input)
  }

  /// ``toDtype(_:_:scale:)`` with a label.
  public static func toDtype<Input: VisionTensor>(_ input: Input, dtype: DType, scale: Bool = false) -> Input {
    TypeKernel(dtype: dtype, scale: scale).run(input)
  }

  /// ``toDtype(_:_:scale:)`` with scaling.
  public static func convertImageDtype(_ image: Tensor, _ dtype: DType = .float32) -> Tensor {
    TypeKernel(dtype: dtype, scale: true).run(image)
  }

  /// A picture as an ``Image``.
  public static func toImage(_ tensor: Tensor) -> Image { Image(tensor) }

  /// Each channel less its mean and over its deviation, torchvision's `normalize`.
  /// - Parameters:
  ///   - mean: one number, or one for each channel.
  ///   - std: likewise, none of them 0.
  public static func normalize<Input: VisionTensor>(_ input: Input, mean: [Double], std: [Double]) -> Input {
    NormalizeKernel(mean: mean, std: std).run(input)
  }

  /// ``normalize(_:mean:std:)`` without labels.
  public static func normalize<Input: VisionTensor>(_ input: Input, _ mean: [Double], _ std: [Double]) -> Input {
    normalize(input, mean: mean, std: std)
  }
}

struct TypeKernel: Kernel {
  let dtype: DType
  let scale: Bool
  var name: String { "toDtype" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor { try scaled(x, dtype, scale) }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? { x.to(dtype) }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? { x.with(x.tensor.to(dtype)) }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? { x.with(x.tensor.to(dtype)) }
}

/// The elements in another type, their values brought to its range.
func scaled(_ x: Tensor, _ dtype: DType, _ scale: Bool = true) throws(TensorError) -> Tensor {
  if x.dtype == dtype || !scale { return x.to(dtype) }
  if x.dtype.isFloatingPoint {
    if dtype.isFloatingPoint { return x.to(dtype) }
    if x.dtype == .float32 && (dtype == .int32 || dtype == .int64) || x.dtype == .float64 && dtype == .int64 {
      throw TensorError(
        .dtype, "toDtype",
        "The conversion from \(x.dtype) to \(dtype) cannot be performed safely: \(x.dtype) does not tell all values of \(dtype) "
          + "apart")
    }
    return (x * (try largestValue(dtype) + 1 - 1e-3)).to(dtype)
  }
  if dtype.isFloatingPoint { return x.to(dtype) * (1 / (try largestValue(x.dtype))) }
  let (from, to) = (try valueBits(x.dtype), try valueBits(dtype))
  // A product moves bits as well as a shift, and types without signs have no shift.
  if from > to {
    return x.dtype == .uint16 ? (x.to(.int32) >> (from - to)).to(dtype) : (x >> (from - to)).to(dtype)
  }
  return dtype == .uint16 ? (x.to(.int32) * (1 << (to - from))).to(dtype) : x.to(dtype) << (to - from)
}

/// The largest value of a picture of that type: 1 for floating point.
func largestValue(_ dtype: DType) throws(TensorError) -> Double {
  switch dtype {
  case .uint8: 255
  case .int8: 127
  case .int16: 32767
  case .uint16: 65535
  case .int32: 2_147_483_647
  case .int64: 0x1p63
  default: 1
  }
}

/// The bits of values that are not negative.
func valueBits(_ dtype: DType) throws(TensorError) -> Int {
  switch dtype {
  case .uint8: return 8
  case .int8: return 7
  case .int16: return 15
  case .uint16: return 16
  case .int32: return 31
  case .int64: return 63
  default:
    throw TensorError(
      .dtype, "toDtype", "Number of value bits is only defined for integer dtypes, but got \(dtype).")
  }
}

struct NormalizeKernel: Kernel {
  let mean: [Double]
  let std: [Double]
  var name: String { "normalize" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard x.dtype.isFloatingPoint else {
      throw TensorError(
        .dtype, name,
        "Input tensor should be a float tensor. Got \(x.dtype); convert it first, with toDtype(scale: true)")
    }
    guard !std.contains(0) else {
      throw TensorError(.value, name, "std evaluated to zero, leading to division by zero.")
    }
    let channels = x.channels
    for (label, numbers) in [("mean", mean), ("std", std)]
    where numbers.count != channels && numbers.count != 1 && channels != 1 {
      throw TensorError(
        .value, name, "\(label) has \(numbers.count) numbers, and the picture \(x.shape) has \(channels) channels")
    }
    if x.dtype == .float32, !x.requiresGrad, !x.isMarked, mean.count == channels, std.count == channels {
      return apply(
        Normalising(mean: mean.map { Float($0) }, deviation: std.map { Float($0) }), x.asBatch
      ).reshape(x.shape)
    }
    func column(_ numbers: [Double]) -> Tensor { Tensor(numbers, shape: [numbers.count, 1, 1], dtype: x.dtype) }
    return (x - column(mean)) / column(std)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    throw TensorError(.unsupported, name, "does not take a PILImage; take its tensor and convert it to floating point")
  }
}

/// `[N, C, H, W]` in float32, each channel less its mean and over its deviation, in one pass; channels stay where they lie.
struct Normalising: Primitive, Hashable {
  let mean: [Float]
  let deviation: [Float]
  var name: String { "Normalize" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }
  func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    inputs[0].hasInterleavedChannels ? .channelsLast : .rowMajor
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let isInterleaved = inputs[0].hasInterleavedChannels
    let source = isInterleaved ? inputs[0].body : try inputs[0].dense()
    let shape = source.shape
    let group = isInterleaved ? shape[1] : 1
    cv_normalize_f32(
      UnsafeRawPointer(source.data).assumingMemoryBound(to: Float.self),
      results[0].body.data.assumingMemoryBound(to: Float.self), shape[0] * shape[1] / group, shape[2] * shape[3], group,
      shape[1], mean, deviation)
  }
}
