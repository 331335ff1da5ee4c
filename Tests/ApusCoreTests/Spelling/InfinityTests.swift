import Apus
import Testing

/// `-.infinity` and `.nan` without the name of a type, as masks are written.
@Suite struct InfinityTests {
  @Test(arguments: [DType.float32, .float64, .float16, .bfloat16])
  func theTypeStays(_ dtype: DType) {
    let x = Tensor([1.0, -2.0, 3.0]).to(dtype)
    let mask = x.gt(0)
    let filled = x.maskedFill(mask, -.infinity)
    #expect(filled.dtype == dtype && filled.to(.float32).array() == [-Float.infinity, -2, -.infinity])
    #expect(maskedFill(x, mask, -.infinity).equal(filled))
    #expect(x.where(mask.eq(0), -.infinity).dtype == dtype)

    var y = x
    y[mask] = -.infinity
    #expect(y.equal(filled))
    y.maskedFill_(mask, 0)
    y[1] = .nan
    #expect(y.dtype == dtype && y.isnan().array() == [false, true, false])
  }

  @Test func filledTensors() {
    let mask = full([3, 3], -.infinity).triu(1)
    #expect("\(mask[0])" == "tensor([0., -inf, -inf])")
    #expect(
      full([2], 1).dtype == .int64 && full([2], 1.5).dtype == .float32
        && Tensor.full([2], .nan).isnan().all().item() == 1)
    let x = zeros([2], dtype: .float64)
    #expect(fullLike(x, -.infinity).dtype == .float64)
    #expect((x + .infinity).array() == [Double.infinity, .infinity])
  }
}
