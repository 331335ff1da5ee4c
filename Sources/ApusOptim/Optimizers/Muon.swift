import ApusCore
import ApusFunctional

/// How ``Muon`` fits the learning rate to the shape of a matrix with A rows and B columns.
public enum MuonAdjustment: String, Sendable, NamedChoice {
  /// Times sqrt(max(1, A / B)).
  case original
  /// Times 0.2 sqrt(max(A, B)), so that steps are as large as AdamW's.
  case matchRmsAdamw = "match_rms_adamw"
  /// Times sqrt(A / B).
  case spectralUnclamped = "spectral_unclamped"

  func factor(_ shape: [Int]) -> Double {
    let (a, b) = (Double(max(1, shape[0])), Double(max(1, shape[1])))
    return switch self {
    case .original: max(1, a / b).squareRoot()
    case .matchRmsAdamw: 0.2 * max(a, b).squareRoot()
    case .spectralUnclamped: (a / b).squareRoot()
    }
  }
}

/// The options of ``Muon``.
public struct MuonOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-3
  @Setting public var weightDecay: Double = 0.1
  @Setting public var momentum: Double = 0.95
  @Setting public var nesterov: Bool = true
  /// The coefficients of the iteration's polynomial a x + b x^3 + c x^5.
  @Setting public var nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315)
  @Setting public var eps: Double = 1e-7
  /// How often the polynomial is applied, fewer than 100 times.
  @Setting public var nsSteps: Int = 5
  @Setting public var adjustLrFn: MuonAdjustment? = nil

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, weightDecay: Double? = nil, momentum: Double? = nil, nesterov: Bool? = nil,
    nsCoefficients: (Double, Double, Double)? = nil, eps: Double? = nil, nsSteps: Int? = nil,
    adjustLrFn: MuonAdjustment? = nil
  ) {
    if let lr { self.lr = lr }
    if let weightDecay { self.weightDecay = weightDecay }
    if let momentum { self.momentum = momentum }
    if let nesterov { self.nesterov = nesterov }
    if let nsCoefficients { self.nsCoefficients = nsCoefficients }
    if let eps { self.eps = eps }
    if let nsSteps { self.nsSteps = nsSteps }
    if let adjustLrFn { self.adjustLrFn = adjustLrFn }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("weightDecay", \.$weightDecay), OptionField("momentum", \.$momentum),
      OptionField("nesterov", \.$nesterov), OptionField("nsCoefficients", \.$nsCoefficients),
      OptionField("eps", \.$eps), OptionField("nsSteps", \.$nsSteps), OptionField("adjustLrFn", \.$adjustLrFn),
    ]
  }

  public var cycledMomentum: Double? {
    get { momentum }
    set { momentum = newValue ?? momentum }
  }
}

/// Muon: momentum whose matrix is made nearly orthogonal before the step (Jordan and others, 2024). For the matrices of
/// hidden layers; biases, embeddings and everything else that is no matrix go to AdamW.
///
///     buffer = lerp(gradient, buffer, momentum)
///     u = lerp(gradient, buffer, momentum) with nesterov, else buffer
///     x = u / |u|;  nsSteps times: x = a x + (b x xT + c (x xT)^2) x          in bfloat16
///     parameter = (1 - lr * weightDecay) * parameter - lr * adjustment(shape) * x
public final class Muon: FormulaOptimizer<MuonOptions>, @unchecked Sendable {
  /// With the matrices of a model, or groups of them with options of their own; what a group leaves out is given here.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, weightDecay: Double = 0.1, momentum: Double = 0.95,
    nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315), eps: Double = 1e-7,
    nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: MuonOptions(
        lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov, nsCoefficients: nsCoefficients,
        eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn))
  }
}

extension MuonOptions: TensorRule {
  var keepsStep: Bool { false }

  func kept(for parameter: Tensor) -> [KeptState] {
    [KeptState(name: "momentum_buffer", shape: parameter.shape, initial: 0)]
  }

  func updated(
    _ parameter: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int, numbers: inout [Double]
  ) -> Tensor {
    states[0] = states[0].lerp(gradient, 1 - momentum)
    let update = orthogonal(nesterov ? gradient.lerp(states[0], momentum) : states[0])
    let rate = lr * (adjustLrFn ?? .original).factor(parameter.shape)
    return parameter * (1 - lr * weightDecay) - update.to(parameter.dtype) * rate
  }

  /// The Newton-Schulz iteration: it takes the singular values of a matrix near 1 and leaves its directions.
  ///
  /// Numbers are bfloat16, as in PyTorch: each sum of products is formed in float32 and rounded once.
  private func orthogonal(_ matrix: Tensor) -> Tensor {
    func rounded(_ x: Tensor) -> Tensor { x.to(.bfloat16).to(.float32) }
    let isTall = matrix.shape[0] > matrix.shape[1]
    var x = rounded(isTall ? matrix.t() : matrix)
    let norm = rounded(x.norm(2)).clamp(min: Double(Float(eps)))
    x = rounded(x / norm)
    let (a, b, c) = nsCoefficients
    for _ in 0..<nsSteps {
      let gram = rounded(x.matmul(x.t()))
      let polynomial = rounded(gram * b + gram.matmul(gram) * c)
      x = rounded(x * a + polynomial.matmul(x))
    }
    return isTall ? x.t() : x
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), checkNotNegative("momentum", momentum), checkNotNegative("weightDecay", weightDecay),
      ((0..<100).contains(nsSteps), "nsSteps must be in 0 ..< 100, and is \(nsSteps)"))
  }

  func problem(of parameter: Tensor) -> String? {
    if let problem = realOnly(parameter) { return problem }
    if parameter.rank == 2 { return nil }
    return "has shape \(parameter.shape), and Muon changes matrices only; give such parameters to AdamW"
  }
}
