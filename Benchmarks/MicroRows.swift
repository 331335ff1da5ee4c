import Apus

private let fourMillion = 1 << 22
private let block = Double(4 * (1 << 22))

/// A row of a forward computation without recording.
private func forward(_ name: String, _ metric: Metric, _ prepare: @escaping () -> () -> Tensor) -> Row {
  Row(name, metric) {
    let call = prepare()
    return Row.Prepared { noGrad { _ = call() } }
  }
}

/// A row of a recorded forward and a backward pass with a fixed cotangent, giving the gradients of `inputs`.
private func forwardBackward(
  _ name: String, _ metric: Metric, _ prepare: @escaping () -> (inputs: [Tensor], call: () -> Tensor)
) -> Row {
  Row(name, metric) {
    let (inputs, call) = prepare()
    let result = call()
    var cotangent = result.rank == 0 ? Tensor(Float(1)) : uniformData(99, result.shape, -1, 1)
    if result.rank == 4, !result.isContiguous { cotangent = channelsLast(cotangent) }
    return Row.Prepared { _ = gradients(of: [call()], wrt: inputs, cotangents: [cotangent]) }
  }
}

private func chain(_ x: Tensor) -> Tensor {
  var y = x
  for _ in 0..<5 {
    y = y * x
    y = y + x
  }
  return y
}

var overheadRows: [Row] {
  [
    Row("ov.add", .perOperation(1000)) {
      let x = uniformData(1, [10])
      return Row.Prepared { noGrad { for _ in 0..<1000 { _ = x + x } } }
    },
    Row("ov.add_grad", .perOperation(1000)) {
      let x = variableData(1, [10])
      return Row.Prepared { for _ in 0..<1000 { _ = x + x } }
    },
    Row("ov.chain10", .perOperation(2000)) {
      let x = uniformData(1, [10], 0.1, 0.5)
      return Row.Prepared { noGrad { for _ in 0..<200 { _ = chain(x) } } }
    },
    Row("ov.chain10_grad", .perOperation(2000)) {
      let x = variableData(1, [10], 0.1, 0.5)
      return Row.Prepared { for _ in 0..<200 { _ = chain(x) } }
    },
    Row("ov.chain10_bwd", .perOperation(2000)) {
      let x = variableData(1, [10], 0.1, 0.5)
      let ones = Tensor.ones([10])
      return Row.Prepared.timed({
        let ys = (0..<200).map { _ in chain(x) }
        let start = now()
        for y in ys {
          x.grad = nil
          y.backward(ones)
        }
        return now() - start
      })
    },
    Row("ov.chain10_fwdbwd", .perOperation(2000)) {
      let x = variableData(1, [10], 0.1, 0.5)
      let ones = Tensor.ones([10])
      return Row.Prepared {
        for _ in 0..<200 {
          x.grad = nil
          chain(x).backward(ones)
        }
      }
    },
  ]
}

private func elementwise(_ name: String, _ f: @escaping (Tensor) -> Tensor) -> Row {
  forward(name, .gigabytes(2 * block)) {
    let x = uniformData(1, [fourMillion])
    return { f(x) }
  }
}

var elementwiseRows: [Row] {
  [
    forward("ew.add", .gigabytes(3 * block)) {
      let (x, y) = (uniformData(1, [fourMillion]), uniformData(2, [fourMillion]))
      return { x + y }
    },
    elementwise("ew.exp") { $0.exp() },
    elementwise("ew.tanh") { $0.tanh() },
    elementwise("ew.sigmoid") { $0.sigmoid() },
    elementwise("ew.gelu") { $0.gelu() },
    elementwise("ew.gelu_tanh") { $0.gelu(approximate: .tanh) },
    forward("ew.chain", .gigabytes(2 * block)) {
      let x = uniformData(1, [4096, 1024])
      let (a, b, c) = (uniformData(2, [1024]), uniformData(3, [1024]), uniformData(4, [1024]))
      return { (x * a + b).gelu() * c }
    }.compiled { executor in
      let x = uniformData(1, [4096, 1024])
      let (a, b, c) = (uniformData(2, [1024]), uniformData(3, [1024]), uniformData(4, [1024]))
      let chain = compile(executor: executor) { (x: Tensor, a: Tensor, b: Tensor, c: Tensor) in
        (x * a + b).gelu() * c
      }
      return Row.Prepared { _ = noGrad { chain(x, a, b, c) } }
    },
  ]
}

var layerRows: [Row] {
  [
    forward("nn.softmax", .milliseconds) {
      let x = uniformData(1, [4096, 1024])
      return { softmax(x, dim: -1) }
    },
    forwardBackward("nn.logsoftmax_nll_fb", .milliseconds) {
      let x = variableData(1, [4096, 1024])
      let targets = integerData(2, [4096], 1024)
      return ([x], { crossEntropy(x, targets) })
    },
    forward("nn.layernorm_f", .milliseconds) {
      let (x, w, b) = (uniformData(1, [4096, 768]), uniformData(2, [768]), uniformData(3, [768]))
      return { layerNorm(x, [768], weight: w, bias: b) }
    },
    forwardBackward("nn.layernorm_fb", .milliseconds) {
      let (x, w, b) = (variableData(1, [4096, 768]), variableData(2, [768]), variableData(3, [768]))
      return ([x, w, b], { layerNorm(x, [768], weight: w, bias: b) })
    },
    forwardBackward("nn.batchnorm_fb", .milliseconds) {
      let (x, w, b) = (variableData(1, [32, 64, 56, 56]), variableData(2, [64]), variableData(3, [64]))
      let (mean, variance) = (buffer(Tensor.zeros([64])), buffer(Tensor.ones([64])))
      return (
        [x, w, b],
        {
          batchNorm(x, runningMean: mean, runningVar: variance, weight: w, bias: b, training: true)
        }
      )
    },
  ]
}

private func reduction(_ name: String, _ f: @escaping (Tensor) -> Tensor) -> Row {
  forward("red." + name, .gigabytes(4 * 2048 * 2048)) {
    let x = uniformData(1, [2048, 2048])
    return { f(x) }
  }
}

var recurrentRows: [Row] {
  [
    forwardBackward("rnn.lstm_fb", .milliseconds) {
      let lstm = LSTM(inputSize: 256, hiddenSize: 256, batchFirst: true)
      let x = variableData(1, [32, 100, 256], -1, 1)
      return ([x] + lstm.parameters(), { lstm(x).0 })
    }
  ]
}

var reductionRows: [Row] {
  [
    reduction("sum_all") { $0.sum() },
    reduction("sum_ax0") { $0.sum(0) },
    reduction("sum_ax1") { $0.sum(1) },
    reduction("mean_ax0") { $0.mean(0) },
    reduction("mean_ax1") { $0.mean(1) },
    reduction("max_ax0") { $0.amax([0]) },
    reduction("max_ax1") { $0.amax([1]) },
    reduction("argmax_ax0") { $0.argmax(0) },
    reduction("argmax_ax1") { $0.argmax(1) },
  ]
}

var indexRows: [Row] {
  [
    forward("mv.transpose", .gigabytes(2 * 4 * 4096 * 4096)) {
      let x = uniformData(1, [4096, 4096])
      return { x.t().contiguous() }
    },
    forward("idx.gather", .milliseconds) {
      let (x, i) = (uniformData(1, [4096, 1024]), integerData(2, [4096, 1024], 1024))
      return { x.gather(1, i) }
    },
    forward("idx.index_select", .milliseconds) {
      let (x, rows) = (uniformData(1, [50000, 256]), integerData(2, [16384], 50000))
      return { x.indexSelect(0, rows) }
    },
    forwardBackward("idx.embedding_fb", .milliseconds) {
      let (table, ids) = (variableData(1, [32000, 512]), integerData(2, [32, 128], 32000))
      return ([table], { embedding(ids, table) })
    },
    forward("sort.sort", .milliseconds) {
      let x = uniformData(1, [1_048_576])
      return { x.sort().values }
    },
    forward("sort.topk", .milliseconds) {
      let x = uniformData(1, [1_048_576])
      return { x.topk(100).values }
    },
    forward("scan.cumsum", .gigabytes(2 * block)) {
      let x = uniformData(1, [fourMillion])
      return { x.cumsum(0) }
    },
    forward("scan.cumsum_ax1", .gigabytes(2 * 4 * 2048 * 2048)) {
      let x = uniformData(1, [2048, 2048])
      return { x.cumsum(1) }
    },
  ]
}

private func square(_ n: Int, _ type: DType = .float32) -> Row {
  let name = type == .float32 ? "gemm.f32_\(n)" : "gemm.bf16_\(n)"
  return forward(name, .gigaflops(2 * Double(n * n * n))) {
    let (a, b) = (uniformData(1, [n, n]).to(type), uniformData(2, [n, n]).to(type))
    return { a.matmul(b) }
  }
}

var productRows: [Row] {
  [
    square(256), square(1024), square(2048), square(1024, .bfloat16), square(2048, .bfloat16),
    forward("gemm.bmm", .gigaflops(2 * 64 * 128 * 128 * 64)) {
      let (a, b) = (uniformData(1, [64, 128, 128]), uniformData(2, [64, 128, 64]))
      return { a.matmul(b) }
    },
    forward("gemm.linear", .gigaflops(2 * 128 * 768 * 3072)) {
      let (x, w, b) = (uniformData(1, [128, 768]), uniformData(2, [768, 3072]), uniformData(3, [3072]))
      let weight = w.t().contiguous()
      return { linear(x, weight, b) }
    },
    forward("gemm.gemv", .gigabytes(4 * 4096 * 4096)) {
      let (x, w) = (uniformData(1, [1, 4096]), uniformData(2, [4096, 4096]))
      return { linear(x, w) }
    },
  ]
}

private let convolutionWork = 2.0 * 32 * 56 * 56 * 64 * 64 * 9

/// Query, key and value of 8 x 4 heads, 512 positions of width 64.
private func heads(_ make: (Int, [Int], Float, Float) -> Tensor) -> [Tensor] {
  (1...3).map { make($0, [8, 4, 512, 64], -1, 1) }
}

var attentionRows: [Row] {
  [
    forward("attn.f", .milliseconds) {
      let x = heads { uniformData($0, $1, $2, $3) }
      return { scaledDotProductAttention(x[0], x[1], x[2], isCausal: true, scale: 0.125) }
    },
    forwardBackward("attn.fb", .milliseconds) {
      let x = heads { variableData($0, $1, $2, $3) }
      return (x, { scaledDotProductAttention(x[0], x[1], x[2], isCausal: true, scale: 0.125) })
    },
  ]
}

var imageRows: [Row] {
  [
    forward("conv.f", .gigaflops(convolutionWork)) {
      let (x, w) = (channelsLast(uniformData(1, [32, 64, 56, 56], -1, 1)), uniformData(2, [64, 64, 3, 3]))
      return { conv2d(x, w, padding: 1) }
    },
    forwardBackward("conv.fb", .gigaflops(3 * convolutionWork)) {
      let images = uniformData(1, [32, 64, 56, 56], -1, 1).permute([0, 2, 3, 1]).contiguous()
      let (x, w) = (Tensor(images, requiresGrad: true), variableData(2, [64, 64, 3, 3]))
      return ([x, w], { conv2d(x.permute([0, 3, 1, 2]), w, padding: 1) })
    },
    forward("conv.dw_f", .milliseconds) {
      let (x, w) = (uniformData(1, [32, 64, 56, 56], -1, 1), uniformData(2, [64, 1, 3, 3]))
      return { conv2d(x, w, padding: 1, groups: 64) }
    },
    forwardBackward("conv.dw_fb", .milliseconds) {
      let (x, w) = (variableData(1, [32, 64, 56, 56], -1, 1), variableData(2, [64, 1, 3, 3]))
      return ([x, w], { conv2d(x, w, padding: 1, groups: 64) })
    },
    forward("conv.maxpool_f", .milliseconds) {
      let x = uniformData(1, [32, 64, 56, 56], -1, 1)
      return { maxPool2d(x, 3, stride: 2, padding: 1) }
    },
    forwardBackward("conv.maxpool_fb", .milliseconds) {
      let x = variableData(1, [32, 64, 56, 56], -1, 1)
      return ([x], { maxPool2d(x, 3, stride: 2, padding: 1) })
    },
  ]
}
