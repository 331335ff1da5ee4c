import ApusCore

// Activations as layers.

/// max(x, 0).
public final class ReLU: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { x.relu() }
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

/// exp(x) / sum(exp(x)) along a dimension.
public final class Softmax: Layer {
  public let state = ModuleState()
  public let dim: Int
  public init(dim: Int) { self.dim = dim }
  public func forward(_ x: Tensor) -> Tensor { softmax(x, dim: dim) }
}

/// The logarithm of ``Softmax``.
public final class LogSoftmax: Layer {
  public let state = ModuleState()
  public let dim: Int
  public init(dim: Int) { self.dim = dim }
  public func forward(_ x: Tensor) -> Tensor { logSoftmax(x, dim: dim) }
}

/// ``Softmax`` of -x.
public final class Softmin: Layer {
  public let state = ModuleState()
  public let dim: Int
  public init(dim: Int) { self.dim = dim }
  public func forward(_ x: Tensor) -> Tensor { softmin(x, dim: dim) }
}

/// ``Softmax`` over the channels of `[N, C, H, W]` or `[C, H, W]`.
public final class Softmax2d: Layer {
  public let state = ModuleState()
  public init() {}
  public func forward(_ x: Tensor) -> Tensor { softmax(x, dim: -3) }
}
