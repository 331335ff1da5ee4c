import ApusCore

/// The options of ``Lion``.
public struct LionOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-4
  @Setting public var betas: (Double, Double) = (0.9, 0.99)
  @Setting public var weightDecay: Double = 0
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, betas: (Double, Double)? = nil, weightDecay: Double? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let betas { self.betas = betas }
    if let weightDecay { self.weightDecay = weightDecay }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("betas", \.$betas), OptionField("weightDecay", \.$weightDecay),
      OptionField("maximize", \.$maximize),
    ]
  }

  public var cycledMomentum: Double? {
    get { betas.0 }
    set { betas.0 = newValue ?? betas.0 }
  }
}

/// Lion: steps of one size, in the direction of the sign of an average of gradients (Chen and others, 2023). It wants a learning
/// rate three to ten times smaller than AdamW's, and a weight decay as many times larger.
///
///     parameter -= lr * (sign(beta1 m + (1 - beta1) g) + weightDecay * parameter)
///     m = beta2 m + (1 - beta2) g
public final class Lion: FormulaOptimizer<LionOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
    weightDecay: Double = 0, maximize: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: LionOptions(lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize))
  }
}

extension LionOptions: UpdateRule {
  var states: [(name: String, initial: Double)] { [("exp_avg", 0)] }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    UpdateCall(scalars: [1 - lr * weightDecay, 1 - betas.0, 1 - betas.1, -lr])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let g = maximize ? -gradient : gradient
    let direction = lerp(states[0], g, .parameter(1))
    let kept = weightDecay == 0 ? parameter : parameter * .parameter(0)
    return [kept + direction(.sign) * .parameter(3), lerp(states[0], g, .parameter(2))]
  }

  func problem() -> String? {
    firstProblem(checkNotNegative("lr", lr), checkBetas(betas), checkNotNegative("weightDecay", weightDecay))
  }
}
