import Apus
import Testing

/// Checks that two tensors are equal up to `tolerance` relative to the largest element.
func expectClose(
  _ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(a.shape == b.shape, sourceLocation: sourceLocation)
  guard a.shape == b.shape, a.count > 0 else { return }
  let (x, y) = (a.detach().array(as: Double.self), b.detach().array(as: Double.self))
  let scale = max(1, y.map(\.magnitude).max() ?? 1)
  let worst = zip(x, y).map { ($0 - $1).magnitude }.max() ?? 0
  #expect(worst <= tolerance * scale, sourceLocation: sourceLocation)
}

@Suite struct CompileTests {
  @Test func givesWhatTheFunctionGives() {
    manualSeed(0)
    let (a, b, c) = (randn(32), randn(32), randn(32))
    let f = { @Sendable (x: Tensor) in ((x * a + b).gelu() * c).sum(1) }
    let compiled = compile(f)
    for _ in 0..<3 {
      let x = randn(8, 32)
      expectClose(compiled(x), f(x))
    }
    #expect(compiled.explain().contains("fused 4 pointwise operations into 1"))
    #expect(compiled.graph.contains("fused"))
  }

  @Test func anotherShapeIsAnotherEntry() {
    let f = compile { (x: Tensor) in (x * 2).sum() }
    #expect(f(Tensor.ones(3)).item() == 6)
    #expect(f(Tensor.ones(4)).item() == 8)
    #expect(f(Tensor.ones(3)).item() == 6)
    #expect(f.explain().contains("float32[3]"))
    #expect(f.explain().contains("argument 0 is float32[4], and was float32[3]"))
  }

  @Test func oldSignaturesAreForgotten() {
    let f = compile(executor: .chunks) { (x: Tensor) in x + 1 }
    for n in 1...100 { #expect(f(Tensor.zeros(n)).sum().item() == Double(n)) }
    #expect(f.explain().count(where: { $0 == "\n" }) < 500)
    #expect(!f.explain().contains("(float32[1])\n"))
    #expect(f(Tensor.zeros(1)).item() == 1)
  }

  @Test func controlFlowOfTheHostIsPartOfTheSignature() {
    let f = compile { (x: Tensor, times: Int) in
      var y = x
      for _ in 0..<times { y = y * x }
      return y
    }
    #expect(f(Tensor([2.0]), 3).item() == 16)
    #expect(f(Tensor([3.0]), 3).item() == 81)
    #expect(f(Tensor([3.0]), 1).item() == 9)
  }

  @Test func readingAValueFallsBack() {
    let f = compile { (x: Tensor) in x.sum().item() > 0 ? x * 2 : x * 3 }
    #expect(f(Tensor([1.0])).item() == 2)
    #expect(f(Tensor([-1.0])).item() == -3)
    #expect(f(Tensor([1.0])).item() == 2)
    #expect(f.explain().contains("runs eagerly"))
  }

  @Test func treesGoInAndOut() {
    let f = compile { (xs: [Tensor], named: [String: Tensor]) in
      (xs[0] + xs[1], ["difference": xs[0] - xs[1], "named": named["z", default: xs[0]] * 2])
    }
    for k in 1...3 {
      let (sum, others) = f([Tensor([Double(k)]), Tensor([2.0])], ["z": Tensor([Double(10 * k)])])
      #expect(sum.item() == Double(k) + 2)
      #expect(others["difference"]?.item() == Double(k) - 2)
      #expect(others["named"]?.item() == Double(20 * k))
    }
  }

  @Test(arguments: [CompileExecutor.chunks, .native])
  func executorsAgree(_ executor: CompileExecutor) {
    manualSeed(9)
    let (row, column, image) = (randn(64), randn(40, 1), randn(2, 3, 5, 8))
    let matrix = compile(executor: executor) { (x: Tensor) in
      let y = (x * row + column).tanh()
      return [y.sigmoid() - x, `where`(y .> 0, y.exp(), x.square()), (x.abs() + 1).log() / (y * y + 2).sqrt()]
    }
    let channels = compile(executor: executor) { (x: Tensor) in
      (x * image.select(0, 0).unsqueeze(0)).silu().permute([0, 2, 3, 1]) * 0.5 + 1
    }
    for _ in 0..<2 {
      let x = randn(40, 64)
      let y = (x * row + column).tanh()
      let made = matrix(x)
      expectClose(made[0], y.sigmoid() - x)
      expectClose(made[1], `where`(y .> 0, y.exp(), x.square()))
      expectClose(made[2], (x.abs() + 1).log() / (y * y + 2).sqrt())
      let z = randn(2, 3, 5, 8)
      expectClose(channels(z), (z * image.select(0, 0).unsqueeze(0)).silu().permute([0, 2, 3, 1]) * 0.5 + 1)
    }
  }

  @Test func intermediateValuesShareMemory() throws {
    let weights = (0..<6).map { _ in randn(64, 64) * 0.1 }
    let f = compile { (x: Tensor) in weights.reduce(x) { matmul($0, $1).tanh() + 1 } }
    let x = randn(32, 64)
    for _ in 0..<2 { expectClose(f(x), weights.reduce(x) { matmul($0, $1).tanh() + 1 }) }
    let line = try #require(f.explain().split(separator: "\n").first { $0.contains("planned") })
    let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
    // Eleven intermediate values of 8192 bytes; two live at a time.
    #expect(numbers == [11, 16384, 90112], "\(line)")
  }

  @Test func activationsRunInTheProductBefore() {
    manualSeed(12)
    // Channels for the library's convolution and for our own of 3x3 filters.
    for channels in [4, 32] {
      let (weight, bias) = (randn(channels, channels, 3, 3) * 0.2, randn(channels))
      let f = compile { (x: Tensor) in [conv2d(x, weight, bias, padding: 1).relu(), conv2d(x, weight).gelu()] }
      for _ in 0..<2 {
        let x = randn(2, channels, 9, 9)
        let expected = [conv2d(x, weight, bias, padding: 1).relu(), conv2d(x, weight).gelu()]
        for (a, b) in zip(f(x), expected) { expectClose(a, b) }
      }
      #expect(f.explain().contains("2 activations run inside"), "\(f.explain())")
    }
    let (weight, bias) = (randn(5, 7, dtype: .float64), randn(5, dtype: .float64))
    let f = compile { (x: Tensor) in linear(x, weight, bias).gelu(approximate: .tanh) }
    for _ in 0..<2 {
      let x = randn(3, 7, dtype: .float64)
      expectClose(f(x), linear(x, weight, bias).gelu(approximate: .tanh), 1e-12)
    }
  }

  @Test func sumsRunInTheProductBefore() {
    manualSeed(14)
    let (narrow, wide) = (randn(192, 256) * 0.1, randn(256, 192) * 0.1)
    let bias = randn(192)
    // A residual connection, the product on the left or the right, with and without a bias.
    let residual = { @Sendable (x: Tensor) -> Tensor in
      let y = x + linear(linear(x, wide).gelu(), narrow, bias)
      return linear(linear(y, wide).relu(), narrow) + y
    }
    // What is read elsewhere too, is broadcast, or is added to itself stays apart.
    let apart = { @Sendable (x: Tensor) -> Tensor in
      let y = linear(linear(x, wide), narrow)
      let row = linear(linear(x, wide).cos(), narrow).narrow(0, 0, 1)
      return (x + y) * y + (x + row)
    }
    for f in [residual, apart] {
      let compiled = compile(f)
      for rows in [5, 7] {
        let x = randn(2, rows, 192)
        for _ in 0..<2 { expectClose(compiled(x), f(x), 1e-5) }
      }
    }
    let unchanged = compile(apart)
    _ = unchanged(randn(2, 5, 192))
    #expect(!unchanged.explain().contains("sums run inside"), "\(unchanged.explain())")
  }

  /// The gradients of such a sum, and an optimiser's step that changes the weight: the product uses what the weight is then.
  @Test func sumsOfProductsInTrainingSteps() {
    let made = [false, true].map { isCompiled -> [Tensor] in
      manualSeed(15)
      let (first, second) = (Linear(192, 256), Linear(256, 192))
      let optimizer = SGD(first.parameters() + second.parameters(), lr: 0.05)
      let step = { @Sendable (x: Tensor) -> Tensor in
        optimizer.zeroGrad()
        let y = x + second(first(x).relu())
        let loss = (y * y).mean()
        loss.backward()
        optimizer.step()
        return loss
      }
      let run = isCompiled ? compile(step) : nil
      let x = randn(6, 192)
      return (0..<4).map { _ in run.map { $0(x) } ?? step(x) } + [first.weight, second.weight].map { $0.detach() }
    }
    for (a, b) in zip(made[0], made[1]) { expectClose(a, b, 1e-5) }
  }

  @Test(arguments: [CompileExecutor.chunks, .native])
  func sumsOfWhatIsComputed(_ executor: CompileExecutor) {
    manualSeed(10)
    let row = randn(72)
    let f = compile(executor: executor) { (x: Tensor) in
      let y = (x * row).tanh() * 2 + x
      return [y, y.sum(1), y.sum(1, keepDim: true), (y * x).sum(0), y.exp().sum(), (x.square() + 1).mean()]
    }
    for _ in 0..<2 {
      let x = randn(700, 72)
      let y = (x * row).tanh() * 2 + x
      let expected = [y, y.sum(1), y.sum(1, keepDim: true), (y * x).sum(0), y.exp().sum(), (x.square() + 1).mean()]
      for (a, b) in zip(f(x), expected) { expectClose(a, b) }
    }
    #expect(!f.explain().contains("with 0 sums"), "\(f.explain())")
    let cube = compile(executor: executor) { (x: Tensor) in (x + 1).square().sum([1, 2]) }
    for _ in 0..<2 {
      let x = randn(9, 30, 40)
      expectClose(cube(x), (x + 1).square().sum([1, 2]))
    }
  }

  /// Rows shorter and longer than a chunk, one element, many; operands that are broadcast either way.
  @Test(arguments: [CompileExecutor.chunks, .native], [(1, 5), (700, 1), (90, 7), (333, 300), (5, 1024), (3, 5000)])
  func sumsOfRowsOfAnyLength(_ executor: CompileExecutor, _ sizes: (Int, Int)) {
    manualSeed(11)
    let (row, column) = (randn(sizes.1), randn(sizes.0, 1))
    let plain = { @Sendable (x: Tensor) -> [Tensor] in
      let y = (x * 0.5 + row).square() + column
      let z = x.exp() + x
      return [y.sum(0), y.sum(1), y.sum(), z.sum(0), z, x.gt(0).to(.float32).sum(0), (x * x - 1).sum(1) * 2]
    }
    let f = compile(executor: executor, plain)
    for _ in 0..<2 {
      let x = randn(sizes.0, sizes.1)
      for (a, b) in zip(f(x), plain(x)) { expectClose(a, b, 2e-5) }
    }
  }

  /// Sums of everything have no rows: elements may be cut anywhere, also those of one long row or column.
  @Test(
    arguments: [CompileExecutor.chunks, .native], [[100_003], [1, 100_003], [100_003, 1], [2, 50_001], [3, 70_000]])
  func sumsOfLongTensors(_ executor: CompileExecutor, _ shape: [Int]) {
    manualSeed(12)
    let plain = { @Sendable (x: Tensor) -> [Tensor] in
      let y = (x * 0.5).square() - x
      return [y.sum(), y.sum(0), y.sum(-1), y, y.exp().mean()]
    }
    let f = compile(executor: executor, plain)
    for _ in 0..<2 {
      let x = randn(shape)
      for (a, b) in zip(f(x), plain(x)) {
        #expect(a.shape == b.shape)
        expectClose(a / 100, b / 100, 2e-4)
      }
    }
  }

  @Test(arguments: [CompileExecutor.chunks, .native])
  func gradientsThatLieOtherwiseThanWhenCaptured(_ executor: CompileExecutor) {
    manualSeed(14)
    let weight = parameter(randn(40, 60))
    let plain = { @Sendable (x: Tensor) -> [Tensor] in
      guard let gradient = weight.grad else { return [] }
      return noGrad { [(gradient * 2 + x).tanh(), (gradient * x).sum(0), (gradient.exp() + 1).sum()] }
    }
    let f = compile(executor: executor, plain)
    let x = randn(40, 60)
    let layouts = [randn(40, 60), randn(60, 40).t(), randn(40, 120)[0..., ..<60], randn(60).expand(40, 60)]
    for gradient in layouts + layouts.reversed() {
      weight.grad = gradient
      for (a, b) in zip(f(x), plain(x)) { expectClose(a, b) }
    }
  }

  /// What an operation demands of elements is tested at every call, and does not keep it from being captured.
  @Test func checksOfElementsAreCaptured() throws {
    let f = compile { (x: Tensor, y: Tensor) in binaryCrossEntropy(x, y) }
    let y = Tensor([1.0, 0.0])
    for x in [Tensor([0.5, 0.25]), Tensor([0.9, 0.75])] { expectClose(f(x, y), binaryCrossEntropy(x, y)) }
    let error = #expect(throws: TensorError.self) { try withErrors { f(Tensor([0.5, 1.25]), y) } }
    #expect("\(error.map { "\($0)" } ?? "")".contains("from 0.5 to 1.25"))
    let g = compile { (x: Tensor, y: Tensor) in x.remainder(y) }
    for y in [Tensor([3, 2]), Tensor([5, 4])] {
      #expect(g(Tensor([7, 9]), y).array() == Tensor([7, 9]).remainder(y).array())
    }
    #expect(throws: TensorError.self) { try withErrors { g(Tensor([7, 9]), Tensor([0, 4])) } }
    for text in [f.explain(), g.explain()] { #expect(!text.contains("eagerly"), "\(text)") }
  }

  /// A mistake at the first call is that call's: the next one is captured.
  @Test func mistakesAtTheFirstCallAreNotKept() throws {
    let f = compile { (x: Tensor, y: Tensor) in binaryCrossEntropy(x, y) }
    let y = Tensor([1.0, 0.0])
    #expect(throws: TensorError.self) { try withErrors { f(Tensor([0.5, 1.25]), y) } }
    #expect(f.explain() == "nothing is compiled yet: no call has succeeded")
    for x in [Tensor([0.5, 0.25]), Tensor([0.9, 0.75])] { expectClose(f(x, y), binaryCrossEntropy(x, y)) }
    #expect(f.explain().contains("captured"))
  }

  @Test func captureParametersAsInputs() {
    let weight = Tensor([1.0, 2.0], requiresGrad: true)
    let f = compile { (x: Tensor) in noGrad { x * weight } }
    let x = Tensor([3.0, 4.0])
    #expect(f(x).array() == [3, 8])
    noGrad {
      var w = weight
      w.assign(Tensor([10.0, 20.0]))
    }
    #expect(f(x).array() == [30, 80])
  }

  @Test func differentiatesThroughACompiledFunction() {
    manualSeed(1)
    let model = Sequential(Linear(6, 8), Tanh(), Linear(8, 3))
    let forward = compile { (x: Tensor) in model(x) }
    for round in 0..<3 {
      let x = Tensor(randn(5, 6), requiresGrad: true)
      let other = Tensor(x.detach(), requiresGrad: true)
      let cotangent = randn(5, 3)
      for p in model.parameters() { p.grad = nil }
      (forward(x * 2) * cotangent).sum().backward()
      let gradients = model.parameters().map { $0.grad }
      for p in model.parameters() { p.grad = nil }
      (model(other * 2) * cotangent).sum().backward()
      for (mine, p) in zip(gradients, model.parameters()) {
        guard let mine, let theirs = p.grad else {
          Issue.record("no gradient in round \(round)")
          continue
        }
        expectClose(mine, theirs)
      }
      if let mine = x.grad, let theirs = other.grad { expectClose(mine, theirs) } else { Issue.record("no gradient") }
    }
    #expect(forward.explain().contains("backward"))
  }

  @Test func randomNumbersAreDrawnInEveryCall() {
    let f = compile { (x: Tensor) in dropout(x, p: 0.5) }
    let x = Tensor.ones(100)
    manualSeed(3)
    let compiled = (0..<3).map { _ in f(x).array() }
    manualSeed(3)
    let eager = (0..<3).map { _ in dropout(x, p: 0.5).array() }
    #expect(compiled == eager)
    #expect(compiled[0] != compiled[1])
  }

  @Test func trainingModeIsGuarded() {
    let model = Sequential(Dropout(0.5))
    let f = compile { (x: Tensor) in model(x) }
    let x = Tensor.ones(64)
    _ = f(x)
    #expect(f(x).array().contains(0))
    model.eval()
    #expect(!f(x).array().contains(0))
    model.train()
    #expect(f(x).array().contains(0))
    #expect(f.explain().contains("evaluation mode") || f.explain().contains("training mode"))
  }

  @Test func mistakesAreReportedAsInEagerMode() throws {
    let f = compile { (x: Tensor, y: Tensor) in crossEntropy(x, y) }
    let x = Tensor.zeros(2, 3)
    _ = f(x, Tensor([0, 1]))
    let error = #expect(throws: TensorError.self) { try withErrors { f(x, Tensor([0, 7])) } }
    #expect(error?.description.contains("out of bounds for 3 classes") == true)
    #expect(f(x, Tensor([0, 2])).item() > 0)
  }
}

/// Networks of the spine: what they compute, their gradients, and what optimisers keep, compiled and eager.
@Suite struct CompiledTrainingTests {
  private func train(
    _ steps: Int, compiled isCompiled: Bool, _ make: () -> any Layer,
    _ optimizer: ([Tensor]) -> Optimizer, _ x: Tensor, _ y: Tensor
  ) -> (losses: [Double], parameters: [Tensor], state: StateDict) {
    manualSeed(7)
    let model = make()
    let optimizer = optimizer(model.parameters())
    let step = { @Sendable (x: Tensor, y: Tensor) -> Tensor in
      optimizer.zeroGrad()
      let loss = crossEntropy(model.forward(x), y)
      loss.backward()
      optimizer.step()
      return loss
    }
    var losses: [Double] = []
    if isCompiled {
      let compiled = compile(step)
      for _ in 0..<steps { losses.append(compiled(x, y).item()) }
      #expect(!compiled.explain().contains("eagerly"), "\(compiled.explain())")
    } else {
      for _ in 0..<steps { losses.append(step(x, y).item()) }
    }
    return (losses, model.stateDict().names.compactMap { model.stateDict()[$0] }, optimizer.stateDict())
  }

  private func compare(
    _ make: () -> any Layer, _ optimizer: ([Tensor]) -> Optimizer, input: [Int], classes: Int
  ) {
    manualSeed(11)
    let x = rand(input)
    let y = randint(0, classes, [input[0]])
    let eager = train(20, compiled: false, make, optimizer, x, y)
    let compiled = train(20, compiled: true, make, optimizer, x, y)
    for (a, b) in zip(eager.losses, compiled.losses) { #expect((a - b).magnitude <= 1e-4 * max(1, a.magnitude)) }
    #expect(eager.parameters.count == compiled.parameters.count)
    for (a, b) in zip(eager.parameters, compiled.parameters) { expectClose(b, a, 1e-4) }
    for name in eager.state.names {
      guard let a = eager.state[name], let b = compiled.state[name] else {
        Issue.record("\(name) is missing")
        continue
      }
      expectClose(b, a, 1e-4)
    }
  }

  @Test func multilayerPerceptronWithAdam() {
    compare(
      { Sequential(Linear(20, 32), ReLU(), Linear(32, 16), GELU(), Linear(16, 5)) },
      { Adam($0, lr: 1e-3) }, input: [12, 20], classes: 5)
  }

  @Test func convolutionsWithBatchNormAndDropout() {
    compare(
      {
        Sequential(
          Conv2d(1, 4, kernelSize: 3, padding: 1), BatchNorm2d(4), ReLU(), MaxPool2d(2), Conv2d(4, 8, kernelSize: 3),
          ReLU(), AvgPool2d(2), Flatten(), Dropout(0.3), Linear(8, 4))
      },
      { SGD($0, lr: 0.05, momentum: 0.9, weightDecay: 1e-4, nesterov: true) }, input: [6, 1, 8, 8], classes: 4)
  }

  @Test func layerNormAndSoftmaxWithAdamW() {
    compare(
      { Sequential(Linear(10, 16), LayerNorm(16), SiLU(), Linear(16, 16), Sigmoid(), Linear(16, 3)) },
      { AdamW($0, lr: 1e-2) }, input: [7, 10], classes: 3)
  }

  /// Expects the same numbers from `train` with compiled steps of a linear model and without.
  private func expectSame(
    seed: Int, input: @autoclosure () -> Tensor,
    train: (_ model: Linear, _ x: Tensor, _ y: Tensor, _ isCompiled: Bool) -> [Float]
  ) {
    manualSeed(seed)
    let (x, y) = (input(), randint(0, 3, [8]))
    let results = [false, true].map { isCompiled in
      manualSeed(seed)
      return train(Linear(4, 3), x, y, isCompiled)
    }
    for (a, b) in zip(results[0], results[1]) { #expect((a - b).magnitude < 1e-4) }
  }

  @Test func rmspropWithALearningRateThatChanges() {
    expectSame(seed: 5, input: rand(8, 4)) { model, x, y, isCompiled in
      let optimizer = RMSprop(model.parameters(), lr: 0.1)
      let step = { @Sendable (x: Tensor, y: Tensor) -> Tensor in
        optimizer.zeroGrad()
        let loss = crossEntropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()
      }
      let run = compile(step)
      for i in 0..<6 {
        optimizer.lr = 0.1 / Double(i + 1)
        _ = isCompiled ? run(x, y) : step(x, y)
      }
      return model.weight.detach().array()
    }
  }

  @Test func clippedGradientsAreCaptured() {
    expectSame(seed: 6, input: randn(8, 4)) { model, x, y, isCompiled in
      let optimizer = SGD(model.parameters(), lr: 1)
      let step = { @Sendable (x: Tensor, y: Tensor) -> Tensor in
        optimizer.zeroGrad()
        crossEntropy(model(x) * 10, y).backward()
        let norm = clipGradNorm(model.parameters(), maxNorm: 0.5)
        optimizer.step()
        return norm
      }
      let run = compile(step)
      var norms: [Float] = []
      for _ in 0..<4 { norms += (isCompiled ? run(x, y) : step(x, y)).array() }
      if isCompiled { #expect(!run.explain().contains("eagerly")) }
      return norms + model.weight.detach().array()
    }
  }

  @Test func gradientsStayWhereAUserLooksForThem() {
    manualSeed(2)
    let model = Linear(3, 2)
    let f = compile { (x: Tensor) -> Tensor in
      let loss = model(x).square().sum()
      loss.backward()
      return loss.detach()
    }
    var expected: [Tensor] = []
    let inputs = (0..<4).map { _ in randn(5, 3) }
    for x in inputs { model(x).square().sum().backward() }
    expected = model.parameters().compactMap(\.grad)
    for p in model.parameters() { p.grad = nil }
    for x in inputs { _ = f(x) }
    for (p, e) in zip(model.parameters(), expected) {
      if let g = p.grad { expectClose(g, e) } else { Issue.record("no gradient") }
    }
  }
}

@Suite struct CompiledConcurrencyTests {
  @Test func eightTasksCompileAndCallAtOnce() async {
    manualSeed(0)
    let model = Sequential(Linear(16, 32), ReLU(), Linear(32, 4))
    let f = compile { (x: Tensor) in noGrad { model(x) } }
    let inputs = (0..<24).map { randn(1 + $0 % 3, 16) }
    let expected = noGrad { inputs.map { model($0).array() } }
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for i in 0..<24 {
            let k = (i + task) % 24
            let got = f(inputs[k]).array()
            #expect(zip(got, expected[k]).allSatisfy { ($0 - $1).magnitude < 1e-4 })
          }
        }
      }
    }
  }
}
