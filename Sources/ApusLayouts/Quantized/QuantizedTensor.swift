import ApusCore
import ApusFormats

// Tensors of small integers that stand for real numbers: q for (q - zeroPoint) * scale.

/// The integers of a ``QuantizedTensor``.
public enum QuantizedType: String, Sendable, Hashable, NamedChoice {
  /// From 0 to 255.
  case quint8
  /// From -128 to 127.
  case qint8
  /// 32 bits.
  case qint32

  /// The element type of the integers.
  public var storage: DType {
    switch self {
    case .quint8: .uint8
    case .qint8: .int8
    case .qint32: .int32
    }
  }
  /// The smallest and the largest integer.
  public var range: ClosedRange<Int> {
    switch self {
    case .quint8: 0...255
    case .qint8: -128...127
    case .qint32: Int(Int32.min)...Int(Int32.max)
    }
  }
}

/// What the integers stand for.
public enum QuantizationScheme: Sendable {
  /// One scale and zero point for all elements.
  case perTensorAffine(scale: Double, zeroPoint: Int)
  /// A scale (float64) and zero point (int64) for each position along a dimension.
  case perChannelAffine(scales: Tensor, zeroPoints: Tensor, axis: Int)

  /// PyTorch's name.
  public var name: String {
    switch self {
    case .perTensorAffine: "per_tensor_affine"
    case .perChannelAffine: "per_channel_affine"
    }
  }
}

/// A tensor whose elements are small integers that stand for real numbers, `(q - zeroPoint) * scale`, as PyTorch's quantised
/// tensors.
///
///     let q = quantizePerTensor(x, scale: 0.1, zeroPoint: 10, dtype: .quint8)
///     q.intRepr()                         // the integers
///     q.dequantize()                      // what they stand for
///
/// For training with the error of quantisation see ``fakeQuantizePerTensorAffine(_:scale:zeroPoint:quantMin:quantMax:)``.
public struct QuantizedTensor: Sendable {
  private let integers: Tensor
  /// The integers' type.
  public let dtype: QuantizedType
  /// What they stand for.
  public let qscheme: QuantizationScheme

  init(_ integers: Tensor, _ dtype: QuantizedType, _ qscheme: QuantizationScheme) {
    (self.integers, self.dtype, self.qscheme) = (integers, dtype, qscheme)
  }

  var failed: Tensor? { integers.failed }

  public var shape: [Int] { integers.shape }
  /// The integers.
  public func intRepr() -> Tensor { integers }

  /// The numbers that the integers stand for, float32.
  public func dequantize() -> Tensor {
    if let failed { return failed }
    switch qscheme {
    case .perTensorAffine(let scale, let zeroPoint):
      return (integers.to(.int32) - zeroPoint).to(.float32) * Tensor(scale, dtype: .float32).placed(with: integers)
    case .perChannelAffine(let scales, let zeroPoints, let axis):
      let difference = integers.to(.int64) - zeroPoints.along(axis, rank: integers.rank)
      return difference.to(.float32) * scales.to(.float32).along(axis, rank: integers.rank)
    }
  }

  /// The scale of a tensor with one for all elements.
  public func qScale() -> Double {
    if case .perTensorAffine(let scale, _) = qscheme { return scale }
    report(TensorError(.state, "qScale", "there is a scale for each channel: see qPerChannelScales()"))
    return .nan
  }
  /// The zero point of a tensor with one for all elements.
  public func qZeroPoint() -> Int {
    if case .perTensorAffine(_, let zeroPoint) = qscheme { return zeroPoint }
    report(TensorError(.state, "qZeroPoint", "there is a zero point for each channel: see qPerChannelZeroPoints()"))
    return 0
  }
  /// The scale of each channel, float64.
  public func qPerChannelScales() -> Tensor {
    if case .perChannelAffine(let scales, _, _) = qscheme { return scales }
    return fail(TensorError(.state, "qPerChannelScales", "there is one scale for all elements: see qScale()"))
  }
  /// The zero point of each channel, int64.
  public func qPerChannelZeroPoints() -> Tensor {
    if case .perChannelAffine(_, let zeroPoints, _) = qscheme { return zeroPoints }
    return fail(
      TensorError(.state, "qPerChannelZeroPoints", "there is one zero point for all elements: see qZeroPoint()"))
  }
  /// The dimension whose positions are the channels.
  public func qPerChannelAxis() -> Int {
    if case .perChannelAffine(_, _, let axis) = qscheme { return axis }
    report(TensorError(.state, "qPerChannelAxis", "there are no channels: the scheme is \(qscheme.name)"))
    return 0
  }
}

extension Tensor {
  /// A vector seen along a dimension of a tensor of `rank` dimensions.
  func along(_ axis: Int, rank: Int) -> Tensor {
    reshape((0..<rank).map { $0 == axis ? count : 1 })
  }
}

/// `clamp(round(x / scale) + zeroPoint)`: each number as the nearest integer that can stand for it; halves go to even ones.
public func quantizePerTensor(_ x: Tensor, scale: Double, zeroPoint: Int, dtype: QuantizedType) -> QuantizedTensor {
  quantized(x, dtype, .perTensorAffine(scale: scale, zeroPoint: zeroPoint)) { () throws(TensorError) in
    try checkScale(scale, zeroPoint, dtype, "quantizePerTensor")
    let inverse = Tensor(1 / Float(scale)).placed(with: x)
    return (x.detach() * inverse).round() + Double(zeroPoint)
  }
}

/// ``quantizePerTensor(_:scale:zeroPoint:dtype:)`` with the scale and zero point that hold all elements of `x`.
///
/// - Parameter reduceRange: with half of the integers, as products of 8 bits need that add up in 16.
public func quantizePerTensorDynamic(_ x: Tensor, dtype: QuantizedType, reduceRange: Bool = false) -> QuantizedTensor {
  do throws(TensorError) {
    if x.hasFailed { return QuantizedTensor(x, dtype, .perTensorAffine(scale: 1, zeroPoint: 0)) }
    guard x.count > 0, dtype != .qint32 else {
      throw TensorError(
        .value, "quantizePerTensorDynamic", "needs elements and quint8 or qint8, and found \(x.shape) and \(dtype)")
    }
    let (low, high) = (x.detach().amin().item(as: Float.self), x.detach().amax().item(as: Float.self))
    var range = dtype.range
    if reduceRange { range = range.lowerBound / 2...range.upperBound / 2 }
    let (scale, zeroPoint) = affineParameters(low: low, high: high, range)
    return quantizePerTensor(x, scale: scale, zeroPoint: zeroPoint, dtype: dtype)
  } catch { return QuantizedTensor(fail(error), dtype, .perTensorAffine(scale: 1, zeroPoint: 0)) }
}

/// ``quantizePerTensor(_:scale:zeroPoint:dtype:)`` with a scale and zero point for each position along `axis`.
public func quantizePerChannel(
  _ x: Tensor, scales: Tensor, zeroPoints: Tensor, axis: Int, dtype: QuantizedType
) -> QuantizedTensor {
  let scheme = QuantizationScheme.perChannelAffine(
    scales: scales.detach().to(.float64), zeroPoints: zeroPoints.detach().to(.int64), axis: axis)
  return quantized(x, dtype, scheme) { () throws(TensorError) in
    guard (0..<x.rank).contains(axis), scales.shape == [x.size(axis)], zeroPoints.shape == scales.shape else {
      throw TensorError(
        .shape, "quantizePerChannel",
        "needs a scale and a zero point for each position along axis \(axis) of \(x.shape), and found \(scales.shape) and "
          + "\(zeroPoints.shape)")
    }
    for (scale, zero) in zip(scales.array(as: Double.self), zeroPoints.array(as: Int.self)) {
      try checkScale(scale, zero, dtype, "quantizePerChannel")
    }
    let inverse = (1 / scales.detach().to(.float32)).along(axis, rank: x.rank)
    return (x.detach() * inverse).round() + zeroPoints.detach().to(.float32).along(axis, rank: x.rank)
  }
}

private func quantized(
  _ x: Tensor, _ dtype: QuantizedType, _ scheme: QuantizationScheme, _ body: () throws(TensorError) -> Tensor
) -> QuantizedTensor {
  let integers = attempt(x) { () throws(TensorError) in
    guard x.dtype == .float32 else {
      throw TensorError(
        .dtype, "quantize", "quantises float32 numbers, and found \(x.dtype); convert them with .to(.float32)")
    }
    let (low, high) = (Double(dtype.range.lowerBound), Double(dtype.range.upperBound))
    // 32 bits do not fit into a float.
    let rounded = try body()
    return (dtype == .qint32 ? rounded.to(.float64) : rounded).clamp(min: low, max: high).to(dtype.storage)
  }
  return QuantizedTensor(integers, dtype, scheme)
}

private func checkScale(
  _ scale: Double, _ zeroPoint: Int, _ dtype: QuantizedType, _ operation: String
) throws(TensorError) {
  guard scale > 0, scale.isFinite, dtype.range.contains(zeroPoint) else {
    throw TensorError(
      .value, operation,
      "a scale is a positive number and a zero point lies in \(dtype.range) for \(dtype), and found \(scale) and \(zeroPoint)"
    )
  }
}

/// Scale and zero point with which integers of `range` stand for numbers from `low` to `high`, 0 exactly: QNNPACK's choice.
func affineParameters(low: Float, high: Float, _ range: ClosedRange<Int>) -> (scale: Double, zeroPoint: Int) {
  let (low, high) = (min(low, 0), max(high, 0))
  let (first, last) = (Double(range.lowerBound), Double(range.upperBound))
  var scale = (Double(high) - Double(low)) / (last - first)
  if Float(scale) == 0 || (1 / Float(scale)).isInfinite { scale = 0.1 }
  let fromLow = first - Double(low) / scale
  let fromHigh = last - Double(high) / scale
  let errorLow = first.magnitude - (Double(low) / scale).magnitude
  let errorHigh = last.magnitude - (Double(high) / scale).magnitude
  let exact = errorLow < errorHigh ? fromLow : fromHigh
  let zero = exact < first ? first : exact > last ? last : exact.rounded(.toNearestOrEven)
  return (Double(Float(scale)), Int(zero))
}

extension QuantizedTensor: CustomStringConvertible {
  /// The text that PyTorch prints: what the integers stand for.
  public var description: String {
    if integers.isPoisoned { return integers.description }
    var suffixes = [
      "size=" + tupleText(shape), "dtype=torch.\(dtype.rawValue)", "quantization_scheme=torch.\(qscheme.name)",
    ]
    switch qscheme {
    case .perTensorAffine(let scale, let zeroPoint): suffixes += ["scale=\(scale)", "zero_point=\(zeroPoint)"]
    case .perChannelAffine(let scales, let zeroPoints, let axis):
      suffixes += ["scale=\(scales)", "zero_point=\(zeroPoints)", "axis=\(axis)"]
    }
    let values = dequantize()
    let text = "tensor(" + (values.count == 0 ? "[]" : values.partText(indent: 7))
    return addingSuffixes(suffixes, to: text, indent: 7) + ")"
  }
}

// Files of PyTorch.

extension QuantizedTensor {
  /// A quantised tensor of a PyTorch file.
  /// - Throws: `TensorError` of kind `format` if it is none.
  public init(_ value: PickledValue?) throws(TensorError) {
    guard let pickled = value?.tensor, let quantization = pickled.quantization else {
      throw TensorError(
        .format, "QuantizedTensor", "expected a quantised tensor, and found \(value?.typeName ?? "nothing")")
    }
    let integers = try pickled.tensor()
    guard let dtype = [QuantizedType.quint8, .qint8, .qint32].first(where: { $0.storage == integers.dtype }) else {
      throw TensorError(
        .unsupported, "QuantizedTensor", "integers of type \(pickled.elementType.name) are not read")
    }
    switch quantization {
    case .perTensor(let scale, let zeroPoint):
      self.init(integers, dtype, .perTensorAffine(scale: scale, zeroPoint: zeroPoint))
    case .perChannel(let scales, let zeroPoints, let axis):
      guard zeroPoints.allSatisfy({ Int(exactly: $0) != nil }) else {
        throw TensorError(.unsupported, "QuantizedTensor", "zero points that are no integers are not read")
      }
      self.init(
        integers, dtype,
        .perChannelAffine(
          scales: Tensor(scales, dtype: .float64), zeroPoints: Tensor(zeroPoints, dtype: .float64).to(.int64),
          axis: axis))
    }
  }
}
