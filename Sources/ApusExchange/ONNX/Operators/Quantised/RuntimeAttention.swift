import ApusCore
import ApusFormats
import ApusFunctional
import ApusNumerics

// Attention as ONNX Runtime's optimiser writes it: one product gives queries, keys and values.

extension ONNXOperators {
  static func runtimeAttention(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (x, weight) = (try call.tensor(0), try call.tensor(1))
    let product = x.matmul(weight)
    let projected = try call.optionalTensor(2).map { product + $0 } ?? product
    return try attend(
      projected, mask: try call.optionalTensor(3), past: try call.optionalTensor(4), bias: try call.optionalTensor(5),
      call)
  }

  static func quantisedAttention(_ call: ONNXCall) throws -> [ONNXValue?] {
    let sum = centredProduct(
      try call.tensor(0), try call.optionalTensor(6), try call.tensor(1), try call.optionalTensor(7))
    let scale = try call.tensor(4)
    let product = sum.to(.float32) * ((try call.tensor(3)).reshape([]) * (scale.count == 1 ? scale.reshape([]) : scale))
    return try attend(
      product + (try call.tensor(2)), mask: try call.optionalTensor(5), past: try call.optionalTensor(8), bias: nil,
      call)
  }

  /// Attention of `[N, length, 3 hidden]`, and the keys and values for the next call if they are asked for.
  private static func attend(
    _ projected: Tensor, mask: Tensor?, past: Tensor?, bias: Tensor?, _ call: ONNXCall
  ) throws -> [ONNXValue?] {
    let heads = try call.node.int("num_heads")
    guard projected.rank == 3, heads > 0, projected.size(2) % (3 * heads) == 0 else {
      throw call.error(.shape, "cannot part \(projected.shape) into queries, keys and values of \(heads) heads")
    }
    guard try call.ints("qkv_hidden_sizes") == nil, try !call.flag("do_rotary") else {
      throw call.error(.unsupported, "'qkv_hidden_sizes' and 'do_rotary' are not read")
    }
    let (samples, length, hidden) = (projected.size(0), projected.size(1), projected.size(2) / 3)
    let parts = try (0..<3).map { try call.heads(projected.narrow(2, $0 * hidden, hidden), heads, "num_heads") }
    var operands = AttentionOperands(query: parts[0], key: parts[1], value: parts[2])
    if let past {
      guard past.rank == 5, past.size(0) == 2 else {
        throw call.error(.shape, "needs a past [2, N, heads, length, size]")
      }
      operands.key = cat([past.select(0, 0), operands.key], dim: 2)
      operands.value = cat([past.select(0, 1), operands.value], dim: 2)
      operands.offset = past.size(3)
    }
    let keys = operands.key.size(2)
    // What is masked counts as little as this, and not as nothing.
    let hiddenScore = try call.float("mask_filter_value", -10000)
    var added = bias
    if let mask {
      let seen: Tensor
      switch mask.rank {
      case 1 where mask.count == samples:
        seen = arange(keys).reshape([1, 1, 1, keys]).lt(mask.to(.int64).reshape([samples, 1, 1, 1]))
      case 2 where mask.shape == [samples, keys]: seen = mask.ne(0).reshape([samples, 1, 1, keys])
      case 3 where mask.shape == [samples, length, keys]: seen = mask.ne(0).unsqueeze(1)
      default: throw call.error(.unsupported, "a mask of shape \(mask.shape) is not read")
      }
      let low = seen.logicalNot().to(projected.dtype) * hiddenScore
      added = added.map { $0 + low } ?? low
    }
    operands.mask = added
    var request = AttentionRequest(
      scale: try call.optionalFloat("scale").flatMap { $0 == 0 ? nil : $0 },
      isCausal: try call.flag("unidirectional"))
    request.wantsScores = false
    let (made, _) = try attend(operands, request, call)
    let present = call.wants(1) ? ONNXValue.tensor(stack([operands.key, operands.value])) : nil
    return [.tensor(made.transpose(1, 2).flatten(2)), present]
  }
}
