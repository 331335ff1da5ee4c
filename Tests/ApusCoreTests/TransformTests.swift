import Apus
import Testing

/// Forward derivatives and mapping over samples, against reverse mode, central differences and plain loops.
@Suite struct TransformTests {
  /// The derivative of `f` at `x` along `v` by central differences in double precision.
  private func difference(_ f: (Tensor) -> Tensor, _ x: Tensor, _ v: Tensor) -> Tensor {
    let h = 1e-5
    return (f(x + v * h) - f(x - v * h)) / (2 * h)
  }

  static let functions: [(name: String, function: @Sendable (Tensor) -> Tensor)] = [
    ("sin", { $0.sin() }), ("gelu", { $0.gelu() }), ("geluTanh", { $0.gelu(approximate: .tanh) }),
    ("silu", { $0.silu() }), ("sigmoid", { $0.sigmoid() }), ("tanh", { $0.tanh() }), ("exp", { $0.exp() }),
    ("softmax", { softmax($0, dim: -1) }), ("logSoftmax", { logSoftmax($0, dim: 0) }),
    ("product", { x in matmul(x, x.mT) }), ("sum", { ($0 * $0).sum([0]) }), ("mean", { $0.square().mean() }),
    ("views", { ($0.t().reshape([4, 3]) * 2)[1..., 0].cumsum(0) }),
    ("division", { x in x / (x.square() + 1) }), ("power", { ($0.abs() + 1).pow(1.5) }),
    ("cat", { x in cat([x, x * x], dim: 1) }), ("amax", { $0.amax([1]) }),
    ("layerNorm", { layerNorm($0, [4]) }),
    ("crossEntropy", { crossEntropy($0, Tensor([0, 2, 1])) }),
    ("where", { x in `where`(x .> 0, x * x, x) }),
    ("linear", { x in linear(x, x.square(), x.sum(1)) }),
    ("indexSelect", { x in x.square().indexSelect(1, Tensor([2, 0])) }),
    ("indexAdd", { x in x.indexAdd(0, Tensor([1]), x[0..<1].square()) }),
    ("gather", { x in x.square().gather(1, Tensor([[0], [3], [1]])) }),
    ("scatter", { x in x.scatter(1, Tensor([[0], [3], [1]]), x[0..., 0..<1].square()) }),
    ("scatterAdd", { x in x.scatterAdd(1, Tensor([[0], [3], [1]]), x[0..., 0..<1].square()) }),
    ("embedding", { x in embedding(Tensor([2, 0, 2]), x.square()) }),
    ("sort", { x in x.square().sort(0).values }), ("topk", { x in x.sin().topk(2).values }),
    ("maxPool", { x in maxPool2d(x.square().reshape([1, 1, 3, 4]), 2) }),
    ("avgPool", { x in avgPool2d(x.square().reshape([1, 1, 3, 4]), 2) }),
    (
      "conv",
      { x in conv1d(x.reshape([1, 3, 4]), x[0..., 0..<2].square().reshape([1, 3, 2]), x.sum().reshape([1])) }
    ),
    (
      "convTranspose",
      { x in convTranspose1d(x.reshape([1, 3, 4]), x[0..., 0..<2].square().reshape([3, 1, 2])) }
    ),
    ("diagonalScatter", { x in x.diagonalScatter(x[0..., 0].square()) }),
    ("unfold", { x in x.square().unfold(1, 2, 1) }),
    ("median", { x in x.square().median() }),
  ]

  @Test(arguments: functions.indices)
  func forwardDerivativesAgreeWithDifferences(_ index: Int) {
    let (_, f) = Self.functions[index]
    manualSeed(index)
    let x = randn([3, 4], dtype: .float64)
    let v = randn([3, 4], dtype: .float64)
    let (value, tangent) = jvp(f, primals: x, tangents: v)
    expectClose(value, f(x), 1e-12)
    expectClose(tangent, difference(f, x, v), 1e-7)
  }

  @Test(arguments: functions.indices)
  func mappingAgreesWithALoop(_ index: Int) {
    let (_, f) = Self.functions[index]
    manualSeed(index)
    let x = randn([5, 3, 4], dtype: .float64)
    expectClose(vmap(f)(x), stack((0..<5).map { f(x[$0]) }), 1e-12)
  }

  @Test func derivativesNest() {
    let x = Tensor(0.7, dtype: .float64)
    let one = Tensor(1.0, dtype: .float64)
    // Forward over forward, forward over reverse, reverse over forward: all are -sin.
    let second = jvp({ y in jvp({ $0.sin() }, primals: y, tangents: one).tangent }, primals: x, tangents: one).tangent
    expectClose(second, -x.sin(), 1e-12)
    let overReverse = jvp(grad { $0.sin() }, primals: x, tangents: one).tangent
    expectClose(overReverse, -x.sin(), 1e-12)
    let overForward = grad { y in jvp({ $0.sin() }, primals: y, tangents: one).tangent }(x)
    expectClose(overForward, -x.sin(), 1e-12)
  }

  @Test func theHessianByMappingForwardOverReverse() {
    let x = Tensor([1.0, 2.0, 3.0], dtype: .float64)
    let f = { @Sendable (x: Tensor) in (x * x * x).sum() }
    let hessian = vmap { v in jvp(grad(f), primals: x, tangents: v).tangent }(eye(3, dtype: .float64))
    expectClose(hessian, Tensor([[6.0, 0, 0], [0, 12, 0], [0, 0, 18]], dtype: .float64), 1e-12)
  }

  @Test func gradientsOfEachSampleEqualTheLoop() {
    manualSeed(0)
    let (w1, b1, w2) = (randn(6, 4), randn(6), randn(3, 6))
    let x = randn(7, 4)
    let y = randint(0, 3, [7])
    let loss = { @Sendable (parameters: [Tensor], x: Tensor, y: Tensor) in
      let hidden = linear(x.unsqueeze(0), parameters[0], parameters[1]).relu()
      return crossEntropy(linear(hidden, parameters[2]), y.unsqueeze(0))
    }
    let parameters = [w1, b1, w2]
    let gradients = { @Sendable (x: Tensor, y: Tensor) in
      valueAndGrad { (p: [Tensor]) in loss(p, x, y) }(parameters).gradients
    }
    let mapped = vmap(gradients)(x, y)
    for k in 0..<3 {
      expectClose(mapped[k], stack((0..<7).map { gradients(x[$0], y[$0])[k] }))
    }
  }

  @Test func convolutionsMapOverSamples() {
    manualSeed(1)
    let weight = randn(5, 2, 3, 3)
    let bias = randn(5)
    let f = { @Sendable (x: Tensor) in
      maxPool2d(conv2d(x.unsqueeze(0), weight, bias, padding: 1).relu(), 2).flatten().square().sum()
    }
    let x = randn(4, 2, 6, 6)
    expectClose(vmap(f)(x), stack((0..<4).map { f(x[$0]) }), 1e-4)
    expectClose(vmap(grad(f))(x), stack((0..<4).map { grad(f)(x[$0]) }), 1e-4)
  }

  @Test func dimensionsOfArgumentsAndResults() {
    let x = Tensor([[1.0, 2, 3], [4, 5, 6]])
    let y = Tensor([10.0, 20])
    let add = vmap(inDims: [1, nil], outDim: 1) { (a: Tensor, b: Tensor) in a + b }
    #expect(add(x, y).array() == [11, 12, 13, 24, 25, 26])
    let scaled = vmap(inDims: [0, nil]) { (a: Tensor, factor: Int) in a * factor }
    #expect(scaled(y, 3).array() == [30, 60])
  }

  @Test func mistakesInMappedFunctions() {
    let reads = #expect(throws: TensorError.self) {
      try withErrors { vmap { (x: Tensor) in x.item() > 0 ? x : -x }(Tensor([1.0, -1.0])) }
    }
    #expect(reads?.description.contains("differ from sample to sample") == true)
    let sizes = #expect(throws: TensorError.self) {
      try withErrors { vmap { (x: Tensor, y: Tensor) in x + y }(Tensor.ones(3), Tensor.ones(4)) }
    }
    #expect(sizes?.description.contains("4 samples") == true)
    let random = #expect(throws: TensorError.self) {
      try withErrors { vmap { (x: Tensor) in dropout(x) }(Tensor.ones(3, 2)) }
    }
    #expect(random?.description.contains("random numbers inside vmap") == true)
    let shapes = #expect(throws: TensorError.self) {
      try withErrors { jvp({ $0.sin() }, primals: Tensor.ones(2), tangents: Tensor.ones(3)).value }
    }
    #expect(shapes?.description.contains("must have the shape") == true)
  }

  @Test func compiledFunctionsInsideOfTransformations() {
    let f = compile { (x: Tensor) in (x.sin() * x).sum() }
    let x = randn(3, 4, dtype: .float64)
    _ = f(x[0])
    expectClose(vmap { f($0) }(x), (x.sin() * x).sum(1), 1e-12)
    let (value, tangent) = jvp({ f($0) }, primals: x, tangents: x)
    expectClose(value, (x.sin() * x).sum(), 1e-12)
    expectClose(tangent, ((x.cos() * x + x.sin()) * x).sum(), 1e-12)
    expectClose(grad { f($0) }(x), x.cos() * x + x.sin(), 1e-12)
  }

  @Test func transformationsInsideACompiledFunction() {
    manualSeed(4)
    let w = randn(4, 4)
    let f = compile { (x: Tensor) in
      let perSample = vmap(grad { (y: Tensor) in matmul(w, y).tanh().sum() })(x)
      return perSample + jvp({ $0.exp() }, primals: x, tangents: x).tangent
    }
    for _ in 0..<3 {
      let x = randn(3, 4)
      let loop = stack((0..<3).map { i in grad { matmul(w, $0).tanh().sum() }(x[i]) })
      expectClose(f(x), loop + x.exp() * x)
    }
    #expect(!f.explain().contains("eagerly"))
  }

  /// A derivative forward can be differentiated backward through operations whose gradient is one operation, and is symmetric.
  @Test func gradientsOfForwardDerivatives() {
    manualSeed(4)
    let (x, v, w) = (randn(3, 5, dtype: .float64), randn(3, 5, dtype: .float64), randn(5, dtype: .float64))
    let functions: [(Tensor) -> Tensor] = [
      { layerNorm($0, [5], weight: w).square().sum() },
      { rmsNorm($0, [5], weight: w).square().sum() },
      { batchNorm($0, weight: w, training: true).exp().sum() },
      { groupNorm($0.unsqueeze(0).transpose(1, 2), 5).exp().sum() },
    ]
    for f in functions {
      let backward = grad { (x: Tensor) in jvp(f, primals: x, tangents: v).tangent }(x)
      let forward = jvp(grad(f), primals: x, tangents: v).tangent
      expectClose(backward, forward, 1e-9)
      #expect(forward.abs().sum().item() > 1e-3)
    }
  }

  /// What an operation demands of its operand it does not demand of a direction.
  @Test func directionsAreNotChecked() {
    let p = Tensor([0.2, 0.7], dtype: .float64)
    let (_, tangent) = jvp(
      { binaryCrossEntropy($0, Tensor([1.0, 0.0], dtype: .float64)) }, primals: p,
      tangents: Tensor([-3.0, 2.0], dtype: .float64))
    expectClose(tangent, Tensor((3 / 0.2 + 2 / 0.3) / 2, dtype: .float64), 1e-9)
  }
}
