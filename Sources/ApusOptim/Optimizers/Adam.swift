import ApusCore

/// The options of ``Adam`` and ``AdamW``.
public struct AdamOptions: OptimizerOptions {
  public var lr: Double
  public var betas: (Double, Double)
  public var eps: Double
  public var weightDecay: Double
  public var amsgrad: Bool
  public var maximize: Bool
  /// Whether weight decay shrinks the parameter itself (AdamW) instead of adding to the gradient.
  public var decoupledWeightDecay: Bool

  public init(
    lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0,
    amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false
  ) {
    (self.lr, self.betas, self.eps, self.weightDecay) = (lr, betas, eps, weightDecay)
    (self.amsgrad, self.maximize, self.decoupledWeightDecay) = (amsgrad, maximize, decoupledWeightDecay)
  }

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
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false
  ) {
    self.init(
      parameters,
      AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: decoupledWeightDecay))
  }

  public override init(groups: [ParameterGroup<AdamOptions>]) { super.init(groups: groups) }
}

/// Adam whose weight decay shrinks the parameters directly, `parameter *= 1 - lr * weightDecay` (Loshchilov and Hutter,
/// 2017).
public final class AdamW: FormulaOptimizer<AdamOptions>, @unchecked Sendable {
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false
  ) {
    self.init(
      parameters,
      AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize))
  }

  /// Groups with options of their own; weight decay is always decoupled.
  public override init(groups: [ParameterGroup<AdamOptions>]) { super.init(groups: groups) }

  override func rule(_ options: AdamOptions) -> any UpdateRule {
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
