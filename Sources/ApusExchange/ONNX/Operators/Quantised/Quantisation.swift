import ApusCore
import ApusFormats
import ApusNumerics

// Numbers as small integers or floats with a scale: q = round(x / scale) + zero point.

extension ONNXCall {
  /// An input of numbers of any type: its values, in the type that carries them, and the type.
  func quantised(_ i: Int) throws(TensorError) -> (values: Tensor, type: ONNX.DataType) {
    switch try value(i) {
    case .tensor(let tensor): return (tensor, ONNX.DataType(tensor.dtype) ?? .undefined)
    case .narrow(let tensor, let type): return (tensor, type)
    case let other: throw error(.dtype, "input \(i) is \(other.kindName), and numbers are needed")
    }
  }

  func optionalQuantised(_ i: Int) throws(TensorError) -> (values: Tensor, type: ONNX.DataType)? {
    has(i) ? try quantised(i) : nil
  }

  /// A scale or zero point as it goes with a tensor of `shape`: one number for all, one for each place along `axis`, or one for
  /// each block of `block` places.
  func spread(_ x: Tensor, over shape: [Int], axis: Int?, block: Int) throws(TensorError) -> Tensor {
    if x.count == 1 { return x.reshape([]) }
    guard let axis else { throw error(.shape, "needs one scale for a tensor of shape \(shape), and found \(x.shape)") }
    if x.rank == 1, block == 0 {
      guard x.count == shape[axis] else {
        throw error(.shape, "needs \(shape[axis]) scales for dimension \(axis) of \(shape), and found \(x.count)")
      }
      return x.reshape(shape.indices.map { $0 == axis ? x.count : 1 })
    }
    guard x.rank == shape.count, shape.indices.allSatisfy({ $0 == axis || x.size($0) == shape[$0] }), x.size(axis) > 0
    else { throw error(.shape, "scales of shape \(x.shape) do not fit a tensor of shape \(shape)") }
    if x.size(axis) == shape[axis] { return x }
    let size = block > 0 ? block : (shape[axis] + x.size(axis) - 1) / x.size(axis)
    guard size > 0, (shape[axis] + size - 1) / size == x.size(axis) else {
      throw error(.shape, "\(x.size(axis)) blocks of \(size) are not the \(shape[axis]) places of dimension \(axis)")
    }
    return x.repeatInterleave(size, dim: axis).narrow(axis, 0, shape[axis])
  }
}

/// `x` in units of a quantised type: rounded to the nearest even integer, and cut to what the type holds.
func quantised(_ x: Tensor, zero: Tensor?, _ type: ONNX.DataType, saturate: Bool = true) throws(TensorError)
  -> ONNXValue
{
  guard let range = type.wholeNumbers else { return try narrowed(zero.map { x + $0 } ?? x, type, saturate: saturate) }
  let wide = x.dtype.size < 4 ? x.to(.float32) : x
  let whole = zero.map { wide.round() + $0.to(wide.dtype) } ?? wide.round()
  let cut = whole.clamp(min: range.lowerBound, max: range.upperBound)
  return ONNXValue(cut.to(type.carrier ?? .int32), as: type)
}

/// `x` in a floating point type of few bits.
func narrowed(_ x: Tensor, _ type: ONNX.DataType, saturate: Bool) throws(TensorError) -> ONNXValue {
  if let narrow = type.narrowFloat {
    let numbers = x.settled.array(as: Float.self).map { narrow.rounded($0, saturate: saturate) }
    return ONNXValue(Tensor(numbers, shape: x.shape), as: type)
  }
  guard let dtype = type.dtype, dtype.isFloatingPoint else {
    throw TensorError(.unsupported, "", "cannot quantise to \(type.name)")
  }
  let isSmall = dtype.size == 1
  let limit = dtype.largestFinite
  return .tensor((saturate && isSmall ? x.to(.float32).clamp(min: -limit, max: limit) : x).to(dtype))
}

extension ONNX.DataType {
  /// The values of an integer type of at most 32 bits.
  var wholeNumbers: ClosedRange<Int>? {
    switch self {
    case .uint8: 0...255
    case .int8: -128...127
    case .uint16: 0...0xffff
    case .int16: -0x8000...0x7fff
    case .int32: -0x8000_0000...0x7fff_ffff
    default: narrowIntegers
    }
  }
}

extension ONNXOperators {
  static func quantizeLinear(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (x, scale) = (try call.tensor(0), try call.tensor(1))
    let zero = try call.optionalQuantised(2)
    let asked = try call.optionalInt("output_dtype").flatMap {
      $0 == 0 ? nil : ONNX.DataType(rawValue: Int32(clamping: $0))
    }
    let type = zero?.type ?? asked ?? .uint8
    guard zero == nil || asked == nil || asked == zero?.type else {
      throw call.error(.dtype, "'output_dtype' asks for \(asked?.name ?? ""), and the zero point is \(type.name)")
    }
    let axis = x.rank == 0 ? nil : try? call.axis("axis", 1, rank: x.rank)
    let block = try call.int("block_size", 0)
    let precision =
      try call.optionalDType("precision")
      ?? (scale.dtype.isFloatingPoint && scale.dtype.size > 1 ? scale.dtype : .float32)
    let each = try call.spread(scale.to(precision), over: x.shape, axis: axis, block: block)
    let offset = try zero.map { try call.spread($0.values, over: x.shape, axis: axis, block: block) }
    let parts = x.to(precision) / each
    return [
      try quantised(
        parts, zero: type.wholeNumbers == nil ? offset?.to(precision) : offset, type,
        saturate: try call.flag("saturate", true))
    ]
  }

  static func dequantizeLinear(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (x, type) = try call.quantised(0)
    let scale = try call.quantised(1)
    let zero = try call.optionalQuantised(2)
    let axis = x.rank == 0 ? nil : try? call.axis("axis", 1, rank: x.rank)
    let block = try call.int("block_size", 0)
    let scaleType = scale.values.dtype.size > 1 ? scale.values.dtype : .float32
    let made = try call.optionalDType("output_dtype") ?? scaleType
    let each = try call.spread(scale.values.to(made), over: x.shape, axis: axis, block: block)
    var numbers = type.wholeNumbers == nil ? x.to(made) : x.to(type == .int32 ? .float64 : .float32)
    if let zero {
      numbers = numbers - (try call.spread(zero.values, over: x.shape, axis: axis, block: block)).to(numbers.dtype)
    }
    return [.tensor(numbers.to(made) * each)]
  }

  static func dynamicQuantizeLinear(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (y, scale, zero) = dynamicallyQuantised(try call.tensor(0))
    return [.tensor(y), .tensor(scale), .tensor(zero)]
  }

  /// `x` in bytes with one scale and zero point that make its range fit, in which 0 is exact.
  static func dynamicallyQuantised(_ x: Tensor) -> (y: Tensor, scale: Tensor, zero: Tensor) {
    let numbers = x.to(.float32)
    guard x.count > 0 else {
      return (x.to(.uint8), Tensor(1.0 as Float), Tensor(UInt8(0)))
    }
    let (low, high) = (numbers.amin().clamp(max: 0), numbers.amax().clamp(min: 0))
    let span = high - low
    let scale = `where`(span.eq(0), Tensor.ones([]), span) / 255
    let zero = (-(low / scale)).clamp(min: 0, max: 255).round()
    let y = ((numbers / scale).round() + zero).clamp(min: 0, max: 255)
    return (y.to(.uint8), scale, zero.to(.uint8))
  }
}
