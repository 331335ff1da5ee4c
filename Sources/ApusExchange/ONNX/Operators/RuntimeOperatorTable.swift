import ApusCore
import ApusFormats
import ApusFunctional

extension ONNXOperatorTable {
  /// What ONNX Runtime's optimiser makes of several operators, in the domain com.microsoft.
  static let runtimeFusions: [ONNXOperator] = [
    fused("Attention", 3...7, outputs: 1...2, ONNXOperators.runtimeAttention),
    fused("QAttention", 5...9, outputs: 1...2, ONNXOperators.quantisedAttention),
    fused("Gelu", 1...1) { call in [.tensor(try call.tensor(0).gelu())] },
    fused("BiasGelu", 2...2) { call in [.tensor((try call.tensor(0) + (try call.tensor(1))).gelu())] },
    fused("FastGelu", 1...2) { call in
      let x = try call.tensor(0)
      return [.tensor((try call.optionalTensor(1).map { x + $0 } ?? x).gelu(approximate: .tanh))]
    },
    fused("QuickGelu", 1...1) { call in
      let x = try call.tensor(0)
      return [.tensor(x * (x * (try call.float("alpha", 1.702))).sigmoid())]
    },
    fused("SkipLayerNormalization", 3...5, outputs: 1...4, ONNXOperators.skipLayerNorm),
    fused("FusedMatMul", 2...2, ONNXOperators.fusedMatMul),
    ONNXOperator(
      "QLinearAveragePool", domain: "com.microsoft", inputs: 4...5, prepare: ONNXOperators.qLinearAveragePool),
  ]

  private static func fused(
    _ name: String, _ inputs: ClosedRange<Int>, outputs: ClosedRange<Int> = 1...1, _ run: @escaping ONNXOperator.Kernel
  ) -> ONNXOperator {
    .reading(name, domain: "com.microsoft", inputs: inputs, outputs: outputs, run)
  }
}

extension ONNXOperators {
  /// The norm of a sum; the last output is the sum.
  static func skipLayerNorm(_ call: ONNXCall) throws -> [ONNXValue?] {
    var x = try call.tensor(0) + (try call.tensor(1))
    if let bias = try call.optionalTensor(4) { x = x + bias }
    guard x.rank > 0 else { throw call.error(.shape, "needs at least one dimension") }
    let made = layerNorm(
      x, [x.size(-1)], weight: try call.tensor(2), bias: try call.optionalTensor(3),
      eps: try call.float("epsilon", 1e-12))
    return [.tensor(made), nil, nil, .tensor(x)]
  }

  static func fusedMatMul(_ call: ONNXCall) throws -> [ONNXValue?] {
    var (a, b) = (try call.tensor(0), try call.tensor(1))
    guard try !call.flag("transBatchA"), try !call.flag("transBatchB") else {
      throw call.error(.unsupported, "'transBatchA' and 'transBatchB' are not read")
    }
    if try call.flag("transA"), a.rank > 1 { a = a.transpose(-1, -2) }
    if try call.flag("transB"), b.rank > 1 { b = b.transpose(-1, -2) }
    let product = a.matmul(b)
    let alpha = try call.float("alpha", 1)
    return [.tensor(alpha == 1 ? product : product * alpha)]
  }

  /// `AveragePool` on the numbers that bytes stand for.
  static func qLinearAveragePool(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    guard let pool = ONNXOperatorTable.find("AveragePool", domain: "", opset: 19) else {
      throw TensorError(.unsupported, "", "there is no AveragePool")
    }
    let kernel = try pool.prepare(node)
    let isLast = try node.flag("channels_last")
    return onBytes { call, x in
      guard x.rank > 2 else { throw call.error(.shape, "needs images, and found \(x.shape)") }
      let image = isLast ? x.movedim(x.rank - 1, 1) : x
      let made = try kernel(ONNXCall(node: call.node, inputs: [.tensor(image)], limit: call.limit))
      guard case .tensor(let result)? = made.first ?? nil else {
        throw call.error(.value, "the pooling gives no tensor")
      }
      return isLast ? result.movedim(1, result.rank - 1) : result
    }
  }
}
