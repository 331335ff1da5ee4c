import ApusCore
import ApusNN

/// `down(act(gate(x)) * up(x))` (Shazeer, 2020).
public final class GatedMLP: Layer {
  public let state = ModuleState()
  let gateProj: Projection
  let upProj: Projection
  let downProj: Projection
  private let activation: Activation

  /// `features` to `inner` and back.
  public init(_ features: Int, _ inner: Int, _ activation: Activation, bias: Bool = false) {
    gateProj = Projection(features, inner, bias: bias)
    upProj = Projection(features, inner, bias: bias)
    downProj = Projection(inner, features, bias: bias)
    self.activation = activation
  }

  public func forward(_ x: Tensor) -> Tensor {
    let inner = Projection.together([gateProj, upProj], x)
    return downProj(activation(inner[0]) * inner[1])
  }
}
