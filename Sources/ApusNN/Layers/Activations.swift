import ApusCore
import ApusFunctional

// Activations as layers.

/// max(x, 0).
public final class ReLU: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.relu() }
}

/// min(max(x, 0), 6).
public final class ReLU6: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.relu6() }
}

/// x, times a small slope where it is negative.
public final class LeakyReLU: Layer {
  public let state = ModuleState()
  public let negativeSlope: Double

  public init(_ negativeSlope: Double = 0.01) {
    self.negativeSlope = negativeSlope
  }

  public func forward(_ x: Tensor) -> Tensor { x.leakyRelu(negativeSlope: negativeSlope) }
}

/// x, and alpha (exp(x) - 1) where it is negative (Clevert et al., 2016).
public final class ELU: Layer {
  public let state = ModuleState()
  public let alpha: Double

  public init(alpha: Double = 1) {
    self.alpha = alpha
  }

  public func forward(_ x: Tensor) -> Tensor { x.elu(alpha: alpha) }
}

/// x, and alpha (exp(x / alpha) - 1) where it is negative (Barron, 2017).
public final class CELU: Layer {
  public let state = ModuleState()
  public let alpha: Double

  public init(alpha: Double = 1) {
    self.alpha = alpha
  }

  public func forward(_ x: Tensor) -> Tensor { x.celu(alpha: alpha) }
}

/// A scaled ELU that keeps mean 0 and variance 1 (Klambauer et al., 2017).
public final class SELU: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.selu() }
}

/// x times the normal distribution function of x (Hendrycks and Gimpel, 2016), exact or by tanh.
public final class GELU: Layer {
  public let state = ModuleState()
  public let approximate: GELUApproximation

  public init(approximate: GELUApproximation = .none) {
    self.approximate = approximate
  }

  public func forward(_ x: Tensor) -> Tensor { x.gelu(approximate: approximate) }
}

/// x sigmoid(x).
public final class SiLU: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.silu() }
}

/// x tanh(softplus(x)) (Misra, 2019).
public final class Mish: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.mish() }
}

/// 1 / (1 + exp(-x)).
public final class Sigmoid: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.sigmoid() }
}

/// tanh(x).
public final class Tanh: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.tanh() }
}

/// log(sigmoid(x)).
public final class LogSigmoid: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.logSigmoid() }
}

/// log(1 + exp(beta x)) / beta; x itself where beta x is above the threshold.
public final class Softplus: Layer {
  public let state = ModuleState()
  public let beta: Double
  public let threshold: Double

  public init(beta: Double = 1, threshold: Double = 20) {
    self.beta = beta
    self.threshold = threshold
  }

  public func forward(_ x: Tensor) -> Tensor { x.softplus(beta: beta, threshold: threshold) }
}

/// x / (1 + abs(x)).
public final class Softsign: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.softsign() }
}

/// x - tanh(x).
public final class Tanhshrink: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.tanhshrink() }
}

/// x cut off at both ends.
public final class Hardtanh: Layer {
  public let state = ModuleState()
  public let minVal: Double
  public let maxVal: Double

  public init(minVal: Double = -1, maxVal: Double = 1) {
    self.minVal = minVal
    self.maxVal = maxVal
  }

  public func forward(_ x: Tensor) -> Tensor { x.hardtanh(minVal: minVal, maxVal: maxVal) }
}

/// min(max(x / 6 + 1 / 2, 0), 1).
public final class Hardsigmoid: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.hardsigmoid() }
}

/// x times its hard sigmoid (Howard et al., 2019).
public final class Hardswish: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.hardswish() }
}

/// x, and 0 between -lambd and lambd.
public final class Hardshrink: Layer {
  public let state = ModuleState()
  public let lambd: Double

  public init(_ lambd: Double = 0.5) {
    self.lambd = lambd
  }

  public func forward(_ x: Tensor) -> Tensor { x.hardshrink(lambd: lambd) }
}

/// x moved towards 0 by lambd, and 0 on the way.
public final class Softshrink: Layer {
  public let state = ModuleState()
  public let lambd: Double

  public init(_ lambd: Double = 0.5) {
    self.lambd = lambd
  }

  public func forward(_ x: Tensor) -> Tensor { x.softshrink(lambd: lambd) }
}

/// x where it is above the threshold, a value elsewhere.
public final class Threshold: Layer {
  public let state = ModuleState()
  public let threshold: Double
  public let value: Double

  public init(_ threshold: Double, _ value: Double) {
    self.threshold = threshold
    self.value = value
  }

  public func forward(_ x: Tensor) -> Tensor { x.threshold(threshold, value) }
}

/// The first half along a dimension times the sigmoid of the second (Dauphin et al., 2017).
public final class GLU: Layer {
  public let state = ModuleState()
  public let dim: Int

  public init(dim: Int = -1) {
    self.dim = dim
  }

  public func forward(_ x: Tensor) -> Tensor { x.glu(dim: dim) }
}

/// x, times a slope drawn for each negative element in training, and their mean in evaluation (Xu et al., 2015).
public final class RReLU: Layer {
  public let state = ModuleState()
  public let lower: Double
  public let upper: Double

  public init(_ lower: Double = 1.0 / 8, _ upper: Double = 1.0 / 3) {
    self.lower = lower
    self.upper = upper
  }

  public func forward(_ x: Tensor) -> Tensor { rrelu(x, lower: lower, upper: upper, training: isTraining) }
}

/// exp(x) / sum(exp(x)) along a dimension.
public final class Softmax: Layer {
  public let state = ModuleState()
  public let dim: Int

  public init(dim: Int) {
    self.dim = dim
  }

  public func forward(_ x: Tensor) -> Tensor { softmax(x, dim: dim) }
}

/// The logarithm of ``Softmax``.
public final class LogSoftmax: Layer {
  public let state = ModuleState()
  public let dim: Int

  public init(dim: Int) {
    self.dim = dim
  }

  public func forward(_ x: Tensor) -> Tensor { logSoftmax(x, dim: dim) }
}

/// ``Softmax`` of -x.
public final class Softmin: Layer {
  public let state = ModuleState()
  public let dim: Int

  public init(dim: Int) {
    self.dim = dim
  }

  public func forward(_ x: Tensor) -> Tensor { softmin(x, dim: dim) }
}

/// ``Softmax`` over the channels of `[N, C, H, W]` or `[C, H, W]`.
public final class Softmax2d: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { softmax(x, dim: -3) }
}

/// x, times a learned slope where it is negative (He et al., 2015): one for all channels, or one for each.
public final class PReLU: Layer {
  public let state = ModuleState()
  public let weight: Tensor

  public init(_ numParameters: Int = 1, initialSlope: Double = 0.25, dtype: DType = .float32) {
    weight = parameter(Tensor.full([numParameters], initialSlope, dtype: dtype))
  }

  public func forward(_ x: Tensor) -> Tensor { x.prelu(weight) }
}
