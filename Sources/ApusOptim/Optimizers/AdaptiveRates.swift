import ApusCore

// The early relatives of Adam that scale each element by the gradients it has seen: Adagrad and Adadelta.

/// The options of ``Adagrad``.
public struct AdagradOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-2
  @Setting public var lrDecay: Double = 0
  @Setting public var weightDecay: Double = 0
  @Setting public var initialAccumulatorValue: Double = 0
  @Setting public var eps: Double = 1e-10
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, lrDecay: Double? = nil, weightDecay: Double? = nil, initialAccumulatorValue: Double? = nil,
    eps: Double? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let lrDecay { self.lrDecay = lrDecay }
    if let weightDecay { self.weightDecay = weightDecay }
    if let initialAccumulatorValue { self.initialAccumulatorValue = initialAccumulatorValue }
    if let eps { self.eps = eps }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("lrDecay", \.$lrDecay), OptionField("weightDecay", \.$weightDecay),
      OptionField("initialAccumulatorValue", \.$initialAccumulatorValue), OptionField("eps", \.$eps),
      OptionField("maximize", \.$maximize),
    ]
  }

  public static var unusedOptions: [String] { ["differentiable", "foreach", "fused"] }

}

/// Adagrad: gradients divided by the root of the sum of all their squares (Duchi and others, 2011).
public final class Adagrad: FormulaOptimizer<AdagradOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` and `fused` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdagradOptions(
        lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue, eps: eps,
        maximize: maximize))
    checkWays(foreach: foreach, fused: fused, differentiable: differentiable)
  }
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

extension AdagradOptions: RowRule {
  var leavesRows: Bool { weightDecay == 0 }

  func updatedRows(_ rows: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int) -> Tensor {
    let g = maximize ? -gradient : gradient
    states[0] = states[0] + g * g
    return rows - g / (states[0].sqrt() + eps) * (lr / (1 + Double(step - 1) * lrDecay))
  }
}

/// The options of ``Adadelta``.
public struct AdadeltaOptions: OptimizerOptions {
  @Setting public var lr: Double = 1.0
  @Setting public var rho: Double = 0.9
  @Setting public var eps: Double = 1e-6
  @Setting public var weightDecay: Double = 0
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, rho: Double? = nil, eps: Double? = nil, weightDecay: Double? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let rho { self.rho = rho }
    if let eps { self.eps = eps }
    if let weightDecay { self.weightDecay = weightDecay }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("rho", \.$rho), OptionField("eps", \.$eps),
      OptionField("weightDecay", \.$weightDecay), OptionField("maximize", \.$maximize),
    ]
  }

  public static var unusedOptions: [String] { ["capturable", "differentiable", "foreach"] }

}

/// Adadelta: steps in the units of the parameter, by running averages of squared steps and gradients (Zeiler, 2012).
public final class Adadelta: FormulaOptimizer<AdadeltaOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` and `capturable` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdadeltaOptions(lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize))
    checkWays(foreach: foreach, differentiable: differentiable)
  }
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
