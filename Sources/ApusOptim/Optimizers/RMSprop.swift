import ApusCore

/// The options of ``RMSprop``.
public struct RMSpropOptions: OptimizerOptions {
  public var lr: Double
  public var alpha: Double
  public var eps: Double
  public var weightDecay: Double
  public var momentum: Double
  public var centered: Bool
  public var maximize: Bool

  public init(
    lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0, momentum: Double = 0,
    centered: Bool = false, maximize: Bool = false
  ) {
    (self.lr, self.alpha, self.eps) = (lr, alpha, eps)
    (self.weightDecay, self.momentum, self.centered, self.maximize) = (weightDecay, momentum, centered, maximize)
  }

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
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false
  ) {
    self.init(
      parameters,
      RMSpropOptions(
        lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
        maximize: maximize))
  }

  public override init(groups: [ParameterGroup<RMSpropOptions>]) { super.init(groups: groups) }
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
