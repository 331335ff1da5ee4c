import Apus
import Testing

/// What decides over the course of a compiled function besides the types of its arguments: the gradient mode, numbers, and
/// where arguments lie.
@Suite struct CompiledCourseTests {
  @Test func gradientModesSwitchedInside() {
    let w = Tensor([1.0, 2.0], requiresGrad: true)
    let on = compile { (x: Tensor) in enableGrad { x + 1 } }
    let off = compile { (x: Tensor) in noGrad { x * w } }
    let both = compile { (x: Tensor) in [noGrad { x * w }, enableGrad { x * w }, x * w, enableGrad { noGrad { x } }] }
    for _ in 0..<3 {
      let y = noGrad { on(w) }
      #expect(y.requiresGrad && y.array() == [2, 3])
      w.grad = nil
      (y * Tensor([5.0, 7.0])).sum().backward()
      #expect(w.grad?.array() == [5, 7])
      #expect(!off(Tensor([1.0, 1.0])).requiresGrad && !off(w * 2).requiresGrad)
      #expect(both(w * 2).map(\.requiresGrad) == [false, true, true, true])
      #expect(noGrad { both(w * 2) }.map(\.requiresGrad) == [false, true, false, false])
      let held = w * 2
      #expect(noGrad { both(held) }.map(\.requiresGrad) == [false, true, false, true])
      w.grad = nil
      noGrad { both(held) }[1].sum().backward()
      // 2 w^2 by w.
      #expect(w.grad?.array() == [4, 8])
    }
    for f in [on, off] { #expect(!f.explain().contains("eagerly"), "\(f.explain())") }
  }

  struct Settings: StaticArgument {
    enum Mode: Hashable { case plain, scaled(Double), pair(Double, Int?) }
    var factor: Double
    var others: [Float] = []
    var mode = Mode.plain
  }

  private func isNaN(_ x: Tensor) -> Bool { x.array().allSatisfy(\.isNaN) }
  private func signs(_ x: Tensor) -> [FloatingPointSign] { x.array().map(\.sign) }

  @Test func numbersAreToldApartByTheirBits() {
    let x = Tensor([1.0, -2.0])
    let f = compile { (x: Tensor, s: Double) in x * s }
    let g = compile { (x: Tensor, s: [Float?]) in x * Double(s[0] ?? 1) }
    let h = compile { (x: Tensor, s: Settings) in
      switch s.mode {
      case .plain: x * s.factor
      case .scaled(let factor), .pair(let factor, _): x * factor
      }
    }
    for _ in 0..<2 {
      for zero in [0.0, -0.0] {
        let expected = signs(x * zero)
        #expect(signs(f(x, zero)) == expected)
        #expect(signs(g(x, [Float(zero)])) == expected)
        #expect(signs(h(x, Settings(factor: zero))) == expected)
        #expect(signs(h(x, Settings(factor: 1, mode: .scaled(zero)))) == expected)
        #expect(signs(h(x, Settings(factor: 1, others: [.nan], mode: .pair(zero, 3)))) == expected)
      }
    }
    #expect(f.explain().ranges(of: "captured").count == 2)
  }

  @Test func notANumberIsItself() {
    let x = Tensor([1.0, -2.0])
    let f = compile { (x: Tensor, s: Double) in x * s }
    let g = compile { (x: Tensor, s: [Float?]) in x * Double(s[0] ?? 1) }
    let h = compile { (x: Tensor, s: Settings) in x * s.factor }
    for _ in 0..<20 {
      #expect(isNaN(f(x, .nan)))
      #expect(isNaN(g(x, [.nan])))
      #expect(isNaN(h(x, Settings(factor: .nan, mode: .pair(1, 3)))))
    }
    for text in [f.explain(), g.explain(), h.explain()] {
      #expect(text.ranges(of: "captured").count == 1 && !text.contains("eagerly"), "\(text)")
    }
    // Values that differ besides are others.
    #expect(isNaN(h(x, Settings(factor: .nan, mode: .pair(1, nil)))))
    #expect(h.explain().ranges(of: "captured").count == 2)
  }

  /// A number that is another one at each call makes no graph for each: after some the function runs eagerly.
  @Test func numbersThatChangeAtEveryCall() {
    let f = compile { (x: Tensor, rate: Double, step: Int) in x * rate + step }
    let x = Tensor([1.0, 2.0])
    for step in 1...100 {
      let rate = 1 / Double(step)
      #expect(f(x, rate, step).array() == (x * rate + step).array())
    }
    let text = f.explain()
    #expect(text.ranges(of: "captured").count == 8)
    #expect(text.ranges(of: "eagerly").count == 1, "\(text)")
    #expect(text.contains("pass a number that changes as a tensor"))
    // As a tensor it is an argument as any other.
    let g = compile { (x: Tensor, rate: Tensor) in x * rate }
    for step in 1...100 { #expect(g(x, Tensor(Double(step))).array() == [Float(step), 2 * Float(step)]) }
    #expect(g.explain().ranges(of: "captured").count == 1)
  }

  @Test(arguments: [CompileExecutor.chunks, .native])
  func equalOperationsAreThoseOnTheSameBits(_ executor: CompileExecutor) {
    let x = Tensor([1.0, -2.0])
    let f = compile(executor: executor) { (x: Tensor) in
      [
        x * 0.0, x * -0.0, x + 0.0, x + -0.0, x * Double.nan, x * Double.nan, x.pad([1, 0], value: 0.0),
        x.pad([1, 0], value: -0.0),
      ]
    }
    let one = compile(executor: executor) { (x: Tensor) in (x * 0.0).copysign(x * -0.0) + x * 0.0 - (x + 0.0) * 0.0 }
    let reciprocal = compile(executor: executor) { (x: Tensor) in [1 / (x * 0.0), 1 / (x * -0.0)] }
    for _ in 0..<3 {
      let made = f(x)
      #expect(signs(made[0]) == [.plus, .minus] && signs(made[1]) == [.minus, .plus])
      #expect(isNaN(made[4]) && isNaN(made[5]))
      #expect(signs(made[6]) == [.plus, .plus, .minus] && signs(made[7]) == [.minus, .plus, .minus])
      #expect(signs(f(Tensor([0.0, -0.0]))[2]) == [.plus, .plus])
      #expect(signs(f(Tensor([0.0, -0.0]))[3]) == [.plus, .minus])
      #expect(isNaN(f(Tensor([Double.infinity, .nan]))[0]))
      #expect(isNaN(one(Tensor([Double.infinity, .nan]))))
      #expect(reciprocal(x).map { $0.array() } == [[.infinity, -.infinity], [-.infinity, .infinity]])
    }
  }

  @Test func viewsByStridesAreCaptured() {
    let f = compile { (x: Tensor) in (x * 2).asStrided([2, 2], [1, 2]).exp() }
    for k in 1...3 {
      let x = Tensor([1.0, 2.0, 3.0, 4.0]) * Double(k)
      expectClose(f(x), (Tensor([[2.0, 6.0], [4.0, 8.0]]) * Double(k)).exp())
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")

    // PyTorch: torch.as_strided(x[1], (2, 2), (4, 1), 1) and without the last argument.
    let x = arange(12, dtype: .float32).reshape(3, 4)
    let absolute = compile { (x: Tensor) in x.asStrided([2, 2], [4, 1], storageOffset: 1) + 0.5 }
    let relative = compile { (x: Tensor) in x.asStrided([2, 2], [4, 1]) + 0.5 }
    for _ in 0..<2 {
      for row in 0..<2 {
        #expect(absolute(x[row]).array() == [1.5, 2.5, 5.5, 6.5])
        let first = 4 * Float(row) + 0.5
        #expect(relative(x[row]).array() == [first, first + 1, first + 4, first + 5])
      }
    }
    #expect(throws: TensorError.self) { try withErrors { relative(x[2]) } }
    #expect(absolute(x[2]).array() == [1.5, 2.5, 5.5, 6.5])
    for text in [absolute.explain(), relative.explain()] { #expect(!text.contains("eagerly"), "\(text)") }
  }

  @Test func viewsOfViewsByStrides() {
    let base = arange(24, dtype: .float32).reshape(4, 6)
    let plain = { @Sendable (x: Tensor) -> [Tensor] in
      let y = x + 1
      return [
        x[1..<3, 2...].asStrided([2, 3], [2, 1], storageOffset: 0), y.t().asStrided([3], [7], storageOffset: 2),
        y[2].clone().asStrided([2, 2], [1, 1]) * 2, y[1...].asStrided([3], [2], storageOffset: 1).square(),
        x.asStridedScatter(Tensor([-1.0, -2.0]), [2], [5], storageOffset: 3),
      ]
    }
    let f = compile(plain)
    for k in 1...3 {
      let x = base * Double(k)
      for (a, b) in zip(f(x), plain(x)) { expectClose(a, b) }
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
  }

  @Test func gradientsOfViewsByStrides() {
    let w = parameter(Tensor([1.0, 2.0, 3.0, 4.0]))
    let f = compile { (x: Tensor) in (x * w).asStrided([3, 2], [1, 1]).square().sum() }
    for k in 1...3 {
      w.grad = nil
      f(Tensor([1.0, 1.0, 1.0, 1.0]) * Double(k)).backward()
      // 2 k^2 w for each of the windows that an element is in.
      let scale = 2 * Float(k * k)
      #expect(w.grad?.array() == [scale, 4 * scale, 6 * scale, 4 * scale])
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
  }

  /// The values are PyTorch's. The second query sees no key.
  @Test(arguments: [false, true])
  func attentionWithAMaskIsCaptured(_ isAdded: Bool) {
    let hidden = -Double.infinity
    let mask =
      isAdded
      ? Tensor([[0.5, hidden, 0.0], [hidden, hidden, hidden]]) : Tensor([[true, false, true], [false, false, false]])
    let parts = [
      parameter(Tensor([[[1.0, 2.0], [0.5, -1.0]]])), parameter(Tensor([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]])),
      parameter(Tensor([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]])),
    ]
    let f = compile { (x: Tensor, mask: Tensor) in
      scaledDotProductAttention(parts[0] * x, parts[1], parts[2], attnMask: mask)
    }
    for _ in 0..<3 {
      for part in parts { part.grad = nil }
      let result = f(Tensor(1.0), mask)
      result.sum().backward()
      let (top, slope, first) = isAdded ? (3.8554, 1.1555, 0.2861) : (4.2177, 0.88995, 0.1956)
      expectClose(result, Tensor([[[top, top + 1], [0, 0]]]), 2e-5)
      expectClose(parts[0].grad ?? result, Tensor([[[0, slope], [0, 0]]]), 5e-5)
      expectClose(parts[1].grad ?? result, Tensor([[[-slope, -2 * slope], [0, 0], [slope, 2 * slope]]]), 1e-4)
      expectClose(parts[2].grad ?? result, Tensor([[[first, first], [0, 0], [1 - first, 1 - first]]]), 1e-4)
    }
    // Another mask at a later call.
    let all = Tensor([[true, true, true], [true, true, true]])
    expectClose(f(Tensor(1.0), all), scaledDotProductAttention(parts[0], parts[1], parts[2]))
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
  }
}
