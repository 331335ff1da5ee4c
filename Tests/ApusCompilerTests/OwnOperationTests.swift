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

/// An operation of one's own with two results: the elements of a vector at even and at odd places.
private struct Unzip: Primitive, Hashable {
  var name: String { "Unzip" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard inputs[0].shape.count == 1 else {
      throw TensorError(.shape, "unzip", "needs a vector, and found \(inputs[0].shape)")
    }
    let n = inputs[0].count
    return [TensorType([(n + 1) / 2], inputs[0].dtype), TensorType([n / 2], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    for (start, result) in results.enumerated() { try result.fill(from: inputs[0].slice(0, start, nil, 2)) }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    var gradient = Tensor.zeros(node.inputType(0).shape, dtype: node.inputType(0).dtype)
    for (start, cotangent) in cotangents.enumerated() {
      if let cotangent { gradient = gradient.sliceScatter(cotangent, dim: 0, start: start, step: 2) }
    }
    return [gradient]
  }
}

@Suite struct OwnPrimitiveTests {
  private func unzip(_ x: Tensor) -> (Tensor, Tensor) {
    let made = apply(Unzip(), [x])
    return (made[0], made[made.count - 1])
  }

  @Test func fillsResultsThatTheDoorAllocates() {
    let (even, odd) = unzip(Tensor([0.0, 1.0, 2.0, 3.0, 4.0]))
    #expect(even.array() == [0, 2, 4] && odd.array() == [1, 3])
  }

  @Test func differentiates() {
    let x = Tensor([1.0, 2.0, 3.0], requiresGrad: true)
    let (even, odd) = unzip(x)
    ((even * even).sum() + odd.sum() * 5).backward()
    #expect(x.grad?.array() == [2, 5, 6])
  }

  @Test func runsInCompiledFunctions() {
    let f = compile { (x: Tensor) in
      let made = apply(Unzip(), [x.exp()])
      return made[0].sum() * made[1].sum()
    }
    for _ in 0..<3 {
      let x = randn(9)
      let (even, odd) = unzip(x.exp())
      expectClose(f(x), even.sum() * odd.sum())
    }
  }

  @Test func saysWhatIsWrong() {
    let error = #expect(throws: TensorError.self) { try withErrors { _ = apply(Unzip(), [Tensor.ones([2, 2])]) } }
    #expect(error?.description.contains("needs a vector") == true)
  }
}
