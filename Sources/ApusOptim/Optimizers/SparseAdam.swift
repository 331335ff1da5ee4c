import ApusCore

/// The options of ``SparseAdam``.
public struct SparseAdamOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-3
  @Setting public var betas: (Double, Double) = (0.9, 0.999)
  @Setting public var eps: Double = 1e-8
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(lr: Double? = nil, betas: (Double, Double)? = nil, eps: Double? = nil, maximize: Bool? = nil) {
    if let lr { self.lr = lr }
    if let betas { self.betas = betas }
    if let eps { self.eps = eps }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("betas", \.$betas), OptionField("eps", \.$eps),
      OptionField("maximize", \.$maximize),
    ]
  }

  public var cycledMomentum: Double? {
    get { betas.0 }
    set { betas.0 = newValue ?? betas.0 }
  }
}

/// Adam that leaves alone what a step did not look at: a row of a parameter whose gradient is zero, as that of a word that
/// was not in the batch, keeps its elements and its averages.
///
/// A gradient by rows, as an ``Embedding`` with `sparse: true` leaves it, names the rows, and no others are read or written. In
/// one that is a whole tensor a row counts as absent if all of its gradients are zero (in a vector, each element is a row).
/// All rows count the same steps.
public final class SparseAdam: FormulaOptimizer<SparseAdamOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    maximize: Bool = false
  ) {
    self.init(
      parameters.parameterGroups, defaults: SparseAdamOptions(lr: lr, betas: betas, eps: eps, maximize: maximize))
  }
}

extension SparseAdamOptions: RowRule {
  var leavesRows: Bool { true }

  func updatedRows(_ rows: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int) -> Tensor {
    let g = maximize ? -gradient : gradient
    states[0] = states[0] + (g - states[0]) * (1 - betas.0)
    states[1] = states[1] + (g * g - states[1]) * (1 - betas.1)
    let size = lr * (1 - power(betas.1, step)).squareRoot() / (1 - power(betas.0, step))
    return rows - states[0] / (states[1].sqrt() + eps) * size
  }
}

extension SparseAdamOptions: TensorRule {
  func kept(for parameter: Tensor) -> [KeptState] {
    ["exp_avg", "exp_avg_sq"].map { KeptState(name: $0, shape: parameter.shape, initial: 0) }
  }

  func updated(
    _ parameter: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int, numbers: inout [Double]
  ) -> Tensor {
    var isSeen = gradient.ne(0)
    if gradient.rank > 1 { isSeen = isSeen.any(Array(1..<gradient.rank), keepDim: true) }
    let before = states
    let next = updatedRows(parameter, gradient, states: &states, step: step)
    states = zip(states, before).map { `where`(isSeen, $0, $1) }
    return `where`(isSeen, next, parameter)
  }

  func problem() -> String? {
    firstProblem(
      (lr > 0, "lr must be above 0, and is \(lr)"), (eps > 0, "eps must be above 0, and is \(eps)"), checkBetas(betas))
  }

  func problem(of parameter: Tensor) -> String? { realOnly(parameter) }
}
