// Pointwise activation functions.

enum Activation {
  static let leakyRelu = Formula("LeakyRelu", whole: "leaky_relu") { x in
    x.when(x.isGreater(.zero), else: x * .parameter(0))
  }
  /// parameter 1 * (exp(parameter 2 * x) - 1) below zero, parameter 0 * x above. Each branch sees only its own side, so
  /// that an overflow of the other cannot reach the gradient.
  static let elu = Formula("Elu") { x in
    // What is no number is not above: its gradient is none either.
    let isAbove = x.isGreater(.zero)
    let curved = (Expression.zero.when(isAbove, else: x) * .parameter(2))(.expm1) * .parameter(1)
    return (x * .parameter(0)).when(isAbove, else: curved)
  }
  static let softplus = Formula("Softplus") { x in
    let scaled = x * .parameter(0)
    let isLinear = scaled.isGreater(.parameter(1))
    return x.when(isLinear, else: scaled(.softplus) / .parameter(0))
  }
  static let logSigmoid = Formula("LogSigmoid") { x in -((-x)(.softplus)) }
  static let mish = Formula("Mish") { x in x * x(.softplus)(.tanh) }
  /// At the limits themselves the gradient is 0; NaN passes, unlike in clamp.
  static let hardtanh = Formula(
    "Hardtanh", whole: "clamp", flat: { $0.isAtMost(.parameter(0)).or($0.isAtLeast(.parameter(1))) }, slope: .one,
    value: { $0(.max, .parameter(0))(.min, .parameter(1)) })
  static let hardsigmoid = Formula(
    "Hardsigmoid", whole: "hardsigmoid",
    value: { ($0 + 3)(.max, .zero)(.min, .constant(6)) / 6 }, slope: .constant(1.0 / 6),
    where: { $0.isGreater(.constant(-3)).and($0.isLess(.constant(3))) })
  static let hardswish: Formula = {
    let x = Expression.input(0)
    let slope = Expression.one.when(x.isAtLeast(.constant(3)), else: x / 3 + 0.5)
    return Formula(
      "Hardswish", inputs: 1, slopes: [.zero.when(x.isAtMost(.constant(-3)), else: slope)], whole: "hardswish",
      outputs: [x * (x + 3)(.max, .zero)(.min, .constant(6)) / 6])
  }()
  static let hardshrink = Formula(
    "Hardshrink", whole: "hardshrink", flat: isWithin, slope: .one,
    value: { .zero.when($0(.abs).isAtMost(.parameter(0)), else: $0) })
  static let softshrink = Formula(
    "Softshrink", whole: "softshrink", flat: isWithin, slope: .one,
    value: { $0 - $0(.max, -.parameter(0))(.min, .parameter(0)) })
  private static func isWithin(_ x: Expression) -> Expression {
    x.isAtLeast(-.parameter(0)).and(x.isAtMost(.parameter(0)))
  }
  static let tanhshrink = Formula("Tanhshrink", .floating) { x in x - x(.tanh) }
  static let softsign = Formula("Softsign", .floating) { x in x / (1 + x(.abs)) }
  static let threshold = Formula("Threshold", whole: "threshold") { x in
    .parameter(1).when(x.isAtMost(.parameter(0)), else: x)
  }
  static let prelu = Formula("Prelu", whole: "prelu") { x, weight in
    x.when(x.isGreater(.zero), else: x * weight)
  }
}

extension Formula {
  /// A function of one tensor whose derivative is 0 where `isFlat` holds, and `slope` elsewhere and for NaN.
  convenience init(
    _ name: String, whole: StaticString? = nil, flat isFlat: (Expression) -> Expression, slope: Expression,
    value: (Expression) -> Expression
  ) {
    let x = Expression.input(0)
    self.init(name, inputs: 1, slopes: [.zero.when(isFlat(x), else: slope)], whole: whole, outputs: [value(x)])
  }

  /// A function of one tensor in straight pieces: its derivative is `slope` where `isSteep` holds, and 0 elsewhere and
  /// for NaN.
  convenience init(
    _ name: String, whole: StaticString? = nil, value: (Expression) -> Expression, slope: Expression,
    where isSteep: (Expression) -> Expression
  ) {
    let x = Expression.input(0)
    self.init(name, inputs: 1, slopes: [slope.when(isSteep(x), else: .zero)], whole: whole, outputs: [value(x)])
  }
}

/// How ``Tensor/gelu(approximate:)`` computes.
public enum GELUApproximation: String, Sendable, NamedChoice {
  /// x times the normal distribution function.
  case none
  /// With tanh, as the original BERT and GPT-2.
  case tanh
}

extension Tensor {
  /// x for positive elements, `negativeSlope` * x for others.
  public func leakyRelu(negativeSlope: Double = 0.01) -> Tensor { floating(Activation.leakyRelu, [negativeSlope]) }
  /// x above 0, alpha * (exp(x) - 1) below.
  public func elu(alpha: Double = 1) -> Tensor { floating(Activation.elu, [1, alpha, 1]) }
  /// The self-normalising exponential linear unit (Klambauer et al., 2017).
  public func selu() -> Tensor {
    let scale = 1.0507009873554804934193349852946
    return floating(Activation.elu, [scale, scale * 1.6732632423543772848170429916717, 1])
  }
  /// max(0, x) + min(0, alpha * (exp(x / alpha) - 1)).
  public func celu(alpha: Double = 1) -> Tensor {
    guard alpha != 0 || hasFailed else { return fail(TensorError(.value, "celu", "alpha must not be 0")) }
    return floating(Activation.elu, [1, alpha, 1 / alpha])
  }
  /// x times the normal distribution function of x (Hendrycks and Gimpel, 2016).
  public consuming func gelu(approximate: GELUApproximation = .none) -> Tensor {
    floating(approximate == .none ? Elementary.gelu : Elementary.geluTanh, [])
  }
  /// x * sigmoid(x), also known as swish.
  public consuming func silu() -> Tensor { floating(Elementary.silu, []) }
  /// x * tanh(softplus(x)).
  public func mish() -> Tensor { floating(Activation.mish, []) }
  /// log(1 + exp(beta * x)) / beta; x itself where beta * x exceeds `threshold`.
  public func softplus(beta: Double = 1, threshold: Double = 20) -> Tensor {
    floating(Activation.softplus, [beta, threshold])
  }
  /// log(sigmoid(x)), without overflow.
  public func logSigmoid() -> Tensor { floating(Activation.logSigmoid, []) }
  /// Limited to `minVal`...`maxVal`.
  public func hardtanh(minVal: Double = -1, maxVal: Double = 1) -> Tensor {
    guard minVal <= maxVal || hasFailed else {
      return fail(TensorError(.value, "hardtanh", "minVal \(minVal) is greater than maxVal \(maxVal)"))
    }
    if dtype.isInteger {
      return pointwise(Activation.hardtanh, [self], [.int(Scalar.float(minVal).int), .int(Scalar.float(maxVal).int)])
    }
    return floating(Activation.hardtanh, [minVal, maxVal])
  }
  /// min(max(x, 0), 6).
  public func relu6() -> Tensor { hardtanh(minVal: 0, maxVal: 6) }
  /// min(max(x + 3, 0), 6) / 6.
  public func hardsigmoid() -> Tensor { floating(Activation.hardsigmoid, []) }
  /// x * hardsigmoid(x).
  public func hardswish() -> Tensor { floating(Activation.hardswish, []) }
  /// 0 within `lambd` of zero, else x.
  public func hardshrink(lambd: Double = 0.5) -> Tensor { floating(Activation.hardshrink, [lambd]) }
  /// Moved towards zero by `lambd`, stopping there.
  public func softshrink(lambd: Double = 0.5) -> Tensor {
    guard lambd >= 0 || hasFailed else {
      return fail(TensorError(.value, "softshrink", "lambd must not be negative, and found \(lambd)"))
    }
    return floating(Activation.softshrink, [lambd])
  }
  /// x - tanh(x).
  public func tanhshrink() -> Tensor { pointwise(Activation.tanhshrink, self) }
  /// x / (1 + |x|).
  public func softsign() -> Tensor { pointwise(Activation.softsign, self) }
  /// x where it is greater than `threshold`, else `value`.
  public func threshold(_ threshold: some ScalarConvertible, _ value: some ScalarConvertible) -> Tensor {
    let limits = [threshold.scalar, value.scalar]
    return pointwise(Activation.threshold, [self], dtype.isFloatingPoint ? limits : limits.map { .int($0.int) })
  }
  /// x for positive elements, weight * x for others; one weight, or one for each channel (dimension 1).
  public func prelu(_ weight: Tensor) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.lowerPrecision, self, weight) { $0.prelu($1) } }
    if let failed = failed ?? weight.failed { return failed }
    guard weight.dtype == dtype else {
      return fail(TensorError(.dtype, "prelu", "needs a weight of type \(dtype), and found \(weight.dtype)"))
    }
    guard weight.rank <= 1 else {
      return fail(TensorError(.shape, "prelu", "the weight must have at most one dimension, and found \(weight.shape)"))
    }
    if weight.count == 1 { return pointwise(Activation.prelu, self, weight.reshape([])) }
    let channels = rank >= 2 ? shape[1] : 1
    guard rank > 0, weight.count == channels else {
      return fail(
        TensorError(
          .shape, "prelu", "found \(weight.count) weights for \(channels) channels of a tensor of shape \(shape)"))
    }
    return pointwise(Activation.prelu, self, weight.reshape([-1] + [Int](repeating: 1, count: rank - 2)))
  }
  /// The first half of dimension `dim` times the sigmoid of the second.
  public func glu(dim: Int = -1) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "glu")
      guard rank > 0, shape[d] % 2 == 0 else {
        throw TensorError(.shape, "glu", "dimension \(dim) of \(shape) must have an even size to be halved")
      }
      let half = shape[d] / 2
      return narrow(d, 0, half) * narrow(d, half, half).sigmoid()
    }
  }

  private consuming func floating(_ formula: Formula, _ scalars: [Double]) -> Tensor {
    guard dtype.isInexact else {
      return hasFailed
        ? self
        : fail(
          TensorError(
            .dtype, formula.name, "needs a floating point tensor, and found \(dtype); convert with .to(.float32)"))
    }
    return scalars.isEmpty ? pointwise(formula, self) : pointwiseLarge(formula, self, scalars.map { .float($0) })
  }
}

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
