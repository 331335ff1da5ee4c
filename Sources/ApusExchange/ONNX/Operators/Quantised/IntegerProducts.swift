import ApusCore
import ApusFormats
import ApusFunctional
import ApusNumerics

// Products of small integers, exact. They are formed in float32 as far as its integers reach, which the fast kernels know.

/// The largest number up to which float32 has every integer.
private let exactIntegers = 1 << 24

/// The largest magnitude that a difference of elements of these types can have.
private func reach(_ dtype: DType) -> Int {
  switch dtype {
  case .uint8, .int8: 255
  default: 1 << 16
  }
}

/// `a b` of integers as int32.
func integerMatmul(_ a: Tensor, _ b: Tensor, reach: (Int, Int)) -> Tensor {
  guard a.rank > 0, b.rank > 0 else { return a.matmul(b) }
  let terms = a.size(-1)
  let most = Swift.max(1, exactIntegers / Swift.max(1, reach.0 * reach.1))
  if terms <= most { return a.to(.float32).matmul(b.to(.float32)).to(.int32) }
  guard most >= 64, a.rank >= 2, b.rank >= 2, b.size(-2) == terms else {
    return a.to(.float64).matmul(b.to(.float64)).to(.int32)
  }
  // Parts of the sum, each exact.
  let (left, right) = (a.to(.float32), b.to(.float32))
  var sum: Tensor?
  for start in stride(from: 0, to: terms, by: most) {
    let count = Swift.min(most, terms - start)
    let part = left.narrow(-1, start, count).matmul(right.narrow(-2, start, count)).to(.int32)
    sum = sum.map { $0 + part } ?? part
  }
  return sum ?? Tensor.zeros([0], dtype: .int32)
}

/// Elements without their zero point, as floating point numbers, and how large they can be.
private func centred(_ x: Tensor, _ zero: Tensor?) -> (Tensor, reach: Int) {
  let wide = x.to(.float32)
  let magnitude = x.dtype == .int8 ? 128 : x.dtype == .uint8 ? 255 : 1 << 16
  guard let zero else { return (wide, magnitude) }
  if zero.count == 1, let number = zero.settled.array(as: Int.self).first {
    return number == 0 ? (wide, magnitude) : (wide - Double(number), reach(x.dtype))
  }
  return (wide - zero.to(.float32), reach(x.dtype))
}

extension ONNXOperators {
  /// A zero point of each row of a left operand, as a column.
  private static func rows(_ zero: Tensor?, _ x: Tensor) -> Tensor? {
    guard let zero, zero.rank == 1, zero.count > 1, x.rank >= 2 else { return zero }
    return zero.unsqueeze(1)
  }

  /// `(a - za) (b - zb)`, int32. A zero point is one number, or one for each row of `a` or column of `b`.
  static func centredProduct(_ a: Tensor, _ za: Tensor?, _ b: Tensor, _ zb: Tensor?) -> Tensor {
    let (left, right) = (centred(a, rows(za, a)), centred(b, zb))
    return integerMatmul(left.0, right.0, reach: (left.reach, right.reach))
  }

  static func matMulInteger(_ call: ONNXCall) throws -> [ONNXValue?] {
    [
      .tensor(
        centredProduct(
          try call.tensor(0), try call.optionalTensor(2), try call.tensor(1), try call.optionalTensor(3)))
    ]
  }

  /// `(x - zx)` convolved with `(w - zw)`, int32.
  static func centredConvolution(_ call: ONNXCall, _ x: Tensor, _ zx: Tensor?, _ w: Tensor, _ zw: Tensor?) throws
    -> Tensor
  {
    guard x.rank >= 3, w.rank == x.rank else {
      throw call.error(
        .shape, "needs an input and a weight of the same rank of at least 3, and found \(x.shape), \(w.shape)")
    }
    let rank = x.rank - 2
    let kernel = Array(w.shape.dropFirst(2))
    if let said = try call.ints("kernel_shape"), said != kernel {
      throw call.error(.shape, "'kernel_shape' is \(said), and the weight has \(kernel)")
    }
    let steps = try call.ints("strides") ?? [Int](repeating: 1, count: rank)
    let spread = try call.ints("dilations") ?? [Int](repeating: 1, count: rank)
    var pads = try call.ints("pads") ?? [Int](repeating: 0, count: 2 * rank)
    guard steps.count == rank, spread.count == rank, pads.count == 2 * rank,
      (steps + spread).allSatisfy({ (1..<1 << 24).contains($0) }), pads.allSatisfy({ (0..<1 << 24).contains($0) })
    else { throw call.error(.value, "cannot convolve with strides \(steps), dilations \(spread), pads \(pads)") }
    switch try call.string("auto_pad", "NOTSET") {
    case "NOTSET": break
    case "VALID": pads = [Int](repeating: 0, count: 2 * rank)
    case let name where name == "SAME_UPPER" || name == "SAME_LOWER":
      for d in 0..<rank {
        let size = x.size(d + 2)
        let out = (size + steps[d] - 1) / steps[d]
        let total = Swift.max(0, (out - 1) * steps[d] + (kernel[d] - 1) * spread[d] + 1 - size)
        pads[d] = name == "SAME_UPPER" ? total / 2 : total - total / 2
        pads[rank + d] = total - pads[d]
      }
    case let name: throw call.error(.value, "knows no auto_pad '\(name)'")
    }
    var zero = zw
    if let zw, zw.count > 1 {
      guard zw.count == w.size(0) else {
        throw call.error(.shape, "needs a zero point for each of \(w.size(0)) filters, and found \(zw.shape)")
      }
      zero = zw.reshape([w.size(0)] + [Int](repeating: 1, count: rank + 1))
    }
    var (image, filters) = (centred(x, zx), centred(w, zero))
    let terms = kernel.reduce(w.size(1)) { $0.clampedMultiplying($1) }
    let largest = filters.0.count > 0 ? Int(filters.0.abs().amax().item()) : 0
    if terms.clampedMultiplying(image.reach).clampedMultiplying(Swift.max(largest, 1)) > exactIntegers {
      image.0 = image.0.to(.float64)
      filters.0 = filters.0.to(.float64)
    }
    if (0..<rank).contains(where: { pads[$0] != pads[rank + $0] }) {
      // Zero is the value of the zero point, which the margins have as well.
      image.0 = image.0.pad((0..<rank).reversed().flatMap { [pads[$0], pads[rank + $0]] })
      pads = [Int](repeating: 0, count: 2 * rank)
    }
    return convolution(
      rank, image.0, filters.0, nil, stride: steps, padding: .each(Array(pads.prefix(rank))), dilation: spread,
      groups: try call.int("group", 1)
    ).to(.int32)
  }

  static func convInteger(_ call: ONNXCall) throws -> [ONNXValue?] {
    [
      .tensor(
        try centredConvolution(
          call, try call.tensor(0), try call.optionalTensor(2), try call.tensor(1), try call.optionalTensor(3)))
    ]
  }

  /// Sums of products in units of the result: `round(sum factor) + zero`.
  static func requantised(_ sum: Tensor, _ factor: Tensor, zero: Tensor?, _ type: DType) throws -> ONNXValue {
    let type = ONNX.DataType(zero?.dtype ?? type) ?? .uint8
    return try quantised(sum.to(.float32) * factor.to(.float32), zero: zero, type)
  }

  static func qLinearMatMul(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (a, b) = (try call.quantised(0), try call.quantised(3))
    let (za, zb, zy) = (try call.quantised(2), try call.quantised(5), try call.quantised(7))
    var (sa, sb) = (try call.tensor(1).to(.float32), try call.tensor(4).to(.float32))
    if sa.count == 1 {
      sa = sa.reshape([])
    } else if sa.rank == 1 {
      sa = sa.unsqueeze(1)
    }
    if sb.count == 1 { sb = sb.reshape([]) }
    let factor = sa * sb / (try call.tensor(6)).to(.float32)
    if a.type.wholeNumbers == nil || b.type.wholeNumbers == nil {
      // Small floats: their products are sums of floats.
      let left = a.values.to(.float32) - za.values.to(.float32)
      let right = b.values.to(.float32) - zb.values.to(.float32)
      return [try quantised(left.matmul(right) * factor, zero: zy.values.to(.float32), zy.type)]
    }
    let sum = centredProduct(a.values, za.values, b.values, zb.values)
    return [try quantised(sum.to(.float32) * factor, zero: zy.values, zy.type)]
  }

  static func qLinearConv(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (x, w) = (try call.tensor(0), try call.tensor(3))
    var sum = try centredConvolution(call, x, try call.tensor(2), w, try call.tensor(5))
    let rank = x.rank - 2
    let column = [Int](repeating: 1, count: rank)
    if let bias = try call.optionalTensor(8) { sum = sum + bias.to(.int32).reshape([bias.count] + column) }
    let scale = try call.tensor(4).to(.float32)
    let each = scale.count == 1 ? scale.reshape([]) : scale.reshape([scale.count] + column)
    let factor = (try call.tensor(1)).reshape([]) * each / (try call.tensor(6)).reshape([])
    return [try requantised(sum, factor, zero: try call.tensor(7), x.dtype)]
  }
}
