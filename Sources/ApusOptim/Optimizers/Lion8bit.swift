import ApusCore
import ApusFunctional

/// The options of ``Lion8bit``.
public struct LionBlockOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-4
  @Setting public var betas: (Double, Double) = (0.9, 0.99)
  @Setting public var weightDecay: Double = 0
  /// Parameters of fewer elements have float32 states.
  @Setting public var min8bitSize: Int = 4096
  /// Whether parameters of bfloat16 are rounded up or down at random, so that small steps are not lost.
  @Setting public var bf16StochasticRound: Bool = false
  /// What the random numbers of rounding begin with.
  @Setting public var seed: Int = 0

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, betas: (Double, Double)? = nil, weightDecay: Double? = nil, min8bitSize: Int? = nil,
    bf16StochasticRound: Bool? = nil, seed: Int? = nil
  ) {
    if let lr { self.lr = lr }
    if let betas { self.betas = betas }
    if let weightDecay { self.weightDecay = weightDecay }
    if let min8bitSize { self.min8bitSize = min8bitSize }
    if let bf16StochasticRound { self.bf16StochasticRound = bf16StochasticRound }
    if let seed { self.seed = seed }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("betas", \.$betas), OptionField("weightDecay", \.$weightDecay),
      OptionField("min8bitSize", \.$min8bitSize), OptionField("bf16StochasticRound", \.$bf16StochasticRound),
      OptionField("seed", \.$seed),
    ]
  }

  public var cycledMomentum: Double? {
    get { betas.0 }
    set { betas.0 = newValue ?? betas.0 }
  }
}

/// ``Lion`` whose average is kept in a byte a number, in blocks of 256 with a scale each: one byte for each number of a parameter
/// (bitsandbytes' `Lion8bit`).
public final class Lion8bit: FormulaOptimizer<LionBlockOptions>, @unchecked Sendable {
  private let pages: PagedStates?

  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. See ``AdamW8bit``.
  public init(
    _ parameters: some ParameterSource, lr: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    pages = pagedStates
    super.init(
      parameters.parameterGroups,
      defaults: LionBlockOptions(
        lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
        bf16StochasticRound: bf16StochasticRound, seed: seed))
  }

  override var stateMemory: StateMemory { StateMemory(pages: pages) }
}

extension LionBlockOptions: BlockRule {
  private var states: BlockStates { BlockStates(codes: [.signed], least: min8bitSize) }

  func kept(for parameter: Tensor) -> [KeptState] { states.kept(for: parameter) }

  func changed(_ parameter: Tensor, _ gradient: Tensor, states: [Tensor], step: Int, parameter number: Int) -> Tensor? {
    let s = BlockScalars(lr: lr, betas: betas, eps: 0, weightDecay: weightDecay, step: step)
    return self.states.changed(
      parameter, gradient, states,
      seed: bf16StochasticRound ? roundingSeed(seed, step: step, parameter: number) : nil
    ) { p, g, states, count in
      let m = states[0]
      for i in 0..<count {
        let direction = m[i] * s.beta1 + g[i] * s.rest1
        let sign: Float = direction > 0 ? 1 : direction < 0 ? -1 : direction
        p[i] = p[i] * s.kept - s.lr * sign
        m[i] = m[i] * s.beta2 + g[i] * s.rest2
      }
    }
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkBetas(betas), checkNotNegative("weightDecay", weightDecay),
      (min8bitSize >= 0, "min8bitSize must be 0 or more, and is \(min8bitSize)"))
  }

  func problem(of parameter: Tensor) -> String? { realOnly(parameter) }
}
