import Apus
import Testing

/// Reductions over segments give PyTorch's values and gradients.
@Suite(.serialized) struct SegmentTests {
  @Test func allReductions() {
    let data = Recorded.variable("segments.data")
    for reduce in [SegmentReduction.sum, .mean, .max, .min, .prod] {
      for initial in [nil, 2.5] {
        let name = "segments.\(reduce.rawValue)" + (initial == nil ? "" : ".initial")
        let found = data.segmentReduce(reduce, lengths: tensor([2, 0, 3, 1]), initial: initial)
        expectRecorded(found, name, gradients: ["data": data])
        let same = segmentReduce(data, reduce, offsets: tensor([0, 2, 2, 5, 6]), initial: initial)
        expectRecorded(same, name)
      }
    }
  }

  @Test func otherAxes() {
    let found = arange(12.0).view(2, 3, 2).segmentReduce(.sum, lengths: tensor([[1, 2], [3, 0]]), axis: 1)
    expectRecorded(found, "segments.axis1")
    #expect(arange(6.0).segmentReduce(.sum, lengths: tensor([2, 2]), unsafe: true).array(as: Double.self) == [1, 5])
  }

  @Test func derivativesOfHigherOrder() {
    manualSeed(0)
    let x = randn(6, 2, dtype: .float64).requiresGrad_()
    for reduce in [SegmentReduction.sum, .mean, .max, .prod] {
      func f(_ x: Tensor) -> Tensor { x.segmentReduce(reduce, lengths: tensor([2, 1, 3])) }
      #expect(gradcheck(f, x) && gradgradcheck(f, x))
      let (_, tangent) = jvp(f, primals: x.detach(), tangents: x.detach().cos())
      let step = 1e-6
      let numeric = (f(x.detach() + x.detach().cos() * step) - f(x.detach() - x.detach().cos() * step)) / (2 * step)
      #expect(tangent.allclose(numeric, rtol: 1e-6, atol: 1e-7))
      let batch = vmap(f)(stack([x.detach(), x.detach() * 2], dim: 0))
      #expect(batch.select(0, 1).allclose(f(x.detach() * 2)))
    }
  }
}
