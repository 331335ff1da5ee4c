import ApusCore
import ApusFunctional

// Activations as layers. `inplace` is accepted and printed: a tensor is a value, so nobody else sees whether its memory is reused.

/// A layer that is one function of its input.
public class Activation: Layer, @unchecked Sendable {
  public let state = ModuleState()
  /// What stands in brackets when it is printed.
  public let extraRepresentation: String
  private let function: @Sendable (Tensor) -> Tensor

  init(_ text: String = "", _ function: @escaping @Sendable (Tensor) -> Tensor) {
    (extraRepresentation, self.function) = (text, function)
  }

  public func forward(_ x: Tensor) -> Tensor { function(x) }
}

// MARK: Without parameters

/// max(x, 0).
public final class ReLU: Activation, @unchecked Sendable {
  /// max(x, 0). `inplace` is printed only: tensors are values.
  public init(inplace: Bool = false) { super.init(inplaceText(inplace)) { $0.relu() } }
}

/// min(max(x, 0), 6).
public final class ReLU6: Activation, @unchecked Sendable {
  /// min(max(x, 0), 6). `inplace` is printed only.
  public init(inplace: Bool = false) { super.init(inplaceText(inplace)) { $0.relu6() } }
}

/// A scaled ELU that keeps mean 0 and variance 1 (Klambauer et al., 2017).
public final class SELU: Activation, @unchecked Sendable {
  /// 1.0507 x, and 1.0507 · 1.6733 (exp(x) - 1) where x is negative. `inplace` is printed only.
  public init(inplace: Bool = false) { super.init(inplaceText(inplace)) { $0.selu() } }
}

/// x sigmoid(x).
public final class SiLU: Activation, @unchecked Sendable {
  /// x / (1 + exp(-x)). `inplace` is printed only.
  public init(inplace: Bool = false) { super.init(inplaceText(inplace)) { $0.silu() } }
}

/// x tanh(softplus(x)) (Misra, 2019).
public final class Mish: Activation, @unchecked Sendable {
  /// x tanh(log(1 + exp(x))). `inplace` is printed only.
  public init(inplace: Bool = false) { super.init(inplaceText(inplace)) { $0.mish() } }
}

/// 1 / (1 + exp(-x)).
public final class Sigmoid: Activation, @unchecked Sendable {
  /// 1 / (1 + exp(-x)).
  public init() { super.init { $0.sigmoid() } }
}

/// tanh(x).
public final class Tanh: Activation, @unchecked Sendable {
  /// (exp(x) - exp(-x)) / (exp(x) + exp(-x)).
  public init() { super.init { $0.tanh() } }
}

/// log(sigmoid(x)).
public final class LogSigmoid: Activation, @unchecked Sendable {
  /// -log(1 + exp(-x)).
  public init() { super.init { $0.logSigmoid() } }
}

/// x / (1 + abs(x)).
public final class Softsign: Activation, @unchecked Sendable {
  /// x / (1 + |x|).
  public init() { super.init { $0.softsign() } }
}

/// x - tanh(x).
public final class Tanhshrink: Activation, @unchecked Sendable {
  /// x - tanh(x).
  public init() { super.init { $0.tanhshrink() } }
}

/// min(max(x / 6 + 1 / 2, 0), 1).
public final class Hardsigmoid: Activation, @unchecked Sendable {
  /// min(max(x + 3, 0), 6) / 6. `inplace` has no effect: tensors are values.
  public init(inplace: Bool = false) { super.init { $0.hardsigmoid() } }
}

/// x times its hard sigmoid (Howard et al., 2019).
public final class Hardswish: Activation, @unchecked Sendable {
  /// x min(max(x + 3, 0), 6) / 6. `inplace` has no effect: tensors are values.
  public init(inplace: Bool = false) { super.init { $0.hardswish() } }
}

/// ``Softmax`` over the channels of `[N, C, H, W]` or `[C, H, W]`.
public final class Softmax2d: Activation, @unchecked Sendable {
  /// exp(x) / sum(exp(x)) over the channels, the third dimension from the end.
  public init() { super.init { softmax($0, dim: -3) } }
}

// MARK: With a scale

/// x, times a small slope where it is negative.
public final class LeakyReLU: Activation, @unchecked Sendable {
  public let negativeSlope: Double

  /// x, and `negativeSlope` x where x is negative. `inplace` is printed only.
  public init(negativeSlope: Double = 0.01, inplace: Bool = false) {
    self.negativeSlope = negativeSlope
    super.init(inplaceText(inplace, after: "negative_slope=\(negativeSlope)")) {
      $0.leakyRelu(negativeSlope: negativeSlope)
    }
  }
}

/// x, and alpha (exp(x) - 1) where it is negative (Clevert et al., 2016).
public final class ELU: Activation, @unchecked Sendable {
  public let alpha: Double

  /// x, and `alpha` (exp(x) - 1) where x is negative. `inplace` is printed only.
  public init(alpha: Double = 1, inplace: Bool = false) {
    self.alpha = alpha
    super.init(inplaceText(inplace, after: "alpha=\(alpha)")) { $0.elu(alpha: alpha) }
  }
}

/// x, and alpha (exp(x / alpha) - 1) where it is negative (Barron, 2017).
public final class CELU: Activation, @unchecked Sendable {
  public let alpha: Double

  /// x, and `alpha` (exp(x / alpha) - 1) where x is negative; `alpha` must not be 0. `inplace` is printed only.
  public init(alpha: Double = 1, inplace: Bool = false) {
    self.alpha = alpha
    super.init(inplaceText(inplace, after: "alpha=\(alpha)")) { $0.celu(alpha: alpha) }
  }
}

/// log(1 + exp(beta x)) / beta; x itself where beta x is above the threshold.
public final class Softplus: Activation, @unchecked Sendable {
  public let beta: Double
  public let threshold: Double

  /// log(1 + exp(beta x)) / beta, and x where `beta` x is above `threshold`.
  public init(beta: Double = 1, threshold: Double = 20) {
    (self.beta, self.threshold) = (beta, threshold)
    super.init("beta=\(beta), threshold=\(threshold)") { $0.softplus(beta: beta, threshold: threshold) }
  }
}

/// x times the normal distribution function of x (Hendrycks and Gimpel, 2016), exact or by tanh.
public final class GELU: Activation, @unchecked Sendable {
  public let approximate: GELUApproximation

  /// x Φ(x), or with `.tanh` 0.5 x (1 + tanh(sqrt(2 / π) (x + 0.044715 x³))).
  public init(approximate: GELUApproximation = .none) {
    self.approximate = approximate
    super.init("approximate='\(approximate.rawValue)'") { $0.gelu(approximate: approximate) }
  }
}

/// x, times a slope drawn for each negative element in training, and their mean in evaluation (Xu et al., 2015).
public final class RReLU: Layer {
  public let state = ModuleState()
  public let lower: Double
  public let upper: Double
  public let inplace: Bool

  /// The slope of negative elements is drawn from `lower` ... `upper`. `inplace` is printed only.
  public init(lower: Double = 1.0 / 8, upper: Double = 1.0 / 3, inplace: Bool = false) {
    self.lower = lower
    self.upper = upper
    self.inplace = inplace
  }

  public func forward(_ x: Tensor) -> Tensor { rrelu(x, lower: lower, upper: upper, training: isTraining) }

  public var extraRepresentation: String { inplaceText(inplace, after: "lower=\(lower), upper=\(upper)") }
}

// MARK: With limits

/// x cut off at both ends.
public final class Hardtanh: Activation, @unchecked Sendable {
  public let minVal: Double
  public let maxVal: Double

  /// min(max(x, minVal), maxVal). `inplace` is printed only.
  public init(minVal: Double = -1, maxVal: Double = 1, inplace: Bool = false) {
    (self.minVal, self.maxVal) = (minVal, maxVal)
    super.init(inplaceText(inplace, after: "min_val=\(minVal), max_val=\(maxVal)")) {
      $0.hardtanh(minVal: minVal, maxVal: maxVal)
    }
  }
}

/// An activation that is 0 between -lambd and lambd.
public class Shrinkage: Activation, @unchecked Sendable {
  public let lambd: Double

  init(_ lambd: Double, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.lambd = lambd
    super.init("\(lambd)", function)
  }
}

/// x, and 0 between -lambd and lambd.
public final class Hardshrink: Shrinkage, @unchecked Sendable {
  /// x where |x| is above `lambd`, 0 elsewhere.
  public init(lambd: Double = 0.5) {
    super.init(lambd) { $0.hardshrink(lambd: lambd) }
  }
}

/// x moved towards 0 by lambd, and 0 on the way.
public final class Softshrink: Shrinkage, @unchecked Sendable {
  /// x - `lambd` above `lambd`, x + `lambd` below -`lambd`, 0 between.
  public init(lambd: Double = 0.5) {
    super.init(lambd) { $0.softshrink(lambd: lambd) }
  }
}

/// x where it is above the threshold, a value elsewhere.
public final class Threshold: Activation, @unchecked Sendable {
  public let threshold: Double
  public let value: Double

  /// x where it is above `threshold`, `value` elsewhere. `inplace` is printed only.
  public init(threshold: Double, value: Double, inplace: Bool = false) {
    (self.threshold, self.value) = (threshold, value)
    super.init(inplaceText(inplace, after: "threshold=\(threshold), value=\(value)")) { $0.threshold(threshold, value) }
  }
}

// MARK: Along a dimension

/// An activation along a dimension.
public class DimensionalActivation: Activation, @unchecked Sendable {
  /// Nil: the second one, or the first one of inputs of 0, 1 or 3 dimensions.
  public let dim: Int?

  init(_ dim: Int?, _ function: @escaping @Sendable (_ x: Tensor, _ dim: Int) -> Tensor) {
    self.dim = dim
    super.init("dim=\(dim.map { "\($0)" } ?? "None")") { x in
      if let dim { return function(x, dim) }
      if x.hasFailed { return x }
      warn(
        "softmax",
        "Implicit dimension choice for softmax has been deprecated. Change the call to include dim=X as an argument.")
      return function(x, [0, 1, 3].contains(x.rank) ? 0 : 1)
    }
  }
}

/// exp(x) / sum(exp(x)) along a dimension.
public final class Softmax: DimensionalActivation, @unchecked Sendable {
  /// exp(x) / sum(exp(x)) along `dim`, which counts from the end if negative.
  public init(dim: Int? = nil) { super.init(dim) { softmax($0, dim: $1) } }
}

/// The logarithm of ``Softmax``.
public final class LogSoftmax: DimensionalActivation, @unchecked Sendable {
  /// x - log(sum(exp(x))) along `dim`, which counts from the end if negative.
  public init(dim: Int? = nil) { super.init(dim) { logSoftmax($0, dim: $1) } }
}

/// ``Softmax`` of -x.
public final class Softmin: DimensionalActivation, @unchecked Sendable {
  /// exp(-x) / sum(exp(-x)) along `dim`, which counts from the end if negative.
  public init(dim: Int? = nil) { super.init(dim) { softmin($0, dim: $1) } }
}

/// The first half along a dimension times the sigmoid of the second (Dauphin et al., 2017).
public final class GLU: DimensionalActivation, @unchecked Sendable {
  /// a · sigmoid(b) of the halves a and b of x along `dim`, whose size must be even.
  public init(dim: Int = -1) { super.init(dim) { $0.glu(dim: $1) } }
}

// MARK: With learned parameters

/// x, times a learned slope where it is negative (He et al., 2015): one for all channels, or one for each.
public final class PReLU: Layer {
  public let state = ModuleState()
  public let numParameters: Int
  /// `[numParameters]`.
  @Changeable public var weight: Tensor

  /// - Parameter slope: where the slopes start.
  public init(numParameters: Int = 1, init slope: Double = 0.25, device: Device? = nil, dtype: DType = .default) {
    self.numParameters = numParameters
    weight = parameter(Tensor.full([numParameters], slope, dtype: dtype).placed(on: device))
  }

  public func forward(_ x: Tensor) -> Tensor { x.prelu(weight) }

  public var extraRepresentation: String { "num_parameters=\(numParameters)" }
}
