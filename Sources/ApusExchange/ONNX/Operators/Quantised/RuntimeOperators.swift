import ApusCore
import ApusFormats
import ApusFunctional
import ApusNumerics

// Operators of the domain com.microsoft that ONNX Runtime's quantiser and optimiser write. Those on bytes compute with the
// numbers that the bytes stand for, and round once.

extension ONNXOperators {
  /// The numbers of input `i`, whose scale and zero point come behind it.
  private static func numbers(_ call: ONNXCall, _ i: Int) throws -> Tensor {
    try real(call, i, scale: i + 1, zero: i + 2)
  }

  private static func real(_ call: ONNXCall, _ i: Int, scale: Int, zero: Int) throws -> Tensor {
    var x = try call.tensor(i).to(.float32)
    if let zero = try call.optionalTensor(zero) { x = x - zero.to(.float32) }
    return x * (try call.tensor(scale)).to(.float32)
  }

  /// `x` with the scale of input `i` and the zero point behind it, in the type of that or of `type`.
  private static func bytes(_ call: ONNXCall, _ x: Tensor, scale i: Int, like type: DType) throws -> [ONNXValue?] {
    let zero = try call.optionalTensor(i + 1)
    let type = ONNX.DataType(zero?.dtype ?? type) ?? .uint8
    return [try quantised(x / (try call.tensor(i)).to(.float32), zero: zero, type)]
  }

  /// An operator of one input on bytes.
  static func onBytes(_ compute: @escaping @Sendable (ONNXCall, Tensor) throws -> Tensor) -> ONNXOperator.Kernel {
    { call in try bytes(call, compute(call, numbers(call, 0)), scale: 3, like: call.tensor(0).dtype) }
  }

  /// An operator of two inputs on bytes.
  static func ofTwo(_ compute: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> ONNXOperator.Kernel {
    { call in try bytes(call, compute(numbers(call, 0), numbers(call, 3)), scale: 6, like: call.tensor(0).dtype) }
  }

  static func qLinearConcat(_ call: ONNXCall) throws -> [ONNXValue?] {
    guard call.inputs.count >= 5, (call.inputs.count - 2) % 3 == 0 else {
      throw call.error(.value, "needs three inputs for each tensor, and found \(call.inputs.count)")
    }
    let parts = try stride(from: 2, to: call.inputs.count, by: 3).map { try numbers(call, $0) }
    let axis = try call.axis(call.node.int("axis"), rank: parts[0].rank)
    return try bytes(call, cat(parts, dim: axis), scale: 0, like: call.tensor(2).dtype)
  }

  static func qLinearWhere(_ call: ONNXCall) throws -> [ONNXValue?] {
    let chosen = `where`(try call.tensor(0), try numbers(call, 1), try numbers(call, 4))
    return try bytes(call, chosen, scale: 7, like: call.tensor(1).dtype)
  }

  static func qLinearReduceMean(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try numbers(call, 0)
    let axes = try (try call.ints("axes") ?? Array(0..<x.rank)).map { try call.axis($0, rank: x.rank) }
    return try bytes(
      call, x.mean(axes, keepDim: try call.flag("keepdims", true)), scale: 3, like: call.tensor(0).dtype)
  }

  /// Means over all places of each channel.
  static func globalMean(_ call: ONNXCall, _ x: Tensor) throws -> Tensor {
    guard x.rank > 2 else { throw call.error(.shape, "needs images, and found \(x.shape)") }
    return x.mean(try call.flag("channels_last") ? Array(1..<x.rank - 1) : Array(2..<x.rank), keepDim: true)
  }

  static func qGemm(_ call: ONNXCall) throws -> [ONNXValue?] {
    var (a, b) = (try call.tensor(0), try call.tensor(3))
    if try call.flag("transA") { a = a.t() }
    var zeroB = try call.optionalTensor(5)
    if try call.flag("transB") { b = b.t() }
    if let zero = zeroB, zero.count == 1 { zeroB = zero.reshape([]) }
    var sum = centredProduct(a, try call.optionalTensor(2)?.reshape([]), b, zeroB)
    if let c = try call.optionalTensor(6) { sum = sum + c.to(.int32) }
    let scale = try call.tensor(4)
    let factor =
      (try call.tensor(1)).reshape([]) * (scale.count == 1 ? scale.reshape([]) : scale) * (try call.float("alpha", 1))
    guard let out = try call.optionalTensor(7) else { return [.tensor(sum.to(.float32) * factor.to(.float32))] }
    return [try requantised(sum, factor / out.reshape([]), zero: try call.optionalTensor(8), a.dtype)]
  }

  /// Scales of columns or of the whole as they go with a product.
  private static func columns(_ x: Tensor) -> Tensor { x.count == 1 ? x.reshape([]) : x }

  static func matMulIntegerToFloat(_ call: ONNXCall) throws -> [ONNXValue?] {
    let sum = centredProduct(
      try call.tensor(0), try call.optionalTensor(4), try call.tensor(1), try call.optionalTensor(5))
    let scales = columns(try call.tensor(2)) * columns(try call.tensor(3))
    let product = sum.to(.float32) * scales
    return [.tensor(try call.optionalTensor(6).map { product + $0 } ?? product)]
  }

  static func dynamicQuantizeMatMul(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    let (y, scale, zero) = dynamicallyQuantised(x)
    let sum = centredProduct(y, zero, try call.tensor(1), try call.optionalTensor(3))
    let product = sum.to(.float32) * (scale * columns(try call.tensor(2)))
    return [.tensor(try call.optionalTensor(4).map { product + $0 } ?? product)]
  }

  /// An LSTM with weights of bytes `[directions, inputs, 4 hidden]`; what they are multiplied by is brought to bytes at each step.
  static func dynamicQuantizeLSTM(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (w, r) = (try call.tensor(1), try call.tensor(2))
    guard w.rank == 3, r.rank == 3 else {
      throw call.error(.shape, "needs weights of 3 dimensions, and found \(w.shape) and \(r.shape)")
    }
    let layer = try RecurrentLayer(call, gates: 4, weights: [r.size(0), r.size(2), r.size(1)])
    func product(_ weights: Tensor, _ d: Int, scale: Int, zero: Int) throws -> (Tensor) -> Tensor {
      let part = weights.select(0, d)
      let given = try call.tensor(scale)
      let each = given.rank == 2 ? given.select(0, d) : given.count > 1 ? given.select(0, d) : given.reshape([])
      let point = try call.optionalTensor(zero).map { $0.rank == 2 || $0.count > 1 ? $0.select(0, d) : $0.reshape([]) }
      return { x in
        let (y, scale, offset) = dynamicallyQuantised(x)
        return centredProduct(y, offset, part, point).to(.float32) * (scale * each)
      }
    }
    return layer.results(
      try (0..<layer.directions).map { d in
        try longShortTerm(
          layer, d, forward: try product(w, d, scale: 8, zero: 9), back: try product(r, d, scale: 10, zero: 11))
      })
  }

  /// A product with weights of 2, 4 or 8 bits in blocks: `[N, blocks, bytes of a block]`.
  static func matMulNBits(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (a, packed, scales) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    let (k, n) = (try call.node.int("K"), try call.node.int("N"))
    let (bits, size) = (try call.int("bits", 4), try call.int("block_size", 32))
    guard [2, 4, 8].contains(bits), size >= 16, k > 0, n > 0, k < 1 << 31, n < 1 << 31, a.rank > 0, a.size(-1) == k
    else { throw call.error(.value, "cannot multiply \(a.shape) by \(n) x \(k) weights of \(bits) bits") }
    let blocks = (k + size - 1) / size
    let perByte = 8 / bits
    guard packed.dtype == .uint8, packed.count == n * blocks * (size / perByte), scales.count == n * blocks else {
      throw call.error(.shape, "weights \(packed.shape) and scales \(scales.shape) are not of \(n) x \(blocks) blocks")
    }
    func unpacked(_ bytes: [UInt8], rows: Int, width: Int, perRow: Int) -> [Float] {
      let mask = UInt8((1 << bits) - 1)
      return (0..<rows).flatMap { row in
        (0..<width).map { i in Float(bytes[row * perRow + i / perByte] >> UInt8(i % perByte * bits) & mask) }
      }
    }
    let codes = unpacked(packed.settled.array(as: UInt8.self), rows: n * blocks, width: size, perRow: size / perByte)
    var zeros = Tensor.full([n, blocks, 1], Double(1 << (bits - 1)), dtype: .float32)
    if let given = try call.optionalTensor(3) {
      if given.dtype == .uint8 {
        let perRow = (blocks + perByte - 1) / perByte
        guard given.count == n * perRow else {
          throw call.error(.shape, "zero points of shape \(given.shape) do not fit")
        }
        zeros = Tensor(
          unpacked(given.settled.array(as: UInt8.self), rows: n, width: blocks, perRow: perRow), shape: [n, blocks, 1])
      } else {
        guard given.count == n * blocks else {
          throw call.error(.shape, "zero points of shape \(given.shape) do not fit")
        }
        zeros = given.to(.float32).reshape([n, blocks, 1])
      }
    }
    guard !call.has(4) else { throw call.error(.unsupported, "an order of groups (g_idx) is not read") }
    let weights = ((Tensor(codes, shape: [n, blocks, size]) - zeros) * scales.to(.float32).reshape([n, blocks, 1]))
      .reshape([n, blocks * size]).narrow(1, 0, k)
    let product = a.matmul(weights.to(a.dtype).t())
    return [.tensor(try call.optionalTensor(5).map { product + $0 } ?? product)]
  }
}
