import ApusCore

/// The options of ``AdEMAMix``.
public struct AdEMAMixOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-3
  @Setting public var betas: (Double, Double, Double) = (0.9, 0.999, 0.9999)
  /// The weight of the slow average.
  @Setting public var alpha: Double = 5
  /// Steps in which beta3 comes from beta1; nil to start with beta3.
  @Setting public var beta3Warmup: Int? = nil
  /// Steps in which alpha comes from 0; nil to start with alpha.
  @Setting public var alphaWarmup: Int? = nil
  @Setting public var eps: Double = 1e-8
  @Setting public var weightDecay: Double = 0
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, betas: (Double, Double, Double)? = nil, alpha: Double? = nil, beta3Warmup: Int? = nil,
    alphaWarmup: Int? = nil, eps: Double? = nil, weightDecay: Double? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let betas { self.betas = betas }
    if let alpha { self.alpha = alpha }
    if let beta3Warmup { self.beta3Warmup = beta3Warmup }
    if let alphaWarmup { self.alphaWarmup = alphaWarmup }
    if let eps { self.eps = eps }
    if let weightDecay { self.weightDecay = weightDecay }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("betas", \.$betas), OptionField("alpha", \.$alpha),
      OptionField("beta3Warmup", \.$beta3Warmup), OptionField("alphaWarmup", \.$alphaWarmup),
      OptionField("eps", \.$eps), OptionField("weightDecay", \.$weightDecay), OptionField("maximize", \.$maximize),
    ]
  }

  public var cycledMomentum: Double? {
    get { betas.0 }
    set { betas.0 = newValue ?? betas.0 }
  }
}

/// AdEMAMix: AdamW with a second, very slow average of gradients beside the fast one (Pagliardini, Ablin and Grangier, 2024).
///
///     m1 = beta1 m1 + (1 - beta1) g,  m2 = beta3 m2 + (1 - beta3) g,  v = beta2 v + (1 - beta2) g^2
///     parameter -= lr * ((m1 / (1 - beta1^t) + alpha m2) / (sqrt(v / (1 - beta2^t)) + eps) + weightDecay * parameter)
///
/// The slow average can be led in: alpha in a straight line from 0, beta3 from beta1 so that its half-life grows in a
/// straight line.
public final class AdEMAMix: FormulaOptimizer<AdEMAMixOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double, Double) = (0.9, 0.999, 0.9999),
    alpha: Double = 5, beta3Warmup: Int? = nil, alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdEMAMixOptions(
        lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup, alphaWarmup: alphaWarmup, eps: eps,
        weightDecay: weightDecay, maximize: maximize))
  }
}

extension AdEMAMixOptions: UpdateRule {
  var states: [(name: String, initial: Double)] { [("exp_avg_fast", 0), ("exp_avg_slow", 0), ("exp_avg_sq", 0)] }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    let beta3 = slowBeta(step)
    return UpdateCall(scalars: [
      1 - lr * weightDecay, 1 - betas.0, 1 - beta3, betas.1, 1 - betas.1, 1 / (1 - power(betas.0, step)),
      slowWeight(step), 1 / (1 - power(betas.1, step)), eps, -lr,
    ])
  }

  private func slowWeight(_ step: Int) -> Double {
    guard let alphaWarmup, step < alphaWarmup else { return alpha }
    return alpha * Double(step) / Double(alphaWarmup)
  }

  /// beta3 of a step. Between beta1 and beta3 the half-life, ln 0.5 / ln beta, goes in a straight line.
  private func slowBeta(_ step: Int) -> Double {
    guard let beta3Warmup, step < beta3Warmup, betas.2 > 0 else { return betas.2 }
    let share = Double(step) / Double(beta3Warmup)
    let start = betas.0 > 0 ? 1 / logarithm(betas.0) : 0
    return min(exponential(1 / ((1 - share) * start + share / logarithm(betas.2))), betas.2)
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let g = maximize ? -gradient : gradient
    let fast = lerp(states[0], g, .parameter(1))
    let slow = lerp(states[1], g, .parameter(2))
    let square = states[2] * .parameter(3) + g.squared * .parameter(4)
    let direction = (fast * .parameter(5) + slow * .parameter(6)) / ((square * .parameter(7))(.sqrt) + .parameter(8))
    let kept = weightDecay == 0 ? parameter : parameter * .parameter(0)
    return [kept + direction * .parameter(9), fast, slow, square]
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("eps", eps), checkBetas((betas.0, betas.1)),
      ((0..<1).contains(betas.2), "betas must be in 0 ..< 1, and the third is \(betas.2)"),
      checkNotNegative("alpha", alpha), checkNotNegative("weightDecay", weightDecay),
      (beta3Warmup ?? 1 >= 0 && alphaWarmup ?? 1 >= 0, "beta3Warmup and alphaWarmup are numbers of steps, 0 or more"))
  }
}
