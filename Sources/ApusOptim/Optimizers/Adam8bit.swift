import ApusCore
import ApusFunctional

/// The options of ``AdamW8bit``, ``Adam8bit`` and ``AdamW32bit``.
public struct AdamBlockOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-3
  @Setting public var betas: (Double, Double) = (0.9, 0.999)
  @Setting public var eps: Double = 1e-8
  @Setting public var weightDecay: Double = 0
  /// Parameters of fewer elements have float32 states.
  @Setting public var min8bitSize: Int = 4096
  /// Whether parameters of bfloat16 are rounded up or down at random, so that small steps are not lost.
  @Setting public var bf16StochasticRound: Bool = false
  /// What the random numbers of rounding begin with.
  @Setting public var seed: Int = 0

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, betas: (Double, Double)? = nil, eps: Double? = nil, weightDecay: Double? = nil,
    min8bitSize: Int? = nil, bf16StochasticRound: Bool? = nil, seed: Int? = nil
  ) {
    if let lr { self.lr = lr }
    if let betas { self.betas = betas }
    if let eps { self.eps = eps }
    if let weightDecay { self.weightDecay = weightDecay }
    if let min8bitSize { self.min8bitSize = min8bitSize }
    if let bf16StochasticRound { self.bf16StochasticRound = bf16StochasticRound }
    if let seed { self.seed = seed }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("betas", \.$betas), OptionField("eps", \.$eps),
      OptionField("weightDecay", \.$weightDecay), OptionField("min8bitSize", \.$min8bitSize),
      OptionField("bf16StochasticRound", \.$bf16StochasticRound), OptionField("seed", \.$seed),
    ]
  }

  public var cycledMomentum: Double? {
    get { betas.0 }
    set { betas.0 = newValue ?? betas.0 }
  }
}

/// AdamW whose averages are kept in a byte a number, in blocks of 256 with a scale each: 2 bytes for each number of a parameter instead of 8
/// (Dettmers and others, 2021, "8-bit Optimizers via Block-wise Quantization"; bitsandbytes' `AdamW8bit`).
///
///     m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2
///     parameter = (1 - lr weightDecay) parameter - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
///
/// Parameters of fewer than `min8bitSize` elements have float32 states. A state has bitsandbytes' names: `state1`, `state2` and `absmax1`,
/// `absmax2`.
public final class AdamW8bit: FormulaOptimizer<AdamBlockOptions>, @unchecked Sendable {
  private let pages: PagedStates?

  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here.
  /// - Parameters:
  ///   - bf16StochasticRound: whether parameters of bfloat16 are rounded at random, from `seed` on, so that small steps are not lost.
  ///   - pagedStates: a file that large states lie in.
  public init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    pages = pagedStates
    super.init(
      parameters.parameterGroups,
      defaults: AdamBlockOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
        bf16StochasticRound: bf16StochasticRound, seed: seed))
  }

  override var stateMemory: StateMemory { StateMemory(pages: pages) }
}

/// ``AdamW8bit`` without weight decay unless it is given.
public final class Adam8bit: FormulaOptimizer<AdamBlockOptions>, @unchecked Sendable {
  private let pages: PagedStates?

  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. See ``AdamW8bit``.
  public init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    pages = pagedStates
    super.init(
      parameters.parameterGroups,
      defaults: AdamBlockOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
        bf16StochasticRound: bf16StochasticRound, seed: seed))
  }

  override var stateMemory: StateMemory { StateMemory(pages: pages) }
}

/// AdamW whose states are float32 whatever the type of the parameters, for parameters of bfloat16 and states in a file (bitsandbytes'
/// `AdamW32bit` and `PagedAdamW32bit`).
public final class AdamW32bit: FormulaOptimizer<AdamBlockOptions>, @unchecked Sendable {
  private let pages: PagedStates?

  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. See ``AdamW8bit``.
  public init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    pages = pagedStates
    super.init(
      parameters.parameterGroups,
      defaults: AdamBlockOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: .max,
        bf16StochasticRound: bf16StochasticRound, seed: seed))
  }

  override var stateMemory: StateMemory { StateMemory(pages: pages) }

  override func rule(_ options: AdamBlockOptions) -> any StepRule {
    var options = options
    options.min8bitSize = .max
    return options
  }

  override var fields: [OptionField<AdamBlockOptions>] { AdamBlockOptions.fields.filter { $0.name != "min8bitSize" } }
}

extension AdamBlockOptions: BlockRule {
  private var states: BlockStates { BlockStates(codes: [.signed, .unsigned], least: min8bitSize) }

  func kept(for parameter: Tensor) -> [KeptState] { states.kept(for: parameter) }

  func changed(_ parameter: Tensor, _ gradient: Tensor, states: [Tensor], step: Int, parameter number: Int) -> Tensor? {
    let s = BlockScalars(lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, step: step)
    let rate = -s.lr / s.correction1
    return self.states.changed(
      parameter, gradient, states,
      seed: bf16StochasticRound ? roundingSeed(seed, step: step, parameter: number) : nil
    ) { p, g, states, count in
      let (m, v) = (states[0], states[1])
      for i in 0..<count {
        m[i] = m[i] * s.beta1 + g[i] * s.rest1
        v[i] = v[i] * s.beta2 + g[i] * g[i] * s.rest2
        p[i] = p[i] * s.kept + rate * (m[i] / (v[i].squareRoot() / s.correction2 + s.eps))
      }
    }
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("eps", eps), checkBetas(betas),
      checkNotNegative("weightDecay", weightDecay),
      (min8bitSize >= 0, "min8bitSize must be 0 or more, and is \(min8bitSize)"))
  }

  func problem(of parameter: Tensor) -> String? { realOnly(parameter) }
}

/// What the random numbers of a parameter's rounding begin with.
func roundingSeed(_ seed: Int, step: Int, parameter: Int) -> UInt64 {
  UInt64(bitPattern: Int64(seed)) &* 0xd6e8_feb8_6659_fd93 &+ UInt64(step) &* 0xca5a_8263_9512_1157
    &+ UInt64(parameter) &* 0x9fb2_1c65_1e98_df25
}
