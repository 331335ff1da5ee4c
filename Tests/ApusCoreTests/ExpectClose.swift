import Apus
import Testing

/// Expects two tensors to be equal up to `tolerance`, relative to the largest element where that is above 1.
func expectClose(
  _ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(a.shape == b.shape, sourceLocation: sourceLocation)
  guard a.shape == b.shape else { return }
  let (x, y) = (a.detach().array(as: Double.self), b.detach().array(as: Double.self))
  let scale = max(1, y.map(\.magnitude).max() ?? 1)
  #expect(zip(x, y).allSatisfy { ($0 - $1).magnitude <= tolerance * scale }, sourceLocation: sourceLocation)
}
