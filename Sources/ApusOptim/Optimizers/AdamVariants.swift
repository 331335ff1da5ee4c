import ApusCore

// Adam's relatives: Adamax, NAdam and RAdam.

/// The options of ``Adamax``, ``NAdam`` and ``RAdam``.
public struct AdamVariantOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-3
  @Setting public var betas: (Double, Double) = (0.9, 0.999)
  @Setting public var eps: Double = 1e-8
  @Setting public var weightDecay: Double = 0
  /// NAdam only.
  @Setting public var momentumDecay: Double = 4e-3
  /// Whether weight decay shrinks the parameter itself instead of adding to the gradient.
  @Setting public var decoupledWeightDecay: Bool = false
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, betas: (Double, Double)? = nil, eps: Double? = nil, weightDecay: Double? = nil,
    momentumDecay: Double? = nil, decoupledWeightDecay: Bool? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let betas { self.betas = betas }
    if let eps { self.eps = eps }
    if let weightDecay { self.weightDecay = weightDecay }
    if let momentumDecay { self.momentumDecay = momentumDecay }
    if let decoupledWeightDecay { self.decoupledWeightDecay = decoupledWeightDecay }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("betas", \.$betas), OptionField("eps", \.$eps),
      OptionField("weightDecay", \.$weightDecay), OptionField("momentumDecay", \.$momentumDecay),
      OptionField("decoupledWeightDecay", \.$decoupledWeightDecay), OptionField("maximize", \.$maximize),
    ]
  }

  public static var unusedOptions: [String] { ["capturable", "differentiable", "foreach"] }

  public var cycledMomentum: Double? {
    get { betas.0 }
    set { betas.0 = newValue ?? betas.0 }
  }

  fileprivate func problemOfAll() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("eps", eps), checkBetas(betas),
      checkNotNegative("weightDecay", weightDecay), checkNotNegative("momentumDecay", momentumDecay))
  }

  /// Parameter and gradient after weight decay of either kind: `.parameter(0)` shrinks, `.parameter(1)` adds.
  fileprivate func decayed(_ parameter: Expression, _ gradient: Expression) -> (Expression, Expression) {
    let p = decoupledWeightDecay && weightDecay != 0 ? parameter * .parameter(0) : parameter
    return (p, descent(gradient, p, maximize: maximize, decoupledWeightDecay ? 0 : weightDecay, .parameter(1)))
  }

  fileprivate var decayScalars: [Double] { [1 - lr * weightDecay, weightDecay] }
}

/// Adamax: Adam with the largest recent gradient in place of the root of the mean square (Kingma and Ba, 2014).
public final class Adamax: FormulaOptimizer<AdamVariantOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` and `capturable` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamVariantOptions(lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize))
    checkWays(foreach: foreach, differentiable: differentiable)
  }

  override var fields: [OptionField<AdamVariantOptions>] {
    super.fields.filter { $0.name != "momentumDecay" && $0.name != "decoupledWeightDecay" }
  }

  override func rule(_ options: AdamVariantOptions) -> any StepRule { AdamaxRule(options: options) }
}

/// NAdam: Adam with Nesterov momentum (Dozat, 2016).
public final class NAdam: FormulaOptimizer<AdamVariantOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` and `capturable` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
        decoupledWeightDecay: decoupledWeightDecay, maximize: maximize))
    checkWays(foreach: foreach, differentiable: differentiable)
  }

  override func rule(_ options: AdamVariantOptions) -> any StepRule { NAdamRule(options: options) }
}

/// RAdam: Adam whose scaling is switched on once its variance is known well enough (Liu and others, 2019).
public final class RAdam: FormulaOptimizer<AdamVariantOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` and `capturable` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
        maximize: maximize))
    checkWays(foreach: foreach, differentiable: differentiable)
  }

  override var fields: [OptionField<AdamVariantOptions>] {
    super.fields.filter { $0.name != "momentumDecay" }
  }

  override func rule(_ options: AdamVariantOptions) -> any StepRule { RAdamRule(options: options) }
}

/// A rule over the common options.
private protocol AdamVariantRule: UpdateRule {
  var options: AdamVariantOptions { get set }
}

extension AdamVariantRule {
  var lr: Double {
    get { options.lr }
    set { options.lr = newValue }
  }
  func problem() -> String? { options.problemOfAll() }
}

private struct AdamaxRule: AdamVariantRule {
  var options: AdamVariantOptions
  var states: [(name: String, initial: Double)] { [("exp_avg", 0), ("exp_inf", 0)] }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    UpdateCall(
      scalars: options.decayScalars + [
        1 - options.betas.0, options.betas.1, options.eps, -lr / (1 - power(options.betas.0, step)),
      ])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let g = descent(gradient, parameter, maximize: options.maximize, options.weightDecay, .parameter(1))
    let m = lerp(states[0], g, .parameter(2))
    let largest = Expression.binary(.max, states[1] * .parameter(3), g(.abs) + .parameter(4))
    return [parameter + m / largest * .parameter(5), m, largest]
  }
}

private struct NAdamRule: AdamVariantRule {
  var options: AdamVariantOptions
  var states: [(name: String, initial: Double)] { [("exp_avg", 0), ("exp_avg_sq", 0)] }
  var numbers: [(name: String, initial: Double)] { [("mu_product", 1)] }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    let (beta1, beta2) = options.betas
    func mu(_ step: Int) -> Double { beta1 * (1 - 0.5 * power(0.96, Double(step) * options.momentumDecay)) }
    numbers[0] *= mu(step)
    return UpdateCall(
      scalars: options.decayScalars + [
        1 - beta1, beta2, 1 - beta2, 1 / (1 - power(beta2, step)), options.eps, -lr * (1 - mu(step)) / (1 - numbers[0]),
        -lr * mu(step + 1) / (1 - numbers[0] * mu(step + 1)),
      ])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let (p, g) = options.decayed(parameter, gradient)
    let m = lerp(states[0], g, .parameter(2))
    let v = states[1] * .parameter(3) + g.squared * .parameter(4)
    let denominator = (v * .parameter(5))(.sqrt) + .parameter(6)
    return [p + (g * .parameter(7) + m * .parameter(8)) / denominator, m, v]
  }
}

private struct RAdamRule: AdamVariantRule {
  var options: AdamVariantOptions
  var states: [(name: String, initial: Double)] { [("exp_avg", 0), ("exp_avg_sq", 0)] }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    let (beta1, beta2) = options.betas
    let correction1 = 1 - power(beta1, step)
    let correction2 = 1 - power(beta2, step)
    let longest = 2 / (1 - beta2) - 1
    // The length of the moving average that has the same variance.
    let length = longest - 2 * Double(step) * power(beta2, step) / correction2
    var size = -lr / correction1
    if length > 5 {
      let rectification =
        ((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)).squareRoot()
      size *= rectification * correction2.squareRoot()
    }
    return UpdateCall(
      variant: length > 5 ? 1 : 0, scalars: options.decayScalars + [1 - beta1, beta2, 1 - beta2, options.eps, size])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let (p, g) = options.decayed(parameter, gradient)
    let m = lerp(states[0], g, .parameter(2))
    let v = states[1] * .parameter(3) + g.squared * .parameter(4)
    let direction = variant == 1 ? m / (v(.sqrt) + .parameter(5)) : m
    return [p + direction * .parameter(6), m, v]
  }
}
