import Apus
import ApusCore
import Testing

/// All values are PyTorch's `clip_grad_norm_`, but where 16 bits overflow in it.
@Suite struct GradientClippingTests {
  private func parameters(_ gradients: [[Double]], _ dtype: DType = .float32) -> [Tensor] {
    gradients.map { values in
      let p = parameter(Tensor.zeros([values.count], dtype: dtype))
      p.grad = Tensor(values, dtype: dtype)
      return p
    }
  }

  private func clip(
    _ gradients: [[Double]], _ maxNorm: Double, _ p: Double, _ dtype: DType = .float32
  ) -> (norm: Double, gradients: [[Double]]) {
    let parameters = parameters(gradients, dtype)
    let norm = clipGradNorm(parameters, maxNorm: maxNorm, normType: p)
    #expect(norm.dtype == dtype)
    return (norm.item(), parameters.map { $0.grad?.array(as: Double.self) ?? [] })
  }

  private func close(_ a: [Double], _ b: [Double], _ tolerance: Double = 2e-6) -> Bool {
    zip(a, b).allSatisfy { $0 == $1 || abs($0 - $1) <= tolerance * abs($1) || ($0.isNaN && $1.isNaN) }
  }

  @Test func everyNormType() {
    let expected: [(p: Double, norm: Double, factor: Double)] = [
      (0, 2, 0.49999976), (.infinity, 4, 0.24999994), (-.infinity, 0, 1), (1, 10, 0.09999999),
      (2, 5.4772257, 0.18257415),
      (3, 4.6415888, 0.21544340), (0.5, 37.7766, 0.02647143), (-1, 0, 1), (-2, 0, 1),
    ]
    for (p, norm, factor) in expected {
      let found = clip([[3, 0, -4], [1, -2]], 1, p)
      #expect(close([found.norm], [norm]), "order \(p): \(found.norm)")
      #expect(close(found.gradients[0] + found.gradients[1], [3, 0, -4, 1, -2].map { $0 * factor }), "order \(p)")
    }
    // 0 counts gradients that are not zero.
    #expect(clip([[0, 0], [1, 0]], 1, 0).norm == 1)
    let smallest = clip([[3, -4], [2, 0.7]], 0.5, -.infinity)
    #expect(close([smallest.norm], [0.7]) && close(smallest.gradients[0], [2.1428542, -2.8571388]))
    #expect(close(clip([[], [3, 4]], 1, 2).gradients[1], [0.59999990, 0.79999983]))
    #expect(clip([[], [3, 4]], 1, .infinity).norm == 4 && clip([[], [3, 4]], 1, -.infinity).norm == 3)
  }

  @Test func gradientsThatAreNotFinite() {
    let infinite = clip([[Double.infinity, 1]], 1, 2)
    #expect(close(infinite.gradients[0], [Double.nan, 0]))
    for p in [2, Double.infinity, -Double.infinity] {
      let found = clip([[Double.nan, 1], [2]], 1, p)
      #expect(found.norm.isNaN && found.gradients.allSatisfy { $0.allSatisfy { $0.isNaN } })
    }
    let counted = clip([[Double.nan, 1]], 1, 0)
    #expect(close(counted.gradients[0], [Double.nan, 0.9999990]))
  }

  @Test func sixteenBits() {
    let half = clip([[300, 400]], 1, 2, .float16)
    #expect(half.norm == 500 && close(half.gradients[0], [0.6, 0.8], 1e-3))
    // The norm is beyond the range, the gradients are not.
    let large = clip([[60_000, 60_000]], 1, 2, .float16)
    #expect(large.norm == .infinity && close(large.gradients[0], [0.7071, 0.7071], 1e-3))
    let small = clip([[3e-6, 4e-6]], 1, 2, .float16)
    #expect(close([small.norm], [5.0068e-06], 1e-2) && close(small.gradients[0], [2.98023e-06, 3.993511e-06], 2e-2))
    #expect(clip([[300, 400], [0, 1200]], 1, 2, .bfloat16).norm == 1296)
  }

  @Test(arguments: [0, 0.5, 1, 2, 3, Double.infinity, -Double.infinity]) func compiledStepsAgree(_ p: Double) {
    for dtype in [DType.float32, .float16] {
      let eager = clip([[300, 0.5, -400], [100, -200]], 0.25, p, dtype)
      let parameters = parameters([[0, 0, 0], [0, 0]], dtype)
      let step = compile { (a: Tensor, b: Tensor) -> Tensor in
        parameters[0].grad = a
        parameters[1].grad = b
        return clipGradNorm(parameters, maxNorm: 0.25, normType: p)
      }
      for _ in 0..<3 {
        let norm = step(Tensor([300.0, 0.5, -400], dtype: dtype), Tensor([100.0, -200], dtype: dtype))
        #expect(norm.item() == eager.norm)
        for (q, expected) in zip(parameters, eager.gradients) {
          #expect(close(q.grad?.array(as: Double.self) ?? [], expected, 2e-3))
        }
      }
    }
  }

  /// Large gradients are not there twice.
  @Test func gradientsAreScaledWhereTheyLie() {
    let parameters = (0..<3).map { _ in parameter(Tensor.ones([64, 64], dtype: .float32)) }
    for parameter in parameters { parameter.grad = Tensor.ones([64, 64], dtype: .float32) * 3 }
    let places = parameters.map { $0.grad?.resolved.body.data }
    clipGradNorm(parameters, maxNorm: 1)
    #expect(parameters.map { $0.grad?.resolved.body.data } == places)
    #expect(abs((parameters[0].grad?.square().sum().item() ?? 0) - 1.0 / 3) < 1e-4)
  }
}
