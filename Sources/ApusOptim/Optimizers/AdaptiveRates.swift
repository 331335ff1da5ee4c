import ApusCore

// The early relatives of Adam that scale each element by the gradients it has seen: Adagrad and Adadelta.

/// The options of ``Adagrad``.
public struct AdagradOptions: OptimizerOptions {
  public var lr: Double
  public var lrDecay: Double
  public var weightDecay: Double
  public var initialAccumulatorValue: Double
  public var eps: Double
  public var maximize: Bool

  public init(
    lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0, initialAccumulatorValue: Double = 0,
    eps: Double = 1e-10, maximize: Bool = false
  ) {
    (self.lr, self.lrDecay, self.weightDecay) = (lr, lrDecay, weightDecay)
    (self.initialAccumulatorValue, self.eps, self.maximize) = (initialAccumulatorValue, eps, maximize)
  }
}

/// Adagrad: gradients divided by the root of the sum of all their squares (Duchi and others, 2011).
public final class Adagrad: FormulaOptimizer<AdagradOptions>, @unchecked Sendable {
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false
  ) {
    self.init(
      parameters,
      AdagradOptions(
        lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue, eps: eps,
        maximize: maximize))
  }

  public override init(groups: [ParameterGroup<AdagradOptions>]) { super.init(groups: groups) }
}

extension AdagradOptions: UpdateRule {
  var states: [(name: String, initial: Double)] { [("sum", initialAccumulatorValue)] }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    UpdateCall(scalars: [lr / (1 + Double(step - 1) * lrDecay), eps, weightDecay])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let g = descent(gradient, parameter, maximize: maximize, weightDecay, .parameter(2))
    let sum = states[0] + g.squared
    return [parameter - g / (sum(.sqrt) + .parameter(1)) * .parameter(0), sum]
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("lrDecay", lrDecay), checkNotNegative("weightDecay", weightDecay),
      checkNotNegative("initialAccumulatorValue", initialAccumulatorValue), checkNotNegative("eps", eps))
  }
}

/// The options of ``Adadelta``.
public struct AdadeltaOptions: OptimizerOptions {
  public var lr: Double
  public var rho: Double
  public var eps: Double
  public var weightDecay: Double
  public var maximize: Bool

  public init(
    lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6, weightDecay: Double = 0, maximize: Bool = false
  ) {
    (self.lr, self.rho, self.eps, self.weightDecay) = (lr, rho, eps, weightDecay)
    self.maximize = maximize
  }
}

/// Adadelta: steps in the units of the parameter, by running averages of squared steps and gradients (Zeiler, 2012).
public final class Adadelta: FormulaOptimizer<AdadeltaOptions>, @unchecked Sendable {
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(parameters, AdadeltaOptions(lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize))
  }

  public override init(groups: [ParameterGroup<AdadeltaOptions>]) { super.init(groups: groups) }
}

extension AdadeltaOptions: UpdateRule {
  var states: [(name: String, initial: Double)] { [("square_avg", 0), ("acc_delta", 0)] }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    UpdateCall(scalars: [lr, rho, 1 - rho, eps, weightDecay])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let g = descent(gradient, parameter, maximize: maximize, weightDecay, .parameter(4))
    let square = states[0] * .parameter(1) + g.squared * .parameter(2)
    let delta = (states[1] + .parameter(3))(.sqrt) / (square + .parameter(3))(.sqrt) * g
    let moved = states[1] * .parameter(1) + delta.squared * .parameter(2)
    return [parameter - delta * .parameter(0), square, moved]
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), ((0...1).contains(rho), "rho must be in 0 ... 1, and is \(rho)"),
      checkNotNegative("eps", eps), checkNotNegative("weightDecay", weightDecay))
  }
}
