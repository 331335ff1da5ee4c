import Apus
import ApusCore
import ApusFunctional
import Testing

@Suite struct ResidualProductTests {
  /// Layers whose weights are kept in the library's form add what is added to them; the others, and other types, do not.
  @Test func sumsAreAbsorbedWhereWeightsAreKept() {
    for (dtype, width, kept) in [(DType.float32, 256, true), (.float32, 16, false), (.float64, 256, false)] {
      manualSeed(3)
      let (weight, bias) = (randn(width, width, dtype: dtype) * 0.1, randn(width, dtype: dtype))
      let f = compile { (x: Tensor) in x + linear(x, weight, bias) }
      let x = randn(6, width, dtype: dtype)
      for _ in 0..<2 { expectClose(f(x), x + linear(x, weight, bias), dtype == .float64 ? 1e-12 : 1e-5) }
      let isAbsorbed = kept && OneDNN.isAvailable && CPUInfo.hasAVX512
      #expect(f.explain().contains("1 sums run inside the matrix product") == isAbsorbed, "\(f.explain())")
    }
  }
}
