import ApusCore
import ApusFormats
import ApusFunctional

extension ONNXOperator {
  /// Activation functions.
  static let activations: [ONNXOperator] = [
    .unary("Relu") { $0.relu() },
    .unary("Sigmoid") { $0.sigmoid() },
    .unary("Softsign") { $0.softsign() },
    .unary("Mish", since: 18) { $0.mish() },
    .unary("HardSwish", since: 14) { $0.hardswish() },
    // Without the threshold beyond which PyTorch gives x itself.
    .unary("Softplus") { x in x.softplus(beta: 1, threshold: 1e30) },
    with("Elu", "alpha", 1) { $0.elu(alpha: $1) },
    with("Celu", since: 12, "alpha", 1) { x, alpha in x.relu() + ((x / alpha).expm1() * alpha).minimum(zerosLike(x)) },
    with("LeakyRelu", "alpha", 0.01) { $0.leakyRelu(negativeSlope: $1) },
    with("ThresholdedRelu", since: 10, "alpha", 1) { x, alpha in `where`(x .> alpha, x, zerosLike(x)) },
    with("Swish", since: 24, "alpha", 1) { x, alpha in alpha == 1 ? x.silu() : x * (x * alpha).sigmoid() },
    with("Selu", "alpha", 1.67326319217681884765625, "gamma", 1.05070102214813232421875) { x, alpha, gamma in
      let low = (x.exp() - 1) * (alpha * gamma)
      return `where`(x .> 0, x * gamma, low)
    },
    with("HardSigmoid", "alpha", 0.2, "beta", 0.5) { x, alpha, beta in (x * alpha + beta).clamp(min: 0, max: 1) },
    with("Shrink", since: 9, "lambd", 0.5, "bias", 0) { x, limit, bias in
      let wide = x.dtype.isFloatingPoint ? x : x.to(.float64)
      let zero = zerosLike(wide)
      return `where`(wide .< -limit, wide + bias, `where`(wide .> limit, wide - bias, zero)).to(x.dtype)
    },
    ONNXOperator("Gelu", since: 20, inputs: 1...1) { node in
      let isTanh = try node.choice("approximate", default: "none", of: ["none", "tanh"]) == "tanh"
      return { call in [.tensor(try call.tensor(0).gelu(approximate: isTanh ? .tanh : .none))] }
    },
    ONNXOperator("SwiGLU", since: 28, inputs: 2...2) { node in
      let alpha = try node.float("alpha", default: 1)
      return { call in
        let gate = try call.tensor(0)
        return [.tensor((alpha == 1 ? gate.silu() : gate * (gate * alpha).sigmoid()) * (try call.tensor(1)))]
      }
    },
  ]

  private static func with(
    _ name: String, since: Int = 1, _ attribute: String, _ standard: Double,
    _ compute: @escaping @Sendable (Tensor, Double) -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, since: since, inputs: 1...1) { node in
      let value = try node.float(attribute, default: standard)
      return { call in [.tensor(compute(try call.tensor(0), value))] }
    }
  }

  private static func with(
    _ name: String, since: Int = 1, _ first: String, _ a: Double, _ second: String, _ b: Double,
    _ compute: @escaping @Sendable (Tensor, Double, Double) -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, since: since, inputs: 1...1) { node in
      let (a, b) = (try node.float(first, default: a), try node.float(second, default: b))
      return { call in [.tensor(compute(try call.tensor(0), a, b))] }
    }
  }
}
