import Apus
import TestSupport
import Testing

/// Functions of functions in PyTorch's forms, against values that PyTorch gives and closed forms.
@Suite struct DerivativesOfFunctionsTests {
  private let t = Tensor([1.0, 2.0, 3.0], dtype: .float64)
  private let v = Tensor([1.0, 0.0, -1.0], dtype: .float64)
  private let cubes: @Sendable (Tensor) -> Tensor = { $0.pow(3).sum() }

  private func numbers(_ x: Tensor) -> [Double] { x.array(as: Double.self) }

  @Test func gradientsForSeveralArguments() {
    let f = { (a: Tensor, b: Tensor) in (a * b * b).sum() }
    #expect(numbers(grad(f)(t, v)) == [1, 0, 1])
    #expect(numbers(grad(f, argnums: 1)(t, v)) == [2, 0, -6])
    #expect(numbers(grad(f, argnums: -1)(t, v)) == [2, 0, -6])
    let (first, second) = grad(f, argnums: (0, 1))(t, v)
    #expect(numbers(first) == [1, 0, 1] && numbers(second) == [2, 0, -6])
    let (value, gradients) = valueAndGrad(f, argnums: (1, 0))(t, v)
    #expect(value.item() == 4 && numbers(gradients.0) == [2, 0, -6] && numbers(gradients.1) == [1, 0, 1])
    let (gradient, same) = gradAndValue(f)(t, v)
    #expect(numbers(gradient) == [1, 0, 1] && same.item() == 4)
  }

  @Test func gradientsForTrees() {
    let loss = { (p: [String: Tensor], x: Tensor) in
      ((p["weight"] ?? x) * x + (p["bias"] ?? x)).square().sum()
    }
    let p = ["weight": v, "bias": Tensor(1.0, dtype: .float64), "unused": t]
    let found = grad(loss)(p, t)
    #expect(found.keys.sorted() == ["bias", "unused", "weight"])
    let residual = v * t + 1
    expectClose(found["weight"] ?? t, 2 * residual * t, 1e-12)
    expectClose(found["bias"] ?? t, 2 * residual.sum(), 1e-12)
    #expect(found["unused"].map(numbers) == [0, 0, 0])
    let list = grad { (xs: [Tensor]) in (xs[0] * xs[1]).sum() }([t, v])
    #expect(list.map(numbers) == [[1, 0, -1], [1, 2, 3]])
  }

  @Test func somethingElseBesides() {
    let (gradient, extra) = grad({ (x: Tensor) in ((x * x).sum(), ["twice": x * 2]) }, hasAux: true)(t)
    #expect(numbers(gradient) == [2, 4, 6] && extra["twice"].map(numbers) == [2, 4, 6])
    #expect(extra["twice"]?.requiresGrad == false)
    let ((value, text), slope) = valueAndGrad({ (x: Tensor) in (x.sum(), "text") }, hasAux: true)(t)
    #expect(value.item() == 6 && text == "text" && numbers(slope) == [1, 1, 1])
  }

  @Test func whatTheInnerFunctionHoldsIsDifferentiatedAround() {
    // d/dw of the gradient of (x w)² at x: 4 x w.
    let mixed = grad { w in grad { x in (x * w).square().sum() }(t).sum() }(v)
    expectClose(mixed, 4 * t * v, 1e-12)
    let mapped = grad { s in vmap { x in grad { y in y.pow(3) }(x) }(s).sum() }(t)
    expectClose(mapped, 6 * t, 1e-12)
    let held = grad { s in vmap { x in grad { y in (y * x).square() }(Tensor(2.0, dtype: .float64)) }(s).sum() }(t)
    expectClose(held, 8 * t, 1e-12)
    #expect(!noGrad { grad(cubes)(Tensor(t, requiresGrad: true)) }.requiresGrad)
  }

  @Test func productsFromBehind() {
    let (y, pull) = vjp({ $0 * 2 }, t)
    #expect(numbers(y) == [2, 4, 6] && numbers(pull(v)) == [2, 0, -2] && numbers(pull(t)) == [2, 4, 6])
    let (_, both) = vjp({ (a: Tensor, b: Tensor) in a * b }, t, v)
    let (forA, forB) = both(onesLike(t))
    #expect(numbers(forA) == [1, 0, -1] && numbers(forB) == [1, 2, 3])
    let (value, product) = vjp({ $0.square() }, t, v)
    #expect(numbers(value) == [1, 4, 9] && numbers(product) == [2, 0, -6])
    let functional = autograd.functional.vjp({ $0.square() }, t, v)
    #expect(numbers(functional.vjp) == [2, 0, -6])
    let (out, tangent) = jvp({ (a: Tensor, b: Tensor) in a * b }, (t, v), (v, t))
    #expect(numbers(out) == [1, 0, -3] && numbers(tangent) == [2, 4, 10])
  }

  // torch.autograd.functional.jacobian(lambda a, b: (a * b, a.sum()), (t, v))
  @Test func jacobiansAreThoseOfPyTorch() {
    let rows = jacobian({ (a: Tensor, b: Tensor) in (a * b, a.sum()) }, (t, v))
    #expect(numbers(rows.0.0) == [1, 0, 0, 0, 0, 0, 0, 0, -1] && rows.0.0.shape == [3, 3])
    #expect(numbers(rows.0.1) == [1, 0, 0, 0, 2, 0, 0, 0, 3])
    #expect(numbers(rows.1.0) == [1, 1, 1] && rows.1.0.shape == [3])
    #expect(numbers(rows.1.1) == [0, 0, 0])
    let f = { (x: Tensor) in x.reshape([2, 3]).sin().matmul(x.reshape([3, 2])) }
    let x = scattered([6])
    let looped = jacobian(f, x)
    #expect(looped.shape == [2, 2, 6])
    expectClose(jacobian(f, x, vectorize: true), looped, 1e-12)
    expectClose(jacrev(f)(x), looped, 1e-12)
    expectClose(jacfwd(f)(x), looped, 1e-12)
    expectClose(jacrev(f, chunkSize: 3)(x), looped, 1e-12)
    let (a, b) = jacfwd({ (a: Tensor, b: Tensor) in a * b }, argnums: (0, 1))(t, v)
    expectClose(a, eye(3, dtype: .float64) * v, 1e-12)
    expectClose(b, eye(3, dtype: .float64) * t, 1e-12)
    let tree = jacrev { (p: [String: Tensor]) in (p["a"] ?? t) * (p["b"] ?? t).sum() }(["a": t, "b": v])
    #expect(tree["b"]?.shape == [3, 3] && tree["b"].map(numbers) == [1, 1, 1, 2, 2, 2, 3, 3, 3])
  }

  // torch.autograd.functional.hessian, hvp, vhp of (t ** 3).sum()
  @Test func secondDerivativesAreThoseOfPyTorch() {
    #expect(numbers(hessian(cubes, t)) == [6, 0, 0, 0, 12, 0, 0, 0, 18])
    #expect(numbers(hessian(cubes)(t)) == [6, 0, 0, 0, 12, 0, 0, 0, 18])
    let (value, product) = hvp(cubes, t, v)
    #expect(value.item() == 36 && numbers(product) == [6, 0, -18])
    let (same, behind) = vhp(cubes, t, v)
    #expect(same.item() == 36 && numbers(behind) == [6, 0, -18])
    let blocks = hessian({ (a: Tensor, b: Tensor) in (a.square() * b).sum() }, (t, v))
    #expect(numbers(blocks.0.0) == [2, 0, 0, 0, 0, 0, 0, 0, -2] && numbers(blocks.0.1) == [2, 0, 0, 0, 4, 0, 0, 0, 6])
    #expect(numbers(blocks.1.0) == [2, 0, 0, 0, 4, 0, 0, 0, 6] && numbers(blocks.1.1).allSatisfy { $0 == 0 })
    let named = hessian { (p: [String: Tensor]) in ((p["a"] ?? t).square() * (p["b"] ?? t)).sum() }(["a": t, "b": v])
    #expect(named["a"]?["b"].map(numbers) == [2, 0, 0, 0, 4, 0, 0, 0, 6])
    let (_, two) = hvp({ (a: Tensor, b: Tensor) in (a * b).sum() }, (t, v), (v, t))
    #expect(numbers(two.0) == [1, 2, 3] && numbers(two.1) == [1, 0, -1])
  }

  @Test func mappingWithDimensionsBehindTheFunction() {
    let f = { (w: Tensor, x: Tensor) in (w * x).sum() }
    let samples = scattered([4, 3])
    expectClose(vmap(grad(f), inDims: (nil, 0))(t, samples), samples, 1e-12)
    expectClose(vmap(f, inDims: [nil, 1])(t, samples.t()), matmul(samples, t), 1e-12)
    expectClose(vmap({ (x: Tensor) in x * 2 }, inDims: 1, outDims: 1)(samples), samples * 2, 1e-12)
  }

  @Test func gradientsByTheNamesOfAutograd() {
    let w = Tensor([2.0], requiresGrad: true)
    let unused = Tensor([1.0], requiresGrad: true)
    let y = (w * w * w).sum()
    let first = autograd.grad(y, w, createGraph: true)[0]
    let second = autograd.grad(outputs: first.sum(), inputs: [w], retainGraph: true)[0]
    #expect(first.item() == 12 && second.item() == 12 && w.grad == nil)
    #expect(autograd.grad((w * 2).sum(), [w, unused], allowUnused: true)[1] == nil)
    #expect(autograd.grad((w * 2).sum(), [w, unused], materializeGrads: true)[1].item() == 0)
    #expect(grad((w * 5).sum(), [w])[0].item() == 5)
    autograd.backward([w.sum(), (unused * w).sum()])
    #expect(w.grad?.item() == 2 && unused.grad?.item() == 2)
  }

  @Test func backwardInItsForms() {
    let (a, b) = (Tensor([1.0, 2.0], requiresGrad: true), Tensor([3.0, 4.0], requiresGrad: true))
    (a * b).backward(gradient: Tensor([1.0, 10.0]))
    #expect(a.grad?.array() == [3, 40] as [Float] && b.grad?.array() == [1, 20] as [Float])
    (a.grad, b.grad) = (nil, nil)
    let inner = a * b
    inner.sum().backward(inputs: [a, inner])
    #expect(a.grad?.array() == [3, 4] as [Float] && b.grad == nil && inner.grad?.array() == [1, 1] as [Float])
    backward((a * 2).sum())
    #expect(a.grad?.array() == [5, 6] as [Float])
  }

  @Test func hooksComeOffAgain() {
    let x = Tensor([1.0], requiresGrad: true)
    let handle = x.registerHook { $0 * 10.0 }
    x.sum().backward()
    handle.remove()
    handle.remove()
    x.sum().backward()
    #expect(x.grad?.item() == 11)
  }

  @Test func recordingIsSwitchedOnAndOff() {
    let x = Tensor([1.0, 2.0])
    #expect(!(x * 2).requiresGrad)
    x.requiresGrad = true
    #expect(x.requiresGrad && x.isLeaf)
    (x * x).sum().backward()
    #expect(x.grad?.array() == [2, 4] as [Float])
    var moved = x
    noGrad { moved -= 1.0 }
    #expect(x.array() == [0, 1] as [Float])
    x.requiresGrad = false
    #expect(!(x * 2).requiresGrad)
    let column = scattered([2, 3]).t().requiresGrad_()
    column.sum().backward()
    #expect(
      column.grad?.shape == [3, 2] && column.array(as: Double.self) == scattered([2, 3]).t().array(as: Double.self))
    let frozen = parameter(Tensor([1.0]))
    for p in [frozen] { p.requiresGrad = false }
    #expect(!frozen.requiresGrad && frozen.isParameter && !(frozen * 2).requiresGrad)
    frozen.requiresGrad_()
    #expect((frozen * 2).requiresGrad)
  }

  @Test func aCheckedGradientThatIsWrongIsToldWithBothMatrices() throws {
    enum Sign: Function {
      static func forward(_ ctx: Context, _ x: Tensor) -> Tensor { x.sign() }
      static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor { gradOutput }
    }
    let x = Tensor(t, requiresGrad: true)
    #expect(!gradcheck({ Sign.apply($0) }, x, raiseException: false))
    let error = #expect(throws: TensorError.self) { try withErrors { gradcheck({ Sign.apply($0) }, x) } }
    #expect(error?.message.contains("numerical: tensor([[0., 0., 0.]") == true)
    #expect(error?.message.contains("analytical: tensor([[1., 0., 0.]") == true)
    #expect(gradcheck({ $0.sin() * 2 }, x))
    #expect(gradgradcheck({ $0.pow(3) }, x))
  }

  @Test(arguments: [
    Mistake("gradient of a vector", .shape, "grad", "[3]", "jacrev") { grad { $0 * 2 }(Tensor([1.0, 2, 3])) },
    Mistake("argument that is not there", .value, "argnums", "2 arguments") {
      grad({ (a: Tensor, b: Tensor) in (a * b).sum() }, argnums: 5)(Tensor.ones(2), Tensor.ones(2))
    },
    Mistake("gradient for integers", .dtype, "int64") { grad { $0.sum() }(Tensor([1, 2])) },
    Mistake("nothing to check", .autograd, "gradcheck", "requiresGrad: true") { gradcheck({ $0 * 2 }, Tensor.ones(2)) },
    Mistake("requiresGrad of integers", .dtype, "int64") { Tensor([1, 2]).requiresGrad = true },
    Mistake("requiresGrad of a result", .autograd, "leaves", "detach()") {
      let y = Tensor([1.0], requiresGrad: true) * 2
      y.requiresGrad = false
    },
    Mistake("unused input", .autograd, "input 1", "allowUnused: true") {
      let (a, b) = (Tensor([1.0], requiresGrad: true), Tensor([1.0], requiresGrad: true))
      return autograd.grad(a.sum(), [a, b])
    },
    Mistake("no graph for a second derivative", .autograd, "requiresGrad: true") {
      let a = Tensor([1.0], requiresGrad: true)
      return autograd.grad(autograd.grad((a * a).sum(), a)[0].sum(), a)
    },
    Mistake("in place on a leaf", .autograd, "in place", "noGrad") {
      var a = Tensor([1.0], requiresGrad: true)
      a += 1.0
    },
    Mistake("inputs of backward without gradient", .autograd, "input 0") {
      Tensor([1.0], requiresGrad: true).sum().backward(inputs: [Tensor.ones(1)])
    },
  ])
  func mistakesAreExplained(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(mistake): \(complaint ?? "")")
  }
}
