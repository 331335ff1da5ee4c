import ApusCore

/// The options of ``Rprop``.
public struct RpropOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-2
  @Setting public var etas: (Double, Double) = (0.5, 1.2)
  @Setting public var stepSizes: (Double, Double) = (1e-6, 50)
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, etas: (Double, Double)? = nil, stepSizes: (Double, Double)? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let etas { self.etas = etas }
    if let stepSizes { self.stepSizes = stepSizes }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("etas", \.$etas), OptionField("stepSizes", \.$stepSizes),
      OptionField("maximize", \.$maximize),
    ]
  }

  public static var unusedOptions: [String] { ["capturable", "differentiable", "foreach"] }

}

/// Rprop: only the sign of the gradient counts; each element's step grows while it stays and shrinks when it turns
/// (Riedmiller and Braun, 1993).
public final class Rprop: FormulaOptimizer<RpropOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` and `capturable` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups, defaults: RpropOptions(lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize))
    checkWays(foreach: foreach, differentiable: differentiable)
  }
}

extension RpropOptions: UpdateRule {
  var states: [(name: String, initial: Double)] { [("prev", 0), ("step_size", lr)] }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    UpdateCall(scalars: [etas.0, etas.1, stepSizes.0, stepSizes.1])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let g = maximize ? -gradient : gradient
    let agreement = g * states[0]
    let turned = Expression.binary(.lt, agreement, .constant(0))
    let stayed = Expression.binary(.gt, agreement, .constant(0))
    let factor = Expression.select(stayed, .parameter(1), .select(turned, .parameter(0), .constant(1)))
    let size = Expression.binary(.min, .binary(.max, states[1] * factor, .parameter(2)), .parameter(3))
    let used = Expression.select(turned, .constant(0), g)
    return [parameter - used(.sign) * size, used, size]
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr),
      (etas.0 > 0 && etas.0 < 1 && etas.1 > 1, "etas must lie on both sides of 1, above 0, and are \(etas)"))
  }
}

/// The options of ``ASGD``.
public struct ASGDOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-2
  @Setting public var lambd: Double = 1e-4
  @Setting public var alpha: Double = 0.75
  @Setting public var t0: Double = 1e6
  @Setting public var weightDecay: Double = 0
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, lambd: Double? = nil, alpha: Double? = nil, t0: Double? = nil, weightDecay: Double? = nil,
    maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let lambd { self.lambd = lambd }
    if let alpha { self.alpha = alpha }
    if let t0 { self.t0 = t0 }
    if let weightDecay { self.weightDecay = weightDecay }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("lambd", \.$lambd), OptionField("alpha", \.$alpha),
      OptionField("t0", \.$t0), OptionField("weightDecay", \.$weightDecay), OptionField("maximize", \.$maximize),
    ]
  }

  public static var unusedOptions: [String] { ["capturable", "differentiable", "foreach"] }

}

/// Averaged stochastic gradient descent (Polyak and Juditsky, 1992): keeps the average of the parameters in the state
/// `ax`.
public final class ASGD: FormulaOptimizer<ASGDOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` and `capturable` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: ASGDOptions(lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize))
    checkWays(foreach: foreach, differentiable: differentiable)
  }
}

extension ASGDOptions: UpdateRule {
  var states: [(name: String, initial: Double)] { [("ax", 0)] }
  var numbers: [(name: String, initial: Double)] { [("mu", 1), ("eta", lr)] }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    let (mu, eta) = (numbers[0], numbers[1])
    numbers[1] = lr / power(1 + lambd * lr * Double(step), alpha)
    numbers[0] = 1 / max(1, Double(step) - t0)
    return UpdateCall(variant: mu == 1 ? 1 : 0, scalars: [1 - lambd * eta, eta, mu, weightDecay])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let g = descent(gradient, parameter, maximize: maximize, weightDecay, .parameter(3))
    let next = parameter * .parameter(0) - g * .parameter(1)
    return [next, variant == 1 ? next : lerp(states[0], next, .parameter(2))]
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("lambd", lambd), checkNotNegative("alpha", alpha),
      checkNotNegative("weightDecay", weightDecay))
  }
}
