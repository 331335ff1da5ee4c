import ApusCore

/// The options of ``SGD``.
public struct SGDOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-3
  @Setting public var momentum: Double = 0
  @Setting public var dampening: Double = 0
  @Setting public var weightDecay: Double = 0
  @Setting public var nesterov: Bool = false
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, momentum: Double? = nil, dampening: Double? = nil, weightDecay: Double? = nil,
    nesterov: Bool? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let momentum { self.momentum = momentum }
    if let dampening { self.dampening = dampening }
    if let weightDecay { self.weightDecay = weightDecay }
    if let nesterov { self.nesterov = nesterov }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("momentum", \.$momentum), OptionField("dampening", \.$dampening),
      OptionField("weightDecay", \.$weightDecay), OptionField("nesterov", \.$nesterov),
      OptionField("maximize", \.$maximize),
    ]
  }

  public static var unusedOptions: [String] { ["differentiable", "foreach", "fused"] }

  public var cycledMomentum: Double? {
    get { momentum }
    set { momentum = newValue ?? momentum }
  }
}

/// Stochastic gradient descent, with (Nesterov) momentum.
///
///     buffer = momentum * buffer + (1 - dampening) * gradient        (the gradient itself at the first step)
///     parameter -= lr * buffer
public final class SGD: FormulaOptimizer<SGDOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` and `fused` say in PyTorch how a step is
  /// computed, which has one way here, and change nothing; `differentiable` steps there are none of.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    differentiable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: SGDOptions(
        lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
        maximize: maximize))
    checkWays(foreach: foreach, fused: fused, differentiable: differentiable)
  }
}

extension SGDOptions: UpdateRule {
  var states: [(name: String, initial: Double)] { momentum == 0 ? [] : [("momentum_buffer", 0)] }

  var keepsStep: Bool { false }

  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall {
    prepare(step: step, isNew: step == 1, numbers: &numbers)
  }

  func prepare(step: Int, isNew: Bool, numbers: inout [Double]) -> UpdateCall {
    UpdateCall(variant: isNew ? 1 : 0, scalars: [lr, momentum, 1 - dampening, weightDecay])
  }

  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression] {
    let g = descent(gradient, parameter, maximize: maximize, weightDecay, .parameter(3))
    guard let buffer = states.first else { return [parameter - g * .parameter(0)] }
    let next = variant == 1 ? g : buffer * .parameter(1) + g * .parameter(2)
    let direction = nesterov ? g + next * .parameter(1) : next
    return [parameter - direction * .parameter(0), next]
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("momentum", momentum),
      checkNotNegative("weightDecay", weightDecay),
      (!nesterov || (momentum > 0 && dampening == 0), "nesterov needs a momentum above 0 and no dampening"))
  }
}

extension SGDOptions: RowRule {
  var leavesRows: Bool { momentum == 0 && weightDecay == 0 }

  func updatedRows(_ rows: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int) -> Tensor {
    rows - gradient * (maximize ? -lr : lr)
  }
}

/// The gradient to descend: its sign turned for `maximize`, and weight decay added (L2 penalty).
func descent(
  _ gradient: Expression, _ parameter: Expression, maximize: Bool, _ weightDecay: Double, _ factor: Expression
) -> Expression {
  let g = maximize ? -gradient : gradient
  return weightDecay == 0 ? g : g + parameter * factor
}

/// `average + (value - average) * weight`: the exponential moving average.
func lerp(_ average: Expression, _ value: Expression, _ weight: Expression) -> Expression {
  average + (value - average) * weight
}
