import Apus
import Testing

/// `cond` and `whileLoop`, as they stand and captured.
@Suite struct ControlFlowTests {
  private func isClose(_ a: Tensor, _ b: Tensor) -> Bool { a.shape == b.shape && a.allclose(b, rtol: 1e-4, atol: 1e-6) }

  @Test func theChosenBranchRuns() {
    var calls: [String] = []
    func f(_ x: Tensor) -> Tensor {
      cond(
        x.sum().gt(0),
        then: {
          calls.append("then")
          return x.sin()
        },
        else: {
          calls.append("else")
          return x.cos()
        })
    }
    let x = Tensor([0.5, 1.0])
    #expect(isClose(f(x), x.sin()) && isClose(f(-x), x.cos()))
    #expect(calls == ["then", "else"])
  }

  /// Both branches belong to one graph; each call chooses.
  @Test func aCompiledFunctionHasBoth() {
    manualSeed(0)
    let model = Linear(3, 3)
    let f = compile { (x: Tensor, p: Tensor) in
      cond(p.gt(0), then: { [model(x), x * 2] }, else: { [x, x.square()] })
    }
    let x = randn(2, 3)
    for p in [1.0, -1.0, 2.0, -2.0] {
      let found = f(x, Tensor(p))
      let expected = p > 0 ? [model(x), x * 2] : [x, x.square()]
      #expect(isClose(found[0], expected[0]) && isClose(found[1], expected[1]))
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
    #expect(f.graph.contains("Cond("))
  }

  @Test func gradientsFlowThroughTheChosenBranch() {
    manualSeed(2)
    let w = parameter(randn(3))
    let function = { @Sendable (x: Tensor) in
      cond(x.sum().gt(0), then: { (x * w).sin() }, else: { (x * 2 + w).exp() }).sum()
    }
    let step = compile { (x: Tensor) in
      let loss = function(x)
      loss.backward()
      return loss
    }
    let forward = compile(function)
    for sign in [1.0, -1.0, 1.0] {
      let x = Tensor([0.3, 0.4, 0.5]) * sign
      w.grad = nil
      function(x).backward()
      let expected = w.grad
      w.grad = nil
      _ = step(x)
      #expect(isClose(w.grad ?? zeros(3), expected ?? zeros(3)))
      #expect(isClose(grad { forward($0) }(x), grad(function)(x)))
    }
  }

  @Test func samplesChooseForThemselves() {
    let x = Tensor([[1.0, 2.0], [-1.0, -2.0]])
    let found = vmap { (x: Tensor) in cond(x.sum().gt(0), then: { x * 10 }, else: { -x }) }(x)
    #expect(isClose(found, Tensor([[10.0, 20.0], [1.0, 2.0]])))
  }

  @Test func branchesMustAgree() {
    let f = compile { (x: Tensor) in cond(x.sum().gt(0), then: { x }, else: { x.sum() }) }
    let error = #expect(throws: TensorError.self) { try withErrors { f(Tensor([1.0, 2.0])) } }
    #expect(error?.description.contains("both must give the same") == true)
    let wide = #expect(throws: TensorError.self) {
      try withErrors { cond(Tensor([1, 0]), then: { Tensor(1.0) }, else: { Tensor(2.0) }) }
    }
    #expect(wide?.description.contains("predicate of one element") == true)
  }

  private static func halved(_ x: Tensor) -> [Tensor] {
    whileLoop([x, Tensor(0)], while: { $0[0].abs().max().gt(1) }, do: { [$0[0] / 2, $0[1] + 1] })
  }

  @Test func aLoopRunsAsOftenAsItsConditionHolds() {
    let f = compile { (x: Tensor) in Self.halved(x) }
    for size in [0.5, 3.0, 100.0, 7.0] {
      let x = Tensor([size, -size / 4])
      let (found, expected) = (f(x), Self.halved(x))
      #expect(isClose(found[0], expected[0]))
      #expect((found[1].item() as Int) == (expected[1].item() as Int))
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
    #expect(f.graph.contains("WhileLoop("))
  }

  @Test func gradientsGoBackThroughAllRounds() {
    manualSeed(4)
    let w = parameter(rand(3) * 0.2 + 0.5)
    let function = { @Sendable (x: Tensor) in
      whileLoop(x, while: { $0.norm().gt(0.5) }, do: { ($0 * w).tanh() }).square().sum()
    }
    let compiled = compile(function)
    for size in [0.1, 1.0, 2.0] {
      let x = Tensor([1.0, -0.5, 0.7]) * size
      func run(_ f: (Tensor) -> Tensor) -> (Tensor, Tensor) {
        w.grad = nil
        let given = Tensor(x, requiresGrad: true)
        f(given).backward()
        return (given.grad ?? zeros(3), w.grad ?? zeros(3))
      }
      let (found, expected) = (run { compiled($0) }, run(function))
      #expect(isClose(found.0, expected.0) && isClose(found.1, expected.1))
    }
  }

  @Test func aStateMustKeepItsShape() {
    let error = #expect(throws: TensorError.self) {
      try withErrors { whileLoop(Tensor([1.0]), while: { $0.sum().lt(9) }, do: { cat([$0, $0]) }) }
    }
    #expect(error?.description.contains("the state is float32[1] and became float32[2]") == true)
  }
}
