import ApusCore

/// The options of ``AdamWScheduleFree``.
public struct ScheduleFreeOptions: OptimizerOptions {
  @Setting public var lr: Double = 2.5e-3
  @Setting public var betas: (Double, Double) = (0.9, 0.999)
  @Setting public var eps: Double = 1e-8
  @Setting public var weightDecay: Double = 0
  /// Steps in which the learning rate rises in a straight line.
  @Setting public var warmupSteps: Int = 0
  /// Step t counts as t^r in the average.
  @Setting public var r: Double = 0
  /// Steps count as the largest learning rate so far to this power in the average.
  @Setting public var weightLrPower: Double = 2
  /// Whether the parameters are the ones to train with; else they are the average, to evaluate.
  @Setting public var trainMode: Bool = true

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, betas: (Double, Double)? = nil, eps: Double? = nil, weightDecay: Double? = nil,
    warmupSteps: Int? = nil, r: Double? = nil, weightLrPower: Double? = nil
  ) {
    if let lr { self.lr = lr }
    if let betas { self.betas = betas }
    if let eps { self.eps = eps }
    if let weightDecay { self.weightDecay = weightDecay }
    if let warmupSteps { self.warmupSteps = warmupSteps }
    if let r { self.r = r }
    if let weightLrPower { self.weightLrPower = weightLrPower }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("betas", \.$betas), OptionField("eps", \.$eps),
      OptionField("weightDecay", \.$weightDecay), OptionField("warmupSteps", \.$warmupSteps), OptionField("r", \.$r),
      OptionField("weightLrPower", \.$weightLrPower), OptionField("trainMode", \.$trainMode),
    ]
  }

  public static var unusedOptions: [String] { ["foreach"] }
}

/// Schedule-Free AdamW: instead of a falling learning rate, an average of the steps (Defazio and others, 2024).
///
///     let optimizer = AdamWScheduleFree(model.parameters(), lr: 2.5e-3)
///     optimizer.train()      before training
///     optimizer.eval()       before evaluating and saving: puts the average in the parameters
///
/// Gradients are those at y = (1 - beta1) z + beta1 x, where z makes the steps and x is their average:
///
///     v = beta2 v + (1 - beta2) g^2,  rate = lr * sqrt(1 - beta2^t) * min(1, t / warmupSteps)
///     z -= rate * (g / (sqrt(v) + eps) + weightDecay * y)
///     x = lerp(x, z, c),  c = t^r max(rates)^weightLrPower over the sum of these
public final class AdamWScheduleFree: FormulaOptimizer<ScheduleFreeOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` says how a step is computed, which has one way here, and changes nothing.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 2.5e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2, foreach: Bool? = nil
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: ScheduleFreeOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, warmupSteps: warmupSteps, r: r,
        weightLrPower: weightLrPower))
  }

  /// Puts the numbers to train with in the parameters, where the average is in them.
  public func train() { turn(toTraining: true) }

  /// Puts the average in the parameters, to evaluate or save them.
  public func eval() { turn(toTraining: false) }

  private func turn(toTraining: Bool) {
    var options = self.options
    noGrad {
      for group in options.indices where options[group].trainMode != toTraining {
        let beta1 = options[group].betas.0
        for (parameter, z) in states("z", of: group) {
          var parameter = parameter
          let present = parameter.detach()
          parameter.assign(present.lerp(z.to(present.dtype), toTraining ? 1 - beta1 : 1 - 1 / beta1))
        }
        options[group].trainMode = toTraining
      }
    }
    self.options = options
  }

  override func stepProblem() -> String? {
    options.allSatisfy(\.trainMode) ? nil : "a step while the average is in the parameters; call train() first"
  }
}

extension ScheduleFreeOptions: UpdateRule {
  var states: [(name: String, initial: Double)] { [("z", 0), ("exp_avg_sq", 0)] }
  var numbers: [(name: String, initial: Double)] { [("weight_sum", 0), ("lr_max", -1)] }

  func kept(for parameter: Tensor) -> [KeptState] {
    [
      KeptState(name: "z", shape: parameter.shape, initial: nil),
      KeptState(name: "exp_avg_sq", shape: parameter.shape, initial: 0),
    ]
  }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    let warmth = step <= warmupSteps ? Double(step) / Double(warmupSteps) : 1
    let rate = lr * warmth * (1 - power(betas.1, step)).squareRoot()
    numbers[1] = max(rate, numbers[1])
    let weight = power(Double(step), r) * power(numbers[1], weightLrPower)
    numbers[0] += weight
    let share = numbers[0] == 0 ? 0 : weight / numbers[0]
    return UpdateCall(scalars: [
      betas.1, 1 - betas.1, eps, weightDecay, share, rate * (betas.0 * (1 - share) - 1), -rate,
    ])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let square = states[1] * .parameter(0) + gradient.squared * .parameter(1)
    let scaled = gradient / (square(.sqrt) + .parameter(2))
    let direction = weightDecay == 0 ? scaled : scaled + parameter * .parameter(3)
    let next = lerp(parameter, states[0], .parameter(4)) + direction * .parameter(5)
    return [next, states[0] + direction * .parameter(6), square]
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("eps", eps), checkBetas(betas),
      (betas.0 > 0, "the first of betas must be above 0, and is 0"), checkNotNegative("weightDecay", weightDecay),
      (warmupSteps >= 0, "warmupSteps must be 0 or more, and is \(warmupSteps)"))
  }
}
