import Apus

// Whole training steps: the same networks, numbers and optimisers as the reference scripts.

/// How a parameter of the suite is drawn.
enum Draw { case linear, smallLinear, convolution, ones, zeros, table, smallTable, recurrent }

/// Parameter i of a network, from the suite's numbers; linear weights are listed (in, out).
private func load(_ parameters: [Tensor], _ draws: [Draw]) {
  for (i, (parameter, draw)) in zip(parameters, draws).enumerated() {
    var parameter = parameter
    let shape = parameter.shape
    func uniform(_ bound: Double) -> Tensor { uniformData(1000 + i, shape, Float(-bound), Float(bound)) }
    func transposed(_ bound: Double) -> Tensor {
      uniformData(1000 + i, [shape[1], shape[0]], Float(-bound), Float(bound)).t()
    }
    let small = 0.02 * 3.0.squareRoot()
    let value =
      switch draw {
      case .ones: Tensor.ones(shape)
      case .zeros: Tensor.zeros(shape)
      case .linear: transposed(1 / Double(shape[1]).squareRoot())
      case .smallLinear: transposed(small)
      case .table: uniform(1.0 / 16)
      case .smallTable: uniform(small)
      case .recurrent: transposed(1.0 / 16)
      case .convolution: uniform((6 / Double(shape[1] * shape[2] * shape[3])).squareRoot())
      }
    noGrad { parameter.assign(value) }
  }
}

/// The parameters of a network from the suite's numbers, drawn as name and shape tell.
func load(_ parameters: [(name: String, tensor: Tensor)], _ draw: (String, [Int]) -> Draw) {
  load(parameters.map(\.tensor), parameters.map { draw($0.name, $0.tensor.shape) })
}

/// One call: zero the gradients, forward, mean cross entropy, backward, optimiser step, if asked under autocast to bfloat16. The check gives the losses of
/// the first two steps.
private func step(
  _ model: any Layer, _ optimizer: Optimizer, _ x: Tensor, _ y: Tensor, _ executor: CompileExecutor? = nil,
  autocast isMixed: Bool = false
) -> Row.Prepared {
  let step = { @Sendable (x: Tensor, y: Tensor) -> Tensor in
    optimizer.zeroGrad()
    let loss = autocast(.bfloat16, enabled: isMixed) { crossEntropy(model.forward(x), y) }
    loss.backward()
    optimizer.step()
    return loss.detach()
  }
  let compiled = executor.map { compile(executor: $0, step) }
  let once = { compiled.map { $0(x, y) } ?? step(x, y) }
  return Row.Prepared({ _ = once() }, check: { [once().item(), once().item()] })
}

func multilayerPerceptron() -> Sequential {
  let model = Sequential(Linear(784, 512), ReLU(), Linear(512, 256), ReLU(), Linear(256, 10))
  load(model.parameters(), [.linear, .zeros, .linear, .zeros, .linear, .zeros])
  return model
}

func leNet() -> Sequential {
  let model = Sequential(
    Conv2d(1, 6, kernelSize: 5, padding: 2), ReLU(), MaxPool2d(2), Conv2d(6, 16, kernelSize: 5), ReLU(), MaxPool2d(2),
    Flatten(), Linear(400, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10))
  load(
    model.parameters(),
    [.convolution, .zeros, .convolution, .zeros, .linear, .zeros, .linear, .zeros, .linear, .zeros])
  return model
}

/// A language model of words: what follows each of them, as rows of scores.
private final class WordModel: Layer {
  let table = Embedding(numEmbeddings: 10000, embeddingDim: 256)
  let recurrence = LSTM(inputSize: 256, hiddenSize: 256, numLayers: 2, batchFirst: true)
  let scores = Linear(256, 10000)

  init() {
    let layer: [Draw] = [.recurrent, .recurrent, .zeros, .zeros]
    load(parameters(), [.table] + layer + layer + [.linear, .zeros])
  }

  func forward(_ x: Tensor) -> Tensor { scores(recurrence(table(x)).0).flatten(0, 1) }
}

var trainingRows: [Row] {
  [
    Row("optim.adamw_default", .milliseconds) {
      let shapes =
        Array(repeating: [512, 512], count: 48) + Array(repeating: [512, 2048], count: 12)
        + Array(repeating: [512], count: 90)
      let parameters = shapes.enumerated().map { variableData($0, $1, -0.1, 0.1) }
      for (i, parameter) in parameters.enumerated() {
        parameter.grad = uniformData(500 + i, parameter.shape, -0.01, 0.01)
      }
      let optimizer = AdamW(parameters, lr: 1e-3, weightDecay: 0.01)
      return Row.Prepared { optimizer.step() }
    },
    trainingRow("train.mlp") { executor in
      let model = multilayerPerceptron()
      let (x, y) = (uniformData(1, [128, 784], 0, 1), integerData(2, [128], 10))
      return step(model, Adam(model.parameters(), lr: 1e-3), x, y, executor)
    },
    trainingRow("train.lenet") { executor in
      let model = leNet()
      let (x, y) = (uniformData(1, [64, 1, 28, 28], 0, 1), integerData(2, [64], 10))
      return step(model, SGD(model.parameters(), lr: 0.01, momentum: 0.9), x, y, executor)
    },
    trainingRow("train.resnet18") { executor in
      let model = ResNet(layers: 18)
      let (x, y) = (channelsLast(uniformData(1, [32, 3, 32, 32], -1, 1)), integerData(2, [32], 10))
      return step(model, SGD(model.parameters(), lr: 0.05, momentum: 0.9, weightDecay: 5e-4), x, y, executor)
    },
    trainingRow("train.gpt") { gptStep($0) },
    trainingRow("train.gpt_bf16") { gptStep($0, autocast: true) },
    trainingRow("train.lstmlm") { executor in
      let model = WordModel()
      let (x, y) = (integerData(1, [32, 35], 10000), integerData(2, [32, 35], 10000).flatten())
      return step(model, Adam(model.parameters(), lr: 1e-3), x, y, executor)
    },
  ]
}

private func gptStep(_ executor: CompileExecutor?, autocast isMixed: Bool = false) -> Row.Prepared {
  let model = GPT(layers: 6, width: 384, heads: 6, vocabulary: 96, context: 256, isTied: false)
  let (x, y) = (integerData(1, [8, 256], 96), integerData(2, [8, 256], 96).flatten())
  let optimizer = AdamW(model.parameters(), lr: 3e-4, betas: (0.9, 0.95), weightDecay: 0.1)
  return step(model, optimizer, x, y, executor, autocast: isMixed)
}

private func trainingRow(_ name: String, _ prepare: @escaping (CompileExecutor?) -> Row.Prepared) -> Row {
  Row(name, .milliseconds, .train) { prepare(nil) }.compiled { prepare($0) }
}
