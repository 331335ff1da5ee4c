import ApusCore

/// The options of ``Adam`` and ``AdamW``.
public struct AdamOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-3
  @Setting public var betas: (Double, Double) = (0.9, 0.999)
  @Setting public var eps: Double = 1e-8
  @Setting public var weightDecay: Double = 0
  @Setting public var amsgrad: Bool = false
  @Setting public var maximize: Bool = false
  /// Whether weight decay shrinks the parameter itself instead of adding to the gradient.
  @Setting public var decoupledWeightDecay: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, betas: (Double, Double)? = nil, eps: Double? = nil, weightDecay: Double? = nil,
    amsgrad: Bool? = nil, maximize: Bool? = nil, decoupledWeightDecay: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let betas { self.betas = betas }
    if let eps { self.eps = eps }
    if let weightDecay { self.weightDecay = weightDecay }
    if let amsgrad { self.amsgrad = amsgrad }
    if let maximize { self.maximize = maximize }
    if let decoupledWeightDecay { self.decoupledWeightDecay = decoupledWeightDecay }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("betas", \.$betas), OptionField("eps", \.$eps),
      OptionField("weightDecay", \.$weightDecay), OptionField("amsgrad", \.$amsgrad),
      OptionField("maximize", \.$maximize), OptionField("decoupledWeightDecay", \.$decoupledWeightDecay),
    ]
  }

  public static var unusedOptions: [String] { ["capturable", "differentiable", "foreach", "fused"] }

  public var cycledMomentum: Double? {
    get { betas.0 }
    set { betas.0 = newValue ?? betas.0 }
  }
}

/// Adam: steps scaled by running averages of gradient and squared gradient (Kingma and Ba, 2014).
///
///     m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2
///     parameter -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
public final class Adam: FormulaOptimizer<AdamOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach`, `fused` and `capturable` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: decoupledWeightDecay))
    checkWays(foreach: foreach, fused: fused, differentiable: differentiable)
  }
}

/// Adam whose weight decay shrinks the parameters directly, `parameter *= 1 - lr * weightDecay` (Loshchilov and Hutter,
/// 2017).
public final class AdamW: FormulaOptimizer<AdamOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach`, `fused` and `capturable` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: true))
    checkWays(foreach: foreach, fused: fused, differentiable: differentiable)
  }

  override func rule(_ options: AdamOptions) -> any StepRule {
    var options = options
    options.decoupledWeightDecay = true
    return options
  }
}

extension AdamOptions: UpdateRule {
  var states: [(name: String, initial: Double)] {
    [("exp_avg", 0), ("exp_avg_sq", 0)] + (amsgrad ? [("max_exp_avg_sq", 0)] : [])
  }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    let correction1 = 1 - power(betas.0, step)
    let correction2 = (1 - power(betas.1, step)).squareRoot()
    let isShrunk = decoupledWeightDecay
    return UpdateCall(scalars: [
      isShrunk ? 1 - lr * weightDecay : 1, isShrunk ? 0 : weightDecay, maximize ? -1 : 1, 1 - betas.0, betas.1,
      1 - betas.1, 1 / correction2, eps, -lr / correction1,
    ])
  }

  var fused: FusedUpdate? { amsgrad ? nil : .adam }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let p = parameter * .parameter(0)
    let g = gradient * .parameter(2) + p * .parameter(1)
    let m = lerp(states[0], g, .parameter(3))
    let v = states[1] * .parameter(4) + g.squared * .parameter(5)
    let largest = amsgrad ? Expression.binary(.max, states[2], v) : v
    let denominator = largest(.sqrt) * .parameter(6) + .parameter(7)
    let next = p + m / denominator * .parameter(8)
    return amsgrad ? [next, m, v, largest] : [next, m, v]
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("eps", eps), checkBetas(betas),
      checkNotNegative("weightDecay", weightDecay))
  }
}
