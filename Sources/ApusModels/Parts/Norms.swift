import ApusCore
import ApusFunctional
import ApusNN

/// Normalisation by the root of the mean square, `x / sqrt(mean(x^2) + eps) * weight` (Zhang and Sennrich, 2019), with a float32
/// weight; Gemma's weights count from 1.
public final class RootMeanSquareNorm: Layer {
  public let state = ModuleState()
  /// `[features]`.
  public let weight: Tensor
  public let eps: Double
  /// What is added to the weight: 1 in Gemma.
  public let offset: Double

  /// Over the last dimension of size `features`.
  public init(_ features: Int, eps: Double, offset: Double = 0) {
    (self.eps, self.offset) = (eps, offset)
    weight = unsetVector(features, offset == 0 ? 1 : 0)
  }

  public func forward(_ x: Tensor) -> Tensor {
    rmsNorm(x, weight.shape, weight: offset == 0 ? weight : weight + offset, eps: eps)
  }

  public var extraRepresentation: String { "\(weight.shape), eps=\(eps)" }
}
