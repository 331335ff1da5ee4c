import Apus
import Testing

// A pointwise operation of one's own, from outside the library: the one line below is its whole definition.
private let squareplus = Formula("Squareplus", .floating) { x in (x + (x.squared + 4)(.sqrt)) * 0.5 }

@Suite struct OwnOperationTests {
  private let x = Tensor([-2.0, -0.5, 0.0, 1.5], dtype: .float64)

  private func derivative(_ x: Tensor) -> Tensor { (x / (x.square() + 4).sqrt() + 1) * 0.5 }

  @Test func evaluates() {
    expectClose(squareplus(x), (x + (x * x + 4).sqrt()) / 2, 1e-12)
    #expect(squareplus(Tensor([0, 3])).dtype == .float32)
  }

  @Test func differentiatesBackwardForwardAndAgain() {
    let leaf = Tensor(x, requiresGrad: true)
    squareplus(leaf).sum().backward()
    if let gradient = leaf.grad { expectClose(gradient, derivative(x), 1e-12) } else { Issue.record("no gradient") }
    expectClose(
      jvp({ squareplus($0) }, primals: x, tangents: Tensor.ones([4], dtype: .float64)).tangent, derivative(x), 1e-12)
    let second = grad { y in grad { squareplus($0).sum() }(y).sum() }(x)
    expectClose(second, (x.square() + 4).pow(-1.5) * 2, 1e-12)
  }

  @Test func mapsOverSamples() {
    let samples = stack([x, x * 2])
    expectClose(vmap(grad { squareplus($0).sum() })(samples), derivative(samples), 1e-12)
  }

  @Test(arguments: [CompileExecutor.chunks, .native])
  func compiles(_ executor: CompileExecutor) {
    let f = compile(executor: executor) { (x: Tensor) in squareplus(x) * 2 + 1 }
    for _ in 0..<2 {
      let x = randn(50, 40)
      expectClose(f(x), squareplus(x) * 2 + 1)
    }
    #expect(f.explain().contains("fused 3 pointwise operations into 1"))
  }

  @Test func isWrittenAsC() throws {
    let source = try exportC({ (x: Tensor) in squareplus(x) }, example: Tensor.ones(8))
    #expect(source.contains("from Squareplus"))
  }
}
