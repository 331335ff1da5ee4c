import Apus
import Foundation
import Testing

@Suite struct CompilingCode {
  @Test func functions() {
    let (scale, shift) = (randn(64), randn(64))
    let f = compile { (x: Tensor) in (x * scale + shift).gelu() * 2 }
    let y = f(randn(32, 64))  // runs, and is captured
    let z = f(randn(32, 64))  // runs as one fused kernel
    #expect(y.shape == z.shape)
  }

  @Test func steps() {
    let model = Sequential(Linear(20, 64), ReLU(), Dropout(0.1), Linear(64, 3))
    let optimizer = AdamW(model.parameters(), lr: 1e-3)
    let step = compile { (x: Tensor, y: Tensor) in
      optimizer.zeroGrad()
      let loss = crossEntropy(model(x), y)
      loss.backward()
      optimizer.step()
      return loss
    }
    for _ in 0..<10 { print(step(randn(16, 20), randint(0, 3, [16])).item()) }

    let forward = compile { (x: Tensor) in model(x) }
    crossEntropy(forward(randn(16, 20)), randint(0, 3, [16])).backward()
    #expect(!step.explain().contains("eagerly") && !forward.explain().contains("eagerly"))
  }

  @Test func fallsBack() {
    let picky = compile { (x: Tensor) in x.sum().item() > 0 ? x * 2 : x * 3 }
    print(picky(Tensor([1.0])), picky(Tensor([-1.0])))  // tensor([2.]) tensor([-3.])
    print(picky.explain())
    #expect(picky(Tensor([1.0])).item() == 2)
  }

  @Test func branchesAndLoops() {
    let settle = compile { (x: Tensor) in
      let small = whileLoop(x, while: { $0.norm().gt(1) }, do: { $0 / 2 })
      return cond(small.sum().gt(0), then: { small }, else: { -small })
    }
    print(settle(Tensor([3.0, 4.0])))  // tensor([0.3750, 0.5000])
    print(settle(Tensor([-0.3, -0.4])))  // tensor([0.3000, 0.4000])
    #expect(
      "\(settle(Tensor([3.0, 4.0]))) \(settle(Tensor([-0.3, -0.4])))"
        == "tensor([0.3750, 0.5000]) tensor([0.3000, 0.4000])")
    #expect(!settle.explain().contains("eagerly"))
  }

  @Test func stages() throws {
    let path = NSTemporaryDirectory() + "apus-guide-\(UUID()).html"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let f = compile { (x: Tensor) in (x * 2 + 1).tanh().sum() }
    print(f(randn(8, 8)).shape)
    for stage in f.stages { print(stage.title, stage.note) }
    try writePage(of: f.stages, title: "A small function", to: path)
    #expect(f.stages.first?.title == "captured" && f.stages.contains { $0.title == "pointwise fusion" })
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("<svg"))
  }

  @Test func exports() throws {
    let digits = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
    let source = try exportC({ (x: Tensor) in digits(x) }, example: randn(1, 64), name: "digits")
    print(source.contains("void digits(const float *in0, float *out0)"))  // true
    #expect(source.contains("void digits(const float *in0, float *out0)"))
  }

  @Test func programFiles() throws {
    let path = NSTemporaryDirectory() + "apus-guide-\(UUID()).apus"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let encoder = Sequential(Linear(16, 32), GELU(), Linear(32, 8))
    try export(encoder, example: zeros(1, 16), to: path, dynamic: ["x": [0: "batch"]], inputNames: ["x"])

    let program = try Program.load(path)
    print(program.inputs)  // [x: float32[batch, 16]]
    print(try program(randn(3, 16))[0].shape)  // [3, 8]
    #expect("\(program.inputs)" == "[x: float32[batch, 16]]")
    #expect(try program(randn(3, 16))[0].shape == [3, 8])
  }

  @Test func formatOfProgramFiles() throws {
    let path = NSTemporaryDirectory() + "apus-guide-\(UUID()).apus"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
    try export(model, example: zeros(1, 64), to: path, dynamic: ["image": [0: "batch"]], inputNames: ["image"])
    let program = try Program.load(path)
    let logits = try program(rand(5, 64))[0]
    print(program.inputs, logits.shape)  // [image: float32[batch, 64]] [5, 10]
    #expect("\(program.inputs) \(logits.shape)" == "[image: float32[batch, 64]] [5, 10]")

    let cell = GRUCell(3, 8)
    @Sendable func states(_ x: Tensor) -> Tensor {
      scan(over: x, initial: zeros(x.shape[1], 8)) { (h: Tensor, x: Tensor) in
        let h = cell(x, h)
        return (h, h)
      }.1
    }
    try export(
      states, of: cell, example: zeros(5, 1, 3), to: path, dynamic: ["x": [0: "length", 1: "batch"]], inputNames: ["x"])
    let recurrence = try Program.load(path)
    print(recurrence.outputs)  // [output_0: float32[length, batch, 8]]
    print(try recurrence(rand(30, 2, 3))[0].shape)  // [30, 2, 8]
    #expect("\(recurrence.outputs)" == "[output_0: float32[length, batch, 8]]")
    #expect(try recurrence(rand(30, 2, 3))[0].shape == [30, 2, 8])

    do { _ = try recurrence([rand(30, 2, 3)], limit: 20) } catch { print(error) }
    // scan: the loops have not ended after 20 rounds, the limit that the caller set; a larger one lets them go on
    let told = #expect(throws: TensorError.self) { try recurrence([rand(30, 2, 3)], limit: 20) }
    let expected = "scan: the loops have not ended after 20 rounds, the limit that the caller set"
    #expect(told.map { "\($0)" } == expected + "; a larger one lets them go on")
  }
}

@Suite struct TransformsCode {
  @Test func forwardDerivatives() {
    let x = Tensor([1.0, 2.0, 3.0])
    let (value, tangent) = jvp({ $0.square() }, primals: x, tangents: Tensor.ones(3))
    print(value, tangent)  // tensor([1., 4., 9.]) tensor([2., 4., 6.])
    #expect(tangent.array() == [2, 4, 6] as [Float])

    let cubes = { (x: Tensor) in (x * x * x).sum() }
    let product = jvp(grad(cubes), primals: x, tangents: Tensor([1.0, 0.0, 0.0])).tangent
    print(product)  // tensor([6., 0., 0.])
    #expect(product.array() == [6, 0, 0] as [Float])
  }

  @Test func samples() {
    let dots = vmap { (a: Tensor, b: Tensor) in a.dot(b) }
    print(dots(Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([[1.0, 1.0], [1.0, 1.0]])))  // tensor([3., 7.])

    let scaled = vmap(inDims: [1, nil]) { (column: Tensor, factor: Tensor) in column * factor }
    print(scaled(Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor(10.0)))

    let weight = randn(3)
    let perSample = vmap { (x: Tensor, y: Tensor) in
      grad { w in (w.dot(x) - y).square() }(weight)
    }
    print(perSample(randn(8, 3), randn(8)).shape)  // [8, 3]
    #expect(perSample(randn(8, 3), randn(8)).shape == [8, 3])
  }

  @Test func ownOperations() {
    let squareplus = Formula("Squareplus", .floating) { x in (x + (x.squared + 4)(.sqrt)) * 0.5 }
    print(squareplus(Tensor([0.0, 1.5])))  // tensor([1., 2.])
    print(grad { squareplus($0).sum() }(Tensor([0.0, 1.5])))  // tensor([0.5000, 0.8000])
    #expect("\(squareplus(Tensor([0.0, 1.5])))" == "tensor([1., 2.])")
    #expect("\(grad { squareplus($0).sum() }(Tensor([0.0, 1.5])))" == "tensor([0.5000, 0.8000])")
  }
}
