import ApusCore

/// The options of ``RMSprop``.
public struct RMSpropOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-2
  @Setting public var alpha: Double = 0.99
  @Setting public var eps: Double = 1e-8
  @Setting public var weightDecay: Double = 0
  @Setting public var momentum: Double = 0
  @Setting public var centered: Bool = false
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, alpha: Double? = nil, eps: Double? = nil, weightDecay: Double? = nil, momentum: Double? = nil,
    centered: Bool? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let alpha { self.alpha = alpha }
    if let eps { self.eps = eps }
    if let weightDecay { self.weightDecay = weightDecay }
    if let momentum { self.momentum = momentum }
    if let centered { self.centered = centered }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("alpha", \.$alpha), OptionField("eps", \.$eps),
      OptionField("weightDecay", \.$weightDecay), OptionField("momentum", \.$momentum),
      OptionField("centered", \.$centered), OptionField("maximize", \.$maximize),
    ]
  }

  public static var unusedOptions: [String] { ["capturable", "differentiable", "foreach"] }

  public var cycledMomentum: Double? {
    get { momentum }
    set { momentum = newValue ?? momentum }
  }
}

/// RMSprop: gradients divided by a running average of their size (Tieleman and Hinton, 2012).
///
///     v = alpha v + (1 - alpha) g^2
///     parameter -= lr * g / (sqrt(v) + eps)         (centered: v less the square of the gradient's average)
public final class RMSprop: FormulaOptimizer<RMSpropOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` and `capturable` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: RMSpropOptions(
        lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
        maximize: maximize))
    checkWays(foreach: foreach, differentiable: differentiable)
  }
}

extension RMSpropOptions: UpdateRule {
  var states: [(name: String, initial: Double)] {
    [("square_avg", 0)] + (momentum > 0 ? [("momentum_buffer", 0)] : []) + (centered ? [("grad_avg", 0)] : [])
  }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    UpdateCall(scalars: [lr, alpha, 1 - alpha, eps, weightDecay, momentum])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let g = descent(gradient, parameter, maximize: maximize, weightDecay, .parameter(4))
    let square = states[0] * .parameter(1) + g.squared * .parameter(2)
    var next = [square]
    var average = square
    var mean: Expression?
    if centered {
      let m = lerp(states[states.count - 1], g, .parameter(2))
      average = square - m.squared
      mean = m
    }
    let scaled = g / (average(.sqrt) + .parameter(3))
    var direction = scaled
    if momentum > 0 {
      direction = states[1] * .parameter(5) + scaled
      next.append(direction)
    }
    if let mean { next.append(mean) }
    return [parameter - direction * .parameter(0)] + next
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("eps", eps), checkNotNegative("momentum", momentum),
      checkNotNegative("weightDecay", weightDecay), checkNotNegative("alpha", alpha))
  }
}
