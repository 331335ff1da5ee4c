import ApusCore

extension Registry {
  /// Pointwise activation functions.
  static let activations: [Operation] = [
    .activation("relu nn.functional.relu") { try $0.tensor("input").relu() },
    .activation("nn.functional.relu6") { try $0.tensor("input").relu6() },
    .activation("nn.functional.leaky_relu", "negative_slope=0.01") {
      try $0.tensor("input").leakyRelu(negativeSlope: $0.double("negative_slope"))
    },
    .activation("nn.functional.elu", "alpha=1.0") { try $0.tensor("input").elu(alpha: $0.double("alpha")) },
    .activation("selu nn.functional.selu") { try $0.tensor("input").selu() },
    .activation("celu nn.functional.celu", "alpha=1.0") { try $0.tensor("input").celu(alpha: $0.double("alpha")) },
    .tensor("nn.functional.gelu", "input, *, approximate='none'") {
      guard let approximate = GELUApproximation(rawValue: try $0.string("approximate")) else {
        throw $0.mismatch("approximate", "'none' or 'tanh'")
      }
      return try $0.tensor("input").gelu(approximate: approximate)
    },
    .activation("nn.functional.silu") { try $0.tensor("input").silu() },
    .activation("nn.functional.mish") { try $0.tensor("input").mish() },
    .activation("nn.functional.hardtanh", "min_val=-1.0, max_val=1.0") {
      try $0.tensor("input").hardtanh(minVal: $0.double("min_val"), maxVal: $0.double("max_val"))
    },
    .activation("nn.functional.hardsigmoid") { try $0.tensor("input").hardsigmoid() },
    .activation("nn.functional.hardswish") { try $0.tensor("input").hardswish() },
    .tensor("nn.functional.hardshrink hardshrink", "input, lambd=0.5") {
      try $0.tensor("input").hardshrink(lambd: $0.double("lambd"))
    },
    .tensor("nn.functional.softshrink", "input, lambd=0.5") {
      try $0.tensor("input").softshrink(lambd: $0.double("lambd"))
    },
    .unary("nn.functional.tanhshrink") { $0.tanhshrink() },
    .unary("nn.functional.softsign") { $0.softsign() },
    .unary("nn.functional.logsigmoid") { $0.logSigmoid() },
    .tensor("nn.functional.softplus", "input, beta=1, threshold=20") {
      try $0.tensor("input").softplus(beta: $0.double("beta"), threshold: $0.double("threshold"))
    },
    .activation("threshold nn.functional.threshold", "threshold, value") {
      try $0.tensor("input").threshold($0.scalar("threshold"), $0.scalar("value"))
    },
    .tensor("prelu nn.functional.prelu", "input, weight") { try $0.tensor("input").prelu($0.tensor("weight")) },
    .tensor("nn.functional.glu", "input, dim=-1") { try $0.tensor("input").glu(dim: $0.int("dim")) },
  ]
}

extension Operation {
  /// PyTorch's activations take `inplace`, which changes no value.
  fileprivate static func activation(
    _ names: String, _ parameters: String = "", _ body: @escaping @Sendable (OperationArguments) throws -> Tensor
  ) -> Operation {
    tensor(names, "input" + (parameters.isEmpty ? "" : ", " + parameters) + ", inplace=False", body)
  }
}
