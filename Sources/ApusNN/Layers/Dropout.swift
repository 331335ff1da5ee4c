import ApusCore

// Dropout layers: active in training, the identity in evaluation.

/// Zeroes elements at random and scales the others by `1 / (1 - p)`.
public final class Dropout: Layer {
  public let state = ModuleState()
  /// The probability that an element or channel is dropped.
  public let p: Double

  public init(_ p: Double = 0.5) { self.p = p }

  public func forward(_ x: Tensor) -> Tensor { dropout(x, p: p, training: isTraining) }
}

/// Zeroes channels of `[N, C, L]` at random.
public final class Dropout1d: Layer {
  public let state = ModuleState()
  /// The probability that an element or channel is dropped.
  public let p: Double

  public init(_ p: Double = 0.5) { self.p = p }

  public func forward(_ x: Tensor) -> Tensor { dropout1d(x, p: p, training: isTraining) }
}

/// Zeroes channels of `[N, C, H, W]` at random.
public final class Dropout2d: Layer {
  public let state = ModuleState()
  /// The probability that an element or channel is dropped.
  public let p: Double

  public init(_ p: Double = 0.5) { self.p = p }

  public func forward(_ x: Tensor) -> Tensor { dropout2d(x, p: p, training: isTraining) }
}

/// Zeroes channels of `[N, C, D, H, W]` at random.
public final class Dropout3d: Layer {
  public let state = ModuleState()
  /// The probability that an element or channel is dropped.
  public let p: Double

  public init(_ p: Double = 0.5) { self.p = p }

  public func forward(_ x: Tensor) -> Tensor { dropout3d(x, p: p, training: isTraining) }
}

/// Dropout that keeps mean and variance of SELU activations.
public final class AlphaDropout: Layer {
  public let state = ModuleState()
  /// The probability that an element or channel is dropped.
  public let p: Double

  public init(_ p: Double = 0.5) { self.p = p }

  public func forward(_ x: Tensor) -> Tensor { alphaDropout(x, p: p, training: isTraining) }
}

/// ``AlphaDropout`` of whole channels.
public final class FeatureAlphaDropout: Layer {
  public let state = ModuleState()
  /// The probability that an element or channel is dropped.
  public let p: Double

  public init(_ p: Double = 0.5) { self.p = p }

  public func forward(_ x: Tensor) -> Tensor { featureAlphaDropout(x, p: p, training: isTraining) }
}
