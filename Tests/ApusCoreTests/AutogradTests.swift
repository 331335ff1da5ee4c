import Apus
import Testing

@Suite struct AutogradTests {
  @Test func elementaryFunctionsDifferentiateTwice() {
    let positive = spread([5], 0.3, 2.5)
    let unit = spread([5], -0.8, 0.8)
    let any = spread([5], -2, 2)
    let cases: [((Tensor) -> Tensor, Tensor)] = [
      ({ $0.exp() }, any), ({ $0.log() }, positive), ({ $0.sqrt() }, positive), ({ $0.rsqrt() }, positive),
      ({ $0.reciprocal() }, positive), ({ $0.square() }, any), ({ $0.sin() }, any), ({ $0.cos() }, any),
      ({ $0.tan() }, unit), ({ $0.tanh() }, any), ({ $0.sinh() }, any), ({ $0.cosh() }, any), ({ $0.asin() }, unit),
      ({ $0.acos() }, unit), ({ $0.atan() }, any), ({ $0.sigmoid() }, any), ({ $0.erf() }, any), ({ $0.erfc() }, any),
      ({ $0.expm1() }, any), ({ $0.log1p() }, positive), ({ $0.exp2() }, any), ({ $0.log2() }, positive),
      ({ $0.log10() }, positive), ({ $0.asinh() }, any), ({ $0.atanh() }, unit), ({ $0.acosh() }, positive + 1.5),
      ({ $0.gelu() }, any), ({ $0.gelu(approximate: .tanh) }, any), ({ $0.silu() }, any),
    ]
    for (f, point) in cases {
      #expect(gradientError([point]) { f($0[0]) } < 1e-5)
    }
  }

  @Test func binaryFunctionsDifferentiateWithBroadcasting() {
    let (x, y) = (spread([3, 4], 0.5, 2), spread([4], 0.6, 1.9))
    #expect(gradientError([x, y]) { $0[0] * $0[1] } < 1e-5)
    #expect(gradientError([x, y]) { $0[0] / $0[1] } < 1e-5)
    #expect(gradientError([x, y]) { $0[0] - $0[1] * 2.0 } < 1e-5)
    #expect(gradientError([x, y]) { $0[0].pow($0[1]) } < 1e-5)
  }

  @Test func viewsDifferentiate() {
    let x = spread([3, 4], -1, 1)
    #expect(gradientError([x]) { $0[0].t().reshape([2, 6]).square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].narrow(1, 1, 2).exp() } < 1e-5)
    #expect(gradientError([x]) { $0[0].select(0, -1).square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].unsqueeze(1).expand([3, 5, 4]).square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].sum(0).square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].amax([1]) } < 1e-5)
  }

  @Test func thirdDerivative() {
    let d3 = grad(grad(grad { x in (x * x * x * x).sum() }))
    #expect(d3(Tensor(2.0)).item() == 48)
  }

  @Test func gradientsAccumulateUntilReset() {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    (x * x).sum().backward()
    (x * x).sum().backward()
    #expect(x.grad?.array() == [4, 8] as [Float])
    x.grad = nil
    (x * 3.0).sum().backward()
    #expect(x.grad?.array() == [3, 3] as [Float])
  }

  @Test func oneTensorUsedTwiceGetsTheSum() {
    let x = Tensor([3.0], requiresGrad: true)
    let y = x * x + x
    y.backward(Tensor([1.0]))
    #expect(x.grad?.item() == 7)
  }

  @Test func noGradRecordsNothing() {
    let x = Tensor([1.0], requiresGrad: true)
    let y = noGrad { x * 2.0 }
    #expect(!y.requiresGrad)
    #expect(enableGrad { x * 2.0 }.requiresGrad)
    #expect(x.detach().requiresGrad == false)
  }

  @Test func hooksSeeAndReplaceGradients() {
    let x = Tensor([1.0, 1.0], requiresGrad: true)
    let y = x * 2.0
    y.registerHook { $0 * 10.0 }
    y.retainGrad()
    y.sum().backward()
    #expect(x.grad?.array() == [20, 20] as [Float])
    #expect(y.grad?.array() == [10, 10] as [Float])
  }

  @Test func aSecondBackwardNeedsARetainedGraph() throws {
    let x = Tensor([2.0], requiresGrad: true)
    let y = (x * x).sum()
    y.backward(retainGraph: true)
    y.backward()
    #expect(x.grad?.item() == 8)
    #expect(throws: TensorError.self) { try withErrors { y.backward() } }
  }

  @Test func gradientsOfSelectedInputsLeaveOthersAlone() {
    let (x, w) = (Tensor([2.0], requiresGrad: true), Tensor([3.0], requiresGrad: true))
    let g = gradients(of: [(x * w).sum()], wrt: [x])
    #expect(g[0]?.item() == 3)
    #expect(w.grad == nil)
    #expect(x.grad == nil)
  }

  @Test func intermediateResultsCanBeTargets() {
    let x = Tensor([2.0], requiresGrad: true)
    let y = x * x
    let z = y * y
    #expect(gradients(of: [z.sum()], wrt: [y])[0]?.item() == 8)
  }

  @Test func aVeryDeepGraphIsReleasedWithoutRecursion() {
    let x = Tensor([1.0], requiresGrad: true)
    var y = x
    for _ in 0..<200_000 { y = y * 1.0 }
    y.backward(Tensor([1.0]))
    #expect(x.grad?.item() == 1)
  }
}
