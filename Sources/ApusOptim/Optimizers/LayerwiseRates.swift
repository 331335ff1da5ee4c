import ApusCore

// Optimisers for large batches, which scale the step of each parameter by its norm: LARS and LAMB.

/// The options of ``LARS``.
public struct LARSOptions: OptimizerOptions {
  @Setting public var lr: Double = 0.1
  @Setting public var momentum: Double = 0.9
  @Setting public var weightDecay: Double = 0
  /// How far a parameter is to move at most, as a share of its norm.
  @Setting public var trustCoefficient: Double = 1e-3
  @Setting public var eps: Double = 1e-8
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, momentum: Double? = nil, weightDecay: Double? = nil, trustCoefficient: Double? = nil,
    eps: Double? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let momentum { self.momentum = momentum }
    if let weightDecay { self.weightDecay = weightDecay }
    if let trustCoefficient { self.trustCoefficient = trustCoefficient }
    if let eps { self.eps = eps }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("momentum", \.$momentum), OptionField("weightDecay", \.$weightDecay),
      OptionField("trustCoefficient", \.$trustCoefficient), OptionField("eps", \.$eps),
      OptionField("maximize", \.$maximize),
    ]
  }

  public var cycledMomentum: Double? {
    get { momentum }
    set { momentum = newValue ?? momentum }
  }
}

/// LARS: momentum whose rate is scaled for each parameter by its norm over that of its gradient (You, Gitman and Ginsburg, 2017).
///
///     rate = trustCoefficient * |parameter| / (|g| + weightDecay * |parameter| + eps)      (1 where a norm is zero)
///     buffer = momentum * buffer + lr * rate * (g + weightDecay * parameter)
///     parameter -= buffer
public final class LARS: FormulaOptimizer<LARSOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 0.1, momentum: Double = 0.9, weightDecay: Double = 0,
    trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: LARSOptions(
        lr: lr, momentum: momentum, weightDecay: weightDecay, trustCoefficient: trustCoefficient, eps: eps,
        maximize: maximize))
  }
}

extension LARSOptions: TensorRule {
  var keepsStep: Bool { false }

  func kept(for parameter: Tensor) -> [KeptState] {
    [KeptState(name: "momentum_buffer", shape: parameter.shape, initial: 0)]
  }

  func updated(
    _ parameter: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int, numbers: inout [Double]
  ) -> Tensor {
    let g = maximize ? -gradient : gradient
    let (size, slope) = (euclideanNorm(parameter), euclideanNorm(g))
    let rate = size > 0 && slope > 0 ? trustCoefficient * size / (slope + weightDecay * size + eps) : 1
    states[0] = states[0] * momentum + (g + parameter * weightDecay) * (lr * rate)
    return parameter - states[0]
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("momentum", momentum),
      checkNotNegative("weightDecay", weightDecay), checkNotNegative("trustCoefficient", trustCoefficient),
      checkNotNegative("eps", eps))
  }

  func problem(of parameter: Tensor) -> String? { realOnly(parameter) }
}

/// The options of ``LAMB``.
public struct LAMBOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-3
  @Setting public var betas: (Double, Double) = (0.9, 0.999)
  @Setting public var eps: Double = 1e-6
  @Setting public var weightDecay: Double = 0
  /// The norm of a parameter counts as no smaller and no larger than these.
  @Setting public var normBounds: (Double, Double) = (0, .infinity)
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, betas: (Double, Double)? = nil, eps: Double? = nil, weightDecay: Double? = nil,
    normBounds: (Double, Double)? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let betas { self.betas = betas }
    if let eps { self.eps = eps }
    if let weightDecay { self.weightDecay = weightDecay }
    if let normBounds { self.normBounds = normBounds }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("betas", \.$betas), OptionField("eps", \.$eps),
      OptionField("weightDecay", \.$weightDecay), OptionField("normBounds", \.$normBounds),
      OptionField("maximize", \.$maximize),
    ]
  }

  public var cycledMomentum: Double? {
    get { betas.0 }
    set { betas.0 = newValue ?? betas.0 }
  }
}

/// LAMB: Adam's direction with weight decay, scaled for each parameter to its norm (You and others, 2019).
///
///     r = (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps) + weightDecay * parameter
///     parameter -= lr * |parameter| / |r| * r                                              (1 where a norm is zero)
public final class LAMB: FormulaOptimizer<LAMBOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-6,
    weightDecay: Double = 0, normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: LAMBOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, normBounds: normBounds, maximize: maximize))
  }
}

extension LAMBOptions: TensorRule {
  func kept(for parameter: Tensor) -> [KeptState] {
    ["exp_avg", "exp_avg_sq"].map { KeptState(name: $0, shape: parameter.shape, initial: 0) }
  }

  func updated(
    _ parameter: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int, numbers: inout [Double]
  ) -> Tensor {
    let g = maximize ? -gradient : gradient
    states[0] = states[0] * betas.0 + g * (1 - betas.0)
    states[1] = states[1] * betas.1 + g * g * (1 - betas.1)
    let mean = states[0] / (1 - power(betas.0, step))
    let scale = (states[1] / (1 - power(betas.1, step))).sqrt() + eps
    let direction = mean / scale + parameter * weightDecay
    let (size, length) = (euclideanNorm(parameter), euclideanNorm(direction))
    let bounded = min(max(size, normBounds.0), normBounds.1)
    let ratio = bounded > 0 && length > 0 ? bounded / length : 1
    return parameter - direction * (lr * ratio)
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("eps", eps), checkBetas(betas),
      checkNotNegative("weightDecay", weightDecay),
      (
        normBounds.0 >= 0 && normBounds.0 <= normBounds.1,
        "normBounds must be two numbers from 0 on, the smaller one first, and are \(normBounds)"
      ))
  }

  func problem(of parameter: Tensor) -> String? { realOnly(parameter) }
}

/// The norm of all elements, which is not rounded to 16 bits.
func euclideanNorm(_ tensor: Tensor) -> Double {
  let isNarrow = tensor.dtype == .float16 || tensor.dtype == .bfloat16
  return tensor.norm(2, dtype: isNarrow ? .float32 : nil).to(.float64).item()
}
