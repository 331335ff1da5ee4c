import ApusCore
import ApusFormats

/// The numbers that a quantised tensor can hold. Inside of a model quantised tensors are float32 tensors of such numbers, so that
/// every operator computes as on any numbers and its result is brought to the nearest ones.
struct TFLiteQuantiser: Sendable, Hashable {
  let scales: [Float]
  let zeroPoints: [Int]
  let dimension: Int
  let dtype: DType

  /// Nil for a tensor that is not quantised.
  init?(_ tensor: TFLiteTensor) {
    guard let quantisation = tensor.quantisation, let dtype = tensor.element.dtype,
      [.int8, .uint8, .int16, .int32, .int64].contains(dtype), !quantisation.scales.contains(0)
    else { return nil }
    scales = quantisation.scales
    zeroPoints = quantisation.zeroPoints
    dimension = quantisation.dimension
    self.dtype = dtype
  }

  private var limits: (low: Int, high: Int) {
    switch dtype {
    case .uint8: (0, 255)
    case .int8: (-128, 127)
    case .int16: (-32768, 32767)
    default: (-(1 << 31), 1 << 31 - 1)
    }
  }

  /// A tensor of one number for each slice of the quantised dimension, shaped to go with tensors of `rank`.
  private func along(_ numbers: [Float], _ rank: Int) -> Tensor {
    if numbers.count == 1 { return Tensor(numbers[0], dtype: .float32) }
    var shape = [Int](repeating: 1, count: rank)
    shape[dimension] = numbers.count
    return Tensor(numbers, shape: shape, dtype: .float32)
  }

  /// The numbers that the stored ones stand for.
  func numbers(_ stored: Tensor) -> Tensor {
    let values = stored.to(.float32)
    let shifted =
      zeroPoints.allSatisfy { $0 == 0 } ? values : values - along(zeroPoints.map(Float.init), stored.rank)
    return shifted * along(scales, stored.rank)
  }

  /// The nearest numbers that can be stored, as stored ones in float32.
  private func steps(_ x: Tensor) -> Tensor {
    let (low, high) = limits
    return ((x / along(scales, x.rank)).round() + along(zeroPoints.map(Float.init), x.rank))
      .clamp(min: Float(low), max: Float(high))
  }

  /// The nearest numbers that can be stored.
  func snapped(_ x: Tensor) -> Tensor {
    (steps(x) - along(zeroPoints.map(Float.init), x.rank)) * along(scales, x.rank)
  }

  /// The stored numbers.
  func stored(_ x: Tensor) -> Tensor { steps(x).to(dtype) }
}

extension Tensor {
  /// The elements of the dimensions from `first` on together on 256 steps between their extremes and zero: what operators do
  /// with numbers before a product with weights of 8 bits.
  func onSteps(from first: Int = 1) -> Tensor {
    let dims = Array(Swift.min(first, rank)..<rank)
    guard !dims.isEmpty, count > 0 else { return self }
    let low = amin(dims, keepDim: true).clamp(max: 0.0)
    let high = amax(dims, keepDim: true).clamp(min: 0.0)
    let range = high - low
    let scale = `where`(range.eq(0.0), onesLike(range), range / 255)
    let zero = (-128 - low / scale).round().clamp(min: -128.0, max: 127.0)
    return (((self / scale).round() + zero).clamp(min: -128.0, max: 127.0) - zero) * scale
  }
}
