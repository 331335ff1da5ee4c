import ApusCore
import ApusFunctional

// Dropout layers: active in training, the identity in evaluation.

/// `p`, which is reported where it is no probability.
private func checkedProbability(_ p: Double, _ name: String) -> Double {
  if !(p >= 0 && p <= 1) { report(TensorError(.value, name, "the probability must be from 0 to 1, and found \(p)")) }
  return p
}

/// Zeroes elements at random and scales the others by `1 / (1 - p)`.
public final class Dropout: Layer {
  public let state = ModuleState()
  /// The probability that an element or channel is dropped.
  public let p: Double
  /// Printed only: a tensor is a value, so nobody else sees whether its memory is reused.
  public let inplace: Bool

  /// Drops each element with probability `p`, in 0 ... 1, in training; evaluation passes the input on.
  public init(p: Double = 0.5, inplace: Bool = false) {
    self.p = checkedProbability(p, "Dropout")
    self.inplace = inplace
  }

  public func forward(_ x: Tensor) -> Tensor { dropout(x, p: p, training: isTraining) }

  public var extraRepresentation: String { "p=\(p), inplace=\(python(inplace))" }
}

/// Zeroes channels at random.
public final class ChannelDropout<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  /// The probability that a channel is dropped.
  public let p: Double
  /// Printed only: a tensor is a value, so nobody else sees whether its memory is reused.
  public let inplace: Bool
  public static var typeName: String { "Dropout\(Spatial.rank)d" }

  /// As ``Dropout``, for inputs of negative mean: dropped elements become -1.7581, and all are scaled so that mean
  /// and variance stay.
  public init(p: Double = 0.5, inplace: Bool = false) {
    self.p = checkedProbability(p, Self.typeName)
    self.inplace = inplace
  }

  public func forward(_ x: Tensor) -> Tensor {
    Spatial.pick(dropout1d, dropout2d, dropout3d)(x, p, isTraining, .default)
  }

  public var extraRepresentation: String { "p=\(p), inplace=\(python(inplace))" }
}

/// Zeroes channels of `[N, C, L]` at random.
public typealias Dropout1d = ChannelDropout<Spatial1d>
/// Zeroes channels of `[N, C, H, W]` at random.
public typealias Dropout2d = ChannelDropout<Spatial2d>
/// Zeroes channels of `[N, C, D, H, W]` at random.
public typealias Dropout3d = ChannelDropout<Spatial3d>

/// Dropout that keeps mean and variance of SELU activations.
public final class AlphaDropout: Layer {
  public let state = ModuleState()
  /// The probability that an element or channel is dropped.
  public let p: Double
  /// Printed only: a tensor is a value, so nobody else sees whether its memory is reused.
  public let inplace: Bool

  /// As ``AlphaDropout``, with whole channels dropped with probability `p`, in 0 ... 1.
  public init(p: Double = 0.5, inplace: Bool = false) {
    self.p = checkedProbability(p, "AlphaDropout")
    self.inplace = inplace
  }

  public func forward(_ x: Tensor) -> Tensor { alphaDropout(x, p: p, training: isTraining) }

  public var extraRepresentation: String { "p=\(p), inplace=\(python(inplace))" }
}

/// ``AlphaDropout`` of whole channels.
public final class FeatureAlphaDropout: Layer {
  public let state = ModuleState()
  /// The probability that an element or channel is dropped.
  public let p: Double
  /// Printed only: a tensor is a value, so nobody else sees whether its memory is reused.
  public let inplace: Bool

  /// Drops whole channels with probability `p`, in 0 ... 1, in training and scales the others by 1 / (1 - p).
  public init(p: Double = 0.5, inplace: Bool = false) {
    self.p = checkedProbability(p, "FeatureAlphaDropout")
    self.inplace = inplace
  }

  public func forward(_ x: Tensor) -> Tensor { featureAlphaDropout(x, p: p, training: isTraining) }

  public var extraRepresentation: String { "p=\(p), inplace=\(python(inplace))" }
}
