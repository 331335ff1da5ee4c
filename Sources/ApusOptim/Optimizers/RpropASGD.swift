import ApusCore

/// The options of ``Rprop``.
public struct RpropOptions: OptimizerOptions {
  public var lr: Double
  public var etas: (Double, Double)
  public var stepSizes: (Double, Double)
  public var maximize: Bool

  public init(
    lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2), stepSizes: (Double, Double) = (1e-6, 50),
    maximize: Bool = false
  ) {
    (self.lr, self.etas, self.stepSizes) = (lr, etas, stepSizes)
    self.maximize = maximize
  }
}

/// Rprop: only the sign of the gradient counts; each element's step grows while it stays and shrinks when it turns
/// (Riedmiller and Braun, 1993).
public final class Rprop: FormulaOptimizer<RpropOptions>, @unchecked Sendable {
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false
  ) {
    self.init(parameters, RpropOptions(lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize))
  }

  public override init(groups: [ParameterGroup<RpropOptions>]) { super.init(groups: groups) }
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
  public var lr: Double
  public var lambd: Double
  public var alpha: Double
  public var t0: Double
  public var weightDecay: Double
  public var maximize: Bool

  public init(
    lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    (self.lr, self.lambd, self.alpha, self.t0) = (lr, lambd, alpha, t0)
    (self.weightDecay, self.maximize) = (weightDecay, maximize)
  }
}

/// Averaged stochastic gradient descent (Polyak and Juditsky, 1992): keeps the average of the parameters in the state
/// `ax`.
public final class ASGD: FormulaOptimizer<ASGDOptions>, @unchecked Sendable {
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false
  ) {
    self.init(
      parameters,
      ASGDOptions(
        lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize))
  }

  public override init(groups: [ParameterGroup<ASGDOptions>]) { super.init(groups: groups) }
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
