import Apus
import Testing

/// Captured functions with complex tensors: they run by the operations' own evaluation, between fused parts that are real.
@Suite struct ComplexCompileTests {
  private func draw(_ shape: [Int], _ seed: UInt64) -> Tensor {
    randn(shape, dtype: .complex64, generator: Generator(seed: seed))
  }

  @Test(arguments: [CompileExecutor.chunks, .native])
  func capturedFunctionsAgree(_ executor: CompileExecutor) {
    @Sendable func body(_ z: Tensor, _ x: Tensor) -> [Tensor] {
      let turned = z * Complex(0.5, -1) + (x * 2 + 1).tanh()
      let size = (turned.abs() + 1).log() * x.exp()
      return [turned.exp().conj(), size, size.sum(), matmul(z, z.mH).imag, complex(size, x).sgn()]
    }
    let f = compile(executor: executor) { (z: Tensor, x: Tensor) in body(z, x) }
    for seed in 1...3 as ClosedRange<UInt64> {
      let (z, x) = (draw([40, 30], seed), randn([40, 30], generator: Generator(seed: seed + 10)))
      for (found, expected) in zip(f(z, x), body(z, x)) {
        #expect(found.dtype == expected.dtype && found.allclose(expected, rtol: 1e-5, atol: 1e-5))
      }
    }
  }

  @Test(arguments: [CompileExecutor.chunks, .native])
  func gradientsFlowThroughCapturedFunctions(_ executor: CompileExecutor) {
    @Sendable func body(_ z: Tensor, _ w: Tensor) -> Tensor { ((z * w).tanh().abs() * w.square() + z.imag * 3).sum() }
    let f = compile(executor: executor) { (z: Tensor, w: Tensor) in body(z, w) }
    for seed in 1...3 as ClosedRange<UInt64> {
      let inputs = [draw([50, 40], seed), randn([50, 40], generator: Generator(seed: seed + 10))]
      let expected = valueAndGrad { (t: [Tensor]) in body(t[0], t[1]) }(inputs).gradients
      let found = valueAndGrad { (t: [Tensor]) in f(t[0], t[1]) }(inputs).gradients
      for (a, b) in zip(found, expected) {
        #expect(a.dtype == b.dtype && a.allclose(b, rtol: 1e-5, atol: 1e-5))
      }
    }
  }

  /// Real and complex arguments are told apart, and so are complex numbers of a closure that changes.
  @Test func callsAreToldApart() {
    let f = compile { (z: Tensor, s: Complex) in z * s }
    for _ in 0..<2 {
      #expect(f(Tensor([1.0]), Complex(0, 1)).item(as: Complex.self) == Complex(0, 1))
      #expect(f(Tensor([Complex(0, 2)]), Complex(0, 1)).item(as: Complex.self) == Complex(-2, 0))
      #expect(f(Tensor([1.0]), Complex(0, -1)).item(as: Complex.self) == Complex(0, -1))
    }
  }
}
