import ApusCore
import ApusFunctional

/// The options of ``Adafactor``.
public struct AdafactorOptions: OptimizerOptions {
  @Setting public var lr: Double = 1e-2
  /// The average of squares forgets by 1 - t^beta2Decay at step t.
  @Setting public var beta2Decay: Double = -0.8
  /// The smallest root of a mean square, the element type's epsilon if nil; and the smallest root mean square of a
  /// parameter.
  @Setting public var eps: (Double?, Double) = (nil, 1e-3)
  /// The largest root mean square of an update.
  @Setting public var d: Double = 1
  @Setting public var weightDecay: Double = 0
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, beta2Decay: Double? = nil, eps: (Double?, Double)? = nil, d: Double? = nil,
    weightDecay: Double? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let beta2Decay { self.beta2Decay = beta2Decay }
    if let eps { self.eps = eps }
    if let d { self.d = d }
    if let weightDecay { self.weightDecay = weightDecay }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("beta2Decay", \.$beta2Decay), OptionField("eps", \.$eps),
      OptionField("d", \.$d), OptionField("weightDecay", \.$weightDecay), OptionField("maximize", \.$maximize),
    ]
  }

  public static var unusedOptions: [String] { ["foreach"] }
}

/// Adafactor: Adam's scaling from the means of squared gradients over rows and over columns, so that a matrix needs memory
/// for a row and a column only (Shazeer and Stern, 2018).
///
///     R = lerp(R, mean over columns of g^2, t^beta2Decay),  C = lerp(C, mean over rows of g^2, t^beta2Decay)
///     u = g / sqrt(R C / mean(R))                                    (vectors keep the average of g^2 itself)
///     parameter -= max(eps.1, rms(parameter)) * min(lr, 1 / sqrt(t)) * u / max(1, rms(u) / d)
public final class Adafactor: FormulaOptimizer<AdafactorOptions>, @unchecked Sendable {
  /// With `model.parameters()`, another sequence of parameters, or groups with options of their own; what a group leaves
  /// out is given here. `foreach` says in PyTorch how a step is computed, which has one way here, and changes nothing.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-2, beta2Decay: Double = -0.8,
    eps: (Double?, Double) = (nil, 1e-3), d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil,
    maximize: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdafactorOptions(
        lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay, maximize: maximize))
  }
}

extension AdafactorOptions: TensorRule {
  func kept(for parameter: Tensor) -> [KeptState] {
    let shape = parameter.shape
    guard shape.count > 1 else { return [KeptState(name: "variance", shape: shape, initial: 0)] }
    let outer = Array(shape.dropLast(2))
    return [
      KeptState(name: "row_var", shape: outer + [shape[shape.count - 2], 1], initial: 0),
      KeptState(name: "col_var", shape: outer + [1, shape[shape.count - 1]], initial: 0),
    ]
  }

  func updated(
    _ parameter: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int, numbers: inout [Double]
  ) -> Tensor {
    let g = maximize ? -gradient : gradient
    let smallest = eps.0 ?? parameter.dtype.epsilon
    let fresh = power(Double(step), beta2Decay)
    let root = Double(max(1, parameter.count)).squareRoot()
    let rate = max(eps.1, euclideanNorm(parameter) / root) * min(lr, 1 / Double(step).squareRoot())
    let decayed = weightDecay == 0 ? parameter : parameter * (1 - lr * weightDecay)
    let squares: Tensor
    if g.rank > 1 {
      let (rows, columns) = (g.rank - 2, g.rank - 1)
      states[0] = states[0].lerp(meanSquare(g, over: columns), fresh)
      states[1] = states[1].lerp(meanSquare(g, over: rows), fresh)
      squares = states[0].matmul(states[1]) / states[0].mean([rows], keepDim: true).clamp(min: smallest)
    } else {
      states[0] = states[0].lerp(g * g, fresh)
      squares = states[0]
    }
    // The root is taken afterwards.
    let floor = smallest * smallest
    let update = squares.clamp(min: floor).rsqrt() * g
    let excess = max(1, euclideanNorm(update) / (root * d))
    return decayed - update * (rate / excess)
  }

  private func meanSquare(_ g: Tensor, over dim: Int) -> Tensor {
    let norm = g.norm(2, [dim], keepDim: true)
    let count = Double(max(1, g.shape[dim]))
    return norm * norm / count
  }

  func problem() -> String? {
    firstProblem(
      checkNotNegative("lr", lr), (beta2Decay <= 0, "beta2Decay must be 0 or less, and is \(beta2Decay)"),
      checkNotNegative("eps.0", eps.0 ?? 0), checkNotNegative("eps.1", eps.1),
      (d >= 1, "d must be 1 or more, and is \(d)"), checkNotNegative("weightDecay", weightDecay))
  }

  func problem(of parameter: Tensor) -> String? { realOnly(parameter) }
}
